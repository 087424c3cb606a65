//! The register against reading every appointment.

use std::collections::BTreeSet;

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;
use crate::{Dated, Mark, Ownership, Power, Size};

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn inst(number: u8) -> InstitutionId {
    InstitutionId([number; 16])
}

fn record(number: u8, ownership: Ownership) -> Institution {
    Institution {
        id: inst(number),
        name_ko: "누리은행".to_owned(),
        name_en: "Nuri Bank".to_owned(),
        ownership,
        competent: BTreeSet::from(["SECTOR_FIN".parse().unwrap()]),
        relay: Some("RELAY_FIN".parse().unwrap()),
        size: Size::Large,
        province: 1,
        marks: BTreeSet::from([Mark::Major, Mark::ServiceProvider, Mark::AirGapped]),
    }
}

fn post(id: u8, person: u8, post: Post, from: i64, until: Option<i64>) -> Appointment {
    Appointment {
        id: AppointmentId([id; 16]),
        person: PersonId([person; 16]),
        post,
        seat: Seat::Institution(inst(1)),
        from: at(from),
        until: until.map(at),
        deputy_of: None,
        title: format!("CISO-{id:05}"),
    }
}

fn deputy(id: u8, person: u8, of: u8, from: i64, until: Option<i64>) -> Appointment {
    let deputy_of = Some(AppointmentId([of; 16]));
    Appointment { deputy_of, ..post(id, person, Post::Ciso, from, until) }
}

fn register() -> Register {
    let mut register = Register::default();
    for (number, ownership) in
        [(1, Ownership::Private), (2, Ownership::State), (3, Ownership::Military)]
    {
        assert_eq!(register.enrol(&record(number, ownership)), Ok(Enrolled::New));
    }
    register
}

#[test]
fn exactly_one_person_is_accountable_where_anybody_is_appointed() {
    let mut register = register();
    for appointment in [
        post(1, 1, Post::Head, 0, None),
        post(2, 2, Post::Ciso, 10, Some(20)),
        deputy(3, 3, 2, 15, Some(30)),
        deputy(4, 4, 2, 12, Some(25)),
        post(5, 5, Post::Ciso, 40, None),
    ] {
        register.appoint(appointment).unwrap();
    }
    #[rustfmt::skip]
    let table = [
        // at   person    why
        (-1,    None,     "before anybody is appointed"),
        (0,     Some(1),  "the head, while there is no CISO"),
        (10,    Some(2),  "the CISO"),
        (19,    Some(2),  "the CISO, deputies or not"),
        (20,    Some(4),  "the deputy named first, when the CISO's time is over"),
        (25,    Some(3),  "the other deputy"),
        (30,    Some(1),  "the head again"),
        (40,    Some(5),  "the new CISO"),
    ];
    for (when, person, why) in table {
        let accountable = register.accountable(inst(1), at(when)).map(|held| held.person);
        assert_eq!(accountable, person.map(|person| PersonId([person; 16])), "at {when}: {why}");
    }
    let vacant: Vec<_> = register.vacancies(at(30)).collect();
    assert_eq!(vacant.len(), 3, "one has a head, two have nobody");
    assert_eq!(vacant[0].stands_in, Some(AppointmentId([1; 16])));
    assert_eq!(register.without_officer(at(30)).collect::<Vec<_>>(), [inst(2), inst(3)]);
}

#[test]
fn an_owner_who_is_head_and_ciso_acts_as_the_one_who_is_accountable() {
    let mut register = register();
    register.appoint(post(1, 7, Post::Head, 0, None)).unwrap();
    register.appoint(post(2, 7, Post::Ciso, 0, None)).unwrap();
    let Principal::Person(owner) = register.principal(PersonId([7; 16]), at(1)) else {
        panic!("an owner is a person")
    };
    assert_eq!(owner.appointments[0].id, register.accountable(inst(1), at(1)).unwrap().id);
}

#[test]
fn a_deputy_named_after_the_vacancy_does_not_stand_in() {
    let mut register = register();
    register.appoint(post(1, 1, Post::Ciso, 0, None)).unwrap();
    register.appoint(deputy(2, 2, 1, 50, None)).unwrap();
    register.end_appointment(AppointmentId([1; 16]), at(40)).unwrap();
    assert_eq!(register.accountable(inst(1), at(60)), None);
}

#[test]
fn what_makes_no_sense_is_refused_and_changes_nothing() {
    let mut register = register();
    register.appoint(post(1, 1, Post::Ciso, 10, Some(20))).unwrap();
    register.appoint(deputy(2, 2, 1, 10, Some(20))).unwrap();
    let elsewhere = |seat| Appointment { seat, ..post(9, 9, Post::Ciso, 0, None) };
    #[rustfmt::skip]
    let table = [
        // appointment                                 refused
        (post(3, 3, Post::Ciso, 19, None),             "Ciso is held by"),
        (post(3, 3, Post::Ciso, 0, None),              "Ciso is held by"),
        (post(3, 3, Post::Operator, 9, Some(8)),       "before it begins"),
        (post(3, 3, Post::Analyst, 0, None),           "is no post at"),
        (deputy(3, 3, 7, 10, None),                    "stands in for an appointment"),
        (deputy(3, 3, 2, 10, None),                    "stands in for an appointment"),
        (deputy(3, 3, 1, 20, None),                    "stands in for an appointment"),
        (deputy(3, 1, 1, 10, None),                    "their own deputy"),
        (post(1, 3, Post::Ciso, 30, None),             "with other content"),
        (elsewhere(Seat::Institution(inst(9))),        "enrol it first"),
        (elsewhere(Seat::Node(NodeCode::apex())),      "is no post at"),
    ];
    for (appointment, refused) in table {
        let error = register.appoint(appointment.clone()).unwrap_err().to_string();
        assert!(error.contains(refused), "{appointment:?}: {error}");
    }
    assert_eq!(register.appointments.len(), 2);
    register
        .appoint(post(1, 1, Post::Ciso, 10, Some(20)))
        .expect("the same appointment twice is one");
    register.appoint(post(4, 3, Post::Ciso, 20, None)).expect("it begins when the other ends");
    assert!(register.end_appointment(AppointmentId([4; 16]), at(19)).is_err());
    assert!(register.end_appointment(AppointmentId([1; 16]), at(21)).is_err());
    assert_eq!(register.appointments.len(), 3);
}

#[test]
fn a_record_comes_back_as_it_was_enrolled() {
    let mut register = register();
    for number in 1..=3 {
        let kept = register.institution(inst(number)).unwrap();
        assert_eq!(kept, record(number, kept.ownership));
    }
    let moved = Institution { relay: None, ..record(1, Ownership::Local) };
    assert_eq!(register.enrol(&moved), Ok(Enrolled::Replaced));
    assert_eq!(register.enrol(&moved), Ok(Enrolled::Unchanged));
    assert_eq!(register.institution(inst(1)), Some(moved));
    assert_eq!(register.len(), 3);
    assert_eq!(register.members_of(&"RELAY_FIN".parse().unwrap()).count(), 2);
    assert_eq!(register.by_sector(&"SECTOR_FIN".parse().unwrap()).count(), 3);
    assert_eq!(register.by_sector(&"SECTOR_HEALTH".parse().unwrap()).count(), 0);
    assert_eq!(register.by_domain(Domain::Public, at(0)).count(), 2);
    #[rustfmt::skip]
    let unsound = [
        Institution { name_ko: " ".to_owned(), ..record(4, Ownership::Private) },
        Institution { name_en: "x".repeat(301), ..record(4, Ownership::Private) },
        Institution { province: 18, ..record(4, Ownership::Private) },
        Institution { relay: Some(NodeCode::apex()), ..record(4, Ownership::Private) },
        Institution { competent: BTreeSet::from([NodeCode::apex()]), ..record(4, Ownership::Private) },
    ];
    for record in unsound {
        assert!(matches!(register.enrol(&record), Err(RegisterError::Record { .. })), "{record:?}");
    }
}

#[test]
fn the_apex_moves_a_lead_for_a_time_and_never_the_military() {
    let mut register = register();
    let dated =
        |from, until: Option<i64>, value| Dated { from: at(from), until: until.map(at), value };
    register.assign_lead(inst(1), dated(10, Some(20), Domain::Public)).unwrap();
    let lead = |register: &Register, when| {
        let jurisdiction = register.jurisdiction(inst(1), at(when)).unwrap();
        (jurisdiction.lead.to_string(), jurisdiction.provisional)
    };
    assert_eq!(lead(&register, 9), ("LEAD_PRIV".to_owned(), false));
    assert_eq!(lead(&register, 10), ("LEAD_PUB".to_owned(), true));
    assert_eq!(lead(&register, 20), ("LEAD_PRIV".to_owned(), false));
    assert_eq!(register.subject(inst(1), at(10)).unwrap().lead, Domain::Public);
    assert_eq!(register.by_domain(Domain::Public, at(10)).count(), 2);
    let twice = register.assign_lead(inst(1), dated(19, None, Domain::Private));
    assert!(matches!(twice, Err(RegisterError::Dates(_))));
    for (number, domain) in [(3, Domain::Public), (1, Domain::Military)] {
        let moved = register.assign_lead(inst(number), dated(50, None, domain));
        assert_eq!(moved, Err(RegisterError::MilitaryStays));
    }
    // A record that becomes military is military, whatever was assigned before.
    register.enrol(&record(1, Ownership::Military)).unwrap();
    assert_eq!(lead(&register, 10), ("LEAD_MIL".to_owned(), false));
    assert_eq!(register.subject(inst(1), at(10)).unwrap().lead, Domain::Military);
}

#[test]
fn a_delegation_is_signed_by_whoever_answers_and_reaches_the_provider_s_people() {
    let mut register = register();
    register.appoint(post(1, 1, Post::Ciso, 0, None)).unwrap();
    let there = Seat::Institution(inst(2));
    register.appoint(Appointment { seat: there, ..post(2, 2, Post::Operator, 0, None) }).unwrap();
    let good = Delegation {
        id: DelegationId([1; 16]),
        institution: inst(1),
        provider: inst(2),
        powers: BTreeSet::from([Power::Answer]),
        signed_by: PersonId([1; 16]),
        from: at(10),
        until: at(20),
    };
    let bad = [
        Delegation { signed_by: PersonId([2; 16]), ..good.clone() },
        Delegation { provider: inst(1), ..good.clone() },
        Delegation { powers: BTreeSet::new(), ..good.clone() },
        Delegation { until: at(9), ..good.clone() },
        Delegation { institution: inst(9), ..good.clone() },
    ];
    for delegation in bad {
        assert!(register.delegate(delegation.clone()).is_err(), "{delegation:?}");
    }
    register.delegate(good.clone()).unwrap();
    register.delegate(good).expect("the same delegation twice is one");
    let reaches = |register: &Register, when| match register.principal(PersonId([2; 16]), at(when))
    {
        Principal::Person(officer) => officer.delegations.len(),
        _ => panic!("a person is a person"),
    };
    assert_eq!([9, 10, 19, 20].map(|when| reaches(&register, when)), [0, 1, 1, 0]);
    register.end_delegation(DelegationId([1; 16]), at(15)).unwrap();
    assert_eq!(reaches(&register, 15), 0);
    assert_eq!(register.providers_of(inst(1), at(12)).count(), 1);
}

proptest! {
    /// The slow way is the specification: read every appointment that was accepted.
    #[test]
    fn the_register_answers_as_reading_every_appointment(
        wanted in vec((0..4_u8, 0..5_u8, 0..12_i64, proptest::option::of(0..12_i64), 0..8_u8), 0..12),
        ends in vec((0..12_u8, 0..12_i64), 0..4),
        when in 0..13_i64,
    ) {
        let mut register = register();
        let posts = [Post::Ciso, Post::Ciso, Post::Head, Post::Operator, Post::Cpo];
        for (number, (person, kind, from, until, of)) in (0_u8..).zip(&wanted) {
            let new = post(number, *person, posts[usize::from(*kind)], *from, *until);
            let deputy_of = (*kind == 0).then_some(AppointmentId([*of; 16]));
            let _ = register.appoint(Appointment { deputy_of, ..new });
        }
        for (number, until) in ends {
            let _ = register.end_appointment(AppointmentId([number; 16]), at(until));
        }
        let all = register.appointments.clone();
        let now: Vec<_> = all.iter().filter(|held| held.holds_at(at(when))).collect();
        for one in [Post::Ciso, Post::Head, Post::Cpo] {
            let holders = now.iter().filter(|held| held.post == one && held.deputy_of.is_none());
            prop_assert!(holders.count() <= 1, "one {one:?} at a time");
        }
        let rank = |held: &&&Appointment| {
            let principal = held.deputy_of.and_then(|id| all.iter().find(|known| known.id == id));
            let named_in_time =
                principal.is_none_or(|it| it.until.is_none_or(|until| held.from < until));
            let rung = match (held.post, held.deputy_of) {
                (Post::Ciso, None) => 0,
                (Post::Ciso, Some(_)) => 1,
                (Post::Head, None) => 2,
                _ => 9,
            };
            (if named_in_time { rung } else { 9 }, held.from, held.id)
        };
        let slow = now.iter().min_by_key(rank).filter(|held| rank(held).0 < 9);
        prop_assert_eq!(register.accountable(inst(1), at(when)), slow.copied());
        for person in 0..4 {
            let person = PersonId([person; 16]);
            let Principal::Person(officer) = register.principal(person, at(when)) else { panic!() };
            let mut held: Vec<_> = officer.appointments.iter().map(|held| held.id).collect();
            held.sort_unstable();
            let slow: Vec<_> =
                now.iter().filter(|held| held.person == person).map(|held| held.id).collect();
            prop_assert_eq!(held, slow);
        }
    }
}
