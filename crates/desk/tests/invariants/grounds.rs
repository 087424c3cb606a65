//! Where a desk can be opened: a SQLite file, in memory where the machine has a file system there, or a private server.

use std::path::{Path, PathBuf};
use std::sync::Once;
use std::sync::atomic::{AtomicU32, Ordering};

use bongsu_authority::access::Engine as Part;
use bongsu_desk::{Desk, OpenError, TERMINAL, Who};
use bongsu_response::Wish;
use bongsu_store::port::Engine;
use bongsu_store::suite::{Seeded, world::secrets};
use bongsu_store::{Options, Store};
use bongsu_store_postgres::{Postgres, PowerLoss};
use bongsu_store_sqlite::Sqlite;

use crate::cluster::{self, Cluster};
use crate::world::World;

/// A place for one database, with a folder for files beside it.
pub(crate) struct Ground {
    folder: Folder,
    drill: bool,
    server: Option<(&'static Cluster, String)>,
}

impl Ground {
    /// A SQLite file.
    pub(crate) fn sqlite() -> Self {
        Self { folder: Folder::new(), drill: false, server: None }
    }

    /// A database on a PostgreSQL server; none where that is not installed.
    pub(crate) fn postgres() -> Option<Self> {
        static HURRIED: Once = Once::new();
        let cluster = cluster::shared()?;
        // What survives a loss of power is tested elsewhere; here thousands of commits need not wait for the disk.
        HURRIED.call_once(|| {
            let mut admin = cluster.admin("postgres");
            admin.execute("ALTER SYSTEM SET fsync = off", &[]).expect("it is set");
            admin.execute("SELECT pg_reload_conf()", &[]).expect("it is read");
        });
        Some(Self {
            folder: Folder::new(),
            drill: false,
            server: Some((cluster, cluster.database())),
        })
    }

    /// Both, as far as they are there.
    pub(crate) fn all() -> Vec<Self> {
        std::iter::once(Self::sqlite()).chain(Self::postgres()).collect()
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder.0
    }

    pub(crate) fn name(&self) -> &'static str {
        if self.server.is_some() { "PostgreSQL" } else { "SQLite" }
    }

    /// The server, where there is one, and the URL of the database.
    pub(crate) fn server(&self) -> Option<(&'static Cluster, &str)> {
        self.server.as_ref().map(|(cluster, url)| (*cluster, url.as_str()))
    }

    fn engine(&self) -> Box<dyn Engine> {
        match &self.server {
            Some((_, url)) => {
                Box::new(Postgres::open(url, PowerLoss::Risked).expect("the database opens"))
            }
            None => Box::new(Sqlite::open(&self.folder.0.join("node.db")).expect("a file")),
        }
    }

    /// Opens a desk here.
    pub(crate) fn desk(&self) -> Desk {
        self.try_desk().expect("the desk opens")
    }

    /// The same, in the realm of drills or in the real one.
    pub(crate) fn of_realm(self, drill: bool) -> Self {
        Self { drill, ..self }
    }

    pub(crate) fn try_desk(&self) -> Result<Desk, OpenError> {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let options = Options {
            anchor: Some(self.folder.0.join("anchor")),
            readers: 2,
            drill: self.drill,
            ..Options::new("COORD_PRIV".parse().expect("a station"))
        };
        let store = Store::open(self.engine(), secrets(), &options, Box::new(Seeded(11)))?;
        let chance = Seeded(u64::from(NUMBER.fetch_add(1, Ordering::Relaxed)) << 32);
        Desk::open(store, Box::new(chance), TERMINAL)
    }

    /// Opens a desk with the register of a world.
    pub(crate) fn founded(&self, world: &World) -> Desk {
        let desk = self.desk();
        found(&desk, world);
        desk
    }
}

/// Enters everybody of a world.
pub(crate) fn found(desk: &Desk, world: &World) {
    for wish in world.founding() {
        load(desk, wish, world);
    }
}

/// Enters what the engine that loads the register brings.
fn load(desk: &Desk, wish: Wish, world: &World) {
    desk.record(Who::Engine(Part::Register), wish, world.start).expect("it is entered");
}

/// A folder that goes away with the test; in memory where the machine has a file system there.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let memory = Path::new("/dev/shm");
        let place = if memory.is_dir() { memory.to_owned() } else { std::env::temp_dir() };
        let folder = place.join(format!("bongsu-desk-{}-{number}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        Self(folder)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
