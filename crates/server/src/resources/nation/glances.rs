//! Glances that were made a moment ago: a wall of screens asks for the same counts every second.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::body::Bytes;
use bongsu_authority::{AppointmentId, PersonId};
use http::HeaderValue;
use jiff::Timestamp;
use rustc_hash::FxHashMap;
use serde::Serialize;

use super::lately::Lately;
use crate::app::App;
use crate::output;
use crate::problem::Problem;

/// A glance as it is sent.
#[derive(Debug)]
pub(crate) struct Glance {
    pub(super) tag: HeaderValue,
    pub(super) body: Bytes,
    posts: Vec<AppointmentId>,
    stand: (u64, u64),
    made: Instant,
}

/// What is kept: one glance a person, for a moment.
#[derive(Debug, Default)]
pub(crate) struct Glances {
    by_person: Mutex<FxHashMap<PersonId, Arc<Glance>>>,
    lately: Lately,
}

/// While answers come in, a glance is this old at most.
const WHILE_ANSWERS_COME: Duration = Duration::from_secs(1);

/// While nothing happens, only the clock changes what is late.
const WHILE_NOTHING_HAPPENS: Duration = Duration::from_secs(10);

/// Persons whose glance is kept; past them all are dropped and made anew as they are asked for.
const MOST: usize = 256;

impl Glances {
    /// The glance of somebody: the one of a moment ago where nothing that rights follow from has changed, else a new one.
    /// A post ends by the clock, too, and no entry says so: a glance is for the posts that are held now.
    pub(super) fn of<T: Serialize>(
        &self,
        app: &App,
        (person, now): (PersonId, Timestamp),
        make: impl FnOnce() -> Result<T, Problem>,
    ) -> Result<Arc<Glance>, Problem> {
        let stand = app.live().revisions.whole();
        let register = app.desk().register();
        let held = register.appointments_of(person).filter(|held| held.holds_at(now));
        let posts: Vec<AppointmentId> = held.map(|held| held.id).collect();
        let kept = self.lock().get(&person).cloned();
        if let Some(kept) = kept.filter(|kept| kept.posts == posts && kept.is_fresh(stand)) {
            return Ok(kept);
        }
        let body = serde_json::to_vec(&make()?).expect("what is shown has text keys");
        let tag = output::tag(&body);
        let glance =
            Arc::new(Glance { tag, body: body.into(), posts, stand, made: Instant::now() });
        let mut all = self.lock();
        if all.len() >= MOST {
            all.clear();
        }
        all.insert(person, Arc::clone(&glance));
        Ok(glance)
    }

    pub(super) fn lately(&self) -> &Lately {
        &self.lately
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, FxHashMap<PersonId, Arc<Glance>>> {
        self.by_person.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Glance {
    fn is_fresh(&self, (wide, all): (u64, u64)) -> bool {
        let limit = if self.stand.1 == all { WHILE_NOTHING_HAPPENS } else { WHILE_ANSWERS_COME };
        self.stand.0 == wide && self.made.elapsed() < limit
    }
}
