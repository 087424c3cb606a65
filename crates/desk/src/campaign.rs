//! From a draft to an audience, from a signature to obligations: what the desk works out when an act is signed.

use std::time::{Duration, Instant};

use bongsu_advisory::VulnerabilityId;
use bongsu_authority::access::Scope;
use bongsu_authority::{ActId, InstitutionId, Role, Seat, SystemId};
use bongsu_matching::Knowledge;
use bongsu_response::{Act, ActWish, Case, Wish, clock};
use bongsu_store::{Error, Receipt};
use jiff::Timestamp;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::audience::{self, Preview, Standing};
use crate::exposure::{ExposureError, Exposures, who_has};
use crate::holdings::Holdings;
use crate::{Desk, Name, Who};

/// Why nobody was addressed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Unaddressed {
    /// Nobody can say who has it.
    #[error(transparent)]
    Exposure(#[from] ExposureError),
    /// The store did not do it.
    #[error(transparent)]
    Store(#[from] Error),
    /// The index lacks systems that the record has: what is missing must not read as "not affected".
    #[error(
        "the index holds {held} systems and the record {systems}: it is being made whole; try again"
    )]
    Behind {
        /// Systems in the index.
        held: u64,
        /// Systems in the record.
        systems: u64,
    },
    /// The act was signed before.
    #[error(
        "this act was signed at {0}: nothing was changed; withdraw it and write a new one if it must say something else"
    )]
    Signed(Timestamp),
    /// The draft reaches nobody.
    #[error("this draft addresses nobody: look at its preview and widen its audience")]
    Nobody,
}

bongsu_authority::reasons!(Unaddressed {
    Self::Behind { .. } => "index-behind",
    Self::Signed(_) => "act-signed-already",
    Self::Nobody => "addresses-nobody",
} inside {
    Self::Exposure(unknown) => unknown: ExposureError,
    Self::Store(error) => error: Error,
});

/// The names of a case's flaw.
pub fn names(case: &Case) -> Vec<VulnerabilityId> {
    case.identifiers.iter().filter_map(|name| name.parse().ok()).collect()
}

/// Asks the index about every name of a case.
///
/// # Errors
/// [`Unaddressed`] where it cannot be said.
pub fn exposures(
    desk: &Desk,
    holdings: &Holdings,
    known: &Knowledge,
    case: &Case,
) -> Result<Exposures, Unaddressed> {
    let systems = desk.store().systems()?;
    let facing: FxHashSet<SystemId> =
        systems.iter().filter(|(_, one)| one.exposed).map(|(id, _)| *id).collect();
    let snapshot = holdings.snapshot();
    let (held, systems) = (snapshot.size().systems, systems.len() as u64);
    if held < systems {
        return Err(Unaddressed::Behind { held, systems });
    }
    Ok(who_has(&snapshot, known, &names(case), &facing)?)
}

/// Whom an act would address at an instant. For the desk itself: what of it an officer sees are counts.
///
/// # Errors
/// [`Unaddressed`] where it cannot be said.
pub fn audience(
    desk: &Desk,
    holdings: &Holdings,
    known: &Knowledge,
    (case, act): (&Case, &Act),
    now: Timestamp,
) -> Result<Preview, Unaddressed> {
    let exposures = exposures(desk, holdings, known, case)?;
    // One stale system makes what is known of the institution stale.
    let mut oldest: FxHashMap<InstitutionId, Timestamp> = FxHashMap::default();
    for (_, inventory) in desk.store().systems()? {
        let made = oldest.entry(inventory.institution).or_insert(inventory.as_of);
        *made = (*made).min(inventory.as_of);
    }
    let register = desk.register();
    let institutions: Vec<_> =
        register.institutions().filter_map(|id| register.institution(id)).collect();
    let standings = institutions.iter().map(|institution| Standing {
        institution,
        accountable: register.accountable(institution.id, now).map(|officer| officer.id),
        inventory: oldest.get(&institution.id).copied(),
    });
    Ok(audience::preview(&act.draft, &exposures, standings, now))
}

/// What came of a signature.
#[derive(Clone, Debug)]
pub struct Signed {
    /// The receipt of the record.
    pub receipt: Receipt,
    /// Whom it addresses, and whom it could not.
    pub audience: Preview,
    /// How long it took to know them.
    pub known_after: Duration,
}

/// Signs an act that somebody sees: everybody it reaches owes an answer from now on.
///
/// # Errors
/// [`Unaddressed`]; nothing was recorded.
pub fn sign(
    desk: &Desk,
    holdings: &Holdings,
    known: &Knowledge,
    (name, who): (Name, Who),
    act: ActId,
    now: Timestamp,
) -> Result<Signed, Unaddressed> {
    let act = desk.act(who, act, now)?;
    if let (Some(issued), None) = (act.issued_at, name.body) {
        return Err(Unaddressed::Signed(issued));
    }
    let started = Instant::now();
    let case = desk.case(who, act.case, now)?;
    let audience = audience(desk, holdings, known, (&case, &act), now)?;
    if audience.addressees.is_empty() {
        return Err(Unaddressed::Nobody);
    }
    let known_after = started.elapsed();
    let clocks = clock::issue_clocks(&case, act.kind, now, None);
    // The node signs the text when it records; what comes with the wish is not believed.
    let wish = ActWish::Sign {
        text: act.text,
        signature: String::new(),
        clocks,
        addressees: audience.addressees.clone(),
    };
    let receipt = desk.record_as(name, who, Wish::Act { act: act.id, wish }, now)?;
    Ok(Signed { receipt, audience, known_after })
}

/// Whose names an officer may ask for: those of the station at which they sit, as it stands to acts.
pub fn scope(desk: &Desk, who: Who, now: Timestamp) -> Option<Scope> {
    let Who::Person(person) = who else { return None };
    let register = desk.register();
    let held = register.appointments_of(person).filter(|held| held.holds_at(now));
    let mut scopes = held.filter_map(|held| match &held.seat {
        Seat::Node(code) => match code.role() {
            Role::Lead(domain) | Role::Coord(domain) => Some(Scope::Domain(domain)),
            Role::Sector => Some(Scope::Sector(code.clone())),
            Role::Relay => Some(Scope::Relay(code.clone())),
            _ => None,
        },
        Seat::Institution(_) => None,
    });
    scopes.next()
}
