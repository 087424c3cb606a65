//! Sums over a whole act, counted once until something changes: many pages of one desk show the same.

use std::sync::{Arc, Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};
use rustc_hash::FxHashMap;
use serde::Serialize;
use serde_json::Value;

use crate::app::App;
use crate::problem::Problem;

/// Of what was recorded, and when, by the node's clock.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moment {
    stand: (u64, u64),
    at: Timestamp,
}

/// While nothing happens, only the clock changes who is late.
const WHILE_NOTHING_HAPPENS: SignedDuration = SignedDuration::from_secs(10);

impl Moment {
    /// This one; taken *before* what is kept is read, so that what changes meanwhile makes it old.
    pub(crate) fn this(app: &App, now: Timestamp) -> Self {
        Self { stand: app.live().revisions.whole(), at: now }
    }

    /// Is what was read at this moment still true at a later one?
    pub(crate) fn holds_at(&self, later: &Self) -> bool {
        let age = later.at.duration_since(self.at);
        self.stand == later.stand && age >= SignedDuration::ZERO && age <= WHILE_NOTHING_HAPPENS
    }
}

/// Sums that are kept; past them all are dropped and counted anew as they are asked for.
const MOST: usize = 256;

/// Sums that were counted a moment ago, by name.
#[derive(Debug, Default)]
pub(crate) struct Sums(Mutex<FxHashMap<String, (Moment, Arc<Value>)>>);

impl Sums {
    /// What was counted under a name, else what is counted now. Whoever asks has just been given a permit for all that the
    /// name says, and the name says everything that the count depends on.
    pub(crate) fn of<T: Serialize>(
        &self,
        app: &App,
        name: String,
        now: Timestamp,
        count: impl FnOnce() -> Result<T, Problem>,
    ) -> Result<Arc<Value>, Problem> {
        let moment = Moment::this(app, now);
        let kept = self.lock().get(&name).cloned();
        if let Some((_, said)) = kept.filter(|(then, _)| then.holds_at(&moment)) {
            return Ok(said);
        }
        let said = Arc::new(serde_json::to_value(count()?).expect("what is shown has text keys"));
        let mut all = self.lock();
        if all.len() >= MOST {
            all.clear();
        }
        all.insert(name, (moment, Arc::clone(&said)));
        Ok(said)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, FxHashMap<String, (Moment, Arc<Value>)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
