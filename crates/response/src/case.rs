//! A vulnerability case: one deduplicated subject of work (domain guide, section 7.1).
//!
//! The arrows stand in [`arrows`], what they ask for in [`Case::wish`], what they change in [`Case::apply`].

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub use bongsu_authority::access::Member;
use bongsu_authority::{CaseId, Label, NodeCode, PersonId};

use crate::words::words;

mod apply;
pub mod arrows;
#[cfg(test)]
mod tests;
mod wish;

pub use wish::Facts;

/// Where a case stands.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CaseState {
    /// Came in; nobody has looked yet.
    Received,
    /// Is the same flaw as another case, and worked there.
    Merged,
    /// Format, spam and duplicates were looked at.
    Screened,
    /// Found to be none.
    Rejected,
    /// Being reproduced.
    Validating,
    /// It is a flaw.
    Confirmed,
    /// The supplier was told; under embargo.
    Coordinating,
    /// The supplier has a fix; not yet public.
    FixAvailable,
    /// Public.
    Published,
    /// An act asks institutions to deal with it.
    InCampaign,
    /// Nothing is owed any more.
    Closed,
    /// A new fact: to be validated again.
    Reopened,
}

/// Where a case came from.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// A person reported it.
    Human,
    /// A laboratory's machines reported it.
    Ai,
    /// A public feed carried it.
    Feed,
}

/// Is it exploited?
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Exploitation {
    /// Nobody says so.
    None,
    /// A proof of concept is public.
    Poc,
    /// It is being exploited.
    Active,
}

/// Is there a remedy?
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Fix {
    /// Not yet.
    None,
    /// Something that helps until there is a fix.
    Workaround,
    /// A fixed version.
    Patch,
    /// End of support: isolate or retire.
    NoFixEver,
}

/// Technical impact.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Impact {
    /// Limited control, or control of a part.
    Partial,
    /// Total control.
    Total,
}

/// Mission and well-being.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Mission {
    /// Little depends on it.
    Low,
    /// Something essential is supported by it.
    Medium,
    /// Something essential stops without it.
    High,
}

words! {
    CaseState {
        Received: "received", "접수";
        Merged: "merged", "병합";
        Screened: "screened", "선별";
        Rejected: "rejected", "기각";
        Validating: "being validated", "검증 중";
        Confirmed: "confirmed", "확인";
        Coordinating: "being coordinated", "조정 중";
        FixAvailable: "fixed by its supplier", "수정 가능";
        Published: "published", "공개";
        InCampaign: "in a campaign", "조치 캠페인";
        Closed: "closed", "종결";
        Reopened: "reopened", "재개";
    }
    Origin {
        Human: "a person", "사람";
        Ai: "a machine", "인공지능";
        Feed: "a feed", "공개 정보";
    }
    Exploitation {
        None: "no exploitation known", "악용 정보 없음";
        Poc: "proof of concept public", "개념증명 공개";
        Active: "being exploited", "악용 확인";
    }
    Fix {
        None: "no remedy yet", "조치 방법 없음";
        Workaround: "workaround", "임시조치";
        Patch: "fixed version", "수정 버전";
        NoFixEver: "never to be fixed", "수정 불가";
    }
    Impact {
        Partial: "partial", "일부";
        Total: "total", "전체";
    }
    Mission {
        Low: "low", "낮음";
        Medium: "medium", "중간";
        High: "high", "높음";
    }
}

/// No publication before a date or an event.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Embargo {
    /// The first instant after it, if a date was agreed.
    pub until: Option<Timestamp>,
    /// What ends it, if an event was agreed.
    pub event: Option<String>,
}

impl Embargo {
    /// Does it hold at this instant? One that ends with an event holds until it is lifted.
    pub fn holds_at(&self, at: Timestamp) -> bool {
        self.until.is_none_or(|until| at < until)
    }

    /// Does it end before the other does? One that waits for an event has no end.
    pub fn ends_before(&self, other: &Self) -> bool {
        self.until.is_some_and(|own| other.until.is_none_or(|other| own < other))
    }
}

/// One person would end an embargo before its time; a second may agree.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Lift {
    /// Who proposed it.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
    /// The first instant after the embargo then; `None`: at once, when the second agrees.
    pub until: Option<Timestamp>,
    /// Why.
    pub why: String,
}

/// What a case is opened with.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Opening {
    /// One line.
    pub title: String,
    /// A paragraph.
    pub summary: String,
    /// CVE, GHSA, OSV and vendors' identifiers.
    pub identifiers: BTreeSet<String>,
    /// Where it came from.
    pub origin: Origin,
    /// The coordinator that works it.
    pub coord: NodeCode,
    /// How far it may go.
    pub label: Label,
    /// Is it public already? Then it goes straight to `Confirmed`.
    pub public: bool,
}

/// Inputs of the priority tables; what is not known is `None` and counts as the worst plausible value.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct Triage {
    /// Can exploitation be automated?
    pub automatable: Option<bool>,
    /// How much control does it give?
    pub impact: Option<Impact>,
    /// What depends on what is touched?
    pub mission: Option<Mission>,
}

/// A case as the fold has it.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Case {
    /// Its id.
    pub id: CaseId,
    /// One line.
    pub title: String,
    /// A paragraph.
    pub summary: String,
    /// CVE, GHSA, OSV and vendors' identifiers.
    pub identifiers: BTreeSet<String>,
    /// Where it came from.
    pub origin: Origin,
    /// The coordinator that works it.
    pub coord: NodeCode,
    /// How far it may go.
    pub label: Label,
    /// Is it public: opened so, or published since?
    pub public: bool,
    /// Where it stands.
    pub state: CaseState,
    /// The state before a merge or a rejection, for taking it back.
    pub before: Option<CaseState>,
    /// The case it was merged into, while it is.
    pub merged_into: Option<CaseId>,
    /// The first of two persons who would reject a severe claim, until it is rejected or moves on.
    pub rejection_proposed_by: Option<PersonId>,
    /// Is it exploited?
    pub exploitation: Exploitation,
    /// Since when.
    pub exploited_since: Option<Timestamp>,
    /// Who says so.
    pub exploitation_said_by: Option<String>,
    /// Is there a remedy?
    pub fix: Fix,
    /// No publication before this.
    pub embargo: Option<Embargo>,
    /// Proposed by one of two: an end of the embargo before its time.
    #[serde(default)]
    pub lift: Option<Lift>,
    /// Inputs of the priority tables.
    pub triage: Triage,
    /// The compartment.
    pub members: Vec<Member>,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// Log entries that changed this case: the guard of optimistic locking.
    pub version: u64,
}

impl Case {
    /// Does rejecting it take two persons? So it does where the impact is total or unknown, or it is exploited.
    pub fn severe(&self) -> bool {
        self.triage.impact != Some(Impact::Partial) || self.exploitation == Exploitation::Active
    }
}
