//! The rules of one entry, read once and asked about many versions.
//!
//! An entry may list a hundred thousand versions, and an inventory may hold a hundred thousand
//! components of that name. So texts are parsed once, listed versions are searched by bisection,
//! and what does not depend on the version is looked up once.

use std::cmp::Ordering;
use std::sync::OnceLock;

use bongsu_advisory::{Affected, Rule, Status, Versions};
use bongsu_package::{Bound, Interval, Scheme, Version, Within};

use crate::Why;

/// What has to be known of an entry's rules to judge any version; positions are those of
/// [`Affected::rules`].
#[derive(Debug, Default)]
pub(crate) struct Rulebook {
    /// Listed versions that the order reads, ascending; of equal ones the first of the entry.
    listed: Vec<(Version, usize)>,
    /// Listed texts that it cannot read, ascending by text; of equal ones the first of the entry.
    strange: Vec<(Box<str>, usize)>,
    /// Ranges, in the entry's order.
    spans: Vec<Span>,
    /// The first rule about all versions.
    pub(crate) all: Option<usize>,
    /// The first rule in words.
    pub(crate) words: Option<usize>,
    /// Whether a rule names commits.
    pub(crate) commits: bool,
    /// Whether rules only clear versions, and there is at least one.
    pub(crate) clears_only: bool,
    /// The versions that fix it, in their order; read when first asked for.
    fixed: OnceLock<Vec<Fix>>,
}

/// One version that fixes it: its position in [`Affected::fixed`], after what the order reads of it.
type Fix = (Option<Version>, usize);

/// A range with its ends read.
#[derive(Debug)]
struct Span {
    rule: usize,
    low: End,
    high: End,
    /// The epoch of the first end that has one above zero; RPM only.
    epoch: Option<Box<str>>,
}

/// One end of a range.
#[derive(Debug)]
enum End {
    Open,
    Read { version: Version, included: bool },
    Strange { text: Box<str>, included: bool },
}

/// What the rules of an entry say of one version.
#[derive(Default)]
pub(crate) struct Reading<'a> {
    pub(crate) listed: Option<&'a Rule>,
    pub(crate) affecting: Option<(&'a Rule, &'a Interval)>,
    pub(crate) clearing: Option<(&'a Rule, &'a Interval)>,
    pub(crate) unclear: Option<Why>,
}

impl Rulebook {
    /// Reads the rules of an entry.
    pub(crate) fn of(entry: &Affected) -> Self {
        let mut book = Self::default();
        for (number, rule) in entry.rules.iter().enumerate() {
            match &rule.versions {
                Versions::One(text) => match entry.scheme.parse(text) {
                    Ok(version) => book.listed.push((version, number)),
                    Err(_) => book.strange.push((text.as_str().into(), number)),
                },
                Versions::Range(range) => book.spans.push(Span::of(entry.scheme, range, number)),
                Versions::All => book.all = book.all.or(Some(number)),
                Versions::Words(_) => book.words = book.words.or(Some(number)),
                Versions::Commits => book.commits = true,
            }
        }
        let cleared = |rule: &Rule| rule.status == Status::Unaffected;
        book.clears_only = !entry.rules.is_empty() && entry.rules.iter().all(cleared);
        // Both sorts keep the entry's order among equals, so the first of them is what stays.
        book.listed.sort_by(|(a, _), (b, _)| a.sort_key().cmp(b.sort_key()));
        book.listed.dedup_by(|(a, _), (b, _)| a.sort_key() == b.sort_key());
        book.strange.sort_by(|(a, _), (b, _)| a.cmp(b));
        book.strange.dedup_by(|(a, _), (b, _)| a == b);
        book
    }

    /// Whether a rule names single versions.
    pub(crate) fn has_exact(&self) -> bool {
        !self.listed.is_empty() || !self.strange.is_empty()
    }

    /// Whether a rule names single versions or a range of them.
    pub(crate) fn is_narrow(&self) -> bool {
        self.has_exact() || !self.spans.is_empty()
    }

    /// What the rules say of a version; `entry` is the one this book was read from.
    pub(crate) fn read<'a>(
        &self,
        entry: &'a Affected,
        version: &str,
        epoch_known: bool,
    ) -> Reading<'a> {
        let parsed = entry.scheme.parse(version).ok();
        if let Some(rule) = self.listing(version, parsed.as_ref()) {
            return Reading { listed: entry.rules.get(rule), ..Reading::default() };
        }
        let mut reading = Reading::default();
        for span in &self.spans {
            let Some(rule) = entry.rules.get(span.rule) else { continue };
            let Versions::Range(range) = &rule.versions else { continue };
            reading.take(
                entry.scheme,
                rule,
                range,
                span,
                &Asked { version, parsed: &parsed, epoch_known },
            );
        }
        if parsed.is_none() && self.has_exact() {
            let text = version.to_owned();
            reading.unclear.get_or_insert(Why::Unreadable { scheme: entry.scheme, text });
        }
        reading
    }

    /// The first rule that lists a version, or another spelling of it.
    fn listing(&self, version: &str, parsed: Option<&Version>) -> Option<usize> {
        // What the order cannot read is equal to nothing but itself, and neither is a version.
        if let Some(parsed) = parsed {
            let key = parsed.sort_key();
            let at = self.listed.binary_search_by(|(one, _)| one.sort_key().cmp(key)).ok()?;
            return Some(self.listed[at].1);
        }
        let at = self.strange.binary_search_by(|(text, _)| (**text).cmp(version)).ok()?;
        Some(self.strange[at].1)
    }

    /// The versions that fix it and are not older than a version, the nearest first; where the order
    /// cannot tell, all of them. Those it cannot read come last, as the source has them.
    pub(crate) fn fixed_from<'a>(&self, entry: &'a Affected, version: &str) -> Vec<&'a str> {
        let fixed = self.fixed.get_or_init(|| {
            let read = |(at, text): (usize, &String)| (entry.scheme.parse(text).ok(), at);
            let mut fixed: Vec<Fix> = entry.fixed.iter().enumerate().map(read).collect();
            fixed.sort_by(|(a, _), (b, _)| match (a, b) {
                (Some(a), Some(b)) => a.sort_key().cmp(b.sort_key()),
                (a, b) => a.is_none().cmp(&b.is_none()),
            });
            fixed
        });
        let older = entry.scheme.parse(version).map_or(0, |own| {
            let is_older = |fix: &Version| fix.sort_key() < own.sort_key();
            fixed.partition_point(|(fix, _)| fix.as_ref().is_some_and(is_older))
        });
        fixed[older..]
            .iter()
            .filter_map(|(_, at)| entry.fixed.get(*at))
            .map(String::as_str)
            .collect()
    }
}

/// The version under question.
struct Asked<'v> {
    version: &'v str,
    parsed: &'v Option<Version>,
    epoch_known: bool,
}

impl<'a> Reading<'a> {
    /// Takes in what one range says.
    fn take(
        &mut self,
        scheme: Scheme,
        rule: &'a Rule,
        range: &'a Interval,
        span: &Span,
        asked: &Asked<'_>,
    ) {
        let within = span.holds(asked.version, asked.parsed.as_ref());
        if !asked.epoch_known && span.epoch_decides(scheme, asked.version, within) {
            let bound = span.epoch_bound(range).unwrap_or_default().to_owned();
            // Of all that is open this can be mended, so it is what is told.
            self.unclear = Some(Why::EpochMissing { bound });
            return;
        }
        match (within, rule.status) {
            (Within::Inside, Status::Unaffected) => {
                self.clearing.get_or_insert((rule, range));
            }
            (Within::Inside, Status::Affected) => {
                self.affecting.get_or_insert((rule, range));
            }
            (Within::Inside, Status::Unknown) if self.unclear.is_none() => {
                let (status, range) = (rule.status, range.clone());
                self.unclear = Some(Why::InRange { status, range, scheme });
            }
            (Within::Unclear, _) if self.unclear.is_none() => {
                let unreadable = if asked.parsed.is_none() { None } else { span.strange() };
                let text = unreadable.unwrap_or(asked.version).to_owned();
                self.unclear = Some(Why::Unreadable { scheme, text });
            }
            _ => {}
        }
    }
}

impl Span {
    fn of(scheme: Scheme, range: &Interval, rule: usize) -> Self {
        let epoch = if scheme == Scheme::Rpm { epoch_bound(range).and_then(epoch) } else { None };
        Self {
            rule,
            low: End::of(scheme, &range.low),
            high: End::of(scheme, &range.high),
            epoch: epoch.map(Into::into),
        }
    }

    /// As [`Interval::holds`].
    fn holds(&self, version: &str, parsed: Option<&Version>) -> Within {
        let low = self.low.reached(version, parsed, Ordering::Greater);
        if low == Some(false) {
            return Within::Outside;
        }
        match (low, self.high.reached(version, parsed, Ordering::Less)) {
            (_, Some(false)) => Within::Outside,
            (Some(true), Some(true)) => Within::Inside,
            _ => Within::Unclear,
        }
    }

    /// Whether giving the version the epoch of the range's end would change the answer.
    fn epoch_decides(&self, scheme: Scheme, version: &str, within: Within) -> bool {
        let Some(epoch) = self.epoch.as_deref().filter(|_| !version.contains(':')) else {
            return false;
        };
        let version = format!("{epoch}:{version}");
        self.holds(&version, scheme.parse(&version).ok().as_ref()) != within
    }

    /// The end of the range that has an epoch.
    fn epoch_bound<'r>(&self, range: &'r Interval) -> Option<&'r str> {
        self.epoch.as_ref().and_then(|_| epoch_bound(range))
    }

    /// The first end that the order cannot read.
    fn strange(&self) -> Option<&str> {
        [&self.low, &self.high].into_iter().find_map(|end| match end {
            End::Strange { text, .. } => Some(&**text),
            _ => None,
        })
    }
}

impl End {
    fn of(scheme: Scheme, bound: &Bound) -> Self {
        let (text, included) = match bound {
            Bound::Open => return Self::Open,
            Bound::Including(text) => (text, true),
            Bound::Excluding(text) => (text, false),
        };
        match scheme.parse(text) {
            Ok(version) => Self::Read { version, included },
            Err(_) => Self::Strange { text: text.as_str().into(), included },
        }
    }

    /// Whether a version is on the inner side of this end, where it would be `inner`.
    fn reached(&self, version: &str, parsed: Option<&Version>, inner: Ordering) -> Option<bool> {
        match self {
            Self::Open => Some(true),
            Self::Read { version: end, included } => match parsed?.compare(end)? {
                Ordering::Equal => Some(*included),
                order => Some(order == inner),
            },
            // A text that no order reads is still itself.
            Self::Strange { text, included } => (**text == *version).then_some(*included),
        }
    }
}

/// The end of the range that has an epoch, if one has.
fn epoch_bound(range: &Interval) -> Option<&str> {
    [&range.low, &range.high].into_iter().filter_map(Bound::text).find(|text| epoch(text).is_some())
}

/// The epoch of an RPM version text, when it is above zero.
fn epoch(text: &str) -> Option<&str> {
    let (epoch, _) = text.split_once(':')?;
    let number = epoch.trim_start_matches('0');
    (!number.is_empty() && number.bytes().all(|b| b.is_ascii_digit())).then_some(epoch)
}

#[cfg(test)]
#[path = "rulebook/tests.rs"]
mod tests;
