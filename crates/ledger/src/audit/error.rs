//! Why a log is not whole.

use crate::leaf::LeafError;
use crate::tile::BundleError;

/// Why a log is not whole, naming the first place that is wrong.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AuditError<E> {
    /// A file could not be read.
    #[error("cannot read {path}")]
    Read {
        /// Which file.
        path: String,
        /// What the storage said.
        source: E,
    },
    /// A file is not there that the size of the log asks for.
    #[error("{path} is missing; fetch it from a mirror")]
    Missing {
        /// Which file.
        path: String,
    },
    /// The checkpoint is not believed.
    #[error("the checkpoint is not to be believed")]
    Checkpoint(#[source] crate::Error),
    /// A bundle does not hold as many entries as it must.
    #[error("{path} is damaged around entry {entry} of the log")]
    Bundle {
        /// Which file.
        path: String,
        /// The entry at which reading stopped.
        entry: u64,
        /// What is wrong.
        source: BundleError,
    },
    /// An entry is not the one that was signed.
    #[error("entry {entry} of the log, in {path}, is not the one that was signed")]
    Entry {
        /// Its index in the log.
        entry: u64,
        /// Which file.
        path: String,
    },
    /// Entries were replaced together with the tiles directly over them.
    #[error("some of entries {first} to {last}, from {path} on, were replaced with their tiles")]
    Replaced {
        /// The first entry that may be another, by its index in the log.
        first: u64,
        /// The last one.
        last: u64,
        /// The file of the first.
        path: String,
    },
    /// A signed entry is no leaf.
    #[error("entry {entry} of the log, in {path}, was signed but is no leaf")]
    Leaf {
        /// Its index in the log.
        entry: u64,
        /// Which file.
        path: String,
        /// What is wrong.
        source: LeafError,
    },
    /// A tile is not the one that belongs to the entries.
    #[error(
        "{path} is not the tile that was signed; the first wrong hash covers entries from {entry}"
    )]
    Tile {
        /// Which file.
        path: String,
        /// The first entry below the first wrong hash.
        entry: u64,
    },
    /// Entries and tiles agree with each other, and not with the signed root.
    #[error(
        "the {size} entries and their tiles agree, but not with the signed root: \
         they were replaced together"
    )]
    Root {
        /// Entries in the log.
        size: u64,
    },
    /// Sealed bytes are not those that their entry names.
    #[error("{path}, sealed for entry {entry}, is damaged; fetch it from a mirror")]
    Envelope {
        /// The entry that names it.
        entry: u64,
        /// Which file.
        path: String,
    },
}

impl<E> AuditError<E> {
    /// The path of the file that is wrong, unless no single one is.
    pub fn path(&self) -> Option<&str> {
        match self {
            Self::Checkpoint(_) => Some("checkpoint"),
            Self::Root { .. } => None,
            Self::Read { path, .. }
            | Self::Missing { path }
            | Self::Bundle { path, .. }
            | Self::Entry { path, .. }
            | Self::Replaced { path, .. }
            | Self::Leaf { path, .. }
            | Self::Tile { path, .. }
            | Self::Envelope { path, .. } => Some(path),
        }
    }
}
