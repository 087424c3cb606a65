//! A second breakdown beside a picture: at least so many, rounded down, and only where the two together give nothing away.
//!
//! Both tables count the same institutions, so each column has one sum, and whoever adds up one table learns about what the
//! other hides. So the second table says *at least*, in steps, and each cell that either table hides is tried: knowing both,
//! may it still be as small as its own row alone lets it be, and is it still not just one number? Where it is not so, the
//! smallest count of that column goes, until it is. The proof is arithmetic over what is published ([`Audit`]), not a hope
//! about the numbers.

use std::collections::BTreeMap;

use bongsu_authority::{Domain, Size};

use super::audit::{self, Audit, Cell, Line};
use super::{Picture, Record, Rule, Shown, Standing, counted, total};

/// Counts of the second breakdown: [`Shown::AtLeast`] or [`Shown::Hidden`], never exact.
pub type Beside<K> = BTreeMap<K, [Shown; 7]>;

impl Picture {
    /// What may be shown by province beside this picture; `records` are those it was drawn from, under the same rule.
    ///
    /// The military is in neither.
    pub fn provinces(&self, records: &[Record], rule: Rule) -> Beside<u8> {
        self.beside(records, |record| record.province, rule)
    }

    /// The same by size. One second table stands beside a picture, never two.
    pub fn sizes(&self, records: &[Record], rule: Rule) -> Beside<Size> {
        self.beside(records, |record| record.size, rule)
    }

    fn beside<K: Ord>(
        &self,
        records: &[Record],
        key: impl Fn(&Record) -> K,
        rule: Rule,
    ) -> Beside<K> {
        let mut table: BTreeMap<K, [u64; 7]> = BTreeMap::new();
        for record in records.iter().filter(|record| record.domain != Domain::Military) {
            let Some(standing) = Standing::of(record.status) else { continue };
            let cell = &mut table.entry(key(record)).or_default()[standing as usize];
            *cell = cell.saturating_add(record.count);
        }
        table.retain(|_, counts| total(counts) > 0);
        let mut second = Second::of(table.values(), rule);
        second.thin_out(&self.lines(records, rule));
        table
            .into_keys()
            .zip(second.rows)
            .filter(|(_, row)| row.size() >= rule.group_at_least())
            .map(|(key, row)| (key, row.shown))
            .collect()
    }

    /// Its rows as they are, and what whoever reads it knows of each cell.
    fn lines(&self, records: &[Record], rule: Rule) -> Vec<Line> {
        let counts = counted(records.iter(), &self.by, rule);
        let line = |row: &super::Row| {
            let counts = counts.get(&row.group).copied().unwrap_or_default();
            line(counts, row.cells, rule.cell_at_least(), |floor, size| (floor, size))
        };
        self.rows.iter().map(line).collect()
    }
}

/// A row of which `shown` is published; `floors` says what a floor tells of a count in a row of a size.
fn line(
    counts: [u64; 7],
    shown: [Shown; 7],
    least: u64,
    floors: impl Fn(u64, u64) -> (u64, u64),
) -> Line {
    let size = total(&counts);
    let mut known = [(0, size); 7];
    for ((known, shown), count) in known.iter_mut().zip(shown).zip(counts) {
        *known = match shown {
            Shown::AtLeast(floor) => floors(floor, size),
            other => audit::known(other, count, size, least),
        };
    }
    Line { counts, known }
}

/// The second table while it is thinned out.
struct Second {
    rows: Vec<Shows>,
    step: u64,
}

/// A row of it: what there is, and what is shown.
struct Shows {
    counts: [u64; 7],
    shown: [Shown; 7],
}

impl Shows {
    fn size(&self) -> u64 {
        total(&self.counts)
    }
}

impl Second {
    fn of<'a>(rows: impl Iterator<Item = &'a [u64; 7]>, rule: Rule) -> Self {
        let step = rule.cell_at_least();
        let shows = |counts: &[u64; 7]| {
            let floor = |count: u64| match count / step * step {
                0 => Shown::Hidden,
                floor => Shown::AtLeast(floor),
            };
            let hidden = total(counts) < rule.group_at_least();
            let shown = if hidden { [Shown::Hidden; 7] } else { counts.map(floor) };
            Shows { counts: *counts, shown }
        };
        Self { rows: rows.map(shows).collect(), step }
    }

    /// Hides the smallest counts until nothing that is hidden is given away, in this table or in the first.
    fn thin_out(&mut self, first: &[Line]) {
        loop {
            let second = self.lines();
            let audit = Audit::of(first, &second);
            let small = |(row, column): &Cell| {
                let line = first.iter().chain(&second).nth(*row).expect("a row of either");
                line.counts[*column] < self.step
            };
            let rows = 0..first.len() + second.len();
            let mut cells = rows.flat_map(|row| (0..7).map(move |column| (row, column)));
            let given = cells.find(|cell| small(cell) && audit.gives_away(*cell));
            let Some((_, column)) = given else { return };
            if !self.hide_smallest(|other| other == column) && !self.hide_smallest(|_| true) {
                return; // nothing is left to hide, and so nothing told
            }
        }
    }

    fn lines(&self) -> Vec<Line> {
        let within = |floor: u64, _| (floor, floor + self.step - 1);
        self.rows.iter().map(|row| line(row.counts, row.shown, self.step, within)).collect()
    }

    /// Hides the smallest count shown in one of the columns; `false` where there is none.
    fn hide_smallest(&mut self, among: impl Fn(usize) -> bool) -> bool {
        let cells = self.rows.iter_mut().flat_map(|row| row.shown.iter_mut().enumerate());
        let shown = cells.filter_map(|(column, cell)| match *cell {
            Shown::AtLeast(floor) if among(column) => Some((floor, cell)),
            _ => None,
        });
        let Some((_, smallest)) = shown.min_by_key(|(floor, _)| *floor) else { return false };
        *smallest = Shown::Hidden;
        true
    }
}

#[cfg(test)]
mod tests;
