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
    let said = if reached { "reached by telephone" } else { "not reached by telephone" };
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

fn note_try(trail: &mut Trail, reached: bool, why: &str, now: Timestamp) {
    trail.tried(Channel::Voice, (!reached).then_some(why), None, now);
    if reached {
        trail.gave_up = None;
    }
}
