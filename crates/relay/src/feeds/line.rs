//! One feed at work: a round from its source to parts, and the way back from its mirror.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bongsu_desk::Desk;
use bongsu_egress::Egress;
use bongsu_matching::Part;
use jiff::Timestamp;
use tokio::sync::Notify;

use super::config::{Kind, Source};
use super::failed::{Failed, chain};
use super::quarantine::{self, Refusals};
use super::reading::{Reading, Refusal};
use super::runner::Now;
use super::state::{self, State};
use super::{csaf, cve, files, folder, mirror};

/// A feed at work.
pub(super) struct Line {
    pub(super) name: String,
    /// The name under which its state is kept: replicas share a database and have mirrors of their own.
    pub(super) kept_as: String,
    pub(super) kind: Kind,
    pub(super) source: Source,
    pub(super) every: Duration,
    /// How long one file may take.
    pub(super) patience: Duration,
    pub(super) egress: Egress,
    /// Its mirror.
    pub(super) folder: PathBuf,
    pub(super) desk: Arc<Desk>,
    /// What each document says, for sources that bring them one by one. Held for moments only.
    pub(super) documents: Mutex<Documents>,
    /// The node's clock.
    pub(super) now: Now,
    /// Somebody wants it looked at now.
    pub(super) nudge: Notify,
    /// When it is looked at next; nothing while it is, or where nobody keeps it going. Held for moments only.
    pub(super) next: Mutex<Option<Timestamp>>,
}

/// Documents by their name in the source.
pub(super) type Documents = BTreeMap<String, Part>;

/// What a round, or a look into the mirror, brought.
#[derive(Default)]
pub(super) struct Brought {
    /// Parts that say something else now.
    pub(super) parts: Vec<(String, Part)>,
    /// What every file that was read had to set aside.
    pub(super) refusals: Refusals,
    /// What did not work; the rest did.
    pub(super) failures: Vec<Failed>,
}

impl Brought {
    /// Keeps what a file had to set aside; nothing means that it is mended.
    pub(super) fn refuse(&mut self, file: &str, refused: Vec<Refusal>) {
        self.refusals.entry(file.to_owned()).or_default().extend(refused);
    }
}

/// How a round ended.
pub(super) struct Ended {
    pub(super) parts: Vec<(String, Part)>,
    /// Why it did not bring everything.
    pub(super) error: Option<String>,
    /// Rounds in a row that failed, this one included.
    pub(super) failures: u32,
}

impl Line {
    /// Looks at the source and takes what is new; whatever happens, the feed's state says so afterwards.
    pub(super) async fn round(self: &Arc<Self>) -> Ended {
        let now = (self.now)();
        let mut brought = Brought::default();
        let mut state = match self.load(now).await {
            Ok(state) => state,
            Err(failed) => return Ended::broken(&failed),
        };
        match &self.source {
            Source::Files(wholes) => files::round(self, wholes, &mut state, &mut brought).await,
            Source::Cve(url) => cve::round(self, url, &mut state, &mut brought).await,
            Source::Csaf(url) => csaf::round(self, url, &mut state, &mut brought).await,
            Source::Folder(path) => folder::round(self, path, &mut state, &mut brought).await,
        }
        state.health.last_tried = Some(now);
        self.settle(state, brought, true).await
    }

    /// Reads the mirror, without the network.
    pub(super) async fn restore(self: &Arc<Self>) -> Ended {
        let now = (self.now)();
        let mut brought = Brought::default();
        let mut state = match self.load(now).await {
            Ok(state) => state,
            Err(failed) => return Ended::broken(&failed),
        };
        if let Err(error) = mirror::sweep(&self.folder) {
            brought.failures.push(error.into());
        }
        match &self.source {
            Source::Files(wholes) => files::restore(self, wholes, &mut state, &mut brought).await,
            Source::Cve(_) => cve::restore(self, &mut state, &mut brought).await,
            Source::Csaf(_) => csaf::restore(self, &mut state, &mut brought).await,
            Source::Folder(_) => {} // it is on this machine: the first round reads it
        }
        self.settle(state, brought, false).await
    }

    /// Writes down how it went. A look into the mirror is no round: it neither fails nor succeeds.
    async fn settle(self: &Arc<Self>, mut state: State, brought: Brought, round: bool) -> Ended {
        let now = (self.now)();
        let Brought { parts, refusals, failures } = brought;
        let cause = failures.first().map(|failed| failed.reason().to_owned());
        let error = failures.first().map(|failed| {
            let more = failures.len() - 1;
            let said = chain(failed);
            if more == 0 { said } else { format!("{said} (and {more} more)") }
        });
        let health = &mut state.health;
        if round {
            health.failures = if error.is_some() { health.failures.saturating_add(1) } else { 0 };
            if error.is_none() {
                health.last_success = Some(now);
            }
            health.error.clone_from(&error);
            health.cause = cause;
        }
        if round && !parts.is_empty() {
            health.last_changed = Some(now);
        }
        self.count(&mut state);
        let failures = state.health.failures;
        let line = Arc::clone(self);
        let kept = blocking(move || -> Result<(), Failed> {
            let store = line.desk.store();
            if refusals.is_empty() && !round {
                return Ok(());
            }
            state.health.quarantined = quarantine::settle(store, &line.name, &refusals, now)?;
            Ok(state::save(store, &line.kept_as, &state, now)?)
        });
        let unkept = kept.await.and_then(|kept| kept).err();
        let error = unkept.as_ref().map(|failed| chain(failed)).or(error);
        if let Some(error) = &error {
            tracing::warn!(feed = self.name, error, "a feed did not bring everything");
        }
        Ended { parts, error, failures }
    }

    fn count(&self, state: &mut State) {
        let held = self.documents();
        let files = || state.files.values();
        let (documents, entries) = match self.source {
            Source::Files(_) => (
                files().map(|known| known.documents).sum(),
                files().map(|known| known.entries).sum(),
            ),
            _ => (held.len() as u64, held.values().map(|part| part.len() as u64).sum()),
        };
        state.health.documents = documents;
        state.health.entries = entries;
        state.health.unverified =
            if matches!(self.source, Source::Csaf(_)) { documents } else { 0 };
    }

    async fn load(self: &Arc<Self>, now: Timestamp) -> Result<State, Failed> {
        let line = Arc::clone(self);
        Ok(blocking(move || state::load(line.desk.store(), &line.kept_as, now)).await??)
    }

    /// Says when it is looked at next.
    pub(super) fn set_next(&self, next: Option<Timestamp>) {
        *self.next.lock().unwrap_or_else(PoisonError::into_inner) = next;
    }

    /// The documents it holds.
    pub(super) fn documents(&self) -> MutexGuard<'_, Documents> {
        self.documents.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One part of everything it holds.
    pub(super) fn whole(&self) -> (String, Part) {
        let mut whole = Part::default();
        for part in self.documents().values() {
            whole.add(part);
        }
        whole.settle();
        (self.name.clone(), whole)
    }
}

impl Ended {
    fn broken(failed: &Failed) -> Self {
        Self { parts: Vec::new(), error: Some(chain(failed)), failures: 1 }
    }
}

/// Does something that waits for a disk or a processor, on a thread of its own.
pub(super) async fn blocking<T: Send + 'static>(
    act: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Failed> {
    tokio::task::spawn_blocking(act).await.map_err(|_| Failed::Broke)
}

/// The first reason of a reading that found nothing.
pub(super) fn first_reason(reading: &Reading) -> String {
    reading.refused.first().map_or_else(String::new, |first| first.reason.clone())
}
