//! Nodes of a tree, answered from its tiles.

use super::Hashes;
use crate::hash::Hash;
use crate::tile::{TILE_HEIGHT, TILE_WIDTH, fold, width_at};

/// Where tiles come from: a folder, a database, a peer.
pub trait Tiles {
    /// Why a tile could not be had.
    type Error;

    /// The first `width` hashes of the tile at `(level, index)`, 32 bytes each.
    ///
    /// A tile level is eight levels of the tree. More hashes than asked for are welcome: a tile
    /// that was partial may have been filled since.
    fn tile(&self, level: u8, index: u64, width: u16) -> Result<Vec<u8>, Self::Error>;
}

impl<T: Tiles + ?Sized> Tiles for &T {
    type Error = T::Error;

    fn tile(&self, level: u8, index: u64, width: u16) -> Result<Vec<u8>, Self::Error> {
        (**self).tile(level, index, width)
    }
}

/// A tree of a known size over its tiles.
///
/// It believes the tiles. What is made from them is as good as the root it leads to: check proofs
/// against a signed one.
#[derive(Clone, Copy, Debug)]
pub struct TiledTree<T> {
    tiles: T,
    size: u64,
}

/// Why a node could not be made from tiles.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum TiledError<E> {
    /// Nothing complete stands there in a tree of this size.
    #[error("a tree of {size} leaves has no complete subtree at level {level}, index {index}")]
    Beyond {
        /// Level in the tree.
        level: u8,
        /// Index in the level.
        index: u64,
        /// Leaves in the tree.
        size: u64,
    },
    /// The tile is shorter than it must be.
    #[error("tile {index} of level {level} has {bytes} bytes instead of {width} hashes")]
    Short {
        /// Tile level.
        level: u8,
        /// Tile index.
        index: u64,
        /// Hashes it must have.
        width: u16,
        /// Bytes it has.
        bytes: usize,
    },
    /// The tile could not be had.
    #[error("cannot read a tile")]
    Tiles(#[source] E),
}

impl<T: Tiles> TiledTree<T> {
    /// The tree of the first `size` leaves.
    pub fn new(tiles: T, size: u64) -> Self {
        Self { tiles, size }
    }

    /// Leaves in the tree.
    pub fn size(&self) -> u64 {
        self.size
    }
}

impl<T: Tiles> Hashes for TiledTree<T> {
    type Error = TiledError<T::Error>;

    fn hash(&self, level: u8, index: u64) -> Result<Hash, Self::Error> {
        if level > 62 || index >= self.size >> level {
            return Err(TiledError::Beyond { level, index, size: self.size });
        }
        let within = level % TILE_HEIGHT;
        let (tile_level, first) = (level / TILE_HEIGHT, index << within);
        let tile = first / u64::from(TILE_WIDTH);
        let width = width_at(tile_level, tile, self.size);
        let bytes = self.tiles.tile(tile_level, tile, width).map_err(TiledError::Tiles)?;
        let from = usize::try_from(first % u64::from(TILE_WIDTH)).expect("below 256");
        let (hashes, _) = bytes.as_chunks::<32>();
        let nodes =
            hashes.get(from..from + (1 << within)).filter(|_| hashes.len() >= usize::from(width));
        let short = TiledError::Short { level: tile_level, index: tile, width, bytes: bytes.len() };
        Ok(fold(nodes.ok_or(short)?))
    }
}
