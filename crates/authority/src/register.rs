//! Institutions, officers and delegations as they stand, with the questions the rest asks about them.
//!
//! The register is a fold: the same changes in the same order give the same register. Nothing is removed; things end.

mod refusal;
mod row;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

use jiff::Timestamp;

use crate::access::{Officer, Principal, Subject};
use crate::dated::overlap;
use crate::{
    Appointment, AppointmentId, Dated, Delegation, DelegationId, Domain, Institution,
    InstitutionId, Jurisdiction, Mark, NodeCode, PersonId, Post, Role, Seat, Table,
};

pub use refusal::RegisterError;
use row::{NONE, Row, Stations};

/// Institutions, appointments and delegations.
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

// Questions.
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

    /// An institution's record.
    pub fn institution(&self, id: InstitutionId) -> Option<Institution> {
        Some(self.row(id)?.unpack(&self.stations))
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
        let appointments: Vec<_> =
            self.appointments_of(person).filter(|held| held.holds_at(at)).collect();
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

// Changes.
impl Register {
    /// Makes room for so many institutions with one officer each.
    pub fn reserve(&mut self, institutions: usize) {
        self.rows.reserve_exact(institutions);
        self.row_of.reserve(institutions);
        self.appointments.reserve_exact(institutions);
        self.appointment_of.reserve(institutions);
        self.before.reserve_exact(institutions);
        self.newest_of.reserve(institutions);
    }

    /// Enters an institution, or replaces its record. It may be without any officer at first.
    ///
    /// # Errors
    /// [`RegisterError::Record`].
    pub fn enrol(&mut self, institution: &Institution) -> Result<Enrolled, RegisterError> {
        let id = institution.id;
        let refused = |wrong| RegisterError::Record { institution: id, wrong };
        record_is_sound(institution).map_err(refused)?;
        let known = self.row_of.get(&id).map(|number| *number as usize);
        if known.is_some_and(|number| self.rows[number].unpack(&self.stations) == *institution) {
            return Ok(Enrolled::Unchanged);
        }
        let newest = known.map_or(NONE, |number| self.rows[number].newest);
        let row = Row::pack(institution, newest, &mut self.stations);
        let row =
            row.ok_or_else(|| refused("the nation has more than 65,000 stations or sets of them"))?;
        if let Some(number) = known {
            self.rows[number] = row;
            return Ok(Enrolled::Replaced);
        }
        self.row_of.insert(id, number(self.rows.len()));
        self.rows.push(row);
        Ok(Enrolled::New)
    }

    /// Appoints an officer. The same appointment twice is one.
    ///
    /// # Errors
    /// [`RegisterError`]: at an institution one person at a time is CISO, CPO or head, besides deputies.
    pub fn appoint(&mut self, appointment: Appointment) -> Result<(), RegisterError> {
        if let Some(known) = self.appointment(appointment.id) {
            let same = *known == appointment;
            return if same {
                Ok(())
            } else {
                Err(RegisterError::AppointmentTaken(appointment.id))
            };
        }
        self.may_begin(&appointment)?;
        let new = number(self.appointments.len());
        let at_seat = match &appointment.seat {
            Seat::Node(code) => self.newest_at.insert(code.clone(), new).unwrap_or(NONE),
            Seat::Institution(id) => {
                let number = *self.row_of.get(id).ok_or(RegisterError::UnknownInstitution(*id))?;
                std::mem::replace(&mut self.rows[number as usize].newest, new)
            }
        };
        let of_person = self.newest_of.insert(appointment.person, new).unwrap_or(NONE);
        self.before.push(Before { at_seat, of_person });
        self.appointment_of.insert(appointment.id, new);
        self.appointments.push(appointment);
        Ok(())
    }

    /// Ends an appointment.
    ///
    /// # Errors
    /// [`RegisterError`]: it is unknown, begins later, or ends earlier already.
    pub fn end_appointment(
        &mut self,
        id: AppointmentId,
        until: Timestamp,
    ) -> Result<(), RegisterError> {
        let known = self.appointment_of.get(&id).ok_or(RegisterError::UnknownAppointment(id))?;
        let appointment = &mut self.appointments[*known as usize];
        may_end(appointment.from, appointment.until, until)?;
        appointment.until = Some(until);
        Ok(())
    }

    /// Enters a delegation. The same delegation twice is one.
    ///
    /// # Errors
    /// [`RegisterError`]: who signs is CISO or head there when it begins, the provider is marked as one.
    pub fn delegate(&mut self, delegation: Delegation) -> Result<(), RegisterError> {
        if let Some(known) = self.delegation(delegation.id) {
            let same = *known == delegation;
            return if same { Ok(()) } else { Err(RegisterError::DelegationTaken(delegation.id)) };
        }
        self.may_delegate(&delegation)?;
        let new = number(self.delegations.len());
        self.delegations_from.entry(delegation.institution).or_default().push(new);
        self.delegations_to.entry(delegation.provider).or_default().push(new);
        self.delegation_of.insert(delegation.id, new);
        self.delegations.push(delegation);
        Ok(())
    }

    /// Takes a delegation back.
    ///
    /// # Errors
    /// [`RegisterError`]: it is unknown, begins later, or ends earlier already.
    pub fn end_delegation(
        &mut self,
        id: DelegationId,
        until: Timestamp,
    ) -> Result<(), RegisterError> {
        let known = self.delegation_of.get(&id).ok_or(RegisterError::UnknownDelegation(id))?;
        let delegation = &mut self.delegations[*known as usize];
        may_end(delegation.from, Some(delegation.until), until)?;
        delegation.until = until;
        Ok(())
    }

    /// Assigns an institution to another lead for a time, as the apex decides in a dispute.
    ///
    /// # Errors
    /// [`RegisterError`]: the military is never moved, and at no instant are there two leads.
    pub fn assign_lead(
        &mut self,
        id: InstitutionId,
        lead: Dated<Domain>,
    ) -> Result<(), RegisterError> {
        let row = self.row(id).ok_or(RegisterError::UnknownInstitution(id))?;
        if [row.ownership.domain(), lead.value].contains(&Domain::Military) {
            return Err(RegisterError::MilitaryStays);
        }
        let mut rows = self.leads.get(&id).map_or_else(Vec::new, |leads| leads.rows().to_vec());
        if !rows.contains(&lead) {
            rows.push(lead);
        }
        self.leads.insert(id, Table::new(rows)?);
        Ok(())
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

    fn may_begin(&self, new: &Appointment) -> Result<(), RegisterError> {
        if let Some(until) = new.until.filter(|until| *until < new.from) {
            return Err(RegisterError::EndsBeforeItBegins { from: new.from, until });
        }
        if let Seat::Institution(id) = new.seat
            && !self.row_of.contains_key(&id)
        {
            return Err(RegisterError::UnknownInstitution(id));
        }
        if !fits(new.post, &new.seat) {
            return Err(RegisterError::PostDoesNotFit { post: new.post, seat: new.seat.clone() });
        }
        if let Some(principal) = new.deputy_of {
            let principal = self.appointment(principal).ok_or(RegisterError::DeputyOfNothing)?;
            return stands_in(new, principal);
        }
        let one_at_a_time = matches!(new.post, Post::Ciso | Post::Cpo | Post::Head);
        let held = self.ever_at(&new.seat).find(|held| {
            let same_post = held.post == new.post && held.deputy_of.is_none();
            let clash = one_at_a_time || held.person == new.person;
            same_post && clash && overlap((held.from, held.until), (new.from, new.until))
        });
        match held {
            Some(held) => Err(RegisterError::HeldAlready { post: new.post, held: held.id }),
            None => Ok(()),
        }
    }

    fn may_delegate(&self, new: &Delegation) -> Result<(), RegisterError> {
        if new.until < new.from {
            let (from, until) = (new.from, new.until);
            return Err(RegisterError::EndsBeforeItBegins { from, until });
        }
        if new.powers.is_empty() {
            return Err(RegisterError::NoPower);
        }
        self.row(new.institution).ok_or(RegisterError::UnknownInstitution(new.institution))?;
        let provider = self.row(new.provider);
        let provider = provider.ok_or(RegisterError::UnknownInstitution(new.provider))?;
        if new.provider == new.institution || !provider.has(Mark::ServiceProvider) {
            return Err(RegisterError::NoProvider(new.provider));
        }
        let seat = Seat::Institution(new.institution);
        let answerable = |own: &Appointment| matches!(own.post, Post::Ciso | Post::Head);
        let mut there = self.appointments_at(&seat, new.from);
        if !there.any(|own| own.person == new.signed_by && answerable(own)) {
            return Err(RegisterError::SignedByStranger(new.signed_by));
        }
        Ok(())
    }
}

fn may_end(
    from: Timestamp,
    ends: Option<Timestamp>,
    until: Timestamp,
) -> Result<(), RegisterError> {
    if until < from {
        return Err(RegisterError::EndsBeforeItBegins { from, until });
    }
    match ends.filter(|ends| *ends < until) {
        Some(ends) => Err(RegisterError::EndsEarlierAlready { ends }),
        None => Ok(()),
    }
}

fn stands_in(deputy: &Appointment, principal: &Appointment) -> Result<(), RegisterError> {
    if deputy.person == principal.person {
        return Err(RegisterError::OwnDeputy(deputy.person));
    }
    let same = deputy.post == principal.post && deputy.seat == principal.seat;
    let in_time = principal.until.is_none_or(|until| deputy.from < until);
    if same && in_time && principal.deputy_of.is_none() {
        return Ok(());
    }
    Err(RegisterError::DeputyOfNothing)
}

fn fits(post: Post, seat: &Seat) -> bool {
    let house = matches!(post, Post::Ciso | Post::Cpo | Post::Operator | Post::Head);
    match seat {
        Seat::Node(_) => !house,
        Seat::Institution(_) => house || post == Post::Auditor,
    }
}

fn record_is_sound(record: &Institution) -> Result<(), &'static str> {
    let names = [&record.name_ko, &record.name_en];
    if names.iter().any(|name| name.trim().is_empty() || name.len() > NAME_LIMIT_BYTES) {
        return Err("a name is 1 to 300 bytes, in Korean and in English");
    }
    if record.competent.iter().any(|code| code.role() != Role::Sector) {
        return Err("a competent ministry is a station such as SECTOR_FIN");
    }
    if record.relay.as_ref().is_some_and(|code| code.role() != Role::Relay) {
        return Err("a relay is a station such as RELAY_FIN");
    }
    if record.province > PROVINCES {
        return Err("a province is 1 to 17, or 0 where it is not stated");
    }
    Ok(())
}

fn institution(appointment: &Appointment) -> Option<InstitutionId> {
    match appointment.seat {
        Seat::Institution(id) => Some(id),
        Seat::Node(_) => None,
    }
}

fn number(length: usize) -> u32 {
    u32::try_from(length)
        .ok()
        .filter(|number| *number != NONE)
        .expect("fewer than four thousand million")
}

/// A hundred Hangul syllables.
const NAME_LIMIT_BYTES: usize = 300;

/// Provinces and metropolitan cities, as the national code lists them.
const PROVINCES: u8 = 17;
