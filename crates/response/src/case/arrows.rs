//! The arrows of a case, as the domain guide draws them (section 7.1).
//!
//! A state that is not reached by an arrow from where a case stands is not reached at all: [`Case::wish`] refuses it, and
//! [`Case::apply`] calls it a misfit.
//!
//! [`Case::wish`]: crate::Case::wish
//! [`Case::apply`]: crate::Case::apply

#[allow(clippy::enum_glob_use, reason = "a table of states reads better bare")]
use crate::CaseState::{self, *};

/// From, to, and what the arrow asks for.
#[rustfmt::skip]
pub const ARROWS: &[(CaseState, CaseState, &str)] = &[
    (Received,     Merged,       "engine or analyst; reversible by a split"),
    (Received,     Screened,     "format, spam and duplicates were looked at"),
    (Screened,     Rejected,     "an analyst; two persons where the claim is severe"),
    (Screened,     Validating,   "the coordinator"),
    (Screened,     Confirmed,    "public already: a feed carries it"),
    (Validating,   Confirmed,    "the coordinator, with evidence"),
    (Confirmed,    Coordinating, "not public; the supplier is told, an embargo set"),
    (Confirmed,    Published,    "public already"),
    (Coordinating, FixAvailable, "the supplier has a fixed version"),
    (FixAvailable, Published,    "the embargo is over, or an officer ends it"),
    (Coordinating, Published,    "deadline, embargo broken, or exploited; else an officer decides"),
    (Published,    InCampaign,   "an act that asks somebody was signed"),
    (InCampaign,   Closed,       "every obligation is settled"),
    (Reopened,     Validating,   "the coordinator"),

    // "any -> REOPENED": from wherever a judgement stands that a new fact can overturn.
    (Rejected,     Reopened,     "a new fact"),
    (Confirmed,    Reopened,     "a new fact"),
    (Coordinating, Reopened,     "a new fact"),
    (FixAvailable, Reopened,     "the fix can be bypassed"),
    (Published,    Reopened,     "a new fact"),
    (InCampaign,   Reopened,     "a new fact"),
    (Closed,       Reopened,     "a regression, or a bypass of the fix"),

    // What the guide leaves out and work needs.
    (Screened,     Merged,       "a duplicate is often seen only when one looks"),
    (Validating,   Merged,       "or when one reproduces it"),
    (Confirmed,    Merged,       "or when it is confirmed; later, others hold its name"),
    (Validating,   Rejected,     "what cannot be reproduced; as from screened"),
    (Published,    Closed,       "nobody had to be asked, or all is settled"),
    (Merged,       Received,     "a split brings it back to where it was"),
    (Merged,       Screened,     "a split"),
    (Merged,       Validating,   "a split"),
    (Merged,       Confirmed,    "a split"),
];

impl CaseState {
    /// Is there an arrow?
    pub fn leads_to(self, to: Self) -> bool {
        ARROWS.iter().any(|(from, into, _)| *from == self && *into == to)
    }

    /// Where arrows lead from here.
    pub fn nexts(self) -> impl Iterator<Item = Self> {
        ARROWS.iter().filter(move |(from, ..)| *from == self).map(|(_, to, _)| *to)
    }

    /// Is it over, as long as nobody reopens or splits it?
    pub fn is_over(self) -> bool {
        matches!(self, Merged | Rejected | Closed)
    }

    /// Is it known to be a flaw, so that an act may rest on it?
    pub fn is_confirmed(self) -> bool {
        matches!(self, Confirmed | Coordinating | FixAvailable | Published | InCampaign)
    }
}
