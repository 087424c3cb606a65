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
use crate::routes::{Gives, Route, Takes, Verb, schema};

pub(super) const ROUTES: &[Route] = &[
    Route {
        id: "live",
        method: Verb::Get,
        path: "/health/live",
        summary: "Says that the process runs",
        right: Right::Anybody,
        class: Class::Vital,
        query: None,
        takes: Takes::Nothing,
        gives: Gives::Json(200, schema::<Health>),
        handler: || get(live),
    },
    Route {
        id: "ready",
        method: Verb::Get,
        path: "/health/ready",
        summary: "Says whether the node can record and read",
        right: Right::Anybody,
        class: Class::Vital,
        query: None,
        takes: Takes::Nothing,
        gives: Gives::Json(200, schema::<Health>),
        handler: || get(ready),
    },
    Route {
        id: "openapi",
        method: Verb::Get,
        path: "/api/openapi.json",
        summary: "Describes this API as OpenAPI 3.1",
        right: Right::Anybody,
        class: Class::Later,
        query: None,
        takes: Takes::Nothing,
        gives: Gives::Json(200, schema::<serde_json::Value>),
        handler: || get(document),
    },
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
