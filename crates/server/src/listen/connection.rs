//! One connection, from its first request to its last.

use std::convert::Infallible;
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use http::{Request, Response, Version};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::watch;
use tokio::time::{Instant, Sleep};
use tower::ServiceExt as _;

use super::held::{self, Outgoing};
use super::pulse::{Due, Patience, Pulse, Watched};
use super::{Listening, Peer, Phase};
use crate::telemetry::Meters;

/// What every connection needs.
pub(super) struct Shared {
    builder: auto::Builder<TokioExecutor>,
    router: Router,
    patience: Patience,
    body_timeout: Duration,
    pub(super) handshake_timeout: Duration,
    meters: Option<Arc<Meters>>,
    phase: watch::Receiver<Phase>,
}

/// The largest head of a request, in bytes.
const LARGEST_HEAD: usize = 16 << 10;
/// The most headers of a request.
const MOST_HEADERS: usize = 64;
/// Requests at once on one connection of HTTP/2.
const STREAMS: u32 = 64;
/// Streams that a client opened and reset at once, before it is sent away (CVE-2023-44487).
const RESETS: usize = 20;
/// Streams that we had to reset for a client's fault, before it is sent away (CVE-2025-8671).
const FAULTS: usize = 64;
/// Bytes of a body that may come before we read them: small, for there are many connections.
const WINDOW: u32 = 64 << 10;

impl Shared {
    pub(super) fn new(
        router: Router,
        listening: &Listening,
        meters: Option<Arc<Meters>>,
        phase: watch::Receiver<Phase>,
    ) -> Arc<Self> {
        Arc::new(Self {
            builder: builder(),
            router,
            patience: Patience {
                head: listening.header_timeout,
                idle: listening.idle_timeout,
                write: listening.body_timeout,
            },
            body_timeout: listening.body_timeout,
            handshake_timeout: listening.handshake_timeout,
            meters,
            phase,
        })
    }

    async fn answer(
        self: Arc<Self>,
        pulse: Arc<Pulse>,
        peer: Peer,
        request: Request<Incoming>,
    ) -> Result<Response<Outgoing>, Infallible> {
        let open = pulse.request(request.version() == Version::HTTP_2);
        let mut request = request.map(|body| held::incoming(body, self.body_timeout));
        request.extensions_mut().insert(peer);
        let answered = self.router.clone().oneshot(request).await;
        let response: Response<Body> = answered.unwrap_or_else(|never| match never {});
        let (head, body) = response.into_parts();
        let mut phase = self.phase.clone();
        let stop = async move {
            let _ = phase.wait_for(|phase| *phase > Phase::Open).await;
        };
        let body = Outgoing::wrap(&head.headers, body, open, stop);
        Ok(Response::from_parts(head, body))
    }
}

fn builder() -> auto::Builder<TokioExecutor> {
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder.http1().max_buf_size(LARGEST_HEAD).max_headers(MOST_HEADERS).timer(TokioTimer::new());
    // The pulse waits for heads: it also sees those that hyper has not begun to read.
    builder.http1().header_read_timeout(None);
    builder
        .http2()
        .max_concurrent_streams(STREAMS)
        .max_pending_accept_reset_streams(RESETS)
        .max_local_error_reset_streams(FAULTS)
        .initial_stream_window_size(WINDOW)
        .initial_connection_window_size(WINDOW)
        .max_send_buf_size(WINDOW as usize)
        .max_header_list_size(u32::try_from(LARGEST_HEAD).expect("16 KiB"))
        .timer(TokioTimer::new())
        .keep_alive_interval(Duration::from_secs(30))
        .keep_alive_timeout(Duration::from_secs(20));
    builder
}

/// Serves a connection until it ends, is cut, or the node stops.
pub(super) async fn serve<S>(stream: S, peer: Peer, shared: Arc<Shared>)
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let _counted = shared.meters.as_ref().map(|meters| meters.connected(&peer));
    let pulse = Arc::new(Pulse::new());
    let service = {
        let (shared, pulse) = (Arc::clone(&shared), Arc::clone(&pulse));
        service_fn(move |request| Arc::clone(&shared).answer(Arc::clone(&pulse), peer, request))
    };
    let io = TokioIo::new(Watched::new(stream, Arc::clone(&pulse)));
    let mut line = pin!(shared.builder.serve_connection(io, service));
    let mut phase = shared.phase.clone();
    let mut watch = Watch::new(&pulse, &shared.patience);
    let mut leaving = false;
    loop {
        let wanted = if leaving { Phase::Gone } else { Phase::Leaving };
        let step = poll_fn(|cx| {
            // The line first: the watch sees what it just did.
            if let Poll::Ready(ended) = line.as_mut().poll(cx) {
                return Poll::Ready(Step::Ended(ended.err()));
            }
            watch.look(cx);
            watch.poll(cx).map(Step::Due)
        });
        tokio::select! {
            step = step => match step {
                Step::Ended(Some(error)) => {
                    return tracing::trace!(error = &*error, "a connection ended early");
                }
                Step::Ended(None) | Step::Due(Due::Cut) => return,
                Step::Due(_) if leaving => return,
                Step::Due(_) => {}
            },
            _ = phase.wait_for(|phase| *phase >= wanted) => {
                if leaving {
                    return;
                }
            }
        }
        leaving = true;
        line.as_mut().graceful_shutdown();
        watch = Watch::goodbye(&pulse, &shared.patience);
    }
}

/// What came to pass on a connection.
enum Step {
    Ended(Option<axum::BoxError>),
    Due(Due),
}

/// Wakes a connection's task when something is due.
struct Watch<'a> {
    pulse: &'a Pulse,
    patience: &'a Patience,
    armed: Instant,
    alarm: Pin<Box<Sleep>>,
    /// Goodbye was said: whoever does not work is cut at the alarm.
    said_goodbye: bool,
}

/// The time between goodbye and the cut, for whoever is not being answered.
const GRACE: Duration = Duration::from_secs(1);

impl<'a> Watch<'a> {
    fn new(pulse: &'a Pulse, patience: &'a Patience) -> Self {
        let armed = Instant::now() + patience.head.min(patience.idle);
        let alarm = Box::pin(tokio::time::sleep_until(armed));
        Self { pulse, patience, armed, alarm, said_goodbye: false }
    }

    fn goodbye(pulse: &'a Pulse, patience: &'a Patience) -> Self {
        let armed = Instant::now() + GRACE;
        let alarm = Box::pin(tokio::time::sleep_until(armed));
        Self { pulse, patience, armed, alarm, said_goodbye: true }
    }

    fn arm(&mut self, at: Instant) {
        self.armed = at;
        self.alarm.as_mut().reset(at);
    }

    /// Sets the alarm earlier where the connection has begun something that is due earlier.
    fn look(&mut self, cx: &mut std::task::Context<'_>) {
        if let Due::Look(at) = self.pulse.due(self.patience)
            && at < self.armed
        {
            self.arm(at);
            let _ = self.alarm.as_mut().poll(cx);
        }
    }

    fn poll(&mut self, cx: &mut std::task::Context<'_>) -> Poll<Due> {
        while self.alarm.as_mut().poll(cx).is_ready() {
            if self.said_goodbye && !self.pulse.at_work() {
                return Poll::Ready(Due::Cut);
            }
            match self.pulse.due(self.patience) {
                Due::Look(at) => self.arm(at),
                due => return Poll::Ready(due),
            }
        }
        Poll::Pending
    }
}
