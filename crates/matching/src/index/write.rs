//! Writing a segment: packages one after the other, then what finds them.

use std::cmp::Ordering;

use bongsu_package::{Scheme, Version};

use super::bytes::{narrow, put_u32, put_u64, stable_hash};
use super::layout::{
    BUCKET, CODES, COLUMN, COLUMN_SHARE, COLUMN_SYSTEMS, FORMAT, HAS_ABSENT, HEADER, MAGIC, NONE,
    ORDER_REVISION, PACKED, SPILL_SHARE, SPILLED, header,
};
use super::name::scheme_code;
use super::pack::{BLOCK, PADDING, pack, pack_tail, width};
use super::roster::Roster;

/// A segment being written.
pub(super) struct SegmentWriter {
    out: Vec<u8>,
    directory: Vec<(u64, u64, u32, u32)>,
    systems: usize,
    versions: u64,
    rows: u64,
}

/// The versions of a package in the order in which a segment numbers them.
pub(super) struct VersionOrder {
    /// Positions in the list that was ordered: first those the scheme can read, in its order and
    /// equal ones by their text; then the others by their text; then the absent one.
    pub(super) positions: Vec<u32>,
    /// How many the scheme can read.
    pub(super) known: u32,
}

/// Orders distinct versions; `None` is the absent one.
pub(super) fn order_versions(scheme: Scheme, versions: &[Option<&str>]) -> VersionOrder {
    let mut known: Vec<(Version, u32)> = Vec::with_capacity(versions.len());
    let mut others = Vec::new();
    for (position, version) in versions.iter().enumerate() {
        match version.and_then(|text| scheme.parse(text).ok()) {
            Some(version) => known.push((version, narrow(position))),
            None => others.push(narrow(position)),
        }
    }
    let text = |position: &u32| versions[*position as usize];
    known.sort_by(|(left, at), (right, other)| {
        let order = left.compare(right).unwrap_or(Ordering::Equal);
        order.then_with(|| text(at).cmp(&text(other)))
    });
    others.sort_by_key(|position| (text(position).is_none(), text(position)));
    let count = narrow(known.len());
    let positions = known.into_iter().map(|(_, position)| position).chain(others).collect();
    VersionOrder { positions, known: count }
}

impl SegmentWriter {
    /// Begins a segment of so many systems.
    pub(super) fn new(systems: usize) -> Self {
        Self { out: vec![0; HEADER], directory: Vec::new(), systems, versions: 0, rows: 0 }
    }

    /// Adds a package: its versions in segment order (see [`order_versions`]) and its rows as
    /// (system, version), in order and each once. Packages without rows are left out.
    pub(super) fn push(
        &mut self,
        key: &str,
        scheme: Scheme,
        versions: &[Option<&str>],
        known: u32,
        rows: &[(u32, u32)],
    ) {
        if rows.is_empty() {
            return;
        }
        let begin = self.out.len();
        let mut counts = vec![0_u32; versions.len()];
        for (_, version) in rows {
            counts[*version as usize] += 1;
        }
        let column = self.column(rows, &counts);
        let absent = versions.last().is_some_and(Option::is_none);
        let text_len: usize = versions.iter().flatten().map(|text| text.len()).sum();
        let empty = Column::default();
        let Column { codes, bytes, spilled } = column.as_ref().unwrap_or(&empty);
        let form = if column.is_some() { COLUMN } else { PACKED };

        let out = &mut self.out;
        put_u32(out, narrow(key.len()));
        out.extend([scheme_code(scheme), form, if absent { HAS_ABSENT } else { 0 }, 0]);
        put_u32(out, narrow(versions.len()));
        put_u32(out, known);
        put_u32(out, narrow(rows.len()));
        put_u32(out, narrow(text_len));
        put_u32(out, narrow(spilled.len()));
        put_u32(out, narrow(codes.len()));
        out.extend_from_slice(key.as_bytes());
        let mut end = 0;
        for version in versions {
            end += version.map_or(0, str::len);
            put_u32(out, narrow(end));
        }
        let mut end = 0;
        for count in counts {
            end += count;
            put_u32(out, end);
        }
        versions.iter().flatten().for_each(|text| out.extend_from_slice(text.as_bytes()));
        if form == PACKED {
            put_runs(rows, out);
        }
        for version in codes {
            put_u32(out, *version);
        }
        out.extend_from_slice(bytes);
        for (system, version) in spilled {
            put_u32(out, *system);
            put_u32(out, *version);
        }

        let block = &self.out[begin..];
        let entry = (
            stable_hash(key.as_bytes()),
            begin as u64,
            narrow(block.len()),
            crc32fast::hash(block),
        );
        self.directory.push(entry);
        self.versions += versions.len() as u64;
        self.rows += rows.len() as u64;
    }

    /// The rows as a column, if that is worth its bytes.
    fn column(&self, rows: &[(u32, u32)], counts: &[u32]) -> Option<Column> {
        if self.systems < COLUMN_SYSTEMS || rows.len() * COLUMN_SHARE < self.systems {
            return None;
        }
        let mut codes: Vec<u32> = (0..narrow(counts.len())).collect();
        if codes.len() > CODES {
            codes.sort_by_key(|version| std::cmp::Reverse(counts[*version as usize]));
            codes.truncate(CODES);
            codes.sort_unstable();
        }
        let mut code_of = vec![SPILLED; counts.len()];
        for (code, version) in (0..SPILLED).zip(&codes) {
            code_of[*version as usize] = code;
        }
        let mut column = Column { codes, bytes: vec![NONE; self.systems], spilled: Vec::new() };
        for same in rows.chunk_by(|left, right| left.0 == right.0) {
            let code = if same.len() > 1 { SPILLED } else { code_of[same[0].1 as usize] };
            column.bytes[same[0].0 as usize] = code;
            if code == SPILLED {
                column.spilled.extend_from_slice(same);
            }
        }
        (8 * column.spilled.len() * SPILL_SHARE <= self.systems).then_some(column)
    }

    /// The bytes of the segment.
    pub(super) fn finish(mut self, roster: Roster) -> Vec<u8> {
        let (size, places, names) = roster.finish();
        debug_assert_eq!(size.systems as usize, self.systems, "rows were numbered by this roster");
        self.directory.sort_unstable();
        let packages = narrow(self.directory.len());
        let directory = directory_bytes(&self.directory);

        let mut out = self.out;
        let directory_at = out.len() as u64;
        out.extend_from_slice(&directory);
        let places_at = out.len() as u64;
        out.extend_from_slice(&places);
        let names_at = out.len() as u64;
        out.extend_from_slice(&names);

        let mut head = Vec::with_capacity(HEADER);
        head.extend_from_slice(MAGIC);
        let counts =
            [FORMAT, ORDER_REVISION, size.systems, size.institutions, size.ministries, packages];
        for count in counts {
            put_u32(&mut head, count);
        }
        put_u64(&mut head, self.versions);
        put_u64(&mut head, self.rows);
        let sections = [(directory_at, &directory), (places_at, &places), (names_at, &names)];
        for (at, bytes) in sections {
            put_u64(&mut head, at);
            put_u64(&mut head, bytes.len() as u64);
        }
        put_u32(&mut head, crc32fast::hash(&directory));
        put_u32(&mut head, crc32fast::hash(&places));
        head.resize(header::CRC, 0);
        let crc = crc32fast::hash(&head);
        put_u32(&mut head, crc);
        out[..HEADER].copy_from_slice(&head);
        out
    }
}

/// Entries by hash, and before them where each bucket of hashes begins.
fn directory_bytes(entries: &[(u64, u64, u32, u32)]) -> Vec<u8> {
    let bits = (entries.len() / BUCKET).checked_ilog2().map_or(0, |bits| bits + 1).min(24);
    let mut out = Vec::new();
    put_u32(&mut out, bits);
    let mut at = 0;
    for bucket in 0..=(1_u64 << bits) {
        while at < entries.len() && bucket_of(entries[at].0, bits) < bucket {
            at += 1;
        }
        put_u32(&mut out, narrow(at));
    }
    for (hash, position, len, crc) in entries {
        put_u64(&mut out, *hash);
        put_u64(&mut out, *position);
        put_u32(&mut out, *len);
        put_u32(&mut out, *crc);
    }
    out
}

/// The bucket of a hash: its first `bits` bits.
pub(super) const fn bucket_of(hash: u64, bits: u32) -> u64 {
    if bits == 0 { 0 } else { hash >> (64 - bits) }
}

/// Rows in runs of 128 and a tail, padded so that readers may load whole words.
fn put_runs(rows: &[(u32, u32)], out: &mut Vec<u8>) {
    for run in rows.chunks(BLOCK) {
        let mut gaps = [0; BLOCK];
        let mut versions = [0; BLOCK];
        let mut last = run[0].0;
        for (place, (system, version)) in run.iter().enumerate() {
            gaps[place] = system - last;
            versions[place] = *version;
            last = *system;
        }
        let (gap, version) = (width(&gaps), width(&versions));
        put_u32(out, run[0].0);
        out.extend([gap, version]);
        if run.len() == BLOCK {
            pack(&gaps, gap, out);
            pack(&versions, version, out);
        } else {
            pack_tail(&gaps[..run.len()], gap, out);
            pack_tail(&versions[..run.len()], version, out);
        }
    }
    out.extend([0; PADDING]);
}

/// A package's rows as one code a system.
#[derive(Default)]
struct Column {
    /// The version of each code.
    codes: Vec<u32>,
    bytes: Vec<u8>,
    /// Rows that have no code.
    spilled: Vec<(u32, u32)>,
}
