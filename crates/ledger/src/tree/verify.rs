//! Checking proofs: nothing here reads a tree.

use crate::hash::{Hash, node_hash};

/// Why a proof proves nothing.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Refuted {
    /// The leaf would stand beyond the end of the tree, or the tree would have shrunk.
    #[error("the proof speaks of position {position} in a tree of {size} leaves")]
    Position {
        /// The leaf's index, or the size of the older tree.
        position: u64,
        /// Leaves in the tree.
        size: u64,
    },
    /// There are more or fewer hashes than sizes such as these ask for.
    #[error("the proof has {hashes} hashes, which is not what its sizes ask for")]
    Length {
        /// Hashes in the proof.
        hashes: usize,
    },
    /// The hashes lead to another root.
    #[error("the proof leads to another root: what it speaks of is not in this log")]
    Root,
}

/// Checks that a leaf stands at `index` in the tree of `size` leaves whose root is `root`.
///
/// Source: RFC 9162, section 2.1.3.2.
pub fn verify_inclusion(
    leaf: &Hash,
    index: u64,
    size: u64,
    proof: &[Hash],
    root: &Hash,
) -> Result<(), Refuted> {
    if index >= size {
        return Err(Refuted::Position { position: index, size });
    }
    let wrong_length = Refuted::Length { hashes: proof.len() };
    let mut climb = Climb { node: index, last: size - 1 };
    let mut hash = *leaf;
    for sibling in proof {
        hash = match climb.step().ok_or(wrong_length)? {
            Side::Left => node_hash(sibling, &hash),
            Side::Right => node_hash(&hash, sibling),
        };
    }
    if climb.last != 0 {
        return Err(wrong_length);
    }
    if hash == *root { Ok(()) } else { Err(Refuted::Root) }
}

/// Checks that the tree of `new` leaves begins with the tree of `old` leaves.
///
/// Source: RFC 9162, section 2.1.4.2.
pub fn verify_consistency(
    old: u64,
    new: u64,
    old_root: &Hash,
    new_root: &Hash,
    proof: &[Hash],
) -> Result<(), Refuted> {
    if old > new {
        return Err(Refuted::Position { position: old, size: new });
    }
    let wrong_length = Refuted::Length { hashes: proof.len() };
    if old == 0 || old == new {
        let known = if old == 0 { &Hash::EMPTY_ROOT } else { new_root };
        return match proof {
            _ if new == 0 && *new_root != Hash::EMPTY_ROOT => Err(Refuted::Root),
            [] if old_root == known => Ok(()),
            [] => Err(Refuted::Root),
            _ => Err(wrong_length),
        };
    }
    let (first, rest) = if old.is_power_of_two() {
        (old_root, proof)
    } else {
        proof.split_first().ok_or(wrong_length)?
    };
    let skip = (old - 1).trailing_ones();
    let mut climb = Climb { node: (old - 1) >> skip, last: (new - 1) >> skip };
    let (mut older, mut newer) = (*first, *first);
    for sibling in rest {
        match climb.step().ok_or(wrong_length)? {
            Side::Left => {
                older = node_hash(sibling, &older);
                newer = node_hash(sibling, &newer);
            }
            Side::Right => newer = node_hash(&newer, sibling),
        }
    }
    if climb.last != 0 {
        return Err(wrong_length);
    }
    if older == *old_root && newer == *new_root { Ok(()) } else { Err(Refuted::Root) }
}

/// On which side of our node its sibling stands.
enum Side {
    Left,
    Right,
}

/// A walk from a node to the root, level by level, beside the last node of each level.
struct Climb {
    node: u64,
    last: u64,
}

impl Climb {
    /// Goes up to the next level at which our node has a sibling; nothing when it is the root.
    fn step(&mut self) -> Option<Side> {
        if self.last == 0 {
            return None;
        }
        let side = if self.node % 2 == 1 || self.node == self.last {
            // A last node without a sibling is its own parent until it stands on the right.
            self.up(self.node.trailing_zeros());
            Side::Left
        } else {
            Side::Right
        };
        self.up(1);
        Some(side)
    }

    fn up(&mut self, levels: u32) {
        self.node >>= levels;
        self.last >>= levels;
    }
}
