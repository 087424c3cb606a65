//! Every way we know to write an address inside the network so that it looks like one outside.

#![allow(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

use std::{
    io,
    net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use bongsu_egress::{Egress, Error, Outgoing, Own, Resolve, Resolving, Rules};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use url::Url;

/// A listener on every address of this machine that counts who comes.
struct Canary {
    port: u16,
    visits: Arc<AtomicUsize>,
}

impl Canary {
    fn new() -> Self {
        let everywhere = ["[::]:0", "0.0.0.0:0"];
        let listener = everywhere.iter().find_map(|at| TcpListener::bind(at).ok()).unwrap();
        let port = listener.local_addr().unwrap().port();
        let visits = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&visits);
        std::thread::spawn(move || {
            for _ in listener.incoming() {
                counted.fetch_add(1, Ordering::SeqCst);
            }
        });
        Self { port, visits }
    }

    fn visits(&self) -> usize {
        self.visits.load(Ordering::SeqCst)
    }
}

/// Names and where they are said to be; anything else is at the loopback address, so that a hole would be seen.
struct Liar(AtomicUsize);

impl Resolve for Liar {
    fn resolve<'a>(&'a self, name: &'a str) -> Resolving<'a> {
        let turn = self.0.fetch_add(1, Ordering::SeqCst);
        let found: Vec<IpAddr> = match name.split('.').next().unwrap() {
            // A public address beside one that is not: no address of such a name is used.
            "both" => vec![[1, 1, 1, 1].into(), [127, 0, 0, 1].into()],
            "last" => (1..9).map(|n| [1, 1, 1, n].into()).chain([[10, 0, 0, 1].into()]).collect(),
            "flip" if turn.is_multiple_of(2) => vec![[127, 0, 0, 1].into()],
            "flip" => vec![[169, 254, 169, 254].into()],
            "at" => vec![at(name)],
            _ => vec![Ipv4Addr::LOCALHOST.into()],
        };
        Box::pin(async move { Ok::<_, io::Error>(found) })
    }
}

/// `at.10-0-0-1.example`: the address is in the name.
fn at(name: &str) -> IpAddr {
    let text = name.split('.').nth(1).unwrap();
    text.replace('-', ".").parse().or_else(|_| text.replace('-', ":").parse()).unwrap()
}

/// One address a range that must not be reached.
const INSIDE: [[u8; 4]; 22] = [
    [0, 0, 0, 0],
    [0, 1, 2, 3],
    [10, 0, 0, 1],
    [10, 255, 255, 255],
    [100, 64, 0, 1],
    [127, 0, 0, 1],
    [127, 0, 0, 53],
    [127, 255, 255, 254],
    [169, 254, 0, 1],
    [169, 254, 169, 254],
    [172, 16, 0, 1],
    [172, 31, 255, 254],
    [192, 0, 0, 192],
    [192, 0, 2, 1],
    [192, 168, 0, 1],
    [192, 168, 255, 1],
    [198, 18, 0, 1],
    [198, 51, 100, 1],
    [203, 0, 113, 1],
    [224, 0, 0, 251],
    [240, 0, 0, 1],
    [255, 255, 255, 255],
];

/// IPv6 addresses that must not be reached.
const INSIDE_V6: [&str; 24] = [
    "::",
    "::1",
    "0:0:0:0:0:0:0:1",
    "0000::0001",
    "::127.0.0.1",
    "::7f00:1",
    "::ffff:127.0.0.1",
    "::ffff:7f00:1",
    "::FFFF:10.0.0.1",
    "::ffff:169.254.169.254",
    "::ffff:0:127.0.0.1",
    "64:ff9b::127.0.0.1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::7f00:1",
    "2002:7f00:1::",
    "2002:a9fe:a9fe::1",
    "2001:0:7f00:1::",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fec0::1",
    "ff02::1",
    "2001:db8::1",
    "100::1",
];

/// The ways to write an IPv4 address that browsers read.
fn spellings([a, b, c, d]: [u8; 4]) -> Vec<String> {
    let whole = u32::from_be_bytes([a, b, c, d]);
    let low = u32::from_be_bytes([0, b, c, d]);
    let half = u16::from_be_bytes([c, d]);
    let dotted = format!("{a}.{b}.{c}.{d}");
    vec![
        dotted.clone(),
        format!("{whole}"),
        format!("{whole:#x}"),
        format!("0{whole:o}"),
        format!("{a:#x}.{b:#x}.{c:#x}.{d:#x}"),
        format!("0{a:o}.0{b:o}.0{c:o}.0{d:o}"),
        format!("{a}.{low}"),
        format!("{a}.{b}.{half}"),
        format!("{a:#X}.{low}"),
        format!("0x00000000{whole:x}"),
        format!("{dotted}."),
        wide(&dotted),
        dotted.replace('.', "\u{3002}"),
        dotted.replace('.', "%2e"),
        percent(&dotted),
        format!("at.{a}-{b}-{c}-{d}.example"),
        format!("[::ffff:{dotted}]"),
        format!("[64:ff9b::{dotted}]"),
        format!("[::{dotted}]"),
    ]
}

/// Every letter as its percent code.
fn percent(text: &str) -> String {
    text.bytes().fold(String::new(), |all, byte| all + &format!("%{byte:02x}"))
}

/// Full-width digits and dots.
fn wide(text: &str) -> String {
    let widened = |letter: char| char::from_u32(letter as u32 + 0xfee0);
    text.chars().map(|letter| widened(letter).unwrap()).collect()
}

/// What is not an address but leads to one.
const NAMES: [&str; 40] = [
    "localhost",
    "LOCALHOST",
    "localhost.",
    "localhost.localdomain",
    "foo.localhost",
    "\u{24db}ocalhost",
    "l\u{43e}calhost",
    "local\u{ad}host",
    "loca%6chost",
    "router.local",
    "printer.local.",
    "db.internal",
    "metadata.google.internal",
    "metadata",
    "instance-data",
    "gateway",
    "intranet",
    "host.docker.internal",
    "kubernetes.default.svc.cluster.local",
    "x.home.arpa",
    "abcdefgh.onion",
    "nothing.invalid",
    "both.example",
    "last.example",
    "flip.example",
    "flip.example",
    "a.nip.example",
    "127.0.0.1.nip.example",
    "spoofed.example",
    "xn--lcalhost-q0g.example",
    "EXAMPLE.com",
    "example.com.",
    "example.com..",
    "\u{ff45}xample.com",
    "ex\u{e4}mple.com",
    "1e100.example",
    "0x7f.example",
    "at.fd00--1.example",
    "at.--1.example",
    "at.fe80--1.example",
];

/// Whole addresses; `P` is the port of the canary.
const ADDRESSES: [&str; 44] = [
    "http://example.com/",
    "http://example.com:P/",
    "http://127.0.0.1:P/",
    "http://[::1]:P/",
    "ftp://127.0.0.1:P/",
    "file:///etc/passwd",
    "file://127.0.0.1:P/etc/passwd",
    "gopher://127.0.0.1:P/_x",
    "dict://127.0.0.1:P/d",
    "ldap://127.0.0.1:P/",
    "ldaps://127.0.0.1:P/",
    "smb://127.0.0.1:P/",
    "jar:https://127.0.0.1:P/!/",
    "data:,x",
    "javascript:alert(1)",
    "ws://127.0.0.1:P/",
    "wss://127.0.0.1:P/",
    "unix:/run/docker.sock",
    "tftp://127.0.0.1:P/",
    "https://user@example.com:P/",
    "https://user:word@example.com:P/",
    "https://:word@example.com:P/",
    "https://example.com:P@127.0.0.1:P/",
    "https://127.0.0.1:P@example.com:P/",
    "https://example.com%00@127.0.0.1:P/",
    "https://example.com\\@127.0.0.1:P/",
    "https://127.0.0.1:P\\@example.com/",
    "https://127.1:P#@example.com/",
    "https://127.0.0.1:P?@example.com/",
    "https:127.0.0.1:P/",
    "https:/127.0.0.1:P/",
    "https:\\\\127.0.0.1:P\\",
    "https:///127.0.0.1:P/",
    "https:////127.0.0.1:P/",
    "\thttps://127.0.0.1:P/",
    "ht\ntps://127.0.\n0.1:P/",
    "https://127.0.0.1\t:P/",
    "HTTPS://127.0.0.1:P/",
    "https://example.com:22/",
    "https://example.com:25/",
    "https://example.com:6379/",
    "https://example.com:80/",
    "https://example.com:0/",
    "https://example.com:65535/",
];

fn all(port: u16) -> Vec<String> {
    let v4 = INSIDE.into_iter().flat_map(spellings).map(|host| format!("https://{host}:{port}/"));
    let v6 = INSIDE_V6.iter().map(|host| format!("https://[{host}]:{port}/"));
    let names = NAMES.iter().map(|host| format!("https://{host}:{port}/"));
    let addresses = ADDRESSES.iter().map(|address| address.replace('P', &port.to_string()));
    v4.chain(v6).chain(names).chain(addresses).collect()
}

fn rules(port: u16, own: Vec<Own>) -> Rules {
    Rules { ports: vec![443, port], own, native_roots: false, ..Rules::default() }
}

#[tokio::test]
async fn no_trick_reaches_the_inside() {
    let canary = Canary::new();
    let egress =
        Egress::with_resolver(rules(canary.port, Vec::new()), Arc::new(Liar(0.into()))).unwrap();
    let tricks = all(canary.port);
    assert!(tricks.len() >= 500, "{} tricks", tricks.len());
    for trick in &tricks {
        let Ok(url) = Url::parse(trick) else { continue }; // no address at all: nothing to reach
        match egress.send(Outgoing::get(url)).await {
            Err(Error::Refused(_)) => {}
            other => panic!("{trick}: {other:?}"),
        }
    }
    assert_eq!(canary.visits(), 0);

    // The canary does see who comes.
    let own = Own { host: "127.0.0.1".to_owned(), port: canary.port, plain: false };
    let named = Egress::new(rules(canary.port, vec![own])).unwrap();
    named.connect("127.0.0.1", canary.port).await.unwrap();
    while canary.visits() == 0 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn no_bare_connection_reaches_the_inside() {
    let canary = Canary::new();
    let egress =
        Egress::with_resolver(rules(canary.port, Vec::new()), Arc::new(Liar(0.into()))).unwrap();
    let hosts = INSIDE.into_iter().flat_map(spellings).chain(NAMES.map(str::to_owned));
    for host in hosts {
        let tried = egress.connect(&host, canary.port).await;
        assert!(matches!(tried, Err(Error::Refused(_))), "{host}: {tried:?}");
    }
    assert_eq!(canary.visits(), 0);
}

/// Answers everything with a redirect to what its path says, in hexadecimal.
async fn signpost() -> SocketAddr {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut head = vec![0; 16 * 1024];
                let mut read = 0;
                while !head[..read].ends_with(b"\r\n\r\n") {
                    read += stream.read(&mut head[read..]).await.unwrap().max(1);
                }
                let text = String::from_utf8_lossy(&head[..read]).into_owned();
                let to = unhex(text.split([' ', '/']).nth(2).unwrap());
                let mut answer = b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: ".to_vec();
                answer.extend_from_slice(to.as_bytes());
                answer.extend_from_slice(b"\r\nConnection: close\r\n\r\n");
                stream.write_all(&answer).await.unwrap();
            });
        }
    });
    address
}

fn hex(text: &str) -> String {
    text.bytes().fold(String::new(), |all, byte| all + &format!("{byte:02x}"))
}

fn unhex(text: &str) -> String {
    let byte = |at: usize| u8::from_str_radix(&text[at..at + 2], 16).unwrap();
    String::from_utf8((0..text.len()).step_by(2).map(byte).collect()).unwrap()
}

#[tokio::test]
async fn no_redirect_reaches_the_inside() {
    let canary = Canary::new();
    let post = signpost().await;
    let own = Own { host: post.ip().to_string(), port: post.port(), plain: true };
    let egress =
        Egress::with_resolver(rules(canary.port, vec![own]), Arc::new(Liar(0.into()))).unwrap();
    let mut sent = 0;
    for trick in all(canary.port).iter().filter(|trick| !trick.contains(['\n', '\t'])) {
        let base = Url::parse(&format!("http://{post}/")).unwrap();
        if base.join(trick).is_ok_and(|to| to.origin() == base.origin()) {
            continue; // a relative address: it leads back to the signpost itself
        }
        let from = base.join(&hex(trick)).unwrap();
        match egress.send(Outgoing::get(from)).await {
            Err(Error::Refused(_)) => sent += 1,
            other => panic!("{trick}: {other:?}"),
        }
    }
    assert!(sent >= 500, "{sent} redirects");
    assert_eq!(canary.visits(), 0);
}

/// Says another address each time it is asked.
struct Rebinding(AtomicUsize);

impl Resolve for Rebinding {
    fn resolve<'a>(&'a self, _: &'a str) -> Resolving<'a> {
        let turn = self.0.fetch_add(1, Ordering::SeqCst);
        let address = if turn == 0 { [127, 0, 0, 2] } else { [127, 0, 0, 1] };
        Box::pin(async move { Ok(vec![address.into()]) })
    }
}

#[tokio::test]
async fn a_name_is_asked_for_once_and_the_connection_goes_where_it_was_then() {
    let first = tokio::net::TcpListener::bind("127.0.0.2:0").await.unwrap();
    let port = first.local_addr().unwrap().port();
    let second = tokio::net::TcpListener::bind(("127.0.0.1", port)).await.unwrap();
    tokio::spawn(async move {
        let (mut stream, _) = first.accept().await.unwrap();
        let mut head = [0; 1024];
        assert!(stream.read(&mut head).await.unwrap() > 0);
        stream.write_all(b"HTTP/1.1 204 No Content\r\n\r\n").await.unwrap();
    });
    let own = Own { host: "two.example".to_owned(), port, plain: true };
    let resolver = Arc::new(Rebinding(AtomicUsize::new(0)));
    let egress = Egress::with_resolver(rules(port, vec![own]), resolver.clone()).unwrap();
    let url = Url::parse(&format!("http://two.example:{port}/")).unwrap();
    assert_eq!(egress.send(Outgoing::get(url)).await.unwrap().status, 204);
    assert_eq!(resolver.0.load(Ordering::SeqCst), 1);
    let nobody = tokio::time::timeout(std::time::Duration::from_millis(20), second.accept()).await;
    assert!(nobody.is_err());
}
