//! What SPDX 2.2 and 2.3 mean, whichever way they are written.

use std::collections::HashMap;

use bongsu_inventory::ComponentKind;
use serde::Deserialize;

use super::gathering::{Facts, Gathering};
use super::ownership;
use super::text::{Text, or_default};
use crate::Error;

/// A document, as far as we look.
#[derive(Default, Deserialize)]
pub(super) struct Document<'a> {
    #[serde(borrow, default)]
    pub(super) name: Text<'a>,
    #[serde(borrow, default, rename = "creationInfo", deserialize_with = "or_default")]
    pub(super) creation: Creation<'a>,
    #[serde(borrow, default, deserialize_with = "or_default")]
    pub(super) packages: Vec<Package<'a>>,
    #[serde(borrow, default, deserialize_with = "or_default")]
    pub(super) files: Vec<File<'a>>,
    #[serde(borrow, default, deserialize_with = "or_default")]
    pub(super) relationships: Vec<Relationship<'a>>,
    #[serde(borrow, default, rename = "documentDescribes", deserialize_with = "or_default")]
    pub(super) describes: Vec<Text<'a>>,
}

#[derive(Default, Deserialize)]
pub(super) struct Creation<'a> {
    #[serde(borrow, default)]
    pub(super) created: Text<'a>,
}

#[derive(Default, Deserialize)]
pub(super) struct Package<'a> {
    #[serde(borrow, default, rename = "SPDXID")]
    pub(super) id: Text<'a>,
    #[serde(borrow, default)]
    pub(super) name: Text<'a>,
    #[serde(borrow, default, rename = "versionInfo")]
    pub(super) version: Text<'a>,
    #[serde(borrow, default)]
    pub(super) supplier: Text<'a>,
    #[serde(borrow, default)]
    pub(super) originator: Text<'a>,
    #[serde(borrow, default, rename = "primaryPackagePurpose")]
    pub(super) purpose: Text<'a>,
    /// Where a tool says how it found the package.
    #[serde(borrow, default, rename = "sourceInfo")]
    pub(super) source_info: Text<'a>,
    #[serde(borrow, default, rename = "externalRefs", deserialize_with = "or_default")]
    pub(super) references: Vec<Reference<'a>>,
    #[serde(borrow, default, rename = "hasFiles", deserialize_with = "or_default")]
    pub(super) files: Vec<Text<'a>>,
    /// The line it begins on; 0 in JSON.
    #[serde(skip)]
    pub(super) line: usize,
}

#[derive(Default, Deserialize)]
pub(super) struct Reference<'a> {
    #[serde(borrow, default, rename = "referenceType")]
    pub(super) kind: Text<'a>,
    #[serde(borrow, default, rename = "referenceLocator")]
    pub(super) locator: Text<'a>,
}

#[derive(Default, Deserialize)]
pub(super) struct File<'a> {
    #[serde(borrow, default, rename = "SPDXID")]
    pub(super) id: Text<'a>,
    #[serde(borrow, default, rename = "fileName")]
    pub(super) name: Text<'a>,
}

#[derive(Default, Deserialize)]
pub(super) struct Relationship<'a> {
    #[serde(borrow, default, rename = "spdxElementId")]
    pub(super) from: Text<'a>,
    #[serde(borrow, default, rename = "relationshipType")]
    pub(super) kind: Text<'a>,
    #[serde(borrow, default, rename = "relatedSpdxElement")]
    pub(super) to: Text<'a>,
    #[serde(borrow, default)]
    pub(super) comment: Text<'a>,
}

/// Brings a document's packages in, then what it says about their relations.
pub(super) fn gather(document: &Document<'_>, gathering: &mut Gathering<'_>) -> Result<(), Error> {
    gathering.taken_at(&document.creation.created, "/creationInfo/created");
    let mut positions = HashMap::with_capacity(document.packages.len());
    for (number, package) in document.packages.iter().enumerate() {
        if let Some(position) = take(package, number, gathering)? {
            positions.entry(&*package.id).or_insert(position);
        }
    }
    let subject = subject(document, &positions);
    let named = subject.and_then(|at| gathering.inventory.components.get(at as usize));
    let named = named.map(|component| component.name.clone());
    gathering.inventory.system = named.unwrap_or_else(|| document.name.to_string());
    gathering.inventory.subject = subject;
    own_by_relation(document, &positions, gathering);
    own_by_file(document, &positions, gathering);
    Ok(())
}

/// Adds a package: one component, and one more for every further package URL that names a
/// different package. Those that differ in qualifiers alone say where it can be fetched.
fn take(
    package: &Package<'_>,
    number: usize,
    gathering: &mut Gathering<'_>,
) -> Result<Option<u32>, Error> {
    let field = match package.line {
        0 => format!("/packages/{number}"),
        line => format!("line {line}"),
    };
    let (mut purls, mut cpes): (Vec<&str>, Vec<&str>) = (Vec::new(), Vec::new());
    for reference in &package.references {
        // Written `purl` or as the full address that ends in it.
        match reference.kind.rsplit('/').next().unwrap_or_default() {
            "purl" => {
                let same = |known: &&str| bare(known) == bare(&reference.locator);
                if !purls.iter().any(same) {
                    purls.push(&reference.locator);
                }
            }
            "cpe23Type" | "cpe22Type" => cpes.push(&reference.locator),
            _ => {}
        }
    }
    let kind = kind(&package.purpose);
    if kind == ComponentKind::OperatingSystem {
        gathering.runs(&package.name, stated(&package.version));
    }
    let supplier = organization(&package.supplier);
    let facts = Facts {
        name: &package.name,
        version: stated(&package.version),
        kind,
        purl: purls.first().copied().unwrap_or_default(),
        cpes: &cpes,
        vendor: if supplier.is_empty() { organization(&package.originator) } else { supplier },
        reference: &package.id,
        location: location(&package.source_info),
        ..Facts::default()
    };
    let position = gathering.push(&facts, &field)?;
    for purl in purls.iter().skip(1) {
        gathering.push(&Facts { purl, cpes: &[], ..facts }, &field)?;
    }
    Ok(position)
}

/// A package URL without qualifiers and subpath.
fn bare(purl: &str) -> &str {
    purl.split(['?', '#']).next().unwrap_or_default()
}

fn kind(purpose: &str) -> ComponentKind {
    match purpose {
        "APPLICATION" | "FRAMEWORK" => ComponentKind::Application,
        "CONTAINER" => ComponentKind::Container,
        "OPERATING-SYSTEM" | "OPERATING_SYSTEM" => ComponentKind::OperatingSystem,
        "DEVICE" => ComponentKind::Device,
        "FIRMWARE" => ComponentKind::Firmware,
        "FILE" => ComponentKind::File,
        _ => ComponentKind::Library,
    }
}

/// A text, unless it says that it says nothing.
fn stated(text: &str) -> &str {
    if matches!(text, "NOASSERTION" | "NONE") { "" } else { text }
}

/// The name in `Organization: Red Hat, Inc. (secalert@example.org)`; persons make no products.
fn organization(text: &str) -> &str {
    let Some(name) = text.strip_prefix("Organization:") else { return "" };
    name.split(['(', '<']).next().unwrap_or_default().trim()
}

/// The place under the system's folders where syft found a package, out of its sentence
/// `acquired package info from installed python package manifest file: /usr/lib/…, …`.
fn location(source_info: &str) -> &str {
    let mut words = source_info.split([' ', ',']);
    words.find(|word| ownership::is_system_folder(word)).unwrap_or_default()
}

/// What the document is about: the one package it describes; else it is called by its own name.
fn subject(document: &Document<'_>, positions: &HashMap<&str, u32>) -> Option<u32> {
    let related = document.relationships.iter().filter(|r| &*r.kind == "DESCRIBES").map(|r| &r.to);
    let described = document.describes.iter().chain(related);
    let mut described = described.filter_map(|id| positions.get(&**id).copied());
    described.next().filter(|first| described.all(|other| other == *first))
}

/// syft states that the files of one package are those by which it found another.
fn own_by_relation(
    document: &Document<'_>,
    positions: &HashMap<&str, u32>,
    gathering: &mut Gathering<'_>,
) {
    for relation in &document.relationships {
        if &*relation.kind == "OTHER" && relation.comment.starts_with("ownership-by-file-overlap") {
            let ends = (positions.get(&*relation.from), positions.get(&*relation.to));
            if let (Some(owner), Some(owned)) = ends {
                ownership::own(&mut gathering.inventory, *owner, *owned);
            }
        }
    }
}

/// A file that both a distribution's package and a language's contain makes the first the owner.
fn own_by_file(
    document: &Document<'_>,
    positions: &HashMap<&str, u32>,
    gathering: &mut Gathering<'_>,
) {
    let mut contained: Vec<(u32, &str)> = Vec::new();
    for relation in &document.relationships {
        let (package, file) = match &*relation.kind {
            "CONTAINS" => (&relation.from, &relation.to),
            "CONTAINED_BY" => (&relation.to, &relation.from),
            _ => continue,
        };
        if let (Some(package), None) = (positions.get(&**package), positions.get(&**file)) {
            contained.push((*package, file));
        }
    }
    for package in &document.packages {
        if let Some(position) = positions.get(&*package.id) {
            contained.extend(package.files.iter().map(|file| (*position, &**file)));
        }
    }
    let components = &gathering.inventory.components;
    let distributed =
        |at: u32| components.get(at as usize).is_some_and(ownership::is_distribution_package);
    let (system, other): (Vec<_>, Vec<_>) =
        contained.into_iter().partition(|(at, _)| distributed(*at));
    let owners: HashMap<&str, u32> = system.into_iter().map(|(at, file)| (file, at)).collect();
    if owners.is_empty() {
        return;
    }
    let mut pairs: Vec<(u32, u32)> = other
        .into_iter()
        .filter_map(|(package, file)| owners.get(file).map(|owner| (*owner, package)))
        .collect();
    // The file by which a package was found, where only its path is given.
    let names: HashMap<&str, &str> = document
        .files
        .iter()
        .map(|file| (file.name.trim_start_matches(['.', '/']), &*file.id))
        .collect();
    for package in &document.packages {
        let found_at = location(&package.source_info).trim_start_matches('/');
        let file = names.get(found_at).filter(|_| !found_at.is_empty());
        let owner = file.and_then(|file| owners.get(*file));
        if let (Some(owner), Some(position)) = (owner, positions.get(&*package.id)) {
            pairs.push((*owner, *position));
        }
    }
    for (owner, owned) in pairs {
        ownership::own(&mut gathering.inventory, owner, owned);
    }
}
