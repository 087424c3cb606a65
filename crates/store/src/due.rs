//! What a clock may move without anybody asking, and what is still open: for the program itself.

use bongsu_authority::{ActId, CaseId, InstitutionId};
use bongsu_response::{Act, Case, Obligation};

use crate::RequestId;
use crate::apply::bytes;
use crate::error::Error;
use crate::keep::{self, Keeps, read_obligation};
use crate::port::{Ask, Row, Scope, ask, id};
use crate::sql;
use crate::store::Store;

impl Store {
    /// Obligations that are verified or waived: what time alone may end. Never shown as they are.
    pub fn left_to_the_clock(&self) -> Result<Vec<Obligation>, Error> {
        self.obligations(ask(sql::OBLIGATIONS_OF_THE_CLOCK, &[]))
    }

    /// Obligations of an act that are not settled, or waived: of them the ladder speaks. Never shown as they are.
    pub fn open_under(&self, act: ActId) -> Result<Vec<Obligation>, Error> {
        self.obligations(ask(sql::OBLIGATIONS_OPEN, &[id(act.0)]))
    }

    /// Who owes or owed something under an act, for the program itself. Never shown as it is.
    pub fn addressed(&self, act: ActId) -> Result<Vec<InstitutionId>, Error> {
        self.read(Scope::Node, |read| {
            let rows = keep::rows(read, ask(sql::ADDRESSED, &[id(act.0)]))?;
            Ok(rows.iter().map(|row| row.array(0).map(InstitutionId)).collect::<Result<_, _>>()?)
        })
    }

    /// Every act, for the program itself. Never shown as it is.
    pub fn acts(&self) -> Result<Vec<Act>, Error> {
        self.read(Scope::Node, |read| {
            let rows = keep::rows(read, ask(sql::ACTS, &[]))?;
            let open = |row: &Row| Ok(ActId::read(row, &mut keep::reading(&self.ring, read))?.0);
            rows.iter().map(open).collect()
        })
    }

    /// An act and what these institutions owe under it, in the order of their ids: for whoever carries messages about it.
    /// Never shown as it is.
    pub fn told(
        &self,
        act: ActId,
        institutions: &[InstitutionId],
    ) -> Result<Option<(Act, Vec<Obligation>)>, Error> {
        self.read(Scope::Node, |read| {
            let found = keep::rows(read, ask(sql::ACT, &[id(act.0)]))?;
            let Some(row) = found.first() else { return Ok(None) };
            let (it, _) = ActId::read(row, &mut keep::reading(&self.ring, read))?;
            let (with, these) = ([id(act.0)], bytes(institutions));
            let rows = keep::rows(read, ask(sql::OBLIGATIONS_AMONG, &with).among(&these))?;
            let open =
                |row: &Row| Ok(read_obligation(row, &mut keep::reading(&self.ring, read))?.0);
            let owed = rows.iter().map(open).collect::<Result<_, Error>>()?;
            Ok(Some((it, owed)))
        })
    }

    /// What an institution owes or owed under every act: for the engine, which looks again when what runs there changed.
    /// Never shown as it is.
    pub fn all_owed_by(&self, institution: InstitutionId) -> Result<Vec<Obligation>, Error> {
        self.obligations(ask(sql::OBLIGATIONS_OF, &[id(institution.0)]))
    }

    /// The case that an act rests on: for the engine. Never shown as it is.
    pub fn rests_on(&self, case: CaseId) -> Result<Option<Case>, Error> {
        self.read(Scope::Node, |read| self.one(read, case))
    }

    /// Was a request with this name recorded?
    pub fn is_recorded(&self, request: RequestId) -> Result<bool, Error> {
        self.read(Scope::Node, |read| {
            Ok(!keep::rows(read, ask(sql::REQUEST, &[id(request.0)]))?.is_empty())
        })
    }

    fn obligations(&self, ask: Ask<'_>) -> Result<Vec<Obligation>, Error> {
        self.read(Scope::Node, |read| {
            let rows = keep::rows(read, ask)?;
            let open =
                |row: &Row| Ok(read_obligation(row, &mut keep::reading(&self.ring, read))?.0);
            rows.iter().map(open).collect()
        })
    }
}
