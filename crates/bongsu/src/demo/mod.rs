//! `bongsu demo`: a whole exercise on one machine. The sample nation, the real server, a flaw in a library, from the
//! disclosure to verified fixes, all through the API; then the server is left running to be looked at.

mod api;
mod doors;
mod sinks;
mod stage;
mod story;
mod tell;

use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::Outcome;
use crate::cli::serve::DemoArgs;
use crate::serve::runtime;
use stage::{Folder, Stage};
use tell::Teller;

pub(crate) fn run(args: &DemoArgs) -> Result<Outcome> {
    if std::env::var_os("BONGSU_LOG").is_some() {
        crate::serve::logged();
    }
    let folder = Folder::make()?;
    let runtime = runtime(&stage::config(args.port, &folder)?)?;
    let outcome = runtime.block_on(async {
        tokio::select! {
            played = play(args, &folder) => played,
            () = crate::serve::stopped() => Ok(()),
        }
    });
    // What still runs has nobody to tell and nothing to keep.
    runtime.shutdown_timeout(Duration::from_secs(2));
    drop(folder);
    outcome.map(|()| Outcome::Done)
}

/// The exercise; then the server stays until somebody stops it.
async fn play(args: &DemoArgs, folder: &Folder) -> Result<()> {
    let tell = Teller::new(args.lang, Duration::from_secs_f64(args.pace.max(0.0)));
    let stage = Stage::set(args, folder, &tell).await?;
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let Stage { service, listener, props } = stage;
    let api = props.api.clone();
    let serving = tokio::spawn(service.run(listener, async {
        let _ = stopped.await;
    }));
    let told = if args.stage {
        story::disclosed(&props, &tell).await
    } else {
        story::tell(&props, &tell).await
    };
    if let Err(error) = &told {
        tell.failed(error);
    } else if !args.no_wait {
        doors::open(&props, &api, args.stage);
        tell.doors(&api, &props).await?;
        crate::serve::stopped().await;
        tell.bye();
    }
    let _ = stop.send(());
    let served = tokio::time::timeout(Duration::from_secs(40), serving).await;
    match served {
        Ok(ended) => ended.context("the server")??,
        Err(_) => bail!("the server did not stop in time"),
    }
    told
}
