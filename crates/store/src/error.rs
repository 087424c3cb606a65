//! Why the store could not do something.

use std::sync::Arc;

use bongsu_authority::access::{Denied, WrongPermit};
use bongsu_response::Refused;
use jiff::Timestamp;

use crate::documents::Unkept;
use crate::port::Fault;
use crate::sealing::{KeyError, Unsealable};

/// Why the store could not do something.
///
/// Unless it says otherwise, nothing was recorded.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The permit is for something else: a mistake in the calling code.
    #[error(transparent)]
    Permit(#[from] WrongPermit),
    /// Not permitted, or not there: whoever asks cannot tell which.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// Nobody without a name writes to the record.
    #[error(
        "a report from the public is entered by the desk that received it: ask with an officer's permit"
    )]
    Nameless,
    /// A drill and the real world do not mix.
    #[error(
        "a drill's acts and records stay in the drill's node, real ones in the real one: use the node of this realm"
    )]
    OtherRealm,
    /// A draft came with the digest of another text.
    #[error(
        "the digest is of another text than the draft that came with it: compute it from this draft"
    )]
    OtherText,
    /// The permit is of another time than the request.
    #[error("the permit was not given just before the request was made: ask for a new one")]
    Stale,
    /// The appointment that gave the right does not hold any more.
    #[error(
        "the appointment that gave the right does not hold now: sign in again, or ask who holds the post"
    )]
    NotInPost,
    /// The rules do not allow it; the reason says what to do.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// There is no such thing, or nobody may know that there is.
    #[error("there is no such {0} here: check the id")]
    Missing(&'static str),
    /// There is one with this id already.
    #[error("there is a {0} with this id already: draw a new id")]
    Exists(&'static str),
    /// The request is older than the record.
    #[error(
        "it is {now} by this clock, but the last entry is of {last}: set the clock of this machine; if it is right and the entry's was not, open the store with a longer limit"
    )]
    ClockBehind {
        /// When it was wished.
        now: Timestamp,
        /// When the last entry was recorded.
        last: Timestamp,
    },
    /// The request is years after the last entry.
    #[error(
        "it is {now} by this clock, but the last entry is of {last}: set the clock of this machine; if it is right, open the store with a longer limit"
    )]
    ClockAhead {
        /// When it was wished.
        now: Timestamp,
        /// When the last entry was recorded.
        last: Timestamp,
    },
    /// The same request id came with another body.
    #[error(
        "this request id was used for something else: send the same body again, or draw a new id"
    )]
    OtherBody,
    /// A document came that cannot be kept.
    #[error(transparent)]
    Document(#[from] Unkept),
    /// Too many requests wait.
    #[error("{waiting} requests wait to be recorded: try again in a second")]
    Busy {
        /// How many.
        waiting: usize,
    },
    /// The database failed before anything was made durable.
    #[error("nothing was recorded")]
    Nothing(#[source] Arc<Fault>),
    /// The database failed while reading.
    #[error("nothing could be read")]
    Unread(#[source] Arc<Fault>),
    /// The database failed at the very end: nobody knows whether it was recorded.
    #[error(
        "it is not known whether this was recorded: check the disk, start again, and send the same request again with the same id"
    )]
    Unknown(#[source] Arc<Fault>),
    /// The writer stopped at an earlier failure.
    #[error(
        "nothing is recorded any more since an earlier failure: check the disk, then start again"
    )]
    Stopped,
    /// The database is away, or full; the writer looks for it by itself.
    #[error(
        "nothing was recorded, for the database is away; it is looked for all the time: send the same request again with the same id"
    )]
    Away(#[source] Arc<Fault>),
    /// The log is shorter than it was, as a restored backup is.
    #[error(
        "the log has {ours} entries, but {seen} were seen before: this is an older copy; restore a newer one, or fetch the missing entries from a mirror"
    )]
    Behind {
        /// Entries in this database.
        ours: u64,
        /// Entries that the anchor has seen.
        seen: u64,
    },
    /// The log is not the one that was seen before.
    #[error(
        "the log is not a continuation of the one seen at {seen} entries: this database is not the node's; restore the right one"
    )]
    Forked {
        /// Entries that the anchor has seen.
        seen: u64,
    },
    /// The anchor cannot be trusted.
    #[error(
        "the anchor {path} cannot be used: restore it, or have an officer confirm the size of the log and remove it"
    )]
    Anchor {
        /// Where it is.
        path: String,
        /// What is wrong with it.
        #[source]
        source: Arc<dyn std::error::Error + Send + Sync>,
    },
    /// The database was sealed with another key file.
    #[error("this database belongs to another key file: give the one it was made with")]
    OtherKey,
    /// The database is another node's.
    #[error("this database is the log of `{0}`: give that node's key file")]
    OtherNode(String),
    /// The database was left.
    #[error(
        "this database was moved to {0}: name that one in node.toml; this one is only a copy of how it was"
    )]
    Moved(String),
    /// Something sealed does not open.
    #[error(transparent)]
    Unsealable(#[from] Unsealable),
    /// The key was destroyed, so nothing more can be said about this.
    #[error("what was said about this was erased on purpose, so nothing can be added")]
    Erased,
    /// An entry does not follow what the log says: a bug, or damage.
    #[error(
        "entry {entry} does not follow from those before it: run `bongsu ledger replay --check`"
    )]
    Misfit {
        /// Its position.
        entry: u64,
        /// Why.
        #[source]
        source: Arc<bongsu_response::Misfit>,
    },
    /// A file beside the database could not be used.
    #[error("cannot {act} {path}")]
    File {
        /// What was being done.
        act: &'static str,
        /// To which file.
        path: String,
        /// What the system said.
        #[source]
        source: Arc<std::io::Error>,
    },
}

bongsu_authority::reasons!(Error {
    // What may not be known to be there speaks as what is not there.
    Self::Denied(_) | Self::Missing(_) => "not-found",
    Self::OtherRealm => "other-realm",
    Self::OtherText => "other-draft",
    Self::Stale | Self::NotInPost => "not-in-post",
    Self::OtherBody => "idempotency-key-reused",
    Self::Busy { .. } => "busy",
    Self::Unknown(_) => "store-unknown",
    Self::Erased => "erased",
    Self::Exists(_) => "exists",
    // Only an operator can mend these; the log tells them apart.
    Self::Permit(_)
    | Self::Nameless
    | Self::ClockBehind { .. }
    | Self::ClockAhead { .. }
    | Self::Nothing(_)
    | Self::Unread(_)
    | Self::Stopped
    | Self::Away(_)
    | Self::Behind { .. }
    | Self::Forked { .. }
    | Self::Anchor { .. }
    | Self::OtherKey
    | Self::OtherNode(_)
    | Self::Moved(_)
    | Self::Unsealable(_)
    | Self::Misfit { .. }
    | Self::File { .. } => "store",
} inside {
    Self::Refused(refused) => refused: Refused,
    Self::Document(unkept) => unkept: Unkept,
});

impl From<Fault> for Error {
    fn from(fault: Fault) -> Self {
        Self::Nothing(Arc::new(fault))
    }
}

impl From<KeyError> for Error {
    fn from(error: KeyError) -> Self {
        match error {
            KeyError::Fault(fault) => fault.into(),
            KeyError::Unsealable(unsealable) => unsealable.into(),
        }
    }
}

impl Error {
    /// The same, where it happened while reading.
    pub(crate) fn reading(self) -> Self {
        match self {
            Self::Nothing(fault) => Self::Unread(fault),
            other => other,
        }
    }
}
