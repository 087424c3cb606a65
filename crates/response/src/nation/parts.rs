//! A part of the nation, put together from what a store kept: enough to decide one wish by the same rules.
//!
//! A store does not hold the nation in memory. It puts in what a wish is about and asks [`Nation::wish`]; what is left
//! out does not exist to the rules, so whoever puts parts together knows which ones they ask for.

use bongsu_authority::{Appointment, Delegation, Institution, SystemId};

use super::{Campaign, Nation, PublishedInventory};
use crate::event::Event;
use crate::{Act, Case, Obligation, SignedAlert};

impl Nation {
    /// Puts in institutions, appointments and delegations as they stand.
    pub fn place_register(
        &mut self,
        institutions: Vec<Institution>,
        appointments: Vec<Appointment>,
        delegations: Vec<Delegation>,
    ) {
        let mut events = vec![
            Event::InstitutionsEnrolled { institutions },
            Event::OfficersAppointed { appointments },
        ];
        events.extend(
            delegations.into_iter().map(|delegation| Event::DelegationSigned { delegation }),
        );
        for event in &events {
            self.register.apply(event).expect("nothing here ends what never began");
        }
    }

    /// Puts in the inventory of a system as it stands.
    pub fn place_inventory(&mut self, system: SystemId, inventory: PublishedInventory) {
        self.inventories.insert(system, inventory);
    }

    /// Puts in an alert as it was signed, the earliest first.
    pub fn place_alert(&mut self, alert: SignedAlert) {
        self.alerts.push(alert);
    }

    /// Puts in a case as it stands.
    pub fn place_case(&mut self, case: Case) {
        self.cases.insert(case.id, case);
    }

    /// Puts in an act as it stands, with these of its obligations.
    pub fn place_act(&mut self, act: Act, obligations: Vec<Obligation>) {
        let (id, case) = (act.id, act.case);
        for obligation in &obligations {
            self.acts_of_institution.entry(obligation.institution).or_default().push(id);
        }
        let places = obligations.iter().zip(0..).map(|(it, place)| (it.institution, place));
        let places = places.collect();
        self.campaigns.insert(id, Campaign { act, obligations, places });
        self.acts_of_case.entry(case).or_default().push(id);
    }
}
