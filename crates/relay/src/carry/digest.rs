//! When somebody's digest is due: everything that can wait comes in one mail a period, so that nobody learns to look away.

use bongsu_authority::InstitutionId;
use jiff::{SignedDuration, Timestamp};

use super::zone::Zone;

/// How often digests are.
#[derive(Clone, Debug)]
pub struct Digests {
    /// The period, counted from midnight of the reader.
    pub every: SignedDuration,
    /// The zone of those who have put none.
    pub zone: Zone,
}

impl Default for Digests {
    fn default() -> Self {
        Self { every: SignedDuration::from_hours(1), zone: Zone::default() }
    }
}

impl Digests {
    /// The next digest of an institution after an instant.
    ///
    /// Each has a moment of its own in the first twelfth of the period: the relay is not flooded on the hour, and all that
    /// waits for one reader is due at the very same instant, hence taken together.
    pub fn next(
        &self,
        institution: InstitutionId,
        zone: Option<&Zone>,
        after: Timestamp,
    ) -> Timestamp {
        let room = (self.every.as_micros() / 12).max(1);
        let own = u64::from_be_bytes(institution.0[..8].try_into().expect("sixteen bytes"));
        let phase = i64::try_from(i128::from(own) % room).unwrap_or(0);
        let phase = SignedDuration::from_micros(phase);
        zone.unwrap_or(&self.zone).next(after, self.every, phase)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_institution_has_one_moment_for_all_that_waits() {
        let digests = Digests::default();
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let one = InstitutionId([0x5a; 16]);
        let next = digests.next(one, None, at("2026-11-22T09:10:00Z"));
        assert_eq!(next, digests.next(one, None, at("2026-11-22T09:59:59Z")));
        assert!(next >= at("2026-11-22T10:00:00Z") && next < at("2026-11-22T10:05:00Z"), "{next}");
        assert_ne!(next, digests.next(InstitutionId([0x1a; 16]), None, at("2026-11-22T09:10:00Z")));
    }
}
