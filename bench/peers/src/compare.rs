//! Who says what: every difference once, with what the record says.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::Result;

use crate::finding::{Found, Part};
use crate::kit::{self, SOURCES};
use crate::ours::Claims;

/// What the records say of each package, to print beside a difference.
pub(crate) struct Records(BTreeMap<(String, String), BTreeMap<String, String>>);

impl Records {
    pub(crate) fn load(data: &Path) -> Result<Self> {
        let mut records: BTreeMap<_, BTreeMap<String, String>> = BTreeMap::new();
        for source in &SOURCES {
            for document in kit::advisories(data, source)? {
                for affected in &document.affected {
                    let part = Part::new(source.purl_type, &affected.package.name, "");
                    let withdrawn = document.withdrawn.as_ref().map_or("", |_| " WITHDRAWN");
                    let says = serde_json::to_string(affected)? + withdrawn;
                    let ids = records.entry((part.kind, part.name)).or_default();
                    ids.entry(document.id.clone()).or_default().push_str(&says);
                }
            }
        }
        Ok(Self(records))
    }

    fn of(&self, part: &Part) -> Option<&BTreeMap<String, String>> {
        self.0.get(&(part.kind.clone(), part.name.clone()))
    }
}

/// The differences over all inventories, each with the inventories it occurs in.
#[derive(Default)]
pub(crate) struct Differences {
    found: BTreeMap<Difference, BTreeSet<String>>,
    agreed: usize,
}

#[derive(Eq, Ord, PartialEq, PartialOrd)]
struct Difference {
    peer: &'static str,
    /// Whether the peer says *affected* and Bongsu does not; else the other way round.
    peer_says_affected: bool,
    part: Part,
    ids: BTreeSet<String>,
    ours: String,
}

impl Differences {
    /// Lays one inventory's answers side by side.
    pub(crate) fn add(
        &mut self,
        records: &Records,
        (peer, theirs): (&'static str, &Found),
        ours: &Claims,
        inventory: &str,
    ) {
        for (part, ids) in theirs {
            for id in ids {
                let claims = ours.get(part).into_iter().flatten();
                let claim = claims.filter(|claim| claim.names.contains(id));
                let claim = claim.max_by_key(|claim| claim.answer == "affected");
                if claim.is_some_and(|claim| claim.answer == "affected") {
                    self.agreed += 1;
                    continue;
                }
                let says = claim.map_or("nothing".to_owned(), |claim| {
                    format!("{} ({})", claim.answer, claim.reason)
                });
                self.note(peer, true, part, [id.clone()].into(), says, inventory);
            }
        }
        for (part, claims) in ours {
            // Of other types of packages the peer was given no advisories.
            let Some(known) = records.of(part) else { continue };
            for claim in claims.iter().filter(|claim| claim.answer != "not_affected") {
                let said = theirs.get(part);
                if said.is_some_and(|ids| !ids.is_disjoint(&claim.names)) {
                    continue;
                }
                let ids = claim.names.iter().filter(|name| known.contains_key(*name)).cloned();
                let says = format!("{} ({})", claim.answer, claim.reason);
                self.note(peer, false, part, ids.collect(), says, inventory);
            }
        }
    }

    fn note(
        &mut self,
        peer: &'static str,
        peer_says_affected: bool,
        part: &Part,
        ids: BTreeSet<String>,
        ours: String,
        inventory: &str,
    ) {
        let difference = Difference { peer, peer_says_affected, part: part.clone(), ids, ours };
        self.found.entry(difference).or_default().insert(inventory.to_owned());
    }

    /// Prints each difference and the sums.
    pub(crate) fn print(&self, records: &Records) {
        for (difference, inventories) in &self.found {
            let Difference { peer, peer_says_affected, part, ids, ours } = difference;
            let theirs = if *peer_says_affected { "affected" } else { "nothing" };
            let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
            println!("{part} {}: {peer} says {theirs}, bongsu says {ours}", ids.join(" "));
            let first = inventories.first().map_or("", String::as_str);
            println!("    in {} inventories, such as {first}", inventories.len());
            for (id, says) in records.of(part).into_iter().flatten() {
                if ids.contains(&id.as_str()) {
                    println!("    {id}: {}", shortened(says));
                }
            }
        }
        let places: usize = self.found.values().map(BTreeSet::len).sum();
        println!("agreed {}; differences {} in {places} places", self.agreed, self.found.len());
    }
}

/// A record's ranges, cut for a terminal: some list hundreds of versions.
fn shortened(text: &str) -> String {
    let mut short: String = text.chars().take(700).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}
