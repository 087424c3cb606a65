//! An inventory comes in: read, held against the last one, published, and everything owed looked at again.

use std::collections::BTreeMap;

use bongsu_authority::{ActId, InstitutionId, SystemId};
use bongsu_formats::packing::Patience;
use bongsu_formats::{Limits, Quarantined, inventories};
use bongsu_inventory::Inventory;
use bongsu_matching::Knowledge;
use bongsu_response::{Answer, Assessment, Case, Engine, PublishedInventory, Wish};
use bongsu_store::{Document, Error, Receipt};
use jiff::Timestamp;

use crate::audience::STALE_AFTER;
use crate::campaign::{self, Unaddressed};
use crate::exact::{self, Exact, Run};
use crate::exposure::ExposureError;
use crate::holdings::{Holdings, Unheld};
use crate::recheck::{self, Look};
use crate::{Desk, Name, Who, evidence};

/// A document of one system, read.
#[derive(Debug)]
pub struct Read {
    /// What runs there.
    pub inventory: Inventory,
    /// What of it could not be read. An inventory with holes says what it shows, and proves nothing by what it lacks.
    pub aside: Vec<Quarantined>,
}

/// Why a document was not published.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Unpublished {
    /// Nothing of it could be read.
    #[error("{name} could not be read: {reason}")]
    Unread {
        /// Its name.
        name: String,
        /// The first reason.
        reason: String,
        /// Its word, as [`bongsu_formats::Error::reason`] gives it; `no-system` where it lists none.
        what: &'static str,
    },
    /// It is about several systems.
    #[error("{name} holds {count} systems: publish one at a time")]
    Several {
        /// Its name.
        name: String,
        /// How many.
        count: usize,
    },
    /// It lists more components than can be counted.
    #[error("the document lists more components than can be counted: publish the system in parts")]
    TooMany,
    /// An institution that could shrink what it shows would verify its own fixes.
    #[error(
        "this inventory has {components} components, the last one of this system had {before}: send the whole one; where the \
         system really shrank, ask an analyst of your coordinator to look and to verify"
    )]
    Hides {
        /// Components now.
        components: u32,
        /// Components before.
        before: u32,
    },
    /// A newer one is there.
    #[error("this inventory is of {made}, the one that is there of {before}: publish a newer one")]
    Older {
        /// When this one was made.
        made: Timestamp,
        /// When the one that is there was made.
        before: Timestamp,
    },
    /// The index could not be written.
    #[error(transparent)]
    Index(#[from] Unheld),
    /// The store did not do it.
    #[error(transparent)]
    Store(#[from] Error),
    /// It was published; what is owed could not be looked at again.
    #[error("it was published, but what is owed could not be looked at again: {0}")]
    Unlooked(#[from] Unaddressed),
}

bongsu_authority::reasons!(Unpublished {
    Self::Unread { .. } => "document-unread",
    Self::Several { .. } => "document-several",
    Self::TooMany => "document-too-many",
    Self::Hides { .. } => "document-hides",
    Self::Older { .. } => "document-older",
    Self::Index(_) => "document-not-indexed",
    Self::Unlooked(_) => "document-unlooked",
} inside {
    Self::Store(error) => error: Error,
});

impl From<ExposureError> for Unpublished {
    fn from(error: ExposureError) -> Self {
        Self::Unlooked(error.into())
    }
}

/// What is published, of which system, by the word of whom.
#[derive(Clone, Copy, Debug)]
pub struct Publishing {
    /// Whose system.
    pub institution: InstitutionId,
    /// Which system; a new one where the institution has none of this id.
    pub system: SystemId,
    /// Does it face the internet?
    pub exposed: bool,
    /// By whom.
    pub who: Who,
    /// The name of the request.
    pub name: Name,
}

/// What came of it.
#[derive(Clone, Debug)]
pub struct Published {
    /// The receipt of the record.
    pub receipt: Receipt,
    /// Components it lists.
    pub components: u32,
    /// What was published of the system before.
    pub before: Option<PublishedInventory>,
    /// The engine's word on what is owed, where it changed.
    pub changed: BTreeMap<ActId, &'static str>,
}

/// Reads a document of exactly one system.
///
/// # Errors
/// [`Unpublished::Unread`], [`Unpublished::Several`].
pub fn read(name: &str, document: &[u8], patience: Patience<'_>) -> Result<Read, Unpublished> {
    let mut found = inventories::read_while(name, document, &Limits::default(), patience);
    match found.inventories.len() {
        1 => Ok(Read { inventory: found.inventories.remove(0), aside: found.quarantined }),
        0 => {
            let (what, reason) = found.quarantined.first().map_or_else(
                || ("no-system", "it lists no system".to_owned()),
                |first| (first.reason.reason(), first.reason.to_string()),
            );
            Err(Unpublished::Unread { name: name.to_owned(), reason, what })
        }
        count => Err(Unpublished::Several { name: name.to_owned(), count }),
    }
}

/// Publishes what was read: rights, record, index. Whoever asks again repeats all of it harmlessly; where this ends between
/// the two, the index follows the record at the next start.
///
/// # Errors
/// [`Unpublished`]; only [`Unpublished::Unlooked`] leaves it published.
pub fn publish(
    desk: &Desk,
    holdings: &Holdings,
    known: &Knowledge,
    publishing: Publishing,
    (read, document): (&Read, Document),
    now: Timestamp,
) -> Result<Published, Unpublished> {
    let Publishing { institution, system, exposed, who, name } = publishing;
    let count = |count: usize| u32::try_from(count).map_err(|_| Unpublished::TooMany);
    let all = &read.inventory.components;
    // What the document is about is judged with the rest and is none of what it lists.
    let components = count(read.inventory.listed())?;
    let digest = evidence(&document.bytes);
    let permit = desk.with(who, now, |asking| asking.see_inventory(institution))?;
    let before = desk.store().inventories(&permit, institution)?;
    let before = before.into_iter().find(|(id, _)| *id == system).map(|(_, before)| before);
    let made = read.inventory.as_of.unwrap_or(now).min(now);
    if let Some(before) = before.filter(|before| before.digest != digest) {
        goes_on(&before, count(all.len())?, made)?;
    }
    let wish =
        Wish::PublishInventory { institution, system, digest, components, exposed, as_of: made };
    let _ = desk.with(who, now, |asking| asking.to(&wish))?;
    let receipt = desk.publish_as(name, who, wish, document, now)?;
    holdings.put(desk, (institution, system), (digest, &read.inventory), now)?;
    let look = Look {
        found: crate::exposure::Found::default(),
        made,
        sound: read.aside.is_empty() && now.duration_since(made) <= STALE_AFTER,
        evidence: digest,
        how: "the new inventory".to_owned(),
    };
    let changed = look_again(desk, holdings, known, (who, institution), &look, now)?;
    Ok(Published { receipt, components, before, changed })
}

/// May it take the place of the one before?
fn goes_on(
    before: &PublishedInventory,
    components: u32,
    made: Timestamp,
) -> Result<(), Unpublished> {
    if recheck::hides_too_much(before.components, components) {
        return Err(Unpublished::Hides { components, before: before.components });
    }
    if before.as_of > made {
        return Err(Unpublished::Older { made, before: before.as_of });
    }
    Ok(())
}

/// Looks again at everything an institution owes; the engine says what changed.
///
/// # Errors
/// [`Unpublished`]; what was said before stays.
fn look_again(
    desk: &Desk,
    holdings: &Holdings,
    known: &Knowledge,
    (who, institution): (Who, InstitutionId),
    look: &Look,
    now: Timestamp,
) -> Result<BTreeMap<ActId, &'static str>, Unpublished> {
    // Whoever sent the document may see less of it: what the engine finds is shown to each as far as they may know it.
    let owed = desk.store().all_owed_by(institution)?;
    let mut changed = BTreeMap::new();
    if owed.is_empty() {
        return Ok(changed);
    }
    let permit = desk.with(who, now, |asking| asking.see_inventory(institution))?;
    let runs = exact::runs(desk.store(), &permit, institution)?;
    for owed in owed {
        let Some((act, _)) = desk.store().told(owed.act, &[])? else { continue };
        let Some(case) = desk.store().rests_on(act.case)? else { continue };
        let exact = judged(desk, holdings, known, (&case, institution), runs.as_deref())?;
        let look = Look { found: exact.found, ..look.clone() };
        let Some(answer) = recheck::answer_cleared(&owed, &look, &exact.cleared) else { continue };
        let said = said(&answer);
        let wish = Wish::Obligation { act: owed.act, institution, wish: answer };
        match desk.record(Who::Engine(Engine::Matching), wish, now) {
            Ok(receipt) if receipt.entries > 0 => {
                // That the engine says once more what stands already is recorded, and is no change.
                let after = desk.store().told(owed.act, &[institution])?;
                let after = after.and_then(|(_, after)| after.into_iter().next());
                if after.is_some_and(|after| after.status != owed.status) {
                    changed.insert(owed.act, said);
                }
            }
            // The rules see no news in it, or an officer's word stands.
            Ok(_) | Err(Error::Refused(_)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(changed)
}

/// Exactly where every document is kept; else as the index has it.
fn judged(
    desk: &Desk,
    holdings: &Holdings,
    known: &Knowledge,
    (case, institution): (&Case, InstitutionId),
    runs: Option<&[Run]>,
) -> Result<Exact, Unpublished> {
    if let Some(runs) = runs {
        return Ok(exact::judge(known, &campaign::names(case), runs)?);
    }
    let exposures = campaign::exposures(desk, holdings, known, case)?;
    let found = exposures.get(&institution).copied().unwrap_or_default();
    Ok(Exact { found, ..Exact::default() })
}

/// What the engine said, in words.
fn said(answer: &Answer) -> &'static str {
    match answer {
        Answer::Verify { .. } => "verified: the new inventory no longer shows it",
        Answer::Refute { .. } => "refuted: the new inventory still shows it",
        Answer::Regress { .. } => "it came back",
        Answer::Assess { assessment: Assessment::Affected, .. } => "affected",
        Answer::Assess { assessment: Assessment::NotAffected { .. }, .. } => "not affected",
        _ => "looked at",
    }
}
