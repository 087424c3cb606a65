//! How long until a new node knows everything that its feeds know, and how long after a restart?
//!
//! The providers are another process, so that what is measured is the node alone.

use std::io::{BufRead, BufReader, Read};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use bongsu_desk::{Desk, Library, TERMINAL};
use bongsu_egress::{Egress, Own, Rules};
use bongsu_relay::feeds::suite::{Provider, kit};
use bongsu_relay::feeds::{Config, Feeds};
use bongsu_store::chance::System;
use bongsu_store::suite::world::secrets;
use bongsu_store::{Options, Store};
use bongsu_store_sqlite::Sqlite;
use rustix::time::{ClockId, clock_gettime};
use serde::{Deserialize, Serialize};

/// What to measure.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The folder of real public data.
    #[arg(long, default_value = "../shared/data")]
    data: PathBuf,
    /// How often, each in a process of its own.
    #[arg(long, default_value_t = 3)]
    runs: usize,
    /// Where nodes are made.
    #[arg(long, default_value = "target/bench")]
    dir: PathBuf,
    /// What this process is: for the benchmark itself.
    #[arg(long, hide = true)]
    part: Option<Part>,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Part {
    /// The providers.
    Serve,
    /// A node with an empty mirror; the configuration comes in on standard input.
    First,
    /// The same node after a restart.
    Again,
}

/// What the providers tell.
#[derive(Deserialize, Serialize)]
struct Laid {
    config: Config,
    port: u16,
    records: u64,
    bytes: u64,
}

/// What one node took.
#[derive(Deserialize, Serialize)]
struct Taken {
    wall: Duration,
    cpu: Duration,
    peak_kib: u64,
    entries: usize,
}

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    match arguments.part {
        None => measure(arguments),
        Some(Part::Serve) => serve(arguments),
        Some(Part::First) => node(arguments, true),
        Some(Part::Again) => node(arguments, false),
    }
}

fn measure(arguments: &Arguments) -> anyhow::Result<()> {
    let mut providers = own(arguments, "serve").stdout(Stdio::piped()).spawn()?;
    let mut told = String::new();
    let out = providers.stdout.take().context("the providers say nothing")?;
    BufReader::new(out).read_line(&mut told)?;
    let laid: Laid = serde_json::from_str(&told).context("the providers did not start")?;
    println!("{} records, {:.1} MB packed", laid.records, laid.bytes as f64 / 1e6);
    let (mut first, mut again) = (Vec::new(), Vec::new());
    for _ in 0..arguments.runs {
        let _ = std::fs::remove_dir_all(folder(arguments));
        first.push(one(arguments, "first", &told)?);
        again.push(one(arguments, "again", &told)?);
    }
    let _ = std::fs::remove_dir_all(folder(arguments));
    providers.kill()?;
    providers.wait()?;
    say("first load", first);
    say("after a restart, from the mirror", again);
    Ok(())
}

/// Runs a node in a process of its own.
fn one(arguments: &Arguments, part: &str, told: &str) -> anyhow::Result<Taken> {
    let mut child = own(arguments, part).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
    std::io::Write::write_all(&mut child.stdin.take().context("no way in")?, told.as_bytes())?;
    let output = child.wait_with_output()?;
    serde_json::from_slice(&output.stdout).context("a node said nothing")
}

fn own(arguments: &Arguments, part: &str) -> Command {
    let mut own = Command::new(std::env::current_exe().expect("this program has a file"));
    own.args(["feeds", "--part", part, "--data"]).arg(&arguments.data);
    own.arg("--dir").arg(&arguments.dir);
    own
}

/// The middle of the runs, and the best and the worst.
fn say(what: &str, mut taken: Vec<Taken>) {
    taken.sort_by_key(|one| one.wall);
    let Some(middle) = taken.get(taken.len() / 2) else { return };
    let spread = (taken.first().map_or(0.0, wall), taken.last().map_or(0.0, wall));
    println!(
        "{what}: {:.1} s wall ({:.1} to {:.1}), {:.1} s CPU, peak {} MiB, {} entries",
        wall(middle),
        spread.0,
        spread.1,
        middle.cpu.as_secs_f64(),
        middle.peak_kib / 1024,
        middle.entries,
    );
}

fn wall(taken: &Taken) -> f64 {
    taken.wall.as_secs_f64()
}

fn serve(arguments: &Arguments) -> anyhow::Result<()> {
    runtime()?.block_on(async {
        let provider = Provider::open().await;
        let Some(kit) = kit(&provider, &arguments.data) else {
            bail!("no real data at {}; name it with --data", arguments.data.display());
        };
        let (config, records, bytes) = (kit.config, kit.records, kit.bytes);
        let laid = Laid { config, port: provider.port(), records, bytes };
        println!("{}", serde_json::to_string(&laid)?);
        std::future::pending().await
    })
}

fn node(arguments: &Arguments, fresh: bool) -> anyhow::Result<()> {
    let mut told = String::new();
    std::io::stdin().read_to_string(&mut told)?;
    let laid: Laid = serde_json::from_str(&told)?;
    let folder = folder(arguments);
    std::fs::create_dir_all(&folder)?;
    let station = "COORD_PRIV".parse().map_err(anyhow::Error::msg)?;
    let engine = Box::new(Sqlite::open(&folder.join("node.db"))?);
    let store = Store::open(engine, secrets(), &Options::new(station), Box::new(System))?;
    let desk = Arc::new(Desk::open(store, Box::new(System), TERMINAL)?);
    let own = Own { host: "127.0.0.1".to_owned(), port: laid.port, plain: true };
    let egress = Egress::new(Rules { own: vec![own], native_roots: false, ..Rules::default() })?;
    let library = Arc::new(Library::new());
    let feeds =
        Feeds::new(&laid.config, &egress, desk, Arc::clone(&library), &folder.join("feeds"))?;
    let (begin, cpu) = (Instant::now(), cpu());
    let report = runtime()?
        .block_on(async { if fresh { feeds.once().await } else { feeds.restore().await } });
    let (wall, cpu) = (begin.elapsed(), self::cpu().saturating_sub(cpu));
    if let Some((feed, error)) = report.failed.first_key_value() {
        bail!("{feed}: {error}");
    }
    let entries = library.known().parts.values().map(|part| part.count).sum();
    println!("{}", serde_json::to_string(&Taken { wall, cpu, peak_kib: peak()?, entries })?);
    Ok(())
}

fn folder(arguments: &Arguments) -> PathBuf {
    arguments.dir.join("feeds")
}

fn runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    Ok(tokio::runtime::Builder::new_multi_thread().enable_all().build()?)
}

/// CPU time of all threads.
fn cpu() -> Duration {
    let now = clock_gettime(ClockId::ProcessCPUTime);
    let seconds = u64::try_from(now.tv_sec).unwrap_or(0);
    Duration::new(seconds, u32::try_from(now.tv_nsec).unwrap_or(0))
}

/// The most memory this process ever had, in KiB.
fn peak() -> anyhow::Result<u64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let row = status.lines().find_map(|row| row.strip_prefix("VmHWM:"));
    let digits = row.context("this system does not say")?.trim().trim_end_matches(" kB");
    Ok(digits.parse()?)
}
