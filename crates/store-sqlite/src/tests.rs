//! The suite on a real file, and what is SQLite's own.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use bongsu_authority::CaseId;
use bongsu_authority::access::Action;
use bongsu_response::Wish;
use bongsu_store::Error;
use bongsu_store::port::{Engine, Fault, FaultKind, Value};
use bongsu_store::schema::KEYS;
use bongsu_store::suite::Ground;
use bongsu_store::suite::world::{ANALYST, On, World, check, open, open_on};

use crate::Sqlite;

/// A folder that goes away with the test.
struct Folder {
    path: PathBuf,
}

impl Folder {
    fn new() -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("bongsu-store-{}-{number}", std::process::id());
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path).unwrap();
        Self { path }
    }

    fn database(&self) -> PathBuf {
        self.path.join("node.db")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.path);
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
        let mut bytes = Vec::new();
        for file in std::fs::read_dir(&self.path).unwrap() {
            bytes.extend(std::fs::read(file.unwrap().path()).unwrap());
        }
        bytes
    }

    fn another(&self) -> Box<dyn Ground> {
        Box::new(Self::new())
    }

    fn restore(&self, backup: &Path) -> bool {
        for ending in ["", "-wal", "-shm"] {
            let mut path = self.database().into_os_string();
            path.push(ending);
            let _ = std::fs::remove_file(path);
        }
        std::fs::copy(backup, self.database()).is_ok()
    }
}

bongsu_store::suite!(|| Some(super::Folder::new()));

#[test]
fn nobody_else_on_the_machine_reads_the_database_or_a_copy_of_it() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::new();
    let mut engine = folder.engine().unwrap();
    engine.migrate().unwrap();
    engine.backup(&folder.path.join("copy.db")).unwrap();
    for file in std::fs::read_dir(&folder.path).unwrap() {
        let file = file.unwrap();
        let mode = file.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{}", file.path().display());
    }
}

#[test]
fn a_second_process_is_told_which_one_has_the_file() {
    let folder = Folder::new();
    let first = folder.engine().unwrap();
    let second = Sqlite::open(&folder.database()).unwrap_err();
    assert_eq!(second.kind, FaultKind::Locked);
    let said = second.source.unwrap().to_string();
    assert!(said.contains(&format!("process {}", std::process::id())), "{said}");
    drop(first);
    assert!(folder.engine().is_ok());
}

#[test]
fn a_full_disk_loses_nothing_and_says_so() {
    let folder = Folder::new();
    let engine = Sqlite::open(&folder.database()).unwrap();
    engine.connection.execute_batch("PRAGMA max_page_count = 120").unwrap();
    let store = open_on(Box::new(engine), &folder).unwrap();
    let mut world = World::new(1, 2);
    world.settle(&store);
    let full = loop {
        let (case, size) = (CaseId(world.id()), check(&store));
        let opening = World::opening("a flaw");
        let wish = Wish::OpenCase { case, opening };
        match world.ask(&store, ANALYST, Action::OpenCase, On::Case(case), wish) {
            Ok(receipt) => assert_eq!(receipt.entry, size),
            Err(error) => {
                assert_eq!(check(&store), size, "nothing of it was recorded");
                break error;
            }
        }
    };
    let (Error::Nothing(fault) | Error::Unknown(fault)) = full else { panic!("{full:?}") };
    assert_eq!(fault.kind, FaultKind::Full);
    drop(store);
    let store = open(&folder);
    world.open_case(&store, "there is room again");
    check(&store);
}

#[test]
fn a_file_of_a_newer_program_is_left_alone() {
    let folder = Folder::new();
    let mut engine = Sqlite::open(&folder.database()).unwrap();
    engine.migrate().unwrap();
    engine.connection.execute("UPDATE meta SET value = x'63' WHERE name = 'schema'", ()).unwrap();
    assert_eq!(engine.migrate().unwrap_err().kind, FaultKind::Newer);
}

#[test]
fn something_else_is_not_taken_for_a_database() {
    let folder = Folder::new();
    std::fs::write(folder.database(), vec![7; 8192]).unwrap();
    assert_eq!(Sqlite::open(&folder.database()).unwrap_err().kind, FaultKind::Damaged);
}

#[test]
fn a_backup_does_not_overwrite_another() {
    let folder = Folder::new();
    let mut engine = folder.engine().unwrap();
    engine.migrate().unwrap();
    let to = folder.path.join("backup");
    engine.backup(&to).unwrap();
    assert!(engine.backup(&to).is_err());
}

#[test]
fn a_file_that_may_not_grow_is_a_full_disk() {
    let folder = Folder::new();
    let mut engine = Sqlite::open(&folder.database()).unwrap();
    engine.migrate().unwrap();
    let pages: i64 =
        engine.connection.query_row("PRAGMA page_count", (), |row| row.get(0)).unwrap();
    engine.connection.execute_batch(&format!("PRAGMA max_page_count = {pages}")).unwrap();
    let rows: Vec<_> = (0..64_u8).map(|n| vec![vec![n; 16].into(), vec![n; 4096].into()]).collect();
    let wide: Vec<Vec<Value>> = rows
        .into_iter()
        .map(|row: Vec<Value>| vec![Value::Int(0), row[0].clone(), row[1].clone()])
        .collect();
    let mut tx = engine.begin().unwrap();
    let full = tx.put(&KEYS, &wide).unwrap_err();
    assert_eq!(full.kind, FaultKind::Full);
    assert!(full.to_string().contains("free some space; it happened"), "{full}");
}
