//! What an operator sees: numbers, lines, and one id for each request.

pub mod log;
mod meters;
mod trace;

use std::net::SocketAddr;
use std::time::Instant;

use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::{HeaderMap, HeaderName, HeaderValue, header};
use tracing::Instrument as _;

use crate::app::App;
use crate::listen::{Listener, Listening, Peer};
use crate::problem::Problem;
use crate::routes::Route;
pub use meters::Meters;
pub(crate) use trace::Trace;

/// Around every answer: an id, its time and its status, and what browsers must not do with it.
pub(crate) async fn edge(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let trace = Trace::of(request.headers());
    let tls = request.extensions().get::<Peer>().is_some_and(|peer| peer.tls);
    request.extensions_mut().insert(trace);
    let began = Instant::now();
    // Of the request nothing is written but the route it met: what it brings may be a secret.
    let span = tracing::info_span!("request", trace = %trace);
    let mut response = next.run(request).instrument(span.clone()).await;
    let route = response.extensions_mut().remove::<&'static Route>();
    let (time, status) = (began.elapsed(), response.status().as_u16());
    app.meters().answered(route, status, time);
    span.in_scope(|| {
        let route = route.map_or("none", |route| route.id);
        let micros = u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
        if status >= 500 {
            tracing::warn!(route, status, micros, "answered");
        } else {
            tracing::debug!(route, status, micros, "answered");
        }
    });
    guard(response.headers_mut(), tls);
    response.headers_mut().insert("x-request-id", trace.header());
    response
}

/// What browsers must not do with an answer; a page may say otherwise about itself.
fn guard(headers: &mut HeaderMap, tls: bool) {
    const GUARDS: [(HeaderName, HeaderValue); 4] = [
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
        (
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'"),
        ),
        (
            HeaderName::from_static("cross-origin-resource-policy"),
            HeaderValue::from_static("same-origin"),
        ),
    ];
    for (name, value) in GUARDS {
        headers.entry(name).or_insert(value);
    }
    if tls {
        let year = HeaderValue::from_static("max-age=31536000; includeSubDomains");
        headers.insert(header::STRICT_TRANSPORT_SECURITY, year);
    }
}

/// The operator's own door: `/metrics` and `/health/live`. It belongs on loopback, or in a network of operators.
pub fn operator(app: App) -> Router {
    Router::new()
        .route("/metrics", get(metrics))
        .route("/health/live", get(async || "ok"))
        .fallback(async || Problem::absent())
        .with_state(app)
}

/// Serves the operator's door until `stop` comes.
///
/// # Errors
/// [`std::io::Error`] where the address cannot be had.
pub async fn serve_operator(
    app: App,
    address: SocketAddr,
    stop: impl Future<Output = ()> + Send,
) -> std::io::Result<()> {
    let listening = Listening { most_connections: 64, ..Listening::at(address) };
    Listener::bind(listening)?.serve(operator(app), stop).await;
    Ok(())
}

async fn metrics(State(app): State<App>) -> Response {
    let text = app.ask(|app| Ok(app.meters().text(app))).await;
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    match text {
        Ok(text) => ([(header::CONTENT_TYPE, kind)], text).into_response(),
        Err(problem) => problem.into_response(),
    }
}
