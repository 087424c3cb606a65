use jiff::{SignedDuration, Timestamp};

use bongsu_authority::{ActId, AppointmentId, Grade, InstitutionId, Label, PersonId, Tlp};

use super::steps::Step;
use super::*;
use crate::event::{By, Engine, Entry, Event};
use crate::{ActState, Addressee, Answer, Refused};

/// Every pair of status and step. A word is the status it leads to, `=` news that moves nothing, `.` no arrow.
///
/// Columns: Created, Delivered, Unreachable, Acknowledged, Unknown, Not affected, Affected, Planned, Mitigated, Claimed,
/// Remediated, Verified, Waived, Closed, Released.
#[rustfmt::skip]
const ARROWS: [(Step, &str, &str); 28] = [
    //                      Cr De Un Ac Uk Na Af Pl Mi Cl Re Ve Wa Cd Rl
    (Step::Deliver,          "De =  De =  =  =  =  =  =  =  =  =  =  .  .", "unreachable can still be delivered; a late receipt moves nothing"),
    (Step::MissAll,          "Un .  =  .  =  =  =  .  .  .  .  .  .  .  .", "where the inventory spoke first its word stands, and the failure is kept"),
    (Step::Acknowledge,      "Ac Ac Ac =  =  =  =  =  =  =  =  =  =  .  .", "may come before a receipt, and after the inventory's word"),
    (Step::SayAffected,      ".  .  .  Af Af Af =  =  =  Af Af .  .  .  .", "takes a claim back; does not undo a plan"),
    (Step::SayNotAffected,   ".  .  .  Na Na =  Na Na Na .  .  .  Na .  .", "a claim is taken back before it is denied that there was a need"),
    (Step::SayUnknown,       ".  .  .  Uk =  Uk Uk .  .  .  .  .  .  .  .", "who works on it knows"),
    (Step::FindAffected,     "Af Af Af Af Af Af =  .  .  .  .  .  .  .  .", "before anybody saw the act: minutes, not days"),
    (Step::FindNotAffected,  "Na Na Na Na Na =  Na .  .  .  .  .  .  .  .", "a supplier's statement flips what only the inventory said"),
    (Step::FindUnknown,      "Uk Uk Uk Uk =  Uk .  .  .  .  .  .  .  .  .", "to lose sight of a flaw is not to lose the flaw"),
    (Step::Plan,             ".  .  .  .  .  .  Pl =  =  .  .  .  .  .  .", "planned again, and for what a workaround bridges"),
    (Step::Mitigate,         ".  .  .  .  .  .  Mi Mi =  .  .  .  .  .  .", "an emergency needs no plan"),
    (Step::Claim,            ".  .  .  .  .  .  Cl Cl Cl =  .  .  Cl .  .", "fixing before a waiver ends is welcome"),
    (Step::ClaimAccountable, ".  .  .  .  .  .  Re Re Re Re =  .  Re .  .", "better evidence may follow"),
    (Step::Countersign,      ".  .  .  .  .  .  .  .  .  Re .  .  .  .  .", "only a claim that waits"),
    (Step::Verify,           ".  .  .  .  .  =  .  .  .  .  Ve =  .  .  .", "never without a claim; checked again is checked again"),
    (Step::Prove,            "Ve Ve Ve Ve Ve =  Ve Ve Ve Ve Ve =  Ve .  .", "the inventory needs no claim, if it was affected"),
    (Step::Refute,           ".  .  .  .  .  Af .  .  .  Af Af .  .  .  .", "what is verified regresses, it is not refuted"),
    (Step::Examine,          "=  =  =  =  =  =  =  =  =  =  =  =  =  .  .", "welcome from the first day to the last"),
    (Step::AskExtension,     ".  .  .  .  .  .  =  =  =  .  .  .  .  .  .", "time is for who is fixing"),
    (Step::DecideExtension,  ".  .  .  .  .  .  =  =  =  .  .  .  .  .  .", "a claim made meanwhile answers the question"),
    (Step::AskWaiver,        ".  .  .  .  .  .  =  =  =  .  .  .  =  .  .", "a waiver may be renewed"),
    (Step::GrantWaiver,      ".  .  .  .  .  .  Wa Wa Wa .  .  .  =  .  .", "a claim made meanwhile answers the question"),
    (Step::RefuseWaiver,     ".  .  .  .  .  .  =  =  =  .  .  .  =  .  .", "the old one runs on"),
    (Step::ExpireWaiver,     ".  .  .  .  .  .  .  .  .  .  .  .  Af .  .", "back to what it was"),
    (Step::Assist,           "=  =  =  =  =  .  =  =  =  =  =  .  =  .  .", "any open one"),
    (Step::Regress,          ".  .  .  .  .  .  .  .  .  .  .  Af .  Af .", "only what was proven or closed can come back"),
    (Step::Close,            ".  .  .  .  .  Cd .  .  .  .  .  Cd .  .  .", "a claim alone closes nothing"),
    (Step::Release,          "Rl Rl Rl Rl Rl .  Rl Rl Rl Rl Rl .  Rl .  .", "what is proven stays proven"),
];

const SHORT: [&str; 15] =
    ["Cr", "De", "Un", "Ac", "Uk", "Na", "Af", "Pl", "Mi", "Cl", "Re", "Ve", "Wa", "Cd", "Rl"];

#[test]
fn every_pair_of_status_and_step_leads_where_the_guide_says() {
    let steps: Vec<Step> = ARROWS.iter().map(|(step, ..)| *step).collect();
    assert_eq!(steps, Step::ALL);
    for (step, row, why) in ARROWS {
        let cells: Vec<&str> = row.split_whitespace().collect();
        assert_eq!(cells.len(), Status::ALL.len(), "{step:?}");
        for (from, cell) in Status::ALL.iter().zip(cells) {
            let to = match cell {
                "." => None,
                "=" => Some(*from),
                word => SHORT.iter().position(|short| *short == word).map(|at| Status::ALL[at]),
            };
            assert_eq!(from.after(step), to, "{step:?} from {from:?}: {why}");
        }
    }
}

const CISO: By = officer(1, 1);
const OPERATOR: By = officer(2, 2);
const MINISTRY: By = officer(3, 3);
const MATCHING: By = By::Engine(Engine::Matching);
const FACTS: Facts = Facts { act: ActState::Issued, accountable: Some(AppointmentId([1; 16])) };
const PROOF: Evidence = Evidence([7; 32]);
const CLAIM: Answer = Answer::Claim { remedy: Remedy::Patched, evidence: PROOF };

const fn officer(person: u8, appointment: u8) -> By {
    By::officer(PersonId([person; 16]), AppointmentId([appointment; 16]))
}

fn day(day: i64) -> Timestamp {
    let start: Timestamp = "2026-11-21T02:10:00Z".parse().unwrap();
    start + SignedDuration::from_hours(24 * day)
}

fn issued(class: RemediationClass, exposure: Exposure) -> Obligation {
    let clocks = Clocks { class, acknowledge_by: day(1), assess_by: day(3), fix_by: Some(day(14)) };
    let addressee = Addressee {
        institution: InstitutionId([9; 16]),
        exposure,
        systems: 2,
        accountable: AppointmentId([1; 16]),
    };
    let clocks = IssueClocks { exposed: clocks, inside: clocks };
    Obligation::open(ActId([8; 16]), &addressee, &clocks, day(0))
}

fn fresh() -> Obligation {
    issued(RemediationClass::FourteenDays, Exposure::Exposed)
}

fn say(assessment: Assessment) -> Answer {
    Answer::Assess { assessment, contradicts_inventory: false }
}

fn not_affected() -> Assessment {
    Assessment::NotAffected { justification: "vulnerable_code_not_present".to_owned() }
}

fn verify() -> Answer {
    Answer::Verify { evidence: PROOF, how: "looked at it".to_owned() }
}

fn refute() -> Answer {
    Answer::Refute { evidence: PROOF, how: "looked at it".to_owned() }
}

/// Answers and lets it happen.
fn answer(
    obligation: &mut Obligation,
    answer: &Answer,
    by: By,
    at: Timestamp,
) -> Result<usize, Refused> {
    let events = obligation.wish(answer, &FACTS, by, at)?;
    let label = Label { tlp: Tlp::Amber, grade: Grade::Open };
    for event in &events {
        let entry = Entry { by, at, label, event: event.clone() };
        obligation.apply(&entry).expect("it follows");
    }
    Ok(events.len())
}

fn after(answers: &[(&Answer, By)]) -> Obligation {
    let mut obligation = fresh();
    for (wish, by) in answers {
        answer(&mut obligation, wish, *by, day(1)).expect("allowed");
    }
    obligation
}

#[test]
fn the_accountable_officers_first_answer_is_their_acknowledgement() {
    let mut obligation = fresh();
    let waits = answer(&mut obligation, &say(Assessment::Affected), OPERATOR, day(1));
    assert!(matches!(waits, Err(Refused::NotYet { .. })));
    assert_eq!(answer(&mut obligation, &say(Assessment::Affected), CISO, day(1)), Ok(2));
    assert_eq!(obligation.marks.acknowledged, Some(day(1)));
    assert_eq!(obligation.status, Status::Affected);
}

#[test]
fn a_ciso_claims_at_once_and_an_operator_with_a_countersignature_of_another_person() {
    let affected = say(Assessment::Affected);
    let obligation = after(&[(&affected, CISO), (&CLAIM, CISO)]);
    assert_eq!(obligation.status, Status::Remediated);

    let mut obligation = after(&[(&affected, CISO), (&CLAIM, OPERATOR)]);
    assert_eq!(obligation.status, Status::Claimed);
    let alone = answer(&mut obligation, &Answer::Countersign, OPERATOR, day(2));
    assert!(matches!(alone, Err(Refused::SamePerson { .. })));
    assert_eq!(answer(&mut obligation, &Answer::Countersign, CISO, day(2)), Ok(1));
    assert_eq!(obligation.status, Status::Remediated);
    assert_eq!(obligation.marks.remediated, Some(day(2)));
}

#[test]
fn nobody_verifies_what_they_claimed_or_countersigned() {
    let affected = say(Assessment::Affected);
    let mut obligation =
        after(&[(&affected, CISO), (&CLAIM, OPERATOR), (&Answer::Countersign, CISO)]);
    for by in [OPERATOR, CISO, officer(1, 99)] {
        for wish in [verify(), refute()] {
            let own = answer(&mut obligation, &wish, by, day(2));
            assert!(matches!(own, Err(Refused::SamePerson { .. })), "{by:?}: {own:?}");
        }
    }
    assert_eq!(answer(&mut obligation, &verify(), MINISTRY, day(2)), Ok(1));
    assert_eq!(obligation.status, Status::Verified);
    assert!(obligation.settled());
}

#[test]
fn the_inventory_proves_what_nobody_claimed() {
    let mut obligation = after(&[(&say(Assessment::Affected), CISO)]);
    let person = answer(&mut obligation, &verify(), MINISTRY, day(2));
    assert!(matches!(person, Err(Refused::Obligation { .. })), "a person verifies claims only");
    assert_eq!(answer(&mut obligation, &verify(), MATCHING, day(2)), Ok(1));
    assert_eq!((obligation.status, obligation.claim), (Status::Verified, None));
    assert_eq!(obligation.marks.remediated, Some(day(2)));

    let mut never = issued(RemediationClass::FourteenDays, Exposure::NoInventory);
    let proof = answer(&mut never, &verify(), MATCHING, day(2));
    assert!(matches!(proof, Err(Refused::NotYet { .. })), "nothing was there to be fixed");
}

#[test]
fn a_refuted_claim_is_a_false_closure_and_affected_again() {
    let mut obligation = after(&[(&say(Assessment::Affected), CISO), (&CLAIM, CISO)]);
    assert_eq!(answer(&mut obligation, &refute(), MINISTRY, day(2)), Ok(1));
    assert_eq!((obligation.status, obligation.false_closures), (Status::Affected, 1));
    assert_eq!((obligation.claim, obligation.marks.remediated), (None, None));
    assert_eq!(answer(&mut obligation, &refute(), MINISTRY, day(3)), Ok(0), "said twice");
    // "Not affected" that is refuted was no claim to have fixed anything.
    let mut obligation = after(&[(&say(not_affected()), CISO)]);
    answer(&mut obligation, &refute(), MINISTRY, day(2)).unwrap();
    assert_eq!((obligation.status, obligation.false_closures), (Status::Affected, 0));
}

#[test]
fn not_affected_needs_a_justification_and_does_not_settle_against_the_inventory() {
    for justification in ["", "   ", "no", "not us!!"] {
        let wish = say(Assessment::NotAffected { justification: justification.to_owned() });
        let refused = answer(&mut fresh(), &wish, CISO, day(1));
        assert!(matches!(refused, Err(Refused::Missing { .. })), "{justification:?}");
    }
    let mut obligation = after(&[(&say(not_affected()), CISO)]);
    assert!(obligation.contradicted, "the inventory said affected at issue");
    assert!(!obligation.settled() && obligation.needs_verification());
    let close = answer(&mut obligation, &Answer::Close { remedy: None }, CISO, day(2));
    assert!(matches!(close, Err(Refused::NotYet { .. })));
    let own = answer(&mut obligation, &verify(), CISO, day(2));
    assert!(matches!(own, Err(Refused::SamePerson { .. })));
    answer(&mut obligation, &verify(), MINISTRY, day(2)).unwrap();
    assert!(obligation.settled() && obligation.status == Status::NotAffected);
    answer(&mut obligation, &Answer::Close { remedy: None }, CISO, day(2)).unwrap();
    assert_eq!(obligation.status, Status::Closed);
}

#[test]
fn the_engine_speaks_first_and_never_over_an_officer() {
    let mut obligation = fresh();
    answer(&mut obligation, &say(Assessment::Affected), MATCHING, day(0)).unwrap();
    assert_eq!(obligation.status, Status::Affected);
    assert_eq!(obligation.marks.acknowledged, None);
    answer(&mut obligation, &say(not_affected()), MATCHING, day(0)).unwrap();
    assert_eq!(obligation.status, Status::NotAffected, "a supplier's statement flips it");

    answer(&mut obligation, &say(Assessment::Affected), CISO, day(1)).unwrap();
    let before = obligation.clone();
    assert_eq!(answer(&mut obligation, &say(Assessment::Unknown), MATCHING, day(2)), Ok(0));
    assert_eq!(obligation, before);
    let other = Assessment::NotAffected { justification: "component_not_present".to_owned() };
    assert_eq!(answer(&mut obligation, &say(other.clone()), MATCHING, day(2)), Ok(1));
    assert_eq!(obligation.status, Status::Affected, "an officer's word stands");
    assert_eq!(obligation.engine_says, Some(other.clone()));
    assert!(obligation.engine_differs());
    assert_eq!(answer(&mut obligation, &say(other), MATCHING, day(3)), Ok(0), "said twice");
}

#[test]
fn a_new_inventory_contradicts_not_affected_without_changing_it() {
    let mut obligation = issued(RemediationClass::FourteenDays, Exposure::NoInventory);
    answer(&mut obligation, &say(not_affected()), CISO, day(1)).unwrap();
    assert!(obligation.settled());
    answer(&mut obligation, &say(Assessment::Affected), MATCHING, day(2)).unwrap();
    assert_eq!(obligation.status, Status::NotAffected);
    assert!(obligation.contradicted && !obligation.settled());
    assert_eq!(obligation.marks.settled, None);
}

#[test]
fn three_day_forensic_obligations_close_only_when_found_clean() {
    let mut obligation = issued(RemediationClass::ThreeDaysForensic, Exposure::Exposed);
    for (wish, by) in [(&say(Assessment::Affected), CISO), (&CLAIM, CISO), (&verify(), MINISTRY)] {
        answer(&mut obligation, wish, by, day(1)).unwrap();
    }
    let close = Answer::Close { remedy: None };
    let check = |clean| Answer::ForensicCheck { clean, evidence: PROOF };
    assert!(matches!(answer(&mut obligation, &close, CISO, day(2)), Err(Refused::NotYet { .. })));
    answer(&mut obligation, &check(false), MINISTRY, day(2)).unwrap();
    assert!(matches!(answer(&mut obligation, &close, CISO, day(2)), Err(Refused::NotYet { .. })));
    answer(&mut obligation, &check(true), MINISTRY, day(3)).unwrap();
    answer(&mut obligation, &close, CISO, day(3)).unwrap();
    assert_eq!((obligation.status, obligation.remedy), (Status::Closed, Some(Remedy::Patched)));
    answer(&mut obligation, &Answer::Regress { evidence: PROOF }, MATCHING, day(9)).unwrap();
    assert_eq!((obligation.status, obligation.forensic_clean), (Status::Affected, None));
}

#[test]
fn more_time_is_granted_by_another_person_for_thirty_days_at_most() {
    let affected = say(Assessment::Affected);
    let why = || "the fix needs a stop".to_owned();
    let ask = |until| Answer::AskExtension { until, why: why() };
    let grant = |granted| Answer::DecideExtension { granted, why: why() };
    let mut obligation = after(&[(&affected, CISO)]);
    let none = answer(&mut obligation, &grant(Some(day(20))), MINISTRY, day(2));
    assert!(matches!(none, Err(Refused::NothingAsked { .. })));
    #[rustfmt::skip]
    let table = [
        (14, false, "no later than the date it has"),
        (1,  false, "in the past"),
        (45, false, "31 days after the date it has"),
        (44, true,  "30 days"),
    ];
    for (until, allowed, reason) in table {
        let asked = answer(&mut obligation, &ask(day(until)), CISO, day(2));
        assert_eq!(asked.is_ok(), allowed, "{until}: {reason}");
    }
    let own = answer(&mut obligation, &grant(Some(day(40))), CISO, day(3));
    assert!(matches!(own, Err(Refused::SamePerson { .. })));
    let more = answer(&mut obligation, &grant(Some(day(45))), MINISTRY, day(3));
    assert!(matches!(more, Err(Refused::TooLate { .. })));
    assert_eq!(answer(&mut obligation, &grant(Some(day(40))), MINISTRY, day(3)), Ok(1));
    assert_eq!(obligation.clocks.fix_by, Some(day(40)));
    assert_eq!(answer(&mut obligation, &grant(Some(day(40))), MINISTRY, day(4)), Ok(0));
}

#[test]
fn a_waiver_settles_for_ninety_days_at_most_and_then_it_is_affected_again() {
    let control = || "behind an application firewall".to_owned();
    let ask = |until| Answer::AskWaiver { until, control: control() };
    let grant = |until, control| Answer::DecideWaiver {
        granted: Some(Term { until, control }),
        why: "isolated".to_owned(),
    };
    let mut obligation = after(&[(&say(Assessment::Affected), CISO)]);
    for (until, allowed) in [(1, false), (2, false), (93, false), (92, true)] {
        let asked = answer(&mut obligation, &ask(day(until)), CISO, day(2));
        assert_eq!(asked.is_ok(), allowed, "{until}");
    }
    let bare = answer(&mut obligation, &grant(day(60), String::new()), MINISTRY, day(3));
    assert!(matches!(bare, Err(Refused::Missing { .. })));
    answer(&mut obligation, &grant(day(60), control()), MINISTRY, day(3)).unwrap();
    assert!(obligation.settled() && obligation.settled_at(day(59)));
    assert!(!obligation.settled_at(day(60)), "run out, recorded or not");
    let early = answer(&mut obligation, &Answer::ExpireWaiver, MATCHING, day(59));
    assert!(matches!(early, Err(Refused::NotYet { .. })));
    answer(&mut obligation, &Answer::ExpireWaiver, MATCHING, day(60)).unwrap();
    assert_eq!((obligation.status, obligation.marks.settled), (Status::Affected, None));
}

#[test]
fn an_answer_to_what_is_over_says_what_to_do_next() {
    let mut obligation = fresh();
    obligation.release(day(1));
    let late = answer(&mut obligation, &say(Assessment::Affected), CISO, day(2)).unwrap_err();
    assert_eq!(
        late.to_string(),
        "an obligation that is released cannot be assessed as affected; \
         the act no longer asks this institution; answer the act that does"
    );
    let facts = Facts { act: ActState::Withdrawn, ..FACTS };
    let withdrawn = fresh().wish(&Answer::Acknowledge, &facts, CISO, day(1));
    assert!(matches!(withdrawn, Err(Refused::Act { state: ActState::Withdrawn, .. })));
}

#[test]
fn clocks_shorten_and_never_lengthen_an_extension_included() {
    let mut obligation = fresh();
    let soon = Clocks {
        class: RemediationClass::ThreeDays,
        acknowledge_by: day(2),
        assess_by: day(2),
        fix_by: None,
    };
    obligation.reclock(&IssueClocks { exposed: soon, inside: soon });
    let clocks = obligation.clocks;
    assert_eq!(clocks.class, RemediationClass::ThreeDays);
    assert_eq!((clocks.acknowledge_by, clocks.assess_by), (day(1), day(2)));
    assert_eq!(clocks.fix_by, Some(day(14)), "no date is later than any date");
}

#[test]
fn an_event_that_does_not_fit_changes_nothing() {
    let mut obligation = fresh();
    let before = obligation.clone();
    let (act, institution) = (obligation.act, obligation.institution);
    let label = Label { tlp: Tlp::Amber, grade: Grade::Open };
    let other = InstitutionId([77; 16]);
    #[rustfmt::skip]
    let events = [
        (Event::Countersigned { act, institution }, CISO, "nothing was claimed"),
        (Event::WaiverExpired { act, institution }, CISO, "no waiver stands"),
        (Event::Acknowledged { act, institution }, MATCHING, "the engine is no officer"),
        (Event::Acknowledged { act, institution: other }, CISO, "another's"),
        (Event::ActCompleted { act }, CISO, "not an obligation's"),
    ];
    for (event, by, why) in events {
        let entry = Entry { by, at: day(1), label, event };
        assert!(obligation.apply(&entry).is_err(), "{why}");
        assert_eq!(obligation, before, "{why}");
    }
}
