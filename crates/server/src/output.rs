//! What goes out: JSON with a tag, in pages.

use aws_lc_rs::digest::{SHA256, digest};
use axum::body::Body;
use axum::response::Response;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use schemars::JsonSchema;
use serde::Serialize;

use crate::input::Seen;
use crate::problem::{Own, Problem};

/// One page of a list; `next` leads to the following one.
#[derive(Debug, JsonSchema, Serialize)]
pub(crate) struct Page<T> {
    /// What is on it.
    pub(crate) items: Vec<T>,
    /// Send it as `cursor` to see what follows; nothing where this is the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) next: Option<String>,
}

/// A place in a list, as text that means nothing to whoever carries it.
pub(crate) fn cursor(place: &[u8]) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(place)
}

/// Reads a place back.
///
/// # Errors
/// [`Problem`] 404 where it is none of ours.
pub(crate) fn place(cursor: &str) -> Result<Vec<u8>, Problem> {
    let place = BASE64_URL_SAFE_NO_PAD.decode(cursor).map_err(|_| no_place())?;
    if place.len() > 64 { Err(no_place()) } else { Ok(place) }
}

/// What is no place in a list: a cursor is text to whoever carries it, so a made-up one names nothing.
pub(crate) fn no_place() -> Problem {
    Problem::new(
        StatusCode::NOT_FOUND,
        "no-such-place",
        "No such place in the list",
        Own::NoSuchPlace,
        "this cursor is none of ours: begin again without one",
    )
}

/// How many on a page; 200 where nobody says.
///
/// # Errors
/// [`Problem`] 422 where it is none, or more than 200.
pub(crate) fn limit(asked: Option<u32>) -> Result<usize, Problem> {
    match asked.unwrap_or(MOST) {
        limit @ 1..=MOST => Ok(limit as usize),
        _ => Err(Problem::unfit(Own::Limit.with("most", MOST), format!("`limit` is 1 to {MOST}"))),
    }
}

/// The most on a page.
pub(crate) const MOST: u32 = 200;

/// JSON that says 200.
pub(crate) fn ok(it: &impl Serialize) -> Response {
    say(StatusCode::OK, it)
}

/// JSON under a status.
pub(crate) fn say(status: StatusCode, it: &impl Serialize) -> Response {
    let body = serde_json::to_vec(it).expect("what is shown has text keys");
    json(status, body)
}

/// JSON that is there already.
pub(crate) fn json(status: StatusCode, body: impl Into<Body>) -> Response {
    let mut response = Response::new(body.into());
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    response
}

/// JSON with a tag; nothing but the tag, where whoever asks has it already.
pub(crate) fn tagged(asked: &HeaderMap, it: &impl Serialize) -> Response {
    let body = serde_json::to_vec(it).expect("what is shown has text keys");
    let tag = tag(&body);
    if has(asked, &tag) {
        return unchanged(&tag);
    }
    let mut response = json(StatusCode::OK, body);
    response.headers_mut().insert(header::ETAG, tag);
    response
}

/// The tag of a body.
pub(crate) fn tag(body: &[u8]) -> HeaderValue {
    let hash = digest(&SHA256, body);
    let text = format!("\"{}\"", BASE64_URL_SAFE_NO_PAD.encode(&hash.as_ref()[..12]));
    HeaderValue::from_str(&text).expect("base64 in quotes is a header's value")
}

/// Does whoever asks have this already?
pub(crate) fn has(asked: &HeaderMap, tag: &HeaderValue) -> bool {
    asked.get_all(header::IF_NONE_MATCH).iter().any(|tags| names(tags, tag))
}

/// Is a tag among those that a header names?
pub(crate) fn names(header: &HeaderValue, tag: &HeaderValue) -> bool {
    let tag = tag.to_str().unwrap_or_default();
    let same = |one: &str| matches!(one.trim(), "*") || one.trim().trim_start_matches("W/") == tag;
    header.to_str().unwrap_or_default().split(',').any(same)
}

/// Whoever edits has seen what they write over, where they say what they have seen.
///
/// # Errors
/// [`Problem`] 412 where it has changed since; what `shown` says.
pub(crate) fn as_seen<T: Serialize>(
    Seen(seen): &Seen,
    shown: impl FnOnce() -> Result<T, Problem>,
) -> Result<(), Problem> {
    let Some(seen) = seen else { return Ok(()) };
    let shown = serde_json::to_vec(&shown()?).expect("what is shown has text keys");
    if names(seen, &tag(&shown)) {
        return Ok(());
    }
    Err(Problem::new(
        StatusCode::PRECONDITION_FAILED,
        "edited-meanwhile",
        "Somebody has edited it meanwhile",
        Own::EditedMeanwhile,
        "read it again, put your edit into what stands there, and send it with the new ETag in If-Match",
    ))
}

/// 304.
pub(crate) fn unchanged(tag: &HeaderValue) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NOT_MODIFIED;
    response.headers_mut().insert(header::ETAG, tag.clone());
    response
}
