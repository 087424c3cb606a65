//! What an event changes in a case.

use jiff::Timestamp;

use bongsu_authority::CaseId;

use super::{Opening, Triage};
use crate::event::{About, Entry, Event};
use crate::{Case, CaseState, Exploitation, Fix, Lift, Misfit};

impl Case {
    /// The case as it is opened: confirmed where it is public, else received.
    pub fn open(id: CaseId, opening: &Opening, at: Timestamp) -> Self {
        Self {
            id,
            title: opening.title.clone(),
            summary: opening.summary.clone(),
            identifiers: opening.identifiers.clone(),
            origin: opening.origin,
            coord: opening.coord.clone(),
            label: opening.label,
            public: opening.public,
            state: if opening.public { CaseState::Confirmed } else { CaseState::Received },
            before: None,
            merged_into: None,
            rejection_proposed_by: None,
            exploitation: Exploitation::None,
            exploited_since: None,
            exploitation_said_by: None,
            fix: Fix::None,
            embargo: None,
            lift: None,
            triage: Triage::default(),
            members: Vec::new(),
            opened_at: at,
            version: 1,
        }
    }

    /// Lets an event happen.
    ///
    /// # Errors
    /// [`Misfit`] where the event does not follow this state; then nothing changed.
    pub fn apply(&mut self, entry: &Entry) -> Result<(), Misfit> {
        let event = entry.event.name();
        match (&entry.event, entry.event.about()) {
            (Event::CaseOpened { .. }, _) => return Err(Misfit::Twice { event }),
            (_, About::Case(case)) if case == self.id => {}
            _ => return Err(Misfit::Astray { event }),
        }
        self.change(entry)?;
        self.version += 1;
        Ok(())
    }

    fn change(&mut self, entry: &Entry) -> Result<(), Misfit> {
        let event = &entry.event;
        match event {
            Event::CaseMoved { to, .. } => {
                self.arrow(event, *to)?;
                self.before = (*to == CaseState::Rejected).then_some(self.state);
                self.rejection_proposed_by = None;
                self.lift = self.lift.take().filter(|_| !to.is_over());
                self.public |= *to == CaseState::Published;
                self.state = *to;
            }
            Event::RejectionProposed { .. } => {
                self.arrow(event, CaseState::Rejected)?;
                let first = entry.by.person().ok_or(Misfit::Signer { event: event.name() })?;
                self.rejection_proposed_by = Some(first);
            }
            Event::CaseMerged { into, .. } => {
                self.arrow(event, CaseState::Merged)?;
                self.before = Some(self.state);
                self.merged_into = Some(*into);
                self.rejection_proposed_by = None;
                self.lift = None;
                self.state = CaseState::Merged;
            }
            Event::CaseSplit { .. } => match (self.state, self.before.take()) {
                (CaseState::Merged, Some(before)) => {
                    self.merged_into = None;
                    self.state = before;
                }
                (_, before) => {
                    self.before = before;
                    return Err(self.misfit(event));
                }
            },
            Event::CaseIdentified { identifiers, .. } => {
                self.identifiers.extend(identifiers.iter().cloned());
            }
            Event::CaseTriaged { triage, .. } => self.triage = *triage,
            Event::ExploitationSet { exploitation, since, said_by, .. } => {
                self.exploitation = *exploitation;
                self.exploited_since = Some(*since);
                self.exploitation_said_by = Some(said_by.clone());
            }
            Event::FixSet { fix, .. } => self.fix = *fix,
            Event::EmbargoSet { embargo, .. } => {
                self.embargo.clone_from(embargo);
                self.lift = None;
            }
            Event::LiftProposed { until, why, .. } => {
                let by = entry.by.person().ok_or(Misfit::Signer { event: event.name() })?;
                self.lift = Some(Lift { by, at: entry.at, until: *until, why: why.clone() });
            }
            Event::EmbargoKept { .. } => self.lift = None,
            Event::CaseLabelled { label, .. } => self.label = *label,
            Event::MemberAdded { member, .. } => {
                self.members.retain(|other| other.person != member.person);
                self.members.push(member.clone());
            }
            Event::MemberRemoved { person, .. } => {
                self.members.retain(|member| member.person != *person);
            }
            _ => {} // read: it is in the log, and changes nothing but the version
        }
        Ok(())
    }

    /// A split, and nothing else, leads out of a merge.
    fn arrow(&self, event: &Event, to: CaseState) -> Result<(), Misfit> {
        if self.state != CaseState::Merged && self.state.leads_to(to) {
            return Ok(());
        }
        Err(self.misfit(event))
    }

    fn misfit(&self, event: &Event) -> Misfit {
        Misfit::Arrow { event: event.name(), state: self.state.label_en() }
    }
}
