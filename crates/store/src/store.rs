//! The store: asks the writer, reads beside it.

use std::path::PathBuf;
use std::sync::mpsc::{SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use bongsu_authority::NodeCode;
use bongsu_ledger::{NodeVerifier, Note};

use crate::anchor::{self, Anchor};
use crate::chance::Chance;
use crate::clock::Clock;
use crate::documents::Document;
use crate::error::Error;
use crate::log::Log;
use crate::moving;
use crate::port::{Engine, Read, Reader, Scope, Value, ask};
use crate::schema;
use crate::sealing::Keyring;
use crate::secrets::NodeSecrets;
use crate::sql;
use crate::work::Identity;
use crate::writer::{Asked, Job, Pace, Receipt, Request, Writer};

/// How a store is opened.
#[derive(Clone, Debug)]
pub struct Options {
    /// The station whose record this is.
    pub station: NodeCode,
    /// Is it a drill's? Acts of one realm are not written in the other.
    pub drill: bool,
    /// Where the last checkpoint is kept, outside the database.
    pub anchor: Option<PathBuf>,
    /// Requests in one transaction, at most.
    pub batch: usize,
    /// How long a transaction waits for more requests when there is a crowd.
    pub wait: Duration,
    /// Requests that may wait; one more is told to come again.
    pub queue: usize,
    /// Connections that read beside the writer.
    pub readers: usize,
    /// How far the clock may be off from the last entry.
    pub clock: Clock,
}

impl Options {
    /// What does for most.
    pub fn new(station: NodeCode) -> Self {
        Self {
            station,
            drill: false,
            anchor: None,
            batch: 256,
            wait: Duration::from_millis(2),
            queue: 4096,
            readers: 4,
            clock: Clock::default(),
        }
    }
}

/// What a node keeps: the state of the nation and the record it follows from.
///
/// One writer thread records; what it has answered is on the disk. Reading happens beside it and never waits.
#[derive(Debug)]
pub struct Store {
    jobs: Option<SyncSender<Job>>,
    writer: Option<JoinHandle<()>>,
    pub(crate) ring: Arc<Keyring>,
    readers: Readers,
    queue: usize,
    verifier: NodeVerifier,
    /// Held while a large document is on its way to the disk.
    large: Mutex<()>,
}

/// A document of more bytes than this waits for its turn.
const LARGE_BYTES: usize = 1 << 20;

impl Store {
    /// Opens the database behind an engine; makes its tables where there are none.
    ///
    /// # Errors
    /// [`Error::OtherKey`] and [`Error::OtherNode`] where it belongs to other secrets; [`Error::Behind`] and
    /// [`Error::Forked`] where it is not what was seen last.
    pub fn open(
        mut engine: Box<dyn Engine>,
        secrets: NodeSecrets,
        options: &Options,
        chance: Box<dyn Chance>,
    ) -> Result<Self, Error> {
        engine.migrate()?;
        let ring = Arc::new(Keyring::new(&secrets.kek.0));
        let key = secrets.node;
        claim(engine.as_mut(), &ring, key.name().as_str(), options.drill)?;
        let anchor = options.anchor.as_deref().map(Anchor::at);
        let mut readers = Vec::with_capacity(options.readers.max(1));
        for _ in 0..options.readers.max(1) {
            readers.push(engine.reader()?);
        }
        let log = {
            let mut read = readers[0].snapshot(Scope::Node)?;
            let log = Log::load(read.as_mut())?;
            if let Some(seen) = anchor.as_ref().map(|it| it.seen(&key)).transpose()?.flatten() {
                anchor::goes_on(read.as_mut(), &log, &seen)?;
            }
            log
        };
        let verifier = key.verifier();
        let station = options.station.as_str().parse().expect("a station's code is a role code");
        let node = Identity { station, key, drill: options.drill, clock: options.clock };
        let writer = Writer {
            engine,
            ring: Arc::clone(&ring),
            chance,
            node,
            log,
            anchor,
            pace: Pace { batch: options.batch.max(1), wait: options.wait },
            anchored: u64::MAX,
            trouble: None,
        };
        let (jobs, waiting) = sync_channel(options.queue.max(1));
        let thread = std::thread::Builder::new().name("bongsu-writer".to_owned());
        let thread = thread.spawn(move || writer.run(&waiting)).map_err(|source| Error::File {
            act: "start the thread that writes",
            path: "bongsu-writer".to_owned(),
            source: Arc::new(source),
        })?;
        Ok(Self {
            jobs: Some(jobs),
            writer: Some(thread),
            ring,
            readers: Readers::new(readers),
            queue: options.queue.max(1),
            verifier,
            large: Mutex::new(()),
        })
    }

    /// Records a wish: state, log entry and outbox together, durable when this returns.
    ///
    /// The same request twice is one, with one receipt, so whoever got no answer asks again with the same id. What is
    /// so already is not written again; the receipt then names the entry that made it so.
    ///
    /// # Errors
    /// Each says whether anything was recorded and what to do; only [`Error::Unknown`] leaves it open.
    pub fn record(&self, request: Request) -> Result<Receipt, Error> {
        self.asked(Asked { request, document: None })
    }

    /// Records that an inventory was published, and keeps its document, sealed with the institution's key.
    ///
    /// Only the latest document of a system is kept. It is no part of the record, which names its SHA-256.
    ///
    /// # Errors
    /// As [`record`](Self::record); [`Error::Document`] where the document is not the one that the wish names, or is
    /// larger than [`LARGEST`](crate::LARGEST).
    pub fn record_with(&self, request: Request, document: Document) -> Result<Receipt, Error> {
        // One large document waits in memory at a time, however many are sent.
        let large = document.bytes.len() > LARGE_BYTES;
        let _turn = large.then(|| self.large.lock().unwrap_or_else(PoisonError::into_inner));
        self.asked(Asked { request, document: Some(document) })
    }

    fn asked(&self, asked: Asked) -> Result<Receipt, Error> {
        let (reply, answer) = sync_channel(1);
        let job = Job::Record(Box::new(asked), reply);
        match self.jobs().try_send(job) {
            Ok(()) => {}
            Err(TrySendError::Full(_)) => return Err(Error::Busy { waiting: self.queue }),
            Err(TrySendError::Disconnected(_)) => return Err(Error::Stopped),
        }
        answer.recv().map_err(|_| Error::Stopped)?
    }

    /// Signs the log as it stands, and remembers it outside the database.
    pub fn checkpoint(&self) -> Result<Note, Error> {
        self.alone(Writer::anchor)
    }

    /// Whether wishes can be recorded now.
    ///
    /// # Errors
    /// [`Error::Away`] while the database is looked for, [`Error::Stopped`] where it takes a new process.
    pub fn writable(&self) -> Result<(), Error> {
        self.alone(Writer::come_back)
    }

    /// Who signs this log.
    pub fn verifier(&self) -> &NodeVerifier {
        &self.verifier
    }

    /// Has the writer do something between two transactions.
    pub(crate) fn alone<T: Send + 'static>(
        &self,
        act: impl FnOnce(&mut Writer) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let (reply, answer) = sync_channel(1);
        let job = Job::Alone(Box::new(move |writer| {
            let _ = reply.send(act(writer));
        }));
        self.jobs().send(job).map_err(|_| Error::Stopped)?;
        answer.recv().map_err(|_| Error::Stopped)?
    }

    /// Reads the state as of one instant.
    pub(crate) fn read<T>(
        &self,
        scope: Scope,
        act: impl FnOnce(&mut dyn Read) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let mut reader = self.readers.take();
        let outcome = match reader.snapshot(scope) {
            Ok(mut snapshot) => act(snapshot.as_mut()),
            Err(fault) => Err(fault.into()),
        };
        self.readers.give(reader);
        outcome.map_err(Error::reading)
    }

    fn jobs(&self) -> &SyncSender<Job> {
        self.jobs.as_ref().expect("the store is open until it is dropped")
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        drop(self.jobs.take());
        if let Some(writer) = self.writer.take() {
            // A panic there was reported there; every request since was told that the writer stopped.
            let _ = writer.join();
        }
    }
}

/// Checks whose database this is; a new one becomes ours.
fn claim(engine: &mut dyn Engine, ring: &Keyring, origin: &str, drill: bool) -> Result<(), Error> {
    let mut tx = engine.begin()?;
    moving::is_home(tx.as_mut())?;
    let realm = if drill { "drill" } else { "real" };
    let mut kept = [None, None, None];
    for (name, kept) in ["kek", "origin", "realm"].into_iter().zip(&mut kept) {
        tx.rows(ask(sql::META, &[name.into()]), &mut |row| {
            *kept = Some(row.bytes(0)?.to_vec());
            Ok(())
        })?;
    }
    let [kek, node, found] = kept;
    if let Some(node) = node.filter(|node| node != origin.as_bytes()) {
        return Err(Error::OtherNode(String::from_utf8_lossy(&node).into_owned()));
    }
    if found.is_some_and(|found| found != realm.as_bytes()) {
        return Err(Error::OtherRealm);
    }
    match kek {
        Some(kek) if kek == ring.node.fingerprint => return Ok(()),
        Some(_) => return Err(Error::OtherKey),
        None => {}
    }
    let fact = |name: &str, value: &[u8]| vec![name.into(), Value::Bytes(value.to_vec())];
    let facts = [
        fact("kek", &ring.node.fingerprint),
        fact("origin", origin.as_bytes()),
        fact("realm", realm.as_bytes()),
    ];
    tx.put(&schema::META, &facts)?;
    tx.commit().map_err(|fault| Error::Unknown(Arc::new(fault)))
}

/// Connections for reading, lent out one at a time each.
struct Readers {
    idle: Mutex<Vec<Box<dyn Reader>>>,
    back: Condvar,
}

impl Readers {
    fn new(idle: Vec<Box<dyn Reader>>) -> Self {
        Self { idle: Mutex::new(idle), back: Condvar::new() }
    }

    fn take(&self) -> Box<dyn Reader> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            match idle.pop() {
                Some(reader) => return reader,
                None => idle = self.back.wait(idle).unwrap_or_else(PoisonError::into_inner),
            }
        }
    }

    fn give(&self, reader: Box<dyn Reader>) {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(reader);
        self.back.notify_one();
    }
}

impl std::fmt::Debug for Readers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Readers(…)")
    }
}
