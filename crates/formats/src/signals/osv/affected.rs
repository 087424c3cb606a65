//! What an OSV record touches: packages, their ranges and their listed versions.

use bongsu_advisory::{Affected, Rule, Status, Subject, Versions};
use bongsu_package::{Ecosystem, Family, PackageName, Purl, Scheme};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::WireSeverity;
use super::ranges::{WireRange, intervals};
use crate::bounded::Fault;
use crate::signals::Inbox;
use crate::signals::wire::{Desk, List, Text};

/// One affected package on the wire.
#[derive(Deserialize)]
pub(super) struct WireAffected<'a> {
    #[serde(borrow)]
    package: Option<WirePackage<'a>>,
    #[serde(borrow, default)]
    pub(super) severity: List<WireSeverity<'a>>,
    #[serde(borrow, default)]
    ranges: List<WireRange<'a>>,
    #[serde(borrow, default)]
    versions: List<Text<'a>>,
    #[serde(borrow)]
    pub(super) ecosystem_specific: Option<&'a RawValue>,
    #[serde(borrow)]
    pub(super) database_specific: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct WirePackage<'a> {
    #[serde(borrow)]
    ecosystem: Option<Text<'a>>,
    #[serde(borrow)]
    name: Option<Text<'a>>,
    #[serde(borrow)]
    purl: Option<Text<'a>>,
}

/// Reads one entry of `affected`; entries that name nothing are set aside.
pub(super) fn read<I: Inbox>(
    entry: &WireAffected<'_>,
    number: usize,
    desk: &mut Desk<'_, I>,
) -> Result<Option<Affected>, Fault> {
    let field = format!("/affected/{number}");
    let Some(package) = package(entry, &field, desk)? else {
        let detail = "it names no package; a right one has `package` with `ecosystem` and `name`";
        desk.set_aside(field, detail.to_owned());
        return Ok(None);
    };
    let scheme = scheme(&package.ecosystem, entry);
    let mut rules = Vec::with_capacity(entry.ranges.len() + entry.versions.len());
    let mut fixed: Vec<String> = Vec::new();
    let mut commits = None;
    for (position, range) in entry.ranges.iter().enumerate() {
        let field = format!("{field}/ranges/{position}");
        if range.is_git() {
            commits = commits.or(Some(field));
            continue;
        }
        for bound in range.texts() {
            desk.name(bound, || field.clone())?;
        }
        let found = intervals(range, scheme);
        for interval in found {
            let versions = Versions::Range(interval);
            rules.push(Rule { status: Status::Affected, versions, field: field.clone() });
        }
        for version in range.fixed() {
            if !fixed.iter().any(|known| known == version) {
                fixed.push(version.to_owned());
            }
        }
    }
    desk.count("versions", entry.versions.len())?;
    for (position, version) in entry.versions.iter().enumerate() {
        let field = format!("{field}/versions/{position}");
        desk.name(version, || field.clone())?;
        let versions = Versions::One(version.to_string());
        rules.push(Rule { status: Status::Affected, versions, field });
    }
    if rules.is_empty() {
        // Commits only; or neither ranges nor versions, and the source leaves the rest open.
        let (status, versions, field) = match commits {
            Some(field) => (Status::Affected, Versions::Commits, field),
            None => (Status::Unknown, Versions::All, field.clone()),
        };
        rules.push(Rule { status, versions, field });
    }
    Ok(Some(Affected {
        subject: Subject::Package(package),
        scheme,
        rules,
        otherwise: Status::Unaffected,
        fixed,
        advice: None,
        architectures: architectures(entry),
        field,
    }))
}

/// The package, by ecosystem and name, else by purl, else by the repository of its commits.
fn package<I: Inbox>(
    entry: &WireAffected<'_>,
    field: &str,
    desk: &Desk<'_, I>,
) -> Result<Option<PackageName>, Fault> {
    if let Some(package) = &entry.package {
        if let (Some(ecosystem), Some(name)) = (&package.ecosystem, &package.name)
            && !name.is_empty()
            && !ecosystem.is_empty()
        {
            desk.name(name, || format!("{field}/package/name"))?;
            desk.name(ecosystem, || format!("{field}/package/ecosystem"))?;
            return Ok(Some(PackageName::new(Ecosystem::from_osv(ecosystem), name)));
        }
        let purl = package.purl.as_ref().and_then(|purl| purl.parse::<Purl>().ok());
        if let Some(found) = purl.as_ref().and_then(PackageName::from_purl) {
            return Ok(Some(found));
        }
    }
    let repository = entry.ranges.iter().find_map(WireRange::repository);
    Ok(repository.map(|url| {
        let (family, name) = forge(url);
        PackageName::new(Ecosystem { family, release: None }, name)
    }))
}

/// A repository as a package: by owner and name where a forge has such names, else by its address.
fn forge(url: &str) -> (Family, &str) {
    let bare = url.split_once("://").map_or(url, |(_, rest)| rest);
    let bare = bare.trim_end_matches('/');
    let bare = bare.strip_suffix(".git").unwrap_or(bare);
    match bare.strip_prefix("github.com/") {
        Some(name) => (Family::Github, name),
        None => (Family::Other("git".to_owned()), bare),
    }
}

/// The ecosystem's order; for an ecosystem we do not know whose ranges are all `SEMVER`, that.
fn scheme(ecosystem: &Ecosystem, entry: &WireAffected<'_>) -> Scheme {
    let scheme = ecosystem.scheme();
    let mut ranges = entry.ranges.iter().filter(|range| !range.is_git()).peekable();
    let all_semver = ranges.peek().is_some() && ranges.all(WireRange::is_semver);
    // Bitnami's packages end in a revision (`6.2.1-3`), which is none of SemVer's pre-releases.
    let keeps = ecosystem.family == Family::Bitnami;
    if scheme == Scheme::Generic && all_semver && !keeps { Scheme::Cargo } else { scheme }
}

/// The architectures `RustSec` limits an entry to.
fn architectures(entry: &WireAffected<'_>) -> Vec<String> {
    #[derive(Default, Deserialize)]
    struct Specific<'a> {
        #[serde(borrow, default)]
        affects: Option<Affects<'a>>,
    }
    #[derive(Default, Deserialize)]
    struct Affects<'a> {
        #[serde(borrow, default)]
        arch: List<Text<'a>>,
    }
    let Some(raw) = entry.ecosystem_specific else { return Vec::new() };
    let specific: Specific<'_> = serde_json::from_str(raw.get()).unwrap_or_default();
    let affects = specific.affects.unwrap_or_default();
    affects.arch.iter().map(|arch| arch.to_ascii_lowercase()).collect()
}
