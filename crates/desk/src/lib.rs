//! What an officer does: from a disclosure to an audience, from an inventory to verified fixes.
//!
//! ```text
//! Wish ──► rights: facts ──► authority::decide ──► Permit ──► store: rules, record ──► Receipt
//! ```

pub mod audience;
pub mod campaign;
pub mod clock;
pub mod code;
mod desk;
pub mod exact;
pub mod exposure;
pub mod help;
pub mod holdings;
pub mod intake;
pub mod library;
pub mod recheck;
pub mod rights;
mod roll;
pub mod statements;
pub mod unseen;

pub use bongsu_store::text_of;
pub use desk::{Desk, Name, OpenError, TERMINAL, Touched, evidence};
pub use holdings::Holdings;
pub use library::{Change, Known, Library, PartFacts};
pub use rights::{Asking, Judges, Who};
pub use roll::{Roll, Systems};
