//! How many answers a second are durable, with 64 threads that wait for each?

use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use bongsu_store::port::Engine;
use bongsu_store::suite::kills::{Cast, WRITERS};
use bongsu_store_postgres::{Postgres, PowerLoss};
use bongsu_store_sqlite::Sqlite;
use postgres::{Client, NoTls};

use super::{Folder, open};
use crate::clock::{Spread, Times, process_cpu};
use crate::cluster::{self, Cluster};
use crate::index::say;

/// What to measure.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Seconds of each run.
    #[arg(long, default_value_t = 4)]
    seconds: u64,
    /// Runs of each.
    #[arg(long, default_value_t = 5)]
    runs: usize,
    /// Where databases are made.
    #[arg(long, default_value = "target/bench")]
    dir: PathBuf,
}

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    std::fs::create_dir_all(&arguments.dir)?;
    let server = cluster::shared();
    let mut all: [Seen; 4] = Default::default();
    // Taking turns, so that a busy minute of the machine is everybody's.
    for _ in 0..arguments.runs {
        let folder = Folder::new(&arguments.dir, "answers")?;
        all[0].add(&ours(Box::new(Sqlite::open(&folder.0.join("node.db"))?), &folder, arguments)?);
        all[2].add(&one_by_one(&folder, arguments)?);
        if let Some(server) = server {
            let folder = Folder::new(&arguments.dir, "answers")?;
            let engine = Postgres::open(&server.database(), PowerLoss::Survived)?;
            all[1].add(&ours(Box::new(engine), &folder, arguments)?);
            all[3].add(&each_its_own(server, arguments)?);
        }
    }
    let names = [
        "SQLite: answers, sealed, in the log, in the outbox",
        "PostgreSQL: the same",
        "SQLite: one bare INSERT and one sync each",
        "PostgreSQL: one bare INSERT and one commit each",
    ];
    for (name, seen) in names.iter().zip(&all) {
        say(name, &seen.to_string());
    }
    Ok(())
}

/// One run: answers, latencies, seconds, CPU seconds of this process.
struct Run {
    times: Times,
    count: usize,
    wall: f64,
    cpu: f64,
}

#[derive(Default)]
struct Seen {
    rates: Vec<f64>,
    p50: Vec<f64>,
    p99: Vec<f64>,
    cpu: Vec<f64>,
}

impl Seen {
    fn add(&mut self, run: &Run) {
        let milliseconds = |share| run.times.quantile(share).as_secs_f64() * 1e3;
        self.rates.push(run.count as f64 / run.wall);
        self.p50.push(milliseconds(0.5));
        self.p99.push(milliseconds(0.99));
        self.cpu.push(run.cpu * 1e6 / run.count as f64);
    }
}

impl std::fmt::Display for Seen {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (rates, p50, p99) =
            (Spread::of(&self.rates), Spread::of(&self.p50), Spread::of(&self.p99));
        let cpu = Spread::of(&self.cpu);
        write!(f, "{rates:.0} /s | p50 {p50:.1} ms | p99 {p99:.1} ms | CPU {cpu:.0} us each")
    }
}

/// The store: 64 threads answer obligations of 256 institutions.
fn ours(engine: Box<dyn Engine>, folder: &Folder, arguments: &Arguments) -> anyhow::Result<Run> {
    let (cast, requests) = Cast::new();
    let store = open(engine, &folder.0)?;
    for request in requests {
        store.record(request)?;
    }
    Ok(crowd(arguments, |writer, number| {
        store.record(cast.answer(writer, number)).expect("an answer in order is recorded");
    }))
}

/// The naive way: a row, a commit, a sync, one after another.
fn one_by_one(folder: &Folder, arguments: &Arguments) -> anyhow::Result<Run> {
    let connection = rusqlite::Connection::open(folder.0.join("naive.db"))?;
    connection.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;")?;
    connection.execute_batch(TABLE)?;
    let connection = Mutex::new(connection);
    Ok(crowd(arguments, |writer, number| {
        let connection = connection.lock().expect("nobody panics with the lock");
        let mut insert = connection
            .prepare_cached("INSERT INTO answers VALUES (?1, ?2, ?3)")
            .expect("the statement is right");
        let row = (writer.cast_signed() as i64, number.cast_signed(), [7_u8; 300].as_slice());
        insert.execute(row).expect("a row goes in");
    }))
}

/// The naive way on a server: a connection each, a row and a commit each.
fn each_its_own(server: &Cluster, arguments: &Arguments) -> anyhow::Result<Run> {
    let url = server.database();
    let mut first = Client::connect(&url, NoTls)?;
    first.batch_execute(TABLE_OF_SERVER)?;
    // The server of the tests takes 60 connections.
    let open = || -> anyhow::Result<_> {
        let mut client = Client::connect(&url, NoTls)?;
        let insert = client.prepare("INSERT INTO answers VALUES ($1, $2, $3)")?;
        Ok(Mutex::new((client, insert)))
    };
    let clients: Vec<_> = (0..48).map(|_| open()).collect::<anyhow::Result<_>>()?;
    Ok(crowd(arguments, |writer, number| {
        let mut client = clients[writer % clients.len()].lock().expect("nobody panics");
        let (client, insert) = &mut *client;
        let row = (writer.cast_signed() as i64, number.cast_signed(), [7_u8; 300].as_slice());
        client.execute(insert, &[&row.0, &row.1, &row.2]).expect("a row goes in");
    }))
}

const TABLE: &str = "CREATE TABLE answers (writer INTEGER, number INTEGER, body BLOB, PRIMARY KEY (writer, number))";
const TABLE_OF_SERVER: &str =
    "CREATE TABLE answers (writer bigint, number bigint, body bytea, PRIMARY KEY (writer, number))";

/// Has 64 threads do something again and again, each waiting for its own.
fn crowd(arguments: &Arguments, act: impl Fn(usize, u64) + Sync) -> Run {
    let over = AtomicBool::new(false);
    let all = Mutex::new((Times::default(), 0));
    let (cpu, wall) = (process_cpu(), Instant::now());
    std::thread::scope(|scope| {
        for writer in 0..WRITERS {
            let (over, all, act) = (&over, &all, &act);
            scope.spawn(move || {
                let mut own = Vec::new();
                for number in 0.. {
                    if over.load(Ordering::Relaxed) {
                        break;
                    }
                    let begun = Instant::now();
                    act(writer, number);
                    own.push(begun.elapsed());
                }
                let mut all = all.lock().expect("nobody panics with the lock");
                all.1 += own.len();
                for time in own {
                    all.0.push(time);
                }
            });
        }
        std::thread::sleep(Duration::from_secs(arguments.seconds));
        over.store(true, Ordering::Relaxed);
    });
    let (wall, cpu) = (wall.elapsed().as_secs_f64(), process_cpu().saturating_sub(cpu));
    let (times, count) = all.into_inner().expect("nobody panics with the lock");
    Run { times, count, wall, cpu: cpu.as_secs_f64() }
}
