//! One request out, one answer back: limits, redirects, certificates, kept connections.

#![allow(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use bongsu_egress::{Egress, Error, Outgoing, Own, Refused, Resolve, Resolving, Rules};
use http::{HeaderValue, header};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::TcpListener,
};
use url::Url;

/// Every name is at the loopback address.
struct Here;

impl Resolve for Here {
    fn resolve<'a>(&'a self, _: &'a str) -> Resolving<'a> {
        Box::pin(async { Ok(vec![IpAddr::from(Ipv4Addr::LOCALHOST)]) })
    }
}

/// A server that answers a path with bytes, and remembers.
struct Server {
    at: SocketAddr,
    heads: Arc<Mutex<Vec<String>>>,
    connections: Arc<AtomicUsize>,
}

impl Server {
    async fn new(answer: impl Fn(&str) -> Vec<u8> + Clone + Send + Sync + 'static) -> Self {
        Self::with_tls(answer, None).await
    }

    async fn with_tls(
        answer: impl Fn(&str) -> Vec<u8> + Clone + Send + Sync + 'static,
        tls: Option<tokio_rustls::TlsAcceptor>,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let at = listener.local_addr().unwrap();
        let heads = Arc::new(Mutex::new(Vec::new()));
        let connections = Arc::new(AtomicUsize::new(0));
        let (kept, counted) = (Arc::clone(&heads), Arc::clone(&connections));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                counted.fetch_add(1, Ordering::SeqCst);
                let (answer, kept, tls) = (answer.clone(), Arc::clone(&kept), tls.clone());
                tokio::spawn(async move {
                    match tls {
                        None => serve(stream, answer, kept).await,
                        Some(tls) => {
                            if let Ok(stream) = tls.accept(stream).await {
                                serve(stream, answer, kept).await;
                            }
                        }
                    }
                });
            }
        });
        Self { at, heads, connections }
    }

    fn own(&self, host: &str) -> Own {
        Own { host: host.to_owned(), port: self.at.port(), plain: true }
    }

    fn url(&self, host: &str, path: &str) -> Url {
        Url::parse(&format!("http://{host}:{}{path}", self.at.port())).unwrap()
    }

    fn heads(&self) -> Vec<String> {
        self.heads.lock().unwrap().clone()
    }
}

async fn serve(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    answer: impl Fn(&str) -> Vec<u8>,
    heads: Arc<Mutex<Vec<String>>>,
) {
    loop {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            match stream.read_u8().await {
                Ok(byte) => head.push(byte),
                Err(_) => return,
            }
        }
        let head = String::from_utf8(head).unwrap();
        let length = head.to_lowercase();
        let length = length.lines().find_map(|line| line.strip_prefix("content-length: "));
        let mut body = vec![0; length.map_or(0, |length| length.parse().unwrap())];
        stream.read_exact(&mut body).await.unwrap();
        let path = head.split(' ').nth(1).unwrap().to_owned();
        heads.lock().unwrap().push(head);
        let bytes = answer(&path);
        if stream.write_all(&bytes).await.is_err() || path.starts_with("/close") {
            return;
        }
        if path.starts_with("/silent") {
            tokio::time::sleep(Duration::from_mins(1)).await;
        }
        while path.starts_with("/endless") {
            if stream.write_all(&[b'x'; 4096]).await.is_err() {
                return;
            }
        }
        while path.starts_with("/drip") {
            tokio::time::sleep(Duration::from_millis(20)).await;
            if stream.write_all(b"x").await.is_err() {
                return;
            }
        }
    }
}

fn ok(body: &str) -> Vec<u8> {
    format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}", body.len()).into_bytes()
}

fn to(location: &str) -> Vec<u8> {
    format!("HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: {location}\r\n\r\n").into_bytes()
}

fn egress(own: Vec<Own>) -> Egress {
    let rules = Rules { own, native_roots: false, ..Rules::default() };
    Egress::with_resolver(rules, Arc::new(Here)).unwrap()
}

#[tokio::test]
async fn an_answer_comes_back_and_the_connection_is_kept() {
    let server = Server::new(ok).await;
    let egress = egress(vec![server.own("a.example")]);
    for path in ["/one", "/two?x=1", "/three"] {
        let answer = egress.send(Outgoing::get(server.url("a.example", path))).await.unwrap();
        assert_eq!((answer.status.as_u16(), &answer.body[..]), (200, path.as_bytes()));
    }
    assert_eq!(server.connections.load(Ordering::SeqCst), 1);
    assert!(server.heads()[0].contains("host: a.example:"), "{:?}", server.heads());
}

#[tokio::test]
async fn a_kept_connection_that_was_closed_is_opened_again() {
    let server = Server::new(ok).await;
    let egress = egress(vec![server.own("a.example")]);
    for _ in 0..5 {
        let url = server.url("a.example", "/close");
        assert_eq!(egress.send(Outgoing::get(url)).await.unwrap().status, 200);
        let url = server.url("a.example", "/close");
        assert_eq!(egress.send(Outgoing::post(url, "{}")).await.unwrap().status, 200);
    }
    assert_eq!(server.heads().len(), 10);
}

#[tokio::test]
async fn secrets_do_not_follow_to_another_host() {
    let second = Server::new(|_| ok("here")).await;
    let port = second.at.port();
    let first = Server::new(move |path| match path {
        "/same" => to("/there"),
        "/there" => ok("same"),
        _ => to(&format!("http://b.example:{port}/there")),
    })
    .await;
    let egress = egress(vec![first.own("a.example"), second.own("b.example")]);
    let secret = |path| {
        Outgoing::get(first.url("a.example", path))
            .header(header::AUTHORIZATION, HeaderValue::from_static("Bearer secret"))
            .header(header::COOKIE, HeaderValue::from_static("secret"))
            .header("x-api-key".parse().unwrap(), HeaderValue::from_static("secret"))
            .header(header::IF_NONE_MATCH, HeaderValue::from_static("\"7\""))
    };
    assert_eq!(egress.send(secret("/same")).await.unwrap().body, "same");
    assert!(first.heads()[1].contains("secret"), "the same host is still trusted");
    let answer = egress.send(secret("/other")).await.unwrap();
    assert_eq!((&answer.body[..], answer.url.host_str()), (&b"here"[..], Some("b.example")));
    let heads = second.heads();
    assert!(!heads[0].contains("secret") && heads[0].contains("\"7\""), "{heads:?}");
}

#[tokio::test]
async fn a_redirect_is_followed_three_times_and_a_post_never() {
    let server = Server::new(|path| match path.strip_prefix("/hop") {
        Some("0") => ok("end"),
        Some(left) => to(&format!("/hop{}", left.parse::<u32>().unwrap() - 1)),
        None => ok(path),
    })
    .await;
    let egress = egress(vec![server.own("a.example")]);
    let get = |path| egress.send(Outgoing::get(server.url("a.example", path)));
    assert_eq!(get("/hop3").await.unwrap().body, "end");
    assert!(matches!(get("/hop4").await, Err(Error::Redirects { most: 3, .. })));
    let post = Outgoing::post(server.url("a.example", "/hop1"), "{}");
    assert_eq!(egress.send(post).await.unwrap().status, 302);
    let mut eager = Outgoing::get(server.url("a.example", "/hop9"));
    eager.redirects = 200;
    assert!(matches!(egress.send(eager).await, Err(Error::Redirects { most: 3, .. })));
}

#[tokio::test]
async fn what_is_late_silent_or_too_large_ends() {
    let head = "HTTP/1.1 200 OK\r\n";
    let server = Server::new(move |path| match path {
        "/silent/head" => Vec::new(),
        "/silent/body" | "/drip" | "/endless/close" => format!("{head}\r\n").into_bytes(),
        "/endless/head" => format!("{head}X: ").into_bytes(),
        "/endless/status" => b"HTTP/1.1 200 ".to_vec(),
        "/large" => format!("{head}Content-Length: 999999999999\r\n\r\n").into_bytes(),
        _ => ok("short"),
    })
    .await;
    let egress = egress(vec![server.own("a.example")]);
    let ask = |path: &str| {
        let mut request = Outgoing::get(server.url("a.example", path));
        request.patience = Duration::from_millis(400);
        request.quiet = Duration::from_millis(150);
        request.most_bytes = 1 << 20;
        egress.send(request)
    };
    assert!(matches!(ask("/silent/head").await, Err(Error::Late { .. })));
    assert!(matches!(ask("/silent/body").await, Err(Error::Silent { .. })));
    assert!(matches!(ask("/drip").await, Err(Error::Late { .. })));
    assert!(matches!(ask("/endless/close").await, Err(Error::TooLarge { .. })));
    assert!(matches!(ask("/endless/head").await, Err(Error::Http { .. })));
    assert!(matches!(ask("/endless/status").await, Err(Error::Http { .. })));
    assert!(matches!(ask("/large").await, Err(Error::TooLarge { .. })));
    assert_eq!(ask("/short").await.unwrap().body, "short");
}

/// Two hundred answers that lie about their length or never end.
#[tokio::test]
async fn no_answer_is_larger_than_was_asked_for() {
    let server = Server::new(|path| bomb(path.rsplit('/').next().unwrap().parse().unwrap())).await;
    let egress = egress(vec![server.own("a.example")]);
    for number in 0..BOMBS {
        let mut request = Outgoing::get(server.url("a.example", &format!("/close/{number}")));
        request.most_bytes = MOST;
        request.patience = Duration::from_secs(20);
        let mut sink = Vec::new();
        let answer = egress.fetch_to(request, &mut sink).await;
        assert!(sink.len() as u64 <= MOST, "bomb {number} left {} bytes", sink.len());
        assert!(answer.is_err(), "bomb {number}: {answer:?}");
    }
}

const BOMBS: usize = 200;
const MOST: u64 = 100_000;

/// A head that promises one thing and a body that does another, larger than [`MOST`] or not HTTP.
fn bomb(number: usize) -> Vec<u8> {
    let large = vec![b'0'; 150_000 + number * 97];
    let chunk = |text: &str| [text.as_bytes(), &large, b"\r\n0\r\n\r\n"].concat();
    let size = format!("{:x}\r\n", large.len());
    let (head, body) = match number % 20 {
        0 => (format!("Content-Length: {}", large.len()), large),
        1 => ("Connection: close".to_owned(), large),
        2 => ("Transfer-Encoding: chunked".to_owned(), chunk(&size)),
        3 => ("Transfer-Encoding: chunked".to_owned(), chunk("ffffffffffffffff\r\n")),
        4 => ("Transfer-Encoding: chunked".to_owned(), chunk("fffffffffffffffff\r\n")),
        5 => ("Transfer-Encoding: chunked".to_owned(), chunk("-1\r\n")),
        6 => ("Transfer-Encoding: chunked".to_owned(), chunk("0x10\r\n")),
        7 => ("Content-Length: -1".to_owned(), large),
        8 => ("Content-Length: 18446744073709551615".to_owned(), large),
        9 => ("Content-Length: 18446744073709551616".to_owned(), large),
        10 => ("Content-Length: 10\r\nContent-Length: 11".to_owned(), large),
        11 => (format!("Content-Length: {}\r\nContent-Encoding: gzip", large.len()), large),
        12 => (format!("X: {}", "y".repeat(400_000)), large),
        13 => ("X: y\r\n".repeat(2_000), large),
        14 => ("Content-Length: 50000".to_owned(), large[..40_000].to_vec()),
        15 => ("Transfer-Encoding: chunked".to_owned(), "1\r\nx\r\n".repeat(110_000).into_bytes()),
        16 => (
            "Transfer-Encoding: chunked".to_owned(),
            format!("1;{}", "e".repeat(300_000)).into_bytes(),
        ),
        17 => {
            (format!("Transfer-Encoding: chunked\r\nContent-Length: {}", 5 + number), chunk(&size))
        }
        18 => ("Transfer-Encoding: gzip, chunked".to_owned(), chunk(&size)),
        _ => ("Bad Header\u{0}: x".to_owned(), large),
    };
    [format!("HTTP/1.1 200 OK\r\n{head}\r\n\r\n").as_bytes(), &body].concat()
}

#[tokio::test]
async fn a_sink_gets_a_success_and_nothing_else() {
    let server = Server::new(|path| match path {
        "/gone" => b"HTTP/1.1 410 Gone\r\nContent-Length: 3\r\n\r\nbye".to_vec(),
        "/same" => b"HTTP/1.1 304 Not Modified\r\nETag: \"7\"\r\n\r\n".to_vec(),
        _ => ok("body"),
    })
    .await;
    let egress = egress(vec![server.own("a.example")]);
    for (path, status, kept, said) in
        [("/gone", 410, "", "bye"), ("/same", 304, "", ""), ("/there", 200, "body", "")]
    {
        let mut sink = Vec::new();
        let request = Outgoing::get(server.url("a.example", path));
        let answer = egress.fetch_to(request, &mut sink).await.unwrap();
        assert_eq!((answer.status.as_u16(), &answer.body[..]), (status, said.as_bytes()));
        assert_eq!(sink, kept.as_bytes());
    }
}

#[tokio::test]
async fn strangers_and_lists_have_less_than_the_operator() {
    let server = Server::new(|_| ok("in")).await;
    let whole = egress(vec![server.own("a.example"), server.own("b.example")]);
    let url = server.url("a.example", "/");
    assert!(whole.send(Outgoing::get(url.clone())).await.is_ok());
    let strangers = whole.for_strangers();
    let tried = strangers.send(Outgoing::get(url.clone())).await;
    assert!(matches!(tried, Err(Error::Refused(Refused::Plain { .. }))), "{tried:?}");
    let listed = whole.only(["b.example"]).unwrap();
    assert!(matches!(listed.check(&url), Err(Refused::NotListed { .. })));
    assert!(listed.send(Outgoing::get(server.url("b.example", "/"))).await.is_ok());
    assert!(whole.connect("a.example", server.at.port()).await.is_ok());
    assert!(strangers.connect("a.example", server.at.port()).await.is_err());
}

/// A server with a certificate for one name, and that certificate.
async fn secure(name: &str) -> (Server, CertificateDer<'static>) {
    let made = rcgen::generate_simple_self_signed(vec![name.to_owned()]).unwrap();
    let certificate = made.cert.der().clone();
    let key = PrivateKeyDer::from_pem_slice(made.signing_key.serialize_pem().as_bytes()).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.clone()], key)
        .unwrap();
    let insecure = "http://a.example/";
    let server = Server::with_tls(
        move |path| if path == "/down" { to(insecure) } else { ok("secure") },
        Some(Arc::new(config).into()),
    )
    .await;
    (server, certificate)
}

#[tokio::test]
async fn a_certificate_must_be_for_the_name_and_from_somebody_trusted() {
    let (server, root) = secure("a.example").await;
    let own = vec![server.own("a.example"), server.own("b.example")];
    let rules = Rules { own, roots: vec![root], native_roots: false, ..Rules::default() };
    let trusting = Egress::with_resolver(rules.clone(), Arc::new(Here)).unwrap();
    let doubting =
        Egress::with_resolver(Rules { roots: Vec::new(), ..rules }, Arc::new(Here)).unwrap();
    let url = |host: &str, path: &str| {
        Url::parse(&format!("https://{host}:{}{path}", server.at.port())).unwrap()
    };
    let answer = trusting.send(Outgoing::get(url("a.example", "/"))).await.unwrap();
    assert_eq!(answer.body, "secure");
    let named = trusting.send(Outgoing::get(url("b.example", "/"))).await;
    assert!(matches!(named, Err(Error::Tls { .. })), "{named:?}");
    let unknown = doubting.send(Outgoing::get(url("a.example", "/"))).await;
    assert!(matches!(unknown, Err(Error::Tls { .. })), "{unknown:?}");
    let down = trusting.send(Outgoing::get(url("a.example", "/down"))).await;
    assert!(matches!(down, Err(Error::Refused(Refused::Downgrade { .. }))), "{down:?}");
}
