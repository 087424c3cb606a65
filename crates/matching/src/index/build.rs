//! Building a segment from inventories, a system at a time.

use bongsu_package::Scheme;

use super::bytes::{narrow, sort_runs, stable_hash, wide};
use super::roster::Roster;
use super::write::{SegmentWriter, order_versions};
use super::{Entry, SystemName};

/// Collects inventories and makes a segment of them.
///
/// Rows take four bytes each while collecting; every name and version is kept once.
///
/// ```
/// use bongsu_matching::index::{Builder, Entry, SystemName};
/// use bongsu_package::Scheme;
///
/// let mut builder = Builder::default();
/// let mail = SystemName { ministry: "Interior", institution: "Harbour Office", system: "mail" };
/// builder.add(mail, [Entry { key: "e:deb/exim4", scheme: Scheme::Deb, version: Some("4.96-15") }]);
/// let bytes = builder.finish();
/// assert!(bytes.starts_with(b"BONGSUix"));
/// ```
#[derive(Default)]
pub struct Builder {
    names: Texts,
    /// Ministry, institution and system of each inventory, as texts.
    systems: Vec<[u32; 3]>,
    /// Where the rows of each inventory end.
    ends: Vec<u64>,
    /// The version of each row.
    rows: Vec<u32>,
    keys: Texts,
    schemes: Vec<Scheme>,
    /// Versions; see [`Builder::add`] for whose they are.
    versions: Texts,
}

/// Texts, each kept once and numbered.
#[derive(Default)]
struct Texts {
    /// Part of a hash, and the number of its text plus one; 0 is a free slot. Open addressing with
    /// linear probing, at most half full: nearly always one cache line tells.
    slots: Vec<(u32, u32)>,
    known: Vec<Text>,
    bytes: Vec<u8>,
}

#[derive(Clone, Copy)]
struct Text {
    begin: u64,
    len: u32,
    /// A number that belongs to the text: versions of two packages are two things.
    owner: u32,
}

/// Rows sorted in one pass of [`Builder::finish`]: 16 bytes of room each.
const PASS_ROWS: u64 = 32 << 20;

impl Builder {
    /// Adds the inventory of a system. Of several inventories of one system the last one counts.
    pub fn add<'a>(&mut self, name: SystemName<'_>, entries: impl IntoIterator<Item = Entry<'a>>) {
        let names = &mut self.names;
        let parts = [(0, name.ministry), (1, name.institution), (2, name.system)];
        self.systems.push(parts.map(|(owner, text)| names.number(owner, text)));
        for entry in entries {
            let key = self.keys.number(0, entry.key);
            if wide(key) == self.schemes.len() {
                self.schemes.push(entry.scheme);
            }
            // No version is a version of its own, beside the empty text.
            let owner = 2 * key + u32::from(entry.version.is_none());
            self.rows.push(self.versions.number(owner, entry.version.unwrap_or("")));
        }
        self.ends.push(self.rows.len() as u64);
    }

    /// How many rows were added.
    pub fn rows(&self) -> u64 {
        self.rows.len() as u64
    }

    /// The segment, as bytes.
    pub fn finish(self) -> Vec<u8> {
        let (roster, order) = self.roster();
        let mut writer = SegmentWriter::new(order.len());

        // Versions of each package, and how many rows it has.
        let packages = self.keys.len();
        let mut versions_of: Vec<Vec<u32>> = vec![Vec::new(); packages];
        for version in 0..narrow(self.versions.len()) {
            versions_of[wide(self.versions.owner(version) / 2)].push(version);
        }
        let mut row_counts = vec![0_u64; packages];
        for inventory in &order {
            for version in self.rows_of(*inventory) {
                row_counts[wide(self.versions.owner(*version) / 2)] += 1;
            }
        }

        let mut first = 0;
        while first < packages {
            let mut room = 0;
            let mut last = first;
            while last < packages && (last == first || room + row_counts[last] <= PASS_ROWS) {
                room += row_counts[last];
                last += 1;
            }
            self.write_packages(first..last, &order, &versions_of, &row_counts, &mut writer);
            first = last;
        }
        writer.finish(roster)
    }

    /// Systems by name; of inventories with one name the last.
    fn roster(&self) -> (Roster, Vec<u32>) {
        let name = |inventory: u32| {
            let [ministry, institution, system] = self.systems[wide(inventory)];
            let names = &self.names;
            SystemName {
                ministry: names.text(ministry),
                institution: names.text(institution),
                system: names.text(system),
            }
        };
        let mut order: Vec<u32> = (0..narrow(self.systems.len())).collect();
        order.sort_by(|left, right| name(*left).cmp(&name(*right)).then(right.cmp(left)));
        order.dedup_by(|next, last| self.systems[wide(*next)] == self.systems[wide(*last)]);
        let mut roster = Roster::default();
        for inventory in &order {
            roster.push(name(*inventory));
        }
        (roster, order)
    }

    fn rows_of(&self, inventory: u32) -> &[u32] {
        let end = |inventory: usize| usize::try_from(self.ends[inventory]).unwrap_or(usize::MAX);
        let begin = if inventory == 0 { 0 } else { end(wide(inventory) - 1) };
        &self.rows[begin..end(wide(inventory))]
    }

    /// Sorts the rows of some packages, already by system because systems come in order, and
    /// writes them.
    fn write_packages(
        &self,
        packages: std::ops::Range<usize>,
        order: &[u32],
        versions_of: &[Vec<u32>],
        row_counts: &[u64],
        writer: &mut SegmentWriter,
    ) {
        // The place of each version in its package's order, by its number.
        let mut ranks = vec![0_u32; self.versions.len()];
        let mut known = Vec::with_capacity(packages.len());
        let mut sorted: Vec<Vec<Option<&str>>> = Vec::with_capacity(packages.len());
        for package in packages.clone() {
            let versions = &versions_of[package];
            let texts: Vec<Option<&str>> = versions
                .iter()
                .map(|version| {
                    let absent = self.versions.owner(*version) % 2 == 1;
                    (!absent).then(|| self.versions.text(*version))
                })
                .collect();
            let ordered = order_versions(self.schemes[package], &texts);
            for (rank, position) in (0..).zip(&ordered.positions) {
                ranks[wide(versions[wide(*position)])] = rank;
            }
            sorted.push(ordered.positions.iter().map(|position| texts[wide(*position)]).collect());
            known.push(ordered.known);
        }

        let mut starts = vec![0_usize; packages.len() + 1];
        for (place, package) in packages.clone().enumerate() {
            let rows = usize::try_from(row_counts[package]).unwrap_or(usize::MAX);
            starts[place + 1] = starts[place] + rows;
        }
        let mut rows = vec![(0_u32, 0_u32); starts[packages.len()]];
        let mut next = starts.clone();
        for (system, inventory) in (0..).zip(order) {
            for version in self.rows_of(*inventory) {
                let package = wide(self.versions.owner(*version) / 2);
                if packages.contains(&package) {
                    let place = &mut next[package - packages.start];
                    rows[*place] = (system, ranks[wide(*version)]);
                    *place += 1;
                }
            }
        }
        for (place, package) in packages.enumerate() {
            let rows = &mut rows[starts[place]..starts[place + 1]];
            sort_runs(rows);
            let mut kept = rows.to_vec();
            kept.dedup();
            let key = self.keys.text(narrow(package));
            writer.push(key, self.schemes[package], &sorted[place], known[place], &kept);
        }
    }
}

impl Texts {
    /// The number of a text, a new one if it is new.
    fn number(&mut self, owner: u32, text: &str) -> u32 {
        if self.slots.len() <= 2 * self.known.len() {
            self.grow();
        }
        let hash = hash(owner, text.as_bytes());
        let mask = self.slots.len() - 1;
        let mut slot = slot(hash) & mask;
        loop {
            let (tag, number) = self.slots[slot];
            if number == 0 {
                break;
            }
            if tag == tag_of(hash) {
                let text_there = self.known[wide(number) - 1];
                if text_there.owner == owner && self.bytes_of(number - 1) == text.as_bytes() {
                    return number - 1;
                }
            }
            slot = (slot + 1) & mask;
        }
        let fresh = narrow(self.known.len());
        self.slots[slot] = (tag_of(hash), fresh + 1);
        let begin = self.bytes.len() as u64;
        self.known.push(Text { begin, len: narrow(text.len()), owner });
        self.bytes.extend_from_slice(text.as_bytes());
        fresh
    }

    fn grow(&mut self) {
        let len = (4 * self.known.len()).max(16).next_power_of_two();
        self.slots = vec![(0, 0); len];
        for number in 0..narrow(self.known.len()) {
            let hash = hash(self.owner(number), self.bytes_of(number));
            let mut slot = slot(hash) & (len - 1);
            while self.slots[slot].1 != 0 {
                slot = (slot + 1) & (len - 1);
            }
            self.slots[slot] = (tag_of(hash), number + 1);
        }
    }

    fn len(&self) -> usize {
        self.known.len()
    }

    fn owner(&self, number: u32) -> u32 {
        self.known[wide(number)].owner
    }

    fn bytes_of(&self, number: u32) -> &[u8] {
        let Text { begin, len, .. } = self.known[wide(number)];
        let begin = usize::try_from(begin).unwrap_or(usize::MAX);
        &self.bytes[begin..begin + wide(len)]
    }

    fn text(&self, number: u32) -> &str {
        std::str::from_utf8(self.bytes_of(number)).expect("added as text by `number`")
    }
}

fn hash(owner: u32, text: &[u8]) -> u64 {
    stable_hash(text) ^ u64::from(owner).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

#[allow(clippy::cast_possible_truncation, reason = "the lower half")]
const fn slot(hash: u64) -> usize {
    hash as usize
}

#[allow(clippy::cast_possible_truncation, reason = "the upper half")]
const fn tag_of(hash: u64) -> u32 {
    (hash >> 32) as u32
}
