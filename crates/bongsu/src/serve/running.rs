//! A node at work: what it consists of, in which order it starts, in which it stops.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use bongsu_desk::{Desk, Holdings, clock};
use bongsu_server::{App, Time};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::config::Config;
use super::follow::Follower;
use super::{listen, notify};
use crate::node::Node;

/// A node that is open and can be run.
pub(crate) struct Service {
    config: Config,
    desk: Arc<Desk>,
    holdings: Arc<Holdings>,
    app: App,
    time: Time,
    shared: bool,
}

impl Service {
    /// Puts an open node together.
    pub(crate) fn open(node: Node, config: Config, time: Time) -> Result<Self> {
        let holdings = Arc::new(node.holdings()?);
        let shared = node.shared;
        let desk = Arc::new(node.desk);
        let app = App::new(Arc::clone(&desk), time.clone());
        Ok(Self { config, desk, holdings, app, time, shared })
    }

    /// Serves until it is told to stop. Then, in this order: nobody new is let in, answers under way are finished, what
    /// the node does by itself ends, and the record is signed a last time.
    pub(crate) async fn run(self, stop: impl Future<Output = ()> + Send + 'static) -> Result<()> {
        let listener = listen(self.config.listen.address).await?;
        self.run_at(listener, stop).await
    }

    async fn run_at(
        self,
        listener: TcpListener,
        stop: impl Future<Output = ()> + Send + 'static,
    ) -> Result<()> {
        let address = listener.local_addr().context("the listener has no address")?;
        let (told, mut tell) = (watch::channel(false), None);
        let mut own = JoinSet::new();
        self.start_own(&mut own, &told.1);
        tracing::info!(%address, "the node answers");
        notify::ready();
        let (stop_listening, stopped) = tokio::sync::oneshot::channel::<()>();
        let router = bongsu_server::router(self.app.clone());
        let served = axum::serve(listener, router).with_graceful_shutdown(async {
            let _ = stopped.await;
        });
        let mut served = tokio::spawn(served.into_future());
        tokio::select! {
            () = stop => {}
            ended = &mut served => tell = Some(ended),
        }
        notify::stopping();
        tracing::info!("the node stops: answers under way are finished");
        let _ = stop_listening.send(());
        if tell.is_none() && tokio::time::timeout(self.config.listen.grace(), served).await.is_err()
        {
            tracing::warn!("some answers took longer than listen.grace_seconds and were cut off");
        }
        let _ = told.0.send(true);
        if tokio::time::timeout(OWN_GRACE, async { while own.join_next().await.is_some() {} })
            .await
            .is_err()
        {
            tracing::warn!("the node's own work did not end in time");
            own.abort_all();
        }
        let desk = Arc::clone(&self.desk);
        let signed = tokio::task::spawn_blocking(move || desk.store().checkpoint());
        signed.await.context("the last checkpoint")?.context("the last checkpoint")?;
        tracing::info!("the node stopped");
        Ok(())
    }

    /// What the node does by itself.
    fn start_own(&self, own: &mut JoinSet<()>, stop: &watch::Receiver<bool>) {
        let (desk, time) = (Arc::clone(&self.desk), self.time.clone());
        let tick = Duration::from_secs(self.config.clock.tick_seconds);
        own.spawn(repeatedly("the clock", tick, stop.clone(), move || {
            let now = time.now();
            desk.store().sweep_cabinet(now)?;
            let ticked = clock::tick(&desk, now)?;
            if ticked.expired + ticked.closed > 0 {
                tracing::info!(
                    waivers_ended = ticked.expired,
                    closed = ticked.closed,
                    "time passed"
                );
            }
            Ok(())
        }));
        if self.shared {
            let (desk, holdings, time) =
                (Arc::clone(&self.desk), Arc::clone(&self.holdings), self.time.clone());
            let every = Duration::from_secs(self.config.clock.follow_seconds);
            let mut follower = None;
            own.spawn(repeatedly("following", every, stop.clone(), move || {
                let follower = match &mut follower {
                    Some(follower) => follower,
                    none => none.insert(Follower::new(&desk)?),
                };
                follower.look(&desk, &holdings, time.now())
            }));
        }
        if let Some(every) = notify::every() {
            let desk = Arc::clone(&self.desk);
            own.spawn(repeatedly("the watchdog", every, stop.clone(), move || {
                desk.store().outbox_waiting()?;
                notify::alive();
                Ok(())
            }));
        }
    }
}

/// How long the node's own work may take to end.
const OWN_GRACE: Duration = Duration::from_secs(10);

/// Does something again and again beside the threads that serve everybody, until it is told to stop. A failure is told
/// and the next turn comes all the same.
async fn repeatedly(
    name: &'static str,
    every: Duration,
    mut stop: watch::Receiver<bool>,
    work: impl FnMut() -> Result<()> + Send + 'static,
) {
    let work = Arc::new(std::sync::Mutex::new(work));
    loop {
        let turn = Arc::clone(&work);
        let done = tokio::task::spawn_blocking(move || {
            let mut work = turn.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            work()
        });
        match done.await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::warn!(error = format!("{error:#}"), "{name}"),
            Err(_) => tracing::error!("{name} broke down: it is tried again"),
        }
        tokio::select! {
            () = tokio::time::sleep(every) => {}
            _ = stop.wait_for(|stop| *stop) => return,
        }
    }
}
