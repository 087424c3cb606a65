//! Why a wish is refused, and why an entry does not fit; every message says what to do next.

use jiff::Timestamp;

use bongsu_authority::register::RegisterError;
use bongsu_authority::{ActId, AppointmentId, CaseId, InstitutionId};

mod phrases;
pub use phrases::{Hand, Lack, Moment, Wait};

use crate::{ActState, CaseState, Status};

/// Why a wish was refused. Nothing was recorded and nothing changed.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Refused {
    /// There is no such arrow in the life of a case.
    #[error("a case that is {state} cannot be {to}; from here it can be {}", nexts(*.state))]
    Case {
        /// Where it stands.
        state: CaseState,
        /// Where it was wished to be.
        to: CaseState,
    },
    /// There is no such arrow in the life of an act.
    #[error("an act that is {state} cannot be {step}; {next}")]
    Act {
        /// Where it stands.
        state: ActState,
        /// What was wished, as a participle.
        step: &'static str,
        /// What can be done instead.
        next: &'static str,
    },
    /// There is no such arrow in the life of an obligation.
    #[error("an obligation that is {status} cannot be {step}; {next}")]
    Obligation {
        /// Where it stands.
        status: Status,
        /// What was wished, as a participle.
        step: &'static str,
        /// What can be done instead.
        next: &'static str,
    },
    /// It waits for something that has not happened.
    #[error("{0}")]
    NotYet(Wait),
    /// A second person is needed, whatever accounts the first one holds.
    #[error("{0}; ask a second person")]
    SamePerson(Hand),
    /// The engine may not do what only an officer answers for.
    #[error("{step} is an officer's to decide, never the engine's; put it before one")]
    NeedsOfficer {
        /// What was wished.
        step: &'static str,
    },
    /// An officer may not do what only the engine can have seen.
    #[error("{step} is recorded by the engine alone; use the officer's own answer instead")]
    NeedsEngine {
        /// What was wished.
        step: &'static str,
    },
    /// A text is missing or too short to be a reason.
    #[error("{0}")]
    Missing(Lack),
    /// An instant that should lie ahead does not.
    #[error("{what} {given} is not after {after}; give a later one")]
    TooEarly {
        /// Which instant.
        what: Moment,
        /// As given.
        given: Timestamp,
        /// What it must lie after.
        after: Timestamp,
    },
    /// An instant lies further ahead than anybody may grant.
    #[error(
        "{what} {given} is later than {limit}, the latest that may be granted; choose that or an earlier one"
    )]
    TooLate {
        /// Which instant.
        what: Moment,
        /// As given.
        given: Timestamp,
        /// The latest allowed.
        limit: Timestamp,
    },
    /// Nothing was asked that could be decided.
    #[error("no {what} was asked for; the institution asks first, then it is decided")]
    NothingAsked {
        /// What.
        what: &'static str,
    },
    /// The text is not the one that was written or reviewed.
    #[error(
        "the text to be {step} is not the one that was {before}; read it again, for only that one can be {step}"
    )]
    OtherText {
        /// What was wished, as a participle.
        step: &'static str,
        /// What was done to another text.
        before: &'static str,
    },
    /// There is no such list of names.
    #[error(
        "there is no such list of yours, it was taken three times, or its day is over; ask for it anew"
    )]
    NoList,
    /// A list of names became longer than what was agreed to.
    #[error("the list had {asked} names when it was asked for and has {now}; ask for it anew")]
    ListGrew {
        /// How many it had.
        asked: u32,
        /// How many it has.
        now: u32,
    },
    /// Too many lists of names wait already.
    #[error(
        "lists that were asked for wait already, three of one person or twenty of the act; take those, or wait a day"
    )]
    ListsWait,
    /// Whoever is used to links in our texts will follow a forged one.
    #[error(
        "the text of an act carries no links; name the page, such as `the supplier's advisory 2026-11`, instead"
    )]
    Link,
    /// Obligations are still open.
    #[error("{open} obligations are still open; settle, waive or release them first")]
    StillOpen {
        /// How many.
        open: u32,
    },
    /// One institution stands in the list twice, or is addressed already.
    #[error(
        "institution {0} is addressed already; name each once, and issue another act to ask it again"
    )]
    AddressedTwice(InstitutionId),
    /// The institution is not addressed by the act.
    #[error("institution {0} is not addressed by this act; amend the act to add it")]
    NotAddressed(InstitutionId),
    /// The issuer has no authority over an addressee.
    #[error("the issuer has no authority over institution {0}; ask its lead ministry to issue")]
    NoAuthority(InstitutionId),
    /// The officer named as accountable is not.
    #[error(
        "appointment {appointment} is not accountable for institution {institution} now; name the officer that is"
    )]
    NotAccountable {
        /// Whose officer.
        institution: InstitutionId,
        /// As given.
        appointment: AppointmentId,
    },
    /// Who wishes does not hold that post now.
    #[error("appointment {0} is not held by this person now; act under an appointment that is")]
    NoPost(AppointmentId),
    /// The case was merged; what is to be said belongs to the other one.
    #[error("the case was merged into {into}; say it of that one, or split them first")]
    Merged {
        /// Into which.
        into: CaseId,
    },
    /// Cases cannot be merged so.
    #[error("the case cannot be merged into {into}; choose a case that is open and not this one")]
    MergeInto {
        /// Into which.
        into: CaseId,
    },
    /// There is no such case.
    #[error("there is no case {0}; open it first")]
    NoCase(CaseId),
    /// There is no such act.
    #[error("there is no act {0}; draft it first")]
    NoAct(ActId),
    /// The id is taken.
    #[error("the id is taken by another {what}; draw a new one")]
    Taken {
        /// By what.
        what: &'static str,
    },
    /// The register refuses.
    #[error(transparent)]
    Register(#[from] RegisterError),
}

bongsu_authority::reasons!(Refused {
    Self::Case { .. } => "case-arrow",
    Self::Act { .. } => "act-arrow",
    Self::Obligation { .. } => "obligation-arrow",
    Self::NeedsOfficer { .. } => "needs-officer",
    Self::NeedsEngine { .. } => "needs-engine",
    Self::TooEarly { .. } => "too-early",
    Self::TooLate { .. } => "too-late",
    Self::NothingAsked { .. } => "nothing-asked",
    Self::OtherText { .. } => "other-text",
    Self::NoList => "no-list",
    Self::ListGrew { .. } => "list-grew",
    Self::ListsWait => "lists-wait",
    Self::Link => "link-in-text",
    Self::StillOpen { .. } => "still-open",
    Self::AddressedTwice(_) => "addressed-twice",
    Self::NotAddressed(_) => "not-addressed",
    Self::NoAuthority(_) => "no-authority",
    Self::NotAccountable { .. } => "not-accountable",
    Self::NoPost(_) => "no-post",
    Self::Merged { .. } => "merged",
    Self::MergeInto { .. } => "merge-into",
    Self::NoCase(_) => "no-case",
    Self::NoAct(_) => "no-act",
    Self::Taken { .. } => "id-taken",
} inside {
    Self::NotYet(wait) => wait: Wait,
    Self::SamePerson(hand) => hand: Hand,
    Self::Missing(lack) => lack: Lack,
    Self::Register(refused) => refused: RegisterError,
});

/// Where a case can go from here, in words.
fn nexts(state: CaseState) -> String {
    let nexts: Vec<_> = state.nexts().map(CaseState::label_en).collect();
    nexts.join(", ")
}

/// Why an entry of the log does not fit the state before it; then the state is as it was.
///
/// A machine never gives such an event. Whoever reads one has a torn, forged or reordered log before them.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Misfit {
    /// An event about something the log has not opened.
    #[error("`{event}` is about something that was never opened; entries before it are missing")]
    Unopened {
        /// The event's name.
        event: &'static str,
    },
    /// Something is opened a second time.
    #[error("`{event}` opens what is open already; the entry stands in the log twice")]
    Twice {
        /// The event's name.
        event: &'static str,
    },
    /// The state has no such arrow.
    #[error("`{event}` does not follow `{state}`; the log was reordered, cut or forged")]
    Arrow {
        /// The event's name.
        event: &'static str,
        /// The state before.
        state: &'static str,
    },
    /// Only an officer does this, and the entry is signed by the engine.
    #[error("`{event}` is not the engine's to record; the entry's signer is wrong")]
    Signer {
        /// The event's name.
        event: &'static str,
    },
    /// The event is about another object than the one it was given to.
    #[error("`{event}` is about another object; it was handed to the wrong machine")]
    Astray {
        /// The event's name.
        event: &'static str,
    },
}
