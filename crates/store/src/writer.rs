//! The writer: one thread, one transaction for many requests, an answer only when the disk has it.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender};
use std::time::{Duration, Instant};

use bongsu_authority::access::Permit;
use bongsu_ledger::Note;
use bongsu_ledger::hash::Hash;
use bongsu_response::Wish;
use jiff::Timestamp;

use crate::anchor::{self, Anchor};
use crate::apply::happen;
use crate::chance::Chance;
use crate::decide::decide;
use crate::documents::{self, Document};
use crate::error::Error;
use crate::log::{Log, int};
use crate::port::{Engine, Fault, FaultKind, Tx, ask, id};
use crate::rows::micros;
use crate::schema;
use crate::sealing::Keyring;
use crate::sql;
use crate::work::{Done, Identity, NotDone, Work};

/// The name of a request, drawn by whoever asks: the same name twice is one request.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct RequestId(pub [u8; 16]);

/// Something to be recorded.
#[derive(Clone, Debug)]
pub struct Request {
    /// Its name.
    pub id: RequestId,
    /// The right to wish it.
    pub permit: Permit,
    /// What is wished.
    pub wish: Wish,
    /// When.
    pub now: Timestamp,
    /// SHA-256 of what was asked, where the wish is worked out anew each time it is asked (whom an act addresses now,
    /// by when); else the wish itself tells one request from another.
    pub body: Option<[u8; 32]>,
}

/// A request with what came beside it.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) request: Request,
    pub(crate) document: Option<Document>,
}

/// What was recorded, and is durable.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Receipt {
    /// Log position of the last entry that made it so.
    pub entry: u64,
    /// Its leaf hash.
    pub leaf: Hash,
    /// How many entries were written for it; 0 where it was so already.
    pub entries: u32,
}

/// How much the writer takes on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pace {
    /// Requests in one transaction, at most.
    pub(crate) batch: usize,
    /// How long a transaction waits for more of them.
    pub(crate) wait: Duration,
}

/// Something for the writer to do.
pub(crate) enum Job {
    /// Record this.
    Record(Box<Asked>, SyncSender<Result<Receipt, Error>>),
    /// Do this alone, between two transactions.
    Alone(Box<dyn FnOnce(&mut Writer) + Send>),
}

/// Everything that writes.
pub(crate) struct Writer {
    pub(crate) engine: Box<dyn Engine>,
    pub(crate) ring: Arc<Keyring>,
    pub(crate) chance: Box<dyn Chance>,
    pub(crate) node: Identity,
    pub(crate) log: Log,
    pub(crate) anchor: Option<Anchor>,
    pub(crate) pace: Pace,
    /// Entries that the anchor has seen.
    pub(crate) anchored: u64,
    /// Set at a failure after which nobody knows what is on the disk, or the connection is gone.
    pub(crate) trouble: Option<Trouble>,
}

/// What keeps the writer from writing, and when it last tried to get over it.
#[derive(Clone, Debug)]
pub(crate) struct Trouble {
    fault: Arc<Fault>,
    tried: Option<Instant>,
    /// It takes a new process.
    for_good: bool,
}

impl Trouble {
    fn new(fault: Arc<Fault>) -> Self {
        Self { fault, tried: None, for_good: false }
    }

    fn error(&self) -> Error {
        if self.for_good { Error::Stopped } else { Error::Away(Arc::clone(&self.fault)) }
    }
}

/// The writer tries to get over its trouble at most so often.
const MEND_EVERY: Duration = Duration::from_millis(500);

/// The anchor is written at most so often.
const ANCHOR_EVERY: Duration = Duration::from_secs(1);

type Answer = (Box<Asked>, SyncSender<Result<Receipt, Error>>);

impl Writer {
    /// Works until nobody can ask any more.
    pub(crate) fn run(mut self, jobs: &Receiver<Job>) {
        let mut last_anchor = Instant::now();
        let mut crowd = 1;
        loop {
            match jobs.recv_timeout(ANCHOR_EVERY) {
                Ok(Job::Alone(job)) => job(&mut self),
                Ok(Job::Record(request, reply)) => {
                    let (batch, alone) = self.gather((request, reply), jobs, crowd);
                    crowd = batch.len();
                    self.record(batch);
                    if let Some(job) = alone {
                        job(&mut self);
                    }
                }
                Err(RecvTimeoutError::Timeout) => drop(self.come_back()),
                Err(RecvTimeoutError::Disconnected) => break,
            }
            if last_anchor.elapsed() >= ANCHOR_EVERY {
                // A failure leaves the older anchor, which holds as well; it is tried again.
                let _ = self.anchor();
                last_anchor = Instant::now();
            }
        }
        let _ = self.anchor();
    }

    /// Takes whoever waits; where a crowd came last time, waits a moment for it to come again.
    #[allow(clippy::type_complexity, reason = "what was taken, and the job that ended the taking")]
    fn gather(
        &self,
        first: Answer,
        jobs: &Receiver<Job>,
        crowd: usize,
    ) -> (Vec<Answer>, Option<Box<dyn FnOnce(&mut Self) + Send>>) {
        let mut batch = vec![first];
        let until = Instant::now() + self.pace.wait;
        while batch.len() < self.pace.batch {
            let left = until.saturating_duration_since(Instant::now());
            let patience = if batch.len() < crowd { left } else { Duration::ZERO };
            match jobs.recv_timeout(patience) {
                Ok(Job::Record(request, reply)) => batch.push((request, reply)),
                Ok(Job::Alone(job)) => return (batch, Some(job)),
                Err(_) => break,
            }
        }
        (batch, None)
    }

    /// Records a batch and answers everybody in it.
    fn record(&mut self, batch: Vec<Answer>) {
        if let Err(error) = self.come_back() {
            for (_, reply) in batch {
                let _ = reply.send(Err(error.clone()));
            }
            return;
        }
        let (requests, replies): (Vec<_>, Vec<_>) = batch.into_iter().unzip();
        let outcomes = match self.transact(|work| all(work, &requests)) {
            Ok(outcomes) => outcomes,
            // One of them may be what it stumbled over: each gets a transaction of its own.
            Err(error) if requests.len() > 1 && !matches!(error, Error::Unknown(_)) => {
                let one = |request| self.transact(|work| all(work, std::slice::from_ref(request)));
                let flat = |one: Result<Vec<_>, _>| one.and_then(|mut one| one.remove(0));
                requests.iter().map(one).map(flat).collect()
            }
            Err(error) => vec![Err(error); replies.len()],
        };
        for (reply, outcome) in replies.into_iter().zip(outcomes) {
            let _ = reply.send(outcome); // whoever left can ask again with the same id
        }
    }

    /// Does something in one transaction and makes it durable.
    ///
    /// # Errors
    /// After [`Error::Unknown`] nothing is written before the log was looked at again.
    pub(crate) fn transact<T>(
        &mut self,
        act: impl FnOnce(&mut Work<'_>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        self.come_back()?;
        let done = self.transacted(act);
        self.notice(&done);
        done
    }

    fn transacted<T>(
        &mut self,
        act: impl FnOnce(&mut Work<'_>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let mut tx = self.engine.begin()?;
        let mut log = self.log.clone();
        log.catch_up(tx.as_mut())?;
        let mut work = Work::new(tx, log, &self.ring, self.chance.as_mut(), &self.node);
        let value = act(&mut work)?;
        match work.commit() {
            Ok(done) => {
                self.log = Done::settle(done, &self.ring);
                Ok(value)
            }
            Err(NotDone::Nothing(error)) => Err(error),
            Err(NotDone::Unknown(fault)) => Err(Error::Unknown(Arc::new(fault))),
        }
    }

    /// Does something in one transaction that writes no entry.
    pub(crate) fn aside<T>(
        &mut self,
        act: impl FnOnce(&mut dyn Tx) -> Result<T, Fault>,
    ) -> Result<T, Error> {
        self.come_back()?;
        let done = self.done_aside(act);
        self.notice(&done);
        done
    }

    fn done_aside<T>(
        &mut self,
        act: impl FnOnce(&mut dyn Tx) -> Result<T, Fault>,
    ) -> Result<T, Error> {
        let mut tx = self.engine.begin()?;
        let value = act(tx.as_mut())?;
        tx.commit().map_err(|fault| Error::Unknown(Arc::new(fault)))?;
        Ok(value)
    }

    /// Remembers what must be got over before anything else is written.
    fn notice<T>(&mut self, done: &Result<T, Error>) {
        match done {
            Err(Error::Unknown(fault)) => self.trouble = Some(Trouble::new(Arc::clone(fault))),
            Err(Error::Nothing(fault)) if fault.kind == FaultKind::Unreachable => {
                self.trouble = Some(Trouble::new(Arc::clone(fault)));
            }
            _ => {}
        }
    }

    /// Gets over an earlier failure, where the engine can: a fresh connection, a commit that makes durable whatever came
    /// before it, and a log that goes on from everything that was acknowledged. What was under way then is not tried
    /// again: it is in the log or it is not, and whoever asked asks again with the same id.
    ///
    /// # Errors
    /// [`Error::Away`] and [`Error::Stopped`]; then nothing may be written.
    pub(crate) fn come_back(&mut self) -> Result<(), Error> {
        let Some(trouble) = &mut self.trouble else { return Ok(()) };
        let soon = trouble.tried.is_some_and(|tried| tried.elapsed() < MEND_EVERY);
        if trouble.for_good || soon {
            return Err(trouble.error());
        }
        let kind = trouble.fault.kind;
        let mended = self.mended(kind);
        let Some(trouble) = &mut self.trouble else { return Ok(()) };
        match mended {
            Ok(log) => {
                self.log = log;
                self.trouble = None;
                Ok(())
            }
            Err(fault) => {
                trouble.tried = Some(Instant::now());
                trouble.for_good = fault.kind == FaultKind::Unsupported;
                Err(trouble.error())
            }
        }
    }

    fn mended(&mut self, after: FaultKind) -> Result<Log, Fault> {
        self.engine.mend(after)?;
        // It writes: a standby that has this has everything before it, too.
        self.engine.migrate()?;
        let mut tx = self.engine.begin()?;
        let mut log = self.log.clone();
        log.catch_up(tx.as_mut())?;
        Ok(log)
    }

    /// Signs the log as it stands, and remembers it outside the database.
    pub(crate) fn anchor(&mut self) -> Result<Note, Error> {
        self.come_back()?;
        let note = anchor::sign(&self.log, &self.node.key);
        if let Some(anchor) = &self.anchor
            && self.log.size() != self.anchored
        {
            anchor.remember(&note)?;
            self.anchored = self.log.size();
        }
        Ok(note)
    }
}

/// Every request of a batch: a refused one affects only itself, anything else that goes wrong all of them.
fn all(work: &mut Work<'_>, requests: &[Box<Asked>]) -> Result<Vec<Result<Receipt, Error>>, Error> {
    let mut outcomes = Vec::with_capacity(requests.len());
    let mut before = HashMap::new();
    for asked in requests {
        outcomes.push(match one(work, asked, &mut before) {
            Ok(receipt) => Ok(receipt),
            Err(Failed::Refused(error)) => Err(error),
            Err(Failed::Broken(error)) => return Err(error),
        });
    }
    Ok(outcomes)
}

/// Why a request came to nothing.
enum Failed {
    /// It was refused before anything was written for it.
    Refused(Error),
    /// Something may have been written for it, or for another: the transaction has to go.
    Broken(Error),
}

impl Failed {
    /// What went wrong while deciding: a refusal, unless it is about the database or another request's rows.
    fn deciding(error: Error) -> Self {
        match error {
            Error::Denied(_)
            | Error::Permit(_)
            | Error::Nameless
            | Error::Stale
            | Error::ClockBehind { .. }
            | Error::ClockAhead { .. }
            | Error::OtherText
            | Error::OtherRealm
            | Error::NotInPost
            | Error::Refused(_)
            | Error::Missing(_)
            | Error::Document(_)
            | Error::OtherBody => Self::Refused(error),
            other => Self::Broken(other),
        }
    }
}

type Before = HashMap<RequestId, ([u8; 32], Receipt)>;

fn one(work: &mut Work<'_>, asked: &Asked, known: &mut Before) -> Result<Receipt, Failed> {
    let Asked { request, document } = asked;
    let digest = digest(work, request);
    let before = match known.get(&request.id) {
        Some(before) => Some(*before),
        None => earlier(work, request.id).map_err(Failed::Broken)?,
    };
    if let Some((same, receipt)) = before {
        let refused = Failed::Refused(Error::OtherBody);
        return if same == digest { Ok(receipt) } else { Err(refused) };
    }
    documents::fits(&request.wish, document.as_ref()).map_err(Failed::deciding)?;
    let entries = decide(work, request).map_err(Failed::deciding)?;
    let first = work.log.size();
    let mut last = None;
    for entry in &entries {
        last = Some(happen(work, entry).map_err(Failed::Broken)?);
    }
    documents::put(work, &request.wish, document.as_ref(), last.is_some())
        .map_err(Failed::Broken)?;
    let (entry, leaf) = match last {
        Some(last) => last,
        None => standing(work, &request.wish).map_err(Failed::deciding)?,
    };
    let count = u32::try_from(entries.len()).expect("a wish makes few entries");
    let receipt = Receipt { entry, leaf, entries: count };
    known.insert(request.id, (digest, receipt));
    let first = if count == 0 { entry } else { first };
    let row = vec![
        id(request.id.0),
        digest.to_vec().into(),
        int(first),
        i64::from(count).into(),
        leaf.0.to_vec().into(),
        micros(request.now),
    ];
    work.put_last(&schema::REQUESTS, row);
    Ok(receipt)
}

/// A digest of who asks for what; without the node's key nobody can try texts against it.
fn digest(work: &Work<'_>, request: &Request) -> [u8; 32] {
    let wish = match &request.body {
        Some(body) => body.to_vec(),
        None => serde_json::to_vec(&request.wish).expect("a wish has only text keys"),
    };
    let who = format!("{:?}", request.permit.by());
    work.ring.node.digest(&[who.as_bytes(), &wish])
}

/// What was answered to this request before.
fn earlier(work: &mut Work<'_>, request: RequestId) -> Result<Option<([u8; 32], Receipt)>, Error> {
    let mut found = None;
    work.tx.rows(ask(sql::REQUEST, &[id(request.0)]), &mut |row| {
        let (first, entries) = (row.int(1)?.cast_unsigned(), row.int(2)?);
        let entries = u32::try_from(entries).map_err(crate::rows::odd)?;
        let entry = first + u64::from(entries.saturating_sub(1));
        found = Some((row.array(0)?, Receipt { entry, leaf: Hash(row.array(3)?), entries }));
        Ok(())
    })?;
    Ok(found)
}

/// The entry that made it so, where a wish finds that it is so already.
fn standing(work: &mut Work<'_>, wish: &Wish) -> Result<(u64, Hash), Error> {
    let entry = match wish {
        Wish::OpenCase { case, .. } | Wish::Case { case, .. } => {
            work.case(*case)?.map(|kept| kept.entry)
        }
        Wish::DraftAct { act, .. } | Wish::Act { act, .. } | Wish::Deliver { act, .. } => {
            work.act(*act)?.map(|kept| kept.entry)
        }
        Wish::Obligation { act, institution, .. } => {
            work.obligation(*act, *institution)?.map(|kept| kept.entry)
        }
        _ => work.log.size().checked_sub(1),
    };
    let entry = entry.ok_or(Error::Missing("entry"))?;
    Ok((entry, work.hash_at(entry)?))
}
