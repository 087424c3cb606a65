use jiff::SignedDuration;

use bongsu_authority::{Grade, Tlp};

use super::*;
use crate::event::{By, Engine, Entry};
use crate::{ActWish, CaseState, Clocks, Event, Refused, RemediationClass};

const ACT: ActId = ActId([1; 16]);
const CASE: CaseId = CaseId([2; 16]);
const AUTHOR: By = officer(1);
const REVIEWER: By = officer(2);
const DIRECTOR: By = officer(3);
const TEXT: Evidence = Evidence([1; 32]);
const NEW_TEXT: Evidence = Evidence([2; 32]);
const OTHER_TEXT: Evidence = Evidence([3; 32]);

const fn officer(person: u8) -> By {
    By::officer(PersonId([person; 16]), AppointmentId([person; 16]))
}

fn at() -> Timestamp {
    "2026-11-21T02:10:00Z".parse().unwrap()
}

fn draft() -> Draft {
    Draft {
        issuer: NodeCode::lead(bongsu_authority::Domain::Private),
        title_ko: "VPN 장비 긴급 조치".to_owned(),
        title_en: "Urgent action on VPN appliances".to_owned(),
        todo_ko: "4.2 버전으로 올리십시오".to_owned(),
        todo_en: "Update to 4.2".to_owned(),
        legal_basis: Some("network-act-47-4".to_owned()),
        audience: Audience::default(),
        label: Label { tlp: Tlp::Amber, grade: Grade::Sensitive },
        drill: false,
    }
}

fn clocks() -> IssueClocks {
    let later = |hours| at() + SignedDuration::from_hours(hours);
    let clocks = Clocks {
        class: RemediationClass::ThreeDays,
        acknowledge_by: later(4),
        assess_by: later(24),
        fix_by: Some(later(72)),
    };
    IssueClocks { exposed: clocks, inside: clocks }
}

fn addressee(institution: u8) -> Addressee {
    Addressee {
        institution: InstitutionId([institution; 16]),
        exposure: Exposure::Exposed,
        systems: 1,
        accountable: AppointmentId([50; 16]),
    }
}

fn sign(text: Evidence, addressees: &[u8]) -> ActWish {
    ActWish::Sign {
        text,
        signature: "signature".to_owned(),
        clocks: clocks(),
        addressees: addressees.iter().map(|number| addressee(*number)).collect(),
    }
}

fn amend(added: &[u8], released: &[u8]) -> ActWish {
    ActWish::Amend {
        text: NEW_TEXT,
        signature: "signature".to_owned(),
        clocks: clocks(),
        added: added.iter().map(|number| addressee(*number)).collect(),
        released: released.iter().map(|number| InstitutionId([*number; 16])).collect(),
        why: "two ministries were left out".to_owned(),
    }
}

/// Institutions 1 to 9 are addressed already.
fn facts() -> Facts<'static> {
    let addressed = &|institution: InstitutionId| (1..10).contains(&institution.0[0]);
    Facts { case: CaseState::Published, open_obligations: 0, addressed }
}

fn entry(by: By, event: Event) -> Entry {
    Entry { by, at: at(), label: draft().label, event }
}

fn happen(act: &mut Act, by: By, events: Vec<Event>) -> usize {
    let count = events.len();
    for event in events {
        if !matches!(event, Event::CaseMoved { .. }) {
            act.apply(&entry(by, event)).expect("it follows");
        }
    }
    count
}

fn wish(act: &mut Act, wish: &ActWish, by: By) -> Result<usize, Refused> {
    act.wish(wish, &facts(), by, at()).map(|events| happen(act, by, events))
}

fn rewrite(act: &mut Act, text: Evidence, by: By) -> Result<usize, Refused> {
    act.redraft(CASE, act.kind, &draft(), text, by).map(|events| happen(act, by, events))
}

fn drafted(kind: ActKind) -> Act {
    let events = Act::draft(ACT, CASE, kind, &draft(), TEXT, AUTHOR).unwrap();
    Act::open(&entry(AUTHOR, events[0].clone())).unwrap()
}

fn reviewed() -> Act {
    let mut act = drafted(ActKind::Directive);
    wish(&mut act, &ActWish::Review { text: TEXT }, REVIEWER).unwrap();
    act
}

fn issued() -> Act {
    let mut act = reviewed();
    wish(&mut act, &sign(TEXT, &[11, 12]), DIRECTOR).unwrap();
    act
}

fn amendable() -> Act {
    let mut act = issued();
    rewrite(&mut act, NEW_TEXT, AUTHOR).unwrap();
    wish(&mut act, &ActWish::Review { text: NEW_TEXT }, REVIEWER).unwrap();
    act
}

fn completed() -> Act {
    let mut act = issued();
    wish(&mut act, &ActWish::Complete, DIRECTOR).unwrap();
    act
}

fn withdrawn() -> Act {
    let mut act = issued();
    wish(&mut act, &ActWish::Withdraw { why: "withdrawn upstream".to_owned() }, DIRECTOR).unwrap();
    act
}

#[test]
fn every_pair_of_state_and_wish_is_allowed_or_refused_as_the_guide_says() {
    let states =
        [drafted(ActKind::Directive), reviewed(), issued(), amendable(), completed(), withdrawn()];
    let why = || "exploited since this morning".to_owned();
    // A letter is the state it leads to, `+` news that moves nothing, `=` nothing new, `.` refused.
    #[rustfmt::skip]
    let table = [
        //                                                     Draft Reviewed Issued Amendable Completed Withdrawn
        (Some(ActWish::Review { text: TEXT }), REVIEWER,      "R = . . . .", "what is issued is signed already"),
        (Some(ActWish::Review { text: NEW_TEXT }), REVIEWER,  ". . . = . .", "the amendment's text, where there is one"),
        (Some(sign(TEXT, &[11])), DIRECTOR,                   ". I = = . .", "never unreviewed; signed twice is signed once"),
        (Some(amend(&[21], &[1])), DIRECTOR,                  ". . . + . .", "drafted and reviewed as the act was"),
        (Some(ActWish::Withdraw { why: why() }), DIRECTOR,    "W W W W . =", "what is completed has nobody left to let go"),
        (Some(ActWish::Complete), DIRECTOR,                   ". . C C = .", "a regression does not undo it"),
        (Some(ActWish::Reclock { clocks: clocks(), why: why() }), DIRECTOR,
                                                              ". . + + + .", "what regressed after completion has a clock"),
        (Some(ActWish::ReadNames { rows: 3, why: why() }), DIRECTOR,
                                                              "+ + + + + +", "each is recorded"),
        (None, AUTHOR,                                        "+ D + + . .", "written anew: the review falls, the issued text stands"),
    ];
    for (wished, by, row, why) in table {
        for (act, cell) in states.iter().zip(row.split(' ')) {
            let mut act = act.clone();
            let before = act.state;
            let outcome = match &wished {
                Some(wished) => wish(&mut act, wished, by),
                None => rewrite(&mut act, OTHER_TEXT, by),
            };
            let got = match outcome {
                Err(_) => ".",
                Ok(0) => "=",
                Ok(_) if act.state == before => "+",
                Ok(_) => &format!("{:?}", act.state)[..1],
            };
            assert_eq!(got, cell, "{wished:?} from {before:?}: {why}");
        }
    }
}

#[test]
fn author_reviewer_and_signer_of_a_directive_are_three_persons() {
    let mut act = drafted(ActKind::Directive);
    let own = wish(&mut act, &ActWish::Review { text: TEXT }, AUTHOR);
    assert!(matches!(own, Err(Refused::SamePerson { .. })), "nobody approves their own draft");
    let mut act = reviewed();
    for by in [AUTHOR, REVIEWER] {
        let signed = wish(&mut act, &sign(TEXT, &[11]), by);
        assert!(matches!(signed, Err(Refused::SamePerson { .. })), "{by:?}");
    }
    let engine = wish(&mut act, &sign(TEXT, &[11]), By::Engine(Engine::Clock));
    assert!(matches!(engine, Err(Refused::NeedsOfficer { .. })));
    assert_eq!(
        wish(&mut act, &sign(TEXT, &[11]), DIRECTOR),
        Ok(2),
        "and the case is in a campaign"
    );
}

#[test]
fn the_author_of_an_action_request_may_sign_what_another_reviewed() {
    let mut act = drafted(ActKind::ActionRequest);
    wish(&mut act, &ActWish::Review { text: TEXT }, REVIEWER).unwrap();
    assert!(wish(&mut act, &sign(TEXT, &[11]), AUTHOR).is_ok());
}

#[test]
fn whoever_touched_the_text_may_not_review_it() {
    let mut act = drafted(ActKind::Directive);
    rewrite(&mut act, NEW_TEXT, REVIEWER).unwrap();
    for by in [AUTHOR, REVIEWER] {
        let review = wish(&mut act, &ActWish::Review { text: NEW_TEXT }, by);
        assert!(matches!(review, Err(Refused::SamePerson { .. })), "{by:?}");
    }
}

#[test]
fn only_the_text_that_was_reviewed_is_signed() {
    let mut act = drafted(ActKind::Directive);
    let other = wish(&mut act, &ActWish::Review { text: OTHER_TEXT }, REVIEWER);
    assert!(matches!(other, Err(Refused::OtherText { .. })));
    let mut act = reviewed();
    let other = wish(&mut act, &sign(OTHER_TEXT, &[11]), DIRECTOR);
    assert!(matches!(other, Err(Refused::OtherText { .. })));
    rewrite(&mut act, NEW_TEXT, AUTHOR).unwrap();
    assert_eq!((act.state, act.reviewer), (ActState::Draft, None), "the review falls");
    assert!(wish(&mut act, &sign(NEW_TEXT, &[11]), DIRECTOR).is_err());
}

#[test]
fn a_directive_needs_a_basis_addressees_once_each_and_a_confirmed_case() {
    let mut baseless = reviewed();
    baseless.draft.legal_basis = None;
    let refused = wish(&mut baseless, &sign(TEXT, &[11]), DIRECTOR).unwrap_err();
    assert!(refused.to_string().contains("legal basis"), "{refused}");
    let nobody = wish(&mut reviewed(), &sign(TEXT, &[]), DIRECTOR);
    assert!(matches!(nobody, Err(Refused::Missing { .. })));
    let twice = wish(&mut reviewed(), &sign(TEXT, &[11, 12, 11]), DIRECTOR);
    assert_eq!(twice, Err(Refused::AddressedTwice(InstitutionId([11; 16]))));
    let facts = Facts { case: CaseState::Validating, ..facts() };
    let early = reviewed().wish(&sign(TEXT, &[11]), &facts, DIRECTOR, at());
    assert!(matches!(early, Err(Refused::NotYet { .. })));
    let late = reviewed().wish(&sign(TEXT, &[11]), &facts, DIRECTOR, clocks().exposed.assess_by);
    assert!(late.is_err(), "a clock that ran out before it started");
}

#[test]
fn an_amendment_adds_strangers_releases_the_addressed_and_counts_an_edition() {
    let known = wish(&mut amendable(), &amend(&[1], &[]), DIRECTOR);
    assert_eq!(known, Err(Refused::AddressedTwice(InstitutionId([1; 16]))));
    let stranger = wish(&mut amendable(), &amend(&[], &[21]), DIRECTOR);
    assert_eq!(stranger, Err(Refused::NotAddressed(InstitutionId([21; 16]))));
    let mut act = amendable();
    assert_eq!(wish(&mut act, &amend(&[21], &[1]), DIRECTOR), Ok(1));
    assert_eq!((act.edition, act.text, &act.amendment), (2, NEW_TEXT, &None));
    assert_eq!(wish(&mut act, &amend(&[21], &[1]), DIRECTOR), Ok(0), "signed twice is signed once");
}

#[test]
fn an_amendment_keeps_kind_issuer_and_drill_and_never_lowers_the_label() {
    let act = issued();
    let lower = Draft { label: Label { tlp: Tlp::Green, grade: Grade::Open }, ..draft() };
    let drill = Draft { drill: true, ..draft() };
    let other = Draft { issuer: NodeCode::apex(), ..draft() };
    for draft in [lower, drill, other] {
        assert!(act.redraft(CASE, act.kind, &draft, NEW_TEXT, AUTHOR).is_err(), "{draft:?}");
    }
    let kind = act.redraft(CASE, ActKind::Advisory, &draft(), NEW_TEXT, AUTHOR);
    assert!(kind.is_err());
    let raised = Draft { label: Label { tlp: Tlp::Red, grade: Grade::Sensitive }, ..draft() };
    assert!(act.redraft(CASE, act.kind, &raised, NEW_TEXT, AUTHOR).is_ok());
}

#[test]
fn a_text_with_a_link_is_not_written() {
    for link in ["https://example.kr/fix", "see WWW.example.kr", "mailto:duty@example.kr"] {
        for field in 0..4 {
            let mut draft = draft();
            let fields =
                [&mut draft.title_ko, &mut draft.title_en, &mut draft.todo_ko, &mut draft.todo_en];
            fields[field].push_str(link);
            let refused = Act::draft(ACT, CASE, ActKind::Advisory, &draft, TEXT, AUTHOR);
            assert_eq!(refused, Err(Refused::Link), "{link} in field {field}");
        }
    }
}

#[test]
fn an_act_is_complete_when_nothing_is_open() {
    let open = Facts { open_obligations: 2, ..facts() };
    let refused = issued().wish(&ActWish::Complete, &open, DIRECTOR, at());
    assert_eq!(refused, Err(Refused::StillOpen { open: 2 }));
}

#[test]
fn two_drafts_have_the_same_bytes_only_if_they_are_the_same() {
    let base = draft();
    let bytes = |draft: &Draft| draft.canonical(ACT, CASE, ActKind::Directive);
    let moved = Draft {
        title_ko: base.title_ko.clone() + "a",
        title_en: base.title_en[1..].to_owned(),
        ..base.clone()
    };
    let sector: NodeCode = "SECTOR_FIN".parse().unwrap();
    let audience = Audience { sectors: [sector].into(), ..Audience::default() };
    let variants = [
        moved,
        Draft { title_ko: String::new(), ..base.clone() },
        Draft { todo_en: "Update to 4.3".to_owned(), ..base.clone() },
        Draft { legal_basis: None, ..base.clone() },
        Draft { legal_basis: Some(String::new()), ..base.clone() },
        Draft { audience, ..base.clone() },
        Draft { audience: Audience { everybody: true, ..Audience::default() }, ..base.clone() },
        Draft { audience: Audience { ask_unknown: true, ..Audience::default() }, ..base.clone() },
        Draft {
            audience: Audience { sizes: [Size::Medium].into(), ..Audience::default() },
            ..base.clone()
        },
        Draft {
            audience: Audience { marks: [Mark::Critical].into(), ..Audience::default() },
            ..base.clone()
        },
        Draft { label: Label { tlp: Tlp::Red, grade: Grade::Sensitive }, ..base.clone() },
        Draft { drill: true, ..base.clone() },
    ];
    let mut seen = BTreeSet::from([bytes(&base)]);
    for variant in &variants {
        assert!(seen.insert(bytes(variant)), "{variant:?}");
    }
    assert!(seen.insert(base.canonical(ActId([9; 16]), CASE, ActKind::Directive)));
    assert!(seen.insert(base.canonical(ACT, CaseId([9; 16]), ActKind::Directive)));
    assert!(seen.insert(base.canonical(ACT, CASE, ActKind::Advisory)));
}

/// What was signed years ago must hash as it did.
#[test]
fn the_canonical_bytes_of_a_draft_do_not_change() {
    let draft = Draft {
        issuer: "APEX".parse().unwrap(),
        title_ko: "가".to_owned(),
        title_en: "b".to_owned(),
        todo_ko: String::new(),
        todo_en: "c".to_owned(),
        legal_basis: Some("d".to_owned()),
        audience: Audience { sizes: [Size::Large, Size::Small].into(), ..Audience::default() },
        label: Label { tlp: Tlp::AmberStrict, grade: Grade::Classified },
        drill: true,
    };
    let mut expected = b"bongsu act text v1\n".to_vec();
    expected.extend([1; 16]);
    expected.extend([2; 16]);
    expected.push(3);
    for text in ["APEX", "가", "b", "", "c"] {
        expected.extend([0, 0, 0, 0, 0, 0, 0, u8::try_from(text.len()).unwrap()]);
        expected.extend(text.as_bytes());
    }
    expected.extend([1, 0, 0, 0, 0, 0, 0, 0, 1, b'd']);
    expected.extend([0; 8]); // no sector
    expected.extend([0, 0, 0, 0, 0, 0, 0, 2, 0, 2]); // small, large
    expected.extend([0; 8]); // no mark
    expected.extend([0, 0, 3, 2, 1]);
    assert_eq!(draft.canonical(ACT, CASE, ActKind::Directive), expected);
}
