//! The table: one row an action. What is not in it is denied (domain guide, section 3.1).

use super::grant::{DESK, Grant, Office};
use super::guards::{self, Guard};
use super::{Action, Engine, Object, Principal};
use crate::{Post, Power};

use Grant::{
    Accountable, Anyone, DrillDirector, Expert, IncidentLead, Named, OnCase, Own, Provider,
    Station, Supplier,
};
use Office::{
    AnyCoord, AnyLead, AnyStation, Apex, CaseCoord, Coord, CrisisUnit, Diplo, Here, Issuer, Lead,
    PrivacyReg, Relay, Sector,
};

/// A row.
pub(super) struct Rule {
    /// What kind of thing it is about.
    pub(super) about: Kind,
    /// Who may.
    pub(super) grants: &'static [Grant],
    /// On what conditions.
    pub(super) guards: &'static [Guard],
}

/// The kinds of things.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Kind {
    Nation,
    Node,
    Institution,
    Case,
    Act,
    Obligation,
    Names,
    Seat,
    Alert,
    Incident,
    Drill,
    Export,
    Record,
}

impl Rule {
    /// Is it a rule for this kind of thing? The register may be loaded whole, for the nation.
    pub(super) fn is_about(&self, object: &Object<'_>, principal: &Principal<'_>) -> bool {
        let whole = matches!(principal, Principal::Engine(Engine::Register))
            && matches!(self.about, Kind::Institution | Kind::Seat);
        let kind = kind(object);
        self.about == kind || whole && kind == Kind::Nation
    }
}

fn kind(object: &Object<'_>) -> Kind {
    match object {
        Object::Nation => Kind::Nation,
        Object::Node(_) => Kind::Node,
        Object::Institution(_) => Kind::Institution,
        Object::Case(_) => Kind::Case,
        Object::Act(_) => Kind::Act,
        Object::Obligation(_) => Kind::Obligation,
        Object::Names(_) => Kind::Names,
        Object::Seat(_) => Kind::Seat,
        Object::Alert(_) => Kind::Alert,
        Object::Incident(_) => Kind::Incident,
        Object::Drill(_) => Kind::Drill,
        Object::Export(_) => Kind::Export,
        Object::Record(_) => Kind::Record,
    }
}

const FEED: Grant = Grant::Engine(Engine::Feed);
const MATCHING: Grant = Grant::Engine(Engine::Matching);
const DELIVERY: Grant = Grant::Engine(Engine::Delivery);
const CLOCK: Grant = Grant::Engine(Engine::Clock);
const REGISTER: Grant = Grant::Engine(Engine::Register);

const ANALYST: &[Post] = &[Post::Analyst];
const APPROVER: &[Post] = &[Post::Approver];
const DIRECTOR: &[Post] = &[Post::Director];
const LIAISON: &[Post] = &[Post::Liaison];
const AUDITOR: &[Post] = &[Post::Auditor];
const DUTY_OR_ANALYST: &[Post] = &[Post::Duty, Post::Analyst];
const ANALYST_OR_DIRECTOR: &[Post] = &[Post::Analyst, Post::Director];
const ANALYST_OR_AUDITOR: &[Post] = &[Post::Analyst, Post::Auditor];
const WRITERS: &[Post] = &[Post::Duty, Post::Analyst, Post::Approver, Post::Director];

const CISO: &[Post] = &[Post::Ciso];
const CPO: &[Post] = &[Post::Cpo];
const WORKING: &[Post] = &[Post::Operator, Post::Ciso];
const ANSWERABLE: &[Post] = &[Post::Ciso, Post::Head];
const STAFF: &[Post] = &[Post::Operator, Post::Ciso, Post::Cpo, Post::Head];
const HOUSE: &[Post] = &[Post::Operator, Post::Ciso, Post::Cpo, Post::Head, Post::Auditor];

/// The row of an action.
#[rustfmt::skip]
#[allow(clippy::match_same_arms, reason = "a row stands for an action, also where two rows happen to agree")]
pub(super) fn rule(action: Action) -> Rule {
    use Action as A;
    use Power as P;
    use guards as g;
    let (about, grants, guards): (Kind, &'static [Grant], &'static [Guard]) = match action {
        // Reports and cases.
        A::SubmitReport      => (Kind::Nation, &[Anyone, FEED], &[]),
        A::OpenCase          => (Kind::Case, &[Station(CaseCoord, DUTY_OR_ANALYST), FEED], &[g::feeds_bring_public_only]),
        A::SeeCase           => (Kind::Case, &[Anyone, FEED], &[g::feeds_bring_public_only]),
        A::SeeRawReport      => (Kind::Case, &[Station(CaseCoord, ANALYST), Expert, Supplier], &[g::no_sysadmin]),
        A::ScreenCase        => (Kind::Case, &[Station(CaseCoord, ANALYST), FEED, MATCHING], &[]),
        A::WorkCase          => (Kind::Case, &[Station(CaseCoord, ANALYST), FEED], &[g::feeds_bring_public_only]),
        A::SetExploitation   => (Kind::Case, &[Station(CaseCoord, ANALYST), FEED], &[g::feeds_bring_public_only]),
        A::ConfirmCase       => (Kind::Case, &[Station(CaseCoord, ANALYST), FEED], &[g::impartial, g::feeds_bring_public_only]),
        A::ProposeRejection  => (Kind::Case, &[Station(CaseCoord, ANALYST)], &[g::impartial]),
        A::RejectCase        => (Kind::Case, &[Station(CaseCoord, ANALYST)], &[g::impartial, g::second_person_if_severe]),
        A::MergeCase         => (Kind::Case, &[Station(CaseCoord, ANALYST), MATCHING], &[g::impartial]),
        A::SplitCase         => (Kind::Case, &[Station(CaseCoord, ANALYST)], &[g::impartial]),
        A::ReopenCase        => (Kind::Case, &[Station(CaseCoord, ANALYST), FEED, MATCHING], &[g::feeds_bring_public_only]),
        A::CloseCase         => (Kind::Case, &[Station(CaseCoord, ANALYST), CLOCK], &[]),
        A::PublishCase       => (Kind::Case, &[Station(CaseCoord, DIRECTOR), FEED], &[g::no_embargo, g::feeds_bring_public_only]),
        A::ContactSupplier   => (Kind::Case, &[Station(CaseCoord, DESK)], &[]),
        A::SetEmbargo        => (Kind::Case, &[Station(CaseCoord, ANALYST_OR_DIRECTOR)], &[]),
        A::ProposeLift       => (Kind::Case, &[Station(CaseCoord, ANALYST_OR_DIRECTOR)], &[]),
        A::LiftEmbargo       => (Kind::Case, &[Station(CaseCoord, DIRECTOR)], &[g::second_person]),
        A::AddMember         => (Kind::Case, &[Station(CaseCoord, ANALYST_OR_DIRECTOR)], &[]),
        A::RemoveMember      => (Kind::Case, &[Station(CaseCoord, ANALYST_OR_DIRECTOR)], &[]),
        A::RaiseLabel        => (Kind::Case, &[Station(CaseCoord, DESK), Named], &[]),
        A::LowerLabel        => (Kind::Case, &[Station(CaseCoord, DIRECTOR)], &[]),
        A::AssignLead        => (Kind::Institution, &[Station(Apex, DIRECTOR), REGISTER], &[g::disputed_by_two]),

        // Acts. APEX and RELAY issue nothing: the apex requests, a relay annotates.
        A::DraftAdvisory | A::DraftGuideline | A::DraftActionRequest | A::DraftDirective
                             => (Kind::Act, &[Station(Issuer, WRITERS)], &[g::of_this_kind, g::authority]),
        A::ReviewAdvisory | A::ReviewGuideline | A::ReviewActionRequest | A::ReviewDirective
                             => (Kind::Act, &[Station(Issuer, APPROVER)], &[g::of_this_kind, g::authority, g::legal_basis, g::not_the_author]),
        A::SignAdvisory | A::SignGuideline | A::SignActionRequest | A::SignDirective
                             => (Kind::Act, &[Station(Issuer, DIRECTOR)], &[g::of_this_kind, g::authority, g::legal_basis, g::three_persons, g::embargo_is_kept]),
        A::AmendAct          => (Kind::Act, &[Station(Issuer, DIRECTOR)], &[g::authority, g::legal_basis, g::three_persons, g::embargo_is_kept]),
        A::WithdrawAct       => (Kind::Act, &[Station(Issuer, DIRECTOR)], &[]),
        A::CompleteAct       => (Kind::Act, &[Station(Issuer, ANALYST_OR_DIRECTOR), CLOCK, MATCHING], &[]),
        A::ReclockAct        => (Kind::Act, &[Station(Issuer, ANALYST_OR_DIRECTOR), CLOCK, FEED], &[]),
        A::SeeAct            => (Kind::Act, &[Station(Issuer, DESK), Station(Lead, DESK), Station(Coord, DESK), Station(Sector, DESK), Station(Relay, DESK), Anyone], &[g::issued_or_issuer]),
        A::AnnotateAct       => (Kind::Act, &[Station(Relay, DESK)], &[g::issued]),
        A::Deliver           => (Kind::Act, &[DELIVERY], &[]),

        // Alerts.
        A::RaiseAlert | A::LowerAlert
                             => (Kind::Alert, &[Station(Lead, DIRECTOR)], &[g::consulted]),

        // The picture. Other sectors and the apex get counts; names stay with those who have jurisdiction.
        A::SeeInventory      => (Kind::Institution, &[Own(HOUSE), Provider(P::See), OnCase], &[g::no_sysadmin]),
        A::SeeNames          => (Kind::Names, &[Station(Lead, DESK), Station(Coord, DESK), Station(Sector, DESK), Station(Relay, DESK)], &[g::no_sysadmin, g::second_person_if_many]),
        A::SeeCounts         => (Kind::Nation, &[Station(AnyStation, DESK)], &[]),
        A::SeeBenchmark      => (Kind::Institution, &[Own(HOUSE), Provider(P::See)], &[]),
        A::SeeNationalPicture => (Kind::Nation, &[Station(Apex, DESK), Station(AnyLead, DESK)], &[]),

        // Obligations.
        A::SeeObligation     => (Kind::Obligation, &[Own(HOUSE), Provider(P::See), Station(Lead, DESK), Station(Coord, DESK), Station(Sector, DESK), Station(Relay, DESK)], &[g::no_sysadmin]),
        A::MarkUnreachable   => (Kind::Obligation, &[DELIVERY, Station(Coord, DUTY_OR_ANALYST), Station(Relay, DUTY_OR_ANALYST)], &[]),
        A::Acknowledge       => (Kind::Obligation, &[Own(WORKING), Accountable, Provider(P::Acknowledge)], &[g::deputy_named_before, g::operator_not_alone]),
        A::Assess            => (Kind::Obligation, &[Own(WORKING), Accountable, Provider(P::Answer), MATCHING], &[]),
        A::Plan | A::Mitigate | A::AskExtension
                             => (Kind::Obligation, &[Own(WORKING), Accountable, Provider(P::Answer)], &[]),
        A::ClaimFixed        => (Kind::Obligation, &[Own(WORKING), Accountable, Provider(P::ClaimFixed)], &[]),
        A::Countersign       => (Kind::Obligation, &[Own(CISO), Accountable], &[g::claimed, g::not_the_claimant]),
        A::Verify | A::Refute
                             => (Kind::Obligation, &[Station(Coord, ANALYST), Station(Sector, ANALYST_OR_AUDITOR), MATCHING], &[g::not_the_claimant, g::disinterested]),
        A::ForensicCheck     => (Kind::Obligation, &[Own(WORKING), Provider(P::Answer), Station(Coord, ANALYST), Station(CrisisUnit, ANALYST)], &[]),
        A::AskWaiver         => (Kind::Obligation, &[Own(CISO), Accountable], &[]),
        A::GrantExtension | A::GrantWaiver
                             => (Kind::Obligation, &[Station(Sector, DIRECTOR), Station(Lead, DIRECTOR)], &[g::disinterested, g::term]),
        A::ExpireWaiver      => (Kind::Obligation, &[CLOCK], &[]),
        A::Assist            => (Kind::Obligation, &[Station(Coord, WRITERS), Station(Sector, WRITERS), Station(Relay, WRITERS)], &[]),
        A::Regress           => (Kind::Obligation, &[Station(Coord, ANALYST), MATCHING], &[]),
        A::CloseObligation   => (Kind::Obligation, &[Station(Coord, ANALYST), CLOCK, MATCHING], &[]),

        // The register.
        A::Enrol             => (Kind::Institution, &[Station(Lead, ANALYST_OR_DIRECTOR), Station(Coord, ANALYST_OR_DIRECTOR), REGISTER], &[]),
        A::Appoint           => (Kind::Seat, &[Own(ANSWERABLE), Station(Lead, DIRECTOR), Station(Coord, DIRECTOR), Station(Here, DIRECTOR), REGISTER], &[g::ciso_names_deputies_only, g::not_oneself]),
        A::EndAppointment    => (Kind::Seat, &[Own(ANSWERABLE), Station(Lead, DIRECTOR), Station(Coord, DIRECTOR), Station(Here, DIRECTOR), REGISTER], &[g::ciso_names_deputies_only]),
        A::Delegate | A::EndDelegation
                             => (Kind::Institution, &[Own(ANSWERABLE), REGISTER], &[]),
        A::PublishInventory  => (Kind::Institution, &[Own(WORKING), Provider(P::Answer), REGISTER], &[]),
        A::KeepAddresses     => (Kind::Institution, &[Own(WORKING), Own(ANSWERABLE)], &[]),
        A::KeepDeskAddresses => (Kind::Node, &[Station(Here, &[Post::Duty, Post::Analyst, Post::Director])], &[]),

        // Incidents, drills, partners, the record, the platform.
        A::ReportIncident    => (Kind::Incident, &[Own(STAFF), Provider(P::Report), Station(Coord, DUTY_OR_ANALYST)], &[]),
        A::ReadPersonalData  => (Kind::Incident, &[Station(PrivacyReg, DESK), Own(CPO), IncidentLead, Station(Sector, DESK)], &[g::no_sysadmin]),
        A::StartDrill | A::StopDrill
                             => (Kind::Drill, &[DrillDirector], &[g::no_player]),
        A::ExportToPartner   => (Kind::Export, &[Station(Diplo, LIAISON), Station(AnyCoord, LIAISON), DELIVERY], &[g::may_leave]),
        A::Redact            => (Kind::Record, &[Station(Here, DIRECTOR)], &[g::second_person]),
        A::ReadRecord        => (Kind::Record, &[Station(Here, AUDITOR), Own(AUDITOR)], &[]),
        A::VerifyLog         => (Kind::Record, &[Station(AnyStation, &[Post::LogVerifier])], &[]),
        A::OperatePlatform   => (Kind::Node, &[Station(Here, &[Post::Sysadmin])], &[]),
        A::UseKeyShare       => (Kind::Node, &[Station(Here, &[Post::Keyholder])], &[]),
    };
    Rule { about, grants, guards }
}
