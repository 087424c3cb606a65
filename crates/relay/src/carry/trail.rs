//! What happened to one message on each channel: compact, kept for half a year, shown to the institution and the desk.

use bongsu_authority::{ActId, InstitutionId};
use bongsu_store::cabinet::{Drawer, Thing};
use bongsu_store::{Error, Message, Notice, Store};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::address::Channel;

/// How long it is kept after it last changed.
const KEPT: SignedDuration = SignedDuration::from_hours(180 * 24);

/// What happened to a message so far.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Trail {
    /// Under which act.
    pub act: ActId,
    /// To whom.
    pub institution: InstitutionId,
    /// The entry of the record that gave the reason.
    pub entry: u64,
    /// Its number under that entry.
    pub number: u64,
    /// 0 issued, 1 released, 2 sooner, 3 reminder.
    pub notice: u8,
    /// When it was first taken up.
    pub began: Timestamp,
    /// The first receipt: by which channel, when.
    pub receipt: Option<(Channel, Timestamp)>,
    /// When all channels had failed.
    pub gave_up: Option<Timestamp>,
    /// Tries, a line a channel.
    pub tries: Vec<Tries>,
}

/// Tries on one channel.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Tries {
    /// Which.
    pub channel: Channel,
    /// How often.
    pub count: u16,
    /// When last.
    pub last: Timestamp,
    /// What came of it, in a few words; empty where it went well.
    pub said: String,
    /// When it is tried again, at the soonest.
    pub again: Option<Timestamp>,
}

/// The key of a message: the same wherever it goes.
pub fn key(entry: u64, number: u64) -> [u8; 16] {
    let mut key = [0; 16];
    key[..8].copy_from_slice(&entry.to_be_bytes());
    key[8..].copy_from_slice(&number.to_be_bytes());
    key
}

impl Trail {
    /// Of a message that is taken up for the first time.
    pub(crate) fn begin(message: &Message, now: Timestamp) -> Self {
        Self {
            act: message.act,
            institution: message.institution,
            entry: message.entry,
            number: message.number,
            notice: match message.notice {
                Notice::Issued => 0,
                Notice::Released => 1,
                Notice::Sooner => 2,
                Notice::Late => 3,
            },
            began: now,
            receipt: None,
            gave_up: None,
            tries: Vec::new(),
        }
    }

    /// Tries on a channel since an instant.
    pub(crate) fn of(&self, channel: Channel, since: Timestamp) -> Option<&Tries> {
        self.tries.iter().find(|it| it.channel == channel && it.last >= since)
    }

    /// Notes a try.
    pub(crate) fn tried(
        &mut self,
        channel: Channel,
        said: Option<&str>,
        again: Option<Timestamp>,
        now: Timestamp,
    ) {
        if said.is_none() && self.receipt.is_none() && channel != Channel::Inbox {
            self.receipt = Some((channel, now));
        }
        let said: String = said.unwrap_or_default().chars().take(120).collect();
        let before = self.tries.iter().position(|it| it.channel == channel);
        let count = before.map_or(0, |place| self.tries.remove(place).count).saturating_add(1);
        self.tries.push(Tries { channel, count, last: now, said, again });
    }

    pub(crate) fn thing(&self, now: Timestamp) -> Thing {
        Thing {
            key: key(self.entry, self.number).to_vec(),
            owner: self.institution.0,
            value: serde_json::to_vec(self).expect("a trail has only text keys"),
            until: now.checked_add(KEPT).ok(),
        }
    }

    pub(crate) fn read(thing: &Thing) -> Option<Self> {
        serde_json::from_slice(&thing.value).ok()
    }
}

/// What happened on each channel to what an institution was told about an act, in the order of the record.
///
/// Whoever calls has the permit to see the obligation.
pub fn attempts(
    store: &Store,
    act: ActId,
    institution: InstitutionId,
    now: Timestamp,
) -> Result<Vec<Trail>, Error> {
    let (mut found, mut after) = (Vec::new(), Vec::new());
    loop {
        let page = store.things_of(Drawer::Attempts, institution.0, &after, PAGE, now)?;
        found.extend(page.iter().filter_map(Trail::read).filter(|it| it.act == act));
        match page.last() {
            Some(last) if page.len() == PAGE as usize => after.clone_from(&last.key),
            _ => return Ok(found),
        }
    }
}

const PAGE: u32 = 1024;
