//! Which right a wish needs, on what.

use bongsu_authority::Appointment;
use bongsu_authority::access::{self, Action, ObjectId, Permit};
use bongsu_response::{ActKind, ActWish, Answer, By, Case, CaseWish, Engine, NewAlert, Wish};

use crate::error::Error;

/// Who acts under a permit.
///
/// # Errors
/// [`Error::Nameless`]: the public writes to the record through the desk that received the report.
pub(crate) fn by(permit: &Permit) -> Result<By, Error> {
    Ok(match permit.by() {
        access::By::Officer { person, appointment } => {
            By::Officer { person, appointment, by_code: permit.by_code() }
        }
        access::By::Engine(engine) => By::Engine(match engine {
            access::Engine::Feed => Engine::Feed,
            access::Engine::Matching => Engine::Matching,
            access::Engine::Delivery => Engine::Delivery,
            access::Engine::Clock => Engine::Clock,
            access::Engine::Register => Engine::Register,
        }),
        access::By::Public(_) => return Err(Error::Nameless),
    })
}

/// What a decision about a right must know of what is there.
#[derive(Clone, Copy, Debug, Default)]
pub struct Standing<'a> {
    /// The kind of the act the wish is about.
    pub kind: Option<ActKind>,
    /// The case the wish is about.
    pub case: Option<&'a Case>,
    /// The appointment the wish ends.
    pub appointment: Option<&'a Appointment>,
    /// The institution whose delegation the wish ends.
    pub delegator: Option<bongsu_authority::InstitutionId>,
}

/// Checks that a permit is for exactly this wish.
pub(crate) fn check(permit: &Permit, wish: &Wish, standing: Standing<'_>) -> Result<(), Error> {
    for object in objects(wish, standing)? {
        permit.covers(action(wish, standing), &object)?;
    }
    Ok(())
}

/// What is done.
pub fn action(wish: &Wish, standing: Standing<'_>) -> Action {
    match wish {
        Wish::Enrol(_) => Action::Enrol,
        Wish::Appoint(_) => Action::Appoint,
        Wish::EndAppointment { .. } => Action::EndAppointment,
        Wish::Delegate(_) => Action::Delegate,
        Wish::EndDelegation { .. } => Action::EndDelegation,
        Wish::PublishInventory { .. } => Action::PublishInventory,
        Wish::OpenCase { .. } => Action::OpenCase,
        Wish::Case { wish, .. } => on_case(wish, standing.case),
        Wish::DraftAct { kind, .. } => match kind {
            ActKind::Advisory => Action::DraftAdvisory,
            ActKind::Guideline => Action::DraftGuideline,
            ActKind::ActionRequest => Action::DraftActionRequest,
            ActKind::Directive => Action::DraftDirective,
        },
        Wish::Act { wish, .. } => on_act(wish, standing.kind.unwrap_or(ActKind::Directive)),
        Wish::Obligation { wish, .. } => on_obligation(wish),
        Wish::SetAlert(NewAlert { lowers: true, .. }) => Action::LowerAlert,
        Wish::SetAlert(_) => Action::RaiseAlert,
        Wish::Deliver { .. } => Action::Deliver,
    }
}

/// On what.
fn objects(wish: &Wish, standing: Standing<'_>) -> Result<Vec<ObjectId>, Error> {
    Ok(match wish {
        Wish::Enrol(institutions) => {
            institutions.iter().map(|it| ObjectId::Institution(it.id)).collect()
        }
        Wish::Appoint(appointments) => {
            appointments.iter().map(|it| ObjectId::Seat(it.seat.clone())).collect()
        }
        Wish::EndAppointment { .. } => {
            let it = standing.appointment.ok_or(Error::Missing("appointment"))?;
            vec![ObjectId::Seat(it.seat.clone())]
        }
        Wish::Delegate(delegation) => vec![ObjectId::Institution(delegation.institution)],
        Wish::EndDelegation { .. } => {
            let it = standing.delegator.ok_or(Error::Missing("delegation"))?;
            vec![ObjectId::Institution(it)]
        }
        Wish::PublishInventory { institution, .. } => vec![ObjectId::Institution(*institution)],
        Wish::OpenCase { case, .. } | Wish::Case { case, .. } => vec![ObjectId::Case(*case)],
        Wish::SetAlert(new) => vec![ObjectId::Alert(new.alert.scope)],
        Wish::Act {
            act,
            wish:
                ActWish::Remind { scope, .. }
                | ActWish::AskNames { scope, .. }
                | ActWish::ReleaseNames { scope, .. }
                | ActWish::DeclineNames { scope, .. }
                | ActWish::TakeNames { scope, .. },
        } => {
            vec![ObjectId::Names(*act, scope.clone())]
        }
        Wish::DraftAct { act, .. } | Wish::Act { act, .. } | Wish::Deliver { act, .. } => {
            vec![ObjectId::Act(*act)]
        }
        Wish::Obligation { act, institution, .. } => {
            vec![ObjectId::Obligation(*act, *institution)]
        }
    })
}

fn on_case(wish: &CaseWish, case: Option<&Case>) -> Action {
    match wish {
        CaseWish::Screen => Action::ScreenCase,
        // Two persons are needed of a severe claim: whoever comes second rejects.
        CaseWish::Reject { .. } => match case.and_then(|case| case.rejection_proposed_by) {
            None if case.is_some_and(Case::severe) => Action::ProposeRejection,
            _ => Action::RejectCase,
        },
        CaseWish::Validate
        | CaseWish::Identify { .. }
        | CaseWish::Triage(_)
        | CaseWish::Remedy(_)
        | CaseWish::Coordinate { .. } => Action::WorkCase,
        CaseWish::Confirm { .. } => Action::ConfirmCase,
        CaseWish::Publish { .. } => Action::PublishCase,
        CaseWish::Merge { .. } => Action::MergeCase,
        CaseWish::Split { .. } => Action::SplitCase,
        CaseWish::Exploit { .. } => Action::SetExploitation,
        CaseWish::SetEmbargo(_) | CaseWish::KeepEmbargo { .. } => Action::SetEmbargo,
        CaseWish::ProposeLift { .. } => Action::ProposeLift,
        CaseWish::LiftEmbargo { .. } => Action::LiftEmbargo,
        CaseWish::AddMember(_) => Action::AddMember,
        CaseWish::RemoveMember(_) => Action::RemoveMember,
        CaseWish::Read { .. } => Action::SeeCase,
        CaseWish::Reopen { .. } => Action::ReopenCase,
        CaseWish::Close => Action::CloseCase,
    }
}

fn on_act(wish: &ActWish, kind: ActKind) -> Action {
    match (wish, kind) {
        (ActWish::Review { .. }, ActKind::Advisory) => Action::ReviewAdvisory,
        (ActWish::Review { .. }, ActKind::Guideline) => Action::ReviewGuideline,
        (ActWish::Review { .. }, ActKind::ActionRequest) => Action::ReviewActionRequest,
        (ActWish::Review { .. }, ActKind::Directive) => Action::ReviewDirective,
        (ActWish::Sign { .. }, ActKind::Advisory) => Action::SignAdvisory,
        (ActWish::Sign { .. }, ActKind::Guideline) => Action::SignGuideline,
        (ActWish::Sign { .. }, ActKind::ActionRequest) => Action::SignActionRequest,
        (ActWish::Sign { .. }, ActKind::Directive) => Action::SignDirective,
        (ActWish::Amend { .. }, _) => Action::AmendAct,
        (ActWish::Withdraw { .. }, _) => Action::WithdrawAct,
        (ActWish::Complete, _) => Action::CompleteAct,
        (ActWish::Reclock { .. }, _) => Action::ReclockAct,
        // The names themselves are shown under a permit of their own; this is the note that they were.
        (ActWish::ReadNames { .. }, _) => Action::SeeAct,
        // Whoever may call them by name may have them written to; who approves a list of them, and who takes it, could each
        // read names of the same scope.
        (
            ActWish::Remind { .. }
            | ActWish::AskNames { .. }
            | ActWish::ReleaseNames { .. }
            | ActWish::DeclineNames { .. }
            | ActWish::TakeNames { .. },
            _,
        ) => Action::SeeNames,
    }
}

fn on_obligation(wish: &Answer) -> Action {
    match wish {
        Answer::Unreachable => Action::MarkUnreachable,
        Answer::Acknowledge => Action::Acknowledge,
        Answer::Assess { .. } => Action::Assess,
        Answer::Plan { .. } => Action::Plan,
        Answer::Mitigate { .. } => Action::Mitigate,
        Answer::Claim { .. } => Action::ClaimFixed,
        Answer::Countersign => Action::Countersign,
        Answer::Verify { .. } => Action::Verify,
        Answer::Refute { .. } => Action::Refute,
        Answer::ForensicCheck { .. } => Action::ForensicCheck,
        Answer::AskExtension { .. } => Action::AskExtension,
        Answer::DecideExtension { .. } => Action::GrantExtension,
        Answer::AskWaiver { .. } => Action::AskWaiver,
        Answer::DecideWaiver { .. } => Action::GrantWaiver,
        Answer::ExpireWaiver => Action::ExpireWaiver,
        Answer::Assist { .. } => Action::Assist,
        Answer::Regress { .. } => Action::Regress,
        Answer::Close { .. } => Action::CloseObligation,
    }
}
