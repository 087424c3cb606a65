//! The record: what it promises, and the proof that an entry is in it, for anybody who has its receipt.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use bongsu_ledger::note::Note;
use http::{HeaderMap, HeaderValue, header};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::admission::Class;
use crate::app::App;
use crate::caller::Somebody;
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
            Right::Anybody,
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
            Right::Anybody,
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
    Somebody(caller): Somebody,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let note = app.ask(move |app| app.signed().checkpoint(app, caller.is_some())).await?;
    Ok(text(&headers, note.to_string()))
}

/// The last checkpoint. Signing one stops the writer for a moment, so nobody in particular can have it done at will.
#[derive(Debug, Default)]
pub(crate) struct Signed(Mutex<Option<(u64, Instant, Note)>>);

/// How old a checkpoint of a record that has grown since may be, for whoever is not signed in.
const OLDEST: Duration = Duration::from_secs(1);

impl Signed {
    /// The checkpoint of the record as it stands; for those who are not signed in one that is a second old at most.
    pub(super) fn checkpoint(&self, app: &App, signed_in: bool) -> Result<Note, Problem> {
        let store = app.desk().store();
        let (size, _) = store.head()?;
        // Held while it is signed: of many who ask at once one has it done.
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((of, at, note)) = &*held
            && (*of == size || !signed_in && at.elapsed() < OLDEST)
        {
            return Ok(note.clone());
        }
        let note = store.checkpoint()?;
        *held = Some((size, Instant::now(), note.clone()));
        Ok(note)
    }
}

async fn proof(
    State(app): State<App>,
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
