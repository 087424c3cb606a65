//! Many intervals at once: sorted, merged, searched by bisection.

use std::cmp::Ordering;

use super::{Bound, Interval, Within};
use crate::{Scheme, Version};

/// A union of intervals of one scheme.
///
/// Ends are read once. Intervals whose ends the scheme can read are merged where they touch and
/// searched by bisection; the others are kept aside and make the answer [`Within::Unclear`] where
/// they might decide.
///
/// ```
/// use bongsu_package::{Bound, Interval, IntervalSet, Scheme, Within};
///
/// let before = Interval { low: Bound::Open, high: Bound::Excluding("1.2".into()) };
/// let set = IntervalSet::new(Scheme::Deb, &[before, Interval::point("1.5")]);
/// assert_eq!(set.holds("1.1"), Within::Inside);
/// assert_eq!(set.holds("1.3"), Within::Outside);
/// ```
#[derive(Clone, Debug)]
pub struct IntervalSet {
    scheme: Scheme,
    /// Ascending, apart from each other.
    spans: Vec<Span>,
    /// Intervals with an end the scheme cannot read.
    unread: Vec<Interval>,
}

/// An interval whose ends are read.
#[derive(Clone, Debug)]
struct Span {
    low: End,
    high: End,
}

/// One end; `None` is open.
type End = Option<(Version, bool)>;

impl IntervalSet {
    /// The union of intervals; those that hold nothing vanish.
    pub fn new(scheme: Scheme, intervals: &[Interval]) -> Self {
        let (mut spans, mut unread) = (Vec::with_capacity(intervals.len()), Vec::new());
        for interval in intervals {
            match Span::read(scheme, interval) {
                Some(span) if span.is_empty() => {}
                Some(span) => spans.push(span),
                None => unread.push(interval.clone()),
            }
        }
        spans.sort_by(|left, right| order_of_lows(&left.low, &right.low));
        Self { scheme, spans: merge(spans), unread }
    }

    /// Whether the union holds a version.
    ///
    /// A version that the scheme cannot read is inside only where its very text is an end that is
    /// in, or where every version is.
    pub fn holds(&self, version: &str) -> Within {
        match self.scheme.parse(version) {
            Ok(version) => self.holds_version(&version),
            Err(_) => self.holds_text(version),
        }
    }

    /// As [`IntervalSet::holds`], for a version that was read before.
    pub fn holds_version(&self, version: &Version) -> Within {
        let behind = self.spans.partition_point(|span| is_above_low(version, &span.low));
        let inside = behind.checked_sub(1).is_some_and(|at| self.spans[at].is_below_high(version));
        if inside {
            return Within::Inside;
        }
        let unread = self.unread.iter().map(|interval| match interval {
            // What the scheme cannot read is equal to nothing but itself.
            Interval { low: Bound::Including(low), high: Bound::Including(high) }
                if low == high =>
            {
                if low == version.text() {
                    Within::Inside
                } else {
                    Within::Outside
                }
            }
            interval => interval.holds(self.scheme, version.text()),
        });
        strongest(unread)
    }

    fn holds_text(&self, version: &str) -> Within {
        let spans = self.spans.iter().map(|span| span.interval().holds(self.scheme, version));
        let unread = self.unread.iter().map(|interval| interval.holds(self.scheme, version));
        strongest(spans.chain(unread))
    }

    /// The intervals, ascending and apart from each other, then those that could not be read.
    pub fn intervals(&self) -> Vec<Interval> {
        self.spans.iter().map(Span::interval).chain(self.unread.iter().cloned()).collect()
    }

    /// Whether the scheme could read every end.
    pub fn is_readable(&self) -> bool {
        self.unread.is_empty()
    }

    /// Whether two sets hold the same versions; `false` when either has an end that cannot be
    /// read.
    pub fn is_same(&self, other: &Self) -> bool {
        let same_end = |left: &End, right: &End| match (left, right) {
            (None, None) => true,
            (Some((left, left_in)), Some((right, right_in))) => {
                left_in == right_in && left.compare(right) == Some(Ordering::Equal)
            }
            _ => false,
        };
        self.is_readable()
            && other.is_readable()
            && self.spans.len() == other.spans.len()
            && self.spans.iter().zip(&other.spans).all(|(left, right)| {
                same_end(&left.low, &right.low) && same_end(&left.high, &right.high)
            })
    }

    /// The versions that both sets hold.
    ///
    /// Intervals that cannot be read are kept from either side: the answer is never narrower than
    /// the truth.
    #[must_use]
    pub fn intersection(&self, other: &Self) -> Self {
        let mut spans = Vec::new();
        let (mut lefts, mut rights) = (self.spans.iter().peekable(), other.spans.iter().peekable());
        while let (Some(left), Some(right)) = (lefts.peek(), rights.peek()) {
            let low = if order_of_lows(&left.low, &right.low) == Ordering::Less {
                &right.low
            } else {
                &left.low
            };
            let left_ends = order_of_highs(&left.high, &right.high) == Ordering::Less;
            let high = if left_ends { &left.high } else { &right.high };
            let both = Span { low: low.clone(), high: high.clone() };
            if !both.is_empty() {
                spans.push(both);
            }
            if left_ends {
                lefts.next();
            } else {
                rights.next();
            }
        }
        let unread = self.unread.iter().chain(&other.unread).cloned().collect();
        Self { scheme: self.scheme, spans, unread }
    }
}

impl Span {
    fn read(scheme: Scheme, interval: &Interval) -> Option<Self> {
        let end = |bound: &Bound| {
            Some(match bound {
                Bound::Open => None,
                Bound::Including(text) => Some((scheme.parse(text).ok()?, true)),
                Bound::Excluding(text) => Some((scheme.parse(text).ok()?, false)),
            })
        };
        Some(Self { low: end(&interval.low)?, high: end(&interval.high)? })
    }

    fn interval(&self) -> Interval {
        let bound = |end: &End| match end {
            None => Bound::Open,
            Some((version, true)) => Bound::Including(version.text().to_owned()),
            Some((version, false)) => Bound::Excluding(version.text().to_owned()),
        };
        Interval { low: bound(&self.low), high: bound(&self.high) }
    }

    fn is_empty(&self) -> bool {
        let (Some((low, low_in)), Some((high, high_in))) = (&self.low, &self.high) else {
            return false;
        };
        match low.compare(high) {
            Some(Ordering::Less) => false,
            Some(Ordering::Equal) => !(*low_in && *high_in),
            _ => true,
        }
    }

    fn is_below_high(&self, version: &Version) -> bool {
        match &self.high {
            None => true,
            Some((high, included)) => match version.compare(high) {
                Some(Ordering::Less) => true,
                Some(Ordering::Equal) => *included,
                _ => false,
            },
        }
    }
}

fn is_above_low(version: &Version, low: &End) -> bool {
    match low {
        None => true,
        Some((low, included)) => match version.compare(low) {
            Some(Ordering::Greater) => true,
            Some(Ordering::Equal) => *included,
            _ => false,
        },
    }
}

fn order_of_lows(left: &End, right: &End) -> Ordering {
    match (left, right) {
        (None, None) => Ordering::Equal,
        (None, _) => Ordering::Less,
        (_, None) => Ordering::Greater,
        (Some((left, left_in)), Some((right, right_in))) => {
            left.compare(right).unwrap_or(Ordering::Equal).then(right_in.cmp(left_in))
        }
    }
}

fn order_of_highs(left: &End, right: &End) -> Ordering {
    match (left, right) {
        (None, None) => Ordering::Equal,
        (None, _) => Ordering::Greater,
        (_, None) => Ordering::Less,
        (Some((left, left_in)), Some((right, right_in))) => {
            left.compare(right).unwrap_or(Ordering::Equal).then(left_in.cmp(right_in))
        }
    }
}

/// Joins spans that overlap or touch; they come ascending by their low ends.
fn merge(spans: Vec<Span>) -> Vec<Span> {
    let mut merged: Vec<Span> = Vec::with_capacity(spans.len());
    for span in spans {
        match merged.last_mut() {
            Some(last) if touches(&last.high, &span.low) => {
                if order_of_highs(&last.high, &span.high) == Ordering::Less {
                    last.high = span.high;
                }
            }
            _ => merged.push(span),
        }
    }
    merged
}

/// Whether no version lies between a high end and the next low end.
fn touches(high: &End, low: &End) -> bool {
    let (Some((high, high_in)), Some((low, low_in))) = (high, low) else { return true };
    match low.compare(high) {
        Some(Ordering::Less) => true,
        Some(Ordering::Equal) => *high_in || *low_in,
        _ => false,
    }
}

/// The answer of a union: inside one is inside, one doubt is a doubt.
fn strongest(answers: impl Iterator<Item = Within>) -> Within {
    let mut strongest = Within::Outside;
    for answer in answers {
        match answer {
            Within::Inside => return Within::Inside,
            Within::Unclear => strongest = Within::Unclear,
            Within::Outside => {}
        }
    }
    strongest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn interval(low: &str, high: &str) -> Interval {
        let bound = |text: &str| match text.strip_prefix('=') {
            Some(text) => Bound::Including(text.to_owned()),
            None if text.is_empty() => Bound::Open,
            None => Bound::Excluding(text.to_owned()),
        };
        Interval { low: bound(low), high: bound(high) }
    }

    #[test]
    fn intervals_that_touch_are_one() {
        #[rustfmt::skip]
        let table = [
            // given                                     kept                                  why
            (vec![("=1", "2"), ("=2", "3")],             vec![("=1", "3")],                    "two comes from the right"),
            (vec![("=1", "2"), ("2", "3")],              vec![("=1", "2"), ("2", "3")],        "two is a hole"),
            (vec![("=1", "=2"), ("2", "3")],             vec![("=1", "3")],                    "two comes from the left"),
            (vec![("=5", "9"), ("", "3")],               vec![("", "3"), ("=5", "9")],         "sorted"),
            (vec![("=1", "10"), ("=2", "3"), ("=9", "")], vec![("=1", "")],                    "nested and overlapping"),
            (vec![("=3", "2"), ("2", "2"), ("2", "=2")], vec![],                               "nothing is in them"),
            (vec![("=2", "=2")],                         vec![("=2", "=2")],                   "one version"),
            (vec![("", ""), ("=1", "2")],                vec![("", "")],                       "everything"),
        ];
        for (given, kept, why) in table {
            let given: Vec<Interval> = given.iter().map(|(l, h)| interval(l, h)).collect();
            let kept: Vec<Interval> = kept.iter().map(|(l, h)| interval(l, h)).collect();
            assert_eq!(IntervalSet::new(Scheme::Deb, &given).intervals(), kept, "{why}");
        }
    }

    #[test]
    fn the_set_agrees_with_asking_every_interval() {
        let versions: Vec<String> = (0..40).map(|n| format!("1.{n}")).collect();
        // A small fixed sequence in place of randomness.
        let mut seed = 7_u32;
        let mut next = |below: u32| {
            seed = seed.wrapping_mul(1_103_515_245).wrapping_add(12_345);
            (seed >> 16) % below
        };
        for _ in 0..300 {
            let intervals: Vec<Interval> = (0..next(6))
                .map(|_| {
                    let mut end = |sign: u32| match next(sign) {
                        0 => String::new(),
                        1 => format!("1.{}", next(40)),
                        _ => format!("=1.{}", next(40)),
                    };
                    interval(&end(4), &end(4))
                })
                .collect();
            let set = IntervalSet::new(Scheme::Deb, &intervals);
            for version in &versions {
                let slow = strongest(intervals.iter().map(|i| i.holds(Scheme::Deb, version)));
                assert_eq!(set.holds(version), slow, "{version} in {intervals:?}");
            }
        }
    }

    #[test]
    fn an_end_that_cannot_be_read_is_a_doubt_only_where_it_decides() {
        let set = IntervalSet::new(
            Scheme::Hackage,
            &[interval("=1", "2"), interval("=5", "odd!"), Interval::point("weird!")],
        );
        assert!(!set.is_readable());
        assert_eq!(set.holds("1.5"), Within::Inside);
        assert_eq!(set.holds("3"), Within::Outside, "below the low end that can be read");
        assert_eq!(set.holds("6"), Within::Unclear);
        assert_eq!(set.holds("weird!"), Within::Inside, "its very text");
        assert_eq!(set.holds("what?"), Within::Unclear);
        assert_eq!(IntervalSet::new(Scheme::Hackage, &[]).holds("what?"), Within::Outside);
        let all = IntervalSet::new(Scheme::Hackage, &[Interval::ALL]);
        assert_eq!(all.holds("what?"), Within::Inside);
    }
}
