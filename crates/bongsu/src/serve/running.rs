//! A node at work: what it consists of, in which order it starts, in which it stops.

use std::future::Future;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, anyhow};
use bongsu_desk::{Desk, Holdings, clock};
use bongsu_matching::Knowledge;
use bongsu_server::listen::Listener;
use bongsu_server::{App, Known, Matching, Time};
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::config::Config;
use super::follow::Follower;
use super::notify;
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
        let mut known = Knowledge::default();
        crate::load::well_known(&mut known, &mut crate::load::Aside::default());
        known.settle();
        let known = Arc::new(known);
        let matching = Matching {
            holdings: Arc::clone(&holdings),
            known: Arc::new(move || Arc::clone(&known) as Arc<dyn Known>),
        };
        let app = App::assembled(Arc::clone(&desk), time.clone(), Some(matching));
        Ok(Self { config, desk, holdings, app, time, shared })
    }

    /// The node, as handlers see it.
    pub(crate) fn app(&self) -> &App {
        &self.app
    }

    /// What runs where.
    pub(crate) fn holdings(&self) -> &Arc<Holdings> {
        &self.holdings
    }

    /// Takes its port.
    pub(crate) fn bind(&self) -> Result<Listener> {
        let address = self.config.listen.address;
        Listener::bind(self.config.listening()).map_err(|error| match error.kind() {
            io::ErrorKind::AddrInUse => anyhow!(
                "another process listens at {address}: stop it, or name another address with --listen"
            ),
            _ => anyhow::Error::new(error).context(format!("cannot listen at {address}")),
        })
    }

    /// Serves until it is told to stop. Then, in this order: nobody new is let in, answers under way are finished, what
    /// the node does by itself ends, and the record is signed a last time.
    pub(crate) async fn run(
        self,
        listener: Listener,
        stop: impl Future<Output = ()> + Send + 'static,
    ) -> Result<()> {
        let address = listener.address().context("the listener has no address")?;
        let (tell, told) = watch::channel(false);
        let mut own = JoinSet::new();
        self.start_own(&mut own, &told);
        let router = bongsu_server::router(self.app.clone());
        tracing::info!(%address, "the node answers");
        notify::ready();
        let stop = async {
            stop.await;
            notify::stopping();
            tracing::info!("the node stops: answers under way are finished");
        };
        listener.serve(router, stop).await;
        let _ = tell.send(true);
        let ended = async { while own.join_next().await.is_some() {} };
        if tokio::time::timeout(OWN_GRACE, ended).await.is_err() {
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
            desk.catch_up()?;
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
            let (app, mut stop_following) = (self.app.clone(), stop.clone());
            own.spawn(async move {
                tokio::select! {
                    () = app.follow() => {}
                    _ = stop_following.wait_for(|stop| *stop) => {}
                }
            });
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
