//! TLS 1.3 and nothing older, with X25519MLKEM768 preferred; certificates that are read again when they change.

use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use arc_swap::ArcSwap;
use aws_lc_rs::digest::{SHA256, digest};
use rustls::client::danger::HandshakeSignatureValid;
use rustls::crypto::{
    CryptoProvider, SupportedKxGroup, WebPkiSupportedAlgorithms, aws_lc_rs as provider,
};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, UnixTime};
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls::{
    DigitallySignedStruct, DistinguishedName, Error, NamedGroup, ServerConfig, SignatureScheme,
};
use tokio::net::TcpStream;
use tokio::signal::unix::{SignalKind, signal};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use super::Peer;

/// TLS of a listener.
#[derive(Clone, Debug)]
pub struct TlsSettings {
    /// The certificate and what leads to its root, as PEM.
    pub certificate: PathBuf,
    /// Its key, as PEM.
    pub key: PathBuf,
    /// Are programs asked for a certificate of theirs? Whoever has none is served, too.
    pub ask_clients: bool,
}

/// Why TLS cannot be spoken.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TlsError {
    /// A file cannot be read.
    #[error(
        "{path} cannot be read as PEM: put a certificate (or key) there that this process may read"
    )]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: rustls::pki_types::pem::Error,
    },
    /// There is no certificate in the file.
    #[error("{path} holds no certificate")]
    Empty {
        /// Which.
        path: PathBuf,
    },
    /// The two do not belong together, or are of a kind that is not supported.
    #[error("this certificate and key cannot be used together")]
    Pair(#[source] Error),
}

/// TLS as it stands.
#[derive(Debug)]
pub(super) struct Tls {
    settings: TlsSettings,
    config: Arc<ServerConfig>,
    shown: Arc<Shown>,
}

/// What was agreed on.
pub(super) struct Seen {
    certificate: Option<[u8; 32]>,
    post_quantum: bool,
}

impl Seen {
    pub(super) fn peer(&self, address: SocketAddr) -> Peer {
        let Self { certificate, post_quantum } = *self;
        Peer { address, tls: true, certificate, post_quantum }
    }
}

impl Tls {
    pub(super) fn load(settings: &TlsSettings) -> Result<Self, TlsError> {
        let provider = Arc::new(provider::default_provider());
        let shown = Arc::new(Shown(ArcSwap::from_pointee(pair(settings, &provider)?)));
        let algorithms = provider.signature_verification_algorithms;
        let builder = ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(&[&rustls::version::TLS13])
            .map_err(TlsError::Pair)?;
        let builder = if settings.ask_clients {
            builder.with_client_cert_verifier(Arc::new(Possession(algorithms)))
        } else {
            builder.with_no_client_auth()
        };
        let mut config = builder.with_cert_resolver(Arc::clone(&shown) as Arc<_>);
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        // Whoever comes back each minute need not shake hands in full; nothing is kept here for it.
        config.ticketer = provider::Ticketer::new().map_err(TlsError::Pair)?;
        config.send_tls13_tickets = 1;
        config.max_early_data_size = 0; // it could be replayed
        Ok(Self { settings: settings.clone(), config: Arc::new(config), shown })
    }

    pub(super) async fn accept(
        &self,
        stream: TcpStream,
    ) -> io::Result<(TlsStream<TcpStream>, Seen)> {
        let stream = TlsAcceptor::from(Arc::clone(&self.config)).accept(stream).await?;
        let (_, session) = stream.get_ref();
        let leaf = session.peer_certificates().and_then(<[_]>::first);
        let certificate = leaf.map(|leaf| {
            let hash = digest(&SHA256, leaf);
            hash.as_ref().try_into().expect("SHA-256 is 32 bytes")
        });
        let group = session.negotiated_key_exchange_group().map(SupportedKxGroup::name);
        let post_quantum = group == Some(NamedGroup::X25519MLKEM768);
        Ok((stream, Seen { certificate, post_quantum }))
    }

    /// Reads the files again when they change, or on SIGHUP. What cannot be used does not replace what can.
    pub(super) async fn follow(self: Arc<Self>) {
        let mut hangups = signal(SignalKind::hangup()).ok();
        let mut before = self.changed();
        loop {
            let told = tokio::select! {
                () = tokio::time::sleep(LOOK) => false,
                () = hangup(&mut hangups) => true,
            };
            let now = self.changed();
            if told || now != before {
                before = now;
                self.reload();
            }
        }
    }

    pub(super) fn reload(&self) {
        let provider = self.config.crypto_provider();
        match pair(&self.settings, provider) {
            Ok(pair) => {
                self.shown.0.store(Arc::new(pair));
                tracing::info!(certificate = %self.settings.certificate.display(), "certificate read again");
            }
            Err(error) => tracing::error!(
                error = &error as &dyn std::error::Error,
                "the new certificate is not used, the old one stays"
            ),
        }
    }

    /// The certificate that is shown now.
    #[cfg(test)]
    pub(super) fn leaf(&self) -> CertificateDer<'static> {
        self.shown.0.load().cert[0].clone()
    }

    fn changed(&self) -> [Option<SystemTime>; 2] {
        let at = |path: &Path| path.metadata().and_then(|about| about.modified()).ok();
        [at(&self.settings.certificate), at(&self.settings.key)]
    }
}

/// How often the files are looked at.
const LOOK: Duration = Duration::from_secs(30);

async fn hangup(signal: &mut Option<tokio::signal::unix::Signal>) {
    match signal {
        Some(signal) => {
            let _ = signal.recv().await;
        }
        None => std::future::pending().await,
    }
}

fn pair(settings: &TlsSettings, provider: &CryptoProvider) -> Result<CertifiedKey, TlsError> {
    let wrong = |path: &Path| {
        let path = path.to_owned();
        move |source| TlsError::File { path, source }
    };
    let chain = CertificateDer::pem_file_iter(&settings.certificate)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(wrong(&settings.certificate))?;
    if chain.is_empty() {
        return Err(TlsError::Empty { path: settings.certificate.clone() });
    }
    let key = PrivateKeyDer::from_pem_file(&settings.key).map_err(wrong(&settings.key))?;
    CertifiedKey::from_der(chain, key, provider).map_err(TlsError::Pair)
}

/// The certificate that is shown now.
#[derive(Debug)]
struct Shown(ArcSwap<CertifiedKey>);

impl ResolvesServerCert for Shown {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.0.load_full())
    }
}

/// Takes any certificate whose key the other end holds. No authority vouches for it: an officer pinned its digest.
#[derive(Debug)]
struct Possession(WebPkiSupportedAlgorithms);

impl ClientCertVerifier for Possession {
    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &[]
    }

    fn client_auth_mandatory(&self) -> bool {
        false
    }

    fn verify_client_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        Ok(ClientCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Err(rustls::PeerIncompatible::Tls12NotOffered.into())
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        rustls::crypto::verify_tls13_signature(message, certificate, signed, &self.0)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.supported_schemes()
    }
}
