//! One JSON object a line.

use std::io::Write;

use anyhow::Result;
use bongsu_formats::reports::Matched;
use bongsu_matching::Finding;
use serde::Serialize;

use super::plain;

/// One finding.
#[derive(Serialize)]
struct Line<'a> {
    inventory: &'a str,
    system: &'a str,
    component: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    purl: Option<String>,
    version: Option<&'a str>,
    vulnerability: &'a str,
    aliases: Vec<&'a str>,
    answer: &'static str,
    reason: String,
    source: Source<'a>,
    fixed: &'a [String],
    kev: bool,
    epss: Option<f64>,
    severity: Option<&'static str>,
    cvss: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    informational: Option<&'a str>,
    #[serde(skip_serializing_if = "str::is_empty")]
    summary: &'a str,
}

/// Where the deciding assertion stands.
#[derive(Serialize)]
struct Source<'a> {
    asserter: &'a str,
    document: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<&'a str>,
}

/// Writes the findings, one a line.
pub(crate) fn matches(out: &mut impl Write, matched: &[Matched<'_>]) -> Result<()> {
    for one in matched {
        for finding in &one.findings {
            writeln!(out, "{}", plain::json(&line(one, finding))?)?;
        }
    }
    Ok(())
}

fn line<'a>(one: &'a Matched<'_>, finding: &'a Finding<'_>) -> Line<'a> {
    let component = &one.inventory.components[finding.component];
    let place = &finding.reason.place;
    Line {
        inventory: one.document,
        system: &one.inventory.system,
        component: &component.name,
        purl: component.purl.as_ref().map(ToString::to_string),
        version: component.version.as_deref(),
        vulnerability: finding.vulnerability.as_str(),
        aliases: finding.aliases.iter().map(bongsu_advisory::VulnerabilityId::as_str).collect(),
        answer: finding.answer.word(),
        reason: finding.reason.sentence(),
        source: Source {
            asserter: &finding.reason.asserter,
            document: &place.document,
            line: place.line,
            field: place.field.as_deref(),
        },
        fixed: &finding.fixed,
        kev: finding.kev.is_some(),
        epss: finding.epss.map(|score| score.probability),
        severity: finding
            .severity
            .and_then(|severity| severity.rating)
            .map(bongsu_advisory::Rating::word),
        cvss: finding.severity.and_then(|severity| severity.score),
        informational: finding.informational,
        summary: finding.summary,
    }
}
