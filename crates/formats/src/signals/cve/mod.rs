//! CVE records, 5.0 to 5.2.
//!
//! Each container is one asserter: the CNA's and every ADP's become advisories of their own under
//! the one identifier, so that what one says never hides what another says.
//!
//! - **Source:** CVE Record Format 5, <https://github.com/CVEProject/cve-schema>.

mod affected;
mod metrics;
mod ranges;

use bongsu_advisory::{Advisory, Signal, Standing, VulnerabilityId};
use serde::Deserialize;

use super::Inbox;
use super::wire::{Desk, List, Text, headline, time};
use crate::Error;
use crate::bounded::{self, Fault};

#[derive(Deserialize)]
struct Record<'a> {
    #[serde(borrow, rename = "cveMetadata")]
    metadata: Metadata<'a>,
    #[serde(borrow)]
    containers: Containers<'a>,
}

#[derive(Deserialize)]
struct Metadata<'a> {
    #[serde(borrow, rename = "cveId")]
    cve_id: Text<'a>,
    #[serde(borrow)]
    state: Option<Text<'a>>,
    #[serde(borrow, rename = "assignerShortName")]
    assigner: Option<Text<'a>>,
    #[serde(borrow, rename = "datePublished")]
    published: Option<Text<'a>>,
    #[serde(borrow, rename = "dateUpdated")]
    updated: Option<Text<'a>>,
}

#[derive(Deserialize)]
struct Containers<'a> {
    #[serde(borrow)]
    cna: Container<'a>,
    #[serde(borrow, default)]
    adp: List<Container<'a>>,
}

/// What one asserter says.
#[derive(Deserialize)]
struct Container<'a> {
    #[serde(borrow, rename = "providerMetadata")]
    provider: Option<Provider<'a>>,
    #[serde(borrow)]
    title: Option<Text<'a>>,
    #[serde(borrow, default)]
    descriptions: List<Description<'a>>,
    #[serde(borrow, default)]
    affected: List<affected::WireAffected<'a>>,
    #[serde(borrow, default, rename = "cpeApplicability")]
    applicability: List<affected::WireApplicability<'a>>,
    #[serde(borrow, default)]
    metrics: List<metrics::WireMetric<'a>>,
    #[serde(borrow, default)]
    source: Option<&'a serde_json::value::RawValue>,
    #[serde(borrow, default)]
    solutions: List<Description<'a>>,
    #[serde(borrow, default)]
    workarounds: List<Description<'a>>,
}

#[derive(Deserialize)]
struct Provider<'a> {
    #[serde(borrow, rename = "shortName")]
    short_name: Option<Text<'a>>,
    #[serde(borrow, rename = "orgId")]
    organisation: Option<Text<'a>>,
    #[serde(borrow, rename = "dateUpdated")]
    updated: Option<Text<'a>>,
}

#[derive(Deserialize)]
struct Description<'a> {
    #[serde(borrow, default)]
    lang: Text<'a>,
    #[serde(borrow, default)]
    value: Text<'a>,
}

/// Reads one record.
pub(super) fn read<I: Inbox>(text: &str, desk: &mut Desk<'_, I>) -> Result<(), Fault> {
    let record: Record<'_> = bounded::part(desk.format, text)?;
    let id: VulnerabilityId = record.metadata.cve_id.parse().map_err(|error| {
        let detail = format!("cveMetadata.cveId: {error}");
        let field = Some("/cveMetadata/cveId".to_owned());
        Fault { field, reason: Error::Field { format: "CVE 5", detail } }
    })?;
    let cna = container(&record, &record.containers.cna, &id, "/containers/cna", desk)?;
    let mut advisories = vec![cna];
    for (number, adp) in record.containers.adp.iter().enumerate() {
        let field = format!("/containers/adp/{number}");
        let advisory = container(&record, adp, &id, &field, desk)?;
        let says = !advisory.affected.is_empty()
            || !advisory.severity.is_empty()
            || !advisory.ssvc.is_empty();
        if says {
            advisories.push(advisory);
        }
        if let Some(exploited) = metrics::exploited(&adp.metrics, &id, &record, desk) {
            desk.inbox.signal(Signal::Kev(Box::new(exploited)));
        }
    }
    for advisory in advisories {
        desk.inbox.signal(Signal::Advisory(Box::new(advisory)));
    }
    Ok(())
}

/// Reads what one asserter says.
fn container<I: Inbox>(
    record: &Record<'_>,
    container: &Container<'_>,
    id: &VulnerabilityId,
    field: &str,
    desk: &mut Desk<'_, I>,
) -> Result<Advisory, Fault> {
    let metadata = &record.metadata;
    let provider = container.provider.as_ref();
    let name = provider
        .and_then(|provider| provider.short_name.as_ref().or(provider.organisation.as_ref()));
    let asserter = name.or(metadata.assigner.as_ref()).map_or("CVE", |name| name);
    let updated = provider.and_then(|provider| provider.updated.as_deref().and_then(time));
    let state = metadata.state.as_deref().unwrap_or_default();
    let affected = affected::read(container, field, desk)?;
    let place = bongsu_advisory::Place { field: Some(field.to_owned()), ..desk.place.clone() };
    Ok(Advisory {
        id: id.clone(),
        asserter: super::wire::clip(asserter, 200).to_owned(),
        place,
        aliases: aliases(container),
        upstream: Vec::new(),
        summary: summary(container, &record.containers.cna),
        published: metadata.published.as_deref().and_then(time),
        modified: updated.or_else(|| metadata.updated.as_deref().and_then(time)),
        standing: if state.eq_ignore_ascii_case("REJECTED") {
            Standing::Rejected
        } else {
            Standing::Valid
        },
        informational: None,
        severity: metrics::severities(&container.metrics),
        ssvc: metrics::ssvc(&container.metrics),
        affected,
    })
}

/// The advisory the record was made from, where that is another name of the same flaw.
///
/// Only GitHub's advisories are one a flaw; a vendor's bulletin number covers many.
fn aliases(container: &Container<'_>) -> Vec<VulnerabilityId> {
    #[derive(Deserialize)]
    struct Source<'a> {
        #[serde(borrow)]
        advisory: Option<Text<'a>>,
    }
    let source =
        container.source.and_then(|raw| serde_json::from_str::<Source<'_>>(raw.get()).ok());
    let advisory = source.and_then(|source| source.advisory);
    let id: Option<VulnerabilityId> = advisory.and_then(|advisory| advisory.parse().ok());
    id.filter(|id| id.authority() == "GHSA").into_iter().collect()
}

/// The title, else the first line of the English description; an ADP without words has the CNA's.
fn summary(container: &Container<'_>, cna: &Container<'_>) -> String {
    let is_cna = std::ptr::eq(container, cna);
    let title = cna.title.as_deref().filter(|title| !title.trim().is_empty());
    let from = if is_cna || container.descriptions.is_empty() { cna } else { container };
    let english = from.descriptions.iter().find(|words| words.lang.starts_with("en"));
    let words = english.or(from.descriptions.first()).map(|words| &*words.value);
    title.or(words).map(headline).unwrap_or_default()
}
