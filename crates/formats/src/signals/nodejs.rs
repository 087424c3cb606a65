//! The retired format of the Node.js security working group: npm modules and Node.js itself.
//!
//! Its ranges are in npm's own notation. What is said to be patched is taken out of what is said
//! to be vulnerable: `8.x`, patched in `^8.1.4`, affects 8.0.0 to 8.1.3.
//!
//! - **Source:** the `vuln/npm` and `vuln/core` folders of `nodejs/security-wg`.

use bongsu_advisory::{
    Advisory, Affected, Rule, Severity, Signal, Standing, Status, Subject, Versions,
    VulnerabilityId,
};
use bongsu_package::{
    Bound, Ecosystem, Family, Interval, IntervalSet, PackageName, ParseVersError, ProductName,
    Scheme, VersRange,
};
use jiff::Timestamp;
use serde::Deserialize;

use super::Inbox;
use super::wire::{Desk, List, Text, clip, cvss, headline, time, word};
use crate::Error;
use crate::bounded::{self, Fault};

/// A record of either folder.
#[derive(Deserialize)]
struct Record<'a> {
    #[serde(borrow)]
    id: Option<Text<'a>>,
    /// The npm module; none is Node.js itself.
    #[serde(borrow)]
    module_name: Option<Text<'a>>,
    #[serde(borrow)]
    title: Option<Text<'a>>,
    #[serde(borrow)]
    description: Option<Text<'a>>,
    #[serde(borrow)]
    overview: Option<Text<'a>>,
    /// Modules say `cves`, Node.js `cve`.
    #[serde(borrow, default)]
    cves: List<Text<'a>>,
    #[serde(borrow, default)]
    cve: List<Text<'a>>,
    #[serde(borrow)]
    vulnerable_versions: Option<Text<'a>>,
    #[serde(borrow)]
    vulnerable: Option<Text<'a>>,
    #[serde(borrow)]
    patched_versions: Option<Text<'a>>,
    #[serde(borrow)]
    patched: Option<Text<'a>>,
    #[serde(borrow)]
    recommendation: Option<Text<'a>>,
    #[serde(borrow)]
    publish_date: Option<Text<'a>>,
    #[serde(borrow)]
    updated_at: Option<Text<'a>>,
    #[serde(borrow)]
    cvss_vector: Option<Text<'a>>,
    cvss_score: Option<f64>,
    #[serde(borrow)]
    severity: Option<Text<'a>>,
}

/// Reads one record: a module's is one advisory, Node.js's is one for each CVE.
pub(super) fn read<I: Inbox>(text: &str, desk: &mut Desk<'_, I>) -> Result<(), Fault> {
    let record: Record<'_> = bounded::part(desk.format, text)?;
    let cves = names(&record, desk);
    let affected = affected(&record, desk)?;
    let Some(module) = &record.module_name else {
        if cves.is_empty() {
            return Err(field(desk, "/cve", "a record about Node.js needs a CVE to be known by"));
        }
        for id in cves {
            let advisory = advisory(&record, id, affected.clone(), desk);
            desk.inbox.signal(Signal::Advisory(Box::new(advisory)));
        }
        return Ok(());
    };
    desk.name(module, || "/module_name".to_owned())?;
    let number = record.id.as_deref().unwrap_or_default();
    let Ok(id) = format!("NSWG-ECO-{number}").parse() else {
        return Err(field(desk, "/id", "it is not a number, such as 118"));
    };
    let mut advisory = advisory(&record, id, affected, desk);
    // Two CVEs are never one flaw: a record about several is about each of them.
    match cves.len() {
        0 | 1 => advisory.aliases = cves,
        _ => advisory.upstream = cves,
    }
    desk.inbox.signal(Signal::Advisory(Box::new(advisory)));
    Ok(())
}

/// The CVEs; what is none is set aside.
fn names<I: Inbox>(record: &Record<'_>, desk: &mut Desk<'_, I>) -> Vec<VulnerabilityId> {
    let mut names: Vec<VulnerabilityId> = Vec::new();
    for (key, list) in [("cves", &record.cves), ("cve", &record.cve)] {
        for (number, text) in list.iter().enumerate() {
            names.extend(desk.id(text.trim(), || format!("/{key}/{number}")));
        }
    }
    names.sort();
    names.dedup();
    names
}

fn advisory<I: Inbox>(
    record: &Record<'_>,
    id: VulnerabilityId,
    affected: Affected,
    desk: &Desk<'_, I>,
) -> Advisory {
    let words = [&record.title, &record.description, &record.overview];
    let summary = words.into_iter().flatten().find(|text| !text.trim().is_empty());
    Advisory {
        id,
        asserter: "Node.js security working group".to_owned(),
        place: desk.place.clone(),
        aliases: Vec::new(),
        upstream: Vec::new(),
        summary: summary.map(|text| headline(text)).unwrap_or_default(),
        published: record.publish_date.as_deref().and_then(time),
        modified: modified(record),
        standing: Standing::Valid,
        informational: None,
        severity: severity(record).into_iter().collect(),
        ssvc: Vec::new(),
        affected: vec![affected],
    }
}

fn modified(record: &Record<'_>) -> Option<Timestamp> {
    record.updated_at.as_deref().or(record.publish_date.as_deref()).and_then(time)
}

fn severity(record: &Record<'_>) -> Option<Severity> {
    let vector = record.cvss_vector.as_deref().unwrap_or_default();
    let spelled = record.severity.as_deref();
    cvss(vector, record.cvss_score, spelled).or_else(|| word(spelled?))
}

/// The module, or Node.js, with the versions that are vulnerable and not patched.
fn affected<I: Inbox>(record: &Record<'_>, desk: &Desk<'_, I>) -> Result<Affected, Fault> {
    let (subject, key) = if let Some(module) = &record.module_name {
        let ecosystem = Ecosystem { family: Family::Npm, release: None };
        (Subject::Package(PackageName::new(ecosystem, module)), "vulnerable_versions")
    } else {
        let product = ProductName::new("nodejs", "node");
        let named = product.ok_or_else(|| field(desk, "", "Node.js has no product name"))?;
        (Subject::Product(named), "vulnerable")
    };
    let vulnerable = record.vulnerable_versions.as_ref().or(record.vulnerable.as_ref());
    let patched = record.patched_versions.as_ref().or(record.patched.as_ref());
    let text = vulnerable.map(|text| text.trim()).unwrap_or_default();
    let bad = |key: &str, error: &ParseVersError| field(desk, key, &error.to_string());
    let vulnerable = VersRange::from_native(Scheme::Npm, text)
        .map_err(|error| bad(&format!("/{key}"), &error))?;
    let patched = match patched.map(|text| text.trim()).filter(|text| !text.is_empty()) {
        None => Vec::new(),
        Some(text) => match VersRange::from_native(Scheme::Npm, text) {
            Ok(patched) => patched.intervals(),
            Err(ParseVersError::Empty) => Vec::new(),
            Err(error) => {
                return Err(bad(&format!("/{}", key.replace("vulnerable", "patched")), &error));
            }
        },
    };
    let readable = |ranges: &[Interval]| IntervalSet::new(Scheme::Npm, ranges).is_readable();
    let intervals = vulnerable.intervals();
    let versions: Vec<Versions> = if readable(&intervals) && readable(&patched) {
        without(&intervals, &patched).into_iter().map(Versions::Range).collect()
    } else {
        vec![Versions::Words(desk.words(text))]
    };
    let rule = |versions| Rule { status: Status::Affected, versions, field: format!("/{key}") };
    let fixed = patched.iter().filter_map(|range| match &range.low {
        Bound::Including(version) => Some(version.clone()),
        _ => None,
    });
    Ok(Affected {
        subject,
        scheme: Scheme::Npm,
        fixed: fixed.collect(),
        rules: versions.into_iter().map(rule).collect(),
        otherwise: Status::Unaffected,
        advice: record.recommendation.as_deref().map(|text| desk.words(text)),
        architectures: Vec::new(),
        field: String::new(),
    })
}

/// The intervals of one range that lie outside of another; `taken` ascends, apart from each other.
fn without(kept: &[Interval], taken: &[Interval]) -> Vec<Interval> {
    let turned = |bound: &Bound| match bound {
        Bound::Open => None,
        Bound::Including(version) => Some(Bound::Excluding(version.clone())),
        Bound::Excluding(version) => Some(Bound::Including(version.clone())),
    };
    let mut gaps = Vec::with_capacity(taken.len() + 1);
    let mut low = Some(Bound::Open);
    for one in taken {
        if let (Some(low), Some(high)) = (low.take(), turned(&one.low)) {
            gaps.push(Interval { low, high });
        }
        low = turned(&one.high);
    }
    gaps.extend(low.map(|low| Interval { low, high: Bound::Open }));
    let set = |intervals: &[Interval]| IntervalSet::new(Scheme::Npm, intervals);
    set(kept).intersection(&set(&gaps)).intervals()
}

fn field<I: Inbox>(desk: &Desk<'_, I>, field: &str, detail: &str) -> Fault {
    let detail = clip(detail, 300).to_owned();
    Fault { field: Some(field.to_owned()), reason: Error::Field { format: desk.format, detail } }
}
