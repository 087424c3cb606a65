//! Campaign × institution: the thing with a state and a clock (domain guide, section 7.2).

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use bongsu_authority::{ActId, AppointmentId, InstitutionId, PersonId};

use crate::Exposure;

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
        let wrong = || serde::de::Error::custom("evidence is 64 lower-case hex digits");
        if text.len() != 64
            || !text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
        {
            return Err(wrong());
        }
        let mut bytes = [0; 32];
        for (byte, at) in bytes.iter_mut().zip((0..64).step_by(2)) {
            *byte = u8::from_str_radix(&text[at..at + 2], 16).map_err(|_| wrong())?;
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
    Created = 0,
    Delivered = 1,
    Unreachable = 2,
    Acknowledged = 3,
    Unknown = 4,
    NotAffected = 5,
    Affected = 6,
    Planned = 7,
    Mitigated = 8,
    /// Claimed by an operator or a provider, not yet countersigned.
    Claimed = 9,
    /// Claimed fixed, by or with the accountable officer.
    Remediated = 10,
    Verified = 11,
    Waived = 12,
    Closed = 13,
    /// The act was withdrawn or amended away.
    Released = 14,
}

/// How a flaw was dealt with.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Remedy {
    Patched,
    Removed,
    Isolated,
    Retired,
}

/// What an institution says of itself.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Assessment {
    Affected,
    /// There is no "not affected" without a reason.
    NotAffected {
        justification: String,
    },
    Unknown,
}

/// A claim that something is fixed carries what backs it.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Claim {
    pub remedy: Remedy,
    pub evidence: Evidence,
    /// Who claims; nobody verifies their own claim.
    pub by: PersonId,
    /// The accountable officer claimed, so no countersignature is needed.
    pub accountable: bool,
}

/// A granted waiver: until when, under which compensating control.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Term {
    pub until: Timestamp,
    pub control: String,
}

/// The remediation class (BOD 26-04): how soon.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RemediationClass {
    ThreeDaysForensic,
    ThreeDays,
    FourteenDays,
    SixtyDays,
    NextUpgrade,
}

/// The instants by which things are owed; a clock only ever shortens without a signature.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Clocks {
    pub class: RemediationClass,
    pub acknowledge_by: Timestamp,
    pub assess_by: Timestamp,
    /// None where the class is the next upgrade.
    pub fix_by: Option<Timestamp>,
}

/// When each step was first reached since the obligation began or last regressed.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Marks {
    pub delivered: Option<Timestamp>,
    pub acknowledged: Option<Timestamp>,
    pub assessed: Option<Timestamp>,
    pub mitigated: Option<Timestamp>,
    pub remediated: Option<Timestamp>,
    pub verified: Option<Timestamp>,
    pub settled: Option<Timestamp>,
}

/// An obligation as the fold has it.
#[derive(Clone, Debug, PartialEq)]
pub struct Obligation {
    pub act: ActId,
    pub institution: InstitutionId,
    pub status: Status,
    pub exposure: Exposure,
    pub systems: u32,
    pub clocks: Clocks,
    pub created_at: Timestamp,
    pub accountable_at_issue: AppointmentId,
    pub marks: Marks,
    pub claim: Option<Claim>,
    pub forensic_clean: Option<bool>,
    /// An extension that was asked for and not decided.
    pub extension_asked: Option<Timestamp>,
    /// A waiver that was asked for and not decided.
    pub waiver_asked: Option<Term>,
    pub waiver: Option<Term>,
    pub assisted: bool,
    /// How often verification refuted a claim.
    pub false_closures: u32,
    pub regressions: u32,
    /// Log entries that changed this obligation: the guard of optimistic locking.
    pub version: u64,
}
