//! What two tables of the same institutions tell together.
//!
//! A reader of both knows a range for each cell and the size of each row, and that both tables have the same columns. What
//! else could be true is a flow: institutions go from the rows of one table through the columns to the rows of the other,
//! through each cell as many as it counts. The truth is such a flow, so whether a count could be another one is asked by
//! sending some of it another way.

use std::collections::VecDeque;

use super::Shown;

/// A row as it is, and what its reader knows of each cell.
#[derive(Clone, Debug)]
pub(super) struct Line {
    /// How many institutions, by column.
    pub(super) counts: [u64; 7],
    /// At least and at most so many, by column.
    pub(super) known: [(u64, u64); 7],
}

impl Line {
    fn size(&self) -> u64 {
        self.counts.iter().fold(0, |sum, count| sum.saturating_add(*count))
    }

    /// What the row alone says of a cell: its size less what the others can be.
    fn alone(&self, column: usize) -> (u64, u64) {
        let others = || self.known.iter().enumerate().filter(|(other, _)| *other != column);
        let most = others().fold(0_u64, |sum, (_, known)| sum.saturating_add(known.1));
        let least = others().fold(0_u64, |sum, (_, known)| sum.saturating_add(known.0));
        let (own_least, own_most) = self.known[column];
        let size = self.size();
        (own_least.max(size.saturating_sub(most)), own_most.min(size.saturating_sub(least)))
    }
}

/// A cell: rows of the first table come first, then those of the second.
pub(super) type Cell = (usize, usize);

/// Both tables as a reader has them. They count the same institutions.
#[derive(Debug)]
pub(super) struct Audit<'a> {
    lines: Vec<&'a Line>,
    /// So many of the lines are of the first table.
    first: usize,
}

impl<'a> Audit<'a> {
    pub(super) fn of(first: &'a [Line], second: &'a [Line]) -> Self {
        Self { lines: first.iter().chain(second).collect(), first: first.len() }
    }

    /// Is more known of a cell than its own row says: that it is not as small as it could be, or that it is just one number?
    pub(super) fn gives_away(&self, (row, column): Cell) -> bool {
        let line = self.lines[row];
        let (lowest, highest) = line.alone(column);
        if lowest >= highest {
            return false; // its own row says it all
        }
        let count = line.counts[column];
        let (from, to) = self.ends((row, column));
        if count > lowest {
            !self.reroutes((row, column), (from, to), count - lowest)
        } else {
            !self.reroutes((row, column), (to, from), 1)
        }
    }

    /// Rows are nodes in their order, columns stand behind them.
    fn ends(&self, (row, column): Cell) -> (usize, usize) {
        let column = self.lines.len() + column;
        if row < self.first { (row, column) } else { (column, row) }
    }

    /// Can so many go from one node to the other, without the cell, inside what is known of the others?
    fn reroutes(&self, without: Cell, (from, to): (usize, usize), mut amount: u64) -> bool {
        let mut counts: Vec<[u64; 7]> = self.lines.iter().map(|line| line.counts).collect();
        while amount > 0 {
            let Some(way) = self.way(&counts, without, (from, to)) else { return false };
            let room = way.iter().map(|step| step.room).min().unwrap_or(0).min(amount);
            for Step { cell: (row, column), more, .. } in way {
                let count = &mut counts[row][column];
                *count = if more { *count + room } else { *count - room };
            }
            amount -= room;
        }
        true
    }

    /// The shortest way from one node to the other on which more or less can go.
    fn way(
        &self,
        counts: &[[u64; 7]],
        without: Cell,
        (from, to): (usize, usize),
    ) -> Option<Vec<Step>> {
        let mut came: Vec<Option<(usize, Step)>> = vec![None; self.lines.len() + 7];
        let mut next = VecDeque::from([from]);
        while let Some(node) = next.pop_front() {
            for cell in self.cells_at(node).filter(|cell| *cell != without) {
                let (start, end) = self.ends(cell);
                let more = start == node;
                let other = if more { end } else { start };
                let room = self.room(counts, cell, more);
                if room > 0 && other != from && came[other].is_none() {
                    came[other] = Some((node, Step { cell, more, room }));
                    next.push_back(other);
                }
            }
        }
        let mut way = Vec::new();
        let mut node = to;
        while node != from {
            let (before, step) = came[node]?;
            way.push(step);
            node = before;
        }
        Some(way)
    }

    fn cells_at(&self, node: usize) -> impl Iterator<Item = Cell> {
        let rows = self.lines.len();
        let (rows, columns) = if node < rows {
            (node..node + 1, 0..7)
        } else {
            (0..rows, node - rows..node - rows + 1)
        };
        rows.flat_map(move |row| columns.clone().map(move |column| (row, column)))
    }

    fn room(&self, counts: &[[u64; 7]], (row, column): Cell, more: bool) -> u64 {
        let ((least, most), count) = (self.lines[row].known[column], counts[row][column]);
        if more { most.saturating_sub(count) } else { count.saturating_sub(least) }
    }
}

#[derive(Clone, Copy, Debug)]
struct Step {
    cell: Cell,
    /// More through it, or less.
    more: bool,
    room: u64,
}

/// What a reader knows of a count that is shown so, in a row of a size: what is hidden for being small is known to be small.
pub(super) fn known(shown: Shown, count: u64, size: u64, least: u64) -> (u64, u64) {
    match shown {
        Shown::Exactly(count) => (count, count),
        Shown::AtLeast(floor) => (floor, size),
        Shown::Hidden if count < least => (0, (least - 1).min(size)),
        Shown::Hidden => (0, size),
    }
}
