//! What an event changes in an act; what it does to obligations is the campaign's.

use std::collections::BTreeSet;

use jiff::Timestamp;

use bongsu_authority::PersonId;

use super::list::Declined;
use crate::event::{About, Entry, Event, IssueClocks};
use crate::{Act, ActState, Amendment, Misfit};

impl Act {
    /// The act as it is first drafted.
    ///
    /// # Errors
    /// [`Misfit`] where the entry is no draft by an officer.
    pub fn open(entry: &Entry) -> Result<Self, Misfit> {
        let event = entry.event.name();
        let Event::ActDrafted { act, case, kind, draft, text } = &entry.event else {
            return Err(Misfit::Unopened { event });
        };
        let author = entry.by.person().ok_or(Misfit::Signer { event })?;
        Ok(Self {
            id: *act,
            case: *case,
            kind: *kind,
            state: ActState::Draft,
            draft: draft.clone(),
            author,
            authors: BTreeSet::from([author]),
            reviewer: None,
            signer: None,
            text: *text,
            signature: None,
            issued_at: None,
            changed_at: None,
            clocks: None,
            reclocked: None,
            amendment: None,
            lists: Vec::new(),
            edition: 0,
            version: 1,
        })
    }

    /// Lets an event happen.
    ///
    /// # Errors
    /// [`Misfit`] where the event does not follow this state; then nothing changed.
    pub fn apply(&mut self, entry: &Entry) -> Result<(), Misfit> {
        let event = entry.event.name();
        if entry.event.about() != About::Act(self.id) {
            return Err(Misfit::Astray { event });
        }
        let person = entry.by.person();
        let signer = || person.ok_or(Misfit::Signer { event });
        let misfit = Misfit::Arrow { event, state: self.state.label_en() };
        match (&entry.event, self.state) {
            (Event::ActDrafted { .. }, ActState::Draft | ActState::Reviewed) => {
                self.write(&entry.event, signer()?);
            }
            (Event::ActDrafted { .. }, ActState::Issued) => {
                self.write_amendment(&entry.event, signer()?);
            }
            (Event::ActReviewed { text, .. }, ActState::Draft) if *text == self.text => {
                self.reviewer = Some(signer()?);
                self.state = ActState::Reviewed;
            }
            (Event::ActReviewed { text, .. }, ActState::Issued) => match &mut self.amendment {
                Some(new) if new.text == *text => new.reviewer = Some(signer()?),
                _ => return Err(misfit),
            },
            (Event::ActSigned { text, signature, clocks, .. }, ActState::Reviewed)
                if *text == self.text =>
            {
                let person = signer()?;
                self.issue(person, signature, clocks, entry.at);
            }
            (Event::ActAmended { text, signature, clocks, .. }, ActState::Issued) => {
                let person = signer()?;
                let new = self.amendment.take_if(|new| new.text == *text && new.reviewer.is_some());
                self.amend(new.ok_or(misfit)?, person, signature, clocks);
                self.changed_at = Some(entry.at);
            }
            (
                Event::ActWithdrawn { .. },
                ActState::Draft | ActState::Reviewed | ActState::Issued,
            ) => {
                self.amendment = None;
                self.changed_at = self.issued_at.map(|_| entry.at);
                self.state = ActState::Withdrawn;
            }
            (Event::ActCompleted { .. }, ActState::Issued) => self.state = ActState::Completed,
            (Event::ActReclocked { clocks, .. }, ActState::Issued | ActState::Completed) => {
                self.reclocked = Some(*clocks);
                self.clocks = self.clocks.map(|old| old.shortened(clocks));
            }
            (Event::NamesRead { .. } | Event::Reminded { .. }, _) => {}
            (Event::NamesAsked { .. }, _) => self.ask_list(entry)?,
            (Event::NamesReleased { list, .. }, _) => {
                let by = signer()?;
                self.list_mut(*list).ok_or(misfit)?.released_by = Some(by);
            }
            (Event::NamesDeclined { list, why, .. }, _) => {
                let declined = Declined { by: signer()?, why: why.clone() };
                self.list_mut(*list).ok_or(misfit)?.declined = Some(declined);
            }
            (Event::NamesTaken { list, .. }, _) => {
                self.list_mut(*list).ok_or(misfit)?.taken += 1;
            }
            _ => return Err(misfit),
        }
        self.version += 1;
        Ok(())
    }

    fn write(&mut self, event: &Event, author: PersonId) {
        let Event::ActDrafted { kind, draft, text, .. } = event else { return };
        self.kind = *kind;
        self.draft = draft.clone();
        self.text = *text;
        self.author = author;
        self.authors.insert(author);
        self.reviewer = None;
        self.state = ActState::Draft;
    }

    fn write_amendment(&mut self, event: &Event, author: PersonId) {
        let Event::ActDrafted { draft, text, .. } = event else { return };
        let mut authors = self.amendment.take().map(|new| new.authors).unwrap_or_default();
        authors.insert(author);
        let amendment = Amendment { draft: draft.clone(), text: *text, authors, reviewer: None };
        self.amendment = Some(amendment);
    }

    fn issue(&mut self, signer: PersonId, signature: &str, clocks: &IssueClocks, at: Timestamp) {
        self.signer = Some(signer);
        self.signature = Some(signature.to_owned());
        self.clocks = Some(*clocks);
        self.issued_at = Some(at);
        self.edition = 1;
        self.state = ActState::Issued;
    }

    fn amend(&mut self, new: Amendment, signer: PersonId, signature: &str, clocks: &IssueClocks) {
        self.draft = new.draft;
        self.text = new.text;
        self.authors = new.authors;
        self.reviewer = new.reviewer;
        self.signer = Some(signer);
        self.signature = Some(signature.to_owned());
        self.clocks = Some(*clocks);
        self.edition += 1;
    }
}
