//! A CSAF provider: lists, checksums, keys, what is cut off, what is taken back.

use bongsu_relay::feeds::suite::Page;
use bongsu_relay::feeds::{Feeds, Kind};

use crate::node::{Node, csaf};

/// What the provider of these tests lists: path, time, and what is in the document.
struct Listed<'a>(&'a str, &'a str, &'a str);

impl Node {
    /// Metadata with one key, and a ROLIE feed with checksums and signatures.
    fn rolie(&self, key: &str, listed: &[Listed<'_>]) {
        let url = |path: &str| self.provider.url(path);
        self.provider.put("/pmd.json", format!(
            r#"{{"role": "csaf_trusted_provider", "public_openpgp_keys": [{{"fingerprint": "{key}", "url": "{}"}}],
                "distributions": [{{"rolie": {{"feeds": [
                    {{"url": "{}", "tlp_label": "WHITE"}}, {{"url": "{}", "tlp_label": "RED"}}]}}}}]}}"#,
            url("/key.asc"), url("/feed.json"), url("/red.json"),
        ));
        let entry = |Listed(path, updated, document): &Listed<'_>| {
            let at = url(path);
            if !document.is_empty() {
                self.provider.put(path, *document);
                self.checksum(path, document.as_bytes());
            }
            format!(
                r#"{{"id": "{path}", "updated": "{updated}", "content": {{"src": "{at}"}}, "link": [
                    {{"rel": "self", "href": "{at}"}}, {{"rel": "hash", "href": "{at}.sha256"}},
                    {{"rel": "signature", "href": "{at}.asc"}}]}}"#
            )
        };
        let entries: Vec<String> = listed.iter().map(entry).collect();
        self.provider
            .put("/feed.json", format!(r#"{{"feed": {{"entry": [{}]}}}}"#, entries.join(",")));
    }

    fn checksum(&self, path: &str, bytes: &[u8]) {
        let hash = bongsu_desk::evidence(bytes).0;
        let hex = hash.iter().fold(String::new(), |all, byte| all + &format!("{byte:02x}"));
        self.provider.put(&format!("{path}.sha256"), format!("{hex}  {path}\n"));
    }

    fn csaf(&self) -> Feeds {
        self.feeds(vec![self.feed("psirt", Kind::Csaf, "/pmd.json")])
    }

    /// Documents that were asked for since the last time.
    fn fetched(&self) -> Vec<String> {
        let asked = self.provider.asked().into_iter();
        asked
            .map(|(path, _)| path)
            .filter(|path| path.starts_with("/d/") && path.ends_with("json"))
            .collect()
    }
}

#[tokio::test]
async fn documents_come_one_by_one_and_only_those_that_changed_come_again() {
    let node = Node::new().await;
    let (a, b) = (csaf("A", "CVE-2026-1"), csaf("B", "CVE-2026-2"));
    node.rolie(
        "K1",
        &[Listed("/d/a.json", "2026-01-01", &a), Listed("/d/b.json", "2026-01-02", &b)],
    );
    let feeds = node.csaf();
    let report = feeds.once().await;
    assert!(report.failed.is_empty(), "{:?}", report.failed);
    assert_eq!(node.advisories(), ["CVE-2026-1", "CVE-2026-2"]);
    assert_eq!(node.health("psirt").unverified, 2);
    assert_eq!(node.health("psirt").position.as_deref(), Some("2026-01-02"));
    assert_eq!(node.fetched().len(), 2);
    feeds.once().await;
    assert_eq!(node.fetched(), [""; 0]);
    // Republished with an earlier date: it is another edition all the same.
    let other = csaf("B", "CVE-2026-3");
    node.rolie(
        "K1",
        &[Listed("/d/a.json", "2026-01-01", &a), Listed("/d/b.json", "2025-01-02", &other)],
    );
    feeds.once().await;
    assert_eq!(node.fetched(), ["/d/b.json"]);
    assert_eq!(node.advisories(), ["CVE-2026-1", "CVE-2026-3"]);
    let node = node.again();
    node.csaf().restore().await;
    assert_eq!(
        (node.advisories(), node.fetched().len()),
        (vec!["CVE-2026-1".to_owned(), "CVE-2026-3".to_owned()], 0)
    );
}

#[tokio::test]
async fn what_was_cut_off_goes_on_where_it_was() {
    let node = Node::new().await;
    let documents: Vec<(String, String)> = (0..200)
        .map(|number| {
            (
                format!("/d/{number}.json"),
                csaf(&format!("D{number}"), &format!("CVE-2026-{number}")),
            )
        })
        .collect();
    let listed: Vec<Listed<'_>> =
        documents.iter().map(|(path, document)| Listed(path, "2026-01-01", document)).collect();
    node.rolie("K1", &listed);
    for (path, document) in &documents[120..] {
        node.provider.set(path, Page::Cut(document.as_bytes().into(), 100));
    }
    let feeds = node.csaf();
    let report = feeds.once().await;
    assert!(report.failed["psirt"].contains("broke off"), "{report:?}");
    let first = node.advisories().len();
    assert!((1..=120).contains(&first), "{first} came before the line was cut");
    node.rolie("K1", &listed);
    node.provider.asked();
    let node = node.again();
    let report = node.csaf().once().await;
    assert!(report.failed.is_empty(), "{:?}", report.failed);
    assert_eq!(node.advisories().len(), 200);
    assert_eq!(node.fetched().len(), 200 - first, "what had come is not fetched again");
}

#[tokio::test]
async fn a_withdrawn_document_stops_counting() {
    let node = Node::new().await;
    let (a, b, c) = (csaf("A", "CVE-2026-1"), csaf("B", "CVE-2026-2"), csaf("C", "CVE-2026-3"));
    node.rolie(
        "K1",
        &[
            Listed("/d/a.json", "2026-01-01", &a),
            Listed("/d/b.json", "2026-01-01", &b),
            Listed("/d/c.json", "2026-01-01", &c),
        ],
    );
    let feeds = node.csaf();
    feeds.once().await;
    assert_eq!(node.advisories().len(), 3);
    // One is still listed and gone, one is listed no more.
    node.provider.set("/d/b.json", Page::Status(410));
    node.rolie(
        "K1",
        &[Listed("/d/b.json", "2026-01-02", ""), Listed("/d/c.json", "2026-01-01", &c)],
    );
    let report = feeds.once().await;
    assert!(report.failed.is_empty(), "{:?}", report.failed);
    assert_eq!(node.advisories(), ["CVE-2026-3"]);
    assert_eq!(report.change.gone.len(), 2);
    let node = node.again();
    node.csaf().restore().await;
    assert_eq!(node.advisories(), ["CVE-2026-3"]);
}

#[tokio::test]
async fn a_document_that_is_not_its_checksum_waits_until_it_is() {
    let node = Node::new().await;
    let (a, b) = (csaf("A", "CVE-2026-1"), csaf("B", "CVE-2026-2"));
    let listed = [Listed("/d/a.json", "2026-01-01", &a), Listed("/d/b.json", "2026-01-02", &b)];
    node.rolie("K1", &listed);
    node.checksum("/d/a.json", b"something else");
    let feeds = node.csaf();
    feeds.once().await;
    assert_eq!(node.advisories(), ["CVE-2026-2"]);
    let held = node.quarantined("psirt");
    assert!(held[0].reason.contains("checksum"), "{held:?}");
    node.checksum("/d/a.json", a.as_bytes());
    node.rolie("K1", &listed);
    feeds.once().await;
    assert_eq!((node.advisories().len(), node.quarantined("psirt").len()), (2, 0));
}

#[tokio::test]
async fn a_bad_edition_leaves_the_good_one_until_it_is_mended() {
    let node = Node::new().await;
    let (good, mended) = (csaf("A", "CVE-2026-1"), csaf("A", "CVE-2026-2"));
    node.rolie("K1", &[Listed("/d/a.json", "2026-01-01", &good)]);
    let feeds = node.csaf();
    feeds.once().await;
    node.rolie("K1", &[Listed("/d/a.json", "2026-01-02", r#"{"document": "#)]);
    feeds.once().await;
    assert_eq!(
        (node.advisories(), node.quarantined("psirt").len()),
        (vec!["CVE-2026-1".to_owned()], 1)
    );
    node.rolie("K1", &[Listed("/d/a.json", "2026-01-03", &mended)]);
    feeds.once().await;
    assert_eq!(
        (node.advisories(), node.quarantined("psirt").len()),
        (vec!["CVE-2026-2".to_owned()], 0)
    );
}

#[tokio::test]
async fn no_key_loses_a_document_and_a_new_one_tries_again_what_was_set_aside() {
    let node = Node::new().await;
    let a = csaf("A", "CVE-2026-1");
    let listed = [Listed("/d/a.json", "2026-01-01", &a), Listed("/d/b.json", "2026-01-01", "{")];
    node.rolie("EXPIRED-IN-2019", &listed);
    let feeds = node.csaf();
    feeds.once().await;
    assert_eq!(
        (node.advisories(), node.health("psirt").unverified),
        (vec!["CVE-2026-1".to_owned()], 2)
    );
    node.fetched();
    node.provider.put("/d/b.json", csaf("B", "CVE-2026-2"));
    node.checksum("/d/b.json", csaf("B", "CVE-2026-2").as_bytes());
    feeds.once().await;
    assert_eq!(node.fetched(), [""; 0], "nothing says that it changed");
    let b = csaf("B", "CVE-2026-2");
    node.rolie(
        "NEW",
        &[Listed("/d/a.json", "2026-01-01", &a), Listed("/d/b.json", "2026-01-01", &b)],
    );
    feeds.once().await;
    assert_eq!(node.fetched(), ["/d/b.json"]);
    assert_eq!((node.advisories().len(), node.quarantined("psirt").len()), (2, 0));
}

#[tokio::test]
async fn a_folder_with_changes_is_as_good_as_a_feed() {
    let node = Node::new().await;
    let at = node.provider.url("/d");
    node.provider.put(
        "/pmd.json",
        format!(r#"{{"role": "csaf_publisher", "distributions": [{{"directory_url": "{at}"}}]}}"#),
    );
    node.provider.put("/d/2026/a.json", csaf("A", "CVE-2026-1"));
    node.provider.put("/d/2026/b.json", csaf("B", "CVE-2026-2"));
    node.provider.put("/d/index.txt", "2026/a.json\n2026/b.json\n");
    let feeds = node.csaf();
    feeds.once().await;
    assert_eq!(node.advisories().len(), 2);
    node.provider.put("/d/2026/b.json", csaf("B", "CVE-2026-3"));
    node.provider.put("/d/changes.csv", "2026/b.json,2026-02-01T00:00:00Z\n");
    let report = feeds.once().await;
    assert!(report.failed.is_empty(), "{:?}", report.failed);
    assert_eq!(node.advisories(), ["CVE-2026-3"]);
}
