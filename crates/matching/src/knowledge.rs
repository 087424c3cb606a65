//! What is known about flaws, and which of it speaks of a component.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};

use bongsu_advisory::{
    Advisory, Affected, Correlation, EpssScore, KevEntry, Signal, Subject, VexStatement,
    VulnerabilityId,
};
use bongsu_inventory::Component;
use bongsu_package::{Cpe, Family, PackageName, ProductName};
use rustc_hash::FxHashMap;

use crate::judge::{Judged, judge_by};
use crate::part::{Part, Scores};
use crate::rulebook::Rulebook;
use crate::statements::Statements;

/// Everything the loaded sources say, ready to be asked about a component.
#[derive(Debug, Default)]
pub struct Knowledge {
    advisories: Vec<Arc<Advisory>>,
    /// Positions in `advisories` by the flaws each is about, and by its own name.
    by_flaw: FxHashMap<VulnerabilityId, Vec<u32>>,
    pub(crate) packages: FxHashMap<Family, FxHashMap<String, Vec<Entry>>>,
    pub(crate) products: FxHashMap<ProductName, Vec<Entry>>,
    kev: FxHashMap<VulnerabilityId, Arc<KevEntry>>,
    /// By product, what the catalogue names and no advisory about the product speaks of.
    catalogue: BTreeMap<ProductName, Vec<VulnerabilityId>>,
    /// Later ones hold.
    epss: Vec<Arc<Scores>>,
    /// Taken in one by one and not yet settled.
    loose: Part,
    pub(crate) statements: Statements,
    correlation: Correlation,
    /// The rules of every entry, read when a component first meets it.
    rulebooks: Vec<OnceLock<Box<Rulebook>>>,
}

/// An entry of an advisory: positions in `advisories`, in its `affected` and in `rulebooks`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry {
    advisory: u32,
    affected: u32,
    rulebook: u32,
}

/// An entry that speaks of a component, and how the two met.
#[derive(Clone, Debug)]
pub struct Speaking<'a> {
    /// The document.
    pub advisory: &'a Advisory,
    /// Its entry.
    pub affected: &'a Affected,
    /// Which name they share.
    pub through: Through,
    /// The version to judge: the binary's or the source package's.
    pub version: Option<String>,
    /// Whether the version text is known to carry its epoch.
    pub epoch_known: bool,
    /// The entry's rules, read.
    rulebook: &'a Rulebook,
}

impl<'a> Speaking<'a> {
    /// Judges the version by the entry: as [`judge`](crate::judge()), but the rules are read once
    /// for all components that meet it.
    pub fn judge(&self) -> Judged {
        judge_by(self.rulebook, self.affected, self.version.as_deref(), self.epoch_known)
    }

    /// The versions that fix it and are not older than the component's, the nearest first; all of
    /// them where the order cannot tell.
    pub fn fixed(&self) -> Vec<&'a str> {
        self.rulebook.fixed_from(self.affected, self.version.as_deref().unwrap_or_default())
    }
}

/// Which name a component and an entry share.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Through {
    /// A package of an ecosystem, release and all.
    Package,
    /// The same package, but the component's release is not known and the entry is for this one.
    PackageOfSomeRelease(String),
    /// A product of a vendor.
    Product,
    /// A CPE name.
    Cpe,
}

impl Knowledge {
    /// Takes in what feeds said. The order does not matter.
    pub fn of(signals: impl IntoIterator<Item = Signal>) -> Self {
        let mut knowledge = Self::default();
        for signal in signals {
            knowledge.take(signal);
        }
        knowledge.settle();
        knowledge
    }

    /// Takes in what several feeds said, sharing it with them. The order matters only where two parts rate one flaw: the
    /// later forecast and catalogue row hold.
    pub fn of_parts<'p>(parts: impl IntoIterator<Item = &'p Part>) -> Self {
        let mut knowledge = Self::default();
        for part in parts {
            knowledge.take_part(part);
        }
        knowledge.settle();
        knowledge
    }

    /// Takes in one thing; call [`settle`](Self::settle) after the last.
    pub fn take(&mut self, signal: Signal) {
        self.loose.take(signal);
    }

    fn take_part(&mut self, part: &Part) {
        self.advisories.extend(part.advisories().iter().cloned());
        for row in part.catalogue() {
            self.kev.insert(row.vulnerability.clone(), Arc::clone(row));
        }
        if !part.scores().is_empty() {
            self.epss.push(Arc::clone(part.scores()));
        }
        for statement in part.statements() {
            self.statements.take(Arc::clone(statement));
        }
    }

    /// Adds a statement that came with an inventory.
    pub fn take_statement(&mut self, statement: VexStatement) {
        self.statements.take(Arc::new(statement));
    }

    /// Brings what was taken in into order: which names are one flaw, which entry is where.
    pub fn settle(&mut self) {
        let mut loose = std::mem::take(&mut self.loose);
        loose.settle();
        self.take_part(&loose);
        drop_superseded(&mut self.advisories);
        self.correlation = Correlation::of(self.advisories.iter().map(|advisory| &**advisory));
        self.settle_flaws();
        self.packages.clear();
        self.products.clear();
        let mut rulebook = 0;
        for (number, advisory) in (0..).zip(&self.advisories) {
            for (position, affected) in (0..).zip(&advisory.affected) {
                let entry = Entry { advisory: number, affected: position, rulebook };
                rulebook += 1;
                match &affected.subject {
                    Subject::Package(package) => {
                        let family = self.packages.entry(package.ecosystem.family.clone());
                        let name = family.or_default().entry(package.name.clone());
                        name.or_default().push(entry);
                    }
                    Subject::Product(product) => {
                        self.products.entry(product.clone()).or_default().push(entry);
                    }
                    Subject::Cpe(cpe) => {
                        if let Some(product) = cpe.product_name() {
                            self.products.entry(product).or_default().push(entry);
                        }
                    }
                }
            }
        }
        self.rulebooks = (0..rulebook).map(|_| OnceLock::new()).collect();
        self.settle_catalogue();
    }

    fn settle_flaws(&mut self) {
        let mut by_flaw: FxHashMap<VulnerabilityId, Vec<u32>> = FxHashMap::default();
        for (number, advisory) in (0..).zip(&self.advisories) {
            for flaw in self.flaws_of(advisory).into_iter().chain([advisory.id.clone()]) {
                let numbers = by_flaw.entry(flaw).or_default();
                if numbers.last() != Some(&number) {
                    numbers.push(number);
                }
            }
        }
        self.by_flaw = by_flaw;
    }

    /// The documents of that name or about that flaw, with their numbers, in the order they came.
    pub(crate) fn documents_about<'a>(
        &'a self,
        names: &[&VulnerabilityId],
    ) -> impl Iterator<Item = (usize, &'a Advisory)> {
        let listed = names.iter().filter_map(|name| self.by_flaw.get(*name)).flatten();
        let numbers: BTreeSet<u32> = listed.copied().collect();
        numbers.into_iter().map(|number| number as usize).map(|at| (at, &*self.advisories[at]))
    }

    /// Finds the catalogue's rows about products of which no advisory with that flaw speaks.
    fn settle_catalogue(&mut self) {
        let mut catalogue: BTreeMap<ProductName, Vec<VulnerabilityId>> = BTreeMap::new();
        for row in self.kev.values() {
            for product in ProductName::each(&row.vendor, &row.product) {
                catalogue.entry(product).or_default().push(row.vulnerability.clone());
            }
        }
        for (product, flaws) in &mut catalogue {
            let entries = self.products.get(product).into_iter().flatten();
            let spoken: BTreeSet<VulnerabilityId> =
                entries.flat_map(|entry| self.flaws_of(self.entry(*entry).0)).collect();
            flaws.retain(|flaw| !spoken.contains(flaw));
            flaws.sort();
        }
        catalogue.retain(|_, flaws| !flaws.is_empty());
        self.catalogue = catalogue;
    }

    /// What the catalogue of exploited vulnerabilities names of a product while no advisory with
    /// that flaw speaks of it: candidates without versions.
    pub(crate) fn catalogued(&self, product: &ProductName) -> impl Iterator<Item = &KevEntry> {
        let flaws = self.catalogue.get(product).into_iter().flatten();
        flaws.filter_map(|flaw| self.kev.get(flaw)).map(|row| &**row)
    }

    /// The products under which the catalogue alone names one of these flaws.
    pub(crate) fn products_catalogued<'a>(
        &'a self,
        flaws: &'a [&VulnerabilityId],
    ) -> impl Iterator<Item = &'a ProductName> {
        let named = |known: &&VulnerabilityId, all: &Vec<VulnerabilityId>| all.contains(known);
        let rows = self.catalogue.iter();
        rows.filter(move |(_, all)| flaws.iter().any(|flaw| named(flaw, all))).map(|(name, _)| name)
    }

    /// The entries that speak of a component, by the strongest name it has.
    ///
    /// A package of a distribution is known by that name only: its version is the distribution's,
    /// and upstream ranges would be wrong about backported fixes. A package of a language is known
    /// by its package name. Anything else is known by vendor and product, then by CPE.
    pub fn about<'a>(&'a self, component: &Component) -> Vec<Speaking<'a>> {
        let mut speaking = Vec::new();
        if let Some(package) = package_of(component) {
            self.by_package(component, &package, &mut speaking);
            return speaking;
        }
        if let Some(product) = &component.product {
            self.by_product(component, product, None, &mut speaking);
        }
        for cpe in &component.cpes {
            let Some(product) = cpe.product_name() else { continue };
            if component.product.as_ref() != Some(&product) {
                self.by_product(component, &product, Some(cpe), &mut speaking);
            }
        }
        speaking
    }

    fn by_package<'a>(
        &'a self,
        component: &Component,
        package: &PackageName,
        speaking: &mut Vec<Speaking<'a>>,
    ) {
        let epoch_known = epoch_known(component, package);
        for (name, version) in judged_as(component, package) {
            self.named(package, &name, version.as_ref(), epoch_known, speaking);
        }
    }

    fn named<'a>(
        &'a self,
        package: &PackageName,
        name: &str,
        version: Option<&String>,
        epoch_known: bool,
        speaking: &mut Vec<Speaking<'a>>,
    ) {
        let names = self.packages.get(&package.ecosystem.family);
        for entry in names.and_then(|names| names.get(name)).into_iter().flatten() {
            let (advisory, affected) = self.entry(*entry);
            let Subject::Package(theirs) = &affected.subject else { continue };
            let through = match (&package.ecosystem.release, &theirs.ecosystem.release) {
                (Some(ours), Some(theirs)) if ours != theirs => continue,
                (None, Some(theirs)) if package.ecosystem.has_releases() => {
                    Through::PackageOfSomeRelease(theirs.clone())
                }
                _ => Through::Package,
            };
            let (version, rulebook) = (version.cloned(), self.rulebook(*entry));
            speaking.push(Speaking { advisory, affected, through, version, epoch_known, rulebook });
        }
    }

    fn by_product<'a>(
        &'a self,
        component: &Component,
        product: &ProductName,
        cpe: Option<&Cpe>,
        speaking: &mut Vec<Speaking<'a>>,
    ) {
        for entry in self.products.get(product).into_iter().flatten() {
            let (advisory, affected) = self.entry(*entry);
            let through = match (&affected.subject, cpe) {
                (Subject::Cpe(theirs), Some(ours)) if !same_target(ours, theirs) => continue,
                (Subject::Cpe(_), _) | (_, Some(_)) => Through::Cpe,
                _ => Through::Product,
            };
            let of_cpe = || cpe.and_then(|cpe| cpe.version.clone()).filter(|v| v != "-");
            let version = component.version.clone().or_else(of_cpe);
            let (epoch_known, rulebook) = (true, self.rulebook(*entry));
            speaking.push(Speaking { advisory, affected, through, version, epoch_known, rulebook });
        }
    }

    fn entry(&self, entry: Entry) -> (&Advisory, &Affected) {
        let advisory = &*self.advisories[entry.advisory as usize];
        (advisory, &advisory.affected[entry.affected as usize])
    }

    fn rulebook(&self, entry: Entry) -> &Rulebook {
        let book = &self.rulebooks[entry.rulebook as usize];
        book.get_or_init(|| Box::new(Rulebook::of(self.entry(entry).1)))
    }

    /// Whether any advisory of that ecosystem, release and all, is loaded.
    pub fn knows(&self, package: &PackageName) -> bool {
        let names = self.packages.get(&package.ecosystem.family);
        let release = &package.ecosystem.release;
        names.into_iter().flat_map(FxHashMap::values).flatten().any(|entry| {
            let (_, affected) = self.entry(*entry);
            matches!(&affected.subject, Subject::Package(theirs)
                if release.is_none() || theirs.ecosystem.release.is_none()
                    || theirs.ecosystem.release == *release)
        })
    }

    /// The flaws a document is about: by its own name, else, for a distribution's advisory about
    /// several upstream flaws, each of those.
    pub(crate) fn flaws_of(&self, advisory: &Advisory) -> Vec<VulnerabilityId> {
        if !advisory.upstream.is_empty() && advisory.aliases.is_empty() {
            return advisory.upstream.clone();
        }
        let primaries = self.correlation.primary_of(&advisory.id);
        if !primaries.is_empty() {
            return primaries.into_iter().cloned().collect();
        }
        // A withdrawn document lends no aliases, but its own effect must still be shown.
        let named = advisory.aliases.iter().find(|alias| alias.is_cve());
        vec![named.unwrap_or(&advisory.id).clone()]
    }

    /// The releases of a family that any loaded document speaks of.
    pub(crate) fn releases(&self, family: &Family) -> BTreeSet<String> {
        let names = self.packages.get(family);
        let entries = names.into_iter().flat_map(FxHashMap::values).flatten();
        let subjects = entries.map(|entry| &self.entry(*entry).1.subject);
        let releases = subjects.filter_map(|subject| match subject {
            Subject::Package(package) => package.ecosystem.release.clone(),
            _ => None,
        });
        releases.collect()
    }

    /// Which names are one flaw.
    pub fn correlation(&self) -> &Correlation {
        &self.correlation
    }

    /// The documents, in the order they came.
    pub fn advisories(&self) -> &[Arc<Advisory>] {
        &self.advisories
    }

    /// Whether a catalogue of exploited vulnerabilities is loaded: without one, that nothing is known
    /// to be exploited says nothing.
    pub fn has_catalogue(&self) -> bool {
        !self.kev.is_empty()
    }

    /// The catalogue row for any of these names.
    pub fn kev<'a>(
        &self,
        names: impl IntoIterator<Item = &'a VulnerabilityId>,
    ) -> Option<&KevEntry> {
        names.into_iter().find_map(|name| self.kev.get(name)).map(|row| &**row)
    }

    /// Every row of the catalogue, in no order.
    pub fn catalogue(&self) -> impl Iterator<Item = &KevEntry> {
        self.kev.values().map(|row| &**row)
    }

    /// The highest forecast for any of these names.
    pub fn epss<'a>(
        &self,
        names: impl IntoIterator<Item = &'a VulnerabilityId>,
    ) -> Option<&EpssScore> {
        let of = |name| self.epss.iter().rev().find_map(|scores| scores.of(name));
        let scores = names.into_iter().filter_map(of);
        scores.max_by(|a, b| a.probability.total_cmp(&b.probability))
    }
}

/// Of two documents of one asserter with one identifier about the same things, the later holds.
fn drop_superseded(advisories: &mut Vec<Arc<Advisory>>) {
    let mut newest: FxHashMap<(&str, &VulnerabilityId), Vec<usize>> = FxHashMap::default();
    for (number, advisory) in advisories.iter().enumerate() {
        newest.entry((&advisory.asserter, &advisory.id)).or_default().push(number);
    }
    let mut dropped = Vec::new();
    for numbers in newest.values().filter(|numbers| numbers.len() > 1) {
        for &old in numbers {
            let superseded = numbers.iter().any(|&new| {
                let (old_one, new_one) = (&advisories[old], &advisories[new]);
                let later = (new_one.modified, new) > (old_one.modified, old);
                later && new != old && same_subjects(old_one, new_one)
            });
            if superseded {
                dropped.push(old);
            }
        }
    }
    if dropped.is_empty() {
        return;
    }
    dropped.sort_unstable();
    let mut number = 0;
    advisories.retain(|_| {
        number += 1;
        dropped.binary_search(&(number - 1)).is_err()
    });
}

/// Whether two documents speak of the same things, so that one can replace the other.
fn same_subjects(left: &Advisory, right: &Advisory) -> bool {
    let covered = |from: &Advisory, by: &Advisory| {
        from.affected.iter().all(|one| by.affected.iter().any(|other| other.subject == one.subject))
    };
    covered(left, right) || covered(right, left)
}

/// The package a component is, from its lock file or its purl.
pub(crate) fn package_of(component: &Component) -> Option<PackageName> {
    let from_purl = || component.purl.as_ref().and_then(PackageName::from_purl);
    component.package.clone().or_else(from_purl)
}

/// The version in its ecosystem's full spelling, epoch included where the purl has it apart.
fn component_version(component: &Component) -> Option<String> {
    let full = component
        .purl
        .as_ref()
        .and_then(bongsu_package::Purl::full_version)
        .map(std::borrow::Cow::into_owned);
    match (&component.version, full) {
        (Some(version), Some(full)) if full.len() > version.len() && full.contains(':') => {
            Some(full)
        }
        (Some(version), _) => Some(version.clone()),
        (None, full) => full,
    }
}

/// The names under which advisories may speak of a package, with the version each is judged by.
///
/// Debian and Ubuntu name source packages; a binary that shares another source's name is not that
/// source. Other distributions name binaries, and some of their documents sources too.
pub(crate) fn judged_as(
    component: &Component,
    package: &PackageName,
) -> Vec<(String, Option<String>)> {
    let own = component_version(component);
    let by_source = matches!(package.ecosystem.family, Family::Debian | Family::Ubuntu);
    let Some(source) = &component.source else {
        let around = enclosing_module(component, package).map(|name| (name, own.clone()));
        return [(package.name.clone(), own)].into_iter().chain(around).collect();
    };
    let of_source = source.version.clone().or_else(|| own.clone());
    let binary = (package.name.clone(), if by_source { of_source.clone() } else { own });
    match (source.name == package.name, by_source) {
        (true, _) => vec![binary],
        (false, true) => vec![(source.name.clone(), of_source)],
        (false, false) => vec![(source.name.clone(), of_source), binary],
    }
}

/// The module that holds a Go package, when the subpath may name a package inside its module.
///
/// That is how the specification means it; Syft puts the end of the module's own path there. A
/// major version is the end of a module's path, and a component whose name is the whole path is a
/// module: then nothing is around it.
fn enclosing_module(component: &Component, package: &PackageName) -> Option<String> {
    if package.ecosystem.family != Family::Golang {
        return None;
    }
    let subpath = component.purl.as_ref()?.subpath()?;
    let major = |segment: &str| {
        let digits = segment.strip_prefix('v').unwrap_or_default();
        !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit())
    };
    if subpath.split('/').any(major) || component.name.to_lowercase() == package.name {
        return None;
    }
    let rest = package.name.len().checked_sub(subpath.len() + 1)?;
    package.name.get(..rest).map(str::to_owned)
}

/// Whether the version text says everything the order needs: an RPM text may lack its epoch.
pub(crate) fn epoch_known(component: &Component, package: &PackageName) -> bool {
    !matches!(package.ecosystem.family, Family::Rpm(_)) || has_epoch(component)
}

fn has_epoch(component: &Component) -> bool {
    let in_text = component.version.as_ref().is_some_and(|version| version.contains(':'));
    let apart = component.purl.as_ref().is_some_and(|purl| purl.qualifier("epoch").is_some());
    in_text || apart
}

/// Whether two CPE names can be about one target: a stated target must not differ.
fn same_target(ours: &Cpe, theirs: &Cpe) -> bool {
    let agree = |a: &Option<String>, b: &Option<String>| match (a, b) {
        (Some(a), Some(b)) => a == b,
        _ => true,
    };
    ours.part.is_none_or(|ours| theirs.part.is_none_or(|theirs| ours == theirs))
        && agree(&ours.target_software, &theirs.target_software)
        && agree(&ours.target_hardware, &theirs.target_hardware)
}
