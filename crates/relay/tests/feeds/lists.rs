//! Files that are taken whole, and the CVE list.

use bongsu_relay::feeds::suite::zip;
use bongsu_relay::feeds::{Feed, Kind};

use crate::node::{Node, kev, osv};

fn archive(names: &[(&str, &str)]) -> Vec<u8> {
    zip(names.iter().map(|(id, package)| (format!("{id}.json"), osv(id, package))))
}

fn crates(node: &Node) -> Feed {
    let mut feed = node.feed("osv", Kind::Osv, "/osv");
    feed.ecosystems = vec!["crates.io".to_owned()];
    feed
}

#[tokio::test]
async fn what_did_not_change_is_not_sent_or_read_again() {
    let node = Node::new().await;
    node.provider.put("/osv/crates.io/all.zip", archive(&[("A-1", "a"), ("A-2", "b")]));
    node.provider.put("/kev", kev(&["CVE-2026-1"], "2026-01-01"));
    let feeds = node.feeds(vec![crates(&node), node.feed("kev", Kind::Kev, "/kev")]);
    let first = feeds.once().await;
    assert!(first.failed.is_empty(), "{:?}", first.failed);
    assert_eq!((first.change.changed.len(), first.change.new_kev.len()), (2, 1));
    node.provider.asked();
    let second = feeds.once().await;
    assert_eq!(second.change.edition, first.change.edition);
    let mut asked = node.provider.asked();
    asked.sort();
    assert_eq!(asked, [("/kev".to_owned(), 304), ("/osv/crates.io/all.zip".to_owned(), 304)]);
    assert_eq!(node.known().parts["osv/crates.io"].count, 2);
}

#[tokio::test]
async fn what_a_source_takes_back_is_gone() {
    let node = Node::new().await;
    node.provider.put("/osv/crates.io/all.zip", archive(&[("A-1", "a"), ("A-2", "b")]));
    node.provider.put("/kev", kev(&["CVE-2026-1", "CVE-2026-2"], "2026-01-01"));
    let feeds = node.feeds(vec![crates(&node), node.feed("kev", Kind::Kev, "/kev")]);
    feeds.once().await;
    node.provider.put("/osv/crates.io/all.zip", archive(&[("A-2", "b"), ("A-3", "c")]));
    node.provider.put("/kev", kev(&["CVE-2026-2"], "2026-01-01"));
    let report = feeds.once().await;
    assert_eq!(node.advisories(), ["A-2", "A-3"]);
    let names = |set: &std::collections::BTreeSet<bongsu_advisory::VulnerabilityId>| {
        set.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(names(&report.change.gone), ["A-1"]);
    assert_eq!(names(&report.change.changed), ["A-3"]);
    assert_eq!(names(&report.change.gone_kev), ["CVE-2026-1"]);
    assert!(node.known().knowledge.kev([&"CVE-2026-1".parse().unwrap()]).is_none());
}

#[tokio::test]
async fn a_restart_reads_the_mirror_without_the_network() {
    let node = Node::new().await;
    node.provider.put("/osv/crates.io/all.zip", archive(&[("A-1", "a")]));
    node.provider.put("/kev", kev(&["CVE-2026-1"], "2026-01-01"));
    let configured = vec![crates(&node), node.feed("kev", Kind::Kev, "/kev")];
    node.feeds(configured.clone()).once().await;
    let node = node.again();
    node.provider.asked();
    let restored = node.feeds(configured).restore().await;
    assert_eq!(node.provider.asked(), []);
    assert_eq!((node.advisories(), restored.change.new_kev.len()), (vec!["A-1".to_owned()], 1));
}

#[tokio::test]
async fn a_bad_document_is_set_aside_and_comes_in_when_it_is_mended() {
    let node = Node::new().await;
    let with = |bad: &str| {
        zip([
            ("A-1.json", osv("A-1", "a")),
            ("A-2.json", bad.to_owned()),
            ("A-3.json", osv("A-3", "c")),
        ])
    };
    node.provider.put("/osv/crates.io/all.zip", with(r#"{"id": "A-2", "affected": "#));
    let feeds = node.feeds(vec![crates(&node)]);
    assert!(feeds.once().await.failed.is_empty());
    assert_eq!(node.advisories(), ["A-1", "A-3"]);
    let held = node.quarantined("osv");
    assert_eq!(held.len(), 1);
    assert!(
        held[0].place.contains("A-2.json") && held[0].reason.contains("ends in the middle"),
        "{:?}",
        held[0]
    );
    assert_eq!((held[0].attempts, held[0].digest.len()), (1, 64));
    node.provider.put("/osv/crates.io/all.zip", with(r#"{"id": "A-2", "affected": 7 "#));
    feeds.once().await;
    assert_eq!(node.quarantined("osv")[0].attempts, 2);
    assert_eq!(node.health("osv").quarantined, 1);
    node.provider.put("/osv/crates.io/all.zip", with(&osv("A-2", "b")));
    feeds.once().await;
    assert_eq!(node.advisories(), ["A-1", "A-2", "A-3"]);
    assert_eq!((node.quarantined("osv").len(), node.health("osv").quarantined), (0, 0));
}

#[tokio::test]
async fn an_unreadable_catalogue_does_not_take_away_the_last_good_one() {
    let node = Node::new().await;
    node.provider.put("/kev", kev(&["CVE-2026-1"], "2026-01-01"));
    let feeds = node.feeds(vec![node.feed("kev", Kind::Kev, "/kev")]);
    feeds.once().await;
    node.provider.put("/kev", "<html>be back soon</html>");
    let report = feeds.once().await;
    assert!(report.failed["kev"].contains("nothing in catalogue.json can be read"), "{report:?}");
    assert!(node.known().knowledge.has_catalogue());
    assert_eq!((node.health("kev").failures, node.quarantined("kev").len()), (1, 1));
    node.provider.put("/kev", kev(&["CVE-2026-2"], "2026-01-01"));
    assert!(feeds.once().await.failed.is_empty());
    assert_eq!((node.health("kev").failures, node.quarantined("kev").len()), (0, 0));
}

#[tokio::test]
async fn a_catalogue_that_lost_most_of_its_rows_must_say_so_twice() {
    let node = Node::new().await;
    let many: Vec<String> = (0..200).map(|number| format!("CVE-2026-{number}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    node.provider.put("/kev", kev(&many, "2026-01-01"));
    let feeds = node.feeds(vec![node.feed("kev", Kind::Kev, "/kev")]);
    feeds.once().await;
    node.provider.put("/kev", kev(&many[..3], "2026-01-01"));
    let report = feeds.once().await;
    assert!(report.failed["kev"].contains("had 200 entries and has 3 now"), "{report:?}");
    assert_eq!(node.known().parts["kev"].count, 200);
    assert!(feeds.once().await.failed.is_empty());
    assert_eq!(node.known().parts["kev"].count, 3);
}

fn cve(id: &str, state: &str) -> String {
    format!(
        r#"{{"dataType": "CVE_RECORD", "dataVersion": "5.1", "cveMetadata": {{"cveId": "{id}", "state": "{state}",
            "assignerShortName": "harbour"}}, "containers": {{"cna": {{"providerMetadata": {{"orgId": "x"}},
            "affected": [{{"vendor": "Harbour", "product": "Crane", "versions":
                [{{"version": "1.0", "status": "affected"}}]}}]}}}}}}"#
    )
}

#[tokio::test]
async fn the_cve_list_is_fetched_whole_once_and_then_by_what_changed() {
    let node = Node::new().await;
    let release = |names: &[&str]| {
        let asset = |name: &&str| {
            let url = node.provider.url(&format!("/{name}"));
            format!(r#"{{"name": "{name}", "browser_download_url": "{url}"}}"#)
        };
        let assets: Vec<String> = names.iter().map(asset).collect();
        format!(r#"[{{"assets": [{}]}}]"#, assets.join(","))
    };
    let all = "2026-11-22_all_CVEs_at_midnight.zip.zip";
    let (at_9, at_10) =
        ("2026-11-22_delta_CVEs_at_0900Z.zip", "2026-11-22_delta_CVEs_at_1000Z.zip");
    let record = |id: &str| (format!("cves/{id}.json"), cve(id, "PUBLISHED"));
    let inner = zip([
        record("CVE-2026-1"),
        record("CVE-2026-2"),
        ("cves/delta.json".to_owned(), "{}".to_owned()),
    ]);
    node.provider.put(&format!("/{all}"), zip([("cves.zip", inner)]));
    node.provider.put(&format!("/{at_9}"), zip([record("CVE-2026-3")]));
    node.provider.put("/releases", release(&[all, at_9]));
    let configured = vec![node.feed("cve", Kind::Cve, "/releases")];
    let feeds = node.feeds(configured.clone());
    let report = feeds.once().await;
    assert!(report.failed.is_empty(), "{:?}", report.failed);
    assert_eq!(node.advisories(), ["CVE-2026-1", "CVE-2026-2", "CVE-2026-3"]);
    assert_eq!(node.quarantined("cve"), []);

    let rejected = ("CVE-2026-2.json".to_owned(), cve("CVE-2026-2", "REJECTED"));
    node.provider
        .put(&format!("/{at_10}"), zip([record("CVE-2026-3"), record("CVE-2026-4"), rejected]));
    node.provider.put("/releases", release(&[at_10, all]));
    node.provider.asked();
    feeds.once().await;
    let asked: Vec<String> = node.provider.asked().into_iter().map(|(path, _)| path).collect();
    assert_eq!(asked, ["/releases".to_owned(), format!("/{at_10}")]);
    assert_eq!(node.advisories(), ["CVE-2026-1", "CVE-2026-2", "CVE-2026-3", "CVE-2026-4"]);
    let standing = |node: &Node| {
        let known = node.known();
        let found = known.knowledge.advisories().iter().find(|one| one.id.as_str() == "CVE-2026-2");
        found.unwrap().standing.clone()
    };
    assert_eq!(standing(&node), bongsu_advisory::Standing::Rejected);
    assert_eq!(node.health("cve").position.as_deref(), Some(at_10));

    let node = node.again();
    let feeds = node.feeds(configured);
    feeds.restore().await;
    assert_eq!(standing(&node), bongsu_advisory::Standing::Rejected);
    node.provider.asked();
    feeds.once().await;
    assert_eq!(node.provider.asked(), [("/releases".to_owned(), 200)]);
}

#[tokio::test]
async fn a_folder_is_read_where_it_changed() {
    let node = Node::new().await;
    let folder = node.folder.join("own");
    std::fs::create_dir_all(folder.join("deep")).unwrap();
    std::fs::write(folder.join("a.json"), osv("A-1", "a")).unwrap();
    std::fs::write(folder.join("deep/b.json"), osv("A-2", "b")).unwrap();
    std::fs::write(folder.join("c.json"), "{").unwrap();
    let feeds =
        node.feeds(vec![Feed { path: Some(folder.clone()), ..Feed::new("own", Kind::Folder) }]);
    feeds.once().await;
    assert_eq!(
        (node.advisories(), node.quarantined("own").len()),
        (vec!["A-1".to_owned(), "A-2".to_owned()], 1)
    );
    let edition = node.known().edition;
    feeds.once().await;
    assert!(node.known().edition <= edition + 1);
    std::fs::remove_file(folder.join("deep/b.json")).unwrap();
    std::fs::write(folder.join("c.json"), osv("A-3", "c")).unwrap();
    feeds.once().await;
    assert_eq!(
        (node.advisories(), node.quarantined("own").len()),
        (vec!["A-1".to_owned(), "A-3".to_owned()], 0)
    );
}
