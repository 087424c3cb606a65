//! Providers on this machine, for tests and benchmarks: pages under addresses, served well or badly.

mod kit;

use std::collections::BTreeMap;
use std::io::{Cursor, Write};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bongsu_egress::{Egress, Own, Rules};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

pub use kit::{Kit, kit};

/// What is at an address.
#[derive(Clone, Debug)]
pub enum Page {
    /// A file with its entity tag; told by it, a reader who has it gets `304`.
    File(Arc<[u8]>, String),
    /// Only a status.
    Status(u16),
    /// Sent on to another address.
    Redirect(String),
    /// The beginning of a file; then the connection is cut.
    Cut(Arc<[u8]>, usize),
    /// Nothing ever comes.
    Silent,
    /// Something always comes.
    Endless,
}

/// A server that answers with pages.
#[derive(Clone, Debug)]
pub struct Provider {
    at: SocketAddr,
    inner: Arc<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    pages: Mutex<BTreeMap<String, Page>>,
    /// Paths and the status each was answered with, in order.
    asked: Mutex<Vec<(String, u16)>>,
}

impl Provider {
    /// Opens one on a free port of the loopback address.
    pub async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let at = listener.local_addr().unwrap();
        let inner = Arc::new(Inner::default());
        let served = Arc::clone(&inner);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let served = Arc::clone(&served);
                tokio::spawn(async move {
                    let _ = serve(stream, &served).await;
                });
            }
        });
        Self { at, inner }
    }

    /// Its port.
    pub fn port(&self) -> u16 {
        self.at.port()
    }

    /// The address of a path that begins with `/`.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.at)
    }

    /// A way out that reaches this provider and no other.
    pub fn egress(&self) -> Egress {
        let own = Own { host: self.at.ip().to_string(), port: self.at.port(), plain: true };
        let rules = Rules { own: vec![own], native_roots: false, ..Rules::default() };
        Egress::new(rules).unwrap()
    }

    /// Puts a file there.
    pub fn put(&self, path: &str, bytes: impl Into<Vec<u8>>) {
        let bytes: Vec<u8> = bytes.into();
        let tag = format!("\"{}\"", &super::mirror::sha256(&bytes)[..16]);
        self.set(path, Page::File(bytes.into(), tag));
    }

    /// Puts anything there.
    pub fn set(&self, path: &str, page: Page) {
        self.inner.pages.lock().unwrap().insert(path.to_owned(), page);
    }

    /// What is there.
    pub fn page(&self, path: &str) -> Option<Page> {
        self.inner.pages.lock().unwrap().get(path).cloned()
    }

    /// Takes away what is there.
    pub fn remove(&self, path: &str) {
        self.inner.pages.lock().unwrap().remove(path);
    }

    /// Every path asked for since the last time, with the status of its answer.
    pub fn asked(&self) -> Vec<(String, u16)> {
        std::mem::take(&mut self.inner.asked.lock().unwrap())
    }
}

async fn serve(mut stream: TcpStream, inner: &Inner) -> std::io::Result<()> {
    let mut head = Vec::new();
    loop {
        head.clear();
        while !head.ends_with(b"\r\n\r\n") {
            let mut piece = [0; 4096];
            let read = stream.read(&mut piece).await?;
            if read == 0 {
                return Ok(());
            }
            head.extend_from_slice(&piece[..read]);
        }
        let text = String::from_utf8_lossy(&head).into_owned();
        let path = text.split(' ').nth(1).unwrap_or_default().to_owned();
        let page = inner.pages.lock().unwrap().get(&path).cloned();
        let told = |status: u16| inner.asked.lock().unwrap().push((path.clone(), status));
        let bare = |status: u16, more: &str| {
            format!("HTTP/1.1 {status} Told\r\nContent-Length: 0\r\n{more}\r\n")
        };
        match page {
            None => {
                told(404);
                stream.write_all(bare(404, "").as_bytes()).await?;
            }
            Some(Page::File(_, tag)) if text.contains(&tag) => {
                told(304);
                stream
                    .write_all(format!("HTTP/1.1 304 Same\r\nETag: {tag}\r\n\r\n").as_bytes())
                    .await?;
            }
            Some(Page::File(bytes, tag)) => {
                told(200);
                let length = bytes.len();
                let head =
                    format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\nETag: {tag}\r\n\r\n");
                stream.write_all(head.as_bytes()).await?;
                stream.write_all(&bytes).await?;
            }
            Some(Page::Status(status)) => {
                told(status);
                stream.write_all(bare(status, "").as_bytes()).await?;
            }
            Some(Page::Redirect(to)) => {
                told(302);
                stream.write_all(bare(302, &format!("Location: {to}\r\n")).as_bytes()).await?;
            }
            Some(Page::Cut(bytes, after)) => {
                told(200);
                let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", bytes.len());
                stream.write_all(head.as_bytes()).await?;
                stream.write_all(&bytes[..after]).await?;
                return Ok(());
            }
            Some(Page::Silent) => {
                told(200);
                tokio::time::sleep(Duration::from_hours(1)).await;
            }
            Some(Page::Endless) => {
                told(200);
                stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await?;
                let piece = vec![b' '; 1 << 16];
                loop {
                    stream.write_all(&piece).await?;
                }
            }
        }
    }
}

/// An archive of these files.
pub fn zip<N: AsRef<str>, B: AsRef<[u8]>>(files: impl IntoIterator<Item = (N, B)>) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default().compression_level(Some(1));
    for (name, bytes) in files {
        archive.start_file(name.as_ref(), options).unwrap();
        archive.write_all(bytes.as_ref()).unwrap();
    }
    archive.finish().unwrap().into_inner()
}
