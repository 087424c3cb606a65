//! Who am I here?

use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use http::HeaderMap;
use schemars::JsonSchema;
use serde::Serialize;

use crate::admission::Class;
use crate::app::App;
use crate::caller::Caller;
use crate::output;
use crate::right::{Right, Scope};
use crate::routes::{Gives, Route, Takes, Verb, schema};

pub(super) const ROUTES: &[Route] = &[Route {
    id: "me",
    method: Verb::Get,
    path: "/api/v1/me",
    summary: "Says who is signed in, in which posts, and what they may come for",
    right: Right::Oneself,
    class: Class::Read,
    query: None,
    takes: Takes::Nothing,
    gives: Gives::Json(200, schema::<Me>),
    handler: || get(me),
}];

/// Whoever is signed in.
#[derive(Debug, JsonSchema, Serialize)]
struct Me {
    /// The person, by id.
    person: String,
    /// The posts held now.
    posts: Vec<Held>,
    /// What a program may come for; people may come for everything.
    scopes: Vec<Scope>,
}

/// One post.
#[derive(Debug, JsonSchema, Serialize)]
struct Held {
    /// The appointment, by id.
    appointment: String,
    /// The title under which it is known.
    title: String,
    /// The station, where it is at one.
    station: Option<String>,
    /// The institution, by id, where it is at one.
    institution: Option<String>,
}

async fn me(State(app): State<App>, caller: Caller, headers: HeaderMap) -> Response {
    let register = app.desk().register();
    let now = app.now();
    let held = register.appointments_of(caller.person).filter(|held| held.holds_at(now));
    let posts = held.map(|held| {
        let (station, institution) = match &held.seat {
            bongsu_authority::Seat::Node(code) => (Some(code.to_string()), None),
            bongsu_authority::Seat::Institution(id) => (None, Some(id.to_string())),
        };
        Held { appointment: held.id.to_string(), title: held.title.clone(), station, institution }
    });
    let posts = posts.collect();
    let scopes = Scope::ALL.iter().copied().filter(|scope| caller.has(*scope)).collect();
    output::tagged(&headers, &Me { person: caller.person.to_string(), posts, scopes })
}
