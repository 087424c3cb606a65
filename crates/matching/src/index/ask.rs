//! What is asked: packages and ranges of their versions, and which versions of a table they hold.

use std::cmp::Ordering;
use std::ops::Range;

use bongsu_package::{Bound, Interval, Scheme, Version, Within};

use super::block::Block;
use super::segment::SegmentError;

/// One package and the ranges of it that are asked for.
#[derive(Clone, Copy, Debug)]
pub struct Ask<'a> {
    /// The package, as [`PackageKey`](super::PackageKey) spells it.
    pub key: &'a str,
    /// The order in which the ranges are meant.
    pub scheme: Scheme,
    /// The ranges; a version in any of them is affected.
    pub intervals: &'a [Interval],
}

/// An ask whose ends have been read, once for all segments.
pub(super) struct Prepared<'a> {
    pub(super) key: &'a str,
    scheme: Scheme,
    intervals: Vec<(End<'a>, End<'a>)>,
}

/// An end of an interval.
enum End<'a> {
    Open,
    At { text: &'a str, version: Option<Version>, included: bool },
}

impl<'a> End<'a> {
    fn new(bound: &'a Bound, scheme: Scheme) -> Self {
        let (text, included) = match bound {
            Bound::Open => return Self::Open,
            Bound::Including(text) => (text.as_str(), true),
            Bound::Excluding(text) => (text.as_str(), false),
        };
        Self::At { text, version: scheme.parse(text).ok(), included }
    }

    fn is_readable(&self) -> bool {
        matches!(self, Self::Open | Self::At { version: Some(_), .. })
    }

    /// Whether a version is on the inner side; as [`Interval::holds`] sees it.
    fn reaches(&self, candidate: &str, read: Option<&Version>, low: bool) -> Option<bool> {
        let Self::At { text, version, included } = self else { return Some(true) };
        let order =
            if candidate == *text { Ordering::Equal } else { read?.compare(version.as_ref()?)? };
        Some(match order {
            Ordering::Equal => *included,
            Ordering::Less => !low,
            Ordering::Greater => low,
        })
    }
}

impl<'a> Prepared<'a> {
    pub(super) fn new(ask: &Ask<'a>) -> Self {
        let ends = |interval: &'a Interval| {
            (End::new(&interval.low, ask.scheme), End::new(&interval.high, ask.scheme))
        };
        Self {
            key: ask.key,
            scheme: ask.scheme,
            intervals: ask.intervals.iter().map(ends).collect(),
        }
    }

    /// How many intervals there are.
    pub(super) fn len(&self) -> usize {
        self.intervals.len()
    }

    /// Where one version stands to one interval. A version that nobody wrote down is inside only
    /// where every version is.
    fn holds(&self, interval: usize, text: Option<&str>, read: Option<&Version>) -> Within {
        let (low, high) = &self.intervals[interval];
        let Some(text) = text else {
            let all = matches!((low, high), (End::Open, End::Open));
            return if all { Within::Inside } else { Within::Unclear };
        };
        match (low.reaches(text, read, true), high.reaches(text, read, false)) {
            (Some(false), _) | (_, Some(false)) => Within::Outside,
            (Some(true), Some(true)) => Within::Inside,
            _ => Within::Unclear,
        }
    }

    /// Says for one version text which intervals hold it; the best of their answers.
    pub(super) fn judge(&self, text: Option<&str>, mut inside: impl FnMut(usize)) -> Within {
        let read = text.and_then(|text| self.scheme.parse(text).ok());
        let mut best = Within::Outside;
        for interval in 0..self.len() {
            match self.holds(interval, text, read.as_ref()) {
                Within::Inside => {
                    inside(interval);
                    best = Within::Inside;
                }
                Within::Unclear if best == Within::Outside => best = Within::Unclear,
                _ => {}
            }
        }
        best
    }
}

/// Which versions of one table an ask chooses.
#[derive(Default)]
pub(super) struct Choice {
    /// Runs of versions inside, by interval.
    pub(super) inside: Vec<(usize, Range<u32>)>,
    /// Runs of versions that are unclear for some interval.
    unclear: Vec<Range<u32>>,
    /// The versions inside any interval: runs in order, apart from each other.
    pub(super) affected: Vec<Range<u32>>,
    /// The versions unclear and not affected: the same.
    pub(super) doubtful: Vec<Range<u32>>,
}

impl Choice {
    /// Looks through the version table of a block.
    pub(super) fn fill(
        &mut self,
        ask: &Prepared<'_>,
        block: &Block<'_>,
    ) -> Result<(), SegmentError> {
        self.inside.clear();
        self.unclear.clear();
        let sorted = if block.sorted && block.scheme == Some(ask.scheme) { block.known } else { 0 };
        for (number, (low, high)) in ask.intervals.iter().enumerate() {
            if sorted == 0 {
                break;
            }
            let from = match low {
                End::At { version: Some(version), included, .. } => split(
                    ask.scheme,
                    block,
                    0,
                    sorted,
                    |order| order == Ordering::Less || order == Ordering::Equal && !included,
                    version,
                )?,
                _ => 0,
            };
            let to = match high {
                End::At { version: Some(version), included, .. } => split(
                    ask.scheme,
                    block,
                    from,
                    sorted,
                    |order| order == Ordering::Less || order == Ordering::Equal && *included,
                    version,
                )?,
                _ => sorted,
            };
            if from >= to {
                continue;
            }
            if low.is_readable() && high.is_readable() {
                self.inside.push((number, from..to));
            } else {
                self.unclear.push(from..to);
            }
        }
        for version in sorted..block.versions {
            let one = version..version + 1;
            let inside = &mut self.inside;
            let within =
                ask.judge(block.version(version)?, |number| inside.push((number, one.clone())));
            if within == Within::Unclear {
                self.unclear.push(one);
            }
        }
        self.affected.clear();
        self.affected.extend(self.inside.iter().map(|(_, range)| range.clone()));
        unite(&mut self.affected);
        unite(&mut self.unclear);
        self.doubtful.clear();
        subtract(&self.unclear, &self.affected, &mut self.doubtful);
        Ok(())
    }
}

/// The first version between `from` and `to` that does not go before; all that do stand first.
fn split(
    scheme: Scheme,
    block: &Block<'_>,
    mut from: u32,
    mut to: u32,
    before: impl Fn(Ordering) -> bool,
    end: &Version,
) -> Result<u32, SegmentError> {
    while from < to {
        let middle = from + (to - from) / 2;
        let text = block.version(middle)?.unwrap_or("");
        let order = scheme.parse(text).ok().and_then(|version| version.compare(end));
        // A table sorted by this scheme holds only what it can read.
        if before(order.ok_or(SegmentError::Torn("a version table"))?) {
            from = middle + 1;
        } else {
            to = middle;
        }
    }
    Ok(from)
}

/// Sorts runs and joins those that touch.
fn unite(runs: &mut Vec<Range<u32>>) {
    if runs.len() < 2 {
        return;
    }
    runs.sort_by_key(|run| (run.start, run.end));
    runs.dedup_by(|next, last| {
        let touches = next.start <= last.end;
        if touches {
            last.end = last.end.max(next.end);
        }
        touches
    });
}

/// What is left of `runs` without `holes`; both in order and apart.
fn subtract(runs: &[Range<u32>], holes: &[Range<u32>], out: &mut Vec<Range<u32>>) {
    for run in runs {
        let mut from = run.start;
        for hole in holes.iter().filter(|hole| hole.end > run.start && hole.start < run.end) {
            if hole.start > from {
                out.push(from..hole.start);
            }
            from = from.max(hole.end);
        }
        if from < run.end {
            out.push(from..run.end);
        }
    }
}
