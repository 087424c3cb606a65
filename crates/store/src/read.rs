//! What can be read, and by whom.
//!
//! A decision about a right needs facts that only the store has, so reading has two steps. *Judging* shows what is there
//! to the decision and hands out only its permit; *reading* takes that permit and hands out the content. What does not
//! exist and what may not be known give the same answer.

use bongsu_authority::access::{Action, Denied, ObjectId, Permit, Scope as NameScope};
use bongsu_authority::{
    ActId, Appointment, CaseId, Delegation, Domain, Institution, InstitutionId, NodeCode, Size,
    SystemId,
};
use bongsu_response::{
    Act, Case, Exposure, Obligation, PublishedInventory, RemediationClass, Status,
};
use jiff::Timestamp;

use crate::codes::Code;
use crate::error::Error;
use crate::keep::{self, Keeps, read_obligation};
use crate::port::{Ask, Read, Row, Scope, Value, ask, id};
use crate::rows::{self, odd};
use crate::sql;
use crate::store::Store;

/// Institutions, appointments and delegations, as rights are decided from them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Registered {
    /// In the order of their ids.
    pub institutions: Vec<Institution>,
    /// In the order of their ids.
    pub appointments: Vec<Appointment>,
    /// In the order of their ids.
    pub delegations: Vec<Delegation>,
}

/// How many obligations of an act stand alike.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Progress {
    /// Where they stand.
    pub status: Status,
    /// How soon they must be fixed.
    pub class: RemediationClass,
    /// What the inventory said at issue.
    pub exposure: Exposure,
    /// How many.
    pub obligations: u64,
    /// Affected systems in all.
    pub systems: u64,
}

/// How many obligations of one kind of institution stand alike: the national picture before small groups are hidden.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PictureRow {
    /// Of which domain.
    pub domain: Domain,
    /// Of which competent ministry, the first where there are several.
    pub sector: Option<NodeCode>,
    /// In which province; 0 where not stated.
    pub province: u8,
    /// How large.
    pub size: Size,
    /// Where they stand.
    pub status: Status,
    /// What the inventory said at issue.
    pub exposure: Exposure,
    /// How many.
    pub count: u64,
}

/// An obligation that is late.
#[derive(Clone, Debug, PartialEq)]
pub struct Late {
    /// The obligation.
    pub obligation: Obligation,
    /// The first clock that was missed.
    pub missed: Timestamp,
    /// Where it stands in the list: give it to go on from here.
    pub place: LatePlace,
}

/// A place in a list of those who are late.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct LatePlace {
    risk: i64,
    class: i64,
    missed: i64,
    institution: InstitutionId,
}

impl LatePlace {
    /// Before everybody.
    pub const START: Self =
        Self { risk: -1, class: -1, missed: i64::MIN, institution: InstitutionId([0; 16]) };

    /// As 40 bytes, for whoever goes on later.
    pub fn to_bytes(self) -> [u8; 40] {
        let mut bytes = [0; 40];
        bytes[..8].copy_from_slice(&self.risk.to_be_bytes());
        bytes[8..16].copy_from_slice(&self.class.to_be_bytes());
        bytes[16..24].copy_from_slice(&self.missed.to_be_bytes());
        bytes[24..].copy_from_slice(&self.institution.0);
        bytes
    }

    /// Reads it back; nothing where it is none.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let number = |from: usize| {
            let eight = bytes.get(from..from + 8)?.try_into().ok()?;
            Some(i64::from_be_bytes(eight))
        };
        let institution = InstitutionId(bytes.get(24..)?.try_into().ok()?);
        Some(Self { risk: number(0)?, class: number(8)?, missed: number(16)?, institution })
    }
}

/// Judging: the decision sees what is there, the caller gets its permit.
impl Store {
    /// Lets a decision look at a case.
    pub fn judge_case(
        &self,
        case: CaseId,
        decide: impl FnOnce(&Case) -> Result<Permit, Denied>,
    ) -> Result<Permit, Error> {
        let found = self.read(Scope::Node, |read| self.one(read, case))?;
        Ok(decide(&found.ok_or_else(Denied::absent)?)?)
    }

    /// Lets a decision look at an act and its case.
    pub fn judge_act(
        &self,
        act: ActId,
        decide: impl FnOnce(&Act, &Case) -> Result<Permit, Denied>,
    ) -> Result<Permit, Error> {
        let found = self.read(Scope::Node, |read| {
            let Some(act) = self.one(read, act)? else { return Ok(None) };
            let case = self.one(read, act.case)?;
            Ok(case.map(|case| (act, case)))
        })?;
        let (act, case) = found.ok_or_else(Denied::absent)?;
        Ok(decide(&act, &case)?)
    }

    /// Lets a decision look at an obligation and its act.
    pub fn judge_obligation(
        &self,
        act: ActId,
        institution: InstitutionId,
        decide: impl FnOnce(&Obligation, &Act) -> Result<Permit, Denied>,
    ) -> Result<Permit, Error> {
        let found = self.read(Scope::Node, |read| {
            let Some(owed) = self.one(read, (act, institution))? else { return Ok(None) };
            let act = self.one(read, act)?;
            Ok(act.map(|act| (owed, act)))
        })?;
        let (owed, act) = found.ok_or_else(Denied::absent)?;
        Ok(decide(&owed, &act)?)
    }

    pub(crate) fn one<K: Keeps>(
        &self,
        read: &mut dyn Read,
        key: K,
    ) -> Result<Option<K::It>, Error> {
        let rows = key.rows(read)?;
        let row = rows.first();
        let it = row.map(|row| K::read(row, &mut keep::reading(&self.ring, read)));
        Ok(it.transpose()?.map(|(it, _)| it))
    }
}

/// Reading: content against a permit.
impl Store {
    /// The register, for the program itself: rights are decided from it. Never shown as it is.
    pub fn register(&self) -> Result<Registered, Error> {
        self.read(Scope::Node, |read| {
            let mut found = Registered::default();
            for row in keep::rows(read, ask(sql::INSTITUTIONS, &[]))? {
                let it = rows::read_institution(&row, &mut keep::reading(&self.ring, read))?;
                found.institutions.push(it);
            }
            for row in keep::rows(read, ask(sql::APPOINTMENTS, &[]))? {
                let it = rows::read_appointment(&row, &mut keep::reading(&self.ring, read))?;
                found.appointments.push(it);
            }
            for row in keep::rows(read, ask(sql::DELEGATIONS, &[]))? {
                found.delegations.push(rows::read_delegation(&row)?);
            }
            Ok(found)
        })
    }

    /// Every system's latest inventory in numbers, for the program itself: what faces the internet, what is stale.
    /// Never shown as it is.
    pub fn systems(&self) -> Result<Vec<(SystemId, PublishedInventory)>, Error> {
        self.read(Scope::Node, |read| {
            let rows = keep::rows(read, ask(sql::INVENTORIES, &[]))?;
            Ok(rows.iter().map(rows::read_inventory).collect::<Result<_, _>>()?)
        })
    }

    /// The latest inventories of an institution's systems; needs a permit to see them.
    pub fn inventories(
        &self,
        permit: &Permit,
        institution: InstitutionId,
    ) -> Result<Vec<(SystemId, PublishedInventory)>, Error> {
        permit.covers(Action::SeeInventory, &ObjectId::Institution(institution))?;
        self.read(Scope::Institution(institution.0), |read| {
            let rows = keep::rows(read, ask(sql::INVENTORIES_OF, &[id(institution.0)]))?;
            Ok(rows.iter().map(rows::read_inventory).collect::<Result<_, _>>()?)
        })
    }

    /// A case; needs a permit to see it.
    pub fn case(&self, permit: &Permit, case: CaseId) -> Result<Case, Error> {
        permit.covers(Action::SeeCase, &ObjectId::Case(case))?;
        let found = self.read(Scope::Node, |read| self.one(read, case))?;
        Ok(found.ok_or_else(Denied::absent)?)
    }

    /// The cases for which a decision gives a permit to see them.
    pub fn cases(
        &self,
        mut decide: impl FnMut(&Case) -> Result<Permit, Denied>,
    ) -> Result<Vec<Case>, Error> {
        let all = self.all::<CaseId>(ask(sql::CASES, &[]))?;
        let mut seen = Vec::new();
        for case in all {
            if let Ok(permit) = decide(&case) {
                permit.covers(Action::SeeCase, &ObjectId::Case(case.id))?;
                seen.push(case);
            }
        }
        Ok(seen)
    }

    /// An act; needs a permit to see it.
    pub fn act(&self, permit: &Permit, act: ActId) -> Result<Act, Error> {
        permit.covers(Action::SeeAct, &ObjectId::Act(act))?;
        let found = self.read(Scope::Node, |read| self.one(read, act))?;
        Ok(found.ok_or_else(Denied::absent)?)
    }

    /// The acts about a case for which a decision gives a permit to see them.
    pub fn acts_of(
        &self,
        case: CaseId,
        mut decide: impl FnMut(&Act) -> Result<Permit, Denied>,
    ) -> Result<Vec<Act>, Error> {
        let all = self.all::<ActId>(ask(sql::ACTS_OF, &[id(case.0)]))?;
        let mut seen = Vec::new();
        for act in all {
            if let Ok(permit) = decide(&act) {
                permit.covers(Action::SeeAct, &ObjectId::Act(act.id))?;
                seen.push(act);
            }
        }
        Ok(seen)
    }

    /// An obligation; needs a permit to see it.
    pub fn obligation(
        &self,
        permit: &Permit,
        act: ActId,
        institution: InstitutionId,
    ) -> Result<Obligation, Error> {
        permit.covers(Action::SeeObligation, &ObjectId::Obligation(act, institution))?;
        let found = self
            .read(Scope::Institution(institution.0), |read| self.one(read, (act, institution)))?;
        Ok(found.ok_or_else(Denied::absent)?)
    }

    /// What an institution owes or owed, as far as a decision gives a permit to see it.
    pub fn obligations_of(
        &self,
        institution: InstitutionId,
        mut decide: impl FnMut(&Obligation) -> Result<Permit, Denied>,
    ) -> Result<Vec<Obligation>, Error> {
        let all = self.read(Scope::Institution(institution.0), |read| {
            let rows = keep::rows(read, ask(sql::OBLIGATIONS_OF, &[id(institution.0)]))?;
            let open =
                |row: &Row| Ok(read_obligation(row, &mut keep::reading(&self.ring, read))?.0);
            rows.iter().map(open).collect::<Result<Vec<_>, Error>>()
        })?;
        let mut seen = Vec::new();
        for owed in all {
            if let Ok(permit) = decide(&owed) {
                let object = ObjectId::Obligation(owed.act, institution);
                permit.covers(Action::SeeObligation, &object)?;
                seen.push(owed);
            }
        }
        Ok(seen)
    }

    /// What is or was owed under an act, as far as a decision gives a permit to see it.
    pub fn obligations_under(
        &self,
        act: ActId,
        mut decide: impl FnMut(&Obligation) -> Result<Permit, Denied>,
    ) -> Result<Vec<Obligation>, Error> {
        let all = self.read(Scope::Node, |read| {
            let rows = keep::rows(read, ask(sql::OBLIGATIONS_OF_ACT, &[id(act.0)]))?;
            let open =
                |row: &Row| Ok(read_obligation(row, &mut keep::reading(&self.ring, read))?.0);
            rows.iter().map(open).collect::<Result<Vec<_>, Error>>()
        })?;
        let mut seen = Vec::new();
        for owed in all {
            if let Ok(permit) = decide(&owed) {
                let object = ObjectId::Obligation(act, owed.institution);
                permit.covers(Action::SeeObligation, &object)?;
                seen.push(owed);
            }
        }
        Ok(seen)
    }

    /// How an act stands in a scope, in counts; needs a permit to see names in this scope.
    ///
    /// These are exact, and the smallest is one institution: whoever may not see names gets the picture.
    pub fn progress(
        &self,
        permit: &Permit,
        (act, scope): (ActId, &NameScope),
    ) -> Result<Vec<Progress>, Error> {
        permit.covers(Action::SeeNames, &ObjectId::Names(act, scope.clone()))?;
        let with = [&[id(act.0)][..], &within(scope)].concat();
        self.read(Scope::Node, |read| {
            let rows = keep::rows(read, ask(sql::PROGRESS, &with))?;
            let read = |row: &Row| {
                Ok(Progress {
                    status: Code::from_code(row.int(0)?)?,
                    class: Code::from_code(row.int(1)?)?,
                    exposure: Code::from_code(row.int(2)?)?,
                    obligations: row.int(3)?.cast_unsigned(),
                    systems: row.int(4)?.cast_unsigned(),
                })
            };
            rows.iter().map(read).collect()
        })
    }

    /// Counts for the national picture of an act; needs a permit to see the picture, or counts.
    ///
    /// These are exact: whoever shows them hides small groups first. Who says "not affected" against the inventory counts
    /// as unknown until somebody else has looked.
    pub fn picture_rows(&self, permit: &Permit, act: ActId) -> Result<Vec<PictureRow>, Error> {
        let nation = &ObjectId::Nation;
        permit
            .covers(Action::SeeNationalPicture, nation)
            .or_else(|_| permit.covers(Action::SeeCounts, nation))?;
        self.pictured(act)
    }

    /// The same for one institution that is to be shown beside its sector; needs a permit to see its benchmark.
    ///
    /// These are exact, too: whoever shows them draws the picture of all, and takes one row of it.
    pub fn benchmark_rows(
        &self,
        permit: &Permit,
        institution: InstitutionId,
        act: ActId,
    ) -> Result<Vec<PictureRow>, Error> {
        permit.covers(Action::SeeBenchmark, &ObjectId::Institution(institution))?;
        self.pictured(act)
    }

    fn pictured(&self, act: ActId) -> Result<Vec<PictureRow>, Error> {
        self.read(Scope::Node, |read| {
            let rows = keep::rows(read, ask(sql::PICTURE, &[id(act.0)]))?;
            let read = |row: &Row| {
                let sector = Some(row.text(1)?).filter(|code| !code.is_empty());
                Ok(PictureRow {
                    domain: Code::from_code(row.int(0)?)?,
                    sector: sector.map(str::parse).transpose().map_err(odd)?,
                    province: u8::try_from(row.int(2)?).map_err(odd)?,
                    size: Code::from_code(row.int(3)?)?,
                    status: Code::from_code(row.int(4)?)?,
                    exposure: Code::from_code(row.int(5)?)?,
                    count: row.int(6)?.cast_unsigned(),
                })
            };
            rows.iter().map(read).collect()
        })
    }

    /// Who is late with an act at `now`, the riskiest first; needs a permit to see names in this scope.
    ///
    /// That names were read belongs in the record: record [`ActWish::ReadNames`](bongsu_response::ActWish::ReadNames)
    /// first.
    pub fn late(
        &self,
        permit: &Permit,
        (act, scope): (ActId, &NameScope),
        now: Timestamp,
        limit: u32,
        after: LatePlace,
    ) -> Result<Vec<Late>, Error> {
        permit.covers(Action::SeeNames, &ObjectId::Names(act, scope.clone()))?;
        let place = [
            id(act.0),
            rows::micros(now),
            after.risk.into(),
            after.class.into(),
            after.missed.into(),
            id(after.institution.0),
            i64::from(limit).into(),
        ];
        let with = [&place[..], &within(scope)].concat();
        self.read(Scope::Node, |read| {
            let mut late = Vec::new();
            for row in keep::rows(read, ask(sql::LATE, &with))? {
                let (obligation, _) = read_obligation(&row, &mut keep::reading(&self.ring, read))?;
                let institution = obligation.institution;
                let missed = rows::instant(&row, 26)?;
                let place = LatePlace {
                    risk: row.int(25)?,
                    class: obligation.clocks.class.code(),
                    missed: row.int(26)?,
                    institution,
                };
                late.push(Late { obligation, missed, place });
            }
            Ok(late)
        })
    }

    /// Whom no channel reached with an act, and small institutions that were asked at this instant or before and have not
    /// said a word, in the order of ids after one; needs a permit to see names in this scope.
    ///
    /// That names were read belongs in the record, as with [`late`](Self::late).
    pub fn to_call(
        &self,
        permit: &Permit,
        (act, scope): (ActId, &NameScope),
        asked_by: Timestamp,
        limit: u32,
        after: InstitutionId,
    ) -> Result<Vec<Obligation>, Error> {
        permit.covers(Action::SeeNames, &ObjectId::Names(act, scope.clone()))?;
        let place = [id(act.0), id(after.0), i64::from(limit).into()];
        let with = [&place[..], &within(scope), &[rows::micros(asked_by)]].concat();
        self.read(Scope::Node, |read| {
            let rows = keep::rows(read, ask(sql::TO_CALL, &with))?;
            let open =
                |row: &Row| Ok(read_obligation(row, &mut keep::reading(&self.ring, read))?.0);
            rows.iter().map(open).collect()
        })
    }

    fn all<K: Keeps>(&self, ask: Ask<'_>) -> Result<Vec<K::It>, Error> {
        self.read(Scope::Node, |read| {
            let rows = keep::rows(read, ask)?;
            let open = |row: &Row| Ok(K::read(row, &mut keep::reading(&self.ring, read))?.0);
            rows.iter().map(open).collect()
        })
    }
}

/// A scope as values of a statement: domain, sector, relay, whether the military is in it, first and last institution.
pub(crate) fn within(scope: &NameScope) -> [Value; 6] {
    let (domain, sector, relay) = match scope {
        NameScope::Domain(domain) => (domain.code(), "", ""),
        NameScope::Sector(code) => (-1, code.as_str(), ""),
        NameScope::Relay(code) => (-1, "", code.as_str()),
        NameScope::Institution(_) => (-1, "", ""),
    };
    let military = match scope {
        NameScope::Domain(domain) => *domain == Domain::Military,
        NameScope::Institution(_) => true,
        NameScope::Sector(_) | NameScope::Relay(_) => false,
    };
    let (first, last) = match scope {
        NameScope::Institution(only) => (only.0, only.0),
        _ => ([0; 16], [0xff; 16]),
    };
    [domain.into(), sector.into(), relay.into(), i64::from(military).into(), id(first), id(last)]
}
