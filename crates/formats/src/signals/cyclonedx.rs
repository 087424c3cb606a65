//! `CycloneDX` VEX: the `vulnerabilities` of a bill of materials, JSON, 1.4 to 1.7.
//!
//! An entry without `analysis` lists a finding and states nothing; it gives no statement.
//!
//! - **Source:** ECMA-424 (`CycloneDX`), `vulnerabilities`.

use bongsu_advisory::{Place, Signal, VexAnswer, VexStatement, VexSubject, VulnerabilityId};
use bongsu_package::PackageName;
use rustc_hash::FxHashMap;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::Inbox;
use super::wire::{Desk, List, Text, clip, time};
use crate::bounded::{self, Fault};
use crate::{Error, Limits, Quarantined};

#[derive(Deserialize)]
struct Document<'a> {
    #[serde(borrow, default)]
    metadata: Metadata<'a>,
    #[serde(borrow, default)]
    components: List<Component<'a>>,
    #[serde(borrow)]
    vulnerabilities: Option<&'a RawValue>,
}

#[derive(Default, Deserialize)]
struct Metadata<'a> {
    #[serde(borrow)]
    component: Option<Component<'a>>,
    #[serde(borrow)]
    supplier: Option<Organisation<'a>>,
    #[serde(borrow)]
    timestamp: Option<Text<'a>>,
}

#[derive(Deserialize)]
struct Organisation<'a> {
    #[serde(borrow)]
    name: Option<Text<'a>>,
}

#[derive(Deserialize)]
struct Component<'a> {
    #[serde(borrow, rename = "bom-ref")]
    reference: Option<Text<'a>>,
    #[serde(borrow)]
    purl: Option<Text<'a>>,
    #[serde(borrow, default)]
    components: List<Component<'a>>,
}

#[derive(Deserialize)]
struct Vulnerability<'a> {
    #[serde(borrow)]
    id: Option<Text<'a>>,
    #[serde(borrow)]
    source: Option<Organisation<'a>>,
    #[serde(borrow, default)]
    references: List<Reference<'a>>,
    #[serde(borrow)]
    analysis: Option<Analysis<'a>>,
    #[serde(borrow, default)]
    affects: List<Affects<'a>>,
    #[serde(borrow)]
    updated: Option<Text<'a>>,
    #[serde(borrow)]
    published: Option<Text<'a>>,
}

#[derive(Deserialize)]
struct Reference<'a> {
    #[serde(borrow)]
    id: Option<Text<'a>>,
}

#[derive(Deserialize)]
struct Analysis<'a> {
    #[serde(borrow)]
    state: Option<Text<'a>>,
    #[serde(borrow)]
    justification: Option<Text<'a>>,
    #[serde(borrow)]
    detail: Option<Text<'a>>,
    #[serde(borrow, rename = "lastUpdated")]
    updated: Option<Text<'a>>,
    #[serde(borrow, rename = "firstIssued")]
    issued: Option<Text<'a>>,
}

#[derive(Deserialize)]
struct Affects<'a> {
    #[serde(borrow, rename = "ref")]
    reference: Text<'a>,
    #[serde(borrow, default)]
    versions: List<AffectedVersion<'a>>,
}

#[derive(Deserialize)]
struct AffectedVersion<'a> {
    #[serde(borrow)]
    version: Option<Text<'a>>,
    #[serde(borrow)]
    range: Option<Text<'a>>,
    #[serde(borrow)]
    status: Option<Text<'a>>,
}

/// Reads the statements of a whole document, references resolved to the purls of its components.
pub(super) fn read<I: Inbox>(text: &str, desk: &mut Desk<'_, I>) -> Result<(), Fault> {
    let document: Document<'_> = bounded::part(desk.format, text)?;
    let Some(raw) = document.vulnerabilities else {
        let hint = "a CycloneDX inventory without vulnerabilities; give it with --inventory";
        return Err(Error::UnknownFormat { hint: hint.to_owned() }.into());
    };
    let mut purls = FxHashMap::default();
    gather(document.components.iter().chain(&document.metadata.component), &mut purls);
    let resolve = |reference: &str| {
        let purl: &str = purls.get(reference)?;
        purl.parse().ok().map(VexSubject::Purl)
    };
    let supplier =
        document.metadata.supplier.as_ref().and_then(|supplier| supplier.name.as_deref());
    let (statements, quarantined) =
        statements(raw.get(), supplier, desk.place, desk.limits, &resolve)?;
    let at = document.metadata.timestamp.as_deref().and_then(time);
    for mut statement in statements {
        statement.at = statement.at.or(at);
        desk.inbox.signal(Signal::Vex(Box::new(statement)));
    }
    for entry in quarantined {
        desk.inbox.quarantined(entry);
    }
    Ok(())
}

/// Maps `bom-ref` to purl; nesting is bounded by that of the document.
fn gather<'d, 'a: 'd>(
    components: impl Iterator<Item = &'d Component<'a>>,
    purls: &mut FxHashMap<&'d str, &'d str>,
) {
    for component in components {
        if let (Some(reference), Some(purl)) = (&component.reference, &component.purl) {
            purls.insert(reference, purl);
        }
        gather(Box::new(component.components.iter()) as Box<dyn Iterator<Item = _>>, purls);
    }
}

/// Reads the JSON array `vulnerabilities` of a `CycloneDX` document into statements, and what was
/// set aside of it.
///
/// `resolve` turns a `bom-ref` into the component it means; a reference it does not know stays
/// [`VexSubject::Reference`]. `asserter` is who says so, for entries that name no source.
///
/// # Errors
/// What is wrong with the array as a whole.
pub fn statements(
    vulnerabilities: &str,
    asserter: Option<&str>,
    place: &Place,
    limits: &Limits,
    resolve: &dyn Fn(&str) -> Option<VexSubject>,
) -> Result<(Vec<VexStatement>, Vec<Quarantined>), Fault> {
    let entries: List<&RawValue> = bounded::part(FORMAT, vulnerabilities)?;
    let (mut found, mut aside) = (Vec::new(), Vec::new());
    for (number, raw) in entries.iter().enumerate() {
        let field = format!("/vulnerabilities/{number}");
        let place = Place { field: Some(field.clone()), ..place.clone() };
        let read = bounded::part::<Vulnerability<'_>>(FORMAT, raw.get());
        let read = read.and_then(|entry| {
            let made = made(&entry, asserter, &place, limits, resolve);
            made.map_err(|detail| Error::Field { format: FORMAT, detail }.into())
        });
        match read {
            Ok(statements) => found.extend(statements),
            Err(fault) => {
                let field = field + fault.field.as_deref().unwrap_or_default();
                aside.push(Fault { field: Some(field), ..fault }.at(&place));
            }
        }
    }
    Ok((found, aside))
}

/// The statements of one entry: one for each answer its versions give.
fn made(
    entry: &Vulnerability<'_>,
    asserter: Option<&str>,
    place: &Place,
    limits: &Limits,
    resolve: &dyn Fn(&str) -> Option<VexSubject>,
) -> Result<Vec<VexStatement>, String> {
    let Some(analysis) = &entry.analysis else { return Ok(Vec::new()) };
    let Some(state) = analysis.state.as_deref() else { return Ok(Vec::new()) };
    let main = answer(state)
        .ok_or_else(|| format!("analysis state {:?} is not known", clip(state, 40)))?;
    let id = entry.id.as_deref().unwrap_or_default();
    let vulnerability: VulnerabilityId =
        id.parse().map_err(|error| format!("id {:?}: {error}", clip(id, 60)))?;
    let mut by_answer: Vec<(VexAnswer, Vec<VexSubject>)> = Vec::new();
    let mut add = |answer: VexAnswer, subject: VexSubject| match by_answer
        .iter_mut()
        .find(|(known, _)| *known == answer)
    {
        Some((_, subjects)) => subjects.push(subject),
        None => by_answer.push((answer, vec![subject])),
    };
    for affects in entry.affects.iter() {
        let subject = subject(&affects.reference, resolve);
        if affects.versions.is_empty() {
            add(main, subject);
            continue;
        }
        for listed in affects.versions.iter() {
            let answer = match listed.status.as_deref() {
                Some("unaffected") => VexAnswer::NotAffected,
                Some("unknown") => VexAnswer::UnderInvestigation,
                _ => main,
            };
            if let (None, Some(range)) = (&listed.version, &listed.range) {
                let range = clip(range, 100);
                return Err(format!("a statement about the range {range:?}; list the versions"));
            }
            add(answer, with_version(&subject, listed.version.as_deref()));
        }
    }
    let references = entry.references.iter().filter_map(|reference| reference.id.as_deref());
    let source = entry.source.as_ref().and_then(|source| source.name.as_deref());
    let times = [&analysis.updated, &analysis.issued, &entry.updated, &entry.published];
    let base = VexStatement {
        vulnerability,
        aliases: references.filter_map(|id| id.parse().ok()).collect(),
        subjects: Vec::new(),
        within: Vec::new(),
        answer: main,
        justification: analysis.justification.as_deref().map(|label| clip(label, 200).to_owned()),
        words: analysis
            .detail
            .as_deref()
            .map(|words| clip(words.trim(), limits.text_bytes).to_owned()),
        asserter: clip(asserter.or(source).unwrap_or("CycloneDX"), 200).to_owned(),
        at: times.into_iter().flatten().find_map(|at| time(at)),
        place: place.clone(),
    };
    let of = |(answer, subjects)| VexStatement { answer, subjects, ..base.clone() };
    Ok(by_answer.into_iter().map(of).collect())
}

fn answer(state: &str) -> Option<VexAnswer> {
    Some(match state {
        "exploitable" => VexAnswer::Affected,
        "in_triage" => VexAnswer::UnderInvestigation,
        "not_affected" | "false_positive" => VexAnswer::NotAffected,
        "resolved" | "resolved_with_pedigree" => VexAnswer::Fixed,
        _ => return None,
    })
}

/// What a reference means: a component here, a purl, or a component of another document
/// (`urn:cdx:serial/1#ref`).
fn subject(reference: &str, resolve: &dyn Fn(&str) -> Option<VexSubject>) -> VexSubject {
    let local = match reference.strip_prefix("urn:cdx:") {
        Some(link) => link.split_once('#').map_or(reference, |(_, local)| local),
        None => reference,
    };
    // A link that nothing here resolves stays whole: it means a component of that document alone.
    resolve(reference)
        .or_else(|| resolve(local))
        .or_else(|| local.parse().ok().map(VexSubject::Purl))
        .unwrap_or_else(|| VexSubject::Reference(clip(reference, 1_000).to_owned()))
}

/// The subject in one version, where a statement can say that.
fn with_version(subject: &VexSubject, version: Option<&str>) -> VexSubject {
    let (Some(version), VexSubject::Purl(purl)) = (version, subject) else {
        return subject.clone();
    };
    match PackageName::from_purl(purl) {
        Some(package) if purl.version() != Some(version) => {
            VexSubject::Package(package, Some(version.to_owned()))
        }
        _ => subject.clone(),
    }
}

const FORMAT: &str = "CycloneDX";
