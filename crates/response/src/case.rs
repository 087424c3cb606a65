//! A vulnerability case: one deduplicated subject of work (domain guide, section 7.1).

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use bongsu_authority::{CaseId, Label, NodeCode, PersonId};

/// Where a case stands.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CaseState {
    Received,
    Merged,
    Screened,
    Rejected,
    Validating,
    Confirmed,
    Coordinating,
    FixAvailable,
    Published,
    InCampaign,
    Closed,
    Reopened,
}

/// Where a case came from.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    Human,
    Ai,
    Feed,
}

/// Is it exploited?
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Exploitation {
    None,
    Poc,
    Active,
}

/// Is there a remedy?
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Fix {
    None,
    Workaround,
    Patch,
    /// End of support: isolate or retire.
    NoFixEver,
}

/// Technical impact.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Impact {
    Partial,
    Total,
}

/// Mission and well-being.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Mission {
    Low,
    Medium,
    High,
}

/// No publication before a date or an event.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Embargo {
    pub until: Option<Timestamp>,
    pub event: Option<String>,
}

/// A member of the compartment.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Member {
    pub person: PersonId,
    pub reason: String,
    pub until: Option<Timestamp>,
}

/// What a case is opened with.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Opening {
    pub title: String,
    pub summary: String,
    pub identifiers: BTreeSet<String>,
    pub origin: Origin,
    /// The coordinator that works it.
    pub coord: NodeCode,
    pub label: Label,
    /// Is it public already? Then it goes straight to `Confirmed`.
    pub public: bool,
}

/// Inputs of the priority tables; what is not known is `None` and counts as the worst plausible value.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct Triage {
    pub automatable: Option<bool>,
    pub impact: Option<Impact>,
    pub mission: Option<Mission>,
}

/// A case as the fold has it.
#[derive(Clone, Debug, PartialEq)]
pub struct Case {
    pub id: CaseId,
    pub title: String,
    pub summary: String,
    pub identifiers: BTreeSet<String>,
    pub origin: Origin,
    pub coord: NodeCode,
    pub label: Label,
    pub state: CaseState,
    /// The state before a merge or a rejection, for taking it back.
    pub before: Option<CaseState>,
    pub merged_into: Option<CaseId>,
    pub exploitation: Exploitation,
    pub exploited_since: Option<Timestamp>,
    pub exploitation_said_by: Option<String>,
    pub fix: Fix,
    pub embargo: Option<Embargo>,
    pub triage: Triage,
    pub members: Vec<Member>,
    pub opened_at: Timestamp,
    /// Log entries that changed this case: the guard of optimistic locking.
    pub version: u64,
}
