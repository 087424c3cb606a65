//! Who goes first when there is no room for everybody.
//!
//! Each class has places of its own and a queue in front of them. While an answer or a directive waits, what is less
//! urgent is sent away at the door, so that only what was begun before is still served beside them. A place is held until
//! the work is done, also where whoever asked has gone.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::chance;
use crate::problem::Problem;
use crate::signin::limits::{Limits, Rate};

/// How urgent a route is; the last is the first to be sent away.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Class {
    /// Health, signing in: without them nobody can help.
    Vital,
    /// Answers and directives: these are never sent away while anything else is served.
    Answer,
    /// Reading what one owes.
    Read,
    /// Pictures, lists, uploads: what can come again in a minute.
    Later,
}

impl Class {
    /// Every class, the most urgent first.
    pub const ALL: [Self; 4] = [Self::Vital, Self::Answer, Self::Read, Self::Later];

    /// As it is called in metrics and logs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Vital => "vital",
            Self::Answer => "answer",
            Self::Read => "read",
            Self::Later => "later",
        }
    }
}

/// Room for one class.
#[derive(Clone, Copy, Debug)]
pub struct Share {
    /// How many are worked on at once; each may hold a thread that waits for the disk.
    pub at_once: u32,
    /// How many wait; one more is sent away.
    pub waiting: u32,
    /// How long one waits before it is sent away; for ever, where none.
    pub patience: Option<Duration>,
    /// How often one caller, or one address that shows nobody, may come.
    pub rate: Rate,
}

/// Room for each class, in the order of [`Class::ALL`].
#[derive(Clone, Copy, Debug)]
pub struct Shares(pub [Share; 4]);

impl Default for Shares {
    fn default() -> Self {
        let share = |at_once, waiting, seconds, rate| Share {
            at_once,
            waiting,
            patience: Some(Duration::from_secs(seconds)),
            rate,
        };
        // Together fewer than the 512 threads of the runtime that may wait.
        Self([
            share(64, 1_000, 5, Rate::a_second(50, 500)),
            Share { patience: None, ..share(256, 100_000, 0, Rate::a_second(200, 2_000)) },
            share(64, 4_096, 5, Rate::a_second(200, 2_000)),
            share(8, 64, 2, Rate::a_second(20, 200)),
        ])
    }
}

impl Shares {
    /// The same room, however often one caller comes: for measuring.
    #[must_use]
    pub fn without_rates(mut self) -> Self {
        for share in &mut self.0 {
            share.rate = Rate { burst: u32::MAX, every: Duration::from_micros(1) };
        }
        self
    }
}

/// Room for everybody.
#[derive(Debug)]
pub struct Admission {
    rooms: [Room; 4],
    /// Documents on their way in.
    arriving: Arc<Semaphore>,
    often: Limits,
}

/// Documents that arrive at the same time; one more is sent away.
const ARRIVING: usize = 64;

#[derive(Debug)]
struct Room {
    share: Share,
    places: Arc<Semaphore>,
    waiting: AtomicU32,
}

/// A place, until it and its copies are dropped.
#[derive(Clone, Debug)]
pub(crate) struct Place(#[expect(dead_code, reason = "it is held")] Arc<OwnedSemaphorePermit>);

tokio::task_local! {
    /// The place of the request at hand, for the work it begins on other threads.
    pub(crate) static PLACE: Place;
}

impl Admission {
    pub(crate) fn new(shares: &Shares) -> Self {
        let room = |share: Share| Room {
            places: Arc::new(Semaphore::new(share.at_once as usize)),
            waiting: AtomicU32::new(0),
            share,
        };
        let arriving = Arc::new(Semaphore::new(ARRIVING));
        Self { rooms: shares.0.map(room), arriving, often: Limits::default() }
    }

    /// Counts one more request of a caller.
    ///
    /// # Errors
    /// [`Problem`] 429 where there were too many.
    pub(crate) fn count(&self, class: Class, caller: impl std::hash::Hash) -> Result<(), Problem> {
        let rate = self.rooms[class as usize].share.rate;
        self.often.take((class, caller), rate).map_err(Problem::too_often)
    }

    /// Waits for a place.
    ///
    /// # Errors
    /// [`Problem`] 503 where there is none, or what is more urgent waits.
    pub(crate) async fn enter(&self, class: Class) -> Result<Place, Problem> {
        let room = &self.rooms[class as usize];
        if class > Class::Answer && self.waiting(Class::Answer) > 0 {
            return Err(away());
        }
        if let Ok(permit) = Arc::clone(&room.places).try_acquire_owned() {
            return Ok(Place(Arc::new(permit)));
        }
        let _queue = room.queue().ok_or_else(away)?;
        let place = Arc::clone(&room.places).acquire_owned();
        let permit = match room.share.patience {
            None => place.await,
            Some(patience) => tokio::time::timeout(patience, place).await.map_err(|_| away())?,
        };
        let permit = permit.expect("this semaphore is never closed");
        if class > Class::Answer && self.waiting(Class::Answer) > 0 {
            return Err(away()); // something more urgent came while this waited
        }
        Ok(Place(Arc::new(permit)))
    }

    /// A place for a document that arrives.
    ///
    /// # Errors
    /// [`Problem`] 503 where too many do.
    pub(crate) fn arriving(&self) -> Result<Place, Problem> {
        let permit = Arc::clone(&self.arriving).try_acquire_owned().map_err(|_| away())?;
        Ok(Place(Arc::new(permit)))
    }

    /// How many of a class wait for a place.
    pub fn waiting(&self, class: Class) -> u32 {
        self.rooms[class as usize].waiting.load(Relaxed)
    }

    /// How many of a class are worked on.
    pub fn at_work(&self, class: Class) -> u32 {
        let room = &self.rooms[class as usize];
        let free = u32::try_from(room.places.available_permits()).unwrap_or(u32::MAX);
        room.share.at_once.saturating_sub(free)
    }
}

/// Who waits, until it is dropped.
struct Queued<'a>(&'a AtomicU32);

impl Room {
    fn queue(&self) -> Option<Queued<'_>> {
        let before = self.waiting.fetch_add(1, Relaxed);
        let queued = Queued(&self.waiting);
        (before < self.share.waiting).then_some(queued)
    }
}

impl Drop for Queued<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Relaxed);
    }
}

/// No room; come again, but not all at the same moment.
fn away() -> Problem {
    Problem::busy(1 + u32::from(chance::byte()) % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn narrow() -> Admission {
        let mut shares = Shares::default();
        for share in &mut shares.0 {
            (share.at_once, share.waiting) = (1, 2);
            share.patience = share.patience.map(|_| Duration::from_millis(50));
        }
        Admission::new(&shares)
    }

    #[tokio::test]
    async fn while_an_answer_waits_what_is_less_urgent_is_sent_away() {
        let admission = Arc::new(narrow());
        let first = admission.enter(Class::Answer).await.unwrap();
        assert!(admission.enter(Class::Later).await.is_ok(), "nobody waits yet");
        let second = {
            let admission = Arc::clone(&admission);
            tokio::spawn(async move { admission.enter(Class::Answer).await.map(|_| ()) })
        };
        while admission.waiting(Class::Answer) == 0 {
            tokio::task::yield_now().await;
        }
        for class in [Class::Read, Class::Later] {
            assert_eq!(admission.enter(class).await.unwrap_err().status(), 503);
        }
        assert!(admission.enter(Class::Vital).await.is_ok());
        drop(first);
        assert_eq!(second.await.unwrap(), Ok(()), "an answer is never sent away");
        assert!(admission.enter(Class::Later).await.is_ok());
    }

    #[tokio::test]
    async fn a_queue_has_an_end_and_a_time() {
        let admission = Arc::new(narrow());
        let held = admission.enter(Class::Read).await.unwrap();
        let waits = |_| {
            let admission = Arc::clone(&admission);
            tokio::spawn(async move { admission.enter(Class::Read).await.map(|_| ()) })
        };
        let waiting: Vec<_> = (0..3).map(waits).collect();
        let mut away = 0;
        for one in waiting {
            away += usize::from(one.await.unwrap().is_err());
        }
        assert_eq!(away, 3, "one at the door, two after their time");
        assert_eq!(admission.waiting(Class::Read), 0);
        drop(held);
        assert_eq!(admission.at_work(Class::Read), 0);
    }

    #[test]
    fn fifty_thousand_polls_of_one_caller_are_limited_and_others_come_through() {
        let admission = Admission::new(&Shares::default());
        let good = (0..50_000).filter(|_| admission.count(Class::Read, "loud").is_ok()).count();
        assert!((2_000..10_000).contains(&good), "{good}");
        for number in 0..1_000 {
            assert!(admission.count(Class::Read, ("calm", number)).is_ok(), "{number}");
        }
        assert!(admission.count(Class::Answer, "loud").is_ok(), "its answers still come");
    }
}
