//! Which format a JSON object is in, by its outermost keys.

use crate::bounded::Fault;
use crate::{Error, Limits};

/// A format we read.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Kind {
    Osv,
    /// An answer of OSV's query interface: `{"vulns": [...]}`.
    OsvList,
    Cve,
    Csaf,
    Kev,
    /// An answer of FIRST's query interface: `{"data": [{"cve": ...}]}`.
    Epss,
    OpenVex,
    CycloneDx,
    Nodejs,
}

impl Kind {
    /// The format's name in errors.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Osv | Self::OsvList => "OSV",
            Self::Cve => "CVE 5",
            Self::Csaf => "CSAF",
            Self::Kev => "KEV",
            Self::Epss => "EPSS",
            Self::OpenVex => "OpenVEX",
            Self::CycloneDx => "CycloneDX",
            Self::Nodejs => "old npm working-group",
        }
    }
}

/// Says what a JSON object is, checking its nesting on the way.
///
/// # Errors
/// Too deep, or none of our formats; then with a hint what it is.
pub(super) fn kind(text: &str, limits: &Limits) -> Result<Kind, Fault> {
    let mut keys = [""; KEYS];
    let mut count = 0;
    crate::bounded::outline("JSON", text, limits, &mut |key| {
        if let Some(free) = keys.get_mut(count) {
            *free = key;
            count += 1;
        }
    })?;
    let keys = &keys[..count];
    let has = |key: &str| keys.contains(&key);
    let kind = if has("cveMetadata") || (has("containers") && has("dataType")) {
        Kind::Cve
    } else if has("bomFormat") {
        Kind::CycloneDx
    } else if has("statements") && (has("@context") || has("author")) {
        Kind::OpenVex
    } else if has("document") && !has("id") && !has("feed") {
        Kind::Csaf
    } else if has("vulnerabilities") && (has("catalogVersion") || has("dateReleased")) {
        Kind::Kev
    } else if (has("module_name") && has("vulnerable_versions"))
        || (has("vulnerable") && (has("cve") || has("patched")))
    {
        Kind::Nodejs
    } else if has("id") && OSV_KEYS.iter().any(|key| has(key)) {
        Kind::Osv
    } else if has("vulns") {
        Kind::OsvList
    } else if has("data") && has("status-code") {
        Kind::Epss
    } else {
        return Err(unknown(keys).into());
    };
    Ok(kind)
}

/// A hint for a JSON object that is none of ours.
fn unknown(keys: &[&str]) -> Error {
    let has = |key: &str| keys.contains(&key);
    let hint = if has("CVE_data_meta") || has("CVE_Items") {
        "a CVE record of the retired version 4; use the record in version 5".to_owned()
    } else if has("spdxVersion") || has("SPDXID") || has("@graph") {
        "an SPDX document is an inventory; give it with --inventory".to_owned()
    } else if has("type") && has("objects") || has("spec_version") {
        "a STIX object; advisories come as OSV, CVE 5, CSAF, KEV, EPSS or OpenVEX".to_owned()
    } else if has("decision_points") || has("decision_point") || has("schemaVersion") {
        "an SSVC decision table says how to decide, not what is wrong".to_owned()
    } else if has("feed") {
        "a ROLIE feed lists documents; give the documents themselves".to_owned()
    } else if has("canonical_url") || has("aggregator") {
        "CSAF provider metadata says where documents are; give the documents themselves".to_owned()
    } else if has("resultsPerPage") {
        "an answer of NVD's interface; use the CVE 5 records".to_owned()
    } else if has("Event") || has("matching_attributes") {
        "a MISP document; advisories come as OSV, CVE 5, CSAF, KEV, EPSS or OpenVEX".to_owned()
    } else if has("$schema") && (has("properties") || has("definitions") || has("$defs")) {
        "a JSON Schema describes documents; give the documents themselves".to_owned()
    } else if has("categories") || has("service") || has("overall_valid") || has("extension_schema")
    {
        "a file beside CSAF documents; give the documents themselves".to_owned()
    } else if has("advisories") || has("tests") {
        "an index of other documents; give the documents themselves".to_owned()
    } else if keys.is_empty() {
        "a JSON object without members".to_owned()
    } else {
        let shown: Vec<&str> = keys.iter().take(6).copied().collect();
        let shown = super::wire::clip(&shown.join(", "), 120).to_owned();
        format!("a JSON object with {shown}; an advisory in OSV has `id` and `affected`")
    };
    Error::UnknownFormat { hint }
}

/// A hint for a text that is none of ours.
pub(super) fn unknown_text(file: &str, text: &str) -> Error {
    let ends = |ending: &str| file.to_ascii_lowercase().ends_with(ending);
    let start = text.trim_ascii_start();
    let hint = if start.is_empty() {
        "an empty file"
    } else if start.starts_with("-----BEGIN PGP") || ends(".asc") || ends(".sig") {
        "a signature, not a document"
    } else if ends(".sha256") || ends(".sha512") || ends(".md5") {
        "a checksum, not a document"
    } else if ends("changes.csv") || ends("index.txt") {
        "a CSAF directory listing; give the documents themselves"
    } else if ends(".yaml") || ends(".yml") {
        "YAML; the same advisories are published as OSV JSON"
    } else if ends(".md") {
        "Markdown; the same advisories are published as OSV JSON"
    } else if start.starts_with("SPDXVersion:") {
        "an SPDX document is an inventory; give it with --inventory"
    } else if start.starts_with('<') {
        "XML; advisories come as OSV, CVE 5, CSAF, KEV, EPSS or OpenVEX"
    } else {
        "neither JSON nor a table of KEV or EPSS"
    };
    Error::UnknownFormat { hint: hint.to_owned() }
}

/// So many outermost keys are looked at; every format shows itself within a dozen.
const KEYS: usize = 48;

/// Beside `id`, what an OSV record has at least one of.
const OSV_KEYS: [&str; 6] =
    ["affected", "modified", "schema_version", "aliases", "withdrawn", "published"];
