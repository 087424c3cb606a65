//! CycloneDX 1.2 to 1.7 in JSON (ECMA-424).
//!
//! Components are built while the text is read: no tree of the document stands in between, and
//! what we do not use (licences, hashes, evidence) is passed over without being copied.

use std::fmt;

use serde::Deserialize;
use serde::de::{self, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::Found;
use super::cyclonedx::{Assembly, Component, Known, Party};
use super::gathering::Gathering;
use super::text::{Text, json_error};
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
        supplier: Text::default(),
        serial: Text::default(),
        version: Text::default(),
        vulnerabilities: None,
        failed: None,
    };
    let mut parser = serde_json::Deserializer::from_str(text);
    let parsed = Bom(&mut reading).deserialize(&mut parser).and_then(|()| parser.end());
    let Reading { supplier, serial, version, vulnerabilities, failed, .. } = reading;
    if let Err(error) = parsed {
        return Err(failed.unwrap_or_else(|| json_error(FORMAT, &error)));
    }
    gathering.link(&serial, &version);
    if let Some(vulnerabilities) = vulnerabilities {
        gathering.take_statements(vulnerabilities.get(), &supplier, &serial);
    }
    gathering.finish(found);
    Ok(())
}

const FORMAT: &str = "CycloneDX JSON";

/// What the parser works into, and our own reason to stop, which its error cannot carry.
struct Reading<'r, 'l, 'de> {
    assembly: Assembly<'r, 'l>,
    /// Who made the document's subject, and so speaks in its statements.
    supplier: Text<'de>,
    /// The document's own name, `urn:uuid:…`.
    serial: Text<'de>,
    /// Which issue of the document it is; the first if it does not say.
    version: Text<'de>,
    vulnerabilities: Option<&'de RawValue>,
    failed: Option<Error>,
}

/// The document itself.
struct Bom<'x, 'r, 'l, 'de>(&'x mut Reading<'r, 'l, 'de>);

impl<'de> DeserializeSeed<'de> for Bom<'_, '_, '_, 'de> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Bom<'_, '_, '_, 'de> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a CycloneDX document")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut seen = [false; 4];
        let mut once = |number: usize, name| {
            let before = std::mem::replace(&mut seen[number], true);
            if before { Err(de::Error::duplicate_field(name)) } else { Ok(()) }
        };
        while let Some(key) = map.next_key::<Text<'de>>()? {
            match &*key {
                "serialNumber" => self.0.serial = map.next_value()?,
                "version" => self.0.version = map.next_value()?,
                "metadata" => {
                    once(0, "metadata")?;
                    let metadata: Option<Metadata<'de>> = map.next_value()?;
                    if let Some(metadata) = metadata {
                        let taken = metadata.take(&mut self.0.assembly);
                        self.0.supplier = metadata.supplier.0;
                        taken.map_err(stopped(self.0))?;
                    }
                }
                "components" => {
                    once(1, "components")?;
                    map.next_value_seed(Many { reading: self.0, name: "components" })?;
                }
                "services" => {
                    once(2, "services")?;
                    map.next_value_seed(Many { reading: self.0, name: "services" })?;
                }
                "vulnerabilities" => {
                    once(3, "vulnerabilities")?;
                    self.0.vulnerabilities = map.next_value()?;
                }
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(())
    }
}

/// Keeps our own reason and gives the parser one to stop for.
fn stopped<'x, E: de::Error>(reading: &'x mut Reading<'_, '_, '_>) -> impl FnOnce(Error) -> E + 'x {
    |error| {
        let told = E::custom(&error);
        reading.failed = Some(error);
        told
    }
}

/// A list of components or services at the top of the document.
struct Many<'x, 'r, 'l, 'de> {
    reading: &'x mut Reading<'r, 'l, 'de>,
    name: &'static str,
}

impl<'de> DeserializeSeed<'de> for Many<'_, '_, '_, 'de> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Many<'_, '_, '_, 'de> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a list of {}", self.name)
    }

    fn visit_unit<E: de::Error>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        let mut number = 0;
        while let Some(wire) = list.next_element::<Component<'de>>()? {
            let taken = self.reading.assembly.take_listed(&wire, self.name, number);
            taken.map_err(stopped(self.reading))?;
            number += 1;
        }
        Ok(())
    }
}

#[derive(Deserialize)]
struct Metadata<'a> {
    #[serde(borrow, default)]
    timestamp: Text<'a>,
    #[serde(borrow, default)]
    supplier: Party<'a>,
    #[serde(borrow, default)]
    component: Option<Component<'a>>,
}

impl Metadata<'_> {
    fn take(&self, assembly: &mut Assembly<'_, '_>) -> Result<(), Error> {
        assembly.taken_at(&self.timestamp);
        self.component.as_ref().map_or(Ok(()), |component| assembly.take_subject(component))
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Party<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(PartyVisitor)
    }
}

struct PartyVisitor;

impl<'de> Visitor<'de> for PartyVisitor {
    type Value = Party<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an organisation with a name")
    }

    fn visit_borrowed_str<E: de::Error>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Party(Text::from(text)))
    }

    fn visit_unit<E: de::Error>(self) -> Result<Self::Value, E> {
        Ok(Party::default())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut party = Party::default();
        while let Some(key) = map.next_key::<Text<'de>>()? {
            if &*key == "name" {
                party.0 = map.next_value()?;
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(party)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Known<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(KnownVisitor)
    }
}

/// Folds a list of properties into those we know, so that the others cost no memory.
struct KnownVisitor;

impl<'de> Visitor<'de> for KnownVisitor {
    type Value = Known<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of properties")
    }

    fn visit_unit<E: de::Error>(self) -> Result<Self::Value, E> {
        Ok(Known::default())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let mut known = Known::default();
        while let Some(property) = list.next_element::<Property<'de>>()? {
            known.note(&property.name, property.value.into_cow());
        }
        known.settle();
        Ok(known)
    }
}

#[derive(Deserialize)]
struct Property<'a> {
    #[serde(borrow, default)]
    name: Text<'a>,
    #[serde(borrow, default)]
    value: Text<'a>,
}
