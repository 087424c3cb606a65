//! Is the node alive, is it ready, and what can be asked of it?

use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use schemars::JsonSchema;
use serde::Serialize;

use crate::admission::Class;
use crate::app::App;
use crate::openapi;
use crate::output;
use crate::problem::Problem;
use crate::right::Right;
use crate::routes::{Route, schema};

pub(super) const ROUTES: &[Route] = &[
    Route::get(
        ("live", "/health/live", "Says that the process runs"),
        Right::Anybody,
        schema::<Health>,
        || get(live),
    )
    .of(Class::Vital),
    Route::get(
        ("ready", "/health/ready", "Says whether the node can record and read"),
        Right::Anybody,
        schema::<Health>,
        || get(ready),
    )
    .of(Class::Vital),
    Route::get(
        ("openapi", "/api/openapi.json", "Describes this API as OpenAPI 3.1"),
        Right::Anybody,
        schema::<serde_json::Value>,
        || get(document),
    )
    .of(Class::Later),
];

/// How the node is.
#[derive(Debug, JsonSchema, Serialize)]
struct Health {
    /// `ok`, or what is wrong.
    status: &'static str,
}

async fn live() -> Response {
    output::ok(&Health { status: "ok" })
}

async fn ready(State(app): State<App>) -> Result<Response, Problem> {
    app.ask(|app| {
        app.desk().store().writable()?;
        let _ = app.desk().store().outbox_waiting()?;
        Ok(output::ok(&Health { status: "ok" }))
    })
    .await
}

async fn document() -> Response {
    output::ok(openapi::document())
}
