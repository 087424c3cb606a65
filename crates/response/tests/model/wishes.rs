//! Random wishes, near enough to sense that most states are reached, and far enough that many are refused.

use jiff::Timestamp;

use bongsu_authority::{ActId, CaseId, PersonId, SystemId};
use bongsu_response::{
    ActKind, ActState, ActWish, Answer, Assessment, CaseState, CaseWish, Embargo, Exploitation,
    Fix, Impact, Member, Nation, Opening, Origin, Remedy, Status, Term, Triage, Wish,
};

use super::world::{
    ACTS, CASES, Chance, INSTITUTIONS, addressee, clocks, digest, draft, evidence, hours, label,
};

pub(crate) fn any(chance: &mut Chance, nation: &Nation, at: Timestamp) -> Wish {
    match chance.below(20) {
        0 => open(chance),
        1..5 => case(chance, nation, at),
        5 => write(chance, nation),
        6..9 => act(chance, nation, at),
        9 => deliver(chance),
        10 if chance.once_in(4) => inventory(chance, at),
        _ => answered(chance, nation, at),
    }
}

fn open(chance: &mut Chance) -> Wish {
    let opening = Opening {
        title: "VPN appliance, login bypass".to_owned(),
        summary: "anybody logs in".to_owned(),
        identifiers: ["CVE-2026-0001".to_owned()].into(),
        origin: chance.pick(Origin::ALL),
        coord: "COORD_PRIV".parse().expect("a code"),
        label: label(),
        public: chance.once_in(2),
    };
    Wish::OpenCase { case: chance.pick(&CASES), opening }
}

fn case(chance: &mut Chance, nation: &Nation, at: Timestamp) -> Wish {
    let case: CaseId = chance.pick(&CASES);
    let why = why(chance);
    // Half of the time what comes next, so that cases get somewhere.
    let next = nation.case(case).filter(|_| chance.once_in(2)).map(|case| case.state);
    let wish = match next {
        Some(CaseState::Received) => CaseWish::Screen,
        Some(CaseState::Screened | CaseState::Reopened) => CaseWish::Validate,
        Some(CaseState::Validating) => CaseWish::Confirm { why },
        Some(CaseState::Coordinating) => CaseWish::Remedy(Fix::Patch),
        Some(CaseState::Confirmed | CaseState::FixAvailable) if chance.once_in(2) => {
            CaseWish::Publish { why }
        }
        Some(CaseState::Merged) => CaseWish::Split { why },
        _ => any_of_case(chance, why, at),
    };
    Wish::Case { case, wish }
}

fn any_of_case(chance: &mut Chance, why: String, at: Timestamp) -> CaseWish {
    match chance.below(21) {
        0 => CaseWish::Screen,
        1 => CaseWish::Reject { why },
        2 => CaseWish::Validate,
        3 => CaseWish::Confirm { why },
        4 => CaseWish::Coordinate { embargo: embargo(chance, at) },
        5 => CaseWish::Publish { why },
        6 => CaseWish::Merge { into: chance.pick(&CASES), why },
        7 => CaseWish::Split { why },
        8 => CaseWish::Identify { identifiers: [format!("GHSA-{}", chance.below(3))].into() },
        9 => CaseWish::Triage(Triage {
            automatable: None,
            impact: chance.pick(&[None, Some(Impact::Partial), Some(Impact::Total)]),
            mission: None,
        }),
        10 => CaseWish::Exploit {
            exploitation: chance.pick(Exploitation::ALL),
            since: at,
            said_by: "KEV catalogue".to_owned(),
        },
        11 => CaseWish::Remedy(chance.pick(Fix::ALL)),
        12 => CaseWish::SetEmbargo(embargo(chance, at)),
        18 => CaseWish::ProposeLift { until: sooner(chance, at), why },
        19 => CaseWish::LiftEmbargo { until: sooner(chance, at) },
        20 if chance.once_in(3) => CaseWish::KeepEmbargo { why },
        13 => CaseWish::AddMember(Member {
            person: PersonId([4; 16]),
            reason: why,
            until: Some(hours(at, 100)),
        }),
        14 => CaseWish::RemoveMember(PersonId([4; 16])),
        15 => CaseWish::Read { why },
        16 => CaseWish::Reopen { why },
        _ => CaseWish::Close,
    }
}

/// Of few, so that a second person often names what the first did.
fn sooner(chance: &mut Chance, at: Timestamp) -> Option<Timestamp> {
    chance.once_in(3).then(|| instant(chance, at, 200))
}

fn embargo(chance: &mut Chance, at: Timestamp) -> Embargo {
    let until = instant(chance, at, 200);
    chance.pick(&[
        Embargo { until: Some(until), event: None },
        Embargo { until: None, event: Some("the supplier's release".to_owned()) },
        Embargo { until: None, event: None },
    ])
}

fn write(chance: &mut Chance, nation: &Nation) -> Wish {
    let act: ActId = chance.pick(&ACTS);
    let standing = nation.act(act);
    let case = standing.map_or(chance.pick(&CASES), |act| act.case);
    let kind = standing.map(|act| act.kind).filter(|_| !chance.once_in(6));
    let kind = kind.unwrap_or(chance.pick(ActKind::ALL));
    let draft = draft(chance.below(3), !chance.once_in(5));
    let text = digest(&draft.canonical(act, case, kind));
    Wish::DraftAct { act, case, kind, draft, text }
}

fn act(chance: &mut Chance, nation: &Nation, at: Timestamp) -> Wish {
    let act: ActId = chance.pick(&ACTS);
    let standing = nation.act(act);
    let text = standing.map_or(evidence(0), |act| {
        act.amendment.as_ref().map_or(act.text, |amendment| amendment.text)
    });
    let text = if chance.once_in(15) { evidence(chance.below(5)) } else { text };
    let state = standing.map_or(ActState::Draft, |act| act.state);
    let why = why(chance);
    let signature = "signature".to_owned();
    let addressees = (0..=chance.below(3)).map(|_| addressee(chance, nation, at)).collect();
    let wish = match (chance.below(12), state) {
        (0..6, ActState::Draft) | (6..8, _) => ActWish::Review { text },
        (0..6, ActState::Reviewed) => {
            ActWish::Sign { text, signature, clocks: clocks(chance, at), addressees }
        }
        (0..3, ActState::Issued) => ActWish::Amend {
            text,
            signature,
            clocks: clocks(chance, at),
            added: if chance.once_in(2) { addressees } else { Vec::new() },
            released: if chance.once_in(2) { vec![chance.pick(&INSTITUTIONS)] } else { vec![] },
            why,
        },
        (3..6, ActState::Issued) => ActWish::Reclock { clocks: clocks(chance, at), why },
        (8, _) if chance.once_in(5) => ActWish::Withdraw { why },
        (9..11, _) => ActWish::Complete,
        _ => ActWish::ReadNames { rows: 3, why },
    };
    Wish::Act { act, wish }
}

fn deliver(chance: &mut Chance) -> Wish {
    let count = usize::try_from(1 + chance.below(3)).expect("small");
    Wish::Deliver {
        act: chance.pick(&ACTS),
        institutions: INSTITUTIONS[..count].to_vec(),
        channel: "mail".to_owned(),
    }
}

fn inventory(chance: &mut Chance, at: Timestamp) -> Wish {
    Wish::PublishInventory {
        institution: INSTITUTIONS[0],
        system: SystemId([1; 16]),
        digest: evidence(chance.below(4)),
        components: 300,
        exposed: true,
        as_of: instant(chance, at, 20),
    }
}

/// Half of the time what comes next, so that obligations get somewhere.
fn answered(chance: &mut Chance, nation: &Nation, at: Timestamp) -> Wish {
    let act = if chance.once_in(8) { ACTS[1] } else { ACTS[0] };
    let institution = INSTITUTIONS[usize::try_from(chance.below(3)).expect("small")];
    let (why, evidence) = (why(chance), evidence(chance.below(4)));
    let status = nation.obligation(act, institution).map(|obligation| obligation.status);
    let wish = match status.filter(|_| chance.once_in(2)) {
        Some(Status::Acknowledged | Status::Unknown) => {
            Answer::Assess { assessment: Assessment::Affected, contradicts_inventory: false }
        }
        Some(Status::Affected) if chance.once_in(2) => {
            Answer::Plan { until: instant(chance, at, 300) }
        }
        Some(Status::Affected | Status::Planned) if chance.once_in(2) => {
            Answer::Mitigate { how: why }
        }
        Some(Status::Affected | Status::Planned | Status::Mitigated) => asked(chance, at, why),
        Some(Status::Claimed) => Answer::Countersign,
        Some(Status::Remediated) if chance.once_in(2) => Answer::Refute { evidence, how: why },
        Some(Status::Remediated) => Answer::Verify { evidence, how: why },
        Some(Status::Verified) => Answer::ForensicCheck { clean: true, evidence },
        Some(Status::Closed) => Answer::Regress { evidence },
        Some(Status::Waived) => Answer::ExpireWaiver,
        _ => any_answer(chance, at),
    };
    Wish::Obligation { act, institution, wish }
}

/// More time, or a waiver: asked or decided.
fn asked(chance: &mut Chance, at: Timestamp, why: String) -> Answer {
    let soon = hours(at, 24 * 20);
    match chance.below(4) {
        0 => Answer::AskExtension { until: instant(chance, at, 24 * 90), why },
        1 => Answer::DecideExtension { granted: Some(instant(chance, at, 24 * 80)), why },
        2 => Answer::AskWaiver { until: hours(at, 24 * 60), control: why },
        _ => {
            let granted = Some(Term { until: soon, control: why.clone() });
            Answer::DecideWaiver { granted, why }
        }
    }
}

fn any_answer(chance: &mut Chance, at: Timestamp) -> Answer {
    let (why, evidence) = (why(chance), evidence(chance.below(4)));
    match chance.below(26) {
        0 => Answer::Unreachable,
        1..3 => Answer::Acknowledge,
        3..7 => Answer::Assess {
            assessment: chance.pick(&[
                Assessment::Affected,
                Assessment::Affected,
                Assessment::NotAffected { justification: why },
                Assessment::NotAffected { justification: "component_not_present".to_owned() },
                Assessment::Unknown,
            ]),
            contradicts_inventory: chance.once_in(3),
        },
        7 => Answer::Plan { until: instant(chance, at, 300) },
        8 => Answer::Mitigate { how: why },
        9..12 => Answer::Claim { remedy: chance.pick(Remedy::ALL), evidence },
        12 => Answer::Countersign,
        13..15 => Answer::Verify { evidence, how: why },
        15 => Answer::Refute { evidence, how: why },
        16 => Answer::ForensicCheck { clean: !chance.once_in(3), evidence },
        17 => Answer::AskExtension { until: instant(chance, at, 24 * 90), why },
        18 => {
            let until = instant(chance, at, 24 * 40);
            Answer::DecideExtension { granted: (!chance.once_in(4)).then_some(until), why }
        }
        19 => Answer::AskWaiver { until: instant(chance, at, 24 * 100), control: why },
        20 => {
            let term = Term { until: instant(chance, at, 24 * 40), control: why.clone() };
            Answer::DecideWaiver { granted: (!chance.once_in(4)).then_some(term), why }
        }
        21 => Answer::ExpireWaiver,
        22 => Answer::Assist { team: why },
        23 => Answer::Regress { evidence },
        _ => Answer::Close { remedy: None },
    }
}

/// Mostly ahead, seldom behind.
fn instant(chance: &mut Chance, at: Timestamp, within_hours: u64) -> Timestamp {
    let ahead = i64::try_from(chance.below(within_hours)).expect("small");
    hours(at, if chance.once_in(10) { -ahead } else { ahead })
}

fn why(chance: &mut Chance) -> String {
    let reasons = ["", "a new fact about it", "checked on the spot"];
    let reason = if chance.once_in(15) { 0 } else { 1 + chance.below(2) };
    reasons[usize::try_from(reason).expect("small")].to_owned()
}
