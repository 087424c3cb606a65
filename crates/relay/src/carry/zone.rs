//! In which zone somebody reads a clock.

use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// A zone: a fixed offset, and the name that people know it by.
///
/// - **Shape:** minutes east of UTC, -1080 to 1080; a name of up to 8 letters.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(try_from = "Wire", into = "Wire")]
pub struct Zone {
    minutes: i16,
    name: String,
}

#[derive(Deserialize, Serialize)]
struct Wire {
    minutes: i16,
    name: String,
}

/// Why something is no zone.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error(
    "a zone is minutes east of UTC from -1080 to 1080 and a name of 1 to 8 letters, such as 540 and KST"
)]
pub struct ZoneError;

impl Default for Zone {
    fn default() -> Self {
        Self { minutes: 540, name: "KST".to_owned() }
    }
}

impl Zone {
    /// A zone.
    ///
    /// # Errors
    /// [`ZoneError`] with an example.
    pub fn new(minutes: i16, name: &str) -> Result<Self, ZoneError> {
        let lettered =
            (1..=8).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_alphabetic());
        if !(-1080..=1080).contains(&minutes) || !lettered {
            return Err(ZoneError);
        }
        Ok(Self { minutes, name: name.to_owned() })
    }

    fn tz(&self) -> TimeZone {
        let offset = Offset::from_seconds(i32::from(self.minutes) * 60);
        TimeZone::fixed(offset.unwrap_or(Offset::UTC))
    }

    /// An instant twice: as this zone's clocks show it, with the zone, and as RFC 3339 writes it.
    pub fn both(&self, at: Timestamp) -> String {
        let local = at.to_zoned(self.tz()).strftime("%Y-%m-%d %H:%M").to_string();
        let zoned = at.to_zoned(self.tz()).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string();
        format!("{local} {} ({zoned})", self.name)
    }

    /// An instant in a few characters.
    pub fn short(&self, at: Timestamp) -> String {
        at.to_zoned(self.tz()).strftime("%m-%d %H:%M").to_string()
    }

    /// The first instant after `at` that is a whole number of periods, and a little more, after midnight here.
    pub fn next(&self, at: Timestamp, every: SignedDuration, phase: SignedDuration) -> Timestamp {
        let every = every.as_micros().max(1);
        let shift = i128::from(self.minutes) * 60_000_000 - phase.as_micros();
        let since = i128::from(at.as_microsecond()) + shift;
        let next = (since.div_euclid(every) + 1) * every - shift;
        let next = i64::try_from(next).unwrap_or(i64::MAX);
        Timestamp::from_microsecond(next).unwrap_or(Timestamp::MAX)
    }
}

impl TryFrom<Wire> for Zone {
    type Error = ZoneError;

    fn try_from(wire: Wire) -> Result<Self, ZoneError> {
        Self::new(wire.minutes, &wire.name)
    }
}

impl From<Zone> for Wire {
    fn from(zone: Zone) -> Self {
        Self { minutes: zone.minutes, name: zone.name }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_is_written_in_the_readers_zone_and_in_rfc_3339() {
        let at = "2026-11-22T18:30:00Z".parse().unwrap();
        assert_eq!(Zone::default().both(at), "2026-11-23 03:30 KST (2026-11-23T03:30:00+09:00)");
        let nepal = Zone::new(345, "NPT").unwrap();
        assert_eq!(nepal.both(at), "2026-11-23 00:15 NPT (2026-11-23T00:15:00+05:45)");
    }

    #[test]
    fn a_period_is_counted_from_midnight_of_the_zone() {
        let at: Timestamp = "2026-11-22T18:30:00Z".parse().unwrap();
        let (hour, none) = (SignedDuration::from_hours(1), SignedDuration::ZERO);
        let next = |zone: &Zone, every, phase| zone.next(at, every, phase).to_string();
        assert_eq!(next(&Zone::default(), hour, none), "2026-11-22T19:00:00Z");
        let nepal = Zone::new(345, "NPT").unwrap();
        assert_eq!(next(&nepal, hour, none), "2026-11-22T19:15:00Z");
        let day = SignedDuration::from_hours(24);
        assert_eq!(next(&Zone::default(), day, none), "2026-11-23T15:00:00Z");
        assert_eq!(
            next(&Zone::default(), hour, SignedDuration::from_mins(31)),
            "2026-11-22T18:31:00Z"
        );
    }
}
