//! How often something may come: GCRA in a table of fixed size, without a lock.
//!
//! Each key has two places; what falls together with another in one of them seldom does in both. So the memory is the
//! same for one address and for a million.

use std::fmt;
use std::hash::{BuildHasher, Hash, RandomState};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

/// How often: so many at once, and one more each interval.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Rate {
    /// How many may come at once.
    pub burst: u32,
    /// How long it takes until one more may come.
    pub every: Duration,
}

impl Rate {
    /// So many a second, and so many at once.
    pub const fn a_second(number: u32, burst: u32) -> Self {
        Self { burst, every: Duration::from_micros(1_000_000 / number as u64) }
    }

    fn interval(&self) -> u64 {
        u64::try_from(self.every.as_micros()).unwrap_or(u64::MAX / 4)
    }
}

/// A table of rates by key.
pub struct Limits {
    began: Instant,
    places: Box<[AtomicU64]>,
    hashers: [RandomState; 2],
}

impl fmt::Debug for Limits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Limits({} places)", self.places.len())
    }
}

/// Places in a table: half a mebibyte.
const PLACES: usize = 1 << 16;

impl Default for Limits {
    fn default() -> Self {
        let places = (0..PLACES).map(|_| AtomicU64::new(0)).collect();
        Self { began: Instant::now(), places, hashers: [RandomState::new(), RandomState::new()] }
    }
}

impl Limits {
    /// Counts one of `key`.
    ///
    /// # Errors
    /// The time after which it may come again; then it was not counted.
    pub fn take(&self, key: impl Hash, rate: Rate) -> Result<(), Duration> {
        self.at(key, rate, u64::try_from(self.began.elapsed().as_micros()).unwrap_or(u64::MAX / 4))
    }

    /// May one of `key` come? It is not counted.
    ///
    /// # Errors
    /// As [`take`](Self::take).
    pub fn look(&self, key: impl Hash, rate: Rate) -> Result<(), Duration> {
        let now = u64::try_from(self.began.elapsed().as_micros()).unwrap_or(u64::MAX / 4);
        let due = self.pair(key).map(|place| place.load(Relaxed));
        late(due, rate, now)
    }

    fn pair(&self, key: impl Hash) -> [&AtomicU64; 2] {
        let place = |hasher: &RandomState| {
            let hash = usize::try_from(hasher.hash_one(&key) % PLACES as u64).expect("16 bits");
            &self.places[hash]
        };
        [place(&self.hashers[0]), place(&self.hashers[1])]
    }

    fn at(&self, key: impl Hash, rate: Rate, now: u64) -> Result<(), Duration> {
        let pair = self.pair(key);
        let due = pair.map(|place| place.load(Relaxed));
        late(due, rate, now)?;
        let next = due[0].min(due[1]).max(now) + rate.interval();
        for place in pair {
            // Two at the same moment may count as one: a limit need not be exact to a single request.
            place.fetch_max(next, Relaxed);
        }
        Ok(())
    }
}

fn late(due: [u64; 2], rate: Rate, now: u64) -> Result<(), Duration> {
    let interval = rate.interval();
    let room = interval * u64::from(rate.burst.saturating_sub(1));
    let at = due[0].min(due[1]);
    if at > now + room { Err(Duration::from_micros(at - now - room)) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: Rate = Rate { burst: 5, every: Duration::from_secs(1) };

    #[test]
    fn a_burst_is_let_through_and_then_one_each_interval() {
        let limits = Limits::default();
        let took = |at: u64| limits.at("one", RATE, at).is_ok();
        assert_eq!((0..10).filter(|_| took(1_000_000)).count(), 5);
        assert!(!took(1_500_000));
        assert!(took(2_000_000));
        assert!(!took(2_000_001));
        assert_eq!((0..10).filter(|_| took(60_000_000)).count(), 5, "rest gives the burst back");
    }

    #[test]
    fn whoever_is_late_hears_when_to_come_again() {
        let limits = Limits::default();
        for _ in 0..5 {
            limits.at("one", RATE, 1).unwrap();
        }
        let after = limits.at("one", RATE, 1).unwrap_err();
        let after = u64::try_from(after.as_micros()).unwrap();
        assert!(limits.at("one", RATE, after).is_err());
        assert!(limits.at("one", RATE, after + 1).is_ok());
    }

    #[test]
    fn thousands_of_others_take_nobody_s_share() {
        let limits = Limits::default();
        for number in 0..2_000 {
            for _ in 0..10 {
                let _ = limits.at(("flood", number), RATE, 1);
            }
        }
        let free = (0..1_000).filter(|number| limits.at(("calm", *number), RATE, 1).is_ok());
        assert!(free.count() >= 990, "two places in 65,536 fall together seldom");
    }
}
