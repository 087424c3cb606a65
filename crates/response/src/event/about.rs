//! What an event is about: said once, for the fold, the store and whoever seals or labels an entry.

use bongsu_authority::{ActId, CaseId, Domain, InstitutionId};

use super::Event;

/// What an event is about.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum About {
    /// Institutions, officers, delegations.
    Register,
    /// What runs at an institution.
    Inventory(InstitutionId),
    /// The alert of a domain.
    Alert(Domain),
    /// A case.
    Case(CaseId),
    /// An act as a whole, or many of its obligations at once.
    Act(ActId),
    /// One obligation.
    Obligation(ActId, InstitutionId),
}

impl Event {
    /// What it is about. A new kind of event does not compile until this says what.
    pub fn about(&self) -> About {
        match self {
            Self::InstitutionsEnrolled { .. }
            | Self::OfficersAppointed { .. }
            | Self::AppointmentEnded { .. }
            | Self::DelegationSigned { .. }
            | Self::DelegationEnded { .. } => About::Register,
            Self::InventoryPublished { institution, .. } => About::Inventory(*institution),
            Self::AlertSet { alert, .. } => About::Alert(alert.scope),
            Self::CaseOpened { case, .. }
            | Self::CaseMoved { case, .. }
            | Self::RejectionProposed { case, .. }
            | Self::CaseMerged { case, .. }
            | Self::CaseSplit { case, .. }
            | Self::CaseIdentified { case, .. }
            | Self::CaseTriaged { case, .. }
            | Self::ExploitationSet { case, .. }
            | Self::FixSet { case, .. }
            | Self::EmbargoSet { case, .. }
            | Self::LiftProposed { case, .. }
            | Self::EmbargoKept { case, .. }
            | Self::CaseLabelled { case, .. }
            | Self::MemberAdded { case, .. }
            | Self::MemberRemoved { case, .. }
            | Self::CaseRead { case, .. } => About::Case(*case),
            Self::ActDrafted { act, .. }
            | Self::ActReviewed { act, .. }
            | Self::ActSigned { act, .. }
            | Self::ActAmended { act, .. }
            | Self::ActWithdrawn { act, .. }
            | Self::ActCompleted { act }
            | Self::ActReclocked { act, .. }
            | Self::NamesRead { act, .. }
            | Self::NamesAsked { act, .. }
            | Self::NamesReleased { act, .. }
            | Self::NamesDeclined { act, .. }
            | Self::NamesTaken { act, .. }
            | Self::Reminded { act, .. }
            | Self::Delivered { act, .. } => About::Act(*act),
            Self::Unreachable { act, institution }
            | Self::Acknowledged { act, institution }
            | Self::Assessed { act, institution, .. }
            | Self::Planned { act, institution, .. }
            | Self::Mitigated { act, institution, .. }
            | Self::Claimed { act, institution, .. }
            | Self::Countersigned { act, institution }
            | Self::Verified { act, institution, .. }
            | Self::Refuted { act, institution, .. }
            | Self::ForensicChecked { act, institution, .. }
            | Self::ExtensionAsked { act, institution, .. }
            | Self::ExtensionDecided { act, institution, .. }
            | Self::WaiverAsked { act, institution, .. }
            | Self::WaiverDecided { act, institution, .. }
            | Self::WaiverExpired { act, institution }
            | Self::Assisted { act, institution, .. }
            | Self::Regressed { act, institution, .. }
            | Self::Closed { act, institution, .. } => About::Obligation(*act, *institution),
        }
    }
}
