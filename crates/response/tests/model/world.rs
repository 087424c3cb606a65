//! A small nation for random play: few institutions and officers, so that everybody meets everybody.

use jiff::{SignedDuration, Timestamp};

use bongsu_authority::{
    ActId, Appointment, AppointmentId, CaseId, Grade, Institution, InstitutionId, Label, NodeCode,
    Ownership, PersonId, Post, Seat, Size, Tlp,
};
use bongsu_response::{
    Addressee, Audience, By, Clocks, Draft, Engine, Entry, Evidence, Exposure, IssueClocks, Nation,
    RemediationClass, Wish,
};

/// xorshift64*: no dependency, and a seed is enough to play a game again.
pub(crate) struct Chance(u64);

impl Chance {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    /// A number below a bound.
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) % bound
    }

    /// True once in so many.
    pub(crate) fn once_in(&mut self, bound: u64) -> bool {
        self.below(bound) == 0
    }

    pub(crate) fn pick<T: Clone>(&mut self, choices: &[T]) -> T {
        let place = usize::try_from(self.below(choices.len() as u64)).expect("a small number");
        choices[place].clone()
    }
}

pub(crate) fn start() -> Timestamp {
    "2026-11-21T02:10:00Z".parse().expect("a timestamp")
}

pub(crate) fn hours(at: Timestamp, hours: i64) -> Timestamp {
    at + SignedDuration::from_hours(hours)
}

pub(crate) fn evidence(number: u64) -> Evidence {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&number.to_be_bytes());
    Evidence(bytes)
}

/// FNV-1a four times over: a digest good enough to tell texts of a game apart.
pub(crate) fn digest(bytes: &[u8]) -> Evidence {
    let mut out = [0; 32];
    for (round, part) in (0_u64..).zip(out.chunks_mut(8)) {
        let hash = bytes.iter().fold(0xcbf2_9ce4_8422_2325 ^ round, |hash, byte| {
            (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
        });
        part.copy_from_slice(&hash.to_be_bytes());
    }
    Evidence(out)
}

pub(crate) fn label() -> Label {
    Label { tlp: Tlp::Amber, grade: Grade::Sensitive }
}

pub(crate) const CASES: [CaseId; 3] = [CaseId([1; 16]), CaseId([2; 16]), CaseId([3; 16])];
pub(crate) const ACTS: [ActId; 2] = [ActId([4; 16]), ActId([5; 16])];

/// The last one is a public body: another lead's.
pub(crate) const INSTITUTIONS: [InstitutionId; 4] = [
    InstitutionId([11; 16]),
    InstitutionId([12; 16]),
    InstitutionId([13; 16]),
    InstitutionId([14; 16]),
];

fn institution(id: InstitutionId) -> Institution {
    Institution {
        id,
        name_ko: "두레마트".to_owned(),
        name_en: "Dure Mart".to_owned(),
        ownership: if id == INSTITUTIONS[3] { Ownership::PublicBody } else { Ownership::Private },
        competent: ["SECTOR_FIN".parse().expect("a code")].into(),
        relay: None,
        size: Size::Medium,
        province: 1,
        marks: [].into(),
    }
}

/// Everybody: person, post, where. Person 3 holds two posts, at the lead and at an institution.
#[rustfmt::skip]
fn posts() -> Vec<(u8, Post, Seat)> {
    let lead = || Seat::Node("LEAD_PRIV".parse().expect("a code"));
    let coord = || Seat::Node("COORD_PRIV".parse().expect("a code"));
    let at = |place: usize| Seat::Institution(INSTITUTIONS[place]);
    vec![
        (1,  Post::Director, lead()),  (2,  Post::Approver, lead()),  (3,  Post::Analyst, lead()),
        (4,  Post::Analyst, coord()),  (5,  Post::Analyst, coord()),
        (6,  Post::Ciso, at(0)),       (7,  Post::Operator, at(0)),
        (8,  Post::Ciso, at(1)),       (8,  Post::Operator, at(1)),
        (3,  Post::Operator, at(1)),   (9,  Post::Head, at(2)),
        (10, Post::Ciso, at(3)),
    ]
}

/// Officers, in the order of [`posts`].
pub(crate) fn officers() -> Vec<By> {
    let officer = |(number, (person, ..)): (u8, (u8, Post, Seat))| {
        By::officer(PersonId([person; 16]), AppointmentId([100 + number; 16]))
    };
    (0..).zip(posts()).map(officer).collect()
}

/// Those of [`officers`] who sit at an institution.
pub(crate) fn officers_of(institution: InstitutionId, officers: &[By]) -> &[By] {
    match INSTITUTIONS.iter().position(|one| *one == institution) {
        Some(0) => &officers[5..7],
        Some(1) => &officers[7..10],
        Some(2) => &officers[10..11],
        _ => &officers[11..],
    }
}

pub(crate) const ENGINES: [By; 4] = [
    By::Engine(Engine::Matching),
    By::Engine(Engine::Feed),
    By::Engine(Engine::Delivery),
    By::Engine(Engine::Clock),
];

/// The nation before anything happened: its register.
pub(crate) fn founded() -> (Nation, Vec<Entry>) {
    let appointments =
        (0..).zip(posts()).map(|(number, (person, post, seat)): (u8, _)| Appointment {
            id: AppointmentId([100 + number; 16]),
            person: PersonId([person; 16]),
            post,
            seat,
            from: hours(start(), -1000),
            until: None,
            deputy_of: None,
            title: format!("OFFICER-{number:05}"),
        });
    let wishes = [
        Wish::Enrol(INSTITUTIONS.map(institution).to_vec()),
        Wish::Appoint(appointments.collect()),
    ];
    let mut nation = Nation::new();
    let mut log = Vec::new();
    for wish in wishes {
        let by = By::Engine(Engine::Register);
        for event in nation.wish(&wish, by, start()).expect("the register is sound") {
            let entry = Entry { by, at: start(), label: label(), event };
            nation.apply(&entry).expect("it follows");
            log.push(entry);
        }
    }
    (nation, log)
}

pub(crate) fn draft(edition: u64, basis: bool) -> Draft {
    Draft {
        issuer: NodeCode::lead(bongsu_authority::Domain::Private),
        title_ko: format!("긴급 조치 {edition}"),
        title_en: "Urgent action".to_owned(),
        todo_ko: "4.2 버전으로 올리십시오".to_owned(),
        todo_en: "Update to 4.2".to_owned(),
        legal_basis: basis.then(|| "network-act-47-4".to_owned()),
        audience: Audience::default(),
        label: label(),
        drill: false,
    }
}

pub(crate) fn clocks(chance: &mut Chance, at: Timestamp) -> IssueClocks {
    let mut one = |longest: i64| {
        let class = chance.pick(RemediationClass::ALL);
        let fix_by = (class != RemediationClass::NextUpgrade)
            .then(|| hours(at, 1 + i64::try_from(chance.below(24 * 60)).expect("small")));
        Clocks {
            class,
            acknowledge_by: hours(at, 1 + longest / 2),
            assess_by: hours(at, longest),
            fix_by,
        }
    };
    IssueClocks { exposed: one(24), inside: one(72) }
}

pub(crate) fn addressee(chance: &mut Chance, nation: &Nation, at: Timestamp) -> Addressee {
    let place = if chance.once_in(12) { 3 } else { chance.below(3) };
    let institution = INSTITUTIONS[usize::try_from(place).expect("small")];
    let accountable = nation.register().accountable(institution, at).expect("there is one").id;
    let wrong = AppointmentId([100; 16]);
    Addressee {
        institution,
        exposure: chance.pick(Exposure::ALL),
        systems: 3,
        accountable: if chance.once_in(30) { wrong } else { accountable },
    }
}
