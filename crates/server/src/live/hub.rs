//! The hub: what was recorded, told to everybody who listens.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use bongsu_authority::{ActId, CaseId, InstitutionId};
use bongsu_desk::{Desk, Touched};
use bongsu_store::Error;
use tokio::sync::broadcast;

/// Something that happened.
#[derive(Clone, Debug)]
pub(crate) struct Happened {
    /// The position of the entry in the log: the id of the event.
    pub(crate) position: u64,
    pub(crate) what: What,
}

/// What happened.
#[derive(Clone, Debug)]
pub(crate) enum What {
    /// What these owe under an act changed; in the order of their ids.
    Owed(ActId, Arc<[InstitutionId]>),
    /// A case changed.
    Case(CaseId),
    /// What runs at an institution changed.
    Inventory(InstitutionId),
    /// Something lies in the inbox.
    Inbox(InstitutionId),
    /// Who may see what changed.
    Register,
    /// The alert of a domain was set.
    Alert,
    /// So much that all should be read again.
    Reset,
}

/// Events that are kept for who comes back, and how far behind a listener may be.
const KEPT: usize = 4_096;

/// Changes that may wait to be told; where more come, everybody reads everything again.
const WAITING: usize = 16_384;

/// How long changes are gathered, so that a wave of answers is a few events.
const GATHERED: Duration = Duration::from_millis(25);

/// Entries of other threads that may come after one that has been told.
const OUT_OF_ORDER: u64 = 512;

/// Where what happens is told.
#[derive(Debug)]
pub(crate) struct Hub {
    waiting: SyncSender<(Told, u64)>,
    /// Set where more came than may wait.
    overrun: Arc<AtomicBool>,
    latest: AtomicU64,
    past: Mutex<VecDeque<Arc<Happened>>>,
    told: broadcast::Sender<Arc<Happened>>,
}

#[derive(Clone, Copy, Debug)]
enum Told {
    Touched(Touched),
    Inbox(InstitutionId),
    Reset,
}

/// What a listener begins with.
pub(crate) struct Joined {
    /// What happened since they left; nothing where too much did.
    pub(crate) missed: Option<Vec<Arc<Happened>>>,
    pub(crate) latest: u64,
    pub(crate) told: broadcast::Receiver<Arc<Happened>>,
}

impl Hub {
    pub(crate) fn begin(desk: &Arc<Desk>) -> Arc<Self> {
        let (waiting, queue) = sync_channel(WAITING);
        let (told, _) = broadcast::channel(KEPT);
        let size = desk.store().head().map_or(0, |(size, _)| size);
        let hub = Arc::new(Self {
            waiting,
            overrun: Arc::default(),
            latest: AtomicU64::new(size.saturating_sub(1)),
            past: Mutex::default(),
            told,
        });
        let (weak, desk) = (Arc::downgrade(&hub), Arc::downgrade(desk));
        let thread = std::thread::Builder::new().name("bongsu-hub".to_owned());
        if let Err(error) = thread.spawn(move || run(&queue, &weak, &desk)) {
            tracing::error!(%error, "nobody is told of events: restart the node");
        }
        hub
    }

    /// Something was touched.
    pub(super) fn touch(&self, touched: Touched, position: u64) {
        self.put(Told::Touched(touched), position);
    }

    /// Something lies in an inbox.
    pub(super) fn inbox(&self, institution: InstitutionId) {
        self.put(Told::Inbox(institution), self.latest.load(Ordering::Acquire));
    }

    /// Everybody reads everything again.
    pub(super) fn reset(&self, position: u64) {
        self.put(Told::Reset, position);
    }

    fn put(&self, told: Told, position: u64) {
        if self.waiting.try_send((told, position)).is_err() {
            self.overrun.store(true, Ordering::Release);
        }
    }

    /// Joins, after the last event that was heard.
    pub(crate) fn join(&self, last: Option<u64>) -> Joined {
        let past = self.past.lock().unwrap_or_else(PoisonError::into_inner);
        let told = self.told.subscribe();
        let latest = self.latest.load(Ordering::Acquire);
        let missed = match last {
            None => Some(Vec::new()),
            Some(last) if last == latest => Some(Vec::new()),
            Some(last) => past.front().filter(|first| first.position <= last).map(|_| {
                let from = last.saturating_sub(OUT_OF_ORDER);
                past.iter().filter(|one| one.position > from).cloned().collect()
            }),
        };
        Joined { missed, latest, told }
    }

    fn tell(&self, happened: Happened) {
        self.latest.fetch_max(happened.position, Ordering::AcqRel);
        let happened = Arc::new(happened);
        let mut past = self.past.lock().unwrap_or_else(PoisonError::into_inner);
        if past.len() == KEPT {
            past.pop_front();
        }
        past.push_back(Arc::clone(&happened));
        let _ = self.told.send(happened); // nobody listens: nobody is told
    }
}

/// Gathers what was touched, works out whom it concerns, and tells.
fn run(queue: &Receiver<(Told, u64)>, hub: &Weak<Hub>, desk: &Weak<Desk>) {
    loop {
        let first = match queue.recv_timeout(Duration::from_secs(1)) {
            Ok(first) => first,
            Err(RecvTimeoutError::Timeout) if hub.strong_count() > 0 => continue,
            Err(_) => return,
        };
        std::thread::sleep(GATHERED);
        let gathered: Vec<_> =
            std::iter::once(first).chain(queue.try_iter().take(WAITING)).collect();
        let (Some(hub), Some(desk)) = (hub.upgrade(), desk.upgrade()) else { return };
        let position = gathered.iter().map(|(_, position)| *position).max().unwrap_or_default();
        if hub.overrun.swap(false, Ordering::AcqRel) {
            hub.tell(Happened { position, what: What::Reset });
            continue;
        }
        match concerned(&desk, &gathered) {
            Ok(all) => all.into_iter().for_each(|what| hub.tell(Happened { position, what })),
            Err(error) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "whom it concerns");
                hub.tell(Happened { position, what: What::Reset });
            }
        }
    }
}

/// Whom it concerns, each thing once.
fn concerned(desk: &Desk, gathered: &[(Told, u64)]) -> Result<Vec<What>, Error> {
    let mut owed: BTreeMap<ActId, BTreeSet<InstitutionId>> = BTreeMap::new();
    let (mut acts, mut cases) = (BTreeSet::new(), BTreeSet::new());
    let (mut inventories, mut inboxes) = (BTreeSet::new(), BTreeSet::new());
    let (mut register, mut alert, mut reset) = (false, false, false);
    for (told, _) in gathered {
        match *told {
            Told::Touched(Touched::Obligation(act, institution)) => {
                owed.entry(act).or_default().insert(institution);
            }
            Told::Touched(Touched::Act(act)) => {
                acts.insert(act);
            }
            Told::Touched(Touched::Case(case)) => {
                cases.insert(case);
            }
            Told::Touched(Touched::Inventory(institution)) => {
                inventories.insert(institution);
            }
            Told::Touched(Touched::Names(_)) => {} // whose names are read does not hear of it
            Told::Touched(Touched::Register) => register = true,
            Told::Touched(Touched::Alert) => alert = true,
            Told::Inbox(institution) => {
                inboxes.insert(institution);
            }
            Told::Reset => reset = true,
        }
    }
    if reset {
        return Ok(vec![What::Reset]);
    }
    if !cases.is_empty() {
        let of_cases =
            |act: &bongsu_response::Act| act.issued_at.is_some() && cases.contains(&act.case);
        acts.extend(desk.store().acts()?.into_iter().filter(of_cases).map(|act| act.id));
    }
    for act in acts {
        owed.entry(act).or_default().extend(desk.store().addressed(act)?);
    }
    let mut all: Vec<What> = Vec::new();
    all.extend(register.then_some(What::Register));
    all.extend(alert.then_some(What::Alert));
    all.extend(cases.into_iter().map(What::Case));
    all.extend(owed.into_iter().map(|(act, whom)| What::Owed(act, whom.into_iter().collect())));
    all.extend(inventories.into_iter().map(What::Inventory));
    all.extend(inboxes.into_iter().map(What::Inbox));
    Ok(all)
}
