//! A connection for reading beside the writer.

use bongsu_store::port::{Ask, Each, Fault, Read, Reader, Scope};
use rusqlite::Connection;

use crate::fault::Doing;
use crate::tx::rows;

/// Reads; SQLite has no row security, so the scope changes nothing here and the permit carries the weight.
pub(crate) struct Reading {
    connection: Connection,
}

impl Reading {
    pub(crate) fn new(connection: Connection) -> Result<Self, Fault> {
        connection.execute_batch("PRAGMA query_only = ON").doing("be opened for reading")?;
        Ok(Self { connection })
    }
}

impl Reader for Reading {
    fn snapshot(&mut self, _: Scope) -> Result<Box<dyn Read + '_>, Fault> {
        self.connection.execute_batch("BEGIN").doing("begin to read")?;
        Ok(Box::new(Snapshot { connection: &self.connection }))
    }
}

/// The state as of one instant.
struct Snapshot<'a> {
    connection: &'a Connection,
}

impl Read for Snapshot<'_> {
    fn rows(&mut self, ask: Ask<'_>, each: Each<'_>) -> Result<(), Fault> {
        rows(self.connection, ask, each)
    }
}

impl Drop for Snapshot<'_> {
    fn drop(&mut self) {
        let _ = self.connection.execute_batch("ROLLBACK");
    }
}
