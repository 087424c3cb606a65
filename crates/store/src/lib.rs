//! What we keep: the port to the engines, sealing, transactions, replay.
//!
//! A [`Store`] records wishes. Each goes, with the permit that `authority` gave for it, into one transaction: the rules
//! of `response` make events of it, each event becomes an entry of the log, rows follow, messages wait in the outbox.
//! Many wishes share a transaction, and nobody is answered before the disk has it.
//!
//! ```text
//! Request ──► writer ──► decide: permit, post, rules ──► events
//!               │                                          │ each: sealed, committed to, appended, rows, outbox
//!               └────────────── one commit ◄───────────────┘──► Receipt
//! ```

mod alerts;
mod anchor;
mod apply;
pub mod cabinet;
pub mod chance;
mod clock;
mod codes;
mod decide;
mod documents;
mod due;
mod error;
mod export;
mod files;
mod following;
mod glance;
mod keep;
mod log;
pub mod moving;
mod outbox;
pub mod port;
mod read;
mod replay;
pub mod rights;
mod rows;
pub mod schema;
mod sealing;
mod secrets;
pub mod sql;
mod store;
#[cfg(feature = "suite")]
#[allow(clippy::unwrap_used, reason = "it is tests, which say where they fail")]
pub mod suite;
mod timeline;
mod touches;
mod upkeep;
mod work;
mod writer;

pub use apply::Notice;
pub use clock::Clock;
pub use codes::EVENTS;
pub use decide::{ACT, text_of};
pub use documents::{Document, LARGEST, Unkept, Written};
pub use error::Error;
pub use export::{Cover, Directory, Sealed, Target};
pub use following::{InSector, Owed};
pub use glance::{Gathered, Heading};
pub use outbox::{Message, Waiting};
pub use read::{Late, LatePlace, PictureRow, Progress, Registered};
pub use replay::{Difference, Replayed};
pub use sealing::{Owner, Unsealable};
pub use secrets::{NodeSecrets, SecretsError};
pub use store::{Options, Store};
pub use timeline::{MOST_TOLD, Told};
pub use touches::Touches;
pub use writer::{Receipt, Request, RequestId};
