//! What follows from the record as it grows: polls answered from memory, and events for whoever listens.
//!
//! ```text
//! desk.watch ──► Revisions: which answers in memory are of yesterday     (at once, before whoever recorded is answered)
//!           └──► Hub: who must hear ──► everybody who listens            (a moment later, many changes in one event)
//! ```

pub(crate) mod ears;
mod follow;
pub(crate) mod hub;
pub(crate) mod kept;
pub(crate) mod revisions;
pub(crate) mod sums;

use std::sync::Arc;

use bongsu_authority::InstitutionId;
use bongsu_desk::Desk;

pub(crate) use hub::Hub;
pub(crate) use kept::Kept;
pub(crate) use revisions::Revisions;
pub(crate) use sums::{Moment, Sums};

use crate::resources::acts::Ordered;
use crate::resources::nation::Glances;

/// What is kept in memory and follows from the record.
#[derive(Debug)]
pub(crate) struct Live {
    pub(crate) revisions: Arc<Revisions>,
    pub(crate) kept: Kept,
    pub(crate) hub: Arc<Hub>,
    pub(crate) glances: Glances,
    pub(crate) ordered: Ordered,
    pub(crate) sums: Sums,
}

impl Live {
    /// Begins to follow what a desk records.
    pub(crate) fn begin(desk: &Arc<Desk>) -> Self {
        let size = desk.store().head().map_or(0, |(size, _)| size);
        let revisions = Arc::new(Revisions::of_log(size));
        let hub = Hub::begin(desk);
        let (seen, told) = (Arc::clone(&revisions), Arc::clone(&hub));
        desk.watch(move |touched, receipt| {
            seen.touch(touched, receipt.entry, receipt.entries);
            told.touch(touched, receipt.entry);
        });
        let (glances, ordered) = (Glances::default(), Ordered::default());
        Self { revisions, kept: Kept::default(), hub, glances, ordered, sums: Sums::default() }
    }

    /// Something lies in the inbox of an institution.
    pub(crate) fn inbox(&self, institution: InstitutionId) {
        self.hub.inbox(institution);
    }
}
