//! From a target to a connection with it: resolved once, checked, pinned.

use std::{io, net::IpAddr, net::SocketAddr, time::Duration};

use http_body_util::Full;
use hyper::{body::Bytes, client::conn::http1};
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
    time::timeout,
};
use url::Host;

use crate::{
    Error,
    client::Shared,
    pool::Line,
    rules::{Target, literal},
};

/// Every address of the target, each of which it may be at; one that it may not be at refuses them all.
pub(crate) async fn addresses(shared: &Shared, target: &Target) -> Result<Vec<IpAddr>, Error> {
    let found = match (literal(&target.host), &target.host) {
        (Some(address), _) => vec![address],
        (None, host) => {
            let host = host.to_string();
            let found = shared.resolver.resolve(&host).await;
            found.map_err(|source| Error::Resolve { host, source })?
        }
    };
    for address in &found {
        target.may_be_at(*address)?;
    }
    if found.is_empty() {
        let source = io::Error::from(io::ErrorKind::NotFound);
        return Err(Error::Resolve { host: target.host.to_string(), source });
    }
    Ok(found)
}

/// A connection with one of the addresses that were just checked.
pub(crate) async fn dial(shared: &Shared, target: &Target) -> Result<TcpStream, Error> {
    let mut last = io::Error::from(io::ErrorKind::NotFound);
    for address in addresses(shared, target).await?.into_iter().take(MOST_ADDRESSES) {
        match timeout(A_TRY, TcpStream::connect(SocketAddr::new(address, target.port))).await {
            Ok(Ok(stream)) => {
                // Small requests, each waiting for its answer: nothing to gather.
                let _ = stream.set_nodelay(true);
                return Ok(stream);
            }
            Ok(Err(error)) => last = error,
            Err(_) => last = io::ErrorKind::TimedOut.into(),
        }
    }
    Err(Error::Connect { host: target.host.to_string(), source: last })
}

/// A fresh connection that speaks HTTP, encrypted unless the operator said otherwise.
pub(crate) async fn open(shared: &Shared, target: &Target) -> Result<Line, Error> {
    let stream = dial(shared, target).await?;
    if target.plain {
        return speak(stream, target).await;
    }
    let failed = |source| Error::Tls { host: target.host.to_string(), source };
    let name = server_name(&target.host).map_err(failed)?;
    let stream = shared.tls.connect(name, stream).await.map_err(failed)?;
    speak(stream, target).await
}

async fn speak<S>(stream: S, target: &Target) -> Result<Line, Error>
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let mut http = http1::Builder::new();
    http.max_buf_size(MOST_HEAD_BYTES).max_headers(MOST_HEADERS);
    let (line, connection) = http
        .handshake::<_, Full<Bytes>>(TokioIo::new(stream))
        .await
        .map_err(|source| Error::Http { host: target.host.to_string(), source })?;
    // Ends with the line: hyper closes once nobody can send on it.
    tokio::spawn(async move {
        if let Err(error) = connection.await {
            tracing::debug!(%error, "a connection ended");
        }
    });
    Ok(line)
}

/// The name the certificate must have.
fn server_name(host: &Host<String>) -> Result<ServerName<'static>, io::Error> {
    Ok(match host {
        Host::Domain(name) => ServerName::try_from(name.clone())
            .map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error))?,
        Host::Ipv4(address) => ServerName::IpAddress((*address).into()),
        Host::Ipv6(address) => ServerName::IpAddress((*address).into()),
    })
}

/// Addresses of one name that are tried.
const MOST_ADDRESSES: usize = 4;

/// How long one address may take to pick up.
const A_TRY: Duration = Duration::from_secs(4);

/// Longest head of an answer; also what is read ahead of its body.
const MOST_HEAD_BYTES: usize = 256 * 1024;

/// Most headers of an answer.
const MOST_HEADERS: usize = 128;
