//! What an action is done to, and the facts a decision about it needs.
//!
//! Facts are plain public fields: the caller reads them in the same transaction in which it acts.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::ActKind;
use crate::{
    ActId, CaseId, Domain, DrillId, IncidentId, Institution, InstitutionId, Label, NodeCode,
    PersonId, Seat, Tlp,
};

/// Which thing a permit is for.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum ObjectId {
    /// The nation as a whole: reports, counts, the picture, a register that is loaded whole.
    Nation,
    /// A station.
    Node(NodeCode),
    /// An institution.
    Institution(InstitutionId),
    /// A case.
    Case(CaseId),
    /// An act.
    Act(ActId),
    /// One institution's obligation under an act.
    Obligation(ActId, InstitutionId),
    /// The names of those in scope who are affected by, or late with, an act.
    Names(ActId, Scope),
    /// A post at a seat.
    Seat(Seat),
    /// The alert of a domain.
    Alert(Domain),
    /// An incident.
    Incident(IncidentId),
    /// A drill.
    Drill(DrillId),
    /// One object on its way to one partner.
    Export(Exported, NodeCode),
    /// The record of a station or an institution.
    Record(Seat),
}

/// Whose names are asked for. With anything but `Domain(Military)` or a military institution, the military is left out.
#[derive(Clone, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// One institution.
    Institution(InstitutionId),
    /// All under one lead.
    Domain(Domain),
    /// All of one competent ministry, except military bodies.
    Sector(NodeCode),
    /// All members of one relay, except military bodies.
    Relay(NodeCode),
}

/// What is exported.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Exported {
    /// A case.
    Case(CaseId),
    /// An act.
    Act(ActId),
}

/// A person who is named in a compartment, with the reason and perhaps an end.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Member {
    /// Who.
    pub person: PersonId,
    /// Why they need to know.
    pub reason: String,
    /// The first instant after it, if an end is set.
    pub until: Option<Timestamp>,
}

impl Member {
    /// Does it hold at this instant?
    pub fn holds_at(&self, at: Timestamp) -> bool {
        self.until.is_none_or(|until| at < until)
    }
}

/// No publication before a date, or before an event that somebody must see.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Embargo {
    /// The first instant after it; none where it waits for an event, and then it holds until it is lifted.
    pub until: Option<Timestamp>,
}

impl Embargo {
    /// Does it hold at this instant?
    pub fn holds_at(self, at: Timestamp) -> bool {
        self.until.is_none_or(|until| at < until)
    }
}

/// An institution at one instant, as `Register::subject` gives it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Subject {
    /// Its record.
    pub institution: Institution,
    /// The domain whose lead has it, also where the lead is provisional.
    pub lead: Domain,
    /// The accountable person: CISO, else the deputy named before, else the head.
    pub accountable: Option<PersonId>,
}

impl Subject {
    /// Is it military, by ownership or by lead?
    pub fn is_military(&self) -> bool {
        self.institution.domain() == Domain::Military || self.lead == Domain::Military
    }
}

/// A thing with the facts a decision about it needs.
#[derive(Clone, Copy, Debug)]
pub enum Object<'a> {
    /// The nation as a whole.
    Nation,
    /// A station.
    Node(&'a NodeCode),
    /// An institution.
    Institution(InstitutionFacts<'a>),
    /// A case.
    Case(CaseFacts<'a>),
    /// An act.
    Act(ActFacts<'a>),
    /// An obligation.
    Obligation(ObligationFacts<'a>),
    /// A list of names.
    Names(NamesFacts<'a>),
    /// A post that is given or taken.
    Seat(SeatFacts<'a>),
    /// An alert.
    Alert(AlertFacts),
    /// An incident.
    Incident(IncidentFacts<'a>),
    /// A drill.
    Drill(DrillFacts<'a>),
    /// An export.
    Export(ExportFacts<'a>),
    /// A record.
    Record(RecordFacts<'a>),
}

/// Facts about an institution.
#[derive(Clone, Copy, Debug)]
pub struct InstitutionFacts<'a> {
    /// The institution.
    pub subject: &'a Subject,
    /// The label of what is read or written about it.
    pub label: Label,
    /// Who is named as a recipient where the label is RED.
    pub named: &'a [Member],
    /// A case whose flaw the index finds at this institution, where the reader comes by way of a case.
    pub touched_by: Option<&'a CaseFacts<'a>>,
    /// Do two ministries claim the lead?
    pub disputed: bool,
    /// Who proposed exactly this, where two persons are needed.
    pub second: Option<PersonId>,
}

/// Facts about a case.
#[derive(Clone, Copy, Debug)]
pub struct CaseFacts<'a> {
    /// Its id.
    pub id: CaseId,
    /// The coordinator that works it, and that set its label.
    pub coord: &'a NodeCode,
    /// The label of the case.
    pub label: Label,
    /// The label of the raw report and the proof of concept; RED unless somebody said otherwise.
    pub raw_label: Label,
    /// The compartment.
    pub members: &'a [Member],
    /// The embargo.
    pub embargo: Option<Embargo>,
    /// Is it public?
    pub public: bool,
    /// Is the claim severe, so that a rejection needs a second person?
    pub severe: bool,
    /// Who reported it, where that person is known to us.
    pub finder: Option<PersonId>,
    /// The suppliers of what is affected.
    pub suppliers: &'a [InstitutionId],
    /// Who proposed exactly this, where two persons are needed.
    pub second: Option<PersonId>,
}

/// Facts about an act.
#[derive(Clone, Copy, Debug)]
pub struct ActFacts<'a> {
    /// Its id.
    pub id: ActId,
    /// Its kind.
    pub kind: ActKind,
    /// The station that issues it.
    pub issuer: &'a NodeCode,
    /// The label of its text.
    pub label: Label,
    /// Who is named as a recipient where the label is RED.
    pub named: &'a [Member],
    /// Who wrote the text as it stands.
    pub author: Option<PersonId>,
    /// Who reviewed exactly the text as it stands.
    pub reviewer: Option<PersonId>,
    /// Does it name the law or rule it rests on?
    pub legal_basis: bool,
    /// The domains of its addressees.
    pub domains: &'a [Domain],
    /// The competent ministries its audience is limited to; empty where it is not.
    pub sectors: &'a [NodeCode],
    /// The relays that serve its addressees.
    pub relays: &'a [NodeCode],
    /// Was it issued?
    pub issued: bool,
    /// The embargo of its case.
    pub embargo: Option<Embargo>,
}

/// Facts about an obligation.
#[derive(Clone, Copy, Debug)]
pub struct ObligationFacts<'a> {
    /// The act.
    pub act: ActId,
    /// The institution that owes.
    pub subject: &'a Subject,
    /// The station that issued the act.
    pub issuer: &'a NodeCode,
    /// The label of the act.
    pub label: Label,
    /// Who is named as a recipient where the label is RED, beside the accountable person.
    pub named: &'a [Member],
    /// When the act was issued: a deputy must have been named before.
    pub issued_at: Timestamp,
    /// Does the national triage say "act"?
    pub triaged_act: bool,
    /// Who claimed that it is fixed.
    pub claimant: Option<PersonId>,
    /// How much more time is asked for in all, in whole days rounded up.
    pub asked_days: u32,
}

/// Facts about a list of names.
#[derive(Clone, Copy, Debug)]
pub struct NamesFacts<'a> {
    /// The act.
    pub act: ActId,
    /// Whose names.
    pub scope: &'a Scope,
    /// The institution, where the scope is one.
    pub subject: Option<&'a Subject>,
    /// The label of the list.
    pub label: Label,
    /// Who is named as a recipient where the label is RED.
    pub named: &'a [Member],
    /// How many rows will be read.
    pub rows: u32,
    /// Who else approved exactly this reading.
    pub second: Option<PersonId>,
}

/// Facts about a post that is given or taken.
#[derive(Clone, Copy, Debug)]
pub struct SeatFacts<'a> {
    /// Where the post is.
    pub seat: &'a Seat,
    /// The institution, where the seat is one.
    pub subject: Option<&'a Subject>,
    /// Who is appointed.
    pub person: PersonId,
    /// In which post.
    pub post: crate::Post,
    /// Is it a deputy's appointment?
    pub deputy: bool,
}

/// Facts about an alert.
#[derive(Clone, Copy, Debug)]
pub struct AlertFacts {
    /// Whose alert.
    pub domain: Domain,
    /// Were the other leads and the apex asked? Asked, not answered: a station that is cut off stops no alert.
    pub consulted: bool,
}

/// Facts about an incident.
#[derive(Clone, Copy, Debug)]
pub struct IncidentFacts<'a> {
    /// Its id.
    pub id: IncidentId,
    /// Where it happened.
    pub subject: &'a Subject,
    /// The label of what is read.
    pub label: Label,
    /// Who is named as a recipient where the label is RED.
    pub named: &'a [Member],
    /// The coordinator's person in charge.
    pub lead: Option<PersonId>,
}

/// Facts about a drill.
#[derive(Clone, Copy, Debug)]
pub struct DrillFacts<'a> {
    /// Its id.
    pub id: DrillId,
    /// The station that holds it.
    pub host: &'a NodeCode,
    /// The drill director.
    pub director: PersonId,
    /// Those who are drilled.
    pub players: &'a [PersonId],
}

/// Facts about an export.
#[derive(Clone, Copy, Debug)]
pub struct ExportFacts<'a> {
    /// What.
    pub what: Exported,
    /// To whom.
    pub partner: &'a NodeCode,
    /// The label of what is exported.
    pub label: Label,
    /// How far the agreement with this partner goes, for this collection.
    pub ceiling: Tlp,
    /// Did the originator consent?
    pub consent: bool,
    /// The embargo.
    pub embargo: Option<Embargo>,
    /// Does anything in it come from the military?
    pub military: bool,
}

/// Facts about a record.
#[derive(Clone, Copy, Debug)]
pub struct RecordFacts<'a> {
    /// Whose record.
    pub seat: &'a Seat,
    /// The institution, where the seat is one.
    pub subject: Option<&'a Subject>,
    /// Who proposed exactly this, where two persons are needed.
    pub second: Option<PersonId>,
}

impl<'a> Object<'a> {
    /// Which thing it is.
    pub fn id(&self) -> ObjectId {
        match self {
            Self::Nation => ObjectId::Nation,
            Self::Node(code) => ObjectId::Node((*code).clone()),
            Self::Institution(facts) => ObjectId::Institution(facts.subject.institution.id),
            Self::Case(facts) => ObjectId::Case(facts.id),
            Self::Act(facts) => ObjectId::Act(facts.id),
            Self::Obligation(facts) => {
                ObjectId::Obligation(facts.act, facts.subject.institution.id)
            }
            Self::Names(facts) => ObjectId::Names(facts.act, facts.scope.clone()),
            Self::Seat(facts) => ObjectId::Seat(facts.seat.clone()),
            Self::Alert(facts) => ObjectId::Alert(facts.domain),
            Self::Incident(facts) => ObjectId::Incident(facts.id),
            Self::Drill(facts) => ObjectId::Drill(facts.id),
            Self::Export(facts) => ObjectId::Export(facts.what, facts.partner.clone()),
            Self::Record(facts) => ObjectId::Record(facts.seat.clone()),
        }
    }

    /// The institution it is about, where it is about one.
    pub fn subject(&self) -> Option<&'a Subject> {
        match self {
            Self::Institution(facts) => Some(facts.subject),
            Self::Obligation(facts) => Some(facts.subject),
            Self::Names(facts) => facts.subject,
            Self::Seat(facts) => facts.subject,
            Self::Incident(facts) => Some(facts.subject),
            Self::Record(facts) => facts.subject,
            _ => None,
        }
    }
}
