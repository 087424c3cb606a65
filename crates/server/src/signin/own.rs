//! What somebody has in a drawer of their own: listed, and ended by nobody else.

use bongsu_authority::PersonId;
use bongsu_desk::Desk;
use bongsu_store::cabinet::{Drawer, Thing};
use jiff::Timestamp;
use serde::de::DeserializeOwned;

use crate::problem::Problem;

/// Everything of somebody's in a drawer, with its keys; `most` is how many there can be.
pub(super) fn all<T: DeserializeOwned>(
    desk: &Desk,
    drawer: Drawer,
    person: PersonId,
    most: usize,
    now: Timestamp,
) -> Result<Vec<(Vec<u8>, T)>, Problem> {
    let most = u32::try_from(most).expect("a few") + 1;
    let things = desk.store().things_of(drawer, person.0, &[], most, now)?;
    let read = |thing: Thing| Some((thing.key, serde_json::from_slice(&thing.value).ok()?));
    Ok(things.into_iter().filter_map(read).collect())
}

/// Ends one thing of somebody's; says whether it was there and theirs.
pub(super) fn end(
    desk: &Desk,
    drawer: Drawer,
    person: PersonId,
    key: Vec<u8>,
    now: Timestamp,
) -> Result<bool, Problem> {
    let ended = desk.store().cabinet(now, move |drawers| match drawers.get(drawer, &key)? {
        Some(thing) if thing.owner == person.0 => drawers.remove(drawer, &key),
        _ => Ok(false),
    })?;
    Ok(ended)
}
