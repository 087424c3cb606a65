//! SPDX 3.0 in JSON-LD.

use std::collections::HashMap;

use bongsu_inventory::{Component, ComponentKind};
use serde::Deserialize;

use super::Found;
use super::gathering::{Facts, Gathering};
use super::text::{Text, Texts, json_error, or_default};
use crate::{Error, Limits};

/// Reads one document into `found`; an error means nothing of it went in.
///
/// - **Source:** SPDX 3.0.1, serialisation of the software, AI and dataset profiles: a flat list
///   of elements that refer to each other by identifier.
pub(super) fn read(
    text: &str,
    document: &str,
    limits: &Limits,
    found: &mut Found,
) -> Result<(), Error> {
    let mut gathering = Gathering::new(FORMAT, document, limits);
    let mut parser = serde_json::Deserializer::from_str(text);
    let graph: Graph<'_> = Deserialize::deserialize(&mut parser)
        .and_then(|read| parser.end().map(|()| read))
        .map_err(|error| json_error(FORMAT, &error))?;
    let elements: HashMap<&str, &Element<'_>> =
        graph.elements.iter().rev().map(|element| (element.id(), element)).collect();
    for (number, element) in graph.elements.iter().enumerate() {
        take(element, number, &elements, &mut gathering)?;
    }
    let subject = subject(&graph, &elements);
    let (document, about) =
        subject.map_or(("", None), |(document, about)| (&*document.name, Some(about)));
    let name = about.map(|it| &*it.name).filter(|name| !name.is_empty()).unwrap_or(document);
    name.clone_into(&mut gathering.inventory.system);
    let id = about.map(Element::id).filter(|id| !id.is_empty());
    let is_it = |one: &Component| id.is_some() && one.reference.as_deref() == id;
    let at = gathering.inventory.components.iter().position(is_it);
    gathering.inventory.subject = at.and_then(|at| u32::try_from(at).ok());
    gathering.finish(found);
    Ok(())
}

const FORMAT: &str = "SPDX 3 JSON-LD";

#[derive(Deserialize)]
struct Graph<'a> {
    #[serde(borrow, default, rename = "@graph", deserialize_with = "or_default")]
    elements: Vec<Element<'a>>,
}

/// An element of any type; each uses some of the fields.
#[derive(Deserialize)]
struct Element<'a> {
    #[serde(borrow, default, rename = "type", alias = "@type")]
    kind: Texts<'a>,
    #[serde(borrow, default, rename = "spdxId")]
    spdx_id: Text<'a>,
    #[serde(borrow, default, rename = "@id")]
    blank_id: Text<'a>,
    #[serde(borrow, default)]
    name: Text<'a>,
    #[serde(borrow, default)]
    created: Text<'a>,
    #[serde(borrow, default, rename = "rootElement")]
    root: Texts<'a>,
    #[serde(borrow, default, rename = "suppliedBy")]
    supplier: Texts<'a>,
    #[serde(borrow, default, rename = "originatedBy")]
    originator: Texts<'a>,
    #[serde(borrow, default, rename = "software_packageVersion", alias = "packageVersion")]
    version: Text<'a>,
    #[serde(borrow, default, rename = "software_packageUrl", alias = "packageUrl")]
    purl: Text<'a>,
    #[serde(borrow, default, rename = "software_primaryPurpose", alias = "primaryPurpose")]
    purpose: Text<'a>,
    #[serde(borrow, default, rename = "externalIdentifier", deserialize_with = "or_default")]
    identifiers: Vec<Identifier<'a>>,
}

#[derive(Deserialize)]
struct Identifier<'a> {
    #[serde(borrow, default, rename = "externalIdentifierType")]
    kind: Text<'a>,
    #[serde(borrow, default)]
    identifier: Text<'a>,
}

impl Element<'_> {
    fn id(&self) -> &str {
        if self.spdx_id.is_empty() { &self.blank_id } else { &self.spdx_id }
    }

    /// The type without the profile before it and the namespace before that.
    fn kind(&self) -> &str {
        let kind: &str = self.kind.0.first().map_or("", |kind| kind);
        kind.rsplit(['/', '_', ':']).next().unwrap_or_default()
    }
}

fn take(
    element: &Element<'_>,
    number: usize,
    elements: &HashMap<&str, &Element<'_>>,
    gathering: &mut Gathering<'_>,
) -> Result<(), Error> {
    let kind = match element.kind() {
        "CreationInfo" => {
            if gathering.inventory.as_of.is_none() {
                gathering.taken_at(&element.created, &format!("/@graph/{number}/created"));
            }
            return Ok(());
        }
        "AIPackage" => ComponentKind::Model,
        "DatasetPackage" => ComponentKind::Data,
        "Package" => purpose(&element.purpose),
        _ => return Ok(()),
    };
    if kind == ComponentKind::OperatingSystem {
        gathering.runs(&element.name, &element.version);
    }
    let identified = |wanted: &'static [&str]| {
        let matching = element.identifiers.iter().filter(move |id| wanted.contains(&&*id.kind));
        matching.map(|id| &*id.identifier)
    };
    let purl = if element.purl.is_empty() {
        identified(&["packageUrl", "purl"]).next().unwrap_or_default()
    } else {
        &element.purl
    };
    let cpes: Vec<&str> = identified(&["cpe23", "cpe22"]).collect();
    let makers = element.supplier.0.iter().chain(&element.originator.0);
    let mut vendors = makers.filter_map(|id| maker(id, elements));
    let facts = Facts {
        name: &element.name,
        version: &element.version,
        kind,
        purl,
        cpes: &cpes,
        vendor: vendors.next().unwrap_or_default(),
        reference: element.id(),
        ..Facts::default()
    };
    gathering.push(&facts, &format!("/@graph/{number}"))?;
    Ok(())
}

/// The name of an organisation, given by identifier or inside the element; no person's.
fn maker<'e>(id: &'e str, elements: &HashMap<&str, &'e Element<'_>>) -> Option<&'e str> {
    match elements.get(id) {
        Some(agent) if matches!(agent.kind(), "Organization" | "Agent") => Some(&agent.name),
        Some(_) => None,
        None if id.contains("://") || id.starts_with("_:") => None,
        None => Some(id),
    }
}

fn purpose(text: &str) -> ComponentKind {
    match text {
        "application" | "framework" | "platform" => ComponentKind::Application,
        "container" => ComponentKind::Container,
        "operatingSystem" => ComponentKind::OperatingSystem,
        "device" => ComponentKind::Device,
        "firmware" | "deviceDriver" => ComponentKind::Firmware,
        "file" => ComponentKind::File,
        "model" => ComponentKind::Model,
        "data" => ComponentKind::Data,
        _ => ComponentKind::Library,
    }
}

/// The document, and what it is about: the root of its bill of materials, else itself.
fn subject<'g>(
    graph: &'g Graph<'_>,
    elements: &HashMap<&str, &'g Element<'_>>,
) -> Option<(&'g Element<'g>, &'g Element<'g>)> {
    let document = graph.elements.iter().find(|e| e.kind() == "SpdxDocument")?;
    let mut at = document;
    // The root of a document is often a bill of materials, which has roots of its own; a bill
    // that names itself ends the walk.
    for _ in 0..ROOTS {
        let [root] = at.root.0.as_slice() else { break };
        let Some(next) = elements.get(&**root) else { break };
        at = next;
    }
    Some((document, at))
}

/// Document, bill of materials, package: one more than real documents need.
const ROOTS: usize = 4;
