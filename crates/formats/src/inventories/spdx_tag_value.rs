//! SPDX 2.2 and 2.3 as tags and values.

use super::Found;
use super::gathering::{Gathering, shown};
use super::spdx2::{self, Document, File, Package, Reference, Relationship};
use super::text::Text;
use crate::{Error, Limits};

/// Reads one document into `found`; an error means nothing of it went in.
///
/// - **Source:** SPDX 2.3, annex "tag:value": one `Tag: value` a line, `<text>` over several.
pub(super) fn read(
    text: &str,
    document: &str,
    limits: &Limits,
    found: &mut Found,
) -> Result<(), Error> {
    let mut gathering = Gathering::new(FORMAT, document, limits);
    let mut reading = Reading { document: Document::default(), within: Within::Document };
    let mut lines = (1..).zip(lines(text));
    while let Some((number, line)) = lines.next() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let Some((tag, value)) = line.split_once(':') else {
            let detail =
                format!("`{}` is no tag with a value, such as PackageName: acl", shown(line));
            gathering.set_aside(&format!("line {number}"), detail);
            continue;
        };
        let value = value.trim();
        if value.starts_with("<text>") && !value.contains("</text>") {
            // Nothing that we use is longer than a line; the rest is passed over.
            let closed = lines.by_ref().any(|(_, line)| line.contains("</text>"));
            if !closed {
                // Each package stands for itself, so those before the break are good.
                let detail = "a <text> that is never closed: the document is cut off here";
                gathering.set_aside(&format!("line {number}"), detail.to_owned());
            }
        }
        let value = value.strip_prefix("<text>").unwrap_or(value);
        let value = value.strip_suffix("</text>").unwrap_or(value).trim();
        if let Err(detail) = reading.note(tag.trim(), value, number) {
            gathering.set_aside(&format!("line {number}"), detail);
        }
    }
    spdx2::gather(&reading.document, &mut gathering)?;
    gathering.finish(found);
    Ok(())
}

const FORMAT: &str = "SPDX tag-value";

/// The lines of a text, be they ended as on Unix, on Windows or on the Macintosh of old.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.split(if text.contains('\n') { '\n' } else { '\r' })
}

struct Reading<'a> {
    document: Document<'a>,
    within: Within,
}

/// What the tags that all elements share are said of.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Within {
    Document,
    Package,
    File,
    Other,
}

impl<'a> Reading<'a> {
    fn note(&mut self, tag: &str, value: &'a str, line: usize) -> Result<(), String> {
        let document = &mut self.document;
        let value_text = Text::from(value);
        match tag {
            "DocumentName" => document.name = value_text,
            "Created" => document.creation.created = value_text,
            "PackageName" => {
                self.within = Within::Package;
                document.packages.push(Package { name: value_text, line, ..Package::default() });
            }
            "FileName" => {
                self.within = Within::File;
                document.files.push(File { name: value_text, ..File::default() });
            }
            "SnippetSPDXID" | "LicenseID" => self.within = Within::Other,
            "SPDXID" => self.identify(value_text),
            "Relationship" => {
                let mut words = value.split_whitespace();
                let (Some(from), Some(kind), Some(to)) = (words.next(), words.next(), words.next())
                else {
                    return Err(format!(
                        "`{}` is no relationship such as A CONTAINS B",
                        shown(value)
                    ));
                };
                document.relationships.push(Relationship {
                    from: from.into(),
                    kind: kind.into(),
                    to: to.into(),
                    comment: Text::default(),
                });
            }
            "RelationshipComment" => {
                if let Some(relation) = document.relationships.last_mut() {
                    relation.comment = value_text;
                }
            }
            _ if self.within == Within::Package => return self.note_package(tag, value),
            _ => {}
        }
        Ok(())
    }

    fn note_package(&mut self, tag: &str, value: &'a str) -> Result<(), String> {
        let Some(package) = self.document.packages.last_mut() else { return Ok(()) };
        match tag {
            "PackageVersion" => package.version = value.into(),
            "PackageSupplier" => package.supplier = value.into(),
            "PackageOriginator" => package.originator = value.into(),
            "PrimaryPackagePurpose" => package.purpose = value.into(),
            "PackageSourceInfo" => package.source_info = value.into(),
            "ExternalRef" => {
                let mut words = value.split_whitespace();
                let (Some(_), Some(kind), Some(locator)) =
                    (words.next(), words.next(), words.next())
                else {
                    let right = "SECURITY cpe23Type cpe:2.3:…";
                    return Err(format!("`{}` is no reference such as {right}", shown(value)));
                };
                package.references.push(Reference { kind: kind.into(), locator: locator.into() });
            }
            _ => {}
        }
        Ok(())
    }

    fn identify(&mut self, id: Text<'a>) {
        match self.within {
            Within::Package => {
                if let Some(package) = self.document.packages.last_mut() {
                    package.id = id;
                }
            }
            Within::File => {
                if let Some(file) = self.document.files.last_mut() {
                    file.id = id;
                }
            }
            Within::Document | Within::Other => {}
        }
    }
}
