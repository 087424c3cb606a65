//! Why a round of a feed brought less than it should.

use std::error::Error;
use std::io;

/// Why a feed, or one file of it, brought nothing new. What it brought before stays.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Failed {
    /// Nothing came back.
    #[error(transparent)]
    Egress(#[from] bongsu_egress::Error),
    /// Something else than the file came back.
    #[error("{host} answers {status}; check the feed's address")]
    Status {
        /// Which host.
        host: String,
        /// What it said.
        status: u16,
    },
    /// The mirror cannot be written or read.
    #[error("the mirror of the feed cannot be written; check the disk and the node's folder")]
    Disk(#[from] io::Error),
    /// The node's state cannot be written.
    #[error("where the feed stands cannot be kept")]
    Store(#[from] bongsu_store::Error),
    /// A list of documents that cannot be read.
    #[error("{what} cannot be read: {detail}")]
    Listing {
        /// Which list.
        what: String,
        /// What is wrong with it.
        detail: String,
    },
    /// Nothing in the file could be read.
    #[error("nothing in {what} can be read, so what it said before stays: {detail}")]
    Unreadable {
        /// Which file.
        what: String,
        /// The first reason.
        detail: String,
    },
    /// Most of what was there is gone.
    #[error(
        "{what} had {before} entries and has {after} now, so what it said before stays; if it stays so, the next round takes it"
    )]
    Shrunk {
        /// Which file.
        what: String,
        /// Entries before.
        before: u64,
        /// Entries now.
        after: u64,
    },
    /// Not what its checksum says.
    #[error("{what} is not what its checksum says; it is fetched again later")]
    Checksum {
        /// Which file.
        what: String,
    },
    /// Reading it ended in the middle.
    #[error("reading it broke off")]
    Broke,
}

bongsu_authority::reasons!(Failed {
    Self::Egress(_) => "feed-unreached",
    Self::Status { .. } => "feed-status",
    Self::Disk(_) => "feed-disk",
    Self::Store(_) => "feed-store",
    Self::Listing { .. } => "feed-listing",
    Self::Unreadable { .. } => "feed-unreadable",
    Self::Shrunk { .. } => "feed-shrunk",
    Self::Checksum { .. } => "feed-checksum",
    Self::Broke => "feed-broke",
});

/// The whole chain of an error, each link said once.
pub(super) fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        let said = cause.to_string();
        if !text.ends_with(&said) {
            text = format!("{text}: {said}");
        }
        next = cause.source();
    }
    text
}

/// Whether so many entries fewer is more likely a fault of the source than its will.
pub(super) fn is_shrunk(before: u64, after: u64) -> bool {
    before >= 100 && after < before / 2
}
