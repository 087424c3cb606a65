//! CycloneDX 1.0 to 1.7 in XML.
//!
//! Entities are never resolved: a document that declares or uses one beyond XML's own five is
//! refused, so nothing outside can be read and nothing inside can grow.

use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

use super::cyclonedx::{Assembly, Component, Party};
use super::gathering::{Gathering, shown};
use super::{Found, cyclonedx_xml_vex};
use crate::{Error, Limits};

/// Reads one document into `found`; an error means nothing of it went in.
pub(super) fn read(
    text: &str,
    document: &str,
    limits: &Limits,
    found: &mut Found,
) -> Result<(), Error> {
    let mut gathering = Gathering::new(FORMAT, document, limits);
    let mut reading = Reading {
        assembly: Assembly::new(&mut gathering, limits),
        limits,
        open: Vec::new(),
        components: Vec::new(),
        counts: [0; 2],
        text: String::new(),
        supplier: String::new(),
        serial: String::new(),
        version: String::new(),
        vulnerabilities: None,
        ended: false,
    };
    let mut reader = Reader::from_str(text);
    loop {
        let event = reader.read_event().map_err(|error| {
            let at = reader.error_position();
            syntax(format!("{error} at byte {at}"))
        })?;
        match event {
            Event::Start(start)
                if reading.open == [Tag::Bom]
                    && start.local_name().as_ref() == "vulnerabilities" =>
            {
                if reading.vulnerabilities.is_some() {
                    return Err(syntax("two lists of vulnerabilities".to_owned()));
                }
                reading.vulnerabilities = Some(cyclonedx_xml_vex::json(&mut reader)?);
            }
            Event::Start(start) => {
                if !reading.start(&start)? {
                    reader.read_to_end(start.name()).map_err(|error| syntax(error.to_string()))?;
                }
            }
            Event::Empty(start) => {
                if reading.start(&start)? {
                    reading.end()?;
                }
            }
            Event::End(_) => reading.end()?,
            Event::Text(text) => reading.text.push_str(&text.xml10_content()),
            Event::CData(text) => reading.text.push_str(&text.xml10_content()),
            Event::GeneralRef(reference) => reading.text.push(character(&reference)?),
            Event::DocType(_) => {
                let detail = "a document type declaration, which CycloneDX does not have; its \
                              entities are not resolved";
                return Err(syntax(detail.to_owned()));
            }
            Event::Eof => break,
            Event::Decl(_) | Event::PI(_) | Event::Comment(_) => {}
        }
    }
    if !reading.ended {
        return Err(syntax("the document ends before </bom>".to_owned()));
    }
    let Reading { supplier, serial, version, vulnerabilities, .. } = reading;
    gathering.link(&serial, &version);
    if let Some(vulnerabilities) = vulnerabilities {
        gathering.take_statements(&vulnerabilities, supplier.trim(), &serial);
    }
    gathering.finish(found);
    Ok(())
}

const FORMAT: &str = "CycloneDX XML";

pub(super) fn syntax(detail: String) -> Error {
    Error::Syntax { format: FORMAT, detail }
}

/// The character one of XML's own references stands for.
pub(super) fn character(reference: &BytesRef<'_>) -> Result<char, Error> {
    let unknown = || syntax(format!("the entity &{};, which is not resolved", shown(reference)));
    if let Some(character) = reference.resolve_char_ref().map_err(|e| syntax(e.to_string()))? {
        return Ok(character);
    }
    Ok(match &**reference {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        _ => return Err(unknown()),
    })
}

/// An element we are inside of; all others are passed over whole.
#[derive(Clone, Debug, Eq, PartialEq)]
enum Tag {
    Bom,
    Metadata,
    Timestamp,
    /// A list, by its name in JSON.
    List(&'static str),
    Component,
    Field(Field),
    Party(Field),
    PartyName(Field),
    Properties,
    Property(String),
}

/// A field of a component that holds text.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Field {
    Name,
    Group,
    Version,
    Purl,
    Cpe,
    Publisher,
    Supplier,
    Manufacturer,
    Provider,
}

struct Reading<'r, 'l> {
    assembly: Assembly<'r, 'l>,
    limits: &'l Limits,
    open: Vec<Tag>,
    /// The components we are inside of, outermost first.
    components: Vec<Component<'static>>,
    /// Components and services at the top so far.
    counts: [usize; 2],
    text: String,
    /// Who made the document's subject, and so speaks in its statements.
    supplier: String,
    /// The document's own name, `urn:uuid:…`.
    serial: String,
    version: String,
    /// The statements, as a JSON list.
    vulnerabilities: Option<String>,
    ended: bool,
}

impl Reading<'_, '_> {
    /// Enters an element; `false` when it is to be passed over.
    fn start(&mut self, start: &BytesStart<'_>) -> Result<bool, Error> {
        self.text.clear();
        let local = start.local_name();
        let Some(tag) = self.child(local.as_ref(), start)? else {
            if self.open.is_empty() {
                let detail = format!("the root is <{}>, expected <bom>", shown(local.as_ref()));
                return Err(syntax(detail));
            }
            return Ok(false);
        };
        if self.open.len() >= self.limits.depth {
            let what = "nesting of the CycloneDX XML".to_owned();
            return Err(Error::TooLarge { what, limit: self.limits.depth as u64 });
        }
        if tag == Tag::Bom {
            self.serial = attribute(start, "serialNumber")?.unwrap_or_default();
            self.version = attribute(start, "version")?.unwrap_or_default();
        }
        if tag == Tag::Component {
            let mut component = Component::default();
            if let Some(kind) = attribute(start, "type")? {
                component.kind = kind.into();
            }
            if let Some(reference) = attribute(start, "bom-ref")? {
                component.reference = reference.into();
            }
            self.components.push(component);
        }
        self.open.push(tag);
        Ok(true)
    }

    /// What an element is, by the one it stands in.
    fn child(&self, name: &str, start: &BytesStart<'_>) -> Result<Option<Tag>, Error> {
        let tag = match (self.open.last(), name) {
            (None, "bom") if !self.ended => Tag::Bom,
            (Some(Tag::Bom), "metadata") => Tag::Metadata,
            (Some(Tag::Metadata), "timestamp") => Tag::Timestamp,
            (Some(Tag::Metadata), "supplier") => Tag::Party(Field::Supplier),
            (Some(Tag::Bom | Tag::Component), "components") => Tag::List("components"),
            (Some(Tag::Bom | Tag::Component), "services") => Tag::List("services"),
            (Some(Tag::Metadata | Tag::List("components")), "component")
            | (Some(Tag::List("services")), "service") => Tag::Component,
            (Some(Tag::Component), "properties") => Tag::Properties,
            (Some(Tag::Properties), "property") => {
                Tag::Property(attribute(start, "name")?.unwrap_or_default())
            }
            (Some(Tag::Component), name) => match name {
                "name" => Tag::Field(Field::Name),
                "group" => Tag::Field(Field::Group),
                "version" => Tag::Field(Field::Version),
                "purl" => Tag::Field(Field::Purl),
                "cpe" => Tag::Field(Field::Cpe),
                "publisher" => Tag::Field(Field::Publisher),
                "supplier" => Tag::Party(Field::Supplier),
                "manufacturer" => Tag::Party(Field::Manufacturer),
                "provider" => Tag::Party(Field::Provider),
                _ => return Ok(None),
            },
            (Some(Tag::Party(field)), "name") => Tag::PartyName(*field),
            _ => return Ok(None),
        };
        Ok(Some(tag))
    }

    fn end(&mut self) -> Result<(), Error> {
        let text = std::mem::take(&mut self.text);
        match self.open.pop() {
            Some(Tag::Bom) => self.ended = true,
            Some(Tag::Timestamp) => self.assembly.taken_at(&text),
            Some(Tag::Component) => return self.end_component(),
            Some(Tag::Field(field) | Tag::PartyName(field)) => match self.components.last_mut() {
                Some(component) => set(component, field, text),
                None => self.supplier = text,
            },
            Some(Tag::Property(name)) => {
                if let Some(component) = self.components.last_mut() {
                    component.known.note(&name, text.trim().to_owned().into());
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn end_component(&mut self) -> Result<(), Error> {
        let Some(mut component) = self.components.pop() else { return Ok(()) };
        component.known.settle();
        let list = match self.open.last() {
            Some(Tag::Metadata) => return self.assembly.take_subject(&component),
            Some(Tag::List(list)) => *list,
            _ => return Ok(()),
        };
        let services = list == "services";
        if let Some(parent) = self.components.last_mut() {
            let children = if services { &mut parent.services } else { &mut parent.components };
            children.push(component);
            return Ok(());
        }
        let number = self.counts[usize::from(services)];
        self.counts[usize::from(services)] += 1;
        self.assembly.take_listed(&component, list, number)
    }
}

fn set(component: &mut Component<'static>, field: Field, text: String) {
    let text = text.into();
    match field {
        Field::Name => component.name = text,
        Field::Group => component.group = text,
        Field::Version => component.version = text,
        Field::Purl => component.purl = text,
        Field::Cpe => component.cpe = text,
        Field::Publisher => component.publisher = text,
        Field::Supplier => component.supplier = Party(text),
        Field::Manufacturer => component.manufacturer = Party(text),
        Field::Provider => component.provider = Party(text),
    }
}

/// An attribute's value; entities in it are held to the same rule.
fn attribute(start: &BytesStart<'_>, name: &str) -> Result<Option<String>, Error> {
    let found = start.try_get_attribute(name).map_err(|error| syntax(error.to_string()))?;
    found
        .map(|attribute| {
            let value = attribute
                .normalized_value(XmlVersion::Implicit1_0)
                .map_err(|error| syntax(error.to_string()))?;
            Ok(value.into_owned())
        })
        .transpose()
}
