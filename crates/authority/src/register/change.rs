//! How the register changes, and what it refuses.

use jiff::Timestamp;

use super::row::{NONE, Row};
use super::{Before, Enrolled, Register, RegisterError};
use crate::dated::overlap;
use crate::{
    Appointment, AppointmentId, Dated, Delegation, DelegationId, Domain, Institution,
    InstitutionId, Mark, Post, Role, Seat, Table,
};

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
        let refused = |wrong| RegisterError::Record { institution: institution.id, wrong };
        record_is_sound(institution).map_err(refused)?;
        self.restore(institution)
    }

    /// Enters an institution as a record has it: what was accepted once is not judged again.
    ///
    /// # Errors
    /// [`RegisterError::Record`] where there are more stations than can be held.
    pub fn restore(&mut self, institution: &Institution) -> Result<Enrolled, RegisterError> {
        let id = institution.id;
        let refused = |wrong| RegisterError::Record { institution: id, wrong };
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

    /// Appoints an officer; a deputy after whom they stand in for. The same appointment twice is one.
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
        self.restore_appointment(appointment)
    }

    /// Enters an appointment as a record has it.
    ///
    /// Whether it may be made was judged when it was: by now the one it stands in for may have ended earlier, so it is
    /// not judged again.
    ///
    /// # Errors
    /// [`RegisterError::UnknownInstitution`], [`RegisterError::AppointmentTaken`].
    pub fn restore_appointment(&mut self, appointment: Appointment) -> Result<(), RegisterError> {
        if self.appointment_of.contains_key(&appointment.id) {
            return Err(RegisterError::AppointmentTaken(appointment.id));
        }
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
        self.restore_delegation(delegation)
    }

    /// Enters a delegation as a record has it; who signed it may have left since, so it is not judged again.
    ///
    /// # Errors
    /// [`RegisterError::DelegationTaken`].
    pub fn restore_delegation(&mut self, delegation: Delegation) -> Result<(), RegisterError> {
        if self.delegation_of.contains_key(&delegation.id) {
            return Err(RegisterError::DelegationTaken(delegation.id));
        }
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

impl Register {
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
