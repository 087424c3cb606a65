//! What happened: the content of a log entry. State is a fold over these and over nothing else.

mod about;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub use about::About;
pub use bongsu_authority::access::Engine;
use bongsu_authority::access::Scope;
use bongsu_authority::alert::Alert;
use bongsu_authority::{
    ActId, Appointment, AppointmentId, CaseId, Delegation, DelegationId, Institution,
    InstitutionId, Label, ListId, PersonId, SystemId,
};

use crate::case::{Opening, Triage};
use crate::{
    ActKind, Addressee, Assessment, CaseState, Claim, Clocks, Draft, Embargo, Evidence,
    Exploitation, Fix, Member, Remedy, Term,
};

/// One entry of the log, readable: no event without signer, time and label.
///
/// This is the record itself, so its fields and spellings are a format: they may grow, they may not change.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Entry {
    /// Who did it.
    pub by: By,
    /// When, by the clock of the node that wrote it.
    pub at: Timestamp,
    /// How far it may go.
    pub label: Label,
    /// What happened.
    pub event: Event,
}

/// Who did it: an officer in a post, or the engine by rule.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum By {
    /// An officer, with the appointment that gave the right.
    Officer {
        /// Who.
        person: PersonId,
        /// In which post.
        appointment: AppointmentId,
        /// With a case code, and not signed in? Entries of before it was told apart say nothing.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        by_code: bool,
    },
    /// The engine, by a rule.
    Engine(Engine),
}

impl By {
    /// An officer who is signed in.
    pub const fn officer(person: PersonId, appointment: AppointmentId) -> Self {
        Self::Officer { person, appointment, by_code: false }
    }

    /// Was it done with a case code, by somebody who is not signed in?
    pub fn by_code(self) -> bool {
        matches!(self, Self::Officer { by_code: true, .. })
    }

    /// The person, if it was one.
    pub fn person(self) -> Option<PersonId> {
        match self {
            Self::Officer { person, .. } => Some(person),
            Self::Engine(_) => None,
        }
    }

    /// The appointment the person acted under.
    pub fn appointment(self) -> Option<AppointmentId> {
        match self {
            Self::Officer { appointment, .. } => Some(appointment),
            Self::Engine(_) => None,
        }
    }
}

/// What happened.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "the line of the variant says what its fields are")]
pub enum Event {
    // The register.
    /// Institutions entered the register, or their records were replaced.
    InstitutionsEnrolled { institutions: Vec<Institution> },
    /// Officers were appointed.
    OfficersAppointed { appointments: Vec<Appointment> },
    /// An appointment ends.
    AppointmentEnded { appointment: AppointmentId, until: Timestamp },
    /// An institution delegated to a provider.
    DelegationSigned { delegation: Delegation },
    /// A delegation was taken back.
    DelegationEnded { delegation: DelegationId, until: Timestamp },

    // Inventories.
    /// An inventory of a system was published; its rows live in the index, its digest here.
    InventoryPublished {
        institution: InstitutionId,
        system: SystemId,
        /// SHA-256 of the document.
        digest: Evidence,
        components: u32,
        /// Does the system face the internet?
        exposed: bool,
        /// When the document was made.
        as_of: Timestamp,
    },

    // Alerts.
    /// A lead set the alert of its domain: raised, prolonged or lowered.
    AlertSet {
        alert: Alert,
        /// Were the other leads and the apex asked?
        consulted: bool,
        text_ko: String,
        text_en: String,
    },

    // Cases.
    /// A case was opened.
    CaseOpened { case: CaseId, opening: Opening },
    /// A case moved to another state; `why` is shown to whoever may see the case.
    CaseMoved { case: CaseId, to: CaseState, why: String },
    /// The first of two persons holds a severe claim to be unfounded.
    RejectionProposed { case: CaseId, why: String },
    /// A case was merged into another; reversible by `CaseSplit`.
    CaseMerged { case: CaseId, into: CaseId, why: String },
    /// A merge was taken back.
    CaseSplit { case: CaseId, why: String },
    /// Identifiers were added.
    CaseIdentified { case: CaseId, identifiers: Vec<String> },
    /// What is known for the priority tables changed.
    CaseTriaged { case: CaseId, triage: Triage },
    /// Exploitation became known, or a claim of it was withdrawn.
    ExploitationSet { case: CaseId, exploitation: Exploitation, since: Timestamp, said_by: String },
    /// The state of the remedy changed.
    FixSet { case: CaseId, fix: Fix },
    /// An embargo was set, changed or lifted.
    EmbargoSet { case: CaseId, embargo: Option<Embargo> },
    /// The first of two persons would end an embargo before its time: by a sooner date, or at once.
    LiftProposed { case: CaseId, until: Option<Timestamp>, why: String },
    /// How far it may go changed: what is published is for everybody.
    CaseLabelled { case: CaseId, label: Label },
    /// The embargo stays as it is: nobody agreed to end it.
    EmbargoKept { case: CaseId, why: String },
    /// Somebody joined the compartment.
    MemberAdded { case: CaseId, member: Member },
    /// Somebody left it.
    MemberRemoved { case: CaseId, person: PersonId },
    /// A person read what only members may read.
    CaseRead { case: CaseId, why: String },

    // Acts and campaigns.
    /// A draft was written or written anew; earlier reviews fall.
    ActDrafted {
        act: ActId,
        case: CaseId,
        kind: ActKind,
        draft: Draft,
        /// SHA-256 of [`Draft::canonical`].
        text: Evidence,
    },
    /// A second person reviewed exactly this text.
    ActReviewed { act: ActId, text: Evidence },
    /// The act was signed and issued: one obligation for each addressee.
    ActSigned {
        act: ActId,
        /// SHA-256 of the text that was reviewed and signed.
        text: Evidence,
        /// Signature of the issuing node over the text, both algorithms, base64.
        signature: String,
        /// Clocks each addressee starts with, by exposure.
        clocks: IssueClocks,
        addressees: Vec<Addressee>,
    },
    /// The act was amended: who came in, and who is let go with a reason.
    ActAmended {
        act: ActId,
        text: Evidence,
        signature: String,
        clocks: IssueClocks,
        added: Vec<Addressee>,
        released: Vec<InstitutionId>,
        why: String,
    },
    /// The act was withdrawn.
    ActWithdrawn { act: ActId, why: String },
    /// Every obligation is settled.
    ActCompleted { act: ActId },
    /// Clocks of open obligations were shortened because something became known; never lengthened.
    ActReclocked { act: ActId, clocks: IssueClocks, why: String },
    /// Names of who is affected or late were read.
    NamesRead { act: ActId, rows: u32, why: String },
    /// A list of more names than one person reads alone was asked for.
    NamesAsked { act: ActId, list: ListId, scope: Scope, selection: String, rows: u32, why: String },
    /// A second person agreed to exactly that list.
    NamesReleased { act: ActId, list: ListId },
    /// Whoever asked for the list took it: so many names left the node.
    NamesTaken { act: ActId, list: ListId, rows: u32 },
    /// A second person said no to that list.
    NamesDeclined { act: ActId, list: ListId, why: String },

    /// Institutions were reminded; a message to each waits in the outbox.
    Reminded { act: ActId, institutions: Vec<InstitutionId>, why: String },

    // Obligations.
    /// A channel has a receipt for these institutions.
    Delivered { act: ActId, institutions: Vec<InstitutionId>, channel: String },
    /// All channels failed for this institution.
    Unreachable { act: ActId, institution: InstitutionId },
    /// The accountable officer saw it.
    Acknowledged { act: ActId, institution: InstitutionId },
    /// The institution, or the engine from its inventory, says whether it is affected.
    Assessed {
        act: ActId,
        institution: InstitutionId,
        assessment: Assessment,
        contradicts_inventory: bool,
    },
    /// A plan with a date.
    Planned { act: ActId, institution: InstitutionId, until: Timestamp },
    /// A workaround is in place.
    Mitigated { act: ActId, institution: InstitutionId, how: String },
    /// Claimed fixed; settled only when countersigned, where that is needed.
    Claimed { act: ActId, institution: InstitutionId, claim: Claim },
    /// The CISO countersigned a claim.
    Countersigned { act: ActId, institution: InstitutionId },
    /// Somebody who is not the claimant proved it.
    Verified { act: ActId, institution: InstitutionId, evidence: Evidence, how: String },
    /// Verification refuted the claim: a false closure.
    Refuted { act: ActId, institution: InstitutionId, evidence: Evidence, how: String },
    /// The result of a forensic check.
    ForensicChecked { act: ActId, institution: InstitutionId, clean: bool, evidence: Evidence },
    /// More time was asked for.
    ExtensionAsked { act: ActId, institution: InstitutionId, until: Timestamp, why: String },
    /// More time was granted, or refused.
    ExtensionDecided {
        act: ActId,
        institution: InstitutionId,
        granted: Option<Timestamp>,
        why: String,
    },
    /// Acceptance of the remaining risk was asked for.
    WaiverAsked { act: ActId, institution: InstitutionId, until: Timestamp, control: String },
    /// It was granted for a time, or refused.
    WaiverDecided { act: ActId, institution: InstitutionId, granted: Option<Term>, why: String },
    /// A waiver ran out.
    WaiverExpired { act: ActId, institution: InstitutionId },
    /// A support team helps.
    Assisted { act: ActId, institution: InstitutionId, team: String },
    /// The flaw came back.
    Regressed { act: ActId, institution: InstitutionId, evidence: Evidence },
    /// Nothing is left to do.
    Closed { act: ActId, institution: InstitutionId, remedy: Option<Remedy> },
}

impl Event {
    /// Every name, in the order of this list.
    #[rustfmt::skip]
    pub const NAMES: &'static [&'static str] = &[
        "institutions_enrolled", "officers_appointed", "appointment_ended", "delegation_signed",
        "delegation_ended", "inventory_published", "alert_set", "case_opened", "case_moved",
        "rejection_proposed", "case_merged", "case_split", "case_identified", "case_triaged",
        "exploitation_set", "fix_set", "embargo_set", "lift_proposed", "embargo_kept", "case_labelled",
        "member_added", "member_removed", "case_read", "act_drafted", "act_reviewed", "act_signed", "act_amended", "act_withdrawn",
        "act_completed", "act_reclocked", "names_read", "reminded", "names_asked",
        "names_released", "names_taken", "names_declined", "delivered", "unreachable",
        "acknowledged", "assessed", "planned", "mitigated", "claimed", "countersigned",
        "verified", "refuted", "forensic_checked", "extension_asked", "extension_decided",
        "waiver_asked", "waiver_decided", "waiver_expired", "assisted", "regressed", "closed",
    ];

    /// The name it has in the log.
    pub fn name(&self) -> &'static str {
        match self {
            Self::InstitutionsEnrolled { .. } => "institutions_enrolled",
            Self::OfficersAppointed { .. } => "officers_appointed",
            Self::AppointmentEnded { .. } => "appointment_ended",
            Self::DelegationSigned { .. } => "delegation_signed",
            Self::DelegationEnded { .. } => "delegation_ended",
            Self::InventoryPublished { .. } => "inventory_published",
            Self::AlertSet { .. } => "alert_set",
            Self::CaseOpened { .. } => "case_opened",
            Self::CaseMoved { .. } => "case_moved",
            Self::RejectionProposed { .. } => "rejection_proposed",
            Self::CaseMerged { .. } => "case_merged",
            Self::CaseSplit { .. } => "case_split",
            Self::CaseIdentified { .. } => "case_identified",
            Self::CaseTriaged { .. } => "case_triaged",
            Self::ExploitationSet { .. } => "exploitation_set",
            Self::FixSet { .. } => "fix_set",
            Self::EmbargoSet { .. } => "embargo_set",
            Self::LiftProposed { .. } => "lift_proposed",
            Self::EmbargoKept { .. } => "embargo_kept",
            Self::CaseLabelled { .. } => "case_labelled",
            Self::MemberAdded { .. } => "member_added",
            Self::MemberRemoved { .. } => "member_removed",
            Self::CaseRead { .. } => "case_read",
            Self::ActDrafted { .. } => "act_drafted",
            Self::ActReviewed { .. } => "act_reviewed",
            Self::ActSigned { .. } => "act_signed",
            Self::ActAmended { .. } => "act_amended",
            Self::ActWithdrawn { .. } => "act_withdrawn",
            Self::ActCompleted { .. } => "act_completed",
            Self::ActReclocked { .. } => "act_reclocked",
            Self::NamesRead { .. } => "names_read",
            Self::NamesAsked { .. } => "names_asked",
            Self::NamesReleased { .. } => "names_released",
            Self::NamesTaken { .. } => "names_taken",
            Self::NamesDeclined { .. } => "names_declined",
            Self::Reminded { .. } => "reminded",
            Self::Delivered { .. } => "delivered",
            Self::Unreachable { .. } => "unreachable",
            Self::Acknowledged { .. } => "acknowledged",
            Self::Assessed { .. } => "assessed",
            Self::Planned { .. } => "planned",
            Self::Mitigated { .. } => "mitigated",
            Self::Claimed { .. } => "claimed",
            Self::Countersigned { .. } => "countersigned",
            Self::Verified { .. } => "verified",
            Self::Refuted { .. } => "refuted",
            Self::ForensicChecked { .. } => "forensic_checked",
            Self::ExtensionAsked { .. } => "extension_asked",
            Self::ExtensionDecided { .. } => "extension_decided",
            Self::WaiverAsked { .. } => "waiver_asked",
            Self::WaiverDecided { .. } => "waiver_decided",
            Self::WaiverExpired { .. } => "waiver_expired",
            Self::Assisted { .. } => "assisted",
            Self::Regressed { .. } => "regressed",
            Self::Closed { .. } => "closed",
        }
    }
}

/// The clocks an act starts, by exposure of the addressee.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct IssueClocks {
    /// Where an affected system faces the internet, or nothing is known about it.
    pub exposed: Clocks,
    /// Where none does.
    pub inside: Clocks,
}
