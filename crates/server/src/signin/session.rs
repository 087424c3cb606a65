//! Sessions of people: a secret in a cookie, its digest in a drawer.
//!
//! A session ends after twelve idle hours and after thirty days. In a crisis one of somebody who holds a post lives
//! through seven idle days: who slept an hour after two nights must not be looking for a key at the third alarm.

use std::sync::Arc;

use bongsu_authority::PersonId;
use bongsu_desk::Desk;
use bongsu_store::cabinet::{Drawer, Thing};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::crisis::Crisis;
use super::own;
use super::secret::{Digest, Secret};
use super::seen::Seen;
use crate::caller::{Caller, Means};
use crate::problem::Problem;

/// The longest idle time.
pub const IDLE: SignedDuration = SignedDuration::from_hours(12);
/// The longest life.
pub const LIFE: SignedDuration = SignedDuration::from_hours(30 * 24);
/// The longest idle time of somebody in a post, in a crisis; their session's life grows by as much.
pub const IDLE_IN_CRISIS: SignedDuration = SignedDuration::from_hours(7 * 24);
/// How often it is written down that a session is used.
const NOTE: SignedDuration = SignedDuration::from_mins(10);
/// The most sessions of one person; the one unused for longest goes.
const MOST: usize = 32;

/// The sessions.
#[derive(Debug)]
pub struct Sessions {
    desk: Arc<Desk>,
    crisis: Arc<Crisis>,
    seen: Seen<(Kept, Timestamp)>,
}

/// A session, as the drawer has it.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub(crate) struct Kept {
    /// Whose.
    pub(crate) person: PersonId,
    /// How they came in, such as `passkey`.
    pub(crate) by: String,
    /// When it began.
    pub(crate) since: Timestamp,
    /// When a credential was last shown.
    pub(crate) shown_at: Timestamp,
    /// When it was last used, to ten minutes.
    pub(crate) used_at: Timestamp,
}

impl Kept {
    fn thing(&self, key: Digest) -> Thing {
        Thing {
            key: key.to_vec(),
            owner: self.person.0,
            value: serde_json::to_vec(self).expect("a session has text keys"),
            until: Some(self.since + LIFE + IDLE_IN_CRISIS),
        }
    }
}

impl Sessions {
    pub(super) fn new(desk: Arc<Desk>, crisis: Arc<Crisis>) -> Self {
        Self { desk, crisis, seen: Seen::new() }
    }

    /// Begins a session; the one that was there before ends, so that nobody can prepare one for somebody else.
    ///
    /// # Errors
    /// [`Problem`] where the store does not answer.
    pub(crate) fn begin(
        &self,
        (person, by, shown_at): (PersonId, &str, Timestamp),
        before: Option<Digest>,
        now: Timestamp,
    ) -> Result<Secret, Problem> {
        let secret = Secret::draw();
        let (since, used_at) = (now, now);
        let kept = Kept { person, by: by.to_owned(), since, shown_at, used_at };
        let thing = kept.thing(secret.digest());
        let crowded = self.crowded(person, now)?;
        self.desk.store().cabinet(now, move |drawers| {
            for key in before.iter().map(<[u8; 32]>::as_slice).chain(crowded.as_deref()) {
                drawers.remove(Drawer::Sessions, key)?;
            }
            drawers.put(Drawer::Sessions, &thing)
        })?;
        if let Some(key) = &before {
            self.seen.forget(key);
        }
        Ok(secret)
    }

    /// The session that makes room for one more.
    fn crowded(&self, person: PersonId, now: Timestamp) -> Result<Option<Vec<u8>>, Problem> {
        let all = self.all(person, now)?;
        if all.len() < MOST {
            return Ok(None);
        }
        let oldest = all.into_iter().min_by_key(|(_, kept)| kept.used_at);
        Ok(oldest.map(|(key, _)| key))
    }

    /// Everything that somebody has open.
    pub(crate) fn all(
        &self,
        person: PersonId,
        now: Timestamp,
    ) -> Result<Vec<(Vec<u8>, Kept)>, Problem> {
        own::all(&self.desk, Drawer::Sessions, person, MOST, now)
    }

    /// Ends one of somebody's sessions; says whether it was there.
    pub(crate) fn end(
        &self,
        person: PersonId,
        key: Vec<u8>,
        now: Timestamp,
    ) -> Result<bool, Problem> {
        if let Ok(digest) = Digest::try_from(key.as_slice()) {
            self.seen.forget(&digest);
        }
        own::end(&self.desk, Drawer::Sessions, person, key, now)
    }

    /// Whoever has this session, if it was looked up a moment ago.
    pub(super) fn remembered(
        &self,
        digest: &Digest,
        now: Timestamp,
    ) -> Option<Result<Caller, Problem>> {
        let (kept, until) = self.seen.get(digest)?;
        Some(if now < until { Ok(caller(*digest, &kept)) } else { Err(Problem::nobody()) })
    }

    /// Whoever has this session. Reads, and notes now and then that it was used.
    pub(super) fn caller(&self, digest: Digest, now: Timestamp) -> Result<Caller, Problem> {
        let thing = self.desk.store().thing(Drawer::Sessions, &digest, now)?;
        let thing = thing.ok_or_else(Problem::nobody)?;
        let mut kept: Kept = serde_json::from_slice(&thing.value).map_err(|_| Problem::nobody())?;
        let until = self.until(&kept, now);
        if now >= until {
            return Err(Problem::nobody()); // it stays where it is: the clock may have been wrong
        }
        if now.duration_since(kept.used_at) > NOTE {
            kept.used_at = now;
            let thing = kept.thing(digest);
            self.desk.store().cabinet(now, move |drawers| {
                // Not in the place of one that was ended meanwhile.
                match drawers.get(Drawer::Sessions, &thing.key)? {
                    Some(_) => drawers.put(Drawer::Sessions, &thing),
                    None => Ok(()),
                }
            })?;
        }
        self.seen.put(digest, (kept.clone(), self.until(&kept, now)));
        Ok(caller(digest, &kept))
    }

    /// The first instant at which a session is over, as things stand.
    pub(crate) fn until(&self, kept: &Kept, now: Timestamp) -> Timestamp {
        let ordinary = (kept.used_at + IDLE).min(kept.since + LIFE);
        if now < ordinary {
            return ordinary;
        }
        let in_post = || {
            let register = self.desk.register();
            register.appointments_of(kept.person).any(|held| held.holds_at(now))
        };
        if self.crisis.is_on(&self.desk) && in_post() {
            (kept.used_at + IDLE_IN_CRISIS).min(kept.since + LIFE + IDLE_IN_CRISIS)
        } else {
            ordinary
        }
    }

    /// Forgets what was looked up of anybody.
    pub(super) fn forget_all(&self) {
        self.seen.forget_all();
    }
}

fn caller(digest: Digest, kept: &Kept) -> Caller {
    Caller { person: kept.person, means: Means::Session(digest), shown_at: kept.shown_at }
}
