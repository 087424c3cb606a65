//! Values that hold for a time: names, leads and levels change, the code does not.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A value with the time for which it holds.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Dated<T> {
    /// The first instant of it.
    pub from: Timestamp,
    /// The first instant after it, if an end is set.
    pub until: Option<Timestamp>,
    /// What holds.
    pub value: T,
}

impl<T> Dated<T> {
    /// Does it hold at this instant?
    pub fn holds_at(&self, at: Timestamp) -> bool {
        self.from <= at && self.until.is_none_or(|until| at < until)
    }

    /// Is there an instant at which both hold?
    pub fn overlaps(&self, other: &Self) -> bool {
        overlap((self.from, self.until), (other.from, other.until))
    }
}

/// Is there an instant in both? An end that is not set never comes.
pub(crate) fn overlap(
    one: (Timestamp, Option<Timestamp>),
    other: (Timestamp, Option<Timestamp>),
) -> bool {
    one.1.is_none_or(|until| other.0 < until) && other.1.is_none_or(|until| one.0 < until)
}

/// Dated values of which at most one holds at any instant.
///
/// ```
/// use bongsu_authority::{Dated, Table};
///
/// let renamed = "2026-01-02T00:00:00Z".parse()?;
/// let table = Table::new(vec![
///     Dated { from: "2020-01-01T00:00:00Z".parse()?, until: Some(renamed), value: "old name" },
///     Dated { from: renamed, until: None, value: "new name" },
/// ])?;
/// assert_eq!(table.at(renamed), Some(&"new name"));
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// ```
///
/// - **Shape:** a list, earliest first, without overlaps; gaps are allowed.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(
    try_from = "Vec<Dated<T>>",
    into = "Vec<Dated<T>>",
    bound(serialize = "T: Clone + Serialize")
)]
pub struct Table<T>(Vec<Dated<T>>);

/// Why dated values are not a table.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum TableError {
    /// An end before the beginning.
    #[error("the row from {0} ends before it begins: set a later end or none")]
    EndsBeforeItBegins(Timestamp),
    /// Two at once.
    #[error("the row from {0} begins before the one before it ends: end that one first")]
    Overlap(Timestamp),
}

impl<T> Table<T> {
    /// A table of these rows, in any order.
    ///
    /// # Errors
    /// [`TableError`]: a row ends before it begins, or two hold at once.
    pub fn new(mut rows: Vec<Dated<T>>) -> Result<Self, TableError> {
        rows.sort_by_key(|row| row.from);
        if let Some(row) = rows.iter().find(|row| row.until.is_some_and(|until| until < row.from)) {
            return Err(TableError::EndsBeforeItBegins(row.from));
        }
        if let Some(pair) = rows.windows(2).find(|pair| pair[0].overlaps(&pair[1])) {
            return Err(TableError::Overlap(pair[1].from));
        }
        Ok(Self(rows))
    }

    /// What holds at this instant.
    pub fn at(&self, at: Timestamp) -> Option<&T> {
        let begun = self.0.partition_point(|row| row.from <= at);
        self.0[..begun].iter().rev().find(|row| row.holds_at(at)).map(|row| &row.value)
    }

    /// The rows, earliest first.
    pub fn rows(&self) -> &[Dated<T>] {
        &self.0
    }
}

impl<T> TryFrom<Vec<Dated<T>>> for Table<T> {
    type Error = TableError;

    fn try_from(rows: Vec<Dated<T>>) -> Result<Self, Self::Error> {
        Self::new(rows)
    }
}

impl<T> From<Table<T>> for Vec<Dated<T>> {
    fn from(table: Table<T>) -> Self {
        table.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::collection::vec;
    use proptest::prelude::*;

    fn second(number: i64) -> Timestamp {
        Timestamp::from_second(number).unwrap()
    }

    fn row(from: i64, until: Option<i64>) -> Dated<i64> {
        Dated { from: second(from), until: until.map(second), value: from }
    }

    #[test]
    fn a_table_has_no_instant_with_two_values() {
        #[rustfmt::skip]
        let table = [
            // rows                                      fails                                      why
            (vec![row(0, Some(5)), row(5, None)],        None,                                      "the end is the first instant after"),
            (vec![row(5, None), row(0, Some(5))],        None,                                      "order does not matter"),
            (vec![row(0, Some(6)), row(5, None)],        Some(TableError::Overlap(second(5))),      "two in the sixth second"),
            (vec![row(0, None), row(5, None)],           Some(TableError::Overlap(second(5))),      "no end never ends"),
            (vec![row(5, Some(4))],                      Some(TableError::EndsBeforeItBegins(second(5))), "time runs one way"),
        ];
        for (rows, fails, why) in table {
            assert_eq!(Table::new(rows).err(), fails, "{why}");
        }
    }

    proptest! {
        /// The slow way is the specification: look at every row.
        #[test]
        fn a_table_answers_as_reading_every_row(
            rows in vec((0..20_i64, proptest::option::of(0..20_i64)), 0..5),
            at in -1..21_i64,
        ) {
            let rows: Vec<_> = rows.into_iter().map(|(from, until)| row(from, until)).collect();
            if let Ok(table) = Table::new(rows.clone()) {
                let holding: Vec<_> = rows.iter().filter(|row| row.holds_at(second(at))).collect();
                prop_assert!(holding.len() <= 1);
                prop_assert_eq!(table.at(second(at)), holding.first().map(|row| &row.value));
            }
        }
    }
}
