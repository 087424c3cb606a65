//! What somebody wants to happen. A machine turns a wish into events, or refuses it.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::Serialize;

use bongsu_authority::access::Scope;
use bongsu_authority::{
    ActId, Appointment, AppointmentId, CaseId, Delegation, DelegationId, Institution,
    InstitutionId, ListId, PersonId, SystemId,
};

use crate::case::{Opening, Triage};
use crate::event::IssueClocks;
use crate::{
    ActKind, Addressee, Assessment, Draft, Embargo, Evidence, Exploitation, Fix, Member, NewAlert,
    Remedy, Term,
};

/// One wish; the store takes it with a permit and a request id, and records it whole or not at all.
#[derive(Clone, Debug, PartialEq, Serialize)]
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
    /// Sign an alert of a domain.
    SetAlert(NewAlert),
    /// A channel has receipts.
    Deliver { act: ActId, institutions: Vec<InstitutionId>, channel: String },
}

/// What can be done to a case.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[allow(missing_docs, reason = "the line of the variant says what its fields are")]
pub enum CaseWish {
    /// Format, spam and duplicates were looked at.
    Screen,
    /// Of a severe claim two persons are needed: the first proposes, the second rejects.
    Reject { why: String },
    /// Reproduce it.
    Validate,
    /// It is a flaw; the evidence says why.
    Confirm { why: String },
    /// Tell the supplier, under embargo.
    Coordinate { embargo: Embargo },
    /// Make it public; an embargo ends with it.
    Publish { why: String },
    /// It is the same flaw as another case, and worked there.
    Merge { into: CaseId, why: String },
    /// It is another flaw after all.
    Split { why: String },
    /// Add identifiers.
    Identify { identifiers: BTreeSet<String> },
    /// Set the inputs of the priority tables.
    Triage(Triage),
    /// Exploitation became known, or a claim of it was withdrawn.
    Exploit { exploitation: Exploitation, since: Timestamp, said_by: String },
    /// The state of the remedy changed.
    Remedy(Fix),
    /// Set, change or lift the embargo.
    SetEmbargo(Embargo),
    /// End it before its time: the first of two persons says until when, or at once, and why.
    ProposeLift { until: Option<Timestamp>, why: String },
    /// Agree to exactly that.
    LiftEmbargo { until: Option<Timestamp> },
    /// Not agree: the embargo stays.
    KeepEmbargo { why: String },
    /// Let somebody into the compartment.
    AddMember(Member),
    /// Let somebody go from it.
    RemoveMember(PersonId),
    /// Read what only members may read.
    Read { why: String },
    /// A new fact.
    Reopen { why: String },
    /// Nothing is owed any more.
    Close,
}

/// What can be done to an act.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[allow(missing_docs, reason = "the line of the variant says what its fields are")]
pub enum ActWish {
    /// A second person reviewed exactly this text; of the amendment, where the act is issued.
    Review { text: Evidence },
    /// The director signs exactly the reviewed text.
    Sign { text: Evidence, signature: String, clocks: IssueClocks, addressees: Vec<Addressee> },
    /// The director signs exactly the reviewed text of the amendment.
    Amend {
        text: Evidence,
        signature: String,
        clocks: IssueClocks,
        added: Vec<Addressee>,
        released: Vec<InstitutionId>,
        why: String,
    },
    /// Take it back, or drop the draft.
    Withdraw { why: String },
    /// Every obligation is settled.
    Complete,
    /// Something became known that shortens clocks.
    Reclock { clocks: IssueClocks, why: String },
    /// Names of who is affected or late are read.
    ReadNames { rows: u32, why: String },
    /// A list of more names than one person reads alone is asked for.
    AskNames { list: ListId, scope: Scope, selection: String, rows: u32, why: String },
    /// A second person agrees to exactly that list.
    ReleaseNames { list: ListId, scope: Scope },
    /// A second person says no to it, and why.
    DeclineNames { list: ListId, scope: Scope, why: String },
    /// Whoever asked for it takes it.
    TakeNames { list: ListId, scope: Scope, rows: u32 },
    /// Remind these institutions, all of one scope; whoever records the wish leaves out those reminded lately.
    Remind { scope: Scope, institutions: Vec<InstitutionId>, why: String },
}

/// What can be done to an obligation.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[allow(missing_docs, reason = "the line of the variant says what its fields are")]
pub enum Answer {
    /// All channels failed.
    Unreachable,
    /// The accountable officer saw it.
    Acknowledge,
    /// Affected, not affected with a justification, or unknown.
    Assess { assessment: Assessment, contradicts_inventory: bool },
    /// A plan with a date.
    Plan { until: Timestamp },
    /// A workaround is in place.
    Mitigate { how: String },
    /// Claim that it is fixed.
    Claim { remedy: Remedy, evidence: Evidence },
    /// Stand by a claim that an operator or a provider made.
    Countersign,
    /// It is fixed, or not affected indeed.
    Verify { evidence: Evidence, how: String },
    /// It is not.
    Refute { evidence: Evidence, how: String },
    /// The result of a forensic check.
    ForensicCheck { clean: bool, evidence: Evidence },
    /// Ask for more time.
    AskExtension { until: Timestamp, why: String },
    /// Grant it, at most as asked, or refuse it.
    DecideExtension { granted: Option<Timestamp>, why: String },
    /// Ask that the remaining risk be accepted under a compensating control.
    AskWaiver { until: Timestamp, control: String },
    /// Grant it, at most as asked, or refuse it.
    DecideWaiver { granted: Option<Term>, why: String },
    /// The waiver has run out.
    ExpireWaiver,
    /// A support team helps.
    Assist { team: String },
    /// The flaw came back.
    Regress { evidence: Evidence },
    /// Nothing is left to do.
    Close { remedy: Option<Remedy> },
}
