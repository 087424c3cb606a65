//! Intervals of versions, and what it means to be in one.

use std::cmp::Ordering;

use crate::{Scheme, Version};

mod set;

pub use set::IntervalSet;

/// One end of an [`Interval`], as the source wrote it.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub enum Bound {
    /// No end on this side.
    Open,
    /// The end itself is in.
    Including(String),
    /// The end itself is out.
    Excluding(String),
}

/// A run of versions between two ends.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct Interval {
    /// Where it begins.
    pub low: Bound,
    /// Where it ends.
    pub high: Bound,
}

/// Whether a version lies in a range.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Within {
    /// It does.
    Inside,
    /// It does not.
    Outside,
    /// The version or an end that decides cannot be read by the scheme.
    Unclear,
}

impl Interval {
    /// The interval that holds every version.
    pub const ALL: Self = Self { low: Bound::Open, high: Bound::Open };

    /// Whether `version` lies in this interval in the order of `scheme`.
    ///
    /// An end that cannot be read makes the answer [`Within::Unclear`] unless the other end
    /// already puts the version outside.
    pub fn holds(&self, scheme: Scheme, version: &str) -> Within {
        match (self.reaches(scheme, version, true), self.reaches(scheme, version, false)) {
            (Some(false), _) | (_, Some(false)) => Within::Outside,
            (Some(true), Some(true)) => Within::Inside,
            _ => Within::Unclear,
        }
    }

    /// The interval that holds one version alone.
    pub fn point(version: &str) -> Self {
        Self {
            low: Bound::Including(version.to_owned()),
            high: Bound::Including(version.to_owned()),
        }
    }

    /// Whether `version` is on the inner side of one end.
    fn reaches(&self, scheme: Scheme, version: &str, low: bool) -> Option<bool> {
        let end = if low { &self.low } else { &self.high };
        let (text, included) = match end {
            Bound::Open => return Some(true),
            Bound::Including(text) => (text, true),
            Bound::Excluding(text) => (text, false),
        };
        let order = scheme.compare(version, text)?;
        Some(match order {
            Ordering::Equal => included,
            Ordering::Less => !low,
            Ordering::Greater => low,
        })
    }
}

impl Bound {
    /// The version text of this end, if it has one.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Open => None,
            Self::Including(text) | Self::Excluding(text) => Some(text),
        }
    }

    /// Reads the end's version once, for callers that compare it with many.
    pub fn version(&self, scheme: Scheme) -> Option<Version> {
        scheme.parse(self.text()?).ok()
    }
}
