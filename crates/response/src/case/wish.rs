//! What may be wished of a case, and which events follow.

use jiff::Timestamp;

use bongsu_authority::{CaseId, Grade, Label, Tlp};

use crate::event::{By, Event};
use crate::guard::{ahead, officer, told, within};
use crate::refused::{Lack, Moment, Wait};
use crate::{Case, CaseState, CaseWish, Embargo, Exploitation, Fix, Member, Refused};

/// How far what is published may go.
const PUBLIC: Label = Label { tlp: Tlp::Clear, grade: Grade::Open };

/// What a case cannot know of itself.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Facts {
    /// Acts about this case that are issued and ask somebody.
    pub running_acts: u32,
    /// Obligations of its acts that are not settled.
    pub open_obligations: u32,
    /// Where the case stands that this one would be merged into; `None` where there is none.
    pub into: Option<CaseState>,
}

impl Case {
    /// Says what happens when this is wished, or why it does not.
    ///
    /// No event at all means that it is so already: repeating a wish is harmless.
    pub fn wish(
        &self,
        wish: &CaseWish,
        facts: &Facts,
        by: By,
        at: Timestamp,
    ) -> Result<Vec<Event>, Refused> {
        match wish {
            CaseWish::Screen => self.to(CaseState::Screened, "format and duplicates looked at"),
            CaseWish::Validate => {
                officer(by, "validating")?;
                self.to(CaseState::Validating, "to be reproduced")
            }
            CaseWish::Confirm { why } => self.confirm(why, by),
            CaseWish::Reject { why } => self.reject(why, by),
            CaseWish::Coordinate { embargo } => self.coordinate(embargo, by, at),
            CaseWish::Publish { why } => self.publish(why, facts, by, at),
            CaseWish::Reopen { why } => self.reopen(why),
            CaseWish::Close => self.close(facts),
            CaseWish::Merge { into, why } => self.merge(*into, why, facts),
            CaseWish::Split { why } => self.split(why),
            CaseWish::Identify { identifiers } => {
                self.stands_for_itself()?;
                let news: Vec<_> = identifiers.difference(&self.identifiers).cloned().collect();
                Ok(when(!news.is_empty(), || Event::CaseIdentified {
                    case: self.id,
                    identifiers: news,
                }))
            }
            CaseWish::Triage(triage) => {
                self.stands_for_itself()?;
                let event = || Event::CaseTriaged { case: self.id, triage: *triage };
                Ok(when(*triage != self.triage, event))
            }
            CaseWish::Exploit { exploitation, since, said_by } => {
                self.exploit(*exploitation, *since, said_by, (by, at))
            }
            CaseWish::Remedy(fix) => self.remedy(*fix),
            CaseWish::SetEmbargo(embargo) => self.set_embargo(embargo, by, at),
            CaseWish::ProposeLift { until, why } => self.propose_lift(*until, why, by, at),
            CaseWish::LiftEmbargo { until } => self.lift_embargo(*until, by, at),
            CaseWish::KeepEmbargo { why } => self.keep_embargo(why, by),
            CaseWish::AddMember(member) => self.add_member(member, at),
            CaseWish::RemoveMember(person) => {
                let inside = self.members.iter().any(|member| member.person == *person);
                let event = || Event::MemberRemoved { case: self.id, person: *person };
                Ok(when(inside, event))
            }
            CaseWish::Read { why } => {
                officer(by, "reading what only members may read")?;
                told(Lack::ReadPurpose, why)?;
                Ok(vec![Event::CaseRead { case: self.id, why: why.clone() }])
            }
        }
    }

    /// [public feed], or [the coordinator; evidence attached].
    fn confirm(&self, why: &str, by: By) -> Result<Vec<Event>, Refused> {
        if self.state == CaseState::Validating {
            officer(by, "confirming what was reproduced")?;
        }
        if self.state == CaseState::Screened && !self.public {
            return Err(Refused::NotYet(Wait::ValidateFirst));
        }
        if self.state != CaseState::Confirmed {
            told(Lack::ConfirmEvidence, why)?;
        }
        self.to(CaseState::Confirmed, why)
    }

    /// [analyst; severe claim: two persons; the finder is told why].
    fn reject(&self, why: &str, by: By) -> Result<Vec<Event>, Refused> {
        let rejected = self.to(CaseState::Rejected, why)?;
        if rejected.is_empty() {
            return Ok(rejected);
        }
        let person = officer(by, "rejecting")?;
        told(Lack::RejectReason, why)?;
        match self.rejection_proposed_by {
            None if self.severe() => {
                Ok(vec![Event::RejectionProposed { case: self.id, why: why.to_owned() }])
            }
            // Nobody completes what they proposed, though it looks milder by now.
            Some(first) if first == person => Ok(Vec::new()),
            _ => Ok(rejected),
        }
    }

    /// [not public; supplier told; embargo set].
    fn coordinate(&self, embargo: &Embargo, by: By, at: Timestamp) -> Result<Vec<Event>, Refused> {
        officer(by, "telling the supplier")?;
        if self.public {
            return Err(Refused::NotYet(Wait::PublicCoordinated));
        }
        let moved = self.to(CaseState::Coordinating, "the supplier is told")?;
        if moved.is_empty() {
            return self.set_embargo(embargo, by, at);
        }
        // One that stands from an earlier coordination is moved as ever: later by one person, sooner by two.
        let embargo = checked(embargo, at)?;
        let mut events = self.set_embargo(&embargo, by, at)?;
        events.extend(moved);
        Ok(events)
    }

    /// [already public], [fix available], or [deadline, embargo broken, or exploited: the director decides].
    fn publish(
        &self,
        why: &str,
        facts: &Facts,
        by: By,
        at: Timestamp,
    ) -> Result<Vec<Event>, Refused> {
        if self.state == CaseState::InCampaign {
            return Ok(Vec::new()); // it is public, and more than that
        }
        let moved = self.to(CaseState::Published, why)?;
        if moved.is_empty() {
            return Ok(moved);
        }
        told(Lack::PublishReason, why)?;
        if self.state == CaseState::Confirmed && !self.public {
            return Err(Refused::NotYet(Wait::CoordinateFirst));
        }
        let free = self.exploitation == Exploitation::Active
            || self.embargo.as_ref().is_none_or(|embargo| !embargo.holds_at(at));
        if !free {
            officer(by, "publishing under a running embargo")?;
        }
        let lifted = self.embargo.is_some();
        let mut events = when(lifted, || Event::EmbargoSet { case: self.id, embargo: None });
        events.extend(moved);
        if facts.running_acts > 0 {
            events.push(Event::CaseMoved {
                case: self.id,
                to: CaseState::InCampaign,
                why: "acts about it are running".to_owned(),
            });
        }
        // Last: what goes before it was said under the label of before. A feed publishes what is public, and opens no label.
        if self.label != PUBLIC && by.person().is_some() {
            events.push(Event::CaseLabelled { case: self.id, label: PUBLIC });
        }
        Ok(events)
    }

    /// [new fact, bypass of the fix, regression].
    fn reopen(&self, why: &str) -> Result<Vec<Event>, Refused> {
        let moved = self.to(CaseState::Reopened, why)?;
        if !moved.is_empty() {
            told(Lack::ReopenFact, why)?;
        }
        Ok(moved)
    }

    /// [all obligations verified, not affected, or waived and unexpired].
    fn close(&self, facts: &Facts) -> Result<Vec<Event>, Refused> {
        let moved = self.to(CaseState::Closed, "nothing is owed any more")?;
        if !moved.is_empty() && facts.open_obligations > 0 {
            return Err(Refused::StillOpen { open: facts.open_obligations });
        }
        Ok(moved)
    }

    /// [engine or analyst; reversible by SPLIT].
    fn merge(&self, into: CaseId, why: &str, facts: &Facts) -> Result<Vec<Event>, Refused> {
        if self.merged_into == Some(into) {
            return Ok(Vec::new());
        }
        if !self.state.leads_to(CaseState::Merged) {
            return Err(self.cannot(CaseState::Merged));
        }
        if into == self.id || facts.into.is_none_or(CaseState::is_over) {
            return Err(Refused::MergeInto { into });
        }
        if facts.running_acts > 0 {
            return Err(Refused::NotYet(Wait::ActsRun));
        }
        told(Lack::MergeReason, why)?;
        Ok(vec![Event::CaseMerged { case: self.id, into, why: why.to_owned() }])
    }

    fn split(&self, why: &str) -> Result<Vec<Event>, Refused> {
        if self.state != CaseState::Merged {
            return Err(Refused::NotYet(Wait::NotMerged));
        }
        told(Lack::SplitReason, why)?;
        Ok(vec![Event::CaseSplit { case: self.id, why: why.to_owned() }])
    }

    /// A rejected case that turns out to be exploited reopens itself: nobody has to remember it.
    fn exploit(
        &self,
        exploitation: Exploitation,
        since: Timestamp,
        said_by: &str,
        (by, at): (By, Timestamp),
    ) -> Result<Vec<Event>, Refused> {
        self.stands_for_itself()?;
        told(Lack::SaidBy, said_by)?;
        if by.person().is_some() {
            within(Moment::Exploited, since, at)?;
        }
        let same = exploitation == self.exploitation
            && self.exploitation_said_by.as_deref() == Some(said_by)
            && self.exploited_since == Some(since);
        let mut events = when(!same, || Event::ExploitationSet {
            case: self.id,
            exploitation,
            since,
            said_by: said_by.to_owned(),
        });
        if exploitation == Exploitation::Active && self.state == CaseState::Rejected {
            events.extend(self.to(CaseState::Reopened, "it is being exploited")?);
        }
        Ok(events)
    }

    /// Coordinating leads to fix available when the remedy is a fixed version.
    fn remedy(&self, fix: Fix) -> Result<Vec<Event>, Refused> {
        self.stands_for_itself()?;
        let mut events = when(fix != self.fix, || Event::FixSet { case: self.id, fix });
        if fix == Fix::Patch && self.state == CaseState::Coordinating {
            events.extend(self.to(CaseState::FixAvailable, "the supplier has a fixed version")?);
        }
        Ok(events)
    }

    fn set_embargo(&self, embargo: &Embargo, by: By, at: Timestamp) -> Result<Vec<Event>, Refused> {
        if Some(embargo) == self.embargo.as_ref() {
            return Ok(Vec::new());
        }
        self.stands_for_itself()?;
        officer(by, "an embargo")?;
        if self.public {
            return Err(Refused::NotYet(Wait::PublicStays));
        }
        let held = self.embargo.as_ref().filter(|held| held.holds_at(at));
        if held.is_some_and(|held| embargo.ends_before(held)) {
            return Err(Refused::NotYet(Wait::SoonerTakesTwo));
        }
        Ok(vec![Event::EmbargoSet { case: self.id, embargo: Some(checked(embargo, at)?) }])
    }

    /// [the first of two persons]; another proposal takes the place of the one that stands.
    fn propose_lift(
        &self,
        until: Option<Timestamp>,
        why: &str,
        by: By,
        at: Timestamp,
    ) -> Result<Vec<Event>, Refused> {
        let held = self.embargo.as_ref().ok_or(Refused::NotYet(Wait::NoEmbargo))?;
        self.stands_for_itself()?;
        officer(by, "ending an embargo")?;
        told(Lack::LiftReason, why)?;
        if let Some(until) = until {
            ahead(Moment::Embargo, until, at)?;
            if held.until.is_some_and(|held| held <= until) {
                return Err(Refused::NotYet(Wait::LaterIsSet));
            }
        }
        if self.lift.as_ref().is_some_and(|lift| lift.until == until) {
            return Ok(Vec::new()); // it stands proposed, by whoever was first
        }
        Ok(vec![Event::LiftProposed { case: self.id, until, why: why.to_owned() }])
    }

    /// [a second person agrees to what the first proposed].
    fn lift_embargo(
        &self,
        until: Option<Timestamp>,
        by: By,
        at: Timestamp,
    ) -> Result<Vec<Event>, Refused> {
        if self.embargo.as_ref().is_none_or(|held| until.is_some() && held.until == until) {
            return Ok(Vec::new());
        }
        self.stands_for_itself()?;
        let second = officer(by, "ending an embargo")?;
        let lift = self.lift.as_ref().filter(|lift| lift.by != second && lift.until == until);
        let lift = lift.ok_or(Refused::NotYet(Wait::LiftProposed))?;
        // A date that passed while it stood proposed ends the embargo now.
        let until = lift.until.filter(|until| at < *until);
        let embargo = until.map(|until| Embargo { until: Some(until), event: None });
        Ok(vec![Event::EmbargoSet { case: self.id, embargo }])
    }

    fn keep_embargo(&self, why: &str, by: By) -> Result<Vec<Event>, Refused> {
        if self.lift.is_none() {
            return Ok(Vec::new());
        }
        officer(by, "keeping an embargo")?;
        told(Lack::KeepReason, why)?;
        Ok(vec![Event::EmbargoKept { case: self.id, why: why.to_owned() }])
    }

    fn add_member(&self, member: &Member, at: Timestamp) -> Result<Vec<Event>, Refused> {
        if self.members.contains(member) {
            return Ok(Vec::new());
        }
        told(Lack::MemberReason, &member.reason)?;
        if let Some(until) = member.until {
            ahead(Moment::Membership, until, at)?;
        }
        Ok(vec![Event::MemberAdded { case: self.id, member: member.clone() }])
    }

    /// Moves along an arrow; nothing, where it stands there already.
    fn to(&self, to: CaseState, why: &str) -> Result<Vec<Event>, Refused> {
        if self.state == to {
            return Ok(Vec::new());
        }
        if !self.state.leads_to(to) || self.state == CaseState::Merged {
            return Err(self.cannot(to));
        }
        Ok(vec![Event::CaseMoved { case: self.id, to, why: why.to_owned() }])
    }

    fn stands_for_itself(&self) -> Result<(), Refused> {
        self.merged_into.map_or(Ok(()), |into| Err(Refused::Merged { into }))
    }

    fn cannot(&self, to: CaseState) -> Refused {
        if let Some(into) = self.merged_into {
            return Refused::Merged { into };
        }
        Refused::Case { state: self.state, to }
    }
}

fn checked(embargo: &Embargo, at: Timestamp) -> Result<Embargo, Refused> {
    if let Some(until) = embargo.until {
        ahead(Moment::Embargo, until, at)?;
    } else {
        let event = embargo.event.as_deref().unwrap_or_default();
        told(Lack::EmbargoEnd, event)?;
    }
    Ok(embargo.clone())
}

fn when(news: bool, event: impl FnOnce() -> Event) -> Vec<Event> {
    if news { vec![event()] } else { Vec::new() }
}
