//! Feeds: what is known comes in by itself.
//!
//! ```text
//! source ──► egress ──► mirror (original bytes, whole or not at all) ──► formats ──► Part ──► desk::Library
//!                          ▲ a restart begins here, without the network      └► what cannot be read: quarantine
//! ```
//!
//! Each feed goes at its own pace, and none waits for another. What a source takes back is taken back: a part says what its
//! source says now. A document that cannot be read is set aside with its reason and read again when its bytes, its keys or
//! the reader change; the others go in.

pub mod aftermath;
pub mod config;
mod csaf;
mod cve;
mod failed;
mod fetch;
mod files;
mod folder;
mod line;
mod lookout;
mod mirror;
mod pace;
mod quarantine;
mod reading;
mod runner;
mod state;
#[cfg(feature = "suite")]
#[allow(clippy::unwrap_used, reason = "it serves tests, which say where they fail")]
pub mod suite;

pub use config::{Config, Feed, Kind, Unusable};
pub use failed::Failed;
pub use lookout::{Lookout, Placed, Watched};
pub use quarantine::{Held, quarantined};
pub use runner::{Feeds, Index, Now, Report};
pub use state::{FeedHealth, health};

/// The edition of the readers: raised when a document that was set aside may be readable now.
pub const READER: u32 = 1;
