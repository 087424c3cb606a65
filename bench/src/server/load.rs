//! Load: connections that ask, wait for the answer and ask again; as little work of their own as can be.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::clock::Times;

/// What came back.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    /// The status.
    pub(crate) status: u16,
    /// The body.
    pub(crate) body: Vec<u8>,
    /// The `ETag`, where there is one.
    pub(crate) tag: Option<String>,
}

/// One connection, kept alive.
pub(crate) struct Line {
    stream: TcpStream,
    read: Vec<u8>,
}

impl Line {
    pub(crate) async fn to(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, read: Vec::with_capacity(4096) })
    }

    /// Sends a request, already written, and reads its answer.
    pub(crate) async fn ask(&mut self, request: &[u8]) -> io::Result<Answer> {
        self.stream.write_all(request).await?;
        self.read.clear();
        let head = loop {
            if let Some(end) = end_of_head(&self.read) {
                break end;
            }
            self.more().await?;
        };
        let text = String::from_utf8_lossy(&self.read[..head]).into_owned();
        let mut lines = text.split("\r\n");
        let status = lines.next().and_then(|line| line.split(' ').nth(1));
        let status =
            status.and_then(|status| status.parse().ok()).ok_or(io::ErrorKind::InvalidData)?;
        let (mut length, mut tag, mut chunked) = (0, None, false);
        for line in lines {
            let Some((name, value)) = line.split_once(": ") else { continue };
            match name.to_ascii_lowercase().as_str() {
                "content-length" => {
                    length = value.parse().map_err(|_| io::ErrorKind::InvalidData)?;
                }
                "etag" => tag = Some(value.to_owned()),
                "transfer-encoding" => chunked = true,
                _ => {}
            }
        }
        if chunked {
            while !self.read.ends_with(b"0\r\n\r\n") {
                self.more().await?;
            }
        } else {
            while self.read.len() < head + length {
                self.more().await?;
            }
        }
        Ok(Answer { status, body: self.read[head..].to_vec(), tag })
    }

    async fn more(&mut self) -> io::Result<()> {
        match self.stream.read_buf(&mut self.read).await? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            _ => Ok(()),
        }
    }
}

fn end_of_head(read: &[u8]) -> Option<usize> {
    read.windows(4).position(|four| four == b"\r\n\r\n").map(|at| at + 4)
}

/// A request as it goes over the wire.
pub(crate) fn request(
    method: &str,
    path: &str,
    token: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> Vec<u8> {
    let headers: String =
        headers.iter().map(|(name, value)| [name, ": ", value, "\r\n"].concat()).collect();
    let length = body.len();
    let head = format!(
        "{method} {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n\
         {headers}Content-Length: {length}\r\n\r\n"
    );
    [head.as_bytes(), body].concat()
}

/// What a crowd saw.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    pub(crate) times: Times,
    pub(crate) good: u64,
    pub(crate) away: u64,
    pub(crate) wrong: u64,
    pub(crate) wall: f64,
}

impl Seen {
    pub(crate) fn rate(&self) -> f64 {
        self.good as f64 / self.wall
    }

    pub(crate) fn milliseconds(&self, share: f64) -> f64 {
        self.times.quantile(share).as_secs_f64() * 1e3
    }
}

impl std::fmt::Display for Seen {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{:.0} /s | p50 {:.1} ms | p99 {:.1} ms | max {:.0} ms | {} good, {} sent away, {} wrong",
            self.rate(),
            self.milliseconds(0.5),
            self.milliseconds(0.99),
            self.milliseconds(1.0),
            self.good,
            self.away,
            self.wrong
        )
    }
}

/// Whether an answer is what was wanted.
pub(crate) enum Verdict {
    Good,
    /// Sent away: no room, too many.
    Away,
    Wrong,
}

/// Has so many connections ask for so long; each asks what `next` writes for it and its count.
pub(crate) async fn crowd(
    address: SocketAddr,
    connections: usize,
    length: Duration,
    next: impl Fn(usize, u64) -> Vec<u8> + Send + Sync + 'static,
    verdict: impl Fn(&Answer) -> Verdict + Send + Sync + 'static,
) -> Seen {
    let over = Arc::new(AtomicBool::new(false));
    let shared = Arc::new((next, verdict));
    let [good, away, wrong] = [(); 3].map(|()| Arc::new(AtomicU64::new(0)));
    let begun = Instant::now();
    let mut tasks = Vec::with_capacity(connections);
    for number in 0..connections {
        let (over, shared) = (Arc::clone(&over), Arc::clone(&shared));
        let counts = [&good, &away, &wrong].map(Arc::clone);
        tasks.push(tokio::spawn(async move {
            let mut own = Vec::new();
            let mut line = Line::to(address).await.ok();
            for count in 0.. {
                if over.load(Ordering::Relaxed) {
                    break;
                }
                let Some(open) = &mut line else {
                    counts[2].fetch_add(1, Ordering::Relaxed);
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    line = Line::to(address).await.ok();
                    continue;
                };
                let request = shared.0(number, count);
                let asked = Instant::now();
                match open.ask(&request).await {
                    Ok(answer) => match shared.1(&answer) {
                        Verdict::Good => {
                            own.push(asked.elapsed());
                            counts[0].fetch_add(1, Ordering::Relaxed);
                        }
                        Verdict::Away => {
                            counts[1].fetch_add(1, Ordering::Relaxed);
                            tokio::time::sleep(Duration::from_millis(20)).await;
                        }
                        Verdict::Wrong => {
                            counts[2].fetch_add(1, Ordering::Relaxed);
                        }
                    },
                    Err(_) => line = None,
                }
            }
            own
        }));
    }
    tokio::time::sleep(length).await;
    over.store(true, Ordering::Relaxed);
    let mut seen = Seen { wall: begun.elapsed().as_secs_f64(), ..Seen::default() };
    for task in tasks {
        for time in task.await.unwrap_or_default() {
            seen.times.push(time);
        }
    }
    seen.good = good.load(Ordering::Relaxed);
    seen.away = away.load(Ordering::Relaxed);
    seen.wrong = wrong.load(Ordering::Relaxed);
    seen
}
