//! The port to an engine: what a database must be able to do for us, and no more.
//!
//! The statements themselves are ours ([`crate::sql`]) and the same for every engine. An engine brings connections,
//! durability and locking. Numbers are 64-bit, ids are 16 bytes, times are microseconds since 1970 in UTC.
//!
//! Statements are written with `$1`, `$2`, … for values. The word `AMONG` in one stands for a sub-select of the ids in
//! [`Ask::among`], so that work over thousands of institutions is one statement:
//!
//! - SQLite: `SELECT unhex(value) FROM json_each(?3)`
//! - PostgreSQL: `SELECT unnest($3::bytea[])`

use std::path::Path;

use crate::schema::Table;

/// One value of a column.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub enum Value {
    /// Nothing.
    Null,
    /// A number, a time, a code or a flag (0 or 1).
    Int(i64),
    /// Bytes: an id, a digest, something sealed.
    Bytes(Vec<u8>),
    /// A code as text.
    Text(String),
}

/// One statement with its values.
#[derive(Clone, Copy, Debug)]
pub struct Ask<'a> {
    /// The statement, a constant: engines may keep it prepared by its text.
    pub sql: &'static str,
    /// Values of `$1`, `$2`, ….
    pub with: &'a [Value],
    /// Ids that the word `AMONG` stands for.
    pub among: Option<&'a [[u8; 16]]>,
}

/// A statement with its values.
pub fn ask<'a>(sql: &'static str, with: &'a [Value]) -> Ask<'a> {
    Ask { sql, with, among: None }
}

impl<'a> Ask<'a> {
    /// The same, over these ids.
    #[must_use]
    pub fn among(self, ids: &'a [[u8; 16]]) -> Self {
        Self { among: Some(ids), ..self }
    }
}

/// A database that one node writes to.
pub trait Engine: Send {
    /// Makes missing tables and columns: runs each of [`crate::schema::migrations`] that has not run yet, in one
    /// transaction, and remembers the number in `meta`.
    fn migrate(&mut self) -> Result<(), Fault>;

    /// Begins the one transaction that may write to the log.
    ///
    /// Waits until no other process or replica is in one, and keeps the others out until it ends: SQLite
    /// `BEGIN IMMEDIATE`, PostgreSQL a lock on the row of `head`. Dropped without a commit, it leaves nothing behind.
    fn begin(&mut self) -> Result<Box<dyn Tx + '_>, Fault>;

    /// A connection for reading beside the writer.
    fn reader(&self) -> Result<Box<dyn Reader>, Fault>;

    /// Makes ready to write again after this kind of trouble: a fresh connection, to whoever is the primary now. What was
    /// under way is rolled back, or was committed; the caller finds out which, and never sends it again blindly.
    ///
    /// [`FaultKind::Unsupported`] where going on in this process could lose what was acknowledged.
    fn mend(&mut self, after: FaultKind) -> Result<(), Fault> {
        let said = format!("after this it is opened anew by a new process: {after}");
        Err(Fault::new("go on", FaultKind::Unsupported, said))
    }

    /// Writes a copy of the whole database, as of one instant, into a new file, and syncs it.
    ///
    /// An engine whose backups are made by tools of its own returns a fault that names them.
    fn backup(&mut self, to: &Path) -> Result<(), Fault>;
}

/// Rows can be asked for here.
pub trait Read {
    /// Runs a statement that gives rows, and shows them one after another.
    fn rows(&mut self, ask: Ask<'_>, each: Each<'_>) -> Result<(), Fault>;
}

/// Takes one row; a fault ends the reading.
pub type Each<'a> = &'a mut dyn FnMut(&Row) -> Result<(), Fault>;

/// The transaction that writes.
pub trait Tx: Read {
    /// Runs a statement and says how many rows it changed.
    fn run(&mut self, ask: Ask<'_>) -> Result<u64, Fault>;

    /// Puts rows into a table, in as few statements as the engine can; a row whose key is there is replaced.
    ///
    /// Each row has one value for each of [`Table::columns`], in that order.
    fn put(&mut self, table: &'static Table, rows: &[Vec<Value>]) -> Result<(), Fault>;

    /// Ends the transaction. When this returns, what it wrote survives a loss of power.
    ///
    /// An error means that nobody knows whether it was written; the writer never tries it again, and writes nothing more
    /// before [`Engine::mend`] and a look at the log.
    fn commit(self: Box<Self>) -> Result<(), Fault>;
}

/// A connection for reading.
pub trait Reader: Send {
    /// Begins to read the state as of one instant; ends when dropped.
    fn snapshot(&mut self, scope: Scope) -> Result<Box<dyn Read + '_>, Fault>;
}

/// Whose rows may be seen at all. Engines with row security enforce it as a second net; the permit is the first.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Scope {
    /// Everything the node has.
    Node,
    /// Rows of one institution.
    Institution([u8; 16]),
}

/// One row, column after column.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Row(pub Vec<Value>);

impl Row {
    /// A number.
    pub fn int(&self, column: usize) -> Result<i64, Fault> {
        self.maybe_int(column)?.ok_or_else(|| Fault::shape(column, "a number"))
    }

    /// A number, or nothing.
    pub fn maybe_int(&self, column: usize) -> Result<Option<i64>, Fault> {
        match self.0.get(column) {
            Some(Value::Int(number)) => Ok(Some(*number)),
            Some(Value::Null) => Ok(None),
            _ => Err(Fault::shape(column, "a number")),
        }
    }

    /// Bytes.
    pub fn bytes(&self, column: usize) -> Result<&[u8], Fault> {
        self.maybe_bytes(column)?.ok_or_else(|| Fault::shape(column, "bytes"))
    }

    /// Bytes, or nothing.
    pub fn maybe_bytes(&self, column: usize) -> Result<Option<&[u8]>, Fault> {
        match self.0.get(column) {
            Some(Value::Bytes(bytes)) => Ok(Some(bytes)),
            Some(Value::Null) => Ok(None),
            _ => Err(Fault::shape(column, "bytes")),
        }
    }

    /// Bytes of a known length.
    pub fn array<const N: usize>(&self, column: usize) -> Result<[u8; N], Fault> {
        self.bytes(column)?.try_into().map_err(|_| Fault::shape(column, "bytes of another length"))
    }

    /// Text.
    pub fn text(&self, column: usize) -> Result<&str, Fault> {
        self.maybe_text(column)?.ok_or_else(|| Fault::shape(column, "text"))
    }

    /// Text, or nothing.
    pub fn maybe_text(&self, column: usize) -> Result<Option<&str>, Fault> {
        match self.0.get(column) {
            Some(Value::Text(text)) => Ok(Some(text)),
            Some(Value::Null) => Ok(None),
            _ => Err(Fault::shape(column, "text")),
        }
    }
}

/// What went wrong in an engine.
#[derive(Debug, thiserror::Error)]
#[error("{kind} while the database was to {doing}")]
pub struct Fault {
    /// What was being done, as it follows "was to".
    pub doing: &'static str,
    /// What kind of trouble it is.
    pub kind: FaultKind,
    /// What the engine said.
    pub source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

/// What kind of trouble.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum FaultKind {
    /// No room is left.
    #[error("the disk is full: free some space; it happened")]
    Full,
    /// Another process has it.
    #[error("another process uses the database: stop it first; it happened")]
    Locked,
    /// It is not what we wrote.
    #[error("the database is damaged: restore a backup; it was seen")]
    Damaged,
    /// It was made by a newer program.
    #[error("the database was made by a newer version of the program: use that one; it was seen")]
    Newer,
    /// The connection was lost, or the server is not there.
    #[error("the database cannot be reached: check that it runs; it was noticed")]
    Unreachable,
    /// The engine cannot do this itself.
    #[error("this database has tools of its own for that; it was noticed")]
    Unsupported,
    /// The disk or the system failed.
    #[error("the disk or the system failed: check it before starting again; it happened")]
    System,
    /// The statement was refused: a bug of ours.
    #[error("a statement was refused, which is a bug; it happened")]
    Statement,
}

impl Fault {
    /// A fault with what the engine said.
    pub fn new(
        doing: &'static str,
        kind: FaultKind,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        Self { doing, kind, source: Some(source.into()) }
    }

    fn shape(column: usize, wanted: &str) -> Self {
        let said = format!("column {column} of a row does not hold {wanted}");
        Self::new("read a row", FaultKind::Damaged, said)
    }
}

/// An id as a value.
pub fn id(bytes: [u8; 16]) -> Value {
    Value::Bytes(bytes.to_vec())
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Int(number)
    }
}

impl From<Option<i64>> for Value {
    fn from(number: Option<i64>) -> Self {
        number.map_or(Self::Null, Self::Int)
    }
}

impl From<Vec<u8>> for Value {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Bytes(bytes)
    }
}

impl From<Option<Vec<u8>>> for Value {
    fn from(bytes: Option<Vec<u8>>) -> Self {
        bytes.map_or(Self::Null, Self::Bytes)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<Option<&str>> for Value {
    fn from(text: Option<&str>) -> Self {
        text.map_or(Self::Null, Self::from)
    }
}
