//! What may be wished of an act, and which events follow.
//!
//! ```text
//! DRAFT -> REVIEWED      [a second person, who has not written on it; exactly this text]
//! REVIEWED -> DRAFT      [edited: the review falls]
//! REVIEWED -> ISSUED     [signed by one who has not reviewed it; of a directive, nor written on it]
//! ISSUED -> ISSUED v+1   [amended: drafted, reviewed and signed as the act was]
//! ISSUED -> COMPLETED    [every obligation is settled]
//! DRAFT | REVIEWED | ISSUED -> WITHDRAWN [with a reason; open obligations are released]
//! ```

use std::collections::BTreeSet;

use jiff::Timestamp;

use bongsu_authority::{ActId, CaseId, InstitutionId, PersonId};

use crate::event::{By, Event, IssueClocks};
use crate::guard::{ahead, officer, second_person, told};
use crate::refused::{Hand, Lack, Moment, Wait};
use crate::{
    Act, ActKind, ActState, ActWish, Addressee, CaseState, Clocks, Draft, Evidence, Refused,
};

/// What an act cannot know of itself.
#[derive(Clone, Copy)]
pub struct Facts<'a> {
    /// Where its case stands.
    pub case: CaseState,
    /// Its obligations that are not settled.
    pub open_obligations: u32,
    /// Has this institution an obligation under it, whatever became of it?
    pub addressed: &'a dyn Fn(InstitutionId) -> bool,
}

impl Act {
    /// Says what happens when a draft is first written.
    pub fn draft(
        act: ActId,
        case: CaseId,
        kind: ActKind,
        draft: &Draft,
        text: Evidence,
        by: By,
    ) -> Result<Vec<Event>, Refused> {
        officer(by, "writing an act")?;
        written(draft)?;
        lawful(kind, draft)?;
        Ok(vec![Event::ActDrafted { act, case, kind, draft: draft.clone(), text }])
    }

    /// Says what happens when the draft is written anew, or an amendment of the issued act is.
    ///
    /// The review of the text before falls. An amendment keeps case, kind, issuer and drill, and may raise the label,
    /// never lower it.
    pub fn redraft(
        &self,
        case: CaseId,
        kind: ActKind,
        draft: &Draft,
        text: Evidence,
        by: By,
    ) -> Result<Vec<Event>, Refused> {
        let person = officer(by, "writing an act")?;
        written(draft)?;
        lawful(kind, draft)?;
        let (now, authors) = match (self.state, &self.amendment) {
            (ActState::Issued, Some(amendment)) => (amendment.text, &amendment.authors),
            (ActState::Draft | ActState::Reviewed | ActState::Issued, _) => {
                (self.text, &self.authors)
            }
            _ => return Err(self.cannot("written anew")),
        };
        if now == text && self.kind == kind && authors.contains(&person) {
            return Ok(Vec::new());
        }
        if case != self.case {
            return Err(Refused::NotYet(Wait::OtherCase));
        }
        if self.state == ActState::Issued {
            let (label, old) = (draft.label, self.draft.label);
            let same = kind == self.kind
                && draft.issuer == self.draft.issuer
                && draft.drill == self.draft.drill
                && label.join(old) == label;
            if !same {
                return Err(Refused::NotYet(Wait::AmendKeeps));
            }
        }
        Ok(vec![Event::ActDrafted { act: self.id, case, kind, draft: draft.clone(), text }])
    }

    /// Says what happens when this is wished, or why it does not.
    ///
    /// No event at all means that it is so already: repeating a wish is harmless.
    pub fn wish(
        &self,
        wish: &ActWish,
        facts: &Facts<'_>,
        by: By,
        at: Timestamp,
    ) -> Result<Vec<Event>, Refused> {
        match wish {
            ActWish::Review { text } => self.review(*text, by),
            ActWish::Sign { text, signature, clocks, addressees } => {
                self.sign(*text, signature, clocks, addressees, facts, by, at)
            }
            ActWish::Amend { text, signature, clocks, added, released, why } => {
                if self.state == ActState::Issued && self.text == *text && self.amendment.is_none()
                {
                    return Ok(Vec::new()); // signed already
                }
                self.may_amend(*text, signature, added, released, facts, by)?;
                told(Lack::AmendReason, why)?;
                clocks_ahead(clocks, at)?;
                Ok(vec![Event::ActAmended {
                    act: self.id,
                    text: *text,
                    signature: signature.clone(),
                    clocks: *clocks,
                    added: added.clone(),
                    released: released.clone(),
                    why: why.clone(),
                }])
            }
            ActWish::Withdraw { why } => self.withdraw(why, by),
            ActWish::Complete => self.complete(facts),
            ActWish::Reclock { clocks, why } => self.reclock(clocks, why, at),
            ActWish::ReadNames { rows, why } => {
                officer(by, "reading names")?;
                told(Lack::NamesPurpose, why)?;
                Ok(vec![Event::NamesRead { act: self.id, rows: *rows, why: why.clone() }])
            }
            ActWish::AskNames { list, scope, selection, rows, why } => {
                self.ask_names(*list, scope, (selection, *rows, why), by, at)
            }
            ActWish::ReleaseNames { list, scope } => self.release_names(*list, scope, by, at),
            ActWish::DeclineNames { list, scope, why } => {
                self.decline_names(*list, scope, why, by, at)
            }
            ActWish::TakeNames { list, scope, rows } => {
                self.take_names(*list, scope, *rows, by, at)
            }
            ActWish::Remind { institutions, why, .. } => {
                officer(by, "a reminder")?;
                told(Lack::RemindReason, why)?;
                if self.state != ActState::Issued {
                    return Err(Refused::NotYet(Wait::NotIssued));
                }
                let institutions: BTreeSet<_> = institutions.iter().copied().collect();
                if institutions.is_empty() {
                    return Ok(Vec::new());
                }
                let institutions = institutions.into_iter().collect();
                Ok(vec![Event::Reminded { act: self.id, institutions, why: why.clone() }])
            }
        }
    }

    /// [second person; exactly this text]; of the amendment, where the act is issued.
    fn review(&self, text: Evidence, by: By) -> Result<Vec<Event>, Refused> {
        let person = officer(by, "reviewing")?;
        let (authors, current, reviewer) = match (self.state, &self.amendment) {
            (ActState::Draft | ActState::Reviewed, _) => (&self.authors, self.text, self.reviewer),
            (ActState::Issued, Some(new)) => (&new.authors, new.text, new.reviewer),
            _ => return Err(self.cannot("reviewed")),
        };
        if current != text {
            return Err(Refused::OtherText { step: "reviewed", before: "written last" });
        }
        if authors.contains(&person) {
            return Err(Refused::SamePerson(Hand::WroteReviews));
        }
        if reviewer.is_some() {
            return Ok(Vec::new());
        }
        Ok(vec![Event::ActReviewed { act: self.id, text }])
    }

    /// [director; exactly the reviewed text; a directive needs a legal basis; every addressee once].
    #[allow(clippy::too_many_arguments, reason = "the parts of one wish, in its order")]
    fn sign(
        &self,
        text: Evidence,
        signature: &str,
        clocks: &IssueClocks,
        addressees: &[Addressee],
        facts: &Facts<'_>,
        by: By,
        at: Timestamp,
    ) -> Result<Vec<Event>, Refused> {
        if self.state == ActState::Issued && self.text == text && self.edition == 1 {
            return Ok(Vec::new());
        }
        if self.state != ActState::Reviewed {
            return Err(self.cannot("signed"));
        }
        self.may_sign(text, signature, &self.draft, (self.text, &self.authors, self.reviewer), by)?;
        if !facts.case.is_confirmed() {
            return Err(Refused::NotYet(Wait::CaseNotConfirmed));
        }
        if addressees.is_empty() && self.kind.asks() {
            return Err(Refused::Missing(Lack::Addressees));
        }
        once(addressees)?;
        clocks_ahead(clocks, at)?;
        let mut events = vec![Event::ActSigned {
            act: self.id,
            text,
            signature: signature.to_owned(),
            clocks: *clocks,
            addressees: addressees.to_vec(),
        }];
        if facts.case == CaseState::Published && !addressees.is_empty() {
            events.push(Event::CaseMoved {
                case: self.case,
                to: CaseState::InCampaign,
                why: "an act about it was signed".to_owned(),
            });
        }
        Ok(events)
    }

    /// Amendments never erase answers: who is added is new, who is released keeps what was answered.
    fn may_amend(
        &self,
        text: Evidence,
        signature: &str,
        added: &[Addressee],
        released: &[InstitutionId],
        facts: &Facts<'_>,
        by: By,
    ) -> Result<(), Refused> {
        let (ActState::Issued, Some(new)) = (self.state, &self.amendment) else {
            return Err(self.cannot("amended"));
        };
        self.may_sign(text, signature, &new.draft, (new.text, &new.authors, new.reviewer), by)?;
        once(added)?;
        if let Some(twice) = added.iter().find(|new| (facts.addressed)(new.institution)) {
            return Err(Refused::AddressedTwice(twice.institution));
        }
        match released.iter().find(|institution| !(facts.addressed)(**institution)) {
            Some(stranger) => Err(Refused::NotAddressed(*stranger)),
            None => Ok(()),
        }
    }

    /// What issue and amendment have in common: two signatures over one text, and a basis.
    fn may_sign(
        &self,
        text: Evidence,
        signature: &str,
        draft: &Draft,
        (written, authors, reviewer): (Evidence, &BTreeSet<PersonId>, Option<PersonId>),
        by: By,
    ) -> Result<(), Refused> {
        let person = officer(by, "signing")?;
        if reviewer.is_none() {
            return Err(Refused::NotYet(Wait::ReviewFirst));
        }
        if text != written {
            return Err(Refused::OtherText { step: "signed", before: "reviewed" });
        }
        second_person(person, reviewer, Hand::ReviewedSigns)?;
        if self.kind == ActKind::Directive && authors.contains(&person) {
            return Err(Refused::SamePerson(Hand::WroteSigns));
        }
        lawful(self.kind, draft)?;
        told(Lack::Signature, signature)
    }

    fn withdraw(&self, why: &str, by: By) -> Result<Vec<Event>, Refused> {
        officer(by, "withdrawing an act")?;
        match self.state {
            ActState::Withdrawn => Ok(Vec::new()),
            ActState::Completed => Err(self.cannot("withdrawn")),
            _ => {
                told(Lack::WithdrawReason, why)?;
                Ok(vec![Event::ActWithdrawn { act: self.id, why: why.to_owned() }])
            }
        }
    }

    /// [every obligation is settled].
    fn complete(&self, facts: &Facts<'_>) -> Result<Vec<Event>, Refused> {
        match self.state {
            ActState::Completed => Ok(Vec::new()),
            ActState::Issued if facts.open_obligations > 0 => {
                Err(Refused::StillOpen { open: facts.open_obligations })
            }
            ActState::Issued => Ok(vec![Event::ActCompleted { act: self.id }]),
            _ => Err(self.cannot("completed")),
        }
    }

    /// [something became known; clocks only ever shorten, so a later instant changes nothing].
    fn reclock(
        &self,
        clocks: &IssueClocks,
        why: &str,
        at: Timestamp,
    ) -> Result<Vec<Event>, Refused> {
        if !matches!(self.state, ActState::Issued | ActState::Completed) {
            return Err(self.cannot("clocked anew"));
        }
        if self.reclocked.as_ref() == Some(clocks) {
            return Ok(Vec::new());
        }
        told(Lack::ReclockReason, why)?;
        clocks_ahead(clocks, at)?;
        Ok(vec![Event::ActReclocked { act: self.id, clocks: *clocks, why: why.to_owned() }])
    }

    fn cannot(&self, step: &'static str) -> Refused {
        let next = match self.state {
            ActState::Draft => "a second person reviews it, then it is signed",
            ActState::Reviewed => "sign it, or write it anew",
            ActState::Issued => "write an amendment, let it be reviewed, then sign it",
            ActState::Completed | ActState::Withdrawn => "issue a new act",
        };
        Refused::Act { state: self.state, step, next }
    }
}

/// A directive rests on a law; whoever writes it says which, and not first whoever signs.
fn lawful(kind: ActKind, draft: &Draft) -> Result<(), Refused> {
    if kind == ActKind::Directive {
        told(Lack::LegalBasis, draft.legal_basis.as_deref().unwrap_or_default())?;
    }
    Ok(())
}

/// A text that says nothing reaches nobody.
fn written(draft: &Draft) -> Result<(), Refused> {
    told(Lack::DraftTitle, &draft.title_ko)?;
    told(Lack::DraftTodo, &draft.todo_ko)?;
    let texts = [&draft.title_ko, &draft.title_en, &draft.todo_ko, &draft.todo_en];
    if texts.into_iter().any(|text| has_link(text)) { Err(Refused::Link) } else { Ok(()) }
}

/// Could a reader, or what they read it with, take something in it for a link?
fn has_link(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    ["://", "www.", "mailto:", "href="].iter().any(|sign| text.contains(sign))
}

fn once(addressees: &[Addressee]) -> Result<(), Refused> {
    let mut seen = BTreeSet::new();
    match addressees.iter().find(|addressee| !seen.insert(addressee.institution)) {
        Some(twice) => Err(Refused::AddressedTwice(twice.institution)),
        None => Ok(()),
    }
}

/// A clock that has run out before it starts measures nothing.
fn clocks_ahead(clocks: &IssueClocks, at: Timestamp) -> Result<(), Refused> {
    let every = |clocks: &Clocks| {
        ahead(Moment::AcknowledgeBy, clocks.acknowledge_by, at)?;
        ahead(Moment::AssessBy, clocks.assess_by, at)?;
        clocks.fix_by.map_or(Ok(()), |fix_by| ahead(Moment::FixBy, fix_by, at))
    };
    every(&clocks.exposed)?;
    every(&clocks.inside)
}
