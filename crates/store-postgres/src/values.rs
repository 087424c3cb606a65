//! Values on their way in and out.

use std::collections::HashSet;
use std::error::Error;

use bongsu_store::port::{self, Fault, FaultKind, Value};
use bongsu_store::schema::{Kind, Table};
use postgres::Row;
use postgres::types::private::BytesMut;
use postgres::types::{FromSql, IsNull, ToSql, Type, accepts, to_sql_checked};

/// A value of ours on its way in.
#[derive(Debug)]
pub(crate) struct Bound<'a>(pub(crate) &'a Value);

impl ToSql for Bound<'_> {
    fn to_sql(
        &self,
        of: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        match self.0 {
            Value::Null => Ok(IsNull::Yes),
            Value::Int(number) if *of == Type::INT8 => number.to_sql(of, out),
            Value::Int(number) if *of == Type::INT4 => i32::try_from(*number)?.to_sql(of, out),
            Value::Int(number) if *of == Type::BOOL => (*number != 0).to_sql(of, out),
            Value::Bytes(bytes) if *of == Type::BYTEA => bytes.to_sql(of, out),
            Value::Text(text) if *of == Type::TEXT => text.to_sql(of, out),
            _ => Err(format!("the statement wants {of} in the place of another value").into()),
        }
    }

    accepts!(INT8, INT4, BOOL, BYTEA, TEXT);
    to_sql_checked!();
}

/// A row on its way out.
pub(crate) fn row(row: &Row) -> Result<port::Row, Fault> {
    let value = |column| {
        row.try_get(column)
            .map(|Owned(value)| value)
            .map_err(|error| Fault::new("read a row", FaultKind::Statement, error))
    };
    (0..row.len()).map(value).collect::<Result<_, _>>().map(port::Row)
}

struct Owned(Value);

impl<'a> FromSql<'a> for Owned {
    fn from_sql(of: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn Error + Sync + Send>> {
        Ok(Self(match *of {
            Type::INT8 => Value::Int(i64::from_sql(of, raw)?),
            Type::INT4 => Value::Int(i32::from_sql(of, raw)?.into()),
            Type::BOOL => Value::Int(bool::from_sql(of, raw)?.into()),
            Type::NUMERIC => {
                Value::Int(whole(raw).ok_or("a sum is not a whole number of 64 bits")?)
            }
            Type::BYTEA => Value::Bytes(raw.to_vec()),
            _ => Value::Text(<&str>::from_sql(of, raw)?.to_owned()),
        }))
    }

    fn from_sql_null(_: &Type) -> Result<Self, Box<dyn Error + Sync + Send>> {
        Ok(Self(Value::Null))
    }

    accepts!(INT8, INT4, BOOL, NUMERIC, BYTEA, TEXT);
}

/// A whole number that was sent as `numeric`, as the sum of a column is.
///
/// - **Shape:** four 16-bit numbers (count of digits, weight of the first, sign, scale), then digits to base 10,000;
///   digits of zero at the end are left out.
/// - **Source:** PostgreSQL, `numeric_send` in `src/backend/utils/adt/numeric.c`.
fn whole(raw: &[u8]) -> Option<i64> {
    let mut words = raw.chunks_exact(2).map(|pair| i16::from_be_bytes([pair[0], pair[1]]));
    let (count, weight) = (words.next()?, words.next()?);
    let (sign, _scale) = (words.next()?, words.next()?);
    if count > weight.checked_add(1)? || !(0..=5).contains(&weight) && count > 0 {
        return None;
    }
    let mut number = 0_i128;
    for digit in words.by_ref().take(usize::try_from(count).ok()?) {
        number = number * 10_000 + i128::from(digit);
    }
    for _ in count..=weight {
        number *= 10_000;
    }
    match sign {
        0 => number.try_into().ok(),
        0x4000 => (-number).try_into().ok(),
        _ => None,
    }
}

/// One statement for any number of rows: each column is one array.
pub(crate) fn insert(table: &Table) -> String {
    let array = |(place, (_, kind)): (usize, &(_, Kind))| {
        let of = match kind {
            Kind::Int => "bigint",
            Kind::Bytes => "bytea",
            Kind::Text => "text",
        };
        format!("${}::{of}[]", place + 1)
    };
    let arrays: Vec<_> = table.columns.iter().enumerate().map(array).collect();
    let (name, columns) = (table.name, table.names());
    let (arrays, replacing) = (arrays.join(", "), table.replacing());
    format!("INSERT INTO {name} ({columns}) SELECT * FROM unnest({arrays}) {replacing}")
}

/// Of rows with one key the last one, for one statement may not replace a row twice.
///
/// # Errors
/// [`FaultKind::Statement`] where a row has more or fewer values than the table has columns.
pub(crate) fn last_of_each_key<'a>(
    table: &Table,
    rows: &'a [Vec<Value>],
) -> Result<Vec<&'a [Value]>, Fault> {
    if rows.iter().any(|row| row.len() != table.columns.len()) {
        let said = format!("a row for `{}` has another number of columns", table.name);
        return Err(Fault::new("put rows into a table", FaultKind::Statement, said));
    }
    let mut seen = HashSet::with_capacity(rows.len());
    let mut kept: Vec<&[Value]> =
        rows.iter().rev().filter(|row| seen.insert(&row[..table.key])).map(Vec::as_slice).collect();
    kept.reverse();
    Ok(kept)
}

/// How many of the first rows go into one statement: at least one, at most [`ROWS`], and about [`BYTES`].
pub(crate) fn portion(rows: &[&[Value]]) -> usize {
    let mut bytes = 0;
    let fit = rows.iter().take_while(|row| {
        bytes += row.iter().map(length).sum::<usize>();
        bytes <= BYTES
    });
    fit.take(ROWS).count().clamp(1, rows.len().max(1))
}

fn length(value: &Value) -> usize {
    match value {
        Value::Null => 4,
        Value::Int(_) => 12,
        Value::Bytes(bytes) => 4 + bytes.len(),
        Value::Text(text) => 4 + text.len(),
    }
}

/// The columns of some rows, each as one array.
pub(crate) fn columns<'a>(
    table: &Table,
    rows: &[&'a [Value]],
) -> Result<Vec<Box<dyn ToSql + Sync + 'a>>, Fault> {
    let kinds = table.columns.iter().map(|(_, kind)| kind).enumerate();
    kinds
        .map(|(place, kind)| {
            let cells = rows.iter().map(|row| &row[place]);
            match kind {
                Kind::Int => array(cells, |value| match value {
                    Value::Int(number) => Some(*number),
                    _ => None,
                }),
                Kind::Bytes => array(cells, |value| match value {
                    Value::Bytes(bytes) => Some(bytes.as_slice()),
                    _ => None,
                }),
                Kind::Text => array(cells, |value| match value {
                    Value::Text(text) => Some(text.as_str()),
                    _ => None,
                }),
            }
        })
        .collect()
}

fn array<'a, T: ToSql + Sync + 'a>(
    cells: impl Iterator<Item = &'a Value>,
    open: impl Fn(&'a Value) -> Option<T>,
) -> Result<Box<dyn ToSql + Sync + 'a>, Fault> {
    let cell = |value| match value {
        &Value::Null => Ok(None),
        value => open(value).map(Some).ok_or_else(|| {
            let said = "a value is of another kind than its column";
            Fault::new("put rows into a table", FaultKind::Statement, said)
        }),
    };
    Ok(Box::new(cells.map(cell).collect::<Result<Vec<_>, _>>()?))
}

/// Rows in one statement: enough that the exchange with the server does not count.
const ROWS: usize = 8192;

/// Bytes in one statement, far below the gigabyte that a message may have.
const BYTES: usize = 8 << 20;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sum_is_read_as_a_whole_number_or_not_at_all() {
        #[rustfmt::skip]
        let table: [(&[i16], Option<i64>, &str); 9] = [
            // words                                         number                   why
            (&[0, 0, 0, 0],                                  Some(0),                 "nothing but zero"),
            (&[1, 0, 0, 0, 42],                              Some(42),                "one digit"),
            (&[1, 1, 0, 0, 3],                               Some(30_000),            "zeros at the end are left out"),
            (&[2, 1, 0x4000, 0, 1, 2],                       Some(-10_002),           "less than zero"),
            (&[5, 4, 0, 0, 922, 3372, 368, 5477, 5807],      Some(i64::MAX),          "the largest"),
            (&[5, 4, 0, 0, 922, 3372, 368, 5477, 5808],      None,                    "one more"),
            (&[1, -1, 0, 1, 5000],                           None,                    "a half"),
            (&[0, 0, -0x4000, 0],                            None,                    "not a number"),
            (&[1, 0, 0],                                     None,                    "torn"),
        ];
        for (words, number, why) in table {
            let raw: Vec<u8> = words.iter().flat_map(|word| word.to_be_bytes()).collect();
            assert_eq!(whole(&raw), number, "{why}");
        }
    }

    #[test]
    fn portions_are_bounded_by_rows_and_by_bytes() {
        let small = vec![Value::Int(1)];
        let large = vec![Value::Bytes(vec![0; BYTES / 2])];
        let huge = vec![Value::Bytes(vec![0; BYTES * 2])];
        assert_eq!(portion(&vec![small.as_slice(); ROWS + 1]), ROWS);
        assert_eq!(portion(&[large.as_slice(), &large, &large]), 1);
        assert_eq!(portion(&[huge.as_slice(), &small]), 1);
    }
}
