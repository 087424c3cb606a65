//! Opening: the manifest, the heads of the segments, and the rest of the log done again.

use std::ops::Range;
use std::sync::Arc;

use bongsu_matching::index::{Live, Segment, SegmentError};

use super::{Note, Report, Writer, log_number};
use crate::disk::{Disk, Residence};
use crate::error::{Doing, Error};
use crate::log::{self, BEGIN, scan};
use crate::manifest::{self, Manifest, segment_name};
use crate::record::Record;

/// A shelf as it was found.
pub(super) struct Opened {
    pub(super) live: Live,
    pub(super) writer: Writer,
    pub(super) log: Replayed,
}

/// How a log was found.
pub(super) struct Replayed {
    /// Where its last whole record ends.
    pub(super) end: u64,
    /// Bytes after that.
    pub(super) torn: u64,
    /// Not even its beginning is there.
    pub(super) gone: bool,
}

impl Opened {
    pub(super) fn read(
        disk: &dyn Disk,
        residence: Residence,
        report: &mut Report,
    ) -> Result<Self, Error> {
        let names = disk.list().doing("list", "the index")?;
        let bytes = match disk.read(manifest::NAME) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                // The first manifest is written after the first log: without both, nothing was.
                let begun = names.iter().any(|name| log_number(name).is_some());
                return if begun {
                    report.notes.push(Note::BadManifest);
                    Err(Error::Manifest)
                } else {
                    Err(Error::Missing)
                };
            }
            Err(error) => return Err(error).doing("read", manifest::NAME),
        };
        let manifest =
            Manifest::decode(&bytes).inspect_err(|_| report.notes.push(Note::BadManifest))?;
        let mut files = Vec::new();
        let mut segments = Vec::new();
        for shelved in &manifest.segments {
            let name = segment_name(shelved.number);
            let opened = open_segment(disk, &name, shelved.len, residence);
            let segment = opened.inspect_err(|why| {
                report.notes.push(Note::BadSegment { name, why: why.to_string() });
            })?;
            files.push((Arc::clone(&segment), shelved.number, shelved.len));
            segments.push((segment, shelved.dead.clone()));
        }
        let live = Live::open(segments)?;
        let name = manifest.log_name();
        let log = replay(disk, &name, manifest.held, &live, report)?;
        let writer = Writer { manifest, log_len: log.end, files, stopped: false };
        Ok(Self { live, writer, log })
    }
}

pub(super) fn open_segment(
    disk: &dyn Disk,
    name: &str,
    len: u64,
    residence: Residence,
) -> Result<Arc<Segment>, SegmentError> {
    let source = disk.source(name, residence)?;
    if source.len() != len {
        return Err(SegmentError::Torn("the file"));
    }
    Ok(Arc::new(Segment::open(source)?))
}

/// Does again what a log says from `from` on.
pub(super) fn replay(
    disk: &dyn Disk,
    name: &str,
    from: u64,
    live: &Live,
    report: &mut Report,
) -> Result<Replayed, Error> {
    let mut lost = |bytes: Range<u64>| {
        report.notes.push(Note::LostRecords { name: name.to_owned(), bytes });
    };
    let begin = BEGIN.len() as u64;
    let source = match disk.source(name, Residence::OnDemand) {
        Ok(source) if source.len() >= begin => source,
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            return Err(error).doing("open", name);
        }
        _ => {
            // The segments still answer; only a rebuild would miss what they hold.
            lost(0..from);
            return Ok(Replayed { end: begin, torn: 0, gone: true });
        }
    };
    let mut room = Vec::new();
    if source.bytes(0, BEGIN.len(), &mut room).doing("read", name)? != BEGIN {
        lost(0..begin);
    }
    let start = if source.len() < from { begin } else { from };
    let rest = usize::try_from(source.len() - start).unwrap_or(usize::MAX);
    let bytes = source.bytes(start, rest, &mut room).doing("read", name)?;
    let found = scan(bytes, 0);
    let replayed =
        Replayed { end: start + found.end as u64, torn: (rest - found.end) as u64, gone: false };
    if source.len() < from {
        // Shorter than what the segments hold: those know better than what is left.
        lost(replayed.end..from);
        return Ok(replayed);
    }
    for stretch in &found.damaged {
        lost(from + stretch.start as u64..from + stretch.end as u64);
    }
    let mut squeezed = Vec::new();
    for record in &found.records {
        match log::read(&bytes[record.clone()], &mut squeezed) {
            Some(Record::Set(name, entries)) => {
                live.replace(name, entries)?;
            }
            Some(Record::Remove(name)) => {
                live.remove(name)?;
            }
            None => {
                lost(from + record.start as u64..from + record.end as u64);
            }
        }
    }
    Ok(replayed)
}
