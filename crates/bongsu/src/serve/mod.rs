//! `bongsu serve`: a node that runs.

mod check;
pub(crate) mod config;
mod follow;
mod identity;
mod notify;
mod outward;
mod running;

use anyhow::{Context, Result};
use bongsu_server::Time;
use bongsu_server::admission::Shares;
use bongsu_server::telemetry::log;
use jiff::SignedDuration;
use tracing::level_filters::LevelFilter;

use crate::Outcome;
use crate::cli::serve::ServeArgs;
use crate::node::{self, Manner};
use config::Config;

pub(crate) use running::Service;

pub(crate) fn run(args: &ServeArgs) -> Result<Outcome> {
    if args.print_config {
        print!("{}", config::DEFAULTS);
        return Ok(Outcome::Done);
    }
    let mut config = Config::read(args.config.as_deref(), &args.node.home)?;
    if let Some(address) = args.listen {
        config.listen.address = address;
    }
    if args.check {
        return Ok(check::run(&args.node, &config));
    }
    if args.health {
        return check::health(&config);
    }
    let manner = Manner {
        channel: config.listen.channel(),
        clock: bongsu_store::Clock {
            behind: SignedDuration::from_secs(config.clock.behind_seconds.into()),
            ..bongsu_store::Clock::default()
        },
    };
    let node = node::open_as(&args.node, manner)?;
    let time = if args.node.at.is_some() { Time::drill(node.now) } else { Time::system() };
    logged();
    let runtime = runtime(&config)?;
    let served = runtime.block_on(async {
        let service = Service::open(node, config, time)?;
        let listener = service.bind()?;
        service.run(listener, stopped()).await
    });
    runtime.shutdown_timeout(std::time::Duration::from_secs(5));
    served.map(|()| Outcome::Done)
}

/// The threads of a node: few that never wait, and those that wait for the disk.
pub(crate) fn runtime(config: &Config) -> Result<tokio::runtime::Runtime> {
    let mut threads = tokio::runtime::Builder::new_multi_thread();
    let places: u32 = Shares::default().0.iter().map(|share| share.at_once).sum();
    let waiting = config.limits.threads.max(usize::try_from(places)?) + OWN_THREADS;
    threads.enable_all().max_blocking_threads(waiting);
    threads.build().context("the threads of the node could not be started")
}

/// Threads for what the node does by itself: the clock, following, feeds, deliveries.
const OWN_THREADS: usize = 64;

/// Ends when somebody stops the node.
pub(crate) async fn stopped() {
    use tokio::signal::unix::{SignalKind, signal};
    let (Ok(mut term), Ok(mut interrupt)) =
        (signal(SignalKind::terminate()), signal(SignalKind::interrupt()))
    else {
        return std::future::pending().await;
    };
    tokio::select! { _ = term.recv() => {}, _ = interrupt.recv() => {} }
}

/// Starts the log: words on a terminal, JSON lines anywhere else.
pub(crate) fn logged() {
    log::start(log::Format::of_stderr(), LevelFilter::INFO);
}
