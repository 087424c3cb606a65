//! What an operator sees, and what nobody sees.

use std::io::Write;
use std::sync::{Arc, LazyLock, Mutex};

use bongsu_server::telemetry::{self, log};
use http::{HeaderName, Method, StatusCode, header};
use serde_json::json;
use tower::ServiceExt as _;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::authenticator::Device;
use crate::world::{ORIGIN, World};

/// Everything that this process logs, at the finest level.
static LINES: LazyLock<Lines> = LazyLock::new(|| {
    let lines = Lines::default();
    let layer = log::layer(log::Format::Json, LevelFilter::TRACE, false, {
        let lines = lines.clone();
        move || lines.clone()
    });
    tracing_subscriber::registry().with(layer).init();
    lines
});

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Lines {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

/// A secret that is in no other test.
const MARKER: &str = "5ecret-n0-l1ne-must-h0ld";

#[tokio::test]
async fn no_line_of_the_log_holds_what_a_request_brought() {
    let lines = &*LINES;
    let world = World::new();
    let (mut browser, mut device) = world.signed_in(world.ciso.person).await;
    for name in [
        "authorization",
        "cookie",
        "x-custom",
        "user-agent",
        "idempotency-key",
        "traceparent",
        "origin",
    ] {
        let mut one = world.browser();
        let name: HeaderName = name.parse().unwrap();
        one.extra.insert(name.clone(), MARKER.parse().unwrap());
        let _ = one.me().await;
        one.extra.insert(name, format!("Bearer {MARKER}").parse().unwrap());
        let _ = one.get(&format!("/api/v1/sessions?x={MARKER}")).await;
    }
    let planted = [
        ("/api/v1/passkeys/begin", json!({ "invitation": MARKER })),
        ("/api/v1/passkeys", json!({ "ceremony": MARKER, "name": MARKER, "credential": MARKER })),
        ("/api/v1/session", json!({ "ceremony": MARKER, "credential": { "id": MARKER } })),
        ("/api/v1/tokens", json!({ "client_id": MARKER, "client_secret": MARKER })),
        ("/api/v1/machines", json!({ "appointment": MARKER, "name": MARKER, "scopes": [MARKER] })),
        ("/api/v1/invitations", json!({ "appointment": MARKER })),
        ("/api/v1/tokens", json!(MARKER)),
    ];
    for (path, body) in planted {
        let _ = browser.post(path, body.clone()).await;
        let _ = browser.call(Method::PUT, &format!("/api/v1/passkeys/{MARKER}"), Some(body)).await;
        let _ = browser.delete(&format!("{path}/{MARKER}")).await;
    }
    // A whole ceremony with a wrong answer, for that is written about.
    device.origin = format!("https://{MARKER}.example");
    assert_eq!(browser.show(&mut device).await.0, StatusCode::UNAUTHORIZED);
    let code = world.app.door().invite(world.other.person, world.app.now()).unwrap();
    let (mut other, mut key) = (world.browser(), Device::new(ORIGIN));
    assert_eq!(other.enter(&mut key, Some(&code)).await.0, StatusCode::CREATED);
    let text = lines.text();
    assert!(
        text.contains("\"answered\"") && text.contains("\"route\":\"token-exchange\""),
        "{text}"
    );
    let held = [
        MARKER,
        &code,
        other.cookie.as_deref().unwrap(),
        browser.cookie.as_deref().unwrap_or(&code),
    ];
    for secret in held {
        let found = text.lines().find(|line| line.contains(secret));
        assert_eq!(found, None, "{secret}");
    }
    for line in text.lines() {
        let _: serde_json::Value = serde_json::from_str(line).unwrap();
    }
}

#[tokio::test]
async fn every_answer_has_an_id_and_says_what_browsers_must_not_do_with_it() {
    let world = World::new();
    let mut browser = world.browser();
    let trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    let parent = format!("00-{trace}-00f067aa0ba902b7-01");
    browser.extra.insert("traceparent", parent.parse().unwrap());
    for path in ["/health/live", "/api/v1/me", "/nothing/here"] {
        let (_, headers, _) = browser.call(Method::GET, path, None).await;
        assert_eq!(headers["x-request-id"], trace, "{path}");
        assert_eq!(headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff", "{path}");
        assert_eq!(headers[header::REFERRER_POLICY], "no-referrer", "{path}");
        let policy = headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'"), "{path}");
        assert!(headers.contains_key(header::STRICT_TRANSPORT_SECURITY), "{path}");
    }
    browser.peer.tls = false;
    browser.extra.clear();
    let (_, headers, _) = browser.call(Method::GET, "/health/live", None).await;
    assert!(!headers.contains_key(header::STRICT_TRANSPORT_SECURITY));
    assert_ne!(headers["x-request-id"], trace);
}

#[tokio::test]
async fn long_answers_are_compressed_and_what_is_said_once_is_not() {
    let world = World::new();
    let mut browser = world.browser();
    browser.extra.insert(header::ACCEPT_ENCODING, "gzip".parse().unwrap());
    let (_, headers, _) = browser.call(Method::GET, "/api/openapi.json", None).await;
    assert_eq!(headers[header::CONTENT_ENCODING], "gzip");
    let (_, headers, _) = browser.call(Method::GET, "/health/live", None).await;
    assert!(!headers.contains_key(header::CONTENT_ENCODING));
    let (_, headers, _) =
        browser.call(Method::POST, "/api/v1/session/begin", Some(json!({}))).await;
    assert!(!headers.contains_key(header::CONTENT_ENCODING));
    assert_eq!(headers[header::CACHE_CONTROL], "no-store");
}

#[tokio::test]
async fn the_operator_s_door_shows_numbers_and_nothing_else() {
    let world = World::new();
    let _ = world.browser().me().await;
    let operator = telemetry::operator(world.app.clone());
    let ask = async |path: &str| {
        let request = http::Request::get(path).body(axum::body::Body::empty()).unwrap();
        let response = operator.clone().oneshot(request).await.unwrap();
        let status = response.status();
        let body = http_body_util::BodyExt::collect(response.into_body()).await.unwrap();
        (status, String::from_utf8(body.to_bytes().to_vec()).unwrap())
    };
    let (status, text) = ask("/metrics").await;
    assert_eq!(status, StatusCode::OK);
    for line in [
        "bongsu_requests_total{route=\"me\",class=\"read\",status=\"401\"} 1",
        "bongsu_request_seconds_count{route=\"me\",class=\"read\"} 1",
        "bongsu_waiting{class=\"answer\"} 0",
        "bongsu_outbox_waiting 0",
        "# EOF",
    ] {
        assert!(text.contains(line), "{line}\n{text}");
    }
    assert_eq!(ask("/api/v1/me").await.0, StatusCode::NOT_FOUND);
    assert_eq!(world.browser().get("/metrics").await.0, StatusCode::NOT_FOUND);
}
