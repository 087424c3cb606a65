//! The carrier: takes from the outbox on a lease, goes out on many errands at once, records receipts in batches.
//!
//! ```text
//! outbox ─► prepare: a batch, few statements ─► errands, side by side ─► settle: record, cabinet, outbox
//! ```
//!
//! Everything is told at least once and has one effect: the log position and number of a message are its name on every
//! channel. Whatever dies in the middle is taken up again when the lease ends.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bongsu_authority::{Grade, Label, Tlp, access};
use bongsu_desk::Desk;
use bongsu_store::Error;
use jiff::{SignedDuration, Timestamp};
use tokio::sync::{Notify, mpsc, watch};
use tokio::time::{Instant, timeout_at};

use super::address::{Channel, Holder, Reach};
use super::book;
use super::digest::Digests;
use super::errand::{Errand, Outcome};
use super::failure::Failure;
use super::gateway::Gateway;
use super::lanes::{Lanes, Place, Width};
use super::mail::Mail;
use super::prepare::{Batch, prepare};
use super::settle::Notes;
use super::smtp::{Relay, Smtp};
use super::way::Way;
use super::webhook::{self, Endpoint};

/// Tells the time.
pub type Now = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// How the carrier works.
#[derive(Clone, Debug)]
pub struct Config {
    /// Messages taken at a time.
    pub load: u32,
    /// How long what was taken is ours.
    pub lease: SignedDuration,
    /// Messages in hand, at most.
    pub in_hand: usize,
    /// Mails in hand, at most: the relay is one host, and must not keep back what goes elsewhere.
    pub mails: usize,
    /// How much goes on at a time. The way out must be as wide: [`Rules::at_once`](bongsu_egress::Rules::at_once).
    pub width: Width,
    /// How often the outbox is looked at when it was empty.
    pub poll: Duration,
    /// When what can wait is told.
    pub digests: Digests,
    /// How far what leads outside carries: an act above it lies in the inbox only, and whoever does not fetch it is called.
    pub outside: access::Channel,
}

impl Config {
    /// May the text of an act with this label leave by mail, webhook or telephone? What is for named persons may not.
    pub fn carries(&self, label: Label) -> bool {
        self.outside.carries(label.grade) && label.tlp < Tlp::Red
    }
}

impl Default for Config {
    fn default() -> Self {
        Self {
            load: 2_048,
            lease: SignedDuration::from_mins(10),
            in_hand: 8_192,
            mails: 4_096,
            width: Width::default(),
            poll: Duration::from_millis(500),
            digests: Digests::default(),
            outside: access::Channel {
                node: Grade::Sensitive,
                ceiling: Grade::Sensitive,
                internet: true,
            },
        }
    }
}

/// The ways that lead out of this node, real ones and those of drills.
pub struct Ways<W> {
    way: Arc<W>,
    relays: Vec<Smtp<W>>,
    gateways: Vec<Gateway>,
}

impl<W> fmt::Debug for Ways<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Ways({} relays, {} gateways)", self.relays.len(), self.gateways.len())
    }
}

impl<W: Way> Ways<W> {
    /// Ways out. Of relays and gateways the first of each realm is used.
    pub fn new(way: W, relays: Vec<Relay>, gateways: Vec<Gateway>) -> Self {
        let way = Arc::new(way);
        let relays = relays.into_iter().map(|relay| Smtp::new(Arc::clone(&way), relay)).collect();
        Self { way, relays, gateways }
    }

    /// The way itself.
    pub fn way(&self) -> &W {
        &self.way
    }

    pub(crate) fn relay(&self, drill: bool) -> Option<&Smtp<W>> {
        self.relays.iter().find(|relay| relay.drill() == drill)
    }

    pub(crate) fn gateway(&self, drill: bool) -> Option<&Gateway> {
        self.gateways.iter().find(|gateway| gateway.drill == drill)
    }

    fn set_up(&self, channel: Channel, drill: bool) -> bool {
        match channel {
            Channel::Inbox => false,
            Channel::Webhook => true,
            Channel::Mail => self.relay(drill).is_some(),
            Channel::Sms | Channel::Voice => self.gateway(drill).is_some(),
        }
    }
}

/// What was done.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Turned {
    /// Messages and parcels that a channel took.
    pub delivered: BTreeMap<Channel, u64>,
    /// Tries that failed.
    pub failed: BTreeMap<Channel, u64>,
    /// Obligations that nobody could be reached for.
    pub unreachable: u64,
    /// Parcels for which there is no address.
    pub nowhere: u64,
}

impl Turned {
    fn add(&mut self, other: Self) {
        let sum = |ours: &mut BTreeMap<Channel, u64>, theirs: BTreeMap<Channel, u64>| {
            for (channel, count) in theirs {
                *ours.entry(channel).or_default() += count;
            }
        };
        sum(&mut self.delivered, other.delivered);
        sum(&mut self.failed, other.failed);
        self.unreachable += other.unreachable;
        self.nowhere += other.nowhere;
    }
}

/// Why a test did not arrive.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TestError {
    /// There is no such address.
    #[error("there is no address {0}: look at the list")]
    Absent(u32),
    /// It did not arrive.
    #[error("the test did not arrive: {0}")]
    Failed(Failure),
    /// The store.
    #[error(transparent)]
    Store(#[from] Error),
}

bongsu_authority::reasons!(TestError {
    Self::Absent(_) => "address-absent",
} inside {
    Self::Failed(failure) => failure: Failure,
    Self::Store(error) => error: Error,
});

/// Carries messages out.
pub struct Carrier<W> {
    inner: Arc<Inner<W>>,
}

impl<W> Clone for Carrier<W> {
    fn clone(&self) -> Self {
        Self { inner: Arc::clone(&self.inner) }
    }
}

impl<W> fmt::Debug for Carrier<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Carrier").field("ways", &self.inner.ways).finish_non_exhaustive()
    }
}

struct Inner<W> {
    config: Config,
    desk: Arc<Desk>,
    ways: Ways<W>,
    now: Now,
    lanes: Arc<Lanes>,
    /// What was done since the start; held for an addition.
    sum: Mutex<Turned>,
}

/// Who is under way.
#[derive(Default)]
struct Hand {
    all: AtomicUsize,
    mails: AtomicUsize,
    /// Something came back.
    back: Notify,
    /// Something failed that everything after it would fail at, too.
    broken: AtomicBool,
}

impl<W: Way> Carrier<W> {
    /// A carrier for a desk.
    pub fn new(config: Config, desk: Arc<Desk>, ways: Ways<W>, now: Now) -> Self {
        let lanes = Lanes::new(config.width);
        let sum = Mutex::default();
        Self { inner: Arc::new(Inner { config, desk, ways, now, lanes, sum }) }
    }

    /// The ways out.
    pub fn ways(&self) -> &Ways<W> {
        &self.inner.ways
    }

    /// What was done since the start.
    pub fn sum(&self) -> Turned {
        self.inner.sum.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Carries until told to stop; who is under way then comes home first.
    ///
    /// A failure of the store is logged and tried again: what was in hand is due again when its lease ends.
    pub async fn run(&self, mut stop: watch::Receiver<bool>) {
        loop {
            match self.work(Some(&mut stop)).await {
                Ok(()) => return,
                Err(error) => {
                    tracing::error!(%error, "messages are not carried: tried again in 10 s");
                }
            }
            tokio::select! {
                () = tokio::time::sleep(Duration::from_secs(10)) => {}
                _ = stop.wait_for(|stop| *stop) => return,
            }
        }
    }

    /// Carries all that is due now, and comes back.
    ///
    /// # Errors
    /// As the store; what was in hand is due again when its lease ends.
    pub async fn turn(&self) -> Result<Turned, Error> {
        let before = std::mem::take(&mut *self.lock());
        let worked = self.work(None).await;
        let turned = self.sum();
        self.lock().add(before);
        worked.map(|()| turned)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Turned> {
        self.inner.sum.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn work(&self, mut stop: Option<&mut watch::Receiver<bool>>) -> Result<(), Error> {
        let inner = &self.inner;
        let hand = Arc::new(Hand::default());
        let (home, homes) = mpsc::unbounded_channel();
        let collector = tokio::spawn(Arc::clone(inner).collect(homes, Arc::clone(&hand)));
        let worked = loop {
            if hand.broken.load(Ordering::Acquire)
                || stop.as_ref().is_some_and(|stop| *stop.borrow())
            {
                break Ok(());
            }
            let room = hand.all.load(Ordering::Acquire) + inner.config.load as usize * 2;
            let taken = if room <= inner.config.in_hand.max(inner.config.load as usize * 2) {
                match inner.take(&hand, &home).await {
                    Ok(taken) => taken,
                    Err(error) => break Err(error),
                }
            } else {
                0
            };
            let under_way = hand.all.load(Ordering::Acquire);
            match (&mut stop, taken, under_way) {
                (_, 1.., _) => {}
                (None, 0, 0) => break Ok(()),
                (None, 0, _) => inner.pause(&hand).await,
                (Some(stop), 0, _) => tokio::select! {
                    () = inner.pause(&hand) => {}
                    _ = stop.wait_for(|stop| *stop) => {}
                },
            }
        };
        drop(home);
        let collected = collector.await.expect("the collector does not panic");
        worked.and(collected)
    }
}

/// Room for one more errand.
enum Room {
    /// In the queue of its host.
    Queue(Place),
    /// Wherever it goes, it has turns of its own.
    Free,
}

/// Outcomes that are settled together, and how long the first waits for others.
const TOGETHER: usize = 2_048;
const GATHER: Duration = Duration::from_millis(100);

/// When a message is taken again for which there was no room.
const NO_ROOM: SignedDuration = SignedDuration::from_secs(2);

type Home = mpsc::UnboundedSender<(Outcome, usize)>;

impl<W: Way> Inner<W> {
    async fn pause(&self, hand: &Hand) {
        tokio::select! {
            () = tokio::time::sleep(self.config.poll) => {}
            () = hand.back.notified() => {}
        }
    }

    /// Takes a batch and sends everybody out; says how many were taken.
    async fn take(self: &Arc<Self>, hand: &Arc<Hand>, home: &Home) -> Result<usize, Error> {
        let own = Arc::clone(self);
        let batch = blocking(move || {
            let now = (own.now)();
            prepare(&own.desk, &own.config, &|channel, drill| own.ways.set_up(channel, drill), now)
        });
        let Batch { taken, errands, done, later, given_up, nowhere } = batch.await?;
        let now = (self.now)();
        let mut notes = Notes { done, later, given_up, ..Notes::default() };
        notes.turned.nowhere = nowhere.len() as u64;
        notes.parcels = nowhere.into_iter().map(|parcel| (parcel, None)).collect();
        let mut crowded = false;
        for errand in errands {
            if let Some(room) = self.room(&errand, hand) {
                self.send(errand, room, hand, home);
            } else {
                crowded = true;
                let wait = now + NO_ROOM;
                notes.later.extend(errand.messages.into_iter().map(|it| (it.message, wait)));
                notes.parcels.extend(errand.parcels.into_iter().map(|it| (it, Some(wait))));
            }
        }
        let own = Arc::clone(self);
        let turned = blocking(move || notes.settle(&own.desk, now)).await?;
        self.sum.lock().unwrap_or_else(PoisonError::into_inner).add(turned);
        if crowded {
            self.pause(hand).await;
        }
        Ok(taken)
    }

    /// Is there room for one more? Where a host keeps its turns, a place in its queue.
    fn room(&self, errand: &Errand, hand: &Hand) -> Option<Room> {
        let first = errand.targets.first().map(|target| &target.address.reach);
        match (errand.channel, first) {
            (Channel::Mail, _) => {
                (hand.mails.load(Ordering::Acquire) < self.config.mails).then_some(Room::Free)
            }
            (Channel::Webhook, Some(Reach::Webhook { url, .. })) => {
                self.lanes.place(&url.host()).map(Room::Queue)
            }
            (Channel::Sms | Channel::Voice, _) => {
                let gateway = self.ways.gateway(errand.drill())?;
                let host = gateway.url.host_str().unwrap_or_default();
                self.lanes.place(host).map(Room::Queue)
            }
            _ => Some(Room::Free),
        }
    }

    fn send(self: &Arc<Self>, errand: Errand, room: Room, hand: &Arc<Hand>, home: &Home) {
        let weight = (errand.messages.len() + errand.parcels.len()).max(1);
        hand.all.fetch_add(weight, Ordering::AcqRel);
        let mail = errand.channel == Channel::Mail;
        if mail {
            hand.mails.fetch_add(1, Ordering::AcqRel);
        }
        let (own, hand, home) = (Arc::clone(self), Arc::clone(hand), home.clone());
        tokio::spawn(async move {
            let go = async { errand.go(&own.ways, (own.now)()).await };
            let outcome = match room {
                Room::Queue(place) => place.go(go).await,
                Room::Free => go.await,
            };
            if mail {
                hand.mails.fetch_sub(1, Ordering::AcqRel);
            }
            let _ = home.send((outcome, weight)); // nobody is there any more: it is taken up again
        });
    }

    /// Gathers what comes home, and settles it.
    async fn collect(
        self: Arc<Self>,
        mut homes: mpsc::UnboundedReceiver<(Outcome, usize)>,
        hand: Arc<Hand>,
    ) -> Result<(), Error> {
        while let Some(first) = homes.recv().await {
            let mut outcomes = vec![first];
            let until = Instant::now() + GATHER;
            while outcomes.len() < TOGETHER {
                match timeout_at(until, homes.recv()).await {
                    Ok(Some(outcome)) => outcomes.push(outcome),
                    Ok(None) | Err(_) => break,
                }
            }
            let weight: usize = outcomes.iter().map(|(_, weight)| weight).sum();
            let own = Arc::clone(&self);
            let settled = blocking(move || {
                let now = (own.now)();
                let mut notes = Notes::default();
                let mut spread = || share(own.desk.draw());
                for (outcome, _) in outcomes {
                    notes.take(outcome, now, &mut spread);
                }
                notes.settle(&own.desk, now)
            });
            let settled = settled.await;
            hand.all.fetch_sub(weight, Ordering::AcqRel);
            match settled {
                Ok(turned) => self.sum.lock().unwrap_or_else(PoisonError::into_inner).add(turned),
                Err(error) => {
                    hand.broken.store(true, Ordering::Release);
                    hand.back.notify_one();
                    return Err(error);
                }
            }
            hand.back.notify_one();
        }
        Ok(())
    }
}

/// Tests of addresses.
impl<W: Way> Carrier<W> {
    /// Sends a test to one address, and notes that it arrived: for ninety days it counts as reachable.
    ///
    /// # Errors
    /// [`TestError`] with what went wrong there.
    pub async fn send_test(&self, holder: Holder, number: u32) -> Result<(), TestError> {
        let inner = &self.inner;
        let now = (inner.now)();
        let (own, of) = (Arc::clone(inner), holder.clone());
        let book = blocking(move || book::list(own.desk.store(), &of, now)).await?;
        let found = book.addresses.into_iter().find(|it| it.number == number);
        let address = found.ok_or(TestError::Absent(number))?;
        let id = u128::from_be_bytes(inner.desk.draw());
        let sent = inner.test(&address.reach, address.drill, &format!("test_{id:032x}"), now).await;
        sent.map_err(TestError::Failed)?;
        let own = Arc::clone(inner);
        blocking(move || book::tested(own.desk.store(), &holder, number, now)).await?;
        Ok(())
    }
}

const TEST: &str =
    "[봉수] 연락처 시험입니다. 할 일이 없습니다. / A test of this address. Nothing is to be done.";
const TEST_SHORT: &str = "[봉수] 연락처 시험입니다. 할 일이 없습니다.";

impl<W: Way> Inner<W> {
    async fn test(
        &self,
        reach: &Reach,
        drill: bool,
        id: &str,
        now: Timestamp,
    ) -> Result<(), Failure> {
        let absent = |what: &str| Failure::Ours(format!("no {what} is set up"));
        let way = self.ways.way();
        match reach {
            Reach::Webhook { url, secret, before } => {
                let body = serde_json::json!({"type": "bongsu.test", "timestamp": now, "data": {"drill": drill}});
                let to = Endpoint { url, secret, before: before.as_ref() };
                webhook::send(way, to, id, body.to_string().into_bytes(), now).await
            }
            Reach::Mail(to) => {
                let relay = self.ways.relay(drill).ok_or_else(|| absent("mail relay"))?;
                let (from, to) = (relay.from().clone(), to.clone());
                let (subject, text) = ("[봉수] 시험 / test".to_owned(), format!("{TEST}\n"));
                let (envelope, bytes) =
                    Mail { from, to, subject, text, id: id.to_owned(), at: now }.bytes();
                relay.send(&envelope, &bytes).await
            }
            Reach::Telephone { number, sms, .. } => {
                let gateway = self.ways.gateway(drill).ok_or_else(|| absent("gateway"))?;
                let channel = if *sms { Channel::Sms } else { Channel::Voice };
                gateway.send(way, channel, number, TEST_SHORT, id).await
            }
        }
    }
}

/// Has a thread that may wait do something.
async fn blocking<T: Send + 'static, E: Send + 'static>(
    act: impl FnOnce() -> Result<T, E> + Send + 'static,
) -> Result<T, E> {
    tokio::task::spawn_blocking(act).await.expect("it does not panic")
}

/// A share between 0 and 1.
#[allow(clippy::cast_precision_loss, reason = "53 bits of chance are enough to spread tries")]
fn share(drawn: [u8; 16]) -> f64 {
    let bits = u64::from_be_bytes(drawn[..8].try_into().expect("sixteen bytes")) >> 11;
    bits as f64 / (1_u64 << 53) as f64
}
