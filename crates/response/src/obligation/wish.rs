//! What may be wished of an obligation, and which events follow.
//!
//! **The engine and the officers.** Where no officer has spoken, the inventory's word is the assessment, and a newer
//! inventory changes it. Where an officer's word stands ([`Obligation::officers_word`]), the engine's is recorded beside
//! it and moves nothing: "not affected" against the inventory is then contradicted and unsettled until somebody else
//! verifies or refutes it; "affected" against it stays owed until an officer says otherwise. An officer's "cannot tell"
//! gives way. An inventory that no longer shows the flaw is another thing: it is proof, and verifies.
//!
//! **Acknowledging.** The accountable officer's first answer is also their acknowledgement. Others assess only after
//! it; nothing that fixes waits for it.

use jiff::Timestamp;

use bongsu_authority::AppointmentId;

use super::steps::Step;
use super::{Assessment, Check, Decision, Finding, Obligation, RemediationClass, Remedy, Word};
use crate::event::{By, Engine, Event};
use crate::guard::{ahead, days_after, officer, second_person, told, within};
use crate::refused::{Hand, Lack, Moment, Wait};
use crate::{ActState, Answer, Claim, Evidence, Refused, Status, Term};

/// The five justifications of VEX for "not affected". A sentence does, too.
pub const JUSTIFICATIONS: [&str; 5] = [
    "component_not_present",
    "vulnerable_code_not_present",
    "vulnerable_code_not_in_execute_path",
    "vulnerable_code_cannot_be_controlled_by_adversary",
    "inline_mitigations_already_exist",
];

/// The shortest sentence that is a justification, in characters.
const SENTENCE: usize = 10;

/// The longest extension, in days after the date it extends (domain guide, P05).
const EXTENSION_DAYS: i64 = 30;

/// The longest waiver, in days from its decision (domain guide, P05).
const WAIVER_DAYS: i64 = 90;

/// What an obligation cannot know of itself.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Facts {
    /// Where its act stands.
    pub act: ActState,
    /// The appointment that is accountable for the institution now.
    pub accountable: Option<AppointmentId>,
}

type Events = Result<Vec<Event>, Refused>;

impl Obligation {
    /// Says what happens when this is answered, or why it does not.
    ///
    /// No event at all means that it is so already: repeating the latest answer is harmless.
    pub fn wish(&self, answer: &Answer, facts: &Facts, by: By, at: Timestamp) -> Events {
        if !matches!(facts.act, ActState::Issued | ActState::Completed) {
            let next = "answer the act that took its place, if one did";
            return Err(Refused::Act { state: facts.act, step: "answered", next });
        }
        match answer {
            Answer::Unreachable => self.unreachable(),
            Answer::Acknowledge => self.acknowledge(by),
            Answer::Assess { assessment, contradicts_inventory } => match by {
                By::Officer { .. } => self.say(assessment, *contradicts_inventory, facts, by),
                By::Engine(_) => self.find(assessment),
            },
            Answer::Plan { until } => self.plan(*until, facts, by, at),
            Answer::Mitigate { how } => self.mitigate(how, facts, by),
            Answer::Claim { remedy, evidence } => self.claim(*remedy, *evidence, facts, by),
            Answer::Countersign => self.countersign(by),
            Answer::Verify { evidence, how } => self.verify(*evidence, how, by),
            Answer::Refute { evidence, how } => self.refute(*evidence, how, by),
            Answer::ForensicCheck { clean, evidence } => self.examine(*clean, *evidence),
            Answer::AskExtension { until, why } => self.ask_extension(*until, why, facts, by, at),
            Answer::DecideExtension { granted, why } => {
                self.decide_extension(*granted, why, by, at)
            }
            Answer::AskWaiver { until, control } => self.ask_waiver(*until, control, facts, by, at),
            Answer::DecideWaiver { granted, why } => {
                self.decide_waiver(granted.as_ref(), why, by, at)
            }
            Answer::ExpireWaiver => self.expire_waiver(at),
            Answer::Assist { team } => self.assist(team),
            Answer::Regress { evidence } => self.regress(*evidence),
            Answer::Close { remedy } => self.close(*remedy),
        }
    }

    fn unreachable(&self) -> Events {
        if self.unreachable {
            return Ok(Vec::new());
        }
        self.arrow(Step::MissAll)?;
        if self.marks.delivered.is_some() || self.marks.acknowledged.is_some() {
            return Err(self.cannot(Step::MissAll)); // somebody was reached
        }
        Ok(vec![Event::Unreachable { act: self.act, institution: self.institution }])
    }

    fn acknowledge(&self, by: By) -> Events {
        self.arrow(Step::Acknowledge)?;
        officer(by, "acknowledging")?;
        Ok(self.acknowledged_once())
    }

    fn acknowledged_once(&self) -> Vec<Event> {
        match self.marks.acknowledged {
            Some(_) => Vec::new(),
            None => vec![Event::Acknowledged { act: self.act, institution: self.institution }],
        }
    }

    /// An officer's assessment.
    fn say(&self, assessment: &Assessment, contradicts: bool, facts: &Facts, by: By) -> Events {
        let step = match assessment.word() {
            Word::Affected => Step::SayAffected,
            Word::NotAffected => Step::SayNotAffected,
            Word::Unknown => Step::SayUnknown,
        };
        let mut events = self.seen(facts, by);
        if self.marks.acknowledged.is_none() && events.is_empty() && !self.status.is_over() {
            return Err(Refused::NotYet(Wait::AcknowledgeFirst));
        }
        let to = self.arrow_once_seen(step, &events)?;
        justified(assessment)?;
        let contradicts = assessment.word() == Word::NotAffected
            && (contradicts || self.inventory_says_affected());
        let repeated = to == self.status
            && self.assessed.as_ref().is_some_and(|standing| {
                standing.officer.is_some() && standing.assessment == *assessment
            });
        if !repeated {
            events.push(self.assessed_as(assessment, contradicts));
        }
        Ok(events)
    }

    /// The inventory's assessment, or the supplier's of its product.
    fn find(&self, assessment: &Assessment) -> Events {
        let word = assessment.word();
        let step = match word {
            Word::Affected => Step::FindAffected,
            Word::NotAffected => Step::FindNotAffected,
            Word::Unknown => Step::FindUnknown,
        };
        justified(assessment)?;
        if let Some(officers) = self.officers_word() {
            let news = word != Word::Unknown && self.engine_says.as_ref() != Some(assessment);
            let event = || self.assessed_as(assessment, word != officers);
            return Ok(when(news, event));
        }
        if self.status == Status::Affected && word == Word::Unknown {
            return Ok(Vec::new()); // to lose sight of a flaw is not to lose the flaw
        }
        let to = self.arrow(step)?;
        let same = self.assessed.as_ref().is_some_and(|old| old.assessment == *assessment);
        Ok(when(!(same && to == self.status), || self.assessed_as(assessment, false)))
    }

    fn plan(&self, until: Timestamp, facts: &Facts, by: By, at: Timestamp) -> Events {
        officer(by, "planning")?;
        let mut events = self.seen(facts, by);
        let to = self.arrow_once_seen(Step::Plan, &events)?;
        if self.status != to || self.planned_until != Some(until) {
            ahead(Moment::Plan, until, at)?;
            events.push(Event::Planned { act: self.act, institution: self.institution, until });
        }
        Ok(events)
    }

    fn mitigate(&self, how: &str, facts: &Facts, by: By) -> Events {
        officer(by, "mitigating")?;
        let mut events = self.seen(facts, by);
        let to = self.arrow_once_seen(Step::Mitigate, &events)?;
        told(Lack::Mitigation, how)?;
        if self.status != to || self.mitigation.as_deref() != Some(how) {
            let how = how.to_owned();
            events.push(Event::Mitigated { act: self.act, institution: self.institution, how });
        }
        Ok(events)
    }

    /// By the accountable officer it is remediated at once; by anybody else once it is countersigned.
    fn claim(&self, remedy: Remedy, evidence: Evidence, facts: &Facts, by: By) -> Events {
        let person = officer(by, "claiming")?;
        let accountable = is_accountable(facts, by);
        let claim = Claim { remedy, evidence, by: person, accountable };
        let stands = matches!(self.status, Status::Claimed | Status::Remediated);
        let repeated = self.claim.is_some_and(|old| {
            (old.remedy, old.evidence) == (remedy, evidence)
                && (!accountable || self.status == Status::Remediated)
        });
        if stands && repeated {
            return Ok(Vec::new());
        }
        let mut events = self.seen(facts, by);
        let step = if accountable { Step::ClaimAccountable } else { Step::Claim };
        self.arrow_once_seen(step, &events)?;
        events.push(Event::Claimed { act: self.act, institution: self.institution, claim });
        Ok(events)
    }

    fn countersign(&self, by: By) -> Events {
        let person = officer(by, "countersigning")?;
        if self.status == Status::Remediated && self.countersigned_by == Some(person) {
            return Ok(Vec::new());
        }
        self.arrow(Step::Countersign)?;
        let claimant = self.claim.map(|claim| claim.by);
        second_person(person, claimant, Hand::ClaimedCountersigns)?;
        Ok(vec![Event::Countersigned { act: self.act, institution: self.institution }])
    }

    /// By somebody who is not the claimant; by the inventory, whether anybody claimed or not.
    fn verify(&self, evidence: Evidence, how: &str, by: By) -> Events {
        let step = match by {
            By::Officer { .. } => Step::Verify,
            By::Engine(Engine::Matching) => Step::Prove,
            By::Engine(_) => return Err(Refused::NeedsOfficer { step: "verifying" }),
        };
        let to = self.arrow(step)?;
        if step == Step::Prove && !self.was_affected() {
            return Err(Refused::NotYet(Wait::AssessFirst));
        }
        self.is_other(by)?;
        told(Lack::VerifyHow, how)?;
        if to == self.status && self.checked == Some(Check { finding: Finding::Verified, evidence })
        {
            return Ok(Vec::new());
        }
        let how = how.to_owned();
        Ok(vec![Event::Verified { act: self.act, institution: self.institution, evidence, how }])
    }

    fn refute(&self, evidence: Evidence, how: &str, by: By) -> Events {
        if self.is_repeated(Step::Refute, Check { finding: Finding::Refuted, evidence }) {
            return Ok(Vec::new());
        }
        self.arrow(Step::Refute)?;
        self.is_other(by)?;
        told(Lack::RefuteHow, how)?;
        let how = how.to_owned();
        Ok(vec![Event::Refuted { act: self.act, institution: self.institution, evidence, how }])
    }

    fn examine(&self, clean: bool, evidence: Evidence) -> Events {
        self.arrow(Step::Examine)?;
        let news = (self.forensic_clean, self.forensic_evidence) != (Some(clean), Some(evidence));
        let (act, institution) = (self.act, self.institution);
        Ok(when(news, || Event::ForensicChecked { act, institution, clean, evidence }))
    }

    fn ask_extension(
        &self,
        until: Timestamp,
        why: &str,
        facts: &Facts,
        by: By,
        at: Timestamp,
    ) -> Events {
        let person = officer(by, "asking for time")?;
        let mut events = self.seen(facts, by);
        self.arrow_once_seen(Step::AskExtension, &events)?;
        if self.extension_asked.is_some_and(|old| old.what == until && old.by == person) {
            return Ok(events);
        }
        self.extensible(until, at)?;
        told(Lack::ExtensionReason, why)?;
        let (act, institution, why) = (self.act, self.institution, why.to_owned());
        events.push(Event::ExtensionAsked { act, institution, until, why });
        Ok(events)
    }

    /// [another person than asked; no more than asked; at most 30 days after the date it extends, not in the past].
    fn decide_extension(
        &self,
        granted: Option<Timestamp>,
        why: &str,
        by: By,
        at: Timestamp,
    ) -> Events {
        let person = officer(by, "granting time")?;
        if self.decided == Some(Decision::Extension(granted)) && self.extension_asked.is_none() {
            return Ok(Vec::new());
        }
        self.arrow(Step::DecideExtension)?;
        let asked = self.extension_asked.ok_or(Refused::NothingAsked { what: "extension" })?;
        second_person(person, Some(asked.by), Hand::AskedDecides)?;
        told(Lack::DecisionReason, why)?;
        if let Some(until) = granted {
            within(Moment::Extension, until, asked.what)?;
            self.extensible(until, at)?;
        }
        let (act, institution, why) = (self.act, self.institution, why.to_owned());
        Ok(vec![Event::ExtensionDecided { act, institution, granted, why }])
    }

    fn extensible(&self, until: Timestamp, at: Timestamp) -> Result<(), Refused> {
        let fix_by = self.clocks.fix_by.ok_or(Refused::NotYet(Wait::NoFixDate))?;
        let from = fix_by.max(at);
        ahead(Moment::Extension, until, from)?;
        within(Moment::Extension, until, days_after(from, EXTENSION_DAYS))
    }

    fn ask_waiver(
        &self,
        until: Timestamp,
        control: &str,
        facts: &Facts,
        by: By,
        at: Timestamp,
    ) -> Events {
        let person = officer(by, "asking for a waiver")?;
        let mut events = self.seen(facts, by);
        self.arrow_once_seen(Step::AskWaiver, &events)?;
        let same = self.waiver_asked.as_ref().is_some_and(|old| {
            old.by == person && old.what.until == until && old.what.control == control
        });
        if same {
            return Ok(events);
        }
        waivable(until, control, at)?;
        let (act, institution, control) = (self.act, self.institution, control.to_owned());
        events.push(Event::WaiverAsked { act, institution, until, control });
        Ok(events)
    }

    /// [another person than asked; no longer than asked; at most 90 days, not in the past; a compensating control].
    fn decide_waiver(&self, granted: Option<&Term>, why: &str, by: By, at: Timestamp) -> Events {
        let person = officer(by, "waiving")?;
        let same = matches!(&self.decided, Some(Decision::Waiver(old)) if old.as_ref() == granted);
        if same && self.waiver_asked.is_none() {
            return Ok(Vec::new());
        }
        self.arrow(if granted.is_some() { Step::GrantWaiver } else { Step::RefuseWaiver })?;
        let asked = self.waiver_asked.as_ref().ok_or(Refused::NothingAsked { what: "waiver" })?;
        second_person(person, Some(asked.by), Hand::AskedDecides)?;
        told(Lack::DecisionReason, why)?;
        if let Some(term) = granted {
            within(Moment::Waiver, term.until, asked.what.until)?;
            waivable(term.until, &term.control, at)?;
        }
        let (act, institution) = (self.act, self.institution);
        let (granted, why) = (granted.cloned(), why.to_owned());
        Ok(vec![Event::WaiverDecided { act, institution, granted, why }])
    }

    fn expire_waiver(&self, at: Timestamp) -> Events {
        if self.waiver.is_none() && !self.status.is_over() {
            return Ok(Vec::new()); // a waiver that does not stand has ended
        }
        self.arrow(Step::ExpireWaiver)?;
        if self.waiver.as_ref().is_some_and(|term| at < term.until) {
            return Err(Refused::NotYet(Wait::WaiverLasts));
        }
        Ok(vec![Event::WaiverExpired { act: self.act, institution: self.institution }])
    }

    fn assist(&self, team: &str) -> Events {
        self.arrow(Step::Assist)?;
        told(Lack::Team, team)?;
        let news = self.team.as_deref() != Some(team);
        let (act, institution) = (self.act, self.institution);
        Ok(when(news, || Event::Assisted { act, institution, team: team.to_owned() }))
    }

    fn regress(&self, evidence: Evidence) -> Events {
        if self.is_repeated(Step::Regress, Check { finding: Finding::Regressed, evidence }) {
            return Ok(Vec::new());
        }
        self.arrow(Step::Regress)?;
        Ok(vec![Event::Regressed { act: self.act, institution: self.institution, evidence }])
    }

    /// [three-day class: a forensic check found it clean; "not affected" does not stand against the inventory].
    fn close(&self, remedy: Option<Remedy>) -> Events {
        if self.status == Status::Closed {
            return Ok(Vec::new());
        }
        self.arrow(Step::Close)?;
        if self.contradicted {
            return Err(Refused::NotYet(Wait::InventoryContradicts));
        }
        let forensic = self.clocks.class == RemediationClass::ThreeDaysForensic
            && self.status == Status::Verified;
        if forensic && self.forensic_clean != Some(true) {
            return Err(Refused::NotYet(Wait::ForensicFirst));
        }
        let remedy = remedy.or(self.claim.map(|claim| claim.remedy));
        Ok(vec![Event::Closed { act: self.act, institution: self.institution, remedy }])
    }

    /// The accountable officer's first answer is also their acknowledgement.
    fn seen(&self, facts: &Facts, by: By) -> Vec<Event> {
        if is_accountable(facts, by) { self.acknowledged_once() } else { Vec::new() }
    }

    /// Nobody verifies or refutes their own claim, nor what they countersigned, nor their own "not affected".
    fn is_other(&self, by: By) -> Result<(), Refused> {
        let Some(person) = by.person() else { return Ok(()) };
        second_person(person, self.claim.map(|claim| claim.by), Hand::ClaimedChecks)?;
        second_person(person, self.countersigned_by, Hand::CountersignedChecks)?;
        let assessor = self.assessed.as_ref().and_then(|assessed| assessed.officer);
        let assessor = assessor.filter(|_| self.status == Status::NotAffected);
        second_person(person, assessor, Hand::AssessedChecks)
    }

    /// Is it known to have been affected: at issue, or by what was said since?
    fn was_affected(&self) -> bool {
        self.exposure.is_affected() || self.status >= Status::NotAffected
    }

    /// What the inventory said last; at issue, where it has not spoken since.
    fn inventory_says_affected(&self) -> bool {
        match &self.engine_says {
            Some(assessment) => assessment.word() == Word::Affected,
            None => self.exposure.is_affected(),
        }
    }

    fn is_repeated(&self, step: Step, check: Check) -> bool {
        self.checked == Some(check) && self.status.after(step).is_none() && !self.status.is_over()
    }

    fn assessed_as(&self, assessment: &Assessment, contradicts_inventory: bool) -> Event {
        Event::Assessed {
            act: self.act,
            institution: self.institution,
            assessment: assessment.clone(),
            contradicts_inventory,
        }
    }

    fn arrow(&self, step: Step) -> Result<Status, Refused> {
        self.status.after(step).ok_or_else(|| self.cannot(step))
    }

    /// The arrow from where an acknowledgement leads, where one goes before it.
    fn arrow_once_seen(&self, step: Step, seen: &[Event]) -> Result<Status, Refused> {
        let here = if seen.is_empty() { None } else { self.status.after(Step::Acknowledge) };
        here.unwrap_or(self.status).after(step).ok_or_else(|| self.cannot(step))
    }

    fn cannot(&self, step: Step) -> Refused {
        let (status, step) = (self.status, step.participle());
        Refused::Obligation { status, step, next: status.hint() }
    }
}

/// There is no "not affected" without a reason, whoever says it.
fn justified(assessment: &Assessment) -> Result<(), Refused> {
    match assessment {
        Assessment::NotAffected { justification }
            if justification.trim().chars().count() < SENTENCE =>
        {
            Err(Refused::Missing(Lack::Justification))
        }
        _ => Ok(()),
    }
}

fn is_accountable(facts: &Facts, by: By) -> bool {
    by.appointment().is_some() && by.appointment() == facts.accountable
}

fn waivable(until: Timestamp, control: &str, at: Timestamp) -> Result<(), Refused> {
    ahead(Moment::Waiver, until, at)?;
    within(Moment::Waiver, until, days_after(at, WAIVER_DAYS))?;
    told(Lack::Control, control)
}

fn when(news: bool, event: impl FnOnce() -> Event) -> Vec<Event> {
    if news { vec![event()] } else { Vec::new() }
}
