//! The listener: connections, their limits in time and number, and an end that lets answers finish.
//!
//! ```text
//! accept ──► room? ──► TLS 1.3 ──► HTTP/1.1 or 2 ──► router
//!              │          │             │ pulse: a head, an answer or a read that does not come cuts the line
//!              └── waits  └── 10 s      └ stop: no new request; answers finish, events end with a word when to come again
//! ```

mod connection;
mod held;
mod proxy;
mod pulse;
mod room;
#[cfg(test)]
mod tests;
mod tls;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::{Semaphore, watch};

use crate::app::App;
use crate::routes;
use crate::telemetry::Meters;
pub(crate) use room::neighbourhood;
use room::{Neighbour, Neighbours};

pub use proxy::{Network, ParseNetworkError};
pub use tls::{TlsError, TlsSettings};

/// Where and how a node listens.
#[derive(Clone, Debug)]
pub struct Listening {
    /// The address; port 0 takes any that is free.
    pub address: SocketAddr,
    /// TLS; plain HTTP without, for loopback and for a proxy on this machine.
    pub tls: Option<TlsSettings>,
    /// Networks of balancers that say with the PROXY protocol for whom they connect. Where there are some, whoever comes
    /// from elsewhere is not served.
    pub proxies: Vec<Network>,
    /// The most connections at once; more wait to be accepted.
    pub most_connections: u32,
    /// The most connections from one address (IPv6: one /64); more are closed at once.
    pub most_from_one: u32,
    /// The time in which a TLS handshake must be done.
    pub handshake_timeout: Duration,
    /// The time from the first byte of a request's head to its last.
    pub header_timeout: Duration,
    /// The time a connection may lie without a request.
    pub idle_timeout: Duration,
    /// The time within which the next piece of a body must come, or an answer's piece be taken.
    pub body_timeout: Duration,
    /// The time answers have to finish when the node stops.
    pub leave_timeout: Duration,
}

impl Listening {
    /// The limits as they are meant, at an address.
    pub fn at(address: SocketAddr) -> Self {
        Self {
            address,
            tls: None,
            proxies: Vec::new(),
            most_connections: 60_000,
            most_from_one: 4_096,
            handshake_timeout: Duration::from_secs(10),
            header_timeout: Duration::from_secs(10),
            idle_timeout: Duration::from_secs(90), // longer than a minute: who polls each minute keeps the line
            body_timeout: Duration::from_secs(20),
            leave_timeout: Duration::from_secs(20),
        }
    }
}

/// What is known of the other end of a connection; every request carries it as an extension.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Peer {
    /// Its address.
    pub address: SocketAddr,
    /// Did it come over TLS?
    pub tls: bool,
    /// SHA-256 of its certificate, if it showed one and proved to hold the key.
    pub certificate: Option<[u8; 32]>,
    /// Was the key agreed on in a way that quantum computers do not break?
    pub post_quantum: bool,
}

/// What the life of the listener has come to.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
enum Phase {
    Open,
    /// No new requests; answers finish.
    Leaving,
    /// Whatever is still there is cut.
    Gone,
}

/// A listener that has its port and does not serve yet.
#[derive(Debug)]
pub struct Listener {
    socket: TcpListener,
    tls: Option<Arc<tls::Tls>>,
    listening: Listening,
    meters: Option<Arc<Meters>>,
}

/// Serves a node until `stop` comes, and lets what was begun finish.
///
/// # Errors
/// [`io::Error`] where the address cannot be had or the certificate cannot be read; then nothing was served.
pub async fn serve(
    app: App,
    listening: Listening,
    stop: impl Future<Output = ()> + Send,
) -> io::Result<()> {
    let listener = Listener::bind(listening)?.counted_by(Arc::clone(app.meters()));
    listener.serve(routes::router(app), stop).await;
    Ok(())
}

impl Listener {
    /// Takes the port, and as many open files as the system allows.
    ///
    /// # Errors
    /// As [`serve`].
    pub fn bind(listening: Listening) -> io::Result<Self> {
        raise_open_files();
        let socket = match listening.address {
            SocketAddr::V4(_) => TcpSocket::new_v4()?,
            SocketAddr::V6(_) => TcpSocket::new_v6()?,
        };
        socket.set_reuseaddr(true)?;
        socket.bind(listening.address)?;
        let tls = listening.tls.as_ref().map(tls::Tls::load).transpose();
        let tls = tls.map_err(io::Error::other)?.map(Arc::new);
        Ok(Self { socket: socket.listen(BACKLOG)?, tls, listening, meters: None })
    }

    /// Counts its connections there.
    #[must_use]
    pub fn counted_by(mut self, meters: Arc<Meters>) -> Self {
        self.meters = Some(meters);
        self
    }

    /// The address it has.
    ///
    /// # Errors
    /// [`io::Error`] of the system's.
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.socket.local_addr()
    }

    /// Serves a router until `stop` comes; returns when the last connection is gone.
    pub async fn serve(self, router: Router, stop: impl Future<Output = ()> + Send) {
        let (phase, seen) = watch::channel(Phase::Open);
        let reloading = self.tls.clone().map(|tls| tokio::spawn(tls.follow()));
        let places = Arc::new(Semaphore::new(self.listening.most_connections as usize));
        let neighbours = Arc::new(Neighbours::new(self.listening.most_from_one));
        let shared = connection::Shared::new(router, &self.listening, self.meters.clone(), seen);
        tokio::select! {
            () = stop => {}
            () = self.accept(&places, &neighbours, &shared) => {}
        }
        if let Some(reloading) = reloading {
            reloading.abort();
        }
        let leave = self.listening.leave_timeout;
        let most = self.listening.most_connections;
        drop(self); // nobody queues at a door that stays shut
        phase.send_replace(Phase::Leaving);
        if tokio::time::timeout(leave, places.acquire_many(most)).await.is_err() {
            phase.send_replace(Phase::Gone);
            let _ = tokio::time::timeout(Duration::from_secs(1), places.acquire_many(most)).await;
        }
    }

    async fn accept(
        &self,
        places: &Arc<Semaphore>,
        neighbours: &Arc<Neighbours>,
        shared: &Arc<connection::Shared>,
    ) {
        loop {
            let place = Arc::clone(places).acquire_owned().await;
            let place = place.expect("this semaphore is never closed");
            let (stream, address) = match self.socket.accept().await {
                Ok(accepted) => accepted,
                Err(error) => {
                    if !of_one_connection(&error) {
                        tracing::error!(%error, "no connection can be accepted: raise the limit of open files");
                        tokio::time::sleep(Duration::from_millis(200)).await;
                    }
                    continue;
                }
            };
            let proxied = !self.listening.proxies.is_empty();
            if proxied && !self.listening.proxies.iter().any(|net| net.contains(address.ip())) {
                continue;
            }
            let neighbour = if proxied {
                None // who it is, the balancer says first
            } else {
                let Some(neighbour) = Neighbours::enter(neighbours, address.ip()) else { continue };
                Some(neighbour)
            };
            let (shared, tls) = (Arc::clone(shared), self.tls.clone());
            let neighbours = Arc::clone(neighbours);
            tokio::spawn(async move {
                let _ = stream.set_nodelay(true);
                let come = match neighbour {
                    Some(neighbour) => Some((stream, address, neighbour)),
                    None => told(stream, address, &neighbours, shared.handshake_timeout).await,
                };
                if let Some((stream, address, neighbour)) = come {
                    connect(stream, address, tls, shared).await;
                    drop(neighbour);
                }
                drop(place);
            });
        }
    }
}

/// Hears from a balancer for whom it connects; nothing where it says so too late or not at all, or that address holds
/// enough connections.
async fn told(
    mut stream: TcpStream,
    balancer: SocketAddr,
    neighbours: &Arc<Neighbours>,
    patience: Duration,
) -> Option<(TcpStream, SocketAddr, Neighbour)> {
    let address = match tokio::time::timeout(patience, proxy::client(&mut stream, balancer)).await {
        Ok(Ok(address)) => address,
        Ok(Err(error)) => {
            tracing::debug!(%error, %balancer, "a balancer did not say for whom it connects");
            return None;
        }
        Err(_) => {
            tracing::debug!(%balancer, "a balancer took too long to say for whom it connects");
            return None;
        }
    };
    let neighbour = Neighbours::enter(neighbours, address.ip())?;
    Some((stream, address, neighbour))
}

/// Shakes hands where TLS is spoken, and serves. Each step is boxed, so that a held connection keeps only the last.
async fn connect(
    stream: TcpStream,
    address: SocketAddr,
    tls: Option<Arc<tls::Tls>>,
    shared: Arc<connection::Shared>,
) {
    let Some(tls) = tls else {
        let peer = Peer { address, tls: false, certificate: None, post_quantum: false };
        return Box::pin(connection::serve(stream, peer, shared)).await;
    };
    let greeting = tokio::time::timeout(shared.handshake_timeout, tls.accept(stream));
    match Box::pin(greeting).await {
        Ok(Ok((stream, seen))) => {
            let peer = seen.peer(address);
            Box::pin(connection::serve(stream, peer, shared)).await;
        }
        Ok(Err(error)) => tracing::debug!(%error, %address, "no TLS came about"),
        Err(_) => tracing::debug!(%address, "TLS took too long"),
    }
}

/// Connections that the kernel keeps while none is accepted.
const BACKLOG: u32 = 4_096;

fn of_one_connection(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}

/// Each connection is an open file; the soft limit of 1,024 is too low, the hard one is the operator's.
fn raise_open_files() {
    use rustix::process::{Resource, getrlimit, setrlimit};
    let mut limit = getrlimit(Resource::Nofile);
    if limit.current != limit.maximum {
        limit.current = limit.maximum;
        if let Err(error) = setrlimit(Resource::Nofile, limit) {
            tracing::warn!(%error, "the limit of open files stays as it is");
        }
    }
}
