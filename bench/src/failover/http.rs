//! The same through a running node: programs that send an answer again with its `Idempotency-Key` until they have a receipt.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{bail, ensure};
use tokio::task::JoinSet;

use super::Arguments;
use super::crowd::WRITERS;
use crate::index::say;
use crate::response::{Folder, campaign};
use crate::server::kills::size;
use crate::server::load::{self, Line};
use crate::server::node::{self, Running};
use crate::server::poll;

/// An answer that was acknowledged: of whom, which, when, and what was said.
struct Heard {
    client: usize,
    count: u64,
    at: Instant,
    body: Vec<u8>,
}

/// Everybody who asks.
#[derive(Default)]
struct Crowd {
    heard: AtomicU64,
    again: AtomicU64,
    over: AtomicBool,
    abandoned: AtomicBool,
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    std::fs::create_dir_all(&arguments.dir)?;
    let folder = Folder::new(&arguments.dir, "failover-http")?;
    std::fs::write(campaign::database(&folder.0), &arguments.url)?;
    node::made(&folder.0, "demo")?;
    let running = Running::start(&folder.0, "demo", WRITERS)?;
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    runtime.block_on(poll::affected(&running))?;
    let before = size(&running, &runtime)?;

    let crowd = Arc::new(Crowd::default());
    let write = Arc::new(poll::plans(&running, 0));
    let mut tasks = JoinSet::new();
    for client in 0..WRITERS {
        let (crowd, write, address) = (Arc::clone(&crowd), Arc::clone(&write), running.address);
        let ask = async move |line: &mut Option<Line>, count| {
            if line.is_none() {
                *line = Line::to(address).await.ok();
            }
            line.as_mut()?.ask(&write(client, count)).await.ok()
        };
        tasks.spawn_on(answers(crowd, client, ask), runtime.handle());
    }
    let count = || crowd.heard.load(Ordering::SeqCst);
    let struck = super::strikes(arguments, count, || Ok(()));
    crowd.over.store(true, Ordering::SeqCst);
    crowd.abandoned.store(struck.is_err(), Ordering::SeqCst);
    let heard = runtime.block_on(tasks.join_all());
    let struck = struck?;
    let heard: Vec<Heard> =
        heard.into_iter().collect::<anyhow::Result<Vec<_>>>()?.into_iter().flatten().collect();
    super::told(&struck, heard.iter().map(|heard| heard.at).collect());
    say("requests sent again", &crowd.again.load(Ordering::SeqCst).to_string());
    verdict(&running, &runtime, before, &heard)?;
    drop(running);
    let replayed = campaign::desk(&folder.0)?.store().replay(&mut |_| ())?;
    ensure!(replayed.difference.is_none(), "{:?}", replayed.difference);
    say(
        "replayed and compared with every row",
        &format!("{} entries, no difference", replayed.entries),
    );
    Ok(())
}

/// One answer after another; each is sent until it has a receipt.
async fn answers(
    crowd: Arc<Crowd>,
    client: usize,
    ask: impl AsyncFn(&mut Option<Line>, u64) -> Option<load::Answer>,
) -> anyhow::Result<Vec<Heard>> {
    let mut all = Vec::new();
    let mut line = None;
    while !crowd.over.load(Ordering::SeqCst) {
        let count = all.len() as u64;
        let body = loop {
            if crowd.abandoned.load(Ordering::SeqCst) {
                return Ok(all);
            }
            match ask(&mut line, count).await {
                Some(answer) if answer.status < 300 => break answer.body,
                Some(answer) if matches!(answer.status, 429 | 503) => {}
                Some(answer) => {
                    let said = String::from_utf8_lossy(&answer.body).into_owned();
                    bail!("client {client}, answer {count}: {} {said}", answer.status);
                }
                None => line = None,
            }
            crowd.again.fetch_add(1, Ordering::SeqCst);
            tokio::time::sleep(PAUSE).await;
        };
        all.push(Heard { client, count, at: Instant::now(), body });
        crowd.heard.fetch_add(1, Ordering::SeqCst);
    }
    Ok(all)
}

/// Asks for everything again, with the same keys: the same receipts, and not one entry more.
fn verdict(
    running: &Running,
    runtime: &tokio::runtime::Runtime,
    before: u64,
    heard: &[Heard],
) -> anyhow::Result<()> {
    let write = poll::plans(running, 0);
    let grown = size(running, runtime)? - before;
    let mut lost = 0;
    runtime.block_on(async {
        let mut line = Line::to(running.address).await?;
        for heard in heard.iter().rev().take(LAST) {
            let again = loop {
                let again = line.ask(&write(heard.client, heard.count)).await?;
                if again.status != 429 {
                    break again;
                }
                tokio::time::sleep(PAUSE).await;
            };
            lost += u64::from(again.status >= 300 || again.body != heard.body);
        }
        anyhow::Ok(())
    })?;
    say("answers acknowledged", &heard.len().to_string());
    say("of them lost, of those asked for again", &lost.to_string());
    say(
        "entries more than receipts",
        &(grown.cast_signed() - i64::try_from(heard.len())?).to_string(),
    );
    ensure!(lost == 0, "acknowledged answers are lost");
    ensure!(grown == heard.len() as u64, "{grown} entries, but {} receipts", heard.len());
    ensure!(size(running, runtime)? == before + grown, "asking again has recorded something");
    Ok(())
}

/// Between two tries.
const PAUSE: Duration = Duration::from_millis(20);

/// Asked for again, one after another, each a durable commit.
const LAST: usize = 5_000;
