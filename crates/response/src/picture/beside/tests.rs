use std::collections::{BTreeMap, BTreeSet};

use bongsu_authority::Domain;
use proptest::prelude::*;

use super::*;
use crate::picture::By;
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
const SILENT: usize = Standing::Silent as usize;

fn map(records: &[Record], rule: Rule) -> (Picture, Beside<u8>) {
    let picture = Picture::draw(records.iter().cloned(), [By::Sector], rule);
    let provinces = picture.provinces(records, rule);
    (picture, provinces)
}

#[test]
fn a_large_nation_has_a_map_of_floors() {
    let all: Vec<Record> = (1..=17)
        .flat_map(|province| {
            [
                record(2, province, Status::Affected, 400 + u64::from(province)),
                record(2, province, Status::Delivered, 300),
                record(2, province, Status::Verified, 213),
                record(0, province, Status::Affected, 4),
                record(0, province, Status::Delivered, 15),
            ]
        })
        .collect();
    let (_, provinces) = map(&all, Rule::APEX);
    assert_eq!(provinces.len(), 17);
    assert_eq!(provinces[&3][OPEN], Shown::AtLeast(400), "403 and 4, the small ones rounded away");
    assert!(provinces.values().flatten().all(|cell| !matches!(cell, Shown::Exactly(_))));
}

#[test]
fn the_map_stands_while_nearly_all_are_silent() {
    let all: Vec<Record> = (1..=17)
        .flat_map(|province| {
            (0..4).flat_map(move |sector| {
                let here = 60 + u64::from(province) * 7 + sector as u64 * 31;
                let few = u64::from(province) % 3;
                [
                    record(sector, province, Status::Delivered, here),
                    record(sector, province, Status::Affected, few),
                    record(sector, province, Status::Unknown, few / 2),
                ]
            })
        })
        .collect();
    let (_, provinces) = map(&all, Rule::APEX);
    let silent = provinces.values().filter(|cells| matches!(cells[SILENT], Shown::AtLeast(_)));
    assert_eq!(silent.count(), 17, "{provinces:?}");
}

#[test]
fn a_count_that_one_sector_hides_is_not_found_by_adding_up_provinces() {
    // Two sectors, one province each: without care the province of the small one would name its count.
    let all = [
        record(0, 1, Status::Affected, 500),
        record(0, 1, Status::Delivered, 480),
        record(1, 2, Status::Affected, 30),
        record(1, 2, Status::Delivered, 7),
        record(1, 2, Status::Verified, 6),
    ];
    let (picture, provinces) = map(&all, Rule::APEX);
    let silent: Vec<Shown> = picture.rows().iter().map(|row| row.cells[SILENT]).collect();
    assert_eq!(silent[0], Shown::Hidden, "SECTOR_ENERGY hides its seven: {silent:?}");
    assert_eq!(provinces[&2][SILENT], Shown::Hidden);
}

/// Rows that a reader holds possible: those of the right size inside what is known of each cell.
fn possible(line: &Line) -> Vec<[u64; 7]> {
    let size = total(&line.counts);
    let mut rows = vec![[0; 7]];
    for column in 0..7 {
        let (least, most) = line.known[column];
        rows = rows
            .into_iter()
            .flat_map(|row: [u64; 7]| {
                let most = most.min(size - total(&row));
                (least..=most).map(move |count| {
                    let mut row = row;
                    row[column] = count;
                    row
                })
            })
            .collect();
    }
    rows.retain(|row| total(row) == size);
    rows
}

/// Sums of columns that some choice of rows has, and for each what one row may then be.
fn sums(lines: &[Line], fixed: usize) -> BTreeMap<[u64; 7], BTreeSet<[u64; 7]>> {
    let mut all = BTreeMap::from([([0; 7], BTreeSet::new())]);
    for (number, line) in lines.iter().enumerate() {
        let mut more: BTreeMap<[u64; 7], BTreeSet<[u64; 7]>> = BTreeMap::new();
        for row in possible(line) {
            for (sum, held) in &all {
                let sum = std::array::from_fn(|column| sum[column] + row[column]);
                let here = more.entry(sum).or_default();
                here.extend(held);
                if number == fixed {
                    here.insert(row);
                }
            }
        }
        all = more;
    }
    all
}

/// What a cell may be, as its row alone says and as both tables say.
fn ranges(one: &[Line], other: &[Line], (row, column): Cell) -> (BTreeSet<u64>, BTreeSet<u64>) {
    let alone = possible(&one[row]).into_iter().map(|row| row[column]).collect();
    let others = sums(other, usize::MAX);
    let both = sums(one, row);
    let both = both.iter().filter(|(sum, _)| others.contains_key(*sum));
    (alone, both.flat_map(|(_, rows)| rows).map(|row| row[column]).collect())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// The slow way, which knows nothing of flows: all nations that look alike are written down. It agrees with the audit on
    /// each cell, and of what is published no hidden cell is given away.
    #[test]
    fn no_reader_of_both_tables_finds_a_hidden_count(
        counts in prop::collection::vec((0_usize..2, 1_u8..3, 0_usize..3, 0_u64..7), 1..9),
    ) {
        const STATUSES: [Status; 3] = [Status::Affected, Status::Delivered, Status::Verified];
        let rule = Rule::new(3, 3);
        let all: Vec<Record> = counts
            .iter()
            .map(|(sector, province, status, count)| record(*sector, *province, STATUSES[*status], *count))
            .collect();
        let (picture, provinces) = map(&all, rule);
        let first = picture.lines(&all, rule);
        let mut truth: BTreeMap<u8, [u64; 7]> = BTreeMap::new();
        for one in all.iter().filter(|one| one.count > 0) {
            let standing = Standing::of(one.status).unwrap();
            truth.entry(one.province).or_default()[standing as usize] += one.count;
        }
        let within = |floor: u64, _| (floor, floor + 2);
        let shown = |province: &u8| provinces.get(province).copied().unwrap_or([Shown::Hidden; 7]);
        let second: Vec<Line> =
            truth.iter().map(|(province, counts)| line(*counts, shown(province), 3, within)).collect();
        let nothing_shown = provinces.values().flatten().all(|cell| *cell == Shown::Hidden);
        let audit = Audit::of(&first, &second);
        for (row, line) in first.iter().chain(&second).enumerate() {
            let (one, other, place) = if row < first.len() {
                (&first, &second, row)
            } else {
                (&second, &first, row - first.len())
            };
            for column in 0..7 {
                let (alone, both) = ranges(one, other, (place, column));
                prop_assert!(both.contains(&line.counts[column]), "the truth is possible");
                let given = alone.len() > 1
                    && (both.len() == 1 || line.counts[column] > alone.first().copied().unwrap_or(0) && both.first() != alone.first());
                prop_assert_eq!(audit.gives_away((row, column)), given, "{:?} {:?} {:?}", (row, column), alone, both);
                prop_assert!(!given || nothing_shown || line.counts[column] >= 3, "row {row} column {column}");
            }
        }
    }
}
