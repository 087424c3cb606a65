//! Institutions, officers and delegations, as far as the machines ask for them.

use std::collections::HashMap;

use jiff::Timestamp;

use bongsu_authority::register::RegisterError;
use bongsu_authority::{
    Appointment, AppointmentId, Delegation, DelegationId, Institution, InstitutionId, PersonId,
    Post, Seat,
};

use crate::event::{By, Event};
use crate::guard;
use crate::refused::Moment;
use crate::{Misfit, Refused};

/// The register as the fold has it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Register {
    institutions: HashMap<InstitutionId, Institution>,
    appointments: HashMap<AppointmentId, Appointment>,
    officers: HashMap<InstitutionId, Vec<AppointmentId>>,
    delegations: HashMap<DelegationId, Delegation>,
}

impl Register {
    /// An institution.
    pub fn institution(&self, institution: InstitutionId) -> Option<&Institution> {
        self.institutions.get(&institution)
    }

    /// An appointment.
    pub fn appointment(&self, appointment: AppointmentId) -> Option<&Appointment> {
        self.appointments.get(&appointment)
    }

    /// A delegation.
    pub fn delegation(&self, delegation: DelegationId) -> Option<&Delegation> {
        self.delegations.get(&delegation)
    }

    /// Who is accountable for an institution at this instant: the CISO, else a deputy who was named before the post fell
    /// vacant, else the head, else a deputy of theirs.
    ///
    /// Of several deputies or heads it is the one who was appointed first, so it is never more than one.
    pub fn accountable(&self, institution: InstitutionId, at: Timestamp) -> Option<&Appointment> {
        let holding = |post: Post, deputy: bool| {
            self.officers_of(institution)
                .filter(move |officer| {
                    officer.post == post && officer.deputy_of.is_some() == deputy
                })
                .filter(move |officer| officer.holds_at(at) && self.was_named_before(officer))
                .min_by_key(|officer| (officer.from, officer.id))
        };
        holding(Post::Ciso, false)
            .or_else(|| holding(Post::Ciso, true))
            .or_else(|| holding(Post::Head, false))
            .or_else(|| holding(Post::Head, true))
    }

    /// Was a deputy named before the post fell vacant? Whoever is none was.
    fn was_named_before(&self, officer: &Appointment) -> bool {
        let Some(principal) = officer.deputy_of else { return true };
        let principal = self.appointment(principal);
        principal.is_some_and(|it| it.until.is_none_or(|until| officer.from < until))
    }

    /// Does whoever acts hold the post they act under? The engine always does.
    pub fn holds(&self, by: By, at: Timestamp) -> bool {
        match by {
            By::Engine(_) => true,
            By::Officer { person, appointment, .. } => self
                .appointment(appointment)
                .is_some_and(|post| post.person == person && post.holds_at(at)),
        }
    }

    /// Says what happens when institutions are enrolled; those that stand so already are left out.
    pub fn enrol(&self, institutions: &[Institution]) -> Vec<Event> {
        let news = institutions.iter().filter(|new| self.institution(new.id) != Some(new));
        let institutions: Vec<_> = news.cloned().collect();
        if institutions.is_empty() {
            return Vec::new();
        }
        vec![Event::InstitutionsEnrolled { institutions }]
    }

    /// Says what happens when officers are appointed; appointments that stand so already are left out.
    pub fn appoint(&self, appointments: &[Appointment]) -> Result<Vec<Event>, Refused> {
        let mut news: Vec<Appointment> = Vec::new();
        for new in appointments {
            match self.appointment(new.id) {
                Some(old) if old == new => continue,
                Some(_) => return Err(Refused::Taken { what: "appointment" }),
                None => {}
            }
            self.may_appoint(new, &news)?;
            news.push(new.clone());
        }
        if news.is_empty() {
            return Ok(Vec::new());
        }
        Ok(vec![Event::OfficersAppointed { appointments: news }])
    }

    fn may_appoint(&self, new: &Appointment, beside: &[Appointment]) -> Result<(), Refused> {
        if let Some(until) = new.until {
            guard::ahead(Moment::Appointment, until, new.from)?;
        }
        let Seat::Institution(institution) = new.seat else { return Ok(()) };
        if self.institution(institution).is_none() {
            return Err(RegisterError::UnknownInstitution(institution).into());
        }
        let others = self.officers_of(institution).chain(beside);
        let rival = others.into_iter().find(|old| {
            old.seat == new.seat
                && (old.post, new.post) == (Post::Ciso, Post::Ciso)
                && old.deputy_of.is_none()
                && new.deputy_of.is_none()
                && overlap(old, new)
        });
        match rival {
            Some(held) => Err(RegisterError::HeldAlready { post: new.post, held: held.id }.into()),
            None => Ok(()),
        }
    }

    /// Says what happens when an appointment ends; it may be cut short, never prolonged.
    pub fn end_appointment(
        &self,
        appointment: AppointmentId,
        until: Timestamp,
    ) -> Result<Vec<Event>, Refused> {
        let Some(old) = self.appointment(appointment) else {
            return Err(RegisterError::UnknownAppointment(appointment).into());
        };
        if old.until == Some(until) {
            return Ok(Vec::new());
        }
        guard::ahead(Moment::Appointment, until, old.from)?;
        if let Some(limit) = old.until {
            guard::within(Moment::Appointment, until, limit)?;
        }
        Ok(vec![Event::AppointmentEnded { appointment, until }])
    }

    /// Says what happens when an institution delegates.
    pub fn delegate(&self, delegation: &Delegation) -> Result<Vec<Event>, Refused> {
        match self.delegation(delegation.id) {
            Some(old) if old == delegation => return Ok(Vec::new()),
            Some(_) => return Err(Refused::Taken { what: "delegation" }),
            None => {}
        }
        guard::ahead(Moment::Delegation, delegation.until, delegation.from)?;
        for party in [delegation.institution, delegation.provider] {
            if self.institution(party).is_none() {
                return Err(RegisterError::UnknownInstitution(party).into());
            }
        }
        if delegation.institution == delegation.provider {
            return Err(RegisterError::NoProvider(delegation.provider).into());
        }
        Ok(vec![Event::DelegationSigned { delegation: delegation.clone() }])
    }

    /// Says what happens when a delegation is taken back; it may be cut short, never prolonged.
    pub fn end_delegation(
        &self,
        delegation: DelegationId,
        until: Timestamp,
    ) -> Result<Vec<Event>, Refused> {
        let Some(old) = self.delegation(delegation) else {
            return Err(RegisterError::UnknownDelegation(delegation).into());
        };
        if old.until == until {
            return Ok(Vec::new());
        }
        guard::within(Moment::Delegation, until, old.until)?;
        Ok(vec![Event::DelegationEnded { delegation, until }])
    }

    /// Lets an event of the register happen.
    ///
    /// # Errors
    /// [`Misfit`] where it ends what never began; then nothing changed.
    pub fn apply(&mut self, event: &Event) -> Result<(), Misfit> {
        let unopened = Misfit::Unopened { event: event.name() };
        match event {
            Event::InstitutionsEnrolled { institutions } => {
                let records = institutions.iter().map(|new| (new.id, new.clone()));
                self.institutions.extend(records);
            }
            Event::OfficersAppointed { appointments } => {
                for new in appointments {
                    if let Seat::Institution(institution) = new.seat
                        && !self.appointments.contains_key(&new.id)
                    {
                        self.officers.entry(institution).or_default().push(new.id);
                    }
                    self.appointments.insert(new.id, new.clone());
                }
            }
            Event::AppointmentEnded { appointment, until } => {
                self.appointments.get_mut(appointment).ok_or(unopened)?.until = Some(*until);
            }
            Event::DelegationSigned { delegation } => {
                self.delegations.insert(delegation.id, delegation.clone());
            }
            Event::DelegationEnded { delegation, until } => {
                self.delegations.get_mut(delegation).ok_or(unopened)?.until = *until;
            }
            _ => return Err(Misfit::Astray { event: event.name() }),
        }
        Ok(())
    }

    /// Appointments at an institution, past and future ones too.
    fn officers_of(&self, institution: InstitutionId) -> impl Iterator<Item = &Appointment> {
        let ids = self.officers.get(&institution).map_or(&[][..], Vec::as_slice);
        ids.iter().filter_map(|id| self.appointment(*id))
    }

    /// The posts a person holds at this instant.
    pub fn posts_of(&self, person: PersonId, at: Timestamp) -> impl Iterator<Item = &Appointment> {
        let held = self.appointments.values().filter(move |post| post.person == person);
        held.filter(move |post| post.holds_at(at))
    }
}

fn overlap(one: &Appointment, two: &Appointment) -> bool {
    one.until.is_none_or(|until| two.from < until) && two.until.is_none_or(|until| one.from < until)
}
