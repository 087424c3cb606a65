//! Looking things up by name: what is said of one flaw, and what begins like a text that somebody typed.

use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::fmt;

use bongsu_advisory::{Advisory, Versions, VulnerabilityId};
use bongsu_package::{Ecosystem, Family, ProductName};

use crate::Knowledge;
use crate::reason::{Brief, Span};

/// A package or a product that documents speak of.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Thing<'a> {
    /// A package of a family of ecosystems, whatever the release.
    Package {
        /// The family.
        family: &'a Family,
        /// Its name there.
        name: &'a str,
        /// Entries of documents that speak of it.
        entries: usize,
    },
    /// A product of a vendor.
    Product {
        /// Its name.
        name: &'a ProductName,
        /// Entries of documents that speak of it.
        entries: usize,
    },
}

impl Knowledge {
    /// Every name of the flaws that have this one, the given one first.
    pub fn names_of(&self, name: &VulnerabilityId) -> Vec<VulnerabilityId> {
        let others: BTreeSet<_> = self.correlation().names_of(name).into_iter().flatten().collect();
        let others = others.into_iter().filter(|other| *other != name);
        [name].into_iter().chain(others).cloned().collect()
    }

    /// Every document of that name or about that flaw, also those that were taken back, in the order they came.
    pub fn told(&self, name: &VulnerabilityId) -> Vec<&Advisory> {
        let names = self.names_of(name);
        let mut names: Vec<&VulnerabilityId> = names.iter().collect();
        names.extend(self.correlation().primary_of(name));
        self.documents_about(&names).map(|(_, advisory)| advisory).collect()
    }

    /// Flaws with an identifier that begins like this one, by their primary names, each once, at most so many.
    pub fn flaws_like(&self, begins: &VulnerabilityId, most: usize) -> Vec<&VulnerabilityId> {
        let mut found: Vec<&VulnerabilityId> = Vec::new();
        for id in self.correlation().beginning(begins) {
            for primary in self.correlation().primary_of(id) {
                if !found.contains(&primary) {
                    found.push(primary);
                }
            }
            if found.len() >= most {
                break;
            }
        }
        found.truncate(most);
        found
    }

    /// Packages and products whose names hold a text: first those that are it, then those that begin with it, the most
    /// spoken of first; at most so many. Looks at every name there is: milliseconds for a few hundred thousand.
    pub fn things_like(&self, text: &str, most: usize) -> Vec<Thing<'_>> {
        let text = text.trim().to_lowercase();
        let folded: String = text.chars().filter(|c| c.is_alphanumeric() || *c == '/').collect();
        let mut found: Vec<(Fit, Thing<'_>)> = Vec::new();
        if !text.is_empty() {
            for (family, names) in &self.packages {
                let fitting = names
                    .iter()
                    .filter_map(|(name, all)| Some((fit(name, &text)?, name, all.len())));
                found.extend(
                    fitting.map(|(fit, name, entries)| {
                        (fit, Thing::Package { family, name, entries })
                    }),
                );
            }
        }
        if !folded.is_empty() {
            let fitting = self
                .products
                .iter()
                .filter_map(|(name, all)| Some((fit_of(name, &folded)?, name, all.len())));
            found.extend(
                fitting.map(|(fit, name, entries)| (fit, Thing::Product { name, entries })),
            );
        }
        let rank =
            |(fit, thing): &(Fit, Thing<'_>)| (*fit, Reverse(thing.entries()), thing.to_string());
        if found.len() > most {
            found.select_nth_unstable_by_key(most, |(fit, thing)| (*fit, Reverse(thing.entries())));
            found.truncate(most);
        }
        found.sort_by_cached_key(rank);
        found.into_iter().map(|(_, thing)| thing).collect()
    }
}

/// How well a name fits a text; the less the better.
type Fit = u8;

fn fit(name: &str, text: &str) -> Option<Fit> {
    let begins =
        || name.strip_prefix(text).or_else(|| name.rsplit(['/', ':']).next()?.strip_prefix(text));
    match begins() {
        Some("") => Some(0),
        Some(_) => Some(1),
        None => name.contains(text).then_some(2),
    }
}

fn fit_of(name: &ProductName, text: &str) -> Option<Fit> {
    match text.split_once('/') {
        Some((vendor, product)) => {
            fit(name.product(), product).filter(|_| name.vendor().starts_with(vendor))
        }
        None => fit(name.product(), text).or_else(|| (name.vendor() == text).then_some(2)),
    }
}

impl Thing<'_> {
    /// How many entries of documents speak of it.
    pub fn entries(&self) -> usize {
        match self {
            Self::Package { entries, .. } | Self::Product { entries, .. } => *entries,
        }
    }
}

impl fmt::Display for Thing<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Package { family, name, .. } => {
                let ecosystem = Ecosystem { family: (*family).clone(), release: None };
                write!(f, "{ecosystem}/{name}")
            }
            Self::Product { name, .. } => write!(f, "{}/{}", name.vendor(), name.product()),
        }
    }
}

/// Which versions a rule speaks of, in words.
pub fn versions_in_words(versions: &Versions) -> String {
    match versions {
        Versions::One(version) => Brief(version).to_string(),
        Versions::Range(range) => Span(range).to_string(),
        Versions::All => "all versions".to_owned(),
        Versions::Commits => "commits only".to_owned(),
        Versions::Words(words) => Brief(words).to_string(),
    }
}

#[cfg(test)]
mod tests {
    use bongsu_advisory::{Affected, Place, Rule, Signal, Standing, Status, Subject};
    use bongsu_package::{Bound, Interval, PackageName};

    use super::*;

    fn advisory(id: &str, aliases: &[&str], names: &[&str], standing: Standing) -> Signal {
        let ecosystem = Ecosystem::from_osv("npm");
        let below = Interval { low: Bound::Open, high: Bound::Excluding("2.0.0".to_owned()) };
        let affected = names.iter().map(|name| Affected {
            subject: Subject::Package(PackageName::new(ecosystem.clone(), name)),
            scheme: ecosystem.scheme(),
            rules: vec![Rule {
                status: Status::Affected,
                versions: Versions::Range(below.clone()),
                field: String::new(),
            }],
            otherwise: Status::Unaffected,
            fixed: Vec::new(),
            advice: None,
            architectures: Vec::new(),
            field: String::new(),
        });
        Signal::Advisory(Box::new(Advisory {
            id: id.parse().unwrap(),
            asserter: "test".to_owned(),
            place: Place::default(),
            aliases: aliases.iter().map(|name| name.parse().unwrap()).collect(),
            upstream: Vec::new(),
            summary: String::new(),
            published: None,
            modified: None,
            standing,
            informational: None,
            severity: Vec::new(),
            ssvc: Vec::new(),
            affected: affected.collect(),
        }))
    }

    #[test]
    fn the_name_itself_comes_first_then_what_begins_like_it() {
        let knowledge = Knowledge::of([advisory(
            "X-1",
            &[],
            &["left-pad", "pad", "padding", "@a/pad"],
            Standing::Valid,
        )]);
        let found: Vec<String> =
            knowledge.things_like("PAD", 3).iter().map(ToString::to_string).collect();
        assert_eq!(found, ["npm/@a/pad", "npm/pad", "npm/padding"]);
        assert_eq!(knowledge.things_like("  ", 3), []);
    }

    #[test]
    fn a_document_that_was_taken_back_is_still_told_of() {
        let knowledge = Knowledge::of([
            advisory("GHSA-1111-1111-1111", &["CVE-2026-1"], &["pad"], Standing::Valid),
            advisory("OSV-9", &["CVE-2026-1"], &["pad"], Standing::Withdrawn { at: None }),
        ]);
        let told = knowledge.told(&"ghsa-1111-1111-1111".parse().unwrap());
        assert_eq!(
            told.iter().map(|one| one.id.as_str()).collect::<Vec<_>>(),
            ["GHSA-1111-1111-1111", "OSV-9"]
        );
        let like = knowledge.flaws_like(&"cve-2026".parse().unwrap(), 10);
        assert_eq!(like.iter().map(|one| one.as_str()).collect::<Vec<_>>(), ["CVE-2026-1"]);
    }

    #[test]
    fn a_range_is_said_in_words() {
        let range = Interval {
            low: Bound::Including("1".to_owned()),
            high: Bound::Excluding("2".to_owned()),
        };
        assert_eq!(versions_in_words(&Versions::Range(range)), ">= 1, < 2");
    }
}
