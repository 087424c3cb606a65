//! Scores, SSVC values and the mark of the exploited, out of a container's metrics.

use bongsu_advisory::{KevEntry, Place, Severity, SsvcSelection, VulnerabilityId};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::Record;
use crate::signals::Inbox;
use crate::signals::wire::{Desk, List, Members, Text, clip, cvss, word};

/// One metric on the wire: one of the CVSS versions, or something else with its type.
#[derive(Deserialize)]
pub(super) struct WireMetric<'a> {
    #[serde(borrow, rename = "cvssV2_0")]
    v2: Option<Cvss<'a>>,
    #[serde(borrow, rename = "cvssV3_0")]
    v30: Option<Cvss<'a>>,
    #[serde(borrow, rename = "cvssV3_1")]
    v31: Option<Cvss<'a>>,
    #[serde(borrow, rename = "cvssV4_0")]
    v4: Option<Cvss<'a>>,
    #[serde(borrow)]
    other: Option<Other<'a>>,
}

#[derive(Deserialize)]
struct Cvss<'a> {
    #[serde(borrow, default, rename = "vectorString")]
    vector: Option<Text<'a>>,
    #[serde(default, rename = "baseScore")]
    score: Option<f64>,
    #[serde(borrow, default, rename = "baseSeverity")]
    severity: Option<Text<'a>>,
}

#[derive(Deserialize)]
struct Other<'a> {
    #[serde(borrow, default, rename = "type")]
    kind: Text<'a>,
    #[serde(borrow)]
    content: Option<&'a RawValue>,
}

/// The severities, CVSS first, then vendors' words.
pub(super) fn severities(metrics: &[WireMetric<'_>]) -> Vec<Severity> {
    let mut found: Vec<Severity> = Vec::new();
    for metric in metrics {
        let scores = [&metric.v4, &metric.v31, &metric.v30, &metric.v2].into_iter().flatten();
        let mut read: Vec<Severity> = scores
            .filter_map(|score| {
                let vector = score.vector.as_deref().unwrap_or_default();
                cvss(vector, score.score, score.severity.as_deref())
            })
            .collect();
        read.extend(metric.other.as_ref().and_then(rating));
        for severity in read {
            if !found.contains(&severity) {
                found.push(severity);
            }
        }
    }
    found
}

/// A vendor's own rating, `{"value": "Important"}`.
fn rating(other: &Other<'_>) -> Option<Severity> {
    #[derive(Deserialize)]
    struct Content<'a> {
        #[serde(borrow)]
        value: Text<'a>,
    }
    if !other.kind.to_ascii_lowercase().contains("severity") {
        return None;
    }
    let content: Content<'_> = serde_json::from_str(other.content?.get()).ok()?;
    word(&content.value)
}

/// The SSVC values, in their order.
pub(super) fn ssvc(metrics: &[WireMetric<'_>]) -> Vec<SsvcSelection> {
    #[derive(Deserialize)]
    struct Content<'a> {
        #[serde(borrow, default)]
        options: List<Members<'a, Text<'a>>>,
    }
    let contents = others(metrics, "ssvc").flatten();
    let read = contents.filter_map(|raw| serde_json::from_str::<Content<'_>>(raw.get()).ok());
    let mut found = Vec::new();
    for content in read {
        for (point, value) in content.options.iter().flat_map(|option| option.0.iter()) {
            let point = clip(point, 200).to_owned();
            found.push(SsvcSelection { point, value: clip(value, 200).to_lowercase() });
        }
    }
    found
}

/// A catalogue row, when an ADP marks the record as known to be exploited.
pub(super) fn exploited<I: Inbox>(
    metrics: &[WireMetric<'_>],
    id: &VulnerabilityId,
    record: &Record<'_>,
    desk: &Desk<'_, I>,
) -> Option<KevEntry> {
    #[derive(Default, Deserialize)]
    struct Content<'a> {
        #[serde(borrow, rename = "dateAdded")]
        added: Option<Text<'a>>,
    }
    let content = others(metrics, "kev").next()?;
    let read = content.and_then(|raw| serde_json::from_str::<Content<'_>>(raw.get()).ok());
    let cna = &record.containers.cna;
    let product = cna.affected.iter().find(|item| item.names_a_product());
    Some(KevEntry {
        vulnerability: id.clone(),
        vendor: product.map(|item| desk.words(item.vendor())).unwrap_or_default(),
        product: product.map(|item| desk.words(item.product())).unwrap_or_default(),
        name: desk.words(cna.title.as_deref().unwrap_or_default()),
        added: read.unwrap_or_default().added.and_then(|date| date.parse().ok()),
        due: None,
        ransomware: false,
        action: String::new(),
        place: Place { field: Some("/containers/adp".to_owned()), ..desk.place.clone() },
    })
}

/// The contents of the other metrics of one type.
fn others<'m, 'a>(
    metrics: &'m [WireMetric<'a>],
    kind: &'static str,
) -> impl Iterator<Item = Option<&'a RawValue>> + use<'m, 'a> {
    let others = metrics.iter().filter_map(|metric| metric.other.as_ref());
    others.filter(move |other| other.kind.eq_ignore_ascii_case(kind)).map(|other| other.content)
}
