//! Invariant 14: names of ministries, deadlines and tables are data with validity dates.

use std::collections::{BTreeMap, BTreeSet};

use bongsu_authority::names::StationNames;
use bongsu_authority::{Dated, Table};
use bongsu_desk::audience::{STALE_AFTER, exposure};
use bongsu_desk::exposure::Found;
use bongsu_response::{Exposure, clock};
use jiff::{SignedDuration, Timestamp};

use crate::world::{Chance, start};

#[test]
fn i14_at_every_instant_a_deadline_has_one_limit_or_none() {
    let mut edges: BTreeSet<Timestamp> = BTreeSet::from([Timestamp::MIN, start(), Timestamp::MAX]);
    for row in clock::all() {
        let second = SignedDuration::from_secs(1);
        edges.extend(
            row.from.into_iter().chain(row.until).flat_map(|at| [at - second, at, at + second]),
        );
    }
    for at in edges {
        let mut limits: BTreeMap<&str, usize> = BTreeMap::new();
        clock::at(at).for_each(|row| *limits.entry(row.id).or_default() += 1);
        assert!(limits.values().all(|rows| *rows == 1), "{at}: {limits:?}");
    }
}

#[test]
fn i14_a_ministry_that_is_renamed_has_one_name_at_every_instant() {
    let (old, new) = ("기획재정부", "재정경제부");
    let renamed = start();
    let name = |ko: &str| bongsu_authority::names::Name { ko: ko.to_owned(), en: ko.to_owned() };
    let row = |from, until, ko| Dated { from, until, value: name(ko) };
    let table =
        Table::new(vec![row(Timestamp::UNIX_EPOCH, Some(renamed), old), row(renamed, None, new)]);
    let code: bongsu_authority::NodeCode = "SECTOR_FIN".parse().unwrap();
    let names = StationNames::new([(code.clone(), table.unwrap())].into());
    let second = SignedDuration::from_secs(1);
    assert_eq!(names.name(&code, renamed - second).map(|it| it.ko.as_str()), Some(old));
    assert_eq!(names.name(&code, renamed).map(|it| it.ko.as_str()), Some(new));
}

/// Invariant 10, where it begins: what is known of an institution before anybody asks it.
#[test]
fn i10_without_a_fresh_inventory_nobody_is_called_not_affected() {
    let mut chance = Chance::new(10);
    for _ in 0..20_000 {
        let mut count = || u32::try_from(chance.below(3).saturating_sub(1)).unwrap();
        let found = Found { affected: count(), exposed: count(), open: count() };
        let age = i64::try_from(chance.below(200)).unwrap();
        let made = (!chance.once_in(4)).then(|| start() - SignedDuration::from_hours(24 * age));
        let said = exposure(found, made, start());
        let fresh = made.is_some_and(|made| start().duration_since(made) <= STALE_AFTER);
        let clean = found == Found::default();
        assert_eq!(said == Exposure::NotAffected, fresh && clean, "{found:?} made {made:?}");
    }
}
