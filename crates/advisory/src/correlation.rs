//! Which identifiers are names of one flaw.
//!
//! Every alias is an assertion of the document that carries it. The rules, in order:
//!
//! 1. A CVE identifier is one flaw. Two of them are never merged, whoever says so.
//! 2. Another identifier belongs to every CVE that a standing document ties it to directly. One
//!    that is tied to two CVEs is a document about two flaws, not a bridge between them.
//! 3. Identifiers tied to no CVE directly follow their aliases. What those reach decides: one CVE,
//!    and they are names of it; several, and nobody knows which, so they stay on their own.
//! 4. Without any CVE, aliases join, but never two identifiers of one numbering authority.
//!
//! Only [`Standing::Valid`] documents count, so a withdrawal withdraws exactly its own aliases.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;

use crate::{Advisory, Standing, VulnerabilityId};

/// Identifiers sorted into flaws.
///
/// ```
/// use bongsu_advisory::Correlation;
///
/// let id = |text: &str| text.parse().unwrap();
/// let aliases = [(id("GHSA-aaaa-bbbb-cccc"), id("CVE-2024-1")), (id("PYSEC-2024-7"), id("CVE-2024-1"))];
/// let flaws = Correlation::of_aliases(aliases);
/// assert_eq!(flaws.names_of(&id("PYSEC-2024-7")).len(), 1);
/// assert_eq!(flaws.primary_of(&id("PYSEC-2024-7")), [&id("CVE-2024-1")]);
/// ```
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Correlation {
    /// Flaws by their primary name; the names include it.
    flaws: BTreeMap<VulnerabilityId, BTreeSet<VulnerabilityId>>,
    /// The primary names an identifier belongs to, sorted.
    of: BTreeMap<VulnerabilityId, BTreeSet<VulnerabilityId>>,
}

type Neighbours = BTreeMap<VulnerabilityId, BTreeSet<VulnerabilityId>>;

impl Correlation {
    /// Correlates what standing advisories assert.
    pub fn of<'a>(advisories: impl IntoIterator<Item = &'a Advisory>) -> Self {
        let mut ties = Neighbours::new();
        for advisory in advisories {
            if advisory.standing != Standing::Valid {
                continue;
            }
            ties.entry(advisory.id.clone()).or_default();
            for alias in &advisory.aliases {
                tie(&mut ties, &advisory.id, alias);
            }
        }
        Self::of_ties(&ties)
    }

    /// Correlates bare pairs of names.
    pub fn of_aliases(pairs: impl IntoIterator<Item = (VulnerabilityId, VulnerabilityId)>) -> Self {
        let mut ties = Neighbours::new();
        for (left, right) in pairs {
            tie(&mut ties, &left, &right);
        }
        Self::of_ties(&ties)
    }

    fn of_ties(ties: &Neighbours) -> Self {
        let mut correlation = Self::default();
        let mut loose = BTreeSet::new();
        for (id, tied) in ties {
            if id.is_cve() {
                correlation.join(id, id);
                continue;
            }
            let cves: Vec<_> = tied.iter().filter(|other| other.is_cve()).collect();
            if cves.is_empty() {
                loose.insert(id);
            }
            for cve in cves {
                correlation.join(cve, id);
            }
        }
        for group in groups(&loose, ties) {
            correlation.settle(&group, ties);
        }
        correlation
    }

    /// Gives a group of identifiers without a CVE of their own its flaw.
    fn settle(&mut self, group: &BTreeSet<&VulnerabilityId>, ties: &Neighbours) {
        let outside = group.iter().flat_map(|id| &ties[*id]).filter(|id| !group.contains(id));
        let reached: BTreeSet<_> = outside
            .filter_map(|id| self.of.get(id))
            .flat_map(|primaries| primaries.iter().filter(|primary| primary.is_cve()).cloned())
            .collect();
        let primary = match reached.first() {
            Some(only) if reached.len() == 1 => only.clone(),
            _ => match group.first() {
                Some(first) => (*first).clone(),
                None => return,
            },
        };
        for id in group {
            self.join(&primary, id);
        }
    }

    fn join(&mut self, primary: &VulnerabilityId, id: &VulnerabilityId) {
        self.flaws.entry(primary.clone()).or_default().insert(id.clone());
        self.of.entry(id.clone()).or_default().insert(primary.clone());
    }

    /// The primary names of the flaws `id` belongs to: the CVE where there is one.
    ///
    /// Empty for an identifier nobody mentioned.
    pub fn primary_of(&self, id: &VulnerabilityId) -> Vec<&VulnerabilityId> {
        self.of.get(id).into_iter().flatten().collect()
    }

    /// All names of each flaw `id` belongs to.
    pub fn names_of(&self, id: &VulnerabilityId) -> Vec<&BTreeSet<VulnerabilityId>> {
        self.primary_of(id).into_iter().filter_map(|primary| self.flaws.get(primary)).collect()
    }

    /// The names of the flaw with that primary name.
    pub fn names(&self, primary: &VulnerabilityId) -> Option<&BTreeSet<VulnerabilityId>> {
        self.flaws.get(primary)
    }

    /// Identifiers that begin like this one, in order.
    pub fn beginning<'a>(
        &'a self,
        with: &'a VulnerabilityId,
    ) -> impl Iterator<Item = &'a VulnerabilityId> {
        let from = (Bound::Included(with), Bound::Unbounded);
        let after = self.of.range::<VulnerabilityId, _>(from).map(|(id, _)| id);
        after.take_while(move |id| id.as_str().starts_with(with.as_str()))
    }

    /// How many flaws there are.
    pub fn len(&self) -> usize {
        self.flaws.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.flaws.is_empty()
    }
}

fn tie(ties: &mut Neighbours, left: &VulnerabilityId, right: &VulnerabilityId) {
    ties.entry(left.clone()).or_default();
    ties.entry(right.clone()).or_default();
    if left != right {
        ties.entry(left.clone()).or_default().insert(right.clone());
        ties.entry(right.clone()).or_default().insert(left.clone());
    }
}

/// Groups the loose identifiers along their aliases, in order, refusing a step that would put two
/// identifiers of one authority together.
fn groups<'a>(
    loose: &BTreeSet<&'a VulnerabilityId>,
    ties: &'a Neighbours,
) -> Vec<BTreeSet<&'a VulnerabilityId>> {
    let mut groups: Vec<BTreeSet<&VulnerabilityId>> = Vec::new();
    let mut group_of: BTreeMap<&VulnerabilityId, usize> = BTreeMap::new();
    for id in loose {
        group_of.insert(id, groups.len());
        groups.push(BTreeSet::from([*id]));
    }
    for id in loose {
        for other in ties[*id].iter().filter(|other| loose.contains(other)) {
            let (here, there) = (group_of[*id], group_of[other]);
            if here == there || share_an_authority(&groups[here], &groups[there]) {
                continue;
            }
            let moved = std::mem::take(&mut groups[there]);
            for member in &moved {
                group_of.insert(member, here);
            }
            groups[here].extend(moved);
        }
    }
    groups.retain(|group| !group.is_empty());
    groups
}

fn share_an_authority(
    left: &BTreeSet<&VulnerabilityId>,
    right: &BTreeSet<&VulnerabilityId>,
) -> bool {
    left.iter().any(|a| right.iter().any(|b| a.authority() == b.authority()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(text: &str) -> VulnerabilityId {
        text.parse().unwrap()
    }

    fn flaws(pairs: &[(&str, &str)]) -> Correlation {
        Correlation::of_aliases(pairs.iter().map(|(left, right)| (id(left), id(right))))
    }

    fn primaries(correlation: &Correlation, name: &str) -> Vec<String> {
        correlation.primary_of(&id(name)).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_sloppy_document_does_not_merge_two_cves() {
        let flaws = flaws(&[
            ("GHSA-1111-1111-1111", "CVE-2024-1"),
            ("GHSA-2222-2222-2222", "CVE-2024-2"),
            ("PYSEC-2024-1", "CVE-2024-1"),
            ("PYSEC-2024-1", "CVE-2024-2"),
        ]);
        assert_eq!(flaws.len(), 2);
        assert_eq!(primaries(&flaws, "PYSEC-2024-1"), ["CVE-2024-1", "CVE-2024-2"]);
        assert_eq!(primaries(&flaws, "GHSA-1111-1111-1111"), ["CVE-2024-1"]);
        assert_eq!(primaries(&flaws, "CVE-2024-2"), ["CVE-2024-2"]);
    }

    #[test]
    fn a_chain_through_a_third_name_reaches_the_cve() {
        let flaws =
            flaws(&[("GO-2024-1", "GHSA-1111-1111-1111"), ("GHSA-1111-1111-1111", "CVE-2024-1")]);
        assert_eq!(primaries(&flaws, "GO-2024-1"), ["CVE-2024-1"]);
        assert_eq!(flaws.len(), 1);
    }

    #[test]
    fn a_chain_that_reaches_two_cves_stays_on_its_own() {
        let flaws = flaws(&[
            ("GO-2024-1", "GHSA-1111-1111-1111"),
            ("GO-2024-1", "GHSA-2222-2222-2222"),
            ("GHSA-1111-1111-1111", "CVE-2024-1"),
            ("GHSA-2222-2222-2222", "CVE-2024-2"),
        ]);
        assert_eq!(primaries(&flaws, "GO-2024-1"), ["GO-2024-1"]);
    }

    #[test]
    fn a_cve_that_claims_another_cve_as_alias_is_not_merged_with_it() {
        let flaws = flaws(&[("CVE-2024-1", "CVE-2024-2")]);
        assert_eq!(flaws.len(), 2);
    }

    #[test]
    fn without_a_cve_aliases_join_but_never_two_of_one_authority() {
        let joined = flaws(&[("RUSTSEC-2024-1", "GHSA-1111-1111-1111")]);
        assert_eq!(joined.len(), 1);
        let kept = flaws(&[
            ("RUSTSEC-2024-1", "GHSA-1111-1111-1111"),
            ("RUSTSEC-2024-1", "GHSA-2222-2222-2222"),
        ]);
        assert_eq!(kept.len(), 2);
    }
}
