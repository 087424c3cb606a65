//! A folder with a database.
#![allow(dead_code, reason = "each test binary uses its own part")]

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use bongsu_store::port::{Engine, Fault};
use bongsu_store::suite::Ground;
use bongsu_store_sqlite::Sqlite;

/// A folder with a database; it goes away with the one that made it.
#[derive(Debug)]
pub(crate) struct Folder {
    path: PathBuf,
    ours: bool,
}

impl Folder {
    /// A fresh one.
    pub(crate) fn new() -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("bongsu-store-sqlite-{}-{number}", std::process::id());
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path).unwrap();
        Self { path, ours: true }
    }

    /// Somebody else's.
    pub(crate) fn of(path: PathBuf) -> Self {
        Self { path, ours: false }
    }

    /// Where its database is.
    pub(crate) fn database(&self) -> PathBuf {
        self.path.join("node.db")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if self.ours {
            let _ = std::fs::remove_dir_all(&self.path);
        }
    }
}

impl Ground for Folder {
    fn engine(&self) -> Result<Box<dyn Engine>, Fault> {
        Ok(Box::new(Sqlite::open(&self.database())?))
    }

    fn folder(&self) -> &Path {
        &self.path
    }

    fn bytes(&self) -> Vec<u8> {
        Vec::new()
    }

    fn another(&self) -> Box<dyn Ground> {
        Box::new(Self::new())
    }

    fn restore(&self, _: &Path) -> bool {
        false
    }
}
