//! One decision table: what it says, and whether it says one thing to every question.

use std::collections::BTreeMap;
use std::fmt;

use jiff::Timestamp;

use super::reading::{self, TableError};
use super::{Attention, Decision, Input, Inputs};
use crate::RemediationClass;

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
    pub(super) name: String,
    pub(super) version: String,
    pub(super) from: Timestamp,
    pub(super) until: Option<Timestamp>,
    pub(super) source: String,
    pub(super) eases: Option<String>,
    pub(super) rows: Vec<Row<O>>,
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

impl<O: Outcome> Table<O> {
    /// Reads a table; it need not be compared with any other.
    pub fn read(text: &str) -> Result<Self, TableError> {
        reading::table(text)?.checked()
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
