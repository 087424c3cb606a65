//! Gathering the systems whose rows were chosen: a sorted list while they are few, a bitmap else.

use std::ops::Range;

use super::bitmap::{any_in, bits_of, count, has, words_for};
use super::block::{Block, Column, Rows, Run, Runs};
use super::bytes::{narrow, wide};
use super::dead::Dead;
use super::pack::BLOCK;
use super::segment::{Segment, SegmentError};

/// A set of a segment's systems, being gathered; its room is used again by the next question.
#[derive(Default)]
pub(super) struct Gather {
    /// Systems in order, each once when settled, unless `scattered`.
    list: Vec<u32>,
    /// The bitmap, all zero unless `scattered`.
    words: Vec<u64>,
    /// Which words are not zero, a bit each, unless `whole`.
    touched: Vec<u64>,
    scattered: bool,
    /// Much of the bitmap was touched, and `touched` does not know where.
    whole: bool,
    /// Systems scattered so far, some of them several times.
    pushed: usize,
    /// Systems of the block at hand.
    fresh: Vec<u32>,
    /// Which versions are chosen, where more than one run of them is.
    table: Vec<bool>,
}

/// Below one system in so many, a bitmap is turned into a list before it is counted.
const LIST_SHARE: usize = 24;

/// The gathered systems.
#[derive(Clone, Copy)]
pub(super) enum Systems<'a> {
    /// Ascending, each once.
    List(&'a [u32]),
    /// A bit each.
    Bits(&'a [u64]),
}

/// How many places a set touches.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) struct Touched {
    pub(super) systems: u64,
    pub(super) institutions: u64,
    pub(super) ministries: u64,
}

impl Gather {
    /// Empties the set for a segment of so many systems.
    pub(super) fn begin(&mut self, systems: u32) {
        if self.scattered {
            if self.whole {
                self.words.fill(0);
            } else {
                clear_touched(&mut self.words, &mut self.touched);
            }
        }
        self.touched.fill(0);
        self.list.clear();
        (self.scattered, self.whole, self.pushed) = (false, false, 0);
        self.words.resize(words_for(wide(systems)), 0);
        self.touched.resize(words_for(self.words.len()), 0);
    }

    /// Adds the systems that run one of the chosen versions and are not dead; the versions of
    /// chosen rows that are dead go to `dead_versions`.
    pub(super) fn add(
        &mut self,
        block: &Block<'_>,
        chosen: &[Range<u32>],
        dead: &Dead,
        dead_versions: &mut Vec<u32>,
    ) -> Result<(), SegmentError> {
        if chosen.is_empty() {
            return Ok(());
        }
        if chosen.len() > 1 {
            self.table.clear();
            self.table.resize(wide(block.versions), false);
            for run in chosen {
                self.table[wide(run.start)..wide(run.end)].fill(true);
            }
        }
        match block.rows() {
            Rows::Runs(runs) => {
                self.fresh.clear();
                let whole = chosen[0] == (0..block.versions);
                let out = &mut self.fresh;
                if whole && dead.is_empty() {
                    all(runs, out)?;
                } else if let [run] = chosen {
                    let (low, span) = (run.start, run.end - run.start);
                    let chosen = |version: u32| version.wrapping_sub(low) < span;
                    chosen_rows(runs, chosen, dead, out, dead_versions)?;
                } else {
                    let chosen =
                        |version: u32| self.table.get(wide(version)).copied() == Some(true);
                    chosen_rows(runs, chosen, dead, out, dead_versions)?;
                }
                self.take_fresh();
            }
            Rows::Column(column) => {
                self.lay();
                let codes: Vec<Range<u8>> = chosen
                    .iter()
                    .map(|run| column.codes_below(run.start)..column.codes_below(run.end))
                    .filter(|codes| !codes.is_empty())
                    .collect();
                lay_column(column, &codes, dead, &mut self.words, dead_versions);
                for (system, version) in column.spilled.pairs() {
                    if holds(chosen, &self.table, version) {
                        if dead.has(system) {
                            dead_versions.push(version);
                        } else if let Some(word) = self.words.get_mut(wide(system) / 64) {
                            *word |= 1 << (system % 64);
                        }
                    }
                }
            }
        }
        Ok(())
    }

    /// Takes what a block gave: the first is the list, from the second on the bitmap is needed.
    fn take_fresh(&mut self) {
        let first = !self.scattered && self.list.is_empty();
        if first && !self.is_many(self.fresh.len()) {
            std::mem::swap(&mut self.list, &mut self.fresh);
            return;
        }
        self.scatter_list();
        self.pushed += self.fresh.len();
        // So many never become a list again, and nobody needs to know where they are.
        self.whole |= self.is_many(self.pushed);
        if self.whole {
            scatter(&self.fresh, &mut self.words);
        } else {
            scatter_touching(&self.fresh, &mut self.words, &mut self.touched);
        }
    }

    /// Whether so many systems are better counted as a bitmap.
    fn is_many(&self, systems: usize) -> bool {
        systems * LIST_SHARE >= self.words.len() * 64
    }

    fn scatter_list(&mut self) {
        self.scattered = true;
        self.pushed += self.list.len();
        scatter_touching(&self.list, &mut self.words, &mut self.touched);
        self.list.clear();
    }

    /// Makes the bitmap ready to be written over by a column.
    fn lay(&mut self) {
        self.scatter_list();
        self.whole = true;
    }

    /// Takes out what another set of the same segment holds.
    pub(super) fn remove(&mut self, other: Systems<'_>) {
        if self.scattered {
            match other {
                Systems::List(list) => {
                    for system in list {
                        if let Some(word) = self.words.get_mut(wide(*system) / 64) {
                            *word &= !(1 << (system % 64));
                        }
                    }
                }
                Systems::Bits(bits) => {
                    self.words.iter_mut().zip(bits).for_each(|(word, bits)| *word &= !bits);
                }
            }
        } else {
            self.list.retain(|system| !other.has(*system));
        }
    }

    /// Ends the gathering: a bitmap with few systems becomes a list.
    pub(super) fn settle(&mut self) {
        if !self.scattered {
            keep_each_once(&mut self.list);
        }
        if !self.scattered || self.whole || self.is_many(self.pushed) {
            return;
        }
        for (index, summary) in self.touched.iter_mut().enumerate() {
            while *summary != 0 {
                let place = index * 64 + summary.trailing_zeros() as usize;
                *summary &= *summary - 1;
                let Some(word) = self.words.get_mut(place) else { continue };
                while *word != 0 {
                    self.list.push(narrow(place * 64) + word.trailing_zeros());
                    *word &= *word - 1;
                }
            }
        }
        self.scattered = false;
    }

    /// The systems, once settled.
    pub(super) fn systems(&self) -> Systems<'_> {
        if self.scattered { Systems::Bits(&self.words) } else { Systems::List(&self.list) }
    }
}

impl Systems<'_> {
    /// Whether nothing was gathered.
    pub(super) fn is_empty(self) -> bool {
        match self {
            Self::List(list) => list.is_empty(),
            Self::Bits(bits) => bits.iter().all(|word| *word == 0),
        }
    }

    /// How many systems there are.
    pub(super) fn count(self) -> u64 {
        match self {
            Self::List(list) => list.len() as u64,
            Self::Bits(bits) => count(bits),
        }
    }

    /// Whether a system is in the set.
    pub(super) fn has(self, system: u32) -> bool {
        match self {
            Self::List(list) => list.binary_search(&system).is_ok(),
            Self::Bits(bits) => has(bits, system),
        }
    }

    /// Whether any system of a range is in the set.
    pub(super) fn any_in(self, range: Range<u32>) -> bool {
        match self {
            Self::List(list) => {
                let next = list.partition_point(|system| *system < range.start);
                list.get(next).is_some_and(|system| *system < range.end)
            }
            Self::Bits(bits) => any_in(bits, range.start, range.end),
        }
    }

    /// The first system of the set that is not below `from`.
    pub(super) fn next_from(self, from: u32) -> Option<u32> {
        match self {
            Self::List(list) => list.get(list.partition_point(|system| *system < from)).copied(),
            Self::Bits(bits) => {
                let mut index = wide(from) / 64;
                let mut word = bits.get(index)? & (u64::MAX << (from % 64));
                while word == 0 {
                    index += 1;
                    word = *bits.get(index)?;
                }
                Some(narrow(index * 64) + word.trailing_zeros())
            }
        }
    }

    /// Counts systems and the places they belong to.
    pub(super) fn touched(self, segment: &Segment) -> Touched {
        let ministries = 0..segment.size().ministries;
        match self {
            Self::List([]) => Touched::default(),
            Self::List(list) => {
                let institutions = segment.institution_ends().count_of(list);
                let mut rest = list;
                let mut found = 0;
                for ministry in ministries {
                    let end = segment.systems_under(ministry).end;
                    let after = rest.partition_point(|system| *system < end);
                    found += u64::from(after > 0);
                    rest = &rest[after..];
                    if rest.is_empty() {
                        break;
                    }
                }
                Touched { systems: list.len() as u64, institutions, ministries: found }
            }
            Self::Bits(bits) => Touched {
                systems: count(bits),
                institutions: segment.institution_ends().count_in(bits),
                ministries: ministries
                    .filter(|ministry| self.any_in(segment.systems_under(*ministry)))
                    .count() as u64,
            },
        }
    }
}

/// Whether a version is chosen; `table` speaks where there are several runs.
fn holds(chosen: &[Range<u32>], table: &[bool], version: u32) -> bool {
    match chosen {
        [run] => run.contains(&version),
        _ => table.get(wide(version)).copied() == Some(true),
    }
}

/// Systems of every row.
fn all(mut runs: Runs<'_>, out: &mut Vec<u32>) -> Result<(), SegmentError> {
    let mut run = Run::default();
    while runs.next(&mut run, false)? {
        out.extend_from_slice(run.systems());
    }
    Ok(())
}

/// Systems of the rows whose version is chosen; dead systems only leave their version.
fn chosen_rows(
    mut runs: Runs<'_>,
    chosen: impl Fn(u32) -> bool,
    dead: &Dead,
    out: &mut Vec<u32>,
    dead_versions: &mut Vec<u32>,
) -> Result<(), SegmentError> {
    let mut run = Run::default();
    let mut found = [0; BLOCK];
    while let Some(mut hits) = runs.next_where(&mut run, &chosen)? {
        if !dead.is_empty() {
            bury(&run, &mut hits, dead, dead_versions);
        }
        let mut kept = 0;
        let halves = run.all_systems().as_chunks::<64>().0.iter().zip(hits);
        if hits[0].count_ones() + hits[1].count_ones() > MANY {
            // Every system is written, only the chosen ones are kept: no branch to guess wrong.
            for (systems, hits) in halves {
                for (place, system) in systems.iter().enumerate() {
                    found[kept % BLOCK] = *system;
                    kept += usize::from(hits >> place & 1 == 1);
                }
            }
        } else {
            for (systems, mut hits) in halves {
                while hits != 0 {
                    found[kept % BLOCK] = systems[hits.trailing_zeros() as usize % 64];
                    kept += 1;
                    hits &= hits - 1;
                }
            }
        }
        out.extend_from_slice(&found[..kept.min(BLOCK)]);
    }
    Ok(())
}

/// Takes rows of dead systems out of the hits of a run.
fn bury(run: &Run, hits: &mut [u64; 2], dead: &Dead, dead_versions: &mut Vec<u32>) {
    let rows = run.systems().chunks(64).zip(run.versions().chunks(64));
    for ((systems, versions), hits) in rows.zip(hits) {
        let mut left = *hits;
        while left != 0 {
            let place = left.trailing_zeros() as usize;
            left &= left - 1;
            if dead.has(systems[place]) {
                dead_versions.push(versions[place]);
                *hits &= !(1 << place);
            }
        }
    }
}

/// From so many chosen rows of 128 on, looking at each costs less than finding the chosen ones.
const MANY: u32 = 64;

/// Leaves each system once in a sorted list. Unlike `dedup` it never guesses: one in fifty comes
/// twice, too often for a branch.
fn keep_each_once(list: &mut Vec<u32>) {
    let Some(mut last) = list.first().copied() else { return };
    let mut kept = 1;
    for place in 1..list.len() {
        let system = list[place];
        list[kept] = system;
        kept += usize::from(system != last);
        last = system;
    }
    list.truncate(kept);
}

/// Lays the living systems of a column whose code is chosen over a bitmap.
fn lay_column(
    column: Column<'_>,
    codes: &[Range<u8>],
    dead: &Dead,
    words: &mut [u64],
    dead_versions: &mut Vec<u32>,
) {
    if codes.is_empty() {
        return;
    }
    // A few runs are compared side by side, many are looked up.
    let compared = codes.len() <= 4;
    let table: [bool; 256] =
        std::array::from_fn(|code| codes.iter().any(|run| wide_run(run).contains(&code)));
    for ((index, chunk), word) in column.systems.chunks(64).enumerate().zip(words) {
        let mut found = match chunk.first_chunk::<64>() {
            Some(chunk) if compared => {
                codes.iter().fold(0, |found, run| found | codes_in(chunk, run))
            }
            _ => (0..)
                .zip(chunk)
                .fold(0, |found, (bit, code)| found | u64::from(table[usize::from(*code)]) << bit),
        };
        let gone = found & dead.word(index);
        if gone != 0 {
            let bits = (0..64).filter(|bit| gone >> bit & 1 == 1);
            dead_versions.extend(bits.filter_map(|bit: usize| column.version(chunk[bit])));
            found &= !gone;
        }
        *word |= found;
    }
}

fn wide_run(run: &Range<u8>) -> Range<usize> {
    usize::from(run.start)..usize::from(run.end)
}

/// Which of 64 codes lie in a run of codes.
fn codes_in(codes: &[u8; 64], run: &Range<u8>) -> u64 {
    let (low, most) = (run.start, run.end - run.start - 1);
    let hits: [u8; 64] =
        std::array::from_fn(|place| u8::from(codes[place].wrapping_sub(low) <= most));
    bits_of(&hits)
}

fn scatter(systems: &[u32], words: &mut [u64]) {
    for system in systems {
        if let Some(word) = words.get_mut(wide(*system) / 64) {
            *word |= 1 << (system % 64);
        }
    }
}

fn scatter_touching(systems: &[u32], words: &mut [u64], touched: &mut [u64]) {
    for system in systems {
        let place = wide(*system) / 64;
        if let (Some(word), Some(summary)) = (words.get_mut(place), touched.get_mut(place / 64)) {
            *word |= 1 << (system % 64);
            *summary |= 1 << (place % 64);
        }
    }
}

fn clear_touched(words: &mut [u64], touched: &mut [u64]) {
    for (index, summary) in touched.iter_mut().enumerate() {
        while *summary != 0 {
            let place = index * 64 + summary.trailing_zeros() as usize;
            *summary &= *summary - 1;
            if let Some(word) = words.get_mut(place) {
                *word = 0;
            }
        }
    }
}
