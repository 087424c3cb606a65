//! The national picture: counts over answers in which nobody can be found (domain guide, section 3.1; TLP and need-to-know
//! stay with whoever asks).
//!
//! One fixed partition of the institutions is published for an audience, and nothing else: every total and every query is a
//! sum of what its cells show. Hidden counts enter no published number, so subtracting totals, rows or queries from each
//! other can only give back sums of shown cells. What is left is one row at a time, of which an attacker may know the size
//! from a public register; of each, enough is hidden that this does not help.
//!
//! "Unknown" and "silent" have columns of their own and are never counted as safe. Of the military there is one word for
//! each command and no count.

mod audit;
mod beside;
mod row;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use bongsu_authority::{Domain, NodeCode, Size};

pub use beside::Beside;
pub use row::Shown;

use crate::{Exposure, Status};

/// What an institution's answer amounts to: the columns of the picture.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Standing {
    /// No answer yet: silence is visible as silence.
    Silent,
    /// The institution, or its inventory, does not know.
    Unknown,
    /// Affected and not fixed.
    Open,
    /// Affected, the remaining risk accepted for a time.
    Waived,
    /// Claimed fixed.
    Claimed,
    /// Proved, or closed: nothing is left to do.
    Settled,
    /// Not affected, with a reason.
    NotAffected,
}

impl Standing {
    /// Every column, in order.
    pub const ALL: [Self; 7] = [
        Self::Silent,
        Self::Unknown,
        Self::Open,
        Self::Waived,
        Self::Claimed,
        Self::Settled,
        Self::NotAffected,
    ];

    /// What a status amounts to; `None` where the institution was let go and is not counted.
    pub fn of(status: Status) -> Option<Self> {
        Some(match status {
            Status::Created | Status::Delivered | Status::Unreachable | Status::Acknowledged => {
                Self::Silent
            }
            Status::Unknown => Self::Unknown,
            Status::Affected | Status::Planned | Status::Mitigated | Status::Claimed => Self::Open,
            Status::Waived => Self::Waived,
            Status::Remediated => Self::Claimed,
            Status::Verified | Status::Closed => Self::Settled,
            Status::NotAffected => Self::NotAffected,
            Status::Released => return None,
        })
    }
}

/// So many institutions that are alike: a row of a grouping query, or one institution.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Record {
    /// Their domain.
    pub domain: Domain,
    /// Their competent ministry; of the military, their command.
    pub sector: NodeCode,
    /// Province, 1 to 17, 0 where not stated.
    pub province: u8,
    /// Their size.
    pub size: Size,
    /// Where their obligation stands.
    pub status: Status,
    /// What is known of their exposure.
    pub exposure: Exposure,
    /// How many institutions.
    pub count: u64,
}

/// What the rows of a picture are told apart by, besides the domain.
///
/// One audience gets one choice for one campaign. Two different ones side by side could be subtracted from each other.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum By {
    /// By competent ministry.
    Sector,
    /// By province.
    Province,
    /// By size.
    Size,
    /// By exposure.
    Exposure,
}

/// How small is too small.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Rule {
    cell_at_least: u64,
    group_at_least: u64,
}

impl Rule {
    /// Counts about other sectors: five or more. Source: domain guide, section 3.1.
    pub const OTHER_SECTORS: Self = Self { cell_at_least: 5, group_at_least: 10 };
    /// Counts at the apex: ten or more, of groups of ten or more. Source: threat model, T3.
    pub const APEX: Self = Self { cell_at_least: 10, group_at_least: 10 };

    /// A rule of one's own; never laxer than three a cell, below which hiding can be undone, nor than a cell a group.
    pub fn new(cell_at_least: u64, group_at_least: u64) -> Self {
        let cell_at_least = cell_at_least.max(3);
        Self { cell_at_least, group_at_least: group_at_least.max(cell_at_least) }
    }

    /// The smallest count that is shown.
    pub fn cell_at_least(self) -> u64 {
        self.cell_at_least
    }

    /// The smallest group that gets a row.
    pub fn group_at_least(self) -> u64 {
        self.group_at_least
    }
}

/// A group of institutions: what does not tell groups apart is `None`.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Group {
    /// Their domain.
    pub domain: Domain,
    /// Too small for rows of their own: the groups of the domain that stand together here.
    pub folded: bool,
    /// Their competent ministry.
    pub sector: Option<NodeCode>,
    /// Their province.
    pub province: Option<u8>,
    /// Their size.
    pub size: Option<Size>,
    /// Their exposure.
    pub exposure: Option<Exposure>,
}

/// One row of the picture.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Row {
    /// Whom it counts.
    pub group: Group,
    /// How many institutions, in the order of [`Standing::ALL`].
    pub cells: [Shown; 7],
    /// How many altogether; hidden where the group is too small for a row.
    pub total: Shown,
}

/// A command of the military, in one word.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Word {
    /// Somebody has not answered.
    Silent,
    /// All have answered; somebody does not know.
    Unknown,
    /// All know; somebody is not done.
    Working,
    /// Nothing is left to do.
    Done,
}

/// What is published.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Picture {
    by: BTreeSet<By>,
    rows: Vec<Row>,
    commands: BTreeMap<NodeCode, Word>,
}

impl Picture {
    /// Draws the picture: counts by group, small ones hidden, and a word for each military command.
    pub fn draw(
        records: impl IntoIterator<Item = Record>,
        by: impl IntoIterator<Item = By>,
        rule: Rule,
    ) -> Self {
        let by: BTreeSet<By> = by.into_iter().collect();
        let records: Vec<Record> = records.into_iter().filter(|record| record.count > 0).collect();
        let mut commands: BTreeMap<NodeCode, Word> = BTreeMap::new();
        for record in records.iter().filter(|record| record.domain == Domain::Military) {
            let Some(standing) = Standing::of(record.status) else { continue };
            let word = commands.entry(record.sector.clone()).or_insert(Word::Done);
            *word = word_of(standing).min(*word);
        }
        let counts = counted(&records, &by, rule);
        let rows = counts.into_iter().map(|(group, counts)| drawn(group, counts, rule));
        Self { by, rows: rows.collect(), commands }
    }

    /// Its rows, by domain and then as broken down.
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// The military commands, a word each.
    pub fn commands(&self) -> &BTreeMap<NodeCode, Word> {
        &self.commands
    }

    /// What the rows are told apart by.
    pub fn by(&self) -> &BTreeSet<By> {
        &self.by
    }

    /// How many institutions stand so, in the groups asked for: a sum of what the cells show, and of nothing else.
    pub fn count(&self, standing: Standing, wanted: impl Fn(&Group) -> bool) -> Shown {
        let rows = self.rows.iter().filter(|row| wanted(&row.group));
        row::sum(rows.map(|row| row.cells[standing as usize]))
    }

    /// How many institutions there are in the groups asked for: a sum of what the rows show.
    pub fn institutions(&self, wanted: impl Fn(&Group) -> bool) -> Shown {
        row::sum(self.rows.iter().filter(|row| wanted(&row.group)).map(|row| row.total))
    }
}

fn group(record: &Record, by: &BTreeSet<By>) -> Group {
    Group {
        domain: record.domain,
        folded: false,
        sector: by.contains(&By::Sector).then(|| record.sector.clone()),
        province: by.contains(&By::Province).then_some(record.province),
        size: by.contains(&By::Size).then_some(record.size),
        exposure: by.contains(&By::Exposure).then_some(record.exposure),
    }
}

/// The institutions of each row, those of the military left out.
fn counted<'a>(
    records: impl IntoIterator<Item = &'a Record>,
    by: &BTreeSet<By>,
    rule: Rule,
) -> BTreeMap<Group, [u64; 7]> {
    let mut groups: BTreeMap<Group, [u64; 7]> = BTreeMap::new();
    let civil = |record: &&Record| record.count > 0 && record.domain != Domain::Military;
    for record in records.into_iter().filter(civil) {
        let Some(standing) = Standing::of(record.status) else { continue };
        let cell = &mut groups.entry(group(record, by)).or_default()[standing as usize];
        *cell = cell.saturating_add(record.count);
    }
    folded(groups, rule)
}

/// Groups too small for a row stand together, a row for each domain. Who is folded depends on sizes alone, not on answers.
fn folded(groups: BTreeMap<Group, [u64; 7]>, rule: Rule) -> BTreeMap<Group, [u64; 7]> {
    let mut rows: BTreeMap<Group, [u64; 7]> = BTreeMap::new();
    for (group, counts) in groups {
        let group = if total(&counts) < rule.group_at_least { rest(group.domain) } else { group };
        let row = rows.entry(group).or_default();
        for (sum, count) in row.iter_mut().zip(counts) {
            *sum = sum.saturating_add(count);
        }
    }
    rows
}

fn rest(domain: Domain) -> Group {
    Group { domain, folded: true, sector: None, province: None, size: None, exposure: None }
}

fn drawn(group: Group, counts: [u64; 7], rule: Rule) -> Row {
    let total = total(&counts);
    if total < rule.group_at_least {
        return Row { group, cells: [Shown::Hidden; 7], total: Shown::Hidden };
    }
    Row { group, cells: row::hide(counts, rule.cell_at_least), total: Shown::Exactly(total) }
}

fn total(counts: &[u64; 7]) -> u64 {
    counts.iter().fold(0, |sum, count| sum.saturating_add(*count))
}

fn word_of(standing: Standing) -> Word {
    match standing {
        Standing::Silent => Word::Silent,
        Standing::Unknown => Word::Unknown,
        Standing::Open | Standing::Waived | Standing::Claimed => Word::Working,
        Standing::Settled | Standing::NotAffected => Word::Done,
    }
}
