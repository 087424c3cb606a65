//! Roots and proofs, made of the nodes of complete subtrees.

use super::{Hashes, MAX_SIZE, widest};
use crate::hash::{Hash, node_hash};

/// Why a proof could not be made.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ProveError<E> {
    /// The leaf is not in the tree.
    #[error("cannot prove leaf {index}: a tree of {size} leaves does not hold it")]
    Beyond {
        /// The leaf asked for, from zero.
        index: u64,
        /// Leaves in the tree.
        size: u64,
    },
    /// The old tree is larger than the new one.
    #[error("cannot prove that a log only grew from {old} to {new} leaves")]
    Shrunk {
        /// Leaves in the old tree.
        old: u64,
        /// Leaves in the new tree.
        new: u64,
    },
    /// The tree is larger than a tree may be.
    #[error("a tree has at most {MAX_SIZE} leaves, not {0}")]
    Size(u64),
    /// A node could not be had.
    #[error("cannot read a node of the tree")]
    Hashes(#[source] E),
}

/// The root of the tree of the first `size` leaves.
pub fn root_at<H: Hashes>(size: u64, hashes: &H) -> Result<Hash, ProveError<H::Error>> {
    bounded(size)?;
    if size == 0 {
        return Ok(Hash::EMPTY_ROOT);
    }
    range(0, size, hashes).map_err(ProveError::Hashes)
}

/// The proof that the leaf at `index` is in the tree of the first `size` leaves.
///
/// Hashes stand from the leaf's sibling up to the root's child. Source: RFC 6962, section 2.1.1.
pub fn inclusion_proof<H: Hashes>(
    index: u64,
    size: u64,
    hashes: &H,
) -> Result<Vec<Hash>, ProveError<H::Error>> {
    bounded(size)?;
    if index >= size {
        return Err(ProveError::Beyond { index, size });
    }
    let mut proof = Vec::new();
    let (mut start, mut end) = (0, size);
    while end - start > 1 {
        let middle = split(start, end);
        let sibling;
        if index < middle {
            sibling = (middle, end);
            end = middle;
        } else {
            sibling = (start, middle);
            start = middle;
        }
        proof.push(range(sibling.0, sibling.1, hashes).map_err(ProveError::Hashes)?);
    }
    proof.reverse();
    Ok(proof)
}

/// The proof that the tree of `new` leaves begins with the tree of `old` leaves.
///
/// Empty when the two are one, and when the old tree had no leaf. Source: RFC 6962, section 2.1.2.
pub fn consistency_proof<H: Hashes>(
    old: u64,
    new: u64,
    hashes: &H,
) -> Result<Vec<Hash>, ProveError<H::Error>> {
    bounded(new)?;
    if old > new {
        return Err(ProveError::Shrunk { old, new });
    }
    if old == 0 || old == new {
        return Ok(Vec::new());
    }
    let mut proof = Vec::new();
    let (mut start, mut end) = (0, new);
    while end != old {
        let middle = split(start, end);
        let sibling;
        if old <= middle {
            sibling = (middle, end);
            end = middle;
        } else {
            sibling = (start, middle);
            start = middle;
        }
        proof.push(range(sibling.0, sibling.1, hashes).map_err(ProveError::Hashes)?);
    }
    // The reader knows the old root; it needs a node to begin from only when that root is not one.
    if start != 0 {
        proof.push(range(start, end, hashes).map_err(ProveError::Hashes)?);
    }
    proof.reverse();
    Ok(proof)
}

/// Where RFC 6962 splits a range: at the largest power of two smaller than its length.
fn split(start: u64, end: u64) -> u64 {
    start + (1 << (end - start - 1).ilog2())
}

/// The hash over leaves `start..end`, where `start` is a boundary at which the tree splits.
fn range<H: Hashes>(start: u64, end: u64, hashes: &H) -> Result<Hash, H::Error> {
    let mut peaks = Vec::new();
    let mut at = start;
    while at < end {
        let level = widest(at, end);
        peaks.push(hashes.hash(level, at >> level)?);
        at += 1 << level;
    }
    let folded = peaks.into_iter().rev().reduce(|right, left| node_hash(&left, &right));
    Ok(folded.unwrap_or(Hash::EMPTY_ROOT))
}

fn bounded<E>(size: u64) -> Result<(), ProveError<E>> {
    if size > MAX_SIZE { Err(ProveError::Size(size)) } else { Ok(()) }
}
