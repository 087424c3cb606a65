//! Systems and what runs on them.

use std::collections::{BTreeMap, HashSet};

use bongsu_authority::Size;
use bongsu_matching::rows;
use jiff::SignedDuration;

use super::{demo, nation};
use crate::{Change, Holding, newer_inventory, to_cyclonedx};

#[test]
fn inventories_are_as_many_and_as_old_as_was_said() {
    let gaon = nation();
    let (mut systems, mut components, mut place) = (0_u64, 0_u64, 0);
    let mut of_institution: BTreeMap<usize, usize> = BTreeMap::new();
    for system in gaon.systems() {
        while gaon.institutions()[place].id != system.institution.id {
            place += 1;
        }
        systems += 1;
        components += system.component_count() as u64;
        *of_institution.entry(place).or_default() += system.component_count();
        assert!((1..=1_000).contains(&system.component_count()), "{}", system.name);
        let old = gaon.today().duration_since(system.as_of) > SignedDuration::from_hours(90 * 24);
        let expected = if old { Holding::Stale } else { Holding::Fresh };
        assert_eq!(gaon.holding(place), expected, "{}", system.name);
    }
    assert!((95_000..=105_000).contains(&systems), "{systems} systems");
    assert!((10_800_000..=13_200_000).contains(&components), "{components} components");
    assert_eq!(of_institution.len(), 29_960 - 29_960 * 35 / 100);
    for (place, components) in of_institution {
        let bounds = match gaon.institutions()[place].size {
            Size::Small => 40..=300,
            Size::Medium => 500..=2_400,
            Size::Large => 1_000..=30_000,
        };
        assert!(bounds.contains(&components), "{components} at {place}");
    }
}

#[test]
fn the_demo_has_some_six_hundred_thousand_rows() {
    let gaon = demo();
    let (systems, components) = gaon.systems().fold((0, 0), |(systems, components), system| {
        (systems + 1, components + system.component_count())
    });
    assert!((4_000..=5_500).contains(&systems), "{systems} systems");
    assert!((540_000..=660_000).contains(&components), "{components} components");
}

#[test]
fn a_flaw_like_log4shell_reaches_two_in_five_of_those_who_can_be_told() {
    let gaon = nation();
    let mut affected = HashSet::new();
    for system in gaon.systems() {
        let hit = system.components().any(|one| {
            let minor = |version: &str| version.split('.').nth(1)?.parse::<u32>().ok();
            one.name == LOG4J
                && one.version.as_deref().and_then(minor).is_some_and(|minor| minor < 15)
        });
        if hit {
            affected.insert(system.institution.id);
        }
    }
    assert!((8_000..=9_000).contains(&affected.len()), "{} institutions", affected.len());
    let unknown = 29_960 * 35 / 100;
    assert!(affected.len() + unknown > 12_000, "obligations and questions together");
}

#[test]
fn products_of_each_scenario_are_somewhere() {
    let gaon = demo();
    let found = |name: &str, version: &str| {
        let mut components =
            gaon.systems().flat_map(|system| system.components().collect::<Vec<_>>());
        components.any(|one| one.name == name && one.version.as_deref() == Some(version))
    };
    #[rustfmt::skip]
    let table = [
        ("Ivanti Connect Secure",            "22.6R2",           "a gateway that is attacked"),
        ("QNAP QTS",                         "4.3.6",            "a storage box past its support"),
        ("Microsoft Windows Server 2012 R2", "6.3.9600.21563",   "a server past its support"),
        ("Microsoft Windows Server 2019",    "10.0.17763.5329",  "a server behind with its updates"),
        ("Dream Security MagicLine4NX",      "1.0.0.26",         "a program that had to be removed"),
    ];
    for (name, version, why) in table {
        assert!(found(name, version), "{name} {version}: {why}");
    }
}

const LOG4J: &str = "org.apache.logging.log4j:log4j-core";

#[test]
fn the_next_inventory_shows_the_fix_and_a_later_one_the_regression() {
    let gaon = demo();
    let system =
        gaon.systems().find(|system| system.components().any(|one| one.name == LOG4J)).unwrap();
    for version in ["2.17.1", "2.14.1"] {
        let change = Change { package: LOG4J, version };
        let inventory = newer_inventory(&system, &[change], gaon.today());
        assert_eq!(inventory.as_of, Some(gaon.today()));
        assert_eq!(inventory.components.len(), system.component_count());
        for (now, before) in inventory.components.iter().zip(system.components()) {
            let expected =
                if now.name == LOG4J { Some(version) } else { before.version.as_deref() };
            assert_eq!(now.version.as_deref(), expected, "{}", now.name);
            if now.name == LOG4J {
                assert_eq!(rows(now)[0].version.as_deref(), Some(version));
            }
        }
    }
}

#[test]
fn a_distribution_package_is_changed_by_the_name_of_its_source_too() {
    let gaon = demo();
    let system =
        gaon.systems().find(|system| system.components().any(|one| one.name == "libssl3")).unwrap();
    let change = Change { package: "openssl", version: "3.0.17-1~deb12u9" };
    let inventory = newer_inventory(&system, &[change], gaon.today());
    let library = inventory.components.iter().find(|one| one.name == "libssl3").unwrap();
    assert_eq!(library.version.as_deref(), Some("3.0.17-1~deb12u9"));
    assert_eq!(library.purl.as_ref().unwrap().version(), Some("3.0.17-1~deb12u9"));
}

#[test]
fn rows_for_the_index_are_those_of_the_components() {
    let gaon = demo();
    for system in gaon.systems().step_by(97) {
        let slow: Vec<_> = system.components().flat_map(rows).collect();
        let fast: Vec<_> = system.entries().collect();
        assert_eq!(fast.len(), slow.len());
        for (fast, slow) in fast.iter().zip(&slow) {
            let slow = (slow.key.as_str(), slow.scheme, slow.version.as_deref());
            assert_eq!((fast.key, fast.scheme, fast.version), slow);
        }
    }
}

#[test]
fn a_document_says_what_the_inventory_says() {
    let gaon = demo();
    let system = gaon.systems().find(|system| system.name.starts_with("api-java-log4j")).unwrap();
    let document = to_cyclonedx(&system.inventory());
    assert!(document.starts_with(r#"{"bomFormat":"CycloneDX","specVersion":"1.6","version":1,"#));
    assert_eq!(document.matches(r#","name":"#).count() - 1, system.component_count());
    assert_eq!(document.matches('{').count(), document.matches('}').count());
    assert!(document.contains(r#""group":"org.apache.logging.log4j","name":"log4j-core""#));
    assert!(!document.contains("://"));
    let place = |name: &str| system.components().position(|one| one.name == name).unwrap();
    let brought = format!(r#""dependsOn":["c{}"]"#, place(LOG4J));
    assert!(document.contains(&brought), "log4j-core hangs from what brought it");
}
