//! Campaign × institution: the thing with a state and a clock (domain guide, section 7.2).
//!
//! The arrows stand in [`steps`], what they ask for in [`Obligation::wish`], what they change in [`Obligation::apply`].

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use bongsu_authority::{ActId, AppointmentId, InstitutionId, PersonId};

use crate::Exposure;
use crate::event::IssueClocks;
use crate::words::words;

mod apply;
pub mod steps;
#[cfg(test)]
mod tests;
mod wish;

pub use wish::{Facts, JUSTIFICATIONS};

/// SHA-256 of what backs a claim. Printed and recorded as 64 hex digits.
#[derive(Clone, Copy, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Evidence(pub [u8; 32]);

impl fmt::Display for Evidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Evidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Evidence({self})")
    }
}

impl Serialize for Evidence {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Evidence {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'_, str>>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// This is no SHA-256.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("evidence is 64 lower-case hex digits: the SHA-256 of what backs it")]
pub struct ParseEvidenceError;

impl std::str::FromStr for Evidence {
    type Err = ParseEvidenceError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        if text.len() != 64 || !text.bytes().all(digit) {
            return Err(ParseEvidenceError);
        }
        let mut bytes = [0; 32];
        for (byte, at) in bytes.iter_mut().zip((0..64).step_by(2)) {
            *byte = u8::from_str_radix(&text[at..at + 2], 16).map_err(|_| ParseEvidenceError)?;
        }
        Ok(Self(bytes))
    }
}

/// Where an obligation stands. Overdue and escalation are derived, never stored.
///
/// Numbers are the column's values in the store: they may grow, they may not change.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum Status {
    /// Issued; no channel has a receipt yet.
    Created = 0,
    /// A channel has a receipt.
    Delivered = 1,
    /// All channels failed: relay, phone, letter.
    Unreachable = 2,
    /// The accountable officer saw it.
    Acknowledged = 3,
    /// Nobody can tell yet whether it is affected; never shown as safe.
    Unknown = 4,
    /// Not affected, with a justification.
    NotAffected = 5,
    /// Affected.
    Affected = 6,
    /// A plan with a date.
    Planned = 7,
    /// A workaround is in place.
    Mitigated = 8,
    /// Claimed by an operator or a provider, not yet countersigned.
    Claimed = 9,
    /// Claimed fixed, by or with the accountable officer.
    Remediated = 10,
    /// Proven by somebody else, or by the inventory.
    Verified = 11,
    /// The remaining risk is accepted for a time.
    Waived = 12,
    /// Nothing is left to do.
    Closed = 13,
    /// The act was withdrawn or amended away.
    Released = 14,
}

impl Status {
    /// The status of a number in the store.
    pub fn from_number(number: u8) -> Option<Self> {
        Self::ALL.get(usize::from(number)).copied()
    }

    /// The number in the store.
    pub fn number(self) -> u8 {
        self as u8
    }

    /// Has it ended, so that only a regression of a closed one brings it back?
    pub fn is_over(self) -> bool {
        matches!(self, Self::Closed | Self::Released)
    }

    /// Does the act's withdrawal release it? Everything but what is proven, not affected, or over.
    pub fn is_releasable(self) -> bool {
        !self.is_over() && !matches!(self, Self::Verified | Self::NotAffected)
    }

    /// May more time, or acceptance of the risk, be asked for?
    pub(crate) fn is_fixing(self) -> bool {
        matches!(self, Self::Affected | Self::Planned | Self::Mitigated)
    }
}

/// How a flaw was dealt with.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Remedy {
    /// Brought to a fixed version.
    Patched,
    /// The component was taken out.
    Removed,
    /// The system was cut off from what could reach it.
    Isolated,
    /// The system was switched off for good.
    Retired,
}

/// What an institution says of itself, or the engine of its inventory.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Assessment {
    /// It is.
    Affected,
    /// There is no "not affected" without a reason.
    NotAffected {
        /// One of the five words of VEX, or a sentence.
        justification: String,
    },
    /// Nobody can tell yet.
    Unknown,
}

/// An assessment without its reason.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Word {
    /// Affected.
    Affected,
    /// Not affected.
    NotAffected,
    /// Cannot tell.
    Unknown,
}

impl Assessment {
    /// It without its reason.
    pub fn word(&self) -> Word {
        match self {
            Self::Affected => Word::Affected,
            Self::NotAffected { .. } => Word::NotAffected,
            Self::Unknown => Word::Unknown,
        }
    }
}

/// The assessment that stands.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Assessed {
    /// What it says.
    pub assessment: Assessment,
    /// The officer who says it; `None` where the engine does, from the inventory.
    pub officer: Option<PersonId>,
}

/// A claim that something is fixed carries what backs it.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Claim {
    /// How.
    pub remedy: Remedy,
    /// What backs it.
    pub evidence: Evidence,
    /// Who claims; nobody verifies their own claim.
    pub by: PersonId,
    /// The accountable officer claimed, so no countersignature is needed.
    pub accountable: bool,
}

/// A granted waiver: until when, under which compensating control.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Term {
    /// The first instant after it.
    pub until: Timestamp,
    /// What reduces the risk meanwhile.
    pub control: String,
}

/// Something that was asked for and not decided.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Asked<T> {
    /// What.
    pub what: T,
    /// Who asks, and so does not decide.
    pub by: PersonId,
}

/// What somebody else found out.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
pub enum Finding {
    /// It is fixed, or not affected indeed.
    Verified,
    /// It is not.
    Refuted,
    /// It came back.
    Regressed,
}

/// The latest check and what backs it.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Check {
    /// What was found.
    pub finding: Finding,
    /// What backs it.
    pub evidence: Evidence,
}

/// The latest decision on what was asked, so that its repetition is no news.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub enum Decision {
    /// On more time.
    Extension(Option<Timestamp>),
    /// On the remaining risk.
    Waiver(Option<Term>),
}

/// The remediation class (BOD 26-04): how soon.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RemediationClass {
    /// Three days, and a forensic check before it is closed.
    ThreeDaysForensic,
    /// Three days.
    ThreeDays,
    /// Fourteen days.
    FourteenDays,
    /// Sixty days.
    SixtyDays,
    /// With the next upgrade.
    NextUpgrade,
}

words! {
    Status {
        Created: "issued", "발령";
        Delivered: "delivered", "전달";
        Unreachable: "unreachable", "연락 불가";
        Acknowledged: "acknowledged", "수신확인";
        Unknown: "of unknown impact", "영향 확인 중";
        NotAffected: "not affected", "영향 없음";
        Affected: "affected", "영향 있음";
        Planned: "planned", "조치 계획";
        Mitigated: "mitigated", "임시조치";
        Claimed: "claimed, to be countersigned", "조치 보고";
        Remediated: "remediated", "조치완료";
        Verified: "verified", "이행검증";
        Waived: "waived", "예외승인";
        Closed: "closed", "종결";
        Released: "released", "대상 해제";
    }
    Remedy {
        Patched: "patched", "패치";
        Removed: "removed", "제거";
        Isolated: "isolated", "격리";
        Retired: "retired", "폐기";
    }
    RemediationClass {
        ThreeDaysForensic: "3 days and a forensic check", "3일 · 침해 점검";
        ThreeDays: "3 days", "3일";
        FourteenDays: "14 days", "14일";
        SixtyDays: "60 days", "60일";
        NextUpgrade: "next upgrade", "다음 업그레이드";
    }
}

/// The instants by which things are owed; a clock only ever shortens without a signature.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Clocks {
    /// How soon.
    pub class: RemediationClass,
    /// The last instant to acknowledge.
    pub acknowledge_by: Timestamp,
    /// The last instant to assess.
    pub assess_by: Timestamp,
    /// None where the class is the next upgrade.
    pub fix_by: Option<Timestamp>,
}

impl Clocks {
    /// The sooner of both, clock by clock; the sooner class. No date is later than any date.
    #[must_use]
    pub fn shortened(&self, other: &Self) -> Self {
        Self {
            class: self.class.min(other.class),
            acknowledge_by: self.acknowledge_by.min(other.acknowledge_by),
            assess_by: self.assess_by.min(other.assess_by),
            fix_by: match (self.fix_by, other.fix_by) {
                (Some(one), Some(two)) => Some(one.min(two)),
                (one, two) => one.or(two),
            },
        }
    }
}

impl IssueClocks {
    /// The sooner of both, each by exposure.
    #[must_use]
    pub fn shortened(&self, other: &Self) -> Self {
        Self {
            exposed: self.exposed.shortened(&other.exposed),
            inside: self.inside.shortened(&other.inside),
        }
    }
}

/// When each step was first reached: receipt, acknowledgement and assessment since the obligation began, what follows
/// since it last regressed.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct Marks {
    /// A channel has a receipt.
    pub delivered: Option<Timestamp>,
    /// The accountable officer saw it.
    pub acknowledged: Option<Timestamp>,
    /// Affected or not, or unknown: somebody looked.
    pub assessed: Option<Timestamp>,
    /// A workaround is in place.
    pub mitigated: Option<Timestamp>,
    /// Claimed fixed, by or with the accountable officer; or proven without a claim.
    pub remediated: Option<Timestamp>,
    /// Proven.
    pub verified: Option<Timestamp>,
    /// Settled; none again while it is not.
    pub settled: Option<Timestamp>,
}

/// An obligation as the fold has it.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Obligation {
    /// Under which act.
    pub act: ActId,
    /// Whose.
    pub institution: InstitutionId,
    /// Where it stands.
    pub status: Status,
    /// What the inventory said at issue.
    pub exposure: Exposure,
    /// Affected systems at issue.
    pub systems: u32,
    /// By when.
    pub clocks: Clocks,
    /// When the act was signed, or amended to add it.
    pub created_at: Timestamp,
    /// Who was accountable then.
    pub accountable_at_issue: AppointmentId,
    /// When each step was first reached.
    pub marks: Marks,
    /// All channels failed and no receipt has come since, whatever the inventory has said meanwhile.
    pub unreachable: bool,
    /// The assessment that stands.
    pub assessed: Option<Assessed>,
    /// What the engine said last, from the inventory or the supplier's statement; it never overrules an officer.
    pub engine_says: Option<Assessment>,
    /// Said to be not affected against the inventory: not settled until somebody else verifies it.
    pub contradicted: bool,
    /// The date of the plan.
    pub planned_until: Option<Timestamp>,
    /// The workaround.
    pub mitigation: Option<String>,
    /// The claim that stands.
    pub claim: Option<Claim>,
    /// Who countersigned it; as little its verifier as the claimant.
    pub countersigned_by: Option<PersonId>,
    /// The latest check.
    pub checked: Option<Check>,
    /// The latest forensic check since it began, regressed or was refuted.
    pub forensic_clean: Option<bool>,
    /// What backs it.
    pub forensic_evidence: Option<Evidence>,
    /// An extension that was asked for and not decided.
    pub extension_asked: Option<Asked<Timestamp>>,
    /// The fix date an officer granted, if one did.
    pub extended_until: Option<Timestamp>,
    /// A waiver that was asked for and not decided.
    pub waiver_asked: Option<Asked<Term>>,
    /// The waiver that stands.
    pub waiver: Option<Term>,
    /// The latest decision on either.
    pub decided: Option<Decision>,
    /// The support team that helps.
    pub team: Option<String>,
    /// How it was dealt with, once closed.
    pub remedy: Option<Remedy>,
    /// How often verification refuted a claim.
    pub false_closures: u32,
    /// How often the flaw came back.
    pub regressions: u32,
    /// Log entries that changed this obligation: the guard of optimistic locking.
    pub version: u64,
}

impl Obligation {
    /// Is nothing owed now? A waiver settles while it lasts; "not affected" against the inventory does not.
    pub fn settled(&self) -> bool {
        match self.status {
            Status::NotAffected => !self.contradicted,
            Status::Verified | Status::Waived | Status::Closed | Status::Released => true,
            _ => false,
        }
    }

    /// Is nothing owed at this instant? As [`settled`](Self::settled), but a waiver that has run out settles nothing,
    /// even before its end is recorded.
    pub fn settled_at(&self, at: Timestamp) -> bool {
        self.settled() && self.waiver.as_ref().is_none_or(|term| at < term.until)
    }

    /// What officers hold to be so, which the engine may contradict and never overrule: their own assessment, or that
    /// they work on it as affected. An officer's "cannot tell" stands against nothing.
    pub fn officers_word(&self) -> Option<Word> {
        let said = self.assessed.as_ref().is_some_and(|assessed| assessed.officer.is_some());
        match self.status {
            Status::Affected if said => Some(Word::Affected),
            Status::NotAffected if said => Some(Word::NotAffected),
            Status::Planned
            | Status::Mitigated
            | Status::Claimed
            | Status::Remediated
            | Status::Waived => Some(Word::Affected),
            _ => None,
        }
    }

    /// Does the engine say otherwise than the officers? Then somebody should look.
    pub fn engine_differs(&self) -> bool {
        let engine = self.engine_says.as_ref().map(Assessment::word);
        match (self.officers_word(), engine) {
            (Some(officers), Some(engine)) => engine != Word::Unknown && engine != officers,
            _ => false,
        }
    }

    /// Does a support team help?
    pub fn assisted(&self) -> bool {
        self.team.is_some()
    }

    /// Does a check by somebody else wait: of a claim, or of "not affected" against the inventory?
    pub fn needs_verification(&self) -> bool {
        self.status == Status::Remediated || self.contradicted
    }
}
