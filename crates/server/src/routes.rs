//! The table: every route with who may come, how urgent it is, what it takes and what it gives.

use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::MethodRouter;
use http::{Extensions, HeaderMap, StatusCode, Version, header};
use http_body_util::{BodyExt, Limited};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use tower_http::CompressionLevel;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{NotForContentType, Predicate, SizeAbove};

use crate::admission::{Class, PLACE, Place};
use crate::app::App;
use crate::input;
use crate::listen::{Peer, neighbourhood};
use crate::problem::{Own, Problem};
use crate::resources;
use crate::right::Right;
use crate::signin;
use crate::telemetry;

/// One route: a row of the table.
#[derive(Clone, Copy)]
pub struct Route {
    /// Its name in the OpenAPI document; unique.
    pub id: &'static str,
    /// Its method.
    pub method: Verb,
    /// Its path, with `{names}`.
    pub path: &'static str,
    /// One line on what it does.
    pub summary: &'static str,
    /// Who may come: its row in the permission table.
    pub right: Right,
    /// How urgent it is when there is no room for everybody.
    pub class: Class,
    /// What follows the question mark.
    pub query: Option<Describe>,
    /// What it takes.
    pub takes: Takes,
    /// What it gives when it went well.
    pub gives: Gives,
    /// What answers it.
    pub handler: fn() -> MethodRouter<App>,
}

/// Rows, written short.
impl Route {
    /// Reads something: JSON of this shape.
    pub(crate) const fn get(
        (id, path, summary): (&'static str, &'static str, &'static str),
        right: Right,
        gives: Describe,
        handler: fn() -> MethodRouter<App>,
    ) -> Self {
        Self {
            id,
            method: Verb::Get,
            path,
            summary,
            right,
            class: Class::Read,
            query: None,
            takes: Takes::Nothing,
            gives: Gives::Json(200, gives),
            handler,
        }
    }

    /// Does something: JSON of these shapes.
    pub(crate) const fn post(
        (id, path, summary): (&'static str, &'static str, &'static str),
        right: Right,
        (takes, gives): (Describe, Describe),
        handler: fn() -> MethodRouter<App>,
    ) -> Self {
        Self {
            method: Verb::Post,
            takes: Takes::Json(takes),
            class: Class::Answer,
            ..Self::get((id, path, summary), right, gives, handler)
        }
    }

    /// Removes something, and has nothing to say of it.
    pub(crate) const fn delete(
        (id, path, summary): (&'static str, &'static str, &'static str),
        right: Right,
        handler: fn() -> MethodRouter<App>,
    ) -> Self {
        Self {
            method: Verb::Delete,
            gives: Gives::Nothing(204),
            class: Class::Answer,
            ..Self::get((id, path, summary), right, schema::<()>, handler)
        }
    }

    /// Puts something in the place of what is there.
    pub(crate) const fn put(self) -> Self {
        Self { method: Verb::Put, ..self }
    }

    /// Makes something new.
    pub(crate) const fn making(self) -> Self {
        match self.gives {
            Gives::Json(_, gives) => Self { gives: Gives::Json(201, gives), ..self },
            _ => self,
        }
    }

    /// With what follows the question mark.
    pub(crate) const fn asking(self, query: Describe) -> Self {
        Self { query: Some(query), ..self }
    }

    /// As urgent as this.
    pub(crate) const fn of(self, class: Class) -> Self {
        Self { class, ..self }
    }
}

impl std::fmt::Debug for Route {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?} {}", self.method, self.path)
    }
}

/// A method that routes have.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[allow(missing_docs, reason = "they are the methods of HTTP")]
pub enum Verb {
    Get,
    Post,
    Put,
    Delete,
}

/// Describes a type as JSON Schema.
pub type Describe = fn(&mut SchemaGenerator) -> Schema;

/// The description of `T`.
pub fn schema<T: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    generator.subschema_for::<T>()
}

/// What a route takes as its body.
#[derive(Clone, Copy)]
pub enum Takes {
    /// Nothing.
    Nothing,
    /// JSON of this shape.
    Json(Describe),
    /// A document of any of the inventory formats, as it is.
    Document,
}

/// What a route gives.
#[derive(Clone, Copy)]
pub enum Gives {
    /// JSON of this shape, under this status.
    Json(u16, Describe),
    /// Nothing, under this status.
    Nothing(u16),
    /// Server-sent events.
    Events,
    /// Text of this media type.
    Text(&'static str),
}

/// Every route there is.
pub fn all() -> impl Iterator<Item = &'static Route> {
    resources::ALL.iter().copied().flatten()
}

/// The router: the table and nothing beside it.
pub fn router(app: App) -> Router {
    let mut router = Router::new();
    for route in all() {
        let gate = from_fn_with_state((app.clone(), route), pass);
        router = router.route(route.path, (route.handler)().layer(gate));
    }
    router
        .fallback(async || Problem::absent())
        .method_not_allowed_fallback(async || Problem::absent())
        .layer(from_fn_with_state(app.clone(), telemetry::edge))
        .layer(compression())
        .with_state(app)
}

/// The gate before every handler: who comes, may they, and is there room?
async fn pass(
    State((app, route)): State<(App, &'static Route)>,
    request: Request,
    next: Next,
) -> Response {
    let mut response = match enter(&app, route, request).await {
        Ok((Some(place), request)) => PLACE.scope(place, next.run(request)).await,
        Ok((None, request)) => next.run(request).await,
        Err(problem) => problem.into_response(),
    };
    response.extensions_mut().insert(route);
    response
}

async fn enter(
    app: &App,
    route: &'static Route,
    mut request: Request,
) -> Result<(Option<Place>, Request), Problem> {
    let shown = (request.method(), request.headers(), request.extensions());
    let caller = match signin::admit(app, shown).await {
        // Where anybody may come, a token that has ended is no reason to send somebody away.
        Err(_) if route.right == Right::Anybody => None,
        caller => caller?,
    };
    match (route.right, &caller) {
        (Right::Anybody, _) | (Right::Oneself, Some(_)) => {}
        (Right::May(scope, _), Some(caller)) if caller.has(scope) => {}
        (Right::May(..), Some(_)) => return Err(Problem::absent()),
        (_, None) => return Err(Problem::nobody()),
    }
    let admission = app.admission();
    match (&caller, request.extensions().get::<Peer>()) {
        (Some(caller), _) => admission.count(route.class, caller.person)?,
        (None, Some(peer)) => admission.count(route.class, neighbourhood(peer.address.ip()))?,
        (None, None) => {}
    }
    if let Some(caller) = caller {
        request.extensions_mut().insert(caller);
    }
    let place = match route.takes {
        // That the process runs is said by whoever can say it.
        Takes::Nothing if route.id == ALIVE => None,
        Takes::Nothing => Some(admission.enter(route.class).await?),
        // Read before it takes a place: whoever sends slowly holds up nobody.
        Takes::Json(_) => {
            request = whole(request).await?;
            Some(admission.enter(route.class).await?)
        }
        // A document takes a place of those that arrive, and none of those that answer.
        Takes::Document => Some(admission.arriving()?),
    };
    Ok((place, request))
}

/// The route that needs no place.
const ALIVE: &str = "live";

/// How long a body may take in all.
const BODY_TIME: Duration = Duration::from_secs(20);

/// A request whose body is here.
async fn whole(request: Request) -> Result<Request, Problem> {
    let (parts, body) = request.into_parts();
    let limited = Limited::new(body, input::LARGEST_BODY);
    let late = || {
        Problem::new(
            StatusCode::REQUEST_TIMEOUT,
            "too-slow",
            "Too slow",
            Own::TooSlow,
            "the body did not come within 20 seconds: send it again, whole",
        )
    };
    let body = tokio::time::timeout(BODY_TIME, limited.collect()).await.map_err(|_| late())?;
    let body = body.map_err(|_| input::too_large())?.to_bytes();
    Ok(Request::from_parts(parts, Body::from(body)))
}

/// Long answers are compressed; events are not, for they must not wait, nor what is said once, for its length would
/// tell of it.
fn compression() -> CompressionLayer<impl Predicate> {
    let once = |_: StatusCode, _: Version, headers: &HeaderMap, _: &Extensions| {
        headers.get(header::CACHE_CONTROL).is_none_or(|said| said != "no-store")
            && !headers.contains_key(header::SET_COOKIE)
    };
    let events = NotForContentType::const_new("text/event-stream");
    let when = SizeAbove::new(1_024).and(events).and(once);
    CompressionLayer::new().quality(CompressionLevel::Fastest).compress_when(when)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_route_has_a_name_and_a_place_of_its_own() {
        let (mut names, mut places) = (BTreeSet::new(), BTreeSet::new());
        for route in all() {
            assert!(names.insert(route.id), "{route:?} shares its name {}", route.id);
            assert!(places.insert(format!("{route:?}")), "{route:?} stands twice");
            assert!(!route.summary.is_empty() && route.path.starts_with('/'), "{route:?}");
        }
    }

    #[test]
    fn a_route_that_is_for_anybody_was_meant_to_be() {
        let open: Vec<&str> =
            all().filter(|route| route.right == Right::Anybody).map(|route| route.id).collect();
        for id in &open {
            assert!(
                MEANT.contains(id),
                "{id} lets anybody in: say so in MEANT, or give it a right"
            );
        }
        assert!(
            MEANT.iter().all(|id| open.contains(id)),
            "MEANT names what is not there: {MEANT:?} {open:?}"
        );
    }

    /// Routes that anybody may use.
    const MEANT: &[&str] = &[
        "checkpoint",
        "live",
        "ready",
        "openapi",
        "oidc-providers",
        "oidc-begin",
        "oidc-callback",
        "passkey-enter",
        "passkey-entered",
        "proof",
        "public_advisories",
        "public_advisory",
        "public_feed",
        "public_record",
        "session-begin",
        "session-begun",
        "session-end",
        "task",
        "task-answer",
        "token-exchange",
    ];
}
