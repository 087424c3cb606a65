//! All feeds at work: each at its own pace, what they bring installed together.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bongsu_authority::NodeCode;
use bongsu_desk::{Change, Desk, Library};
use bongsu_egress::Egress;
use bongsu_matching::Part;
use bongsu_matching::index::Snapshot;
use jiff::Timestamp;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;

use super::aftermath::{self, Aftermath, Nation};
use super::config::{Config, Unusable};
use super::failed::chain;
use super::line::{Ended, Line, blocking};
use super::lookout::Lookout;
use super::mirror;
use super::pace::pause;
use super::state::{FeedHealth, health};

/// The index as it stands, for whoever asks who holds a flaw.
pub type Index = Arc<dyn Fn() -> Arc<Snapshot> + Send + Sync>;

/// The feeds of a node.
pub struct Feeds {
    lines: Vec<Arc<Line>>,
    desk: Arc<Desk>,
    books: Arc<Library>,
    index: Option<Index>,
    coordinator: Option<NodeCode>,
    restored: AtomicBool,
    now: Now,
}

/// Tells the time of what follows from feeds.
pub type Now = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// What a round of all feeds did.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Report {
    /// Feeds that did not bring everything, with the reason.
    pub failed: BTreeMap<String, String>,
    /// What changed in the library.
    pub change: Change,
    /// What followed.
    pub after: Aftermath,
}

impl std::fmt::Debug for Feeds {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names: Vec<&str> = self.lines.iter().map(|line| line.name.as_str()).collect();
        f.debug_struct("Feeds").field("feeds", &names).finish_non_exhaustive()
    }
}

type Parts = Vec<(String, Part)>;

impl Feeds {
    /// Feeds with their mirrors below `folder`. Each reaches the hosts of its own configuration and no others.
    ///
    /// # Errors
    /// [`Unusable`]: the configuration says something that cannot be meant.
    pub fn new(
        config: &Config,
        egress: &Egress,
        desk: Arc<Desk>,
        library: Arc<Library>,
        folder: &Path,
    ) -> Result<Self, Unusable> {
        let mirror = mirror::name(folder, || desk.draw());
        let mut lines: Vec<Arc<Line>> = Vec::new();
        for feed in &config.feeds {
            let source = feed.source()?;
            if lines.iter().any(|line| line.name.eq_ignore_ascii_case(&feed.name)) {
                return Err(Unusable::Name(feed.name.clone()));
            }
            let host = |source| Unusable::Host { feed: feed.name.clone(), source };
            let egress = egress.only(feed.hosts(&source)).map_err(host)?;
            lines.push(Arc::new(Line {
                name: feed.name.clone(),
                kept_as: format!("{}@{mirror}", feed.name),
                every: feed.every()?,
                patience: feed.patience()?,
                egress,
                folder: folder.join(&feed.name),
                desk: Arc::clone(&desk),
                documents: std::sync::Mutex::default(),
                nudge: tokio::sync::Notify::new(),
                next: std::sync::Mutex::default(),
                now: Arc::new(Timestamp::now),
                kind: feed.kind,
                source,
            }));
        }
        let (index, coordinator) = (None, config.coordinator.clone());
        let (restored, now) = (AtomicBool::new(false), Arc::new(Timestamp::now) as Now);
        Ok(Self { lines, desk, books: library, index, coordinator, restored, now })
    }

    /// With an index to ask who holds what feeds bring.
    #[must_use]
    pub fn with_index(self, index: Index) -> Self {
        Self { index: Some(index), ..self }
    }

    /// With another clock than the machine's, as drills have. To be said before anybody looks out for them.
    #[must_use]
    pub fn with_clock(mut self, now: Now) -> Self {
        for line in &mut self.lines {
            let line = Arc::get_mut(line).expect("nobody else holds a feed before it runs");
            line.now = Arc::clone(&now);
        }
        Self { now, ..self }
    }

    /// How each feed does.
    ///
    /// # Errors
    /// The store could not be read.
    pub fn health(&self) -> Result<Vec<FeedHealth>, bongsu_store::Error> {
        health(self.desk.store(), (self.now)())
    }

    /// What an operator sees of these feeds and may have done.
    pub fn lookout(&self) -> Lookout {
        Lookout::new(self.lines.clone(), Arc::clone(&self.desk))
    }

    /// Reads the mirrors, without the network. Done by [`once`](Self::once) and [`run`](Self::run) before they go out.
    pub async fn restore(&self) -> Report {
        self.restored.store(true, Ordering::SeqCst);
        let mut all = JoinSet::new();
        for line in self.lines.iter().map(Arc::clone) {
            all.spawn(async move { (line.name.clone(), line.restore().await) });
        }
        self.gathered(all).await
    }

    /// One round of every feed, all at once.
    pub async fn once(&self) -> Report {
        if !self.restored.load(Ordering::SeqCst) {
            self.restore().await;
        }
        let mut all = JoinSet::new();
        for line in self.lines.iter().map(Arc::clone) {
            all.spawn(async move { (line.name.clone(), line.round().await) });
        }
        self.gathered(all).await
    }

    async fn gathered(&self, mut all: JoinSet<(String, Ended)>) -> Report {
        let mut report = Report::default();
        let mut parts = Vec::new();
        while let Some(joined) = all.join_next().await {
            let Ok((name, ended)) = joined else { continue };
            parts.extend(ended.parts);
            if let Some(error) = ended.error {
                report.failed.insert(name, error);
            }
        }
        (report.change, report.after) = self.install(parts).await;
        report
    }

    /// Installs what feeds brought and does what follows from it.
    async fn install(&self, parts: Parts) -> (Change, Aftermath) {
        if parts.is_empty() {
            let edition = self.books.known().edition;
            return (Change { edition, ..Change::default() }, Aftermath::default());
        }
        let (library, desk) = (Arc::clone(&self.books), Arc::clone(&self.desk));
        let (index, coordinator) = (self.index.clone(), self.coordinator.clone());
        let now = Arc::clone(&self.now);
        let installed = blocking(move || {
            let now = now();
            let change = library.install_many(parts, now);
            let known = library.known();
            let snapshot = index.map(|index| index());
            let nation = snapshot
                .as_deref()
                .map(|snapshot| Nation { snapshot, coordinator: coordinator.as_ref() });
            let after = aftermath::follow(&desk, &known, &change, nation.as_ref(), now);
            (change, after)
        });
        match installed.await {
            Ok((change, Ok(after))) => {
                tracing::info!(
                    edition = change.edition,
                    exploited = change.new_kev.len(),
                    changed = change.changed.len(),
                    gone = change.gone.len(),
                    "what is known changed"
                );
                (change, after)
            }
            Ok((change, Err(error))) => {
                let error = chain(&error);
                tracing::error!(error, "what follows from the feeds was not recorded");
                (change, Aftermath::default())
            }
            Err(failed) => {
                tracing::error!(%failed, "what feeds brought was not installed");
                (Change::default(), Aftermath::default())
            }
        }
    }

    /// Keeps all feeds going until told to stop. What is under way then is dropped, and goes on at the next start.
    pub async fn run(self, stop: watch::Receiver<bool>) {
        if !self.restored.load(Ordering::SeqCst) {
            self.restore().await;
        }
        let (brings, mut brought) = mpsc::channel::<Parts>(QUEUE);
        let mut all = JoinSet::new();
        for line in &self.lines {
            all.spawn(go_on(Arc::clone(line), brings.clone(), stop.clone()));
        }
        drop(brings);
        while let Some(mut parts) = brought.recv().await {
            // Whatever came meanwhile is settled together: settling takes as long for one as for all.
            while let Ok(more) = brought.try_recv() {
                parts.extend(more);
            }
            self.install(parts).await;
        }
    }
}

/// One feed, round after round.
async fn go_on(line: Arc<Line>, brings: mpsc::Sender<Parts>, mut stop: watch::Receiver<bool>) {
    loop {
        let ended = tokio::select! {
            ended = line.round() => ended,
            () = stopped(&mut stop) => return,
        };
        if !ended.parts.is_empty() && brings.send(ended.parts).await.is_err() {
            return;
        }
        let pause = pause(line.every, ended.failures, line.desk.draw()[0]);
        line.set_next((line.now)().checked_add(pause).ok());
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = line.nudge.notified() => {}
            () = stopped(&mut stop) => return,
        }
        line.set_next(None);
    }
}

/// Returns when it is time to stop, or nobody is left to say so.
async fn stopped(stop: &mut watch::Receiver<bool>) {
    let _ = stop.wait_for(|stop| *stop).await;
}

/// Rounds that may wait to be installed; a feed that brings more waits with the next.
const QUEUE: usize = 64;
