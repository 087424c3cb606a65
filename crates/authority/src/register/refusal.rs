//! Why the register refuses a change.

use jiff::Timestamp;

use crate::{AppointmentId, DelegationId, InstitutionId, PersonId, Post, Seat, TableError};

/// Why the register refuses a change; then nothing was changed.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum RegisterError {
    /// The institution is not enrolled.
    #[error("institution {0} is not in the register: enrol it first")]
    UnknownInstitution(InstitutionId),
    /// There is no such appointment.
    #[error("appointment {0} is not in the register")]
    UnknownAppointment(AppointmentId),
    /// There is no such delegation.
    #[error("delegation {0} is not in the register")]
    UnknownDelegation(DelegationId),
    /// The id is taken.
    #[error("appointment {0} is in the register with other content: appoint under a new id")]
    AppointmentTaken(AppointmentId),
    /// The id is taken.
    #[error("delegation {0} is in the register with other content: sign a new one under a new id")]
    DelegationTaken(DelegationId),
    /// A field of an institution's record is wrong.
    #[error("the record of institution {institution} is refused: {wrong}")]
    Record {
        /// Whose record.
        institution: InstitutionId,
        /// What is wrong, and what would be right.
        wrong: &'static str,
    },
    /// The end is before the beginning.
    #[error("it would end at {until}, before it begins at {from}: set a later end or none")]
    EndsBeforeItBegins {
        /// The first instant.
        from: Timestamp,
        /// The first instant after it.
        until: Timestamp,
    },
    /// The end is later than the one that is set.
    #[error(
        "it ends at {ends} already: an end only moves earlier; appoint or delegate anew for longer"
    )]
    EndsEarlierAlready {
        /// The end that is set.
        ends: Timestamp,
    },
    /// A post that is not held there.
    #[error("{post:?} is no post at {seat:?}")]
    PostDoesNotFit {
        /// The post.
        post: Post,
        /// The seat.
        seat: Seat,
    },
    /// Two persons at once in a post that one holds.
    #[error(
        "{post:?} is held by appointment {held} in that time: end it first, or appoint a deputy"
    )]
    HeldAlready {
        /// The post.
        post: Post,
        /// The appointment that overlaps.
        held: AppointmentId,
    },
    /// The appointment that is stood in for is not there, elsewhere, of another post, a deputy's or over.
    #[error(
        "a deputy stands in for an appointment to the same post at the same seat, named before it ends"
    )]
    DeputyOfNothing,
    /// A person as their own deputy.
    #[error("person {0} cannot be their own deputy: name another person")]
    OwnDeputy(PersonId),
    /// The provider is the institution itself, or not marked as one.
    #[error(
        "institution {0} is no service provider for this one: mark it as provider, or name another"
    )]
    NoProvider(InstitutionId),
    /// A delegation without powers.
    #[error("the delegation gives no power: name at least one")]
    NoPower,
    /// Signed by somebody who could not sign.
    #[error(
        "person {0} is neither CISO nor head there when the delegation begins: have one of them sign"
    )]
    SignedByStranger(PersonId),
    /// The military lead is not in dispute.
    #[error("a lead is never moved into the military domain or out of it")]
    MilitaryStays,
    /// The dates of leads do not fit.
    #[error("the lead cannot be assigned for that time")]
    Dates(#[from] TableError),
}

crate::reasons!(RegisterError {
    Self::UnknownInstitution(_) => "institution-unknown",
    Self::UnknownAppointment(_) => "appointment-unknown",
    Self::UnknownDelegation(_) => "delegation-unknown",
    Self::AppointmentTaken(_) => "appointment-taken",
    Self::DelegationTaken(_) => "delegation-taken",
    Self::Record { .. } => "institution-record",
    Self::EndsBeforeItBegins { .. } => "ends-before-it-begins",
    Self::EndsEarlierAlready { .. } => "ends-earlier-already",
    Self::PostDoesNotFit { .. } => "post-does-not-fit",
    Self::HeldAlready { .. } => "post-held-already",
    Self::DeputyOfNothing => "deputy-of-nothing",
    Self::OwnDeputy(_) => "own-deputy",
    Self::NoProvider(_) => "no-provider",
    Self::NoPower => "no-power",
    Self::SignedByStranger(_) => "delegation-signed-by-stranger",
    Self::MilitaryStays => "military-stays",
    Self::Dates(_) => "lead-dates",
});
