//! What follows: an exploited flaw shortens its case, or opens one where somebody holds it.

use std::collections::BTreeSet;
use std::sync::Arc;

use bongsu_advisory::VulnerabilityId;
use bongsu_authority::{CaseId, Grade, Label, Tlp};
use bongsu_desk::Who;
use bongsu_matching::index::{Entry, Live, SystemName};
use bongsu_matching::rows;
use bongsu_relay::feeds::aftermath::SAID_BY;
use bongsu_relay::feeds::suite::zip;
use bongsu_relay::feeds::{Config, Kind};
use bongsu_response::{Engine, Exploitation, Opening, Origin, Wish};
use jiff::Timestamp;

use crate::node::{Node, kev, osv};

const FEED: Who = Who::Engine(Engine::Feed);

fn open(node: &Node, name: &str, public: bool) -> CaseId {
    let case = CaseId(node.desk.draw());
    let opening = Opening {
        title: name.to_owned(),
        summary: String::new(),
        identifiers: BTreeSet::from([name.to_owned()]),
        origin: Origin::Feed,
        coord: "COORD_PRIV".parse().unwrap(),
        label: Label { tlp: Tlp::Green, grade: Grade::Open },
        public,
    };
    node.desk.record(FEED, Wish::OpenCase { case, opening }, Timestamp::now()).unwrap();
    case
}

#[tokio::test]
async fn a_case_learns_that_it_is_exploited_under_any_of_its_names() {
    let node = Node::new().await;
    let by_cve = open(&node, "CVE-2026-1", true);
    let by_alias = open(&node, "GHSA-aaaa-bbbb-cccc", true);
    let other = open(&node, "CVE-2026-9", true);
    let advisory =
        osv("GHSA-aaaa-bbbb-cccc", "a").replacen('{', r#"{"aliases": ["CVE-2026-2"], "#, 1);
    node.provider.put("/osv/crates.io/all.zip", zip([("a.json", advisory)]));
    node.provider.put("/kev", kev(&["CVE-2026-1", "CVE-2026-2"], "2026-01-05"));
    let mut crates = node.feed("osv", Kind::Osv, "/osv");
    crates.ecosystems = vec!["crates.io".to_owned()];
    let feeds = node.feeds(vec![crates, node.feed("kev", Kind::Kev, "/kev")]);
    let report = feeds.once().await;
    assert_eq!(BTreeSet::from_iter(report.after.exploited), BTreeSet::from([by_cve, by_alias]));
    let now = Timestamp::now();
    let case = node.desk.case(FEED, by_cve, now).unwrap();
    assert_eq!(case.exploitation, Exploitation::Active);
    assert_eq!(case.exploitation_said_by.as_deref(), Some(SAID_BY));
    assert_eq!(case.exploited_since, Some("2026-01-05T00:00:00Z".parse().unwrap()));
    assert_eq!(node.desk.case(FEED, other, now).unwrap().exploitation, Exploitation::None);
    // Once more, after a restart: nothing is said twice.
    let version = case.version;
    let node = node.again();
    let mut crates = node.feed("osv", Kind::Osv, "/osv");
    crates.ecosystems = vec!["crates.io".to_owned()];
    let report = node.feeds(vec![crates, node.feed("kev", Kind::Kev, "/kev")]).restore().await;
    assert_eq!((report.change.new_kev.len(), report.after.exploited.len()), (2, 0));
    assert_eq!(node.desk.case(FEED, by_cve, now).unwrap().version, version);
}

#[tokio::test]
async fn what_is_exploited_new_and_held_opens_a_case_and_the_rest_waits_for_people() {
    let node = Node::new().await;
    let live = Live::default();
    let held = |name: &str, package: &str| {
        let component = bongsu_inventory::Component {
            purl: Some(format!("pkg:cargo/{package}@1.0.0").parse().unwrap()),
            name: package.to_owned(),
            version: Some("1.0.0".to_owned()),
            ..bongsu_inventory::Component::default()
        };
        let rows = rows(&component);
        let system =
            SystemName { ministry: "Interior", institution: "Harbour Office", system: name };
        let entry =
            |row: &'_ bongsu_matching::Row| (row.key.clone(), row.scheme, row.version.clone());
        let owned: Vec<_> = rows.iter().map(entry).collect();
        let entries = owned.iter().map(|(key, scheme, version)| Entry {
            key,
            scheme: *scheme,
            version: version.as_deref(),
        });
        live.replace(system, entries).unwrap();
    };
    held("mail", "held");
    held("web", "also-held");
    let snapshot = live.snapshot();
    let today = Timestamp::now().to_string()[..10].to_owned();
    node.provider.put(
        "/osv/crates.io/all.zip",
        zip([
            ("1.json", osv("CVE-2026-1", "held")),
            ("2.json", osv("CVE-2026-2", "nobody-has-this")),
            ("3.json", osv("CVE-2026-3", "also-held")),
        ]),
    );
    node.provider.put("/kev", kev(&["CVE-2026-1", "CVE-2026-2"], &today));
    let mut crates = node.feed("osv", Kind::Osv, "/osv");
    crates.ecosystems = vec!["crates.io".to_owned()];
    let feeds = vec![crates, node.feed("kev", Kind::Kev, "/kev")];
    let config = Config { feeds, coordinator: Some("COORD_PRIV".parse().unwrap()) };
    let feeds = node.of(&config).with_index(Arc::new(move || Arc::clone(&snapshot)));
    let report = feeds.once().await;
    let [opened] = report.after.opened[..] else { panic!("{:?}", report.after) };
    let case = node.desk.case(FEED, opened, Timestamp::now()).unwrap();
    assert_eq!(case.exploitation, Exploitation::Active);
    assert_eq!(case.identifiers, BTreeSet::from(["CVE-2026-1".to_owned()]));
    let waiting: Vec<_> =
        report.after.unseen.iter().map(|one| (one.flaw.as_str(), one.affected)).collect();
    assert_eq!(waiting, [("CVE-2026-3", 1)]);
    // A case that is there is not opened again.
    let third: VulnerabilityId = "CVE-2026-3".parse().unwrap();
    node.provider.put("/kev", kev(&["CVE-2026-1", "CVE-2026-2", third.as_str()], &today));
    let report = feeds.once().await;
    assert_eq!(
        (report.after.opened.len(), node.desk.cases(FEED, Timestamp::now()).unwrap().len()),
        (1, 2)
    );
}
