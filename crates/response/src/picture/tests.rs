use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::row::{Shown, hide};
use super::*;

/// Every row up to a size, as a reader sees it: rows that look alike are told apart by nobody. This is the slow way and it is
/// complete: it also finds what the procedure itself gives away.
#[test]
fn no_reader_can_find_a_small_count_in_a_row() {
    no_row_gives_a_small_count_away::<2>(3, 30);
    no_row_gives_a_small_count_away::<2>(10, 60);
    no_row_gives_a_small_count_away::<3>(5, 40);
    no_row_gives_a_small_count_away::<4>(3, 18);
    no_row_gives_a_small_count_away::<4>(5, 26);
    no_row_gives_a_small_count_away::<5>(3, 16);
    no_row_gives_a_small_count_away::<7>(3, 16);
}

fn no_row_gives_a_small_count_away<const N: usize>(least: u64, up_to: u64) {
    let mut alike: BTreeMap<(u64, [Shown; N]), Vec<[u64; N]>> = BTreeMap::new();
    for row in rows::<N>(up_to) {
        let size = row.iter().sum::<u64>();
        if size >= least {
            alike.entry((size, hide(row, least))).or_default().push(row);
        }
    }
    for ((size, shown), rows) in &alike {
        // Neither a column, nor columns together, nor all the others.
        for chosen in 1_u32..(1 << N) - 1 {
            let sum = |row: &[u64; N]| {
                (0..N).filter(|i| chosen & (1 << i) != 0).map(|i| row[i]).sum::<u64>()
            };
            let first = sum(&rows[0]);
            let known = rows.iter().all(|row| sum(row) == first);
            assert!(
                !known || (first >= least && size - first >= least),
                "columns {chosen:b} of {shown:?}, {size} in all, must be {first} (least {least}): {rows:?}"
            );
        }
        for row in rows {
            for (cell, count) in shown.iter().zip(row) {
                let true_to_it = match cell {
                    Shown::Exactly(shown) => shown == count,
                    Shown::AtLeast(shown) => shown <= count && *shown >= least,
                    Shown::Hidden => true,
                };
                assert!(true_to_it, "{shown:?} of {row:?}");
            }
        }
    }
}

fn rows<const N: usize>(up_to: u64) -> Vec<[u64; N]> {
    let mut rows = vec![[0; N]];
    for column in 0..N {
        let longer = rows.iter().flat_map(|row: &[u64; N]| {
            (0..=up_to - row.iter().sum::<u64>()).map(move |count| {
                let mut row = *row;
                row[column] = count;
                row
            })
        });
        rows = longer.collect();
    }
    rows
}

#[test]
fn rows_are_shown_like_this() {
    use Shown::{AtLeast, Exactly as Just, Hidden as H};
    #[rustfmt::skip]
    let table = [
        // counts           shown                                  why
        ([20, 30, 40, 50],  [Just(20), Just(30), Just(40), Just(50)], "all are large"),
        ([20, 30, 4, 3],    [Just(20), Just(30), H, H],            "two small ones hide each other"),
        ([20, 30, 40, 3],   [AtLeast(19), Just(30), Just(40), H],  "one alone would follow from the size of the row"),
        ([20, 30, 40, 0],   [AtLeast(16), Just(30), Just(40), H],  "so would none"),
        ([0, 0, 100, 0],    [H, H, AtLeast(88), H],                "that all answer alike is not told"),
        ([20, 30, 4, 4],    [AtLeast(20), Just(30), H, H],         "two fours are the only way to eight"),
        ([6, 30, 40, 0],    [H, Just(30), Just(40), H],            "six alone is too few to be blurred"),
        ([4, 4, 4, 0],      [H, H, H, H],                          "nothing is large"),
    ];
    for (counts, shown, why) in table {
        assert_eq!(hide(counts, 5), shown, "{why}");
    }
}

fn record(sector: &str, status: Status, count: u64) -> Record {
    Record {
        domain: Domain::Private,
        sector: sector.parse().unwrap(),
        province: 1,
        size: Size::Small,
        status,
        exposure: Exposure::Inside,
        count,
    }
}

const BY_SECTOR: [By; 1] = [By::Sector];

#[test]
fn a_total_is_the_sum_of_what_is_shown() {
    let records = [
        record("SECTOR_FIN", Status::Affected, 100),
        record("SECTOR_FIN", Status::Verified, 80),
        record("SECTOR_FIN", Status::Unknown, 4),
        record("SECTOR_FIN", Status::Waived, 3),
        record("SECTOR_HEALTH", Status::Affected, 50),
        record("SECTOR_HEALTH", Status::Planned, 7),
        record("SECTOR_HEALTH", Status::Verified, 3),
        record("SECTOR_HEALTH", Status::Delivered, 4),
        record("SECTOR_HEALTH", Status::Released, 500),
    ];
    let picture = Picture::draw(records, BY_SECTOR, Rule::OTHER_SECTORS);
    assert_eq!(picture.count(Standing::Open, |_| true), Shown::Exactly(157));
    assert_eq!(picture.count(Standing::Settled, |_| true), Shown::AtLeast(80));
    assert_eq!(picture.count(Standing::Unknown, |_| true), Shown::Hidden);
    assert_eq!(picture.institutions(|_| true), Shown::Exactly(251));
    assert_eq!(picture.count(Standing::Open, |_| false), Shown::Exactly(0));
}

#[test]
fn small_groups_stand_together_and_are_hidden_where_even_that_is_small() {
    let small = |sector, count| record(sector, Status::Affected, count);
    let picture = |records: Vec<Record>| Picture::draw(records, BY_SECTOR, Rule::OTHER_SECTORS);

    let drawn = picture(vec![
        small("SECTOR_FIN", 40),
        record("SECTOR_FIN", Status::Delivered, 40),
        small("SECTOR_ENERGY", 8),
        record("SECTOR_HEALTH", Status::Verified, 9),
    ]);
    let folded: Vec<_> = drawn.rows().iter().map(|row| row.group.folded).collect();
    assert_eq!(folded, [false, true]);
    assert_eq!(drawn.rows()[1].total, Shown::Exactly(17));
    assert_eq!(drawn.rows()[1].group.sector, None);

    let drawn = picture(vec![small("SECTOR_FIN", 40), small("SECTOR_ENERGY", 8)]);
    assert_eq!(drawn.rows()[1].total, Shown::Hidden);
    assert!(drawn.rows()[1].cells.iter().all(|cell| *cell == Shown::Hidden));
    assert_eq!(drawn.institutions(|_| true), Shown::AtLeast(40));
}

#[test]
fn unknown_and_silent_have_columns_of_their_own_and_are_not_safe() {
    for status in [Status::Created, Status::Delivered, Status::Unreachable, Status::Acknowledged] {
        assert_eq!(Standing::of(status), Some(Standing::Silent));
    }
    assert_eq!(Standing::of(Status::Unknown), Some(Standing::Unknown));
    assert_eq!(Standing::of(Status::Claimed), Some(Standing::Open), "not countersigned");
    assert_eq!(Standing::of(Status::Released), None);
    let columns: Vec<_> = Standing::ALL.iter().map(|standing| *standing as usize).collect();
    assert_eq!(columns, [0, 1, 2, 3, 4, 5, 6]);
}

#[test]
fn a_military_command_is_one_word_and_no_count() {
    let unit = |status| Record { domain: Domain::Military, ..record("SECTOR_MIL", status, 1) };
    #[rustfmt::skip]
    let table = [
        // units                                              word
        (vec![Status::Verified, Status::NotAffected],         Word::Done),
        (vec![Status::Verified, Status::Waived],              Word::Working),
        (vec![Status::Affected, Status::Unknown],             Word::Unknown),
        (vec![Status::Delivered, Status::Unknown],            Word::Silent),
    ];
    for (units, word) in table {
        let records = units.into_iter().map(unit);
        let picture = Picture::draw(records, BY_SECTOR, Rule::APEX);
        assert!(picture.rows().is_empty());
        assert_eq!(picture.commands().values().collect::<Vec<_>>(), [&word]);
        assert_eq!(picture.institutions(|_| true), Shown::Exactly(0));
    }
}

#[test]
fn a_rule_is_never_laxer_than_three_a_cell() {
    assert_eq!((Rule::new(0, 0).cell_at_least(), Rule::new(0, 0).group_at_least()), (3, 3));
    assert_eq!(Rule::new(5, 2).group_at_least(), 5);
    assert_eq!(Rule::new(10, 10), Rule::APEX);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, ..ProptestConfig::default() })]

    /// Ten thousand attacks in all: queries and sizes of rows, added to and taken from each other.
    ///
    /// An attack succeeds when what is left counts some institutions exactly, each once, and they are fewer than may be shown.
    #[test]
    fn subtracting_published_numbers_finds_no_small_group(
        nation in prop::collection::vec(one_record(), 1..160),
        by in prop::sample::subsequence(vec![By::Sector, By::Province, By::Size, By::Exposure], 0..=4),
        attacks in prop::collection::vec(attack(), 100),
    ) {
        let rule = Rule::OTHER_SECTORS;
        let picture = Picture::draw(nation.iter().cloned(), by.iter().copied(), rule);
        let truth = truth(&nation, &by, rule);
        prop_assert_eq!(picture.rows().len(), truth.len());
        for attack in attacks {
            let mut weights: BTreeMap<(usize, usize), i64> = BTreeMap::new();
            let mut found = Some(0_i64);
            for (rows, columns, whole, plus) in attack {
                let chosen = |group: &Group| {
                    picture.rows().iter().position(|row| row.group == *group)
                        .is_some_and(|row| rows & (1 << (row % 32)) != 0)
                };
                let columns = match columns {
                    _ if whole => 0x7f,
                    0 => shown_exactly(&picture, chosen),
                    some => some,
                };
                let standings = || Standing::ALL.into_iter().filter(|is| columns & (1 << *is as usize) != 0);
                let sign = if plus { 1 } else { -1 };
                for (number, row) in picture.rows().iter().enumerate().filter(|(_, row)| chosen(&row.group)) {
                    for standing in standings() {
                        *weights.entry((number, standing as usize)).or_default() += sign;
                    }
                    prop_assert!(row.total != Shown::Hidden || row.cells.iter().all(|cell| *cell == Shown::Hidden));
                }
                let published = if whole {
                    exact(picture.institutions(chosen))
                } else {
                    standings().map(|standing| exact(picture.count(standing, chosen))).sum()
                };
                found = found.zip(published).map(|(sum, more)| sum + sign * more);
            }
            weights.retain(|_, weight| *weight != 0);
            let each_once = weights.values().all(|weight| *weight == 1);
            if let Some(found) = found.filter(|_| each_once && !weights.is_empty()) {
                let counted: u64 = weights.keys().map(|(row, column)| truth[*row][*column]).sum();
                prop_assert_eq!(found, i64::try_from(counted).unwrap(), "an exact number is true");
                prop_assert!(counted >= rule.cell_at_least(), "{counted} found by {weights:?}");
            }
        }
    }

    #[test]
    fn what_is_shown_is_never_more_than_there_is(nation in prop::collection::vec(one_record(), 0..120)) {
        let picture = Picture::draw(nation.iter().cloned(), BY_SECTOR, Rule::APEX);
        for standing in Standing::ALL {
            let civil = |one: &&Record| one.domain != Domain::Military && Standing::of(one.status) == Some(standing);
            let there: u64 = nation.iter().filter(civil).map(|one| one.count).sum();
            match picture.count(standing, |_| true) {
                Shown::Exactly(shown) => prop_assert_eq!(shown, there),
                Shown::AtLeast(shown) => prop_assert!(shown <= there),
                Shown::Hidden => {}
            }
        }
        let one_by_one = nation.iter().flat_map(|one| (0..one.count).map(|_| Record { count: 1, ..one.clone() }));
        prop_assert_eq!(Picture::draw(one_by_one, BY_SECTOR, Rule::APEX), picture, "a grouping query and the institutions themselves agree");
    }
}

/// The columns that an attacker would take from the sizes of these rows: all that are shown.
fn shown_exactly(picture: &Picture, chosen: impl Fn(&Group) -> bool + Copy) -> u8 {
    let shown = Standing::ALL.iter().filter(|standing| {
        let rows = picture.rows().iter().filter(|row| chosen(&row.group));
        rows.map(|row| row.cells[**standing as usize]).all(|cell| exact(cell).is_some())
    });
    shown.map(|standing| 1 << *standing as usize).sum()
}

fn exact(shown: Shown) -> Option<i64> {
    match shown {
        Shown::Exactly(count) => i64::try_from(count).ok(),
        Shown::AtLeast(_) | Shown::Hidden => None,
    }
}

/// What nobody but the lead may see: the counts behind the rows.
fn truth(nation: &[Record], by: &[By], rule: Rule) -> Vec<[u64; 7]> {
    let by = by.iter().copied().collect();
    let mut groups: BTreeMap<Group, [u64; 7]> = BTreeMap::new();
    for one in nation.iter().filter(|one| one.count > 0 && one.domain != Domain::Military) {
        if let Some(standing) = Standing::of(one.status) {
            groups.entry(group(one, &by)).or_default()[standing as usize] += one.count;
        }
    }
    folded(groups, rule).into_values().collect()
}

/// Rows, columns (none: all that are shown), the sizes of the rows instead of columns, added rather than taken away.
type Query = (u32, u8, bool, bool);

fn attack() -> impl Strategy<Value = Vec<Query>> {
    let few = || prop::sample::select(vec![1_u32, 2, 3, 4, 6, 7, 8, 15, 16, u32::MAX]);
    let query = (prop_oneof![few(), any::<u32>()], 0_u8..0x80, any::<bool>(), any::<bool>());
    let from_the_size = few().prop_map(|rows| vec![(rows, 0, true, true), (rows, 0, false, false)]);
    prop_oneof![prop::collection::vec(query, 1..4), from_the_size]
}

fn one_record() -> impl Strategy<Value = Record> {
    let domains = vec![Domain::Private, Domain::Private, Domain::Public, Domain::Military];
    let statuses = vec![
        Status::Delivered,
        Status::Unknown,
        Status::Affected,
        Status::Waived,
        Status::Remediated,
        Status::Verified,
        Status::NotAffected,
        Status::Released,
    ];
    (
        prop::sample::select(domains),
        prop::sample::select(vec!["SECTOR_FIN", "SECTOR_HEALTH", "SECTOR_ENERGY"]),
        0_u8..3,
        prop::sample::select(vec![Size::Small, Size::Medium]),
        prop::sample::select(statuses),
        prop::sample::select(vec![Exposure::Exposed, Exposure::Inside]),
        prop_oneof![0_u64..8, 0_u64..40],
    )
        .prop_map(|(domain, sector, province, size, status, exposure, count)| Record {
            domain,
            sector: sector.parse().unwrap(),
            province,
            size,
            status,
            exposure,
            count,
        })
}

#[test]
fn the_exhaustive_search_would_find_a_leak() {
    // Hiding small cells alone leaks: two small cells that add up to as much as they can are what they are.
    let naive = |row: [u64; 3]| {
        row.map(|count| if count < 5 { Shown::Hidden } else { Shown::Exactly(count) })
    };
    let alike: BTreeSet<_> = rows::<3>(30)
        .into_iter()
        .filter(|row| row.iter().sum::<u64>() == 28 && naive(*row) == naive([20, 4, 4]))
        .collect();
    assert_eq!(alike.len(), 1);
}
