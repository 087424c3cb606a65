//! A shelf: the index, its log and its manifest, kept in step.

mod opening;
mod writer;

use std::fmt;
use std::ops::Range;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use bongsu_matching::index::{Builder, Entry, Live, Segment, Snapshot, SystemName};

use crate::disk::{Disk, Folder, Residence};
use crate::error::{Doing, Error};
use crate::log::{BEGIN, Scan, scan};
use crate::manifest::{self, Manifest, segment_name};
use crate::record::{Record, encode};

use opening::{Opened, replay};
use writer::place;

/// An index in a directory.
///
/// Changes are durable before they are visible. One process writes; any number may read, each
/// with the state it opened.
pub struct Shelf {
    disk: Box<dyn Disk>,
    residence: Residence,
    live: RwLock<Arc<Live>>,
    /// Held while one change is logged and published, and while a manifest is written.
    writer: Mutex<Writer>,
}

/// What only writers need.
struct Writer {
    manifest: Manifest,
    /// Bytes of the log.
    log_len: u64,
    /// The files of the open segments.
    files: Vec<(Arc<Segment>, u64, u64)>,
    /// Not opened to write, or a write failed.
    stopped: bool,
}

/// What was found when a shelf was opened, checked or healed.
#[derive(Debug, Default)]
pub struct Report {
    /// What an operator should know, in the order it was found.
    pub notes: Vec<Note>,
}

/// One thing an operator should know.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Note {
    /// The last write was cut off, by a crash or a full disk, and was taken back. It had not been
    /// acknowledged.
    TornTail {
        /// The log.
        name: String,
        /// Bytes that were cut.
        bytes: u64,
    },
    /// Bytes in the middle of the log are not what was written: inventories in them are lost
    /// unless a segment or a later record has them.
    LostRecords {
        /// The log.
        name: String,
        /// Where.
        bytes: Range<u64>,
    },
    /// A segment is torn, damaged or gone.
    BadSegment {
        /// Its file.
        name: String,
        /// Why.
        why: String,
    },
    /// The manifest is damaged or gone.
    BadManifest,
    /// The index was made again of its inventories.
    Rebuilt {
        /// Systems in it.
        systems: u64,
    },
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TornTail { name, bytes } => {
                write!(f, "{name}: the last {bytes} bytes were never finished and are cut off")
            }
            Self::LostRecords { name, bytes } => {
                write!(
                    f,
                    "{name}: bytes {} to {} are damaged; send the inventories of that time again",
                    bytes.start, bytes.end
                )
            }
            Self::BadSegment { name, why } => write!(f, "{name}: {why}"),
            Self::BadManifest => f.write_str("the manifest is damaged or gone"),
            Self::Rebuilt { systems } => {
                write!(f, "the index was rebuilt from the inventories of {systems} systems")
            }
        }
    }
}

/// The manifest before it takes its name, and a segment before it does.
const YOUNG: &str = "young";

impl Shelf {
    /// Makes an empty index in a directory, which is made if it is not there.
    ///
    /// # Errors
    /// [`Error::Exists`], [`Error::Busy`], or what the disk says.
    pub fn create(path: &Path, residence: Residence) -> Result<Self, Error> {
        let folder = Folder::new(path).doing("make", &path.display().to_string())?;
        Self::create_on(Box::new(folder), residence)
    }

    /// [`create`](Self::create), on any disk.
    ///
    /// # Errors
    /// The same.
    pub fn create_on(disk: Box<dyn Disk>, residence: Residence) -> Result<Self, Error> {
        if !disk.lock().doing("lock", "the index")? {
            return Err(Error::Busy);
        }
        let names = disk.list().doing("list", "the index")?;
        if names.iter().any(|name| name == manifest::NAME || log_number(name).is_some()) {
            return Err(Error::Exists);
        }
        let mut writer = Writer {
            manifest: Manifest { next: 1, log: 0, held: BEGIN.len() as u64, segments: Vec::new() },
            log_len: BEGIN.len() as u64,
            files: Vec::new(),
            stopped: false,
        };
        let name = writer.manifest.log_name();
        place(&*disk, &name, BEGIN)?;
        let live = Live::default();
        writer.save(&*disk, &live)?;
        Ok(Self { disk, residence, live: RwLock::new(Arc::new(live)), writer: Mutex::new(writer) })
    }

    /// Opens an index to read and to write. A torn end of the log is cut off; an index that cannot
    /// be opened is rebuilt from its log; the report says so.
    ///
    /// # Errors
    /// [`Error::Missing`], [`Error::Busy`], or what the disk says.
    pub fn open(path: &Path, residence: Residence) -> Result<(Self, Report), Error> {
        if !path.is_dir() {
            return Err(Error::Missing);
        }
        let folder = Folder::new(path).doing("open", &path.display().to_string())?;
        Self::open_on(Box::new(folder), residence)
    }

    /// [`open`](Self::open), on any disk.
    ///
    /// # Errors
    /// The same.
    pub fn open_on(disk: Box<dyn Disk>, residence: Residence) -> Result<(Self, Report), Error> {
        if !disk.lock().doing("lock", "the index")? {
            return Err(Error::Busy);
        }
        let mut report = Report::default();
        let opened = Opened::read(&*disk, residence, &mut report);
        let opened = match opened {
            Ok(opened) => opened,
            Err(Error::Missing) => return Err(Error::Missing),
            Err(Error::Manifest | Error::Segment(_)) => {
                return Self::recover(disk, residence, report);
            }
            Err(error) => return Err(error),
        };
        let mut opened = opened;
        let name = opened.writer.manifest.log_name();
        if opened.log.gone {
            place(&*disk, &name, BEGIN)?;
        } else if opened.log.torn > 0 {
            report.notes.push(Note::TornTail { name: name.clone(), bytes: opened.log.torn });
            disk.truncate(&name, opened.log.end).doing("cut", &name)?;
        }
        if opened.log.end < opened.writer.manifest.held {
            // What is appended from here on is not in the segments.
            opened.writer.manifest.held = opened.log.end;
            opened.writer.save(&*disk, &opened.live)?;
        }
        let shelf = Self {
            disk,
            residence,
            live: RwLock::new(Arc::new(opened.live)),
            writer: Mutex::new(opened.writer),
        };
        shelf.sweep();
        Ok((shelf, report))
    }

    /// Opens an index to read only, beside a process that may be writing; nothing is repaired.
    ///
    /// # Errors
    /// [`Error::Missing`], [`Error::Segment`] and [`Error::Manifest`] for an index that a writer
    /// must heal first, or what the disk says.
    pub fn read(path: &Path, residence: Residence) -> Result<(Self, Report), Error> {
        if !path.is_dir() {
            return Err(Error::Missing);
        }
        let folder = Folder::new(path).doing("open", &path.display().to_string())?;
        let disk: Box<dyn Disk> = Box::new(folder);
        let mut tries = 0;
        loop {
            let mut report = Report::default();
            tries += 1;
            match Opened::read(&*disk, residence, &mut report) {
                Ok(mut opened) => {
                    opened.writer.stopped = true;
                    let live = RwLock::new(Arc::new(opened.live));
                    let writer = Mutex::new(opened.writer);
                    return Ok((Self { disk, residence, live, writer }, report));
                }
                // A writer may have put a new manifest in place and its old files away meanwhile.
                Err(Error::Segment(_) | Error::Disk { .. }) if tries < 3 => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// The current state of the index.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.live().snapshot()
    }

    fn live(&self) -> Arc<Live> {
        Arc::clone(&self.live.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn lock(&self) -> MutexGuard<'_, Writer> {
        self.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sets the inventory of a system: logged, synced, then published. Says whether the system was
    /// known.
    ///
    /// # Errors
    /// After any error but [`Error::TooLarge`] no more is written until the shelf is opened again.
    pub fn replace(&self, name: SystemName<'_>, entries: &[Entry<'_>]) -> Result<bool, Error> {
        let record = encode(&Record::Set(name, entries.to_vec()), false)?;
        let mut writer = self.lock();
        writer.append(&*self.disk, &record)?;
        writer.sync(&*self.disk)?;
        Ok(self.live().replace(name, entries.iter().copied())?)
    }

    /// Removes a system: logged, synced, then published. Says whether it was known; if not,
    /// nothing is written.
    ///
    /// # Errors
    /// As for [`replace`](Self::replace).
    pub fn remove(&self, name: SystemName<'_>) -> Result<bool, Error> {
        let mut writer = self.lock();
        if !self.snapshot().has(name)? {
            return Ok(false);
        }
        let record = encode(&Record::Remove(name), false)?;
        writer.append(&*self.disk, &record)?;
        writer.sync(&*self.disk)?;
        Ok(self.live().remove(name)?)
    }

    /// Begins to add many inventories at once: one sync for all, and for an empty index one
    /// segment.
    pub fn load(&self) -> Load<'_> {
        let writer = self.lock();
        let empty = self.snapshot().size().systems == 0 && writer.manifest.segments.is_empty();
        let from = writer.log_len;
        Load { shelf: self, writer, builder: empty.then(Builder::default), from }
    }

    /// Folds young inventories into a segment on disk; with `all`, everything into one segment.
    /// Readers and writers go on meanwhile. False when there was nothing to do.
    ///
    /// # Errors
    /// [`Error::Segment`] when an input is damaged, then nothing has changed; else as for
    /// [`replace`](Self::replace).
    pub fn fold(&self, all: bool) -> Result<bool, Error> {
        let live = self.live();
        let (fold, held) = {
            let mut writer = self.lock();
            writer.check()?;
            writer.sync(&*self.disk)?;
            let Some(fold) = live.begin_fold(all) else { return Ok(false) };
            (fold, writer.log_len)
        };
        let done = fold.run().map_err(Error::from).and_then(|mut folded| {
            let bytes = std::mem::take(&mut folded.bytes);
            let mut writer = self.lock();
            writer.check()?;
            if !Arc::ptr_eq(&live, &self.live()) {
                // Rebuilt meanwhile: what was folded is no longer what counts.
                return Ok(false);
            }
            let (segment, _) = writer.shelve(&*self.disk, self.residence, bytes)?;
            live.install(folded, Arc::clone(&segment))?;
            writer.manifest.held = held;
            writer.sync(&*self.disk)?;
            writer.save(&*self.disk, &live)?;
            Ok(true)
        });
        if done.is_err() {
            live.abandon();
        }
        self.sweep();
        done
    }

    /// Reads everything and verifies every checksum, of segments and log.
    ///
    /// # Errors
    /// What the disk says. What is damaged is in the report, not an error.
    pub fn verify(&self) -> Result<Report, Error> {
        let writer = self.lock();
        let mut report = Report::default();
        for (segment, number, _) in &writer.files {
            if let Err(why) = segment.verify() {
                let name = segment_name(*number);
                report.notes.push(Note::BadSegment { name, why: why.to_string() });
            }
        }
        let name = writer.manifest.log_name();
        let bytes = self.disk.read(&name).doing("read", &name)?;
        if !bytes.starts_with(BEGIN) {
            let bytes = 0..BEGIN.len() as u64;
            report.notes.push(Note::LostRecords { name: name.clone(), bytes });
        }
        let found = scan(&bytes, BEGIN.len().min(bytes.len()));
        note_damage(&name, &found, &mut report);
        if found.end < bytes.len() {
            let bytes = (bytes.len() - found.end) as u64;
            report.notes.push(Note::TornTail { name, bytes });
        }
        Ok(report)
    }

    /// Verifies the segments and, if one is bad, rebuilds the index from its log.
    ///
    /// # Errors
    /// As for [`rebuild`](Self::rebuild).
    pub fn heal(&self) -> Result<Report, Error> {
        let mut report = Report::default();
        for (segment, number, _) in &self.lock().files {
            if let Err(why) = segment.verify() {
                let name = segment_name(*number);
                report.notes.push(Note::BadSegment { name, why: why.to_string() });
            }
        }
        if !report.notes.is_empty() {
            self.rebuild(&mut report)?;
        }
        Ok(report)
    }

    /// Makes the index again from its log, and the log again without what was replaced.
    ///
    /// # Errors
    /// As for [`replace`](Self::replace); the old state stays until the new one is whole.
    pub fn rebuild(&self, report: &mut Report) -> Result<(), Error> {
        let mut writer = self.lock();
        writer.check()?;
        let live = writer.rebuild(&*self.disk, self.residence, report)?;
        *self.live.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(live);
        drop(writer);
        self.sweep();
        Ok(())
    }

    /// Rebuilds an index whose manifest or segments cannot be opened.
    fn recover(
        disk: Box<dyn Disk>,
        residence: Residence,
        mut report: Report,
    ) -> Result<(Self, Report), Error> {
        let names = disk.list().doing("list", "the index")?;
        let manifest =
            disk.read(manifest::NAME).ok().and_then(|bytes| Manifest::decode(&bytes).ok());
        let numbers = names.iter().filter_map(|name| log_number(name));
        let manifest = if let Some(manifest) = manifest {
            manifest
        } else {
            // Logs take their name when they are whole, and a new one holds all that the old one
            // did, so the youngest is the one that counts.
            let log = numbers.max().ok_or(Error::Missing)?;
            let next = 1 + names.iter().filter_map(|name| any_number(name)).max().unwrap_or(log);
            Manifest { next, log, held: BEGIN.len() as u64, segments: Vec::new() }
        };
        let mut writer = Writer { manifest, log_len: 0, files: Vec::new(), stopped: false };
        let live = writer.rebuild(&*disk, residence, &mut report)?;
        let shelf =
            Self { disk, residence, live: RwLock::new(Arc::new(live)), writer: Mutex::new(writer) };
        shelf.sweep();
        Ok((shelf, report))
    }

    /// Removes files that no longer count. Failing to is no harm: the next time does it.
    fn sweep(&self) {
        let writer = self.lock();
        let Ok(names) = self.disk.list() else { return };
        for name in names {
            let counts = name == writer.manifest.log_name()
                || writer
                    .manifest
                    .segments
                    .iter()
                    .any(|segment| segment_name(segment.number) == name);
            let ours = name.starts_with(YOUNG) || any_number(&name).is_some();
            if ours && !counts {
                drop(self.disk.remove(&name));
            }
        }
    }
}

/// Inventories being added together; see [`Shelf::load`]. No other change gets in between.
pub struct Load<'a> {
    shelf: &'a Shelf,
    writer: MutexGuard<'a, Writer>,
    builder: Option<Builder>,
    from: u64,
}

impl Load<'_> {
    /// Adds the inventory of a system.
    ///
    /// # Errors
    /// As for [`Shelf::replace`].
    pub fn add(&mut self, name: SystemName<'_>, entries: &[Entry<'_>]) -> Result<(), Error> {
        let record = encode(&Record::Set(name, entries.to_vec()), true)?;
        self.writer.append(&*self.shelf.disk, &record)?;
        if let Some(builder) = &mut self.builder {
            builder.add(name, entries.iter().copied());
        }
        Ok(())
    }

    /// Makes what was added durable, then visible.
    ///
    /// # Errors
    /// As for [`Shelf::replace`].
    pub fn finish(mut self) -> Result<(), Error> {
        let writer = &mut *self.writer;
        let disk = &*self.shelf.disk;
        writer.sync(disk)?;
        if let Some(builder) = self.builder {
            if writer.log_len == self.from {
                return Ok(());
            }
            let (segment, _) = writer.shelve(disk, self.shelf.residence, builder.finish())?;
            let live = Live::open([(segment, Vec::new())])?;
            writer.manifest.held = writer.log_len;
            writer.save(disk, &live)?;
            *self.shelf.live.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(live);
            return Ok(());
        }
        let name = writer.manifest.log_name();
        let live = self.shelf.live();
        replay(disk, &name, self.from, &live, &mut Report::default())?;
        Ok(())
    }
}

fn note_damage(name: &str, found: &Scan, report: &mut Report) {
    for stretch in &found.damaged {
        let bytes = stretch.start as u64..stretch.end as u64;
        report.notes.push(Note::LostRecords { name: name.to_owned(), bytes });
    }
}

fn log_number(name: &str) -> Option<u64> {
    name.strip_prefix("inventories-")?.strip_suffix(".log")?.parse().ok()
}

fn any_number(name: &str) -> Option<u64> {
    let segment = || name.strip_prefix("segment-")?.strip_suffix(".index")?.parse().ok();
    log_number(name).or_else(segment)
}
