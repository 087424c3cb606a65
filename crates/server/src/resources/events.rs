//! What happens, as it happens.

use axum::body::Body;
use axum::extract::{Extension, State};
use axum::response::Response;
use axum::routing::get;
use bongsu_authority::access::Action;
use http::{HeaderMap, HeaderValue, header};

use crate::admission::Class;
use crate::app::App;
use crate::caller::Caller;
use crate::listen::Peer;
use crate::live::ears::{Ears, Line};
use crate::problem::{Own, Problem};
use crate::right::{Right, Scope};
use crate::routes::{Gives, Route, schema};

pub(super) const ROUTES: &[Route] = &[Route {
    gives: Gives::Events,
    ..Route::get(
        (
            "events",
            "/api/v1/events",
            "Tells what changes of what the caller may see, as server-sent events; Last-Event-ID resumes",
        ),
        Right::May(Scope::ObligationRead, &[Action::SeeObligation, Action::SeeAct, Action::SeeCase]),
        schema::<()>,
        || get(events),
    )
    .of(Class::Later)
}];

async fn events(
    State(app): State<App>,
    caller: Caller,
    peer: Option<Extension<Peer>>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let shown = app.door().shown(&headers, peer.as_deref())?;
    let last = headers.get("last-event-id").map(|value| {
        let number = value.to_str().ok().and_then(|text| text.parse().ok());
        number.ok_or_else(|| {
            Problem::unreadable(Own::Request, "Last-Event-ID is the number of an event")
        })
    });
    let last = last.transpose()?;
    let ears = app.ask(move |app| Ok(Ears::new(app.clone(), (caller, shown), last))).await?;
    let mut response = Response::new(Body::new(Line::new(ears)));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}
