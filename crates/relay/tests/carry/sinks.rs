//! Sinks on this machine: programs that take webhooks, and a mail relay.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex};

use bongsu_relay::carry::way::{Post, Unsent, Way};
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use url::Url;

/// A request as it came.
#[derive(Clone, Debug)]
pub(crate) struct Came {
    pub(crate) path: String,
    pub(crate) headers: HashMap<String, String>,
    pub(crate) body: String,
}

/// A program that takes webhooks.
#[derive(Clone, Debug)]
pub(crate) struct Hooks {
    pub(crate) port: u16,
    came: Arc<Mutex<Vec<Came>>>,
    status: Arc<Mutex<u16>>,
}

impl Hooks {
    pub(crate) async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let it = Self { port, came: Arc::default(), status: Arc::new(Mutex::new(204)) };
        let own = it.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(own.clone().serve(stream));
            }
        });
        it
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}/{path}", self.port)
    }

    pub(crate) fn answer(&self, status: u16) {
        *self.status.lock().unwrap() = status;
    }

    pub(crate) fn came(&self) -> Vec<Came> {
        self.came.lock().unwrap().clone()
    }

    async fn serve(self, stream: TcpStream) {
        let mut stream = BufReader::new(stream);
        let mut first = String::new();
        if stream.read_line(&mut first).await.is_err() {
            return;
        }
        let path = first.split(' ').nth(1).unwrap_or_default().to_owned();
        let mut headers = HashMap::new();
        loop {
            let mut line = String::new();
            stream.read_line(&mut line).await.unwrap();
            let Some((name, value)) = line.trim().split_once(": ") else { break };
            headers.insert(name.to_lowercase(), value.to_owned());
        }
        let length = headers.get("content-length").and_then(|it| it.parse().ok()).unwrap_or(0);
        let mut body = vec![0; length];
        stream.read_exact(&mut body).await.unwrap();
        if path.contains("slow") {
            std::future::pending::<()>().await;
        }
        let body = String::from_utf8(body).unwrap();
        self.came.lock().unwrap().push(Came { path, headers, body });
        let status = *self.status.lock().unwrap();
        let more = if (300..400).contains(&status) { "Location: /elsewhere\r\n" } else { "" };
        let answer =
            format!("HTTP/1.1 {status} x\r\n{more}Content-Length: 0\r\nConnection: close\r\n\r\n");
        let _ = stream.write_all(answer.as_bytes()).await;
    }
}

/// A mail as it came.
#[derive(Clone, Debug)]
pub(crate) struct Letter {
    pub(crate) to: String,
    pub(crate) raw: String,
}

impl Letter {
    /// A header, as written.
    pub(crate) fn header(&self, name: &str) -> String {
        let (head, _) = self.raw.split_once("\r\n\r\n").unwrap();
        let head = head.replace("\r\n ", " ");
        let found = head.lines().find_map(|line| line.strip_prefix(&format!("{name}: ")));
        found.unwrap_or_default().to_owned()
    }

    /// What it says.
    pub(crate) fn text(&self) -> String {
        let (_, body) = self.raw.split_once("\r\n\r\n").unwrap();
        match self.header("Content-Transfer-Encoding").as_str() {
            "base64" => {
                use base64::Engine as _;
                let joined: String = body.split_whitespace().collect();
                let bytes = base64::engine::general_purpose::STANDARD.decode(joined).unwrap();
                String::from_utf8(bytes).unwrap()
            }
            "quoted-printable" => quoted(body),
            _ => body.to_owned(),
        }
    }
}

fn quoted(body: &str) -> String {
    let body = body.replace("=\r\n", "");
    let (mut bytes, mut rest) = (Vec::new(), body.as_bytes());
    while let Some((first, after)) = rest.split_first() {
        if *first == b'=' && after.len() >= 2 {
            let hex = std::str::from_utf8(&after[..2]).unwrap();
            bytes.push(u8::from_str_radix(hex, 16).unwrap());
            rest = &after[2..];
        } else {
            bytes.push(*first);
            rest = after;
        }
    }
    String::from_utf8(bytes).unwrap()
}

/// A mail relay.
#[derive(Clone)]
pub(crate) struct Post250 {
    pub(crate) port: u16,
    came: Arc<Mutex<Vec<Letter>>>,
    tls: Option<TlsAcceptor>,
}

impl Post250 {
    pub(crate) async fn open() -> Self {
        Self::serving(None, false).await
    }

    /// One with TLS, from the first byte or after `STARTTLS`; and its certificate.
    pub(crate) async fn secure(first: bool) -> (Self, Vec<u8>) {
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let key = PrivateKeyDer::Pkcs8(made.signing_key.serialize_der().into());
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![made.cert.der().clone()], key)
            .unwrap();
        let tls = TlsAcceptor::from(Arc::new(config));
        (Self::serving(Some(tls), first).await, made.cert.pem().into_bytes())
    }

    async fn serving(tls: Option<TlsAcceptor>, first: bool) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let it = Self { port, came: Arc::default(), tls };
        let own = it.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(own.clone().serve(stream, first));
            }
        });
        it
    }

    pub(crate) fn came(&self) -> Vec<Letter> {
        self.came.lock().unwrap().clone()
    }

    async fn serve(self, stream: TcpStream, first: bool) {
        if let (Some(tls), true) = (&self.tls, first) {
            if let Ok(stream) = tls.accept(stream).await {
                self.talk(stream, true, false).await;
            }
            return;
        }
        let Some(stream) = self.talk(stream, true, self.tls.is_some()).await else { return };
        if let Ok(stream) = self.tls.as_ref().unwrap().accept(stream).await {
            self.talk(stream, false, false).await;
        }
    }

    /// Talks until the other side goes, or wants to go on under TLS.
    async fn talk<S: AsyncRead + AsyncWrite + Unpin>(
        &self,
        stream: S,
        greets: bool,
        offers: bool,
    ) -> Option<S> {
        let mut stream = BufReader::new(stream);
        if greets {
            stream.write_all(b"220 sink ESMTP\r\n").await.ok()?;
        }
        let mut to = String::new();
        loop {
            let mut line = String::new();
            if stream.read_line(&mut line).await.unwrap_or(0) == 0 {
                return None;
            }
            let answer: &[u8] = match line.get(..4).unwrap_or_default() {
                "EHLO" if offers => b"250-sink\r\n250-8BITMIME\r\n250 STARTTLS\r\n",
                "EHLO" => b"250-sink\r\n250 8BITMIME\r\n",
                "STAR" => {
                    stream.write_all(b"220 go on\r\n").await.ok()?;
                    return Some(stream.into_inner());
                }
                "RCPT" => {
                    line.trim().clone_into(&mut to);
                    if to.contains("nobody@") { b"550 no such mailbox\r\n" } else { b"250 ok\r\n" }
                }
                "DATA" => {
                    stream.write_all(b"354 go on\r\n").await.ok()?;
                    let raw = text(&mut stream).await;
                    self.came.lock().unwrap().push(Letter { to: to.clone(), raw });
                    b"250 taken\r\n"
                }
                "QUIT" => b"221 bye\r\n",
                _ => b"250 ok\r\n",
            };
            stream.write_all(answer).await.ok()?;
            stream.flush().await.ok()?;
        }
    }
}

async fn text<S: AsyncRead + Unpin>(stream: &mut BufReader<S>) -> String {
    let mut raw = String::new();
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).await.unwrap();
        if line == ".\r\n" {
            return raw;
        }
        raw.push_str(line.strip_prefix('.').unwrap_or(&line));
    }
}

/// A way that leads to this machine and nowhere else.
#[derive(Clone, Debug, Default)]
pub(crate) struct Loopback {
    /// Is the mail relay down?
    pub(crate) down: Arc<Mutex<bool>>,
    /// Does nobody hear the answer any more, as when the carrier was killed?
    pub(crate) deaf: Arc<Mutex<bool>>,
}

impl Way for Loopback {
    fn check(&self, url: &Url) -> Result<(), Unsent> {
        match url.host_str() {
            Some("127.0.0.1") => Ok(()),
            host => Err(Unsent::Barred(format!("{host:?} is not this machine"))),
        }
    }

    async fn post(&self, post: Post) -> Result<u16, Unsent> {
        self.check(&post.url)?;
        let said = tokio::time::timeout(post.patience, say(&post)).await;
        let said = said.map_err(|_| Unsent::Failed("too slow".to_owned()))?;
        if *self.deaf.lock().unwrap() {
            std::future::pending::<()>().await;
        }
        said.map_err(|error| Unsent::Failed(error.to_string()))
    }

    async fn connect(&self, host: &str, port: u16) -> Result<TcpStream, Unsent> {
        if *self.down.lock().unwrap() {
            return Err(Unsent::Failed("nobody listens".to_owned()));
        }
        TcpStream::connect((host, port)).await.map_err(|error| Unsent::Failed(error.to_string()))
    }
}

async fn say(post: &Post) -> std::io::Result<u16> {
    let port = post.url.port().unwrap_or(80);
    let mut stream = BufReader::new(TcpStream::connect(("127.0.0.1", port)).await?);
    let mut head =
        format!("POST {} HTTP/1.1\r\nContent-Length: {}\r\n", post.url.path(), post.body.len());
    for (name, value) in &post.headers {
        write!(head, "{name}: {}\r\n", value.to_str().unwrap()).unwrap();
    }
    stream.write_all(format!("{head}\r\n").as_bytes()).await?;
    stream.write_all(&post.body).await?;
    let mut first = String::new();
    stream.read_line(&mut first).await?;
    first
        .split(' ')
        .nth(1)
        .and_then(|it| it.parse().ok())
        .ok_or_else(|| std::io::Error::other("hung up"))
}
