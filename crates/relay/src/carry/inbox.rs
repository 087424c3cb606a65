//! The inbox of an institution: every message lies there, whatever other channel carries it. It counts as delivered once a
//! signed-in officer or a program of the institution has fetched it.

use std::collections::BTreeSet;

use bongsu_authority::{ActId, InstitutionId};
use bongsu_desk::{Desk, Who};
use bongsu_response::{Engine, Wish};
use bongsu_store::cabinet::{Cabinet, Drawer, Thing};
use bongsu_store::{Error, Message, Store};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::address::Channel;
use super::trail::{Trail, key};

/// How long a message lies there.
const KEPT: SignedDuration = SignedDuration::from_hours(365 * 24);

/// One message of an inbox. Its text is written when it is read, from the act and the obligation as they stand.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Item {
    /// The entry of the record that gave the reason.
    pub entry: u64,
    /// Its number under that entry.
    pub number: u64,
    /// Under which act.
    pub act: ActId,
    /// 0 issued, 1 released, 2 sooner, 3 reminder.
    pub notice: u8,
    /// Is it of a drill?
    pub drill: bool,
    /// When it was put there.
    pub at: Timestamp,
    /// When it was first fetched.
    pub fetched_at: Option<Timestamp>,
}

impl Item {
    /// Where it stands in the list: give it to go on from here.
    pub fn place(&self) -> [u8; 16] {
        key(self.entry, self.number)
    }
}

/// Puts a message there.
pub(crate) fn thing(message: &Message, drill: bool, now: Timestamp) -> Thing {
    let item = Item {
        entry: message.entry,
        number: message.number,
        act: message.act,
        notice: message.notice as u8,
        drill,
        at: now,
        fetched_at: None,
    };
    write(&item, message.institution, now)
}

/// Messages of an institution in the order of the record, after a place, at most so many.
///
/// Whoever calls has asked whether they may see what the institution owes.
pub fn list(
    store: &Store,
    institution: InstitutionId,
    after: Option<[u8; 16]>,
    most: u32,
    now: Timestamp,
) -> Result<Vec<Item>, Error> {
    let after = after.map_or_else(Vec::new, |place| place.to_vec());
    let found = store.things_of(Drawer::Inbox, institution.0, &after, most, now)?;
    Ok(found.iter().filter_map(read).collect())
}

/// Notes that these were fetched by somebody of the institution, and records a receipt once an act. Says how many were new.
///
/// # Errors
/// As [`Desk::record`]; whoever has seen them asks again, which is harmless.
pub fn fetched(
    desk: &Desk,
    institution: InstitutionId,
    places: &[[u8; 16]],
    now: Timestamp,
) -> Result<usize, Error> {
    let found = desk.store().things_among(Drawer::Inbox, places, now)?;
    let own = found.iter().filter(|thing| thing.owner == institution.0).filter_map(read);
    let new: Vec<Item> = own.filter(|item| item.fetched_at.is_none()).collect();
    // The record first: what is noted as fetched and is not in it would never be told again.
    for act in new.iter().map(|item| item.act).collect::<BTreeSet<_>>() {
        let channel = Channel::Inbox.name().to_owned();
        let wish = Wish::Deliver { act, institutions: vec![institution], channel };
        desk.record(Who::Engine(Engine::Delivery), wish, now)?;
    }
    let places: Vec<_> = new.iter().map(Item::place).collect();
    desk.store().cabinet(now, move |cabinet| {
        places.iter().try_for_each(|place| note(cabinet, place, now))
    })?;
    Ok(new.len())
}

fn note(cabinet: &mut Cabinet<'_, '_>, place: &[u8; 16], now: Timestamp) -> Result<(), Error> {
    if let Some(thing) = cabinet.get(Drawer::Inbox, place)?
        && let Some(item) = read(&thing)
    {
        let item = Item { fetched_at: Some(now), ..item };
        cabinet.put(Drawer::Inbox, &write(&item, InstitutionId(thing.owner), now))?;
    }
    if let Some(mut trail) = cabinet.get(Drawer::Attempts, place)?.as_ref().and_then(Trail::read)
        && trail.receipt.is_none()
    {
        trail.receipt = Some((Channel::Inbox, now));
        cabinet.put(Drawer::Attempts, &trail.thing(now))?;
    }
    Ok(())
}

fn write(item: &Item, institution: InstitutionId, now: Timestamp) -> Thing {
    Thing {
        key: item.place().to_vec(),
        owner: institution.0,
        value: serde_json::to_vec(item).expect("an item has only text keys"),
        until: now.checked_add(KEPT).ok(),
    }
}

fn read(thing: &Thing) -> Option<Item> {
    serde_json::from_slice(&thing.value).ok()
}
