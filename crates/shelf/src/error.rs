//! Why a shelf could not do something.

use bongsu_matching::index::SegmentError;

/// Why a shelf could not do something.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// There is no index in the directory.
    #[error("there is no index here yet; `bongsu index build` makes one")]
    Missing,
    /// There is one already.
    #[error("there is an index here already")]
    Exists,
    /// Another process writes to it.
    #[error("the index is being written by another process")]
    Busy,
    /// The manifest cannot be read, so nobody knows which files count; the log can still rebuild.
    #[error("the manifest of the index is damaged")]
    Manifest,
    /// A segment is torn or damaged; [`Shelf::heal`](crate::Shelf::heal) rebuilds it.
    #[error(transparent)]
    Segment(#[from] SegmentError),
    /// An inventory takes more than a record may.
    #[error("an inventory of {bytes} bytes is over the limit of {limit}")]
    TooLarge {
        /// Its size.
        bytes: usize,
        /// The limit.
        limit: usize,
    },
    /// A write failed before: what is on disk is not known, so nothing more is written. Opening
    /// the shelf again finds out.
    #[error("an earlier write failed; the index takes no more changes until it is opened again")]
    Stopped,
    /// The disk failed.
    #[error("cannot {act} {name}")]
    Disk {
        /// What was being done.
        act: &'static str,
        /// To which file.
        name: String,
        /// What the system said.
        source: std::io::Error,
    },
}

/// Says what was being done to which file when the disk failed.
pub(crate) trait Doing<T> {
    /// Adds it.
    fn doing(self, act: &'static str, name: &str) -> Result<T, Error>;
}

impl<T> Doing<T> for std::io::Result<T> {
    fn doing(self, act: &'static str, name: &str) -> Result<T, Error> {
        self.map_err(|source| Error::Disk { act, name: name.to_owned(), source })
    }
}
