//! Parcels: what the ladder has to say to people, waiting in the cabinet until somebody carries it.
//!
//! A parcel is put in the transaction that notes what was said, so that each rung speaks once. Its key begins with when it
//! is due; taking it moves it behind a lease, as in the outbox.

use std::collections::BTreeMap;

use aws_lc_rs::digest::{SHA256, digest};
use bongsu_authority::{ActId, InstitutionId, NodeCode, PersonId};
use bongsu_store::cabinet::{Cabinet, Drawer, Thing};
use bongsu_store::{Error, Store};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::address::Holder;
use super::plain::{line, without_links};
use super::zone::Zone;

/// To whom a parcel goes.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum To {
    /// An officer of an institution; the institution's addresses where the officer has none.
    Officer(PersonId, InstitutionId),
    /// A station's desk.
    Station(NodeCode),
}

impl To {
    /// Whose addresses are looked at, in order.
    pub(crate) fn holders(&self) -> Vec<Holder> {
        match self {
            Self::Officer(person, institution) => {
                vec![Holder::Person(*person), Holder::Institution(*institution)]
            }
            Self::Station(code) => vec![Holder::Station(code.clone())],
        }
    }
}

/// A parcel.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub(crate) struct Parcel {
    pub(crate) to: To,
    pub(crate) act: ActId,
    /// Titles of the act, plain.
    pub(crate) title_ko: String,
    pub(crate) title_en: String,
    /// The case code, for an officer of one institution.
    pub(crate) code: Option<String>,
    /// What is owed, in Korean and in English.
    pub(crate) owed: (String, String),
    /// By when; of many the first.
    pub(crate) due: Timestamp,
    /// How many institutions, for a station.
    pub(crate) count: u32,
    /// Is it late already? Then it waits for no digest.
    pub(crate) late: bool,
    pub(crate) drill: bool,
    /// How often it was taken.
    pub(crate) attempts: u16,
    /// Sixteen bytes that name it, whenever it is sent.
    pub(crate) id: [u8; 16],
}

const PREFIX: u8 = b'q';

/// How long a parcel is tried, and how often.
const LIFE: SignedDuration = SignedDuration::from_hours(48);
pub(crate) const TRIES: u16 = 10;

impl Parcel {
    /// Names it by what it says.
    pub(crate) fn named(mut self) -> Self {
        self.id = [0; 16];
        let json = serde_json::to_vec(&self).expect("a parcel has only text keys");
        let hash = digest(&SHA256, &json);
        self.id.copy_from_slice(&hash.as_ref()[..16]);
        self
    }

    /// One person's parcels stand together, so that they are taken together.
    pub(crate) fn thing(&self, due: Timestamp, now: Timestamp) -> Thing {
        let holder = self.to.holders()[0].key();
        let micros = u64::try_from(due.as_microsecond()).unwrap_or(0).to_be_bytes();
        Thing {
            key: [&[PREFIX][..], &micros, &holder, &self.id].concat(),
            owner: holder,
            value: serde_json::to_vec(self).expect("a parcel has only text keys"),
            until: now.checked_add(LIFE).ok(),
        }
    }

    /// What it says, in Korean and in English.
    pub(crate) fn text(&self, zone: &Zone, now: Timestamp) -> (String, String) {
        let due = zone.both(self.due);
        let (owed_ko, owed_en) = &self.owed;
        let (drill_ko, drill_en) = if self.drill { ("[훈련] ", "[DRILL] ") } else { ("", "") };
        let late = self.due < now;
        let (ko, en) = match (&self.code, late) {
            (Some(code), false) => (
                format!("기한이 다가옵니다: {owed_ko}, {due}까지\n건 번호: {code}"),
                format!("A deadline is near: {owed_en} by {due}\nCase code: {code}"),
            ),
            (Some(code), true) => (
                format!("기한이 지났습니다: {owed_ko}, {due}까지였습니다\n건 번호: {code}"),
                format!("You are late: {owed_en} was due by {due}\nCase code: {code}"),
            ),
            (None, _) => (
                format!(
                    "기한을 넘긴 기관 {}곳: 지연 목록을 확인하십시오. 첫 기한 {due}",
                    self.count
                ),
                format!(
                    "{} institutions are late: look at the late list. First due {due}",
                    self.count
                ),
            ),
        };
        let (title_ko, title_en) = (line(&self.title_ko), line(&self.title_en));
        (
            without_links(&format!("{drill_ko}{title_ko}\n{ko}\n")),
            without_links(&format!("{drill_en}{title_en}\n{en}\n")),
        )
    }

    /// One line for the head of a mail.
    pub(crate) fn subject(&self, now: Timestamp) -> String {
        let drill = if self.drill { "[훈련 DRILL] " } else { "" };
        let (ko, en) =
            if self.due < now { ("기한 경과", "late") } else { ("기한 임박", "due soon") };
        let about = self.code.clone().unwrap_or_else(|| self.count.to_string());
        format!("{drill}[봉수 {ko} / {en}] {about}")
    }

    /// What fits into a short message.
    pub(crate) fn short(&self, zone: &Zone, now: Timestamp) -> String {
        let word = if self.due < now { "기한 지남" } else { "기한" };
        let code = self
            .code
            .as_ref()
            .map_or_else(|| format!("{}곳", self.count), |it| it.replace(' ', ""));
        format!("[봉수] {code} {word} {}. 봉수에서 확인", zone.short(self.due))
    }
}

/// Puts parcels into the queue.
pub(crate) fn put(
    cabinet: &mut Cabinet<'_, '_>,
    parcels: &[(Parcel, Timestamp)],
    now: Timestamp,
) -> Result<(), Error> {
    let things: Vec<_> = parcels.iter().map(|(parcel, due)| parcel.thing(*due, now)).collect();
    cabinet.put_all(Drawer::Attempts, &things)
}

/// A parcel that was taken, and the key under which it waits behind its lease.
#[derive(Clone, Debug)]
pub(crate) struct Taken {
    pub(crate) parcel: Parcel,
    pub(crate) key: Vec<u8>,
}

/// Takes parcels that are due; nobody else gets them until the lease ends.
pub(crate) fn claim(
    store: &Store,
    most: u32,
    now: Timestamp,
    lease_until: Timestamp,
) -> Result<Vec<Taken>, Error> {
    let found = store.things(Drawer::Attempts, &[PREFIX], most, now)?;
    let limit = u64::try_from(now.as_microsecond()).unwrap_or(0);
    let due: Vec<Thing> = found.into_iter().take_while(|it| is_due(&it.key, limit)).collect();
    if due.is_empty() {
        return Ok(Vec::new());
    }
    store.cabinet(now, move |cabinet| {
        let mut taken = Vec::with_capacity(due.len());
        for thing in due {
            if !cabinet.remove(Drawer::Attempts, &thing.key)? {
                continue; // another carrier has it
            }
            let Ok(mut parcel) = serde_json::from_slice::<Parcel>(&thing.value) else { continue };
            parcel.attempts = parcel.attempts.saturating_add(1);
            let leased = Thing { until: thing.until, ..parcel.thing(lease_until, now) };
            cabinet.put(Drawer::Attempts, &leased)?;
            taken.push(Taken { parcel, key: leased.key });
        }
        Ok(taken)
    })
}

/// Notes what became of parcels: those that are over are gone, the others are due again.
pub(crate) fn settle(
    cabinet: &mut Cabinet<'_, '_>,
    parcels: &[(Taken, Option<Timestamp>)],
    now: Timestamp,
) -> Result<(), Error> {
    for (taken, again) in parcels {
        cabinet.remove(Drawer::Attempts, &taken.key)?;
        if let Some(again) = again {
            cabinet.put(Drawer::Attempts, &taken.parcel.thing(*again, now))?;
        }
    }
    Ok(())
}

/// One person's or station's parcels together.
pub(crate) fn grouped(taken: Vec<Taken>) -> Vec<Vec<Taken>> {
    let mut groups: BTreeMap<([u8; 16], bool), Vec<Taken>> = BTreeMap::new();
    for one in taken {
        let key = (one.parcel.to.holders()[0].key(), one.parcel.drill);
        groups.entry(key).or_default().push(one);
    }
    groups.into_values().collect()
}

fn is_due(key: &[u8], now: u64) -> bool {
    let due = key.strip_prefix(&[PREFIX]).and_then(|rest| rest.first_chunk());
    due.is_some_and(|due| u64::from_be_bytes(*due) <= now)
}
