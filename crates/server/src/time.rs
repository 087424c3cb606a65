//! What time it is: the machine's, or a drill's own.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::Timestamp;

/// The clock a node lives on. Cloned, it is the same clock.
#[derive(Clone, Debug, Default)]
pub struct Time(Option<Arc<AtomicI64>>);

impl Time {
    /// The clock of the machine.
    pub fn system() -> Self {
        Self(None)
    }

    /// A clock that stands at an instant until it is moved; for drills.
    pub fn drill(at: Timestamp) -> Self {
        Self(Some(Arc::new(AtomicI64::new(at.as_microsecond()))))
    }

    /// What time it is.
    pub fn now(&self) -> Timestamp {
        let Some(held) = &self.0 else { return Timestamp::now() };
        let micros = held.load(Ordering::Relaxed);
        Timestamp::from_microsecond(micros).expect("it was put there as an instant")
    }

    /// Moves a drill's clock on, never back; says whether this is one.
    pub fn advance(&self, to: Timestamp) -> bool {
        let Some(held) = &self.0 else { return false };
        held.fetch_max(to.as_microsecond(), Ordering::Relaxed);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_drill_s_clock_only_goes_on() {
        let night: Timestamp = "2026-11-21T02:10:00+09:00".parse().unwrap();
        let time = Time::drill(night);
        let copy = time.clone();
        assert!(copy.advance(night + jiff::SignedDuration::from_hours(1)));
        assert!(copy.advance(night));
        assert_eq!(time.now(), night + jiff::SignedDuration::from_hours(1));
        assert!(!Time::system().advance(night));
    }
}
