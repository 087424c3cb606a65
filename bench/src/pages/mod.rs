//! How soon is a page there, and what does it weigh? Node, pages and load are one process.

mod browser;
mod node;

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::ensure;

use self::node::{Seat, Visited};
use crate::clock::{Times, process_cpu};
use crate::index::say;
use crate::server::load::{Answer, Line};

/// What to measure.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// How often each page is asked for.
    #[arg(long, default_value_t = 100)]
    times: usize,
    /// The sample nation: demo or nation.
    #[arg(long, default_value = "demo")]
    profile: String,
    /// Where nations are made.
    #[arg(long, default_value = "target/bench")]
    dir: PathBuf,
    /// Open the pages in Chromium, too: when is the largest thing painted, and how soon is news seen? Needs chromium and
    /// chromedriver.
    #[arg(long)]
    browser: bool,
}

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let visited = Visited::make(&arguments.dir, &arguments.profile)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let address = visited.serve()?;
        weigh_assets(address).await?;
        let mut worst = Duration::ZERO;
        for (seat, path) in visited.pages() {
            let p95 = page(address, &visited, (seat, &path), arguments.times).await?;
            worst = worst.max(p95);
        }
        say("the slowest page, p95", &format!("{:.1} ms", worst.as_secs_f64() * 1e3));
        if arguments.browser {
            browser::painted(address, &visited, arguments.times.min(11)).await?;
            browser::news(address, &visited, arguments.times.min(21)).await?;
        }
        Ok(())
    })
}

/// One page, asked for again and again on one connection; gives the time of 95 %.
async fn page(
    address: SocketAddr,
    visited: &Visited,
    (seat, path): (Seat, &str),
    times: usize,
) -> anyhow::Result<Duration> {
    let ask = request(path, visited.cookie(seat));
    let mut line = Line::to(address).await?;
    let ask = ask.as_bytes();
    let first = good(&mut line, path, ask).await?;
    let (mut all, cpu) = (Times::default(), process_cpu());
    for _ in 0..times {
        let begun = Instant::now();
        good(&mut line, path, ask).await?;
        all.push(begun.elapsed());
    }
    let each = process_cpu().saturating_sub(cpu) / u32::try_from(times.max(1))?;
    let ms = |time: Duration| time.as_secs_f64() * 1e3;
    say(
        &format!("{seat:?} {}", visited.plain(path)),
        &format!(
            "p50 {:.1} ms | p95 {:.1} ms | max {:.1} ms | {:.1} ms of CPU | {:.1} KiB",
            ms(all.quantile(0.5)),
            ms(all.quantile(0.95)),
            ms(all.quantile(1.0)),
            ms(each),
            first.body.len() as f64 / 1024.0
        ),
    );
    Ok(all.quantile(0.95))
}

/// What a first visit fetches beside the page.
async fn weigh_assets(address: SocketAddr) -> anyhow::Result<()> {
    let mut line = Line::to(address).await?;
    let mut sum = good(&mut line, "/", request("/", "").as_bytes()).await?.body.len();
    let plain = request("/", "").replace("gzip", "identity");
    let start = good(&mut line, "/", plain.as_bytes()).await?;
    let start = String::from_utf8(start.body)?.replace("&#x2f;", "/");
    let named = start.split('"').filter(|part| part.starts_with("/assets/"));
    for path in named.collect::<BTreeSet<_>>() {
        sum += good(&mut line, path, request(path, "").as_bytes()).await?.body.len();
    }
    say("start page with every asset, compressed", &format!("{:.1} KiB", sum as f64 / 1024.0));
    Ok(())
}

async fn good(line: &mut Line, path: &str, ask: &[u8]) -> anyhow::Result<Answer> {
    let answer = line.ask(ask).await?;
    let said = String::from_utf8_lossy(&answer.body);
    ensure!(answer.status == 200, "{path} answered {}: {said}", answer.status);
    Ok(answer)
}

/// As a browser asks that goes from one page to the next.
fn request(path: &str, cookie: &str) -> String {
    format!(
        "GET {path} HTTP/1.1\r\nHost: localhost\r\nCookie: {cookie}\r\nAccept-Encoding: gzip\r\n\
         Sec-Fetch-Site: same-origin\r\nContent-Length: 0\r\n\r\n"
    )
}
