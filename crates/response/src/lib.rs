//! Who must do what by when: cases, acts, obligations, clocks, measures.
//!
//! State is a fold over [`Entry`] values: a machine takes a state and a wish and gives an [`Event`] or refuses; the event
//! alone changes the state. Nothing here knows a file, a clock or a table.
//!
//! ```text
//! Wish ──► Nation::wish ──► Case | Act | Obligation::wish ──► Refused, or Events
//!                                                                  │ recorded as entries
//! Nation ◄── Nation::apply ◄── Case | Act | Obligation::apply ◄────┘
//! ```

pub mod act;
pub mod alert;
pub mod case;
pub mod clock;
pub mod escalation;
pub mod event;
mod guard;
pub mod measures;
pub mod nation;
pub mod obligation;
pub mod picture;
pub mod priority;
mod refused;
#[cfg(test)]
mod samples;
pub mod wish;
mod words;

pub use act::{Act, ActKind, ActState, Addressee, Amendment, AskedList, Audience, Draft, Exposure};
pub use alert::{NewAlert, SignedAlert};
pub use case::{
    Case, CaseState, Embargo, Exploitation, Fix, Impact, Lift, Member, Mission, Opening, Origin,
    Triage,
};
pub use event::{About, By, Engine, Entry, Event, IssueClocks};
pub use nation::{Campaign, Nation, PublishedInventory};
pub use obligation::steps::Step;
pub use obligation::{
    Asked, Assessed, Assessment, Check, Claim, Clocks, Decision, Evidence, Finding, Marks,
    Obligation, RemediationClass, Remedy, Status, Term, Word,
};
pub use refused::{Hand, Lack, Misfit, Moment, Refused, Wait};
pub use wish::{ActWish, Answer, CaseWish, Wish};
