//! Which tiles a run of appended leaves completes.

use super::{TILE_HEIGHT, TILE_WIDTH, Tile, TileId, TileKind, fold, width_at};
use crate::hash::Hash;
use crate::tree::{Frontier, MAX_SIZE};

/// The unfinished tiles at the right edge of a tree, one a level.
///
/// It can be put down and taken up again: [`TileBuilder::partial_tiles`] is all there is to keep.
///
/// ```
/// use bongsu_ledger::hash::leaf_hash;
/// use bongsu_ledger::tile::TileBuilder;
///
/// let mut builder = TileBuilder::new();
/// let leaves = (0..300_u16).map(|n| leaf_hash(&n.to_be_bytes()));
/// let full: Vec<_> = leaves.flat_map(|leaf| builder.append(leaf)).collect();
/// assert_eq!(full[0].id.to_string(), "tile/0/000");
/// let partial = builder.partial_tiles();
/// assert_eq!(partial[0].id.to_string(), "tile/0/001.p/44");
/// assert_eq!(partial[1].id.to_string(), "tile/1/000.p/1");
/// assert_eq!(TileBuilder::resume(300, partial)?.root(), builder.root());
/// # Ok::<(), bongsu_ledger::tile::ResumeError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct TileBuilder {
    size: u64,
    /// The hashes of each level's last tile; a tile that fills up leaves.
    edge: Vec<Vec<[u8; 32]>>,
}

/// Why a builder could not be taken up where it was put down.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ResumeError {
    /// The size is over what a tree may have.
    #[error("a tree has at most {MAX_SIZE} leaves, not {0}")]
    Size(u64),
    /// A partial tile is missing, doubled, of another width or no part of the right edge.
    #[error("the right edge of {size} leaves wants {width} hashes at tile level {level}")]
    Edge {
        /// Leaves in the tree.
        size: u64,
        /// Tile level.
        level: u8,
        /// Hashes its last tile has.
        width: u16,
    },
}

impl TileBuilder {
    /// The edge of a tree without leaves.
    pub fn new() -> Self {
        Self::default()
    }

    /// The edge of a tree of `size` leaves, from its partial tiles in any order.
    pub fn resume(size: u64, partials: Vec<Tile>) -> Result<Self, ResumeError> {
        if size > MAX_SIZE {
            return Err(ResumeError::Size(size));
        }
        let mut partials = partials;
        let mut edge = Vec::new();
        for level in 0..levels(size) {
            let id = last(level, size);
            let wrong = ResumeError::Edge { size, level, width: id.width };
            let found = partials.iter().position(|tile| tile.id == id);
            let hashes = match found {
                None if id.width == 0 => Vec::new(),
                None => return Err(wrong),
                Some(place) => {
                    let tile = partials.swap_remove(place);
                    let (hashes, stray) = tile.bytes.as_chunks();
                    if hashes.len() != usize::from(id.width) || !stray.is_empty() {
                        return Err(wrong);
                    }
                    hashes.to_vec()
                }
            };
            edge.push(hashes);
        }
        match partials.first() {
            None => Ok(Self { size, edge }),
            Some(stray) => {
                let TileKind::Hashes(level) = stray.id.kind else {
                    return Err(ResumeError::Edge { size, level: 0, width: width_of(0, size) });
                };
                Err(ResumeError::Edge { size, level, width: width_of(level, size) })
            }
        }
    }

    /// Leaves in the tree.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Appends a leaf by its [hash](crate::hash::leaf_hash) and gives the tiles that it filled.
    ///
    /// Nearly always none; every 256th leaf fills a tile of level 0, every 65,536th one more.
    ///
    /// # Panics
    /// At [`MAX_SIZE`] leaves.
    pub fn append(&mut self, leaf: Hash) -> Vec<Tile> {
        assert!(self.size < MAX_SIZE, "a tree has at most {MAX_SIZE} leaves");
        self.size += 1;
        let mut full = Vec::new();
        let mut node = leaf;
        for level in 0.. {
            if usize::from(level) == self.edge.len() {
                self.edge.push(Vec::new());
            }
            let hashes = &mut self.edge[usize::from(level)];
            hashes.push(node.0);
            if hashes.len() < usize::from(TILE_WIDTH) {
                break;
            }
            node = fold(hashes);
            let index = (self.size >> (u32::from(TILE_HEIGHT) * (u32::from(level) + 1))) - 1;
            let id = TileId { kind: TileKind::Hashes(level), index, width: TILE_WIDTH };
            full.push(Tile { id, bytes: hashes.as_flattened().to_vec() });
            hashes.clear();
        }
        full
    }

    /// The partial tiles of the tree as it stands, lowest level first; empty ones left out.
    ///
    /// With the full ones these are all the tiles a checkpoint of this size needs.
    pub fn partial_tiles(&self) -> Vec<Tile> {
        let edge = self.edge.iter().zip(0..).filter(|(hashes, _)| !hashes.is_empty());
        edge.map(|(hashes, level)| Tile {
            id: last(level, self.size),
            bytes: hashes.as_flattened().to_vec(),
        })
        .collect()
    }

    /// The right edge of the tree.
    pub fn frontier(&self) -> Frontier {
        let mut peaks = Vec::new();
        for hashes in self.edge.iter().rev() {
            let mut rest = hashes.as_slice();
            while !rest.is_empty() {
                let (peak, after) = rest.split_at(1 << rest.len().ilog2());
                peaks.push(fold(peak));
                rest = after;
            }
        }
        Frontier::from_peaks(self.size, peaks)
            .expect("the edge has a peak for each bit of the size")
    }

    /// The root of the tree.
    pub fn root(&self) -> Hash {
        self.frontier().root()
    }
}

/// Tile levels that a tree of `size` leaves reaches.
fn levels(size: u64) -> u8 {
    let reached = size.checked_ilog2().map_or(0, |bits| bits / u32::from(TILE_HEIGHT) + 1);
    u8::try_from(reached).expect("at most eight")
}

/// The last tile of a level: partial, or of width 0 when the level ends with a full one.
fn last(level: u8, size: u64) -> TileId {
    let row = size >> (u32::from(TILE_HEIGHT) * u32::from(level));
    let index = row / u64::from(TILE_WIDTH);
    TileId { kind: TileKind::Hashes(level), index, width: width_at(level, index, size) }
}

fn width_of(level: u8, size: u64) -> u16 {
    if level < levels(size) { last(level, size).width } else { 0 }
}
