//! The operator's mail relay: a few connections, each used again and again. A mail counts as delivered once the relay took
//! it (250).

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use lettre::address::Envelope;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{
    AsyncSmtpConnection, AsyncTokioStream, Certificate, TlsParameters,
};
use lettre::transport::smtp::extension::ClientId;
use rustls::pki_types::ServerName;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::sync::Semaphore;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::address::Mailbox;
use super::failure::Failure;
use super::way::Way;

/// How the way to the relay is kept secret.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Security {
    /// TLS from the first byte (RFC 8314), port 465.
    Tls,
    /// `STARTTLS`; nothing is sent to a relay that does not offer it.
    StartTls,
    /// None: for a relay on the same machine.
    Plain,
}

/// The relay, as the operator names it.
#[derive(Clone)]
pub struct Relay {
    /// Its host.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the way there is kept secret.
    pub security: Security,
    /// Name and password, if it wants them.
    pub credentials: Option<(String, String)>,
    /// A certificate that is trusted besides those of this machine, PEM.
    pub trusted: Option<Vec<u8>>,
    /// From whom mail is.
    pub from: Mailbox,
    /// How we call ourselves.
    pub hello: String,
    /// Connections at a time, at most.
    pub connections: usize,
    /// Is it a sink for drills?
    pub drill: bool,
}

impl fmt::Debug for Relay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Relay({}:{}, {:?})", self.host, self.port, self.security)
    }
}

/// How long a connection and one mail may take.
const CONNECT: Duration = Duration::from_secs(15);
const ONE_MAIL: Duration = Duration::from_secs(30);

/// After a connection failed nobody tries another for so long.
const REST: Duration = Duration::from_secs(5);

/// Mails over one connection, at most: relays close what stays too long.
const MAILS_A_CONNECTION: u32 = 500;

/// Sends mail.
pub(crate) struct Smtp<W> {
    way: Arc<W>,
    relay: Relay,
    turns: Semaphore,
    /// Connections that nobody uses; held for a push or a pop.
    idle: Mutex<Vec<(AsyncSmtpConnection, u32)>>,
    /// Until when no connection is tried, and why.
    down: Mutex<Option<(Instant, String)>>,
}

impl<W: Way> Smtp<W> {
    pub(crate) fn new(way: Arc<W>, relay: Relay) -> Self {
        let turns = Semaphore::new(relay.connections.max(1));
        Self { way, relay, turns, idle: Mutex::default(), down: Mutex::default() }
    }

    pub(crate) fn from(&self) -> &Mailbox {
        &self.relay.from
    }

    pub(crate) fn drill(&self) -> bool {
        self.relay.drill
    }

    /// Sends one mail.
    pub(crate) async fn send(&self, envelope: &Envelope, bytes: &[u8]) -> Result<(), Failure> {
        let _turn = self.turns.acquire().await.expect("the turns are never closed");
        let kept = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let used = kept.is_some();
        let (mut connection, mails) = match kept {
            Some(kept) => kept,
            None => (self.connect().await?, 0),
        };
        let mut sent = self.try_send(&mut connection, envelope, bytes).await;
        let mut mails = mails + 1;
        if used && matches!(sent, Err(Failure::Ours(_))) {
            // The relay closed what we kept: a fresh one. The mail's name is the same, should it come twice.
            connection = self.connect().await?;
            mails = 1;
            sent = self.try_send(&mut connection, envelope, bytes).await;
        }
        if !connection.has_broken() && mails < MAILS_A_CONNECTION {
            let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
            idle.push((connection, mails));
        }
        sent
    }

    async fn try_send(
        &self,
        connection: &mut AsyncSmtpConnection,
        envelope: &Envelope,
        bytes: &[u8],
    ) -> Result<(), Failure> {
        match tokio::time::timeout(ONE_MAIL, connection.send(envelope, bytes)).await {
            Err(_) => Err(Failure::Ours("the mail relay took too long".to_owned())),
            Ok(Ok(_)) => Ok(()),
            // 5xx is said for full mailboxes and for suspicious texts, too: only many in a row make an address dead.
            Ok(Err(error)) if error.is_permanent() || error.is_transient() => {
                Err(Failure::Theirs(short(&error)))
            }
            Ok(Err(error)) => Err(Failure::Ours(format!("the mail relay: {}", short(&error)))),
        }
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, Failure> {
        if let Some((until, why)) = &*self.down.lock().unwrap_or_else(PoisonError::into_inner)
            && Instant::now() < *until
        {
            return Err(Failure::Ours(why.clone()));
        }
        let opened = tokio::time::timeout(CONNECT, self.open()).await;
        let opened = opened.unwrap_or_else(|_| Err("it did not answer".to_owned()));
        opened.map_err(|why| {
            let why = format!("the mail relay was not reached: {why}");
            let mut down = self.down.lock().unwrap_or_else(PoisonError::into_inner);
            *down = Some((Instant::now() + REST, why.clone()));
            Failure::Ours(why)
        })
    }

    async fn open(&self) -> Result<AsyncSmtpConnection, String> {
        let Relay { host, port, security, .. } = &self.relay;
        let stream = self.way.connect(host, *port).await.map_err(|error| error.to_string())?;
        stream.set_nodelay(true).map_err(|error| error.to_string())?;
        let hello = ClientId::Domain(self.relay.hello.clone());
        let stream: Box<dyn AsyncTokioStream> = match security {
            Security::Tls => Box::new(self.wrap(stream).await?),
            Security::StartTls | Security::Plain => Box::new(stream),
        };
        let connected = AsyncSmtpConnection::connect_with_transport(stream, &hello).await;
        let mut connection = connected.map_err(|error| short(&error))?;
        if *security == Security::StartTls {
            let parameters = self.parameters()?;
            connection.starttls(parameters, &hello).await.map_err(|error| short(&error))?;
        }
        if let Some((name, password)) = &self.relay.credentials {
            let credentials = Credentials::new(name.clone(), password.clone());
            let ways = [Mechanism::Plain, Mechanism::Login];
            connection.auth(&ways, &credentials).await.map_err(|error| short(&error))?;
        }
        Ok(connection)
    }

    fn parameters(&self) -> Result<TlsParameters, String> {
        let mut builder = TlsParameters::builder(self.relay.host.clone());
        if let Some(pem) = &self.relay.trusted {
            builder = builder
                .add_root_certificate(Certificate::from_pem(pem).map_err(|error| short(&error))?);
        }
        builder.build_rustls().map_err(|error| short(&error))
    }

    async fn wrap(&self, stream: TcpStream) -> Result<Wrapped, String> {
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        if let Some(pem) = &self.relay.trusted {
            for certificate in rustls::pki_types::CertificateDer::pem_slice_iter(pem) {
                let certificate = certificate.map_err(|error| error.to_string())?;
                roots.add(certificate).map_err(|error| error.to_string())?;
            }
        }
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config =
            ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
        let config = config.map_err(|error| error.to_string())?;
        let config = config.with_root_certificates(roots).with_no_client_auth();
        let name =
            ServerName::try_from(self.relay.host.clone()).map_err(|error| error.to_string())?;
        let wrapped = TlsConnector::from(Arc::new(config)).connect(name, stream).await;
        wrapped.map(Wrapped).map_err(|error| error.to_string())
    }
}

fn short(error: &lettre::transport::smtp::Error) -> String {
    super::plain::line(&error.to_string()).chars().take(120).collect()
}

/// A stream with TLS from the first byte, as the mail library wants its streams.
#[derive(Debug)]
struct Wrapped(TlsStream<TcpStream>);

impl AsyncTokioStream for Wrapped {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.0.get_ref().0.peer_addr()
    }
}

impl AsyncRead for Wrapped {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(context, buffer)
    }
}

impl AsyncWrite for Wrapped {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(context)
    }
}
