//! Need-to-know through the desk: what is forbidden and what does not exist are told in the same bytes, whatever is
//! asked for.

use bongsu_authority::access::{ActKind, Scope};
use bongsu_authority::{
    ActId, CaseId, DelegationId, Domain, Grade, InstitutionId, Label, ListId, Post, Tlp,
};
use bongsu_desk::{Desk, Who, text_of};
use bongsu_response::case::Opening;
use bongsu_response::{
    ActWish, Addressee, Answer, Assessment, Audience, CaseWish, Draft, Embargo, Exploitation,
    Exposure, Fix, Member, Origin, Remedy, Term, Wish,
};
use bongsu_store::Error;
use jiff::Timestamp;

use crate::grounds::Ground;
use crate::play::evidence;
use crate::world::{MILITARY, World, hours, start};

/// The words, all of them, for whatever is asked.
const WORDS: &str =
    "there is nothing here that you may see or do; ask your coordinator if you expected something";

/// What is there: a military case under embargo, an act about it, what an institution owes under it.
struct There {
    case: CaseId,
    act: ActId,
    institution: InstitutionId,
}

#[test]
fn what_is_forbidden_and_what_is_absent_are_told_in_the_same_bytes() {
    for ground in Ground::all() {
        let world = World::new(77);
        let desk = ground.founded(&world);
        let now = hours(start(), 1);
        let there = settle(&desk, &world);
        let nowhere = There {
            case: world.case(400),
            act: world.act(400),
            institution: InstitutionId(world.id(7, 400)),
        };
        let mut asked = 0;
        for who in strangers(&world) {
            for (real, absent) in wishes(&world, &there).into_iter().zip(wishes(&world, &nowhere)) {
                let (one, other) = (
                    told(desk.record(who, real.clone(), now)),
                    told(desk.record(who, absent, now)),
                );
                assert_eq!(one, other, "{}: {who:?} {real:?}", ground.name());
                assert_eq!(
                    one,
                    (WORDS.to_owned(), "Denied(Denied)".to_owned()),
                    "{who:?} {real:?}"
                );
                asked += 1;
            }
            let (one, other) = (reads(&desk, who, &there, now), reads(&desk, who, &nowhere, now));
            assert_eq!(one, other, "{}: {who:?}", ground.name());
            asked += one.len();
            let cases = desk.cases(who, now).unwrap();
            assert!(cases.is_empty(), "{who:?} sees {cases:?}");
        }
        assert!(asked > 500, "{asked} questions");
        assert_eq!(desk.store().head().unwrap().0, size(&desk), "nothing was recorded");
    }
}

fn size(desk: &Desk) -> u64 {
    desk.store().replay(&mut |_| ()).unwrap().entries
}

/// What somebody is told, and what slips out with `{:?}`.
fn told<T: std::fmt::Debug>(answer: Result<T, Error>) -> (String, String) {
    let error = answer.expect_err("a stranger gets nothing");
    (error.to_string(), format!("{error:?}"))
}

/// Every civil officer, and the public servants of the platform.
fn strangers(world: &World) -> Vec<Who> {
    let numbers = [1, 2, 3, 4, 5, 7, 10, 11, 12, 13, 17, 18, 21, 22, 23, 24, 30, 31, 999];
    let mut all: Vec<_> = numbers.iter().map(|number| Who::Person(world.person(*number))).collect();
    for place in [0, 3, 4, 8] {
        all.extend([world.ciso(place), world.operator(place), world.head(place)].map(Who::Person));
    }
    all
}

fn settle(desk: &Desk, world: &World) -> There {
    let (case, act, institution) = (world.case(0), world.act(0), world.institution(MILITARY));
    let code = |code: &str| code.parse().expect("a station");
    let at = |station: &str, post| Who::Person(world.at(&code(station), post));
    let analyst = at("COORD_MIL", Post::Analyst);
    let now = start();
    let record = |who, wish| desk.record(who, wish, now).expect("it is theirs");
    let opening = Opening {
        title: "a flaw nobody may know of".to_owned(),
        summary: String::new(),
        identifiers: [].into(),
        origin: Origin::Human,
        coord: code("COORD_MIL"),
        label: Label { tlp: Tlp::Amber, grade: Grade::Sensitive },
        public: false,
    };
    record(analyst, Wish::OpenCase { case, opening });
    let why = || "reproduced on version 4.1".to_owned();
    record(analyst, Wish::Case { case, wish: CaseWish::Screen });
    record(analyst, Wish::Case { case, wish: CaseWish::Validate });
    record(analyst, Wish::Case { case, wish: CaseWish::Confirm { why: why() } });
    for post in [Post::Analyst, Post::Approver, Post::Director] {
        let person = world.at(&code("LEAD_MIL"), post);
        let member = Member { person, reason: why(), until: None };
        record(analyst, Wish::Case { case, wish: CaseWish::AddMember(member) });
    }
    let (draft, kind) = (draft("LEAD_MIL"), ActKind::Directive);
    let text = text_of(&draft, act, case, kind);
    record(at("LEAD_MIL", Post::Analyst), Wish::DraftAct { act, case, kind, draft, text });
    let lead = |post| at("LEAD_MIL", post);
    record(lead(Post::Approver), Wish::Act { act, wish: ActWish::Review { text } });
    let sign = sign(world, institution, text);
    record(lead(Post::Director), Wish::Act { act, wish: sign });
    There { case, act, institution }
}

fn draft(issuer: &str) -> Draft {
    Draft {
        issuer: issuer.parse().expect("a station"),
        title_ko: "긴급 조치".to_owned(),
        title_en: "Urgent action".to_owned(),
        todo_ko: "4.2 버전으로 올리십시오".to_owned(),
        todo_en: "Update to 4.2".to_owned(),
        legal_basis: Some("defence-act-5".to_owned()),
        audience: Audience::default(),
        label: Label { tlp: Tlp::Amber, grade: Grade::Sensitive },
        drill: false,
    }
}

fn sign(world: &World, institution: InstitutionId, text: bongsu_response::Evidence) -> ActWish {
    let clocks = bongsu_response::Clocks {
        class: bongsu_response::RemediationClass::ThreeDays,
        acknowledge_by: hours(start(), 24),
        assess_by: hours(start(), 48),
        fix_by: Some(hours(start(), 72)),
    };
    let seat = bongsu_authority::Seat::Institution(world.institution(MILITARY));
    let ciso = world.appointments.iter().find(|it| it.seat == seat && it.post == Post::Ciso);
    ActWish::Sign {
        text,
        signature: "x".to_owned(),
        clocks: bongsu_response::IssueClocks { exposed: clocks, inside: clocks },
        addressees: vec![Addressee {
            institution,
            exposure: Exposure::Inside,
            systems: 1,
            accountable: ciso.expect("appointed").id,
        }],
    }
}

/// One wish of every kind about something; what is about an id of one's own choosing is not among them.
fn wishes(world: &World, there: &There) -> Vec<Wish> {
    let There { case, act, institution } = *there;
    let why = || "a reason that is long enough".to_owned();
    let until = hours(start(), 500);
    let on_case = [
        CaseWish::Screen,
        CaseWish::Reject { why: why() },
        CaseWish::Validate,
        CaseWish::Confirm { why: why() },
        CaseWish::Coordinate { embargo: Embargo { until: Some(until), event: None } },
        CaseWish::Publish { why: why() },
        CaseWish::Merge { into: world.case(1), why: why() },
        CaseWish::Split { why: why() },
        CaseWish::Identify { identifiers: ["CVE-2026-1".to_owned()].into() },
        CaseWish::Triage(bongsu_response::Triage::default()),
        CaseWish::Exploit { exploitation: Exploitation::Active, since: start(), said_by: why() },
        CaseWish::Remedy(Fix::Patch),
        CaseWish::SetEmbargo(Embargo { until: Some(until), event: None }),
        CaseWish::ProposeLift { until: None, why: why() },
        CaseWish::LiftEmbargo { until: None },
        CaseWish::KeepEmbargo { why: why() },
        CaseWish::AddMember(Member { person: world.person(1), reason: why(), until: None }),
        CaseWish::RemoveMember(world.person(8)),
        CaseWish::Read { why: why() },
        CaseWish::Reopen { why: why() },
        CaseWish::Close,
    ];
    let text = evidence(1);
    let ActWish::Sign { clocks, .. } = sign(world, institution, text) else {
        unreachable!("it signs")
    };
    let on_act = [
        ActWish::Review { text },
        sign(world, institution, text),
        ActWish::Amend {
            text,
            signature: why(),
            clocks,
            added: Vec::new(),
            released: vec![institution],
            why: why(),
        },
        ActWish::Withdraw { why: why() },
        ActWish::Complete,
        ActWish::Reclock { clocks, why: why() },
        ActWish::ReadNames { rows: 3, why: why() },
        ActWish::AskNames {
            list: ListId([9; 16]),
            scope: Scope::Domain(Domain::Military),
            selection: why(),
            rows: 300,
            why: why(),
        },
        ActWish::ReleaseNames { list: ListId([9; 16]), scope: Scope::Domain(Domain::Military) },
        ActWish::DeclineNames {
            list: ListId([9; 16]),
            scope: Scope::Domain(Domain::Military),
            why: why(),
        },
        ActWish::TakeNames {
            list: ListId([9; 16]),
            scope: Scope::Domain(Domain::Military),
            rows: 3,
        },
    ];
    let term = Term { until, control: why() };
    let answers = [
        Answer::Unreachable,
        Answer::Acknowledge,
        Answer::Assess { assessment: Assessment::Affected, contradicts_inventory: false },
        Answer::Plan { until },
        Answer::Mitigate { how: why() },
        Answer::Claim { remedy: Remedy::Patched, evidence: text },
        Answer::Countersign,
        Answer::Verify { evidence: text, how: why() },
        Answer::Refute { evidence: text, how: why() },
        Answer::ForensicCheck { clean: true, evidence: text },
        Answer::AskExtension { until, why: why() },
        Answer::DecideExtension { granted: Some(until), why: why() },
        Answer::AskWaiver { until, control: why() },
        Answer::DecideWaiver { granted: Some(term), why: why() },
        Answer::ExpireWaiver,
        Answer::Assist { team: why() },
        Answer::Regress { evidence: text },
        Answer::Close { remedy: None },
    ];
    let mut all: Vec<Wish> = on_case.map(|wish| Wish::Case { case, wish }).into();
    all.extend(on_act.map(|wish| Wish::Act { act, wish }));
    all.extend(answers.map(|wish| Wish::Obligation { act, institution, wish }));
    // An act of their own about a case that is not theirs.
    for issuer in ["LEAD_PRIV", "LEAD_PUB", "SECTOR_FIN", "COORD_PRIV", "LEAD_MIL"] {
        let (draft, kind) = (draft(issuer), ActKind::ActionRequest);
        let act = world.act(300);
        all.push(Wish::DraftAct { act, case, kind, draft, text });
    }
    all.extend(on_register(world, there));
    let institutions = vec![institution];
    all.push(Wish::Deliver { act, institutions, channel: "mail".to_owned() });
    all
}

fn on_register(world: &World, there: &There) -> Vec<Wish> {
    let institution = there.institution;
    let seat = bongsu_authority::Seat::Institution(institution);
    let is_there = institution == world.institution(MILITARY);
    let held = world.appointments.iter().find(|it| it.seat == seat).map(|it| it.id);
    let delegation = if is_there { world.delegation(0) } else { DelegationId(world.id(6, 400)) };
    let new = bongsu_authority::Appointment {
        id: world.appointment(700),
        person: world.person(1),
        seat,
        ..world.appointments[0].clone()
    };
    let until = hours(start(), 500);
    vec![
        Wish::Appoint(vec![bongsu_authority::Appointment { post: Post::Operator, ..new }]),
        Wish::EndAppointment { appointment: held.unwrap_or(world.appointment(701)), until },
        Wish::Delegate(bongsu_authority::Delegation {
            id: delegation,
            institution,
            ..world.delegations[0].clone()
        }),
        Wish::PublishInventory {
            institution,
            system: world.system(1),
            digest: evidence(1),
            components: 1,
            exposed: false,
            as_of: start(),
        },
    ]
}

/// Everything that can be looked at.
fn reads(desk: &Desk, who: Who, there: &There, now: Timestamp) -> Vec<(String, String)> {
    let There { case, act, institution } = *there;
    let mut all = vec![
        told(desk.case(who, case, now)),
        told(desk.act(who, act, now)),
        told(desk.obligation(who, (act, institution), now)),
        told(desk.with(who, now, |asking| asking.see_inventory(institution))),
    ];
    for scope in [
        Scope::Domain(Domain::Military),
        Scope::Domain(Domain::Private),
        Scope::Sector("SECTOR_FIN".parse().expect("a station")),
        Scope::Institution(institution),
    ] {
        let seen = desk.with(who, now, |asking| asking.see_names(act, &scope, 10));
        all.push(told(seen));
    }
    all
}

#[test]
fn an_addressee_that_is_not_theirs_and_one_that_is_nobodys_are_refused_alike() {
    let world = World::new(78);
    let mut game = crate::game::Game::new(78, world);
    let mut chance = crate::world::Chance::new(3);
    let mut steps = crate::play::opening(&mut chance, &game.world, &game.model);
    while steps.len() < 5
        || !matches!(&steps[2].wish, Wish::DraftAct { draft, .. } if draft.issuer.as_str() == "LEAD_PRIV")
    {
        steps = crate::play::opening(&mut chance, &game.world, &game.model);
    }
    let sign = steps.pop().expect("five steps");
    for step in steps {
        game.take(step);
    }
    let mut refused = Vec::new();
    for institution in [game.world.institution(MILITARY), InstitutionId(game.world.id(7, 400))] {
        let mut wish = sign.wish.clone();
        let Wish::Act { wish: ActWish::Sign { addressees, .. }, .. } = &mut wish else { panic!() };
        addressees[0].institution = institution;
        let outcome = game.model.ask(sign.who, &wish, start());
        refused.push(format!("{outcome:?}").replace(&institution.to_string(), "it"));
    }
    assert_eq!(refused[0], refused[1]);
    assert!(refused[0].contains("no authority over institution it"), "{}", refused[0]);
}
