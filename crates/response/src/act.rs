//! An act and its campaign: what a ministry tells many institutions (domain guide, section 7.2).

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use bongsu_authority::{
    ActId, AppointmentId, CaseId, InstitutionId, Label, Mark, NodeCode, PersonId, Size,
};
use jiff::Timestamp;

use crate::Evidence;
use crate::event::IssueClocks;

/// What kind of act.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ActKind {
    /// Information, no duty.
    Advisory,
    /// Standing rules of conduct.
    Guideline,
    /// Asks for an answer by a date.
    ActionRequest,
    /// Binding; needs a legal basis.
    Directive,
}

/// Where an act stands.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ActState {
    Draft,
    Reviewed,
    /// Signed and issued.
    Issued,
    Completed,
    Withdrawn,
}

/// Who is addressed, before the index says which of them are affected.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct Audience {
    /// Only institutions of these competent ministries; all, where empty.
    pub sectors: BTreeSet<NodeCode>,
    pub sizes: BTreeSet<Size>,
    pub marks: BTreeSet<Mark>,
    /// Also ask those without an inventory: a question, not silence.
    pub ask_unknown: bool,
    /// Address everybody, affected or not.
    pub everybody: bool,
}

/// The text of an act while it is written. What is signed is the SHA-256 of its canonical encoding.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Draft {
    /// The node that issues.
    pub issuer: NodeCode,
    pub title_ko: String,
    pub title_en: String,
    /// What to do, in plain words.
    pub todo_ko: String,
    pub todo_en: String,
    /// Id of the law or rule it rests on; a directive needs one.
    pub legal_basis: Option<String>,
    pub audience: Audience,
    pub label: Label,
    /// A drill says so in its type.
    pub drill: bool,
}

/// What is known of an addressee at issue.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Exposure {
    /// An affected system faces the internet.
    Exposed,
    /// Affected systems, none of which faces the internet.
    Inside,
    /// The inventory cannot tell.
    CannotTell,
    /// There is no inventory, or only a stale one.
    NoInventory,
    /// The inventory says no; addressed because everybody is.
    NotAffected,
}

/// One addressee of a signed act.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Addressee {
    pub institution: InstitutionId,
    pub exposure: Exposure,
    /// Affected systems.
    pub systems: u32,
    /// The accountable officer at issue: the CISO, the deputy, or the head where the post is vacant.
    pub accountable: AppointmentId,
}

/// An act as the fold has it.
#[derive(Clone, Debug, PartialEq)]
pub struct Act {
    pub id: ActId,
    pub case: CaseId,
    pub kind: ActKind,
    pub state: ActState,
    pub draft: Draft,
    pub author: PersonId,
    pub reviewer: Option<PersonId>,
    pub signer: Option<PersonId>,
    /// SHA-256 of the draft's canonical encoding.
    pub text: Evidence,
    pub signature: Option<String>,
    pub issued_at: Option<Timestamp>,
    pub clocks: Option<IssueClocks>,
    /// Counts amendments.
    pub edition: u32,
    pub version: u64,
}
