//! The index in use: inventories come and go, readers hold snapshots, nobody waits for a reader.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use super::bytes::wide;
use super::dead::Dead;
use super::flat::Flat;
use super::merge::{Input, merge};
use super::segment::{Segment, SegmentError};
use super::snapshot::{FlatPart, Home, Part, Snapshot};
use super::{Entry, SystemName};

/// Segments, the inventories that came since, and the current [`Snapshot`] of both.
#[derive(Default)]
pub struct Live {
    /// Held for the time of cloning or storing one pointer.
    current: RwLock<Arc<Snapshot>>,
    /// Held while one change is made and published, never while segments are merged.
    writer: Mutex<Writer>,
}

/// What only writers need.
#[derive(Default)]
struct Writer {
    /// Numbers of the places that the base does not have.
    institutions: HashMap<(Box<str>, Box<str>), u32>,
    ministries: HashMap<Box<str>, u32>,
}

/// Flats of one level that are merged into one of the next.
const FAN: usize = 16;

/// A fold: inputs that become one segment. Made by [`Live::begin_fold`].
pub struct Fold {
    parts: Vec<Part>,
    flats: Vec<FlatPart>,
}

/// A fold that was done: the new segment's bytes, to be opened by whoever keeps them.
pub struct Folded {
    fold: Fold,
    maps: Vec<Vec<u32>>,
    /// The segment.
    pub bytes: Vec<u8>,
}

impl Live {
    /// An index of segments, each with the systems that are dead in it; a living system is in one.
    ///
    /// # Errors
    /// [`SegmentError`] when names of places cannot be read.
    pub fn open(
        segments: impl IntoIterator<Item = (Arc<Segment>, Vec<u32>)>,
    ) -> Result<Self, SegmentError> {
        let live = Self::default();
        let mut snapshot = Snapshot::default();
        for (segment, dead_systems) in segments {
            let mut dead = Dead::default();
            let systems = segment.size().systems;
            dead_systems.into_iter().filter(|system| *system < systems).for_each(|system| {
                dead.add(system);
            });
            snapshot.parts.push(Part { segment, dead, numbers: None });
        }
        live.lock().renumber(&mut snapshot)?;
        live.publish(snapshot);
        Ok(live)
    }

    /// The current state. It stays as it is while it is held; a later call may give a newer one.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn lock(&self) -> MutexGuard<'_, Writer> {
        // A writer that panicked published nothing, so what is there is whole.
        self.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn publish(&self, snapshot: Snapshot) {
        let next = Arc::new(snapshot);
        let last = std::mem::replace(
            &mut *self.current.write().unwrap_or_else(PoisonError::into_inner),
            next,
        );
        // Freed here at the earliest, after the lock is gone.
        drop(last);
    }

    /// Sets the inventory of a system, new or known, and publishes it; says whether it was known.
    ///
    /// # Errors
    /// [`SegmentError`] when names cannot be read; then nothing has changed.
    pub fn replace<'a>(
        &self,
        name: SystemName<'_>,
        entries: impl IntoIterator<Item = Entry<'a>>,
    ) -> Result<bool, SegmentError> {
        let flat = Flat::new(name, entries.into_iter());
        let mut writer = self.lock();
        let mut snapshot = Snapshot::clone(&self.snapshot());
        let home = kill(&mut snapshot, name)?;
        let numbers = match home {
            Some(numbers) => numbers,
            None => writer.number(&mut snapshot, name)?,
        };
        snapshot.flats.push(FlatPart {
            flat: Arc::new(flat),
            dead: Dead::default(),
            numbers: Arc::new(vec![numbers]),
            level: 0,
            frozen: false,
        });
        merge_flats(&mut snapshot);
        self.publish(snapshot);
        Ok(home.is_some())
    }

    /// Removes a system and publishes that; says whether it was known.
    ///
    /// # Errors
    /// [`SegmentError`] when names cannot be read; then nothing has changed.
    pub fn remove(&self, name: SystemName<'_>) -> Result<bool, SegmentError> {
        let _writer = self.lock();
        let mut snapshot = Snapshot::clone(&self.snapshot());
        let known = kill(&mut snapshot, name)?.is_some();
        if known {
            self.publish(snapshot);
        }
        Ok(known)
    }

    /// Chooses what to fold into one segment: all flats, and from the youngest on the segments
    /// that are not much larger than what is folded already. `None` when there is nothing young,
    /// or another fold is on its way. With `all`, everything there is.
    ///
    /// Until [`install`](Self::install) or [`abandon`](Self::abandon) no other fold begins.
    pub fn begin_fold(&self, all: bool) -> Option<Fold> {
        let _writer = self.lock();
        let mut snapshot = Snapshot::clone(&self.snapshot());
        if snapshot.flats.iter().any(|part| part.frozen) {
            return None;
        }
        let dead = snapshot.parts.iter().any(|part| !part.dead.is_empty());
        if snapshot.flats.is_empty() && !(all && (dead || snapshot.parts.len() > 1)) {
            return None;
        }
        snapshot.flats.iter_mut().for_each(|part| part.frozen = true);
        let flats = snapshot.flats.clone();
        let mut rows: u64 = flats.iter().map(|part| part.flat.row_count() as u64).sum();
        let mut first = snapshot.parts.len();
        while first > 0
            && (all || snapshot.parts[first - 1].segment.size().rows < FOLD_RATIO * rows)
        {
            first -= 1;
            rows += snapshot.parts[first].segment.size().rows;
        }
        let parts = snapshot.parts[first..].to_vec();
        self.publish(snapshot);
        Some(Fold { parts, flats })
    }

    /// Puts a folded segment in the place of its inputs and publishes that. Systems that were
    /// replaced or removed while the fold was on its way are dead in the new segment.
    ///
    /// # Errors
    /// [`SegmentError`] when names of places cannot be read; then nothing has changed, and the
    /// fold is abandoned.
    pub fn install(&self, folded: Folded, segment: Arc<Segment>) -> Result<(), SegmentError> {
        let mut writer = self.lock();
        let mut snapshot = Snapshot::clone(&self.snapshot());
        let mut dead = Dead::default();
        let Folded { fold, maps, .. } = folded;
        let inputs = fold.parts.len();
        let mut first = snapshot.parts.len();
        for (old, map) in fold.parts.iter().zip(&maps) {
            let same = |part: &Part| Arc::ptr_eq(&part.segment, &old.segment);
            if let Some(at) = snapshot.parts.iter().position(same) {
                bury(&snapshot.parts[at].dead, map, &mut dead);
                snapshot.parts.remove(at);
                first = first.min(at);
            }
        }
        for (old, map) in fold.flats.iter().zip(&maps[inputs..]) {
            let same = |part: &FlatPart| Arc::ptr_eq(&part.flat, &old.flat);
            if let Some(at) = snapshot.flats.iter().position(same) {
                bury(&snapshot.flats[at].dead, map, &mut dead);
                snapshot.flats.remove(at);
            }
        }
        let at = first.min(snapshot.parts.len());
        snapshot.parts.insert(at, Part { segment, dead, numbers: None });
        let renumbered = writer.renumber(&mut snapshot);
        if renumbered.is_err() {
            self.thaw();
            return renumbered;
        }
        self.publish(snapshot);
        Ok(())
    }

    /// Gives a fold up: everything stays as it is.
    pub fn abandon(&self) {
        let _writer = self.lock();
        self.thaw();
    }

    /// Lets flats be merged again; the caller holds the writer's lock.
    fn thaw(&self) {
        let mut snapshot = Snapshot::clone(&self.snapshot());
        snapshot.flats.iter_mut().for_each(|part| part.frozen = false);
        self.publish(snapshot);
    }

    /// Folds in memory and installs, for those who keep no files. False when there was nothing to
    /// fold.
    ///
    /// # Errors
    /// [`SegmentError`] when an input is torn or damaged; then nothing has changed.
    pub fn fold(&self, all: bool) -> Result<bool, SegmentError> {
        let Some(fold) = self.begin_fold(all) else { return Ok(false) };
        let done = fold.run().and_then(|mut folded| {
            let bytes = std::mem::take(&mut folded.bytes);
            let segment = Segment::open(Box::new(bytes))?;
            self.install(folded, Arc::new(segment))
        });
        if done.is_err() {
            self.abandon();
        }
        done.map(|()| true)
    }
}

/// A segment joins a fold while it has fewer than so many times the rows that are in it already:
/// a row is then written again about once for each doubling of its segment.
const FOLD_RATIO: u64 = 4;

impl Fold {
    /// Merges the inputs. Takes as long as it takes; nobody is blocked.
    ///
    /// # Errors
    /// [`SegmentError`] when an input is torn or damaged.
    pub fn run(self) -> Result<Folded, SegmentError> {
        let parts = self.parts.iter().map(|part| Input::Segment(&part.segment, &part.dead));
        let flats = self.flats.iter().map(|part| Input::Flat(&part.flat, &part.dead));
        let inputs: Vec<Input<'_>> = parts.chain(flats).collect();
        let merged = merge(&inputs)?;
        Ok(Folded { maps: merged.maps, bytes: merged.bytes, fold: self })
    }

    /// The segments that are folded: their files can go once the fold is installed.
    pub fn segments(&self) -> impl Iterator<Item = &Arc<Segment>> {
        self.parts.iter().map(|part| &part.segment)
    }
}

impl Folded {
    /// The segments that were folded.
    pub fn segments(&self) -> impl Iterator<Item = &Arc<Segment>> {
        self.fold.segments()
    }
}

impl Snapshot {
    /// The segments, base first, and the systems dead in each.
    pub fn segments(&self) -> impl Iterator<Item = (&Arc<Segment>, Vec<u32>)> {
        self.parts.iter().map(|part| (&part.segment, part.dead.systems().collect()))
    }
}

/// Marks a system's inventory as replaced, wherever it lives. Gives the numbers of its
/// institution and ministry if it was known.
fn kill(snapshot: &mut Snapshot, name: SystemName<'_>) -> Result<Option<(u32, u32)>, SegmentError> {
    Ok(match snapshot.find(name)? {
        None => None,
        Some(Home::Part(number, system)) => {
            let part = &mut snapshot.parts[number];
            part.dead.add(system);
            let institution = part.segment.institution_of(system);
            let ministry = part.segment.ministry_of(institution);
            Some(match &part.numbers {
                None => (institution, ministry),
                Some(numbers) => (numbers.0[wide(institution)], numbers.1[wide(ministry)]),
            })
        }
        Some(Home::Flat(number, system)) => {
            let part = &mut snapshot.flats[number];
            part.dead.add(system);
            let numbers = part.numbers[wide(system)];
            if wide(part.dead.count()) == part.flat.systems.len() && !part.frozen {
                snapshot.flats.remove(number);
            }
            Some(numbers)
        }
    })
}

/// Carries deaths over to a merged segment; those that were known before the merge map to nothing.
fn bury(died: &Dead, map: &[u32], dead: &mut Dead) {
    for system in died.systems() {
        if let Some(place) = map.get(wide(system)).filter(|place| **place != u32::MAX) {
            dead.add(*place);
        }
    }
}

/// Merges flats level by level, as soon as there are [`FAN`] of one.
fn merge_flats(snapshot: &mut Snapshot) {
    for level in 0.. {
        let mergeable = |part: &FlatPart| part.level == level && !part.frozen;
        if snapshot.flats.iter().filter(|part| mergeable(part)).count() < FAN {
            return;
        }
        let (young, rest): (Vec<_>, Vec<_>) = snapshot.flats.drain(..).partition(mergeable);
        snapshot.flats = rest;
        let inputs: Vec<_> = young.iter().map(|part| (&*part.flat, &part.dead)).collect();
        let (flat, maps) = Flat::merge(&inputs);
        let mut numbers = vec![(0, 0); flat.systems.len()];
        for (part, map) in young.iter().zip(&maps) {
            for (system, place) in map.iter().enumerate().filter(|(_, place)| **place != u32::MAX) {
                numbers[wide(*place)] = part.numbers[system];
            }
        }
        snapshot.flats.push(FlatPart {
            flat: Arc::new(flat),
            dead: Dead::default(),
            numbers: Arc::new(numbers),
            level: level + 1,
            frozen: false,
        });
    }
}

impl Writer {
    /// The numbers of a system's institution and ministry: the base's, or new ones beyond those.
    fn number(
        &mut self,
        snapshot: &mut Snapshot,
        name: SystemName<'_>,
    ) -> Result<(u32, u32), SegmentError> {
        let base = snapshot.parts.first().map(|part| &part.segment);
        let (mut institution, mut ministry) = (None, None);
        if let Some(base) = base {
            ministry = base.find_ministry(name.ministry)?;
            institution = base.find_institution(name.ministry, name.institution)?;
        }
        let ministry = ministry.unwrap_or_else(|| {
            *self.ministries.entry(name.ministry.into()).or_insert_with(|| {
                snapshot.places.1 += 1;
                snapshot.places.1 - 1
            })
        });
        let institution = institution.unwrap_or_else(|| {
            let key = (name.ministry.into(), name.institution.into());
            *self.institutions.entry(key).or_insert_with(|| {
                snapshot.places.0 += 1;
                snapshot.places.0 - 1
            })
        });
        Ok((institution, ministry))
    }

    /// Numbers all places anew, after the segments have changed.
    fn renumber(&mut self, snapshot: &mut Snapshot) -> Result<(), SegmentError> {
        let mut fresh = Self::default();
        let mut next = snapshot.clone();
        next.places = match next.parts.first() {
            Some(base) => (base.segment.size().institutions, base.segment.size().ministries),
            None => (0, 0),
        };
        for at in 0..next.parts.len() {
            if at == 0 {
                next.parts[at].numbers = None;
                continue;
            }
            let segment = Arc::clone(&next.parts[at].segment);
            let size = segment.size();
            let mut numbers = (vec![0; wide(size.institutions)], vec![0; wide(size.ministries)]);
            for institution in 0..size.institutions {
                let ministry = segment.ministry_of(institution);
                let name = SystemName {
                    ministry: segment.ministry_name(ministry)?,
                    institution: segment.institution_name(institution)?,
                    system: "",
                };
                let (global, above) = fresh.number(&mut next, name)?;
                numbers.0[wide(institution)] = global;
                numbers.1[wide(ministry)] = above;
            }
            next.parts[at].numbers = Some(Arc::new(numbers));
        }
        for at in 0..next.flats.len() {
            let flat = Arc::clone(&next.flats[at].flat);
            let mut numbers = Vec::with_capacity(flat.systems.len());
            for system in &flat.systems {
                numbers.push(fresh.number(&mut next, system.borrowed())?);
            }
            next.flats[at].numbers = Arc::new(numbers);
        }
        *self = fresh;
        *snapshot = next;
        Ok(())
    }
}
