//! OSV records, 1.0 to 1.7.5.
//!
//! - **Source:** the OSV schema, <https://ossf.github.io/osv-schema/>.

mod affected;
mod ranges;

use bongsu_advisory::{Advisory, Severity, Signal, Standing, VulnerabilityId};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::Inbox;
use super::wire::{Desk, List, Text, cvss, headline, time, word};
use crate::bounded::{self, Fault};

/// One record as it is on the wire.
#[derive(Deserialize)]
struct Record<'a> {
    #[serde(borrow)]
    id: Text<'a>,
    #[serde(borrow)]
    modified: Option<Text<'a>>,
    #[serde(borrow)]
    published: Option<Text<'a>>,
    #[serde(borrow)]
    withdrawn: Option<Text<'a>>,
    #[serde(borrow, default)]
    aliases: List<Text<'a>>,
    #[serde(borrow, default)]
    related: List<Text<'a>>,
    #[serde(borrow, default)]
    upstream: List<Text<'a>>,
    #[serde(borrow)]
    summary: Option<Text<'a>>,
    #[serde(borrow)]
    details: Option<&'a RawValue>,
    #[serde(borrow, default)]
    severity: List<WireSeverity<'a>>,
    #[serde(borrow, default)]
    affected: List<affected::WireAffected<'a>>,
    #[serde(borrow)]
    database_specific: Option<&'a RawValue>,
}

/// A severity: a CVSS vector, or a distribution's word.
#[derive(Deserialize)]
struct WireSeverity<'a> {
    #[serde(borrow, rename = "type")]
    kind: Text<'a>,
    #[serde(borrow)]
    score: Text<'a>,
}

/// What sources put into `database_specific` that concerns everybody.
#[derive(Default, Deserialize)]
struct Specific<'a> {
    #[serde(borrow)]
    severity: Option<Text<'a>>,
    #[serde(borrow)]
    informational: Option<Text<'a>>,
}

/// Reads one record.
pub(super) fn read<I: Inbox>(text: &str, desk: &mut Desk<'_, I>) -> Result<(), Fault> {
    let record: Record<'_> = bounded::part(desk.format, text)?;
    let advisory = advisory(&record, desk)?;
    desk.inbox.signal(Signal::Advisory(Box::new(advisory)));
    Ok(())
}

/// Reads an answer of the query interface.
pub(super) fn read_list<I: Inbox>(text: &str, desk: &mut Desk<'_, I>) -> Result<(), Fault> {
    #[derive(Deserialize)]
    struct Answer<'a> {
        #[serde(borrow, default)]
        vulns: List<&'a RawValue>,
    }
    let answer: Answer<'_> = bounded::part(desk.format, text)?;
    for (number, record) in answer.vulns.iter().enumerate() {
        if let Err(fault) = read(record.get(), desk) {
            let field = format!("/vulns/{number}{}", fault.field.as_deref().unwrap_or_default());
            desk.inbox.quarantined(Fault { field: Some(field), ..fault }.at(desk.place));
        }
    }
    Ok(())
}

fn advisory<I: Inbox>(record: &Record<'_>, desk: &mut Desk<'_, I>) -> Result<Advisory, Fault> {
    let id: VulnerabilityId = record.id.parse().map_err(|error| {
        let detail = format!("id: {error}");
        let reason = crate::Error::Field { format: "OSV", detail };
        Fault { field: Some("/id".to_owned()), reason }
    })?;
    desk.count("affected packages", record.affected.len())?;
    let (aliases, upstream) = names(record, &id, desk);
    let specific = record.database_specific.map(specific).unwrap_or_default();
    let summary = match record.summary.as_deref().map(headline) {
        Some(summary) if !summary.is_empty() => summary,
        _ => {
            let details = record
                .details
                .and_then(|raw| serde_json::from_str::<Option<Text<'_>>>(raw.get()).ok());
            details.flatten().map(|details| headline(&details)).unwrap_or_default()
        }
    };
    let mut touched = Vec::with_capacity(record.affected.len());
    for (number, entry) in record.affected.iter().enumerate() {
        touched.extend(affected::read(entry, number, desk)?);
    }
    Ok(Advisory {
        asserter: asserter(&id).to_owned(),
        place: desk.place.clone(),
        aliases,
        upstream,
        summary,
        published: record.published.as_deref().and_then(time),
        modified: record.modified.as_deref().and_then(time),
        standing: match &record.withdrawn {
            Some(at) => Standing::Withdrawn { at: time(at) },
            None => Standing::Valid,
        },
        informational: informational(record, specific.informational.as_ref()),
        severity: severities(record, &specific),
        ssvc: Vec::new(),
        affected: touched,
        id,
    })
}

/// Aliases and upstream flaws.
///
/// A distribution's advisory collects the flaws of one update: the CVEs it lists, wherever it lists
/// them, are upstream of it and no aliases of each other.
fn names<I: Inbox>(
    record: &Record<'_>,
    id: &VulnerabilityId,
    desk: &mut Desk<'_, I>,
) -> (Vec<VulnerabilityId>, Vec<VulnerabilityId>) {
    let mut list = |texts: &List<Text<'_>>, field: &str| -> Vec<VulnerabilityId> {
        let texts = texts.iter().enumerate();
        let mut ids: Vec<_> =
            texts.filter_map(|(n, text)| desk.id(text, || format!("/{field}/{n}"))).collect();
        ids.retain(|other| other != id);
        ids
    };
    let mut aliases = list(&record.aliases, "aliases");
    let mut upstream = list(&record.upstream, "upstream");
    if is_distribution(id.authority()) {
        if upstream.is_empty() {
            upstream = list(&record.related, "related");
            upstream.retain(VulnerabilityId::is_cve);
        }
        if aliases.iter().filter(|alias| alias.is_cve()).count() > 1 {
            let (cves, others) = aliases.into_iter().partition(VulnerabilityId::is_cve);
            upstream.extend::<Vec<_>>(cves);
            aliases = others;
        }
    }
    dedup(&mut aliases);
    dedup(&mut upstream);
    (aliases, upstream)
}

fn dedup(ids: &mut Vec<VulnerabilityId>) {
    let mut seen = std::collections::BTreeSet::new();
    ids.retain(|id| seen.insert(id.clone()));
}

/// Whether advisories of this numbering authority collect flaws instead of naming one.
pub(super) fn is_distribution(authority: &str) -> bool {
    DISTRIBUTIONS.iter().any(|known| known.eq_ignore_ascii_case(authority))
}

/// Numbering authorities of distributions' updates, from the OSV schema's list of prefixes and the
/// distributions' own pages.
const DISTRIBUTIONS: [&str; 31] = [
    "ALSA", "ALBA", "ALEA", "ALAS", "ALAS2", "RHSA", "RHBA", "RHEA", "RLSA", "RLBA", "RXSA",
    "ELSA", "DSA", "DLA", "DTSA", "USN", "LSN", "SUSE", "openSUSE", "MGASA", "ASA", "GLSA",
    "FEDORA", "OESA", "BELL", "MINI", "CGA", "ROSA", "TSSA", "AZL", "PSA",
];

/// Who says so: the authority that gave the number.
fn asserter(id: &VulnerabilityId) -> &str {
    match id.authority() {
        "" => id.as_str(),
        authority => authority,
    }
}

/// `database_specific`, as far as it has the shape we know.
fn specific(raw: &RawValue) -> Specific<'_> {
    serde_json::from_str(raw.get()).unwrap_or_default()
}

fn informational(record: &Record<'_>, top: Option<&Text<'_>>) -> Option<String> {
    let of_record = top.map(|word| word.to_string());
    let inner = record.affected.iter().filter_map(|entry| {
        let places = [entry.database_specific, entry.ecosystem_specific];
        let words = places.into_iter().flatten().map(specific);
        words.filter_map(|found| found.informational).map(|word| word.to_string()).next()
    });
    of_record.into_iter().chain(inner).find(|word| !word.is_empty())
}

fn severities(record: &Record<'_>, specific: &Specific<'_>) -> Vec<Severity> {
    let inner = record.affected.iter().flat_map(|entry| entry.severity.iter());
    let mut found: Vec<Severity> = Vec::new();
    for entry in record.severity.iter().chain(inner) {
        let read = if entry.kind.starts_with("CVSS") {
            cvss(&entry.score, None, None)
        } else {
            word(&entry.score)
        };
        found.extend(read.filter(|severity| !found.contains(severity)));
    }
    if let Some(severity) = specific.severity.as_deref().and_then(word)
        && !found.iter().any(|known| known.rating == severity.rating)
    {
        found.push(severity);
    }
    found
}
