//! The right edge of a tree: all one needs to append and to know the root.

use super::MAX_SIZE;
use crate::hash::{Hash, node_hash};

/// The roots of the complete subtrees that a tree of some size falls into, largest first.
///
/// A tree of 11 leaves has three: of 8, of 2 and of 1. They are enough to append and to say the
/// root, so a writer that keeps them need not read its log again.
///
/// ```
/// use bongsu_ledger::hash::leaf_hash;
/// use bongsu_ledger::tree::Frontier;
///
/// let mut frontier = Frontier::new();
/// for entry in ["lit", "seen", "answered"] {
///     frontier.append(leaf_hash(entry.as_bytes()));
/// }
/// assert_eq!(frontier.size(), 3);
/// assert_eq!(Frontier::from_bytes(&frontier.to_bytes())?, frontier);
/// # Ok::<(), bongsu_ledger::tree::FrontierError>(())
/// ```
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Frontier {
    size: u64,
    peaks: Vec<Hash>,
}

/// Why bytes are not the right edge of a tree.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum FrontierError {
    /// There is no size, or it is over [`MAX_SIZE`].
    #[error("the right edge of a tree begins with its size, eight bytes, at most {MAX_SIZE}")]
    Size,
    /// The number of hashes is not the one that the size asks for.
    #[error("a tree of {size} leaves has a right edge of {expected} hashes, not of {bytes} bytes")]
    Length {
        /// Leaves in the tree.
        size: u64,
        /// Hashes that it falls into.
        expected: u32,
        /// Bytes that follow the size.
        bytes: usize,
    },
}

impl Frontier {
    /// The edge of a tree without leaves.
    pub fn new() -> Self {
        Self::default()
    }

    /// The edge of a tree of `size` leaves, whose complete subtrees are `peaks`, largest first.
    pub fn from_peaks(size: u64, peaks: Vec<Hash>) -> Result<Self, FrontierError> {
        if size > MAX_SIZE {
            return Err(FrontierError::Size);
        }
        let expected = size.count_ones();
        if peaks.len() != expected as usize {
            let bytes = peaks.len() * Hash::BYTES;
            return Err(FrontierError::Length { size, expected, bytes });
        }
        Ok(Self { size, peaks })
    }

    /// Leaves in the tree.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The roots of the complete subtrees, largest first.
    pub fn peaks(&self) -> &[Hash] {
        &self.peaks
    }

    /// Appends a leaf by its [hash](crate::hash::leaf_hash).
    ///
    /// # Panics
    /// At [`MAX_SIZE`] leaves: ten billion a second for 29 years.
    pub fn append(&mut self, leaf: Hash) {
        assert!(self.size < MAX_SIZE, "a tree has at most {MAX_SIZE} leaves");
        let mut node = leaf;
        for _ in 0..self.size.trailing_ones() {
            let left = self.peaks.pop().expect("there is a peak for each bit of the size");
            node = node_hash(&left, &node);
        }
        self.peaks.push(node);
        self.size += 1;
    }

    /// The root of the tree.
    pub fn root(&self) -> Hash {
        let folded =
            self.peaks.iter().rev().copied().reduce(|right, left| node_hash(&left, &right));
        folded.unwrap_or(Hash::EMPTY_ROOT)
    }

    /// As bytes: the size, eight bytes, big end first; then the peaks.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(8 + self.peaks.len() * Hash::BYTES);
        bytes.extend_from_slice(&self.size.to_be_bytes());
        self.peaks.iter().for_each(|peak| bytes.extend_from_slice(&peak.0));
        bytes
    }

    /// Reads what [`Frontier::to_bytes`] writes and nothing else.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, FrontierError> {
        let (size, rest) = bytes.split_first_chunk().ok_or(FrontierError::Size)?;
        let size = u64::from_be_bytes(*size);
        if size > MAX_SIZE {
            return Err(FrontierError::Size);
        }
        let expected = size.count_ones();
        let (peaks, stray) = rest.as_chunks();
        if peaks.len() != expected as usize || !stray.is_empty() {
            return Err(FrontierError::Length { size, expected, bytes: rest.len() });
        }
        Ok(Self { size, peaks: peaks.iter().copied().map(Hash).collect() })
    }
}
