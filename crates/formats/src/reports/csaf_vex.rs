//! CSAF 2.0, profile 5 (VEX): what was found, as a document a supplier's tools can read.

use std::collections::BTreeMap;
use std::io::{self, Write};

use bongsu_advisory::VexAnswer;
use bongsu_matching::Finding;
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::reports::{Matched, TOOL, sentence, title, vex};

/// One document: the time it is made, its products by identifier, their numbers by name.
struct Products {
    entries: Vec<Value>,
    numbers: BTreeMap<(String, String), String>,
}

/// Writes one document about all findings.
///
/// *Cannot tell* becomes `under_investigation`. A `not_affected` product carries the flag its
/// statement gave, else an impact statement with our reason, as the profile asks.
///
/// # Errors
/// Those of the writer.
pub fn write(out: &mut impl Write, matched: &[Matched<'_>], now: Timestamp) -> io::Result<()> {
    let mut products = Products { entries: Vec::new(), numbers: BTreeMap::new() };
    let mut flaws: BTreeMap<&str, Vec<(String, &Finding<'_>, String)>> = BTreeMap::new();
    for one in matched {
        for finding in &one.findings {
            let product = products.number(one, finding);
            let reason = sentence(finding);
            let flaw = flaws.entry(finding.vulnerability.as_str()).or_default();
            if !flaw.iter().any(|(known, ..)| *known == product) {
                flaw.push((product, finding, reason));
            }
        }
    }
    let vulnerabilities: Vec<Value> =
        flaws.into_iter().map(|(name, parts)| vulnerability(name, &parts)).collect();
    let mut document = json!({ "document": head(now) });
    if !products.entries.is_empty() {
        document["product_tree"] = json!({ "full_product_names": products.entries });
        document["vulnerabilities"] = Value::Array(vulnerabilities);
    }
    serde_json::to_writer_pretty(&mut *out, &document)?;
    out.write_all(b"\n")
}

impl Products {
    fn number(&mut self, one: &Matched<'_>, finding: &Finding<'_>) -> String {
        let component = one.component(finding);
        let purl = component.purl.as_ref().map(ToString::to_string);
        let name = format!("{} in {}", title(component), one.inventory.system);
        let key = (name.clone(), purl.clone().unwrap_or_default());
        if let Some(number) = self.numbers.get(&key) {
            return number.clone();
        }
        let number = format!("BONGSU-{}", self.entries.len() + 1);
        let mut entry = json!({ "name": name, "product_id": number });
        let mut helper = Map::new();
        if let Some(purl) = purl {
            helper.insert("purl".into(), json!(purl));
        }
        if let Some(cpe) = component.cpes.first() {
            helper.insert("cpe".into(), json!(cpe.to_string()));
        }
        if !helper.is_empty() {
            entry["product_identification_helper"] = Value::Object(helper);
        }
        self.entries.push(entry);
        self.numbers.insert(key, number.clone());
        number
    }
}

fn head(now: Timestamp) -> Value {
    let now = now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    json!({
        "category": "csaf_vex",
        "csaf_version": "2.0",
        "title": "Findings of a match of inventories against advisories",
        "distribution": { "tlp": { "label": "AMBER" } },
        "publisher": {
            "category": "user",
            "name": TOOL,
            "namespace": "https://bongsu.invalid",
        },
        "tracking": {
            "id": format!("bongsu-match-{}", now.replace([':', '-'], "").to_lowercase()),
            "status": "draft",
            "version": "1",
            "current_release_date": now,
            "initial_release_date": now,
            "generator": { "engine": { "name": TOOL, "version": env!("CARGO_PKG_VERSION") } },
            "revision_history": [{ "date": now, "number": "1", "summary": "Match" }],
        },
    })
}

fn vulnerability(name: &str, parts: &[(String, &Finding<'_>, String)]) -> Value {
    let mut status: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let (mut flags, mut threats, mut remediations) = (Vec::new(), Vec::new(), Vec::new());
    for (product, finding, reason) in parts {
        let answer = vex(finding);
        status.entry(group(answer)).or_default().push(product);
        match answer {
            VexAnswer::NotAffected => match justification(finding) {
                Some(label) => flags.push(json!({ "label": label, "product_ids": [product] })),
                None => threats.push(json!({
                    "category": "impact", "details": reason, "product_ids": [product] })),
            },
            VexAnswer::Affected => remediations.push(remediation(product, finding)),
            VexAnswer::Fixed | VexAnswer::UnderInvestigation => {}
        }
    }
    let mut vulnerability = json!({ "product_status": status });
    if name.starts_with("CVE-") {
        vulnerability["cve"] = json!(name);
    }
    let finding = parts[0].1;
    let others = finding.aliases.iter().map(bongsu_advisory::VulnerabilityId::as_str);
    let ids: Vec<Value> = std::iter::once(name)
        .filter(|name| !name.starts_with("CVE-"))
        .chain(others.filter(|alias| !alias.starts_with("CVE-")))
        .map(|id| json!({ "system_name": system(id), "text": id }))
        .collect();
    let summary = if finding.summary.is_empty() { name } else { finding.summary };
    vulnerability["notes"] = json!([{ "category": "summary", "text": summary }]);
    for (key, list) in
        [("ids", ids), ("flags", flags), ("threats", threats), ("remediations", remediations)]
    {
        if !list.is_empty() {
            vulnerability[key] = Value::Array(list);
        }
    }
    vulnerability
}

fn group(answer: VexAnswer) -> &'static str {
    match answer {
        VexAnswer::NotAffected => "known_not_affected",
        VexAnswer::Affected => "known_affected",
        VexAnswer::Fixed => "fixed",
        VexAnswer::UnderInvestigation => "under_investigation",
    }
}

/// The flag CSAF knows for the statement's justification.
fn justification<'a>(finding: &'a Finding<'_>) -> Option<&'a str> {
    const LABELS: [&str; 5] = [
        "component_not_present",
        "inline_mitigations_already_exist",
        "vulnerable_code_cannot_be_controlled_by_adversary",
        "vulnerable_code_not_in_execute_path",
        "vulnerable_code_not_present",
    ];
    let bongsu_matching::Why::Statement { justification: Some(given), .. } = &finding.reason.why
    else {
        return None;
    };
    LABELS.into_iter().find(|label| label == given)
}

fn remediation(product: &str, finding: &Finding<'_>) -> Value {
    if finding.fixed.is_empty() {
        return json!({ "category": "none_available", "details": "No fixed version is known.",
            "product_ids": [product] });
    }
    let details = format!("Update to {}.", finding.fixed.join(" or "));
    json!({ "category": "vendor_fix", "details": details, "product_ids": [product] })
}

fn system(id: &str) -> &str {
    id.split_once('-').map_or("id", |(authority, _)| authority)
}
