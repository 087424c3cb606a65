//! Long lists of names: one person asks for exactly this list, a second agrees, the first takes it (domain guide, section
//! 3.1; threat model, T3). Each of the three is an entry of the record, and so is that the second says no.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use bongsu_authority::access::Scope;
use bongsu_authority::{ListId, PersonId};

use crate::event::{By, Entry, Event};
use crate::guard::{officer, second_person, told};
use crate::refused::{Hand, Lack, Wait};
use crate::{Act, Misfit, Refused};

/// How long a list that was asked for can be released and taken, in hours.
pub const LIST_HOURS: i64 = 24;

/// How often it can be taken: once, and twice more where the connection broke.
pub const TAKES: u32 = 3;

/// How many lists of one act can wait at once, and how many of them one person asked for.
const MOST_WAITING: usize = 20;
const MOST_OF_ONE: usize = 3;

/// The longest text that says what was chosen, in bytes.
const LONGEST_SELECTION: usize = 1_000;

/// A long list of names that somebody asked for.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct AskedList {
    /// Its id.
    pub id: ListId,
    /// Whose names.
    pub scope: Scope,
    /// What was chosen of them and in which order, as whoever makes the list wrote it.
    pub selection: String,
    /// How many names it had when it was asked for; it is never taken longer.
    pub rows: u32,
    /// What for.
    pub why: String,
    /// Who asked.
    pub by: PersonId,
    /// When; who is late is told as of then.
    pub at: Timestamp,
    /// Who agreed.
    pub released_by: Option<PersonId>,
    /// How often it was taken.
    pub taken: u32,
    /// Who said no, and why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub declined: Option<Declined>,
}

/// A no to a list.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Declined {
    /// Who.
    pub by: PersonId,
    /// Why, for whoever asked.
    pub why: String,
}

impl AskedList {
    /// The first instant at which it can no longer be released or taken.
    pub fn until(&self) -> Timestamp {
        self.at.checked_add(SignedDuration::from_hours(LIST_HOURS)).unwrap_or(Timestamp::MAX)
    }

    /// Can something still be done with it?
    pub fn waits_at(&self, at: Timestamp) -> bool {
        self.is_told_at(at) && self.declined.is_none()
    }

    /// Is it still told of: as long as it could be taken, had nobody said no?
    pub fn is_told_at(&self, at: Timestamp) -> bool {
        at < self.until() && self.taken < TAKES
    }
}

impl Act {
    /// A list that can still be released or taken.
    pub fn list(&self, list: ListId, at: Timestamp) -> Option<&AskedList> {
        self.lists.iter().find(|one| one.id == list && one.waits_at(at))
    }

    pub(super) fn ask_names(
        &self,
        list: ListId,
        scope: &Scope,
        (selection, rows, why): (&str, u32, &str),
        by: By,
        at: Timestamp,
    ) -> Result<Vec<Event>, Refused> {
        let person = officer(by, "asking for a list")?;
        told(Lack::ListPurpose, why)?;
        told(Lack::ListChoice, selection)?;
        if selection.len() > LONGEST_SELECTION {
            return Err(Refused::Missing(Lack::ListShortChoice));
        }
        if self.issued_at.is_none() {
            let next = "only whom an issued act addresses can be listed";
            return Err(Refused::Act { state: self.state, step: "listed", next });
        }
        if self.lists.iter().any(|one| one.id == list && one.by == person) {
            return Ok(Vec::new());
        }
        let waiting = || self.lists.iter().filter(|one| one.waits_at(at));
        let own = waiting().filter(|one| one.by == person).count();
        if own >= MOST_OF_ONE || waiting().count() >= MOST_WAITING {
            return Err(Refused::ListsWait);
        }
        let (scope, selection, why) = (scope.clone(), selection.to_owned(), why.to_owned());
        Ok(vec![Event::NamesAsked { act: self.id, list, scope, selection, rows, why }])
    }

    pub(super) fn release_names(
        &self,
        list: ListId,
        scope: &Scope,
        by: By,
        at: Timestamp,
    ) -> Result<Vec<Event>, Refused> {
        let person = officer(by, "releasing a list")?;
        let asked = self.listed(list, scope, at)?;
        second_person(person, Some(asked.by), Hand::AskedReleases)?;
        if asked.released_by.is_some() {
            return Ok(Vec::new());
        }
        Ok(vec![Event::NamesReleased { act: self.id, list }])
    }

    pub(super) fn decline_names(
        &self,
        list: ListId,
        scope: &Scope,
        why: &str,
        by: By,
        at: Timestamp,
    ) -> Result<Vec<Event>, Refused> {
        let person = officer(by, "declining a list")?;
        let asked = self.listed(list, scope, at)?;
        second_person(person, Some(asked.by), Hand::AskedReleases)?;
        told(Lack::ListDecline, why)?;
        Ok(vec![Event::NamesDeclined { act: self.id, list, why: why.to_owned() }])
    }

    pub(super) fn take_names(
        &self,
        list: ListId,
        scope: &Scope,
        rows: u32,
        by: By,
        at: Timestamp,
    ) -> Result<Vec<Event>, Refused> {
        let person = officer(by, "taking a list")?;
        let asked = self.listed(list, scope, at)?;
        if asked.by != person {
            return Err(Refused::NoList);
        }
        if asked.released_by.is_none() {
            return Err(Refused::NotYet(Wait::ReleaseFirst));
        }
        if rows > asked.rows {
            return Err(Refused::ListGrew { asked: asked.rows, now: rows });
        }
        Ok(vec![Event::NamesTaken { act: self.id, list, rows }])
    }

    fn listed(&self, list: ListId, scope: &Scope, at: Timestamp) -> Result<&AskedList, Refused> {
        self.list(list, at).filter(|one| one.scope == *scope).ok_or(Refused::NoList)
    }

    pub(super) fn list_mut(&mut self, list: ListId) -> Option<&mut AskedList> {
        self.lists.iter_mut().find(|one| one.id == list)
    }

    /// Keeps a list that was asked for, and forgets those whose time is over.
    pub(super) fn ask_list(&mut self, entry: &Entry) -> Result<(), Misfit> {
        let event = entry.event.name();
        let by = entry.by.person().ok_or(Misfit::Signer { event })?;
        let Event::NamesAsked { list, scope, selection, rows, why, .. } = &entry.event else {
            return Err(Misfit::Astray { event });
        };
        if self.lists.iter().any(|one| one.id == *list) {
            return Err(Misfit::Twice { event });
        }
        self.lists.retain(|one| one.is_told_at(entry.at));
        self.lists.push(AskedList {
            id: *list,
            scope: scope.clone(),
            selection: selection.clone(),
            rows: *rows,
            why: why.clone(),
            by,
            at: entry.at,
            released_by: None,
            taken: 0,
            declined: None,
        });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use bongsu_authority::{ActId, AppointmentId, CaseId, Domain, Grade, Label, NodeCode, Tlp};

    use super::*;
    use crate::{ActKind, ActState, Audience, Draft, Evidence};

    #[test]
    fn one_asks_a_second_releases_and_the_first_takes_it_three_times_within_a_day() {
        let (mut act, first, second) = (issued(), by(1), by(2));
        let (list, scope) = (ListId([7; 16]), Scope::Domain(Domain::Private));
        assert_eq!(act.take_names(list, &scope, 60, first, at(0)), Err(Refused::NoList));
        let asked = act.ask_names(list, &scope, ("{}", 60, "a report"), first, at(0)).unwrap();
        happen(&mut act, asked, first, at(0));
        let twice = act.ask_names(list, &scope, ("{}", 60, "a report"), first, at(1));
        assert_eq!(twice, Ok(Vec::new()), "asked twice is asked once");

        let early = act.take_names(list, &scope, 60, first, at(1));
        assert!(matches!(early, Err(Refused::NotYet { .. })), "{early:?}");
        let alone = act.release_names(list, &scope, first, at(1));
        assert!(matches!(alone, Err(Refused::SamePerson { .. })), "{alone:?}");
        let elsewhere = Scope::Sector(NodeCode::lead(Domain::Public));
        assert_eq!(act.release_names(list, &elsewhere, second, at(1)), Err(Refused::NoList));
        let released = act.release_names(list, &scope, second, at(1)).unwrap();
        happen(&mut act, released, second, at(1));

        assert_eq!(act.take_names(list, &scope, 60, second, at(2)), Err(Refused::NoList));
        let grown = act.take_names(list, &scope, 61, first, at(2));
        assert_eq!(grown, Err(Refused::ListGrew { asked: 60, now: 61 }));
        assert_eq!(act.take_names(list, &scope, 60, first, at(24)), Err(Refused::NoList));
        for _ in 0..TAKES {
            let taken = act.take_names(list, &scope, 59, first, at(23)).unwrap();
            happen(&mut act, taken, first, at(23));
        }
        assert_eq!(act.take_names(list, &scope, 59, first, at(23)), Err(Refused::NoList));
    }

    #[test]
    fn a_second_person_says_no_and_why_and_the_list_can_be_had_no_more() {
        let (mut act, first, second) = (issued(), by(1), by(2));
        let (list, scope) = (ListId([7; 16]), Scope::Domain(Domain::Private));
        let asked = act.ask_names(list, &scope, ("{}", 60, "a report"), first, at(0)).unwrap();
        happen(&mut act, asked, first, at(0));
        let alone = act.decline_names(list, &scope, "no use", first, at(1));
        assert!(matches!(alone, Err(Refused::SamePerson { .. })), "{alone:?}");
        let mute = act.decline_names(list, &scope, " ", second, at(1));
        assert_eq!(mute, Err(Refused::Missing(Lack::ListDecline)));
        let elsewhere = Scope::Sector(NodeCode::lead(Domain::Public));
        let stranger = act.decline_names(list, &elsewhere, "why", second, at(1));
        assert_eq!(stranger, Err(Refused::NoList));
        let said = act.decline_names(list, &scope, "counts do", second, at(1)).unwrap();
        happen(&mut act, said, second, at(1));

        assert_eq!(act.release_names(list, &scope, by(3), at(2)), Err(Refused::NoList));
        assert_eq!(act.take_names(list, &scope, 60, first, at(2)), Err(Refused::NoList));
        let told = &act.lists[0];
        let no = Declined { by: PersonId([2; 16]), why: "counts do".to_owned() };
        assert_eq!(told.declined.as_ref(), Some(&no));
        assert!(told.is_told_at(at(23)) && !told.is_told_at(at(24)), "for the rest of its day");
        // It fills no place among those that wait.
        for number in 0..3 {
            let id = ListId([number; 16]);
            let asked = act.ask_names(id, &scope, ("{}", 60, "a report"), first, at(2)).unwrap();
            happen(&mut act, asked, first, at(2));
        }
    }

    #[test]
    fn nobody_fills_the_node_with_lists_that_wait() {
        let (mut act, first) = (issued(), by(1));
        let scope = Scope::Domain(Domain::Private);
        for number in 0..3 {
            let id = ListId([number; 16]);
            let asked = act.ask_names(id, &scope, ("{}", 60, "a report"), first, at(0)).unwrap();
            happen(&mut act, asked, first, at(0));
        }
        let fourth = ListId([3; 16]);
        let ask = |act: &Act, at| act.ask_names(fourth, &scope, ("{}", 60, "why"), first, at);
        assert_eq!(ask(&act, at(1)), Err(Refused::ListsWait));
        let asked = ask(&act, at(24)).unwrap();
        happen(&mut act, asked, first, at(24));
        assert_eq!(act.lists.len(), 1, "those of yesterday are gone");
    }

    fn at(hours: i64) -> Timestamp {
        "2026-11-20T00:00:00Z".parse::<Timestamp>().unwrap() + SignedDuration::from_hours(hours)
    }

    fn by(number: u8) -> By {
        By::officer(PersonId([number; 16]), AppointmentId([number; 16]))
    }

    fn happen(act: &mut Act, events: Vec<Event>, by: By, at: Timestamp) {
        for event in events {
            let entry = Entry { by, at, label: act.draft.label, event };
            act.apply(&entry).unwrap();
        }
    }

    fn issued() -> Act {
        let (id, case) = (ActId([1; 16]), CaseId([2; 16]));
        let draft = Draft {
            issuer: NodeCode::lead(Domain::Private),
            title_ko: "VPN 장비 긴급 조치".to_owned(),
            title_en: String::new(),
            todo_ko: "4.2 버전으로 올리십시오".to_owned(),
            todo_en: String::new(),
            legal_basis: None,
            audience: Audience::default(),
            label: Label { tlp: Tlp::Amber, grade: Grade::Sensitive },
            drill: false,
        };
        let (kind, text, label) = (ActKind::ActionRequest, Evidence([1; 32]), draft.label);
        let event = Event::ActDrafted { act: id, case, kind, draft, text };
        let act = Act::open(&Entry { by: by(3), at: at(0), label, event }).unwrap();
        Act { state: ActState::Issued, issued_at: Some(at(0)), ..act }
    }
}
