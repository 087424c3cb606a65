//! What the rooms of ministries ask, one reader after another.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use bongsu_authority::Post;
use bongsu_desk::Desk;
use bongsu_server::listen::{Listener, Listening};
use bongsu_server::right::Scope;
use bongsu_server::{App, Time};
use jiff::{SignedDuration, Timestamp};

use super::load::{self, Line};
use super::node;
use crate::clock::{Times, process_cpu};
use crate::index::say;
use crate::response::{Folder, campaign};

/// What to measure.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// How often each is asked.
    #[arg(long, default_value_t = 200)]
    times: usize,
    /// The sample nation: demo or nation.
    #[arg(long, default_value = "demo")]
    profile: String,
    /// Where nations are made.
    #[arg(long, default_value = "target/bench")]
    dir: PathBuf,
}

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    std::fs::create_dir_all(&arguments.dir)?;
    let folder = Folder::new(&arguments.dir, "rooms")?;
    node::made(&folder.0, &arguments.profile)?;
    let act = std::fs::read_to_string(folder.0.join("act"))?;
    let desk = Arc::new(campaign::desk(&folder.0)?);
    // A week after the signature, so that everybody is late.
    let now = Timestamp::now() + SignedDuration::from_hours(24 * 7);
    let matching = node::matching(&folder.0)?;
    let app = App::with(Arc::clone(&desk), Time::drill(now), Some(matching), &node::settings())?;
    let apex = token(&app, &desk, "APEX", now)?;
    let lead = token(&app, &desk, "LEAD_PRIV", now)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let listener = Listener::bind(Listening::at(SocketAddr::from(([127, 0, 0, 1], 0))))?;
        let address = listener.address()?;
        tokio::spawn(listener.serve(bongsu_server::router(app), std::future::pending()));
        let rooms = Rooms { address, act, times: arguments.times };
        rooms.reads(&apex, &lead).await?;
        rooms.lists(&lead).await?;
        rooms.glance_after_news(&apex, &lead).await
    })
}

struct Rooms {
    address: SocketAddr,
    act: String,
    times: usize,
}

impl Rooms {
    async fn reads(&self, apex: &str, lead: &str) -> anyhow::Result<()> {
        let act = format!("/api/v1/acts/{}", self.act);
        for (what, path, who) in [
            ("the nation at a glance, warm", "/api/v1/nation".to_owned(), apex),
            ("the picture of an act", format!("{act}/picture"), apex),
            ("survival by sector", format!("{act}/survival?by=sector"), apex),
            ("progress", format!("{act}/progress"), lead),
            ("sectors compared", format!("{act}/sectors"), lead),
        ] {
            let ask = load::request("GET", &path, who, &[], &[]);
            self.measured(what, &ask).await?;
        }
        Ok(())
    }

    async fn lists(&self, lead: &str) -> anyhow::Result<()> {
        for sort in ["risk", "due", "name", "sector"] {
            let ask = self.late(lead, sort);
            self.measured(&format!("a page of 50 who are late, by {sort}"), &ask).await?;
        }
        Ok(())
    }

    /// A reading of names is news, so every glance after one is made anew.
    async fn glance_after_news(&self, apex: &str, lead: &str) -> anyhow::Result<()> {
        let ask = load::request("GET", "/api/v1/nation", apex, &[], &[]);
        let mut line = Line::to(self.address).await?;
        let (mut times, mut cpu) = (Times::default(), Duration::ZERO);
        for _ in 0..self.times {
            line.ask(&self.late(lead, "due")).await?;
            let before = process_cpu();
            times.push(asked(&mut line, &ask).await?);
            cpu += process_cpu().saturating_sub(before);
        }
        told("the nation at a glance, made anew", &times, cpu / self.asked());
        Ok(())
    }

    fn late(&self, who: &str, sort: &str) -> Vec<u8> {
        let path = format!("/api/v1/acts/{}/late", self.act);
        let body = format!(r#"{{"limit":50,"why":"a measurement","sort":"{sort}"}}"#);
        let headers = [("Content-Type", "application/json")];
        load::request("POST", &path, who, &headers, body.as_bytes())
    }

    fn asked(&self) -> u32 {
        u32::try_from(self.times).unwrap_or(u32::MAX).max(1)
    }

    async fn measured(&self, what: &str, ask: &[u8]) -> anyhow::Result<()> {
        let mut line = Line::to(self.address).await?;
        asked(&mut line, ask).await?;
        let (mut times, cpu) = (Times::default(), process_cpu());
        for _ in 0..self.times {
            times.push(asked(&mut line, ask).await?);
        }
        told(what, &times, process_cpu().saturating_sub(cpu) / self.asked());
        Ok(())
    }
}

async fn asked(line: &mut Line, ask: &[u8]) -> anyhow::Result<Duration> {
    let begun = Instant::now();
    let answer = line.ask(ask).await?;
    let said = String::from_utf8_lossy(&answer.body).into_owned();
    ensure!(answer.status == 200, "answered {}: {said}", answer.status);
    Ok(begun.elapsed())
}

/// Node and load are one process: what it costs both is told beside how long it took, for the machine may be busy.
fn told(what: &str, times: &Times, cpu: Duration) {
    let milliseconds = |share: f64, times: &Times| times.quantile(share).as_secs_f64() * 1e3;
    say(
        what,
        &format!(
            "p50 {:.1} ms | p95 {:.1} ms | max {:.1} ms | {:.1} ms of CPU each",
            milliseconds(0.5, times),
            milliseconds(0.95, times),
            milliseconds(1.0, times),
            cpu.as_secs_f64() * 1e3
        ),
    );
}

/// A token of the director of a station.
fn token(app: &App, desk: &Desk, station: &str, now: Timestamp) -> anyhow::Result<String> {
    let register = desk.register();
    let seat = bongsu_authority::Seat::Node(station.parse().map_err(anyhow::Error::msg)?);
    let held = register
        .appointments()
        .find(|held| held.seat == seat && held.post == Post::Director && held.holds_at(now))
        .context("the station has no director")?;
    let life = bongsu_server::signin::token::LONGEST;
    let token = app.door().tokens().issue(held.person, Scope::ALL.to_vec(), life, now);
    token.map_err(|problem| anyhow::anyhow!("no token: {problem:?}"))
}
