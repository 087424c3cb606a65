//! The systems of a segment that a newer inventory has replaced.

use std::sync::Arc;

use super::bytes::narrow;

/// Words to a piece: 4,096 systems.
const PIECE: usize = 64;

/// A set of systems that is cheap to copy and change: a replaced inventory touches one piece of
/// 512 bytes, and all other pieces stay shared with the snapshots that readers hold.
#[derive(Clone, Debug, Default)]
pub(super) struct Dead {
    pieces: Vec<Option<Arc<[u64; PIECE]>>>,
    count: u32,
}

impl Dead {
    /// How many there are.
    pub(super) fn count(&self) -> u32 {
        self.count
    }

    /// Whether there are none.
    pub(super) fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Whether a system is among them.
    pub(super) fn has(&self, system: u32) -> bool {
        self.word(system as usize / 64) >> (system % 64) & 1 == 1
    }

    /// Sixty-four systems from `64 * index` on.
    pub(super) fn word(&self, index: usize) -> u64 {
        match self.pieces.get(index / PIECE) {
            Some(Some(piece)) => piece[index % PIECE],
            _ => 0,
        }
    }

    /// Adds a system; false if it was there.
    pub(super) fn add(&mut self, system: u32) -> bool {
        if self.has(system) {
            return false;
        }
        let word = system as usize / 64;
        let piece = word / PIECE;
        if self.pieces.len() <= piece {
            self.pieces.resize(piece + 1, None);
        }
        let piece = self.pieces[piece].get_or_insert_with(|| Arc::new([0; PIECE]));
        Arc::make_mut(piece)[word % PIECE] |= 1 << (system % 64);
        self.count += 1;
        true
    }

    /// The systems, ascending.
    pub(super) fn systems(&self) -> impl Iterator<Item = u32> + '_ {
        let words = (0..self.pieces.len() * PIECE).map(|index| (index, self.word(index)));
        words.filter(|(_, word)| *word != 0).flat_map(|(index, word)| {
            (0..64).filter(move |bit| word >> bit & 1 == 1).map(move |bit| narrow(index * 64) + bit)
        })
    }
}
