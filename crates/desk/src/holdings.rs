//! What runs where: the index of a running node, opened once, written by one at a time, read by all.

use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use bongsu_authority::{InstitutionId, SystemId};
use bongsu_formats::{Limits, inventories};
use bongsu_inventory::Inventory;
use bongsu_matching::index::{Entry, Snapshot, SystemNameBuf};
use bongsu_matching::{Row, rows};
use bongsu_response::Evidence;
use bongsu_shelf::{Error as ShelfError, Residence, Shelf};
use jiff::Timestamp;
use rustc_hash::FxHashMap;

use crate::Desk;

/// The index, and which document of each system it was made from.
///
/// The index is a copy of what the record and its documents say. Where a replica published, or the copy was lost,
/// [`follow`](Self::follow) makes it whole from the documents.
pub struct Holdings {
    shelf: Shelf,
    written: Mutex<Written>,
}

impl std::fmt::Debug for Holdings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Holdings").field("size", &self.snapshot().size()).finish_non_exhaustive()
    }
}

/// Which document each system's rows came from, in memory and in a file beside the index.
#[derive(Debug)]
struct Written {
    from: FxHashMap<SystemId, Evidence>,
    file: PathBuf,
    lines: File,
}

/// Why the index could not be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Unheld {
    /// The shelf says so.
    #[error("the index cannot be used")]
    Shelf(#[from] ShelfError),
    /// The file beside it cannot be read or written.
    #[error("{path} cannot be used: check the disk and who may write there")]
    File {
        /// Which.
        path: String,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The record could not be read.
    #[error(transparent)]
    Store(#[from] bongsu_store::Error),
    /// Somebody has no lead ministry, so nobody may be asked about it.
    #[error("institution {0} has no lead ministry now: enrol it again")]
    NoLead(InstitutionId),
}

/// What following the record did.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Followed {
    /// Systems whose rows were made anew.
    pub renewed: u64,
    /// Systems that are behind and have no document that can be read: their institutions publish again.
    pub behind: u64,
}

impl Holdings {
    /// Opens the index in a folder, or makes an empty one; gives what was noticed beside it.
    ///
    /// # Errors
    /// [`Unheld`] with the place that is wrong.
    pub fn open(folder: &Path, residence: Residence) -> Result<(Self, Vec<String>), Unheld> {
        let (shelf, notes) = if folder.exists() {
            let (shelf, report) = Shelf::open(folder, residence)?;
            (shelf, report.notes.iter().map(ToString::to_string).collect())
        } else {
            (Shelf::create(folder, residence)?, Vec::new())
        };
        let written = Written::open(folder.with_extension("written"))?;
        Ok((Self { shelf, written: Mutex::new(written) }, notes))
    }

    /// The index as it stands.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.shelf.snapshot()
    }

    /// Puts what runs on a system in the place of what ran on it before; durable when this returns.
    ///
    /// # Errors
    /// [`Unheld`]; after one, [`follow`](Self::follow) or the same again makes it whole.
    pub fn put(
        &self,
        desk: &Desk,
        (institution, system): (InstitutionId, SystemId),
        (digest, inventory): (Evidence, &Inventory),
        now: Timestamp,
    ) -> Result<(), Unheld> {
        let register = desk.register();
        let lead = register.jurisdiction(institution, now).ok_or(Unheld::NoLead(institution))?.lead;
        let name = SystemNameBuf {
            ministry: lead.as_str().into(),
            institution: institution.to_string().into(),
            system: system.to_string().into(),
        };
        let rows: Vec<Row> = inventory.components.iter().flat_map(rows).collect();
        let entries: Vec<Entry<'_>> = rows
            .iter()
            .map(|row| Entry { key: &row.key, scheme: row.scheme, version: row.version.as_deref() })
            .collect();
        self.shelf.replace(name.borrowed(), &entries)?;
        self.written().remember(system, digest)
    }

    /// Brings the index after the record: what other replicas published, and what is missing.
    ///
    /// # Errors
    /// [`Unheld`]; what was renewed before stays.
    pub fn follow(&self, desk: &Desk, now: Timestamp) -> Result<Followed, Unheld> {
        let systems = desk.store().systems()?;
        let mut followed = Followed::default();
        if self.written().from.is_empty() && self.snapshot().size().systems >= systems.len() as u64
        {
            // An index that was built beside the record, whole: its rows are of the documents that are named now.
            let all: Vec<_> = systems.iter().map(|(id, one)| (*id, one.digest)).collect();
            self.written().remember_all(&all)?;
            return Ok(followed);
        }
        for (system, published) in systems {
            if self.written().from.get(&system) == Some(&published.digest) {
                continue;
            }
            let document = desk.store().document_for_the_index(system)?;
            let inventory = document.and_then(|document| {
                let read = inventories::read(&document.name, &*document.bytes, &Limits::default());
                read.inventories.into_iter().next()
            });
            let Some(inventory) = inventory else {
                followed.behind += 1;
                continue;
            };
            let place = (published.institution, system);
            self.put(desk, place, (published.digest, &inventory), now)?;
            followed.renewed += 1;
        }
        Ok(followed)
    }

    fn written(&self) -> std::sync::MutexGuard<'_, Written> {
        self.written.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Written {
    fn open(file: PathBuf) -> Result<Self, Unheld> {
        let wrong = |source| Unheld::File { path: file.display().to_string(), source };
        let text = match fs::read_to_string(&file) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(wrong(error)),
        };
        let mut from = FxHashMap::default();
        for line in text.lines() {
            // A torn last line is a system whose rows are made anew.
            let Some((system, digest)) = line.split_once(' ') else { continue };
            if let (Ok(system), Ok(digest)) = (system.parse(), digest.parse()) {
                from.insert(system, digest);
            }
        }
        let lines = OpenOptions::new().create(true).append(true).open(&file).map_err(wrong)?;
        Ok(Self { from, file, lines })
    }

    fn remember(&mut self, system: SystemId, digest: Evidence) -> Result<(), Unheld> {
        self.remember_all(&[(system, digest)])
    }

    /// Appends lines. Not synced: a line that is lost costs making rows anew, and nothing else.
    fn remember_all(&mut self, all: &[(SystemId, Evidence)]) -> Result<(), Unheld> {
        let mut text = String::with_capacity(all.len() * 100);
        for (system, digest) in all {
            use std::fmt::Write;
            writeln!(text, "{system} {digest}").expect("a string takes text");
        }
        let wrong = |source| Unheld::File { path: self.file.display().to_string(), source };
        self.lines.write_all(text.as_bytes()).map_err(wrong)?;
        self.from.extend(all.iter().copied());
        Ok(())
    }
}
