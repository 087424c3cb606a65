//! Who goes first: so many at a time, so many to one host, and whoever is slow makes room.

use std::collections::HashMap;
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::Semaphore;

/// How much goes on at a time.
#[derive(Clone, Copy, Debug)]
pub struct Width {
    /// Requests at a time.
    pub quick: usize,
    /// Requests that take longer than a second, besides.
    pub slow: usize,
    /// Requests to one host at a time.
    pub a_host: usize,
    /// Requests that wait for one host; more are told to come again.
    pub waiting: usize,
}

impl Default for Width {
    fn default() -> Self {
        Self { quick: 512, slow: 2048, a_host: 32, waiting: 256 }
    }
}

/// A request that takes longer makes room for others.
const QUICK: Duration = Duration::from_secs(1);

/// Lanes that lead out.
pub(crate) struct Lanes {
    width: Width,
    quick: Arc<Semaphore>,
    slow: Arc<Semaphore>,
    /// Turns at each host that somebody writes to, and how many wait for one; held for a look.
    hosts: Mutex<HashMap<String, Host>>,
}

struct Host {
    turns: Arc<Semaphore>,
    here: usize,
}

/// A place in the queue of a host.
pub(crate) struct Place {
    lanes: Arc<Lanes>,
    host: String,
    turns: Arc<Semaphore>,
}

impl Lanes {
    pub(crate) fn new(width: Width) -> Arc<Self> {
        let (quick, slow) = (Semaphore::new(width.quick), Semaphore::new(width.slow));
        let (quick, slow) = (Arc::new(quick), Arc::new(slow));
        Arc::new(Self { width, quick, slow, hosts: Mutex::default() })
    }

    /// A place in the queue of a host; none where too many wait there.
    pub(crate) fn place(self: &Arc<Self>, host: &str) -> Option<Place> {
        let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        let fresh = || Host { turns: Arc::new(Semaphore::new(self.width.a_host)), here: 0 };
        let found = hosts.entry(host.to_owned()).or_insert_with(fresh);
        if found.here >= self.width.a_host + self.width.waiting {
            return None;
        }
        found.here += 1;
        let turns = Arc::clone(&found.turns);
        Some(Place { lanes: Arc::clone(self), host: host.to_owned(), turns })
    }
}

impl Place {
    /// Does something when it is one's turn.
    pub(crate) async fn go<T>(self, act: impl Future<Output = T>) -> T {
        let _turn = self.turns.acquire().await;
        let quick = self.lanes.quick.acquire().await;
        tokio::pin!(act);
        tokio::select! {
            done = &mut act => return done,
            () = tokio::time::sleep(QUICK) => {}
        }
        // Where the slow lane is full, too, it stays where it is.
        tokio::select! {
            done = &mut act => done,
            _slow = self.lanes.slow.acquire() => {
                drop(quick);
                act.await
            }
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut hosts = self.lanes.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(host) = hosts.get_mut(&self.host) {
            host.here -= 1;
            if host.here == 0 {
                hosts.remove(&self.host);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn who_is_slow_makes_room_for_others() {
        let lanes = Lanes::new(Width { quick: 2, slow: 8, a_host: 2, waiting: 2 });
        for number in 0..3 {
            let place = lanes.place(&format!("slow{number}")).unwrap();
            tokio::spawn(place.go(std::future::pending::<()>()));
        }
        tokio::task::yield_now().await;
        // It would never be its turn behind two that never end.
        lanes.place("live").unwrap().go(async {}).await;
    }

    #[tokio::test]
    async fn one_host_has_so_many_places_and_no_more() {
        let lanes = Lanes::new(Width { quick: 2, slow: 2, a_host: 1, waiting: 2 });
        let held: Vec<_> = (0..3).map(|_| lanes.place("a").unwrap()).collect();
        assert!(lanes.place("a").is_none());
        assert!(lanes.place("b").is_some());
        drop(held);
        assert!(lanes.place("a").is_some());
    }
}
