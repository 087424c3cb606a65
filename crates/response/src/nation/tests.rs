use jiff::{SignedDuration, Timestamp};

use bongsu_authority::{
    Appointment, AppointmentId, Grade, Institution, Label, NodeCode, Ownership, PersonId, Post,
    Seat, Size, Tlp,
};

use super::wish::has_authority;
use super::*;
use crate::{
    ActKind, ActWish, Answer, Assessment, Audience, By, CaseState, CaseWish, Clocks, Draft, Engine,
    Exposure, Opening, Origin, Refused, RemediationClass, Remedy, Status, Wish,
};

const CASE: CaseId = CaseId([1; 16]);
const ACT: ActId = ActId([2; 16]);
const TEXT: Evidence = Evidence([3; 32]);
const DIRECTOR: By = officer(1);
const APPROVER: By = officer(2);
const ANALYST: By = officer(3);
const FEED: By = By::Engine(Engine::Feed);

/// A person and the one post of theirs.
const fn officer(number: u8) -> By {
    By::officer(PersonId([number; 16]), AppointmentId([number; 16]))
}

/// Institutions begin at 20, and so do their CISOs.
fn institution(number: u8) -> InstitutionId {
    InstitutionId([number; 16])
}

fn at(hours: i64) -> Timestamp {
    let start: Timestamp = "2026-11-21T02:10:00Z".parse().unwrap();
    start + SignedDuration::from_hours(hours)
}

fn enrolled(number: u8, ownership: Ownership) -> Institution {
    Institution {
        id: institution(number),
        name_ko: "두레마트".to_owned(),
        name_en: "Dure Mart".to_owned(),
        ownership,
        competent: ["SECTOR_FIN".parse().unwrap()].into(),
        relay: None,
        size: Size::Small,
        province: 1,
        marks: [].into(),
    }
}

fn appointment(number: u8, post: Post, seat: Seat) -> Appointment {
    Appointment {
        id: AppointmentId([number; 16]),
        person: PersonId([number; 16]),
        post,
        seat,
        from: at(-100),
        until: None,
        deputy_of: None,
        title: format!("{number:05}"),
    }
}

fn draft() -> Draft {
    Draft {
        issuer: NodeCode::lead(bongsu_authority::Domain::Private),
        title_ko: "긴급 조치".to_owned(),
        title_en: String::new(),
        todo_ko: "올리십시오".to_owned(),
        todo_en: String::new(),
        legal_basis: Some("network-act-47-4".to_owned()),
        audience: Audience::default(),
        label: label(),
        drill: false,
    }
}

fn label() -> Label {
    Label { tlp: Tlp::Amber, grade: Grade::Open }
}

fn clocks(hours: i64) -> IssueClocks {
    let one = |class, hours| Clocks {
        class,
        acknowledge_by: at(hours),
        assess_by: at(hours),
        fix_by: Some(at(hours * 10)),
    };
    IssueClocks {
        exposed: one(RemediationClass::ThreeDays, hours),
        inside: one(RemediationClass::FourteenDays, hours * 2),
    }
}

fn addressee(number: u8, exposure: Exposure) -> Addressee {
    let accountable = AppointmentId([number; 16]);
    Addressee { institution: institution(number), exposure, systems: 1, accountable }
}

fn sign(addressees: Vec<Addressee>) -> ActWish {
    ActWish::Sign { text: TEXT, signature: "signature".to_owned(), clocks: clocks(24), addressees }
}

fn wish(nation: &mut Nation, wish: &Wish, by: By, at: Timestamp) -> Result<usize, Refused> {
    let events = nation.wish(wish, by, at)?;
    let count = events.len();
    for event in events {
        nation.apply(&Entry { by, at, label: label(), event }).expect("it follows");
    }
    Ok(count)
}

/// A nation with a lead's officers, institutions 20 to 24, a published case and a reviewed directive.
fn ready() -> Nation {
    let mut nation = Nation::new();
    let lead = || Seat::Node(NodeCode::lead(bongsu_authority::Domain::Private));
    let mut institutions: Vec<_> =
        (20..25).map(|number| enrolled(number, Ownership::Private)).collect();
    institutions.push(enrolled(30, Ownership::Local));
    let mut officers = vec![
        appointment(1, Post::Director, lead()),
        appointment(2, Post::Approver, lead()),
        appointment(3, Post::Analyst, lead()),
    ];
    let cisos = institutions
        .iter()
        .map(|one| appointment(one.id.0[0], Post::Ciso, Seat::Institution(one.id)));
    officers.extend(cisos);
    let opening = Opening {
        title: "VPN appliance".to_owned(),
        summary: String::new(),
        identifiers: [].into(),
        origin: Origin::Feed,
        coord: NodeCode::coord(bongsu_authority::Domain::Private),
        label: label(),
        public: true,
    };
    let publish = CaseWish::Publish { why: "public".to_owned() };
    let (kind, draft) = (ActKind::Directive, draft());
    let register = By::Engine(Engine::Register);
    let wishes = [
        (register, Wish::Enrol(institutions)),
        (register, Wish::Appoint(officers)),
        (FEED, Wish::OpenCase { case: CASE, opening }),
        (FEED, Wish::Case { case: CASE, wish: publish }),
        (ANALYST, Wish::DraftAct { act: ACT, case: CASE, kind, draft, text: TEXT }),
        (APPROVER, Wish::Act { act: ACT, wish: ActWish::Review { text: TEXT } }),
    ];
    for (by, wished) in wishes {
        wish(&mut nation, &wished, by, at(0)).expect("allowed");
    }
    nation
}

fn issued() -> Nation {
    let mut nation = ready();
    let addressees = vec![
        addressee(20, Exposure::Exposed),
        addressee(21, Exposure::Inside),
        addressee(22, Exposure::NoInventory),
    ];
    act(&mut nation, sign(addressees)).expect("allowed");
    nation
}

fn act(nation: &mut Nation, wished: ActWish) -> Result<usize, Refused> {
    wish(nation, &Wish::Act { act: ACT, wish: wished }, DIRECTOR, at(1))
}

fn answer(nation: &mut Nation, number: u8, wished: Answer, by: By) -> Result<usize, Refused> {
    let wished = Wish::Obligation { act: ACT, institution: institution(number), wish: wished };
    wish(nation, &wished, by, at(2))
}

fn status(nation: &Nation, number: u8) -> Status {
    nation.obligation(ACT, institution(number)).unwrap().status
}

#[test]
fn a_signature_creates_one_obligation_each_with_the_clocks_of_its_exposure() {
    let nation = issued();
    let clocks = clocks(24);
    let given = |number| nation.obligation(ACT, institution(number)).unwrap().clocks;
    assert_eq!(given(20), clocks.exposed);
    assert_eq!(given(21), clocks.inside);
    assert_eq!(given(22), clocks.exposed, "what is not known counts as exposed");
    assert_eq!(nation.case(CASE).unwrap().state, CaseState::InCampaign);
    assert_eq!(nation.obligations_of(institution(20)).count(), 1);
    assert_eq!(nation.obligations_of(institution(23)).count(), 0);
}

#[test]
fn nobody_signs_for_whom_they_have_no_authority_or_names_the_wrong_officer() {
    let other_lead = act(&mut ready(), sign(vec![addressee(30, Exposure::Exposed)]));
    assert_eq!(other_lead, Err(Refused::NoAuthority(institution(30))));
    let wrong =
        Addressee { accountable: AppointmentId([1; 16]), ..addressee(20, Exposure::Inside) };
    assert!(matches!(act(&mut ready(), sign(vec![wrong])), Err(Refused::NotAccountable { .. })));
    let impostor = By::officer(PersonId([99; 16]), AppointmentId([1; 16]));
    let wished = Wish::Act { act: ACT, wish: sign(vec![addressee(20, Exposure::Inside)]) };
    let refused = ready().wish(&wished, impostor, at(1));
    assert_eq!(refused, Err(Refused::NoPost(AppointmentId([1; 16]))));
}

#[test]
fn each_station_addresses_whom_the_guide_lets_it() {
    let bank = enrolled(20, Ownership::Private);
    #[rustfmt::skip]
    let table = [
        // issuer       directive request advisory why
        ("LEAD_PRIV",    [true,  true,  true],  "the lead of its domain"),
        ("LEAD_PUB",     [false, false, false], "another lead"),
        ("SECTOR_FIN",   [false, true,  true],  "competent: asks, does not order"),
        ("SECTOR_HEALTH",[false, false, false], "not competent"),
        ("COORD_PRIV",   [false, false, true],  "a coordinator informs"),
        ("RELAY_FIN",    [false, false, false], "a relay annotates"),
        ("APEX",         [false, false, false], "the apex asks the lead to issue"),
    ];
    for (issuer, expected, why) in table {
        let issuer: NodeCode = issuer.parse().unwrap();
        let kinds = [ActKind::Directive, ActKind::ActionRequest, ActKind::Advisory];
        assert_eq!(kinds.map(|kind| has_authority(kind, &issuer, &bank)), expected, "{why}");
    }
}

#[test]
fn exploitation_shortens_every_open_clock_at_once_and_lengthens_none() {
    let mut nation = issued();
    let ciso = officer(20);
    for wished in [
        Answer::Assess { assessment: Assessment::Affected, contradicts_inventory: false },
        Answer::AskExtension { until: at(600), why: "a stop is needed".to_owned() },
    ] {
        answer(&mut nation, 20, wished, ciso).unwrap();
    }
    let grant = Answer::DecideExtension { granted: Some(at(600)), why: "isolated".to_owned() };
    answer(&mut nation, 20, grant, DIRECTOR).unwrap();
    assert_eq!(nation.obligation(ACT, institution(20)).unwrap().clocks.fix_by, Some(at(600)));

    let before = nation.clone();
    let reclock = |hours| ActWish::Reclock { clocks: clocks(hours), why: "exploited".to_owned() };
    act(&mut nation, reclock(30)).unwrap();
    let fix_by = |nation: &Nation, number| {
        nation.obligation(ACT, institution(number)).unwrap().clocks.fix_by
    };
    assert_eq!(fix_by(&nation, 20), Some(at(300)), "an extension is cut, too");
    assert_eq!(fix_by(&nation, 22), fix_by(&before, 22), "240 hours are sooner");
    assert_eq!(act(&mut nation, reclock(30)), Ok(0), "said twice");
    act(&mut nation, reclock(4)).unwrap();
    assert_eq!(fix_by(&nation, 21), Some(at(80)));
}

#[test]
fn a_withdrawal_lets_go_what_is_open_and_keeps_what_is_proven() {
    let mut nation = issued();
    let ciso = officer(20);
    let claim = Answer::Claim { remedy: Remedy::Patched, evidence: TEXT };
    let affected =
        Answer::Assess { assessment: Assessment::Affected, contradicts_inventory: false };
    for wished in [affected, claim] {
        answer(&mut nation, 20, wished, ciso).unwrap();
    }
    let verify = || Answer::Verify { evidence: TEXT, how: "scanned".to_owned() };
    let own = answer(&mut nation, 20, verify(), ciso);
    assert!(matches!(own, Err(Refused::SamePerson { .. })));
    answer(&mut nation, 20, verify(), APPROVER).unwrap();
    act(&mut nation, ActWish::Withdraw { why: "the supplier withdrew it".to_owned() }).unwrap();
    assert_eq!(status(&nation, 20), Status::Verified);
    assert_eq!(status(&nation, 21), Status::Released);
    let late = answer(&mut nation, 21, Answer::Acknowledge, officer(21));
    assert!(matches!(late, Err(Refused::Act { .. })));
    assert_eq!(
        wish(&mut nation, &Wish::Case { case: CASE, wish: CaseWish::Close }, FEED, at(3)),
        Ok(1)
    );
}

#[test]
fn an_amendment_adds_and_releases_and_touches_nobody_else() {
    let mut nation = issued();
    answer(&mut nation, 21, Answer::Acknowledge, officer(21)).unwrap();
    let text = Evidence([4; 32]);
    let kind = ActKind::Directive;
    let wished = Wish::DraftAct { act: ACT, case: CASE, kind, draft: draft(), text };
    wish(&mut nation, &wished, ANALYST, at(2)).unwrap();
    let review = Wish::Act { act: ACT, wish: ActWish::Review { text } };
    wish(&mut nation, &review, APPROVER, at(2)).unwrap();
    let before = nation.clone();
    let amend = ActWish::Amend {
        text,
        signature: "signature".to_owned(),
        clocks: clocks(48),
        added: vec![addressee(23, Exposure::Exposed)],
        released: vec![institution(22)],
        why: "one was forgotten, one is gone".to_owned(),
    };
    act(&mut nation, amend).unwrap();
    assert_eq!(status(&nation, 22), Status::Released);
    assert_eq!(status(&nation, 23), Status::Created);
    for number in [20, 21] {
        let one = |nation: &Nation| nation.obligation(ACT, institution(number)).cloned();
        assert_eq!(one(&nation), one(&before));
    }
    assert_eq!(nation.obligations_of(institution(23)).count(), 1);
}

#[test]
fn receipts_are_news_once_and_for_the_addressed_only() {
    let mut nation = issued();
    let deliver = |numbers: &[u8]| Wish::Deliver {
        act: ACT,
        institutions: numbers.iter().map(|number| institution(*number)).collect(),
        channel: "mail".to_owned(),
    };
    let by = By::Engine(Engine::Delivery);
    answer(&mut nation, 20, Answer::Acknowledge, officer(20)).unwrap();
    assert_eq!(wish(&mut nation, &deliver(&[20, 21, 21]), by, at(3)), Ok(1));
    assert_eq!(status(&nation, 20), Status::Acknowledged, "seen before the receipt came");
    assert_eq!(status(&nation, 21), Status::Delivered);
    assert_eq!(wish(&mut nation, &deliver(&[20, 21]), by, at(4)), Ok(0));
    let stranger = wish(&mut nation, &deliver(&[20, 24]), by, at(4));
    assert_eq!(stranger, Err(Refused::NotAddressed(institution(24))));
}

#[test]
fn a_case_closes_when_nothing_is_open_and_no_waiver_has_run_out() {
    let mut nation = issued();
    let close = Wish::Case { case: CASE, wish: CaseWish::Close };
    assert_eq!(wish(&mut nation, &close, FEED, at(3)), Err(Refused::StillOpen { open: 3 }));
}

#[test]
fn an_institution_has_one_accountable_officer_and_never_two_cisos() {
    let nation = ready();
    let seat = || Seat::Institution(institution(20));
    let second = Wish::Appoint(vec![appointment(77, Post::Ciso, seat())]);
    assert!(matches!(nation.wish(&second, FEED, at(0)), Err(Refused::Register(_))));
    let both = Wish::Appoint(vec![
        appointment(78, Post::Ciso, Seat::Institution(institution(31))),
        appointment(79, Post::Ciso, Seat::Institution(institution(31))),
    ]);
    assert!(nation.wish(&both, FEED, at(0)).is_err(), "not enrolled, and two at once");
    let mut vacant = ready();
    let end = Wish::EndAppointment { appointment: AppointmentId([20; 16]), until: at(5) };
    wish(&mut vacant, &end, DIRECTOR, at(1)).unwrap();
    let head = Wish::Appoint(vec![appointment(80, Post::Head, seat())]);
    wish(&mut vacant, &head, DIRECTOR, at(1)).unwrap();
    let who = |at| vacant.register().accountable(institution(20), at).map(|post| post.post);
    assert_eq!((who(at(4)), who(at(5))), (Some(Post::Ciso), Some(Post::Head)));
}

#[test]
fn an_entry_that_does_not_follow_changes_nothing() {
    let mut nation = issued();
    let before = nation.clone();
    let (act, case) = (ACT, CaseId([9; 16]));
    let stranger = institution(24);
    let addressees = vec![addressee(20, Exposure::Exposed)];
    let signature = String::new();
    #[rustfmt::skip]
    let events = [
        (Event::CaseSplit { case, why: String::new() },                      "no such case"),
        (Event::ActCompleted { act: ActId([9; 16]) },                        "no such act"),
        (Event::Acknowledged { act, institution: stranger },                 "not addressed"),
        (Event::Delivered { act, institutions: vec![institution(20), stranger], channel: String::new() }, "one of them is not"),
        (Event::ActSigned { act, text: TEXT, signature, clocks: clocks(9), addressees }, "signed already"),
        (Event::DelegationEnded { delegation: bongsu_authority::DelegationId([1; 16]), until: at(1) }, "never signed"),
    ];
    for (event, why) in events {
        let entry = Entry { by: DIRECTOR, at: at(1), label: label(), event };
        assert!(nation.apply(&entry).is_err(), "{why}");
        assert_eq!(nation, before, "{why}");
    }
}
