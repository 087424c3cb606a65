//! What kept documents say: every component judged exactly, suppliers' statements included.
//!
//! The index answers for a nation at once; this answers for one institution, as `bongsu match` would.

use std::collections::BTreeSet;

use bongsu_advisory::VulnerabilityId;
use bongsu_authority::access::Permit;
use bongsu_authority::{InstitutionId, SystemId};
use bongsu_formats::{Limits, inventories};
use bongsu_inventory::Inventory;
use bongsu_matching::{Answer, Depth, Finding, Knowledge, Why, find};
use bongsu_store::{Error, Store};
use jiff::Timestamp;

use crate::exposure::{self, ExposureError, Found};

/// A system and what runs on it, as its institution's latest document says.
#[derive(Clone, Debug)]
pub struct Run {
    /// The system.
    pub system: SystemId,
    /// Does the internet reach it?
    pub exposed: bool,
    /// When the document was made.
    pub made: Timestamp,
    /// What runs on it.
    pub inventory: Inventory,
}

/// What all systems of one institution say about one flaw.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Exact {
    /// In counts, as the index would say it.
    pub found: Found,
    /// Statements that made a component *not affected* against an advisory: who says what, each once.
    pub cleared: BTreeSet<String>,
}

/// Every system of an institution with its document; nothing where one of them has none that can be read.
///
/// A part of the systems would prove nothing of the whole. Statements *inside* a document are left out: they are the
/// institution's word about itself, and nobody proves their own claim.
pub fn runs(
    store: &Store,
    permit: &Permit,
    institution: InstitutionId,
) -> Result<Option<Vec<Run>>, Error> {
    let systems = store.inventories(permit, institution)?;
    let mut runs = Vec::with_capacity(systems.len());
    for (system, published) in systems {
        let Some(document) = store.document(permit, institution, system)? else { return Ok(None) };
        let read = inventories::read(&document.name, &*document.bytes, &Limits::default());
        let mut read = read.inventories.into_iter();
        let (Some(inventory), None) = (read.next(), read.next()) else { return Ok(None) };
        let (exposed, made) = (published.exposed, published.as_of);
        runs.push(Run { system, exposed, made, inventory });
    }
    Ok((!runs.is_empty()).then_some(runs))
}

/// Judges every component of these systems about the flaw that has one of these names.
///
/// # Errors
/// [`ExposureError::NothingKnown`] where no advisory names versions: statements alone say nothing of what they leave out.
pub fn judge(
    knowledge: &Knowledge,
    names: &[VulnerabilityId],
    runs: &[Run],
) -> Result<Exact, ExposureError> {
    let _ = exposure::questions(knowledge, names)?;
    let mut exact = Exact::default();
    for run in runs {
        // Named by its id: a statement that points into "this document" points into no institution's.
        let findings = find(knowledge, &run.inventory, &run.system.to_string(), Depth::News);
        let ours = findings.iter().filter(|finding| is_about(finding, names));
        let mut answers = BTreeSet::new();
        for finding in ours {
            answers.insert(rank(finding.answer));
            exact.cleared.extend(cleared(finding));
        }
        match answers.last() {
            Some(2) => {
                exact.found.affected += 1;
                exact.found.exposed += u32::from(run.exposed);
            }
            Some(1) => exact.found.open += 1,
            _ => {}
        }
    }
    Ok(exact)
}

fn is_about(finding: &Finding<'_>, names: &[VulnerabilityId]) -> bool {
    names.iter().any(|name| *name == finding.vulnerability || finding.aliases.contains(name))
}

/// A system is what its gravest component is.
fn rank(answer: Answer) -> u8 {
    match answer {
        Answer::NotAffected => 0,
        Answer::CannotTell => 1,
        Answer::Affected => 2,
    }
}

/// Who cleared a component, in their words.
fn cleared(finding: &Finding<'_>) -> Option<String> {
    let Why::Statement { says, justification } = &finding.reason.why else { return None };
    if finding.answer != Answer::NotAffected {
        return None;
    }
    let reason = justification.as_deref().unwrap_or(says);
    let asserter = short(&finding.reason.asserter);
    Some(format!("{}, says {asserter}", short(reason)))
}

/// The longest that is quoted, in characters.
const QUOTED: usize = 160;

fn short(text: &str) -> String {
    text.chars().take(QUOTED).collect()
}
