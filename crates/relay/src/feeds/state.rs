//! Where each feed stands: kept in the cabinet, shown to whoever asks.

use std::collections::BTreeMap;

use bongsu_store::cabinet::{Drawer, NOBODY, Thing};
use bongsu_store::{Error, Store};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Where one feed stands.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub(super) struct State {
    /// What is known of each file by its name in the mirror.
    pub(super) files: BTreeMap<String, Known>,
    pub(super) health: Facts,
    /// SHA-256 over the keys a provider names: when they change, what was set aside is tried again.
    pub(super) keys: String,
    /// What a list looked like when it had shrunk; taken if it looks the same next time.
    pub(super) doubted: String,
    /// Whether the last round got everything that was listed.
    pub(super) complete: bool,
}

/// What is known of a file.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(default)]
pub(super) struct Known {
    pub(super) etag: Option<String>,
    /// `Last-Modified`, as sent.
    pub(super) modified: Option<String>,
    /// SHA-256.
    pub(super) digest: String,
    /// The name under which it was published, where that changes.
    pub(super) called: String,
    /// Documents in it.
    pub(super) documents: u64,
    /// Entries in them.
    pub(super) entries: u64,
}

/// What stays of a feed's rounds.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub(super) struct Facts {
    pub(super) last_tried: Option<Timestamp>,
    pub(super) last_success: Option<Timestamp>,
    pub(super) last_changed: Option<Timestamp>,
    pub(super) failures: u32,
    pub(super) error: Option<String>,
    pub(super) cause: Option<String>,
    pub(super) documents: u64,
    pub(super) entries: u64,
    pub(super) quarantined: u64,
    pub(super) unverified: u64,
    pub(super) position: Option<String>,
}

/// How a feed does.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct FeedHealth {
    /// Its name.
    pub name: String,
    /// When it was last looked at.
    pub last_tried: Option<Timestamp>,
    /// When that last brought all there is, or nothing because there was nothing new.
    pub last_success: Option<Timestamp>,
    /// When it last said something new.
    pub last_changed: Option<Timestamp>,
    /// Rounds in a row that failed.
    pub failures: u32,
    /// Why the last one did, and what to do.
    pub error: Option<String>,
    /// The same as a stable word, of [`Failed::reasons`](super::failed::Failed::reasons).
    pub cause: Option<String>,
    /// Documents that stand.
    pub documents: u64,
    /// Advisories, rows, forecasts and statements in them.
    pub entries: u64,
    /// Documents and entries that are set aside.
    pub quarantined: u64,
    /// Documents whose signature nobody verified.
    pub unverified: u64,
    /// How far it has come, in its own words.
    pub position: Option<String>,
}

impl FeedHealth {
    pub(super) fn of(name: &str, facts: Facts) -> Self {
        let Facts {
            last_tried,
            last_success,
            last_changed,
            failures,
            error,
            cause,
            documents,
            entries,
            quarantined,
            unverified,
            position,
        } = facts;
        Self {
            name: name.to_owned(),
            last_tried,
            last_success,
            last_changed,
            failures,
            error,
            cause,
            documents,
            entries,
            quarantined,
            unverified,
            position,
        }
    }
}

/// How every feed that was ever looked at does, by name.
///
/// # Errors
/// The store could not be read.
pub fn health(store: &Store, now: Timestamp) -> Result<Vec<FeedHealth>, Error> {
    let all = store.things(Drawer::Feeds, &[], MOST_FEEDS, now)?;
    let told = all.into_iter().map(|thing| {
        let kept_as = String::from_utf8_lossy(&thing.key);
        FeedHealth::of(kept_as.split('@').next().unwrap_or_default(), read(&thing).health)
    });
    Ok(told.collect())
}

/// Where a feed stands; at the beginning, where nothing is known or what is kept cannot be read any more.
pub(super) fn load(store: &Store, feed: &str, now: Timestamp) -> Result<State, Error> {
    let found = store.thing(Drawer::Feeds, feed.as_bytes(), now)?;
    Ok(found.as_ref().map(read).unwrap_or_default())
}

pub(super) fn save(store: &Store, feed: &str, state: &State, now: Timestamp) -> Result<(), Error> {
    let value = serde_json::to_vec(state).expect("names, numbers and times become JSON");
    let key = feed.as_bytes().to_vec();
    let thing = Thing { key, owner: NOBODY, value, until: None };
    store.cabinet(now, move |cabinet| cabinet.put(Drawer::Feeds, &thing))
}

fn read(thing: &Thing) -> State {
    serde_json::from_slice(&thing.value).unwrap_or_default()
}

/// More feeds than anybody configures.
const MOST_FEEDS: u32 = 1_000;
