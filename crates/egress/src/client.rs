//! The client: one request out, one answer back, within its limits.

use std::{io::Write, sync::Arc};

use http::{HeaderMap, HeaderValue, Method, Request, header};
use http_body_util::Full;
use hyper::{
    Response,
    body::{Bytes, Incoming},
};
use rustls::{ClientConfig, RootCertStore, crypto::aws_lc_rs};
use tokio::{
    net::TcpStream,
    sync::Semaphore,
    time::{timeout, timeout_at},
};
use tokio_rustls::TlsConnector;
use url::{Position, Url};

use crate::{
    Answer, Error, Outgoing, Refused, Resolve, Rules, SetUp, System,
    body::{Limits, complaint, pour, whole},
    connection::{dial, open},
    pool::{Line, Pool},
    redirect::{leave_behind, may_lead, onward},
    rules::{Gate, Narrowed, Target, read},
};

/// The way out. Cheap to clone; clones share connections and limits.
///
/// ```
/// use bongsu_egress::{Egress, Refused, Rules};
///
/// let egress = Egress::new(Rules::default())?;
/// let inside = "https://169.254.169.254/latest/meta-data/".parse()?;
/// assert!(matches!(egress.check(&inside), Err(Refused::Address { .. })));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Egress {
    shared: Arc<Shared>,
    narrowed: Narrowed,
}

pub(crate) struct Shared {
    gate: Gate,
    pub(crate) resolver: Arc<dyn Resolve>,
    pub(crate) tls: TlsConnector,
    pool: Pool,
    seats: Semaphore,
}

impl std::fmt::Debug for Egress {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Egress").field("narrowed", &self.narrowed).finish_non_exhaustive()
    }
}

impl Egress {
    /// A way out that asks this machine where names are.
    ///
    /// # Errors
    /// A target or a root that cannot be read.
    pub fn new(rules: Rules) -> Result<Self, SetUp> {
        Self::with_resolver(rules, Arc::new(System))
    }

    /// A way out that asks somebody else where names are.
    ///
    /// # Errors
    /// As [`Egress::new`].
    pub fn with_resolver(rules: Rules, resolver: Arc<dyn Resolve>) -> Result<Self, SetUp> {
        let gate = Gate::new(&rules)?;
        let seats = Semaphore::new(rules.at_once.clamp(1, Semaphore::MAX_PERMITS));
        let tls = TlsConnector::from(Arc::new(tls(rules)?));
        let shared = Shared { gate, resolver, tls, pool: Pool::default(), seats };
        Ok(Self { shared: Arc::new(shared), narrowed: Narrowed::default() })
    }

    /// The same way out without the operator's own targets: for addresses that others chose, such as web hooks.
    #[must_use]
    pub fn for_strangers(&self) -> Self {
        let narrowed = Narrowed { strangers: true, ..self.narrowed.clone() };
        Self { shared: Arc::clone(&self.shared), narrowed }
    }

    /// The same way out to these hosts and no others, redirects included.
    ///
    /// # Errors
    /// A host that cannot be read.
    pub fn only<'a>(&self, hosts: impl IntoIterator<Item = &'a str>) -> Result<Self, SetUp> {
        let hosts = hosts.into_iter().map(read).collect::<Result<_, _>>()?;
        let narrowed = Narrowed { hosts: Some(hosts), ..self.narrowed.clone() };
        Ok(Self { shared: Arc::clone(&self.shared), narrowed })
    }

    /// What can be said of an address without resolving it.
    ///
    /// # Errors
    /// It would be refused when sent to as well.
    pub fn check(&self, url: &Url) -> Result<(), Refused> {
        self.shared.gate.url(url, &self.narrowed).map(drop)
    }

    /// Sends a request and reads the whole answer.
    ///
    /// # Errors
    /// [`Error`]; then nothing is known of what the other side did.
    pub async fn send(&self, request: Outgoing) -> Result<Answer, Error> {
        self.within(request, None).await
    }

    /// Sends a request and pours the body of a success (2xx) into `sink` as it comes; the body of anything else is in the
    /// answer unless it is over 64 KiB.
    ///
    /// # Errors
    /// [`Error`]; then the sink may hold a beginning.
    pub async fn fetch_to(
        &self,
        request: Outgoing,
        sink: &mut (dyn Write + Send),
    ) -> Result<Answer, Error> {
        self.within(request, Some(sink)).await
    }

    /// A bare connection to a checked address, for a protocol that is not HTTP and encrypts for itself. Has 10 s.
    ///
    /// # Errors
    /// [`Error`]; a port outside the rules needs a target of the operator's own.
    pub async fn connect(&self, host: &str, port: u16) -> Result<TcpStream, Error> {
        let target = self.shared.gate.pair(host, port, &self.narrowed)?;
        let late = |_| Error::Late { host: target.host.to_string(), patience: BARE };
        timeout(BARE, dial(&self.shared, &target)).await.map_err(late)?
    }

    async fn within(
        &self,
        request: Outgoing,
        sink: Option<&mut (dyn Write + Send)>,
    ) -> Result<Answer, Error> {
        let host = request.url.host_str().unwrap_or_default().to_owned();
        let patience = request.patience;
        let deadline = tokio::time::Instant::now() + patience;
        let late = |_| Error::Late { host, patience };
        timeout_at(deadline, self.follow(request, sink)).await.map_err(late)?
    }

    /// Sends, and sends again where the answer points.
    async fn follow(
        &self,
        mut request: Outgoing,
        mut sink: Option<&mut (dyn Write + Send)>,
    ) -> Result<Answer, Error> {
        let gate = &self.shared.gate;
        let mut target = gate.url(&request.url, &self.narrowed)?;
        let _seat = self.shared.seats.acquire().await.expect("the seats are never closed");
        let most = request.redirects.min(MOST_REDIRECTS);
        let mut left = most;
        loop {
            let again = sink.as_mut().map(|sink| &mut **sink as &mut (dyn Write + Send));
            let answer = self.exchange(&request, &target, again).await?;
            if most == 0 {
                return Ok(answer);
            }
            let Some(url) = onward(&request, &answer)? else { return Ok(answer) };
            let next = gate.url(&url, &self.narrowed)?;
            may_lead(&target, &next)?;
            left = left
                .checked_sub(1)
                .ok_or_else(|| Error::Redirects { host: target.host.to_string(), most })?;
            if next != target {
                leave_behind(&mut request.headers);
            }
            (request.url, target) = (url, next);
        }
    }

    /// One request, one answer, one target.
    async fn exchange(
        &self,
        request: &Outgoing,
        target: &Target,
        sink: Option<&mut (dyn Write + Send)>,
    ) -> Result<Answer, Error> {
        let (response, line) = self.ask(request, target).await?;
        let (head, body) = response.into_parts();
        let host = target.host.to_string();
        let limits = Limits { host: &host, most: request.most_bytes, quiet: request.quiet };
        let (body, ended) = match sink {
            Some(sink) if head.status.is_success() => {
                pour(body, &limits, sink).await?;
                (Bytes::new(), true)
            }
            Some(_) => complaint(body, &limits).await,
            None => (whole(body, &limits).await?, true),
        };
        if ended {
            self.shared.pool.put(target.clone(), line);
        }
        Ok(Answer { status: head.status, headers: head.headers, body, url: request.url.clone() })
    }

    /// The head of the answer, on a connection that was kept or a fresh one.
    async fn ask(
        &self,
        request: &Outgoing,
        target: &Target,
    ) -> Result<(Response<Incoming>, Line), Error> {
        let host = || target.host.to_string();
        if let Some(line) = self.shared.pool.take(target) {
            match say(line, request).await {
                Ok(done) => return Ok(done),
                // The other side hung up meanwhile. Only what may be said twice is said again.
                Err(lost) if lost.unsent || is_repeatable(&request.method) => {}
                Err(lost) => return Err(Error::Http { host: host(), source: lost.source }),
            }
        }
        let line = open(&self.shared, target).await?;
        say(line, request).await.map_err(|lost| Error::Http { host: host(), source: lost.source })
    }
}

/// A request that brought nothing back.
struct Lost {
    /// It never left, so saying it again is safe.
    unsent: bool,
    source: hyper::Error,
}

async fn say(mut line: Line, request: &Outgoing) -> Result<(Response<Incoming>, Line), Lost> {
    line.ready().await.map_err(|source| Lost { unsent: true, source })?;
    match line.try_send_request(message(request)).await {
        Ok(response) => Ok((response, line)),
        Err(mut lost) => {
            Err(Lost { unsent: lost.take_message().is_some(), source: lost.into_error() })
        }
    }
}

/// The request as it goes over the wire.
fn message(request: &Outgoing) -> Request<Full<Bytes>> {
    let mut message = Request::new(Full::new(request.body.clone()));
    let path = &request.url[Position::BeforePath..Position::AfterQuery];
    *message.method_mut() = request.method.clone();
    *message.uri_mut() = path.parse().unwrap_or_default();
    *message.headers_mut() = headers(request);
    message
}

/// What the caller says, without what belongs to the connection, and what we always say.
fn headers(request: &Outgoing) -> HeaderMap {
    let mut headers = request.headers.clone();
    for name in OURS {
        headers.remove(name);
    }
    let host = &request.url[Position::BeforeHost..Position::AfterPort];
    if let Ok(host) = HeaderValue::from_str(host) {
        headers.insert(header::HOST, host);
    }
    let agent = HeaderValue::from_static(AGENT);
    headers.entry(header::USER_AGENT).or_insert(agent);
    headers.entry(header::ACCEPT).or_insert(HeaderValue::from_static("*/*"));
    let plain = HeaderValue::from_static("identity");
    headers.entry(header::ACCEPT_ENCODING).or_insert(plain);
    headers
}

fn is_repeatable(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD)
}

fn tls(rules: Rules) -> Result<ClientConfig, SetUp> {
    let mut roots = RootCertStore::empty();
    if rules.native_roots {
        let found = rustls_native_certs::load_native_certs();
        for error in &found.errors {
            tracing::warn!(%error, "some of this machine's roots cannot be read");
        }
        roots.add_parsable_certificates(found.certs);
    }
    for (at, root) in rules.roots.into_iter().enumerate() {
        roots.add(root).map_err(|source| SetUp::Root { number: at + 1, source })?;
    }
    if roots.is_empty() {
        tracing::warn!("this machine trusts nobody, so no https address can be reached");
    }
    let mut config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(SetUp::Tls)?
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}

/// As servers see us. CSAF providers must not treat agents differently (CSAF 2.1, requirement 24).
const AGENT: &str = concat!("bongsu/", env!("CARGO_PKG_VERSION"));

/// Followed at most, whatever a caller asks for.
const MOST_REDIRECTS: u8 = 3;

/// For a bare connection.
const BARE: std::time::Duration = std::time::Duration::from_secs(10);

/// Headers of the connection, never of a caller.
const OURS: [header::HeaderName; 8] = [
    header::HOST,
    header::CONNECTION,
    header::CONTENT_LENGTH,
    header::PROXY_AUTHORIZATION,
    header::TE,
    header::TRAILER,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
];
