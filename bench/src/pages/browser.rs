//! The same pages in Chromium, without a window.

use std::net::{SocketAddr, TcpListener};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};
use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};

use super::node::{Seat, Visited};
use crate::clock::Times;
use crate::index::say;
use crate::server::load::Line;

struct Browser {
    driver: Child,
    page: Client,
    base: String,
}

impl Browser {
    async fn open(address: SocketAddr) -> anyhow::Result<Self> {
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let driver = Command::new("chromedriver")
            .arg(format!("--port={port}"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .context("chromedriver is not here (Debian: chromium-driver)")?;
        let options = json!({ "goog:chromeOptions": { "args": ["--headless=new", "--no-sandbox", "--disable-gpu",
            "--disable-dev-shm-usage", "--window-size=1280,900"] } });
        let url = format!("http://127.0.0.1:{port}");
        let begun = Instant::now();
        let page = loop {
            let mut builder = ClientBuilder::new(HttpConnector::new());
            builder.capabilities(options.as_object().cloned().unwrap_or_default());
            match builder.connect(&url).await {
                Ok(page) => break page,
                Err(error) if begun.elapsed() > Duration::from_secs(20) => {
                    bail!("no browser: {error}")
                }
                Err(_) => tokio::time::sleep(Duration::from_millis(200)).await,
            }
        };
        Ok(Self { driver, page, base: format!("http://{address}") })
    }

    async fn go(&self, path: &str) -> anyhow::Result<()> {
        Ok(self.page.goto(&format!("{}{path}", self.base)).await?)
    }

    /// Takes a seat: its session's cookie, as the node would have set it.
    async fn sit(&self, cookie: &str) -> anyhow::Result<()> {
        self.go("/health/live").await?;
        self.run(&format!("document.cookie = '{cookie}; Path=/'")).await?;
        Ok(())
    }

    async fn run(&self, script: &str) -> anyhow::Result<Value> {
        Ok(self.page.execute(script, Vec::new()).await?)
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

/// When the largest thing of a page was painted, after the visit began.
const LARGEST: &str = "return new Promise(done => {
    new PerformanceObserver(list => done(list.getEntries().at(-1).startTime))
        .observe({ type: 'largest-contentful-paint', buffered: true });
    setTimeout(() => done(null), 3000); })";

/// Every page, opened again and again with an empty cache.
pub(super) async fn painted(
    address: SocketAddr,
    visited: &Visited,
    times: usize,
) -> anyhow::Result<()> {
    let mut worst = 0.0_f64;
    for (seat, path) in visited.pages() {
        let mut all = Vec::with_capacity(times);
        let browser = Browser::open(address).await?;
        browser.sit(visited.cookie(seat)).await?;
        for _ in 0..times {
            browser.go(&path).await?;
            let painted = browser.run(LARGEST).await?;
            all.push(painted.as_f64().with_context(|| format!("{path}: nothing was painted"))?);
        }
        all.sort_unstable_by(f64::total_cmp);
        let (middle, most) = (all[all.len() / 2], all[all.len() - 1]);
        worst = worst.max(middle);
        say(
            &format!("{seat:?} {} painted", visited.plain(&path)),
            &format!(
                "first visit and {} more: median {middle:.0} ms | most {most:.0} ms",
                times - 1
            ),
        );
        browser.page.clone().close().await?;
    }
    say("the slowest page painted, median", &format!("{worst:.0} ms"));
    Ok(())
}

/// Notes when a region of the page was put in place anew.
const WATCH: &str = "window.seen = null;
    new MutationObserver(() => { window.seen ??= Date.now(); })
        .observe(document.querySelector('main'), { childList: true, subtree: true });";

/// How long after an answer was acknowledged the desk's open page shows it, without a reload.
pub(super) async fn news(
    address: SocketAddr,
    visited: &Visited,
    times: usize,
) -> anyhow::Result<()> {
    let browser = Browser::open(address).await?;
    browser.sit(visited.cookie(Seat::Ciso)).await?;
    let mut line = Line::to(address).await?;
    let mut all = Times::default();
    for round in 0..times {
        browser.go(&visited.obligation()).await?;
        browser.run(WATCH).await?;
        tokio::time::sleep(Duration::from_millis(700)).await;
        // An answer that is not yet there each time.
        let answer = if round % 2 == 0 { "unknown" } else { "affected" };
        let asked = answered(&mut line, visited, answer).await?;
        let begun = Instant::now();
        let seen = loop {
            ensure!(begun.elapsed() < Duration::from_secs(10), "the page did not hear of it");
            if let Some(seen) = browser.run("return window.seen").await?.as_u64() {
                break seen;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        };
        all.push(Duration::from_millis(seen.saturating_sub(asked)));
    }
    let ms = |share| all.quantile(share).as_millis();
    say(
        "an answer until an open page shows it",
        &format!("p50 {} ms | p95 {} ms | max {} ms", ms(0.5), ms(0.95), ms(1.0)),
    );
    browser.page.clone().close().await?;
    Ok(())
}

/// Answers over the API; gives when it was sent, in milliseconds since 1970.
async fn answered(line: &mut Line, visited: &Visited, answer: &str) -> anyhow::Result<u64> {
    let body = format!(r#"{{"answer":"{answer}"}}"#);
    let ask = format!(
        "POST {} HTTP/1.1\r\nHost: localhost\r\nCookie: {}\r\nSec-Fetch-Site: same-origin\r\nIdempotency-Key: {answer}-{}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        visited.answers(),
        visited.cookie(Seat::Ciso),
        jiff::Timestamp::now().as_nanosecond(),
        body.len()
    );
    let sent = u64::try_from(jiff::Timestamp::now().as_millisecond())?;
    let said = line.ask(ask.as_bytes()).await?;
    ensure!(said.status < 300, "{answer}: {}", String::from_utf8_lossy(&said.body));
    Ok(sent)
}
