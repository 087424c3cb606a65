//! The stories people tell about who may, one line each; the long proof is `tests/need_to_know`.

use std::collections::BTreeSet;

use super::*;
use crate::{
    ActId, AppointmentId, CaseId, DelegationId, Domain, Grade, Institution, InstitutionId, Label,
    Ownership, Power, Size, Tlp,
};

const NOW: Timestamp = Timestamp::UNIX_EPOCH;
const INSIDE: Channel =
    Channel { node: Grade::Classified, ceiling: Grade::Classified, internet: false };

fn person(number: u8) -> PersonId {
    PersonId([number; 16])
}

fn label(tlp: Tlp) -> Label {
    Label { tlp, grade: Grade::Open }
}

fn post(number: u8, post: Post, seat: Seat) -> Appointment {
    Appointment {
        id: AppointmentId([number; 16]),
        person: person(number),
        post,
        seat,
        from: NOW - jiff::SignedDuration::from_hours(1),
        until: None,
        deputy_of: None,
        title: String::new(),
    }
}

fn at(code: &str) -> Seat {
    Seat::Node(code.parse().unwrap())
}

fn bank() -> Subject {
    let institution = Institution {
        id: InstitutionId([1; 16]),
        name_ko: "누리은행".to_owned(),
        name_en: "Nuri Bank".to_owned(),
        ownership: Ownership::Private,
        competent: BTreeSet::from(["SECTOR_FIN".parse().unwrap()]),
        relay: None,
        size: Size::Large,
        province: 1,
        marks: BTreeSet::new(),
    };
    Subject { institution, lead: Domain::Private, accountable: Some(person(1)) }
}

fn ask(held: &[&Appointment], action: Action, object: &Object<'_>) -> Result<Permit, Why> {
    let person = held[0].person;
    let officer = Officer { person, appointments: held.to_vec(), delegations: Vec::new() };
    decide(&Principal::Person(officer), action, object, &INSIDE, NOW).map_err(|denied| denied.why())
}

#[test]
fn a_directive_takes_three_persons_of_one_lead_and_a_law() {
    let issuer: NodeCode = "LEAD_PRIV".parse().unwrap();
    let act = ActFacts {
        id: ActId([1; 16]),
        kind: ActKind::Directive,
        issuer: &issuer,
        label: label(Tlp::Amber),
        named: &[],
        author: Some(person(1)),
        reviewer: Some(person(2)),
        legal_basis: true,
        domains: &[Domain::Private],
        sectors: &[],
        relays: &[],
        issued: false,
        embargo: None,
    };
    let director = post(3, Post::Director, at("LEAD_PRIV"));
    let sign = |act| ask(&[&director], Action::SignDirective, &Object::Act(act)).map(|_| ());
    #[rustfmt::skip]
    let table = [
        // act                                                                   answer                     why
        (act,                                                                    Ok(()),                    "three persons, one domain, a law"),
        (ActFacts { reviewer: None, ..act },                                     Err(Why::SecondPerson),    "nobody reviewed this text"),
        (ActFacts { author: Some(person(3)), ..act },                            Err(Why::OwnWork),         "the same person under another account"),
        (ActFacts { reviewer: Some(person(1)), ..act },                          Err(Why::OwnWork),         "the author reviewed"),
        (ActFacts { legal_basis: false, ..act },                                 Err(Why::LegalBasis),      "no law"),
        (ActFacts { domains: &[Domain::Private, Domain::Public], ..act },        Err(Why::Authority),       "some addressees have another lead"),
        (ActFacts { label: label(Tlp::Red), ..act },                             Err(Why::Tlp),             "RED, and not named"),
        (ActFacts { kind: ActKind::Advisory, ..act },                            Err(Why::Mismatch),        "it is an advisory now"),
    ];
    for (act, answer, why) in table {
        assert_eq!(sign(act), answer, "{why}");
    }
}

#[test]
fn a_raw_report_is_for_the_coordinator_s_analysts_and_named_experts() {
    let coord: NodeCode = "COORD_PRIV".parse().unwrap();
    let member = |number, until| Member { person: person(number), reason: String::new(), until };
    let members = [member(2, None), member(3, Some(NOW)), member(4, None), member(6, None)];
    let case = Object::Case(CaseFacts {
        id: CaseId([1; 16]),
        coord: &coord,
        label: label(Tlp::Amber),
        raw_label: label(Tlp::Red),
        members: &members,
        embargo: Some(Embargo { until: None }),
        public: false,
        severe: true,
        finder: None,
        suppliers: &[],
        second: None,
    });
    let see = |held: &[&Appointment]| ask(held, Action::SeeRawReport, &case).map(|_| ());
    let analyst = |number, code| post(number, Post::Analyst, at(code));
    assert_eq!(see(&[&analyst(1, "COORD_PRIV")]), Ok(()), "a member by default");
    assert_eq!(see(&[&analyst(1, "COORD_PUB")]), Err(Why::NoPost), "another coordinator");
    assert_eq!(see(&[&analyst(2, "CRISIS_UNIT")]), Ok(()), "a named expert");
    assert_eq!(see(&[&analyst(3, "CRISIS_UNIT")]), Err(Why::NoPost), "named, and over");
    assert_eq!(
        see(&[&analyst(4, "SECTOR_FIN")]),
        Err(Why::NoPost),
        "a sector ministry, named or not"
    );
    let platform = post(6, Post::Sysadmin, at("COORD_PRIV"));
    assert_eq!(see(&[&analyst(6, "COORD_PRIV"), &platform]), Err(Why::Never), "runs the platform");
}

#[test]
fn a_provider_is_inside_amber_and_outside_what_stays_in_the_organisation() {
    let (bank, issuer) = (bank(), "LEAD_PRIV".parse().unwrap());
    let provider = InstitutionId([7; 16]);
    let operator = post(5, Post::Operator, Seat::Institution(provider));
    let delegation = Delegation {
        id: DelegationId([1; 16]),
        institution: bank.institution.id,
        provider,
        powers: BTreeSet::from([Power::ClaimFixed]),
        signed_by: person(1),
        from: NOW,
        until: NOW + jiff::SignedDuration::from_hours(1),
    };
    let owed = |tlp, claimant| {
        Object::Obligation(ObligationFacts {
            act: ActId([1; 16]),
            subject: &bank,
            issuer: &issuer,
            label: label(tlp),
            named: &[],
            issued_at: NOW,
            triaged_act: true,
            claimant,
            asked_days: 0,
        })
    };
    let officer = Officer {
        person: person(5),
        appointments: vec![&operator],
        delegations: vec![&delegation],
    };
    let provider = Principal::Person(officer);
    let may = |action, tlp| {
        let answer = decide(&provider, action, &owed(tlp, None), &INSIDE, NOW);
        answer.map(|permit| permit.appointment()).map_err(|denied| denied.why())
    };
    assert_eq!(may(Action::ClaimFixed, Tlp::Amber), Ok(Some(operator.id)));
    assert_eq!(may(Action::ClaimFixed, Tlp::AmberStrict), Err(Why::Tlp));
    assert_eq!(may(Action::Acknowledge, Tlp::Amber), Err(Why::NoPost), "not delegated");
    assert_eq!(may(Action::Countersign, Tlp::Amber), Err(Why::NoPost), "never the provider alone");
    let ciso = post(1, Post::Ciso, Seat::Institution(bank.institution.id));
    let claimed = owed(Tlp::Amber, Some(person(5)));
    assert!(ask(&[&ciso], Action::Countersign, &claimed).is_ok());
    let analyst = post(1, Post::Analyst, at("COORD_PRIV"));
    assert_eq!(
        ask(&[&ciso, &analyst], Action::Verify, &claimed),
        Err(Why::Never),
        "an officer of the bank who is also an analyst proves nothing of the bank",
    );
}

#[test]
fn what_is_classified_never_touches_the_internet() {
    let open = Channel { internet: true, ..INSIDE };
    assert!(INSIDE.carries(Grade::Classified));
    assert!(!open.carries(Grade::Classified));
    assert!(open.carries(Grade::Sensitive));
    assert!(!Channel { node: Grade::Open, ..INSIDE }.carries(Grade::Sensitive));
}

#[test]
fn an_action_is_spelt_once_and_read_back_as_it_is_spelt() {
    let spelt: BTreeSet<_> = Action::ALL.iter().map(|action| action.as_str()).collect();
    assert_eq!(spelt.len(), Action::ALL.len());
    assert!(spelt.iter().all(|text| text.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')));
}

#[test]
fn what_a_post_could_do_is_what_some_row_of_the_table_gives_it() {
    let at = |code: &str, post| -> Vec<Action> {
        could(&Seat::Node(code.parse().unwrap()), post).collect()
    };
    let director = at("LEAD_PRIV", Post::Director);
    assert!(director.contains(&Action::SignDirective) && director.contains(&Action::RaiseAlert));
    assert!(!director.contains(&Action::DraftDirective) || director.contains(&Action::SeeNames));
    assert!(
        !at("RELAY_FIN", Post::Director).contains(&Action::SignAdvisory),
        "a relay issues nothing"
    );
    let coord = at("COORD_PRIV", Post::Analyst);
    assert!(coord.contains(&Action::DraftAdvisory), "a coordinating body informs");
    assert!(!coord.contains(&Action::DraftActionRequest), "and demands nothing");
    let sector = at("SECTOR_FIN", Post::Analyst);
    assert!(sector.contains(&Action::DraftActionRequest));
    assert!(!sector.contains(&Action::DraftDirective), "directives are the lead ministry's");
    assert!(!at("LEAD_PRIV", Post::Sysadmin).contains(&Action::SeeNames));
    assert!(at("LEAD_PRIV", Post::Sysadmin).contains(&Action::OperatePlatform));
    let ciso: Vec<Action> =
        could(&Seat::Institution(crate::InstitutionId([1; 16])), Post::Ciso).collect();
    assert!(ciso.contains(&Action::Countersign) && !ciso.contains(&Action::Verify));
}
