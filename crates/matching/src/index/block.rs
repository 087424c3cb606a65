//! A package's block: its versions, how often each occurs, and its rows.

use bongsu_package::Scheme;

use super::bitmap::bits_of;
use super::bytes::{narrow, slice, sort_runs, text, u32_at, wide};
use super::layout::{CODES, COLUMN, HAS_ABSENT, NONE, PACKED, RUN_HEAD, SPILLED, block as at};
use super::name::scheme_of_code;
use super::pack::{BLOCK, PADDING, block_bytes, tail_bytes, unpack, unpack_tail};
use super::segment::SegmentError;

/// A package of a segment, checked as far as its lengths.
#[derive(Clone, Copy)]
pub(super) struct Block<'a> {
    /// The package's key.
    pub(super) key: &'a str,
    /// The scheme of its versions; `None` for one that a newer Bongsu knows.
    pub(super) scheme: Option<Scheme>,
    /// Whether they are sorted as this program sorts.
    pub(super) sorted: bool,
    /// How many versions there are, the absent one included.
    pub(super) versions: u32,
    /// How many of them its scheme can read: those stand first, in its order.
    pub(super) known: u32,
    /// Rows.
    pub(super) rows: u32,
    absent: bool,
    form: u8,
    systems: u32,
    ends: &'a [u8],
    counts: &'a [u8],
    texts: &'a [u8],
    payload: &'a [u8],
    codes: &'a [u8],
    spilled: &'a [u8],
}

/// The rows of a package in one of their forms.
pub(super) enum Rows<'a> {
    /// Packed runs, in the order of systems.
    Runs(Runs<'a>),
    /// A code a system, and the rows that have none.
    Column(Column<'a>),
}

/// Rows as one code a system.
#[derive(Clone, Copy)]
pub(super) struct Column<'a> {
    /// A code a system.
    pub(super) systems: &'a [u8],
    /// Rows that have no code, in order.
    pub(super) spilled: Spilled<'a>,
    codes: &'a [u8],
}

impl Column<'_> {
    /// The version of a code.
    pub(super) fn version(&self, code: u8) -> Option<u32> {
        let version = self.codes.as_chunks::<4>().0.get(usize::from(code))?;
        Some(u32::from_le_bytes(*version))
    }

    /// How many codes stand for versions below `version`: codes are in the order of versions.
    pub(super) fn codes_below(&self, version: u32) -> u8 {
        let codes = self.codes.as_chunks::<4>().0;
        let below = codes.partition_point(|code| u32::from_le_bytes(*code) < version);
        below.min(CODES).to_le_bytes()[0]
    }
}

/// Pairs of system and version that a column has no place for.
#[derive(Clone, Copy)]
pub(super) struct Spilled<'a>(&'a [u8]);

impl<'a> Spilled<'a> {
    /// The pairs, in order.
    pub(super) fn pairs(self) -> impl Iterator<Item = (u32, u32)> + 'a {
        self.0.as_chunks::<8>().0.iter().map(|pair| {
            let system = pair.first_chunk::<4>().copied().unwrap_or_default();
            let version = pair.last_chunk::<4>().copied().unwrap_or_default();
            (u32::from_le_bytes(system), u32::from_le_bytes(version))
        })
    }
}

impl<'a> Block<'a> {
    /// Reads the head of a block and finds its parts.
    pub(super) fn read(bytes: &'a [u8], systems: u32, ordered: bool) -> Result<Self, SegmentError> {
        let torn = || SegmentError::Torn("a package");
        let head = slice(bytes, 0, at::HEAD)?;
        let key_len = wide(u32_at(head, at::KEY_LEN)?);
        let versions = u32_at(head, at::VERSIONS)?;
        let known = u32_at(head, at::KNOWN)?;
        let text_len = wide(u32_at(head, at::TEXT_LEN)?);
        let spilled = wide(u32_at(head, at::SPILLED)?);
        let codes = wide(u32_at(head, at::CODES)?);
        let form = head[at::FORM];
        if known > versions || form > COLUMN || codes > CODES {
            return Err(torn());
        }
        let ends_at = at::HEAD + key_len;
        let table = 4 * wide(versions);
        let counts_at = ends_at + table;
        let texts_at = counts_at + table;
        let codes_at = texts_at + text_len;
        let payload_at = codes_at + 4 * codes;
        let payload_end = bytes.len().checked_sub(8 * spilled).ok_or_else(torn)?;
        let payload = bytes.get(payload_at..payload_end).ok_or_else(torn)?;
        if form == COLUMN && payload.len() != wide(systems) {
            return Err(torn());
        }
        Ok(Self {
            key: text(bytes, at::HEAD, key_len)?,
            scheme: scheme_of_code(head[at::SCHEME]),
            sorted: ordered,
            versions,
            known,
            rows: u32_at(head, at::ROWS)?,
            absent: head[at::FLAGS] & HAS_ABSENT != 0,
            form,
            systems,
            ends: slice(bytes, ends_at, table)?,
            counts: slice(bytes, counts_at, table)?,
            texts: slice(bytes, texts_at, text_len)?,
            payload,
            codes: slice(bytes, codes_at, 4 * codes)?,
            spilled: &bytes[payload_end..],
        })
    }

    /// The text of a version; `None` is the absent version.
    pub(super) fn version(&self, version: u32) -> Result<Option<&'a str>, SegmentError> {
        if self.absent && version + 1 == self.versions {
            return Ok(None);
        }
        let begin = match version.checked_sub(1) {
            Some(before) => u32_at(self.ends, 4 * wide(before))?,
            None => 0,
        };
        let end = u32_at(self.ends, 4 * wide(version))?;
        let len = end.checked_sub(begin).ok_or(SegmentError::Torn("a version"))?;
        text(self.texts, wide(begin), wide(len)).map(Some)
    }

    /// How many rows have a version below `version`.
    pub(super) fn rows_below(&self, version: u32) -> Result<u32, SegmentError> {
        match version.checked_sub(1) {
            Some(before) => u32_at(self.counts, 4 * wide(before)),
            None => Ok(0),
        }
    }

    /// The rows, in whatever form they are kept.
    pub(super) fn rows(&self) -> Rows<'a> {
        match self.form {
            COLUMN => Rows::Column(Column {
                systems: self.payload,
                spilled: Spilled(self.spilled),
                codes: self.codes,
            }),
            _ => Rows::Runs(Runs {
                bytes: self.payload,
                left: wide(self.rows),
                systems: self.systems,
            }),
        }
    }

    /// Every row as (system, version), in order.
    pub(super) fn each_row(&self, out: &mut Vec<(u32, u32)>) -> Result<(), SegmentError> {
        out.clear();
        match self.rows() {
            Rows::Runs(mut runs) => {
                let mut run = Run::default();
                while runs.next(&mut run, true)? {
                    let pairs = run.systems().iter().zip(run.versions());
                    out.extend(pairs.map(|(system, version)| (*system, *version)));
                }
            }
            Rows::Column(column) => {
                for (system, code) in (0..).zip(column.systems) {
                    match *code {
                        SPILLED | NONE => {}
                        code => {
                            let version =
                                column.version(code).ok_or(SegmentError::Torn("a column"))?;
                            out.push((system, version));
                        }
                    }
                }
                out.extend(column.spilled.pairs());
                sort_runs(out);
            }
        }
        Ok(())
    }

    /// Reads every text and row, and compares the counts.
    pub(super) fn verify(&self) -> Result<(), SegmentError> {
        let mut rows = Vec::new();
        self.each_row(&mut rows)?;
        let mut counts = vec![0_u32; wide(self.versions)];
        for (system, version) in &rows {
            let count = counts.get_mut(wide(*version)).filter(|_| *system < self.systems);
            *count.ok_or(SegmentError::Torn("a row"))? += 1;
        }
        let mut below = 0;
        for (version, count) in (0..).zip(counts) {
            self.version(version)?;
            below += count;
            if self.rows_below(version + 1)? != below {
                return Err(SegmentError::Torn("the counts"));
            }
        }
        if below == self.rows { Ok(()) } else { Err(SegmentError::Torn("the rows")) }
    }
}

/// Packed runs, read one after the other.
pub(super) struct Runs<'a> {
    bytes: &'a [u8],
    left: usize,
    systems: u32,
}

/// One run, unpacked.
pub(super) struct Run {
    systems: [u32; BLOCK],
    versions: [u32; BLOCK],
    len: usize,
}

impl Default for Run {
    fn default() -> Self {
        Self { systems: [0; BLOCK], versions: [0; BLOCK], len: 0 }
    }
}

impl Run {
    /// The systems, ascending; one with several versions comes several times.
    pub(super) fn systems(&self) -> &[u32] {
        &self.systems[..self.len]
    }

    /// Their versions, if they were asked for.
    pub(super) fn versions(&self) -> &[u32] {
        &self.versions[..self.len]
    }

    /// All places for systems; those beyond the run's length mean nothing.
    pub(super) fn all_systems(&self) -> &[u32; BLOCK] {
        &self.systems
    }

    /// Which rows have a version that is chosen, a bit each.
    fn rows_where(&self, chosen: impl Fn(u32) -> bool) -> [u64; 2] {
        let halves = self.versions.as_chunks::<64>().0;
        std::array::from_fn(|half| {
            let versions = &halves[half];
            let hits: [u8; 64] = std::array::from_fn(|place| u8::from(chosen(versions[place])));
            let there = self.len.saturating_sub(64 * half).min(64);
            bits_of(&hits) & u64::MAX.checked_shr(64 - narrow(there)).unwrap_or(0)
        })
    }
}

impl<'a> Runs<'a> {
    /// Unpacks the next run; without versions if nobody asks. False at the end.
    pub(super) fn next(&mut self, run: &mut Run, versions: bool) -> Result<bool, SegmentError> {
        if self.left == 0 {
            return Ok(false);
        }
        self.unpack(run, versions).ok_or(SegmentError::Torn("a run of rows"))?;
        Ok(true)
    }

    /// Unpacks the next run that has a chosen version, and says which of its rows do, a bit each.
    /// `None` at the end.
    pub(super) fn next_where(
        &mut self,
        run: &mut Run,
        chosen: impl Fn(u32) -> bool,
    ) -> Result<Option<[u64; 2]>, SegmentError> {
        let torn = SegmentError::Torn("a run of rows");
        while self.left > 0 {
            let Some(packed) = self.packed(run) else { return Err(torn) };
            if packed.versions(run).is_none() {
                return Err(torn);
            }
            let hits = run.rows_where(&chosen);
            let read = if hits == [0, 0] { Some(()) } else { packed.systems(run, self.systems) };
            if read.and_then(|()| self.pass(&packed, run)).is_none() {
                return Err(torn);
            }
            if hits != [0, 0] {
                return Ok(Some(hits));
            }
        }
        Ok(None)
    }

    fn unpack(&mut self, run: &mut Run, versions: bool) -> Option<()> {
        let packed = self.packed(run)?;
        if versions {
            packed.versions(run)?;
        }
        packed.systems(run, self.systems)?;
        self.pass(&packed, run)
    }

    /// The head of the next run, whose length is set.
    fn packed(&self, run: &mut Run) -> Option<Packed<'a>> {
        let [a, b, c, d, gap, version] = *self.bytes.first_chunk::<RUN_HEAD>()?;
        let first = u32::from_le_bytes([a, b, c, d]);
        run.len = self.left.min(BLOCK);
        let bytes = |width| match run.len {
            BLOCK => block_bytes(width),
            len => tail_bytes(len, width),
        };
        let (gaps, versions) = (bytes(gap), bytes(version));
        let taken = RUN_HEAD + gaps + versions;
        Some(Packed { first, gap, version, gaps, taken, body: &self.bytes[RUN_HEAD..] })
    }

    /// Goes past a run that was read.
    fn pass(&mut self, packed: &Packed<'_>, run: &Run) -> Option<()> {
        self.bytes = self.bytes.get(packed.taken..)?;
        self.left -= run.len;
        (self.bytes.len() >= PADDING).then_some(())
    }
}

/// A run as it is packed.
struct Packed<'a> {
    first: u32,
    /// Bits of a gap and of a version.
    gap: u8,
    version: u8,
    /// Bytes of all gaps, and of the whole run with its head.
    gaps: usize,
    taken: usize,
    body: &'a [u8],
}

impl Packed<'_> {
    fn versions(&self, run: &mut Run) -> Option<()> {
        let body = self.body.get(self.gaps..)?;
        match run.len {
            BLOCK => unpack(body, self.version, &mut run.versions),
            len => unpack_tail(body, self.version, &mut run.versions[..len]),
        }
    }

    /// The systems, all of them below a number.
    fn systems(&self, run: &mut Run, below: u32) -> Option<()> {
        match run.len {
            BLOCK => unpack(self.body, self.gap, &mut run.systems)?,
            len => unpack_tail(self.body, self.gap, &mut run.systems[..len])?,
        }
        let systems = &mut run.systems[..run.len];
        add_up(self.first, systems);
        // Gaps of so few bits cannot add up to more than 32, so the last system is the largest.
        let highest = match systems.last() {
            Some(last) if self.gap <= 24 && self.first < 1 << 31 => *last,
            _ => systems.iter().copied().max().unwrap_or(0),
        };
        (highest < below).then_some(())
    }
}

/// Turns gaps into the numbers they lead to. Four at a time: only one addition in four waits for
/// the one before.
fn add_up(first: u32, gaps: &mut [u32]) {
    let mut last = first;
    let (fours, rest) = gaps.as_chunks_mut::<4>();
    for four in fours {
        let [one, two, three, all] = *four;
        let two = one.wrapping_add(two);
        let three = two.wrapping_add(three);
        let all = three.wrapping_add(all);
        *four = [one, two, three, all].map(|sum| last.wrapping_add(sum));
        last = last.wrapping_add(all);
    }
    for gap in rest {
        last = last.wrapping_add(*gap);
        *gap = last;
    }
}

// A column's codes for "no version here" are its largest, so a run of versions never holds them.
const _: () = assert!(CODES <= SPILLED as usize && SPILLED < NONE && PACKED < COLUMN);
