//! The node is killed under load and started again; whoever got no answer asks again with the same key.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use anyhow::ensure;

use super::load::{self, Line};
use super::node::{self, Running};
use super::poll;
use crate::index::say;
use crate::response::{Folder, campaign};

/// What to measure.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// How often it is killed.
    #[arg(long, default_value_t = 100)]
    kills: u64,
    /// Clients that answer.
    #[arg(long, default_value_t = 32)]
    clients: usize,
    /// Where nations are made.
    #[arg(long, default_value = "target/bench")]
    dir: PathBuf,
}

/// By client and count: the receipt that was answered.
type Receipts = Arc<Mutex<BTreeMap<(usize, u64), Vec<u8>>>>;

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    std::fs::create_dir_all(&arguments.dir)?;
    let folder = Folder::new(&arguments.dir, "kills")?;
    node::made(&folder.0, "demo")?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let mut running = Running::start(&folder.0, "demo", arguments.clients)?;
    runtime.block_on(poll::affected(&running))?;
    let before = size(&running, &runtime)?;
    let receipts = Receipts::default();
    // Where each client stands: what was not answered is asked again.
    let next = Arc::new(Mutex::new(vec![0_u64; arguments.clients]));
    for kill in 0..arguments.kills {
        let write = Arc::new(poll::plans(&running, 0));
        runtime.block_on(async {
            for client in 0..arguments.clients {
                let (write, receipts, next) =
                    (Arc::clone(&write), Arc::clone(&receipts), Arc::clone(&next));
                let address = running.address;
                tokio::spawn(async move {
                    let Ok(mut line) = Line::to(address).await else { return };
                    loop {
                        let count = next.lock().expect("nobody panics")[client];
                        match line.ask(&write(client, count)).await {
                            Ok(answer) if answer.status < 300 => {
                                receipts
                                    .lock()
                                    .expect("nobody panics")
                                    .insert((client, count), answer.body);
                                next.lock().expect("nobody panics")[client] += 1;
                            }
                            Ok(_) => tokio::time::sleep(Duration::from_millis(10)).await,
                            Err(_) => return,
                        }
                    }
                });
            }
            tokio::time::sleep(Duration::from_millis(100 + kill * 37 % 300)).await;
        });
        running.child.kill()?;
        running.child.wait()?;
        runtime.block_on(async { tokio::time::sleep(Duration::from_millis(20)).await });
        running = Running::start(&folder.0, "demo", arguments.clients)?;
    }
    let told = std::mem::take(&mut *receipts.lock().expect("nobody panics"));
    let write = poll::plans(&running, 0);
    // What nobody was told may have been recorded: asked once more, it is.
    let open = next.lock().expect("nobody panics").clone();
    let (mut lost, mut last) = (0, told.len());
    runtime.block_on(async {
        let mut line = Line::to(running.address).await?;
        for (client, count) in open.iter().enumerate() {
            let answer = line.ask(&write(client, *count)).await?;
            ensure!(answer.status < 300, "{}", String::from_utf8_lossy(&answer.body));
            last += 1;
        }
        for ((client, count), receipt) in &told {
            let again = line.ask(&write(*client, *count)).await?;
            lost += usize::from(again.status >= 300 || again.body != *receipt);
        }
        anyhow::Ok(())
    })?;
    let after = size(&running, &runtime)?;
    let doubled = (after - before) - last as u64;
    drop(running);
    let replayed = campaign::desk(&folder.0)?.store().replay(&mut |_| ())?;
    ensure!(replayed.difference.is_none(), "{:?}", replayed.difference);
    say(
        &format!("{} kills under load", arguments.kills),
        &format!(
            "{} answers acknowledged, {lost} lost, {doubled} doubled; replay finds no difference",
            told.len()
        ),
    );
    ensure!(lost == 0 && doubled == 0);
    Ok(())
}

/// Entries in the record, as a checkpoint says: its second line (C2SP tlog-checkpoint).
pub(crate) fn size(running: &Running, runtime: &tokio::runtime::Runtime) -> anyhow::Result<u64> {
    let path = "/api/v1/record/checkpoint";
    let ask = load::request("GET", path, &running.officers[0].token, &[], &[]);
    let answer = runtime.block_on(async { Line::to(running.address).await?.ask(&ask).await })?;
    let text = String::from_utf8_lossy(&answer.body).into_owned();
    ensure!(answer.status == 200, "no checkpoint: {text}");
    let size = text.lines().nth(1).and_then(|line| line.parse().ok());
    size.ok_or_else(|| anyhow::anyhow!("no size in {text}"))
}
