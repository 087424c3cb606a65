//! A second breakdown beside a picture: at least so many, rounded down, and only where the two cannot be subtracted from
//! each other.
//!
//! Both tables count the same institutions, so each column has one sum, and whoever adds up one table learns about what the
//! other hides. So the second table says *at least*, in steps. And a column of it is shown only where its sum leaves every
//! sum possible that was possible without it, and the other way round: where it does not, the smallest counts go until it
//! does. The proof is arithmetic over what is published ([`Column::tells_nothing`]), not a hope about the numbers.

use std::collections::BTreeMap;

use bongsu_authority::Size;

use super::{By, Group, Picture, Record, Row, Rule, Shown, Standing};

/// Counts of the second breakdown: [`Shown::AtLeast`] or [`Shown::Hidden`], never exact.
pub type Beside<K> = BTreeMap<K, [Shown; 7]>;

impl Picture {
    /// What may be shown by province beside this picture; `records` are those it was drawn from, under the same rule.
    ///
    /// The military is in neither.
    pub fn provinces(&self, records: impl IntoIterator<Item = Record>, rule: Rule) -> Beside<u8> {
        self.beside(&Self::draw(records, [By::Province], rule), |group| group.province, rule)
    }

    /// The same by size. One second table stands beside a picture, never two.
    pub fn sizes(&self, records: impl IntoIterator<Item = Record>, rule: Rule) -> Beside<Size> {
        self.beside(&Self::draw(records, [By::Size], rule), |group| group.size, rule)
    }

    fn beside<K: Ord>(
        &self,
        other: &Self,
        key: impl Fn(&Group) -> Option<K>,
        rule: Rule,
    ) -> Beside<K> {
        let mut table: BTreeMap<K, (u64, [u64; 7])> = BTreeMap::new();
        for row in other.rows() {
            let Some(key) = key(&row.group) else { continue }; // folded: too small for a place of its own
            let (size, floors) = table.entry(key).or_default();
            *size = size.saturating_add(least(row.total));
            for (floor, cell) in floors.iter_mut().zip(row.cells) {
                *floor = floor.saturating_add(least(cell));
            }
        }
        let step = rule.cell_at_least();
        for (_, floors) in table.values_mut() {
            *floors = floors.map(|count| count / step * step);
        }
        let folded = other.rows().iter().filter(|row| row.group.folded);
        let folded: u64 = folded.map(slack).sum();
        for standing in Standing::ALL {
            let place = standing as usize;
            let mut column = Column {
                known: self.rows.iter().map(|row| least(row.cells[place])).sum(),
                open: self.rows.iter().filter(|row| !is_exact(row.cells[place])).map(slack).sum(),
                folded,
                step,
                cells: table
                    .values()
                    .map(|(size, floors)| (floors[place], spare(*size, floors)))
                    .collect(),
            };
            column.thin_out();
            for ((_, floors), (floor, _)) in table.values_mut().zip(column.cells) {
                floors[place] = floor;
            }
        }
        let shown = |floor: u64| if floor == 0 { Shown::Hidden } else { Shown::AtLeast(floor) };
        table.into_iter().map(|(key, (_, floors))| (key, floors.map(shown))).collect()
    }
}

/// One column of both tables, as a reader who adds up sees it.
#[derive(Clone, Debug)]
struct Column {
    /// The picture says: at least so many in all,
    known: u64,
    /// and at most so many more.
    open: u64,
    /// How many there can be in groups that have no row.
    folded: u64,
    /// Floors are multiples of this.
    step: u64,
    /// Of each group: at least so many (nothing, where hidden), and how many its row leaves open.
    cells: Vec<(u64, u64)>,
}

impl Column {
    /// Hides the smallest counts until neither table says more about the other than it says of itself.
    fn thin_out(&mut self) {
        while !self.tells_nothing() {
            let shown = self.cells.iter_mut().filter(|(floor, _)| *floor > 0);
            let Some(smallest) = shown.min_by_key(|(floor, _)| *floor) else { return };
            smallest.1 = smallest.1.saturating_add(smallest.0);
            smallest.0 = 0;
        }
    }

    /// Is every sum that one table leaves possible left possible by the other, and every cell of both, too?
    fn tells_nothing(&self) -> bool {
        let lowest: u64 = self.cells.iter().map(|(floor, _)| floor).sum();
        let highest: u64 =
            self.cells.iter().map(|cell| self.most(*cell)).sum::<u64>() + self.folded;
        let widest = self.step - 1;
        // Of the picture: its hidden cells may be none, and all they can be.
        let picture_is_safe = lowest <= self.known && highest >= self.known + self.open;
        // Of the provinces: each may be at the least and at the most of its step, whatever the others are.
        let provinces_are_safe =
            lowest + widest <= self.known + self.open && highest >= self.known + widest;
        picture_is_safe && provinces_are_safe
    }

    /// The most that a count can be: less than the next step; where it is hidden, what its row leaves open.
    fn most(&self, (floor, spare): (u64, u64)) -> u64 {
        if floor == 0 { spare } else { floor + self.step - 1 }
    }
}

/// What is shown of a count, as a number.
fn least(shown: Shown) -> u64 {
    match shown {
        Shown::Exactly(count) | Shown::AtLeast(count) => count,
        Shown::Hidden => 0,
    }
}

fn is_exact(shown: Shown) -> bool {
    matches!(shown, Shown::Exactly(_))
}

/// How many of a row its reader cannot place: its size, which a register may tell, less what is shown.
fn slack(row: &Row) -> u64 {
    let shown: u64 = row.cells.iter().copied().map(least).sum();
    least(row.total).saturating_sub(shown)
}

fn spare(size: u64, floors: &[u64; 7]) -> u64 {
    size.saturating_sub(floors.iter().sum())
}

#[cfg(test)]
mod tests {
    use bongsu_authority::Domain;
    use proptest::prelude::*;

    use super::*;
    use crate::{Exposure, Status};

    fn record(sector: usize, province: u8, status: Status, count: u64) -> Record {
        let sector = ["SECTOR_FIN", "SECTOR_ENERGY", "SECTOR_SME", "LEAD_PRIV"][sector % 4];
        Record {
            domain: Domain::Private,
            sector: sector.parse().unwrap(),
            province,
            size: Size::Small,
            status,
            exposure: Exposure::Inside,
            count,
        }
    }

    const OPEN: usize = Standing::Open as usize;

    #[test]
    fn a_large_nation_has_a_map_and_a_count_on_it_is_never_more_than_there_is() {
        let all = || {
            (1..=17).flat_map(|province| {
                [
                    record(2, province, Status::Affected, 400 + u64::from(province)),
                    record(2, province, Status::Delivered, 300),
                    record(2, province, Status::Verified, 213),
                    record(0, province, Status::Affected, 4),
                    record(0, province, Status::Delivered, 15),
                ]
            })
        };
        let picture = Picture::draw(all(), [By::Sector], Rule::APEX);
        let provinces = picture.provinces(all(), Rule::APEX);
        assert_eq!(provinces.len(), 17);
        assert_eq!(
            provinces[&3][OPEN],
            Shown::AtLeast(400),
            "403 and 4, the small ones hidden by rounding"
        );
        assert!(provinces.values().flatten().all(|cell| !is_exact(*cell)));
    }

    #[test]
    fn a_count_that_one_sector_hides_is_not_found_by_adding_up_provinces() {
        // Two sectors, one province each: without care the province of the small one would name its count.
        let all = || {
            [
                record(0, 1, Status::Affected, 500),
                record(0, 1, Status::Delivered, 480),
                record(1, 2, Status::Affected, 30),
                record(1, 2, Status::Delivered, 7),
                record(1, 2, Status::Verified, 6),
            ]
        };
        let picture = Picture::draw(all(), [By::Sector], Rule::APEX);
        let silent = Standing::Silent as usize;
        let shown: Vec<Shown> = picture.rows().iter().map(|row| row.cells[silent]).collect();
        assert_eq!(shown[0], Shown::Hidden, "SECTOR_ENERGY hides its seven: {shown:?}");
        let provinces = picture.provinces(all(), Rule::APEX);
        assert_eq!(provinces[&2][silent], Shown::Hidden);
    }

    proptest! {
        /// Whatever a reader adds up, no sum of a column is narrowed by the other table.
        #[test]
        fn neither_table_narrows_what_the_other_hides(
            counts in prop::collection::vec((0_usize..4, 1_u8..6, 0_usize..4, 0_u64..90), 1..40),
        ) {
            const STATUSES: [Status; 4] =
                [Status::Affected, Status::Delivered, Status::Verified, Status::Unknown];
            let all = || counts.iter().map(|(sector, province, status, count)| {
                record(*sector, *province, STATUSES[*status], *count)
            });
            let picture = Picture::draw(all(), [By::Sector], Rule::OTHER_SECTORS);
            let provinces = picture.provinces(all(), Rule::OTHER_SECTORS);
            for standing in Standing::ALL {
                let column = standing as usize;
                let lowest: u64 = provinces.values().map(|cells| least(cells[column])).sum();
                let known: u64 = picture.rows().iter().map(|row| least(row.cells[column])).sum();
                prop_assert!(lowest <= known, "{standing:?}: {lowest} of {known}");
                let there: u64 = all()
                    .filter(|one| Standing::of(one.status) == Some(standing))
                    .map(|one| one.count)
                    .sum();
                prop_assert!(lowest <= there);
            }
        }
    }
}
