//! Young inventories: rows sorted by package and version text, cheap to make and to merge.
//!
//! A flat knows nothing of version orders. Ordering 300 versions costs more than publishing a
//! system may; a question judges each distinct version text of a package instead, and flats stay
//! small enough for that until they are folded into a segment.

use std::sync::Arc;

use bongsu_package::{Scheme, Within};

use super::ask::Prepared;
use super::bytes::{narrow, sort_runs, stable_hash, wide};
use super::dead::Dead;
use super::name::{scheme_code, scheme_of_code};
use super::{Entry, SystemName, SystemNameBuf};

/// A few systems and their rows.
pub(super) struct Flat {
    /// The systems, ascending by name.
    pub(super) systems: Vec<Arc<SystemNameBuf>>,
    rows: Vec<FlatRow>,
    /// Where the rows of each bucket of hashes begin; empty for a flat that is small.
    buckets: Vec<u32>,
    texts: Vec<u8>,
    /// Hashes of the systems' names, ascending, and whose they are.
    names: Vec<(u64, u32)>,
}

/// One row; the order is that of the fields.
#[derive(Clone, Copy, Eq, Ord, PartialEq, PartialOrd)]
struct FlatRow {
    key: u64,
    version: u32,
    system: u32,
    text: u32,
}

/// What a row says, as text.
#[derive(Clone, Copy, Eq, PartialEq)]
pub(super) struct FlatText<'a> {
    pub(super) key: &'a str,
    pub(super) version: Option<&'a str>,
}

/// A flat of more rows gets buckets, about eight rows to each.
const BUCKETED: usize = if cfg!(test) { 16 } else { 1_024 };
/// The length of a version that is not there.
const ABSENT: u32 = u32::MAX;
/// Bytes before the texts of a row: two lengths and the scheme.
const HEAD: usize = 9;

impl Flat {
    /// One system.
    pub(super) fn new<'a>(name: SystemName<'_>, entries: impl Iterator<Item = Entry<'a>>) -> Self {
        let expected = entries.size_hint().0;
        let mut rows = Vec::with_capacity(expected);
        let mut texts = Vec::with_capacity(48 * expected);
        for entry in entries {
            let text = narrow(texts.len());
            put_text(&mut texts, entry.key, entry.version, scheme_code(entry.scheme));
            rows.push(FlatRow {
                key: stable_hash(entry.key.as_bytes()),
                version: version_hash(entry.version),
                system: 0,
                text,
            });
        }
        let words = |row: &FlatRow| raw_at(&texts, row.text);
        rows.sort_unstable_by(|left, right| {
            let order = (left.key, left.version).cmp(&(right.key, right.version));
            order.then_with(|| words(left).cmp(words(right)))
        });
        rows.dedup_by(|next, last| {
            (next.key, next.version) == (last.key, last.version) && words(next) == words(last)
        });
        let names = vec![(name_hash(name), 0)];
        Self { systems: vec![Arc::new(name.to_owned())], rows, buckets: Vec::new(), texts, names }
    }

    /// The living systems of several flats; no system lives in two of them. Gives for each flat
    /// where its systems went, `u32::MAX` for the dead.
    pub(super) fn merge(flats: &[(&Self, &Dead)]) -> (Self, Vec<Vec<u32>>) {
        let mut order = Vec::new();
        let mut maps: Vec<Vec<u32>> = Vec::new();
        for (number, (flat, dead)) in flats.iter().enumerate() {
            maps.push(vec![u32::MAX; flat.systems.len()]);
            let alive = (0..narrow(flat.systems.len())).filter(|system| !dead.has(*system));
            order.extend(alive.map(|system| (number, system)));
        }
        order.sort_by(|(left, a), (right, b)| {
            flats[*left].0.systems[wide(*a)].cmp(&flats[*right].0.systems[wide(*b)])
        });
        let mut systems = Vec::with_capacity(order.len());
        for (place, (number, system)) in order.iter().enumerate() {
            maps[*number][wide(*system)] = narrow(place);
            systems.push(Arc::clone(&flats[*number].0.systems[wide(*system)]));
        }

        let total = flats.iter().map(|(flat, _)| flat.rows.len()).sum();
        // The flat's number rides in the upper half of the text, so that one sort merges the runs.
        let mut merged: Vec<(u64, u64, u64)> = Vec::with_capacity(total);
        for (number, (flat, _)) in flats.iter().enumerate() {
            let map = &maps[number];
            merged.extend(flat.rows.iter().filter_map(|row| {
                let system = map[wide(row.system)];
                let second = u64::from(row.version) << 32 | u64::from(system);
                let third = (number as u64) << 32 | u64::from(row.text);
                (system != u32::MAX).then_some((row.key, second, third))
            }));
        }
        sort_runs(&mut merged);

        let mut rows: Vec<FlatRow> = Vec::with_capacity(merged.len());
        let mut texts = Vec::new();
        let mut last: Option<FlatRow> = None;
        for (key, second, third) in merged {
            let (version, system) = halves(second);
            let (number, text) = halves(third);
            let flat = flats[wide(number)].0;
            let shared = last.filter(|last| {
                (last.key, last.version) == (key, version)
                    && raw_at(&texts, last.text) == raw_at(&flat.texts, text)
            });
            let text = shared.map_or_else(
                || {
                    let at = narrow(texts.len());
                    texts.push(flat.texts[wide(text)]);
                    texts.extend_from_slice(raw_at(&flat.texts, text));
                    at
                },
                |last| last.text,
            );
            let row = FlatRow { key, version, system, text };
            rows.push(row);
            last = Some(row);
        }
        let buckets = buckets(&rows);
        let mut names: Vec<(u64, u32)> = Vec::with_capacity(systems.len());
        for ((flat, _), map) in flats.iter().zip(&maps) {
            let moved = flat.names.iter().map(|(hash, system)| (*hash, map[wide(*system)]));
            names.extend(moved.filter(|(_, system)| *system != u32::MAX));
        }
        sort_runs(&mut names);
        (Self { systems, rows, buckets, texts, names }, maps)
    }

    /// How many rows there are.
    pub(super) fn row_count(&self) -> usize {
        self.rows.len()
    }

    /// The number of a system, by its name and the [`name_hash`] of that.
    pub(super) fn find_system(&self, hash: u64, name: SystemName<'_>) -> Option<u32> {
        let from = self.names.partition_point(|(own, _)| *own < hash);
        let same = self.names[from..].iter().take_while(|(own, _)| *own == hash);
        let mut systems = same.map(|(_, system)| *system);
        systems.find(|system| self.systems[wide(*system)].borrowed() == name)
    }

    /// The rows of a key's hash.
    fn rows_of(&self, hash: u64) -> &[FlatRow] {
        let rows = if self.buckets.is_empty() {
            &self.rows[..]
        } else {
            let bits = (self.buckets.len() - 1).ilog2();
            let bucket = usize::try_from(super::write::bucket_of(hash, bits)).unwrap_or(0);
            &self.rows[wide(self.buckets[bucket])..wide(self.buckets[bucket + 1])]
        };
        let from = rows.partition_point(|row| row.key < hash);
        let rows = &rows[from..];
        // A package has few rows in a flat, so the end is near.
        let len = rows.iter().take_while(|row| row.key == hash).count();
        &rows[..len]
    }

    /// Judges the living rows of a package; tells each row's system, answer and, when inside, the
    /// intervals that hold it.
    pub(super) fn judge(
        &self,
        ask: &Prepared<'_>,
        hash: u64,
        dead: &Dead,
        mut each: impl FnMut(u32, Within, &[usize]),
    ) {
        let mut intervals = Vec::new();
        for same in self.rows_of(hash).chunk_by(|left, right| {
            left.text == right.text
                || left.version == right.version
                    && raw_at(&self.texts, left.text) == raw_at(&self.texts, right.text)
        }) {
            let text = text_at(&self.texts, same[0].text);
            if text.key != ask.key {
                continue;
            }
            intervals.clear();
            let within = ask.judge(text.version, |interval| intervals.push(interval));
            if within == Within::Outside {
                continue;
            }
            for row in same.iter().filter(|row| !dead.has(row.system)) {
                each(row.system, within, &intervals);
            }
        }
    }

    /// The rows in order, from place `from` to where the hash of the key changes: the hash, and
    /// for each row system, scheme and text. `None` at the end.
    pub(super) fn package_at(
        &self,
        from: usize,
    ) -> Option<(u64, usize, impl Iterator<Item = (u32, Scheme, FlatText<'_>)>)> {
        let hash = self.rows.get(from)?.key;
        let len = self.rows[from..].iter().take_while(|row| row.key == hash).count();
        let rows = self.rows[from..from + len].iter().map(|row| {
            let scheme = scheme_of_code(self.texts[wide(row.text)]);
            (row.system, scheme.unwrap_or(Scheme::Generic), text_at(&self.texts, row.text))
        });
        Some((hash, from + len, rows))
    }

    /// Bytes it takes.
    pub(super) fn bytes(&self) -> usize {
        size_of_val(&self.rows[..]) + self.texts.len() + 4 * self.buckets.len()
    }
}

fn buckets(rows: &[FlatRow]) -> Vec<u32> {
    if rows.len() < BUCKETED {
        return Vec::new();
    }
    let bits = rows.len().ilog2() - 3;
    let mut out = Vec::with_capacity((1 << bits) + 1);
    let mut at = 0;
    for bucket in 0..=(1_u64 << bits) {
        while at < rows.len() && super::write::bucket_of(rows[at].key, bits) < bucket {
            at += 1;
        }
        out.push(narrow(at));
    }
    out
}

/// The upper and the lower half.
#[allow(clippy::cast_possible_truncation, reason = "halves of 64 bits")]
const fn halves(number: u64) -> (u32, u32) {
    ((number >> 32) as u32, number as u32)
}

fn version_hash(version: Option<&str>) -> u32 {
    version.map_or(0, |text| halves(stable_hash(text.as_bytes())).0)
}

/// Scheme, lengths of key and version, key, version.
fn put_text(texts: &mut Vec<u8>, key: &str, version: Option<&str>, scheme: u8) {
    texts.push(scheme);
    texts.extend_from_slice(&narrow(key.len()).to_le_bytes());
    texts.extend_from_slice(&version.map_or(ABSENT, |text| narrow(text.len())).to_le_bytes());
    texts.extend_from_slice(key.as_bytes());
    texts.extend_from_slice(version.unwrap_or("").as_bytes());
}

fn lengths(texts: &[u8], at: usize) -> (usize, Option<usize>) {
    let number =
        |at: usize| u32::from_le_bytes([texts[at], texts[at + 1], texts[at + 2], texts[at + 3]]);
    let version = number(at + 5);
    (wide(number(at + 1)), (version != ABSENT).then_some(wide(version)))
}

/// All that a row says but the scheme: equal bytes are equal rows.
fn raw_at(texts: &[u8], at: u32) -> &[u8] {
    let at = wide(at);
    let (key, version) = lengths(texts, at);
    &texts[at + 1..at + HEAD + key + version.unwrap_or(0)]
}

fn text_at(texts: &[u8], at: u32) -> FlatText<'_> {
    let at = wide(at);
    let (key, version) = lengths(texts, at);
    let text = |from: usize, len: usize| {
        std::str::from_utf8(&texts[from..from + len]).expect("written from text by `put_text`")
    };
    let begin = at + HEAD;
    FlatText { key: text(begin, key), version: version.map(|len| text(begin + key, len)) }
}

/// A hash of a system's name.
pub(super) fn name_hash(name: SystemName<'_>) -> u64 {
    let parts = [name.ministry, name.institution, name.system];
    parts.iter().fold(0, |hash: u64, part| hash.rotate_left(21) ^ stable_hash(part.as_bytes()))
}
