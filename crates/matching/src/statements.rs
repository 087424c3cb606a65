//! Exploitability statements, and which of them speak of a component.

use std::collections::BTreeSet;
use std::sync::Arc;

use bongsu_advisory::{VexAnswer, VexStatement, VexSubject, VulnerabilityId};
use bongsu_inventory::{Component, Inventory};
use bongsu_package::Purl;
use rustc_hash::FxHashMap;

use crate::knowledge::package_of;

/// Statements by what they speak of.
#[derive(Debug, Default)]
pub(crate) struct Statements {
    all: Vec<Arc<VexStatement>>,
    /// Statement and subject, by a name every component the subject is must share; see
    /// [`names_of`].
    by_subject: FxHashMap<String, Vec<(u32, u32)>>,
}

impl Statements {
    pub(crate) fn take(&mut self, statement: Arc<VexStatement>) {
        let number = u32::try_from(self.all.len()).unwrap_or(u32::MAX);
        for (at, subject) in (0..).zip(&statement.subjects) {
            self.by_subject.entry(name_of(subject)).or_default().push((number, at));
        }
        self.all.push(statement);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// Every statement that speaks of a component, each once, in the order they came.
    ///
    /// Only the subjects filed under the component's own names are looked at: a statement about a
    /// hundred thousand packages costs each of them one look.
    pub(crate) fn about(
        &self,
        inventory: &Inventory,
        document: &str,
        component: &Component,
    ) -> Held<'_> {
        let names = names_of(component);
        let filed = names.iter().filter_map(|name| self.by_subject.get(name)).flatten();
        let meant = filed.filter(|(number, at)| {
            let statement = &self.all[*number as usize];
            let here = statement.place.document == document;
            is_about(&statement.subjects[*at as usize], here, inventory, component)
        });
        let numbers: BTreeSet<u32> = meant.map(|(number, _)| *number).collect();
        let statements = numbers.into_iter().map(|number| &*self.all[number as usize]);
        Held::of(statements.filter(|statement| is_inside(statement, inventory, document)).collect())
    }
}

/// The statements that speak of one component.
#[derive(Debug, Default)]
pub(crate) struct Held<'s> {
    all: Vec<&'s VexStatement>,
    by_name: FxHashMap<&'s VulnerabilityId, Vec<&'s VexStatement>>,
}

impl<'s> Held<'s> {
    fn of(all: Vec<&'s VexStatement>) -> Self {
        let mut by_name: FxHashMap<_, Vec<_>> = FxHashMap::default();
        for &statement in &all {
            for name in statement.aliases.iter().chain([&statement.vulnerability]) {
                by_name.entry(name).or_default().push(statement);
            }
        }
        Self { all, by_name }
    }

    /// The statements, in the order they came.
    pub(crate) fn all(&self) -> impl Iterator<Item = &'s VexStatement> {
        self.all.iter().copied()
    }

    /// The statement that holds for a flaw with these names.
    pub(crate) fn holding<'a>(
        &self,
        names: impl IntoIterator<Item = &'a VulnerabilityId>,
    ) -> Option<&'s VexStatement> {
        holding(names.into_iter().filter_map(|name| self.by_name.get(name)).flatten().copied())
    }
}

/// Of statements about one flaw and one component the one that holds: the latest; of two at one time
/// the graver, so that a doubt is never settled by the order of files.
pub(crate) fn holding<'s>(
    statements: impl Iterator<Item = &'s VexStatement>,
) -> Option<&'s VexStatement> {
    statements.max_by_key(|statement| (statement.at, gravity(statement.answer)))
}

/// The name a subject is filed under, with the version it is limited to.
fn name_of(subject: &VexSubject) -> String {
    let (name, version) = match subject {
        VexSubject::Purl(purl) => (purl.name().to_lowercase(), purl.version()),
        VexSubject::Package(package, version) => (package.name.to_lowercase(), version.as_deref()),
        VexSubject::Product(product, version) => (product.product().to_owned(), version.as_deref()),
        VexSubject::Cpe(cpe) => (cpe.product.clone().unwrap_or_default(), None),
        VexSubject::Reference(reference) => {
            (bom_link(reference).map_or(reference.as_str(), |(_, local)| local).to_owned(), None)
        }
    };
    version.map_or(name.clone(), |version| format!("{name}@{version}"))
}

/// The names under which a statement about a component can be filed.
fn names_of(component: &Component) -> BTreeSet<String> {
    let purl = component.purl.iter().map(|purl| purl.name().to_lowercase());
    let package = package_of(component).map(|package| package.name.to_lowercase());
    let product = component.product.iter().map(|product| product.product().to_owned());
    let cpes = component.cpes.iter().filter_map(|cpe| cpe.product.clone());
    let reference = component.reference.iter().cloned();
    let of_purl = component.purl.as_ref().and_then(Purl::version);
    let versions: Vec<&str> = component.version.as_deref().into_iter().chain(of_purl).collect();
    let versioned = |name: &String| -> Vec<String> {
        versions.iter().map(|version| format!("{name}@{version}")).collect()
    };
    let bare: Vec<String> = purl.chain(package).chain(product).collect();
    let with_version: Vec<String> = bare.iter().flat_map(versioned).collect();
    // A CPE statement that leaves the product open is filed under no name.
    let others = cpes.chain(reference).chain([String::new()]);
    bare.into_iter().chain(with_version).chain(others).collect()
}

fn gravity(answer: VexAnswer) -> u8 {
    match answer {
        VexAnswer::NotAffected => 0,
        VexAnswer::Fixed => 1,
        VexAnswer::UnderInvestigation => 2,
        VexAnswer::Affected => 3,
    }
}

/// Whether an inventory is of the product a statement is limited to.
///
/// A statement about a part of a product holds where the inventory is of that product: the system
/// bears its name, or it is among the components.
fn is_inside(statement: &VexStatement, inventory: &Inventory, document: &str) -> bool {
    let here = statement.place.document == document;
    let is_whole = |component: &Component| {
        statement.within.iter().any(|whole| is_about(whole, here, inventory, component))
    };
    statement.within.is_empty()
        || inventory.components.iter().any(is_whole)
        || statement.within.iter().any(|whole| names_system(whole, inventory))
}

/// Whether the inventory's system is called what the subject is called.
fn names_system(whole: &VexSubject, inventory: &Inventory) -> bool {
    match whole {
        VexSubject::Reference(reference) => *reference == inventory.system,
        VexSubject::Purl(purl) => purl.to_string() == inventory.system,
        _ => false,
    }
}

/// The document and the component in it that `urn:cdx:serial/version#ref` names.
fn bom_link(reference: &str) -> Option<(&str, &str)> {
    reference.strip_prefix("urn:cdx:")?.split_once('#')
}

/// Whether a subject is a component; references hold inside their own document only, links inside
/// the document they name.
fn is_about(
    subject: &VexSubject,
    here: bool,
    inventory: &Inventory,
    component: &Component,
) -> bool {
    match subject {
        VexSubject::Purl(theirs) => {
            component.purl.as_ref().is_some_and(|ours| purl_covers(theirs, ours))
        }
        VexSubject::Package(package, version) => {
            package_of(component).is_some_and(|ours| {
                let release = &package.ecosystem.release;
                ours.name == package.name
                    && ours.ecosystem.family == package.ecosystem.family
                    && (release.is_none() || *release == ours.ecosystem.release)
            }) && version_covers(version.as_ref(), component)
        }
        VexSubject::Product(product, version) => {
            component.product.as_ref() == Some(product)
                && version_covers(version.as_ref(), component)
        }
        VexSubject::Cpe(theirs) => component.cpes.iter().any(|ours| theirs.covers(ours)),
        VexSubject::Reference(reference) => match bom_link(reference) {
            Some((document, local)) => {
                inventory.link.as_deref() == Some(document)
                    && component.reference.as_deref() == Some(local)
            }
            None => here && component.reference.as_ref() == Some(reference),
        },
    }
}

fn version_covers(version: Option<&String>, component: &Component) -> bool {
    version.is_none_or(|version| component.version.as_ref() == Some(version))
}

/// Whether a statement about one package URL holds for another: what it states must agree.
fn purl_covers(theirs: &Purl, ours: &Purl) -> bool {
    theirs.kind() == ours.kind()
        && theirs.namespace() == ours.namespace()
        && theirs.name() == ours.name()
        && theirs.version().is_none_or(|version| ours.version() == Some(version))
        && theirs.qualifiers().all(|(key, value)| ours.qualifier(key) == Some(value))
        && theirs.subpath().is_none_or(|subpath| ours.subpath() == Some(subpath))
}
