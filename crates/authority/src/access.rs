//! Who may do what: one pure function, and permits that only it can make.

use jiff::Timestamp;

use crate::PersonId;

/// A right that was asked for and given; the store demands one for every change and every read of names.
///
/// Its fields are private, so [`decide`] is the only way to get one.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Permit {
    person: PersonId,
    at: Timestamp,
}
