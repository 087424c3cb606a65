//! The log is for decades: every event is written as it was, and read as it was, whatever later writers add.

#![allow(clippy::unwrap_used, reason = "a failing test should stop where it fails")]

use std::collections::BTreeSet;

use jiff::Timestamp;

use bongsu_authority::access::Scope;
use bongsu_authority::alert::{Alert, Level, Scheme};
use bongsu_authority::{
    ActId, Appointment, AppointmentId, CaseId, Delegation, DelegationId, Domain, Grade,
    Institution, InstitutionId, Label, ListId, Mark, NodeCode, Ownership, PersonId, Post, Power,
    Seat, Size, SystemId, Tlp,
};
use bongsu_response::{
    ActKind, Addressee, Assessment, Audience, By, CaseState, Claim, Clocks, Draft, Embargo, Engine,
    Entry, Event, Evidence, Exploitation, Exposure, Fix, Impact, IssueClocks, Member, Mission,
    Opening, Origin, RemediationClass, Remedy, Term, Triage,
};

/// One line an event, as the first release wrote it. Lines may be added; none may change.
const GOLDEN: &str = include_str!("events.jsonl");

#[test]
fn every_event_is_written_as_the_first_release_wrote_it() {
    let written: Vec<String> =
        entries().iter().map(|entry| serde_json::to_string(entry).unwrap()).collect();
    let golden: Vec<&str> = GOLDEN.lines().collect();
    for (written, golden) in written.iter().zip(&golden) {
        assert_eq!(written, golden);
    }
    assert_eq!(written.len(), golden.len());
    let named: BTreeSet<&str> = entries().iter().map(|entry| entry.event.name()).collect();
    assert_eq!(named, Event::NAMES.iter().copied().collect(), "one line each");
}

#[test]
fn every_event_is_read_as_it_was_written() {
    for (entry, line) in entries().into_iter().zip(GOLDEN.lines()) {
        assert_eq!(serde_json::from_str::<Entry>(line).unwrap(), entry);
    }
}

#[test]
fn what_a_later_writer_adds_is_no_obstacle() {
    for (entry, line) in entries().into_iter().zip(GOLDEN.lines()) {
        let mut value: serde_json::Value = serde_json::from_str(line).unwrap();
        grow(&mut value);
        assert_eq!(serde_json::from_value::<Entry>(value).unwrap(), entry);
    }
}

/// Words inside events are as old as the events.
#[test]
fn every_word_is_spelled_as_the_first_release_spelled_it() {
    fn spelled<T: serde::Serialize>(values: &[T]) -> String {
        let word = |value| serde_json::to_value(value).unwrap().as_str().unwrap().to_owned();
        values.iter().map(word).collect::<Vec<_>>().join(" ")
    }
    #[rustfmt::skip]
    let table = [
        (spelled(CaseState::ALL), "received merged screened rejected validating confirmed coordinating fix_available published in_campaign closed reopened"),
        (spelled(Origin::ALL), "human ai feed"),
        (spelled(Exploitation::ALL), "none poc active"),
        (spelled(Fix::ALL), "none workaround patch no_fix_ever"),
        (spelled(Impact::ALL), "partial total"),
        (spelled(Mission::ALL), "low medium high"),
        (spelled(ActKind::ALL), "advisory guideline action_request directive"),
        (spelled(Exposure::ALL), "exposed inside cannot_tell no_inventory not_affected"),
        (spelled(Remedy::ALL), "patched removed isolated retired"),
        (spelled(RemediationClass::ALL), "three_days_forensic three_days fourteen_days sixty_days next_upgrade"),
    ];
    for (written, golden) in table {
        assert_eq!(written, golden);
    }
}

/// Adds an unknown field to every object that has fields, but not to a word that holds one value (`{"officer":…}`).
fn grow(value: &mut serde_json::Value) {
    match value {
        serde_json::Value::Object(fields) => {
            fields.values_mut().for_each(grow);
            let a_word = fields.len() == 1
                && fields.keys().all(|key| {
                    Event::NAMES.contains(&key.as_str())
                        || ["officer", "engine", "node", "institution", "sector", "not_affected"]
                            .contains(&key.as_str())
                });
            if !a_word {
                fields.insert("of_a_later_release".to_owned(), serde_json::json!({"a": [1]}));
            }
        }
        serde_json::Value::Array(values) => values.iter_mut().for_each(grow),
        _ => {}
    }
}

const ACT: ActId = ActId([1; 16]);
const CASE: CaseId = CaseId([2; 16]);
const US: InstitutionId = InstitutionId([3; 16]);
const PROOF: Evidence = Evidence([0xab; 32]);

fn at() -> Timestamp {
    "2026-11-21T02:10:00.123456Z".parse().unwrap()
}

fn why() -> String {
    "까닭 \"x\"".to_owned()
}

fn entries() -> Vec<Entry> {
    let officer = By::officer(PersonId([4; 16]), AppointmentId([5; 16]));
    let label = Label { tlp: Tlp::AmberStrict, grade: Grade::Sensitive };
    let engines =
        [Engine::Feed, Engine::Matching, Engine::Delivery, Engine::Clock, Engine::Register];
    let everybody = [officer].into_iter().chain(engines.map(By::Engine)).cycle();
    let events =
        register().into_iter().chain(cases()).chain(acts()).chain(obligations()).chain(later());
    let events = events.zip(everybody).chain(told_by());
    events.map(|(event, by)| Entry { by, at: at(), label, event }).collect()
}

/// What was added since, with whoever did it.
fn told_by() -> Vec<(Event, By)> {
    let (person, appointment) = (PersonId([4; 16]), AppointmentId([5; 16]));
    let with_a_code = By::Officer { person, appointment, by_code: true };
    vec![
        (Event::Acknowledged { act: ACT, institution: US }, with_a_code),
        (
            Event::NamesDeclined { act: ACT, list: ListId([9; 16]), why: why() },
            By::officer(person, appointment),
        ),
        (
            Event::CaseLabelled {
                case: CASE,
                label: Label { tlp: Tlp::Clear, grade: Grade::Open },
            },
            By::officer(person, appointment),
        ),
    ]
}

/// What was added after the first release.
fn later() -> Vec<Event> {
    let level = Level::new(Scheme::Cyber, 2).unwrap();
    let until = "2026-12-21T00:00:00Z".parse().unwrap();
    let alert = Alert { scope: Domain::Private, level, from: at(), until };
    vec![
        Event::AlertSet { alert, consulted: true, text_ko: why(), text_en: why() },
        Event::Reminded { act: ACT, institutions: vec![US], why: why() },
        Event::NamesAsked {
            act: ACT,
            list: ListId([9; 16]),
            scope: Scope::Sector(NodeCode::apex()),
            selection: "{}".to_owned(),
            rows: 300,
            why: why(),
        },
        Event::NamesReleased { act: ACT, list: ListId([9; 16]) },
        Event::NamesTaken { act: ACT, list: ListId([9; 16]), rows: 299 },
        Event::LiftProposed { case: CASE, until: Some(at()), why: why() },
        Event::EmbargoKept { case: CASE, why: why() },
    ]
}

fn register() -> Vec<Event> {
    let institution = Institution {
        id: US,
        name_ko: "누리은행".to_owned(),
        name_en: "Nuri Bank".to_owned(),
        ownership: Ownership::Private,
        competent: ["SECTOR_FIN".parse().unwrap()].into(),
        relay: Some("RELAY_FIN".parse().unwrap()),
        size: Size::Large,
        province: 1,
        marks: [Mark::Major, Mark::AirGapped].into(),
    };
    let appointment = Appointment {
        id: AppointmentId([5; 16]),
        person: PersonId([4; 16]),
        post: Post::Ciso,
        seat: Seat::Institution(US),
        from: at(),
        until: None,
        deputy_of: None,
        title: "CISO-00417".to_owned(),
    };
    let delegation = Delegation {
        id: DelegationId([6; 16]),
        institution: US,
        provider: InstitutionId([7; 16]),
        powers: [Power::See, Power::ClaimFixed].into(),
        signed_by: PersonId([4; 16]),
        from: at(),
        until: at(),
    };
    vec![
        Event::InstitutionsEnrolled { institutions: vec![institution] },
        Event::OfficersAppointed { appointments: vec![appointment] },
        Event::AppointmentEnded { appointment: AppointmentId([5; 16]), until: at() },
        Event::DelegationSigned { delegation },
        Event::DelegationEnded { delegation: DelegationId([6; 16]), until: at() },
        Event::InventoryPublished {
            institution: US,
            system: SystemId([8; 16]),
            digest: PROOF,
            components: 300,
            exposed: true,
            as_of: at(),
        },
    ]
}

fn cases() -> Vec<Event> {
    let opening = Opening {
        title: "VPN 장비".to_owned(),
        summary: String::new(),
        identifiers: ["CVE-2026-0001".to_owned()].into(),
        origin: Origin::Ai,
        coord: NodeCode::coord(bongsu_authority::Domain::Private),
        label: Label { tlp: Tlp::Red, grade: Grade::Classified },
        public: false,
    };
    let triage = Triage {
        automatable: Some(true),
        impact: Some(Impact::Total),
        mission: Some(Mission::High),
    };
    let embargo = Embargo { until: Some(at()), event: None };
    let member = Member { person: PersonId([4; 16]), reason: why(), until: None };
    let identifiers = vec!["GHSA-jfh8-c2jp-5v3q".to_owned()];
    vec![
        Event::CaseOpened { case: CASE, opening },
        Event::CaseMoved { case: CASE, to: CaseState::FixAvailable, why: why() },
        Event::RejectionProposed { case: CASE, why: why() },
        Event::CaseMerged { case: CASE, into: CaseId([9; 16]), why: why() },
        Event::CaseSplit { case: CASE, why: why() },
        Event::CaseIdentified { case: CASE, identifiers },
        Event::CaseTriaged { case: CASE, triage },
        Event::ExploitationSet {
            case: CASE,
            exploitation: Exploitation::Active,
            since: at(),
            said_by: "KEV".to_owned(),
        },
        Event::FixSet { case: CASE, fix: Fix::NoFixEver },
        Event::EmbargoSet { case: CASE, embargo: Some(embargo) },
        Event::MemberAdded { case: CASE, member },
        Event::MemberRemoved { case: CASE, person: PersonId([4; 16]) },
        Event::CaseRead { case: CASE, why: why() },
    ]
}

fn acts() -> Vec<Event> {
    let draft = Draft {
        issuer: NodeCode::lead(bongsu_authority::Domain::Private),
        title_ko: "긴급 조치".to_owned(),
        title_en: "Urgent action".to_owned(),
        todo_ko: "올리십시오".to_owned(),
        todo_en: "Update".to_owned(),
        legal_basis: Some("network-act-47-4".to_owned()),
        audience: Audience { sizes: [Size::Small].into(), ..Audience::default() },
        label: Label { tlp: Tlp::Amber, grade: Grade::Open },
        drill: false,
    };
    let clocks = |fix_by| Clocks {
        class: RemediationClass::ThreeDaysForensic,
        acknowledge_by: at(),
        assess_by: at(),
        fix_by,
    };
    let clocks = IssueClocks { exposed: clocks(Some(at())), inside: clocks(None) };
    let addressee = Addressee {
        institution: US,
        exposure: Exposure::NoInventory,
        systems: 2,
        accountable: AppointmentId([5; 16]),
    };
    let signature = "c2lnbmF0dXJl".to_owned();
    vec![
        Event::ActDrafted { act: ACT, case: CASE, kind: ActKind::Directive, draft, text: PROOF },
        Event::ActReviewed { act: ACT, text: PROOF },
        Event::ActSigned {
            act: ACT,
            text: PROOF,
            signature: signature.clone(),
            clocks,
            addressees: vec![addressee],
        },
        Event::ActAmended {
            act: ACT,
            text: PROOF,
            signature,
            clocks,
            added: vec![],
            released: vec![US],
            why: why(),
        },
        Event::ActWithdrawn { act: ACT, why: why() },
        Event::ActCompleted { act: ACT },
        Event::ActReclocked { act: ACT, clocks, why: why() },
        Event::NamesRead { act: ACT, rows: 30, why: why() },
    ]
}

fn obligations() -> Vec<Event> {
    let (act, institution, evidence, how) = (ACT, US, PROOF, why);
    let assessment = Assessment::NotAffected { justification: "component_not_present".to_owned() };
    let claim =
        Claim { remedy: Remedy::Isolated, evidence, by: PersonId([4; 16]), accountable: true };
    let term = Term { until: at(), control: why() };
    vec![
        Event::Delivered { act, institutions: vec![US], channel: "mail".to_owned() },
        Event::Unreachable { act, institution },
        Event::Acknowledged { act, institution },
        Event::Assessed { act, institution, assessment, contradicts_inventory: true },
        Event::Planned { act, institution, until: at() },
        Event::Mitigated { act, institution, how: how() },
        Event::Claimed { act, institution, claim },
        Event::Countersigned { act, institution },
        Event::Verified { act, institution, evidence, how: how() },
        Event::Refuted { act, institution, evidence, how: how() },
        Event::ForensicChecked { act, institution, clean: true, evidence },
        Event::ExtensionAsked { act, institution, until: at(), why: why() },
        Event::ExtensionDecided { act, institution, granted: Some(at()), why: why() },
        Event::WaiverAsked { act, institution, until: at(), control: why() },
        Event::WaiverDecided { act, institution, granted: Some(term), why: why() },
        Event::WaiverExpired { act, institution },
        Event::Assisted { act, institution, team: why() },
        Event::Regressed { act, institution, evidence },
        Event::Closed { act, institution, remedy: Some(Remedy::Patched) },
    ]
}
