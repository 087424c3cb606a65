//! Institutions, officers and delegations as they stand, with the questions the rest asks about them.
//!
//! The register is a fold: the same changes in the same order give the same register. Nothing is removed; things end.

mod change;
mod refusal;
mod row;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

use jiff::Timestamp;

use crate::access::{Officer, Principal, Subject};
use crate::{
    Appointment, AppointmentId, Delegation, DelegationId, Domain, Institution, InstitutionId,
    Jurisdiction, Mark, NodeCode, PersonId, Post, Seat, Table,
};

pub use refusal::RegisterError;
use row::{NONE, Row, Stations};

/// Institutions, appointments and delegations.
///
/// ```
/// use bongsu_authority::access::{Action, Channel, InstitutionFacts, Object, decide};
/// use bongsu_authority::{
///     Appointment, AppointmentId, Grade, Institution, InstitutionId, Label, Ownership, PersonId, Post,
///     Register, Seat, Size, Tlp,
/// };
///
/// let (factory, owner) = (InstitutionId([1; 16]), PersonId([2; 16]));
/// let mut register = Register::default();
/// register.enrol(&Institution {
///     id: factory,
///     name_ko: "미르정밀".to_owned(),
///     name_en: "Mir Precision".to_owned(),
///     ownership: Ownership::Private,
///     competent: ["SECTOR_SME".parse()?].into(),
///     relay: Some("RELAY_SME_03".parse()?),
///     size: Size::Small,
///     province: 3,
///     marks: [].into(),
/// })?;
/// let at = "2026-03-02T09:00:00Z".parse()?;
/// register.appoint(Appointment {
///     id: AppointmentId([3; 16]),
///     person: owner,
///     post: Post::Ciso,
///     seat: Seat::Institution(factory),
///     from: at,
///     until: None,
///     deputy_of: None,
///     title: "CISO-00417".to_owned(),
/// })?;
/// assert_eq!(register.accountable(factory, at).map(|officer| officer.person), Some(owner));
///
/// let subject = register.subject(factory, at).ok_or("enrolled above")?;
/// let inventory = Object::Institution(InstitutionFacts {
///     subject: &subject,
///     label: Label { tlp: Tlp::Amber, grade: Grade::Open },
///     named: &[],
///     touched_by: None,
///     disputed: false,
///     second: None,
/// });
/// let channel = Channel { node: Grade::Sensitive, ceiling: Grade::Open, internet: true };
/// let permit = decide(&register.principal(owner, at), Action::SeeInventory, &inventory, &channel, at)?;
/// assert!(permit.covers(Action::SeeInventory, &inventory.id()).is_ok());
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Register {
    stations: Stations,
    rows: Vec<Row>,
    row_of: HashMap<InstitutionId, u32>,
    appointments: Vec<Appointment>,
    appointment_of: HashMap<AppointmentId, u32>,
    /// For each appointment the one before it at the same seat, and of the same person.
    before: Vec<Before>,
    newest_of: HashMap<PersonId, u32>,
    newest_at: HashMap<NodeCode, u32>,
    delegations: Vec<Delegation>,
    delegation_of: HashMap<DelegationId, u32>,
    delegations_from: HashMap<InstitutionId, Vec<u32>>,
    delegations_to: HashMap<InstitutionId, Vec<u32>>,
    leads: HashMap<InstitutionId, Table<Domain>>,
}

#[derive(Clone, Copy, Debug)]
struct Before {
    at_seat: u32,
    of_person: u32,
}

/// An institution without a CISO: an open duty of its head.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Vacancy {
    /// Where.
    pub institution: InstitutionId,
    /// Who is accountable meanwhile; none where no officer is known at all.
    pub stands_in: Option<AppointmentId>,
}

/// What an enrolment did.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Enrolled {
    /// The institution is new. Until an officer is appointed, [`Register::without_officer`] names it.
    New,
    /// Its record was replaced; its officers stay.
    Replaced,
    /// The record was the same.
    Unchanged,
}

impl Register {
    /// How many institutions there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Is it empty?
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Every institution, in the order of enrolment.
    pub fn institutions(&self) -> impl Iterator<Item = InstitutionId> {
        self.rows.iter().map(|row| row.id)
    }

    /// Every station that an institution names or that somebody was ever appointed at; some may stand twice.
    pub fn stations(&self) -> impl Iterator<Item = &NodeCode> {
        self.stations.codes().iter().chain(self.newest_at.keys())
    }

    /// Institutions of which a name holds this text, in the order of enrolment; Latin letters fit in either case.
    pub fn named(&self, text: &str) -> impl Iterator<Item = InstitutionId> {
        self.rows.iter().filter(move |row| row.is_named(text)).map(|row| row.id)
    }

    /// An institution's record.
    pub fn institution(&self, id: InstitutionId) -> Option<Institution> {
        Some(self.row(id)?.unpack(&self.stations))
    }

    /// The Korean name of an institution.
    pub fn name_ko(&self, id: InstitutionId) -> Option<&str> {
        self.row(id).map(Row::name_ko)
    }

    /// Who has jurisdiction over an institution: the lead that ownership decides, or the one the apex assigned.
    pub fn jurisdiction(&self, id: InstitutionId, at: Timestamp) -> Option<Jurisdiction> {
        let institution = self.institution(id)?;
        let lead = self.lead(id, institution.domain(), at);
        Some(institution.jurisdiction_under(lead))
    }

    /// An institution as a decision about access needs it.
    pub fn subject(&self, id: InstitutionId, at: Timestamp) -> Option<Subject> {
        let institution = self.institution(id)?;
        let lead = self.lead(id, institution.domain(), at);
        let accountable = self.accountable(id, at).map(|appointment| appointment.person);
        Some(Subject { institution, lead, accountable })
    }

    /// The one accountable officer: the CISO, else the deputy who was named before, else the head (domain guide, 3.2).
    ///
    /// None only where no such officer is appointed at all.
    pub fn accountable(&self, id: InstitutionId, at: Timestamp) -> Option<&Appointment> {
        self.holder(id, Post::Ciso, at)
            .or_else(|| self.deputy(id, Post::Ciso, at))
            .or_else(|| self.holder(id, Post::Head, at))
            .or_else(|| self.deputy(id, Post::Head, at))
    }

    /// A person with every post that holds, and the delegations that reach them.
    pub fn principal(&self, person: PersonId, at: Timestamp) -> Principal<'_> {
        let mut appointments: Vec<_> =
            self.appointments_of(person).filter(|held| held.holds_at(at)).collect();
        // The owner of a small firm is head and CISO in one person, and answers as the one who is accountable.
        appointments.sort_by_key(|held| held.post == Post::Head);
        let mut providers: Vec<_> =
            appointments.iter().filter_map(|held| institution(held)).collect();
        providers.sort_unstable();
        providers.dedup();
        let delegations =
            providers.into_iter().flat_map(|provider| self.customers_of(provider, at)).collect();
        Principal::Person(Officer { person, appointments, delegations })
    }

    /// An appointment.
    pub fn appointment(&self, id: AppointmentId) -> Option<&Appointment> {
        self.appointment_of.get(&id).map(|number| &self.appointments[*number as usize])
    }

    /// Every appointment that was ever made, in the order of entry.
    pub fn appointments(&self) -> impl Iterator<Item = &Appointment> {
        self.appointments.iter()
    }

    /// Everything a person was ever appointed to, newest first.
    pub fn appointments_of(&self, person: PersonId) -> impl Iterator<Item = &Appointment> {
        let first = self.newest_of.get(&person).copied().unwrap_or(NONE);
        self.chain(first, |before| before.of_person)
    }

    /// The appointments that hold at a seat, newest first.
    pub fn appointments_at(
        &self,
        seat: &Seat,
        at: Timestamp,
    ) -> impl Iterator<Item = &Appointment> {
        self.ever_at(seat).filter(move |appointment| appointment.holds_at(at))
    }

    /// A delegation.
    pub fn delegation(&self, id: DelegationId) -> Option<&Delegation> {
        self.delegation_of.get(&id).map(|number| &self.delegations[*number as usize])
    }

    /// The delegations an institution has given that hold.
    pub fn providers_of(
        &self,
        institution: InstitutionId,
        at: Timestamp,
    ) -> impl Iterator<Item = &Delegation> {
        self.listed(self.delegations_from.get(&institution), at)
    }

    /// The delegations a provider was given that hold.
    pub fn customers_of(
        &self,
        provider: InstitutionId,
        at: Timestamp,
    ) -> impl Iterator<Item = &Delegation> {
        self.listed(self.delegations_to.get(&provider), at)
    }

    /// Institutions without a CISO, and who is accountable meanwhile.
    pub fn vacancies(&self, at: Timestamp) -> impl Iterator<Item = Vacancy> {
        let vacant = move |row: &&Row| self.holder(row.id, Post::Ciso, at).is_none();
        self.rows.iter().filter(vacant).map(move |row| Vacancy {
            institution: row.id,
            stands_in: self.accountable(row.id, at).map(|appointment| appointment.id),
        })
    }

    /// Institutions of which no accountable officer is known at all.
    pub fn without_officer(&self, at: Timestamp) -> impl Iterator<Item = InstitutionId> {
        let vacancies = self.vacancies(at).filter(|vacancy| vacancy.stands_in.is_none());
        vacancies.map(|vacancy| vacancy.institution)
    }

    /// The institutions a relay serves.
    pub fn members_of(&self, relay: &NodeCode) -> impl Iterator<Item = InstitutionId> {
        let relay = self.stations.number(relay);
        let served = move |row: &&Row| relay.is_some_and(|relay| row.is_served_by(relay));
        self.rows.iter().filter(served).map(|row| row.id)
    }

    /// The institutions that bear a label.
    pub fn marked(&self, mark: Mark) -> impl Iterator<Item = InstitutionId> {
        self.rows.iter().filter(move |row| row.has(mark)).map(|row| row.id)
    }

    /// The institutions of a competent ministry.
    pub fn by_sector(&self, sector: &NodeCode) -> impl Iterator<Item = InstitutionId> {
        let sector = self.stations.number(sector);
        let under = move |row: &&Row| sector.is_some_and(|it| row.is_under(it, &self.stations));
        self.rows.iter().filter(under).map(|row| row.id)
    }

    /// The institutions of which a domain's lead is the lead at this instant.
    pub fn by_domain(&self, domain: Domain, at: Timestamp) -> impl Iterator<Item = InstitutionId> {
        let led = move |row: &&Row| self.lead(row.id, row.ownership.domain(), at) == domain;
        self.rows.iter().filter(led).map(|row| row.id)
    }
}

// Below the surface.
impl Register {
    fn row(&self, id: InstitutionId) -> Option<&Row> {
        self.row_of.get(&id).map(|number| &self.rows[*number as usize])
    }

    fn lead(&self, id: InstitutionId, own: Domain, at: Timestamp) -> Domain {
        let assigned = self.leads.get(&id).and_then(|leads| leads.at(at));
        assigned.map_or(own, |assigned| own.or_assigned(*assigned))
    }

    fn chain(&self, first: u32, next: fn(&Before) -> u32) -> impl Iterator<Item = &Appointment> {
        let known = |number: u32| (number != NONE).then_some(number);
        let numbers = std::iter::successors(known(first), move |number| {
            known(next(&self.before[*number as usize]))
        });
        numbers.map(|number| &self.appointments[number as usize])
    }

    fn ever_at(&self, seat: &Seat) -> impl Iterator<Item = &Appointment> {
        let first = match seat {
            Seat::Node(code) => self.newest_at.get(code).copied(),
            Seat::Institution(id) => self.row(*id).map(|row| row.newest),
        };
        self.chain(first.unwrap_or(NONE), |before| before.at_seat)
    }

    fn listed(&self, list: Option<&Vec<u32>>, at: Timestamp) -> impl Iterator<Item = &Delegation> {
        let numbers = list.map_or(&[][..], Vec::as_slice).iter();
        let delegations = numbers.map(|number| &self.delegations[*number as usize]);
        delegations.filter(move |delegation| delegation.holds_at(at))
    }

    fn holder(&self, id: InstitutionId, post: Post, at: Timestamp) -> Option<&Appointment> {
        let seat = Seat::Institution(id);
        let mut here = self.ever_at(&seat);
        here.find(|held| held.post == post && held.deputy_of.is_none() && held.holds_at(at))
    }

    /// The deputy who was named before the post fell vacant; the longest-serving, where there are several.
    fn deputy(&self, id: InstitutionId, post: Post, at: Timestamp) -> Option<&Appointment> {
        let seat = Seat::Institution(id);
        let named_before = |deputy: &&Appointment| {
            let principal = deputy.deputy_of.and_then(|principal| self.appointment(principal));
            principal.is_some_and(|it| it.until.is_none_or(|until| deputy.from < until))
        };
        self.ever_at(&seat)
            .filter(|held| held.post == post && held.holds_at(at))
            .filter(named_before)
            .min_by_key(|deputy| (deputy.from, deputy.id))
    }
}

fn institution(appointment: &Appointment) -> Option<InstitutionId> {
    match appointment.seat {
        Seat::Institution(id) => Some(id),
        Seat::Node(_) => None,
    }
}
