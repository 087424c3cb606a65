//! Which version answers, and within which limits.

use axum::response::Response;
use axum::routing::get;
use http::HeaderMap;
use schemars::JsonSchema;
use serde::Serialize;

use crate::caller::Caller;
use crate::input::LARGEST_BODY;
use crate::output;
use crate::right::Right;
use crate::routes::{Route, schema};
use crate::uploads;

pub(super) const ROUTES: &[Route] = &[Route::get(
    ("limits", "/api/v1/limits", "Says which version answers, and within which limits"),
    Right::Oneself,
    schema::<Limits>,
    || get(limits),
)];

/// What is the most of everything.
#[derive(Debug, JsonSchema, Serialize)]
struct Limits {
    /// The version of this node.
    version: &'static str,
    /// The largest JSON body, in bytes.
    body_bytes: u64,
    /// The largest document, in bytes.
    document_bytes: u64,
    /// Documents of one institution in an hour.
    documents_an_hour: u64,
    /// The most on a page.
    page: u32,
}

async fn limits(_: Caller, headers: HeaderMap) -> Response {
    output::tagged(
        &headers,
        &Limits {
            version: env!("CARGO_PKG_VERSION"),
            body_bytes: LARGEST_BODY as u64,
            document_bytes: uploads::LARGEST,
            documents_an_hour: uploads::AN_HOUR as u64,
            page: output::MOST,
        },
    )
}
