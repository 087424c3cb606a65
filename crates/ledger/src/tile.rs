//! Tiles and entry bundles, and the paths at which they lie.
//!
//! Source: C2SP tlog-tiles.

mod builder;
mod bundle;

pub use builder::{ResumeError, TileBuilder};
pub use bundle::{BundleError, MAX_ENTRY_BYTES, decode_bundle, encode_bundle, entry_bytes};

use std::fmt;
use std::str::FromStr;

use crate::hash::{Hash, node_hash};

/// Levels of the tree that a tile spans.
pub const TILE_HEIGHT: u8 = 8;

/// Hashes in a full tile, and entries in a full bundle.
pub const TILE_WIDTH: u16 = 256;

/// What a tile holds.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum TileKind {
    /// The entries themselves: an entry bundle.
    Entries,
    /// Hashes of the tree, at this tile level, 0 to 63.
    Hashes(u8),
}

/// Which tile.
///
/// - **Shape:** `tile/<level>/<index>` or `tile/entries/<index>`, with `.p/<width>` when partial;
///   an index is written in groups of three digits, all but the last after an `x`.
/// - **Source:** C2SP tlog-tiles, sections *Merkle Tree* and *Log entries*.
///
/// ```
/// use bongsu_ledger::tile::{TileId, TileKind};
///
/// let id = TileId { kind: TileKind::Hashes(0), index: 1_234_067, width: 17 };
/// assert_eq!(id.to_string(), "tile/0/x001/x234/067.p/17");
/// assert_eq!("tile/0/x001/x234/067.p/17".parse(), Ok(id));
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct TileId {
    /// What it holds.
    pub kind: TileKind,
    /// Its place in the row, from zero.
    pub index: u64,
    /// How many hashes or entries it holds: 1 to 256.
    pub width: u16,
}

/// A tile of hashes and its bytes.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Tile {
    /// Which one.
    pub id: TileId,
    /// Its hashes, 32 bytes each.
    pub bytes: Vec<u8>,
}

/// Why a text is not the path of a tile.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ParseTileError {
    /// It does not begin with `tile/`.
    #[error("the path of a tile begins with `tile/`, such as `tile/0/x001/234`")]
    Prefix,
    /// The level is neither `entries` nor 0 to 63.
    #[error("the level of a tile is `entries` or 0 to 63 without leading zeroes")]
    Level,
    /// The index is not written in groups of three digits.
    #[error("the index of a tile is written in threes, such as `x001/x234/067`")]
    Index,
    /// The width is not 1 to 255.
    #[error("the width of a partial tile is 1 to 255, such as `.p/17`")]
    Width,
}

impl TileId {
    /// Whether the tile is not full.
    pub fn is_partial(&self) -> bool {
        self.width < TILE_WIDTH
    }

    /// The full tile at the same place.
    #[must_use]
    pub fn filled(self) -> Self {
        Self { width: TILE_WIDTH, ..self }
    }
}

/// How many hashes the tile at `(level, index)` has in a tree of `size` leaves: 0 to 256.
pub fn width_at(level: u8, index: u64, size: u64) -> u16 {
    let row = size.checked_shr(u32::from(level) * u32::from(TILE_HEIGHT)).unwrap_or(0);
    let before = index.saturating_mul(u64::from(TILE_WIDTH));
    let width = row.saturating_sub(before).min(u64::from(TILE_WIDTH));
    u16::try_from(width).expect("at most 256")
}

/// The hash over a run of hashes, as a tree of RFC 6962 has it over such leaves.
///
/// For a full tile that is the hash which stands for it in the level above.
pub fn fold(hashes: &[[u8; 32]]) -> Hash {
    match hashes {
        [] => Hash::EMPTY_ROOT,
        [only] => Hash(*only),
        _ => {
            let (left, right) = hashes.split_at(hashes.len().next_power_of_two() / 2);
            node_hash(&fold(left), &fold(right))
        }
    }
}

impl fmt::Display for TileId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            TileKind::Entries => write!(f, "tile/entries")?,
            TileKind::Hashes(level) => write!(f, "tile/{level}")?,
        }
        let digits = self.index.checked_ilog10().unwrap_or(0);
        for group in (1..=digits / 3).rev() {
            write!(f, "/x{:03}", self.index / 1000_u64.pow(group) % 1000)?;
        }
        write!(f, "/{:03}", self.index % 1000)?;
        if self.is_partial() { write!(f, ".p/{}", self.width) } else { Ok(()) }
    }
}

impl FromStr for TileId {
    type Err = ParseTileError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let rest = text.strip_prefix("tile/").ok_or(ParseTileError::Prefix)?;
        let (kind, rest) = rest.split_once('/').ok_or(ParseTileError::Level)?;
        let kind = match kind {
            "entries" => TileKind::Entries,
            level => TileKind::Hashes(decimal(level, 63).ok_or(ParseTileError::Level)?),
        };
        let (index, width) = match rest.split_once(".p/") {
            None => (rest, TILE_WIDTH),
            Some((index, width)) => {
                let width = decimal(width, 255).filter(|width| *width > 0);
                (index, width.ok_or(ParseTileError::Width)?.into())
            }
        };
        let index = threes(index).ok_or(ParseTileError::Index)?;
        Ok(Self { kind, index, width })
    }
}

/// A number up to `most` in decimal digits, with no zero in front.
fn decimal(text: &str, most: u8) -> Option<u8> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    let padded = text.len() > 1 && text.starts_with('0');
    if !digits || padded {
        return None;
    }
    text.parse().ok().filter(|number| *number <= most)
}

/// A number in groups of three digits, with no group of zeroes in front.
fn threes(text: &str) -> Option<u64> {
    let (front, last) = text.rsplit_once('/').map_or((None, text), |(f, l)| (Some(f), l));
    let mut number = 0_u64;
    for group in front.into_iter().flat_map(|front| front.split('/')) {
        number = joined(number, group.strip_prefix('x')?)?;
        if number == 0 {
            return None;
        }
    }
    joined(number, last)
}

fn joined(number: u64, group: &str) -> Option<u64> {
    if group.len() != 3 || !group.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    number.checked_mul(1000)?.checked_add(group.parse().ok()?)
}

#[cfg(test)]
mod tests;
