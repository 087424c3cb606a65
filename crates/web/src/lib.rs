//! The rooms people work in: the web pages of a node.
//!
//! A page knows nothing of the node but what the [API](api) tells the person who looks at it: it asks in the same process,
//! with the visitor's own session, and puts the answers into a template. So there is one gate for programs and people, and
//! a page cannot show what the API would not give. Everything works without JavaScript; the script adds live regions,
//! passkeys and upload by drag and drop.

mod api;
mod assets;
mod charts;
mod doing;
mod fields;
mod look;
mod pages;
mod reasons;
mod render;
mod rooms;
mod said;
mod visitor;
mod words;

use std::sync::{Arc, OnceLock};

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use axum::routing::{get, post};
use http::{Extensions, HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Version, header};
use tower::ServiceExt;
use tower_http::CompressionLevel;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{Predicate, SizeAbove};

use api::Api;
use render::Templates;

pub use rooms::demo::{Demonstration, Door, Sat};

/// What pages are told at start.
#[derive(Clone, Default)]
pub struct Settings {
    /// Is this a drill's node? Every page says so.
    pub drill: bool,
    /// What the clock of this node says.
    pub clock: Option<Arc<dyn Fn() -> jiff::Timestamp + Send + Sync>>,
    /// Doors of a demonstration, once there are some: one click a role. A real node has none.
    pub doors: Arc<OnceLock<Demonstration>>,
}

impl std::fmt::Debug for Settings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Settings").field("drill", &self.drill).finish_non_exhaustive()
    }
}

/// What every page has at hand.
#[derive(Clone)]
pub(crate) struct Site(Arc<Inner>);

struct Inner {
    api: Api,
    templates: Templates,
    settings: Settings,
}

impl Site {
    pub(crate) fn api(&self) -> &Api {
        &self.0.api
    }

    pub(crate) fn templates(&self) -> &Templates {
        &self.0.templates
    }

    pub(crate) fn is_drill(&self) -> bool {
        self.0.settings.drill
    }

    /// The demonstration, where this is one.
    pub(crate) fn demonstration(&self) -> Option<&Demonstration> {
        self.0.settings.doors.get()
    }

    /// The doors of a demonstration.
    pub(crate) fn doors(&self) -> &[Door] {
        self.demonstration().map_or(&[], |demonstration| &demonstration.doors)
    }

    /// A case code to try in a demonstration.
    pub(crate) fn code(&self) -> Option<String> {
        self.demonstration().and_then(|demonstration| (demonstration.code)())
    }

    pub(crate) fn now(&self) -> jiff::Timestamp {
        self.0.settings.clock.as_ref().map_or_else(jiff::Timestamp::now, |clock| clock())
    }
}

/// The API and the pages over it, behind one address.
pub fn site(api: Router, settings: Settings) -> Router {
    let inner = Inner { api: Api::new(api.clone()), templates: Templates::load(), settings };
    let pages = Router::new()
        .route("/do/{*to}", post(doing::act))
        .route("/upload/{institution}", post(rooms::upload::receive))
        .route("/task", get(rooms::task::ask).post(rooms::task::show))
        .route("/task/answer", get(rooms::task::ask).post(rooms::task::answer))
        .route("/campaigns/{act}/export", get(rooms::show).post(rooms::export::send))
        .route("/campaigns/{act}/lists/{list}", get(rooms::show).post(rooms::export::take))
        .route("/look", post(look::choose))
        .route("/demo", post(rooms::demo::enter))
        .route("/assets/{name}", get(assets::serve))
        .fallback(get(rooms::show))
        .layer(DefaultBodyLimit::disable()) // each form has its own limit; documents are the API's to bound
        .layer(from_fn(ours))
        .layer(from_fn(guarded))
        .layer(compression())
        .with_state(Site(Arc::new(inner)));
    // What a path is about decides; the API's own layers are around it already.
    Router::new().fallback(move |mut request: Request| {
        // What the listener knows, before a router here adds what is in the path.
        let line = visitor::Line(request.extensions().clone());
        request.extensions_mut().insert(line);
        let path = request.uri().path();
        let is_api = path.starts_with("/api/") || path.starts_with("/health/");
        if is_api { api.clone() } else { pages.clone() }.oneshot(request)
    })
}

/// Pages are compressed, but not what is said once.
fn compression() -> CompressionLayer<impl Predicate> {
    let not_once = |_: StatusCode, _: Version, _: &HeaderMap, marks: &Extensions| {
        marks.get::<doing::Once>().is_none()
    };
    let when = SizeAbove::new(1_024).and(not_once);
    CompressionLayer::new().quality(CompressionLevel::Fastest).compress_when(when)
}

/// What a browser is told of every page: nothing but ours, in no frame, and nothing is kept.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
    connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// A form is sent from a page of this site and from no other, whoever sends it.
async fn ours(request: Request, next: Next) -> Response {
    if request.method() == Method::POST && !is_from_here(request.headers()) {
        let mut response =
            Response::new("this form was sent from another site: open the page here\n".into());
        *response.status_mut() = StatusCode::FORBIDDEN;
        return response;
    }
    next.run(request).await
}

/// Browsers say where a form comes from; what says nothing is no browser, and has no session of somebody else.
fn is_from_here(headers: &HeaderMap) -> bool {
    let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = text(HeaderName::from_static("sec-fetch-site")) {
        return matches!(site, "same-origin" | "none");
    }
    let host = |origin: &str| origin.split_once("://").map(|(_, host)| host.to_owned());
    text(header::ORIGIN).is_none_or(|origin| host(origin).as_deref() == text(header::HOST))
}

async fn guarded(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        (HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=()"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_of_another_site_is_not_taken() {
        #[rustfmt::skip]
        let table: &[(&[(&str, &str)], bool)] = &[
            (&[("sec-fetch-site", "same-origin"), ("host", "node.example")], true),
            (&[("sec-fetch-site", "cross-site"), ("origin", "https://node.example"), ("host", "node.example")], false),
            (&[("sec-fetch-site", "same-site")], false),
            (&[("origin", "https://node.example"), ("host", "node.example")], true),
            (&[("origin", "https://evil.example"), ("host", "node.example")], false),
            (&[("origin", "null"), ("host", "node.example")], false),
            (&[("host", "node.example")], true),
        ];
        for (lines, taken) in table {
            let mut headers = HeaderMap::new();
            for (name, value) in *lines {
                headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
            }
            assert_eq!(is_from_here(&headers), *taken, "{lines:?}");
        }
    }
}
