//! Signing in with a passkey, and what one has open.

use axum::extract::{Extension, State};
use axum::response::Response;
use axum::routing::{delete, get, post};
use bongsu_authority::PersonId;
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::admission::Class;
use crate::app::App;
use crate::caller::{Caller, Somebody};
use crate::input::{Json, Named};
use crate::listen::Peer;
use crate::output;
use crate::problem::Problem;
use crate::right::Right;
use crate::routes::{Gives, Route, Takes, Verb, schema};
use crate::signin::cookie;
use crate::signin::secret::{Secret, key_of_text, text_of_key};

pub(super) const ROUTES: &[Route] = &[
    Route {
        id: "session-begin",
        method: Verb::Post,
        path: "/api/v1/session/begin",
        summary: "Begins to sign somebody in: gives what a browser asks a passkey with",
        right: Right::Anybody,
        class: Class::Vital,
        query: None,
        takes: Takes::Nothing,
        gives: Gives::Json(200, schema::<Ceremony>),
        handler: || post(begin),
    },
    Route::post(
        (
            "session-begun",
            "/api/v1/session",
            "Signs somebody in by what their passkey answered; sets the cookie",
        ),
        Right::Anybody,
        (schema::<Showing>, schema::<Session>),
        || post(begun),
    )
    .making()
    .of(Class::Vital),
    Route::delete(("session-end", "/api/v1/session", "Signs out"), Right::Anybody, || delete(end))
        .of(Class::Vital),
    Route::get(
        ("sessions", "/api/v1/sessions", "Lists where one is signed in"),
        Right::Oneself,
        schema::<Vec<Session>>,
        || get(all),
    ),
    Route::delete(
        (
            "session-revoke",
            "/api/v1/sessions/{session}",
            "Ends one of one's sessions, here or elsewhere",
        ),
        Right::Oneself,
        || delete(revoke),
    )
    .of(Class::Vital),
];

/// A ceremony under way.
#[derive(Debug, JsonSchema, Serialize)]
pub(super) struct Ceremony {
    /// Send it back with the answer, within five minutes; it is good once.
    pub(super) ceremony: String,
    /// What `navigator.credentials` takes.
    pub(super) options: serde_json::Value,
}

/// What a passkey answered.
#[derive(Deserialize, JsonSchema)]
struct Showing {
    /// The ceremony that was begun.
    ceremony: String,
    /// What `navigator.credentials.get` gave, as JSON.
    credential: serde_json::Value,
}

/// One session.
#[derive(Debug, JsonSchema, Serialize)]
pub(super) struct Session {
    /// Its name, for ending it.
    id: String,
    /// Whose.
    person: String,
    /// How they came in.
    by: String,
    /// When it began.
    since: String,
    /// When it was last used, to ten minutes.
    used_at: String,
    /// When it ends if it is not used, as things stand.
    ends_at: String,
    /// Is it the one that asks?
    this: bool,
}

/// Begins a session and says so, with its cookie. Whatever session the browser had before ends.
pub(super) async fn welcome(
    app: &App,
    (headers, peer): (&HeaderMap, Option<Peer>),
    (person, by, shown_at): (PersonId, &'static str, Timestamp),
) -> Result<Response, Problem> {
    let secure = app.door().is_secure(peer.as_ref());
    let before = cookie::session(headers, secure).map(|secret| secret.digest());
    let now = app.now();
    app.ask(move |app| {
        let secret = app.door().sessions().begin((person, by, shown_at), before, now)?;
        let all = app.door().sessions().all(person, now)?;
        let digest = secret.digest();
        let this = all.into_iter().find(|(key, _)| *key == digest);
        let (key, kept) = this.ok_or_else(Problem::not_signed_in)?;
        let session = session(app, (key, kept), Some(digest), now);
        let mut response = output::say(StatusCode::CREATED, &session);
        let headers = response.headers_mut();
        headers.insert(header::SET_COOKIE, cookie::set(&secret, secure));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        Ok(response)
    })
    .await
}

fn session(
    app: &App,
    (key, kept): (Vec<u8>, crate::signin::session::Kept),
    this: Option<[u8; 32]>,
    now: Timestamp,
) -> Session {
    Session {
        id: text_of_key(&key),
        person: kept.person.to_string(),
        since: kept.since.to_string(),
        used_at: kept.used_at.to_string(),
        ends_at: app.door().sessions().until(&kept, now).to_string(),
        this: this.is_some_and(|this| key == this),
        by: kept.by,
    }
}

/// An answer that nobody keeps.
pub(super) fn once(mut response: Response) -> Response {
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

async fn begin(State(app): State<App>, peer: Option<Extension<Peer>>) -> Result<Response, Problem> {
    app.door().tried(peer.as_ref().map(|Extension(peer)| peer), "")?;
    let now = app.now();
    let begun = app.ask(move |app| app.door().passkeys().show(now)).await?;
    let ceremony = Ceremony { ceremony: begun.secret.text(), options: begun.options };
    Ok(once(output::ok(&ceremony)))
}

async fn begun(
    State(app): State<App>,
    peer: Option<Extension<Peer>>,
    headers: HeaderMap,
    Json(showing): Json<Showing>,
) -> Result<Response, Problem> {
    app.door().same_origin(&Method::POST, &headers)?;
    let peer = peer.map(|Extension(peer)| peer);
    app.door().tried(peer.as_ref(), "")?;
    let now = app.now();
    let secret = Secret::read(&showing.ceremony).ok_or_else(Problem::not_signed_in)?;
    let person =
        app.ask(move |app| app.door().passkeys().shown(&secret, showing.credential, now)).await?;
    welcome(&app, (&headers, peer), (person, "passkey", now)).await
}

async fn end(
    State(app): State<App>,
    Somebody(caller): Somebody,
    peer: Option<Extension<Peer>>,
) -> Result<Response, Problem> {
    let now = app.now();
    if let Some(caller) = caller
        && let Some(session) = caller.session()
    {
        let key = session.to_vec();
        app.ask(move |app| app.door().sessions().end(caller.person, key, now)).await?;
    }
    let secure = app.door().is_secure(peer.as_ref().map(|Extension(peer)| peer));
    let mut response = nothing();
    response.headers_mut().insert(header::SET_COOKIE, cookie::clear(secure));
    Ok(response)
}

/// 204.
pub(super) fn nothing() -> Response {
    let mut response = Response::default();
    *response.status_mut() = StatusCode::NO_CONTENT;
    response
}

async fn all(State(app): State<App>, caller: Caller) -> Result<Response, Problem> {
    let now = app.now();
    app.ask(move |app| {
        let all = app.door().sessions().all(caller.person, now)?.into_iter();
        let all = all.map(|one| session(app, one, caller.session(), now));
        Ok(output::ok(&all.collect::<Vec<_>>()))
    })
    .await
}

async fn revoke(
    State(app): State<App>,
    caller: Caller,
    Named(id): Named<String>,
) -> Result<Response, Problem> {
    let key = key_of_text(&id).ok_or_else(Problem::absent)?;
    let now = app.now();
    let ended = app.ask(move |app| app.door().sessions().end(caller.person, key, now)).await?;
    if ended { Ok(nothing()) } else { Err(Problem::absent()) }
}
