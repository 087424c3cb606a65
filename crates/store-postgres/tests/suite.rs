//! The suite that every engine passes, against a real server.
#![allow(clippy::unwrap_used, reason = "functions of tests stand outside of them here")]

mod cluster;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::{env, fs};

use bongsu_store::port::{Engine, Fault, FaultKind};
use bongsu_store::suite::Ground;
use bongsu_store_postgres::{OpenError, Postgres, PowerLoss};
use cluster::Cluster;

/// A database of its own on the server that all tests share, and a folder that goes away with the test.
struct Plot {
    cluster: &'static Cluster,
    url: String,
    folder: PathBuf,
}

impl Plot {
    fn new() -> Option<Self> {
        cluster::shared().map(Self::on)
    }

    fn on(cluster: &'static Cluster) -> Self {
        Self::at(cluster, cluster.database())
    }

    fn at(cluster: &'static Cluster, url: String) -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("bongsu-store-postgres-{}-{number}", std::process::id());
        let folder = env::temp_dir().join(name);
        fs::create_dir(&folder).unwrap();
        Self { cluster, url, folder }
    }
}

impl Drop for Plot {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

impl Ground for Plot {
    fn engine(&self) -> Result<Box<dyn Engine>, Fault> {
        match Postgres::open(&self.url, PowerLoss::Survived) {
            Ok(engine) => Ok(Box::new(engine)),
            Err(OpenError::Fault(fault)) => Err(fault),
            Err(refused) => Err(Fault::new("be opened", FaultKind::System, refused)),
        }
    }

    fn folder(&self) -> &Path {
        &self.folder
    }

    fn bytes(&self) -> Vec<u8> {
        self.cluster.bytes(&self.url)
    }

    fn another(&self) -> Box<dyn Ground> {
        // A schema is made in a fraction of the time of a database, and the suite asks for hundreds.
        Box::new(Self::at(self.cluster, self.cluster.schema(&self.url)))
    }

    fn restore(&self, _: &Path) -> bool {
        false
    }
}

bongsu_store::suite!(super::Plot::new);
