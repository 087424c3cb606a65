//! What came of errands, brought to the record, the cabinet and the outbox, in this order: a carrier that dies in between
//! tells a message again under the same name, and never forgets one.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use bongsu_authority::{ActId, InstitutionId};
use bongsu_desk::{Desk, Who};
use bongsu_response::{Answer, Engine, Wish};
use bongsu_store::cabinet::Drawer;
use bongsu_store::{Error, Message};
use jiff::{SignedDuration, Timestamp};

use super::address::Channel;
use super::book::{self, Health};
use super::carrier::Turned;
use super::errand::{Outcome, Ready};
use super::parcel::{self, TRIES, Taken};
use super::plan::Step;

/// What is to be noted.
#[derive(Debug, Default)]
pub(crate) struct Notes {
    pub(crate) done: Vec<Message>,
    pub(crate) later: Vec<(Message, Timestamp)>,
    pub(crate) given_up: Vec<Ready>,
    pub(crate) parcels: Vec<(Taken, Option<Timestamp>)>,
    pub(crate) trails: Vec<Ready>,
    pub(crate) health: Vec<Health>,
    pub(crate) receipts: BTreeMap<(ActId, Channel), Vec<InstitutionId>>,
    pub(crate) turned: Turned,
}

/// How long a message waits that nobody was reached with.
const AFTER_ALL_FAILED: SignedDuration = SignedDuration::from_hours(6);

/// The first pause of a parcel; it doubles.
const PARCEL_PAUSE: SignedDuration = SignedDuration::from_mins(2);

impl Notes {
    /// Takes in what came of an errand. `spread` draws a share between 0 and 1.
    pub(crate) fn take(
        &mut self,
        outcome: Outcome,
        now: Timestamp,
        spread: &mut dyn FnMut() -> f64,
    ) {
        let Outcome { errand, result, health } = outcome;
        self.health.extend(health);
        let said = result.as_ref().err().map(ToString::to_string);
        let (channel, went) = (errand.channel, result.is_ok());
        let sum = if went { &mut self.turned.delivered } else { &mut self.turned.failed };
        *sum.entry(channel).or_default() += (errand.messages.len() + errand.parcels.len()) as u64;
        for mut ready in errand.messages {
            let tries = ready.trail.tries.iter().find(|it| it.channel == channel);
            let pause = ready.situation(now).pause(tries.map_or(0, |it| it.count));
            let again = (!went).then(|| now + jittered(pause, spread()));
            ready.trail.tried(channel, said.as_deref(), again, now);
            if went {
                let key = (ready.message.act, channel);
                self.receipts.entry(key).or_default().push(ready.message.institution);
            }
            match ready.step(now) {
                Step::Done => self.done.push(ready.message),
                Step::Wait(until) => self.later.push((ready.message, until)),
                Step::Send(_) => self.later.push((ready.message, now)),
                Step::GiveUp => {
                    self.given_up.push(ready);
                    continue;
                }
            }
            self.trails.push(ready);
        }
        for taken in errand.parcels {
            let tries = taken.parcel.attempts;
            let pause = PARCEL_PAUSE.saturating_mul(1 << i32::from(tries.min(8)));
            let again = !went && tries < TRIES;
            self.parcels.push((taken, again.then(|| now + jittered(pause, spread()))));
        }
    }

    /// Brings it to the record, the cabinet and the outbox.
    ///
    /// # Errors
    /// As the store; what was not settled is due again when its lease ends.
    pub(crate) fn settle(mut self, desk: &Desk, now: Timestamp) -> Result<Turned, Error> {
        for ((act, channel), institutions) in std::mem::take(&mut self.receipts) {
            let channel = channel.name().to_owned();
            let wish = Wish::Deliver { act, institutions, channel };
            match desk.record(Who::Engine(Engine::Delivery), wish, now) {
                Ok(_) => {}
                Err(Error::Refused(why)) => tracing::warn!(%act, %why, "receipts were refused"),
                Err(error) => return Err(error),
            }
        }
        let given_up = std::mem::take(&mut self.given_up);
        self.turned.unreachable += unreachable(desk, &given_up, now)?;
        for mut ready in given_up {
            ready.trail.gave_up = Some(now);
            self.later.push((ready.message, now + AFTER_ALL_FAILED));
            self.trails.push(ready);
        }
        let (trails, health, parcels) = (self.trails, self.health, self.parcels);
        if !(trails.is_empty() && health.is_empty() && parcels.is_empty()) {
            desk.store().cabinet(now, move |cabinet| {
                let things: Vec<_> = trails.iter().map(|it| it.trail.thing(now)).collect();
                cabinet.put_all(Drawer::Attempts, &things)?;
                book::note(cabinet, &health, now)?;
                parcel::settle(cabinet, &parcels, now)
            })?;
        }
        if !(self.done.is_empty() && self.later.is_empty()) {
            desk.store().outbox_settle(&self.done, &self.later, now)?;
        }
        Ok(self.turned)
    }
}

/// Full jitter: anything up to the pause, and no less than a second.
fn jittered(pause: SignedDuration, share: f64) -> SignedDuration {
    pause.mul_f64(share.clamp(0.0, 1.0)).max(SignedDuration::from_secs(1))
}

/// Threads that record; each waits for its answer, so many share a commit.
const RECORDERS: usize = 16;

/// Records that nobody was reached; says how many were news.
fn unreachable(desk: &Desk, given_up: &[Ready], now: Timestamp) -> Result<u64, Error> {
    let these: BTreeSet<_> =
        given_up.iter().map(|it| (it.message.act, it.message.institution)).collect();
    let these: Vec<_> = these.into_iter().collect();
    let (next, news) = (AtomicUsize::new(0), Mutex::new(0));
    let work = || -> Result<(), Error> {
        while let Some((act, institution)) = these.get(next.fetch_add(1, Ordering::Relaxed)) {
            let (act, institution) = (*act, *institution);
            let wish = Wish::Obligation { act, institution, wish: Answer::Unreachable };
            match desk.record(Who::Engine(Engine::Delivery), wish, now) {
                Ok(receipt) => {
                    let mut news = news.lock().unwrap_or_else(PoisonError::into_inner);
                    *news += u64::from(receipt.entries > 0);
                }
                Err(Error::Refused(_)) => {} // somebody was reached meanwhile
                Err(error) => return Err(error),
            }
        }
        Ok(())
    };
    thread::scope(|scope| {
        let workers: Vec<_> = (0..RECORDERS.min(these.len())).map(|_| scope.spawn(work)).collect();
        let join = |worker: thread::ScopedJoinHandle<'_, _>| {
            worker.join().expect("a recorder does not panic")
        };
        workers.into_iter().try_for_each(join)
    })?;
    Ok(news.into_inner().unwrap_or_else(PoisonError::into_inner))
}
