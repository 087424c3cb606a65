//! CSAF 2.0 and 2.1: security advisories and VEX.
//!
//! A document about five vulnerabilities becomes five advisories. In the profile `csaf_vex` its
//! status groups become exploitability statements besides.
//!
//! - **Source:** OASIS Common Security Advisory Framework 2.0 and 2.1.

mod lines;
mod status;
mod tally;
mod tree;
mod vex;
mod wire;

use bongsu_advisory::{Advisory, Severity, Signal, SsvcSelection, Standing, VulnerabilityId};

use rustc_hash::FxHashSet;

use super::Inbox;
use super::wire::{Desk, cvss, headline, time, word};
use crate::bounded::{self, Fault};
use tally::Tally;
use tree::Tree;
use wire::{Csaf, Vulnerability};

/// Reads one document.
pub(super) fn read<I: Inbox>(text: &str, desk: &mut Desk<'_, I>) -> Result<(), Fault> {
    let csaf: Csaf<'_> = bounded::part(desk.format, text)?;
    let tree = Tree::grow(csaf.product_tree.as_ref(), desk)?;
    let mut tally = Tally::new(desk.limits, text.len());
    // Handed over when all of it is read: a document is read or set aside, never half of it.
    let mut signals = Vec::new();
    for (number, vulnerability) in csaf.vulnerabilities.iter().enumerate() {
        let Some(id) = id(&csaf, vulnerability, number, desk) else { continue };
        let advisory = advisory(&csaf, vulnerability, id, number, &tree, desk, &mut tally)?;
        let standing = advisory.standing == Standing::Valid;
        if standing && csaf.document.category.eq_ignore_ascii_case("csaf_vex") {
            vex::statements(
                &csaf,
                vulnerability,
                &advisory,
                &tree,
                desk,
                &mut tally,
                &mut signals,
            )?;
        }
        signals.push(Signal::Advisory(Box::new(advisory)));
    }
    tally.strays.report(desk);
    for signal in signals {
        desk.inbox.signal(signal);
    }
    Ok(())
}

/// The identifier: the CVE, else another well-known number, else the document's with a count.
fn id<I: Inbox>(
    csaf: &Csaf<'_>,
    vulnerability: &Vulnerability<'_>,
    number: usize,
    desk: &mut Desk<'_, I>,
) -> Option<VulnerabilityId> {
    if let Some(cve) = vulnerability.cve.as_deref().filter(|cve| !cve.trim().is_empty()) {
        return desk.id(cve, || format!("/vulnerabilities/{number}/cve"));
    }
    let mut named =
        vulnerability.ids.iter().filter_map(|id| id.text.parse::<VulnerabilityId>().ok());
    let global = named.find(is_global);
    global.or_else(|| {
        let tracking = &csaf.document.tracking.id;
        let id = match csaf.vulnerabilities.len() {
            1 => tracking.to_string(),
            _ => format!("{}#{}", &**tracking, number + 1),
        };
        desk.id(&id.replace(char::is_whitespace, "_"), || "/document/tracking/id".to_owned())
    })
}

/// Whether a number means the same flaw wherever it is written; a bug number does not.
fn is_global(id: &VulnerabilityId) -> bool {
    matches!(id.authority(), "CVE" | "GHSA" | "EUVD" | "JVNDB" | "CNVD" | "CNNVD" | "VU#" | "BDU")
}

fn advisory<I: Inbox>(
    csaf: &Csaf<'_>,
    vulnerability: &Vulnerability<'_>,
    id: VulnerabilityId,
    number: usize,
    tree: &Tree<'_>,
    desk: &mut Desk<'_, I>,
    tally: &mut Tally<'_>,
) -> Result<Advisory, Fault> {
    let document = &csaf.document;
    let field = format!("/vulnerabilities/{number}");
    let names = vulnerability.ids.iter().filter_map(|other| other.text.parse().ok());
    let mut aliases: Vec<VulnerabilityId> =
        names.filter(|other| is_global(other) && *other != id).collect();
    aliases.dedup();
    let affected = status::affected(vulnerability, tree, &field, desk, tally)?;
    let place = bongsu_advisory::Place { field: Some(field), ..desk.place.clone() };
    Ok(Advisory {
        asserter: desk.words(&document.publisher.name),
        place,
        aliases,
        upstream: Vec::new(),
        summary: summary(csaf, vulnerability),
        published: document.tracking.published.as_deref().and_then(time),
        modified: document.tracking.updated.as_deref().and_then(time),
        standing: standing(&document.category, document.tracking.updated.as_deref()),
        informational: document
            .category
            .eq_ignore_ascii_case("csaf_informational_advisory")
            .then(|| "informational advisory".to_owned()),
        severity: severities(csaf, vulnerability),
        ssvc: ssvc(vulnerability),
        affected,
        id,
    })
}

/// CSAF 2.1 takes documents back by their category.
fn standing(category: &str, updated: Option<&str>) -> Standing {
    match category.to_ascii_lowercase().as_str() {
        "csaf_withdrawn" | "csaf_superseded" => Standing::Withdrawn { at: updated.and_then(time) },
        _ => Standing::Valid,
    }
}

/// The vulnerability's title, else the document's, else the first note.
fn summary(csaf: &Csaf<'_>, vulnerability: &Vulnerability<'_>) -> String {
    let title = vulnerability.title.as_deref().or(csaf.document.title.as_deref());
    let note = || vulnerability.notes.iter().map(|note| &*note.text).find(|text| !text.is_empty());
    title.filter(|title| !title.trim().is_empty()).or_else(note).map(headline).unwrap_or_default()
}

/// Scores first, then words: of the impact, and of the document as a whole.
fn severities(csaf: &Csaf<'_>, vulnerability: &Vulnerability<'_>) -> Vec<Severity> {
    let mut found: Vec<Severity> = Vec::new();
    let mut known: FxHashSet<_> = FxHashSet::default();
    let mut push = |severity: Option<Severity>| {
        let Some(severity) = severity else { return };
        let score = severity.score.map(f64::to_bits);
        if known.insert((severity.vector.clone(), score, severity.rating)) {
            found.push(severity);
        }
    };
    let contents = vulnerability.metrics.iter().map(|metric| &metric.content);
    for content in contents.chain(vulnerability.scores.iter()) {
        for score in [&content.v4, &content.v3, &content.v2].into_iter().flatten() {
            let vector = score.vector.as_deref().unwrap_or_default();
            push(cvss(vector, score.score, score.severity.as_deref()));
        }
        push(content.rating.as_deref().and_then(word));
    }
    for threat in vulnerability.threats.iter().filter(|threat| &*threat.category == "impact") {
        push(word(&threat.details));
    }
    if let Some(severity) = &csaf.document.aggregate_severity
        && found.is_empty()
    {
        found.extend(word(&severity.text));
    }
    found
}

/// The values of SSVC selections (CSAF 2.1).
fn ssvc(vulnerability: &Vulnerability<'_>) -> Vec<SsvcSelection> {
    let lists = vulnerability.metrics.iter().filter_map(|metric| metric.content.ssvc.as_ref());
    let mut found = Vec::new();
    for selection in lists.flat_map(|list| list.selections.iter()) {
        let point = selection.name.as_deref().or(selection.key.as_deref()).unwrap_or_default();
        for value in selection.values.iter() {
            let value = value.name.as_deref().or(value.key.as_deref()).unwrap_or_default();
            let (point, value) = (super::wire::clip(point, 200), super::wire::clip(value, 200));
            found.push(SsvcSelection { point: point.to_owned(), value: value.to_lowercase() });
        }
    }
    found
}
