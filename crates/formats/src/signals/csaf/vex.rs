//! The VEX profile: status groups as exploitability statements.

use bongsu_advisory::{Advisory, Place, Signal, Versions, VexAnswer, VexStatement, VexSubject};
use rustc_hash::{FxHashMap, FxHashSet};

use super::status::{Said, groups};
use super::tally::Tally;
use super::tree::{Product, Tree};
use super::wire::{Csaf, Vulnerability};
use crate::bounded::Fault;
use crate::signals::Inbox;
use crate::signals::wire::{Desk, time};

/// Hands over one statement for each answer and justification.
pub(super) fn statements<I: Inbox>(
    csaf: &Csaf<'_>,
    vulnerability: &Vulnerability<'_>,
    advisory: &Advisory,
    tree: &Tree<'_>,
    desk: &Desk<'_, I>,
    tally: &mut Tally<'_>,
    signals: &mut Vec<Signal>,
) -> Result<(), Fault> {
    let labels = labels(vulnerability, tree, tally)?;
    let impacts = impacts(vulnerability, tree, tally)?;
    for (group, said, ids) in groups(&vulnerability.product_status) {
        let Some(answer) = answer(group, said) else { continue };
        tally.look(ids.len())?;
        let mut parts: Vec<(Key<'_>, Vec<VexSubject>)> = Vec::new();
        let mut by_key: FxHashMap<Key<'_>, usize> = FxHashMap::default();
        let mut seen = FxHashSet::default();
        for id in ids.iter() {
            let Some(product) = tree.product(id) else { continue };
            if product.stands_in && !said.is_bad() {
                continue;
            }
            let key = (labels.get(&**id).copied(), impacts.get(&**id).copied());
            for subject in subjects(product) {
                if seen.insert((key, subject.clone())) {
                    let next = parts.len();
                    let part = *by_key.entry(key).or_insert(next);
                    if part == next {
                        // A statement repeats the names of the flaw.
                        tally.keep(1 + advisory.aliases.len())?;
                        parts.push((key, Vec::new()));
                    }
                    tally.keep(1)?;
                    parts[part].1.push(subject);
                }
            }
        }
        let base = advisory.place.field.as_deref().unwrap_or_default();
        let field = Some(format!("{base}/product_status/{group}"));
        for ((label, impact), subjects) in parts {
            let statement = VexStatement {
                vulnerability: advisory.id.clone(),
                aliases: advisory.aliases.clone(),
                subjects,
                within: Vec::new(),
                answer,
                justification: label.map(str::to_owned),
                words: impact.map(|words| desk.words(words)),
                asserter: advisory.asserter.clone(),
                at: csaf.document.tracking.updated.as_deref().and_then(time),
                place: Place { field: field.clone(), ..desk.place.clone() },
            };
            signals.push(Signal::Vex(Box::new(statement)));
        }
    }
    Ok(())
}

/// A justification and the words that came with it.
type Key<'a> = (Option<&'a str>, Option<&'a str>);

/// What a group answers; what is recommended or unknown answers nothing.
fn answer(group: &str, said: Said) -> Option<VexAnswer> {
    match (group, said) {
        ("recommended" | "unknown", _) => None,
        (_, Said::Affected | Said::FirstAffected | Said::LastAffected) => Some(VexAnswer::Affected),
        (_, Said::NotAffected) => Some(VexAnswer::NotAffected),
        (_, Said::Fixed | Said::FirstFixed) => Some(VexAnswer::Fixed),
        (_, Said::Unknown) => Some(VexAnswer::UnderInvestigation),
    }
}

/// What a product is in a statement; ranges of versions are told by the advisory's rules.
fn subjects(product: &Product) -> Vec<VexSubject> {
    let mut found = Vec::new();
    for versions in &product.versions {
        let version = match versions {
            Versions::One(version) => Some(version.clone()),
            Versions::All => None,
            Versions::Range(_) | Versions::Commits | Versions::Words(_) => continue,
        };
        if let Some(package) = &product.package {
            found.push(VexSubject::Package(package.clone(), version));
        } else if let Some(purl) = &product.purl {
            found.push(VexSubject::Purl(purl.clone()));
        } else if let Some(name) = &product.name {
            found.push(VexSubject::Product(name.clone(), version));
        } else if let Some(cpe) = &product.cpe {
            found.push(VexSubject::Cpe(cpe.clone()));
        }
    }
    found
}

/// The flag of every product that has one.
fn labels<'a>(
    vulnerability: &'a Vulnerability<'_>,
    tree: &'a Tree<'_>,
    tally: &mut Tally<'_>,
) -> Result<FxHashMap<&'a str, &'a str>, Fault> {
    let mut found = FxHashMap::default();
    for flag in vulnerability.flags.iter() {
        for id in tree.ids(&flag.product_ids, &flag.group_ids, tally)? {
            found.insert(id, &*flag.label);
        }
    }
    Ok(found)
}

/// The impact statement of every product that has one.
fn impacts<'a>(
    vulnerability: &'a Vulnerability<'_>,
    tree: &'a Tree<'_>,
    tally: &mut Tally<'_>,
) -> Result<FxHashMap<&'a str, &'a str>, Fault> {
    let mut found = FxHashMap::default();
    for threat in vulnerability.threats.iter().filter(|threat| &*threat.category == "impact") {
        for id in tree.ids(&threat.product_ids, &threat.group_ids, tally)? {
            found.insert(id, &*threat.details);
        }
    }
    Ok(found)
}
