//! Who holds which post: roles and numbers, never names.

use bongsu_authority::{
    Appointment, AppointmentId, Institution, InstitutionId, Mark, NodeCode, PersonId, Post, Role,
    Seat, Size,
};
use jiff::Timestamp;

use crate::noise::Noise;
use crate::stations::Station;

/// 2026-01-01T00:00+09: who is in office was appointed then.
pub(crate) const APPOINTED: Timestamp = Timestamp::constant(1_767_193_200, 0);

/// 2026-07-01T00:00+09: some CISOs changed then.
const CHANGED: Timestamp = Timestamp::constant(1_782_831_600, 0);

/// 2026-09-01T00:00+09: some left then, and nobody followed.
const LEFT: Timestamp = Timestamp::constant(1_788_188_400, 0);

/// Appointments of the stations, then of the institutions in their order; and where those of each
/// institution begin.
#[derive(Debug)]
pub(crate) struct Officers {
    pub(crate) appointments: Vec<Appointment>,
    pub(crate) starts: Vec<u32>,
}

/// Fills every post.
pub(crate) fn officers(stations: &[Station], institutions: &[Institution], seed: u64) -> Officers {
    let mut hiring = Hiring { seed, appointments: Vec::new(), persons: 0 };
    for station in stations {
        hiring.desk(&station.code);
    }
    let mut starts = Vec::with_capacity(institutions.len() + 1);
    for (number, institution) in institutions.iter().enumerate() {
        starts.push(hiring.filled());
        hiring.staff(institution, number + 1);
    }
    starts.push(hiring.filled());
    Officers { appointments: hiring.appointments, starts }
}

impl Officers {
    /// The appointments of the institution at a place of the register.
    pub(crate) fn of(&self, place: usize) -> &[Appointment] {
        &self.appointments[self.starts[place] as usize..self.starts[place + 1] as usize]
    }
}

/// Who answers for an institution at an instant: its CISO, and while that post is vacant its head.
pub(crate) fn accountable(appointments: &[Appointment], at: Timestamp) -> Option<&Appointment> {
    let holder = |post: Post| {
        let mut held = appointments.iter().filter(|one| one.post == post && one.holds_at(at));
        held.find(|one| one.deputy_of.is_none())
    };
    holder(Post::Ciso).or_else(|| holder(Post::Head))
}

struct Hiring {
    seed: u64,
    appointments: Vec<Appointment>,
    persons: u64,
}

impl Hiring {
    fn filled(&self) -> u32 {
        u32::try_from(self.appointments.len()).expect("a nation has fewer posts than u32 counts")
    }

    fn person(&mut self) -> PersonId {
        self.persons += 1;
        PersonId(Noise::of(&[self.seed, PERSON, self.persons]).bytes())
    }

    fn appoint(
        &mut self,
        person: PersonId,
        post: Post,
        seat: Seat,
        title: String,
    ) -> &mut Appointment {
        let number = self.appointments.len();
        let id = AppointmentId(Noise::of(&[self.seed, APPOINTMENT, number as u64]).bytes());
        let (from, until, deputy_of) = (APPOINTED, None, None);
        self.appointments.push(Appointment {
            id,
            person,
            post,
            seat,
            from,
            until,
            deputy_of,
            title,
        });
        &mut self.appointments[number]
    }

    /// Posts of a station.
    fn desk(&mut self, code: &NodeCode) {
        for &(post, word, count) in posts(code.role()) {
            for number in 1..=count {
                let person = self.person();
                let title = format!("{code}-{word}-{number:02}");
                self.appoint(person, post, Seat::Node(code.clone()), title);
            }
        }
    }

    /// Posts of an institution: at a small one the owner is head and CISO in one person.
    fn staff(&mut self, institution: &Institution, number: usize) {
        let seat = || Seat::Institution(institution.id);
        let head = self.person();
        self.appoint(head, Post::Head, seat(), format!("HEAD-{number:05}"));
        if institution.size == Size::Small {
            self.appoint(head, Post::Ciso, seat(), format!("CISO-{number:05}"));
            return;
        }
        let deputy_of = self.ciso(institution.id, number);
        for (post, word) in [(Post::Cpo, "CPO"), (Post::Operator, "OPER")] {
            let person = self.person();
            self.appoint(person, post, seat(), format!("{word}-{number:05}"));
        }
        if let Some(ciso) = deputy_of
            && (institution.size == Size::Large || institution.marks.contains(&Mark::Critical))
        {
            let person = self.person();
            let deputy = self.appoint(person, Post::Ciso, seat(), format!("CISO-{number:05}-D"));
            deputy.deputy_of = Some(ciso.0);
            deputy.from = ciso.1;
        }
        if institution.size == Size::Large {
            for (post, title) in [
                (Post::Operator, format!("OPER-{number:05}-2")),
                (Post::Auditor, format!("AUDIT-{number:05}")),
            ] {
                let person = self.person();
                self.appoint(person, post, seat(), title);
            }
        }
    }

    /// The CISO: mostly one since [`APPOINTED`]; of a hundred, three changed and one left. Gives the
    /// appointment that lasts and when it began.
    fn ciso(
        &mut self,
        institution: InstitutionId,
        number: usize,
    ) -> Option<(AppointmentId, Timestamp)> {
        let seat = || Seat::Institution(institution);
        let fate = Noise::of(&[self.seed, FATE, number as u64]).below(100);
        let person = self.person();
        let first = self.appoint(person, Post::Ciso, seat(), format!("CISO-{number:05}"));
        match fate {
            0 => {
                first.until = Some(LEFT);
                None
            }
            1..=3 => {
                first.until = Some(CHANGED);
                let person = self.person();
                let next = self.appoint(person, Post::Ciso, seat(), format!("CISO-{number:05}-2"));
                next.from = CHANGED;
                Some((next.id, CHANGED))
            }
            _ => Some((first.id, APPOINTED)),
        }
    }
}

/// Posts of a station, how they are written in titles, and how many hold them.
fn posts(role: Role) -> &'static [(Post, &'static str, u32)] {
    match role {
        Role::Coord(_) => &COORD,
        Role::Apex | Role::Lead(_) | Role::CrisisUnit => &LEAD,
        Role::Sector | Role::PrivacyReg | Role::Police => &SECTOR,
        Role::Relay => &RELAY,
        Role::Diplo | Role::Partner => &ABROAD,
    }
}

#[rustfmt::skip]
const COORD: [(Post, &str, u32); 6] = [
    (Post::Duty, "DUTY", 8), (Post::Analyst, "ANALYST", 24), (Post::Approver, "APPROVER", 3),
    (Post::Director, "DIRECTOR", 1), (Post::Liaison, "LIAISON", 2), (Post::Auditor, "AUDIT", 1),
];
#[rustfmt::skip]
const LEAD: [(Post, &str, u32); 5] = [
    (Post::Duty, "DUTY", 6), (Post::Analyst, "ANALYST", 8), (Post::Approver, "APPROVER", 3),
    (Post::Director, "DIRECTOR", 2), (Post::Auditor, "AUDIT", 1),
];
#[rustfmt::skip]
const SECTOR: [(Post, &str, u32); 5] = [
    (Post::Duty, "DUTY", 4), (Post::Analyst, "ANALYST", 4), (Post::Approver, "APPROVER", 2),
    (Post::Director, "DIRECTOR", 1), (Post::Auditor, "AUDIT", 1),
];
#[rustfmt::skip]
const RELAY: [(Post, &str, u32); 4] = [
    (Post::Duty, "DUTY", 4), (Post::Analyst, "ANALYST", 3), (Post::Director, "DIRECTOR", 1),
    (Post::Auditor, "AUDIT", 1),
];
#[rustfmt::skip]
const ABROAD: [(Post, &str, u32); 4] = [
    (Post::Duty, "DUTY", 2), (Post::Liaison, "LIAISON", 2), (Post::Director, "DIRECTOR", 1),
    (Post::Auditor, "AUDIT", 1),
];

/// Streams of noise: see [`Noise::of`].
const PERSON: u64 = 3;
const APPOINTMENT: u64 = 4;
const FATE: u64 = 5;
