//! What time alone does: waivers run out, what is verified is closed, and the ladder says who must hear.
//!
//! Who must hear is derived from clocks and states and never recorded; only what ends is.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use bongsu_authority::ActId;
use bongsu_response::escalation::{self, Rung};
use bongsu_response::{ActState, Answer, Engine, Obligation, Status, Wish};
use bongsu_store::Error;
use jiff::Timestamp;

use crate::{Desk, Who};

/// What a look at the clock did and found.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Ticked {
    /// Waivers that ran out.
    pub expired: u32,
    /// Obligations closed: verified, and nothing more is needed.
    pub closed: u32,
    /// Verified, but something more is needed first, such as a forensic check.
    pub waiting: u32,
    /// For each issued act how many open obligations stand on each rung of the ladder.
    pub rungs: BTreeMap<ActId, BTreeMap<Rung, u64>>,
}

/// Does what is due at `now`; doing it again is harmless.
///
/// # Errors
/// As [`Desk::record`]; what was recorded before stays.
pub fn tick(desk: &Desk, now: Timestamp) -> Result<Ticked, Error> {
    let mut due = desk.store().left_to_the_clock()?;
    due.retain(|owed| is_due(owed, now));
    let mut ticked = Ticked::default();
    for (status, moved) in all(desk, &due, now)? {
        match (status, moved) {
            (Status::Waived, true) => ticked.expired += 1,
            (Status::Verified, true) => ticked.closed += 1,
            (Status::Verified, false) => ticked.waiting += 1,
            _ => {}
        }
    }
    for act in desk.store().acts()? {
        if act.state == ActState::Issued {
            let rungs = ticked.rungs.entry(act.id).or_default();
            for owed in desk.store().open_under(act.id)? {
                *rungs.entry(escalation::level(&owed, now)).or_default() += 1;
            }
        }
    }
    Ok(ticked)
}

fn is_due(owed: &Obligation, now: Timestamp) -> bool {
    match owed.status {
        Status::Waived => owed.waiver.as_ref().is_some_and(|term| term.until <= now),
        status => status == Status::Verified,
    }
}

/// Threads that record; each waits for its answer, so many share a commit.
const RECORDERS: usize = 16;

/// Records the end of each; says for each whether the rules allowed it.
fn all(desk: &Desk, due: &[Obligation], now: Timestamp) -> Result<Vec<(Status, bool)>, Error> {
    let next = AtomicUsize::new(0);
    let done = Mutex::new(Vec::with_capacity(due.len()));
    let work = || -> Result<(), Error> {
        while let Some(owed) = due.get(next.fetch_add(1, Ordering::Relaxed)) {
            let moved = end(desk, owed, now)?;
            let mut done = done.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            done.push((owed.status, moved));
        }
        Ok(())
    };
    thread::scope(|scope| {
        let workers: Vec<_> = (0..RECORDERS.min(due.len())).map(|_| scope.spawn(work)).collect();
        let join = |worker: thread::ScopedJoinHandle<'_, _>| {
            worker.join().expect("a recorder does not panic")
        };
        workers.into_iter().try_for_each(join)
    })?;
    Ok(done.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner))
}

fn end(desk: &Desk, owed: &Obligation, now: Timestamp) -> Result<bool, Error> {
    let wish = match owed.status {
        Status::Waived => Answer::ExpireWaiver,
        _ => Answer::Close { remedy: None },
    };
    let wish = Wish::Obligation { act: owed.act, institution: owed.institution, wish };
    match desk.record(Who::Engine(Engine::Clock), wish, now) {
        Ok(receipt) => Ok(receipt.entries > 0),
        Err(Error::Refused(_)) => Ok(false),
        Err(error) => Err(error),
    }
}
