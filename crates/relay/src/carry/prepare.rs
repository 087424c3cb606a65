//! From the outbox to errands: a whole batch is looked up with a few statements, then each message is decided.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use bongsu_authority::{ActId, InstitutionId, Register, Size};
use bongsu_desk::Desk;
use bongsu_desk::code::Codes;
use bongsu_response::{Act, ActState, Obligation};
use bongsu_store::cabinet::{Drawer, Thing};
use bongsu_store::{Error, Message, Notice};
use jiff::{SignedDuration, Timestamp};

use super::address::{Book, Channel};
use super::book;
use super::carrier::Config;
use super::errand::{Errand, Ready, Target};
use super::inbox;
use super::parcel::{self, Taken};
use super::plan::{self, Step};
use super::trail::{Trail, key};

/// What became of a batch before anybody went out.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    /// How many were taken.
    pub(crate) taken: usize,
    /// Who goes out.
    pub(crate) errands: Vec<Errand>,
    /// Nothing is left to tell.
    pub(crate) done: Vec<Message>,
    /// Their time has not come.
    pub(crate) later: Vec<(Message, Timestamp)>,
    /// All channels have failed.
    pub(crate) given_up: Vec<Ready>,
    /// Parcels for people who have no address.
    pub(crate) nowhere: Vec<Taken>,
}

/// When a message is tried again that could not even be read.
const UNREADABLE: SignedDuration = SignedDuration::from_hours(1);

/// Takes what is due and decides about it.
///
/// # Errors
/// As the store; then what was taken is due again when its lease ends.
pub(crate) fn prepare(
    desk: &Desk,
    config: &Config,
    set_up: &dyn Fn(Channel, bool) -> bool,
    now: Timestamp,
) -> Result<Batch, Error> {
    let store = desk.store();
    let lease = now + config.lease;
    let taken = store.outbox_claim(config.load, now, lease)?;
    let parcels = parcel::claim(store, config.load / 4, now, lease)?;
    let mut batch = Batch { taken: taken.len() + parcels.len(), ..Batch::default() };
    if batch.taken == 0 {
        return Ok(batch);
    }
    let (taken, cut) = whole(taken, config.load);
    batch.later.extend(cut.into_iter().map(|message| (message, now)));
    let register = desk.register();
    let books = books(desk, &register, &taken, &parcels, now)?;
    let trails = trails(desk, &taken, now)?;
    let codes = desk.codes(now)?;
    let looked = Looked { register: &register, books: &books, codes, config, set_up, now };
    let mut placed = Vec::new();
    let mut moved = Vec::new();
    let mut digests: BTreeMap<InstitutionId, Errand> = BTreeMap::new();
    let mut by_act: BTreeMap<ActId, Vec<Message>> = BTreeMap::new();
    for message in taken {
        by_act.entry(message.act).or_default().push(message);
    }
    for (act, messages) in by_act {
        let institutions: Vec<_> = messages.iter().map(|it| it.institution).collect();
        let (act, owed) = match store.told(act, &institutions) {
            Ok(Some((act, owed))) => (Arc::new(act), owed),
            Ok(None) => {
                batch.done.extend(messages);
                continue;
            }
            Err(error) => {
                tracing::warn!(%act, %error, "what is owed under an act cannot be read: its messages wait an hour");
                batch.later.extend(messages.into_iter().map(|it| (it, now + UNREADABLE)));
                continue;
            }
        };
        let owed: HashMap<_, _> = owed.into_iter().map(|it| (it.institution, it)).collect();
        for message in messages {
            let before = trails.get(&key(message.entry, message.number));
            let owed = owed.get(&message.institution).cloned();
            let Some(ready) = owed.and_then(|owed| looked.ready(message, before, &act, owed))
            else {
                batch.done.push(message);
                continue;
            };
            if before.is_none() {
                placed.push((inbox::thing(&message, act.draft.drill, now), message.attempts > 1));
            }
            looked.decide(ready, before.is_none(), &mut batch, &mut moved, &mut digests);
        }
    }
    looked.parcels(parcels, &mut batch, &mut digests);
    batch.errands.extend(digests.into_values());
    keep(desk, placed, moved, now)?;
    Ok(batch)
}

/// A digest is not cut in two: who stands last in a full batch waits for the next.
fn whole(mut taken: Vec<Message>, load: u32) -> (Vec<Message>, Vec<Message>) {
    let full = u32::try_from(taken.len()).is_ok_and(|taken| taken >= load);
    let Some(last) = taken.last().map(|it| (it.institution, it.due_at)).filter(|_| full) else {
        return (taken, Vec::new());
    };
    let of_last = |it: &Message| (it.institution, it.due_at) == last;
    let kept = taken.iter().rposition(|it| !of_last(it)).map_or(0, |place| place + 1);
    if kept == 0 {
        return (taken, Vec::new());
    }
    let cut = taken.split_off(kept);
    (taken, cut)
}

fn keep(
    desk: &Desk,
    placed: Vec<(Thing, bool)>,
    moved: Vec<Thing>,
    now: Timestamp,
) -> Result<(), Error> {
    if placed.is_empty() && moved.is_empty() {
        return Ok(());
    }
    desk.store().cabinet(now, move |cabinet| {
        let mut new = Vec::with_capacity(placed.len());
        for (thing, perhaps) in placed {
            // It may lie there already, and may have been read: a carrier died after it had put it.
            if !perhaps || cabinet.get(Drawer::Inbox, &thing.key)?.is_none() {
                new.push(thing);
            }
        }
        cabinet.put_all(Drawer::Inbox, &new)?;
        cabinet.put_all(Drawer::Attempts, &moved)
    })
}

type Books = HashMap<[u8; 16], Book>;

fn books(
    desk: &Desk,
    register: &Register,
    taken: &[Message],
    parcels: &[Taken],
    now: Timestamp,
) -> Result<Books, Error> {
    let mut keys: Vec<[u8; 16]> = taken.iter().map(|it| it.institution.0).collect();
    let officer = |it: &Message| register.accountable(it.institution, now);
    keys.extend(taken.iter().filter_map(officer).map(|officer| officer.person.0));
    keys.extend(parcels.iter().flat_map(|it| it.parcel.to.holders()).map(|holder| holder.key()));
    keys.sort_unstable();
    keys.dedup();
    book::many(desk.store(), &keys, now)
}

fn trails(
    desk: &Desk,
    taken: &[Message],
    now: Timestamp,
) -> Result<HashMap<[u8; 16], Trail>, Error> {
    let again = taken.iter().filter(|it| it.attempts > 1);
    let keys: Vec<_> = again.map(|it| key(it.entry, it.number)).collect();
    if keys.is_empty() {
        return Ok(HashMap::new());
    }
    let found = desk.store().things_among(Drawer::Attempts, &keys, now)?;
    let found = found.iter().filter_map(Trail::read);
    Ok(found.map(|trail| (key(trail.entry, trail.number), trail)).collect())
}

/// What was looked up for a batch.
struct Looked<'a> {
    register: &'a Register,
    books: &'a Books,
    codes: &'a Codes,
    config: &'a Config,
    set_up: &'a dyn Fn(Channel, bool) -> bool,
    now: Timestamp,
}

impl Looked<'_> {
    /// A message with all that it needs; none where nothing is left to tell.
    fn ready(
        &self,
        message: Message,
        before: Option<&Trail>,
        act: &Arc<Act>,
        owed: Obligation,
    ) -> Option<Ready> {
        let now = self.now;
        let institution = self.register.institution(message.institution)?;
        let small = institution.size == Size::Small;
        // A small one may have to be told a second time, by telephone: the plan says.
        let again = small && before.is_some_and(|trail| trail.receipt.is_some());
        let delivered = owed.marks.delivered.is_some() && !again;
        let told = match message.notice {
            Notice::Issued => delivered || owed.marks.acknowledged.is_some(),
            _ => false,
        };
        let over = owed.status.is_over() || act.state == ActState::Withdrawn;
        if told || over && message.notice != Notice::Released {
            return None;
        }
        let officer = self.register.accountable(message.institution, now);
        let holders = [Some(message.institution.0), officer.map(|it| it.person.0)];
        let zone = holders.iter().flatten().find_map(|key| self.books.get(key)).map(|it| &it.zone);
        let trail = before.cloned().unwrap_or_else(|| Trail::begin(&message, now));
        let digest = self.config.digests.next(message.institution, zone, trail.began);
        let drill = act.draft.drill;
        let carried = self.config.carries(act.draft.label);
        let live = Channel::OUT.map(|channel| {
            if !carried {
                return None;
            }
            let targets = self.targets(&holders, channel, drill);
            targets.iter().map(|target| target.address.since).max()
        });
        Some(Ready {
            urgency: plan::urgency(act, &owed, message.notice, now),
            small,
            message,
            trail,
            live,
            digest,
            act: Arc::clone(act),
            code: self.codes.code(owed.act, owed.institution, officer.map(|it| it.id)),
            owed,
            name_ko: institution.name_ko,
            name_en: institution.name_en,
            title: officer.map_or_else(String::new, |it| it.title.clone()),
            zone: zone.unwrap_or(&self.config.digests.zone).clone(),
        })
    }

    /// The addresses that a channel leads to: the institution's, or else the officer's own.
    fn targets(&self, holders: &[Option<[u8; 16]>], channel: Channel, drill: bool) -> Vec<Target> {
        if !(self.set_up)(channel, drill) {
            return Vec::new();
        }
        let of = |holder: [u8; 16]| -> Vec<Target> {
            let book = self.books.get(&holder);
            let serving = book.into_iter().flat_map(|book| book.serving(channel, drill));
            serving.map(|address| Target { holder, address: address.clone() }).collect()
        };
        holders
            .iter()
            .flatten()
            .map(|holder| of(*holder))
            .find(|it| !it.is_empty())
            .unwrap_or_default()
    }

    fn decide(
        &self,
        mut ready: Ready,
        new: bool,
        batch: &mut Batch,
        moved: &mut Vec<Thing>,
        digests: &mut BTreeMap<InstitutionId, Errand>,
    ) {
        if new {
            ready.trail.tried(Channel::Inbox, None, None, self.now);
        }
        let institution = ready.message.institution;
        match ready.step(self.now) {
            Step::Done => batch.done.push(ready.message),
            Step::GiveUp => batch.given_up.push(ready),
            Step::Wait(until) => {
                if new {
                    moved.push(ready.trail.thing(self.now));
                }
                batch.later.push((ready.message, until));
            }
            Step::Send(channel) => {
                let officer = self.register.accountable(institution, self.now);
                let holders = [Some(institution.0), officer.map(|it| it.person.0)];
                let targets = self.targets(&holders, channel, ready.act.draft.drill);
                let zone = ready.zone.clone();
                let waits = channel == Channel::Mail && ready.urgency.waits();
                if let Some(digest) = digests.get_mut(&institution).filter(|_| waits) {
                    digest.messages.push(ready);
                    return;
                }

                let messages = vec![ready];
                let errand = Errand { channel, messages, parcels: Vec::new(), targets, zone };
                if waits {
                    digests.insert(institution, errand);
                } else {
                    batch.errands.push(errand);
                }
            }
        }
    }

    /// What the ladder says goes with the digest to the same mailbox, or by itself.
    fn parcels(
        &self,
        parcels: Vec<Taken>,
        batch: &mut Batch,
        digests: &mut BTreeMap<InstitutionId, Errand>,
    ) {
        for group in parcel::grouped(parcels) {
            let Some(first) = group.first().map(|it| it.parcel.clone()) else { continue };
            let holders: Vec<_> =
                first.to.holders().iter().map(|holder| Some(holder.key())).collect();
            let late = group.iter().any(|it| it.parcel.late);
            let mail = self.targets(&holders, Channel::Mail, first.drill);
            if !late
                && let parcel::To::Officer(_, institution) = &first.to
                && let Some(digest) = digests.get_mut(institution)
                && same(&digest.targets, &mail)
            {
                digest.parcels.extend(group);
                continue;
            }
            let sms = || self.targets(&holders, Channel::Sms, first.drill);
            let (channel, targets) =
                if mail.is_empty() { (Channel::Sms, sms()) } else { (Channel::Mail, mail) };
            if targets.is_empty() {
                batch.nowhere.extend(group);
                continue;
            }
            let book = holders.iter().flatten().find_map(|key| self.books.get(key));
            let zone = book.map_or(&self.config.digests.zone, |book| &book.zone).clone();
            batch.errands.push(Errand {
                channel,
                messages: Vec::new(),
                parcels: group,
                targets,
                zone,
            });
        }
    }
}

fn same(one: &[Target], two: &[Target]) -> bool {
    let places = |all: &[Target]| -> Vec<_> {
        all.iter().map(|it| (it.holder, it.address.number)).collect()
    };
    places(one) == places(two)
}
