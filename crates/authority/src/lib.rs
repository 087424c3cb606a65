//! Who may: nodes, institutions, jurisdiction, officers, need-to-know, permits.

pub mod access;
mod id;
mod institution;
mod label;
mod node;
mod officer;

pub use id::{
    ActId, AppointmentId, CaseId, DelegationId, DrillId, IncidentId, InstitutionId, ParseIdError,
    PersonId, SystemId,
};
pub use institution::{Institution, Jurisdiction, Mark, Ownership, Size};
pub use label::{Grade, Label, Tlp};
pub use node::{Domain, NodeCode, ParseNodeCodeError, Role};
pub use officer::{Appointment, Delegation, Post, Power, Seat};
