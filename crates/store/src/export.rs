//! The log as files, in the formats that anybody can verify.
//!
//! `checkpoint`, `tile/…`, `tile/entries/…` as C2SP tlog-tiles has them, and `envelope/<first two digits>/<digest>` with
//! what is sealed. Files are only ever added; the checkpoint comes last, so that it never promises what is not there.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bongsu_ledger::hash::Hash;
use bongsu_ledger::leaf::{Leaf, Routing, envelope_digest};
use bongsu_ledger::proof::LogProof;
use bongsu_ledger::tile::{TileId, TileKind, encode_bundle, width_at};
use bongsu_ledger::tree::{TiledTree, inclusion_proof};

use jiff::Timestamp;

use crate::anchor::Stored;
use crate::codes;
use crate::error::Error;
use crate::files::replace;
use crate::keep;
use crate::log::{Log, int};
use crate::port::{Read, Scope, Value, ask};
use crate::sql;
use crate::store::Store;

/// Where files go.
pub trait Target {
    /// Writes a file, whole or not at all; one that is there has the same content, the checkpoint excepted.
    fn write(&mut self, path: &str, bytes: &[u8]) -> io::Result<()>;
}

/// A directory.
#[derive(Clone, Debug)]
pub struct Directory(pub PathBuf);

impl Target for Directory {
    fn write(&mut self, path: &str, bytes: &[u8]) -> io::Result<()> {
        let path = self.0.join(path);
        std::fs::create_dir_all(path.parent().unwrap_or(Path::new(".")))?;
        if path.ends_with("checkpoint") {
            // What the checkpoint promises is on the disk before it: one call for all files of this folder's disk.
            rustix::fs::syncfs(std::fs::File::open(&self.0)?)?;
            replace(&path, bytes)
        } else {
            std::fs::write(path, bytes)
        }
    }
}

/// One entry of the log as it is kept: what everybody may have.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Sealed {
    /// Its position.
    pub position: u64,
    /// The leaf as it is hashed.
    pub leaf: Vec<u8>,
    /// Its leaf hash.
    pub hash: Hash,
    /// What is sealed beside it.
    pub envelope: Vec<u8>,
}

impl Sealed {
    /// What its leaf tells of it: everything but what was said and who said it.
    ///
    /// # Errors
    /// [`Error`] where the leaf is none.
    pub fn cover(&self) -> Result<Cover, Error> {
        let leaf = Leaf::from_bytes(&self.leaf);
        let leaf = leaf.map_err(|error| Error::from(crate::rows::odd(error.to_string())))?;
        let at = Timestamp::from_microsecond(leaf.at);
        let at = at.map_err(|error| Error::from(crate::rows::odd(error.to_string())))?;
        let Routing { owner, tlp, grade, audience } = leaf.routing;
        let (kind, station) = (codes::name_of(leaf.kind.0), owner.to_string());
        Ok(Cover { kind, at, station, tlp, grade, audience })
    }
}

/// What is open of an entry.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Cover {
    /// The name of its event; nothing where it is of a newer program.
    pub kind: Option<&'static str>,
    /// When.
    pub at: Timestamp,
    /// The station whose record it is.
    pub station: String,
    /// Its TLP, as `authority` numbers them.
    pub tlp: u8,
    /// Its grade, as `authority` numbers them.
    pub grade: u8,
    /// Under whose key it is sealed: a kind of owner.
    pub audience: u8,
}

impl Store {
    /// Up to `count` entries from a position on, sealed as they are kept.
    pub fn entries(&self, from: u64, count: u64) -> Result<Vec<Sealed>, Error> {
        self.read(Scope::Node, |read| entries(read, from, from.saturating_add(count)))
    }

    /// How many entries the log has, and its root.
    pub fn head(&self) -> Result<(u64, Hash), Error> {
        self.read(Scope::Node, |read| {
            let log = Log::load(read)?;
            Ok((log.size(), log.root()))
        })
    }

    /// A proof that one entry is in the log as it stands now: a file of its own, which needs nothing but a public key.
    ///
    /// # Errors
    /// [`Error::Missing`] where the log has no such entry.
    pub fn prove(&self, position: u64) -> Result<LogProof, Error> {
        let note = self.checkpoint()?;
        let size = size_of(note.text());
        self.read(Scope::Node, |read| {
            let entry = entries(read, position, position.saturating_add(1))?;
            let entry = entry.first().filter(|_| position < size).ok_or(Error::Missing("entry"))?;
            let stored = Stored { read: std::cell::RefCell::new(read) };
            let path = inclusion_proof(position, size, &TiledTree::new(stored, size));
            let path = path.map_err(|error| Error::from(crate::rows::odd(error.to_string())))?;
            Ok(LogProof::of(&entry.leaf, position, path, note))
        })
    }

    /// Writes the log as files, from the `known` entries on that are there already; gives the size written.
    ///
    /// # Errors
    /// [`Error::File`] where a file could not be written; then the checkpoint is the one from before.
    pub fn export(&self, target: &mut dyn Target, known: u64) -> Result<u64, Error> {
        let note = self.checkpoint()?;
        let size = size_of(note.text());
        self.read(Scope::Node, |read| {
            for level in 0..8 {
                tiles(read, target, level, known, size)?;
            }
            let mut first = known / 256 * 256;
            while first < size {
                let bundle = entries(read, first, size.min(first + 256))?;
                write_bundle(target, first / 256, known, &bundle)?;
                first += 256;
            }
            Ok(())
        })?;
        write(target, "checkpoint", note.to_string().as_bytes())?;
        Ok(size)
    }
}

/// The size in the text of a checkpoint: its second line.
fn size_of(text: &str) -> u64 {
    let line = text.lines().nth(1).expect("a checkpoint has a size");
    line.parse().expect("the size of a checkpoint is a number")
}

/// Every tile of a level that a tree of `size` has and one of `known` had not.
fn tiles(
    read: &mut dyn Read,
    target: &mut dyn Target,
    level: u8,
    known: u64,
    size: u64,
) -> Result<(), Error> {
    let row = |size: u64| size.checked_shr(8 * u32::from(level)).unwrap_or(0);
    for index in row(known) / 256..row(size).div_ceil(256) {
        let width = width_at(level, index, size);
        if width == 0 {
            continue;
        }
        let mut bytes = Vec::new();
        if width == 256 {
            read.rows(ask(sql::TILE, &[Value::Int(level.into()), int(index)]), &mut |row| {
                bytes = row.bytes(0)?.to_vec();
                Ok(())
            })?;
        } else {
            bytes = crate::log::edge(read, level, index * 256, width)?;
        }
        let id = TileId { kind: TileKind::Hashes(level), index, width };
        write(target, &id.to_string(), &bytes)?;
    }
    Ok(())
}

fn write_bundle(
    target: &mut dyn Target,
    index: u64,
    known: u64,
    entries: &[Sealed],
) -> Result<(), Error> {
    let leaves: Vec<&[u8]> = entries.iter().map(|entry| entry.leaf.as_slice()).collect();
    let bundle = encode_bundle(&leaves).expect("256 leaves of 406 bytes fit");
    let width = u16::try_from(entries.len()).expect("a bundle has 256 entries");
    for entry in entries.iter().filter(|entry| entry.position >= known) {
        let digest = envelope_digest(&entry.envelope).to_string();
        write(target, &format!("envelope/{}/{digest}", &digest[..2]), &entry.envelope)?;
    }
    let id = TileId { kind: TileKind::Entries, index, width };
    write(target, &id.to_string(), &bundle)
}

fn write(target: &mut dyn Target, path: &str, bytes: &[u8]) -> Result<(), Error> {
    target.write(path, bytes).map_err(|source| Error::File {
        act: "write",
        path: path.to_owned(),
        source: Arc::new(source),
    })
}

fn entries(read: &mut dyn Read, from: u64, to: u64) -> Result<Vec<Sealed>, Error> {
    let rows = keep::rows(read, ask(sql::ENTRIES, &[int(from), int(to)]))?;
    let mut entries = Vec::with_capacity(rows.len());
    for row in rows {
        entries.push(Sealed {
            position: row.int(0)?.cast_unsigned(),
            leaf: row.bytes(1)?.to_vec(),
            hash: Hash(row.array(2)?),
            envelope: row.bytes(5)?.to_vec(),
        });
    }
    Ok(entries)
}
