//! Ten times more than can be served: who is sent away, and how soon everything is as before.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::ensure;

use super::load::{self, Answer, Verdict};
use super::node::{self, Running};
use super::poll;
use crate::index::say;
use crate::response::Folder;

/// What to measure.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Seconds of overload.
    #[arg(long, default_value_t = 60)]
    seconds: u64,
    /// Connections that ask for lists and pictures as fast as they can.
    #[arg(long, default_value_t = 2_000)]
    crowd: usize,
    /// Where nations are made.
    #[arg(long, default_value = "target/bench")]
    dir: PathBuf,
}

/// Officers who answer meanwhile.
const ANSWERING: usize = 32;

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    std::fs::create_dir_all(&arguments.dir)?;
    let folder = Folder::new(&arguments.dir, "overload")?;
    node::made(&folder.0, "demo")?;
    let running = Running::start(&folder.0, "demo", 256)?;
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    runtime.block_on(async {
        poll::affected(&running).await?;
        let answers = |seconds, round| {
            let next = poll::plans(&running, round);
            let paced = move |client, count| next(client, count);
            load::crowd(running.address, ANSWERING, Duration::from_secs(seconds), paced, durable)
        };
        let calm = answers(5, 0).await;
        say("calm: answers", &calm.to_string());
        let officers = running.officers.clone();
        let next = move |client: usize, count: u64| {
            let token = &officers[client % officers.len()].token;
            let path =
                if count.is_multiple_of(2) { "/api/v1/obligations" } else { "/api/v1/exposures" };
            load::request("GET", path, token, &[], &[])
        };
        let length = Duration::from_secs(arguments.seconds);
        let crowd = load::crowd(running.address, arguments.crowd, length, next, |answer| {
            match answer.status {
                200 | 304 | 404 => Verdict::Good,
                429 | 503 => Verdict::Away,
                _ => Verdict::Wrong,
            }
        });
        let (crowded, meanwhile) = tokio::join!(crowd, answers(arguments.seconds, 1));
        say("overload: lists", &crowded.to_string());
        say("overload: answers", &meanwhile.to_string());
        ensure!(crowded.wrong == 0 && meanwhile.wrong == 0, "wrong answers");
        let over = Instant::now();
        let wanted = (calm.milliseconds(0.99) * 1.5).max(20.0);
        let mut round = 2;
        let recovered = loop {
            let again = answers(1, round).await;
            round += 1;
            if again.milliseconds(0.99) <= wanted || over.elapsed() > Duration::from_mins(1) {
                break over.elapsed();
            }
        };
        say(
            "answers refused meanwhile, and seconds until p99 was as before",
            &format!(
                "{}, {:.0} s (looked at each second)",
                meanwhile.away,
                recovered.as_secs_f64()
            ),
        );
        say("resident memory of the node", &format!("{:.0} MiB", running.resident()?));
        Ok(())
    })
}

fn durable(answer: &Answer) -> Verdict {
    match answer.status {
        200 | 201 => Verdict::Good,
        429 | 503 => Verdict::Away,
        _ => Verdict::Wrong,
    }
}
