//! The default engine: one SQLite file, nothing to install, nothing to start.
//!
//! The file is in WAL mode with `synchronous = FULL`: a commit returns after the log of SQLite was synced to the disk.
//! One process writes; readers have connections of their own and never wait for the writer.

mod fault;
mod file;
mod reader;
mod tx;

#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use bongsu_store::port::{Engine, Fault, FaultKind, Reader, Tx};
use bongsu_store::schema::{self, Dialect, TABLES, Table};
use rusqlite::Connection;

use crate::fault::Doing;

/// A SQLite file that this process writes to.
#[derive(Debug)]
pub struct Sqlite {
    path: PathBuf,
    connection: Connection,
    inserts: HashMap<&'static str, String>,
    /// Held for as long as the database is open.
    _lock: file::Lock,
}

impl Sqlite {
    /// Opens a file, and makes it where there is none.
    ///
    /// # Errors
    /// [`FaultKind::Locked`] when another process has it; the message names that process.
    pub fn open(path: &Path) -> Result<Self, Fault> {
        let lock = file::lock(path)?;
        file::make(path)?;
        let connection = file::connect(path)?;
        file::make_durable(&connection)?;
        let inserts = TABLES.iter().map(|table| (table.name, insert(table))).collect();
        Ok(Self { path: path.to_owned(), connection, inserts, _lock: lock })
    }
}

impl Engine for Sqlite {
    fn migrate(&mut self) -> Result<(), Fault> {
        let doing = "make its tables";
        let tx = self.connection.transaction().doing(doing)?;
        let there = "SELECT count(*) FROM sqlite_schema WHERE name = 'meta'";
        let there: i64 = tx.query_row(there, (), |row| row.get(0)).doing(doing)?;
        let ran = if there == 0 { 0 } else { ran(&tx)? };
        let all = schema::migrations(Dialect::Sqlite);
        if ran > all.len() {
            return Err(Fault::new(doing, FaultKind::Newer, format!("schema {ran}")));
        }
        for text in &all[ran..] {
            tx.execute_batch(text).doing(doing)?;
        }
        let number = u8::try_from(all.len()).expect("fewer than 256 migrations");
        let remember = "INSERT INTO meta (name, value) VALUES ('schema', ?1)
            ON CONFLICT (name) DO UPDATE SET value = excluded.value";
        tx.execute(remember, [[number].as_slice()]).doing(doing)?;
        tx.commit().doing(doing)
    }

    fn begin(&mut self) -> Result<Box<dyn Tx + '_>, Fault> {
        Ok(Box::new(tx::Writing::begin(&self.connection, &self.inserts)?))
    }

    fn reader(&self) -> Result<Box<dyn Reader>, Fault> {
        Ok(Box::new(reader::Reading::new(file::connect(&self.path)?)?))
    }

    /// A full disk takes nothing away: what could not be appended to the log of SQLite is not in it. After any other failure
    /// the system may have forgotten what it could not write, so only a new process reads what the disk really has.
    fn mend(&mut self, after: FaultKind) -> Result<(), Fault> {
        if after != FaultKind::Full {
            return Err(Fault::new("go on", FaultKind::Unsupported, after));
        }
        let connection = file::connect(&self.path)?;
        file::make_durable(&connection)?;
        self.connection = connection;
        Ok(())
    }

    fn backup(&mut self, to: &Path) -> Result<(), Fault> {
        file::copy(&self.connection, to)
    }
}

/// How many migrations ran.
fn ran(connection: &Connection) -> Result<usize, Fault> {
    let sql = "SELECT value FROM meta WHERE name = 'schema'";
    let value: Vec<u8> =
        connection.query_row(sql, (), |row| row.get(0)).doing("say its version")?;
    Ok(value.first().copied().unwrap_or_default().into())
}

/// One row in; a prepared statement inside our own process costs no more than a longer one.
fn insert(table: &Table) -> String {
    let places: Vec<_> = (1..=table.columns.len()).map(|place| format!("?{place}")).collect();
    let (name, columns) = (table.name, table.names());
    format!("INSERT INTO {name} ({columns}) VALUES ({}) {}", places.join(", "), table.replacing())
}
