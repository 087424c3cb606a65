//! The anchor: what was seen of the log last, kept outside the database.
//!
//! A small file with the last signed checkpoint. A backup that is restored beside a newer anchor is noticed at once; and
//! nobody can shorten or swap the log in the database without the file showing it.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bongsu_ledger::hash::Hash;
use bongsu_ledger::tree::{TiledTree, Tiles, root_at};
use bongsu_ledger::{Checkpoint, NodeKey, Note};

use crate::error::Error;
use crate::files::replace;
use crate::log::{Log, edge, int};
use crate::port::{Fault, Read, Value, ask};
use crate::sql;

/// Where the last checkpoint is kept.
#[derive(Debug)]
pub(crate) struct Anchor {
    path: PathBuf,
}

impl Anchor {
    pub(crate) fn at(path: &Path) -> Self {
        Self { path: path.to_owned() }
    }

    /// The checkpoint that was seen last; none where nothing was seen yet.
    pub(crate) fn seen(&self, key: &NodeKey) -> Result<Option<Checkpoint>, Error> {
        let bytes = match std::fs::read(&self.path) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            other => other.map_err(|error| self.wrong(error))?,
        };
        let note = Note::from_bytes(&bytes).map_err(|error| self.wrong(error))?;
        let checkpoint = Checkpoint::open(&note, &key.verifier());
        checkpoint.map(Some).map_err(|error| self.wrong(error))
    }

    /// Remembers the log as it stands; call it only when that is durable.
    pub(crate) fn remember(&self, note: &Note) -> Result<(), Error> {
        replace(&self.path, note.to_string().as_bytes()).map_err(|source| Error::File {
            act: "write the anchor",
            path: self.path.display().to_string(),
            source: Arc::new(source),
        })
    }

    fn wrong(&self, source: impl std::error::Error + Send + Sync + 'static) -> Error {
        Error::Anchor { path: self.path.display().to_string(), source: Arc::new(source) }
    }
}

/// Signs the log as it stands.
pub(crate) fn sign(log: &Log, key: &NodeKey) -> Note {
    let checkpoint = Checkpoint::new(key.name().clone(), log.size(), log.root());
    checkpoint.sign(key).expect("a checkpoint of ours is a note")
}

/// Checks that a log goes on from what was seen.
///
/// # Errors
/// [`Error::Behind`] and [`Error::Forked`].
pub(crate) fn goes_on(read: &mut dyn Read, log: &Log, seen: &Checkpoint) -> Result<(), Error> {
    if log.size() < seen.size {
        return Err(Error::Behind { ours: log.size(), seen: seen.size });
    }
    let tree = TiledTree::new(Stored { read: std::cell::RefCell::new(read) }, log.size());
    let root: Hash = match root_at(seen.size, &tree) {
        Ok(root) => root,
        Err(_) => return Err(Error::Forked { seen: seen.size }),
    };
    if root == seen.root { Ok(()) } else { Err(Error::Forked { seen: seen.size }) }
}

/// Tiles of the log in the database.
pub(crate) struct Stored<'a> {
    pub(crate) read: std::cell::RefCell<&'a mut dyn Read>,
}

impl Tiles for Stored<'_> {
    type Error = Fault;

    fn tile(&self, level: u8, index: u64, width: u16) -> Result<Vec<u8>, Fault> {
        let mut read = self.read.borrow_mut();
        let mut full = None;
        let which = [Value::Int(level.into()), int(index)];
        read.rows(ask(sql::TILE, &which), &mut |row| {
            full = Some(row.bytes(0)?.to_vec());
            Ok(())
        })?;
        match full {
            Some(full) => Ok(full),
            None => edge(&mut **read, level, index * 256, width),
        }
    }
}
