//! What can be said of an obligation.

use bongsu_authority::access::Action;
use bongsu_response::{Answer, Assessment, Evidence, Remedy, Term};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::wire::{Digest, Line, Passage, When, Word};

/// Everything that somebody may want to say; `authority` decides about each.
pub(super) const ACTIONS: &[Action] = &[
    Action::Acknowledge,
    Action::Assess,
    Action::Plan,
    Action::Mitigate,
    Action::ClaimFixed,
    Action::Countersign,
    Action::AskExtension,
    Action::AskWaiver,
    Action::ForensicCheck,
    Action::Verify,
    Action::Refute,
    Action::Regress,
    Action::GrantExtension,
    Action::GrantWaiver,
    Action::Assist,
    Action::MarkUnreachable,
    Action::CloseObligation,
];

/// An answer of the institution, or a step of a desk. Evidence is the SHA-256 of a document that stays where it is.
#[derive(Clone, Debug, Deserialize, JsonSchema, Serialize)]
#[serde(tag = "answer", rename_all = "snake_case", deny_unknown_fields)]
#[schemars(rename = "Answer", example = serde_json::json!({ "answer": "acknowledge" }))]
pub(super) enum Said {
    /// The accountable officer has seen it.
    Acknowledge {},
    /// We are affected.
    Affected {},
    /// We are not affected, for this reason: one of the words of VEX, or a sentence.
    NotAffected {
        /// Why not.
        justification: Passage,
    },
    /// We cannot tell yet.
    Unknown {},
    /// It will be done by then.
    Plan {
        /// By when.
        #[schemars(with = "When")]
        until: Timestamp,
    },
    /// A workaround is in place.
    Mitigate {
        /// What was done.
        how: Passage,
    },
    /// It is fixed.
    Claim {
        /// How.
        #[schemars(with = "Word<Remedy>")]
        remedy: Remedy,
        /// SHA-256 of what backs it.
        #[schemars(with = "Digest")]
        evidence: Evidence,
    },
    /// The accountable officer stands by the claim of an operator or a provider.
    Countersign {},
    /// Asks for more time.
    AskExtension {
        /// Until when.
        #[schemars(with = "When")]
        until: Timestamp,
        /// Why.
        why: Passage,
    },
    /// Asks that the remaining risk be accepted.
    AskWaiver {
        /// Until when.
        #[schemars(with = "When")]
        until: Timestamp,
        /// What reduces the risk meanwhile.
        control: Passage,
    },
    /// The result of a forensic check.
    ForensicCheck {
        /// Was nothing found?
        clean: bool,
        /// SHA-256 of its report.
        #[schemars(with = "Digest")]
        evidence: Evidence,
    },
    /// A desk proved the claim.
    Verify {
        /// SHA-256 of the proof.
        #[schemars(with = "Digest")]
        evidence: Evidence,
        /// How it was checked.
        how: Passage,
    },
    /// A desk refuted the claim.
    Refute {
        /// SHA-256 of the proof.
        #[schemars(with = "Digest")]
        evidence: Evidence,
        /// How it was checked.
        how: Passage,
    },
    /// It came back.
    Regress {
        /// SHA-256 of what shows it.
        #[schemars(with = "Digest")]
        evidence: Evidence,
    },
    /// A ministry grants more time, or refuses it.
    DecideExtension {
        /// Until when, at most as asked; nothing refuses it.
        #[schemars(with = "Option<When>")]
        granted: Option<Timestamp>,
        /// Why.
        why: Passage,
    },
    /// A ministry accepts the remaining risk for a time, or refuses to.
    DecideWaiver {
        /// On which terms; nothing refuses it.
        granted: Option<Terms>,
        /// Why.
        why: Passage,
    },
    /// A support team helps.
    Assist {
        /// Which.
        team: Line,
    },
    /// All channels failed.
    Unreachable {},
    /// Nothing is left to do.
    Close {
        /// How it was dealt with, where that is not what was claimed.
        #[schemars(with = "Option<Word<Remedy>>")]
        remedy: Option<Remedy>,
    },
}

/// The terms of a waiver.
#[derive(Clone, Debug, Deserialize, JsonSchema, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Terms {
    /// The first instant after it.
    #[schemars(with = "When")]
    until: Timestamp,
    /// What reduces the risk meanwhile.
    control: Passage,
}

impl From<Said> for Answer {
    fn from(said: Said) -> Self {
        let assess = |assessment| Self::Assess { assessment, contradicts_inventory: false };
        match said {
            Said::Acknowledge {} => Self::Acknowledge,
            Said::Affected {} => assess(Assessment::Affected),
            Said::NotAffected { justification } => {
                assess(Assessment::NotAffected { justification: justification.0 })
            }
            Said::Unknown {} => assess(Assessment::Unknown),
            Said::Plan { until } => Self::Plan { until },
            Said::Mitigate { how } => Self::Mitigate { how: how.0 },
            Said::Claim { remedy, evidence } => Self::Claim { remedy, evidence },
            Said::Countersign {} => Self::Countersign,
            Said::AskExtension { until, why } => Self::AskExtension { until, why: why.0 },
            Said::AskWaiver { until, control } => Self::AskWaiver { until, control: control.0 },
            Said::ForensicCheck { clean, evidence } => Self::ForensicCheck { clean, evidence },
            Said::Verify { evidence, how } => Self::Verify { evidence, how: how.0 },
            Said::Refute { evidence, how } => Self::Refute { evidence, how: how.0 },
            Said::Regress { evidence } => Self::Regress { evidence },
            Said::DecideExtension { granted, why } => Self::DecideExtension { granted, why: why.0 },
            Said::DecideWaiver { granted, why } => {
                let term = |terms: Terms| Term { until: terms.until, control: terms.control.0 };
                Self::DecideWaiver { granted: granted.map(term), why: why.0 }
            }
            Said::Assist { team } => Self::Assist { team: team.0 },
            Said::Unreachable {} => Self::Unreachable,
            Said::Close { remedy } => Self::Close { remedy },
        }
    }
}
