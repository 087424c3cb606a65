//! A client of the API: what a program of an institution, a desk's page or an owner's telephone sends.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

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

/// The API as people use it.
#[derive(Clone)]
pub struct Api {
    client: Client<HttpConnector, Full<Bytes>>,
    address: SocketAddr,
    app: App,
    tokens: Arc<Mutex<HashMap<PersonId, (String, Timestamp)>>>,
}

/// A token is used for so long; it lives a little longer.
const USED_FOR: SignedDuration = SignedDuration::from_mins(12);

impl Api {
    pub fn new(address: SocketAddr, app: App) -> Self {
        let client = Client::builder(TokioExecutor::new()).build_http();
        Self { client, address, app, tokens: Arc::default() }
    }

    async fn token(&self, person: PersonId) -> String {
        let now = self.app.now();
        if let Some((token, since)) = self.tokens.lock().unwrap().get(&person)
            && now.duration_since(*since) < USED_FOR
        {
            return token.clone();
        }
        let issue = move |app: &App| {
            let (all, life) = (Scope::ALL.to_vec(), SignedDuration::from_mins(15));
            app.door().tokens().issue(person, all, life, now)
        };
        let token = self.app.ask(issue).await.unwrap();
        self.tokens.lock().unwrap().insert(person, (token.clone(), now));
        token
    }

    /// What an officer gets to see.
    pub async fn get(&self, who: PersonId, path: &str) -> Value {
        good(path, self.send(Some(who), Method::GET, path, (None, Bytes::new())).await)
    }

    /// What an officer does.
    pub async fn post(&self, who: PersonId, path: &str, body: &Value) -> Value {
        good(path, self.try_post(who, path, body).await)
    }

    /// What an officer tries.
    pub async fn try_post(&self, who: PersonId, path: &str, body: &Value) -> (StatusCode, Value) {
        self.send(Some(who), Method::POST, path, json(body)).await
    }

    /// What somebody sends who is not signed in.
    pub async fn anybody(&self, path: &str, body: &Value) -> (StatusCode, Value) {
        self.send(None, Method::POST, path, json(body)).await
    }

    /// A document, sent as it is.
    pub async fn document(&self, who: PersonId, path: &str, text: String) -> Value {
        let body = (Some("application/octet-stream"), Bytes::from(text));
        good(path, self.send(Some(who), Method::PUT, path, body).await)
    }

    async fn send(
        &self,
        who: Option<PersonId>,
        method: Method,
        path: &str,
        (kind, body): (Option<&str>, Bytes),
    ) -> (StatusCode, Value) {
        let mut request =
            Request::builder().method(method).uri(format!("http://{}{path}", self.address));
        if let Some(who) = who {
            let token = self.token(who).await;
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        if let Some(kind) = kind {
            request = request.header(header::CONTENT_TYPE, kind);
        }
        let answer = self.client.request(request.body(Full::new(body)).unwrap()).await.unwrap();
        let status = answer.status();
        let bytes = answer.into_body().collect().await.unwrap().to_bytes();
        (status, serde_json::from_slice(&bytes).unwrap_or_default())
    }
}

fn json(body: &Value) -> (Option<&'static str>, Bytes) {
    (Some("application/json"), Bytes::from(body.to_string()))
}

fn good(path: &str, (status, body): (StatusCode, Value)) -> Value {
    assert!(status.is_success(), "{path}: {status} {body}");
    body
}
