//! The inventory that comes after: something was upgraded, or went back to what it was.

use bongsu_inventory::{Component, Inventory};
use bongsu_package::{PackageName, Purl};
use jiff::Timestamp;

use crate::systems::System;

/// A package and the version it has in the next inventory: a newer one is a fix, an older one a
/// regression.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Change<'a> {
    /// The name of the component, such as `org.apache.logging.log4j:log4j-core`, or of the source
    /// package it was built from.
    pub package: &'a str,
    /// The version it then has.
    pub version: &'a str,
}

/// The inventory of a system after changes, taken at `as_of`.
///
/// A change of a package that the system does not have changes nothing.
pub fn newer_inventory(system: &System<'_>, changes: &[Change<'_>], as_of: Timestamp) -> Inventory {
    let mut inventory = system.inventory();
    inventory.as_of = Some(as_of);
    for component in &mut inventory.components {
        let change = changes.iter().find(|change| is_of(component, change.package));
        if let Some(change) = change {
            *component = with_version(component, change.version);
        }
    }
    inventory
}

fn is_of(component: &Component, package: &str) -> bool {
    component.name == package
        || component.source.as_ref().is_some_and(|source| source.name == package)
}

/// The same component in another version.
fn with_version(component: &Component, version: &str) -> Component {
    let purl = component.purl.as_ref().map(|purl| purl_at(purl, version));
    Component {
        version: Some(version.to_owned()),
        package: purl.as_ref().and_then(PackageName::from_purl),
        purl,
        ..component.clone()
    }
}

fn purl_at(purl: &Purl, version: &str) -> Purl {
    let (epoch, bare) = match version.split_once(':') {
        Some((epoch, bare)) if purl.kind() == "rpm" => (Some(epoch), bare),
        _ => (None, version),
    };
    let mut builder = Purl::builder(purl.kind(), purl.name()).version(bare);
    builder = builder.namespace(purl.namespace().unwrap_or_default());
    for (key, value) in purl.qualifiers() {
        let value = epoch.filter(|_| key == "epoch").unwrap_or(value);
        builder = builder.qualifier(key, value);
    }
    builder.finish().expect("only the version of a good package URL changed")
}
