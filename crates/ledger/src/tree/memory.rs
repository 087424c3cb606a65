//! A whole tree in memory.

use super::Hashes;
use crate::hash::{Hash, node_hash};

/// A tree that keeps every node in memory: for tests, simulations and short logs.
///
/// It takes 64 bytes a leaf.
#[derive(Clone, Debug, Default)]
pub struct Memory {
    levels: Vec<Vec<Hash>>,
}

/// A node that the tree does not have: nothing complete stands there.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("the tree has no complete subtree at level {level}, index {index}")]
pub struct NoSuchNode {
    level: u8,
    index: u64,
}

impl Memory {
    /// A tree without leaves.
    pub fn new() -> Self {
        Self::default()
    }

    /// Leaves in the tree.
    pub fn size(&self) -> u64 {
        self.levels.first().map_or(0, |leaves| leaves.len() as u64)
    }

    /// Appends a leaf by its [hash](crate::hash::leaf_hash).
    pub fn append(&mut self, leaf: Hash) {
        let mut node = leaf;
        for level in 0.. {
            if level == self.levels.len() {
                self.levels.push(Vec::new());
            }
            let row = &mut self.levels[level];
            row.push(node);
            match row.as_slice() {
                [.., left, right] if row.len().is_multiple_of(2) => node = node_hash(left, right),
                _ => return,
            }
        }
    }
}

impl Hashes for Memory {
    type Error = NoSuchNode;

    fn hash(&self, level: u8, index: u64) -> Result<Hash, NoSuchNode> {
        let node = self.levels.get(usize::from(level)).and_then(|row| {
            let index = usize::try_from(index).ok()?;
            row.get(index)
        });
        node.copied().ok_or(NoSuchNode { level, index })
    }
}

impl Extend<Hash> for Memory {
    fn extend<T: IntoIterator<Item = Hash>>(&mut self, leaves: T) {
        leaves.into_iter().for_each(|leaf| self.append(leaf));
    }
}
