//! What happens to acknowledged answers, and for how long nobody can answer, when the database fails over?
//!
//! Many threads answer through one store. Whatever is known to whoever runs the database kills its leader, again and
//! again; each answer without a receipt is sent again with the same request id until it has one. At the end the record
//! is held against every receipt.

mod crowd;
mod http;
mod verdict;

use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};

use crate::clock::Spread;
use crate::index::say;
use crowd::{Crowd, Place};

/// What to measure.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// An empty database; several hosts where no proxy stands before them.
    #[arg(long)]
    url: String,
    /// How often the leader is killed.
    #[arg(long, default_value_t = 5)]
    kills: u32,
    /// A command of the shell that kills the leader.
    #[arg(long)]
    kill: String,
    /// A command of the shell that brings back what was killed, and returns once it is a synchronous standby.
    #[arg(long, default_value = "true")]
    mend: String,
    /// Seconds of answering before each kill.
    #[arg(long, default_value_t = 5)]
    before: u64,
    /// Seconds after a kill, during which the old leader may still take answers.
    #[arg(long, default_value_t = 1)]
    settle: u64,
    /// Seconds within which answers must be taken again.
    #[arg(long, default_value_t = 120)]
    patience: u64,
    /// Answer through a running node over HTTP, as programs do; else through the store.
    #[arg(long)]
    http: bool,
    /// Where the anchor is kept: a new folder in this one.
    #[arg(long, default_value = "target/bench")]
    dir: PathBuf,
}

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    if arguments.http { http::run(arguments) } else { through_the_store(arguments) }
}

fn through_the_store(arguments: &Arguments) -> anyhow::Result<()> {
    let place = Place::new(&arguments.url, &arguments.dir)?;
    let crowd = Crowd::new(&place)?;
    let (outcome, heard) = std::thread::scope(|scope| {
        let threads = crowd.begin(scope);
        let outcome = strikes(arguments, || crowd.count(), || crowd.failure());
        // After a failure nobody waits for an answer any more; else each waits for its last one.
        crowd.end(outcome.is_err());
        let heard: Vec<_> = threads.into_iter().map(std::thread::ScopedJoinHandle::join).collect();
        (outcome, heard)
    });
    let struck = outcome?;
    crowd.failure()?;
    let heard = heard.into_iter().collect::<Result<Vec<_>, _>>();
    let heard = heard.ok().context("a thread that answers has panicked")?;
    told(&struck, heard.iter().flatten().map(|heard| heard.at).collect());
    let (again, unknown) = crowd.troubles();
    say("answers sent again", &format!("{again}, of them {unknown} with an unknown outcome"));
    let base = crowd.base;
    drop(crowd);
    verdict::of(&place, base, &heard)
}

/// Kills and mends; gives when each kill began.
fn strikes(
    arguments: &Arguments,
    count: impl Fn() -> u64,
    failure: impl Fn() -> anyhow::Result<()>,
) -> anyhow::Result<Vec<Instant>> {
    let mut struck = Vec::new();
    for number in 1..=arguments.kills {
        std::thread::sleep(Duration::from_secs(arguments.before));
        let before = count();
        struck.push(Instant::now());
        shell(&arguments.kill)?;
        std::thread::sleep(Duration::from_secs(arguments.settle));
        let (from, since) = (count(), Instant::now());
        // So many that none of them can have been under way.
        while count() < from + 4 * crowd::WRITERS as u64 {
            failure()?;
            if since.elapsed() > Duration::from_secs(arguments.patience) {
                bail!("kill {number}: no answer is taken after {} s", arguments.patience);
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        let seconds = since.elapsed().as_secs_f64();
        eprintln!("kill {number}: {before} answers before, taken again after about {seconds:.1} s");
        shell(&arguments.mend)?;
    }
    Ok(struck)
}

fn shell(command: &str) -> anyhow::Result<()> {
    let done = Command::new("sh").args(["-c", command]).status().context("sh does not run")?;
    ensure!(done.success(), "`{command}` has failed");
    Ok(())
}

/// Says how long nobody had an answer: the longest time without any after each kill.
fn told(struck: &[Instant], mut answered: Vec<Instant>) {
    answered.sort_unstable();
    let away = silences(struck, &answered);
    say("kills of the leader", &struck.len().to_string());
    say("seconds without an answer, each kill", &format!("{away:.1?}"));
    say("seconds without an answer", &format!("{:.1}", Spread::of(&away)));
}

fn silences(struck: &[Instant], answered: &[Instant]) -> Vec<f64> {
    let ends = struck.iter().skip(1).copied().chain([Instant::now()]);
    let longest = |(begin, end): (&Instant, Instant)| {
        let within = answered.iter().filter(|time| *begin <= **time && **time < end);
        let mut last = *begin;
        let mut longest = Duration::ZERO;
        for time in within {
            longest = longest.max(*time - last);
            last = *time;
        }
        longest.as_secs_f64()
    };
    struck.iter().zip(ends).map(longest).collect()
}
