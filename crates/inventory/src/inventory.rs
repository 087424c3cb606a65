//! The contents of one system as one document gives them.

use std::collections::HashSet;

use bongsu_package::{Ecosystem, Family, PackageName};
use jiff::Timestamp;

use crate::{Component, Distribution};

/// What one document says runs on one system.
#[derive(Clone, Debug, Default)]
pub struct Inventory {
    /// What the document is about: a host, an image, a product; its file name if it does not say.
    pub system: String,
    /// The document it was read from, when that is one of several in an archive,
    /// `boms.tar.zst!web.json`; statements inside a document hold for its own components only.
    pub document: Option<String>,
    /// The name other documents point at it by, `serial/version` as in `urn:cdx:serial/version#ref`,
    /// if it has one.
    pub link: Option<String>,
    /// When it was taken, if the document says.
    pub as_of: Option<Timestamp>,
    /// The distribution the system runs, if the document says.
    pub distribution: Option<Distribution>,
    /// Its components, in the order of the document, nested ones after their parent.
    pub components: Vec<Component>,
    /// Position among them of what the document is about, where that is one of them.
    pub subject: Option<u32>,
}

impl Inventory {
    /// How many components the document lists: what it is about is none of them, and what it lists twice is one.
    pub fn listed(&self) -> usize {
        let subject = self.subject.map(|at| at as usize);
        let listed = self.components.iter().enumerate().filter(|(at, _)| Some(*at) != subject);
        let same: HashSet<_> = listed
            .map(|(_, one)| (&one.name, &one.version, &one.package, &one.architecture, one.kind))
            .collect();
        same.len()
    }

    /// Says which distribution the system runs, and gives its release to the deb, rpm and apk
    /// packages that lack one.
    ///
    /// A package database (`/var/lib/dpkg/status`, `rpm -qa`) does not say whose packages it
    /// lists; os-release beside it does. Packages that carry a release keep it.
    pub fn apply_distribution(&mut self, distribution: Distribution) {
        if let Some(theirs) = distribution.ecosystem() {
            let packages = self.components.iter_mut().filter_map(|c| c.package.as_mut());
            for package in packages.filter(|package| lacks_release(&package.ecosystem, &theirs)) {
                *package = PackageName::new(theirs.clone(), &package.name);
            }
        }
        self.distribution = Some(distribution);
    }
}

/// Whether a package that says no release can belong to a system that runs `theirs`.
fn lacks_release(own: &Ecosystem, theirs: &Ecosystem) -> bool {
    match (&own.family, &theirs.family) {
        // A dozen distributions write `.el9`: the tag alone names none of them.
        (Family::Rpm(id), Family::Rpm(_)) if NAMELESS_RPM.contains(&id.as_str()) => true,
        _ if own.release.is_some() => false,
        (Family::Debian, Family::Debian | Family::Ubuntu) | (Family::Ubuntu, Family::Ubuntu) => {
            true
        }
        (Family::Debian, Family::Other(id)) => id.starts_with("deb/"),
        (Family::Apk(id), Family::Apk(_)) if id == "alpine" => true,
        (Family::Rpm(a), Family::Rpm(b)) | (Family::Apk(a), Family::Apk(b)) => a == b,
        _ => false,
    }
}

/// Rpm families that name no distribution.
const NAMELESS_RPM: [&str; 2] = [UNKNOWN_RPM, "el"];

/// The family of rpm packages whose distribution is not known yet.
pub const UNKNOWN_RPM: &str = "unknown";

#[cfg(test)]
mod tests {
    use super::*;

    fn package(family: Family, release: Option<&str>) -> Component {
        let ecosystem = Ecosystem { family, release: release.map(str::to_owned) };
        Component { package: Some(PackageName::new(ecosystem, "acl")), ..Component::default() }
    }

    #[test]
    fn what_a_document_is_about_and_what_it_repeats_is_counted_once_at_most() {
        let named = |name: &str, version: &str, architecture: &str| Component {
            name: name.to_owned(),
            version: Some(version.to_owned()),
            architecture: Some(architecture.to_owned()),
            ..Component::default()
        };
        let rows = [
            ("box", "4", "amd64"),
            ("lib", "1", "amd64"),
            ("lib", "1", "amd64"),
            ("lib", "2", "amd64"),
            ("lib", "2", "i386"),
        ];
        let components = rows.map(|(name, version, on)| named(name, version, on)).to_vec();
        let mut inventory = Inventory { components, ..Inventory::default() };
        assert_eq!(inventory.listed(), 4);
        inventory.subject = Some(0);
        assert_eq!(inventory.listed(), 3);
    }

    #[test]
    fn os_release_completes_only_the_packages_it_can_speak_for() {
        #[rustfmt::skip]
        let table = [
            // family                     release     becomes                                        why
            (Family::Debian,              None,       (Family::Rpm("almalinux".into()), None, false), "a deb is no rpm"),
            (Family::Rpm("unknown".into()), None,     (Family::Rpm("almalinux".into()), Some("9"), true), "rpm -qa names nobody"),
            (Family::Rpm("el".into()), Some("8"),     (Family::Rpm("almalinux".into()), Some("9"), true), "a tag is no name"),
            (Family::Rpm("fedora".into()),None,       (Family::Rpm("fedora".into()), None, true), "another distribution's package"),
            (Family::Rpm("almalinux".into()), Some("8"), (Family::Rpm("almalinux".into()), Some("8"), true), "it said so itself"),
        ];
        for (family, release, (expected, expected_release, changes_family), why) in table {
            let mut inventory = Inventory {
                components: vec![package(family.clone(), release)],
                ..Inventory::default()
            };
            let runs = Distribution { id: "almalinux".into(), version: Some("9.3".into()) };
            inventory.apply_distribution(runs);
            let package = inventory.components[0].package.as_ref().unwrap();
            let family = if changes_family { expected } else { family };
            assert_eq!(package.ecosystem.family, family, "{why}");
            assert_eq!(package.ecosystem.release.as_deref(), expected_release, "{why}");
        }
    }
}
