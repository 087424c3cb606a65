//! The whole state as a fold over the log.
//!
//! This is the specification of the store's tables: what [`Nation::apply`] does to one value, their SQL does to one row,
//! and what it does to a set of obligations, one statement does ([`Obligation::deliver`], [`Obligation::release`],
//! [`Obligation::reclock`]). Rebuilding a nation from the log and comparing it with the tables is the health check.

use std::collections::HashMap;

use jiff::Timestamp;

use bongsu_authority::{ActId, CaseId, InstitutionId, SystemId};

use crate::event::{About, Entry, Event, IssueClocks};
use crate::{Act, Addressee, Case, Evidence, Misfit, Obligation, SignedAlert};

mod parts;
pub mod register;
#[cfg(test)]
mod tests;
mod wish;

pub use register::Register;
pub use wish::has_authority;

/// Everything the log says, as it stands after its last entry.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Nation {
    register: Register,
    inventories: HashMap<SystemId, PublishedInventory>,
    cases: HashMap<CaseId, Case>,
    campaigns: HashMap<ActId, Campaign>,
    alerts: Vec<SignedAlert>,
    acts_of_case: HashMap<CaseId, Vec<ActId>>,
    acts_of_institution: HashMap<InstitutionId, Vec<ActId>>,
    entries: u64,
}

/// The latest inventory of a system; its rows live in the index.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct PublishedInventory {
    /// Whose system.
    pub institution: InstitutionId,
    /// SHA-256 of the document.
    pub digest: Evidence,
    /// How many components it lists.
    pub components: u32,
    /// Does the system face the internet?
    pub exposed: bool,
    /// When the document was made.
    pub as_of: Timestamp,
    /// When it was published here.
    pub published_at: Timestamp,
}

/// An act and the obligations it created, in the order they were addressed.
#[derive(Clone, Debug, PartialEq)]
pub struct Campaign {
    act: Act,
    obligations: Vec<Obligation>,
    places: HashMap<InstitutionId, usize>,
}

impl Nation {
    /// A nation about which nothing was said.
    pub fn new() -> Self {
        Self::default()
    }

    /// How many entries it is the fold of.
    pub fn entries(&self) -> u64 {
        self.entries
    }

    /// Institutions, officers and delegations.
    pub fn register(&self) -> &Register {
        &self.register
    }

    /// A case.
    pub fn case(&self, case: CaseId) -> Option<&Case> {
        self.cases.get(&case)
    }

    /// Every case, in no order.
    pub fn cases(&self) -> impl Iterator<Item = &Case> {
        self.cases.values()
    }

    /// An act and its obligations.
    pub fn campaign(&self, act: ActId) -> Option<&Campaign> {
        self.campaigns.get(&act)
    }

    /// Every act with its obligations, in no order.
    pub fn campaigns(&self) -> impl Iterator<Item = &Campaign> {
        self.campaigns.values()
    }

    /// An act.
    pub fn act(&self, act: ActId) -> Option<&Act> {
        self.campaign(act).map(Campaign::act)
    }

    /// The acts about a case, in the order they were drafted.
    pub fn acts_of(&self, case: CaseId) -> &[ActId] {
        self.acts_of_case.get(&case).map_or(&[], Vec::as_slice)
    }

    /// An obligation.
    pub fn obligation(&self, act: ActId, institution: InstitutionId) -> Option<&Obligation> {
        self.campaign(act)?.obligation(institution)
    }

    /// What an institution owes or owed, in the order it was addressed.
    pub fn obligations_of(&self, institution: InstitutionId) -> impl Iterator<Item = &Obligation> {
        let acts = self.acts_of_institution.get(&institution).map_or(&[][..], Vec::as_slice);
        acts.iter().filter_map(move |act| self.obligation(*act, institution))
    }

    /// The latest inventory of a system.
    pub fn inventory(&self, system: SystemId) -> Option<&PublishedInventory> {
        self.inventories.get(&system)
    }

    /// Every alert, in the order of signing.
    pub fn alerts(&self) -> &[SignedAlert] {
        &self.alerts
    }

    /// Every system's latest inventory, in no order.
    pub fn inventories(&self) -> impl Iterator<Item = (SystemId, &PublishedInventory)> {
        self.inventories.iter().map(|(system, inventory)| (*system, inventory))
    }

    /// Lets one entry of the log happen.
    ///
    /// # Errors
    /// [`Misfit`] where the entry does not follow the state; then nothing changed.
    pub fn apply(&mut self, entry: &Entry) -> Result<(), Misfit> {
        match &entry.event {
            Event::InstitutionsEnrolled { .. }
            | Event::OfficersAppointed { .. }
            | Event::AppointmentEnded { .. }
            | Event::DelegationSigned { .. }
            | Event::DelegationEnded { .. } => self.register.apply(&entry.event)?,
            Event::InventoryPublished { .. } => self.publish(entry),
            Event::AlertSet { alert, text_ko, text_en, .. } => self.alerts.push(SignedAlert {
                alert: alert.clone(),
                text_ko: text_ko.clone(),
                text_en: text_en.clone(),
                signed_at: entry.at,
            }),
            Event::CaseOpened { case, opening } => {
                if self.cases.contains_key(case) {
                    return Err(Misfit::Twice { event: entry.event.name() });
                }
                self.cases.insert(*case, Case::open(*case, opening, entry.at));
            }
            Event::ActDrafted { act, case, .. } if !self.campaigns.contains_key(act) => {
                let campaign = Campaign::new(Act::open(entry)?);
                self.campaigns.insert(*act, campaign);
                self.acts_of_case.entry(*case).or_default().push(*act);
            }
            Event::Delivered { act, institutions, .. } => {
                self.campaign_mut(*act, &entry.event)?.deliver(institutions, entry)?;
            }
            event => match event.about() {
                About::Case(case) => {
                    let unopened = Misfit::Unopened { event: event.name() };
                    self.cases.get_mut(&case).ok_or(unopened)?.apply(entry)?;
                }
                About::Obligation(act, institution) => {
                    let campaign = self.campaign_mut(act, event)?;
                    let unopened = Misfit::Unopened { event: event.name() };
                    campaign.obligation_mut(institution).ok_or(unopened)?.apply(entry)?;
                }
                About::Act(act) => self.act_on(act, entry)?,
                About::Register | About::Inventory(_) | About::Alert(_) => {
                    return Err(Misfit::Astray { event: event.name() });
                }
            },
        }
        self.entries += 1;
        Ok(())
    }

    /// What an act does as a whole, and to its obligations.
    fn act_on(&mut self, act: ActId, entry: &Entry) -> Result<(), Misfit> {
        let event = &entry.event;
        let campaign = self.campaigns.get_mut(&act);
        let campaign = campaign.ok_or(Misfit::Unopened { event: event.name() })?;
        campaign.apply(entry)?;
        if let Event::ActSigned { addressees: new, .. } | Event::ActAmended { added: new, .. } =
            event
        {
            for addressee in new {
                self.acts_of_institution.entry(addressee.institution).or_default().push(act);
            }
        }
        Ok(())
    }

    /// The newest document of a system is its inventory, whichever came last.
    fn publish(&mut self, entry: &Entry) {
        let Event::InventoryPublished { institution, system, digest, components, exposed, as_of } =
            &entry.event
        else {
            return;
        };
        let new = PublishedInventory {
            institution: *institution,
            digest: *digest,
            components: *components,
            exposed: *exposed,
            as_of: *as_of,
            published_at: entry.at,
        };
        let standing = self.inventories.entry(*system).or_insert(new);
        if standing.as_of <= new.as_of {
            *standing = new;
        }
    }

    fn campaign_mut(&mut self, act: ActId, event: &Event) -> Result<&mut Campaign, Misfit> {
        self.campaigns.get_mut(&act).ok_or(Misfit::Unopened { event: event.name() })
    }
}

impl Campaign {
    fn new(act: Act) -> Self {
        Self { act, obligations: Vec::new(), places: HashMap::new() }
    }

    /// The act.
    pub fn act(&self) -> &Act {
        &self.act
    }

    /// Its obligations, in the order they were addressed.
    pub fn obligations(&self) -> &[Obligation] {
        &self.obligations
    }

    /// One institution's.
    pub fn obligation(&self, institution: InstitutionId) -> Option<&Obligation> {
        self.places.get(&institution).map(|place| &self.obligations[*place])
    }

    /// How many are not settled at this instant.
    pub fn open_at(&self, at: Timestamp) -> u32 {
        let open = self.obligations.iter().filter(|obligation| !obligation.settled_at(at)).count();
        u32::try_from(open).unwrap_or(u32::MAX)
    }

    fn obligation_mut(&mut self, institution: InstitutionId) -> Option<&mut Obligation> {
        self.places.get(&institution).map(|place| &mut self.obligations[*place])
    }

    /// - Signed: one obligation for each addressee, with the clocks of its exposure.
    /// - Amended: one for each who is added; who is released is let go; nobody else is touched.
    /// - Withdrawn: all are let go that are not proven, not affected, or over.
    /// - Clocked anew: clocks of all that are not over are shortened.
    fn apply(&mut self, entry: &Entry) -> Result<(), Misfit> {
        let event = &entry.event;
        if let Event::ActSigned { addressees: new, .. } | Event::ActAmended { added: new, .. } =
            event
            && new.iter().any(|addressee| self.places.contains_key(&addressee.institution))
        {
            return Err(Misfit::Twice { event: event.name() });
        }
        if let Event::ActAmended { released, .. } = event
            && released.iter().any(|institution| !self.places.contains_key(institution))
        {
            return Err(Misfit::Unopened { event: event.name() });
        }
        self.act.apply(entry)?;
        match event {
            Event::ActSigned { clocks, addressees, .. } => {
                self.address(addressees, clocks, entry.at);
            }
            Event::ActAmended { clocks, added, released, .. } => {
                self.address(added, clocks, entry.at);
                for institution in released {
                    if let Some(obligation) = self.obligation_mut(*institution) {
                        obligation.release(entry.at);
                    }
                }
            }
            Event::ActWithdrawn { .. } => {
                self.obligations.iter_mut().for_each(|obligation| obligation.release(entry.at));
            }
            Event::ActReclocked { clocks, .. } => {
                self.obligations.iter_mut().for_each(|obligation| obligation.reclock(clocks));
            }
            _ => {}
        }
        Ok(())
    }

    fn address(&mut self, addressees: &[Addressee], clocks: &IssueClocks, at: Timestamp) {
        self.obligations.reserve(addressees.len());
        self.places.reserve(addressees.len());
        for addressee in addressees {
            self.places.insert(addressee.institution, self.obligations.len());
            self.obligations.push(Obligation::open(self.act.id, addressee, clocks, at));
        }
    }

    fn deliver(&mut self, institutions: &[InstitutionId], entry: &Entry) -> Result<(), Misfit> {
        if institutions.iter().any(|institution| !self.places.contains_key(institution)) {
            return Err(Misfit::Unopened { event: entry.event.name() });
        }
        for institution in institutions {
            if let Some(obligation) = self.obligation_mut(*institution) {
                obligation.deliver(entry.at);
            }
        }
        Ok(())
    }
}
