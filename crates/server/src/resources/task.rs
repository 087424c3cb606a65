//! The owner of a small firm answers by a case code: what is asked, and what can be said to it.
//!
//! A code stands in bodies only, for addresses are logged. A code that is wrong, malformed, settled, withdrawn or of an
//! institution that signs in gets the same bytes.

mod said;
mod view;

use axum::extract::{Extension, State};
use axum::response::Response;
use axum::routing::post;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::admission::Class;
use crate::app::App;
use crate::input::{Json, Key};
use crate::listen::Peer;
use crate::output;
use crate::problem::Problem;
use crate::recording::Done;
use crate::resources::session::once;
use crate::right::Right;
use crate::routes::{Route, schema};
use crate::signin::code::Typed;
use crate::wire::Text;

pub(super) const ROUTES: &[Route] = &[
    Route::post(
        ("task", "/api/v1/task", "Shows what a case code is about, and what can be said to it"),
        Right::Anybody,
        (schema::<Shown>, schema::<view::Task>),
        || post(show),
    )
    .of(Class::Read),
    Route::post(
        ("task-answer", "/api/v1/task/answers", "Answers by a case code: all of it, or nothing"),
        Right::Anybody,
        (schema::<Answering>, schema::<Done>),
        || post(answer),
    ),
];

/// A code as somebody typed it.
type CodeText = Text<64>;

/// A code, and which providers to look for.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "TaskCode", example = serde_json::json!({ "code": "4K7P Q2MX 0ZTB 9HWD" }))]
struct Shown {
    /// The case code of the letter or the short message.
    code: CodeText,
    /// A part of the name of a service provider, in either language.
    #[serde(default)]
    provider: Text<100>,
}

/// A code, and an answer to what it is about.
#[derive(Clone, Debug, Deserialize, JsonSchema, Serialize)]
#[schemars(rename = "TaskAnswer", example = serde_json::json!({ "code": "4K7P Q2MX 0ZTB 9HWD", "answer": "help" }))]
struct Answering {
    /// The case code of the letter or the short message.
    code: CodeText,
    /// What is said.
    #[serde(flatten)]
    said: said::Said,
}

async fn show(
    State(app): State<App>,
    peer: Option<Extension<Peer>>,
    Json(shown): Json<Shown>,
) -> Result<Response, Problem> {
    let typed = Typed::new(peer.as_deref(), &shown.code.0);
    let now = app.now();
    let found = app.door().codes().look(&app, typed, now).await?;
    let Some(holder) = found.filter(|holder| holder.task.is_open()) else {
        return Err(app.door().codes().wrong(typed));
    };
    let task = app.ask(move |app| view::Task::of(app, &holder, &shown.provider.0, now)).await?;
    Ok(once(output::ok(&task)))
}

async fn answer(
    State(app): State<App>,
    peer: Option<Extension<Peer>>,
    key: Key,
    Json(answering): Json<Answering>,
) -> Result<Response, Problem> {
    let typed = Typed::new(peer.as_deref(), &answering.code.0);
    let now = app.now();
    let Some(holder) = app.door().codes().look(&app, typed, now).await? else {
        return Err(app.door().codes().wrong(typed));
    };
    let said = answering.said;
    let done = app.ask(move |app| said::record(app, &holder, &key, &said, now)).await?;
    match done {
        Some(done) => Ok(once(done.ok())),
        // It was settled, and nothing was said to it under this name.
        None => Err(app.door().codes().wrong(typed)),
    }
}
