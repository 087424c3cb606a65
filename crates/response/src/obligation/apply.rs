//! What an event changes in an obligation.

use jiff::Timestamp;

use bongsu_authority::ActId;

use super::steps::Step;
use super::{
    Asked, Assessed, Assessment, Check, Claim, Decision, Evidence, Finding, Marks, Obligation,
    Term, Word,
};
use crate::event::{About, By, Entry, Event, IssueClocks};
use crate::{Addressee, Misfit, Status};

impl Obligation {
    /// The obligation as an act's signature, or its amendment's, creates it.
    pub fn open(act: ActId, addressee: &Addressee, clocks: &IssueClocks, at: Timestamp) -> Self {
        Self {
            act,
            institution: addressee.institution,
            status: Status::Created,
            exposure: addressee.exposure,
            systems: addressee.systems,
            clocks: addressee.exposure.clocks(clocks),
            created_at: at,
            accountable_at_issue: addressee.accountable,
            marks: Marks::default(),
            unreachable: false,
            assessed: None,
            engine_says: None,
            contradicted: false,
            planned_until: None,
            mitigation: None,
            claim: None,
            countersigned_by: None,
            checked: None,
            forensic_clean: None,
            forensic_evidence: None,
            extension_asked: None,
            extended_until: None,
            waiver_asked: None,
            waiver: None,
            decided: None,
            team: None,
            remedy: None,
            false_closures: 0,
            regressions: 0,
            version: 1,
        }
    }

    /// Lets an event happen.
    ///
    /// # Errors
    /// [`Misfit`] where the event does not follow this state; then nothing changed.
    pub fn apply(&mut self, entry: &Entry) -> Result<(), Misfit> {
        let event = &entry.event;
        if !self.is_of(event) {
            return Err(Misfit::Astray { event: event.name() });
        }
        let (by, at) = (entry.by, entry.at);
        if let Event::Assessed { assessment, .. } = event
            && by.person().is_none()
            && self.officers_word().is_some()
        {
            self.note(assessment);
        } else {
            let step = step_of(event, by).ok_or(Misfit::Astray { event: event.name() })?;
            let misfit = Misfit::Arrow { event: event.name(), state: self.status.label_en() };
            let to = self.status.after(step).ok_or(misfit)?;
            self.change(event, by, at)?;
            self.arrive(to);
        }
        self.mark(at);
        Ok(())
    }

    /// Notes a receipt.
    ///
    /// Over a set, in SQL: `status = 1 where status in (0, 2)`, and for every row that is not closed or released and has
    /// no receipt yet, `delivered = at`. A closed or released one is left alone.
    pub fn deliver(&mut self, at: Timestamp) {
        let Some(to) = self.status.after(Step::Deliver) else { return };
        if self.marks.delivered.is_some() {
            return;
        }
        self.marks.delivered = Some(at);
        self.unreachable = false;
        self.arrive(to);
        self.mark(at);
    }

    /// Lets it go, because the act was withdrawn or amended away; what was answered stays on record.
    ///
    /// Over a set, in SQL: `status = 14, settled = coalesce(settled, at)` where the status is neither verified, closed,
    /// released nor not affected; what was asked and not decided falls.
    pub fn release(&mut self, at: Timestamp) {
        let Some(to) = self.status.after(Step::Release) else { return };
        self.arrive(to);
        self.mark(at);
    }

    /// Shortens its clocks; never lengthens one, an extension included.
    ///
    /// Over a set, in SQL: for every row that is neither closed nor released, each clock becomes the sooner of its own
    /// and the given one by exposure, a missing one the given one, the class the lesser number.
    pub fn reclock(&mut self, clocks: &IssueClocks) {
        if self.status.is_over() {
            return;
        }
        self.clocks = self.clocks.shortened(&self.exposure.clocks(clocks));
        self.version += 1;
    }

    fn is_of(&self, event: &Event) -> bool {
        event.about() == About::Obligation(self.act, self.institution)
    }

    /// The engine's word beside an officer's: it moves nothing and is not lost.
    fn note(&mut self, assessment: &Assessment) {
        self.contradicted =
            self.status == Status::NotAffected && assessment.word() == Word::Affected;
        self.engine_says = Some(assessment.clone());
    }

    fn change(&mut self, event: &Event, by: By, at: Timestamp) -> Result<(), Misfit> {
        let signer = || by.person().ok_or(Misfit::Signer { event: event.name() });
        match event {
            Event::Unreachable { .. } => self.unreachable = true,
            Event::Acknowledged { .. } => {
                signer()?;
                self.marks.acknowledged.get_or_insert(at);
                self.unreachable = false;
            }
            Event::Assessed { assessment, contradicts_inventory, .. } => {
                self.assess(assessment, *contradicts_inventory, by, at);
            }
            Event::Planned { until, .. } => self.planned_until = Some(*until),
            Event::Mitigated { how, .. } => {
                self.mitigation = Some(how.clone());
                self.marks.mitigated.get_or_insert(at);
            }
            Event::Claimed { claim, .. } => self.claimed(*claim, at),
            Event::Countersigned { .. } => {
                self.countersigned_by = Some(signer()?);
                self.marks.remediated.get_or_insert(at);
            }
            Event::Verified { evidence, .. } => self.verified(*evidence, by, at),
            Event::Refuted { evidence, .. } => self.refuted(*evidence, by),
            Event::ForensicChecked { clean, evidence, .. } => {
                self.forensic_clean = Some(*clean);
                self.forensic_evidence = Some(*evidence);
            }
            Event::ExtensionAsked { until, .. } => {
                self.extension_asked = Some(Asked { what: *until, by: signer()? });
            }
            Event::ExtensionDecided { granted, .. } => {
                signer()?;
                self.extension_asked = None;
                if let Some(until) = granted {
                    self.clocks.fix_by = Some(*until);
                    self.extended_until = Some(*until);
                }
                self.decided = Some(Decision::Extension(*granted));
            }
            Event::WaiverAsked { until, control, .. } => {
                let what = Term { until: *until, control: control.clone() };
                self.waiver_asked = Some(Asked { what, by: signer()? });
            }
            Event::WaiverDecided { granted, .. } => {
                signer()?;
                self.waiver_asked = None;
                if let Some(term) = granted {
                    self.waiver = Some(term.clone());
                }
                self.decided = Some(Decision::Waiver(granted.clone()));
            }
            Event::Assisted { team, .. } => self.team = Some(team.clone()),
            Event::Regressed { evidence, .. } => self.regressed(*evidence, by),
            Event::Closed { remedy, .. } => self.remedy = *remedy,
            _ => {} // a waiver's end: arriving does it
        }
        Ok(())
    }

    fn assess(&mut self, assessment: &Assessment, contradicts: bool, by: By, at: Timestamp) {
        let officer = by.person();
        if officer.is_none() {
            self.engine_says = Some(assessment.clone());
        }
        self.contradicted = contradicts && assessment.word() == Word::NotAffected;
        self.assessed = Some(Assessed { assessment: assessment.clone(), officer });
        self.marks.assessed.get_or_insert(at);
        if matches!(self.status, Status::Claimed | Status::Remediated) {
            self.unclaim(); // taken back by an officer: nobody refuted it
        }
    }

    fn claimed(&mut self, claim: Claim, at: Timestamp) {
        self.claim = Some(claim);
        self.countersigned_by = None;
        if claim.accountable {
            self.marks.remediated.get_or_insert(at);
        } else {
            self.marks.remediated = None; // another claim, not yet countersigned
        }
    }

    fn verified(&mut self, evidence: Evidence, by: By, at: Timestamp) {
        self.checked = Some(Check { finding: Finding::Verified, evidence });
        self.contradicted = false;
        self.marks.verified.get_or_insert(at);
        if self.status != Status::NotAffected {
            self.marks.remediated.get_or_insert(at);
            if by.person().is_none() {
                self.engine_says = None; // what it said was of the inventory before
            }
        }
    }

    /// Back to affected; a false closure where a claim stood. A forensic check of before proves nothing now.
    fn refuted(&mut self, evidence: Evidence, by: By) {
        self.checked = Some(Check { finding: Finding::Refuted, evidence });
        self.false_closures += u32::from(self.claim.is_some());
        self.contradicted = false;
        self.assessed = Some(affected(by));
        self.forensic_clean = None;
        self.forensic_evidence = None;
        self.unclaim();
    }

    fn regressed(&mut self, evidence: Evidence, by: By) {
        self.checked = Some(Check { finding: Finding::Regressed, evidence });
        self.regressions += 1;
        self.assessed = Some(affected(by));
        self.engine_says = by.person().is_none().then_some(Assessment::Affected);
        self.forensic_clean = None;
        self.forensic_evidence = None;
        self.planned_until = None;
        self.mitigation = None;
        self.remedy = None;
        self.unclaim();
        let Marks { delivered, acknowledged, assessed, .. } = self.marks;
        self.marks = Marks { delivered, acknowledged, assessed, ..Marks::default() };
    }

    fn unclaim(&mut self) {
        self.claim = None;
        self.countersigned_by = None;
        self.marks.remediated = None;
        self.marks.verified = None;
    }

    /// What was asked and not decided, and a waiver, belong to where they were given.
    fn arrive(&mut self, to: Status) {
        self.status = to;
        if !to.is_fixing() {
            self.extension_asked = None;
        }
        if !to.is_fixing() && to != Status::Waived {
            self.waiver_asked = None;
        }
        if to != Status::Waived {
            self.waiver = None;
        }
    }

    fn mark(&mut self, at: Timestamp) {
        if self.settled() {
            self.marks.settled.get_or_insert(at);
        } else {
            self.marks.settled = None;
        }
        self.version += 1;
    }
}

/// Who finds that it is affected after all has assessed it: the engine does not overrule an officer who did.
fn affected(by: By) -> Assessed {
    Assessed { assessment: Assessment::Affected, officer: by.person() }
}

/// The step an event is; `None` where it is none of an obligation's own.
fn step_of(event: &Event, by: By) -> Option<Step> {
    let officer = by.person().is_some();
    Some(match event {
        Event::Unreachable { .. } => Step::MissAll,
        Event::Acknowledged { .. } => Step::Acknowledge,
        Event::Assessed { assessment, .. } => match (assessment.word(), officer) {
            (Word::Affected, true) => Step::SayAffected,
            (Word::NotAffected, true) => Step::SayNotAffected,
            (Word::Unknown, true) => Step::SayUnknown,
            (Word::Affected, false) => Step::FindAffected,
            (Word::NotAffected, false) => Step::FindNotAffected,
            (Word::Unknown, false) => Step::FindUnknown,
        },
        Event::Planned { .. } => Step::Plan,
        Event::Mitigated { .. } => Step::Mitigate,
        Event::Claimed { claim, .. } if claim.accountable => Step::ClaimAccountable,
        Event::Claimed { .. } => Step::Claim,
        Event::Countersigned { .. } => Step::Countersign,
        Event::Verified { .. } if officer => Step::Verify,
        Event::Verified { .. } => Step::Prove,
        Event::Refuted { .. } => Step::Refute,
        Event::ForensicChecked { .. } => Step::Examine,
        Event::ExtensionAsked { .. } => Step::AskExtension,
        Event::ExtensionDecided { .. } => Step::DecideExtension,
        Event::WaiverAsked { .. } => Step::AskWaiver,
        Event::WaiverDecided { granted: Some(_), .. } => Step::GrantWaiver,
        Event::WaiverDecided { granted: None, .. } => Step::RefuseWaiver,
        Event::WaiverExpired { .. } => Step::ExpireWaiver,
        Event::Assisted { .. } => Step::Assist,
        Event::Regressed { .. } => Step::Regress,
        Event::Closed { .. } => Step::Close,
        _ => return None,
    })
}
