//! The log as the writer holds it: its right edge, and how leaves are put behind it.

use bongsu_ledger::hash::Hash;
use bongsu_ledger::leaf::Leaf;
use bongsu_ledger::tile::{Tile, TileBuilder, TileId, TileKind, fold, width_at};
use bongsu_ledger::tree::Frontier;
use jiff::Timestamp;

use crate::port::{Fault, FaultKind, Read, Value, ask};
use crate::sql;

/// The right edge of the log.
#[derive(Clone, Debug, Default)]
pub(crate) struct Log {
    tiles: TileBuilder,
    frontier: Frontier,
    /// When the last entry was recorded.
    last_at: Option<Timestamp>,
}

impl Log {
    /// Reads the right edge; an empty log where there is no head yet.
    pub(crate) fn load(read: &mut dyn Read) -> Result<Self, Fault> {
        let Some((size, kept)) = head(read)? else {
            return Ok(Self::default());
        };
        let mut partials = Vec::new();
        for level in 0..8_u8 {
            let row = size.checked_shr(8 * u32::from(level)).unwrap_or(0);
            let index = row / 256;
            let width = width_at(level, index, size);
            if width > 0 {
                let bytes = edge(read, level, index * 256, width)?;
                let id = TileId { kind: TileKind::Hashes(level), index, width };
                partials.push(Tile { id, bytes });
            }
        }
        let tiles = TileBuilder::resume(size, partials).map_err(damaged)?;
        let frontier = tiles.frontier();
        if frontier.to_bytes() != kept {
            return Err(damaged("the tiles of the log do not lead to its head"));
        }
        Ok(Self { tiles, frontier, last_at: last_at(read, size)? })
    }

    /// Takes in what another replica has appended since.
    pub(crate) fn catch_up(&mut self, read: &mut dyn Read) -> Result<(), Fault> {
        let (size, edge) = head(read)?.unwrap_or_else(|| (0, Frontier::new().to_bytes()));
        if size < self.size() {
            return Err(damaged("the log became shorter while it was open"));
        }
        let mut hashes = Vec::new();
        if size > self.size() {
            let range = [int(self.size()), int(size)];
            read.rows(ask(sql::HASHES_FROM, &range), &mut |row| {
                hashes.push(Hash(row.array(0)?));
                Ok(())
            })?;
        }
        if let Some(at) = if hashes.is_empty() { None } else { last_at(read, size)? } {
            for hash in hashes {
                self.append(hash, at);
            }
        }
        if size != self.size() {
            return Err(damaged("entries of the log are missing"));
        }
        // As many entries, or more, but others: a standby that had less took over, or a backup was put in its place.
        let same = edge == self.frontier.to_bytes();
        same.then_some(()).ok_or_else(|| damaged("the log is not the one it was: start again"))
    }

    pub(crate) fn size(&self) -> u64 {
        self.frontier.size()
    }

    pub(crate) fn root(&self) -> Hash {
        self.frontier.root()
    }

    /// When the last entry was recorded.
    pub(crate) fn last_at(&self) -> Option<Timestamp> {
        self.last_at
    }

    pub(crate) fn frontier(&self) -> Vec<u8> {
        self.frontier.to_bytes()
    }

    /// Appends a leaf and gives the tiles that it filled.
    pub(crate) fn append(&mut self, leaf: Hash, at: Timestamp) -> Vec<Tile> {
        self.frontier.append(leaf);
        self.last_at = Some(at);
        self.tiles.append(leaf)
    }
}

/// Size and right edge of the log.
pub(crate) fn head(read: &mut dyn Read) -> Result<Option<(u64, Vec<u8>)>, Fault> {
    let mut found = None;
    read.rows(ask(sql::HEAD, &[]), &mut |row| {
        found = Some((row.int(0)?.cast_unsigned(), row.bytes(1)?.to_vec()));
        Ok(())
    })?;
    Ok(found)
}

/// When the last of so many entries was recorded.
fn last_at(read: &mut dyn Read, size: u64) -> Result<Option<Timestamp>, Fault> {
    let Some(last) = size.checked_sub(1) else { return Ok(None) };
    let mut found = None;
    read.rows(ask(sql::LEAF_AT, &[int(last)]), &mut |row| {
        let leaf = Leaf::from_bytes(row.bytes(0)?).map_err(damaged)?;
        found = Some(Timestamp::from_microsecond(leaf.at).map_err(damaged)?);
        Ok(())
    })?;
    found.map_or_else(|| Err(damaged("the last entry of the log is missing")), |at| Ok(Some(at)))
}

/// Hashes of an unfinished tile: leaf hashes, or what complete tiles below it come to.
pub(crate) fn edge(
    read: &mut dyn Read,
    level: u8,
    from: u64,
    width: u16,
) -> Result<Vec<u8>, Fault> {
    let mut bytes = Vec::with_capacity(usize::from(width) * 32);
    let mut left = width;
    if level == 0 {
        let range = [int(from), int(from + u64::from(width))];
        read.rows(ask(sql::HASHES_FROM, &range), &mut |row| {
            bytes.extend_from_slice(row.bytes(0)?);
            Ok(())
        })?;
        return Ok(bytes);
    }
    let below = [Value::Int(i64::from(level) - 1), int(from)];
    read.rows(ask(sql::TILES_FROM, &below), &mut |row| {
        let (hashes, _) = row.bytes(1)?.as_chunks();
        if left > 0 {
            bytes.extend_from_slice(&fold(hashes).0);
            left -= 1;
        }
        Ok(())
    })?;
    Ok(bytes)
}

/// A position or size as a value; sizes of a log fit.
pub(crate) fn int(number: u64) -> Value {
    Value::Int(number.cast_signed())
}

pub(crate) fn damaged(what: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Fault {
    Fault::new("say where its log ends", FaultKind::Damaged, what)
}
