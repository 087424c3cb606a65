//! One consistent state of the index, and the answers it gives.

use std::sync::Arc;

use bongsu_package::Within;

use super::ask::{Ask, Choice, Prepared};
use super::bytes::{stable_hash, wide};
use super::dead::Dead;
use super::flat::{Flat, name_hash};
use super::gather::{Gather, Systems};
use super::segment::{Segment, SegmentError};
use super::{SystemName, SystemNameBuf};

/// A state of the index that never changes, for as long as a reader holds it.
#[derive(Clone, Default)]
pub struct Snapshot {
    /// Segments; the first is the base, whose numbers of places are those of the snapshot.
    pub(super) parts: Vec<Part>,
    pub(super) flats: Vec<FlatPart>,
    /// Institutions and ministries numbered so far, those of the base included.
    pub(super) places: (u32, u32),
}

/// A segment in a snapshot.
#[derive(Clone)]
pub(super) struct Part {
    pub(super) segment: Arc<Segment>,
    pub(super) dead: Dead,
    /// The snapshot's numbers of this segment's institutions and ministries; not for the base.
    pub(super) numbers: Option<Arc<(Vec<u32>, Vec<u32>)>>,
}

/// A flat in a snapshot.
#[derive(Clone)]
pub(super) struct FlatPart {
    pub(super) flat: Arc<Flat>,
    pub(super) dead: Dead,
    /// The snapshot's numbers of each system's institution and ministry.
    pub(super) numbers: Arc<Vec<(u32, u32)>>,
    /// How often its rows were merged.
    pub(super) level: u32,
    /// Being folded into a segment: not to be merged meanwhile.
    pub(super) frozen: bool,
}

/// Room for answers, used again by the next question: keep one a thread.
#[derive(Default)]
pub struct Scratch {
    /// Affected and doubtful systems of each segment.
    pub(super) parts: Vec<[Gather; 2]>,
    /// Affected and doubtful systems of each flat, ascending and each once.
    pub(super) flats: Vec<[Vec<u32>; 2]>,
    rows: Vec<AskRows>,
    intervals: Vec<u64>,
    choice: Choice,
    dead_versions: Vec<u32>,
    room: Vec<u8>,
    /// In which count a place was last seen.
    institutions_seen: Vec<u32>,
    ministries_seen: Vec<u32>,
    count: u32,
}

/// How many are meant. An institution is counted once, however many of its systems are.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Counts {
    /// Rows: a system with two such versions of a package has two.
    pub rows: u64,
    /// Systems.
    pub systems: u64,
    /// Institutions.
    pub institutions: u64,
    /// Ministries.
    pub ministries: u64,
}

/// Rows of one ask.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct AskRows {
    /// Rows inside at least one of its intervals.
    pub affected: u64,
    /// Rows that may be inside one, and are surely inside none.
    pub doubtful: u64,
}

/// How much a snapshot holds.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct SnapshotSize {
    /// Living systems.
    pub systems: u64,
    /// Rows, those of dead systems in segments included until they are folded.
    pub rows: u64,
    /// Systems whose inventory was replaced or removed and still takes room.
    pub dead: u64,
    /// Segments.
    pub segments: usize,
    /// Flats: young inventories, merged by the dozen.
    pub flats: usize,
    /// Systems in flats.
    pub flat_systems: u64,
    /// Bytes of the segments.
    pub segment_bytes: u64,
    /// Bytes of the flats.
    pub flat_bytes: u64,
}

impl SnapshotSize {
    /// Whether there are so many young inventories that questions feel it: each question looks
    /// into every flat and judges every version text there. Then [`Live::begin_fold`] is due.
    ///
    /// [`Live::begin_fold`]: super::Live::begin_fold
    pub fn fold_is_due(&self) -> bool {
        self.flat_systems >= FOLD_AT.max(self.systems / 64)
    }
}

/// Flats of fewer systems are not worth a fold.
const FOLD_AT: u64 = 2_048;

/// The answer to a question. Systems stay sets inside the snapshot; pages of names are made on
/// demand.
pub struct Answer<'a> {
    pub(super) snapshot: &'a Snapshot,
    pub(super) scratch: &'a Scratch,
    affected: Counts,
    doubtful: Counts,
}

const AFFECTED: usize = 0;
const DOUBTFUL: usize = 1;

impl Snapshot {
    /// Answers who runs any of these.
    ///
    /// A system is *affected* when a row of it lies inside one of the asked ranges, and *doubtful*
    /// when one of its rows may, and none does: its version is absent or cannot be read, or the
    /// end of a range cannot.
    ///
    /// # Errors
    /// [`SegmentError`] when a segment is torn or damaged: then there is no answer.
    pub fn ask<'a>(
        &'a self,
        asks: &[Ask<'_>],
        scratch: &'a mut Scratch,
    ) -> Result<Answer<'a>, SegmentError> {
        let prepared: Vec<Prepared<'_>> = asks.iter().map(Prepared::new).collect();
        scratch.rows.clear();
        scratch.rows.resize(asks.len(), AskRows::default());
        scratch.intervals.clear();
        scratch.intervals.resize(prepared.iter().map(Prepared::len).sum(), 0);
        scratch.parts.resize_with(self.parts.len(), Default::default);
        scratch.flats.resize_with(self.flats.len(), Default::default);
        for (number, part) in self.parts.iter().enumerate() {
            part.gather(&prepared, number, scratch)?;
        }
        for (number, part) in self.flats.iter().enumerate() {
            part.gather(&prepared, number, scratch);
        }
        let affected = self.count(AFFECTED, scratch);
        let doubtful = self.count(DOUBTFUL, scratch);
        Ok(Answer { snapshot: self, scratch, affected, doubtful })
    }

    /// Counts the places that one of the two sets touches.
    fn count(&self, set: usize, scratch: &mut Scratch) -> Counts {
        let rows = scratch.rows.iter();
        let mut counts = Counts {
            rows: rows
                .map(|rows| if set == AFFECTED { rows.affected } else { rows.doubtful })
                .sum(),
            ..Counts::default()
        };
        let mut base = None;
        if let (Some(part), Some(gathered)) = (self.parts.first(), scratch.parts.first()) {
            let systems = gathered[set].systems();
            let touched = systems.touched(&part.segment);
            counts.systems = touched.systems;
            counts.institutions = touched.institutions;
            counts.ministries = touched.ministries;
            base = Some((&*part.segment, systems));
        }
        if self.parts.len() < 2 && self.flats.is_empty() {
            return counts;
        }

        scratch.count = scratch.count.wrapping_add(1);
        let stamp = scratch.count;
        scratch.institutions_seen.resize(wide(self.places.0), stamp.wrapping_sub(1));
        scratch.ministries_seen.resize(wide(self.places.1), stamp.wrapping_sub(1));
        let (institutions_seen, ministries_seen) =
            (&mut scratch.institutions_seen, &mut scratch.ministries_seen);
        let mut see = |institution: u32, ministry: u32| {
            if std::mem::replace(&mut institutions_seen[wide(institution)], stamp) == stamp {
                return;
            }
            let in_base = base.is_some_and(|(segment, systems)| {
                institution < segment.size().institutions
                    && systems.any_in(segment.systems_of(institution))
            });
            counts.institutions += u64::from(!in_base);
            if std::mem::replace(&mut ministries_seen[wide(ministry)], stamp) == stamp {
                return;
            }
            let in_base = base.is_some_and(|(segment, systems)| {
                ministry < segment.size().ministries
                    && systems.any_in(segment.systems_under(ministry))
            });
            counts.ministries += u64::from(!in_base);
        };
        for (part, gathered) in self.parts.iter().zip(&scratch.parts).skip(1) {
            let Some(numbers) = &part.numbers else { continue };
            let systems = gathered[set].systems();
            let mut from = 0;
            while let Some(system) = systems.next_from(from) {
                let institution = part.segment.institution_of(system);
                let ministry = part.segment.ministry_of(institution);
                see(numbers.0[wide(institution)], numbers.1[wide(ministry)]);
                // One look an institution is enough.
                from = part.segment.systems_of(institution).end;
            }
            counts.systems += systems.count();
        }
        for (part, gathered) in self.flats.iter().zip(&scratch.flats) {
            counts.systems += gathered[set].len() as u64;
            for system in &gathered[set] {
                let (institution, ministry) = part.numbers[wide(*system)];
                see(institution, ministry);
            }
        }
        counts
    }

    /// How much there is.
    pub fn size(&self) -> SnapshotSize {
        let mut size = SnapshotSize {
            segments: self.parts.len(),
            flats: self.flats.len(),
            ..Default::default()
        };
        for part in &self.parts {
            let segment = part.segment.size();
            size.systems += u64::from(segment.systems - part.dead.count());
            size.dead += u64::from(part.dead.count());
            size.rows += segment.rows;
            size.segment_bytes += segment.bytes;
        }
        for part in &self.flats {
            let systems = part.flat.systems.len() as u64 - u64::from(part.dead.count());
            size.systems += systems;
            size.flat_systems += systems;
            size.dead += u64::from(part.dead.count());
            size.rows += part.flat.row_count() as u64;
            size.flat_bytes += part.flat.bytes() as u64;
        }
        size
    }

    /// Whether a system has an inventory here.
    ///
    /// # Errors
    /// [`SegmentError`] when the names cannot be read.
    pub fn has(&self, name: SystemName<'_>) -> Result<bool, SegmentError> {
        Ok(self.find(name)?.is_some())
    }

    /// Where a living system is.
    pub(super) fn find(&self, name: SystemName<'_>) -> Result<Option<Home>, SegmentError> {
        let hash = name_hash(name);
        for (number, part) in self.flats.iter().enumerate() {
            if let Some(system) =
                part.flat.find_system(hash, name).filter(|system| !part.dead.has(*system))
            {
                return Ok(Some(Home::Flat(number, system)));
            }
        }
        let mut room = Vec::new();
        for (number, part) in self.parts.iter().enumerate() {
            let found = part.segment.find_system(name, &mut room)?;
            if let Some(system) = found.filter(|system| !part.dead.has(*system)) {
                return Ok(Some(Home::Part(number, system)));
            }
        }
        Ok(None)
    }
}

/// Where a system lives.
#[derive(Clone, Copy)]
pub(super) enum Home {
    Part(usize, u32),
    Flat(usize, u32),
}

impl Part {
    fn gather(
        &self,
        asks: &[Prepared<'_>],
        number: usize,
        scratch: &mut Scratch,
    ) -> Result<(), SegmentError> {
        let Scratch { parts, rows, intervals, choice, dead_versions, room, .. } = scratch;
        let [affected, doubtful] = &mut parts[number];
        affected.begin(self.segment.size().systems);
        doubtful.begin(self.segment.size().systems);
        let mut first_interval = 0;
        for (ask, rows) in asks.iter().zip(rows) {
            let intervals = &mut intervals[first_interval..first_interval + ask.len()];
            first_interval += ask.len();
            let Some(block) = self.segment.find(ask.key, room)? else { continue };
            choice.fill(ask, &block)?;

            dead_versions.clear();
            affected.add(&block, &choice.affected, &self.dead, dead_versions)?;
            for (interval, run) in &choice.inside {
                let all = block.rows_below(run.end)? - block.rows_below(run.start)?;
                let dead = dead_versions.iter().filter(|version| run.contains(version)).count();
                intervals[*interval] += u64::from(all) - dead as u64;
            }
            for run in &choice.affected {
                rows.affected +=
                    u64::from(block.rows_below(run.end)? - block.rows_below(run.start)?);
            }
            rows.affected -= dead_versions.len() as u64;

            dead_versions.clear();
            doubtful.add(&block, &choice.doubtful, &self.dead, dead_versions)?;
            for run in &choice.doubtful {
                rows.doubtful +=
                    u64::from(block.rows_below(run.end)? - block.rows_below(run.start)?);
            }
            rows.doubtful -= dead_versions.len() as u64;
        }
        affected.settle();
        doubtful.settle();
        if !doubtful.systems().is_empty() {
            doubtful.remove(affected.systems());
        }
        Ok(())
    }
}

impl FlatPart {
    fn gather(&self, asks: &[Prepared<'_>], number: usize, scratch: &mut Scratch) {
        let Scratch { flats, rows, intervals, .. } = scratch;
        let [affected, doubtful] = &mut flats[number];
        affected.clear();
        doubtful.clear();
        let mut first_interval = 0;
        for (ask, rows) in asks.iter().zip(rows) {
            let intervals = &mut intervals[first_interval..first_interval + ask.len()];
            first_interval += ask.len();
            let hash = stable_hash(ask.key.as_bytes());
            self.flat.judge(ask, hash, &self.dead, |system, within, inside| match within {
                Within::Inside => {
                    rows.affected += 1;
                    for interval in inside {
                        intervals[*interval] += 1;
                    }
                    affected.push(system);
                }
                Within::Unclear => {
                    rows.doubtful += 1;
                    doubtful.push(system);
                }
                Within::Outside => {}
            });
        }
        for list in [&mut *affected, &mut *doubtful] {
            list.sort_unstable();
            list.dedup();
        }
        doubtful.retain(|system| affected.binary_search(system).is_err());
    }
}

impl<'a> Answer<'a> {
    /// How many are affected.
    pub fn affected(&self) -> Counts {
        self.affected
    }

    /// How many may be affected, and are not known to be. A system that is affected is not counted
    /// here, an institution or a row may be counted in both.
    pub fn doubtful(&self) -> Counts {
        self.doubtful
    }

    /// Rows of each ask, in the order they were asked.
    pub fn asks(&self) -> &'a [AskRows] {
        &self.scratch.rows
    }

    /// Affected rows of each interval, those of the first ask first. A row in two intervals is
    /// counted in both.
    pub fn intervals(&self) -> &'a [u64] {
        &self.scratch.intervals
    }

    /// The next systems by name, at most `limit`, after the one given: the affected ones or the
    /// doubtful ones.
    ///
    /// # Errors
    /// [`SegmentError`] when names cannot be read.
    pub fn page(
        &self,
        affected: bool,
        after: Option<SystemName<'_>>,
        limit: usize,
    ) -> Result<Vec<SystemNameBuf>, SegmentError> {
        let set = if affected { AFFECTED } else { DOUBTFUL };
        let mut heads = std::collections::BinaryHeap::new();
        let mut room = Vec::new();
        for source in 0..self.snapshot.parts.len() + self.snapshot.flats.len() {
            let from = match after {
                Some(name) => self.first_after(source, name, &mut room)?,
                None => 0,
            };
            if let Some((name, system)) = self.next(set, source, from, &mut room)? {
                heads.push(std::cmp::Reverse((name, source, system)));
            }
        }
        let mut page = Vec::new();
        while page.len() < limit {
            let Some(std::cmp::Reverse((name, source, system))) = heads.pop() else { break };
            page.push(name);
            if let Some((name, system)) = self.next(set, source, system + 1, &mut room)? {
                heads.push(std::cmp::Reverse((name, source, system)));
            }
        }
        Ok(page)
    }

    /// The first system of a segment or flat whose name comes after the given one.
    fn first_after(
        &self,
        source: usize,
        name: SystemName<'_>,
        room: &mut Vec<u8>,
    ) -> Result<u32, SegmentError> {
        let Some(part) = self.snapshot.parts.get(source) else {
            let flat = &self.snapshot.flats[source - self.snapshot.parts.len()].flat;
            let after = flat.systems.partition_point(|own| own.borrowed() <= name);
            return Ok(super::bytes::narrow(after));
        };
        let (mut from, mut to) = (0, part.segment.size().systems);
        while from < to {
            let middle = from + (to - from) / 2;
            if part.segment.system_name(middle, room)? <= name {
                from = middle + 1;
            } else {
                to = middle;
            }
        }
        Ok(from)
    }

    fn next(
        &self,
        set: usize,
        source: usize,
        from: u32,
        room: &mut Vec<u8>,
    ) -> Result<Option<(SystemNameBuf, u32)>, SegmentError> {
        if let Some(part) = self.snapshot.parts.get(source) {
            let systems: Systems<'_> = self.scratch.parts[source][set].systems();
            let Some(system) = systems.next_from(from) else { return Ok(None) };
            return Ok(Some((part.segment.system_name(system, room)?.to_owned(), system)));
        }
        let source = source - self.snapshot.parts.len();
        let list = &self.scratch.flats[source][set];
        let next = list.get(list.partition_point(|system| *system < from));
        let systems = &self.snapshot.flats[source].flat.systems;
        Ok(next.map(|system| (systems[wide(*system)].as_ref().clone(), *system)))
    }
}
