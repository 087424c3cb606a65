//! A whole log checked from its files.
//!
//! ```text
//! checkpoint                    the signed note
//! tile/entries/…                what was said, 256 entries a bundle
//! tile/0/… tile/1/… …           the tree over it
//! envelope/e3/e3b0c442…         sealed bytes by digest; those not entrusted to us are absent
//! ```
//! The tree is built again from the entries and compared with every tile on the way, so memory
//! stays at a few tiles however long the log is. When two files disagree, the signed root says
//! which of them is wrong.

mod blame;
mod consistent;
mod error;

#[cfg(test)]
mod tests;

pub use consistent::{Inconsistent, consistent};
pub use error::AuditError;

use crate::checkpoint::Checkpoint;
use crate::hash::{Hash, leaf_hash};
use crate::keys::NodeVerifier;
use crate::leaf::Leaf;
use crate::note::{MAX_NOTE_BYTES, Note, NoteError};
use crate::tile::{
    BundleError, TILE_WIDTH, Tile, TileBuilder, TileId, TileKind, decode_bundle, width_at,
};

/// Where the files of a log are.
pub trait Files {
    /// Why a file could not be read.
    type Error;

    /// The bytes at a path such as `tile/0/x001/234`; nothing when there is no such file.
    fn read(&self, path: &str) -> Result<Option<Vec<u8>>, Self::Error>;
}

impl Audited {
    /// Entries in the log.
    pub fn size(&self) -> u64 {
        self.checkpoint.size
    }

    /// The root of the tree over them.
    pub fn root(&self) -> Hash {
        self.checkpoint.root
    }
}

impl<F: Files + ?Sized> Files for &F {
    type Error = F::Error;

    fn read(&self, path: &str) -> Result<Option<Vec<u8>>, Self::Error> {
        (**self).read(path)
    }
}

/// The path of sealed bytes by their digest.
pub fn envelope_path(envelope: &Hash) -> String {
    let digits = envelope.to_string();
    format!("envelope/{}/{digits}", &digits[..2])
}

/// What was found to be whole.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Audited {
    /// The checkpoint that everything was held against.
    pub checkpoint: Checkpoint,
    /// Tiles of hashes that were compared.
    pub tiles: u64,
    /// Entries whose sealed bytes were here, and were those that the entry names.
    pub envelopes: u64,
    /// Entries whose sealed bytes were not here: erased, or not entrusted to us.
    pub withheld: u64,
}

/// Checks a log: signatures, entries, tiles, root, and those envelopes that are present.
///
/// `progress` hears after each bundle how many entries have been checked.
///
/// A partial tile or bundle may be absent when the full one is there: its first part counts.
///
/// # Errors
/// [`AuditError`] names the first place that is wrong. Places after it were not looked at.
pub fn verify_log<F: Files>(
    files: &F,
    verifier: &NodeVerifier,
    mut progress: impl FnMut(u64),
) -> Result<Audited, AuditError<F::Error>> {
    let checkpoint = open_checkpoint(files, verifier)?;
    let audited = Audited { checkpoint, tiles: 0, envelopes: 0, withheld: 0 };
    let mut audit = Audit { files, audited, builder: TileBuilder::new() };
    let size = audit.audited.checkpoint.size;
    for index in 0..size.div_ceil(u64::from(TILE_WIDTH)) {
        audit.bundle(index)?;
        progress(audit.builder.size());
    }
    audit.edge()?;
    Ok(audit.audited)
}

/// Reads the checkpoint of a log and checks its signatures.
pub fn open_checkpoint<F: Files>(
    files: &F,
    verifier: &NodeVerifier,
) -> Result<Checkpoint, AuditError<F::Error>> {
    let bytes = read(files, "checkpoint")?;
    let bytes = bytes.ok_or(AuditError::Missing { path: "checkpoint".to_owned() })?;
    let too_long = bytes.len() > MAX_NOTE_BYTES;
    let note = if too_long { Err(NoteError::TooLong) } else { Note::from_bytes(&bytes) };
    let note = note.map_err(|error| AuditError::Checkpoint(error.into()))?;
    Checkpoint::open(&note, verifier).map_err(AuditError::Checkpoint)
}

/// A check on its way through a log.
struct Audit<'a, F> {
    files: &'a F,
    audited: Audited,
    /// The tree over the entries checked so far.
    builder: TileBuilder,
}

impl<F: Files> Audit<'_, F> {
    /// Checks one bundle, the tile of level 0 over it, and the tiles above that it completes.
    fn bundle(&mut self, index: u64) -> Result<(), AuditError<F::Error>> {
        let width = width_at(0, index, self.audited.checkpoint.size);
        let id = TileId { kind: TileKind::Entries, index, width };
        let first = index * u64::from(TILE_WIDTH);
        let (path, bytes) = read_tile(self.files, id)?;
        let entries = decode_start(&bytes, id, &path).map_err(|source| AuditError::Bundle {
            entry: first + place_of(&source),
            path: path.clone(),
            source,
        })?;
        let hashes: Vec<[u8; 32]> = entries.iter().map(|entry| leaf_hash(entry).0).collect();
        let over = TileId { kind: TileKind::Hashes(0), index, width };
        self.compare(&Tile { id: over, bytes: hashes.as_flattened().to_vec() })?;
        for (entry, bytes) in (first..).zip(&entries) {
            let leaf = Leaf::from_bytes(bytes).map_err(|source| AuditError::Leaf {
                entry,
                path: path.clone(),
                source,
            })?;
            self.envelope(entry, &leaf.envelope)?;
        }
        for hash in hashes {
            for tile in self.builder.append(Hash(hash)) {
                if tile.id.kind != TileKind::Hashes(0) {
                    self.compare(&tile)?;
                }
            }
        }
        Ok(())
    }

    /// Checks the partial tiles above level 0 and the root.
    fn edge(&mut self) -> Result<(), AuditError<F::Error>> {
        for tile in self.builder.partial_tiles() {
            if tile.id.kind != TileKind::Hashes(0) {
                self.compare(&tile)?;
            }
        }
        let Checkpoint { size, root, .. } = self.audited.checkpoint;
        if self.builder.root() == root { Ok(()) } else { Err(AuditError::Root { size }) }
    }

    /// Compares a tile made from the entries with the one on file.
    fn compare(&mut self, made: &Tile) -> Result<(), AuditError<F::Error>> {
        let (path, kept) = read_tile(self.files, made.id)?;
        self.audited.tiles += 1;
        // A full tile may stand in for a partial one; nothing else may have other bytes.
        let stand_in = made.id.is_partial() && !path.contains(".p/");
        let bytes = if stand_in { usize::from(TILE_WIDTH) * Hash::BYTES } else { made.bytes.len() };
        if kept.len() == bytes && kept.starts_with(&made.bytes) {
            return Ok(());
        }
        Err(blame::decide(self.files, &self.audited.checkpoint, made, path, &kept)?)
    }

    /// Checks sealed bytes, if they are here.
    fn envelope(&mut self, entry: u64, envelope: &Hash) -> Result<(), AuditError<F::Error>> {
        let path = envelope_path(envelope);
        match read(self.files, &path)? {
            None => self.audited.withheld += 1,
            Some(sealed) if Hash::of(&sealed) == *envelope => self.audited.envelopes += 1,
            Some(_) => return Err(AuditError::Envelope { entry, path }),
        }
        Ok(())
    }
}

fn read<F: Files>(files: &F, path: &str) -> Result<Option<Vec<u8>>, AuditError<F::Error>> {
    files.read(path).map_err(|source| AuditError::Read { path: path.to_owned(), source })
}

/// A tile or bundle and the path it was found at: the partial one, else the full one.
fn read_tile<F: Files>(files: &F, id: TileId) -> Result<(String, Vec<u8>), AuditError<F::Error>> {
    let path = id.to_string();
    if let Some(bytes) = read(files, &path)? {
        return Ok((path, bytes));
    }
    if id.is_partial() {
        let filled = id.filled().to_string();
        if let Some(bytes) = read(files, &filled)? {
            return Ok((filled, bytes));
        }
    }
    Err(AuditError::Missing { path })
}

/// The first `id.width` entries of a bundle; a full bundle may stand in for a partial one.
fn decode_start<'a>(bytes: &'a [u8], id: TileId, path: &str) -> Result<Vec<&'a [u8]>, BundleError> {
    if id.is_partial() && !path.contains(".p/") {
        let mut entries = decode_bundle(bytes, TILE_WIDTH)?;
        entries.truncate(id.width.into());
        return Ok(entries);
    }
    decode_bundle(bytes, id.width)
}

fn place_of(error: &BundleError) -> u64 {
    match error {
        BundleError::Entry { place, .. } | BundleError::Torn { place } => *place as u64,
        BundleError::Count { found, expected } => (*found as u64).min(u64::from(*expected)),
    }
}
