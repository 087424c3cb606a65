//! Writing: the log, segments and the manifest, each whole or not at all.

use std::collections::HashMap;
use std::sync::Arc;

use bongsu_matching::index::{Builder, Live, Segment, SystemNameBuf};

use super::opening::open_segment;
use super::{Note, Report, Writer, YOUNG, note_damage};
use crate::disk::{Disk, Residence};
use crate::error::{Doing, Error};
use crate::log::{self, BEGIN, scan};
use crate::manifest::{self, Shelved, log_name, segment_name};
use crate::record::{Record, encode};

impl Writer {
    pub(super) fn check(&self) -> Result<(), Error> {
        if self.stopped { Err(Error::Stopped) } else { Ok(()) }
    }

    /// Does something to the disk; if it fails, nobody knows what is there, and writing stops.
    pub(super) fn act<T>(&mut self, act: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
        self.check()?;
        act().inspect_err(|_| self.stopped = true)
    }

    pub(super) fn append(&mut self, disk: &dyn Disk, record: &[u8]) -> Result<(), Error> {
        let name = self.manifest.log_name();
        self.act(|| disk.append(&name, record).doing("append to", &name))?;
        self.log_len += record.len() as u64;
        Ok(())
    }

    pub(super) fn sync(&mut self, disk: &dyn Disk) -> Result<(), Error> {
        let name = self.manifest.log_name();
        self.act(|| disk.sync(&name).doing("sync", &name))
    }

    /// Writes a segment to its file and opens it from there.
    pub(super) fn shelve(
        &mut self,
        disk: &dyn Disk,
        residence: Residence,
        bytes: Vec<u8>,
    ) -> Result<(Arc<Segment>, u64), Error> {
        let number = self.manifest.next;
        self.manifest.next += 1;
        let name = segment_name(number);
        let len = bytes.len() as u64;
        self.act(|| place(disk, &name, &bytes))?;
        let segment = match residence {
            Residence::Memory => Arc::new(Segment::open(Box::new(bytes))?),
            Residence::OnDemand => open_segment(disk, &name, len, residence)?,
        };
        self.files.push((Arc::clone(&segment), number, len));
        Ok((segment, number))
    }

    /// Writes a manifest that says what `live` holds.
    pub(super) fn save(&mut self, disk: &dyn Disk, live: &Live) -> Result<(), Error> {
        let snapshot = live.snapshot();
        let mut segments = Vec::new();
        let mut files = Vec::new();
        for (segment, dead) in snapshot.segments() {
            let file = self.files.iter().find(|(open, ..)| Arc::ptr_eq(open, segment));
            let (open, number, len) =
                file.expect("every segment was shelved before it was installed");
            segments.push(Shelved { number: *number, len: *len, dead });
            files.push((Arc::clone(open), *number, *len));
        }
        self.manifest.segments = segments;
        self.files = files;
        let bytes = self.manifest.encode();
        self.act(|| place(disk, manifest::NAME, &bytes))
    }

    /// Makes one segment and a new log of what the log says.
    pub(super) fn rebuild(
        &mut self,
        disk: &dyn Disk,
        residence: Residence,
        report: &mut Report,
    ) -> Result<Live, Error> {
        let name = self.manifest.log_name();
        let bytes = disk.read(&name).doing("read", &name)?;
        if !bytes.starts_with(BEGIN) {
            let bytes = 0..BEGIN.len() as u64;
            report.notes.push(Note::LostRecords { name: name.clone(), bytes });
        }
        let found = scan(&bytes, BEGIN.len().min(bytes.len()));
        note_damage(&name, &found, report);
        // Where the last word on each system is.
        let mut last: HashMap<SystemNameBuf, usize> = HashMap::new();
        let mut room = Vec::new();
        for (place, range) in found.records.iter().enumerate() {
            match log::read(&bytes[range.clone()], &mut room) {
                Some(Record::Set(system, _)) => {
                    last.insert(system.to_owned(), place);
                }
                Some(Record::Remove(system)) => {
                    last.remove(&system.to_owned());
                }
                None => report.notes.push(Note::LostRecords {
                    name: name.clone(),
                    bytes: range.start as u64..range.end as u64,
                }),
            }
        }
        let mut kept: Vec<usize> = last.into_values().collect();
        kept.sort_unstable();
        let mut builder = Builder::default();
        let mut fresh = BEGIN.to_vec();
        for place in &kept {
            let range = found.records[*place].clone();
            if let Some(Record::Set(system, entries)) = log::read(&bytes[range], &mut room) {
                fresh.extend_from_slice(&encode(&Record::Set(system, entries.clone()), true)?);
                builder.add(system, entries);
            }
        }
        let number = self.manifest.next;
        self.manifest.next += 1;
        self.act(|| place(disk, &log_name(number), &fresh))?;
        let (segment, _) = self.shelve(disk, residence, builder.finish())?;
        let live = Live::open([(segment, Vec::new())])?;
        self.manifest.log = number;
        self.manifest.held = fresh.len() as u64;
        self.log_len = fresh.len() as u64;
        self.save(disk, &live)?;
        report.notes.push(Note::Rebuilt { systems: kept.len() as u64 });
        Ok(live)
    }
}

/// Writes a file under a young name, syncs it, and gives it its name: at every moment the file of
/// that name is whole.
pub(super) fn place(disk: &dyn Disk, name: &str, bytes: &[u8]) -> Result<(), Error> {
    let young = format!("{YOUNG}-{name}");
    disk.create(&young, bytes).doing("write", name)?;
    disk.rename(&young, name).doing("rename", name)
}
