//! Tokens of programs.

use axum::extract::{Extension, State};
use axum::response::Response;
use axum::routing::post;
use jiff::SignedDuration;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::session;
use crate::admission::Class;
use crate::app::App;
use crate::input::Json;
use crate::listen::Peer;
use crate::output;
use crate::problem::{Own, Problem};
use crate::right::{Right, Scope};
use crate::routes::{Gives, Route, Takes, Verb, schema};
use crate::signin::token::{LONGEST, Wanted};

pub(super) const ROUTES: &[Route] = &[Route {
    id: "token-exchange",
    method: Verb::Post,
    path: "/api/v1/tokens",
    summary: "Gives a program a token of at most 15 minutes for its id and secret",
    right: Right::Anybody,
    class: Class::Vital,
    query: None,
    takes: Takes::Json(schema::<Exchange>),
    gives: Gives::Json(201, schema::<Token>),
    handler: || post(exchange),
}];

/// What a program shows, and what it wants.
#[derive(Deserialize, JsonSchema)]
struct Exchange {
    /// Its id.
    client_id: String,
    /// Its secret.
    client_secret: String,
    /// What the token is for; everything the program may come for, where nothing is named.
    #[serde(default)]
    scopes: Vec<Scope>,
    /// Its life in minutes, 1 to 15; 15 where it is not said.
    #[schemars(range(min = 1, max = 15))]
    minutes: Option<u8>,
}

/// A token.
#[derive(Debug, JsonSchema, Serialize)]
#[expect(clippy::struct_field_names, reason = "it is what programs look for")]
struct Token {
    /// To be sent as `Authorization: Bearer …`.
    token: String,
    /// What it is for.
    scopes: Vec<Scope>,
    /// When it ends.
    ends_at: String,
}

async fn exchange(
    State(app): State<App>,
    peer: Option<Extension<Peer>>,
    Json(asked): Json<Exchange>,
) -> Result<Response, Problem> {
    let peer = peer.map(|Extension(peer)| peer);
    let life = match asked.minutes {
        None => LONGEST,
        Some(minutes @ 1..=15) => SignedDuration::from_mins(minutes.into()),
        Some(_) => return Err(Problem::unfit(Own::TokenLife, "minutes is 1 to 15")),
    };
    // By address only: whoever knows a program's id could lock it out by guessing at 256 bits.
    app.door().tried(peer.as_ref(), "")?;
    let certificate = peer.and_then(|peer| peer.certificate);
    let wanted = Wanted { scopes: asked.scopes, life, certificate };
    let now = app.now();
    let exchange = move |app: &App| {
        let tokens = app.door().tokens();
        tokens.exchange(&asked.client_id, &asked.client_secret, wanted, now)
    };
    let given = app.ask(exchange).await?;
    let token =
        Token { token: given.token, scopes: given.scopes, ends_at: given.until.to_string() };
    Ok(session::once(output::say(http::StatusCode::CREATED, &token)))
}
