//! Following an act: everybody who owes something in short, sectors side by side, and what curves are drawn from.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry as Slot;

use bongsu_authority::access::{Action, ObjectId, Permit, Scope as NameScope};
use bongsu_authority::{ActId, Domain, InstitutionId, NodeCode, Size};
use bongsu_response::{Exposure, Obligation, RemediationClass, Status};
use jiff::Timestamp;

use crate::apply::bytes;
use crate::codes::Code;
use crate::error::Error;
use crate::glance::{counts, heading};
use crate::keep::{self, outside, read_obligation};
use crate::log::int;
use crate::port::{Row, Scope, ask, id};
use crate::read::within;
use crate::rows::{self, odd};
use crate::sql;
use crate::store::Store;

/// What one institution owes, in short.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Owed {
    /// Who.
    pub institution: InstitutionId,
    /// Where it stands.
    pub status: Status,
    /// What the inventory said at issue.
    pub exposure: Exposure,
    /// How soon it must be fixed.
    pub class: RemediationClass,
    /// Its competent ministry, the first where there are several.
    pub sector: Option<NodeCode>,
    /// How large.
    pub size: Size,
    /// In which province; 0 where not stated.
    pub province: u8,
    /// The first clock that was missed; nothing where it is not late.
    pub missed: Option<Timestamp>,
}

/// How many obligations of one sector stand alike.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct InSector {
    /// Of which domain.
    pub domain: Domain,
    /// Of which competent ministry, the first where there are several.
    pub sector: Option<NodeCode>,
    /// Where they stand; "not affected" against the inventory counts as unknown until somebody else has looked.
    pub status: Status,
    /// How many.
    pub obligations: u64,
    /// Of them, late.
    pub late: u64,
}

impl Store {
    /// What is owed under an act at `now`, in short and in no order; what is settled only where asked for. Needs a permit
    /// to see names in this scope.
    ///
    /// That names are read belongs in the record: record [`ActWish::ReadNames`](bongsu_response::ActWish::ReadNames)
    /// before a page of them is shown.
    pub fn owed(
        &self,
        permit: &Permit,
        (act, scope): (ActId, &NameScope),
        (now, settled): (Timestamp, bool),
    ) -> Result<Vec<Owed>, Error> {
        permit.covers(Action::SeeNames, &ObjectId::Names(act, scope.clone()))?;
        let rest = [rows::micros(now), i64::from(settled).into()];
        let with = [&[id(act.0)][..], &within(scope), &rest].concat();
        self.read(Scope::Node, |read| {
            let mut all = Vec::new();
            read.rows(ask(sql::OWED, &with), &mut |row| {
                all.push(Owed {
                    institution: InstitutionId(row.array(0)?),
                    status: Code::from_code(row.int(1)?)?,
                    exposure: Code::from_code(row.int(2)?)?,
                    class: Code::from_code(row.int(3)?)?,
                    sector: sector(row, 4)?,
                    size: Code::from_code(row.int(5)?)?,
                    province: u8::try_from(row.int(6)?).map_err(odd)?,
                    missed: rows::maybe_instant(row, 7)?,
                });
                Ok(())
            })?;
            Ok(all)
        })
    }

    /// May what is owed under an act be seen in this scope, from wherever it is kept? Needs a permit to see names in it.
    pub fn may_follow(
        &self,
        permit: &Permit,
        (act, scope): (ActId, &NameScope),
    ) -> Result<(), Error> {
        Ok(permit.covers(Action::SeeNames, &ObjectId::Names(act, scope.clone()))?)
    }

    /// What these institutions owe under an act, whole, in the order of their ids; needs a permit to see names in this
    /// scope, which must reach them.
    pub fn owed_by(
        &self,
        permit: &Permit,
        (act, scope): (ActId, &NameScope),
        institutions: &[InstitutionId],
    ) -> Result<Vec<Obligation>, Error> {
        permit.covers(Action::SeeNames, &ObjectId::Names(act, scope.clone()))?;
        self.read(Scope::Node, |read| {
            let (with, these) = ([id(act.0)], bytes(institutions));
            let rows = keep::rows(read, ask(sql::OBLIGATIONS_AMONG, &with).among(&these))?;
            let open =
                |row: &Row| Ok(read_obligation(row, &mut keep::reading(&self.ring, read))?.0);
            rows.iter().map(open).collect()
        })
    }

    /// How many institutions an entry reminded; needs a permit to see names in this scope.
    pub fn reminded_by(
        &self,
        permit: &Permit,
        (act, scope): (ActId, &NameScope),
        entry: u64,
    ) -> Result<u64, Error> {
        permit.covers(Action::SeeNames, &ObjectId::Names(act, scope.clone()))?;
        self.read(Scope::Node, |read| {
            let rows = keep::rows(read, ask(sql::REMINDED_BY, &[int(entry), id(act.0)]))?;
            Ok(rows.first().map_or(Ok(0), |row| row.int(0))?.cast_unsigned())
        })
    }

    /// When each of these was last reminded of an act, in the order of their ids; whoever never was is not there. Needs a
    /// permit to see names in this scope.
    pub fn last_reminded(
        &self,
        permit: &Permit,
        (act, scope): (ActId, &NameScope),
        institutions: &[InstitutionId],
    ) -> Result<Vec<(InstitutionId, Timestamp)>, Error> {
        permit.covers(Action::SeeNames, &ObjectId::Names(act, scope.clone()))?;
        self.read(Scope::Node, |read| {
            let (with, these) = ([id(act.0)], bytes(institutions));
            let rows = keep::rows(read, ask(sql::LAST_REMINDED, &with).among(&these))?;
            // One entry reminds many.
            let (mut said, mut last) = (BTreeMap::new(), Vec::with_capacity(rows.len()));
            for row in &rows {
                let entry = row.int(1)?;
                let at = match said.entry(entry) {
                    Slot::Occupied(known) => *known.get(),
                    Slot::Vacant(place) => {
                        let with = [entry.into(), (entry + 1).into()];
                        let found = keep::rows(read, ask(sql::HEADINGS, &with))?;
                        let row = found.first().ok_or(Error::Missing("entry"))?;
                        *place.insert(heading(row)?.at)
                    }
                };
                last.push((InstitutionId(row.array(0)?), at));
            }
            Ok(last)
        })
    }

    /// How an act stands by sector at `now`, in counts that are exact; needs a permit to see names in this scope.
    pub fn sectors(
        &self,
        permit: &Permit,
        (act, scope): (ActId, &NameScope),
        now: Timestamp,
    ) -> Result<Vec<InSector>, Error> {
        permit.covers(Action::SeeNames, &ObjectId::Names(act, scope.clone()))?;
        let with = [&[id(act.0)][..], &within(scope), &[rows::micros(now)]].concat();
        self.read(Scope::Node, |read| {
            let rows = keep::rows(read, ask(sql::SECTORS, &with))?;
            let read = |row: &Row| {
                Ok(InSector {
                    domain: Code::from_code(row.int(0)?)?,
                    sector: sector(row, 1)?,
                    status: Code::from_code(row.int(2)?)?,
                    obligations: row.int(3)?.cast_unsigned(),
                    late: row.int(4)?.cast_unsigned(),
                })
            };
            rows.iter().map(read).collect()
        })
    }

    /// Obligations of an act as their open columns have them, for whoever draws curves of them; needs a permit to see the
    /// picture, or counts. Whoever shows a curve hides small groups first.
    pub fn outlines(&self, permit: &Permit, act: ActId) -> Result<Vec<Obligation>, Error> {
        counts(permit)?;
        self.read(Scope::Node, |read| {
            let mut all = Vec::new();
            read.rows(ask(sql::OBLIGATIONS_OF_ACT, &[id(act.0)]), &mut |row| {
                all.push(outside(row)?);
                Ok(())
            })?;
            Ok(all)
        })
    }
}

fn sector(row: &Row, column: usize) -> Result<Option<NodeCode>, crate::port::Fault> {
    let code = Some(row.text(column)?).filter(|code| !code.is_empty());
    code.map(str::parse).transpose().map_err(odd)
}
