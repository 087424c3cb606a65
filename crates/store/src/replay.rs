//! Replay: rebuilds the state from the log and compares it with every row.
//!
//! This is the health check. It trusts nothing but the log: each leaf must be the one whose hash is in the tree, each
//! envelope the one the leaf names, each content the one the leaf commits to. Then `response::Nation` folds the entries,
//! and every row must say what the fold says.

use std::collections::HashSet;

use bongsu_authority::{ActId, CaseId, InstitutionId};
use bongsu_ledger::hash::{Hash, leaf_hash};
use bongsu_ledger::leaf::{EntryKind, Leaf, Routing, commit, envelope_digest};
use bongsu_ledger::tree::Frontier;
use bongsu_response::{Entry, Event, Nation, Obligation};

use crate::alerts;
use crate::codes;
use crate::documents;
use crate::error::Error;
use crate::keep::{self, Keeps, read_obligation};
use crate::log::{head, int};
use crate::port::{Read, Row, Scope, ask, id};
use crate::rows::{self, cut, odd};
use crate::sealing::{Keyring, Owner};
use crate::sql;
use crate::store::Store;

/// What a replay found.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Replayed {
    /// Entries that were read.
    pub entries: u64,
    /// Of them those whose key was destroyed; what they said is not compared.
    pub withheld: u64,
    /// The root of the tree over all leaves.
    pub root: Hash,
    /// Rows that were compared.
    pub rows: u64,
    /// The first thing that is wrong; none where all is well.
    pub difference: Option<Difference>,
}

/// Something that is not as the log says.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Difference {
    /// An entry is missing, or one is there twice.
    #[error("entry {expected} of the log is missing; the next one is {found}: restore a backup")]
    Gap {
        /// The position that should have come.
        expected: u64,
        /// The one that came.
        found: u64,
    },
    /// A leaf, an envelope or a content is not the one that was recorded.
    #[error(
        "entry {entry} was changed after it was recorded: its {what} does not match; restore a backup"
    )]
    Changed {
        /// Its position.
        entry: u64,
        /// What does not match.
        what: &'static str,
    },
    /// An entry does not follow from those before it.
    #[error("entry {entry} does not follow from those before it ({why}): restore a backup")]
    Misfit {
        /// Its position.
        entry: u64,
        /// Why.
        why: String,
    },
    /// The leaves do not lead to the head.
    #[error("the head of the log is not that of its {entries} entries: restore a backup")]
    Head {
        /// How many there are.
        entries: u64,
    },
    /// A row does not say what the log says.
    #[error("the row of {table} {row} does not say what the log says: restore a backup")]
    Row {
        /// In which table.
        table: &'static str,
        /// Which one.
        row: String,
    },
    /// There are more or fewer rows than the log knows of.
    #[error("{table} has {rows} rows, the log knows of {log}: restore a backup")]
    Count {
        /// In which table.
        table: &'static str,
        /// Rows there are.
        rows: u64,
        /// Rows there should be.
        log: u64,
    },
}

/// Entries that are read at once.
const CHUNK: u64 = 4096;

/// The columns of an obligation before what is sealed.
const OPEN: usize = 22;

impl Store {
    /// Rebuilds the state from the log and compares it with every row, as of one instant.
    ///
    /// Says after every few thousand entries how many were read.
    pub fn replay(&self, progress: &mut dyn FnMut(u64)) -> Result<Replayed, Error> {
        self.read(Scope::Node, |read| {
            let mut fold = Fold::new(&self.ring);
            let mut difference = fold.entries(read, progress)?;
            if difference.is_none() {
                difference = fold.head(read)?;
            }
            if difference.is_none() {
                difference = fold.rows(read)?;
            }
            Ok(Replayed {
                entries: fold.frontier.size(),
                withheld: fold.withheld,
                root: fold.frontier.root(),
                rows: fold.compared,
                difference,
            })
        })
    }
}

struct Fold<'a> {
    ring: &'a Keyring,
    nation: Nation,
    frontier: Frontier,
    withheld: u64,
    /// Whose keys were destroyed.
    erased: HashSet<Owner>,
    institutions: HashSet<[u8; 16]>,
    appointments: HashSet<[u8; 16]>,
    delegations: HashSet<[u8; 16]>,
    compared: u64,
}

type Found = Result<Option<Difference>, Error>;

impl<'a> Fold<'a> {
    fn new(ring: &'a Keyring) -> Self {
        Self {
            ring,
            nation: Nation::new(),
            frontier: Frontier::new(),
            withheld: 0,
            erased: HashSet::new(),
            institutions: HashSet::new(),
            appointments: HashSet::new(),
            delegations: HashSet::new(),
            compared: 0,
        }
    }

    fn entries(&mut self, read: &mut dyn Read, progress: &mut dyn FnMut(u64)) -> Found {
        loop {
            let from = self.frontier.size();
            let with = [int(from), int(from + CHUNK)];
            let chunk = keep::rows(read, ask(sql::ENTRIES, &with))?;
            if chunk.is_empty() {
                return Ok(None);
            }
            for row in &chunk {
                if let Some(difference) = self.entry(row, read)? {
                    return Ok(Some(difference));
                }
            }
            progress(self.frontier.size());
        }
    }

    fn entry(&mut self, row: &Row, read: &mut dyn Read) -> Found {
        let (entry, expected) = (row.int(0)?.cast_unsigned(), self.frontier.size());
        if entry != expected {
            return Ok(Some(Difference::Gap { expected, found: entry }));
        }
        let changed = |what| Ok(Some(Difference::Changed { entry, what }));
        let (bytes, hash, sealed) = (row.bytes(1)?, Hash(row.array(2)?), row.bytes(5)?);
        if leaf_hash(bytes) != hash {
            return changed("leaf");
        }
        let Ok(leaf) = Leaf::from_bytes(bytes) else { return changed("leaf") };
        self.frontier.append(hash);
        if envelope_digest(sealed) != leaf.envelope {
            return changed("envelope");
        }
        let owner = Owner::from_columns(row.int(3)?, row.array(4)?);
        let owner = owner.ok_or_else(|| odd("no such kind of key"))?;
        let mut open = keep::reading(self.ring, read);
        let Some(opened) = open(owner, "entries", &entry.to_be_bytes(), sealed)? else {
            self.withheld += 1;
            self.erased.insert(owner);
            return Ok(None);
        };
        let Some((salt, content)) = opened.split_first_chunk() else { return changed("content") };
        if commit(salt, content) != leaf.commitment {
            return changed("content");
        }
        let Ok(said) = serde_json::from_slice::<Entry>(content) else { return changed("content") };
        // Statements weigh the heading of a leaf, too: the time of the last entry stands there.
        let Routing { tlp, grade, .. } = leaf.routing;
        let heading = (leaf.kind, leaf.at, tlp, grade);
        let label = (said.label.tlp as u8, said.label.grade as u8);
        let kind = EntryKind(codes::entry_kind(&said.event));
        if heading != (kind, said.at.as_microsecond(), label.0, label.1) {
            return changed("heading");
        }
        self.count(&said.event);
        match self.nation.apply(&said) {
            Ok(()) => Ok(None),
            Err(_) if self.withheld > 0 => Ok(None), // it follows from what was erased
            Err(why) => Ok(Some(Difference::Misfit { entry, why: why.to_string() })),
        }
    }

    fn count(&mut self, event: &Event) {
        match event {
            Event::InstitutionsEnrolled { institutions } => {
                self.institutions.extend(institutions.iter().map(|it| it.id.0));
            }
            Event::OfficersAppointed { appointments } => {
                self.appointments.extend(appointments.iter().map(|it| it.id.0));
            }
            Event::DelegationSigned { delegation } => {
                self.delegations.insert(delegation.id.0);
            }
            _ => {}
        }
    }

    fn head(&self, read: &mut dyn Read) -> Found {
        let ours =
            (self.frontier.size() > 0).then(|| (self.frontier.size(), self.frontier.to_bytes()));
        let same = head(read)? == ours;
        Ok((!same).then_some(Difference::Head { entries: self.frontier.size() }))
    }

    fn rows(&mut self, read: &mut dyn Read) -> Found {
        let steps: [fn(&mut Self, &mut dyn Read) -> Found; 8] = [
            Self::institutions,
            Self::appointments,
            Self::delegations,
            Self::inventories,
            Self::documents,
            Self::alerts,
            Self::cases,
            Self::acts,
        ];
        for step in steps {
            if let Some(difference) = step(self, read)? {
                return Ok(Some(difference));
            }
        }
        Ok(None)
    }

    fn institutions(&mut self, read: &mut dyn Read) -> Found {
        let rows = keep::rows(read, ask(sql::INSTITUTIONS, &[]))?;
        for row in &rows {
            let it = rows::read_institution(row, &mut keep::reading(self.ring, read))?;
            let erased = self.erased.contains(&Owner::Institution(it.id));
            if !erased && self.nation.register().institution(it.id) != Some(&it) {
                return Ok(Some(differs("institutions", &it.id)));
            }
        }
        for row in keep::rows(read, ask(sql::INSTITUTIONS_OPEN, &[]))? {
            let id = InstitutionId(row.array(0)?);
            let erased = self.erased.contains(&Owner::Institution(id));
            let ours = self.nation.register().institution(id);
            let ours = ours.map(|it| rows::institution(it, Vec::new(), 0));
            if !erased && ours.is_none_or(|ours| !ours.starts_with(&row.0)) {
                return Ok(Some(differs("institutions", &id)));
            }
        }
        Ok(self.counted("institutions", rows.len(), self.institutions.len()))
    }

    fn appointments(&mut self, read: &mut dyn Read) -> Found {
        let rows = keep::rows(read, ask(sql::APPOINTMENTS, &[]))?;
        for row in &rows {
            let it = rows::read_appointment(row, &mut keep::reading(self.ring, read))?;
            let ours = self.nation.register().appointment(it.id).cloned().map(|mut ours| {
                (ours.from, ours.until) = (cut(ours.from), ours.until.map(cut));
                ours
            });
            let erased = self.erased.contains(&rows::owner_of(&it.seat));
            if !erased && ours.as_ref() != Some(&it) {
                return Ok(Some(differs("appointments", &it.id)));
            }
        }
        Ok(self.counted("appointments", rows.len(), self.appointments.len()))
    }

    fn delegations(&mut self, read: &mut dyn Read) -> Found {
        let rows = keep::rows(read, ask(sql::DELEGATIONS, &[]))?;
        for row in &rows {
            let it = rows::read_delegation(row)?;
            let ours = self.nation.register().delegation(it.id).cloned().map(|mut ours| {
                (ours.from, ours.until) = (cut(ours.from), cut(ours.until));
                ours
            });
            let erased = self.erased.contains(&Owner::Institution(it.institution));
            if !erased && ours.as_ref() != Some(&it) {
                return Ok(Some(differs("delegations", &it.id)));
            }
        }
        Ok(self.counted("delegations", rows.len(), self.delegations.len()))
    }

    fn inventories(&mut self, read: &mut dyn Read) -> Found {
        let rows = keep::rows(read, ask(sql::INVENTORIES, &[]))?;
        for row in &rows {
            let (system, it) = rows::read_inventory(row)?;
            let ours = self.nation.inventory(system).copied().map(|mut ours| {
                (ours.as_of, ours.published_at) = (cut(ours.as_of), cut(ours.published_at));
                ours
            });
            let erased = self.erased.contains(&Owner::Institution(it.institution));
            if !erased && ours != Some(it) {
                return Ok(Some(differs("inventories", &system)));
            }
        }
        let log = self.nation.inventories().count();
        Ok(self.counted("inventories", rows.len(), log))
    }

    /// Documents are no part of the log: each must only be the one whose digest the log has.
    fn documents(&mut self, read: &mut dyn Read) -> Found {
        for row in keep::rows(read, ask(sql::DOCUMENTS, &[]))? {
            let kept = documents::read_written(&row)?;
            if self.erased.contains(&Owner::Institution(kept.institution)) {
                continue;
            }
            let named = self.nation.inventory(kept.system);
            let named = named
                .is_some_and(|it| (it.institution, it.digest) == (kept.institution, kept.digest));
            if !named || !documents::is_whole(&kept, self.ring, read)? {
                return Ok(Some(differs("documents", &kept.system)));
            }
            self.compared += 1;
        }
        Ok(None)
    }

    fn alerts(&mut self, read: &mut dyn Read) -> Found {
        let rows = keep::rows(read, ask(sql::ALERTS, &[]))?;
        for (row, ours) in rows.iter().zip(self.nation.alerts()) {
            let it = alerts::open(row, &mut keep::reading(self.ring, read))?;
            if it != alerts::cut(ours) {
                return Ok(Some(differs("alerts", &row.int(0)?)));
            }
        }
        let log = self.nation.alerts().len();
        Ok(self.counted("alerts", rows.len(), log))
    }

    fn cases(&mut self, read: &mut dyn Read) -> Found {
        let rows = keep::rows(read, ask(sql::CASES, &[]))?;
        for row in &rows {
            let case = CaseId(row.array(0)?);
            if self.erased.contains(&Owner::Case(case)) {
                continue;
            }
            let (it, _) = CaseId::read(row, &mut keep::reading(self.ring, read))?;
            if self.nation.case(case) != Some(&it) {
                return Ok(Some(differs("cases", &case)));
            }
        }
        for row in keep::rows(read, ask(sql::CASES_OPEN, &[]))? {
            let case = CaseId(row.array(0)?);
            let erased = self.erased.contains(&Owner::Case(case));
            let ours = self.nation.case(case).map(keep::open_case);
            if !erased && ours.as_ref() != Some(&row.0) {
                return Ok(Some(differs("cases", &case)));
            }
        }
        let log = self.nation.cases().count();
        Ok(self.counted("cases", rows.len(), log))
    }

    fn acts(&mut self, read: &mut dyn Read) -> Found {
        let rows = keep::rows(read, ask(sql::ACTS, &[]))?;
        for row in &rows {
            let act = ActId(row.array(0)?);
            if self.erased.contains(&Owner::Case(CaseId(row.array(1)?))) {
                continue;
            }
            let (it, _) = ActId::read(row, &mut keep::reading(self.ring, read))?;
            if self.nation.act(act) != Some(&it) {
                return Ok(Some(differs("acts", &act)));
            }
            if let Some(difference) = self.obligations(read, act)? {
                return Ok(Some(difference));
            }
        }
        for row in keep::rows(read, ask(sql::ACTS_OPEN, &[]))? {
            let (act, case) = (ActId(row.array(0)?), CaseId(row.array(1)?));
            let erased = self.erased.contains(&Owner::Case(case));
            let ours = self.nation.act(act).map(keep::open_act);
            if !erased && ours.as_ref() != Some(&row.0) {
                return Ok(Some(differs("acts", &act)));
            }
        }
        let log = self.nation.campaigns().count();
        Ok(self.counted("acts", rows.len(), log))
    }

    fn obligations(&mut self, read: &mut dyn Read, act: ActId) -> Found {
        let rows = keep::rows(read, ask(sql::OBLIGATIONS_OF_ACT, &[id(act.0)]))?;
        for row in &rows {
            let (it, _) = read_obligation(row, &mut keep::reading(self.ring, read))?;
            let ours = self.nation.obligation(act, it.institution).map(cut_obligation);
            let erased = self.erased.contains(&Owner::Institution(it.institution));
            // Columns that are sealed as well, such as exposure, are what counts are made of.
            let open = ours.as_ref().map(|ours| keep::obligation(ours, None, 0));
            let same = open.is_some_and(|open| open[..OPEN] == row.0[..OPEN]);
            if !erased && (ours.as_ref() != Some(&it) || !same) {
                return Ok(Some(differs("obligations", &format!("{act} {}", it.institution))));
            }
        }
        let log = self.nation.campaign(act).map_or(0, |campaign| campaign.obligations().len());
        Ok(self.counted("obligations", rows.len(), log))
    }

    fn counted(&mut self, table: &'static str, rows: usize, log: usize) -> Option<Difference> {
        self.compared += rows as u64;
        let differs = rows != log && self.withheld == 0;
        let (rows, log) = (rows as u64, log as u64);
        differs.then_some(Difference::Count { table, rows, log })
    }
}

fn differs(table: &'static str, row: &dyn ToString) -> Difference {
    Difference::Row { table, row: row.to_string() }
}

/// As columns hold it: instants cut to microseconds.
fn cut_obligation(it: &Obligation) -> Obligation {
    let mut it = it.clone();
    it.created_at = cut(it.created_at);
    it.clocks.acknowledge_by = cut(it.clocks.acknowledge_by);
    it.clocks.assess_by = cut(it.clocks.assess_by);
    it.clocks.fix_by = it.clocks.fix_by.map(cut);
    let marks = &mut it.marks;
    for mark in [
        &mut marks.delivered,
        &mut marks.acknowledged,
        &mut marks.assessed,
        &mut marks.mitigated,
        &mut marks.remediated,
        &mut marks.verified,
        &mut marks.settled,
    ] {
        *mark = mark.map(cut);
    }
    it
}
