//! The transaction that writes, and how statements are run.

use std::collections::HashMap;
use std::fmt::Write;

use bongsu_store::port::{Ask, Each, Fault, Read, Row, Tx, Value};
use bongsu_store::schema::Table;
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{CachedStatement, Connection, ToSql};

use crate::fault::Doing;

/// The one transaction that writes; rolled back when dropped without a commit.
pub(crate) struct Writing<'a> {
    connection: &'a Connection,
    inserts: &'a HashMap<&'static str, String>,
    open: bool,
}

impl<'a> Writing<'a> {
    pub(crate) fn begin(
        connection: &'a Connection,
        inserts: &'a HashMap<&'static str, String>,
    ) -> Result<Self, Fault> {
        connection.execute_batch("BEGIN IMMEDIATE").doing("begin to write")?;
        Ok(Self { connection, inserts, open: true })
    }
}

impl Read for Writing<'_> {
    fn rows(&mut self, ask: Ask<'_>, each: Each<'_>) -> Result<(), Fault> {
        rows(self.connection, ask, each)
    }
}

impl Tx for Writing<'_> {
    fn run(&mut self, ask: Ask<'_>) -> Result<u64, Fault> {
        let mut statement = bound(self.connection, ask)?;
        let changed = statement.raw_execute().doing("change rows")?;
        Ok(changed as u64)
    }

    fn put(&mut self, table: &'static Table, rows: &[Vec<Value>]) -> Result<(), Fault> {
        let doing = "put rows into a table";
        let mut statement =
            self.connection.prepare_cached(&self.inserts[table.name]).doing(doing)?;
        for row in rows {
            for (value, place) in row.iter().zip(1..) {
                statement.raw_bind_parameter(place, Bound(value)).doing(doing)?;
            }
            statement.raw_execute().doing(doing)?;
        }
        Ok(())
    }

    fn commit(mut self: Box<Self>) -> Result<(), Fault> {
        self.connection.execute_batch("COMMIT").doing("make a transaction durable")?;
        self.open = false;
        Ok(())
    }
}

impl Drop for Writing<'_> {
    fn drop(&mut self) {
        if self.open {
            // Where this fails SQLite has rolled back by itself, or the connection is lost.
            let _ = self.connection.execute_batch("ROLLBACK");
        }
    }
}

/// Shows the rows of a statement one after another.
pub(crate) fn rows(connection: &Connection, ask: Ask<'_>, each: Each<'_>) -> Result<(), Fault> {
    let doing = "give rows";
    let mut statement = bound(connection, ask)?;
    let columns = statement.column_count();
    let mut rows = statement.raw_query();
    while let Some(row) = rows.next().doing(doing)? {
        let value = |column| row.get_ref(column).doing(doing).map(owned);
        each(&Row((0..columns).map(value).collect::<Result<_, _>>()?))?;
    }
    Ok(())
}

fn bound<'a>(connection: &'a Connection, ask: Ask<'_>) -> Result<CachedStatement<'a>, Fault> {
    let doing = "read a statement";
    let mut text = ask.sql.replace('$', "?");
    if ask.among.is_some() {
        let place = ask.with.len() + 1;
        text = text.replace("AMONG", &format!("SELECT unhex(value) FROM json_each(?{place})"));
    }
    let mut statement = connection.prepare_cached(&text).doing(doing)?;
    for (value, place) in ask.with.iter().zip(1..) {
        statement.raw_bind_parameter(place, Bound(value)).doing(doing)?;
    }
    if let Some(ids) = ask.among {
        statement.raw_bind_parameter(ask.with.len() + 1, listed(ids)).doing(doing)?;
    }
    Ok(statement)
}

/// Ids as a JSON array of hex digits.
fn listed(ids: &[[u8; 16]]) -> String {
    let mut text = String::with_capacity(ids.len() * 35 + 2);
    text.push('[');
    for (number, id) in ids.iter().enumerate() {
        let comma = if number == 0 { "" } else { "," };
        write!(text, "{comma}\"{:032x}\"", u128::from_be_bytes(*id)).expect("a string takes text");
    }
    text.push(']');
    text
}

/// A value of ours on its way in.
struct Bound<'a>(&'a Value);

impl ToSql for Bound<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self.0 {
            Value::Null => ValueRef::Null,
            Value::Int(number) => ValueRef::Integer(*number),
            Value::Bytes(bytes) => ValueRef::Blob(bytes),
            Value::Text(text) => ValueRef::Text(text.as_bytes()),
        }))
    }
}

/// A value on its way out. There are no floating-point columns; one would come out as nothing and be refused.
fn owned(value: ValueRef<'_>) -> Value {
    match value {
        ValueRef::Null | ValueRef::Real(_) => Value::Null,
        ValueRef::Integer(number) => Value::Int(number),
        ValueRef::Blob(bytes) => Value::Bytes(bytes.to_vec()),
        ValueRef::Text(text) => Value::Text(String::from_utf8_lossy(text).into_owned()),
    }
}
