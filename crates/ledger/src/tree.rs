//! The Merkle tree of RFC 6962: its right edge, its proofs, and who checks them.
//!
//! A node stands at a *level* and an *index*: level 0 are the leaf hashes, and the node at
//! `(level, index)` covers the `2^level` leaves from `index * 2^level` on. Only complete subtrees
//! have a node; every other hash of the tree is made of those.

mod frontier;
mod memory;
mod prove;
mod tiled;
mod verify;

#[cfg(test)]
mod tests;

pub use frontier::{Frontier, FrontierError};
pub use memory::{Memory, NoSuchNode};
pub use prove::{ProveError, consistency_proof, inclusion_proof, root_at};
pub use tiled::{TiledError, TiledTree, Tiles};
pub use verify::{Refuted, verify_consistency, verify_inclusion};

use crate::hash::Hash;

/// The most leaves a tree may have, so that sizes fit the signed integers of databases.
pub const MAX_SIZE: u64 = i64::MAX as u64;

/// The most hashes in a proof about a tree of at most [`MAX_SIZE`] leaves.
pub const MAX_PROOF: usize = 64;

/// Where the nodes of a tree come from.
pub trait Hashes {
    /// Why a node could not be had.
    type Error;

    /// The node at `(level, index)`, which covers a complete subtree.
    fn hash(&self, level: u8, index: u64) -> Result<Hash, Self::Error>;
}

impl<H: Hashes + ?Sized> Hashes for &H {
    type Error = H::Error;

    fn hash(&self, level: u8, index: u64) -> Result<Hash, Self::Error> {
        (**self).hash(level, index)
    }
}

/// The largest complete subtree that begins at `start` and ends at or before `end`: its level.
///
/// Requires `start < end`.
fn widest(start: u64, end: u64) -> u8 {
    let aligned = start.trailing_zeros();
    let fits = (end - start).ilog2();
    u8::try_from(aligned.min(fits)).expect("a level of a 64-bit tree is at most 63")
}
