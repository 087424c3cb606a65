//! `OpenVEX` 0.2, and 0.0 with its plain strings.
//!
//! - **Source:** the `OpenVEX` specification 0.2.0, <https://github.com/openvex/spec>.

use std::fmt;

use bongsu_advisory::{Place, Signal, VexAnswer, VexStatement, VexSubject, VulnerabilityId};
use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor, value::MapAccessDeserializer};

use super::Inbox;
use super::wire::{Desk, List, Text, clip, time};
use crate::bounded::{self, Fault};

#[derive(Deserialize)]
struct Document<'a> {
    #[serde(borrow)]
    author: Option<Text<'a>>,
    #[serde(borrow)]
    timestamp: Option<Text<'a>>,
    #[serde(borrow)]
    last_updated: Option<Text<'a>>,
    #[serde(borrow, default)]
    statements: List<Statement<'a>>,
}

#[derive(Deserialize)]
struct Statement<'a> {
    #[serde(borrow)]
    vulnerability: Option<Named<'a>>,
    #[serde(borrow, default)]
    products: List<Named<'a>>,
    /// 0.0 had them here.
    #[serde(borrow, default)]
    subcomponents: List<Named<'a>>,
    #[serde(borrow, default)]
    status: Text<'a>,
    #[serde(borrow)]
    justification: Option<Text<'a>>,
    #[serde(borrow, rename = "impact_statement")]
    impact: Option<Text<'a>>,
    #[serde(borrow, rename = "action_statement")]
    action: Option<Text<'a>>,
    #[serde(borrow)]
    status_notes: Option<Text<'a>>,
    #[serde(borrow)]
    timestamp: Option<Text<'a>>,
    #[serde(borrow)]
    last_updated: Option<Text<'a>>,
}

/// A vulnerability or a product: an object in 0.2, a string in 0.0.
#[derive(Default)]
struct Named<'a> {
    id: Option<Text<'a>>,
    name: Option<Text<'a>>,
    aliases: List<Text<'a>>,
    identifiers: Identifiers<'a>,
    subcomponents: List<Named<'a>>,
}

#[derive(Default, Deserialize)]
struct Identifiers<'a> {
    #[serde(borrow)]
    purl: Option<Text<'a>>,
    #[serde(borrow)]
    cpe23: Option<Text<'a>>,
    #[serde(borrow)]
    cpe22: Option<Text<'a>>,
}

impl<'de: 'a, 'a> Deserialize<'de> for Named<'a> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Object<'a> {
            #[serde(borrow, rename = "@id")]
            id: Option<Text<'a>>,
            #[serde(borrow)]
            name: Option<Text<'a>>,
            #[serde(borrow, default)]
            aliases: List<Text<'a>>,
            #[serde(borrow, default)]
            identifiers: Identifiers<'a>,
            #[serde(borrow, default)]
            subcomponents: List<Named<'a>>,
        }
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Named<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a name or an object with `@id`")
            }
            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Named { id: Some(Text(text.into())), ..Named::default() })
            }
            fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Named { id: Some(Text(text.to_owned().into())), ..Named::default() })
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
                let object = Object::deserialize(MapAccessDeserializer::new(map))?;
                let Object { id, name, aliases, identifiers, subcomponents } = object;
                Ok(Named { id, name, aliases, identifiers, subcomponents })
            }
        }
        from.deserialize_any(Reader)
    }
}

/// Reads a document; a statement that cannot be read is set aside.
pub(super) fn read<I: Inbox>(text: &str, desk: &mut Desk<'_, I>) -> Result<(), Fault> {
    let document: Document<'_> = bounded::part(desk.format, text)?;
    desk.count("statements", document.statements.len())?;
    for (number, statement) in document.statements.iter().enumerate() {
        let field = format!("/statements/{number}");
        match statements(&document, statement, &field, desk) {
            Ok(read) => {
                for statement in read {
                    desk.inbox.signal(Signal::Vex(Box::new(statement)));
                }
            }
            Err(detail) => desk.set_aside(field, detail),
        }
    }
    Ok(())
}

/// One statement on the products themselves, and one on each product's parts.
fn statements<I: Inbox>(
    document: &Document<'_>,
    statement: &Statement<'_>,
    field: &str,
    desk: &Desk<'_, I>,
) -> Result<Vec<VexStatement>, String> {
    let (vulnerability, aliases) = vulnerability(statement)?;
    let status = statement.status.as_ref();
    let answer = answer(status).ok_or_else(|| {
        format!(
            "status {:?} is none of not_affected, affected, fixed, under_investigation",
            clip(status, 40)
        )
    })?;
    let words = [&statement.impact, &statement.action, &statement.status_notes];
    let words = words.into_iter().flatten().find(|words| !words.trim().is_empty());
    let times = [
        &statement.last_updated,
        &statement.timestamp,
        &document.last_updated,
        &document.timestamp,
    ];
    let base = VexStatement {
        vulnerability,
        aliases,
        subjects: Vec::new(),
        within: Vec::new(),
        answer,
        justification: statement.justification.as_ref().map(|label| clip(label, 200).to_owned()),
        words: words.map(|words| desk.words(words)),
        asserter: desk.words(document.author.as_deref().unwrap_or("OpenVEX")),
        at: times.into_iter().flatten().find_map(|at| time(at)),
        place: Place { field: Some(field.to_owned()), ..desk.place.clone() },
    };
    let mut found = Vec::new();
    let mut alone = Vec::new();
    for product in statement.products.iter() {
        let whole = subject(product)?;
        let parts = product.subcomponents.iter().chain(statement.subcomponents.iter());
        let parts: Vec<VexSubject> = parts.map(subject).collect::<Result<_, _>>()?;
        if parts.is_empty() {
            alone.push(whole);
        } else {
            found.push(VexStatement { subjects: parts, within: vec![whole], ..base.clone() });
        }
    }
    if !alone.is_empty() {
        found.insert(0, VexStatement { subjects: alone, ..base });
    }
    if found.is_empty() {
        return Err("it names no product; a right one is `pkg:npm/left-pad@1.3.0`".to_owned());
    }
    Ok(found)
}

fn vulnerability(
    statement: &Statement<'_>,
) -> Result<(VulnerabilityId, Vec<VulnerabilityId>), String> {
    let named = statement.vulnerability.as_ref().ok_or("it names no vulnerability")?;
    // `@id` may be a page about it; the last part of its path is the name.
    let last =
        |text: &str| text.trim_end_matches('/').rsplit('/').next().unwrap_or_default().to_owned();
    let name = named.name.as_deref().filter(|name| !name.is_empty()).map(str::to_owned);
    let name =
        name.or_else(|| named.id.as_deref().map(last)).ok_or("its vulnerability has no name")?;
    let id = name.parse().map_err(|error: bongsu_advisory::ParseVulnerabilityIdError| {
        format!("vulnerability {:?}: {error}", clip(&name, 60))
    })?;
    let aliases = named.aliases.iter().filter_map(|alias| alias.parse().ok()).collect();
    Ok((id, aliases))
}

fn answer(status: &str) -> Option<VexAnswer> {
    Some(match status {
        "not_affected" => VexAnswer::NotAffected,
        "affected" => VexAnswer::Affected,
        "fixed" => VexAnswer::Fixed,
        "under_investigation" => VexAnswer::UnderInvestigation,
        _ => return None,
    })
}

/// What a product is: its purl, its CPE, else the reference as written.
fn subject(product: &Named<'_>) -> Result<VexSubject, String> {
    let identifiers = &product.identifiers;
    let purls = [&identifiers.purl, &product.id].into_iter().flatten();
    let mut purls = purls.filter(|text| text.starts_with("pkg:"));
    if let Some(text) = purls.next() {
        let purl = text.parse().map_err(|error| format!("product {:?}: {error}", clip(text, 100)));
        return purl.map(VexSubject::Purl);
    }
    let cpes = [&identifiers.cpe23, &identifiers.cpe22, &product.id].into_iter().flatten();
    if let Some(cpe) =
        cpes.filter(|text| text.starts_with("cpe:")).find_map(|text| text.parse().ok())
    {
        return Ok(VexSubject::Cpe(cpe));
    }
    match &product.id {
        Some(id) if !id.is_empty() => Ok(VexSubject::Reference(clip(id, 1_000).to_owned())),
        _ => Err("a product has neither `@id` nor a purl nor a CPE".to_owned()),
    }
}
