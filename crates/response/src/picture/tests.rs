use std::collections::{BTreeMap, BTreeSet};

use super::row::{Shown, hide};

/// Every row of four columns up to a size, as a reader sees it: rows that look alike are told apart by nobody. This is the
/// slow way and it is complete: it also finds what the procedure itself gives away.
#[test]
fn no_reader_can_find_a_small_count_in_a_row() {
    for (least, up_to) in [(3, 18), (4, 18), (5, 21)] {
        let mut alike: BTreeMap<(u64, [Shown; 4]), Vec<[u64; 4]>> = BTreeMap::new();
        for row in rows(up_to) {
            let size = row.iter().sum::<u64>();
            if size >= least {
                alike.entry((size, hide(row, least))).or_default().push(row);
            }
        }
        for ((size, shown), rows) in &alike {
            for chosen in 1_u32..15 {
                let sum = |row: &[u64; 4]| {
                    (0..4).filter(|i| chosen & (1 << i) != 0).map(|i| row[i]).sum::<u64>()
                };
                let sums: BTreeSet<u64> = rows.iter().map(sum).collect();
                if let (1, Some(only)) = (sums.len(), sums.first()) {
                    assert!(
                        *only >= least && size - only >= least,
                        "columns {chosen:04b} of {shown:?}, {size} in all, must be {only} (least {least}): {rows:?}"
                    );
                }
            }
        }
    }
}

fn rows(up_to: u64) -> Vec<[u64; 4]> {
    let mut rows = Vec::new();
    for a in 0..=up_to {
        for b in 0..=up_to - a {
            for c in 0..=up_to - a - b {
                rows.extend((0..=up_to - a - b - c).map(|d| [a, b, c, d]));
            }
        }
    }
    rows
}
