//! The record: what it promises, and the proof that an entry of one's own is in it.

use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use http::{HeaderMap, HeaderValue, header};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::admission::Class;
use crate::app::App;
use crate::caller::Caller;
use crate::input::{Asked, Named};
use crate::output;
use crate::problem::Problem;
use crate::right::Right;
use crate::routes::{Gives, Route, schema};
use crate::wire::Digest;

pub(super) const ROUTES: &[Route] = &[
    Route {
        gives: Gives::Text("text/plain"),
        ..Route::get(
            (
                "checkpoint",
                "/api/v1/record/checkpoint",
                "Gives the signed checkpoint of the record",
            ),
            Right::Oneself,
            schema::<String>,
            || get(checkpoint),
        )
        .of(Class::Later)
    },
    Route {
        gives: Gives::Text("text/plain"),
        ..Route::get(
            (
                "proof",
                "/api/v1/record/entries/{entry}/proof",
                "Proves that the entry of a receipt is in the record",
            ),
            Right::Oneself,
            schema::<String>,
            || get(proof),
        )
        .asking(schema::<Receipt>)
        .of(Class::Later)
    },
];

/// Whoever has the receipt knows the leaf; nobody else learns that there is such an entry.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Receipt {
    /// The leaf of the receipt.
    #[schemars(with = "Digest")]
    leaf: String,
}

async fn checkpoint(
    State(app): State<App>,
    _: Caller,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let note = app.ask(|app| Ok(app.desk().store().checkpoint()?)).await?;
    Ok(text(&headers, note.to_string()))
}

async fn proof(
    State(app): State<App>,
    _: Caller,
    Named(entry): Named<u64>,
    Asked(receipt): Asked<Receipt>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let proof = app.ask(move |app| {
        let store = app.desk().store();
        let theirs = store
            .entries(entry, 1)?
            .first()
            .is_some_and(|one| one.position == entry && one.hash.to_string() == receipt.leaf);
        if theirs { Ok(store.prove(entry)?) } else { Err(Problem::absent()) }
    });
    Ok(text(&headers, proof.await?.to_string()))
}

fn text(asked: &HeaderMap, text: String) -> Response {
    let tag = output::tag(text.as_bytes());
    if output::has(asked, &tag) {
        return output::unchanged(&tag);
    }
    let mut response = Response::new(text.into());
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    headers.insert(header::ETAG, tag);
    response
}
