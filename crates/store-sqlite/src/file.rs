//! The file: who has it, how it is opened, how it is copied.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use bongsu_store::port::{Fault, FaultKind};
use rusqlite::backup::Backup;
use rusqlite::{Connection, OpenFlags};

use crate::fault::Doing;

/// Keeps other processes out for as long as it lives.
///
/// A child that is being started holds a copy of every open file for a moment, and with it the lock; so the end of it is
/// said, and not left to the closing of the file.
#[derive(Debug)]
pub(crate) struct Lock(File);

impl Drop for Lock {
    fn drop(&mut self) {
        let _ = self.0.unlock(); // where this fails the file is closed right after
    }
}

/// Keeps other processes out.
pub(crate) fn lock(path: &Path) -> Result<Lock, Fault> {
    let doing = "be locked for this process";
    let open = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(OURS)
        .open(beside(path, "lock"));
    let mut file = open.doing(doing)?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            let mut owner = String::new();
            let _ = file.read_to_string(&mut owner);
            // Between taking the lock and writing its number, a process has no name yet.
            let said = match owner.trim() {
                "" => format!("another process has {}", path.display()),
                owner => format!("process {owner} has {}", path.display()),
            };
            return Err(Fault::new(doing, FaultKind::Locked, said));
        }
        Err(TryLockError::Error(error)) => return Err(error).doing(doing),
    }
    file.set_len(0).and_then(|()| file.rewind()).doing(doing)?;
    writeln!(file, "{}", std::process::id()).doing(doing)?;
    Ok(Lock(file))
}

/// Whoever runs the node, and nobody else: states and counts stand open in the file.
const OURS: u32 = 0o600;

/// Makes the file where there is none; what SQLite puts beside it later has the same mode.
pub(crate) fn make(path: &Path) -> Result<(), Fault> {
    let mut open = OpenOptions::new();
    open.append(true).create(true).mode(OURS).open(path).map(drop).doing("be made")
}

fn beside(path: &Path, extension: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(extension);
    name.into()
}

/// A connection with what every one of ours has.
pub(crate) fn connect(path: &Path) -> Result<Connection, Fault> {
    let doing = "be opened";
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_CREATE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).doing(doing)?;
    connection.busy_timeout(Duration::from_secs(5)).doing(doing)?;
    connection.set_prepared_statement_cache_capacity(128);
    connection.execute_batch(SETTINGS).doing(doing)?;
    Ok(connection)
}

/// Makes a commit mean that the disk has it.
pub(crate) fn make_durable(connection: &Connection) -> Result<(), Fault> {
    let doing = "be set to write-ahead logging";
    let mode = "PRAGMA journal_mode = WAL";
    let mode: String = connection.query_row(mode, (), |row| row.get(0)).doing(doing)?;
    if mode != "wal" {
        let said =
            format!("its journal is `{mode}`; a network folder cannot do it, a local disk can");
        return Err(Fault::new(doing, FaultKind::System, said));
    }
    connection
        .execute_batch("PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 4000;")
        .doing(doing)
}

/// Temporary tables stay in memory: nothing of ours goes to another file. What is deleted is overwritten.
const SETTINGS: &str = "
PRAGMA temp_store = MEMORY;
PRAGMA secure_delete = ON;
PRAGMA trusted_schema = OFF;
PRAGMA cell_size_check = ON;
PRAGMA cache_size = -32768;
";

/// Copies the whole database, as of one instant, into a new file that stands alone.
pub(crate) fn copy(from: &Connection, to: &Path) -> Result<(), Fault> {
    let doing = "be copied";
    if to.exists() {
        let said = format!("{} is there already: choose another name", to.display());
        return Err(Fault::new(doing, FaultKind::System, said));
    }
    make(to)?;
    let mut copy = Connection::open(to).doing(doing)?;
    Backup::new(from, &mut copy)
        .and_then(|backup| backup.run_to_completion(4096, Duration::ZERO, None))
        .doing(doing)?;
    copy.query_row("PRAGMA journal_mode = DELETE", (), |_| Ok(())).doing(doing)?;
    let check = "PRAGMA integrity_check(1)";
    let check: String = copy.query_row(check, (), |row| row.get(0)).doing(doing)?;
    if check != "ok" {
        return Err(Fault::new(doing, FaultKind::Damaged, check));
    }
    copy.close().map_err(|(_, error)| error).doing(doing)?;
    File::open(to).and_then(|file| file.sync_all()).doing(doing)?;
    let folder = to.parent().filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new("."))).and_then(|folder| folder.sync_all()).doing(doing)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_ends_although_a_child_that_starts_still_has_the_file() {
        let path = std::env::temp_dir().join(format!("bongsu-lock-{}", std::process::id()));
        let first = lock(&path).unwrap();
        let of_a_child = first.0.try_clone().unwrap();
        assert_eq!(lock(&path).unwrap_err().kind, FaultKind::Locked);
        drop(first);
        assert!(lock(&path).is_ok());
        drop(of_a_child);
        std::fs::remove_file(beside(&path, "lock")).unwrap();
    }
}
