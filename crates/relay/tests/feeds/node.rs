//! A node in a folder of its own, with a provider beside it.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use bongsu_desk::{Desk, Known, Library, TERMINAL};
use bongsu_relay::feeds::suite::Provider;
use bongsu_relay::feeds::{Config, Feed, FeedHealth, Feeds, Held, Kind, health, quarantined};
use bongsu_store::suite::{Seeded, world::secrets};
use bongsu_store::{Options, Store};
use bongsu_store_sqlite::Sqlite;
use jiff::Timestamp;

pub(crate) struct Node {
    pub(crate) provider: Provider,
    pub(crate) desk: Arc<Desk>,
    pub(crate) books: Arc<Library>,
    pub(crate) folder: PathBuf,
}

impl Node {
    pub(crate) async fn new() -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("bongsu-feeds-{}-{number}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&folder).unwrap();
        let provider = Provider::open().await;
        let desk = Arc::new(desk(&folder));
        Self { provider, desk, books: Arc::default(), folder }
    }

    /// The same folder and provider after a restart.
    pub(crate) fn again(mut self) -> Self {
        self.books = Arc::default();
        self
    }

    pub(crate) fn feeds(&self, feeds: Vec<Feed>) -> Feeds {
        self.of(&Config { feeds, coordinator: None })
    }

    pub(crate) fn of(&self, config: &Config) -> Feeds {
        let (desk, library) = (Arc::clone(&self.desk), Arc::clone(&self.books));
        let folder = self.folder.join("feeds");
        Feeds::new(config, &self.provider.egress(), desk, library, &folder).unwrap()
    }

    /// A feed of this provider.
    pub(crate) fn feed(&self, name: &str, kind: Kind, path: &str) -> Feed {
        Feed { url: Some(self.provider.url(path)), ..Feed::new(name, kind) }
    }

    pub(crate) fn known(&self) -> Arc<Known> {
        self.books.known()
    }

    /// Names of the documents that are known, sorted.
    pub(crate) fn advisories(&self) -> Vec<String> {
        let known = self.known();
        let mut all: Vec<String> =
            known.knowledge.advisories().iter().map(|one| one.id.to_string()).collect();
        all.sort();
        all
    }

    pub(crate) fn health(&self, feed: &str) -> FeedHealth {
        let all = health(self.desk.store(), Timestamp::now()).unwrap();
        all.into_iter().find(|one| one.name == feed).unwrap()
    }

    pub(crate) fn quarantined(&self, feed: &str) -> Vec<Held> {
        quarantined(self.desk.store(), feed, 1_000, Timestamp::now()).unwrap()
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

fn desk(folder: &Path) -> Desk {
    let options = Options { readers: 2, ..Options::new("COORD_PRIV".parse().unwrap()) };
    let engine = Box::new(Sqlite::open(&folder.join("node.db")).unwrap());
    let store = Store::open(engine, secrets(), &options, Box::new(Seeded(11))).unwrap();
    Desk::open(store, Box::new(Seeded(12)), TERMINAL).unwrap()
}

/// An OSV document about one package of crates.io.
pub(crate) fn osv(id: &str, package: &str) -> String {
    format!(
        r#"{{"id": "{id}", "modified": "2026-01-01T00:00:00Z", "summary": "{id} in {package}", "affected": [
            {{"package": {{"ecosystem": "crates.io", "name": "{package}"}},
             "ranges": [{{"type": "SEMVER", "events": [{{"introduced": "0"}}, {{"fixed": "2.0.0"}}]}}]}}]}}"#
    )
}

/// A catalogue of exploited vulnerabilities, each entered on this day.
pub(crate) fn kev(rows: &[&str], added: &str) -> String {
    let row = |id: &&str| {
        format!(
            r#"{{"cveID": "{id}", "vendorProject": "Harbour", "product": "Crane", "vulnerabilityName": "{id} in Crane",
                "dateAdded": "{added}", "requiredAction": "Update.", "dueDate": "{added}"}}"#
        )
    };
    let rows: Vec<String> = rows.iter().map(row).collect();
    format!(
        r#"{{"catalogVersion": "1", "dateReleased": "2026-01-01", "vulnerabilities": [{}]}}"#,
        rows.join(",")
    )
}

/// A CSAF document about one flaw.
pub(crate) fn csaf(id: &str, cve: &str) -> String {
    format!(
        r#"{{"document": {{"category": "csaf_security_advisory", "csaf_version": "2.0", "title": "{id}",
            "publisher": {{"name": "Harbour PSIRT", "category": "vendor", "namespace": "https://psirt.example"}},
            "tracking": {{"id": "{id}", "status": "final", "version": "1", "initial_release_date": "2026-01-01T00:00:00Z",
                "current_release_date": "2026-01-01T00:00:00Z", "revision_history": []}}}},
         "product_tree": {{"full_product_names": [{{"product_id": "P1", "name": "Harbour Crane 1.0",
            "product_identification_helper": {{"cpe": "cpe:2.3:a:harbour:crane:1.0:*:*:*:*:*:*:*"}}}}]}},
         "vulnerabilities": [{{"cve": "{cve}", "product_status": {{"known_affected": ["P1"]}}}}]}}"#
    )
}
