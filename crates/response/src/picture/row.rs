//! What may be shown of one row whose size is known.
//!
//! The reader knows the size of the row, the cells shown, and this very procedure. Still no hidden cell, and no sum of cells,
//! may come out as one small number. So besides small cells something more is hidden where they would follow by subtraction,
//! and which cell that is depends on nothing hidden: otherwise the choice itself would tell.

/// A count as it is published.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Shown {
    /// Exactly so many.
    Exactly(u64),
    /// So many or more; of a sum: the part that is not hidden.
    AtLeast(u64),
    /// Too small to be shown, or standing in for one that is. None at all is hidden, too.
    Hidden,
}

/// Hides small counts, and what would give them away.
///
/// 1. Counts below `least`, zero too, are hidden: `hidden` of them, `sum` together, which the reader finds by subtraction.
/// 2. That is harmless when `sum` is at least `least` and not the most that so many small counts can be.
/// 3. Otherwise the first count shown, in the order of the columns, is blurred: the reader learns `known`, it and the hidden
///    ones together, and that it is at least `known` less the most that the hidden ones can be. Where that would be less than
///    `least`, it is hidden.
///
/// Step 3 looks only at `known`, which the reader has, and so says the same in every case the reader cannot tell apart.
/// Needs `least` of three or more.
pub(super) fn hide<const N: usize>(counts: [u64; N], least: u64) -> [Shown; N] {
    let mut cells =
        counts.map(|count| if count < least { Shown::Hidden } else { Shown::Exactly(count) });
    let small = counts.iter().filter(|count| **count < least);
    let (hidden, sum) = small.fold((0, 0), |(hidden, sum), count| (hidden + 1, sum + count));
    let most = hidden * (least - 1);
    if hidden == 0 || (sum >= least && sum < most) {
        return cells;
    }
    let first = cells.iter().position(|cell| *cell != Shown::Hidden);
    if let Some(first) = first {
        let known = counts[first] + sum;
        let at_least = known.saturating_sub(most);
        cells[first] = if at_least < least { Shown::Hidden } else { Shown::AtLeast(at_least) };
    }
    cells
}

/// The sum of what is shown; what is hidden adds nothing, and is not known to be nothing.
pub(super) fn sum(cells: impl IntoIterator<Item = Shown>) -> Shown {
    let mut sum = None;
    for cell in cells {
        sum = Some(sum.map_or(cell, |so_far| both(so_far, cell)));
    }
    sum.unwrap_or(Shown::Exactly(0))
}

fn both(one: Shown, other: Shown) -> Shown {
    use Shown::{AtLeast, Exactly, Hidden};
    match (one, other) {
        (Exactly(one), Exactly(other)) => Exactly(one.saturating_add(other)),
        (Hidden, Hidden) => Hidden,
        (Hidden, Exactly(shown) | AtLeast(shown)) | (Exactly(shown) | AtLeast(shown), Hidden) => {
            AtLeast(shown)
        }
        (Exactly(one) | AtLeast(one), Exactly(other) | AtLeast(other)) => {
            AtLeast(one.saturating_add(other))
        }
    }
}
