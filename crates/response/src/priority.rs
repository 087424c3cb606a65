//! How soon, and how much attention: decision tables as versioned, dated data (domain guide, section 9).
//!
//! Two tables ship, read by the same reader a nation's own table goes through. An input that is not known takes the worst
//! plausible value: of all rows that could still be the right one, the strictest decides, and the decision names what it
//! assumed. Learning a fact only strikes rows out, so it can make an outcome later, never sooner than what was assumed.

mod reading;
mod shipped;
mod table;
#[cfg(test)]
mod tests;

use jiff::Timestamp;

pub use reading::{MAX_TEXT_BYTES, TableError};
pub use table::{Eased, Outcome, Row, Table};

use crate::case::{Impact, Mission};
use crate::words::words;
use crate::{Case, Exploitation, Exposure, RemediationClass};

/// How much attention a case deserves (CISA's coordinator levels), mildest first.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Attention {
    /// The normal cycle.
    Track,
    /// The normal cycle, watched closely.
    TrackStar,
    /// Management attention, sooner than the normal cycle.
    Attend,
    /// Leadership, as soon as possible.
    Act,
}

words! {
    Attention {
        Track: "track", "추적";
        TrackStar: "track*", "주시";
        Attend: "attend", "주의";
        Act: "act", "즉시 조치";
    }
}

/// What the tables ask about a flaw where it runs; what is not known is `None`.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Inputs {
    /// Is it exploited? Active exploitation is what "listed in KEV" means in the remediation table.
    pub exploitation: Option<Exploitation>,
    /// Does an affected system face the internet?
    pub exposed: Option<bool>,
    /// Can the attack be automated?
    pub automatable: Option<bool>,
    /// Technical impact.
    pub impact: Option<Impact>,
    /// Mission and well-being.
    pub mission: Option<Mission>,
}

impl Inputs {
    /// What a case knows, for an addressee with this exposure.
    ///
    /// A case always says whether exploitation is known, so that input is never assumed.
    pub fn of(case: &Case, exposure: Exposure) -> Self {
        Self { exposed: faces_the_internet(exposure), ..Self::of_case(case) }
    }

    /// What a case knows, without saying where it runs.
    pub fn of_case(case: &Case) -> Self {
        Self {
            exploitation: Some(case.exploitation),
            exposed: None,
            automatable: case.triage.automatable,
            impact: case.triage.impact,
            mission: case.triage.mission,
        }
    }
}

/// What an exposure says about facing the internet; nothing where the inventory cannot tell.
pub fn faces_the_internet(exposure: Exposure) -> Option<bool> {
    match exposure {
        Exposure::Exposed => Some(true),
        Exposure::Inside | Exposure::NotAffected => Some(false),
        Exposure::CannotTell | Exposure::NoInventory => None,
    }
}

/// A question a table has a column for.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Input {
    /// Is it known to be exploited (KEV, or the national list)?
    Listed,
    /// Is it exploited: not at all, in public proofs of concept, actively?
    Exploitation,
    /// Does an affected system face the internet?
    Exposed,
    /// Can the attack be automated?
    Automatable,
    /// Technical impact.
    Impact,
    /// Mission and well-being.
    Mission,
}

impl Input {
    /// The heading of its column.
    pub fn name(self) -> &'static str {
        match self {
            Self::Listed => "listed",
            Self::Exploitation => "exploitation",
            Self::Exposed => "exposed",
            Self::Automatable => "automatable",
            Self::Impact => "impact",
            Self::Mission => "mission",
        }
    }

    /// Its values, mildest first.
    pub fn values(self) -> &'static [&'static str] {
        match self {
            Self::Listed | Self::Exposed | Self::Automatable => &["no", "yes"],
            Self::Exploitation => &["none", "poc", "active"],
            Self::Impact => &["partial", "total"],
            Self::Mission => &["low", "medium", "high"],
        }
    }

    /// The place among [`Input::values`] of what is known; `None` where nothing is.
    pub fn known(self, inputs: &Inputs) -> Option<usize> {
        match self {
            Self::Listed => inputs.exploitation.map(|is| usize::from(is == Exploitation::Active)),
            Self::Exploitation => inputs.exploitation.map(|is| is as usize),
            Self::Exposed => inputs.exposed.map(usize::from),
            Self::Automatable => inputs.automatable.map(usize::from),
            Self::Impact => inputs.impact.map(|is| is as usize),
            Self::Mission => inputs.mission.map(|is| is as usize),
        }
    }
}

/// What a table said, and why.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Decision<O> {
    /// The outcome.
    pub outcome: O,
    /// The name of the table that decided.
    pub table: String,
    /// Its version.
    pub version: String,
    /// Who published it.
    pub source: String,
    /// The row that decided, counted from 1 as the table lists them.
    pub row: usize,
    /// Inputs that were not known and counted as the worst plausible value.
    pub assumed: Vec<Input>,
}

/// A nation's own tables; where one is absent the shipped one rules.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct National {
    /// How soon.
    pub remediation: Option<Table<RemediationClass>>,
    /// How much attention.
    pub triage: Option<Table<Attention>>,
}

/// How soon it must be fixed where these inputs hold, by the table in force at `at`.
pub fn remediation(
    inputs: &Inputs,
    at: Timestamp,
    national: Option<&National>,
) -> Decision<RemediationClass> {
    let own = national.and_then(|national| national.remediation.as_ref());
    in_force(own, shipped::remediation(), at).decide(inputs)
}

/// How much attention a flaw deserves, by the table in force at `at`.
pub fn triage(inputs: &Inputs, at: Timestamp, national: Option<&National>) -> Decision<Attention> {
    let own = national.and_then(|national| national.triage.as_ref());
    in_force(own, shipped::triage(), at).decide(inputs)
}

/// The remediation tables that ship, oldest first.
pub fn shipped_remediation() -> &'static [Table<RemediationClass>] {
    shipped::remediation()
}

/// The triage tables that ship, oldest first.
pub fn shipped_triage() -> &'static [Table<Attention>] {
    shipped::triage()
}

/// The nation's table while it is valid, else the newest shipped one that is.
///
/// Before the first shipped table began, and after the last ended, the nearest one rules: an act never goes without clocks.
fn in_force<'a, O: Outcome>(
    own: Option<&'a Table<O>>,
    shipped: &'a [Table<O>],
    at: Timestamp,
) -> &'a Table<O> {
    own.filter(|table| table.rules(at))
        .or_else(|| shipped.iter().rev().find(|table| table.rules(at)))
        .or_else(|| shipped.iter().rev().find(|table| table.from() <= at))
        .or(shipped.first())
        .expect("a test reads the shipped tables, and there is one of each")
}
