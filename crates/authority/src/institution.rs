//! The smallest unit that owes an answer, and who has jurisdiction over it.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::{Domain, InstitutionId, NodeCode};

/// Who owns an institution; this alone decides its domain (domain guide, section 4.1).
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Ownership {
    /// A military body.
    Military,
    /// A ministry or an agency of the state.
    State,
    /// A province, a city, a county.
    Local,
    /// A public corporation, a public hospital, a state university.
    PublicBody,
    /// Everybody else.
    Private,
}

impl Ownership {
    /// The domain that follows.
    pub fn domain(self) -> Domain {
        match self {
            Self::Military => Domain::Military,
            Self::State | Self::Local | Self::PublicBody => Domain::Public,
            Self::Private => Domain::Private,
        }
    }
}

/// How large an institution is; decides nothing about duty, much about help.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Size {
    /// No security staff; the owner counts as CISO.
    Small,
    /// Some staff.
    Medium,
    /// Large, with a full-time CISO.
    Large,
}

/// A label that cuts across sectors.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Mark {
    /// One of the some 1,200 whose patches ministries oversee themselves.
    Major,
    /// Runs a critical information infrastructure.
    Critical,
    /// Obliged to certify its management system.
    IsmsObliged,
    /// Member of the sharing system.
    SharingMember,
    /// Acts for others under delegation.
    ServiceProvider,
    /// Makes software or services: cases reach it as supplier, too.
    Supplier,
    /// Not connected to the internet.
    AirGapped,
}

/// An institution as the register has it.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Institution {
    /// Its id.
    pub id: InstitutionId,
    /// Korean name; confidential beside an obligation.
    pub name_ko: String,
    /// English name.
    pub name_en: String,
    /// Who owns it.
    pub ownership: Ownership,
    /// Competent ministries, any number, each a `SECTOR_…` station.
    pub competent: BTreeSet<NodeCode>,
    /// The relay that serves it, if one does.
    pub relay: Option<NodeCode>,
    /// How large it is.
    pub size: Size,
    /// Province, 1 to 17 as the national code lists them, 0 where not stated.
    pub province: u8,
    /// Labels.
    pub marks: BTreeSet<Mark>,
}

/// Who has jurisdiction over one institution at one instant: exactly one lead, by construction.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Jurisdiction {
    /// The lead ministry.
    pub lead: NodeCode,
    /// Was it assigned in a dispute, against what ownership says?
    pub provisional: bool,
    /// Its coordinating body.
    pub coord: NodeCode,
    /// Competent ministries.
    pub competent: BTreeSet<NodeCode>,
    /// LEAD → (SECTOR) → (RELAY), the way a copy travels.
    pub chain: Vec<NodeCode>,
}

impl Institution {
    /// The domain.
    pub fn domain(&self) -> Domain {
        self.ownership.domain()
    }

    /// Says who has jurisdiction by ownership alone.
    pub fn jurisdiction(&self) -> Jurisdiction {
        self.jurisdiction_under(self.domain())
    }

    /// Says who has jurisdiction where this domain's lead was assigned; what is military stays military.
    pub fn jurisdiction_under(&self, assigned: Domain) -> Jurisdiction {
        let own = self.domain();
        let domain = own.or_assigned(assigned);
        let lead = NodeCode::lead(domain);
        let mut chain = vec![lead.clone()];
        chain.extend(self.competent.first().cloned());
        chain.extend(self.relay.clone());
        Jurisdiction {
            lead,
            provisional: domain != own,
            coord: NodeCode::coord(domain),
            competent: self.competent.clone(),
            chain,
        }
    }
}
