//! Who an act is addressed to: jurisdiction and filters first, then what the index says.

use bongsu_authority::{AppointmentId, Institution, InstitutionId, Role};
use bongsu_response::{Addressee, Draft, Exposure};
use jiff::{SignedDuration, Timestamp};

use crate::exposure::{Exposures, Found};

/// An inventory older than this says what was, not what is.
pub const STALE_AFTER: SignedDuration = SignedDuration::from_hours(90 * 24);

/// What the register knows of one institution at the moment of asking.
#[derive(Clone, Copy, Debug)]
pub struct Standing<'a> {
    /// The institution.
    pub institution: &'a Institution,
    /// Its accountable officer; none is a vacancy that the register reports.
    pub accountable: Option<AppointmentId>,
    /// When the oldest of its systems' inventories was made, if it has any: one stale system is a question.
    pub inventory: Option<Timestamp>,
}

/// Who would be addressed, and who cannot be.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Preview {
    /// Addressees, by institution id.
    pub addressees: Vec<Addressee>,
    /// Institutions that should be addressed and have no accountable officer: a task for the desk, never silence.
    pub without_officer: Vec<InstitutionId>,
    /// Institutions of the audience that the inventory says are not affected.
    pub spared: u32,
    /// Institutions of the audience that nobody asks although nothing is known of them.
    pub unasked: u32,
}

impl Preview {
    /// How many addressees have this exposure.
    pub fn count(&self, exposure: Exposure) -> usize {
        self.addressees.iter().filter(|addressee| addressee.exposure == exposure).count()
    }
}

/// Says who a draft is addressed to.
pub fn preview<'a>(
    draft: &Draft,
    exposures: &Exposures,
    standings: impl IntoIterator<Item = Standing<'a>>,
    now: Timestamp,
) -> Preview {
    let mut preview = Preview::default();
    for standing in standings {
        if !is_meant(draft, standing.institution) {
            continue;
        }
        let found = exposures.get(&standing.institution.id).copied().unwrap_or_default();
        let exposure = exposure(found, standing.inventory, now);
        if !is_asked(draft, exposure) {
            match exposure {
                Exposure::NotAffected => preview.spared += 1,
                _ => preview.unasked += 1,
            }
            continue;
        }
        let institution = standing.institution.id;
        match standing.accountable {
            Some(accountable) => preview.addressees.push(Addressee {
                institution,
                exposure,
                systems: found.affected,
                accountable,
            }),
            None => preview.without_officer.push(institution),
        }
    }
    preview.addressees.sort_unstable_by_key(|addressee| addressee.institution);
    preview.without_officer.sort_unstable();
    preview
}

/// Does the issuer have jurisdiction, and do the filters let the institution through?
fn is_meant(draft: &Draft, institution: &Institution) -> bool {
    let within = match draft.issuer.role() {
        Role::Lead(domain) | Role::Coord(domain) => institution.domain() == domain,
        Role::Sector => institution.competent.contains(&draft.issuer),
        _ => false,
    };
    let audience = &draft.audience;
    let sector =
        || audience.sectors.is_empty() || !audience.sectors.is_disjoint(&institution.competent);
    let size = || audience.sizes.is_empty() || audience.sizes.contains(&institution.size);
    let mark = || audience.marks.is_empty() || !audience.marks.is_disjoint(&institution.marks);
    within && sector() && size() && mark()
}

/// What is known of an institution. "Unknown" is never "not affected".
pub fn exposure(found: Found, inventory: Option<Timestamp>, now: Timestamp) -> Exposure {
    let fresh = inventory.is_some_and(|made| now.duration_since(made) <= STALE_AFTER);
    match found {
        Found { exposed: 1.., .. } => Exposure::Exposed,
        Found { affected: 1.., .. } => Exposure::Inside,
        _ if !fresh => Exposure::NoInventory,
        Found { open: 1.., .. } => Exposure::CannotTell,
        _ => Exposure::NotAffected,
    }
}

fn is_asked(draft: &Draft, exposure: Exposure) -> bool {
    match exposure {
        Exposure::Exposed | Exposure::Inside => true,
        Exposure::CannotTell | Exposure::NoInventory => {
            draft.audience.ask_unknown || draft.audience.everybody
        }
        Exposure::NotAffected => draft.audience.everybody,
    }
}
