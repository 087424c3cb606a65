//! Who may: nodes, institutions, jurisdiction, officers, need-to-know, permits.

pub mod access;
pub mod alert;
mod dated;
mod id;
mod institution;
mod label;
pub mod names;
mod node;
mod officer;
mod reasons;
pub mod register;

pub use dated::{Dated, Table, TableError};
pub use id::{
    ActId, AppointmentId, CaseId, DelegationId, DrillId, IncidentId, InstitutionId, ListId,
    ParseIdError, PersonId, SystemId,
};
pub use institution::{Institution, Jurisdiction, Mark, Ownership, Size};
pub use label::{Grade, Label, Tlp};
pub use node::{Domain, NodeCode, ParseNodeCodeError, Role};
pub use officer::{Appointment, Delegation, Post, Power, Seat};
pub use register::Register;
