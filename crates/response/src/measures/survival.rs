//! Patch survival: the share still affected after a time, by the estimate of Kaplan and Meier.
//!
//! Whoever is still open counts among those at risk for as long as they were seen, and then leaves without counting as
//! fixed. Dropping them would make the nation look quicker than it is; waiting for them would leave it without a number.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::time::{fixed_at, since};
use crate::{Exposure, Obligation, Status};

/// One affected institution: how long it was seen, and whether it was fixed then.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Subject {
    /// From the signature of the act until the fix, or until it was last seen open.
    pub seen_for: SignedDuration,
    /// Fixed at the end of that time; else still open, or let go.
    pub fixed: bool,
}

/// What happened at one time after the act was signed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// After this long,
    pub after: SignedDuration,
    /// of this many still affected and seen,
    pub at_risk: usize,
    /// so many were fixed,
    pub fixed: usize,
    /// and so many went out of sight.
    pub censored: usize,
    /// The share still affected from here on, from 0 to 1.
    pub share: f64,
}

/// A survival curve.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Survival {
    /// One point for each time at which anything happened, earliest first.
    pub points: Vec<Point>,
    /// Institutions known to be affected.
    pub affected: usize,
    /// Of them, fixed.
    pub fixed: usize,
    /// Institutions of which nobody knows: neither affected nor safe, and in no curve.
    pub unknown: usize,
}

impl Subject {
    /// An obligation as a subject; `None` where the institution is not affected, or nobody knows.
    ///
    /// Before an institution answers, its inventory's word counts.
    pub fn of(obligation: &Obligation, now: Timestamp) -> Option<Self> {
        let fixed = fixed_at(obligation);
        let last_seen = match obligation.status {
            _ if fixed.is_some() => fixed?,
            // Against the inventory, and nobody else has looked: a word that ends no clock ends no curve either.
            Status::NotAffected if obligation.contradicted => now,
            // Verified or closed without a fix: there was nothing to fix.
            Status::NotAffected | Status::Unknown | Status::Verified | Status::Closed => {
                return None;
            }
            Status::Released => by_inventory(obligation).then_some(obligation.marks.settled)??,
            Status::Created | Status::Delivered | Status::Unreachable | Status::Acknowledged => {
                by_inventory(obligation).then_some(now)?
            }
            _ => now,
        };
        Some(Self { seen_for: since(obligation.created_at, last_seen), fixed: fixed.is_some() })
    }
}

impl Survival {
    /// The curve of these subjects.
    ///
    /// Who is fixed and who goes out of sight at the same time: those fixed go first, as is the custom, so that whoever was
    /// seen until then counts among those at risk.
    pub fn of(subjects: impl IntoIterator<Item = Subject>) -> Self {
        let mut times: BTreeMap<SignedDuration, (usize, usize)> = BTreeMap::new();
        for subject in subjects {
            let (fixed, censored) = times.entry(subject.seen_for).or_default();
            *if subject.fixed { fixed } else { censored } += 1;
        }
        let affected: usize = times.values().map(|(fixed, censored)| fixed + censored).sum();
        let (mut at_risk, mut share) = (affected, 1.0);
        let points = times.into_iter().map(|(after, (fixed, censored))| {
            share *= ratio(at_risk - fixed, at_risk);
            let point = Point { after, at_risk, fixed, censored, share };
            at_risk -= fixed + censored;
            point
        });
        let points: Vec<_> = points.collect();
        let fixed = points.iter().map(|point| point.fixed).sum();
        Self { points, affected, fixed, unknown: 0 }
    }

    /// The curve with fewer steps, of at least so many fixes each, so that no step tells of a few.
    ///
    /// What is left over at the end is told by the time alone that it was seen for.
    #[must_use]
    pub fn in_steps_of(&self, fixes: usize) -> Self {
        let (mut points, mut step): (Vec<Point>, Option<Point>) = (Vec::new(), None);
        for point in &self.points {
            let open = step.take().unwrap_or(Point { fixed: 0, censored: 0, ..*point });
            let open = Point {
                after: point.after,
                at_risk: open.at_risk,
                fixed: open.fixed + point.fixed,
                censored: open.censored + point.censored,
                share: point.share,
            };
            if open.fixed >= fixes { points.push(open) } else { step = Some(open) }
        }
        if let Some(left) = step {
            let share = points.last().map_or(1.0, |point| point.share);
            points.push(Point { fixed: 0, share, ..left });
        }
        Self { points, ..self.clone() }
    }

    /// The share still affected at this time, from 0 to 1; `None` where nobody was seen for so long.
    pub fn share_after(&self, time: SignedDuration) -> Option<f64> {
        let last = self.points.last()?;
        if time > last.after && last.share > 0.0 {
            return None;
        }
        let before = self.points.iter().take_while(|point| point.after <= time);
        Some(before.last().map_or(1.0, |point| point.share))
    }

    /// The share still affected after so many days.
    pub fn share_after_days(&self, days: u32) -> Option<f64> {
        self.share_after(SignedDuration::from_hours(24 * i64::from(days)))
    }

    /// After how long no more than half are still affected; `None` where that has not been seen.
    pub fn half_life(&self) -> Option<SignedDuration> {
        // A curve that reaches one half by thirds and quarters may miss it by a rounding.
        let half = 0.5 + 1e-12;
        self.points.iter().find(|point| point.share <= half).map(|point| point.after)
    }
}

/// The curve of these obligations.
pub fn survival<'a>(
    obligations: impl IntoIterator<Item = &'a Obligation>,
    now: Timestamp,
) -> Survival {
    let mut groups = survival_by(obligations, now, |_| ());
    groups.remove(&()).unwrap_or_default()
}

/// A curve for each group, such as a sector or a size.
pub fn survival_by<'a, K: Ord>(
    obligations: impl IntoIterator<Item = &'a Obligation>,
    now: Timestamp,
    group: impl Fn(&Obligation) -> K,
) -> BTreeMap<K, Survival> {
    let mut groups: BTreeMap<K, (Vec<Subject>, usize)> = BTreeMap::new();
    for obligation in obligations {
        let (subjects, unknown) = groups.entry(group(obligation)).or_default();
        match Subject::of(obligation, now) {
            Some(subject) => subjects.push(subject),
            None => *unknown += usize::from(nobody_knows(obligation)),
        }
    }
    let curves = groups
        .into_iter()
        .map(|(key, (subjects, unknown))| (key, Survival { unknown, ..Survival::of(subjects) }));
    curves.collect()
}

fn by_inventory(obligation: &Obligation) -> bool {
    matches!(obligation.exposure, Exposure::Exposed | Exposure::Inside)
}

fn nobody_knows(obligation: &Obligation) -> bool {
    match obligation.status {
        Status::Unknown => true,
        Status::Created | Status::Delivered | Status::Unreachable | Status::Acknowledged => {
            obligation.exposure != Exposure::NotAffected
        }
        _ => false,
    }
}

#[allow(clippy::cast_precision_loss, reason = "a nation has fewer institutions than 2^52")]
fn ratio(part: usize, whole: usize) -> f64 {
    part as f64 / whole as f64
}
