//! Merging segments and flats into one segment, without the dead.

use bongsu_package::Scheme;
use rustc_hash::FxHashMap;

use super::SystemNameBuf;
use super::bytes::{narrow, sort_runs, wide};
use super::dead::Dead;
use super::flat::Flat;
use super::roster::Roster;
use super::segment::{Segment, SegmentError};
use super::write::{SegmentWriter, order_versions};

/// Something to merge.
#[derive(Clone, Copy)]
pub(super) enum Input<'a> {
    Segment(&'a Segment, &'a Dead),
    Flat(&'a Flat, &'a Dead),
}

/// A merged segment, and where the systems of each input went: `u32::MAX` for the dead.
pub(super) struct Merged {
    pub(super) bytes: Vec<u8>,
    pub(super) maps: Vec<Vec<u32>>,
}

/// Merges; no system lives in two inputs.
pub(super) fn merge(inputs: &[Input<'_>]) -> Result<Merged, SegmentError> {
    let (roster, maps, systems) = merge_systems(inputs)?;
    let mut writer = SegmentWriter::new(systems);
    let mut places = vec![0_usize; inputs.len()];
    let mut packages: Vec<Package> = Vec::new();
    let mut room = Vec::new();
    let mut rows = Vec::new();
    loop {
        let mut lowest = None;
        for (input, place) in inputs.iter().zip(&places) {
            let hash = input.hash_at(*place)?;
            lowest = match (lowest, hash) {
                (Some(lowest), Some(hash)) => Some(std::cmp::min::<u64>(lowest, hash)),
                (lowest, hash) => lowest.or(hash),
            };
        }
        let Some(lowest) = lowest else { break };
        let mut used = 0;
        for ((input, place), map) in inputs.iter().zip(&mut places).zip(&maps) {
            while input.hash_at(*place)? == Some(lowest) {
                match input {
                    Input::Segment(segment, _) => {
                        let block = segment.block(*place, &mut room)?;
                        let scheme = block.scheme.unwrap_or(Scheme::Generic);
                        let package = package(&mut packages, &mut used, block.key, scheme);
                        let mut numbers = Vec::with_capacity(wide(block.versions));
                        for version in 0..block.versions {
                            numbers.push(package.number(block.version(version)?));
                        }
                        block.each_row(&mut rows)?;
                        for (system, version) in &rows {
                            let torn = SegmentError::Torn("a row");
                            let number = *numbers.get(wide(*version)).ok_or(torn)?;
                            package.add(map[wide(*system)], number);
                        }
                        *place += 1;
                    }
                    Input::Flat(flat, _) => {
                        let Some((_, next, rows)) = flat.package_at(*place) else { break };
                        for (system, scheme, text) in rows {
                            let package = package(&mut packages, &mut used, text.key, scheme);
                            let number = package.number(text.version);
                            package.add(map[wide(system)], number);
                        }
                        *place = next;
                    }
                }
            }
        }
        packages[..used].iter_mut().for_each(|package| package.write(&mut writer));
    }
    Ok(Merged { bytes: writer.finish(roster), maps })
}

impl Input<'_> {
    fn hash_at(&self, place: usize) -> Result<Option<u64>, SegmentError> {
        match self {
            Self::Segment(segment, _) if place < wide(segment.size().packages) => {
                segment.hash_of(place).map(Some)
            }
            Self::Segment(..) => Ok(None),
            Self::Flat(flat, _) => Ok(flat.package_at(place).map(|(hash, ..)| hash)),
        }
    }

    fn systems(&self) -> u32 {
        match self {
            Self::Segment(segment, _) => segment.size().systems,
            Self::Flat(flat, _) => narrow(flat.systems.len()),
        }
    }

    fn dead(&self) -> &Dead {
        match self {
            Self::Segment(_, dead) | Self::Flat(_, dead) => dead,
        }
    }

    fn name(&self, system: u32, room: &mut Vec<u8>) -> Result<SystemNameBuf, SegmentError> {
        match self {
            Self::Segment(segment, _) => Ok(segment.system_name(system, room)?.to_owned()),
            Self::Flat(flat, _) => Ok(flat.systems[wide(system)].as_ref().clone()),
        }
    }

    /// The first living system from `from` on, with its name.
    fn next(
        &self,
        from: u32,
        room: &mut Vec<u8>,
    ) -> Result<Option<(SystemNameBuf, u32)>, SegmentError> {
        let Some(system) = (from..self.systems()).find(|system| !self.dead().has(*system)) else {
            return Ok(None);
        };
        Ok(Some((self.name(system, room)?, system)))
    }
}

/// Merges the living systems by name.
fn merge_systems(inputs: &[Input<'_>]) -> Result<(Roster, Vec<Vec<u32>>, usize), SegmentError> {
    let mut room = Vec::new();
    let mut roster = Roster::default();
    let mut maps: Vec<Vec<u32>> =
        inputs.iter().map(|input| vec![u32::MAX; wide(input.systems())]).collect();
    let mut heads = std::collections::BinaryHeap::new();
    for (number, input) in inputs.iter().enumerate() {
        if let Some((name, system)) = input.next(0, &mut room)? {
            heads.push(std::cmp::Reverse((name, number, system)));
        }
    }
    let mut systems = 0;
    while let Some(std::cmp::Reverse((name, number, system))) = heads.pop() {
        maps[number][wide(system)] = roster.push(name.borrowed());
        systems += 1;
        if let Some((name, system)) = inputs[number].next(system + 1, &mut room)? {
            heads.push(std::cmp::Reverse((name, number, system)));
        }
    }
    Ok((roster, maps, systems))
}

/// A package being merged; its room is used again by the next.
#[derive(Default)]
struct Package {
    key: String,
    scheme: Option<Scheme>,
    numbers: FxHashMap<Box<str>, u32>,
    absent: Option<u32>,
    versions: u32,
    rows: Vec<(u32, u32)>,
}

/// The package of a key among those of one hash; nearly always there is one.
fn package<'a>(
    packages: &'a mut Vec<Package>,
    used: &mut usize,
    key: &str,
    scheme: Scheme,
) -> &'a mut Package {
    let place = packages[..*used].iter().position(|package| package.key == key);
    let place = place.unwrap_or_else(|| {
        if *used == packages.len() {
            packages.push(Package::default());
        }
        packages[*used].begin(key, scheme);
        *used += 1;
        *used - 1
    });
    &mut packages[place]
}

impl Package {
    fn begin(&mut self, key: &str, scheme: Scheme) {
        key.clone_into(&mut self.key);
        self.scheme = Some(scheme);
        self.numbers.clear();
        self.absent = None;
        self.versions = 0;
        self.rows.clear();
    }

    fn number(&mut self, version: Option<&str>) -> u32 {
        let known = match version {
            Some(text) => self.numbers.get(text).copied(),
            None => self.absent,
        };
        known.unwrap_or_else(|| {
            let number = self.versions;
            self.versions += 1;
            match version {
                Some(text) => {
                    self.numbers.insert(text.into(), number);
                }
                None => self.absent = Some(number),
            }
            number
        })
    }

    fn add(&mut self, system: u32, version: u32) {
        if system != u32::MAX {
            self.rows.push((system, version));
        }
    }

    fn write(&mut self, writer: &mut SegmentWriter) {
        let mut used = vec![false; wide(self.versions)];
        self.rows.iter().for_each(|(_, version)| used[wide(*version)] = true);
        let mut texts: Vec<(u32, Option<&str>)> = self
            .numbers
            .iter()
            .map(|(text, number)| (*number, Some(&**text)))
            .chain(self.absent.map(|number| (number, None)))
            .filter(|(number, _)| used[wide(*number)])
            .collect();
        // Only for the same bytes from the same inputs: the map has an order of its own.
        texts.sort_unstable_by_key(|(number, _)| *number);
        let versions: Vec<Option<&str>> = texts.iter().map(|(_, text)| *text).collect();
        let scheme = self.scheme.unwrap_or(Scheme::Generic);
        let order = order_versions(scheme, &versions);
        let mut ranks = vec![0; wide(self.versions)];
        for (rank, position) in (0..).zip(&order.positions) {
            ranks[wide(texts[wide(*position)].0)] = rank;
        }
        let versions: Vec<Option<&str>> =
            order.positions.iter().map(|position| versions[wide(*position)]).collect();
        for (_, version) in &mut self.rows {
            *version = ranks[wide(*version)];
        }
        sort_runs(&mut self.rows);
        writer.push(&self.key, scheme, &versions, order.known, &self.rows);
    }
}
