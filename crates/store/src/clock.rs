//! The time of an entry: it never runs backwards, whatever the machine's clock says.
//!
//! Whoever reads the record judges deadlines by its order, so an entry may not be older than the one before it. Requests
//! that wait a moment beside each other come out of order by that moment; they take the time of the last entry. A clock
//! that is off by more is not guessed at: nothing is recorded until somebody has set it.

use jiff::{SignedDuration, Timestamp};

use crate::error::Error;

/// How far the clock may be off from the last entry.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Clock {
    /// A request may be made so long before the last entry; it is recorded with the time of that.
    ///
    /// After a clock ran ahead and was set right, a longer one lets work go on: time stands still in the record until
    /// the clock has caught up.
    pub behind: SignedDuration,
    /// A request may be made so long after the last entry.
    pub ahead: SignedDuration,
}

impl Default for Clock {
    /// A minute behind, as witnesses allow; five years ahead, which no node sleeps and a broken clock exceeds.
    fn default() -> Self {
        Self {
            behind: SignedDuration::from_secs(60),
            ahead: SignedDuration::from_hours(24 * 365 * 5),
        }
    }
}

impl Clock {
    /// The time of an entry that is wished for at `now`.
    ///
    /// # Errors
    /// [`Error::ClockBehind`] and [`Error::ClockAhead`].
    pub(crate) fn time(self, last: Option<Timestamp>, now: Timestamp) -> Result<Timestamp, Error> {
        let Some(last) = last else { return Ok(now) };
        let after = now.duration_since(last);
        if after < -self.behind {
            return Err(Error::ClockBehind { now, last });
        }
        if after > self.ahead {
            return Err(Error::ClockAhead { now, last });
        }
        Ok(now.max(last))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_never_older_than_the_one_before() {
        #[rustfmt::skip]
        let table = [
            // now                     recorded at                why
            ("2026-11-22T09:00:01Z",   Some("2026-11-22T09:00:01Z"), "time went on"),
            ("2026-11-22T09:00:00Z",   Some("2026-11-22T09:00:00Z"), "the same instant"),
            ("2026-11-22T08:59:59Z",   Some("2026-11-22T09:00:00Z"), "it waited beside the last one"),
            ("2026-11-22T08:59:00Z",   Some("2026-11-22T09:00:00Z"), "a minute is the limit"),
            ("2026-11-22T08:58:59Z",   None,                         "a clock that was set back"),
            ("1970-01-01T00:00:00Z",   None,                         "a clock without a battery"),
            ("2031-11-20T00:00:00Z",   Some("2031-11-20T00:00:00Z"), "a node that slept for long"),
            ("2036-11-22T09:00:00Z",   None,                         "a clock ten years ahead"),
        ];
        let last: Timestamp = "2026-11-22T09:00:00Z".parse().unwrap();
        for (now, at, why) in table {
            let got = Clock::default().time(Some(last), now.parse().unwrap()).ok();
            assert_eq!(got, at.map(|at| at.parse().unwrap()), "{now}: {why}");
            assert!(Clock::default().time(None, now.parse().unwrap()).is_ok(), "the first is free");
        }
    }

    #[test]
    fn a_longer_limit_lets_work_go_on_after_a_clock_ran_ahead() {
        let last: Timestamp = "2027-11-22T09:00:00Z".parse().unwrap();
        let now: Timestamp = "2026-11-22T09:00:00Z".parse().unwrap();
        let patient = Clock { behind: SignedDuration::from_hours(24 * 366), ..Clock::default() };
        assert_eq!(patient.time(Some(last), now).unwrap(), last);
    }
}
