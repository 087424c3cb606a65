//! Guards that every machine asks for: an officer, a second person, a reason, an instant that lies ahead.

use jiff::Timestamp;

use bongsu_authority::PersonId;

use crate::Refused;
use crate::event::By;
use crate::refused::{Hand, Lack, Moment};

/// The person, where only an officer may do this.
pub(crate) fn officer(by: By, step: &'static str) -> Result<PersonId, Refused> {
    by.person().ok_or(Refused::NeedsOfficer { step })
}

/// Refuses whoever has had a hand in it already.
pub(crate) fn second_person(
    person: PersonId,
    first: Option<PersonId>,
    hand: Hand,
) -> Result<(), Refused> {
    if first == Some(person) { Err(Refused::SamePerson(hand)) } else { Ok(()) }
}

/// Refuses an empty text where a reason is owed.
pub(crate) fn told(lack: Lack, text: &str) -> Result<(), Refused> {
    if text.trim().is_empty() { Err(Refused::Missing(lack)) } else { Ok(()) }
}

/// Refuses an instant that does not lie after another.
pub(crate) fn ahead(what: Moment, given: Timestamp, after: Timestamp) -> Result<(), Refused> {
    if given > after { Ok(()) } else { Err(Refused::TooEarly { what, given, after }) }
}

/// Refuses an instant that lies after the limit.
pub(crate) fn within(what: Moment, given: Timestamp, limit: Timestamp) -> Result<(), Refused> {
    if given <= limit { Ok(()) } else { Err(Refused::TooLate { what, given, limit }) }
}

/// So many days of 24 hours after an instant; the end of time, where there is none.
pub(crate) fn days_after(at: Timestamp, days: i64) -> Timestamp {
    at.checked_add(jiff::SignedDuration::from_hours(24 * days)).unwrap_or(Timestamp::MAX)
}
