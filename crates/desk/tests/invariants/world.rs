//! A small nation for random play: three domains, nine institutions, and the officers the rules are made for.

use std::collections::BTreeSet;

use bongsu_authority::{
    ActId, Appointment, AppointmentId, CaseId, Delegation, DelegationId, Domain, Institution,
    InstitutionId, Mark, NodeCode, Ownership, PersonId, Post, Power, Register, Seat, Size,
    SystemId,
};
use bongsu_response::{Engine, Wish};
use jiff::{SignedDuration, Timestamp};

/// xorshift64*: a seed is enough to play a game again.
#[derive(Clone, Debug)]
pub(crate) struct Chance(u64);

impl Chance {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    /// A number below a bound.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let drawn = self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33;
        usize::try_from(drawn).expect("31 bits") % bound
    }

    /// True once in so many.
    pub(crate) fn once_in(&mut self, bound: usize) -> bool {
        self.below(bound) == 0
    }

    pub(crate) fn pick<T: Clone>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len())].clone()
    }
}

pub(crate) fn start() -> Timestamp {
    "2026-11-21T02:10:00Z".parse().expect("a timestamp")
}

pub(crate) fn hours(at: Timestamp, hours: i64) -> Timestamp {
    at + SignedDuration::from_hours(hours)
}

/// Everybody and everything of one game; ids of two games never meet.
#[derive(Clone, Debug)]
pub(crate) struct World {
    seed: u64,
    pub(crate) institutions: Vec<Institution>,
    pub(crate) appointments: Vec<Appointment>,
    pub(crate) delegations: Vec<Delegation>,
    /// Everybody who ever held a post.
    pub(crate) persons: Vec<PersonId>,
    /// Is the game played in the realm of drills? The games that share a database share the realm.
    pub(crate) drill: bool,
    /// When it begins: in one database time only runs forward.
    pub(crate) start: Timestamp,
}

/// Games that share a database.
pub(crate) const TOGETHER: u64 = 20;

pub(crate) const DOMAINS: [Domain; 3] = [Domain::Private, Domain::Public, Domain::Military];
/// Without a CISO: its head answers.
pub(crate) const WITHOUT_CISO: usize = 2;
/// Has delegated to [`PROVIDER`].
pub(crate) const CUSTOMER: usize = 3;
/// The first of two military institutions.
pub(crate) const MILITARY: usize = 6;
/// Acts for [`CUSTOMER`], and for nobody else.
pub(crate) const PROVIDER: usize = 8;

#[rustfmt::skip]
const INSTITUTIONS: [(Ownership, &str, Size, Option<Mark>); 9] = [
    (Ownership::Private,    "SECTOR_FIN",    Size::Large,  Some(Mark::Major)),
    (Ownership::Private,    "SECTOR_HEALTH", Size::Medium, None),
    (Ownership::Private,    "SECTOR_FIN",    Size::Small,  None),
    (Ownership::Private,    "SECTOR_FIN",    Size::Medium, None),
    (Ownership::PublicBody, "SECTOR_HEALTH", Size::Large,  Some(Mark::Critical)),
    (Ownership::Local,      "SECTOR_FIN",    Size::Small,  None),
    (Ownership::Military,   "",              Size::Large,  None),
    (Ownership::Military,   "",              Size::Medium, None),
    (Ownership::Private,    "SECTOR_FIN",    Size::Medium, Some(Mark::ServiceProvider)),
];

/// Station, post, person. Person 2 has three accounts at the lead: one writes, one reviews, one signs.
#[rustfmt::skip]
const STATIONS: [(&str, Post, u16); 27] = [
    ("LEAD_PRIV", Post::Director, 2),
    ("LEAD_PRIV", Post::Analyst, 1),   ("LEAD_PRIV", Post::Analyst, 2),   ("LEAD_PRIV", Post::Approver, 2),
    ("LEAD_PRIV", Post::Approver, 3),  ("LEAD_PRIV", Post::Director, 4),  ("LEAD_PUB", Post::Analyst, 5),
    ("LEAD_PUB", Post::Approver, 6),   ("LEAD_PUB", Post::Director, 7),   ("LEAD_MIL", Post::Analyst, 8),
    ("LEAD_MIL", Post::Approver, 9),   ("LEAD_MIL", Post::Director, 19),  ("COORD_PRIV", Post::Analyst, 10),
    ("COORD_PRIV", Post::Analyst, 11), ("COORD_PRIV", Post::Director, 12), ("COORD_PUB", Post::Analyst, 13),
    ("COORD_PUB", Post::Director, 14), ("COORD_MIL", Post::Analyst, 15),  ("COORD_MIL", Post::Director, 16),
    ("SECTOR_FIN", Post::Analyst, 17), ("SECTOR_FIN", Post::Approver, 20), ("SECTOR_FIN", Post::Director, 18),
    ("SECTOR_FIN", Post::Auditor, 21), ("APEX", Post::Analyst, 22),       ("APEX", Post::Director, 23),
    ("COORD_PRIV", Post::Sysadmin, 24), ("COORD_PRIV", Post::Analyst, 24),
];

/// Analyst of the coordinator, and operator at the first institution.
pub(crate) const ANALYST: u16 = 10;
/// Director of the lead, and operator at the second institution.
pub(crate) const DIRECTOR: u16 = 4;

impl World {
    /// A world that begins today.
    pub(crate) fn new(seed: u64) -> Self {
        Self::beginning(seed, start())
    }

    /// The world of a game: of those that share a database each begins four years after the one before.
    pub(crate) fn of_game(seed: u64) -> Self {
        let turn = i64::try_from(seed % TOGETHER).expect("small");
        Self::beginning(seed, hours(start(), turn * 4 * 365 * 24))
    }

    fn beginning(seed: u64, start: Timestamp) -> Self {
        let mut world = Self {
            seed,
            start,
            institutions: Vec::new(),
            appointments: Vec::new(),
            delegations: Vec::new(),
            persons: Vec::new(),
            drill: seed / TOGETHER % 3 == 2,
        };
        for (place, row) in (0..).zip(INSTITUTIONS) {
            world.found(place, row);
        }
        for (station, post, person) in STATIONS {
            let seat = Seat::Node(station.parse().expect("a station"));
            world.appoint(seat, post, person, (-1000, None), None);
        }
        for place in 0..INSTITUTIONS.len() {
            world.staff(place);
        }
        // Former officers, who still know the way.
        let lead = Seat::Node("LEAD_PRIV".parse().expect("a station"));
        world.appoint(lead, Post::Director, 30, (-9000, Some(-1000)), None);
        let first = Seat::Institution(world.institutions[0].id);
        world.appoint(first.clone(), Post::Ciso, 31, (-9000, Some(-2000)), None);
        // An analyst and a director who work at institutions for a while yet: what they claim and ask for there will
        // come before them when they have left it.
        world.appoint(first, Post::Operator, ANALYST, (-900, Some(40)), None);
        let second = Seat::Institution(world.institutions[1].id);
        world.appoint(second, Post::Operator, DIRECTOR, (-900, Some(40)), None);
        world.delegate();
        let persons: BTreeSet<_> = world.appointments.iter().map(|post| post.person).collect();
        world.persons = persons.into_iter().collect();
        world
    }

    /// An id that no other game has.
    pub(crate) fn id(&self, kind: u8, number: u16) -> [u8; 16] {
        let mut id = [kind; 16];
        id[1..9].copy_from_slice(&self.seed.to_be_bytes());
        id[9..11].copy_from_slice(&number.to_be_bytes());
        id
    }

    /// So that half of the games are played a little otherwise.
    pub(crate) fn is_odd(&self) -> bool {
        self.seed % 2 == 1
    }

    pub(crate) fn person(&self, number: u16) -> PersonId {
        PersonId(self.id(1, number))
    }

    pub(crate) fn case(&self, number: u16) -> CaseId {
        CaseId(self.id(2, number))
    }

    pub(crate) fn act(&self, number: u16) -> ActId {
        ActId(self.id(3, number))
    }

    pub(crate) fn system(&self, number: u16) -> SystemId {
        SystemId(self.id(4, number))
    }

    pub(crate) fn appointment(&self, number: u16) -> AppointmentId {
        AppointmentId(self.id(5, number))
    }

    pub(crate) fn delegation(&self, number: u16) -> DelegationId {
        DelegationId(self.id(6, number))
    }

    pub(crate) fn institution(&self, place: usize) -> InstitutionId {
        self.institutions[place].id
    }

    pub(crate) fn place(&self, institution: InstitutionId) -> Option<usize> {
        self.institutions.iter().position(|it| it.id == institution)
    }

    /// Who holds this post at a station, the last to come first.
    pub(crate) fn at(&self, station: &NodeCode, post: Post) -> PersonId {
        let seat = Seat::Node(station.clone());
        let held = self.appointments.iter().filter(|it| it.seat == seat && it.until.is_none());
        held.rev().find(|it| it.post == post).map_or(self.person(999), |it| it.person)
    }

    /// The CISO of an institution: the number of every one is known.
    pub(crate) fn ciso(&self, place: usize) -> PersonId {
        self.person(100 + 10 * number(place))
    }

    pub(crate) fn operator(&self, place: usize) -> PersonId {
        self.person(101 + 10 * number(place))
    }

    pub(crate) fn head(&self, place: usize) -> PersonId {
        self.person(102 + 10 * number(place))
    }

    pub(crate) fn deputy(&self, place: usize) -> PersonId {
        self.person(103 + 10 * number(place))
    }

    /// What the register is loaded with, in order.
    pub(crate) fn founding(&self) -> Vec<Wish> {
        let mut wishes =
            vec![Wish::Enrol(self.institutions.clone()), Wish::Appoint(self.appointments.clone())];
        wishes.extend(self.delegations.iter().cloned().map(Wish::Delegate));
        wishes
    }

    fn found(&mut self, place: u16, row: (Ownership, &str, Size, Option<Mark>)) {
        let (ownership, sector, size, mark) = row;
        self.institutions.push(Institution {
            id: InstitutionId(self.id(7, place)),
            name_ko: format!("기관{place}"),
            name_en: format!("Institution {place}"),
            ownership,
            competent: sector.parse().into_iter().collect(),
            relay: None,
            size,
            province: 1,
            marks: mark.into_iter().collect(),
        });
    }

    fn staff(&mut self, place: usize) {
        let seat = Seat::Institution(self.institutions[place].id);
        let first = 100 + 10 * number(place);
        if place != WITHOUT_CISO {
            self.appoint(seat.clone(), Post::Ciso, first, (-1000, None), None);
            let ciso = self.appointments.last().expect("just appointed").id;
            if place < 2 {
                let since = if place == 0 { -500 } else { 40 };
                self.appoint(seat.clone(), Post::Ciso, first + 3, (since, None), Some(ciso));
            }
        }
        self.appoint(seat.clone(), Post::Operator, first + 1, (-1000, None), None);
        self.appoint(seat, Post::Head, first + 2, (-1000, None), None);
    }

    fn appoint(
        &mut self,
        seat: Seat,
        post: Post,
        person: u16,
        (from, until): (i64, Option<i64>),
        deputy_of: Option<AppointmentId>,
    ) {
        let place = number(self.appointments.len());
        self.appointments.push(Appointment {
            id: self.appointment(place),
            person: self.person(person),
            post,
            seat,
            from: hours(self.start, from),
            until: until.map(|until| hours(self.start, until)),
            deputy_of,
            title: format!("{post:?}-{place:05}"),
        });
    }

    fn delegate(&mut self) {
        self.delegations.push(Delegation {
            id: self.delegation(0),
            institution: self.institution(CUSTOMER),
            provider: self.institution(PROVIDER),
            powers: [Power::See, Power::Acknowledge, Power::Answer, Power::ClaimFixed].into(),
            signed_by: self.ciso(CUSTOMER),
            from: hours(self.start, -100),
            until: hours(self.start, 24 * 400),
        });
    }
}

pub(crate) fn number(place: usize) -> u16 {
    u16::try_from(place).expect("a small place")
}

/// Lets a change of the register happen, as a desk does.
pub(crate) fn follow(register: &mut Register, wish: &Wish) -> Result<(), String> {
    let outcome = match wish {
        Wish::Enrol(all) => all.iter().try_for_each(|one| register.enrol(one).map(|_| ())),
        Wish::Appoint(all) => all.iter().try_for_each(|one| register.appoint(one.clone())),
        Wish::EndAppointment { appointment, until } => {
            register.end_appointment(*appointment, *until)
        }
        Wish::Delegate(delegation) => register.delegate(delegation.clone()),
        Wish::EndDelegation { delegation, until } => register.end_delegation(*delegation, *until),
        _ => Ok(()),
    };
    outcome.map_err(|error| error.to_string())
}

pub(crate) const ENGINES: [Engine; 5] =
    [Engine::Feed, Engine::Matching, Engine::Delivery, Engine::Clock, Engine::Register];
