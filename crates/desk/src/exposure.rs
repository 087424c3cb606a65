//! Who has it, by institution: the index asked for every name of a case.

use std::collections::HashSet;
use std::hash::BuildHasher;

use bongsu_advisory::VulnerabilityId;
use bongsu_authority::{InstitutionId, SystemId};
use bongsu_matching::index::{Ask, Scratch, SegmentError, Snapshot, SystemNameBuf};
use bongsu_matching::{Asked, Knowledge, Question};
use rustc_hash::{FxHashMap, FxHashSet};

/// How many names are read from the index at a time.
const PAGE: usize = 65_536;

/// What the index says of one institution about one flaw.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Found {
    /// Systems that are affected.
    pub affected: u32,
    /// Affected systems that face the internet.
    pub exposed: u32,
    /// Systems about which it cannot be told.
    pub open: u32,
}

/// What the index says of each institution; one that is absent has no row that could be meant.
pub type Exposures = FxHashMap<InstitutionId, Found>;

/// Why nobody can say who has it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ExposureError {
    /// The index did not answer.
    #[error("the index did not answer; `bongsu index verify` mends it")]
    Index(#[from] SegmentError),
    /// No advisory names versions.
    #[error("no loaded advisory that stands names versions for {0}; name more with --advisories")]
    NothingKnown(String),
}

bongsu_authority::reasons!(ExposureError {
    Self::Index(_) => "index",
    Self::NothingKnown(_) => "no-versions-known",
});

/// Asks the index for every name of a flaw and gathers the answer by institution.
///
/// A system that one name finds affected and another leaves open is affected.
pub fn who_has<S: BuildHasher>(
    snapshot: &Snapshot,
    knowledge: &Knowledge,
    names: &[VulnerabilityId],
    facing: &HashSet<SystemId, S>,
) -> Result<Exposures, ExposureError> {
    Ok(who_runs(snapshot, &questions(knowledge, names)?, facing)?)
}

/// Asks the index these questions and gathers the answer by institution, as [`who_has`] does for a flaw.
///
/// # Errors
/// [`SegmentError`] where the index does not answer.
pub fn who_runs<S: BuildHasher>(
    snapshot: &Snapshot,
    questions: &[Question],
    facing: &HashSet<SystemId, S>,
) -> Result<Exposures, SegmentError> {
    let sure: Vec<Ask<'_>> = questions.iter().flat_map(|one| &one.affected).map(ask).collect();
    let open: Vec<Ask<'_>> = questions.iter().flat_map(|one| &one.open).map(ask).collect();
    let either: Vec<Ask<'_>> = sure.iter().chain(&open).copied().collect();

    let mut exposures = Exposures::default();
    let mut affected: FxHashSet<SystemId> = FxHashSet::default();
    each_system(snapshot, &sure, true, |institution, system| {
        let found = exposures.entry(institution).or_default();
        found.affected += 1;
        found.exposed += u32::from(facing.contains(&system));
        affected.insert(system);
    })?;
    let mut leave_open = |institution, system| {
        if !affected.contains(&system) {
            exposures.entry(institution).or_default().open += 1;
        }
    };
    each_system(snapshot, &either, true, &mut leave_open)?;
    each_system(snapshot, &either, false, &mut leave_open)?;
    Ok(exposures)
}

/// Is a system affected at all? One count of the index, and no names.
///
/// # Errors
/// [`SegmentError`] where the index does not answer.
pub fn runs_anywhere(snapshot: &Snapshot, question: &Question) -> Result<bool, SegmentError> {
    let sure: Vec<Ask<'_>> = question.affected.iter().map(ask).collect();
    let mut scratch = Scratch::default();
    Ok(snapshot.ask(&sure, &mut scratch)?.affected().systems > 0)
}

/// What advisories ask about a flaw.
///
/// # Errors
/// [`ExposureError::NothingKnown`] where they ask nothing: silence would look like *not affected*.
pub(crate) fn questions(
    knowledge: &Knowledge,
    names: &[VulnerabilityId],
) -> Result<Vec<Question>, ExposureError> {
    let questions: Vec<Question> = names.iter().map(|name| knowledge.question(name)).collect();
    if questions.iter().all(|one| one.affected.is_empty() && one.open.is_empty()) {
        let names: Vec<&str> = names.iter().map(VulnerabilityId::as_str).collect();
        return Err(ExposureError::NothingKnown(names.join(", ")));
    }
    Ok(questions)
}

fn ask(asked: &Asked) -> Ask<'_> {
    Ask { key: &asked.key, scheme: asked.scheme, intervals: &asked.intervals }
}

/// Names every system of an answer once: the affected ones, or those that are in doubt.
fn each_system(
    snapshot: &Snapshot,
    asks: &[Ask<'_>],
    affected: bool,
    mut take: impl FnMut(InstitutionId, SystemId),
) -> Result<(), SegmentError> {
    let mut scratch = Scratch::default();
    let answer = snapshot.ask(asks, &mut scratch)?;
    let mut after: Option<SystemNameBuf> = None;
    loop {
        let page = answer.page(affected, after.as_ref().map(SystemNameBuf::borrowed), PAGE)?;
        let Some(last) = page.last() else { return Ok(()) };
        after = Some(last.clone());
        for name in &page {
            // The index may also hold systems that were put there by hand, under other names.
            if let (Ok(institution), Ok(system)) = (name.institution.parse(), name.system.parse()) {
                take(institution, system);
            }
        }
    }
}
