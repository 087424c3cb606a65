//! The text of a decision table, read line by line.

use jiff::Timestamp;

use super::Input;
use super::table::{Outcome, Row, Table};

/// The longest text of a table we read, in bytes. The largest shipped one has fewer than two thousand.
pub const MAX_TEXT_BYTES: usize = 64 * 1024;

/// Why a text is not a decision table.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum TableError {
    /// It is too long.
    #[error(
        "the table has {bytes} bytes, over the limit of {MAX_TEXT_BYTES}: leave out what is not a row"
    )]
    TooLong {
        /// How long it is.
        bytes: usize,
    },
    /// A line of the head is missing, or comes twice.
    #[error("the table's head needs exactly one line `{line}: …` before the column headings")]
    Head {
        /// Which line.
        line: &'static str,
    },
    /// A line of the head is not one we know.
    #[error(
        "line {line}: `{text}` is neither `name`, `version`, `from`, `until`, `source` nor `eases`"
    )]
    UnknownHead {
        /// The line, from 1.
        line: usize,
        /// What stands before the colon.
        text: String,
    },
    /// A date is not a time with an offset.
    #[error("line {line}: `{text}` is not a time with an offset, such as 2026-07-01T00:00+09")]
    Time {
        /// The line, from 1.
        line: usize,
        /// What stands there.
        text: String,
    },
    /// It ends before it begins.
    #[error("the table ends before it begins: `until` must be later than `from`")]
    Backwards,
    /// The column headings are not those of this kind of table.
    #[error("line {line}: the columns must be `{wanted}`, in this order")]
    Columns {
        /// The line, from 1.
        line: usize,
        /// The headings wanted.
        wanted: String,
    },
    /// A cell holds a value we do not know.
    #[error("line {line}: `{text}` is not a value of `{column}`; write one of {wanted}")]
    Value {
        /// The line, from 1.
        line: usize,
        /// The column's heading.
        column: &'static str,
        /// What stands there.
        text: String,
        /// The values there are.
        wanted: String,
    },
    /// Two rows answer the same question.
    #[error("rows {first} and {second} both answer {question}: strike one out")]
    Overlap {
        /// The earlier row, from 1.
        first: usize,
        /// The later row, from 1.
        second: usize,
        /// The question, as `listed=yes, exposed=no`.
        question: String,
    },
    /// No row answers a question.
    #[error("no row answers {question}: add one")]
    Incomplete {
        /// The question, as `listed=yes, exposed=no`.
        question: String,
    },
    /// It is milder than the table it replaces and does not say on which basis.
    #[error(
        "row {row} answers {question} with {to}, milder than {than}: make it stricter, or add `eases: …` with the basis"
    )]
    Milder {
        /// The row, from 1.
        row: usize,
        /// The question, as `listed=yes, exposed=no`.
        question: String,
        /// The milder answer.
        to: &'static str,
        /// The answer it is milder than.
        than: &'static str,
    },
}

/// The table a text holds; whether it is complete is not looked at.
pub(super) fn table<O: Outcome>(text: &str) -> Result<Table<O>, TableError> {
    if text.len() > MAX_TEXT_BYTES {
        return Err(TableError::TooLong { bytes: text.len() });
    }
    let mut lines = text
        .lines()
        .enumerate()
        .map(|(number, line)| (number + 1, line.trim()))
        .filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
    let mut head = Head::default();
    for (number, line) in lines.by_ref() {
        let Some((key, value)) = line.split_once(':') else {
            headings::<O>(number, line)?;
            break;
        };
        head.take(number, key.trim(), value.trim())?;
    }
    let rows = lines.map(|(number, line)| row(number, line)).collect::<Result<Vec<_>, _>>()?;
    head.table(rows)
}

/// The head of a table while it is read.
#[derive(Default)]
struct Head {
    name: Option<String>,
    version: Option<String>,
    from: Option<Timestamp>,
    until: Option<Timestamp>,
    source: Option<String>,
    eases: Option<String>,
}

impl Head {
    fn take(&mut self, line: usize, key: &str, value: &str) -> Result<(), TableError> {
        match key {
            "name" => once("name", &mut self.name, value.to_owned()),
            "version" => once("version", &mut self.version, value.to_owned()),
            "from" => once("from", &mut self.from, time(line, value)?),
            "until" => once("until", &mut self.until, time(line, value)?),
            "source" => once("source", &mut self.source, value.to_owned()),
            "eases" => once("eases", &mut self.eases, value.to_owned()),
            _ => Err(TableError::UnknownHead { line, text: key.to_owned() }),
        }
    }

    fn table<O>(self, rows: Vec<Row<O>>) -> Result<Table<O>, TableError> {
        let from = self.from.ok_or(TableError::Head { line: "from" })?;
        if self.until.is_some_and(|until| until <= from) {
            return Err(TableError::Backwards);
        }
        // A basis that says nothing is no basis.
        if self.eases.as_ref().is_some_and(String::is_empty) {
            return Err(TableError::Head { line: "eases" });
        }
        Ok(Table {
            name: filled("name", self.name)?,
            version: filled("version", self.version)?,
            from,
            until: self.until,
            source: filled("source", self.source)?,
            eases: self.eases,
            rows,
        })
    }
}

fn once<T>(line: &'static str, place: &mut Option<T>, value: T) -> Result<(), TableError> {
    match place.replace(value) {
        Some(_) => Err(TableError::Head { line }),
        None => Ok(()),
    }
}

fn filled(line: &'static str, value: Option<String>) -> Result<String, TableError> {
    value.filter(|value| !value.is_empty()).ok_or(TableError::Head { line })
}

fn time(line: usize, text: &str) -> Result<Timestamp, TableError> {
    text.parse().map_err(|_| TableError::Time { line, text: text.to_owned() })
}

fn headings<O: Outcome>(line: usize, text: &str) -> Result<(), TableError> {
    if text.split(',').map(str::trim).eq(wanted::<O>()) {
        return Ok(());
    }
    Err(not_these_columns::<O>(line))
}

fn wanted<O: Outcome>() -> impl Iterator<Item = &'static str> {
    O::COLUMNS.iter().map(|column| column.name()).chain([O::HEADING])
}

fn not_these_columns<O: Outcome>(line: usize) -> TableError {
    TableError::Columns { line, wanted: wanted::<O>().collect::<Vec<_>>().join(",") }
}

fn row<O: Outcome>(line: usize, text: &str) -> Result<Row<O>, TableError> {
    let cells: Vec<_> = text.split(',').map(str::trim).collect();
    let split = cells.split_last().filter(|(_, cells)| cells.len() == O::COLUMNS.len());
    let (last, cells) = split.ok_or_else(|| not_these_columns::<O>(line))?;
    let takes = O::COLUMNS.iter().zip(cells).map(|(column, cell)| values(line, *column, cell));
    let takes = takes.collect::<Result<_, _>>()?;
    let spelled = O::SPELLINGS.iter().find(|(_, spelling)| spelling == last);
    let (outcome, _) = spelled.ok_or_else(|| TableError::Value {
        line,
        column: O::HEADING,
        text: (*last).to_owned(),
        wanted: listed(O::SPELLINGS.iter().map(|(_, spelling)| *spelling)),
    })?;
    Ok(Row { takes, outcome: *outcome })
}

fn values(line: usize, column: Input, cell: &str) -> Result<Vec<usize>, TableError> {
    if cell == "any" {
        return Ok((0..column.values().len()).collect());
    }
    let place = |text: &str| column.values().iter().position(|value| *value == text.trim());
    let places: Option<Vec<_>> = cell.split('|').map(place).collect();
    let mut places = places.ok_or_else(|| TableError::Value {
        line,
        column: column.name(),
        text: cell.to_owned(),
        wanted: listed(column.values().iter().copied()),
    })?;
    places.sort_unstable();
    places.dedup();
    Ok(places)
}

fn listed(values: impl Iterator<Item = &'static str>) -> String {
    values.collect::<Vec<_>>().join(", ")
}
