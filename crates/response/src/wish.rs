//! What somebody wants to happen. A machine turns a wish into events, or refuses it.

use std::collections::BTreeSet;

use jiff::Timestamp;

use bongsu_authority::{
    ActId, Appointment, AppointmentId, CaseId, Delegation, DelegationId, Institution,
    InstitutionId, PersonId, SystemId,
};

use crate::case::{Opening, Triage};
use crate::event::IssueClocks;
use crate::{
    ActKind, Addressee, Assessment, Draft, Embargo, Evidence, Exploitation, Fix, Member, Remedy,
    Term,
};

/// One wish; the store takes it with a permit and a request id, and records it whole or not at all.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs, reason = "the line of the variant says what its fields are")]
pub enum Wish {
    /// Enter institutions, or replace their records.
    Enrol(Vec<Institution>),
    /// Appoint officers.
    Appoint(Vec<Appointment>),
    /// End an appointment.
    EndAppointment { appointment: AppointmentId, until: Timestamp },
    /// Delegate to a provider.
    Delegate(Delegation),
    /// Take a delegation back.
    EndDelegation { delegation: DelegationId, until: Timestamp },
    /// Publish the inventory of a system; open obligations of the institution are looked at again by the caller.
    PublishInventory {
        institution: InstitutionId,
        system: SystemId,
        digest: Evidence,
        components: u32,
        exposed: bool,
        as_of: Timestamp,
    },
    /// Open a case.
    OpenCase { case: CaseId, opening: Opening },
    /// Do something to a case.
    Case { case: CaseId, wish: CaseWish },
    /// Write a draft, or write it anew; for an act that is issued, write its amendment.
    DraftAct {
        act: ActId,
        case: CaseId,
        kind: ActKind,
        draft: Draft,
        /// SHA-256 of [`Draft::canonical`]; whoever records the wish computes it, never whoever sends it.
        text: Evidence,
    },
    /// Do something to an act.
    Act { act: ActId, wish: ActWish },
    /// Do something to one obligation.
    Obligation { act: ActId, institution: InstitutionId, wish: Answer },
    /// A channel has receipts.
    Deliver { act: ActId, institutions: Vec<InstitutionId>, channel: String },
}

/// What can be done to a case.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs, reason = "the line of the variant says what its fields are")]
pub enum CaseWish {
    Screen,
    /// Of a severe claim two persons are needed: the first proposes, the second rejects.
    Reject {
        why: String,
    },
    Validate,
    Confirm {
        why: String,
    },
    Coordinate {
        embargo: Embargo,
    },
    Publish {
        why: String,
    },
    Merge {
        into: CaseId,
        why: String,
    },
    Split {
        why: String,
    },
    Identify {
        identifiers: BTreeSet<String>,
    },
    Triage(Triage),
    Exploit {
        exploitation: Exploitation,
        since: Timestamp,
        said_by: String,
    },
    Remedy(Fix),
    SetEmbargo(Option<Embargo>),
    AddMember(Member),
    RemoveMember(PersonId),
    Read {
        why: String,
    },
    Reopen {
        why: String,
    },
    Close,
}

/// What can be done to an act.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs, reason = "the line of the variant says what its fields are")]
pub enum ActWish {
    /// A second person reviewed exactly this text.
    Review {
        text: Evidence,
    },
    /// The director signs exactly the reviewed text.
    Sign {
        text: Evidence,
        signature: String,
        clocks: IssueClocks,
        addressees: Vec<Addressee>,
    },
    Amend {
        text: Evidence,
        signature: String,
        clocks: IssueClocks,
        added: Vec<Addressee>,
        released: Vec<InstitutionId>,
        why: String,
    },
    Withdraw {
        why: String,
    },
    Complete,
    /// Something became known that shortens clocks.
    Reclock {
        clocks: IssueClocks,
        why: String,
    },
    /// Names of who is affected or late are read.
    ReadNames {
        rows: u32,
        why: String,
    },
}

/// What can be done to an obligation.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs, reason = "the line of the variant says what its fields are")]
pub enum Answer {
    Unreachable,
    Acknowledge,
    Assess {
        assessment: Assessment,
        contradicts_inventory: bool,
    },
    Plan {
        until: Timestamp,
    },
    Mitigate {
        how: String,
    },
    /// Claim that it is fixed.
    Claim {
        remedy: Remedy,
        evidence: Evidence,
    },
    Countersign,
    Verify {
        evidence: Evidence,
        how: String,
    },
    Refute {
        evidence: Evidence,
        how: String,
    },
    ForensicCheck {
        clean: bool,
        evidence: Evidence,
    },
    AskExtension {
        until: Timestamp,
        why: String,
    },
    DecideExtension {
        granted: Option<Timestamp>,
        why: String,
    },
    AskWaiver {
        until: Timestamp,
        control: String,
    },
    DecideWaiver {
        granted: Option<Term>,
        why: String,
    },
    ExpireWaiver,
    Assist {
        team: String,
    },
    Regress {
        evidence: Evidence,
    },
    Close {
        remedy: Option<Remedy>,
    },
}
