//! Held connections: how many, at which price, and how soon each of them hears.

use std::collections::VecDeque;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use http::Request;
use http_body_util::{BodyExt, Empty};
use hyper::body::Incoming;
use hyper::client::conn::http2::{self, SendRequest};
use hyper_util::rt::{TokioExecutor, TokioIo};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};

use super::load::{self, Line};
use super::node::{self, Running};
use crate::clock::Times;
use crate::index::say;
use crate::response::Folder;

/// What to measure.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Connections that wait for events.
    #[arg(long, default_value_t = 20_000)]
    connections: usize,
    /// So many share one HTTP/2 connection, as the pages of one browser and the callers behind one gateway do; 1 is
    /// HTTP/1.1, a connection each.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(usize))]
    share: usize,
    /// Officers they belong to.
    #[arg(long, default_value_t = 256)]
    officers: usize,
    /// Where nations are made.
    #[arg(long, default_value = "target/bench")]
    dir: PathBuf,
}

/// Connections from one address; there are 28,000 ports to each.
const A_SOURCE: usize = 10_000;

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let limit = getrlimit(Resource::Nofile);
    setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, maximum: limit.maximum })?;
    std::fs::create_dir_all(&arguments.dir)?;
    let folder = Folder::new(&arguments.dir, "hold")?;
    node::made(&folder.0, "demo")?;
    let running = Running::start(&folder.0, "demo", arguments.officers)?;
    let empty = running.resident()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let begun = Instant::now();
        let heard = Arc::new((AtomicU64::new(0), std::sync::Mutex::new(Times::default())));
        let told = Arc::new(std::sync::Mutex::new(None::<Instant>));
        let mut multiplexed = None;
        for number in 0..arguments.connections {
            let officer = &running.officers[number % running.officers.len()];
            let (heard, told) = (Arc::clone(&heard), Arc::clone(&told));
            if arguments.share > 1 {
                if number % arguments.share == 0 {
                    multiplexed = Some(shared(running.address, number).await?);
                }
                let sender = multiplexed.as_mut().context("a connection")?;
                tokio::spawn(wait_shared(over(sender, &officer.token).await?, heard, told));
                continue;
            }
            let mut stream = connect(running.address, number).await.with_context(|| format!("connection {number}"))?;
            let headers = [("Accept", "text/event-stream")];
            let ask = load::request("GET", "/api/v1/events", &officer.token, &headers, &[]);
            stream.write_all(&ask).await?;
            let mut first = [0; 512];
            let read = stream.read(&mut first).await?;
            ensure!(first[..read].starts_with(b"HTTP/1.1 200"), "connection {number}: {}", String::from_utf8_lossy(&first[..read]));
            tokio::spawn(wait(stream, heard, told));
        }
        let opened = begun.elapsed().as_secs_f64();
        tokio::time::sleep(Duration::from_secs(2)).await;
        let held = running.resident()?;
        say(
            &format!("{} connections held", arguments.connections),
            &format!(
                "{held:.0} MiB resident ({empty:.0} before), {:.1} KiB each, opened in {opened:.1} s",
                (held - empty) * 1024.0 / arguments.connections as f64
            ),
        );
        // Every officer acknowledges: each of the connections has something to hear.
        *told.lock().expect("nobody panics") = Some(Instant::now());
        let begun = Instant::now();
        for officer in &running.officers {
            let path = format!("/api/v1/obligations/{}/{}/answers", running.act, officer.institution);
            let headers = [("Content-Type", "application/json")];
            let ask = load::request("POST", &path, &officer.token, &headers, br#"{"answer":"acknowledge"}"#);
            let answer = Line::to(running.address).await?.ask(&ask).await?;
            ensure!(answer.status < 300, "{}", String::from_utf8_lossy(&answer.body));
        }
        let all = arguments.connections as u64;
        while heard.0.load(Ordering::Relaxed) < all && begun.elapsed() < Duration::from_mins(1) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let reached = heard.0.load(Ordering::Relaxed);
        let times = heard.1.lock().expect("nobody panics");
        let at = |share| times.quantile(share).as_secs_f64() * 1e3;
        say(
            &format!("{reached} of {all} heard"),
            &format!("p50 {:.0} ms | p99 {:.0} ms | last {:.0} ms after the first was told", at(0.5), at(0.99), at(1.0)),
        );
        Ok(())
    })
}

async fn connect(to: SocketAddr, number: usize) -> std::io::Result<TcpStream> {
    let socket = TcpSocket::new_v4()?;
    let source = u8::try_from(2 + number / A_SOURCE).unwrap_or(250);
    socket.bind(SocketAddr::new(IpAddr::V4(Ipv4Addr::new(127, 0, 0, source)), 0))?;
    socket.connect(to).await
}

/// An HTTP/2 connection that many lines share.
async fn shared(to: SocketAddr, number: usize) -> anyhow::Result<SendRequest<Empty<VecDeque<u8>>>> {
    let stream = TokioIo::new(connect(to, number).await?);
    let (sender, connection) = http2::handshake(TokioExecutor::new(), stream).await?;
    tokio::spawn(connection);
    Ok(sender)
}

/// One more line of events over it.
async fn over(
    sender: &mut SendRequest<Empty<VecDeque<u8>>>,
    token: &str,
) -> anyhow::Result<Incoming> {
    sender.ready().await?;
    let request = Request::get("http://localhost/api/v1/events")
        .header("authorization", format!("Bearer {token}"))
        .header("accept", "text/event-stream")
        .body(Empty::new())?;
    let response = sender.send_request(request).await?;
    ensure!(response.status() == 200, "a line: {}", response.status());
    let mut body = response.into_body();
    body.frame().await.context("the line ended at once")??;
    Ok(body)
}

/// Waits for the first event after it was told.
async fn wait_shared(mut line: Incoming, heard: Heard, told: Told) {
    let mut done = false;
    while let Some(Ok(frame)) = line.frame().await {
        let some = frame.into_data().unwrap_or_default();
        done |= !done && hears(&some, &heard, &told);
    }
}

type Told = Arc<std::sync::Mutex<Option<Instant>>>;
type Heard = Arc<(AtomicU64, std::sync::Mutex<Times>)>;

/// Waits for the first event after it was told.
async fn wait(mut stream: TcpStream, heard: Heard, told: Told) {
    let mut some = [0; 1024];
    let mut done = false;
    while let Ok(read @ 1..) = stream.read(&mut some).await {
        done |= !done && hears(&some[..read], &heard, &told);
    }
}

/// Is this the event that was waited for? Then it is counted.
fn hears(some: &[u8], heard: &Heard, told: &Told) -> bool {
    let event = some.windows(6).any(|six| six == b"event:");
    let Some(told) = *told.lock().expect("nobody panics") else { return false };
    if event {
        heard.0.fetch_add(1, Ordering::Relaxed);
        heard.1.lock().expect("nobody panics").push(told.elapsed());
    }
    event
}
