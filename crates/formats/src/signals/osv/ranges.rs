//! Events into intervals.
//!
//! The events of a range are a set, not a list: they are put into the ecosystem's order, then
//! `introduced` opens an interval and `fixed` or `last_affected` closes it.

use std::cmp::Ordering;

use bongsu_package::{Bound, Interval, Scheme};
use serde::Deserialize;

use crate::signals::wire::{List, Text};

/// A range on the wire.
#[derive(Deserialize)]
pub(super) struct WireRange<'a> {
    #[serde(borrow, rename = "type")]
    kind: Text<'a>,
    #[serde(borrow)]
    repo: Option<Text<'a>>,
    #[serde(borrow, default)]
    events: List<WireEvent<'a>>,
}

#[derive(Deserialize)]
struct WireEvent<'a> {
    #[serde(borrow)]
    introduced: Option<Text<'a>>,
    #[serde(borrow)]
    fixed: Option<Text<'a>>,
    #[serde(borrow)]
    last_affected: Option<Text<'a>>,
    #[serde(borrow)]
    limit: Option<Text<'a>>,
}

/// One turn in the run of versions.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Event<'a> {
    Introduced(&'a str),
    Fixed(&'a str),
    LastAffected(&'a str),
}

impl<'a> Event<'a> {
    fn version(self) -> &'a str {
        match self {
            Self::Introduced(version) | Self::Fixed(version) | Self::LastAffected(version) => {
                version
            }
        }
    }
}

impl WireRange<'_> {
    pub(super) fn is_git(&self) -> bool {
        self.kind.eq_ignore_ascii_case("GIT")
    }

    pub(super) fn is_semver(&self) -> bool {
        self.kind.eq_ignore_ascii_case("SEMVER")
    }

    /// The repository of a range of commits.
    pub(super) fn repository(&self) -> Option<&str> {
        self.repo.as_deref().filter(|repo| self.is_git() && !repo.is_empty())
    }

    /// Every version text in it.
    pub(super) fn texts(&self) -> impl Iterator<Item = &str> {
        self.events.iter().flat_map(WireEvent::texts)
    }

    /// The versions that fix it.
    pub(super) fn fixed(&self) -> impl Iterator<Item = &str> {
        self.events.iter().filter_map(|event| event.fixed.as_deref())
    }

    fn events(&self) -> Vec<Event<'_>> {
        let mut events = Vec::with_capacity(self.events.len());
        for event in self.events.iter() {
            events.extend(event.introduced.as_deref().map(Event::Introduced));
            events.extend(event.fixed.as_deref().map(Event::Fixed));
            events.extend(event.last_affected.as_deref().map(Event::LastAffected));
        }
        events
    }

    /// The limits, without `*`, which is none.
    fn limits(&self) -> Vec<&str> {
        let limits: Vec<&str> =
            self.events.iter().filter_map(|event| event.limit.as_deref()).collect();
        if limits.contains(&"*") { Vec::new() } else { limits }
    }
}

impl WireEvent<'_> {
    fn texts(&self) -> impl Iterator<Item = &str> {
        let all = [&self.introduced, &self.fixed, &self.last_affected, &self.limit];
        all.into_iter().filter_map(|text| text.as_deref())
    }
}

/// The affected intervals of a range of versions.
///
/// A range without `introduced` breaks the schema; it is read as affected from the start, because
/// the other reading would hide a flaw. Events that the scheme cannot order keep the document's
/// order.
pub(super) fn intervals(range: &WireRange<'_>, scheme: Scheme) -> Vec<Interval> {
    let mut events = range.events();
    sort(&mut events, scheme);
    if !events.iter().any(|event| matches!(event, Event::Introduced(_))) {
        events.insert(0, Event::Introduced(START));
    }
    let mut found = Vec::new();
    let mut open: Option<Bound> = None;
    for event in events {
        match event {
            Event::Introduced(START) => open = open.or(Some(Bound::Open)),
            Event::Introduced(version) => {
                open = open.or_else(|| Some(Bound::Including(version.to_owned())));
            }
            Event::Fixed(version) => {
                let high = || Bound::Excluding(version.to_owned());
                found.extend(open.take().map(|low| Interval { low, high: high() }));
            }
            Event::LastAffected(version) => {
                let high = || Bound::Including(version.to_owned());
                found.extend(open.take().map(|low| Interval { low, high: high() }));
            }
        }
    }
    found.extend(open.map(|low| Interval { low, high: Bound::Open }));
    cut(&mut found, &range.limits(), scheme);
    found
}

/// Puts events in the scheme's order; ties and what cannot be compared stay as they were.
fn sort(events: &mut [Event<'_>], scheme: Scheme) {
    let order = |left: Event<'_>, right: Event<'_>| match (left, right) {
        (Event::Introduced(START), Event::Introduced(START)) => Some(Ordering::Equal),
        (Event::Introduced(START), _) => Some(Ordering::Less),
        (_, Event::Introduced(START)) => Some(Ordering::Greater),
        _ => scheme.compare(left.version(), right.version()),
    };
    let in_order = events.windows(2).all(|pair| match pair {
        [left, right] => order(*left, *right) != Some(Ordering::Greater),
        _ => true,
    });
    if in_order {
        return;
    }
    let readable = events
        .iter()
        .all(|event| *event == Event::Introduced(START) || scheme.parse(event.version()).is_ok());
    if readable {
        events.sort_by(|left, right| order(*left, *right).unwrap_or(Ordering::Equal));
    }
}

/// Ends intervals at the highest limit.
fn cut(intervals: &mut Vec<Interval>, limits: &[&str], scheme: Scheme) {
    let highest = limits.iter().copied().reduce(|left, right| {
        if scheme.compare(left, right) == Some(Ordering::Less) { right } else { left }
    });
    let Some(limit) = highest else { return };
    let before = |bound: &Bound| {
        bound.text().is_none_or(|text| scheme.compare(text, limit) == Some(Ordering::Less))
    };
    intervals.retain(|interval| before(&interval.low));
    for interval in intervals {
        if interval.high == Bound::Open || !before(&interval.high) {
            interval.high = Bound::Excluding(limit.to_owned());
        }
    }
}

/// OSV's word for before every version.
const START: &str = "0";

#[cfg(test)]
mod tests {
    use super::*;

    fn read(events: &str) -> Vec<String> {
        let text = format!(r#"{{"type":"ECOSYSTEM","events":[{events}]}}"#);
        let range: WireRange<'_> = serde_json::from_str(&text).unwrap();
        let shown = |interval: Interval| {
            let low = match interval.low {
                Bound::Open => "(".to_owned(),
                Bound::Including(version) => format!("[{version}"),
                Bound::Excluding(version) => format!("({version}"),
            };
            let high = match interval.high {
                Bound::Open => ")".to_owned(),
                Bound::Including(version) => format!("{version}]"),
                Bound::Excluding(version) => format!("{version})"),
            };
            format!("{low},{high}")
        };
        intervals(&range, Scheme::Generic).into_iter().map(shown).collect()
    }

    #[test]
    fn events_become_intervals() {
        #[rustfmt::skip]
        let table: [(&str, &[&str], &str); 10] = [
            (r#"{"introduced":"0"},{"fixed":"1.2"}"#, &["(,1.2)"], "the plain case"),
            (r#"{"introduced":"0"}"#, &["(,)"], "no fix yet"),
            (r#"{"introduced":"1.0"},{"last_affected":"1.4"}"#, &["[1.0,1.4]"], "the last affected is in"),
            (r#"{"introduced":"1.0"},{"fixed":"1.2"},{"introduced":"2.0"},{"fixed":"2.1"}"#,
                &["[1.0,1.2)", "[2.0,2.1)"], "two pairs"),
            (r#"{"fixed":"2.1"},{"introduced":"2.0"},{"fixed":"1.2"},{"introduced":"1.0"}"#,
                &["[1.0,1.2)", "[2.0,2.1)"], "events are a set"),
            (r#"{"fixed":"1.2"},{"introduced":"0"}"#, &["(,1.2)"], "the start sorts first"),
            (r#"{"fixed":"1.2"}"#, &["(,1.2)"], "no introduced: from the start"),
            (r#"{"introduced":"0","fixed":"1.2"}"#, &["(,1.2)"], "both in one event, as some write"),
            (r#"{"introduced":"0"},{"limit":"2.0"}"#, &["(,2.0)"], "a limit ends it"),
            (r#"{"introduced":"0"},{"fixed":"1.0"},{"fixed":"1.5"},{"limit":"*"}"#, &["(,1.0)"],
                "the first fix closes"),
        ];
        for (events, expected, why) in table {
            assert_eq!(read(events), expected, "{why}");
        }
    }
}
