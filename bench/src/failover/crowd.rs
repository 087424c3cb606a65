//! Many who answer, and never give up on an answer before they have its receipt.

use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{Scope, ScopedJoinHandle};
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};
use bongsu_store::suite::kills::Cast;
use bongsu_store::{Error, Receipt, Request, Store};
use bongsu_store_postgres::{OpenError, Postgres, PowerLoss};

pub(crate) use bongsu_store::suite::kills::WRITERS;

use crate::response::{Folder, open};

/// A database, and the anchor beside it.
pub(crate) struct Place {
    url: String,
    folder: Folder,
}

impl Place {
    pub(crate) fn new(url: &str, beside: &Path) -> anyhow::Result<Self> {
        std::fs::create_dir_all(beside)?;
        Ok(Self { url: url.to_owned(), folder: Folder::new(beside, "failover")? })
    }

    /// Opens the store, which must go on from what the anchor has seen.
    pub(crate) fn open(&self) -> anyhow::Result<Store> {
        let engine = Postgres::open(&self.url, PowerLoss::Survived)?;
        open(Box::new(engine), &self.folder.0)
    }

    /// The same, until the server is there.
    pub(crate) fn open_in(&self, patience: Duration) -> anyhow::Result<Store> {
        let since = Instant::now();
        loop {
            match self.open() {
                Ok(store) => return Ok(store),
                Err(error) if !is_away(&error) => return Err(error),
                Err(error) if since.elapsed() > patience => return Err(error),
                Err(_) => std::thread::sleep(Duration::from_millis(100)),
            }
        }
    }
}

/// Whether it may be there in a moment. What the anchor says is never a passing trouble.
fn is_away(error: &anyhow::Error) -> bool {
    let by_store = |error: &Error| {
        matches!(error, Error::Nothing(_) | Error::Unread(_) | Error::Unknown(_) | Error::Stopped)
    };
    matches!(error.downcast_ref(), Some(OpenError::Fault(_)))
        || error.downcast_ref().is_some_and(by_store)
}

/// An answer that was acknowledged.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Heard {
    pub(crate) at: Instant,
    pub(crate) receipt: Receipt,
}

/// Everybody who answers, and the store they answer through now.
pub(crate) struct Crowd<'a> {
    place: &'a Place,
    cast: Cast,
    /// Entries before the first answer.
    pub(crate) base: u64,
    /// How often it was opened, and the store; held for a clone or a swap.
    store: Mutex<(u64, Option<Arc<Store>>)>,
    /// The store of this number records nothing any more.
    broken: AtomicU64,
    over: AtomicBool,
    abandoned: AtomicBool,
    failed: Mutex<Option<anyhow::Error>>,
    heard: AtomicU64,
    again: AtomicU64,
    unknown: AtomicU64,
}

impl<'a> Crowd<'a> {
    /// Opens an empty database and records what comes before the first answer.
    pub(crate) fn new(place: &'a Place) -> anyhow::Result<Self> {
        let (cast, requests) = Cast::new();
        let store = place.open()?;
        ensure!(store.head()?.0 == 0, "the database is not empty: make a new one");
        for request in requests {
            store.record(request)?;
        }
        Ok(Self {
            place,
            cast,
            base: store.head()?.0,
            store: Mutex::new((1, Some(Arc::new(store)))),
            broken: AtomicU64::new(0),
            over: AtomicBool::new(false),
            abandoned: AtomicBool::new(false),
            failed: Mutex::new(None),
            heard: AtomicU64::new(0),
            again: AtomicU64::new(0),
            unknown: AtomicU64::new(0),
        })
    }

    /// Starts whoever answers, and whoever opens the store again.
    pub(crate) fn begin<'s>(
        &'s self,
        scope: &'s Scope<'s, '_>,
    ) -> Vec<ScopedJoinHandle<'s, Vec<Heard>>> {
        scope.spawn(|| self.keep_open());
        (0..WRITERS).map(|writer| scope.spawn(move || self.answers(writer))).collect()
    }

    /// Each stops after its next receipt, or at once.
    pub(crate) fn end(&self, at_once: bool) {
        self.over.store(true, Ordering::SeqCst);
        if at_once {
            self.abandoned.store(true, Ordering::SeqCst);
        }
    }

    /// How many answers were acknowledged so far.
    pub(crate) fn count(&self) -> u64 {
        self.heard.load(Ordering::SeqCst)
    }

    /// Answers sent again, and how many of them had an unknown outcome.
    pub(crate) fn troubles(&self) -> (u64, u64) {
        (self.again.load(Ordering::SeqCst), self.unknown.load(Ordering::SeqCst))
    }

    /// What nobody could get over, if anything.
    pub(crate) fn failure(&self) -> anyhow::Result<()> {
        match self.failed.lock().unwrap_or_else(PoisonError::into_inner).take() {
            Some(failed) => Err(failed),
            None => Ok(()),
        }
    }

    fn fail(&self, error: anyhow::Error) {
        self.failed.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
        self.end(true);
    }

    fn answers(&self, writer: usize) -> Vec<Heard> {
        let mut all = Vec::new();
        while !self.over.load(Ordering::SeqCst) {
            let request = self.cast.answer(writer, all.len() as u64);
            match self.receipt(&request) {
                Ok(Some(receipt)) => all.push(Heard { at: Instant::now(), receipt }),
                Ok(None) => break,
                Err(error) => {
                    self.fail(error.context(format!("writer {writer}, answer {}", all.len())));
                    break;
                }
            }
            self.heard.fetch_add(1, Ordering::SeqCst);
        }
        all
    }

    /// Asks with one id until there is a receipt; none where everybody gave up.
    fn receipt(&self, request: &Request) -> anyhow::Result<Option<Receipt>> {
        let mut unreached = 0;
        while !self.abandoned.load(Ordering::SeqCst) {
            let (number, store) = self.now();
            let Some(store) = store else {
                std::thread::sleep(PAUSE);
                continue;
            };
            match store.record(request.clone()) {
                Ok(receipt) => return Ok(Some(receipt)),
                Err(Error::Unknown(_)) => drop(self.unknown.fetch_add(1, Ordering::SeqCst)),
                Err(Error::Stopped) => self.broken.store(number, Ordering::SeqCst),
                // Twice: a store that finds its server again by itself says something else by then.
                Err(Error::Nothing(_)) if unreached > 0 => {
                    self.broken.store(number, Ordering::SeqCst);
                }
                Err(Error::Nothing(_)) => unreached += 1,
                Err(
                    error @ (Error::Refused(_)
                    | Error::Denied(_)
                    | Error::Permit(_)
                    | Error::Missing(_)
                    | Error::OtherBody
                    | Error::Misfit { .. }),
                ) => bail!(error),
                Err(_) => {}
            }
            drop(store);
            self.again.fetch_add(1, Ordering::SeqCst);
            std::thread::sleep(PAUSE);
        }
        Ok(None)
    }

    fn now(&self) -> (u64, Option<Arc<Store>>) {
        self.store.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Opens the store again whenever it records nothing any more, as a server that starts again does.
    fn keep_open(&self) {
        while !self.abandoned.load(Ordering::SeqCst) && !self.is_done() {
            let (number, _) = self.now();
            if self.broken.load(Ordering::SeqCst) < number {
                std::thread::sleep(PAUSE);
                continue;
            }
            self.put(number, None);
            match self.place.open_in(PATIENCE).context("the store does not open again") {
                Ok(store) => self.put(number + 1, Some(Arc::new(store))),
                Err(error) => self.fail(error),
            }
        }
    }

    fn put(&self, number: u64, store: Option<Arc<Store>>) {
        // Dropped after the lock is let go: the end of an older store may take a while.
        let _older = std::mem::replace(
            &mut *self.store.lock().unwrap_or_else(PoisonError::into_inner),
            (number, store),
        );
    }

    /// Over, and nobody waits for a store.
    fn is_done(&self) -> bool {
        let (number, _) = self.now();
        self.over.load(Ordering::SeqCst) && self.broken.load(Ordering::SeqCst) < number
    }
}

/// Between two tries of one thread.
const PAUSE: Duration = Duration::from_millis(20);

/// How long a server may be away.
const PATIENCE: Duration = Duration::from_mins(3);
