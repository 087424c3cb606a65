//! Deadlines as data: what starts a clock, how long it runs, who owes what to whom, and on which basis (domain guide,
//! section 8).
//!
//! Limits are calendar time and never pause. Instants are UTC; zones belong to whoever shows them. Where several rules
//! apply all their clocks run, and the earliest one speaks.

mod issue;
mod rows;
#[cfg(test)]
mod tests;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};

pub use issue::{Issued, issue, issue_clocks};

/// What a deadline rests on.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Kind {
    /// A statute.
    Statute,
    /// A foreign rule, or one an industry gave itself.
    Reference,
    /// Our default; a nation sets its own.
    Default,
}

/// How long somebody has.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Limit {
    /// Calendar time from the trigger.
    Within(SignedDuration),
    /// Calendar months from the trigger, to the same hour of the day in UTC, or the last day where there is no such day.
    Months(u8),
    /// "Without delay", "at once": the law names no time, so we aim at one.
    WithoutDelay {
        /// What we aim at; not a legal limit.
        target: SignedDuration,
    },
    /// No date: whenever the thing is next done anyway.
    NextUpgrade,
}

impl Limit {
    /// The instant by which it is owed when it was triggered at `from`; `None` where there is no date.
    pub fn due(self, from: Timestamp) -> Option<Timestamp> {
        match self {
            Self::Within(time) | Self::WithoutDelay { target: time } => {
                Some(from.saturating_add(time).unwrap_or(Timestamp::MAX))
            }
            Self::Months(months) => {
                let later = from.to_zoned(TimeZone::UTC).checked_add(i64::from(months).months());
                Some(later.map_or(Timestamp::MAX, |later| later.timestamp()))
            }
            Self::NextUpgrade => None,
        }
    }
}

/// Who owes or receives.
///
/// Roles of the domain guide, section 3, and a few outside the nation's own stations.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Party {
    /// An institution, by its CISO.
    Institution,
    /// An institution, by its chief privacy officer.
    PrivacyOfficer,
    /// A coordinating body.
    Coordinator,
    /// The director of a coordinating body.
    CoordinatorDirector,
    /// Who found a flaw.
    Finder,
    /// Who makes the product.
    Supplier,
    /// The lead or the competent ministry.
    Ministry,
    /// The coordinating body of the military.
    MilitaryCoordinator,
    /// The director of a drill.
    DrillDirector,
    /// Who took on a policy task.
    TaskOwner,
    /// Bongsu itself.
    Platform,
}

/// A deadline.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Row {
    /// Its id, such as `K01`; rows that replace each other share it.
    pub id: &'static str,
    /// What starts the clock.
    pub trigger: &'static str,
    /// How long it runs.
    pub limit: Limit,
    /// Who owes.
    pub owner: Party,
    /// To whom, as roles and station codes.
    pub to: &'static str,
    /// The law, rule or policy.
    pub basis: &'static str,
    /// What it rests on.
    pub kind: Kind,
    /// From when on it is in force; `None` for our own defaults, and where the date was not seen.
    pub from: Option<Timestamp>,
    /// When it ceases to be.
    pub until: Option<Timestamp>,
    /// Where we read it, and what is uncertain about it.
    pub source: &'static str,
}

impl Row {
    /// Is it in force at `at`?
    pub fn rules(&self, at: Timestamp) -> bool {
        self.from.is_none_or(|from| from <= at) && self.until.is_none_or(|until| at < until)
    }
}

/// Every deadline in force at `at`, in the order of their ids in the domain guide.
pub fn at(at: Timestamp) -> impl Iterator<Item = &'static Row> {
    rows::all().iter().filter(move |row| row.rules(at))
}

/// The deadline with this id in force at `at`.
pub fn row(id: &str, at: Timestamp) -> Option<&'static Row> {
    self::at(at).find(|row| row.id == id)
}

/// Every deadline there is or was.
pub fn all() -> &'static [Row] {
    rows::all()
}
