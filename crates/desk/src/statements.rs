//! When suppliers' statements arrive: every institution whose documents are kept is judged again, and the engine's word
//! is recorded.
//!
//! The engine overrules no officer: where an officer's word stands, its own is recorded beside it, and somebody looks.

use std::collections::{BTreeMap, BTreeSet};

use bongsu_advisory::VulnerabilityId;
use bongsu_authority::{ActId, InstitutionId};
use bongsu_matching::Knowledge;
use bongsu_response::{
    Answer, Assessment, Case, CaseWish, Engine, Evidence, Obligation, Status, Wish,
};
use bongsu_store::Error;
use jiff::Timestamp;

use crate::exact::{self, Exact};
use crate::exposure::{self, ExposureError};
use crate::recheck::{self, Look};
use crate::{Desk, Who};

/// What came of statements that arrived.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Heard {
    /// Institutions judged.
    pub judged: u32,
    /// Institutions not judged, because a document is missing: the index found them, and nothing says more.
    pub without_document: u32,
    /// Institutions whose inventories are for another coordinator to see.
    pub elsewhere: u32,
    /// What changed, by act and institution.
    pub changes: Vec<Change>,
}

/// One obligation about which the engine has a new word.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Change {
    /// The act.
    pub act: ActId,
    /// The institution.
    pub institution: InstitutionId,
    /// Where the obligation stood.
    pub before: Status,
    /// What the engine says, and who said it first.
    pub said: Said,
    /// Did it move the obligation? Where an officer's word stands, the engine's is only recorded beside it.
    pub moved: bool,
    /// Position of its entry in the record.
    pub entry: u64,
}

/// What the engine says.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Said {
    /// Not affected: the justifications and who gives them.
    NotAffected(String),
    /// Affected.
    Affected,
    /// It cannot be told.
    Unknown,
    /// A claim is refuted by an inventory that came after it.
    Refuted,
    /// The flaw is back.
    Regressed,
}

/// Why statements could not be heard.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HearError {
    /// What is loaded says nothing of the flaw itself.
    #[error(transparent)]
    Known(#[from] ExposureError),
    /// The store refused, or could not.
    #[error(transparent)]
    Store(#[from] Error),
}

bongsu_authority::reasons!(HearError {} inside {
    Self::Known(unknown) => unknown: ExposureError,
    Self::Store(error) => error: Error,
});

/// Judges again what is owed under the acts of a case, with all that is known now, statements included.
///
/// `evidence` is the SHA-256 of what arrived.
///
/// # Errors
/// [`HearError::Known`] where no advisory names versions; [`Error::Denied`] to everybody but the analyst of the station that works the case. What was recorded before another
/// error stays; doing it again is harmless.
pub fn hear(
    desk: &Desk,
    who: Who,
    case: &Case,
    knowledge: &Knowledge,
    evidence: Evidence,
    now: Timestamp,
) -> Result<Heard, HearError> {
    let _ = desk.with(who, now, |asking| asking.work_case(case.id))?;
    let names: Vec<VulnerabilityId> =
        case.identifiers.iter().filter_map(|name| name.parse().ok()).collect();
    let _ = exposure::questions(knowledge, &names)?;
    // That inventories are read is recorded before they are.
    let why = "suppliers' statements arrived: kept inventories are judged again".to_owned();
    desk.record(who, Wish::Case { case: case.id, wish: CaseWish::Read { why } }, now)?;
    let with_document: BTreeSet<InstitutionId> =
        desk.store().written()?.iter().map(|written| written.institution).collect();
    let mut heard = Heard::default();
    for (institution, owed) in owed_under(desk, who, case, now)? {
        if !with_document.contains(&institution) {
            heard.without_document += 1;
            continue;
        }
        let permit = desk.with(who, now, |asking| asking.see_inventory_on(institution, case));
        let Ok(permit) = permit else {
            heard.elsewhere += 1;
            continue;
        };
        let Some(runs) = exact::runs(desk.store(), &permit, institution)? else {
            heard.without_document += 1;
            continue;
        };
        heard.judged += 1;
        let exact = exact::judge(knowledge, &names, &runs)?;
        let made = runs.iter().map(|run| run.made).max().unwrap_or(now);
        for owed in owed {
            heard.changes.extend(say(desk, &owed, &exact, (made, evidence), now)?);
        }
    }
    Ok(heard)
}

/// What is owed under the issued acts of a case, as far as the officer may see it.
fn owed_under(
    desk: &Desk,
    who: Who,
    case: &Case,
    now: Timestamp,
) -> Result<BTreeMap<InstitutionId, Vec<Obligation>>, Error> {
    let mut all: BTreeMap<InstitutionId, Vec<Obligation>> = BTreeMap::new();
    for act in desk.acts_of(who, case, now)? {
        if act.issued_at.is_none() {
            continue;
        }
        let owed = desk.with(who, now, |asking| {
            let decide = |owed: &Obligation| asking.sees_obligation(owed, &act);
            desk.store().obligations_under(act.id, decide)
        })?;
        for owed in owed {
            all.entry(owed.institution).or_default().push(owed);
        }
    }
    Ok(all)
}

/// Records the engine's word about one obligation; nothing where it has no news.
fn say(
    desk: &Desk,
    owed: &Obligation,
    exact: &Exact,
    (made, evidence): (Timestamp, Evidence),
    now: Timestamp,
) -> Result<Option<Change>, Error> {
    let Some(answer) = answer(owed, exact, made, evidence) else { return Ok(None) };
    let said = said(&answer);
    let (act, institution) = (owed.act, owed.institution);
    let wish = Wish::Obligation { act, institution, wish: answer };
    let (before, moved) = (owed.status, owed.officers_word().is_none());
    match desk.record(Who::Engine(Engine::Matching), wish, now) {
        Ok(receipt) if receipt.entries > 0 => {
            let entry = receipt.entry;
            Ok(said.map(|said| Change { act, institution, before, said, moved, entry }))
        }
        // The rules see no news in it.
        Ok(_) | Err(Error::Refused(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

/// What the engine has to say. An old document never refutes a newer proof.
fn answer(owed: &Obligation, exact: &Exact, made: Timestamp, evidence: Evidence) -> Option<Answer> {
    if owed.marks.verified.is_some_and(|verified| made <= verified) {
        return None;
    }
    let how = "the kept inventory, with suppliers' statements".to_owned();
    // Not sound: what an inventory no longer shows, publishing it has proven already.
    let look = Look { found: exact.found, made, sound: false, evidence, how };
    recheck::answer_cleared(owed, &look, &exact.cleared)
}

fn said(answer: &Answer) -> Option<Said> {
    Some(match answer {
        Answer::Assess { assessment: Assessment::NotAffected { justification }, .. } => {
            Said::NotAffected(justification.clone())
        }
        Answer::Assess { assessment: Assessment::Affected, .. } => Said::Affected,
        Answer::Assess { assessment: Assessment::Unknown, .. } => Said::Unknown,
        Answer::Refute { .. } => Said::Refuted,
        Answer::Regress { .. } => Said::Regressed,
        _ => return None,
    })
}
