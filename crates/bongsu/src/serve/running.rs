//! A node at work: what it consists of, in which order it starts, in which it stops.

use std::future::Future;
use std::io;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use anyhow::{Context, Result, anyhow};
use bongsu_desk::{Desk, Holdings, Library, clock};
use bongsu_matching::Knowledge;
use bongsu_relay::carry::{self, Carrier, Outward, climb};
use bongsu_relay::feeds::Feeds;
use bongsu_server::listen::Listener;
use bongsu_server::signin::Settings;
use bongsu_server::{App, Known, Matching, Time, telemetry};
use bongsu_web::Demonstration;
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::config::Config;
use super::follow::Follower;
use super::{identity, notify, outward};
use crate::load;
use crate::node::Node;

/// A node that is open and can be run.
pub(crate) struct Service {
    config: Config,
    desk: Arc<Desk>,
    holdings: Arc<Holdings>,
    books: Arc<Library>,
    app: App,
    time: Time,
    shared: bool,
    feeds: Feeds,
    carrier: Arc<Carrier<Outward>>,
    carrying: carry::Config,
    drill: bool,
    doors: Arc<OnceLock<Demonstration>>,
}

/// One edition of the library, as handlers ask it.
struct Edition(Arc<bongsu_desk::Known>);

impl Known for Edition {
    fn knowledge(&self) -> &Knowledge {
        &self.0.knowledge
    }

    fn edition(&self) -> u64 {
        self.0.edition
    }

    fn news(&self) -> &[bongsu_desk::library::News] {
        &self.0.news
    }
}

impl Service {
    /// Puts an open node together.
    pub(crate) fn open(node: Node, config: Config, time: Time) -> Result<Self> {
        let holdings = Arc::new(node.holdings()?);
        let (shared, drill, home) = (node.shared, node.drill, node.places.home.clone());
        let desk = Arc::new(node.desk);
        let egress = outward::egress(&config)?;
        let library = Arc::new(Library::new());
        let feeds = outward::feeds(&config, drill);
        if feeds.feeds.is_empty() {
            // Better the flaws everybody has heard of than none at all.
            library.install("well-known", load::well_known_signals(), time.now());
        }
        let now = {
            let time = time.clone();
            Arc::new(move || time.now())
        };
        let feeds = Feeds::new(
            &feeds,
            &egress,
            Arc::clone(&desk),
            Arc::clone(&library),
            &home.join("feeds"),
        );
        let index = Arc::clone(&holdings);
        let feeds = feeds.context("feeds")?.with_index(Arc::new(move || index.snapshot()));
        let feeds = feeds.with_clock(now.clone());
        let carrier = Arc::new(outward::carrier(&config, &egress, &desk, now)?);
        let books = Arc::clone(&library);
        let matching = Matching {
            holdings: Arc::clone(&holdings),
            known: Arc::new(move || Arc::new(Edition(books.known())) as Arc<dyn Known>),
        };
        let settings = Settings {
            origins: config.signin.origins.clone(),
            crisis: config.signin.crisis,
            providers: identity::providers(&config)?,
            egress: Some(egress.clone()),
            way: Some(outward::way(&config, &egress)),
            drill,
            feeds: Some(feeds.lookout()),
            carrier: Some(Carrier::clone(&carrier)),
            names: config.names(drill),
            ..Settings::loopback()
        };
        let app = App::with(Arc::clone(&desk), time.clone(), Some(matching), &settings);
        let app = app.context("signin.origins")?;
        let carrying = outward::carrying(&config);
        let books = library;
        Ok(Self {
            config,
            desk,
            holdings,
            books,
            app,
            time,
            shared,
            feeds,
            carrier,
            carrying,
            drill,
            doors: Arc::default(),
        })
    }

    /// The node, as handlers see it.
    pub(crate) fn app(&self) -> &App {
        &self.app
    }

    /// What runs where.
    pub(crate) fn holdings(&self) -> &Arc<Holdings> {
        &self.holdings
    }

    /// What is known.
    pub(crate) fn books(&self) -> &Arc<Library> {
        &self.books
    }

    /// Where a demonstration puts its doors.
    pub(crate) fn doors(&self) -> &Arc<OnceLock<Demonstration>> {
        &self.doors
    }

    /// What carries messages out.
    pub(crate) fn carrier(&self) -> &Arc<Carrier<Outward>> {
        &self.carrier
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
        let desk = Arc::clone(&self.desk);
        let router = self.site();
        let mut own = self.start_own(&told);
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
            tracing::warn!("the node's own work did not end in time: it goes on at the next start");
            own.abort_all();
        }
        let signed = tokio::task::spawn_blocking(move || desk.store().checkpoint());
        signed.await.context("the last checkpoint")?.context("the last checkpoint")?;
        tracing::info!("the node stopped");
        Ok(())
    }

    /// The API and the pages over it.
    fn site(&self) -> axum::Router {
        let time = self.time.clone();
        let pages = bongsu_web::Settings {
            drill: self.drill,
            clock: Some(Arc::new(move || time.now())),
            doors: Arc::clone(&self.doors),
        };
        bongsu_web::site(bongsu_server::router(self.app.clone()), pages)
    }

    /// Starts what the node does by itself.
    fn start_own(self, stop: &watch::Receiver<bool>) -> JoinSet<()> {
        let mut own = JoinSet::new();
        let Self { config, desk, holdings, app, time, shared, feeds, carrier, carrying, .. } = self;
        own.spawn(feeds.run(stop.clone()));
        let until = stop.clone();
        own.spawn(async move { carrier.run(until).await });
        if let Some(operator) = config.listen.operator.0 {
            let (app, mut stopping) = (app.clone(), stop.clone());
            own.spawn(async move {
                let stop = async { drop(stopping.wait_for(|stop| *stop).await) };
                if let Err(error) = telemetry::serve_operator(app, operator, stop).await {
                    tracing::warn!(%operator, %error, "the operator's door stays shut");
                }
            });
        }
        if shared {
            let mut stopping = stop.clone();
            own.spawn(async move {
                tokio::select! {
                    () = app.follow() => {}
                    _ = stopping.wait_for(|stop| *stop) => {}
                }
            });
            let (desk, time, mut follower) = (Arc::clone(&desk), time.clone(), Follower::default());
            let every = Duration::from_secs(config.clock.follow_seconds);
            let look = move || follower.look(&desk, &holdings, time.now());
            own.spawn(repeatedly("following", every, stop.clone(), look));
        }
        if let Some(every) = notify::every() {
            let desk = Arc::clone(&desk);
            own.spawn(repeatedly("the watchdog", every, stop.clone(), move || {
                desk.store().outbox_waiting()?;
                notify::alive();
                Ok(())
            }));
        }
        let tick = Duration::from_secs(config.clock.tick_seconds);
        let pass = move || pass(&desk, &carrying, time.now());
        own.spawn(repeatedly("the clock", tick, stop.clone(), pass));
        own
    }
}

/// What time alone does.
fn pass(desk: &Desk, carrying: &carry::Config, now: jiff::Timestamp) -> Result<()> {
    desk.catch_up()?;
    desk.store().sweep_cabinet(now)?;
    let ticked = clock::tick(desk, now)?;
    if ticked.expired + ticked.closed > 0 {
        tracing::info!(waivers_ended = ticked.expired, closed = ticked.closed, "time passed");
    }
    climb::climb(desk, carrying, now)?;
    Ok(())
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
