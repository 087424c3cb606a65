//! How long things take, and how long systems stay open.

use jiff::{SignedDuration, Timestamp};

use crate::{Exposure, Obligation, Status};

/// A step whose time is measured, from the signature of the act.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Step {
    /// TTN: a channel has a receipt; an acknowledgement is one, too.
    Delivered,
    /// TTA: the accountable officer saw it.
    Acknowledged,
    /// `TTAs`: affected, not affected, or unknown.
    Assessed,
    /// TTM: a workaround, or the fix itself, is in place.
    Mitigated,
    /// TTR: claimed fixed.
    Remediated,
    /// TTV: proved fixed.
    Verified,
}

/// A time that was reached, or that is still running.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Lapse {
    /// It took this long.
    Reached(SignedDuration),
    /// It is not over, and will have taken at least this long.
    Open {
        /// How long at least.
        at_least: SignedDuration,
    },
}

/// How long a step took among many; open ones count as not reached, they are not dropped.
///
/// Percentiles are by nearest rank. A reached one can only become earlier, by open ones that are quick.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Spread {
    /// By when half had reached it.
    pub p50: Lapse,
    /// By when 95 of 100 had.
    pub p95: Lapse,
    /// How many have.
    pub reached: usize,
    /// How many have not.
    pub open: usize,
}

/// How long a step took; `None` where nobody owes it.
///
/// Whoever was released, or is not affected, no longer owes what they had not done by then.
pub fn spread<'a>(
    obligations: impl IntoIterator<Item = &'a Obligation>,
    step: Step,
    now: Timestamp,
) -> Option<Spread> {
    let lapses = obligations.into_iter().filter_map(|obligation| {
        let reached = reached(obligation, step);
        (reached.is_some() || owes(obligation, step))
            .then(|| lapse(obligation.created_at, reached, now))
    });
    let lapses: Vec<_> = lapses.collect();
    let reached = lapses.iter().filter(|lapse| matches!(lapse, Lapse::Reached(_))).count();
    Some(Spread {
        p50: percentile(&lapses, 50)?,
        p95: percentile(&lapses, 95)?,
        reached,
        open: lapses.len() - reached,
    })
}

/// TTK: from the first signal until 95 of 100 institutions have an answer from inventory, be it "unknown".
///
/// Takes for each institution when it had one; `None` where there are no institutions.
pub fn time_to_know(
    first_signal: Timestamp,
    known: impl IntoIterator<Item = Option<Timestamp>>,
    now: Timestamp,
) -> Option<Lapse> {
    let lapses: Vec<_> = known.into_iter().map(|at| lapse(first_signal, at, now)).collect();
    percentile(&lapses, 95)
}

/// For how long affected systems were or are open, in system-seconds; facing the internet apart.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct ExposureTime {
    /// Where an affected system faces the internet, in system-seconds.
    pub exposed: u128,
    /// Where none does, in system-seconds.
    pub inside: u128,
    /// Where it is not known, in system-seconds: never counted as inside.
    pub unknown: u128,
}

impl ExposureTime {
    /// System-seconds as system-days.
    #[allow(clippy::cast_precision_loss, reason = "shown with one decimal")]
    pub fn days(system_seconds: u128) -> f64 {
        system_seconds as f64 / 86_400.0
    }
}

/// Sums how long affected systems were open, from the signature of the act until the fix was claimed and not refuted.
///
/// An institution that is affected counts one system where its inventory names none. One that has not said whether it is
/// affected counts as many as its inventory names, hence none where there is no inventory.
pub fn exposure_time<'a>(
    obligations: impl IntoIterator<Item = &'a Obligation>,
    now: Timestamp,
) -> ExposureTime {
    let mut sum = ExposureTime::default();
    for obligation in obligations {
        let Some(until) = open_until(obligation, now) else { continue };
        let seconds = since(obligation.created_at, until).as_secs().unsigned_abs();
        let system_seconds = u128::from(systems(obligation)) * u128::from(seconds);
        match obligation.exposure {
            Exposure::Exposed => sum.exposed += system_seconds,
            Exposure::Inside => sum.inside += system_seconds,
            Exposure::CannotTell | Exposure::NoInventory | Exposure::NotAffected => {
                sum.unknown += system_seconds;
            }
        }
    }
    sum
}

/// When the fix that stands was claimed; nothing where it was refuted, or the flaw came back.
pub(super) fn fixed_at(obligation: &Obligation) -> Option<Timestamp> {
    let stands =
        matches!(obligation.status, Status::Remediated | Status::Verified | Status::Closed);
    obligation.marks.remediated.filter(|_| stands)
}

/// Time that passed, never negative: two nodes' clocks may differ.
pub(super) fn since(from: Timestamp, until: Timestamp) -> SignedDuration {
    until.duration_since(from).max(SignedDuration::ZERO)
}

fn open_until(obligation: &Obligation, now: Timestamp) -> Option<Timestamp> {
    match obligation.status {
        Status::NotAffected if !obligation.contradicted => None,
        // Without a fix: proved or closed because there was nothing to fix.
        Status::Verified | Status::Closed => fixed_at(obligation),
        // Let go: open for as long as it was thought to be.
        Status::Released => obligation.marks.settled,
        _ => Some(fixed_at(obligation).unwrap_or(now)),
    }
}

fn systems(obligation: &Obligation) -> u32 {
    match obligation.status {
        Status::Created
        | Status::Delivered
        | Status::Unreachable
        | Status::Acknowledged
        | Status::Unknown
        | Status::Released => obligation.systems,
        _ => obligation.systems.max(1),
    }
}

fn reached(obligation: &Obligation, step: Step) -> Option<Timestamp> {
    let marks = &obligation.marks;
    match step {
        Step::Delivered => marks.delivered.into_iter().chain(marks.acknowledged).min(),
        Step::Acknowledged => marks.acknowledged,
        Step::Assessed => marks.assessed,
        Step::Mitigated => marks.mitigated.into_iter().chain(fixed_at(obligation)).min(),
        Step::Remediated => fixed_at(obligation),
        Step::Verified => marks.verified,
    }
}

fn owes(obligation: &Obligation, step: Step) -> bool {
    match obligation.status {
        Status::Released => false,
        // Against the inventory: owed until somebody else has looked.
        Status::NotAffected if obligation.contradicted => true,
        Status::Verified | Status::NotAffected | Status::Closed => step < Step::Mitigated,
        _ => true,
    }
}

fn lapse(from: Timestamp, reached: Option<Timestamp>, now: Timestamp) -> Lapse {
    match reached {
        Some(at) => Lapse::Reached(since(from, at)),
        None => Lapse::Open { at_least: since(from, now) },
    }
}

/// The nearest rank: the time by which at least `percent` of a hundred had reached it.
fn percentile(lapses: &[Lapse], percent: usize) -> Option<Lapse> {
    let rank = (lapses.len() * percent).div_ceil(100).max(1);
    let reached = lapses.iter().filter_map(|lapse| match lapse {
        Lapse::Reached(time) => Some(*time),
        Lapse::Open { .. } => None,
    });
    let mut reached: Vec<_> = reached.collect();
    reached.sort_unstable();
    if let Some(time) = reached.get(rank - 1) {
        return Some(Lapse::Reached(*time));
    }
    // Every true time is at least what is seen of it, so the same holds rank by rank.
    let seen = lapses.iter().map(|lapse| match lapse {
        Lapse::Reached(time) | Lapse::Open { at_least: time } => *time,
    });
    let mut seen: Vec<_> = seen.collect();
    seen.sort_unstable();
    seen.get(rank - 1).map(|at_least| Lapse::Open { at_least: *at_least })
}
