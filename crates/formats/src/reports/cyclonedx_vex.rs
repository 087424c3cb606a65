//! CycloneDX 1.6 with `vulnerabilities`: components, ratings, analysis.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

use bongsu_advisory::VexAnswer;
use bongsu_inventory::{Component, ComponentKind};
use bongsu_matching::{Finding, Why};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::reports::{Matched, TOOL, rating, sentence, vex};

/// Writes one document with the components that have findings, and the findings.
///
/// # Errors
/// Those of the writer.
pub fn write(out: &mut impl Write, matched: &[Matched<'_>], now: Timestamp) -> io::Result<()> {
    let mut components = Vec::new();
    let mut flaws: BTreeMap<(&str, Analysis), Vec<(String, &Finding<'_>)>> = BTreeMap::new();
    for (number, one) in matched.iter().enumerate() {
        let named: BTreeSet<usize> = one.findings.iter().map(|finding| finding.component).collect();
        for at in named {
            components.push(component(&one.inventory.components[at], &reference(number, at)));
        }
        for finding in &one.findings {
            let analysis = Analysis::of(finding);
            let flaw = flaws.entry((finding.vulnerability.as_str(), analysis)).or_default();
            flaw.push((reference(number, finding.component), finding));
        }
    }
    let vulnerabilities: Vec<Value> =
        flaws.iter().map(|((id, analysis), parts)| vulnerability(id, analysis, parts)).collect();
    let document = json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "timestamp": now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
            "tools": { "components": [{
                "type": "application", "name": TOOL, "version": env!("CARGO_PKG_VERSION") }] },
        },
        "components": components,
        "vulnerabilities": vulnerabilities,
    });
    serde_json::to_writer_pretty(&mut *out, &document)?;
    out.write_all(b"\n")
}

fn reference(inventory: usize, component: usize) -> String {
    format!("inventory-{}/component-{}", inventory + 1, component + 1)
}

fn component(component: &Component, reference: &str) -> Value {
    let mut value = json!({
        "type": kind(component.kind), "bom-ref": reference, "name": component.name });
    if let Some(version) = &component.version {
        value["version"] = json!(version);
    }
    if let Some(purl) = &component.purl {
        value["purl"] = json!(purl.to_string());
    }
    if let Some(cpe) = component.cpes.first() {
        value["cpe"] = json!(cpe.to_string());
    }
    value
}

fn kind(kind: ComponentKind) -> &'static str {
    match kind {
        ComponentKind::Library => "library",
        ComponentKind::Application => "application",
        ComponentKind::OperatingSystem => "operating-system",
        ComponentKind::Container => "container",
        ComponentKind::Device => "device",
        ComponentKind::Firmware => "firmware",
        ComponentKind::File => "file",
        ComponentKind::Model => "machine-learning-model",
        ComponentKind::Data => "data",
        ComponentKind::CryptographicAsset => "cryptographic-asset",
    }
}

/// What CycloneDX calls the answer, with our reason.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
struct Analysis {
    state: &'static str,
    justification: Option<&'static str>,
    detail: String,
}

impl Analysis {
    fn of(finding: &Finding<'_>) -> Self {
        let state = match vex(finding) {
            VexAnswer::Affected => "exploitable",
            VexAnswer::NotAffected => "not_affected",
            VexAnswer::Fixed => "resolved",
            VexAnswer::UnderInvestigation => "in_triage",
        };
        let justification = match &finding.reason.why {
            Why::Statement { justification: Some(given), .. } => justified(given),
            _ => None,
        };
        Self { state, justification, detail: sentence(finding) }
    }
}

/// CycloneDX's word for a justification, its own or that of CSAF and OpenVEX.
fn justified(given: &str) -> Option<&'static str> {
    Some(match given {
        "code_not_present" | "component_not_present" | "vulnerable_code_not_present" => {
            "code_not_present"
        }
        "code_not_reachable" | "vulnerable_code_not_in_execute_path" => "code_not_reachable",
        "vulnerable_code_cannot_be_controlled_by_adversary" | "requires_environment" => {
            "requires_environment"
        }
        "inline_mitigations_already_exist" | "protected_by_mitigating_control" => {
            "protected_by_mitigating_control"
        }
        "requires_configuration" => "requires_configuration",
        "requires_dependency" => "requires_dependency",
        "protected_by_compiler" => "protected_by_compiler",
        "protected_at_runtime" => "protected_at_runtime",
        "protected_at_perimeter" => "protected_at_perimeter",
        _ => return None,
    })
}

fn vulnerability(id: &str, analysis: &Analysis, parts: &[(String, &Finding<'_>)]) -> Value {
    let finding = parts[0].1;
    let mut stated = json!({ "state": analysis.state, "detail": analysis.detail });
    if let Some(justification) = analysis.justification {
        stated["justification"] = json!(justification);
    }
    let affects: Vec<Value> =
        parts.iter().map(|(reference, _)| json!({ "ref": reference })).collect();
    let mut value = json!({ "id": id, "analysis": stated, "affects": affects });
    if let Some(rating) = rating(finding) {
        let mut one = json!({ "severity": rating.word() });
        if let Some(severity) = finding.severity {
            if let Some(score) = severity.score {
                one["score"] = json!(score);
            }
            if let Some(vector) = &severity.vector {
                one["vector"] = json!(vector);
            }
        }
        value["ratings"] = json!([one]);
    }
    if !finding.summary.is_empty() {
        value["description"] = json!(finding.summary);
    }
    if !finding.fixed.is_empty() {
        value["recommendation"] = json!(format!("Update to {}.", finding.fixed.join(" or ")));
    }
    let references: Vec<Value> = finding
        .aliases
        .iter()
        .map(|alias| json!({ "id": alias.as_str(), "source": { "name": alias.authority() } }))
        .collect();
    if !references.is_empty() {
        value["references"] = Value::Array(references);
    }
    value
}
