//! Documents that came in: received into a file that nobody can name, read a few at a time, published, reported on.

mod arriving;
mod report;
mod work;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use bongsu_authority::{InstitutionId, PersonId, SystemId};
use bongsu_store::cabinet::{Drawer, Thing};
use http::StatusCode;
use jiff::{SignedDuration, Timestamp};
use rustc_hash::FxHashMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tokio::sync::{Semaphore, watch};

pub(crate) use self::arriving::{Arrived, LARGEST, receive};
use self::report::Report;
use crate::app::App;
use crate::problem::{Because, Own, Problem};
use crate::wire::{Digest, Id, When};

/// Documents that are read at the same time.
const READ_AT_ONCE: usize = 2;

/// Documents that have come and wait to be read.
const WAITING: usize = 32;

/// Documents of one institution in an hour.
pub(crate) const AN_HOUR: usize = 10;

/// For how long it is remembered what came of a document.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Jobs that are read from the cabinet at a time.
const PAGE: u32 = 256;

/// Documents on their way from the network into the record.
#[derive(Debug)]
pub(crate) struct Uploads {
    /// Tells a job of this process from one that a restart cut off.
    boot: [u8; 16],
    under_way: Mutex<FxHashMap<[u8; 16], watch::Sender<Job>>>,
    /// When each institution sent what it sent in the last hour.
    sent: Mutex<FxHashMap<InstitutionId, VecDeque<Timestamp>>>,
    turns: Arc<Semaphore>,
}

/// What becomes of a document.
#[derive(Clone, Debug, Deserialize, JsonSchema, Serialize)]
pub(crate) struct Job {
    /// Its id.
    #[schemars(with = "Id")]
    pub(crate) id: String,
    /// Whose system it is about.
    #[schemars(with = "Id")]
    pub(crate) institution: InstitutionId,
    /// Which system.
    #[schemars(with = "Id")]
    pub(crate) system: SystemId,
    /// The name of the document.
    pub(crate) name: String,
    /// SHA-256 of the document.
    #[schemars(with = "Digest")]
    pub(crate) digest: String,
    /// Does the system face the internet?
    pub(crate) exposed: bool,
    /// When it came.
    #[schemars(with = "When")]
    pub(crate) came_at: Timestamp,
    /// How far it is.
    pub(crate) state: State,
    /// Why it was not published, and what to do.
    pub(crate) reason: Option<String>,
    /// The same as a stable word with its facts.
    #[serde(default)]
    pub(crate) cause: Option<Because>,
    /// What came of it.
    pub(crate) report: Option<Report>,
}

/// How far a document is.
#[derive(Clone, Copy, Debug, Deserialize, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum State {
    /// Waits for its turn.
    Waiting,
    /// Is being read.
    Reading,
    /// Published.
    Done,
    /// Not published; the reason says why.
    Failed,
    /// A restart cut it off: send it again.
    Interrupted,
}

impl State {
    fn is_over(self) -> bool {
        matches!(self, Self::Done | Self::Failed | Self::Interrupted)
    }
}

/// A job as it is kept.
#[derive(Deserialize, Serialize)]
struct Kept {
    boot: [u8; 16],
    job: Job,
}

/// What is to be published, by whom.
#[derive(Clone, Debug)]
pub(crate) struct Publication {
    pub(crate) id: [u8; 16],
    pub(crate) person: PersonId,
    pub(crate) institution: InstitutionId,
    pub(crate) system: SystemId,
    pub(crate) exposed: bool,
}

impl Uploads {
    pub(crate) fn new(boot: [u8; 16]) -> Self {
        let turns = Arc::new(Semaphore::new(READ_AT_ONCE));
        Self { boot, under_way: Mutex::default(), sent: Mutex::default(), turns }
    }

    /// Counts a document of an institution.
    ///
    /// # Errors
    /// [`Problem`] 429 where it has sent its share of this hour.
    pub(crate) fn count(&self, institution: InstitutionId, now: Timestamp) -> Result<(), Problem> {
        let hour = SignedDuration::from_hours(1);
        let mut sent = self.sent.lock().unwrap_or_else(PoisonError::into_inner);
        let of_hour = sent.entry(institution).or_default();
        while of_hour.front().is_some_and(|first| now.duration_since(*first) >= hour) {
            of_hour.pop_front();
        }
        if of_hour.len() < AN_HOUR {
            of_hour.push_back(now);
            return Ok(());
        }
        let wait = of_hour.front().map_or(hour, |first| hour - now.duration_since(*first));
        let seconds = u32::try_from(wait.as_secs().max(1)).unwrap_or(u32::MAX);
        Err(Problem::new(
            StatusCode::TOO_MANY_REQUESTS,
            "too-many-documents",
            "Too many documents",
            Own::TooManyDocuments.with("most", AN_HOUR),
            format!("an institution sends at most {AN_HOUR} documents in an hour: come again after the time in Retry-After"),
        )
        .after(seconds))
    }

    /// A job, as it stands now; nothing where there is none.
    pub(crate) fn job(&self, app: &App, id: [u8; 16]) -> Result<Option<Job>, Problem> {
        {
            let under_way = self.under_way.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(job) = under_way.get(&id) {
                return Ok(Some(job.borrow().clone()));
            }
        }
        let thing = app.desk().store().thing(Drawer::Jobs, &id, app.now())?;
        Ok(thing.and_then(|thing| self.read(&thing)))
    }

    /// The documents of an institution that are remembered, in no order.
    pub(crate) fn jobs_of(
        &self,
        app: &App,
        institution: InstitutionId,
    ) -> Result<Vec<Job>, Problem> {
        let (mut jobs, mut after) = (Vec::new(), Vec::new());
        loop {
            let store = app.desk().store();
            let page = store.things_of(Drawer::Jobs, institution.0, &after, PAGE, app.now())?;
            for thing in &page {
                let under_way = self.under_way.lock().unwrap_or_else(PoisonError::into_inner);
                let key: Option<[u8; 16]> = thing.key.as_slice().try_into().ok();
                let now = key.and_then(|key| under_way.get(&key)).map(|job| job.borrow().clone());
                jobs.extend(now.or_else(|| self.read(thing)));
            }
            match page.last() {
                Some(last) if page.len() == PAGE as usize => after.clone_from(&last.key),
                _ => return Ok(jobs),
            }
        }
    }

    /// A job as it was kept; one that a restart cut off says so.
    fn read(&self, thing: &Thing) -> Option<Job> {
        let Kept { boot, mut job } = serde_json::from_slice(&thing.value).ok()?;
        if !job.state.is_over() && boot != self.boot {
            job.state = State::Interrupted;
            job.reason =
                Some("the node was started again before it was read: send it again".to_owned());
            job.cause = Some(Own::Interrupted.into());
        }
        Some(job)
    }

    /// Waits until a job is over, for as long as is said.
    pub(crate) async fn over(&self, id: [u8; 16], patience: std::time::Duration) {
        let watched = {
            let under_way = self.under_way.lock().unwrap_or_else(PoisonError::into_inner);
            under_way.get(&id).map(watch::Sender::subscribe)
        };
        if let Some(mut watched) = watched {
            let over = watched.wait_for(|job| job.state.is_over());
            let _ = tokio::time::timeout(patience, over).await;
        }
    }

    /// Takes a document in and has it read when its turn comes. The same document under the same id is the same job.
    ///
    /// # Errors
    /// [`Problem`] 409 where the id was used for something else, 503 where too many wait.
    pub(crate) async fn take(
        self: &Arc<Self>,
        app: &App,
        publication: Publication,
        arrived: Arrived,
    ) -> Result<Job, Problem> {
        let id = publication.id;
        let (uploads, job) = (Arc::clone(self), publication.job(&arrived, app.now()));
        let before = app.ask(move |app| uploads.job(app, id)).await?;
        if let Some(before) = before.filter(|before| before.state != State::Interrupted) {
            let same = before.digest == job.digest && before.name == job.name;
            return if same { Ok(before) } else { Err(bongsu_store::Error::OtherBody.into()) };
        }
        {
            let mut under_way = self.under_way.lock().unwrap_or_else(PoisonError::into_inner);
            if under_way.len() >= WAITING {
                return Err(Problem::busy(30));
            }
            under_way.insert(id, watch::Sender::new(job.clone()));
        }
        let (uploads, first) = (Arc::clone(self), job.clone());
        if let Err(problem) = app.ask(move |app| uploads.keep(app, &first)).await {
            self.under_way.lock().unwrap_or_else(PoisonError::into_inner).remove(&id);
            return Err(problem);
        }
        let (uploads, app) = (Arc::clone(self), app.clone());
        tokio::spawn(async move { uploads.work(app, publication, arrived).await });
        Ok(job)
    }

    async fn work(self: Arc<Self>, app: App, publication: Publication, arrived: Arrived) {
        let id = publication.id;
        let Ok(_turn) = self.turns.acquire().await else { return };
        self.turn(id, |job| job.state = State::Reading);
        let uploads = Arc::clone(&self);
        let worked = app.ask(move |app| {
            uploads.finish(app, &publication, arrived);
            Ok(())
        });
        if worked.await.is_err() {
            self.turn(id, |job| {
                job.state = State::Failed;
                job.reason =
                    Some("reading it broke down: send it again, and tell the operator".to_owned());
                job.cause = Some(Own::BrokeDown.into());
            });
        }
        self.under_way.lock().unwrap_or_else(PoisonError::into_inner).remove(&id);
    }

    fn finish(&self, app: &App, publication: &Publication, arrived: Arrived) {
        let outcome = work::publish(app, publication, arrived);
        let job = self.looked(publication.id, |job| match outcome {
            Ok(report) => {
                job.state = State::Done;
                job.report = Some(report);
            }
            Err((cause, reason)) => {
                job.state = State::Failed;
                job.cause = Some(cause);
                job.reason = Some(reason);
            }
        });
        let Some(job) = job else { return };
        // Kept first, told then: whoever hears that it is over finds it so after a restart, too.
        if let Err(problem) = self.keep(app, &job) {
            tracing::warn!(?problem, "what came of a document is forgotten at the next start");
        }
        self.turn(publication.id, |standing| *standing = job);
    }

    fn turn(&self, id: [u8; 16], change: impl FnOnce(&mut Job)) {
        let under_way = self.under_way.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(job) = under_way.get(&id) {
            job.send_modify(change);
        }
    }

    /// A job with a change that nobody sees yet.
    fn looked(&self, id: [u8; 16], change: impl FnOnce(&mut Job)) -> Option<Job> {
        let under_way = self.under_way.lock().unwrap_or_else(PoisonError::into_inner);
        let mut job = under_way.get(&id)?.borrow().clone();
        change(&mut job);
        Some(job)
    }

    fn keep(&self, app: &App, job: &Job) -> Result<(), Problem> {
        let now = app.now();
        let kept = Kept { boot: self.boot, job: job.clone() };
        let id: bongsu_authority::SystemId = job.id.parse().map_err(|_| Problem::absent())?;
        let thing = Thing {
            key: id.0.to_vec(),
            owner: job.institution.0,
            value: serde_json::to_vec(&kept).expect("a job has text keys"),
            until: Some(now + REMEMBERED),
        };
        Ok(app.desk().store().cabinet(now, move |all| all.put(Drawer::Jobs, &thing))?)
    }
}

impl Publication {
    fn job(&self, arrived: &Arrived, came_at: Timestamp) -> Job {
        Job {
            // An id of this node's, printed as all of them are.
            id: SystemId(self.id).to_string(),
            institution: self.institution,
            system: self.system,
            name: arrived.name.clone(),
            digest: arrived.digest.to_string(),
            exposed: self.exposed,
            came_at,
            state: State::Waiting,
            reason: None,
            cause: None,
            report: None,
        }
    }
}
