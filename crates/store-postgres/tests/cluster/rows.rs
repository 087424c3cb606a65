//! Rows for tests, and short ways to ask for them.

use bongsu_store::port::{Ask, Engine, Fault, Read, Row, Value};
use bongsu_store::schema::{Kind, Table};

/// A row of a table: every column says `number` in its own kind, unless it is given.
pub(crate) fn row(table: &Table, number: u32, given: &[(&str, Value)]) -> Vec<Value> {
    let column = |&(name, kind): &(&str, Kind)| {
        if let Some((_, value)) = given.iter().find(|(other, _)| *other == name) {
            return value.clone();
        }
        match kind {
            Kind::Int => Value::Int(number.into()),
            Kind::Bytes => Value::Bytes(id(number).to_vec()),
            Kind::Text => Value::Text(number.to_string()),
        }
    };
    table.columns.iter().map(column).collect()
}

/// An id that says `number`.
pub(crate) fn id(number: u32) -> [u8; 16] {
    u128::from(number).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835).to_be_bytes()
}

/// An id as a value.
pub(crate) fn id_value(number: u32) -> Value {
    Value::Bytes(id(number).to_vec())
}

/// Puts rows into a table, durably.
pub(crate) fn put(engine: &mut dyn Engine, table: &'static Table, rows: &[Vec<Value>]) {
    let mut tx = engine.begin().expect("a transaction");
    tx.put(table, rows).expect("rows go in");
    tx.commit().expect("durable");
}

/// All rows of a statement.
pub(crate) fn all(read: &mut (impl Read + ?Sized), ask: Ask<'_>) -> Result<Vec<Row>, Fault> {
    let mut rows = Vec::new();
    read.rows(ask, &mut |row| {
        rows.push(row.clone());
        Ok(())
    })?;
    Ok(rows)
}

/// The number that a statement gives.
pub(crate) fn number(read: &mut (impl Read + ?Sized), ask: Ask<'_>) -> i64 {
    all(read, ask).expect("rows").first().expect("one row").int(0).expect("a number")
}
