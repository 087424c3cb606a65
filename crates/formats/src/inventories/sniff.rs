//! Which format a document is in, by its bytes.

use std::fmt;

use serde::Deserializer;
use serde::de::{IgnoredAny, MapAccess, Visitor};

use super::text::Text;
use super::{apk, dpkg, package_list, rpm};

/// The formats told apart here; lock files and asset lists look for themselves.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Format {
    CycloneDxJson,
    CycloneDxXml,
    Spdx2Json,
    Spdx3,
    SpdxTagValue,
    Dpkg,
    DpkgTable,
    Apk,
    Rpm,
    PackageList,
}

/// Software bills of materials by their first bytes: cheap, and sure when it finds one.
pub(super) fn bill(text: &str) -> Option<Format> {
    let start = text.trim_start();
    let head = head(start);
    if start.starts_with('{') {
        let at = |key| head.find(key);
        let found = [
            (at("\"bomFormat\""), Format::CycloneDxJson),
            (at("\"spdxVersion\""), Format::Spdx2Json),
            (at("spdx.org/rdf/3"), Format::Spdx3),
        ];
        let first = found.into_iter().filter(|(at, _)| at.is_some()).min_by_key(|(at, _)| *at);
        return first.map(|(_, format)| format);
    }
    if start.starts_with('<') {
        let root = head.find("cyclonedx.org/schema/bom").or_else(|| head.find(":bom"));
        return root.map(|_| Format::CycloneDxXml);
    }
    tag_value(start)
}

/// Package databases, and JSON whose first bytes do not say.
pub(super) fn listing(text: &str) -> Option<Format> {
    let start = text.trim_start();
    if start.starts_with('{') {
        return keys(start).format();
    }
    if start.starts_with('<') {
        return None;
    }
    if dpkg::is_status(start) {
        return Some(Format::Dpkg);
    }
    if dpkg::is_table(start) {
        return Some(Format::DpkgTable);
    }
    if apk::is_database(start) {
        return Some(Format::Apk);
    }
    if package_list::is_list(start) {
        return Some(Format::PackageList);
    }
    rpm::is_listing(start).then_some(Format::Rpm)
}

/// What a document that nobody reads looks like, in a sentence that says what would do.
pub(super) fn hint(text: &str) -> String {
    let start = text.trim_start();
    let seen = if start.is_empty() {
        "the file is empty".to_owned()
    } else if start.starts_with('{') {
        format!("a JSON object {}", keys(start).hint())
    } else if start.starts_with('[') {
        "a JSON list".to_owned()
    } else if start.starts_with('<') {
        let root = start.lines().map(str::trim).find(|line| {
            line.starts_with('<') && !line.starts_with("<?") && !line.starts_with("<!")
        });
        format!("XML that begins with `{}`", super::gathering::shown(root.unwrap_or(start)))
    } else {
        let line = start.lines().next().unwrap_or_default();
        format!("text that begins with `{}`", super::gathering::shown(line.trim()))
    };
    format!(
        "{seen}; an inventory is a CycloneDX or SPDX document, a dpkg, rpm or apk listing, a lock \
         file or an asset list"
    )
}

/// The top-level keys of a JSON object that tell formats apart.
#[derive(Default)]
struct Keys {
    format: Option<Format>,
    known: Option<&'static str>,
    first: Vec<String>,
}

impl Keys {
    fn format(&self) -> Option<Format> {
        self.format
    }

    fn hint(&self) -> String {
        match self.known {
            Some(known) => format!("that looks like {known}"),
            None => format!("with the keys {}", self.first.join(", ")),
        }
    }
}

/// Reads the keys as far as the syntax holds.
fn keys(text: &str) -> Keys {
    struct Reading<'k>(&'k mut Keys);

    impl<'de> Visitor<'de> for Reading<'_> {
        type Value = ();

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
            while let Some(key) = map.next_key::<Text<'de>>()? {
                match &*key {
                    "bomFormat" => self.0.format = Some(Format::CycloneDxJson),
                    "spdxVersion" | "SPDXID" => self.0.format = Some(Format::Spdx2Json),
                    "@graph" => self.0.format = Some(Format::Spdx3),
                    other => self.0.known = self.0.known.or_else(|| recognised(other)),
                }
                if self.0.first.len() < SHOWN_KEYS {
                    self.0.first.push(super::gathering::shown(&key).to_owned());
                }
                map.next_value::<IgnoredAny>()?;
            }
            Ok(())
        }
    }

    let mut keys = Keys::default();
    let mut parser = serde_json::Deserializer::from_str(text);
    // Where the syntax breaks, the keys before that place still say what it was meant to be.
    let _broken = parser.deserialize_map(Reading(&mut keys));
    keys
}

/// What else goes by a key: documents people pass here by mistake.
fn recognised(key: &str) -> Option<&'static str> {
    Some(match key {
        "tracking" | "product_tree" => "a CSAF advisory: pass it with the advisories",
        "cveMetadata" => "a CVE record: pass it with the advisories",
        "affected" | "schema_version" => "an OSV document: pass it with the advisories",
        "catalogVersion" => "the KEV catalogue: pass it with the advisories",
        "statements" => "an OpenVEX document: pass it with the advisories",
        "artifactRelationships" => "syft's own JSON: ask syft for cyclonedx-json",
        "ArtifactName" => "Trivy's report: ask Trivy for cyclonedx",
        _ => return None,
    })
}

fn tag_value(text: &str) -> Option<Format> {
    let mut lines = text.split(['\n', '\r']).map(str::trim);
    let first = lines.find(|line| !line.is_empty() && !line.starts_with('#'))?;
    let (tag, _) = first.split_once(':')?;
    let spdx = matches!(tag, "SPDXVersion" | "SPDXID")
        || matches!(tag, "DataLicense" | "DocumentName" | "DocumentNamespace" | "PackageName")
            && head(text).contains("SPDX");
    spdx.then_some(Format::SpdxTagValue)
}

/// The first bytes of a text.
fn head(text: &str) -> &str {
    let mut end = text.len().min(HEAD_BYTES);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// Lines to look at before a format without a mark of its own is believed.
pub(super) const SAMPLE_LINES: usize = 40;

const HEAD_BYTES: usize = 2_048;
const SHOWN_KEYS: usize = 6;
