//! Reading a segment: opened by its header, directory and places; the rest on demand.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};

use super::SystemName;
use super::bitmap::{Ends, words_for};
use super::block::Block;
use super::bytes::{narrow, slice, stable_hash, text, u32_at, u64_at, wide};
use super::layout::{
    CHUNK, ENTRY, FORMAT, HEADER, INSTITUTION, MAGIC, MINISTRY, NAMES_CHUNK, ORDER_REVISION, header,
};
use super::write::bucket_of;

/// Where the bytes of a segment come from: memory, or a file that is read on demand.
pub trait Source: Send + Sync {
    /// How many bytes there are.
    fn len(&self) -> u64;

    /// Whether there are none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// `len` bytes from `at`: its own if it has them in memory, else read into `room`.
    ///
    /// # Errors
    /// What the medium says, also for bytes beyond the end.
    fn bytes<'a>(&'a self, at: u64, len: usize, room: &'a mut Vec<u8>)
    -> std::io::Result<&'a [u8]>;

    /// Whether bytes once seen stay as they are, so that one check of them is enough.
    fn is_memory(&self) -> bool;
}

impl Source for Vec<u8> {
    fn len(&self) -> u64 {
        self.as_slice().len() as u64
    }

    fn bytes<'a>(&'a self, at: u64, len: usize, _: &'a mut Vec<u8>) -> std::io::Result<&'a [u8]> {
        usize::try_from(at)
            .ok()
            .and_then(|at| self.get(at..at.checked_add(len)?))
            .ok_or_else(|| std::io::ErrorKind::UnexpectedEof.into())
    }

    fn is_memory(&self) -> bool {
        true
    }
}

/// Why a segment could not be read. Its inventories can build it again.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SegmentError {
    /// It does not begin as a segment does.
    #[error("not an index segment")]
    NotASegment,
    /// It was written by another Bongsu.
    #[error("an index segment of format {0}; this Bongsu reads format {FORMAT}")]
    Format(u32),
    /// It ends too early, or points outside itself.
    #[error("torn index segment: {0} is cut off")]
    Torn(&'static str),
    /// Its bytes are not those that were written.
    #[error("damaged index segment: the checksum of {0} is wrong")]
    Damaged(&'static str),
    /// The medium failed.
    #[error("index segment cannot be read")]
    Medium(#[from] std::io::Error),
}

/// An open segment.
pub struct Segment {
    source: Box<dyn Source>,
    directory: Vec<u8>,
    bucket_bits: u32,
    entries_at: usize,
    places: Vec<u8>,
    names_at: u64,
    size: SegmentSize,
    /// Whether its version tables are sorted as this program sorts.
    ordered: bool,
    /// First system of each institution, and the number of systems at the end.
    starts: Vec<u32>,
    /// First institution of each ministry, and the number of institutions at the end.
    ministry_starts: Vec<u32>,
    /// The last system of each institution.
    ends: Ends,
    /// Packages, then chunks of names, whose checksum was found right.
    checked: Vec<AtomicU64>,
}

/// How much a segment holds.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct SegmentSize {
    /// Systems.
    pub systems: u32,
    /// Institutions.
    pub institutions: u32,
    /// Ministries.
    pub ministries: u32,
    /// Packages.
    pub packages: u32,
    /// Versions of packages, as different texts.
    pub versions: u64,
    /// Rows.
    pub rows: u64,
    /// Bytes.
    pub bytes: u64,
}

impl fmt::Debug for Segment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Segment").field("size", &self.size).finish_non_exhaustive()
    }
}

impl Segment {
    /// Opens a segment by its header, directory and places, whose checksums are verified; blocks
    /// and names are verified when first touched.
    ///
    /// # Errors
    /// [`SegmentError`]; a segment cut short anywhere is refused here.
    pub fn open(source: Box<dyn Source>) -> Result<Self, SegmentError> {
        let mut room = Vec::new();
        if source.len() < HEADER as u64 {
            return Err(SegmentError::Torn("the header"));
        }
        let head = source.bytes(0, HEADER, &mut room)?;
        if head.get(..MAGIC.len()) != Some(MAGIC) {
            return Err(SegmentError::NotASegment);
        }
        let format = u32_at(head, header::FORMAT)?;
        if format != FORMAT {
            return Err(SegmentError::Format(format));
        }
        if crc32fast::hash(slice(head, 0, header::CRC)?) != u32_at(head, header::CRC)? {
            return Err(SegmentError::Damaged("the header"));
        }
        let size = SegmentSize {
            systems: u32_at(head, header::SYSTEMS)?,
            institutions: u32_at(head, header::INSTITUTIONS)?,
            ministries: u32_at(head, header::MINISTRIES)?,
            packages: u32_at(head, header::PACKAGES)?,
            versions: u64_at(head, header::VERSIONS)?,
            rows: u64_at(head, header::ROWS)?,
            bytes: source.len(),
        };
        let ordered = u32_at(head, header::ORDER_REVISION)? == ORDER_REVISION;
        let directory_span =
            (u64_at(head, header::DIRECTORY)?, u64_at(head, header::DIRECTORY + 8)?);
        let places_span = (u64_at(head, header::PLACES)?, u64_at(head, header::PLACES + 8)?);
        let names_span = (u64_at(head, header::NAMES)?, u64_at(head, header::NAMES + 8)?);
        let crcs = (u32_at(head, header::DIRECTORY_CRC)?, u32_at(head, header::PLACES_CRC)?);
        if names_span.0.checked_add(names_span.1) != Some(size.bytes) {
            return Err(SegmentError::Torn("the end"));
        }
        let directory = section(&*source, directory_span, crcs.0, "the directory")?;
        let places = section(&*source, places_span, crcs.1, "the places")?;

        let bucket_bits = u32_at(&directory, 0)?.min(32);
        let entries_at = 4 + 4 * ((1_usize << bucket_bits) + 1);
        if directory.len() != entries_at + ENTRY * wide(size.packages) {
            return Err(SegmentError::Torn("the directory"));
        }
        let mut segment = Self {
            source,
            directory,
            bucket_bits,
            entries_at,
            places,
            names_at: names_span.0,
            size,
            ordered,
            starts: Vec::new(),
            ministry_starts: Vec::new(),
            ends: Ends::default(),
            checked: Vec::new(),
        };
        segment.read_places()?;
        Ok(segment)
    }

    fn read_places(&mut self) -> Result<(), SegmentError> {
        let torn = SegmentError::Torn("the places");
        let size = self.size;
        for ministry in 0..wide(size.ministries) {
            self.ministry_starts.push(u32_at(&self.places, MINISTRY * ministry)?);
        }
        self.ministry_starts.push(size.institutions);
        let institutions = MINISTRY * wide(size.ministries);
        for institution in 0..wide(size.institutions) {
            self.starts.push(u32_at(&self.places, institutions + INSTITUTION * institution)?);
        }
        self.starts.push(size.systems);
        let rising = |numbers: &[u32]| numbers.first() == Some(&0) && numbers.is_sorted();
        if !rising(&self.starts) || !rising(&self.ministry_starts) {
            return Err(torn);
        }
        self.ends = Ends::new(&self.starts);
        let flags = wide(size.packages) + wide(size.systems).div_ceil(NAMES_CHUNK);
        self.checked.resize_with(words_for(flags), AtomicU64::default);
        Ok(())
    }

    /// How much it holds.
    pub fn size(&self) -> SegmentSize {
        self.size
    }

    /// The institution of a system.
    pub(super) fn institution_of(&self, system: u32) -> u32 {
        let after = self.starts.partition_point(|first| *first <= system);
        narrow(after).saturating_sub(1)
    }

    pub(super) fn institution_ends(&self) -> &Ends {
        &self.ends
    }

    /// The systems of an institution.
    pub(super) fn systems_of(&self, institution: u32) -> std::ops::Range<u32> {
        self.starts[wide(institution)]..self.starts[wide(institution) + 1]
    }

    /// The systems of a ministry.
    pub(super) fn systems_under(&self, ministry: u32) -> std::ops::Range<u32> {
        let first = self.ministry_starts[wide(ministry)];
        let last = self.ministry_starts[wide(ministry) + 1];
        self.starts[wide(first)]..self.starts[wide(last)]
    }

    /// The ministry of an institution.
    pub(super) fn ministry_of(&self, institution: u32) -> u32 {
        let after = self.ministry_starts.partition_point(|first| *first <= institution);
        narrow(after).saturating_sub(1)
    }

    /// The package of a key.
    pub(super) fn find<'a>(
        &'a self,
        key: &str,
        room: &'a mut Vec<u8>,
    ) -> Result<Option<Block<'a>>, SegmentError> {
        let hash = stable_hash(key.as_bytes());
        let bucket = usize::try_from(bucket_of(hash, self.bucket_bits)).unwrap_or(usize::MAX);
        let from = wide(u32_at(&self.directory, 4 + 4 * bucket)?);
        let to = wide(u32_at(&self.directory, 8 + 4 * bucket)?);
        let mut first = from;
        while first < to && self.hash_of(first)? != hash {
            first += 1;
        }
        if first == to {
            return Ok(None);
        }
        // Hashes of 64 bits almost never meet: one block is read, and its key looked at.
        if first + 1 == to || self.hash_of(first + 1)? != hash {
            let block = self.block(first, room)?;
            return Ok((block.key == key).then_some(block));
        }
        // Almost is not never.
        for package in first..to {
            if self.hash_of(package)? == hash && self.key_is(package, key, room)? {
                return self.block(package, room).map(Some);
            }
        }
        Ok(None)
    }

    /// Whether a package has this key.
    fn key_is(&self, package: usize, key: &str, room: &mut Vec<u8>) -> Result<bool, SegmentError> {
        if self.source.is_memory() {
            return Ok(self.block(package, room)?.key == key);
        }
        // On demand, the head is enough; the block is read once, below.
        let (at, len, _) = self.entry(package)?;
        let head = super::layout::block::HEAD + key.len();
        if head > len {
            return Ok(false);
        }
        let bytes = self.source.bytes(at, head, room)?;
        Ok(wide(u32_at(bytes, super::layout::block::KEY_LEN)?) == key.len()
            && bytes.get(super::layout::block::HEAD..) == Some(key.as_bytes()))
    }

    /// The hash of a package's key, for walks in the order of the directory.
    pub(super) fn hash_of(&self, package: usize) -> Result<u64, SegmentError> {
        u64_at(&self.directory, self.entries_at + ENTRY * package)
    }

    fn entry(&self, package: usize) -> Result<(u64, usize, u32), SegmentError> {
        let at = self.entries_at + ENTRY * package;
        let position = u64_at(&self.directory, at + 8)?;
        let len = wide(u32_at(&self.directory, at + 16)?);
        Ok((position, len, u32_at(&self.directory, at + 20)?))
    }

    /// The package at a place of the directory, its checksum verified.
    pub(super) fn block<'a>(
        &'a self,
        package: usize,
        room: &'a mut Vec<u8>,
    ) -> Result<Block<'a>, SegmentError> {
        let (at, len, crc) = self.entry(package)?;
        let bytes = self.source.bytes(at, len, room)?;
        self.check(package, bytes, crc, "a package")?;
        Block::read(bytes, self.size.systems, self.ordered)
    }

    /// Verifies a checksum, once where once is enough.
    fn check(
        &self,
        flag: usize,
        bytes: &[u8],
        crc: u32,
        what: &'static str,
    ) -> Result<(), SegmentError> {
        let Some(word) = self.checked.get(flag / 64) else { return Err(SegmentError::Torn(what)) };
        let bit = 1 << (flag % 64);
        if self.source.is_memory() && word.load(Ordering::Relaxed) & bit != 0 {
            return Ok(());
        }
        if crc32fast::hash(bytes) != crc {
            return Err(SegmentError::Damaged(what));
        }
        word.fetch_or(bit, Ordering::Relaxed);
        Ok(())
    }

    /// The name of a ministry.
    pub fn ministry_name(&self, ministry: u32) -> Result<&str, SegmentError> {
        let ends = |ministry: u32| u32_at(&self.places, MINISTRY * wide(ministry) + 4);
        let begin = if ministry == 0 { 0 } else { ends(ministry - 1)? };
        self.place_text(begin, ends(ministry)?)
    }

    /// The name of an institution.
    pub fn institution_name(&self, institution: u32) -> Result<&str, SegmentError> {
        let institutions = MINISTRY * wide(self.size.ministries);
        let begin = match institution.checked_sub(1) {
            Some(before) => u32_at(&self.places, institutions + INSTITUTION * wide(before) + 8)?,
            None if self.size.ministries == 0 => 0,
            None => u32_at(&self.places, MINISTRY * (wide(self.size.ministries) - 1) + 4)?,
        };
        let end = u32_at(&self.places, institutions + INSTITUTION * wide(institution) + 8)?;
        self.place_text(begin, end)
    }

    fn chunks_at(&self) -> usize {
        MINISTRY * wide(self.size.ministries) + INSTITUTION * wide(self.size.institutions)
    }

    fn place_text(&self, begin: u32, end: u32) -> Result<&str, SegmentError> {
        let chunks = wide(self.size.systems).div_ceil(NAMES_CHUNK);
        let texts = self.chunks_at() + CHUNK * chunks;
        let len = wide(end).checked_sub(wide(begin)).ok_or(SegmentError::Torn("the places"))?;
        text(&self.places, texts + wide(begin), len)
    }

    /// The name a system has within its institution.
    pub(super) fn own_name<'a>(
        &'a self,
        system: u32,
        room: &'a mut Vec<u8>,
    ) -> Result<&'a str, SegmentError> {
        let chunk = wide(system) / NAMES_CHUNK;
        let entry = self.chunks_at() + CHUNK * chunk;
        let at = u64_at(&self.places, entry)?;
        let len = wide(u32_at(&self.places, entry + 8)?);
        let crc = u32_at(&self.places, entry + 12)?;
        let bytes = self.source.bytes(self.names_at.saturating_add(at), len, room)?;
        self.check(wide(self.size.packages) + chunk, bytes, crc, "the names")?;
        let count = NAMES_CHUNK.min(wide(self.size.systems) - chunk * NAMES_CHUNK);
        let place = wide(system) % NAMES_CHUNK;
        let begin = if place == 0 { 0 } else { wide(u32_at(bytes, 4 * (place - 1))?) };
        let end = wide(u32_at(bytes, 4 * place)?);
        let len = end.checked_sub(begin).ok_or(SegmentError::Torn("the names"))?;
        text(bytes, 4 * count + begin, len)
    }

    /// The full name of a system.
    ///
    /// # Errors
    /// [`SegmentError`] when the names cannot be read.
    pub fn system_name<'a>(
        &'a self,
        system: u32,
        room: &'a mut Vec<u8>,
    ) -> Result<SystemName<'a>, SegmentError> {
        if system >= self.size.systems {
            return Err(SegmentError::Torn("the places"));
        }
        let institution = self.institution_of(system);
        Ok(SystemName {
            ministry: self.ministry_name(self.ministry_of(institution))?,
            institution: self.institution_name(institution)?,
            system: self.own_name(system, room)?,
        })
    }

    /// The number of an institution, by its ministry's and its own name.
    pub(super) fn find_institution(
        &self,
        ministry: &str,
        institution: &str,
    ) -> Result<Option<u32>, SegmentError> {
        let Some(ministry) = self.find_ministry(ministry)? else { return Ok(None) };
        let range = self.ministry_starts[wide(ministry)]..self.ministry_starts[wide(ministry) + 1];
        bisect(range, |place| Ok(self.institution_name(place)?.cmp(institution)))
    }

    /// The number of a ministry.
    pub(super) fn find_ministry(&self, ministry: &str) -> Result<Option<u32>, SegmentError> {
        bisect(0..self.size.ministries, |place| Ok(self.ministry_name(place)?.cmp(ministry)))
    }

    /// The number of a system.
    pub(super) fn find_system(
        &self,
        name: SystemName<'_>,
        room: &mut Vec<u8>,
    ) -> Result<Option<u32>, SegmentError> {
        let Some(institution) = self.find_institution(name.ministry, name.institution)? else {
            return Ok(None);
        };
        bisect(self.systems_of(institution), |system| {
            Ok(self.own_name(system, room)?.cmp(name.system))
        })
    }

    /// Reads everything and verifies every checksum.
    ///
    /// # Errors
    /// The first thing that is not as it was written.
    pub fn verify(&self) -> Result<(), SegmentError> {
        let mut room = Vec::new();
        let mut rows = 0;
        for package in 0..wide(self.size.packages) {
            let block = self.block(package, &mut room)?;
            rows += u64::from(block.rows);
            block.verify()?;
        }
        for system in (0..self.size.systems).step_by(NAMES_CHUNK) {
            self.own_name(system, &mut room)?;
        }
        if rows == self.size.rows { Ok(()) } else { Err(SegmentError::Torn("the rows")) }
    }
}

/// A section that is read whole, its checksum verified.
fn section(
    source: &dyn Source,
    (at, len): (u64, u64),
    crc: u32,
    what: &'static str,
) -> Result<Vec<u8>, SegmentError> {
    let end = at.checked_add(len).filter(|end| *end <= source.len());
    let len =
        usize::try_from(len).ok().filter(|_| end.is_some()).ok_or(SegmentError::Torn(what))?;
    let mut room = Vec::new();
    let bytes = source.bytes(at, len, &mut room)?.to_vec();
    if crc32fast::hash(&bytes) == crc { Ok(bytes) } else { Err(SegmentError::Damaged(what)) }
}

/// The place in a sorted range that compares equal.
fn bisect(
    range: std::ops::Range<u32>,
    mut order: impl FnMut(u32) -> Result<std::cmp::Ordering, SegmentError>,
) -> Result<Option<u32>, SegmentError> {
    let (mut from, mut to) = (range.start, range.end);
    while from < to {
        let middle = from + (to - from) / 2;
        match order(middle)? {
            std::cmp::Ordering::Equal => return Ok(Some(middle)),
            std::cmp::Ordering::Less => from = middle + 1,
            std::cmp::Ordering::Greater => to = middle,
        }
    }
    Ok(None)
}
