//! A small client of the API: what a program of an institution, or a page of a desk, would send.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use bongsu_authority::PersonId;
use bongsu_server::App;
use bongsu_server::right::Scope;
use http::{Method, Request, StatusCode, header};
use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

/// The API as officers use it, each with a token of theirs.
#[derive(Clone)]
pub(super) struct Api {
    client: Client<HttpConnector, Full<Bytes>>,
    pub(super) address: SocketAddr,
    app: App,
    tokens: Arc<Mutex<HashMap<PersonId, (String, Timestamp)>>>,
}

/// A request is tried so often before the exercise gives up.
const TRIES: u32 = 20;

/// A token is used for so long; it lives a little longer.
const USED_FOR: SignedDuration = SignedDuration::from_mins(12);

impl Api {
    pub(super) fn new(address: SocketAddr, app: App) -> Self {
        let client = Client::builder(TokioExecutor::new()).build_http();
        Self { client, address, app, tokens: Arc::default() }
    }

    /// The node that is asked.
    pub(super) fn app(&self) -> &App {
        &self.app
    }

    /// A token of an officer's, given out in the process.
    pub(super) async fn token(&self, person: PersonId) -> Result<String> {
        let now = self.app.now();
        {
            let tokens = self.tokens.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some((token, since)) = tokens.get(&person)
                && now.duration_since(*since) < USED_FOR
            {
                return Ok(token.clone());
            }
        }
        let issue = move |app: &App| {
            let (all, life) = (Scope::ALL.to_vec(), SignedDuration::from_mins(15));
            app.door().tokens().issue(person, all, life, now)
        };
        let token = self.app.ask(issue).await.map_err(|problem| {
            anyhow::anyhow!("no token was given out: {} {}", problem.status(), problem.kind())
        })?;
        let mut tokens = self.tokens.lock().unwrap_or_else(PoisonError::into_inner);
        tokens.insert(person, (token.clone(), now));
        Ok(token)
    }

    pub(super) async fn get(&self, who: PersonId, path: &str) -> Result<Value> {
        self.send(who, Method::GET, path, (None, Bytes::new())).await
    }

    pub(super) async fn post(&self, who: PersonId, path: &str, body: &Value) -> Result<Value> {
        let body = Bytes::from(serde_json::to_vec(body)?);
        self.send(who, Method::POST, path, (Some("application/json"), body)).await
    }

    /// Sends a document as it is.
    pub(super) async fn document(&self, who: PersonId, path: &str, text: String) -> Result<Value> {
        let kind = Some("application/octet-stream");
        self.send(who, Method::PUT, path, (kind, Bytes::from(text))).await
    }

    /// Sends a request until there is an answer; a request that comes again has the same key.
    async fn send(
        &self,
        who: PersonId,
        method: Method,
        path: &str,
        (kind, body): (Option<&str>, Bytes),
    ) -> Result<Value> {
        let key = PersonId(self.app.desk().draw()).to_string();
        for _ in 0..TRIES {
            let token = self.token(who).await?;
            let mut request = Request::builder()
                .method(method.clone())
                .uri(format!("http://{}{path}", self.address))
                .header(header::AUTHORIZATION, format!("Bearer {token}"));
            if let Some(kind) = kind {
                request =
                    request.header(header::CONTENT_TYPE, kind).header("idempotency-key", &key);
            }
            let request = request.body(Full::new(body.clone()))?;
            let answer = self.client.request(request).await;
            let answer = answer.with_context(|| format!("{method} {path}"))?;
            let (status, after) = (answer.status(), wait(answer.headers()));
            let bytes = answer.into_body().collect().await?.to_bytes();
            match status {
                StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => {
                    tokio::time::sleep(after).await;
                }
                status if status.is_success() => {
                    return serde_json::from_slice(&bytes).context("an answer is JSON");
                }
                status => {
                    let said: Value = serde_json::from_slice(&bytes).unwrap_or_default();
                    bail!("{method} {path}: {status} {}", said["detail"].as_str().unwrap_or(""));
                }
            }
        }
        bail!("{method} {path}: the server had no room for a long time")
    }
}

/// How long an answer asks to wait; the exercise is in a hurry.
fn wait(headers: &http::HeaderMap) -> Duration {
    let seconds = headers.get(header::RETRY_AFTER).and_then(|value| value.to_str().ok());
    let seconds: f64 = seconds.and_then(|text| text.parse().ok()).unwrap_or(0.5);
    Duration::from_secs_f64(seconds.clamp(0.1, 3.0))
}
