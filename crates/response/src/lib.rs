//! Who must do what by when: cases, acts, obligations, clocks, measures.
//!
//! State is a fold over [`Entry`] values: a machine takes a state and a wish and gives an [`Event`] or refuses; the event
//! alone changes the state. Nothing here knows a file, a clock or a table.

pub mod act;
pub mod case;
pub mod clock;
pub mod escalation;
pub mod event;
pub mod obligation;
pub mod priority;
pub mod wish;

pub use act::{Act, ActKind, ActState, Addressee, Audience, Draft, Exposure};
pub use case::{Case, CaseState, Embargo, Exploitation, Fix, Impact, Member, Mission, Origin};
pub use event::{By, Engine, Entry, Event};
pub use obligation::{
    Assessment, Claim, Clocks, Evidence, Marks, Obligation, RemediationClass, Remedy, Status, Term,
};
pub use wish::{ActWish, Answer, CaseWish, Wish};
