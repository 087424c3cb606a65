//! Moving house: everything from one engine into another, whole or not at all.
//!
//! Rows are copied as they are kept, sealed; the keys that seal them and the log they follow from come with them. The
//! old database is marked, so that nobody writes to it by mistake and the record never goes on in two places.

use crate::error::Error;
use crate::log::head;
use crate::port::{Engine, Fault, Read, Tx, Value, ask};
use crate::schema::{META, TABLES, Table};
use crate::sql;

/// What was moved.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Moved {
    /// Entries of the log.
    pub entries: u64,
    /// Rows of all tables.
    pub rows: u64,
}

/// Why nothing was moved.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Unmoved {
    /// The target holds something.
    #[error("the target is not empty: it has rows in {0}; name an empty database")]
    Occupied(&'static str),
    /// The source was moved before.
    #[error("this database was moved to {0} before: name that one in node.toml")]
    Before(String),
    /// The source is no node's yet.
    #[error("there is nothing to move: this database belongs to no node yet")]
    Empty,
    /// One of the two failed; the target holds nothing.
    #[error(transparent)]
    Fault(#[from] Fault),
    /// What arrived is not what was sent; the target holds nothing.
    #[error("{table} has {sent} rows, of which {arrived} arrived: nothing was moved; try again")]
    Lost {
        /// Which table.
        table: &'static str,
        /// Rows of the source.
        sent: u64,
        /// Rows of the target.
        arrived: u64,
    },
}

/// Rows that are put at once.
const CHUNK: usize = 2_048;

/// Copies everything into an empty database, in one transaction of its own; nobody else writes to the source meanwhile.
///
/// The source is as it was; [`leave`] marks it once the target was looked at.
///
/// # Errors
/// [`Unmoved`]; then the target holds nothing.
pub fn copy(
    from: &mut dyn Engine,
    to: &mut dyn Engine,
    progress: &mut dyn FnMut(u64),
) -> Result<Moved, Unmoved> {
    from.migrate()?;
    to.migrate()?;
    let mut source = from.begin()?;
    if let Some(place) = moved(source.as_mut())? {
        return Err(Unmoved::Before(place));
    }
    let Some((entries, _)) = head(source.as_mut())? else { return Err(Unmoved::Empty) };
    let mut target = to.begin()?;
    for table in TABLES {
        if count(target.as_mut(), table)? > 0 {
            return Err(Unmoved::Occupied(table.name));
        }
    }
    let mut rows = 0;
    for table in TABLES {
        let sent = all(source.as_mut(), target.as_mut(), table)?;
        let arrived = count(target.as_mut(), table)?;
        if sent != arrived {
            return Err(Unmoved::Lost { table: table.name, sent, arrived });
        }
        rows += sent;
        progress(rows);
    }
    target.commit()?;
    Ok(Moved { entries, rows })
}

/// Marks a database as left: no store opens it from now on.
pub fn leave(from: &mut dyn Engine, place: &str) -> Result<(), Fault> {
    let mut tx = from.begin()?;
    tx.put(&META, &[vec![MOVED.into(), Value::Bytes(place.as_bytes().to_vec())]])?;
    tx.commit()
}

/// Refuses a database that was left.
pub(crate) fn is_home(read: &mut dyn Read) -> Result<(), Error> {
    moved(read)?.map_or(Ok(()), |place| Err(Error::Moved(place)))
}

const MOVED: &str = "moved";

/// Facts that belong to the database and not to the node.
const OF_THE_PLACE: [&str; 3] = ["schema", "guard", MOVED];

fn moved(read: &mut dyn Read) -> Result<Option<String>, Fault> {
    let mut place = None;
    read.rows(ask(sql::META, &[MOVED.into()]), &mut |row| {
        place = Some(String::from_utf8_lossy(row.bytes(0)?).into_owned());
        Ok(())
    })?;
    Ok(place)
}

fn is_of_the_node(table: &Table, row: &[Value]) -> bool {
    table.name != META.name
        || !matches!(row.first(), Some(Value::Text(name)) if OF_THE_PLACE.contains(&name.as_str()))
}

fn count(read: &mut dyn Read, table: &'static Table) -> Result<u64, Fault> {
    let mut count = 0;
    read.rows(ask(table.all, &[]), &mut |row| {
        count += u64::from(is_of_the_node(table, &row.0));
        Ok(())
    })?;
    Ok(count)
}

fn all(source: &mut dyn Read, target: &mut dyn Tx, table: &'static Table) -> Result<u64, Fault> {
    let (mut sent, mut chunk) = (0, Vec::with_capacity(CHUNK));
    source.rows(ask(table.all, &[]), &mut |row| {
        if is_of_the_node(table, &row.0) {
            sent += 1;
            chunk.push(row.0.clone());
        }
        if chunk.len() >= CHUNK {
            target.put(table, &chunk)?;
            chunk.clear();
        }
        Ok(())
    })?;
    target.put(table, &chunk)?;
    Ok(sent)
}
