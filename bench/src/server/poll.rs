//! Polling what one owes, and answering it.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::ensure;
use jiff::Timestamp;

use super::load::{self, Line, Seen, Verdict};
use super::node::{self, Running};
use crate::clock::{Spread, process_cpu};
use crate::index::say;
use crate::response::Folder;

/// What to measure.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Clients; each has a connection of its own.
    #[arg(long, default_value_t = 64)]
    clients: usize,
    /// Officers in whose name they ask, in turns.
    #[arg(long, default_value_t = 1_024)]
    officers: usize,
    /// Seconds of each run.
    #[arg(long, default_value_t = 5)]
    seconds: u64,
    /// Runs.
    #[arg(long, default_value_t = 5)]
    runs: usize,
    /// The sample nation: demo or nation.
    #[arg(long, default_value = "demo")]
    profile: String,
    /// Where nations are made.
    #[arg(long, default_value = "target/bench")]
    dir: PathBuf,
}

const OBLIGATIONS: &str = "/api/v1/obligations";

pub(crate) fn poll(arguments: &Arguments) -> anyhow::Result<()> {
    measured(arguments, "polls that found nothing new", &async |running, length| {
        let mut requests = Vec::new();
        for officer in &running.officers {
            let ask = load::request("GET", OBLIGATIONS, &officer.token, &[], &[]);
            let first = Line::to(running.address).await?.ask(&ask).await?;
            ensure!(
                first.status == 200,
                "a poll was answered {}: {}",
                first.status,
                String::from_utf8_lossy(&first.body)
            );
            let tag = first.tag.unwrap_or_default();
            let headers = [("If-None-Match", tag.as_str())];
            requests.push(load::request("GET", OBLIGATIONS, &officer.token, &headers, &[]));
        }
        let (clients, requests) = (arguments.clients, Arc::new(requests));
        let officers = requests.len();
        let next = move |client, count| requests[officer(client, count, clients, officers)].clone();
        Ok(load::crowd(running.address, clients, length, next, |answer| match answer.status {
            304 => Verdict::Good,
            429 | 503 => Verdict::Away,
            _ => Verdict::Wrong,
        })
        .await)
    })
}

pub(crate) fn answers(arguments: &Arguments) -> anyhow::Result<()> {
    let round = std::sync::atomic::AtomicU64::new(0);
    measured(arguments, "durable answers", &async |running, length| {
        affected(running).await?;
        let clients = arguments.clients;
        let plans = plans(running, round.fetch_add(1, std::sync::atomic::Ordering::Relaxed));
        let officers = running.officers.len();
        let next = move |client, count| plans(officer(client, count, clients, officers), count);
        Ok(load::crowd(running.address, clients, length, next, |answer| match answer.status {
            200 | 201 => Verdict::Good,
            429 | 503 => Verdict::Away,
            _ => Verdict::Wrong,
        })
        .await)
    })
}

/// In whose name a client asks for the so-manieth time.
fn officer(client: usize, count: u64, clients: usize, officers: usize) -> usize {
    (client + count as usize * clients) % officers
}

/// Every officer has acknowledged and is affected.
pub(crate) async fn affected(running: &Running) -> anyhow::Result<()> {
    for officer in &running.officers {
        let path = path(running, &officer.institution);
        for step in [r#"{"answer":"acknowledge"}"#, r#"{"answer":"affected"}"#] {
            let ask = written(&path, &officer.token, step, &format!("first-{}", step.len()));
            let answer = Line::to(running.address).await?.ask(&ask).await?;
            let said = String::from_utf8_lossy(&answer.body).into_owned();
            ensure!(
                answer.status < 300 || answer.status == 409,
                "{step} was answered {}: {said}",
                answer.status
            );
        }
    }
    Ok(())
}

/// Plans, another one each time, so that there is something new to record; the same for the same round and count.
pub(crate) fn plans(
    running: &Running,
    round: u64,
) -> impl Fn(usize, u64) -> Vec<u8> + Send + Sync + 'static {
    let officers: Vec<_> = running
        .officers
        .iter()
        .map(|officer| (path(running, &officer.institution), officer.token.clone()))
        .collect();
    let begun: Timestamp = "2030-01-01T00:00:00Z".parse().expect("an instant");
    move |client, count| {
        let (path, token) = &officers[client];
        let seconds = (round * 1_000_000 + count).cast_signed();
        let until = begun + jiff::SignedDuration::from_secs(seconds);
        let body = format!(r#"{{"answer":"plan","until":"{until}"}}"#);
        written(path, token, &body, &format!("{round}-{client}-{count}"))
    }
}

fn path(running: &Running, institution: &str) -> String {
    format!("{OBLIGATIONS}/{}/{institution}/answers", running.act)
}

fn written(path: &str, token: &str, body: &str, key: &str) -> Vec<u8> {
    let headers = [("Content-Type", "application/json"), ("Idempotency-Key", key)];
    load::request("POST", path, token, &headers, body.as_bytes())
}

/// Runs load upon a fresh node again and again.
fn measured(
    arguments: &Arguments,
    what: &str,
    act: &impl AsyncFn(&Running, Duration) -> anyhow::Result<Seen>,
) -> anyhow::Result<()> {
    std::fs::create_dir_all(&arguments.dir)?;
    let folder = Folder::new(&arguments.dir, "server")?;
    node::made(&folder.0, &arguments.profile)?;
    let running = Running::start(&folder.0, &arguments.profile, arguments.officers)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let (mut rates, mut p50, mut p99) = (Vec::new(), Vec::new(), Vec::new());
    let cpu = process_cpu();
    let mut asked = 0;
    for _ in 0..arguments.runs {
        let seen = runtime.block_on(act(&running, Duration::from_secs(arguments.seconds)))?;
        ensure!(seen.wrong == 0, "wrong answers: {seen}");
        asked += seen.good;
        rates.push(seen.rate());
        p50.push(seen.milliseconds(0.5));
        p99.push(seen.milliseconds(0.99));
        if seen.away > 0 {
            say("sent away", &seen.away.to_string());
        }
    }
    let load = process_cpu().saturating_sub(cpu).as_secs_f64() * 1e6 / asked.max(1) as f64;
    say(
        what,
        &format!(
            "{:.0} /s | p50 {:.1} ms | p99 {:.1} ms | the load itself takes {load:.0} us of CPU each",
            Spread::of(&rates),
            Spread::of(&p50),
            Spread::of(&p99)
        ),
    );
    say("resident memory of the node", &format!("{:.0} MiB", running.resident()?));
    Ok(())
}
