//! The API, asked in the same process by whoever looks at a page.

use axum::Router;
use axum::body::{Body, Bytes};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode, header};
use http_body_util::{BodyExt, Limited};
use serde_json::Value;
use tower::ServiceExt;

use crate::visitor::Visitor;

/// The API of this node.
#[derive(Clone)]
pub(crate) struct Api(Router);

/// The largest answer that a page takes, in bytes: a page of a list is at most a few hundred thousand.
const LARGEST_ANSWER: usize = 8 << 20;

/// What the API said instead of an answer: RFC 9457, as a page shows it.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{status} {kind}: {detail}")]
pub(crate) struct Refusal {
    pub(crate) status: StatusCode,
    /// Last part of the problem's type, such as `not-found`.
    pub(crate) kind: String,
    pub(crate) detail: String,
    /// A stable word for the cause.
    pub(crate) reason: String,
    /// What a sentence about the cause names.
    pub(crate) facts: Value,
    /// Seconds after which to come again.
    pub(crate) after: Option<u32>,
}

impl Refusal {
    /// One of the pages' own: its kind is its reason.
    pub(crate) fn own(status: StatusCode, kind: &str) -> Self {
        let (kind, reason) = (kind.to_owned(), kind.to_owned());
        Self { status, kind, detail: String::new(), reason, facts: Value::Null, after: None }
    }

    /// The node cannot answer at all.
    fn broken(detail: &str) -> Self {
        let broken = Self::own(StatusCode::SERVICE_UNAVAILABLE, "broken");
        Self { detail: detail.to_owned(), after: Some(5), ..broken }
    }

    /// As a page shows it.
    pub(crate) fn shown(&self) -> Value {
        serde_json::json!({
            "kind": self.kind, "detail": self.detail, "reason": self.reason, "facts": self.facts,
            "after": self.after, "status": self.status.as_u16(),
        })
    }
}

/// An answer, and the tag under which it can be edited.
#[derive(Clone, Debug, Default)]
pub(crate) struct Answer {
    pub(crate) body: Value,
    pub(crate) tag: Option<String>,
}

/// What is asked for.
#[derive(Clone, Debug)]
pub(crate) struct Wanted {
    pub(crate) method: Method,
    /// Path and query.
    pub(crate) path: String,
    pub(crate) body: Option<Value>,
    pub(crate) key: Option<String>,
    /// The tag of what was seen before an edit.
    pub(crate) seen: Option<String>,
}

impl Wanted {
    /// Something to read.
    pub(crate) fn get(path: impl Into<String>) -> Self {
        Self { method: Method::GET, path: path.into(), body: None, key: None, seen: None }
    }

    /// Something to do.
    pub(crate) fn post(path: impl Into<String>, body: Value) -> Self {
        Self { method: Method::POST, body: Some(body), ..Self::get(path) }
    }
}

/// What a browser sent that decides who somebody is, and whether a page of ours sent them.
const CARRIED: [HeaderName; 4] =
    [header::COOKIE, header::HOST, header::ORIGIN, HeaderName::from_static("sec-fetch-site")];

impl Api {
    pub(crate) fn new(router: Router) -> Self {
        Self(router)
    }

    /// Asks, in the name of whoever looks.
    ///
    /// # Errors
    /// [`Refusal`] with the API's own words.
    pub(crate) async fn ask(&self, visitor: &Visitor, wanted: Wanted) -> Result<Answer, Refusal> {
        let response = self.send(visitor, wanted).await?;
        let tag = text(response.headers(), &header::ETAG);
        Ok(Answer { body: read(response).await?, tag })
    }

    /// Asks, and gives the answer as it comes: its headers may set a cookie.
    ///
    /// # Errors
    /// [`Refusal`] with the API's own words.
    pub(crate) async fn send(
        &self,
        visitor: &Visitor,
        wanted: Wanted,
    ) -> Result<Response<Body>, Refusal> {
        let Wanted { method, path, body, key, seen } = wanted;
        let mut request = Request::new(Body::empty());
        if let Some(body) = body {
            *request.body_mut() = Body::from(body.to_string());
            let json = HeaderValue::from_static("application/json");
            request.headers_mut().insert(header::CONTENT_TYPE, json);
        }
        for (name, value) in [("idempotency-key", key), ("if-match", seen)] {
            if let Some(value) = value.and_then(|value| HeaderValue::try_from(value).ok()) {
                request.headers_mut().insert(HeaderName::from_static(name), value);
            }
        }
        *request.method_mut() = method;
        self.pass(visitor, &path, request).await
    }

    /// Passes a request on that is whole but for its address and its sender.
    ///
    /// # Errors
    /// [`Refusal`] with the API's own words.
    pub(crate) async fn pass(
        &self,
        visitor: &Visitor,
        path: &str,
        mut request: Request<Body>,
    ) -> Result<Response<Body>, Refusal> {
        let address = path.parse().map_err(|_| Refusal::own(StatusCode::NOT_FOUND, "not-found"))?;
        *request.uri_mut() = address;
        for name in CARRIED {
            if let Some(value) = visitor.headers().get(&name) {
                request.headers_mut().insert(name, value.clone());
            }
        }
        visitor.lend_line(request.extensions_mut());
        let Ok(response) = self.0.clone().oneshot(request).await;
        if response.status().is_success() { Ok(response) } else { Err(refusal(response).await) }
    }
}

/// Reads an answer: JSON, text, or nothing.
pub(crate) async fn read(response: Response<Body>) -> Result<Value, Refusal> {
    let plain = text(response.headers(), &header::CONTENT_TYPE);
    let bytes = whole(response).await?;
    if plain.is_some_and(|kind| kind.starts_with("text/plain")) {
        return Ok(Value::from(String::from_utf8_lossy(&bytes).into_owned()));
    }
    if bytes.is_empty() {
        return Ok(Value::Null);
    }
    serde_json::from_slice(&bytes).map_err(|_| Refusal::broken("the answer is not JSON"))
}

async fn whole(response: Response<Body>) -> Result<Bytes, Refusal> {
    let limited = Limited::new(response.into_body(), LARGEST_ANSWER);
    let body = limited.collect().await.map_err(|_| Refusal::broken("the answer broke off"))?;
    Ok(body.to_bytes())
}

async fn refusal(response: Response<Body>) -> Refusal {
    let status = response.status();
    let after = text(response.headers(), &header::RETRY_AFTER).and_then(|text| text.parse().ok());
    let body = read(response).await.unwrap_or_default();
    let kind = body["type"].as_str().and_then(|kind| kind.rsplit(['/', ':', '#']).next());
    let said = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
    Refusal {
        status,
        kind: kind.unwrap_or("broken").to_owned(),
        detail: said("detail"),
        reason: said("reason"),
        facts: body["facts"].clone(),
        after,
    }
}

fn text(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
}
