//! What stands for the world outside: a mail relay and the programs of institutions, which take everything and count.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::Result;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// The sinks; gone with the runtime.
#[derive(Debug)]
pub(super) struct Sinks {
    pub(super) mail: SocketAddr,
    pub(super) hooks: SocketAddr,
    mails: Arc<AtomicU64>,
    calls: Arc<AtomicU64>,
}

impl Sinks {
    pub(super) async fn open() -> Result<Self> {
        let (mails, calls) = (Arc::<AtomicU64>::default(), Arc::<AtomicU64>::default());
        let mail = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let hook = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let sinks = Self {
            mail: mail.local_addr()?,
            hooks: hook.local_addr()?,
            mails: Arc::clone(&mails),
            calls: Arc::clone(&calls),
        };
        tokio::spawn(async move {
            while let Ok((stream, _)) = mail.accept().await {
                tokio::spawn(take_mail(stream, Arc::clone(&mails)));
            }
        });
        tokio::spawn(async move {
            while let Ok((stream, _)) = hook.accept().await {
                tokio::spawn(take_calls(stream, Arc::clone(&calls)));
            }
        });
        Ok(sinks)
    }

    /// Mails that were taken.
    pub(super) fn mails(&self) -> u64 {
        self.mails.load(Ordering::Relaxed)
    }

    /// Calls of webhooks that were taken.
    pub(super) fn calls(&self) -> u64 {
        self.calls.load(Ordering::Relaxed)
    }
}

/// As much of SMTP as a relay that refuses nothing needs.
async fn take_mail(stream: TcpStream, mails: Arc<AtomicU64>) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    stream.write_all(b"220 sink\r\n").await?;
    let mut line = String::new();
    loop {
        line.clear();
        if stream.read_line(&mut line).await? == 0 {
            return Ok(());
        }
        let word = line.get(..4).unwrap_or_default().to_ascii_uppercase();
        let answer: &[u8] = match word.as_str() {
            "DATA" => {
                stream.write_all(b"354 go on\r\n").await?;
                while line != ".\r\n" {
                    line.clear();
                    if stream.read_line(&mut line).await? == 0 {
                        return Ok(());
                    }
                }
                mails.fetch_add(1, Ordering::Relaxed);
                b"250 taken\r\n"
            }
            "QUIT" => return stream.write_all(b"221 bye\r\n").await,
            _ => b"250 ok\r\n",
        };
        stream.write_all(answer).await?;
    }
}

/// As much of HTTP as a program that says 204 to everything needs.
async fn take_calls(stream: TcpStream, calls: Arc<AtomicU64>) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    let mut line = String::new();
    loop {
        let mut length = 0_usize;
        loop {
            line.clear();
            if stream.read_line(&mut line).await? == 0 {
                return Ok(());
            }
            if line == "\r\n" {
                break;
            }
            let lower = line.to_ascii_lowercase();
            if let Some(rest) = lower.strip_prefix("content-length:") {
                length = rest.trim().parse().unwrap_or(0);
            }
        }
        let mut body = vec![0; length.min(1 << 20)];
        stream.read_exact(&mut body).await?;
        calls.fetch_add(1, Ordering::Relaxed);
        stream.write_all(b"HTTP/1.1 204 No Content\r\n\r\n").await?;
    }
}
