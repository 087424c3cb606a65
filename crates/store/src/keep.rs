//! Cases, acts and obligations: how they are kept in rows, and how a transaction holds them meanwhile.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;

use bongsu_authority::{ActId, AppointmentId, CaseId, InstitutionId};
use bongsu_response::event::IssueClocks;
use bongsu_response::{Act, Addressee, Case, Clocks, Marks, Obligation, Status};

use crate::codes::Code;
use crate::error::Error;
use crate::port::{Ask, Fault, Read, Row, Value, ask, id};
use crate::rows::{Open, Opened, instant, maybe_instant, maybe_micros, micros, odd};
use crate::schema::{self, Table};
use crate::sealing::{KeyError, Keyring, Owner, Place, SealKey};
use crate::sql;
use crate::work::{Kept, Work};

/// The key of something that is kept in a row of its own.
pub(crate) trait Keeps: Copy + Eq + Hash + 'static {
    /// What is kept.
    type It: 'static;
    /// Where.
    const TABLE: &'static Table;

    fn shelf<'w>(work: &'w mut Work<'_>) -> &'w mut HashMap<Self, Kept<Self::It>>;
    fn rows(self, read: &mut dyn Read) -> Result<Vec<Row>, Fault>;
    fn read(row: &Row, open: Open<'_>) -> Result<(Self::It, u64), Fault>;
    fn row(self, kept: &Kept<Self::It>, work: &mut Work<'_>) -> Result<Vec<Value>, Error>;
}

/// Something as it stands in a transaction.
pub(crate) fn find<'w, K: Keeps>(
    work: &'w mut Work<'_>,
    key: K,
) -> Result<Option<&'w mut Kept<K::It>>, Error> {
    if !K::shelf(work).contains_key(&key) {
        let rows = key.rows(work.tx.as_mut())?;
        let Some(row) = rows.first() else { return Ok(None) };
        let (it, entry) = K::read(row, &mut opener(work.ring, &work.fresh, work.tx.as_mut()))?;
        K::shelf(work).insert(key, Kept { it, entry, changed: false });
    }
    Ok(K::shelf(work).get_mut(&key))
}

/// Brings the rows of everything that changed up to date.
pub(crate) fn flush<K: Keeps>(work: &mut Work<'_>) -> Result<(), Error> {
    let mut changed = Vec::new();
    for (key, kept) in K::shelf(work).iter_mut().filter(|(_, kept)| kept.changed) {
        kept.changed = false;
        changed.push(*key);
    }
    let mut rows = Vec::with_capacity(changed.len());
    for key in changed {
        let kept = K::shelf(work).remove(&key).expect("it was there a moment ago");
        rows.push(key.row(&kept, work)?);
        K::shelf(work).insert(key, kept);
    }
    if rows.is_empty() { Ok(()) } else { Ok(work.tx.put(K::TABLE, &rows)?) }
}

/// Opens what was sealed, with keys made in this transaction or before.
pub(crate) fn opener<'a>(
    ring: &'a Keyring,
    fresh: &'a HashMap<Owner, Arc<SealKey>>,
    read: &'a mut dyn Read,
) -> impl FnMut(Owner, &'static str, &[u8], &[u8]) -> Opened + 'a {
    move |owner, table, row, sealed| {
        let key = match fresh.get(&owner) {
            Some(key) => Some(Arc::clone(key)),
            None => ring.key(owner, read).map_err(fault)?,
        };
        let place = Place { table, column: "sealed", row };
        key.map(|key| key.open(place, sealed)).transpose().map_err(odd)
    }
}

/// Opens what was sealed, inside a transaction.
pub(crate) fn working<'w>(
    work: &'w mut Work<'_>,
) -> impl FnMut(Owner, &'static str, &[u8], &[u8]) -> Opened + 'w {
    opener(work.ring, &work.fresh, work.tx.as_mut())
}

/// Opens what was sealed, for a reader.
pub(crate) fn reading<'a>(
    ring: &'a Keyring,
    read: &'a mut dyn Read,
) -> impl FnMut(Owner, &'static str, &[u8], &[u8]) -> Opened + 'a {
    static NONE: std::sync::LazyLock<HashMap<Owner, Arc<SealKey>>> =
        std::sync::LazyLock::new(HashMap::new);
    opener(ring, &NONE, read)
}

fn fault(error: KeyError) -> Fault {
    match error {
        KeyError::Fault(fault) => fault,
        KeyError::Unsealable(unsealable) => odd(unsealable),
    }
}

/// All rows of a statement.
pub(crate) fn rows(read: &mut dyn Read, ask: Ask<'_>) -> Result<Vec<Row>, Fault> {
    let mut rows = Vec::new();
    read.rows(ask, &mut |row| {
        rows.push(row.clone());
        Ok(())
    })?;
    Ok(rows)
}

fn entry(row: &Row, column: usize) -> Result<u64, Fault> {
    Ok(row.int(column)?.cast_unsigned())
}

/// What stands open of a case: id, state, coord, exploitation, when it was opened, version.
pub(crate) fn open_case(case: &Case) -> Vec<Value> {
    vec![
        id(case.id.0),
        case.state.code().into(),
        case.coord.as_str().into(),
        case.exploitation.code().into(),
        micros(case.opened_at),
        case.version.cast_signed().into(),
    ]
}

/// What stands open of an act: id, case, state, kind, issuer, drill, when it was issued, version.
pub(crate) fn open_act(act: &Act) -> Vec<Value> {
    vec![
        id(act.id.0),
        id(act.case.0),
        act.state.code().into(),
        act.kind.code().into(),
        act.draft.issuer.as_str().into(),
        i64::from(act.draft.drill).into(),
        maybe_micros(act.issued_at),
        act.version.cast_signed().into(),
    ]
}

impl Keeps for CaseId {
    type It = Case;
    const TABLE: &'static Table = &schema::CASES;

    fn shelf<'w>(work: &'w mut Work<'_>) -> &'w mut HashMap<Self, Kept<Case>> {
        &mut work.cases
    }

    fn rows(self, read: &mut dyn Read) -> Result<Vec<Row>, Fault> {
        rows(read, ask(sql::CASE, &[id(self.0)]))
    }

    fn read(row: &Row, open: Open<'_>) -> Result<(Case, u64), Fault> {
        let id = Self(row.array(0)?);
        let json = open(Owner::Case(id), schema::CASES.name, &id.0, row.bytes(1)?)?;
        let json = json.ok_or_else(|| odd("the key of this case was destroyed"))?;
        Ok((serde_json::from_slice(&json).map_err(odd)?, entry(row, 2)?))
    }

    fn row(self, kept: &Kept<Case>, work: &mut Work<'_>) -> Result<Vec<Value>, Error> {
        let case = &kept.it;
        let json = serde_json::to_vec(case).expect("a case has only text keys");
        let sealed = work.seal(Owner::Case(self), schema::CASES.name, &self.0, &json)?;
        Ok(with_sealed(open_case(case), sealed, kept.entry))
    }
}

/// A whole row: what is sealed stands before the version, the entry last.
fn with_sealed(mut open: Vec<Value>, sealed: Vec<u8>, entry: u64) -> Vec<Value> {
    open.insert(open.len() - 1, sealed.into());
    open.push(entry.cast_signed().into());
    open
}

impl Keeps for ActId {
    type It = Act;
    const TABLE: &'static Table = &schema::ACTS;

    fn shelf<'w>(work: &'w mut Work<'_>) -> &'w mut HashMap<Self, Kept<Act>> {
        &mut work.acts
    }

    fn rows(self, read: &mut dyn Read) -> Result<Vec<Row>, Fault> {
        rows(read, ask(sql::ACT, &[id(self.0)]))
    }

    fn read(row: &Row, open: Open<'_>) -> Result<(Act, u64), Fault> {
        let (id, case) = (Self(row.array(0)?), CaseId(row.array(1)?));
        let json = open(Owner::Case(case), schema::ACTS.name, &id.0, row.bytes(2)?)?;
        let json = json.ok_or_else(|| odd("the key of this act's case was destroyed"))?;
        Ok((serde_json::from_slice(&json).map_err(odd)?, entry(row, 3)?))
    }

    fn row(self, kept: &Kept<Act>, work: &mut Work<'_>) -> Result<Vec<Value>, Error> {
        let act = &kept.it;
        let json = serde_json::to_vec(act).expect("an act has only text keys");
        let sealed = work.seal(Owner::Case(act.case), schema::ACTS.name, &self.0, &json)?;
        Ok(with_sealed(open_act(act), sealed, kept.entry))
    }
}

impl Keeps for (ActId, InstitutionId) {
    type It = Obligation;
    const TABLE: &'static Table = &schema::OBLIGATIONS;

    fn shelf<'w>(work: &'w mut Work<'_>) -> &'w mut HashMap<Self, Kept<Obligation>> {
        &mut work.obligations
    }

    fn rows(self, read: &mut dyn Read) -> Result<Vec<Row>, Fault> {
        rows(read, ask(sql::OBLIGATION, &[id(self.0.0), id(self.1.0)]))
    }

    fn read(row: &Row, open: Open<'_>) -> Result<(Obligation, u64), Fault> {
        read_obligation(row, open)
    }

    fn row(self, kept: &Kept<Obligation>, work: &mut Work<'_>) -> Result<Vec<Value>, Error> {
        let sealed = match answers(&kept.it) {
            None => None,
            Some(json) => Some(work.seal(
                Owner::Institution(self.1),
                schema::OBLIGATIONS.name,
                &[self.0.0, self.1.0].concat(),
                &json,
            )?),
        };
        Ok(obligation(&kept.it, sealed, kept.entry))
    }
}

/// A row as an obligation, and the entry that changed it last.
pub(crate) fn read_obligation(row: &Row, open: Open<'_>) -> Result<(Obligation, u64), Fault> {
    let bare = bare(row)?;
    let last = entry(row, 24)?;
    let Some(sealed) = row.maybe_bytes(22)? else { return Ok((bare, last)) };
    let owner = Owner::Institution(bare.institution);
    let place = [bare.act.0, bare.institution.0].concat();
    let Some(json) = open(owner, schema::OBLIGATIONS.name, &place, sealed)? else {
        return Ok((bare, last));
    };
    let answered: Obligation = serde_json::from_slice(&json).map_err(odd)?;
    let mut it = with_columns_of(answered, &bare);
    if it.status == Status::Released {
        // A withdrawal reaches thousands of rows in one statement, which cannot look into what is sealed.
        (it.extension_asked, it.waiver_asked, it.waiver) = (None, None, None);
    }
    Ok((it, last))
}

/// A row as its open columns have it. Who says "not affected" against the inventory is not settled.
pub(crate) fn outside(row: &Row) -> Result<Obligation, Fault> {
    let mut it = bare(row)?;
    it.contradicted = it.status == Status::NotAffected && it.marks.settled.is_none();
    Ok(it)
}

/// What the open columns say.
fn bare(row: &Row) -> Result<Obligation, Fault> {
    let clocks = Clocks {
        class: Code::from_code(row.int(5)?)?,
        acknowledge_by: instant(row, 6)?,
        assess_by: instant(row, 7)?,
        fix_by: maybe_instant(row, 8)?,
    };
    let addressee = Addressee {
        institution: InstitutionId(row.array(1)?),
        exposure: Code::from_code(row.int(3)?)?,
        systems: u32::try_from(row.int(4)?).map_err(odd)?,
        accountable: AppointmentId(row.array(17)?),
    };
    let both = IssueClocks { exposed: clocks, inside: clocks };
    let mut it = Obligation::open(ActId(row.array(0)?), &addressee, &both, instant(row, 9)?);
    it.status = Code::from_code(row.int(2)?)?;
    it.marks = Marks {
        delivered: maybe_instant(row, 10)?,
        acknowledged: maybe_instant(row, 11)?,
        assessed: maybe_instant(row, 12)?,
        mitigated: maybe_instant(row, 13)?,
        remediated: maybe_instant(row, 14)?,
        verified: maybe_instant(row, 15)?,
        settled: maybe_instant(row, 16)?,
    };
    it.unreachable = row.int(18)? != 0;
    it.false_closures = u32::try_from(row.int(20)?).map_err(odd)?;
    it.regressions = u32::try_from(row.int(21)?).map_err(odd)?;
    it.version = row.int(23)?.cast_unsigned();
    Ok(it)
}

/// The sealed part may be older than the columns, which statements over many rows change: the columns hold.
fn with_columns_of(answered: Obligation, bare: &Obligation) -> Obligation {
    Obligation {
        status: bare.status,
        clocks: bare.clocks,
        marks: bare.marks,
        unreachable: bare.unreachable,
        version: bare.version,
        ..answered
    }
}

/// What an institution answered, to be sealed; nothing where it has not answered.
fn answers(it: &Obligation) -> Option<Vec<u8>> {
    let addressee = Addressee {
        institution: it.institution,
        exposure: it.exposure,
        systems: it.systems,
        accountable: it.accountable_at_issue,
    };
    let both = IssueClocks { exposed: it.clocks, inside: it.clocks };
    let silent = Obligation {
        false_closures: it.false_closures,
        regressions: it.regressions,
        ..with_columns_of(Obligation::open(it.act, &addressee, &both, it.created_at), it)
    };
    let text = || serde_json::to_vec(it).expect("an obligation has only text keys");
    (silent != *it).then(text)
}

/// An obligation as a row.
pub(crate) fn obligation(it: &Obligation, sealed: Option<Vec<u8>>, entry: u64) -> Vec<Value> {
    vec![
        id(it.act.0),
        id(it.institution.0),
        it.status.code().into(),
        it.exposure.code().into(),
        i64::from(it.systems).into(),
        it.clocks.class.code().into(),
        micros(it.clocks.acknowledge_by),
        micros(it.clocks.assess_by),
        maybe_micros(it.clocks.fix_by),
        micros(it.created_at),
        maybe_micros(it.marks.delivered),
        maybe_micros(it.marks.acknowledged),
        maybe_micros(it.marks.assessed),
        maybe_micros(it.marks.mitigated),
        maybe_micros(it.marks.remediated),
        maybe_micros(it.marks.verified),
        maybe_micros(it.marks.settled),
        id(it.accountable_at_issue.0),
        i64::from(it.unreachable).into(),
        i64::from(it.assisted()).into(),
        i64::from(it.false_closures).into(),
        i64::from(it.regressions).into(),
        sealed.into(),
        it.version.cast_signed().into(),
        entry.cast_signed().into(),
    ]
}
