//! What goes out and what comes back.

use std::time::Duration;

use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use hyper::body::Bytes;
use url::Url;

/// One request with its limits.
#[derive(Clone, Debug)]
pub struct Outgoing {
    /// Usually `GET` or `POST`.
    pub method: Method,
    /// Where to; the part after `#` is never sent.
    pub url: Url,
    /// Further headers. What belongs to the connection (`Host`, `Connection`, lengths) is ours to say.
    pub headers: HeaderMap,
    /// Sent whole.
    pub body: Bytes,
    /// Longest answer, in bytes as they come.
    pub most_bytes: u64,
    /// For the whole exchange, from the name to the last byte, redirects included.
    pub patience: Duration,
    /// Longest silence in between.
    pub quiet: Duration,
    /// How often a redirect is followed, three at most. With 0 a redirect is an answer like any other.
    pub redirects: u8,
}

impl Outgoing {
    /// Asks for a page: 16 MiB, 10 s, three redirects.
    pub fn get(url: Url) -> Self {
        Self {
            method: Method::GET,
            url,
            headers: HeaderMap::new(),
            body: Bytes::new(),
            most_bytes: 16 << 20,
            patience: Duration::from_secs(10),
            quiet: Duration::from_secs(10),
            redirects: 3,
        }
    }

    /// Hands something over: 16 MiB back at most, 10 s, no redirects.
    pub fn post(url: Url, body: impl Into<Bytes>) -> Self {
        Self { method: Method::POST, body: body.into(), redirects: 0, ..Self::get(url) }
    }

    /// With one more header.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.insert(name, value);
        self
    }
}

/// What came back.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Any status; a 404 is an answer too.
    pub status: StatusCode,
    /// As sent.
    pub headers: HeaderMap,
    /// As sent: whoever unpacks it has limits of their own. Empty when it went to a sink.
    pub body: Bytes,
    /// Where it came from at last.
    pub url: Url,
}
