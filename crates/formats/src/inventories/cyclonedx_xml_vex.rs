//! The `vulnerabilities` of a CycloneDX document in XML, spelled as its JSON.
//!
//! Statements have one reader, that of JSON; this brings what it looks at into that form.

use quick_xml::Reader;
use quick_xml::events::Event;

use super::cyclonedx_xml::{character, syntax};
use crate::Error;

/// Reads on to the end of `<vulnerabilities>`, whose start was just read, and gives the JSON list.
pub(super) fn json(reader: &mut Reader<&[u8]>) -> Result<String, Error> {
    let mut json = String::new();
    value(reader, Shape::List("vulnerability"), &mut json)?;
    Ok(json)
}

/// What an element becomes.
#[derive(Clone, Copy)]
enum Shape {
    /// A list of the elements of that name.
    List(&'static str),
    /// An object of the elements of these names.
    Object(&'static [(&'static str, Shape)]),
    Text,
}

/// What an element of a list becomes.
fn item(name: &str) -> Shape {
    match name {
        "vulnerability" => Shape::Object(&VULNERABILITY),
        "reference" => Shape::Object(&[("id", Shape::Text)]),
        "target" => Shape::Object(&[("ref", Shape::Text), ("versions", Shape::List("version"))]),
        _ => Shape::Object(&VERSION),
    }
}

const VULNERABILITY: [(&str, Shape); 7] = [
    ("id", Shape::Text),
    ("source", Shape::Object(&[("name", Shape::Text)])),
    ("references", Shape::List("reference")),
    ("published", Shape::Text),
    ("updated", Shape::Text),
    ("analysis", Shape::Object(&ANALYSIS)),
    ("affects", Shape::List("target")),
];

const ANALYSIS: [(&str, Shape); 5] = [
    ("state", Shape::Text),
    ("justification", Shape::Text),
    ("detail", Shape::Text),
    ("firstIssued", Shape::Text),
    ("lastUpdated", Shape::Text),
];

const VERSION: [(&str, Shape); 3] =
    [("version", Shape::Text), ("range", Shape::Text), ("status", Shape::Text)];

/// Reads to the end of an element whose start was just read; as deep as the shapes above.
fn value(reader: &mut Reader<&[u8]>, shape: Shape, json: &mut String) -> Result<(), Error> {
    let mut text = String::new();
    let mut first = true;
    json.push_str(match shape {
        Shape::List(_) => "[",
        Shape::Object(_) => "{",
        Shape::Text => "",
    });
    loop {
        match reader.read_event().map_err(|error| syntax(error.to_string()))? {
            Event::Start(start) => {
                let local = start.local_name();
                let name: &str = local.as_ref();
                let found = match shape {
                    Shape::List(items) => (name == items).then(|| (None, item(name))),
                    Shape::Object(fields) => {
                        let field = fields.iter().find(|(key, _)| *key == name);
                        field.map(|(key, inner)| (Some(*key), *inner))
                    }
                    Shape::Text => None,
                };
                let Some((key, inner)) = found else {
                    pass(reader, &start)?;
                    continue;
                };
                if !std::mem::take(&mut first) {
                    json.push(',');
                }
                if let Some(key) = key {
                    json.push_str(&quoted(key));
                    json.push(':');
                }
                value(reader, inner, json)?;
            }
            Event::Text(piece) => text.push_str(&piece.xml10_content()),
            Event::CData(piece) => text.push_str(&piece.xml10_content()),
            Event::GeneralRef(reference) => text.push(character(&reference)?),
            Event::End(_) => break,
            Event::Eof => return Err(syntax("the document ends before </bom>".to_owned())),
            // An empty element says nothing.
            Event::Empty(_) | Event::Comment(_) | Event::PI(_) | Event::Decl(_) => {}
            Event::DocType(_) => return Err(syntax("a document type declaration".to_owned())),
        }
    }
    match shape {
        Shape::List(_) => json.push(']'),
        Shape::Object(_) => json.push('}'),
        Shape::Text => json.push_str(&quoted(text.trim())),
    }
    Ok(())
}

fn pass(
    reader: &mut Reader<&[u8]>,
    start: &quick_xml::events::BytesStart<'_>,
) -> Result<(), Error> {
    reader.read_to_end(start.name()).map(|_| ()).map_err(|error| syntax(error.to_string()))
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
