//! Who holds which post, from when to when, and who acts for whom.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{AppointmentId, DelegationId, InstitutionId, NodeCode, PersonId};

/// A post (domain guide, section 3).
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Post {
    /// 24-hour desk of a node.
    Duty,
    /// Analyst of a node.
    Analyst,
    /// Second signature of a node.
    Approver,
    /// Signs for a node.
    Director,
    /// Exchanges with partners.
    Liaison,
    /// Chief information security officer of an institution; the owner, at a small one.
    Ciso,
    /// Chief privacy officer of an institution.
    Cpo,
    /// Runs the systems of an institution.
    Operator,
    /// Head of an institution: where escalation ends.
    Head,
    /// Reads the record, of a node or an institution.
    Auditor,
    /// Runs the platform, sees no content.
    Sysadmin,
    /// Holds a share of a key.
    Keyholder,
    /// Verifies logs.
    LogVerifier,
}

/// Where a post is.
#[derive(Clone, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Seat {
    /// At a station.
    Node(NodeCode),
    /// At an institution.
    Institution(InstitutionId),
}

/// One person in one post for a time.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Appointment {
    /// Its id.
    pub id: AppointmentId,
    /// Who.
    pub person: PersonId,
    /// In which post.
    pub post: Post,
    /// Where.
    pub seat: Seat,
    /// The first instant of it.
    pub from: Timestamp,
    /// The first instant after it, if an end is set.
    pub until: Option<Timestamp>,
    /// The appointment this one stands in for, if it is a deputy's.
    pub deputy_of: Option<AppointmentId>,
    /// How the officer is spoken of: role and number, such as `CISO-00417`; never a person's name.
    pub title: String,
}

impl Appointment {
    /// Does it hold at this instant?
    pub fn holds_at(&self, at: Timestamp) -> bool {
        self.from <= at && self.until.is_none_or(|until| at < until)
    }
}

/// What a service provider may do for an institution.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Power {
    /// See exposures and inventory.
    See,
    /// Acknowledge.
    Acknowledge,
    /// Assess, plan, mitigate.
    Answer,
    /// Prepare the claim that something is fixed; the CISO still countersigns.
    ClaimFixed,
    /// Report incidents.
    Report,
}

/// A written delegation from an institution to a service provider.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Delegation {
    /// Its id.
    pub id: DelegationId,
    /// Who delegates.
    pub institution: InstitutionId,
    /// The service provider, itself an institution.
    pub provider: InstitutionId,
    /// What it may do.
    pub powers: BTreeSet<Power>,
    /// The accountable person who signed it.
    pub signed_by: PersonId,
    /// The first instant of it.
    pub from: Timestamp,
    /// The first instant after it.
    pub until: Timestamp,
}

impl Delegation {
    /// Does it hold at this instant?
    pub fn holds_at(&self, at: Timestamp) -> bool {
        self.from <= at && at < self.until
    }
}
