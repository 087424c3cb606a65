//! What stands for the world outside: a mail relay and a gateway of short messages. They keep what came.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// A mail as it came.
#[derive(Clone, Debug)]
pub struct Letter {
    /// The mailbox it is for.
    pub to: String,
    /// Head and body as they were sent.
    pub raw: String,
}

impl Letter {
    /// What it says, its encoding undone.
    pub fn text(&self) -> String {
        let (head, body) = self.raw.split_once("\r\n\r\n").unwrap();
        if head.contains("quoted-printable") {
            return unquoted(body);
        }
        if head.contains("base64") {
            let joined: String = body.split_whitespace().collect();
            return String::from_utf8(unbase64(&joined)).unwrap();
        }
        body.to_owned()
    }
}

/// A mail relay that takes everything, except for houses that burnt down.
#[derive(Clone)]
pub struct Mailbox {
    pub address: SocketAddr,
    came: Arc<Mutex<Vec<Letter>>>,
}

impl Mailbox {
    pub async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let it = Self { address: listener.local_addr().unwrap(), came: Arc::default() };
        let own = it.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let own = own.clone();
                tokio::spawn(async move { drop(own.talk(stream).await) });
            }
        });
        it
    }

    pub fn came(&self) -> Vec<Letter> {
        self.came.lock().unwrap().clone()
    }

    /// What came for one mailbox.
    pub fn came_for(&self, mailbox: &str) -> Vec<Letter> {
        self.came().into_iter().filter(|letter| letter.to == mailbox).collect()
    }

    async fn talk(self, stream: TcpStream) -> std::io::Result<()> {
        let mut stream = BufReader::new(stream);
        stream.write_all(b"220 sink ESMTP\r\n").await?;
        let mut to = String::new();
        loop {
            let mut line = String::new();
            if stream.read_line(&mut line).await? == 0 {
                return Ok(());
            }
            let answer: &[u8] = match line.get(..4).unwrap_or_default() {
                "EHLO" => b"250-sink\r\n250 8BITMIME\r\n",
                "RCPT" => {
                    let named = line.split_once('<').and_then(|(_, rest)| rest.split_once('>'));
                    to = named.unwrap().0.to_owned();
                    if to.ends_with("@burnt.example") {
                        b"550 no such host\r\n"
                    } else {
                        b"250 ok\r\n"
                    }
                }
                "DATA" => {
                    stream.write_all(b"354 go on\r\n").await?;
                    let raw = whole(&mut stream).await?;
                    self.came.lock().unwrap().push(Letter { to: to.clone(), raw });
                    b"250 taken\r\n"
                }
                "QUIT" => b"221 bye\r\n",
                _ => b"250 ok\r\n",
            };
            stream.write_all(answer).await?;
        }
    }
}

async fn whole(stream: &mut BufReader<TcpStream>) -> std::io::Result<String> {
    let mut raw = String::new();
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await? == 0 || line == ".\r\n" {
            return Ok(raw);
        }
        raw.push_str(line.strip_prefix('.').unwrap_or(&line));
    }
}

/// A program that says 204 to everything and keeps the bodies.
#[derive(Clone)]
pub struct Hooks {
    pub address: SocketAddr,
    came: Arc<Mutex<Vec<String>>>,
}

impl Hooks {
    pub async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let it = Self { address: listener.local_addr().unwrap(), came: Arc::default() };
        let own = it.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let own = own.clone();
                tokio::spawn(async move { drop(own.talk(stream).await) });
            }
        });
        it
    }

    pub fn came(&self) -> Vec<String> {
        self.came.lock().unwrap().clone()
    }

    async fn talk(self, stream: TcpStream) -> std::io::Result<()> {
        let mut stream = BufReader::new(stream);
        loop {
            let mut length = 0;
            loop {
                let mut line = String::new();
                if stream.read_line(&mut line).await? == 0 {
                    return Ok(());
                }
                if line == "\r\n" {
                    break;
                }
                if let Some(rest) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                    length = rest.trim().parse().unwrap_or(0);
                }
            }
            let mut body = vec![0; length];
            stream.read_exact(&mut body).await?;
            self.came.lock().unwrap().push(String::from_utf8(body).unwrap());
            stream.write_all(b"HTTP/1.1 204 No Content\r\n\r\n").await?;
        }
    }
}

fn unquoted(body: &str) -> String {
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

fn unbase64(text: &str) -> Vec<u8> {
    const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let (mut bytes, mut bits, mut held) = (Vec::new(), 0_u32, 0);
    for digit in text.bytes().filter(|byte| *byte != b'=') {
        let value = DIGITS.iter().position(|one| *one == digit).unwrap();
        bits = (bits << 6) | u32::try_from(value).unwrap();
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push(u8::try_from((bits >> held) & 0xff).unwrap());
        }
    }
    bytes
}
