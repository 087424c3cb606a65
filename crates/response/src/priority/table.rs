//! One decision table: a text of rows, read and checked whole.

use std::collections::BTreeMap;
use std::fmt;

use jiff::Timestamp;

use super::{Attention, Decision, Input, Inputs};
use crate::RemediationClass;

/// The longest text of a table we read, in bytes. The largest shipped one has fewer than two thousand.
pub const MAX_TEXT_BYTES: usize = 64 * 1024;

/// What a table decides.
pub trait Outcome: Copy + Eq + fmt::Debug + 'static {
    /// The questions such a table asks, in the order of its columns.
    const COLUMNS: &'static [Input];
    /// Every outcome with its spelling, mildest first.
    const SPELLINGS: &'static [(Self, &'static str)];
    /// The heading of its column.
    const HEADING: &'static str;

    /// Its place among the outcomes: the higher, the stricter.
    fn strictness(self) -> usize {
        let place = Self::SPELLINGS.iter().position(|(outcome, _)| *outcome == self);
        place.expect("a test sees that every outcome is spelled")
    }

    /// How a table writes it.
    fn spelling(self) -> &'static str {
        Self::SPELLINGS[self.strictness()].1
    }
}

impl Outcome for RemediationClass {
    const COLUMNS: &'static [Input] =
        &[Input::Listed, Input::Exposed, Input::Automatable, Input::Impact];
    const SPELLINGS: &'static [(Self, &'static str)] = &[
        (Self::NextUpgrade, "next_upgrade"),
        (Self::SixtyDays, "sixty_days"),
        (Self::FourteenDays, "fourteen_days"),
        (Self::ThreeDays, "three_days"),
        (Self::ThreeDaysForensic, "three_days_forensic"),
    ];
    const HEADING: &'static str = "class";
}

impl Outcome for Attention {
    const COLUMNS: &'static [Input] =
        &[Input::Exploitation, Input::Automatable, Input::Impact, Input::Mission];
    const SPELLINGS: &'static [(Self, &'static str)] = &[
        (Self::Track, "track"),
        (Self::TrackStar, "track*"),
        (Self::Attend, "attend"),
        (Self::Act, "act"),
    ];
    const HEADING: &'static str = "attention";
}

/// A decision table that is complete and without overlaps: every question has exactly one answer.
///
/// - **Shape:** lines `name:`, `version:`, `from:`, `source:` and perhaps `until:` and `eases:`; then a line of column
///   headings; then one row a line, values set apart by commas. A cell holds a value, several set apart by `|`, or `any`.
///   Empty lines and lines beginning with `#` say nothing.
/// - **Errors:** [`TableError`], with the line.
///
/// ```
/// use bongsu_response::RemediationClass;
/// use bongsu_response::priority::{Inputs, Table, shipped_remediation};
///
/// let text = "name: Gaon\nversion: 1\nfrom: 2026-07-01T00:00+09\nsource: Security Coordination Office\n
/// listed,exposed,automatable,impact,class
/// no,no,any,any,fourteen_days
/// no,yes,any,any,three_days
/// yes,any,any,any,three_days_forensic";
/// let table: Table<RemediationClass> = Table::national(text, &shipped_remediation()[0])?;
/// assert_eq!(table.decide(&Inputs::default()).outcome, RemediationClass::ThreeDaysForensic);
/// # Ok::<(), bongsu_response::priority::TableError>(())
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Table<O> {
    name: String,
    version: String,
    from: Timestamp,
    until: Option<Timestamp>,
    source: String,
    eases: Option<String>,
    rows: Vec<Row<O>>,
}

/// One row: for each column the values it takes, and the outcome.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Row<O> {
    /// For each column of the table the places of the values it takes.
    pub takes: Vec<Vec<usize>>,
    /// The outcome.
    pub outcome: O,
}

/// A question to which a table gives a milder answer than another.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Eased<O> {
    /// The row that is milder, from 1.
    pub row: usize,
    /// The question, as `listed=yes, exposed=no`.
    pub question: String,
    /// The milder answer.
    pub to: O,
    /// The answer it is milder than.
    pub than: O,
}

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

impl<O: Outcome> Table<O> {
    /// Reads a table; it need not be compared with any other.
    pub fn read(text: &str) -> Result<Self, TableError> {
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
        head.table(rows)?.checked()
    }

    /// Reads a nation's own table, which may be stricter than `shipped` but not milder, unless it says on which basis.
    pub fn national(text: &str, shipped: &Self) -> Result<Self, TableError> {
        let table = Self::read(text)?;
        match table.milder_than(shipped).into_iter().next() {
            Some(Eased { row, question, to, than }) if table.eases.is_none() => {
                Err(TableError::Milder { row, question, to: to.spelling(), than: than.spelling() })
            }
            _ => Ok(table),
        }
    }

    /// What the table says, taking the worst plausible value for what is not known.
    ///
    /// Of all rows that could still be the right one, the strictest decides; of equals, the first.
    pub fn decide(&self, inputs: &Inputs) -> Decision<O> {
        let known: Vec<_> = O::COLUMNS.iter().map(|column| column.known(inputs)).collect();
        let mut decided: Option<(usize, O)> = None;
        for (number, row) in self.rows.iter().enumerate() {
            let stricter =
                decided.is_none_or(|(_, so_far)| row.outcome.strictness() > so_far.strictness());
            if stricter && row.could_be(&known) {
                decided = Some((number + 1, row.outcome));
            }
        }
        let (row, outcome) = decided.expect("a table was seen to answer every question");
        let unknown = O::COLUMNS.iter().filter(|column| column.known(inputs).is_none());
        Decision {
            outcome,
            table: self.name.clone(),
            version: self.version.clone(),
            source: self.source.clone(),
            row,
            assumed: unknown.copied().collect(),
        }
    }

    /// Every question this table answers more mildly than `other` does.
    pub fn milder_than(&self, other: &Self) -> Vec<Eased<O>> {
        let questions = questions::<O>().into_iter();
        let compared = questions.filter_map(|question| {
            let (row, to) = self.answer(&question)?;
            let (_, than) = other.answer(&question)?;
            let milder = to.strictness() < than.strictness();
            milder.then(|| Eased { row, question: said::<O>(&question), to, than })
        });
        compared.collect()
    }

    /// Is the table in force at `at`?
    pub fn rules(&self, at: Timestamp) -> bool {
        self.from <= at && self.until.is_none_or(|until| at < until)
    }

    /// Its name, such as `CISA BOD 26-04`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its version, as its publisher counts.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// From when on it is in force.
    pub fn from(&self) -> Timestamp {
        self.from
    }

    /// When it ceases to be in force.
    pub fn until(&self) -> Option<Timestamp> {
        self.until
    }

    /// Who published it.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// On which basis it may be milder than what it replaces.
    pub fn eases(&self) -> Option<&str> {
        self.eases.as_deref()
    }

    /// Its rows, as listed.
    pub fn rows(&self) -> &[Row<O>] {
        &self.rows
    }

    fn answer(&self, question: &[usize]) -> Option<(usize, O)> {
        let known: Vec<_> = question.iter().copied().map(Some).collect();
        let row = self.rows.iter().position(|row| row.could_be(&known))?;
        Some((row + 1, self.rows[row].outcome))
    }

    /// Complete, and without overlaps.
    fn checked(self) -> Result<Self, TableError> {
        let mut taken = BTreeMap::new();
        for (number, row) in self.rows.iter().enumerate() {
            for question in product(&row.takes) {
                if let Some(first) = taken.insert(question.clone(), number + 1) {
                    let question = said::<O>(&question);
                    return Err(TableError::Overlap { first, second: number + 1, question });
                }
            }
        }
        match questions::<O>().iter().find(|question| !taken.contains_key(*question)) {
            Some(question) => Err(TableError::Incomplete { question: said::<O>(question) }),
            None => Ok(self),
        }
    }
}

impl<O> Row<O> {
    fn could_be(&self, known: &[Option<usize>]) -> bool {
        self.takes
            .iter()
            .zip(known)
            .all(|(takes, known)| known.is_none_or(|is| takes.contains(&is)))
    }
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

/// Every question such a table must answer, mildest values first.
fn questions<O: Outcome>() -> Vec<Vec<usize>> {
    let all: Vec<_> =
        O::COLUMNS.iter().map(|column| (0..column.values().len()).collect()).collect();
    product(&all)
}

fn product(takes: &[Vec<usize>]) -> Vec<Vec<usize>> {
    takes.iter().fold(vec![Vec::new()], |before, values| {
        let longer = before.iter().flat_map(|start| {
            values.iter().map(move |value| start.iter().copied().chain([*value]).collect())
        });
        longer.collect()
    })
}

fn said<O: Outcome>(question: &[usize]) -> String {
    let said = O::COLUMNS.iter().zip(question);
    let said: Vec<_> = said
        .map(|(column, value)| format!("{}={}", column.name(), column.values()[*value]))
        .collect();
    said.join(", ")
}

fn listed(values: impl Iterator<Item = &'static str>) -> String {
    values.collect::<Vec<_>>().join(", ")
}
