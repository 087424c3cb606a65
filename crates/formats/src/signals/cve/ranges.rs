//! `versions` entries into rules.

use std::cmp::Ordering;

use bongsu_advisory::{Rule, Status, Versions};
use bongsu_package::{Bound, Interval, Scheme, Version};
use serde::Deserialize;

use crate::signals::versions;
use crate::signals::wire::{List, Text};

/// One entry of `versions` on the wire.
#[derive(Deserialize)]
pub(super) struct WireVersion<'a> {
    #[serde(borrow, default)]
    version: Text<'a>,
    #[serde(borrow, default)]
    status: Text<'a>,
    #[serde(borrow, rename = "versionType")]
    kind: Option<Text<'a>>,
    #[serde(borrow, rename = "lessThan")]
    less_than: Option<Text<'a>>,
    #[serde(borrow, rename = "lessThanOrEqual")]
    less_than_or_equal: Option<Text<'a>>,
    #[serde(borrow, default)]
    changes: List<Change<'a>>,
}

/// From a version on, another status holds.
#[derive(Deserialize)]
struct Change<'a> {
    #[serde(borrow)]
    at: Text<'a>,
    #[serde(borrow)]
    status: Text<'a>,
}

impl WireVersion<'_> {
    pub(super) fn is_git(&self) -> bool {
        self.kind.as_deref().is_some_and(|kind| kind.eq_ignore_ascii_case("git"))
    }

    /// Every version text in it.
    pub(super) fn texts(&self) -> impl Iterator<Item = &str> {
        let ends = [&self.less_than, &self.less_than_or_equal];
        let ends = ends.into_iter().filter_map(|end| end.as_deref());
        let changes = self.changes.iter().map(|change| &*change.at);
        ends.chain(changes).chain([&*self.version])
    }
}

/// What a status word means; words we do not know are unknown.
pub(super) fn status(word: &str) -> Status {
    if word.eq_ignore_ascii_case("affected") {
        Status::Affected
    } else if word.eq_ignore_ascii_case("unaffected") {
        Status::Unaffected
    } else {
        Status::Unknown
    }
}

/// The order of an entry's versions: the package's own, else by `versionType`, if it can read every
/// end; else the generic one.
pub(super) fn scheme(entries: &[WireVersion<'_>], own: Option<Scheme>) -> Scheme {
    if let Some(own) = own {
        return own;
    }
    let mut kinds = entries.iter().filter(|entry| !entry.is_git());
    let kind = kinds.find_map(|entry| entry.kind.as_deref());
    let named = match kind.map(str::to_ascii_lowercase).as_deref() {
        Some("semver") => Scheme::Cargo,
        Some("rpm") => Scheme::Rpm,
        Some("deb" | "dpkg") => Scheme::Deb,
        Some("maven") => Scheme::Maven,
        Some("npm") => Scheme::Npm,
        Some("python" | "pep440" | "pypi") => Scheme::Pypi,
        Some("ruby" | "gem" | "rubygems") => Scheme::Gem,
        Some("nuget") => Scheme::Nuget,
        Some("go" | "golang") => Scheme::Golang,
        Some("date") => Scheme::Datetime,
        _ => return Scheme::Generic,
    };
    let readable = |text: &str| {
        let text = text.trim_end_matches(".*");
        text.is_empty() || text == "*" || named.parse(text).is_ok()
    };
    // `5.4.4` up to `5.4.4-132` runs backwards where a hyphen begins a pre-release.
    let forwards = |entry: &WireVersion<'_>| {
        let end = entry.less_than.as_deref().or(entry.less_than_or_equal.as_deref());
        end.is_none_or(|end| named.compare(&entry.version, end) != Some(Ordering::Greater))
    };
    let mut told = entries.iter().filter(|entry| !entry.is_git());
    let all = told.clone().flat_map(WireVersion::texts);
    if all.filter(|text| !versions::says_nothing(text)).all(readable) && told.all(forwards) {
        named
    } else {
        Scheme::Generic
    }
}

/// Reads one entry into rules and fixed versions.
pub(super) fn read(
    entry: &WireVersion<'_>,
    (scheme, product): (Scheme, &str),
    field: &str,
    rules: &mut Vec<Rule>,
    fixed: &mut Vec<String>,
) {
    let status = status(&entry.status);
    let mut rule = |status: Status, versions: Versions| {
        rules.push(Rule { status, versions, field: field.to_owned() });
    };
    if entry.is_git() {
        if status == Status::Affected {
            rule(status, Versions::Commits);
        }
        return;
    }
    let joined = entry.less_than.as_deref().and_then(|end| of_branch(&entry.version, end, product));
    let less_than = joined.as_deref().or(entry.less_than.as_deref());
    let upper = less_than.map(|end| (end, false));
    let upper = upper.or(entry.less_than_or_equal.as_deref().map(|end| (end, true)));
    let high = match upper {
        Some((end, included)) => {
            let sign = if included { "<=" } else { "<" };
            let words = || Versions::Words(format!("{} {sign} {end}", &*entry.version));
            let Some(high) = versions::end(end, included) else { return rule(status, words()) };
            // Backwards, or up to itself and without it: the source meant something else.
            let order = high.text().and_then(|high| scheme.compare(entry.version.trim(), high));
            if order == Some(Ordering::Greater) || (order == Some(Ordering::Equal) && !included) {
                return rule(status, words());
            }
            high
        }
        // Changes without an end: the status holds from the version on, until the first change.
        None if !entry.changes.is_empty() => Bound::Open,
        None => {
            for versions in versions::read(versions::without_product(&entry.version, product)) {
                if let Versions::Range(Interval { high: Bound::Excluding(end), .. }) = &versions {
                    note(fixed, status, end);
                }
                rule(status, versions);
            }
            return;
        }
    };
    if entry.changes.is_empty()
        && let Bound::Excluding(end) = &high
        && upper.is_some_and(|(written, _)| written == end)
    {
        note(fixed, status, end);
    }
    let mut low = versions::beginning(&entry.version);
    let mut holds = status;
    for change in in_order(&entry.changes, scheme) {
        let at = change.at.trim();
        let next = self::status(&change.status);
        rule(holds, Versions::Range(Interval { low, high: Bound::Excluding(at.to_owned()) }));
        if next == Status::Unaffected {
            note(fixed, holds, at);
        }
        low = Bound::Including(at.to_owned());
        holds = next;
    }
    rule(holds, Versions::Range(Interval { low, high }));
}

/// `NetScaler`'s records give the branch and then the build alone: `13.1`, less than `49.13`.
fn of_branch(branch: &str, build: &str, product: &str) -> Option<String> {
    let two = |text: &str| {
        let (major, minor) = text.trim().split_once('.')?;
        minor.parse::<u32>().ok()?;
        major.parse::<u32>().ok()
    };
    let named = ["netscaler", "citrix adc", "application delivery controller"];
    let product = product.to_ascii_lowercase();
    let meant = named.iter().any(|name| product.contains(name)) && two(branch)? != two(build)?;
    meant.then(|| format!("{}-{}", branch.trim(), build.trim()))
}

/// What holds for the rest when the record does not say.
///
/// The schema's answer is *unknown*. But a record whose every affected run has an end tells where
/// the flaw stops: what lies past an end and in no other run is unaffected, and only what lies
/// before the first run stays unknown.
pub(super) fn implied(rules: &mut Vec<Rule>, scheme: Scheme, field: &str) -> Status {
    let mut first: Option<(Option<Version>, &Bound)> = None;
    for rule in rules.iter().filter(|rule| rule.status == Status::Affected) {
        let Versions::Range(Interval { low, high }) = &rule.versions else {
            return Status::Unknown;
        };
        if *high == Bound::Open {
            return Status::Unknown;
        }
        let begins = low.version(scheme);
        if begins.is_none() && *low != Bound::Open {
            return Status::Unknown;
        }
        let key = |begins: &Option<Version>| begins.as_ref().map(|v| v.sort_key().to_vec());
        if first.as_ref().is_none_or(|(known, _)| key(&begins) < key(known)) {
            first = Some((begins, low));
        }
    }
    let before = match first {
        None => return Status::Unknown,
        Some((_, Bound::Open)) => return Status::Unaffected,
        Some((_, Bound::Including(text))) => Bound::Excluding(text.clone()),
        Some((_, Bound::Excluding(text))) => Bound::Including(text.clone()),
    };
    let versions = Versions::Range(Interval { low: Bound::Open, high: before });
    rules.push(Rule { status: Status::Unknown, versions, field: field.to_owned() });
    Status::Unaffected
}

/// Whether a default of *affected* stands beside nothing but affected runs, one of which ends.
///
/// By the letter, what lies past the end is affected too, and the end would say nothing: the record
/// contradicts itself, and what no run covers stays open.
pub(super) fn contradict_affected(rules: &[Rule]) -> bool {
    let ends = |rule: &Rule| matches!(&rule.versions, Versions::Range(Interval { high, .. }) if *high != Bound::Open);
    rules.iter().all(|rule| rule.status == Status::Affected) && rules.iter().any(ends)
}

/// Notes the version that ends an affected run.
fn note(fixed: &mut Vec<String>, status: Status, version: &str) {
    if status == Status::Affected && !fixed.iter().any(|known| known == version) {
        fixed.push(version.to_owned());
    }
}

/// Changes in ascending order, if the scheme can say; else as written.
fn in_order<'c, 'a>(changes: &'c [Change<'a>], scheme: Scheme) -> Vec<&'c Change<'a>> {
    let mut sorted: Vec<&Change<'a>> = changes.iter().collect();
    if sorted.iter().all(|change| scheme.parse(&change.at).is_ok()) {
        sorted.sort_by(|left, right| {
            scheme.compare(&left.at, &right.at).unwrap_or(std::cmp::Ordering::Equal)
        });
    }
    sorted
}
