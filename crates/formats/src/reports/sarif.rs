//! SARIF 2.1.0 (OASIS), for code-scanning pages.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{self, Write};

use bongsu_advisory::Rating;
use bongsu_matching::{Answer, Finding};
use serde_json::{Value, json};

use crate::reports::{Matched, TOOL, rating, sentence, title};

/// Writes one run with a rule a flaw and a result a finding; *not affected* is left out.
///
/// # Errors
/// Those of the writer.
pub fn write(out: &mut impl Write, matched: &[Matched<'_>]) -> io::Result<()> {
    let mut rules: BTreeMap<&str, Value> = BTreeMap::new();
    let mut results = Vec::new();
    for one in matched {
        for finding in one.findings.iter().filter(|f| f.answer != Answer::NotAffected) {
            rules.entry(finding.vulnerability.as_str()).or_insert_with(|| rule(finding));
            results.push(result(one, finding));
        }
    }
    let driver = json!({
        "name": TOOL,
        "version": env!("CARGO_PKG_VERSION"),
        "rules": rules.into_values().collect::<Vec<_>>(),
    });
    let run =
        json!({ "tool": { "driver": driver }, "columnKind": "utf16CodeUnits", "results": results });
    let log = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [run],
    });
    serde_json::to_writer_pretty(&mut *out, &log)?;
    out.write_all(b"\n")
}

fn rule(finding: &Finding<'_>) -> Value {
    let id = finding.vulnerability.as_str();
    let summary = if finding.summary.is_empty() { id } else { finding.summary };
    let mut tags = vec!["security"];
    if finding.kev.is_some() {
        tags.push("known-exploited");
    }
    let mut properties = json!({ "tags": tags });
    if let Some(score) = finding.severity.and_then(|severity| severity.score) {
        properties["security-severity"] = json!(format!("{score:.1}"));
    }
    json!({ "id": id, "shortDescription": { "text": summary }, "properties": properties })
}

fn result(one: &Matched<'_>, finding: &Finding<'_>) -> Value {
    let component = one.component(finding);
    let fixed = match finding.fixed.as_slice() {
        [] => "no fixed version is known".to_owned(),
        versions => format!("fixed in {}", versions.join(", ")),
    };
    let text = format!("{}: {}; {fixed}", title(component), sentence(finding));
    json!({
        "ruleId": finding.vulnerability.as_str(),
        "level": level(finding),
        "message": { "text": text },
        "locations": [{ "physicalLocation": {
            "artifactLocation": { "uri": uri(one.document) },
            "region": { "startLine": line(&component.field) },
        }}],
        "partialFingerprints": {
            "bongsuFinding/v1": format!("{}|{}|{}", one.document, finding.vulnerability, title(component)),
        },
    })
}

fn level(finding: &Finding<'_>) -> &'static str {
    match (finding.answer, rating(finding)) {
        (Answer::CannotTell, _) => "note",
        (_, Some(Rating::Critical | Rating::High)) => "error",
        _ if finding.informational.is_some() => "note",
        _ => "warning",
    }
}

/// The line a lock file gives a component, `line 12`; 1 where the format has none.
fn line(field: &str) -> u64 {
    field.strip_prefix("line ").and_then(|number| number.parse().ok()).unwrap_or(1)
}

/// A relative reference: what RFC 3986 does not allow in a path is percent-encoded.
fn uri(path: &str) -> String {
    let mut encoded = String::new();
    for byte in path.trim_start_matches("./").bytes() {
        if byte.is_ascii_alphanumeric() || b"/-._~!".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}
