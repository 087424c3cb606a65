//! What came of a call: told by whoever called, noted where the other tries are, and a receipt where somebody was reached.

use bongsu_authority::access::{Engine, Scope};
use bongsu_authority::{ActId, InstitutionId};
use bongsu_desk::{Desk, Who};
use bongsu_response::{ActWish, Wish};
use bongsu_store::Error;
use bongsu_store::cabinet::Drawer;
use jiff::Timestamp;

use super::address::Channel;
use super::trail::{self, Trail};

/// The channel of a receipt that an officer got by telephone, as the record names it.
pub const BY_HAND: &str = "call";

/// Notes what came of a call to an institution about an act. That it was told is recorded in the caller's name first.
///
/// # Errors
/// [`Error::Denied`] in the words of absence to whoever may not read this name.
pub fn called(
    desk: &Desk,
    who: Who,
    (act, institution): (ActId, InstitutionId),
    (reached, note): (bool, &str),
    now: Timestamp,
) -> Result<(), Error> {
    let scope = Scope::Institution(institution);
    let _ = desk.with(who, now, |asking| asking.see_names(act, &scope, 1))?;
    let _ = desk.with(who, now, |asking| asking.see_obligation(act, institution))?;
    let said = if reached { "reached by telephone" } else { NOT_REACHED };
    let why = if note.is_empty() { said.to_owned() } else { format!("{said}: {note}") };
    let read = ActWish::ReadNames { rows: 1, why: why.clone() };
    desk.record(who, Wish::Act { act, wish: read }, now)?;
    if reached {
        let (institutions, channel) = (vec![institution], BY_HAND.to_owned());
        let told = Wish::Deliver { act, institutions, channel };
        desk.record(Who::Engine(Engine::Delivery), told, now)?;
    }
    let mut trails = trail::attempts(desk.store(), act, institution, now)?;
    let Some(mut last) = trails.pop() else { return Ok(()) }; // nothing was sent yet: the record has it
    note_try(&mut last, reached, &why, now);
    desk.store().cabinet(now, move |cabinet| cabinet.put(Drawer::Attempts, &last.thing(now)))
}

/// How the note of a call begins in which nobody was reached.
const NOT_REACHED: &str = "not reached by telephone";

/// The last call about an act, and what is tried next.
#[derive(Clone, Debug, PartialEq)]
pub struct LastCall {
    /// When.
    pub at: Timestamp,
    /// How often it was called in all.
    pub times: u16,
    /// Was somebody reached?
    pub reached: bool,
    /// What was noted where nobody was.
    pub note: String,
}

impl LastCall {
    /// The last of these messages for which somebody telephoned.
    pub(super) fn of(trails: &[Trail]) -> Option<Self> {
        let calls = trails.iter().flat_map(|trail| &trail.tries);
        let calls: Vec<_> = calls.filter(|tries| tries.channel == Channel::Voice).collect();
        let last = calls.iter().max_by_key(|tries| tries.last)?;
        let note = last.said.strip_prefix(NOT_REACHED).unwrap_or(&last.said);
        Some(Self {
            at: last.last,
            times: calls.iter().fold(0, |sum, tries| tries.count.saturating_add(sum)),
            reached: last.said.is_empty(),
            note: note.trim_start_matches(": ").to_owned(),
        })
    }
}

fn note_try(trail: &mut Trail, reached: bool, why: &str, now: Timestamp) {
    trail.tried(Channel::Voice, (!reached).then_some(why), None, now);
    if reached {
        trail.gave_up = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_call_says_when_it_was_and_what_came_of_it() {
        let at = |minute: i64| Timestamp::UNIX_EPOCH + jiff::SignedDuration::from_mins(minute);
        let mut trail = Trail {
            act: ActId([1; 16]),
            institution: InstitutionId([2; 16]),
            entry: 7,
            number: 1,
            notice: 3,
            began: at(0),
            receipt: None,
            gave_up: None,
            tries: Vec::new(),
        };
        trail.tried(Channel::Mail, Some("550"), None, at(0));
        assert_eq!(LastCall::of(std::slice::from_ref(&trail)), None);
        note_try(&mut trail, false, "not reached by telephone: nobody picks up", at(1));
        let last = LastCall::of(std::slice::from_ref(&trail)).unwrap();
        assert_eq!((last.at, last.times, last.reached), (at(1), 1, false));
        assert_eq!(last.note, "nobody picks up");
        note_try(&mut trail, true, "reached by telephone", at(2));
        let last = LastCall::of(&[trail]).unwrap();
        assert_eq!((last.at, last.times, last.reached), (at(2), 2, true));
        assert_eq!(last.note, "");
    }
}
