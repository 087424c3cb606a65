use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::Extension;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::routing::{get, post};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::SupportedKxGroup;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::{ClientConfig, ClientConnection, DigitallySignedStruct, NamedGroup, SignatureScheme};
use tokio::sync::oneshot;

use super::*;

/// A listener at work, and the way to stop it.
struct At {
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    done: tokio::task::JoinHandle<()>,
}

fn router() -> Router {
    let slow = async || {
        tokio::time::sleep(Duration::from_millis(600)).await;
        "slow but whole"
    };
    let events = async || {
        let stream = futures_stream();
        Sse::new(stream).keep_alive(KeepAlive::default())
    };
    let peer = async |Extension(peer): Extension<Peer>| format!("{peer:?}");
    Router::new()
        .route("/slow", get(slow))
        .route("/events", get(events))
        .route("/peer", get(peer))
        .route("/echo", post(async |body: String| body))
}

/// One event, and then nothing for ever.
fn futures_stream() -> impl futures_core::Stream<Item = Result<Event, std::convert::Infallible>> {
    struct Once(bool);
    impl futures_core::Stream for Once {
        type Item = Result<Event, std::convert::Infallible>;
        fn poll_next(
            mut self: std::pin::Pin<&mut Self>,
            _: &mut std::task::Context<'_>,
        ) -> std::task::Poll<Option<Self::Item>> {
            if std::mem::replace(&mut self.0, true) {
                return std::task::Poll::Pending;
            }
            std::task::Poll::Ready(Some(Ok(Event::default().data("hello"))))
        }
    }
    Once(false)
}

fn quick() -> Listening {
    Listening {
        header_timeout: Duration::from_millis(300),
        idle_timeout: Duration::from_millis(700),
        body_timeout: Duration::from_millis(300),
        leave_timeout: Duration::from_secs(3),
        ..Listening::at(([127, 0, 0, 1], 0).into())
    }
}

fn start(listening: Listening) -> At {
    let listener = Listener::bind(listening).unwrap();
    let address = listener.address().unwrap();
    let (stop, stopped) = oneshot::channel();
    let done = tokio::spawn(listener.serve(router(), async {
        let _ = stopped.await;
    }));
    At { address, stop: Some(stop), done }
}

impl At {
    fn line(&self) -> TcpStream {
        let line = TcpStream::connect(self.address).unwrap();
        line.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
        line
    }

    fn stop(&mut self) {
        let _ = self.stop.take().unwrap().send(());
    }
}

/// Does what blocks, beside the listener.
fn aside<T: Send + 'static>(act: impl FnOnce() -> T + Send + 'static) -> impl Future<Output = T> {
    let done = tokio::task::spawn_blocking(act);
    async { done.await.unwrap() }
}

fn to_the_end(mut line: impl Read) -> String {
    let mut all = Vec::new();
    let _ = line.read_to_end(&mut all);
    String::from_utf8_lossy(&all).into_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_head_that_drips_is_cut_off_and_others_are_served_meanwhile() {
    let at = start(quick());
    let mut drip = at.line();
    let said = aside(move || {
        let text =
            b"GET /peer HTTP/1.1\r\nHost: x\r\nX-Slow: yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy\r\n\r\n";
        let cut = text.iter().position(|byte| {
            std::thread::sleep(Duration::from_millis(50));
            drip.write_all(&[*byte]).is_err()
        });
        cut.is_some() || to_the_end(drip).is_empty()
    });
    let mut other = at.line();
    let answer = aside(move || {
        other.write_all(b"GET /peer HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").unwrap();
        to_the_end(other)
    });
    assert!(answer.await.starts_with("HTTP/1.1 200"));
    assert!(said.await, "a head over three seconds was read to its end");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_line_without_a_request_is_closed_and_one_that_says_nothing_at_all_too() {
    let at = start(quick());
    let silent = at.line();
    assert_eq!(aside(move || to_the_end(silent)).await, "");
    let mut polite = at.line();
    let answer = aside(move || {
        polite.write_all(b"GET /peer HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
        to_the_end(polite)
    });
    assert!(answer.await.starts_with("HTTP/1.1 200"), "it was served, and closed when it was idle");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_body_that_stops_coming_is_given_up() {
    let at = start(quick());
    let mut line = at.line();
    let answer = aside(move || {
        line.write_all(b"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf")
            .unwrap();
        to_the_end(line)
    });
    assert!(answer.await.starts_with("HTTP/1.1 400"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_head_that_is_too_large_is_refused() {
    let at = start(quick());
    for (bytes, served) in [(4_000, true), (40_000, false)] {
        let mut line = at.line();
        let answer = aside(move || {
            let much = "y".repeat(bytes);
            let head = format!(
                "GET /peer HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-Much: {much}\r\n\r\n"
            );
            let _ = line.write_all(head.as_bytes()); // it may be cut off before its end
            to_the_end(line)
        });
        let answer = answer.await;
        assert_eq!(answer.starts_with("HTTP/1.1 200"), served, "{bytes} bytes: {answer}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stop_lets_answers_finish_and_ends_events_with_a_word_when_to_come_again() {
    let mut at = start(quick());
    let (mut slow, mut events) = (at.line(), at.line());
    slow.write_all(b"GET /slow HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
    events.write_all(b"GET /events HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
    tokio::time::sleep(Duration::from_millis(200)).await;
    at.stop();
    let (slow, events) = (aside(|| to_the_end(slow)), aside(|| to_the_end(events)));
    assert!(slow.await.ends_with("slow but whole"));
    let events = events.await;
    assert!(events.contains("data: hello") && events.contains("retry: "), "{events}");
    at.done.await.unwrap();
    assert!(TcpStream::connect(at.address).is_err());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn events_are_held_longer_than_a_line_may_lie_idle() {
    let at = start(quick());
    let mut events = at.line();
    events.write_all(b"GET /events HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    let still = aside(move || {
        events.set_read_timeout(Some(Duration::from_millis(200))).unwrap();
        let mut all = Vec::new();
        let end = events.read_to_end(&mut all);
        (end.is_err(), String::from_utf8_lossy(&all).into_owned())
    });
    let (held, said) = still.await;
    assert!(held && said.contains("data: hello"), "{said}");
}

/// Bytes of this process in memory.
fn resident() -> u64 {
    let pages = std::fs::read_to_string("/proc/self/statm").unwrap();
    pages.split(' ').nth(1).unwrap().parse::<u64>().unwrap() * 4_096
}

/// `BONGSU_HELD` says how many; both ends are in this process, and both are counted.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_listens_costs_little() {
    let asked = std::env::var("BONGSU_HELD").ok().and_then(|number| number.parse().ok());
    let number: u32 = asked.unwrap_or(400);
    let patient = Listening { most_from_one: number, ..Listening::at(([127, 0, 0, 1], 0).into()) };
    let at = start(patient);
    let before = resident();
    let address = at.address;
    let held = aside(move || {
        let listen = |_| {
            let mut line = TcpStream::connect(address).unwrap();
            line.write_all(b"GET /events HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
            let mut said = [0; 1_024];
            let length = line.read(&mut said).unwrap();
            assert!(said[..length].starts_with(b"HTTP/1.1 200"));
            line
        };
        (0..number).map(listen).collect::<Vec<_>>()
    });
    let held = held.await;
    let each = (resident() - before) / u64::from(number);
    eprintln!("{number} held lines: {each} bytes each, {} MiB in all", resident() >> 20);
    assert!(each < 64 << 10, "{each} bytes for one line");
    drop(held);
}

/// A certificate and its key in files, and as a client shows them.
fn certificate(folder: &Path, name: &str) -> (TlsSettings, CertificateDer<'static>) {
    let made = rcgen::generate_simple_self_signed(vec![name.to_owned()]).unwrap();
    let settings = TlsSettings {
        certificate: folder.join(format!("{name}.pem")),
        key: folder.join(format!("{name}.key")),
        ask_clients: true,
    };
    std::fs::write(&settings.certificate, made.cert.pem()).unwrap();
    std::fs::write(&settings.key, made.signing_key.serialize_pem()).unwrap();
    (settings, made.cert.der().clone())
}

#[derive(Debug)]
struct Trusting;

impl ServerCertVerifier for Trusting {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        rustls::crypto::aws_lc_rs::default_provider()
            .signature_verification_algorithms
            .supported_schemes()
    }
}

type Session = rustls::StreamOwned<ClientConnection, TcpStream>;

fn client(line: TcpStream, own: Option<&TlsSettings>) -> Session {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13])
        .unwrap()
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Trusting));
    let config = match own {
        None => builder.with_no_client_auth(),
        Some(own) => {
            let chain = vec![CertificateDer::from_pem_file(&own.certificate).unwrap()];
            let key = PrivateKeyDer::from_pem_file(&own.key).unwrap();
            builder.with_client_auth_cert(chain, key).unwrap()
        }
    };
    let name = ServerName::try_from("localhost").unwrap();
    let session = ClientConnection::new(Arc::new(config), name).unwrap();
    rustls::StreamOwned::new(session, line)
}

fn ask(session: &mut Session) -> String {
    session.write_all(b"GET /peer HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").unwrap();
    to_the_end(session)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn keys_are_agreed_on_as_quantum_computers_do_not_break_and_a_certificate_is_seen() {
    let folder = tempfile();
    let (settings, _) = certificate(&folder, "localhost");
    let (own, shown) = certificate(&folder, "program");
    let at = start(Listening { tls: Some(settings), ..quick() });
    let line = at.line();
    let (group, said) = aside(move || {
        let mut session = client(line, Some(&own));
        let said = ask(&mut session);
        (session.conn.negotiated_key_exchange_group().map(SupportedKxGroup::name), said)
    })
    .await;
    assert_eq!(group, Some(NamedGroup::X25519MLKEM768));
    assert_eq!(group.map(u16::from), Some(0x11ec));
    let hash: [u8; 32] =
        aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &shown).as_ref().try_into().unwrap();
    assert!(said.contains(&format!("certificate: Some({hash:?})")), "{said}");
    assert!(said.contains("tls: true") && said.contains("post_quantum: true"), "{said}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_certificate_is_not_asked_of_everybody() {
    let folder = tempfile();
    let (settings, _) = certificate(&folder, "localhost");
    let at = start(Listening { tls: Some(settings), ..quick() });
    let line = at.line();
    let said = aside(move || ask(&mut client(line, None))).await;
    assert!(said.contains("certificate: None"), "{said}");
}

/// A hello of TLS 1.2 with one good suite, as older clients send it.
fn old_hello() -> Vec<u8> {
    let random = [7; 32];
    let suites = [0, 2, 0xc0, 0x2f];
    let signatures = [0, 8, 0, 13, 0, 4, 0, 2, 4, 3];
    let body = [&[3, 3][..], &random, &[0], &suites, &[1, 0], &signatures].concat();
    let length = u8::try_from(body.len()).unwrap();
    [&[0x16, 3, 1, 0, length + 4, 1, 0, 0, length][..], &body].concat()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_downgrade_to_tls_1_2_is_refused() {
    let folder = tempfile();
    let (settings, _) = certificate(&folder, "localhost");
    let at = start(Listening { tls: Some(settings), ..quick() });
    let mut line = at.line();
    let said = aside(move || {
        line.write_all(&old_hello()).unwrap();
        let mut all = Vec::new();
        let _ = line.read_to_end(&mut all);
        all
    })
    .await;
    assert_eq!(&said[..2], &[0x15, 0x03], "an alert and nothing else");
    assert_eq!(said.len(), 7, "{said:?}");
    assert_eq!(said[6], 70, "protocol_version: {said:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_certificate_is_shown_and_a_broken_one_is_not() {
    let folder = tempfile();
    let (settings, first) = certificate(&folder, "localhost");
    let tls = tls::Tls::load(&settings).unwrap();
    std::fs::write(&settings.certificate, "nothing").unwrap();
    tls.reload();
    assert_eq!(tls.leaf(), first);
    let (_, second) = certificate(&folder, "localhost");
    tls.reload();
    assert_eq!(tls.leaf(), second);
    std::fs::remove_dir_all(folder).unwrap();
}

fn tempfile() -> PathBuf {
    let name: [u8; 8] = crate::chance::bytes();
    let folder = std::env::temp_dir().join(format!("bongsu-listen-{:x}", u64::from_le_bytes(name)));
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// The head of a balancer for 192.0.2.7, port 54321.
const HEAD: &[u8] = b"\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c\xc0\0\x02\x07\x0a\0\0\x01\xd4\x31\x01\xbb";

fn behind_a_balancer(network: &str) -> At {
    let proxies = vec![network.parse().unwrap()];
    start(Listening { proxies, handshake_timeout: Duration::from_millis(300), ..quick() })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn behind_a_balancer_the_address_is_the_client_s() {
    let at = behind_a_balancer("127.0.0.0/8");
    let mut line = at.line();
    let said = aside(move || {
        line.write_all(HEAD).unwrap();
        line.write_all(b"GET /peer HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n").unwrap();
        to_the_end(line)
    });
    let said = said.await;
    assert!(said.starts_with("HTTP/1.1 200") && said.contains("192.0.2.7:54321"), "{said}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_does_not_come_through_the_balancer_is_not_served() {
    let ask = b"GET /peer HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n";
    for (network, first) in [
        ("10.0.0.0/8", HEAD),            // another machine than the balancer
        ("127.0.0.0/8", &b""[..]),       // no head at all
        ("127.0.0.0/8", &b"PROXY "[..]), // version 1
    ] {
        let at = behind_a_balancer(network);
        let mut line = at.line();
        let said = aside(move || {
            let _ = line.write_all(&[first, ask].concat());
            to_the_end(line)
        });
        assert_eq!(said.await, "", "{network}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_balancer_that_drips_its_head_is_cut_off() {
    let at = behind_a_balancer("127.0.0.0/8");
    let mut line = at.line();
    let said = aside(move || {
        line.write_all(&HEAD[..20]).unwrap();
        // Were the line held, reading would end with the time of this test.
        !matches!(line.read(&mut [0; 1]), Err(error) if error.kind() == io::ErrorKind::WouldBlock)
    });
    assert!(said.await, "it is cut off");
}
