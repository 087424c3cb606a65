//! One entry of an advisory against one version.

use bongsu_advisory::{Affected, Rule, Status, Versions};
use bongsu_package::{Bound, Interval, Scheme, Within};

use crate::{Answer, Why};

/// The answer of one entry, and the rule that gave it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Judged {
    /// The answer.
    pub answer: Answer,
    /// Why.
    pub why: Why,
    /// Where in the document the rule stands, as a JSON pointer.
    pub field: String,
}

/// Judges a version by one entry.
///
/// Exact versions outrank ranges; ranges that agree decide together; ranges that contradict each
/// other leave it open. A rule that cannot be compared leaves it open unless another rule already
/// says *affected*. `epoch_known` is false for an RPM version text that came without its epoch.
pub fn judge(entry: &Affected, version: Option<&str>, epoch_known: bool) -> Judged {
    let says = |status: Status, why: Why, field: &str| Judged {
        answer: answer_of(status),
        why,
        field: field.to_owned(),
    };
    if let Some(rule) = all_versions(entry) {
        return says(rule.status, Why::AllVersions { status: rule.status }, &rule.field);
    }
    let Some(version) = version else {
        return open(entry, Why::NoVersion);
    };
    let scheme = entry.scheme;
    let reading = Reading::of(entry, version, epoch_known);
    if let Some(rule) = reading.listed {
        let Versions::One(text) = &rule.versions else {
            unreachable!("only exact rules are listed")
        };
        let why = Why::Listed { status: rule.status, version: text.clone(), scheme };
        return says(rule.status, why, &rule.field);
    }
    if let Some((rule, range)) = reading.affecting {
        if reading.clearing.is_some() {
            return open(entry, Why::Contradicted);
        }
        let why = Why::InRange { status: rule.status, range: range.clone(), scheme };
        return says(rule.status, why, &rule.field);
    }
    if let Some(why) = reading.unclear {
        return open(entry, why);
    }
    if let Some((rule, range)) = reading.clearing {
        let why = Why::InRange { status: rule.status, range: range.clone(), scheme };
        return says(rule.status, why, &rule.field);
    }
    if let Some(why) = speechless(entry) {
        return open(entry, why);
    }
    let all = entry.rules.iter().find(|rule| matches!(rule.versions, Versions::All));
    if let Some(rule) = all {
        return says(rule.status, Why::AllVersions { status: rule.status }, &rule.field);
    }
    let clears_only = entry.rules.iter().all(|rule| rule.status == Status::Unaffected);
    if clears_only && !entry.rules.is_empty() && entry.otherwise == Status::Unknown {
        return says(Status::Unaffected, Why::Silent, &entry.field);
    }
    says(entry.otherwise, Why::Otherwise { status: entry.otherwise, scheme }, &entry.field)
}

/// What the rules of an entry say of one version.
#[derive(Default)]
struct Reading<'a> {
    listed: Option<&'a Rule>,
    affecting: Option<(&'a Rule, &'a Interval)>,
    clearing: Option<(&'a Rule, &'a Interval)>,
    unclear: Option<Why>,
}

impl<'a> Reading<'a> {
    fn of(entry: &'a Affected, version: &str, epoch_known: bool) -> Self {
        let scheme = entry.scheme;
        let mut reading = Self::default();
        let parsed = scheme.parse(version).ok();
        for rule in &entry.rules {
            match &rule.versions {
                Versions::One(text)
                    if reading.listed.is_none()
                        && (text == version || equal(scheme, parsed.as_ref(), text)) =>
                {
                    reading.listed = Some(rule);
                }
                Versions::Range(range) => {
                    let within = range.holds(scheme, version);
                    if !epoch_known && epoch_decides(range, scheme, version, within) {
                        let bound = epoch_bound(range).unwrap_or_default().to_owned();
                        // Of all that is open this can be mended, so it is what is told.
                        reading.unclear = Some(Why::EpochMissing { bound });
                        continue;
                    }
                    match (within, rule.status) {
                        (Within::Inside, Status::Unaffected) => {
                            reading.clearing.get_or_insert((rule, range));
                        }
                        (Within::Inside, Status::Affected) => {
                            reading.affecting.get_or_insert((rule, range));
                        }
                        (Within::Inside, Status::Unknown) => {
                            let (status, range) = (rule.status, range.clone());
                            reading.unclear.get_or_insert(Why::InRange { status, range, scheme });
                        }
                        (Within::Unclear, _) => {
                            let text = unreadable(scheme, version, range).to_owned();
                            reading.unclear.get_or_insert(Why::Unreadable { scheme, text });
                        }
                        (Within::Outside, _) => {}
                    }
                }
                _ => {}
            }
        }
        if parsed.is_none() && reading.listed.is_none() && has_exact(entry) {
            let text = version.to_owned();
            reading.unclear.get_or_insert(Why::Unreadable { scheme, text });
        }
        reading
    }
}

/// Whether a listed text is another spelling of the version.
fn equal(scheme: Scheme, version: Option<&bongsu_package::Version>, listed: &str) -> bool {
    let Some(version) = version else { return false };
    scheme
        .parse(listed)
        .is_ok_and(|listed| version.compare(&listed) == Some(std::cmp::Ordering::Equal))
}

fn has_exact(entry: &Affected) -> bool {
    entry.rules.iter().any(|rule| matches!(rule.versions, Versions::One(_)))
}

/// The first rule that speaks of all versions, if nothing narrower is said.
fn all_versions(entry: &Affected) -> Option<&Rule> {
    let narrower = |rule: &Rule| matches!(rule.versions, Versions::One(_) | Versions::Range(_));
    if entry.rules.iter().any(narrower) {
        return None;
    }
    entry.rules.iter().find(|rule| matches!(rule.versions, Versions::All))
}

/// Why an entry whose rules hold no version says nothing about any.
fn speechless(entry: &Affected) -> Option<Why> {
    let speaks = |rule: &Rule| {
        matches!(rule.versions, Versions::One(_) | Versions::Range(_) | Versions::All)
    };
    let words = entry.rules.iter().find_map(|rule| match &rule.versions {
        Versions::Words(words) => Some(Why::WordsOnly { words: words.clone() }),
        _ => None,
    });
    if words.is_some() {
        // Words beside ranges may say anything, so what no range covers stays open.
        return words;
    }
    let commits = entry.rules.iter().any(|rule| matches!(rule.versions, Versions::Commits));
    (commits && !entry.rules.iter().any(speaks)).then_some(Why::CommitsOnly)
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

/// Whether giving the version the epoch of the range's end would change the answer.
fn epoch_decides(range: &Interval, scheme: Scheme, version: &str, within: Within) -> bool {
    if scheme != Scheme::Rpm || version.contains(':') {
        return false;
    }
    let Some(epoch) = epoch_bound(range).and_then(epoch) else { return false };
    range.holds(scheme, &format!("{epoch}:{version}")) != within
}

/// The text that kept the range from deciding: the version, else an end.
fn unreadable<'a>(scheme: Scheme, version: &'a str, range: &'a Interval) -> &'a str {
    if scheme.parse(version).is_err() {
        return version;
    }
    let ends = [&range.low, &range.high].into_iter().filter_map(Bound::text);
    ends.into_iter().find(|end| scheme.parse(end).is_err()).unwrap_or(version)
}

fn open(entry: &Affected, why: Why) -> Judged {
    Judged { answer: Answer::CannotTell, why, field: entry.field.clone() }
}

fn answer_of(status: Status) -> Answer {
    match status {
        Status::Affected => Answer::Affected,
        Status::Unaffected => Answer::NotAffected,
        Status::Unknown => Answer::CannotTell,
    }
}
