//! What the record says of every system, held in memory: a question about a nation does not read them all again.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use bongsu_authority::{InstitutionId, SystemId};
use bongsu_store::Error;
use jiff::Timestamp;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::{Desk, Touched};

/// Which systems there are, as the record has them.
#[derive(Debug, Default)]
pub struct Systems {
    /// How many.
    pub count: u64,
    /// Those that face the internet.
    pub facing: FxHashSet<SystemId>,
    /// When the oldest inventory of each institution was made: one stale system is a question.
    pub oldest: FxHashMap<InstitutionId, Timestamp>,
}

/// The systems of the nation, read again when an inventory was published.
#[derive(Debug, Default)]
pub struct Roll {
    published: Arc<AtomicU64>,
    /// Held while they are read, so that of many who ask one reads.
    held: Mutex<Option<Held>>,
}

#[derive(Debug)]
struct Held {
    published: u64,
    read: Instant,
    systems: Arc<Systems>,
}

/// How old what is held may be: what another replica publishes is told to nobody here.
const OLDEST: Duration = Duration::from_secs(30);

impl Roll {
    /// Follows what a desk publishes.
    pub fn of(desk: &Desk) -> Self {
        let roll = Self::default();
        let published = Arc::clone(&roll.published);
        desk.watch(move |touched, _| {
            if let Touched::Inventory(_) = touched {
                published.fetch_add(1, Ordering::AcqRel);
            }
        });
        roll
    }

    /// The systems as they stand.
    ///
    /// # Errors
    /// The store could not be read.
    pub fn systems(&self, desk: &Desk) -> Result<Arc<Systems>, Error> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        // Noted before they are read: what is published meanwhile is read next time.
        let published = self.published.load(Ordering::Acquire);
        if let Some(held) = &*held
            && held.published == published
            && held.read.elapsed() < OLDEST
        {
            return Ok(Arc::clone(&held.systems));
        }
        let mut systems = Systems::default();
        for (id, one) in desk.store().systems()? {
            systems.count += 1;
            if one.exposed {
                systems.facing.insert(id);
            }
            let made = systems.oldest.entry(one.institution).or_insert(one.as_of);
            *made = one.as_of.min(*made);
        }
        let systems = Arc::new(systems);
        let read = Instant::now();
        *held = Some(Held { published, read, systems: Arc::clone(&systems) });
        Ok(systems)
    }
}
