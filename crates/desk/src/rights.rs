//! What a decision about a right must know, gathered from where it is kept.
//!
//! [`authority`](bongsu_authority::access::decide) decides; here its facts are put together for each wish and for each
//! thing that is looked at. Nothing in this file allows or forbids anything.

use bongsu_authority::access::{
    self, ActFacts, Action, AlertFacts, CaseFacts, Channel, Denied, InstitutionFacts, NamesFacts,
    Object, ObligationFacts, Permit, Principal, RecordFacts, Scope, SeatFacts, Subject, decide,
};
use bongsu_authority::{
    ActId, Appointment, CaseId, Domain, Grade, InstitutionId, Label, ListId, NodeCode, PersonId,
    Register, Role, Seat, Tlp,
};
use bongsu_response::{Act, ActWish, Case, CaseWish, Draft, Engine, Obligation, Wish};
use bongsu_store::rights::{Standing, action};
use bongsu_store::{Error, Store};
use jiff::{SignedDuration, Timestamp};

/// Who asks.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Who {
    /// A person, with every post and delegation the register knows of.
    Person(PersonId),
    /// The same with the case code of what an institution owes: good for that, and told apart in the record.
    Code(PersonId),
    /// The engine, by rule.
    Engine(Engine),
    /// Whoever is not signed in.
    Anybody,
}

/// Where cases, acts and obligations are kept: a decision looks at one and gives a permit, nothing else comes out.
pub trait Judges {
    /// Lets a decision look at a case.
    fn judge_case(
        &self,
        case: CaseId,
        decide: impl FnOnce(&Case) -> Result<Permit, Denied>,
    ) -> Result<Permit, Error>;

    /// Lets a decision look at an act and its case.
    fn judge_act(
        &self,
        act: ActId,
        decide: impl FnOnce(&Act, &Case) -> Result<Permit, Denied>,
    ) -> Result<Permit, Error>;

    /// Lets a decision look at an obligation and its act.
    fn judge_obligation(
        &self,
        act: ActId,
        institution: InstitutionId,
        decide: impl FnOnce(&Obligation, &Act) -> Result<Permit, Denied>,
    ) -> Result<Permit, Error>;
}

impl Judges for Store {
    fn judge_case(
        &self,
        case: CaseId,
        decide: impl FnOnce(&Case) -> Result<Permit, Denied>,
    ) -> Result<Permit, Error> {
        Self::judge_case(self, case, decide)
    }

    fn judge_act(
        &self,
        act: ActId,
        decide: impl FnOnce(&Act, &Case) -> Result<Permit, Denied>,
    ) -> Result<Permit, Error> {
        Self::judge_act(self, act, decide)
    }

    fn judge_obligation(
        &self,
        act: ActId,
        institution: InstitutionId,
        decide: impl FnOnce(&Obligation, &Act) -> Result<Permit, Denied>,
    ) -> Result<Permit, Error> {
        Self::judge_obligation(self, act, institution, decide)
    }
}

/// One question about a right: who, over which way, when.
#[derive(Debug)]
pub struct Asking<'a, J: Judges = Store> {
    /// Where what is asked about is kept.
    pub store: &'a J,
    /// The register as it stands.
    pub register: &'a Register,
    /// Who asks.
    pub who: Who,
    /// The way by which the answer travels.
    pub channel: Channel,
    /// When.
    pub now: Timestamp,
}

/// Answers of institutions are between them and their ministries.
const OF_INSTITUTIONS: Label = Label { tlp: Tlp::Amber, grade: Grade::Sensitive };

/// An act whose acknowledgement is due sooner than this after issue was triaged "act" (P01).
const TRIAGED_ACT: SignedDuration = SignedDuration::from_hours(4);

impl<'a, J: Judges> Asking<'a, J> {
    fn principal(&self) -> Principal<'a> {
        match self.who {
            Who::Person(person) | Who::Code(person) => self.register.principal(person, self.now),
            Who::Engine(engine) => Principal::Engine(engine),
            Who::Anybody => Principal::Public,
        }
    }

    fn decide(&self, action: Action, object: &Object<'_>) -> Result<Permit, Denied> {
        let permit = decide(&self.principal(), action, object, &self.channel, self.now)?;
        Ok(if let Who::Code(_) = self.who { permit.with_a_code() } else { permit })
    }

    fn subject(&self, institution: InstitutionId) -> Result<Subject, Denied> {
        self.register.subject(institution, self.now).ok_or_else(Denied::absent)
    }

    /// The permit that a wish needs.
    ///
    /// # Errors
    /// [`Error::Denied`], the same words for what is forbidden and what does not exist.
    pub fn to(&self, wish: &Wish) -> Result<Permit, Error> {
        let plain = action(wish, Standing::default());
        match wish {
            Wish::Enrol(institutions) => {
                if let Who::Engine(_) = self.who {
                    return Ok(self.decide(plain, &Object::Nation)?);
                }
                let [institution] = institutions.as_slice() else {
                    return Err(Denied::absent().into());
                };
                // Whoever rewrites a record needs the right over it as it stands, too: else it could be taken over.
                if let Some(standing) = self.register.subject(institution.id, self.now) {
                    let _ = self.decide(plain, &of_institution(&standing))?;
                }
                let lead = institution.domain();
                let subject = Subject { institution: institution.clone(), lead, accountable: None };
                Ok(self.decide(plain, &of_institution(&subject))?)
            }
            Wish::Appoint(appointments) => {
                if let Who::Engine(_) = self.who {
                    return Ok(self.decide(plain, &Object::Nation)?);
                }
                let [appointment] = appointments.as_slice() else {
                    return Err(Denied::absent().into());
                };
                self.at_seat(plain, appointment)
            }
            Wish::EndAppointment { appointment, .. } => {
                let found = self.register.appointment(*appointment).ok_or_else(Denied::absent)?;
                self.at_seat(plain, found)
            }
            Wish::Delegate(delegation) => self.about(plain, delegation.institution),
            Wish::EndDelegation { delegation, .. } => {
                let found = self.register.delegation(*delegation).ok_or_else(Denied::absent)?;
                self.about(plain, found.institution)
            }
            Wish::PublishInventory { institution, .. } => self.about(plain, *institution),
            Wish::OpenCase { case, opening } => {
                let facts = CaseFacts {
                    id: *case,
                    coord: &opening.coord,
                    label: opening.label,
                    raw_label: RAW,
                    members: &[],
                    embargo: None,
                    public: opening.public,
                    severe: true,
                    finder: None,
                    suppliers: &[],
                    second: None,
                };
                Ok(self.decide(plain, &Object::Case(facts))?)
            }
            Wish::Case { case, wish: about } => {
                if let (CaseWish::Merge { into, .. }, Who::Person(_)) = (about, self.who) {
                    let _ = self.see_case(*into)?;
                }
                self.store.judge_case(*case, |case| {
                    let standing = Standing { case: Some(case), ..Standing::default() };
                    let action = action(wish, standing);
                    let facts = CaseFacts { second: second(action, case), ..of_case(case) };
                    self.decide(action, &Object::Case(facts))
                })
            }
            Wish::DraftAct { act, case, kind, draft, .. } => {
                self.to_draft(plain, (*act, *case, *kind), draft)
            }
            Wish::SetAlert(new) => {
                let (domain, consulted) = (new.alert.scope, new.consulted);
                Ok(self.decide(plain, &Object::Alert(AlertFacts { domain, consulted }))?)
            }
            Wish::Act {
                act,
                wish:
                    ActWish::Remind { scope, .. }
                    | ActWish::AskNames { scope, .. }
                    | ActWish::ReleaseNames { scope, .. }
                    | ActWish::DeclineNames { scope, .. },
            } => self.see_names(*act, scope, 0),
            Wish::Act { act, wish: ActWish::TakeNames { list, scope, rows } } => {
                self.take_names((*act, *list), scope, *rows)
            }
            Wish::Act { act, .. } | Wish::Deliver { act, .. } => {
                self.store.judge_act(*act, |act, case| {
                    let standing = Standing { kind: Some(act.kind), ..Standing::default() };
                    self.on_act(action(wish, standing), act, case)
                })
            }
            Wish::Obligation { act, institution, .. } => {
                self.on_obligation(plain, *act, *institution)
            }
        }
    }

    fn to_draft(
        &self,
        action: Action,
        (act, case, kind): (ActId, CaseId, access::ActKind),
        draft: &Draft,
    ) -> Result<Permit, Error> {
        self.standing_draft_is_theirs(act, kind, draft)?;
        self.store.judge_case(case, |case| {
            // An act is written about a case that one may see: else the answer would tell that there is one.
            let _ = self.sees_case(case)?;
            let (domains, sectors) = (domains(&draft.issuer), sectors(draft));
            let facts = ActFacts {
                id: act,
                kind,
                issuer: &draft.issuer,
                label: draft.label,
                named: &[],
                author: None,
                reviewer: None,
                legal_basis: draft.legal_basis.is_some(),
                domains: &domains,
                sectors: &sectors,
                relays: &[],
                issued: false,
                embargo: embargo(case),
            };
            self.decide(action, &Object::Act(facts))
        })
    }

    /// A draft is written anew by its issuer only, and stays with it: nobody writes over another station's text.
    fn standing_draft_is_theirs(
        &self,
        act: ActId,
        kind: access::ActKind,
        draft: &Draft,
    ) -> Result<(), Error> {
        let mut stands = false;
        let theirs = self.store.judge_act(act, |standing, case| {
            stands = true;
            if standing.draft.issuer != draft.issuer {
                return Err(Denied::absent());
            }
            let of_kind = Act { kind, ..standing.clone() };
            self.on_act(Action::draft(kind), &of_kind, case)
        });
        match theirs {
            Err(Error::Denied(_)) if !stands => Ok(()),
            other => other.map(|_| ()),
        }
    }

    fn on_act(&self, action: Action, act: &Act, case: &Case) -> Result<Permit, Denied> {
        let (domains, sectors) = (domains(&act.draft.issuer), sectors(&act.draft));
        let facts = ActFacts {
            id: act.id,
            kind: act.kind,
            issuer: &act.draft.issuer,
            label: act.draft.label,
            named: &[],
            author: Some(act.author),
            reviewer: act.reviewer,
            legal_basis: act.draft.legal_basis.is_some(),
            domains: &domains,
            sectors: &sectors,
            relays: &[],
            issued: act.issued_at.is_some(),
            embargo: embargo(case),
        };
        self.decide(action, &Object::Act(facts))
    }

    fn on_obligation(
        &self,
        action: Action,
        act: ActId,
        institution: InstitutionId,
    ) -> Result<Permit, Error> {
        let subject = self.subject(institution)?;
        self.store.judge_obligation(act, institution, |owed, act| {
            let asked_days = asked_days(action, owed, act, self.now);
            let facts = ObligationFacts { asked_days, ..of_obligation(owed, act, &subject) };
            self.decide(action, &Object::Obligation(facts))
        })
    }

    fn about(&self, action: Action, institution: InstitutionId) -> Result<Permit, Error> {
        let subject = self.subject(institution)?;
        Ok(self.decide(action, &of_institution(&subject))?)
    }

    fn at_seat(&self, action: Action, appointment: &Appointment) -> Result<Permit, Error> {
        let subject = match &appointment.seat {
            Seat::Institution(institution) => Some(self.subject(*institution)?),
            Seat::Node(_) => None,
        };
        let facts = SeatFacts {
            seat: &appointment.seat,
            subject: subject.as_ref(),
            person: appointment.person,
            post: appointment.post,
            deputy: appointment.deputy_of.is_some(),
        };
        Ok(self.decide(action, &Object::Seat(facts))?)
    }
}

/// Looking.
impl<J: Judges> Asking<'_, J> {
    /// The permit to see a case.
    pub fn see_case(&self, case: CaseId) -> Result<Permit, Error> {
        self.store.judge_case(case, |case| self.sees_case(case))
    }

    /// Does a case show itself?
    pub fn sees_case(&self, case: &Case) -> Result<Permit, Denied> {
        self.decide(Action::SeeCase, &Object::Case(of_case(case)))
    }

    /// The permit to see an act.
    pub fn see_act(&self, act: ActId) -> Result<Permit, Error> {
        self.store.judge_act(act, |act, case| self.on_act(Action::SeeAct, act, case))
    }

    /// Does an act of this case show itself?
    pub fn sees_act(&self, act: &Act, case: &Case) -> Result<Permit, Denied> {
        self.on_act(Action::SeeAct, act, case)
    }

    /// The permit to see an obligation.
    pub fn see_obligation(&self, act: ActId, institution: InstitutionId) -> Result<Permit, Error> {
        self.on_obligation(Action::SeeObligation, act, institution)
    }

    /// Does an obligation under an act show itself?
    pub fn sees_obligation(&self, owed: &Obligation, act: &Act) -> Result<Permit, Denied> {
        let subject = self.subject(owed.institution)?;
        self.decide(Action::SeeObligation, &Object::Obligation(of_obligation(owed, act, &subject)))
    }

    /// The permit to see an institution's inventories.
    pub fn see_inventory(&self, institution: InstitutionId) -> Result<Permit, Error> {
        self.about(Action::SeeInventory, institution)
    }

    /// The permit to see the inventories of an institution that a case touches: it owes something under its acts.
    pub fn see_inventory_on(
        &self,
        institution: InstitutionId,
        case: &Case,
    ) -> Result<Permit, Error> {
        let subject = self.subject(institution)?;
        let case = of_case(case);
        let Object::Institution(facts) = of_institution(&subject) else {
            return Err(Denied::absent().into());
        };
        let touched = Object::Institution(InstitutionFacts { touched_by: Some(&case), ..facts });
        Ok(self.decide(Action::SeeInventory, &touched)?)
    }

    /// The permit to keep the addresses at which an institution is reached.
    pub fn keep_addresses(&self, institution: InstitutionId) -> Result<Permit, Error> {
        self.about(Action::KeepAddresses, institution)
    }

    /// The permit to keep the addresses at which the desk of a station is reached.
    pub fn keep_desk_addresses(&self, station: &NodeCode) -> Result<Permit, Error> {
        Ok(self.decide(Action::KeepDeskAddresses, &Object::Node(station))?)
    }

    /// The permit to run the platform, for an operator of any station that lives on this node.
    pub fn operate(&self) -> Result<Permit, Error> {
        self.at_own_stations(|_, station| {
            self.decide(Action::OperatePlatform, &Object::Node(station))
        })
    }

    /// The permit to read the headings of the record, without what is sealed: for auditors of a station, those who verify
    /// the log, and operators.
    pub fn read_headings(&self) -> Result<Permit, Error> {
        self.at_own_stations(|seat, station| {
            let facts = RecordFacts { seat, subject: None, second: None };
            self.decide(Action::ReadRecord, &Object::Record(facts))
                .or_else(|_| self.decide(Action::VerifyLog, &Object::Record(facts)))
                .or_else(|_| self.decide(Action::OperatePlatform, &Object::Node(station)))
        })
    }

    /// The first permit that one of the stations gives at which the person sits.
    fn at_own_stations(
        &self,
        ask: impl Fn(&Seat, &NodeCode) -> Result<Permit, Denied>,
    ) -> Result<Permit, Error> {
        let Who::Person(person) = self.who else { return Err(Denied::absent().into()) };
        let held = self.register.appointments_of(person).filter(|held| held.holds_at(self.now));
        let mut permits = held.filter_map(|held| match &held.seat {
            Seat::Node(station) => ask(&held.seat, station).ok(),
            Seat::Institution(_) => None,
        });
        permits.next().ok_or_else(|| Denied::absent().into())
    }

    /// The permit to see an institution's own standing beside its sector.
    pub fn see_benchmark(&self, institution: InstitutionId) -> Result<Permit, Error> {
        self.about(Action::SeeBenchmark, institution)
    }

    /// The permit to see an institution's record: its own officers, its providers, and whoever keeps the register.
    pub fn see_institution(&self, institution: InstitutionId) -> Result<Permit, Error> {
        let own = self.see_benchmark(institution);
        own.or_else(|_| self.about(Action::Enrol, institution))
    }

    /// The permit to work on a case: for an analyst of the station that works it.
    pub fn work_case(&self, case: CaseId) -> Result<Permit, Error> {
        self.store
            .judge_case(case, |case| self.decide(Action::WorkCase, &Object::Case(of_case(case))))
    }

    /// The permit to read so many names of those an act concerns.
    pub fn see_names(&self, act: ActId, scope: &Scope, rows: u32) -> Result<Permit, Error> {
        self.names((act, None), scope, rows)
    }

    /// The permit to take so many names of a list that was asked for: more than one person reads alone, where a second
    /// has released it.
    pub fn take_names(
        &self,
        (act, list): (ActId, ListId),
        scope: &Scope,
        rows: u32,
    ) -> Result<Permit, Error> {
        self.names((act, Some(list)), scope, rows)
    }

    fn names(
        &self,
        (act, list): (ActId, Option<ListId>),
        scope: &Scope,
        rows: u32,
    ) -> Result<Permit, Error> {
        let subject = match scope {
            Scope::Institution(institution) => Some(self.subject(*institution)?),
            _ => None,
        };
        self.store.judge_act(act, |act, _| {
            // Under an act that never reached the scope there are no names, and nobody is told that there is an act.
            if !has_reached(act, scope, subject.as_ref()) {
                return Err(Denied::absent());
            }
            let facts = NamesFacts {
                act: act.id,
                scope,
                subject: subject.as_ref(),
                label: OF_INSTITUTIONS,
                named: &[],
                rows,
                second: list
                    .and_then(|list| act.list(list, self.now))
                    .filter(|list| list.scope == *scope)
                    .and_then(|list| list.released_by),
            };
            self.decide(Action::SeeNames, &Object::Names(facts))
        })
    }

    /// The permit to see the national picture, or else counts.
    pub fn see_picture(&self) -> Result<Permit, Error> {
        let picture = self.decide(Action::SeeNationalPicture, &Object::Nation);
        Ok(picture.or_else(|_| self.decide(Action::SeeCounts, &Object::Nation))?)
    }
}

/// Could an issued act concern somebody in this scope?
fn has_reached(act: &Act, scope: &Scope, subject: Option<&Subject>) -> bool {
    let (domains, sectors) = (domains(&act.draft.issuer), sectors(&act.draft));
    let civil = !domains.contains(&Domain::Military);
    let reaches = match scope {
        Scope::Domain(domain) => domains.contains(domain),
        Scope::Sector(sector) => civil && (sectors.is_empty() || sectors.contains(sector)),
        Scope::Relay(_) => civil,
        Scope::Institution(_) => subject.is_some_and(|subject| domains.contains(&subject.lead)),
    };
    act.issued_at.is_some() && reaches
}

/// The raw report is for named persons unless somebody said otherwise.
const RAW: Label = Label { tlp: Tlp::Red, grade: Grade::Sensitive };

fn of_case(case: &Case) -> CaseFacts<'_> {
    CaseFacts {
        id: case.id,
        coord: &case.coord,
        label: case.label,
        raw_label: RAW,
        members: &case.members,
        embargo: embargo(case),
        public: case.public,
        severe: case.severe(),
        finder: None,
        suppliers: &[],
        second: None,
    }
}

/// Who proposed exactly this: to have proposed a rejection is no voice for lifting an embargo, nor the other way.
fn second(action: Action, case: &Case) -> Option<PersonId> {
    match action {
        Action::RejectCase => case.rejection_proposed_by,
        Action::LiftEmbargo => case.lift.as_ref().map(|lift| lift.by),
        _ => None,
    }
}

fn of_obligation<'a>(owed: &Obligation, act: &'a Act, subject: &'a Subject) -> ObligationFacts<'a> {
    let given = owed.clocks.acknowledge_by.duration_since(owed.created_at);
    ObligationFacts {
        act: act.id,
        subject,
        issuer: &act.draft.issuer,
        label: act.draft.label,
        named: &[],
        issued_at: owed.created_at,
        triaged_act: given <= TRIAGED_ACT,
        claimant: owed.claim.map(|claim| claim.by),
        asked_days: 0,
    }
}

/// For how many days in all somebody asks to be let off by what is decided now.
///
/// A waiver counts from now. An extension counts from the date the act set, so that thirty days and thirty more are
/// sixty; from now, where that date is past. What else is asked for meanwhile has no part in it.
fn asked_days(action: Action, owed: &Obligation, act: &Act, now: Timestamp) -> u32 {
    let first = act.clocks.and_then(|clocks| owed.exposure.clocks(&clocks).fix_by);
    match action {
        Action::GrantWaiver => {
            owed.waiver_asked.as_ref().map_or(0, |asked| days(now, asked.what.until))
        }
        Action::GrantExtension => {
            let extended = owed.extended_until.is_some();
            let from = first.filter(|first| extended || *first > now).unwrap_or(now);
            owed.extension_asked.as_ref().map_or(0, |asked| days(from, asked.what))
        }
        _ => 0,
    }
}

fn of_institution(subject: &Subject) -> Object<'_> {
    Object::Institution(InstitutionFacts {
        subject,
        label: OF_INSTITUTIONS,
        named: &[],
        touched_by: None,
        disputed: false,
        second: None,
    })
}

fn embargo(case: &Case) -> Option<access::Embargo> {
    case.embargo.as_ref().map(|embargo| access::Embargo { until: embargo.until })
}

/// The domains an issuer can reach.
fn domains(issuer: &NodeCode) -> Vec<Domain> {
    match issuer.role() {
        Role::Lead(domain) | Role::Coord(domain) => vec![domain],
        _ => vec![Domain::Private, Domain::Public],
    }
}

/// The competent ministries an act is limited to: a sector ministry's is always limited to itself.
fn sectors(draft: &Draft) -> Vec<NodeCode> {
    match draft.issuer.role() {
        Role::Sector => vec![draft.issuer.clone()],
        _ => draft.audience.sectors.iter().cloned().collect(),
    }
}

/// Whole days, rounded up.
fn days(from: Timestamp, until: Timestamp) -> u32 {
    let hours = until.duration_since(from).as_hours();
    u32::try_from((hours.max(0) + 23) / 24).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests;
