//! What can be done with a case.

use std::collections::BTreeSet;

use bongsu_authority::access::Action;
use bongsu_authority::{CaseId, PersonId};
use bongsu_desk::Asking;
use bongsu_response::{
    Case, CaseState, CaseWish, Embargo, Exploitation, Fix, Impact, Member, Mission, Triage, Wish,
};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::problem::{Own, Problem};
use crate::wire::{Few, Id, Identifier, Line, Passage, When, Word};

pub(super) const ACTIONS: &[Action] = &[
    Action::ScreenCase,
    Action::WorkCase,
    Action::ConfirmCase,
    Action::ProposeRejection,
    Action::RejectCase,
    Action::PublishCase,
    Action::MergeCase,
    Action::SplitCase,
    Action::SetExploitation,
    Action::SetEmbargo,
    Action::ProposeLift,
    Action::LiftEmbargo,
    Action::AddMember,
    Action::RemoveMember,
    Action::SeeCase,
    Action::ReopenCase,
    Action::CloseCase,
];

/// A step with a case.
#[derive(Clone, Debug, Deserialize, JsonSchema, Serialize)]
#[serde(tag = "step", rename_all = "snake_case", deny_unknown_fields)]
#[schemars(rename = "CaseStep", example = serde_json::json!({ "step": "screen" }))]
pub(super) enum Step {
    /// Format, spam and duplicates were looked at.
    Screen {},
    /// It is being reproduced.
    Validate {},
    /// It is a flaw.
    Confirm {
        /// What shows it.
        why: Passage,
    },
    /// It is none; of a severe claim the first person proposes and the second rejects.
    Reject {
        /// Why, for the finder.
        why: Passage,
    },
    /// The supplier is told, under embargo.
    Coordinate {
        /// How long: a date, an event, or both.
        #[serde(default)]
        embargo: Held,
    },
    /// It is public; an embargo ends with it.
    Publish {
        /// Why now.
        why: Passage,
    },
    /// It is the same flaw as another case.
    Merge {
        /// As which.
        #[schemars(with = "Id")]
        into: CaseId,
        /// Why.
        why: Passage,
    },
    /// It is another flaw after all.
    Split {
        /// Why.
        why: Passage,
    },
    /// It has these identifiers, too.
    Identify {
        /// CVE, GHSA, OSV and vendors' identifiers.
        identifiers: Few<Identifier, 32>,
    },
    /// Inputs of the priority tables; what is left out is not known.
    Triage {
        /// Can exploitation be automated?
        automatable: Option<bool>,
        /// How much control does it give?
        #[schemars(with = "Option<Word<Impact>>")]
        impact: Option<Impact>,
        /// What depends on what is touched?
        #[schemars(with = "Option<Word<Mission>>")]
        mission: Option<Mission>,
    },
    /// Exploitation became known, or a claim of it was withdrawn.
    Exploit {
        /// Is it exploited?
        #[schemars(with = "Word<Exploitation>")]
        exploitation: Exploitation,
        /// Since when.
        #[schemars(with = "When")]
        since: Timestamp,
        /// Who says so.
        said_by: Line,
    },
    /// The state of the remedy changed.
    Remedy {
        /// Is there one?
        #[schemars(with = "Word<Fix>")]
        fix: Fix,
    },
    /// An embargo is set, or moved later.
    SetEmbargo {
        /// How long: a date, an event, or both.
        #[serde(default)]
        embargo: Held,
    },
    /// The first of two persons would end the embargo before its time.
    ProposeLift {
        /// The first instant after it then; at once, where left out.
        #[schemars(with = "Option<When>")]
        until: Option<Timestamp>,
        /// Why.
        why: Passage,
    },
    /// The second agrees to what is proposed.
    LiftEmbargo {
        /// As it is proposed: what stands proposed may be another by now.
        #[schemars(with = "Option<When>")]
        until: Option<Timestamp>,
    },
    /// Or does not: the embargo stays.
    KeepEmbargo {
        /// Why.
        why: Passage,
    },
    /// Somebody is let into the compartment.
    AddMember {
        /// Who.
        #[schemars(with = "Id")]
        person: PersonId,
        /// Why they need to know.
        reason: Passage,
        /// Until when.
        #[schemars(with = "Option<When>")]
        until: Option<Timestamp>,
    },
    /// Somebody leaves it.
    RemoveMember {
        /// Who.
        #[schemars(with = "Id")]
        person: PersonId,
    },
    /// What only members may read is read.
    Read {
        /// What for.
        why: Passage,
    },
    /// A new fact: it is validated again.
    Reopen {
        /// Which.
        why: Passage,
    },
    /// Nothing is owed any more.
    Close {},
}

/// How long nothing is published.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Held {
    /// The first instant after it, where a date is agreed.
    #[schemars(with = "Option<When>")]
    until: Option<Timestamp>,
    /// What ends it, where an event is.
    event: Option<Line>,
}

impl From<Held> for Embargo {
    fn from(held: Held) -> Self {
        Self { until: held.until, event: held.event.map(|event| event.0) }
    }
}

/// Identifiers of a flaw, each readable.
pub(super) fn identifiers(all: Few<Identifier, 32>) -> Result<BTreeSet<String>, Problem> {
    let read = |one: Identifier| match one.0.parse::<bongsu_advisory::VulnerabilityId>() {
        Ok(name) => Ok(name.as_str().to_owned()),
        Err(error) => Err(Problem::unfit(
            Own::Identifier.with("given", &one.0),
            format!("`{}` is no identifier: {error}", one.0),
        )),
    };
    all.0.into_iter().map(read).collect()
}

impl Step {
    pub(super) fn wish(self) -> Result<CaseWish, Problem> {
        Ok(match self {
            Self::Screen {} => CaseWish::Screen,
            Self::Validate {} => CaseWish::Validate,
            Self::Confirm { why } => CaseWish::Confirm { why: why.0 },
            Self::Reject { why } => CaseWish::Reject { why: why.0 },
            Self::Coordinate { embargo } => CaseWish::Coordinate { embargo: embargo.into() },
            Self::Publish { why } => CaseWish::Publish { why: why.0 },
            Self::Merge { into, why } => CaseWish::Merge { into, why: why.0 },
            Self::Split { why } => CaseWish::Split { why: why.0 },
            Self::Identify { identifiers: all } => {
                CaseWish::Identify { identifiers: identifiers(all)? }
            }
            Self::Triage { automatable, impact, mission } => {
                CaseWish::Triage(Triage { automatable, impact, mission })
            }
            Self::Exploit { exploitation, since, said_by } => {
                CaseWish::Exploit { exploitation, since, said_by: said_by.0 }
            }
            Self::Remedy { fix } => CaseWish::Remedy(fix),
            Self::SetEmbargo { embargo } => CaseWish::SetEmbargo(embargo.into()),
            Self::ProposeLift { until, why } => CaseWish::ProposeLift { until, why: why.0 },
            Self::LiftEmbargo { until } => CaseWish::LiftEmbargo { until },
            Self::KeepEmbargo { why } => CaseWish::KeepEmbargo { why: why.0 },
            Self::AddMember { person, reason, until } => {
                CaseWish::AddMember(Member { person, reason: reason.0, until })
            }
            Self::RemoveMember { person } => CaseWish::RemoveMember(person),
            Self::Read { why } => CaseWish::Read { why: why.0 },
            Self::Reopen { why } => CaseWish::Reopen { why: why.0 },
            Self::Close {} => CaseWish::Close,
        })
    }
}

/// What one person proposed of a case and whoever asks may decide as the second.
pub(super) fn second(asking: &Asking<'_>, case: &Case) -> Option<&'static str> {
    let reject = case.rejection_proposed_by.map(|_| CaseWish::Reject { why: String::new() });
    let lift = case.lift.as_ref().map(|lift| CaseWish::LiftEmbargo { until: lift.until });
    let may = |wish| asking.to(&Wish::Case { case: case.id, wish }).is_ok();
    let mut proposed = [("reject", reject), ("lift_embargo", lift)].into_iter();
    proposed.find_map(|(step, wish)| may(wish?).then_some(step))
}

/// Steps that whoever asks may take from where the case stands, by name: what a desk shows as its buttons.
///
/// A step may still be refused for what is said with it, or for what others owe.
pub(super) fn open(asking: &Asking<'_>, case: &Case) -> Vec<&'static str> {
    use CaseState::{
        Closed, Confirmed, Coordinating, Merged, Published, Received, Rejected, Reopened, Screened,
        Validating,
    };
    let leads = |to| case.state != Merged && case.state.leads_to(to);
    let stands = !case.state.is_over();
    let told = |to| leads(to) && (case.state != Screened || case.public);
    let out = leads(Published) && (case.state != Confirmed || case.public);
    let embargo = Embargo { until: None, event: None };
    let lift = case.lift.as_ref();
    let (why, person) = (String::new, PersonId([0; 16]));
    let member = Member { person, reason: why(), until: None };
    let (into, since) = (case.id, case.opened_at);
    let exploitation = case.exploitation;
    let exploit = CaseWish::Exploit { exploitation, since, said_by: why() };
    #[rustfmt::skip]
    let steps = [
        ("screen",        case.state == Received,           CaseWish::Screen),
        ("validate",      leads(Validating),                CaseWish::Validate),
        ("confirm",       told(Confirmed),                  CaseWish::Confirm { why: why() }),
        ("coordinate",    leads(Coordinating) && !case.public, CaseWish::Coordinate { embargo: embargo.clone() }),
        ("publish",       out,                              CaseWish::Publish { why: why() }),
        ("close",         leads(Closed),                    CaseWish::Close),
        ("reopen",        leads(Reopened),                  CaseWish::Reopen { why: why() }),
        ("reject",        leads(Rejected),                  CaseWish::Reject { why: why() }),
        ("merge",         leads(Merged),                    CaseWish::Merge { into, why: why() }),
        ("split",         case.state == Merged,             CaseWish::Split { why: why() }),
        ("identify",      stands,                           CaseWish::Identify { identifiers: BTreeSet::new() }),
        ("triage",        stands,                           CaseWish::Triage(case.triage)),
        ("exploit",       stands,                           exploit),
        ("remedy",        stands,                           CaseWish::Remedy(case.fix)),
        ("set_embargo",   stands && !case.public,           CaseWish::SetEmbargo(embargo)),
        ("propose_lift",  stands && case.embargo.is_some() && lift.is_none(), CaseWish::ProposeLift { until: None, why: why() }),
        ("lift_embargo",  stands && lift.is_some(),         CaseWish::LiftEmbargo { until: lift.and_then(|lift| lift.until) }),
        ("keep_embargo",  stands && lift.is_some(),         CaseWish::KeepEmbargo { why: why() }),
        ("add_member",    stands,                           CaseWish::AddMember(member)),
        ("remove_member", !case.members.is_empty(),         CaseWish::RemoveMember(person)),
    ];
    let may = |wish| asking.to(&Wish::Case { case: case.id, wish }).is_ok();
    let open = steps.into_iter().filter(|(_, possible, _)| *possible);
    open.filter_map(|(name, _, wish)| may(wish).then_some(name)).collect()
}
