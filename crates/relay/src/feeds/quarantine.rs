//! What could not be read: kept with its reason until it can be, or is gone.

use std::collections::{BTreeMap, BTreeSet};

use aws_lc_rs::digest::{SHA256, digest};
use bongsu_store::cabinet::{Drawer, Thing};
use bongsu_store::{Error, Store};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::READER;
use super::reading::Refusal;

/// A document, or an entry of one, that is set aside.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Held {
    /// Which feed it came from.
    pub feed: String,
    /// Which file of the feed.
    pub file: String,
    /// Where in it.
    pub place: String,
    /// Why it could not be read.
    pub reason: String,
    /// The same as a stable word, such as `format-field`.
    #[serde(default)]
    pub cause: Option<String>,
    /// SHA-256 of the document, in hexadecimal; empty where no document could be told apart.
    pub digest: String,
    /// How often it was tried.
    pub attempts: u32,
    /// When it was set aside first.
    pub since: Timestamp,
    /// The readers that tried it last.
    pub reader: u32,
}

/// What a feed has set aside, at most so many.
///
/// # Errors
/// The store could not be read.
pub fn quarantined(
    store: &Store,
    feed: &str,
    most: u32,
    now: Timestamp,
) -> Result<Vec<Held>, Error> {
    let things = store.things_of(Drawer::Quarantine, owner(feed), &[], most, now)?;
    Ok(things.iter().filter_map(read).collect())
}

/// What a feed has set aside after a place in the list, each with its own place; at most so many.
pub(super) fn after(
    store: &Store,
    feed: &str,
    place: &[u8],
    most: u32,
    now: Timestamp,
) -> Result<Vec<(Vec<u8>, Held)>, Error> {
    let things = store.things_of(Drawer::Quarantine, owner(feed), place, most, now)?;
    Ok(things.into_iter().filter_map(|thing| Some((thing.key.clone(), read(&thing)?))).collect())
}

/// What each file that was read again had to set aside; a file without refusals is mended.
pub(super) type Refusals = BTreeMap<String, Vec<Refusal>>;

/// Writes down what files had to set aside and forgets what is mended; says how many stay.
pub(super) fn settle(
    store: &Store,
    feed: &str,
    files: &Refusals,
    now: Timestamp,
) -> Result<u64, Error> {
    let before = store.things_of(Drawer::Quarantine, owner(feed), &[], MOST_HELD, now)?;
    let before: BTreeMap<Vec<u8>, Held> =
        before.iter().filter_map(|thing| Some((thing.key.clone(), read(thing)?))).collect();
    let mut things = Vec::new();
    for (file, refusals) in files {
        for refusal in refusals {
            let key = key(feed, file, &refusal.place);
            let known = before.get(&key);
            let held = Held {
                feed: feed.to_owned(),
                file: file.clone(),
                place: refusal.place.clone(),
                reason: refusal.reason.clone(),
                cause: Some(refusal.cause.to_owned()),
                digest: refusal.digest.clone(),
                attempts: known.map_or(0, |held| held.attempts).saturating_add(1),
                since: known.map_or(now, |held| held.since),
                reader: READER,
            };
            let value = serde_json::to_vec(&held).expect("texts and numbers become JSON");
            things.push(Thing { key, owner: owner(feed), value, until: None });
        }
    }
    things.truncate(MOST_HELD as usize);
    let still: BTreeSet<&[u8]> = things.iter().map(|thing| thing.key.as_slice()).collect();
    let is_mended =
        |key: &[u8], held: &Held| files.contains_key(&held.file) && !still.contains(key);
    let mended = before.iter().filter(|(key, held)| is_mended(key, held));
    let mended: Vec<Vec<u8>> = mended.map(|(key, _)| key.clone()).collect();
    let stay = before.len() - mended.len();
    let new = things.iter().filter(|thing| !before.contains_key(&thing.key)).count();
    if !things.is_empty() || !mended.is_empty() {
        store.cabinet(now, move |cabinet| {
            for key in &mended {
                cabinet.remove(Drawer::Quarantine, key)?;
            }
            cabinet.put_all(Drawer::Quarantine, &things)
        })?;
    }
    Ok((stay + new) as u64)
}

/// The quarantine of a feed is read and forgotten together.
fn owner(feed: &str) -> [u8; 16] {
    let hash = digest(&SHA256, feed.as_bytes());
    hash.as_ref()[..16].try_into().expect("a digest has more than sixteen bytes")
}

fn key(feed: &str, file: &str, place: &str) -> Vec<u8> {
    digest(&SHA256, format!("{feed}\0{file}\0{place}").as_bytes()).as_ref().to_vec()
}

fn read(thing: &Thing) -> Option<Held> {
    serde_json::from_slice(&thing.value).ok()
}

/// So much of one feed is kept; the count goes on.
const MOST_HELD: u32 = 10_000;
