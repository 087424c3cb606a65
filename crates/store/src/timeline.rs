//! What the record says about one case or one institution, the newest first.

use std::collections::BTreeMap;

use bongsu_authority::access::{Action, ObjectId, Permit};
use bongsu_authority::{ActId, CaseId, InstitutionId, SystemId};
use bongsu_response::{By, CaseState};
use serde::Deserialize;

use crate::error::Error;
use crate::glance::{Heading, heading};
use crate::keep;
use crate::log::int;
use crate::port::{Read, Row, Scope, ask, id};
use crate::rows::odd;
use crate::sealing::Owner;
use crate::sql;
use crate::store::Store;

/// An entry in short: its outside, who did it, and what a time line shows of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Told {
    /// Its outside.
    pub heading: Heading,
    /// Who did it.
    pub by: By,
    /// The act it is about.
    pub act: Option<ActId>,
    /// The system it is about.
    pub system: Option<SystemId>,
    /// The state a case moved to.
    pub to: Option<CaseState>,
    /// Why, where whoever did it had to say.
    pub why: Option<String>,
}

/// Entries that a time line reads at once.
pub const MOST_TOLD: u32 = 200;

impl Store {
    /// Up to `limit` entries about a case and its acts before a position, the newest first, of kinds that are wanted; at
    /// most [`MOST_TOLD`] are looked at. Needs a permit to see the case.
    ///
    /// Gives the position to go on from, too; nothing where this is the beginning.
    pub fn told_of_case(
        &self,
        permit: &Permit,
        case: CaseId,
        before: u64,
        wanted: impl Fn(&str) -> bool,
    ) -> Result<(Vec<Told>, Option<u64>), Error> {
        permit.covers(Action::SeeCase, &ObjectId::Case(case))?;
        self.told_of(Owner::Case(case), before, &wanted)
    }

    /// The same about an institution: what it did and what was found about it. Needs a permit to see its own standing.
    pub fn told_of_institution(
        &self,
        permit: &Permit,
        institution: InstitutionId,
        before: u64,
        wanted: impl Fn(&str) -> bool,
    ) -> Result<(Vec<Told>, Option<u64>), Error> {
        permit.covers(Action::SeeBenchmark, &ObjectId::Institution(institution))?;
        self.told_of(Owner::Institution(institution), before, &wanted)
    }

    /// Why somebody at an institution last did what `kind` names under an act, in their words; nothing where they said none,
    /// or where it lies behind [`MOST_TOLD`] newer entries. Needs a permit to see the obligation.
    pub fn last_why(
        &self,
        permit: &Permit,
        (act, institution): (ActId, InstitutionId),
        kind: &str,
    ) -> Result<Option<String>, Error> {
        permit.covers(Action::SeeObligation, &ObjectId::Obligation(act, institution))?;
        let wanted = |it: &str| it == kind;
        let (told, _) = self.told_of(Owner::Institution(institution), u64::MAX, &wanted)?;
        Ok(told.into_iter().find(|one| one.act == Some(act)).and_then(|one| one.why))
    }

    /// Which acts the entries about institutions are about, of kinds that are wanted: position and act, for the program
    /// itself. Whoever shows something of it asks first whether the reader may know the act.
    pub fn acts_told(
        &self,
        from: u64,
        count: u64,
        wanted: impl Fn(&str) -> bool,
    ) -> Result<Vec<(u64, ActId)>, Error> {
        let (kind, _) = Owner::Institution(InstitutionId([0; 16])).columns();
        let with = [kind.into(), int(from), int(from.saturating_add(count))];
        self.read(Scope::Node, |read| {
            let mut acts = Vec::new();
            for row in keep::rows(read, ask(sql::ENTRIES_BETWEEN, &with))? {
                let heading = heading(&row)?;
                if heading.kind.is_some_and(&wanted)
                    && let Some(told) = self.tell(&row, heading, read)?
                {
                    acts.extend(told.act.map(|act| (heading.position, act)));
                }
            }
            Ok(acts)
        })
    }

    fn told_of(
        &self,
        owner: Owner,
        before: u64,
        wanted: &dyn Fn(&str) -> bool,
    ) -> Result<(Vec<Told>, Option<u64>), Error> {
        let (kind, bytes) = owner.columns();
        let before = int(before.min(i64::MAX.cast_unsigned()));
        let with = [kind.into(), id(bytes), before, i64::from(MOST_TOLD).into()];
        self.read(Scope::Node, |read| {
            let rows = keep::rows(read, ask(sql::ENTRIES_OF, &with))?;
            let full = rows.len() == MOST_TOLD as usize;
            let next = rows.last().filter(|_| full).map(|row| row.int(0)).transpose()?;
            let mut told = Vec::with_capacity(rows.len());
            for row in &rows {
                let heading = heading(row)?;
                if heading.kind.is_some_and(wanted) {
                    told.extend(self.tell(row, heading, read)?);
                }
            }
            Ok((told, next.map(i64::cast_unsigned)))
        })
    }

    /// What an entry says, in short; nothing where its key was destroyed.
    fn tell(
        &self,
        row: &Row,
        heading: Heading,
        read: &mut dyn Read,
    ) -> Result<Option<Told>, Error> {
        let place = heading.position.to_be_bytes();
        let mut open = keep::reading(&self.ring, read);
        let Some(opened) = open(heading.owner, "entries", &place, row.bytes(5)?)? else {
            return Ok(None);
        };
        let (_, content) =
            opened.split_first_chunk::<32>().ok_or_else(|| odd("an entry has no salt"))?;
        let said: Said = serde_json::from_slice(content).map_err(odd)?;
        let Outline { act, system, to, why } = said.event.into_values().next().unwrap_or_default();
        Ok(Some(Told { heading, by: said.by, act, system, to, why }))
    }
}

/// An entry as a time line reads it: a signature names thousands of addressees, and none of them is wanted here.
#[derive(Debug, Deserialize)]
struct Said {
    by: By,
    event: BTreeMap<String, Outline>,
}

#[derive(Debug, Default, Deserialize)]
struct Outline {
    act: Option<ActId>,
    system: Option<SystemId>,
    to: Option<CaseState>,
    why: Option<String>,
}
