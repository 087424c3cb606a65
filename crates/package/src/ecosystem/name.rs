//! Package names, folded so that the spellings of advisories and of inventories meet.

use std::fmt;

use super::{Ecosystem, Family, ReleaseSource, purl, rebuilt};
use crate::Purl;

/// A package inside its ecosystem, normalised so that two spellings meet.
///
/// ```
/// use bongsu_package::{Ecosystem, PackageName, Purl};
///
/// let purl: Purl = "pkg:pypi/zope.interface@5.0".parse()?;
/// let advisory = PackageName::new(Ecosystem::from_osv("PyPI"), "Zope_Interface");
/// assert_eq!(PackageName::from_purl(&purl), Some(advisory));
/// # Ok::<(), bongsu_package::ParsePurlError>(())
/// ```
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct PackageName {
    /// Where the name holds.
    pub ecosystem: Ecosystem,
    /// The name, in the ecosystem's own spelling (`group:artifact`, `@scope/name`).
    pub name: String,
}

impl PackageName {
    /// Normalises a name as an advisory writes it in an ecosystem.
    pub fn new(ecosystem: Ecosystem, name: &str) -> Self {
        let name = fold(&ecosystem.family, name.trim());
        Self { ecosystem, name }
    }

    /// The package a package URL names, its release taken from the qualifiers, or else from the
    /// tag in an RPM's version.
    ///
    /// `None` for types that name no versioned package of an ecosystem (`generic`, `oci`, `swid`).
    pub fn from_purl(purl: &Purl) -> Option<Self> {
        Self::read_purl(purl).map(|(name, _)| name)
    }

    /// As [`PackageName::from_purl`], and where the release came from.
    pub fn read_purl(purl: &Purl) -> Option<(Self, ReleaseSource)> {
        purl::read(purl)
    }

    /// The source package a distribution's package was built from, when the `upstream` qualifier
    /// of its package URL says so, and the source's version when that is said too.
    ///
    /// Debian, Ubuntu and Alpine publish advisories by source package.
    pub fn source_of_purl(purl: &Purl) -> Option<(Self, Option<String>)> {
        let upstream = purl.qualifier("upstream").filter(|text| !text.is_empty())?;
        if !matches!(purl.kind(), "deb" | "rpm" | "apk" | "alpine") {
            return None;
        }
        let ecosystem = Self::from_purl(purl)?.ecosystem;
        let (name, version) = match upstream.strip_suffix(".src.rpm") {
            Some(file) => split_source_rpm(file),
            None => match upstream.split_once('@') {
                Some((name, version)) => (name, Some(version.to_owned())),
                None => (upstream, None),
            },
        };
        Some((Self::new(ecosystem, name), version))
    }
}

/// `acl-2.2.53-3.el8`: name, then version and release.
fn split_source_rpm(file: &str) -> (&str, Option<String>) {
    let mut from_right = file.rmatch_indices('-').map(|(at, _)| at);
    match (from_right.next(), from_right.next()) {
        (Some(_), Some(at)) => (&file[..at], Some(file[at + 1..].to_owned())),
        _ => (file, None),
    }
}

/// Folds what the ecosystem itself does not tell apart, and nothing else.
fn fold(family: &Family, name: &str) -> String {
    match family {
        Family::Pypi => pep503(name),
        // Hosts and GitHub fold case; two modules that differ by case alone are one in practice,
        // and package URLs arrive in both spellings.
        Family::Golang => match name.to_lowercase() {
            // `std` is what Go calls the packages of its standard library, in module lists too.
            name if name == "std" => "stdlib".to_owned(),
            name => name,
        },
        Family::Nuget
        | Family::Composer
        | Family::Hex
        | Family::Pub
        | Family::Bitnami
        | Family::Github
        | Family::Debian
        | Family::Ubuntu
        | Family::Apk(_)
        | Family::Alpm
        | Family::Gentoo => name.to_lowercase(),
        Family::Maven => match name.split_once('/') {
            Some((group, artifact)) if !name.contains(':') => format!("{group}:{artifact}"),
            _ => name.to_owned(),
        },
        Family::Swift => swift_url(name),
        Family::Other(other) => fold_other(other, name),
        // npm has packages that differ by case alone; the others keep case by rule.
        Family::Npm
        | Family::Cargo
        | Family::Gem
        | Family::Hackage
        | Family::Cran
        | Family::Conan
        | Family::Rpm(_) => name.to_owned(),
    }
}

fn fold_other(other: &str, name: &str) -> String {
    match other {
        // Publisher and extension come with a dot or a slash.
        "vscode" => name.to_lowercase().replace('/', "."),
        _ => match rebuilt(other) {
            Some(inner) => fold(&Ecosystem::from_osv(inner).family, name),
            None if other.starts_with(super::DEB) => name.to_lowercase(),
            None => name.to_owned(),
        },
    }
}

/// PEP 503: lower case, runs of `-`, `_` and `.` as one `-`.
fn pep503(name: &str) -> String {
    let mut folded = String::with_capacity(name.len());
    let mut run = false;
    for c in name.chars() {
        let separator = matches!(c, '-' | '_' | '.');
        match (separator, run) {
            (true, true) => {}
            (true, false) => folded.push('-'),
            (false, _) => folded.extend(c.to_lowercase()),
        }
        run = separator;
    }
    folded
}

/// The repository's address without scheme, `.git` and a last slash; lower case, as the hosts of
/// nearly all Swift packages read it.
fn swift_url(name: &str) -> String {
    let name = name.split_once("://").map_or(name, |(_, rest)| rest);
    let name = name.trim_end_matches('/');
    name.strip_suffix(".git").unwrap_or(name).to_lowercase()
}

impl fmt::Display for PackageName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.ecosystem, self.name)
    }
}
