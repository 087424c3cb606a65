use jiff::{SignedDuration, Timestamp};

use bongsu_authority::{AppointmentId, CaseId, Grade, Label, NodeCode, PersonId, Tlp};

use super::*;
use crate::event::{By, Engine, Entry};
use crate::{CaseWish, Misfit, Refused};

const STATES: [CaseState; 12] = [
    CaseState::Received,
    CaseState::Merged,
    CaseState::Screened,
    CaseState::Rejected,
    CaseState::Validating,
    CaseState::Confirmed,
    CaseState::Coordinating,
    CaseState::FixAvailable,
    CaseState::Published,
    CaseState::InCampaign,
    CaseState::Closed,
    CaseState::Reopened,
];

const SHORT: [&str; 12] = ["Rc", "Me", "Sc", "Rj", "Va", "Cf", "Co", "Fx", "Pu", "Ca", "Cl", "Ro"];

const ID: CaseId = CaseId([1; 16]);
const OTHER: CaseId = CaseId([2; 16]);
const ANALYST: By = officer(1);
const SECOND: By = officer(2);
const FEED: By = By::Engine(Engine::Feed);
const FACTS: Facts =
    Facts { running_acts: 0, open_obligations: 0, into: Some(CaseState::Confirmed) };

const fn officer(person: u8) -> By {
    By::officer(PersonId([person; 16]), AppointmentId([person; 16]))
}

fn at() -> Timestamp {
    "2026-11-21T02:10:00Z".parse().unwrap()
}

/// A case in a state, as it would be there: a merge remembers, what is published is public.
fn case(state: CaseState) -> Case {
    let opening = Opening {
        title: "VPN appliance, login bypass".to_owned(),
        summary: String::new(),
        identifiers: BTreeSet::new(),
        origin: Origin::Human,
        coord: NodeCode::coord(bongsu_authority::Domain::Private),
        label: Label { tlp: Tlp::Amber, grade: Grade::Open },
        public: false,
    };
    let mut case = Case::open(ID, &opening, at());
    case.state = state;
    case.public = matches!(state, CaseState::Published | CaseState::InCampaign | CaseState::Closed);
    if state == CaseState::Merged {
        case.merged_into = Some(OTHER);
        case.before = Some(CaseState::Screened);
    }
    case
}

fn why() -> String {
    "a new fact about it".to_owned()
}

fn embargo() -> Embargo {
    Embargo { until: Some(at() + SignedDuration::from_hours(90 * 24)), event: None }
}

/// Wishes and lets it happen; how many events.
fn wish(
    case: &mut Case,
    wish: &CaseWish,
    facts: &Facts,
    by: By,
    at: Timestamp,
) -> Result<usize, Refused> {
    let events = case.wish(wish, facts, by, at)?;
    for event in &events {
        let entry = Entry { by, at, label: case.label, event: event.clone() };
        case.apply(&entry).expect("it follows");
    }
    Ok(events.len())
}

/// What a case is beside its state.
type Prepare = fn(&mut Case);

#[test]
fn every_pair_of_state_and_wish_is_allowed_or_refused_as_the_guide_says() {
    let partial = Triage { impact: Some(Impact::Partial), ..Triage::default() };
    let public: Prepare = |case| case.public = true;
    let mild: Prepare = |case| case.triage.impact = Some(Impact::Partial);
    let as_it_is: Prepare = |_| ();
    let held: Prepare = |case| case.embargo = Some(embargo());
    let exploit = CaseWish::Exploit {
        exploitation: Exploitation::Active,
        since: at(),
        said_by: "KEV catalogue".to_owned(),
    };
    let member = Member { person: PersonId([9; 16]), reason: why(), until: None };
    // A word is the state it leads to, `+` news that moves nothing, `=` nothing new, `.` refused.
    #[rustfmt::skip]
    let table: [(CaseWish, Prepare, &str, &str); 24] = [
        //                                                 Rc Me Sc Rj Va Cf Co Fx Pu Ca Cl Ro
        (CaseWish::Screen, as_it_is,                     "Sc .  =  .  .  .  .  .  .  .  .  .", "once"),
        (CaseWish::Validate, as_it_is,                   ".  .  Va .  =  .  .  .  .  .  .  Va", "reopened is validated, not screened"),
        (CaseWish::Confirm { why: why() }, as_it_is,     ".  .  .  .  Cf =  .  .  .  .  .  .", "what is not public is validated first"),
        (CaseWish::Confirm { why: why() }, public,       ".  .  Cf .  Cf =  .  .  .  .  .  .", "a public feed's is not"),
        (CaseWish::Reject { why: why() }, mild,          ".  .  Rj =  Rj .  .  .  .  .  .  .", "what was confirmed is reopened first"),
        (CaseWish::Reject { why: why() }, as_it_is,      ".  .  +  =  +  .  .  .  .  .  .  .", "unknown impact is severe: proposed only"),
        (CaseWish::Coordinate { embargo: embargo() }, as_it_is, ".  .  .  .  .  Co +  .  .  .  .  .", "a new date is news"),
        (CaseWish::Coordinate { embargo: embargo() }, public,   ".  .  .  .  .  .  .  .  .  .  .  .", "public stays public"),
        (CaseWish::Publish { why: why() }, as_it_is,     ".  .  .  .  .  .  Pu Pu =  =  .  .", "coordinated first"),
        (CaseWish::Publish { why: why() }, public,       ".  .  .  .  .  Pu Pu Pu =  =  .  .", "unless it is public already"),
        (CaseWish::Merge { into: OTHER, why: why() }, as_it_is, "Me =  Me .  Me Me .  .  .  .  .  .", "later, others hold its name"),
        (CaseWish::Split { why: why() }, as_it_is,       ".  Sc .  .  .  .  .  .  .  .  .  .", "back to where it was"),
        (CaseWish::Reopen { why: why() }, as_it_is,      ".  .  .  Ro .  Ro Ro Ro Ro Ro Ro =", "where a judgement stands; a merge is split"),
        (CaseWish::Close, as_it_is,                      ".  .  .  .  .  .  .  .  Cl Cl =  .", "published with nobody to ask, too"),
        (exploit, as_it_is,                              "+  .  +  Ro +  +  +  +  +  +  +  +", "a rejected case that is exploited reopens itself"),
        (CaseWish::Remedy(Fix::Patch), as_it_is,         "+  .  +  +  +  +  Fx +  +  +  +  +", "the supplier has a fix"),
        (CaseWish::Identify { identifiers: ["CVE-2026-1".to_owned()].into() }, as_it_is,
                                                          "+  .  +  +  +  +  +  +  +  +  +  +", "say it of the other one"),
        (CaseWish::Triage(partial), as_it_is,            "+  .  +  +  +  +  +  +  +  +  +  +", "say it of the other one"),
        (CaseWish::SetEmbargo(embargo()), as_it_is,      "+  .  +  +  +  +  +  +  .  .  .  +", "public stays public"),
        (CaseWish::ProposeLift { until: None, why: why() }, held, "+  .  +  +  +  +  +  +  +  +  +  +", "wherever it holds"),
        (CaseWish::LiftEmbargo { until: None }, held,    ".  .  .  .  .  .  .  .  .  .  .  .", "nobody proposed it"),
        (CaseWish::KeepEmbargo { why: why() }, held,     "=  =  =  =  =  =  =  =  =  =  =  =", "it is kept as it is"),
        (CaseWish::AddMember(member), as_it_is,          "+  +  +  +  +  +  +  +  +  +  +  +", "a compartment outlives its state"),
        (CaseWish::Read { why: why() }, as_it_is,        "+  +  +  +  +  +  +  +  +  +  +  +", "each is recorded"),
    ];
    assert_eq!(STATES.as_slice(), CaseState::ALL);
    for (wished, prepare, row, why) in table {
        let cells: Vec<&str> = row.split_whitespace().collect();
        assert_eq!(cells.len(), STATES.len(), "{wished:?}");
        for (state, cell) in STATES.into_iter().zip(cells) {
            let mut case = case(state);
            prepare(&mut case);
            let got = match wish(&mut case, &wished, &FACTS, ANALYST, at()) {
                Err(_) => ".",
                Ok(0) => "=",
                Ok(_) if case.state == state => "+",
                Ok(_) => SHORT[STATES.iter().position(|s| *s == case.state).unwrap()],
            };
            assert_eq!(got, cell, "{wished:?} from {state:?}: {why}");
        }
    }
}

#[test]
fn a_public_flaw_begins_confirmed_and_a_report_received() {
    let mut opening = Opening {
        title: "log4j-core".to_owned(),
        summary: String::new(),
        identifiers: BTreeSet::new(),
        origin: Origin::Feed,
        coord: NodeCode::coord(bongsu_authority::Domain::Public),
        label: Label { tlp: Tlp::Clear, grade: Grade::Open },
        public: true,
    };
    assert_eq!(Case::open(ID, &opening, at()).state, CaseState::Confirmed);
    opening.public = false;
    assert_eq!(Case::open(ID, &opening, at()).state, CaseState::Received);
}

#[test]
fn a_severe_claim_is_rejected_by_two_persons_and_a_mild_one_by_one() {
    let reject = CaseWish::Reject { why: why() };
    #[rustfmt::skip]
    let table = [
        (None,                  Exploitation::None,   true,  "unknown impact counts as total"),
        (Some(Impact::Total),   Exploitation::None,   true,  "total"),
        (Some(Impact::Partial), Exploitation::Active, true,  "somebody exploits it"),
        (Some(Impact::Partial), Exploitation::Poc,    false, "a proof of concept of little"),
        (Some(Impact::Partial), Exploitation::None,   false, "little"),
    ];
    for (impact, exploitation, severe, why) in table {
        let mut case = case(CaseState::Screened);
        case.triage.impact = impact;
        case.exploitation = exploitation;
        assert_eq!(wish(&mut case, &reject, &FACTS, ANALYST, at()), Ok(1), "{why}");
        assert_eq!(case.state == CaseState::Screened, severe, "{why}");
        assert_eq!(wish(&mut case, &reject, &FACTS, ANALYST, at()), Ok(0), "{why}: said twice");
        if severe {
            assert_eq!(case.state, CaseState::Screened, "one person is one person: {why}");
            assert_eq!(wish(&mut case, &reject, &FACTS, SECOND, at()), Ok(1), "{why}");
        }
        assert_eq!(case.state, CaseState::Rejected, "{why}");
    }
    let engine = wish(&mut case(CaseState::Screened), &reject, &FACTS, FEED, at());
    assert!(matches!(engine, Err(Refused::NeedsOfficer { .. })));
}

#[test]
fn an_embargo_ends_by_its_date_by_exploitation_or_by_an_officer() {
    let publish = CaseWish::Publish { why: why() };
    let coordinated = || {
        let mut case = case(CaseState::Confirmed);
        let coordinate = CaseWish::Coordinate { embargo: embargo() };
        wish(&mut case, &coordinate, &FACTS, ANALYST, at()).unwrap();
        case
    };
    let over = embargo().until.unwrap();
    let early = coordinated().wish(&publish, &FACTS, FEED, at());
    assert!(matches!(early, Err(Refused::NeedsOfficer { .. })));
    let mut deadline = coordinated();
    wish(&mut deadline, &publish, &FACTS, FEED, over).unwrap();
    let mut exploited = coordinated();
    exploited.exploitation = Exploitation::Active;
    wish(&mut exploited, &publish, &FACTS, FEED, at()).unwrap();
    let mut decided = coordinated();
    wish(&mut decided, &publish, &FACTS, SECOND, at()).unwrap();
    for case in [deadline, exploited, decided] {
        assert_eq!((case.state, case.public, case.embargo), (CaseState::Published, true, None));
    }
}

#[test]
fn an_embargo_ends_sooner_only_as_one_proposed_and_another_agreed() {
    let date = |days: i64| at() + SignedDuration::from_hours(days * 24);
    let by_date = Embargo { until: Some(date(90)), event: None };
    let by_event = Embargo { until: None, event: Some("the supplier's release".to_owned()) };
    for standing in [by_date, by_event] {
        let held = Case { embargo: Some(standing.clone()), ..case(CaseState::Coordinating) };
        for until in [None, Some(date(7))] {
            let propose = CaseWish::ProposeLift { until, why: why() };
            let lift = CaseWish::LiftEmbargo { until };
            let mut case = held.clone();
            assert!(wish(&mut case, &lift, &FACTS, SECOND, at()).is_err(), "nobody proposed it");
            assert_eq!(wish(&mut case, &propose, &FACTS, ANALYST, at()), Ok(1));
            assert_eq!(wish(&mut case, &propose, &FACTS, ANALYST, at()), Ok(0), "said twice");
            assert!(wish(&mut case, &lift, &FACTS, ANALYST, at()).is_err(), "one is one person");
            let other = CaseWish::LiftEmbargo { until: Some(date(3)) };
            assert!(
                wish(&mut case, &other, &FACTS, SECOND, at()).is_err(),
                "not what was proposed"
            );
            assert_eq!(case.embargo, Some(standing.clone()), "it stands until both said the same");
            assert_eq!(wish(&mut case, &lift, &FACTS, SECOND, at()), Ok(1));
            let now = until.map(|until| Embargo { until: Some(until), event: None });
            assert_eq!((&case.embargo, &case.lift), (&now, &None));
            assert_eq!(wish(&mut case, &lift, &FACTS, SECOND, at()), Ok(0), "said twice");
        }
    }
}

#[test]
fn a_proposal_to_end_an_embargo_falls_with_what_it_was_about() {
    let propose = CaseWish::ProposeLift { until: None, why: why() };
    let lift = CaseWish::LiftEmbargo { until: None };
    let longer = Embargo { until: Some(at() + SignedDuration::from_hours(120 * 24)), event: None };
    let event = Embargo { until: None, event: Some("the supplier's release".to_owned()) };
    let overtaken = [
        CaseWish::KeepEmbargo { why: why() },
        CaseWish::SetEmbargo(longer),
        CaseWish::SetEmbargo(event),
        CaseWish::Merge { into: OTHER, why: why() },
    ];
    for other in overtaken {
        let mut case = Case { embargo: Some(embargo()), ..case(CaseState::Confirmed) };
        wish(&mut case, &propose, &FACTS, ANALYST, at()).unwrap();
        assert_eq!(wish(&mut case, &other, &FACTS, SECOND, at()), Ok(1), "{other:?}");
        assert!(wish(&mut case, &lift, &FACTS, SECOND, at()).is_err(), "{other:?}");
        assert!(case.embargo.is_some() && case.lift.is_none(), "{other:?}");
    }
    let until = Some(at() + SignedDuration::from_hours(1));
    let mut case = Case { embargo: Some(embargo()), ..case(CaseState::Confirmed) };
    wish(&mut case, &CaseWish::ProposeLift { until, why: why() }, &FACTS, ANALYST, at()).unwrap();
    let later = at() + SignedDuration::from_hours(2);
    wish(&mut case, &CaseWish::LiftEmbargo { until }, &FACTS, SECOND, later).unwrap();
    assert_eq!(case.embargo, None, "a date that passed meanwhile ends it at once");
}

#[test]
fn what_cannot_be_so_is_refused_with_what_to_do_next() {
    use CaseState::{Confirmed, Coordinating, InCampaign, Received};

    let past = Embargo { until: Some(at()), event: None };
    let bare = Embargo { until: None, event: None };
    let open = Facts { open_obligations: 3, ..FACTS };
    let running = Facts { running_acts: 1, ..FACTS };
    let gone = Facts { into: Some(CaseState::Rejected), ..FACTS };
    let none = Facts { into: None, ..FACTS };
    let merge = |into| CaseWish::Merge { into, why: why() };
    let day = |days: i64| at() + SignedDuration::from_hours(days * 24);
    let lift = |days: Option<i64>, why: &str| CaseWish::ProposeLift {
        until: days.map(day),
        why: why.into(),
    };
    let seen = |since| CaseWish::Exploit {
        exploitation: Exploitation::Poc,
        since,
        said_by: "a supplier".into(),
    };
    let sooner = Embargo { until: Some(day(7)), event: None };
    #[rustfmt::skip]
    let table = [
        (Confirmed,  CaseWish::Coordinate { embargo: past }, FACTS,   "later one"),
        (Confirmed,  CaseWish::Coordinate { embargo: bare }, FACTS,   "such as"),
        (InCampaign, CaseWish::Close,                        open,    "settle, waive or release"),
        (Received,   merge(ID),                              FACTS,   "choose a case"),
        (Received,   merge(OTHER),                           gone,    "choose a case"),
        (Received,   merge(OTHER),                           none,    "choose a case"),
        (Confirmed,  merge(OTHER),                           running, "withdraw them first"),
        (InCampaign, CaseWish::Reopen { why: " ".into() },   FACTS,   "such as"),
        (Received,   CaseWish::Close,                        FACTS,   "from here it can be merged, screened"),
        (Confirmed,  seen(day(1)),                           FACTS,   "since when it is exploited"),
        (Confirmed,  lift(None, "they published it"),        FACTS,   "publish it instead"),
        (Coordinating, lift(None, " "),                      FACTS,   "such as"),
        (Coordinating, lift(Some(91), "no"),                 FACTS,   "set it to that date"),
        (Coordinating, lift(Some(0), "no"),                  FACTS,   "later one"),
        (Coordinating, CaseWish::SetEmbargo(sooner),         FACTS,   "two persons agree"),
    ];
    for (state, wished, facts, says) in table {
        let mut case = case(state);
        case.embargo = (state == Coordinating).then(embargo);
        let refused = case.wish(&wished, &facts, ANALYST, at()).unwrap_err().to_string();
        assert!(refused.contains(says), "{wished:?} from {state:?}: {refused}");
    }
}

#[test]
fn a_split_restores_the_state_before_the_merge() {
    for state in [CaseState::Received, CaseState::Screened, CaseState::Validating] {
        let mut merged = case(state);
        let before = merged.clone();
        let merge = CaseWish::Merge { into: OTHER, why: why() };
        wish(&mut merged, &merge, &FACTS, FEED, at()).unwrap();
        assert_eq!(merged.merged_into, Some(OTHER));
        wish(&mut merged, &CaseWish::Split { why: why() }, &FACTS, ANALYST, at()).unwrap();
        assert_eq!(merged, Case { version: before.version + 2, ..before });
    }
}

#[test]
fn an_officer_who_publishes_opens_the_label_and_a_feed_does_not() {
    let publish = CaseWish::Publish { why: why() };
    for (by, tlp) in [(SECOND, Tlp::Clear), (FEED, Tlp::Amber)] {
        let mut case = case(CaseState::Confirmed);
        case.public = true;
        wish(&mut case, &publish, &FACTS, by, at()).unwrap();
        assert_eq!((case.state, case.label.tlp), (CaseState::Published, tlp));
    }
}

#[test]
fn publishing_while_acts_run_is_a_campaign_at_once() {
    let running = Facts { running_acts: 1, ..FACTS };
    let mut case = case(CaseState::FixAvailable);
    wish(&mut case, &CaseWish::Publish { why: why() }, &running, ANALYST, at()).unwrap();
    assert_eq!(case.state, CaseState::InCampaign);
}

#[test]
fn an_event_that_does_not_fit_changes_nothing() {
    let label = Label { tlp: Tlp::Amber, grade: Grade::Open };
    let mut case = case(CaseState::Received);
    let before = case.clone();
    let moved = |case, to| crate::Event::CaseMoved { case, to, why: why() };
    #[rustfmt::skip]
    let events = [
        (moved(ID, CaseState::Closed),                          "no arrow"),
        (moved(OTHER, CaseState::Screened),                     "another case"),
        (crate::Event::CaseSplit { case: ID, why: why() },      "not merged"),
        (crate::Event::ActCompleted { act: bongsu_authority::ActId([1; 16]) }, "no case's"),
    ];
    for (event, why) in events {
        let entry = Entry { by: ANALYST, at: at(), label, event };
        let misfit: Result<(), Misfit> = case.apply(&entry);
        assert!(misfit.is_err(), "{why}");
        assert_eq!(case, before, "{why}");
    }
}
