//! Random play: who asks for what, next. Often enough the right one for the right thing, so that campaigns get through.

use bongsu_authority::access::ActKind;
use bongsu_authority::{
    ActId, Appointment, CaseId, Delegation, Grade, InstitutionId, Label, NodeCode, Post, Role,
    Seat, Tlp,
};
use bongsu_desk::Who;
use bongsu_response::case::{Impact, Mission, Opening, Triage};
use bongsu_response::{
    ActState, ActWish, Addressee, Answer, Assessment, Audience, CaseState, CaseWish, Clocks, Draft,
    Embargo, Engine, Evidence, Exploitation, Exposure, Fix, IssueClocks, Member, Origin,
    RemediationClass, Remedy, Status, Term, Wish,
};
use jiff::Timestamp;

use crate::model::Model;
use crate::world::{
    ANALYST, CUSTOMER, Chance, DIRECTOR, DOMAINS, ENGINES, MILITARY, PROVIDER, World, hours, number,
};

/// One step of a game.
#[derive(Clone, Debug)]
pub(crate) struct Step {
    /// Minutes after the step before.
    pub(crate) after_minutes: i64,
    pub(crate) who: Who,
    pub(crate) wish: Wish,
}

const CASES: usize = 2;
const ACTS: usize = 3;

/// The steps by which a campaign begins, each by whom it takes; now and then one is missing.
pub(crate) fn opening(chance: &mut Chance, world: &World, model: &Model) -> Vec<Step> {
    let (case, act) = (world.case(0), world.act(0));
    let issuer: NodeCode = chance
        .pick(&["LEAD_PRIV", "LEAD_PRIV", "LEAD_PRIV", "LEAD_PUB", "LEAD_MIL", "SECTOR_FIN"])
        .parse()
        .expect("a station");
    let kind = match issuer.role() {
        Role::Sector => ActKind::ActionRequest,
        _ => chance.pick(&[ActKind::Directive, ActKind::ActionRequest, ActKind::Directive]),
    };
    let at = world.start;
    let Wish::OpenCase { mut opening, .. } = open_case(chance, case) else { unreachable!() };
    opening.public = true;
    opening.label = Label { tlp: Tlp::Green, grade: Grade::Open };
    let mut draft = draft(chance, world, issuer.clone());
    draft.drill = world.drill;
    draft.legal_basis = Some("network-act-47-4".to_owned());
    draft.label = Label { tlp: Tlp::Amber, grade: Grade::Sensitive };
    let text = bongsu_desk::text_of(&draft, act, case, kind);
    let addressees = world
        .institutions
        .iter()
        .enumerate()
        .filter(|(_, it)| bongsu_response::nation::has_authority(kind, &issuer, it));
    let addressees: Vec<_> =
        addressees.map(|(place, _)| addressee(chance, world, model, place, at)).collect();
    let clocks = clocks(chance, at);
    let sign = ActWish::Sign { text, signature: "x".to_owned(), clocks, addressees };
    let person = |post| Who::Person(world.at(&issuer, post));
    let second = issuer.as_str() == "LEAD_PRIV" && chance.once_in(4);
    let (author, reviewer) = if second {
        (Who::Person(world.person(1)), Who::Person(world.person(2)))
    } else {
        (person(Post::Analyst), person(Post::Approver))
    };
    let signer = if second && chance.once_in(2) { reviewer } else { person(Post::Director) };
    let why = "a feed carries it".to_owned();
    let feed = Who::Engine(Engine::Feed);
    let steps = [
        (feed, Wish::OpenCase { case, opening }),
        (feed, Wish::Case { case, wish: CaseWish::Publish { why } }),
        (author, Wish::DraftAct { act, case, kind, draft, text }),
        (reviewer, Wish::Act { act, wish: ActWish::Review { text } }),
        (signer, Wish::Act { act, wish: sign }),
    ];
    let steps = steps.into_iter().map(|(who, wish)| Step { after_minutes: 0, who, wish });
    let missing = if chance.once_in(6) { chance.below(5) } else { 9 };
    let mut steps: Vec<_> =
        steps.enumerate().filter(|(place, _)| *place != missing).map(|(_, step)| step).collect();
    if chance.once_in(4) {
        steps.extend(leavers(world, act, clocks));
    }
    steps
}

/// Two who work at an institution answer for it, leave it, and have their own answers before them.
fn leavers(world: &World, act: ActId, clocks: IssueClocks) -> [Step; 7] {
    let (analyst, director) = (world.person(ANALYST), world.person(DIRECTOR));
    let affected =
        || Answer::Assess { assessment: Assessment::Affected, contradicts_inventory: false };
    let later = clocks.exposed.fix_by.max(clocks.inside.fix_by).unwrap_or(world.start);
    let until = hours(later, 24);
    let granted = Some(until);
    let why = || "a stop of the line".to_owned();
    let (evidence, remedy) = (evidence(1), Remedy::Patched);
    let leaves = 60 * 41;
    [
        (0, 0, world.ciso(0), affected()),
        (0, 0, analyst, Answer::Claim { remedy, evidence }),
        (0, 0, world.ciso(0), Answer::Countersign),
        (0, 1, world.ciso(1), affected()),
        (0, 1, director, Answer::AskExtension { until, why: why() }),
        (leaves, 0, analyst, Answer::Verify { evidence, how: why() }),
        (0, 1, director, Answer::DecideExtension { granted, why: why() }),
    ]
    .map(|(after_minutes, place, person, wish)| {
        let institution = world.institution(place);
        let wish = Wish::Obligation { act, institution, wish };
        Step { after_minutes, who: Who::Person(person), wish }
    })
}

/// What somebody asks for next.
pub(crate) fn next(chance: &mut Chance, world: &World, model: &Model, now: Timestamp) -> Step {
    let after_minutes = match chance.below(12) {
        0 => i64::try_from(chance.below(60 * 24 * 30)).expect("small"),
        1..4 => i64::try_from(chance.below(60 * 20)).expect("small"),
        _ => i64::try_from(chance.below(50)).expect("small"),
    };
    let at = now + jiff::SignedDuration::from_mins(after_minutes);
    let owed = model.nation().campaigns().any(|it| !it.obligations().is_empty());
    // While nobody owes anything, what leads there is asked for more often.
    let wish = match chance.below(if owed { 100 } else { 41 }) {
        0..12 => about_case(chance, world, model, at),
        12..19 => write(chance, world, model),
        19..32 => act(chance, world, model, at),
        32..35 => deliver(chance, world),
        35..38 => inventory(chance, world, at),
        38..41 => register(chance, world, at),
        _ => answer(chance, world, model, at),
    };
    let who = match chance.below(8) {
        0 | 1 => anybody(chance, world),
        2 => tempted(world, model, &wish).unwrap_or_else(|| anybody(chance, world)),
        _ => right(chance, world, model, &wish),
    };
    Step { after_minutes, who, wish }
}

fn anybody(chance: &mut Chance, world: &World) -> Who {
    if chance.once_in(5) {
        return Who::Engine(chance.pick(&ENGINES));
    }
    Who::Person(chance.pick(&world.persons))
}

/// Whoever had a hand in it already, and should not have another.
fn tempted(world: &World, model: &Model, wish: &Wish) -> Option<Who> {
    let nation = model.nation();
    let person = match wish {
        Wish::Act { act, wish } => {
            let act = nation.act(*act)?;
            match wish {
                ActWish::Sign { .. } => act.reviewer?,
                ActWish::Amend { .. } => act.amendment.as_ref()?.reviewer?,
                ActWish::Review { .. } if act.author != world.person(2) => world.person(2),
                _ => act
                    .amendment
                    .as_ref()
                    .map_or(act.author, |new| *new.authors.first().expect("somebody wrote it")),
            }
        }
        Wish::DraftAct { draft, .. } if draft.issuer.as_str() == "LEAD_PRIV" => world.person(2),
        Wish::Obligation { act, institution, wish } => {
            let owed = nation.obligation(*act, *institution)?;
            let place = world.place(*institution)?;
            match wish {
                Answer::Countersign => owed.claim?.by,
                Answer::Verify { .. } | Answer::Refute { .. } => {
                    owed.countersigned_by.or(owed.claim.map(|claim| claim.by))?
                }
                Answer::DecideExtension { .. } => owed.extension_asked?.by,
                Answer::DecideWaiver { .. } => owed.waiver_asked.as_ref()?.by,
                _ => world.person(*[ANALYST, DIRECTOR].get(place)?),
            }
        }
        Wish::Case { case, wish: CaseWish::Reject { .. } } => {
            nation.case(*case)?.rejection_proposed_by?
        }
        Wish::Case { case, wish: CaseWish::LiftEmbargo { .. } } => {
            nation.case(*case)?.lift.as_ref()?.by
        }
        _ => return None,
    };
    Some(Who::Person(person))
}

/// Somebody whose business it is, as far as one can say without asking the rules.
fn right(chance: &mut Chance, world: &World, model: &Model, wish: &Wish) -> Who {
    let nation = model.nation();
    let at = |code: &NodeCode, post| Who::Person(world.at(code, post));
    match wish {
        Wish::Enrol(_) | Wish::Appoint(_) | Wish::EndAppointment { .. } => {
            Who::Engine(Engine::Register)
        }
        Wish::Delegate(it) => Who::Person(it.signed_by),
        Wish::EndDelegation { .. } => Who::Person(world.head(CUSTOMER)),
        Wish::PublishInventory { institution, .. } => at_home(chance, world, *institution),
        Wish::OpenCase { opening, .. } => at(&opening.coord, Post::Analyst),
        Wish::Case { case, wish } => {
            let Some(case) = nation.case(*case) else { return anybody(chance, world) };
            let director = matches!(wish, CaseWish::Publish { .. } | CaseWish::LiftEmbargo { .. });
            let both = chance.once_in(2) && case.coord.as_str() == "COORD_PRIV";
            let second = Who::Person(world.person(if both { 10 } else { 11 }));
            match (director, case.coord.as_str()) {
                (true, _) => at(&case.coord, Post::Director),
                (false, "COORD_PRIV") => second,
                (false, _) => at(&case.coord, Post::Analyst),
            }
        }
        Wish::DraftAct { draft, .. } if draft.issuer.as_str() == "LEAD_PRIV" => {
            Who::Person(world.person(if chance.once_in(3) { 2 } else { 1 }))
        }
        Wish::DraftAct { draft, .. } => at(&draft.issuer, Post::Analyst),
        Wish::Act { act, wish } => {
            let Some(act) = nation.act(*act) else { return anybody(chance, world) };
            match wish {
                ActWish::Review { .. } => at(&act.draft.issuer, Post::Approver),
                ActWish::ReadNames { .. } => at(&act.draft.issuer, Post::Analyst),
                _ => at(&act.draft.issuer, Post::Director),
            }
        }
        Wish::SetAlert(new) => at(&NodeCode::lead(new.alert.scope), Post::Director),
        Wish::Deliver { .. } => Who::Engine(Engine::Delivery),
        Wish::Obligation { institution, wish, .. } => {
            let place = world.place(*institution).expect("one of ours");
            let domain = world.institutions[place].domain();
            match wish {
                Answer::Verify { .. } | Answer::Refute { .. } | Answer::Regress { .. }
                    if chance.once_in(2) =>
                {
                    Who::Engine(Engine::Matching)
                }
                Answer::Verify { .. }
                | Answer::Refute { .. }
                | Answer::Regress { .. }
                | Answer::Assist { .. }
                | Answer::Close { .. } => at(&NodeCode::coord(domain), Post::Analyst),
                Answer::DecideExtension { .. } | Answer::DecideWaiver { .. } => {
                    at(&NodeCode::lead(domain), Post::Director)
                }
                Answer::ExpireWaiver => Who::Engine(Engine::Clock),
                Answer::Unreachable => Who::Engine(Engine::Delivery),
                Answer::Countersign | Answer::AskWaiver { .. } => accountable(world, place),
                _ => at_home(chance, world, *institution),
            }
        }
    }
}

fn accountable(world: &World, place: usize) -> Who {
    let ciso = place != crate::world::WITHOUT_CISO;
    Who::Person(if ciso { world.ciso(place) } else { world.head(place) })
}

fn at_home(chance: &mut Chance, world: &World, institution: InstitutionId) -> Who {
    let place = world.place(institution).expect("one of ours");
    match chance.below(6) {
        0 => Who::Person(world.operator(place)),
        1 if place == CUSTOMER => Who::Person(world.operator(PROVIDER)),
        1 if place < 2 => Who::Person(world.deputy(place)),
        2 => Who::Person(world.head(place)),
        _ => accountable(world, place),
    }
}

fn open_case(chance: &mut Chance, case: CaseId) -> Wish {
    let domain = chance.pick(&[DOMAINS[0], DOMAINS[0], DOMAINS[0], DOMAINS[1], DOMAINS[2]]);
    let tlp = chance.pick(&[Tlp::Clear, Tlp::Green, Tlp::Green, Tlp::Amber, Tlp::Red]);
    Wish::OpenCase {
        case,
        opening: Opening {
            title: "VPN gateway lets strangers in".to_owned(),
            summary: "A login can be left out.".to_owned(),
            identifiers: ["CVE-2026-1234".to_owned()].into(),
            origin: chance.pick(&[Origin::Human, Origin::Ai, Origin::Feed]),
            coord: NodeCode::coord(domain),
            label: Label { tlp, grade: chance.pick(&[Grade::Open, Grade::Sensitive]) },
            public: !chance.once_in(3),
        },
    }
}

fn about_case(chance: &mut Chance, world: &World, model: &Model, at: Timestamp) -> Wish {
    let case = world.case(number(chance.below(CASES)));
    let other = world.case(number(chance.below(CASES)));
    let Some(standing) = model.nation().case(case) else { return open_case(chance, case) };
    let why = why(chance);
    let next = match standing.state {
        CaseState::Received => CaseWish::Screen,
        CaseState::Screened | CaseState::Validating
            if standing.rejection_proposed_by.is_some() || chance.once_in(2) =>
        {
            CaseWish::Reject { why }
        }
        CaseState::Screened if standing.public => CaseWish::Confirm { why },
        CaseState::Screened | CaseState::Reopened => CaseWish::Validate,
        CaseState::Validating if chance.once_in(2) => CaseWish::Confirm { why },
        CaseState::Confirmed | CaseState::FixAvailable if chance.once_in(2) => {
            CaseWish::Publish { why }
        }
        CaseState::Merged => CaseWish::Split { why },
        CaseState::InCampaign if chance.once_in(3) => CaseWish::Close,
        CaseState::Rejected | CaseState::Closed if chance.once_in(2) => CaseWish::Reopen { why },
        _ => any_case_wish(chance, world, other, at, why),
    };
    let wish = if chance.once_in(3) {
        any_case_wish(chance, world, other, at, String::from("new"))
    } else {
        next
    };
    Wish::Case { case, wish }
}

fn any_case_wish(
    chance: &mut Chance,
    world: &World,
    into: CaseId,
    at: Timestamp,
    why: String,
) -> CaseWish {
    match chance.below(21) {
        0 => CaseWish::Screen,
        1 => CaseWish::Validate,
        2 => CaseWish::Confirm { why },
        3 | 4 => CaseWish::Reject { why },
        5 => CaseWish::Coordinate { embargo: embargo(chance, at) },
        6 => CaseWish::Publish { why },
        7 => CaseWish::Merge { into, why },
        8 => CaseWish::Identify { identifiers: ["GHSA-1".to_owned()].into() },
        9 => CaseWish::Triage(Triage {
            automatable: chance.pick(&[None, Some(true), Some(false)]),
            impact: chance.pick(&[None, Some(Impact::Partial), Some(Impact::Total)]),
            mission: chance.pick(&[None, Some(Mission::Low), Some(Mission::High)]),
        }),
        10..13 => CaseWish::Exploit {
            exploitation: chance.pick(Exploitation::ALL),
            since: hours(at, -2),
            said_by: "KEV catalogue".to_owned(),
        },
        13 => CaseWish::Remedy(chance.pick(Fix::ALL)),
        14 => CaseWish::SetEmbargo(embargo(chance, at)),
        18 => CaseWish::ProposeLift { until: None, why },
        19 => CaseWish::LiftEmbargo { until: None },
        20 => CaseWish::KeepEmbargo { why },
        15 => CaseWish::AddMember(Member {
            person: chance.pick(&world.persons),
            reason: why,
            until: Some(hours(at, 100)),
        }),
        16 => CaseWish::RemoveMember(chance.pick(&world.persons)),
        _ => CaseWish::Read { why },
    }
}

fn embargo(chance: &mut Chance, at: Timestamp) -> Embargo {
    let until = Some(instant(chance, at, 200));
    chance.pick(&[
        Embargo { until, event: None },
        Embargo { until: None, event: Some("the supplier's release".to_owned()) },
    ])
}

fn draft(chance: &mut Chance, world: &World, issuer: NodeCode) -> Draft {
    let edition = chance.below(3);
    Draft {
        issuer,
        title_ko: format!("긴급 조치 {edition}"),
        title_en: "Urgent action".to_owned(),
        todo_ko: "4.2 버전으로 올리십시오".to_owned(),
        todo_en: if chance.once_in(20) { "see https://example.kr" } else { "Update to 4.2" }
            .to_owned(),
        legal_basis: (!chance.once_in(5)).then(|| "network-act-47-4".to_owned()),
        audience: Audience::default(),
        label: Label {
            tlp: chance.pick(&[Tlp::Green, Tlp::Amber, Tlp::Amber]),
            grade: Grade::Sensitive,
        },
        drill: chance.once_in(12) != world.drill,
    }
}

fn write(chance: &mut Chance, world: &World, model: &Model) -> Wish {
    let act = some_act(chance, world);
    let standing = model.nation().act(act);
    let case = standing.map_or(world.case(number(chance.below(CASES))), |act| act.case);
    let kind = standing.map(|act| act.kind).filter(|_| !chance.once_in(6));
    let kind = kind.unwrap_or_else(|| chance.pick(ActKind::ALL));
    let issuer = standing.map(|act| act.draft.issuer.clone()).filter(|_| !chance.once_in(6));
    let issuer = issuer.unwrap_or_else(|| {
        let any =
            ["LEAD_PRIV", "LEAD_PRIV", "LEAD_PUB", "LEAD_MIL", "SECTOR_FIN", "COORD_PRIV", "APEX"];
        chance.pick(&any).parse().expect("a station")
    });
    let mut draft = draft(chance, world, issuer);
    if let Some(issued) = standing.filter(|act| act.state == ActState::Issued && !chance.once_in(6))
    {
        draft.drill = issued.draft.drill; // an amendment that may be one
        draft.label = draft.label.join(issued.draft.label);
    }
    // What somebody says the digest is counts for nothing; some say it is another's.
    let text =
        if chance.once_in(3) { evidence(9) } else { bongsu_desk::text_of(&draft, act, case, kind) };
    Wish::DraftAct { act, case, kind, draft, text }
}

/// Most often the one that the game began with.
fn some_act(chance: &mut Chance, world: &World) -> ActId {
    world.act(if chance.once_in(2) { 0 } else { number(chance.below(ACTS)) })
}

fn act(chance: &mut Chance, world: &World, model: &Model, at: Timestamp) -> Wish {
    let act = some_act(chance, world);
    let standing = model.nation().act(act);
    if standing.is_none() && !chance.once_in(4) {
        return write(chance, world, model);
    }
    let text = standing.map_or(evidence(0), |act| {
        act.amendment.as_ref().map_or(act.text, |amendment| amendment.text)
    });
    let text = if chance.once_in(15) { evidence(chance.below(5)) } else { text };
    let state = standing.map_or(ActState::Draft, |act| act.state);
    let (why, signature) = (why(chance), "x".to_owned());
    let mut addressees = Vec::new();
    for place in 0..world.institutions.len() {
        let within = standing.is_none_or(|act| {
            let it = &world.institutions[place];
            bongsu_response::nation::has_authority(act.kind, &act.draft.issuer, it)
        });
        if within && chance.once_in(3) || chance.once_in(60) {
            addressees.push(addressee(chance, world, model, place, at));
        }
    }
    let wish = match (chance.below(12), state) {
        (0..6, ActState::Draft) | (6..8, _) => ActWish::Review { text },
        (0..4, ActState::Issued)
            if standing.is_some_and(|act| {
                act.amendment.as_ref().is_some_and(|new| new.reviewer.is_none())
            }) =>
        {
            ActWish::Review { text }
        }
        (0..6, ActState::Reviewed) => {
            ActWish::Sign { text, signature, clocks: clocks(chance, at), addressees }
        }
        (0..5, ActState::Issued) => ActWish::Amend {
            text,
            signature,
            clocks: clocks(chance, at),
            added: if chance.once_in(3) { addressees } else { Vec::new() },
            released: if chance.once_in(3) { vec![world.institution(0)] } else { Vec::new() },
            why,
        },
        (5, ActState::Issued) => ActWish::Reclock { clocks: clocks(chance, at), why },
        (8, _) if chance.once_in(4) => ActWish::Withdraw { why },
        (9..11, _) => ActWish::Complete,
        _ => ActWish::ReadNames { rows: 3, why },
    };
    Wish::Act { act, wish }
}

fn clocks(chance: &mut Chance, at: Timestamp) -> IssueClocks {
    let mut one = |longest: i64| {
        let class = chance.pick(RemediationClass::ALL);
        let fix_by = (class != RemediationClass::NextUpgrade)
            .then(|| hours(at, 1 + i64::try_from(chance.below(24 * 60)).expect("small")));
        let (acknowledge_by, assess_by) = (hours(at, 1 + longest / 2), hours(at, longest));
        Clocks { class, acknowledge_by, assess_by, fix_by }
    };
    IssueClocks { exposed: one(24), inside: one(72) }
}

fn addressee(
    chance: &mut Chance,
    world: &World,
    model: &Model,
    place: usize,
    at: Timestamp,
) -> Addressee {
    let institution = world.institution(place);
    let accountable = model.register.accountable(institution, at).map(|post| post.id);
    let wrong = chance.once_in(40) || accountable.is_none();
    Addressee {
        institution,
        exposure: chance.pick(Exposure::ALL),
        systems: 3,
        accountable: accountable.filter(|_| !wrong).unwrap_or(world.appointment(0)),
    }
}

fn deliver(chance: &mut Chance, world: &World) -> Wish {
    let first = chance.pick(&[0, 0, 4, MILITARY]);
    let institutions = (first..first + 1 + chance.below(2)).map(|place| world.institution(place));
    Wish::Deliver {
        act: world.act(number(chance.below(ACTS))),
        institutions: institutions.collect(),
        channel: "mail".to_owned(),
    }
}

fn inventory(chance: &mut Chance, world: &World, at: Timestamp) -> Wish {
    let place = chance.pick(&[0, 0, CUSTOMER, MILITARY]);
    Wish::PublishInventory {
        institution: world.institution(place),
        system: world.system(number(chance.below(3))),
        digest: evidence(chance.below(4)),
        components: 300,
        exposed: chance.once_in(2),
        as_of: instant(chance, at, 20),
    }
}

/// People come and go, and some try to move what is not theirs.
fn register(chance: &mut Chance, world: &World, at: Timestamp) -> Wish {
    let new = number(chance.below(30));
    match chance.below(6) {
        0 => {
            let mut moved = world.institutions[chance.below(world.institutions.len())].clone();
            moved.ownership = chance.pick(&world.institutions).ownership;
            Wish::Enrol(vec![moved])
        }
        1 | 2 => {
            let place = chance.below(world.institutions.len());
            let seat = Seat::Institution(world.institution(place));
            let post = chance.pick(&[Post::Ciso, Post::Ciso, Post::Head, Post::Operator]);
            let of = world.appointments.iter().find(|it| it.seat == seat && it.post == post);
            let deputy_of = of.map(|it| it.id).filter(|_| chance.once_in(2));
            Wish::Appoint(vec![Appointment {
                id: world.appointment(500 + new),
                person: chance.pick(&world.persons),
                post,
                seat,
                from: instant(chance, at, 50),
                until: None,
                deputy_of,
                title: format!("NEW-{new:05}"),
            }])
        }
        3 | 4 => {
            let appointment = if chance.once_in(2) {
                world.appointment(500 + new)
            } else {
                chance.pick(&world.appointments).id
            };
            Wish::EndAppointment { appointment, until: instant(chance, at, 100) }
        }
        _ if chance.once_in(2) => {
            Wish::EndDelegation { delegation: world.delegation(0), until: instant(chance, at, 20) }
        }
        _ => Wish::Delegate(Delegation {
            id: world.delegation(1 + new),
            from: instant(chance, at, 40),
            until: hours(at, 900),
            ..world.delegations[0].clone()
        }),
    }
}

/// Half of the time what comes next, so that obligations get somewhere.
fn answer(chance: &mut Chance, world: &World, model: &Model, at: Timestamp) -> Wish {
    let owing = model.nation().campaigns().filter(|it| !it.obligations().is_empty());
    let mut owing: Vec<_> = owing.map(|it| it.act().id).collect();
    owing.sort_unstable();
    let act = if chance.once_in(10) || owing.is_empty() {
        world.act(number(chance.below(ACTS)))
    } else {
        chance.pick(&owing)
    };
    let institution = target(chance, world, model, act);
    let (why, evidence) = (why(chance), evidence(chance.below(4)));
    let owed = model.nation().obligation(act, institution);
    let wish = match owed.filter(|_| !chance.once_in(3)) {
        Some(owed) if owed.waiver_asked.is_some() && chance.once_in(2) => {
            let granted = owed.waiver_asked.as_ref().map(|asked| asked.what.clone());
            Answer::DecideWaiver { granted, why }
        }
        Some(owed) if owed.extension_asked.is_some() && chance.once_in(2) => {
            Answer::DecideExtension { granted: owed.extension_asked.map(|asked| asked.what), why }
        }
        Some(owed) => onwards(chance, owed.status, at, why, evidence),
        None => any_answer(chance, at),
    };
    Wish::Obligation { act, institution, wish }
}

/// Three that are addressed, the first or the last, so that they get far; now and then anybody.
fn target(chance: &mut Chance, world: &World, model: &Model, act: ActId) -> InstitutionId {
    let owed = model.nation().campaign(act).map_or(&[][..], |campaign| campaign.obligations());
    if owed.is_empty() || chance.once_in(12) {
        return world.institution(chance.below(world.institutions.len()));
    }
    let few = owed.len().min(3);
    let first = if world.is_odd() { 0 } else { owed.len() - few };
    owed[first + chance.below(few)].institution
}

fn onwards(
    chance: &mut Chance,
    status: Status,
    at: Timestamp,
    why: String,
    evidence: Evidence,
) -> Answer {
    let affected =
        Answer::Assess { assessment: Assessment::Affected, contradicts_inventory: false };
    match status {
        Status::Created | Status::Delivered | Status::Unreachable => Answer::Acknowledge,
        Status::Acknowledged | Status::Unknown if !chance.once_in(4) => affected,
        Status::Affected | Status::Planned | Status::Mitigated => match chance.below(6) {
            0 => Answer::Plan { until: instant(chance, at, 300) },
            1 => Answer::Mitigate { how: why },
            2 => Answer::AskExtension { until: instant(chance, at, 24 * 90), why },
            3 => Answer::AskWaiver { until: hours(at, 24 * 25), control: why },
            _ => Answer::Claim { remedy: chance.pick(Remedy::ALL), evidence },
        },
        Status::Claimed => Answer::Countersign,
        Status::Remediated if chance.once_in(3) => Answer::Refute { evidence, how: why },
        Status::Remediated => Answer::Verify { evidence, how: why },
        Status::Verified if chance.once_in(3) => Answer::ForensicCheck { clean: true, evidence },
        Status::Verified if chance.once_in(2) => Answer::Close { remedy: None },
        Status::Verified | Status::Closed => Answer::Regress { evidence },
        Status::Waived => Answer::ExpireWaiver,
        _ => any_answer(chance, at),
    }
}

fn any_answer(chance: &mut Chance, at: Timestamp) -> Answer {
    let (why, evidence) = (why(chance), evidence(chance.below(4)));
    match chance.below(22) {
        0 => Answer::Unreachable,
        1 => Answer::Acknowledge,
        2..6 => Answer::Assess {
            assessment: chance.pick(&[
                Assessment::Affected,
                Assessment::NotAffected { justification: why },
                Assessment::NotAffected { justification: "component_not_present".to_owned() },
                Assessment::Unknown,
            ]),
            contradicts_inventory: chance.once_in(3),
        },
        6 => Answer::Plan { until: instant(chance, at, 300) },
        7 => Answer::Mitigate { how: why },
        8 => Answer::Claim { remedy: chance.pick(Remedy::ALL), evidence },
        9 => Answer::Countersign,
        10 | 11 => Answer::Verify { evidence, how: why },
        12 => Answer::Refute { evidence, how: why },
        13 => Answer::ForensicCheck { clean: !chance.once_in(3), evidence },
        14 => Answer::AskExtension { until: instant(chance, at, 24 * 90), why },
        15 => {
            let until = instant(chance, at, 24 * 40);
            Answer::DecideExtension { granted: (!chance.once_in(4)).then_some(until), why }
        }
        16 => Answer::AskWaiver { until: instant(chance, at, 24 * 100), control: why },
        17 => {
            let term = Term { until: instant(chance, at, 24 * 40), control: why.clone() };
            Answer::DecideWaiver { granted: (!chance.once_in(4)).then_some(term), why }
        }
        18 => Answer::ExpireWaiver,
        19 => Answer::Assist { team: why },
        20 => Answer::Regress { evidence },
        _ => Answer::Close { remedy: None },
    }
}

pub(crate) fn evidence(number: usize) -> Evidence {
    bongsu_desk::evidence(&number.to_be_bytes())
}

/// Mostly ahead, seldom behind.
fn instant(chance: &mut Chance, at: Timestamp, within_hours: usize) -> Timestamp {
    let ahead = i64::try_from(chance.below(within_hours)).expect("small");
    hours(at, if chance.once_in(8) { -ahead } else { ahead })
}

fn why(chance: &mut Chance) -> String {
    let reasons = ["", "a new fact about it", "checked on the spot"];
    let place = if chance.once_in(15) { 0 } else { 1 + chance.below(2) };
    reasons[place].to_owned()
}
