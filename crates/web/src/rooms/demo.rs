//! The doors of a demonstration: one click a role, and nothing to remember. A real node has none.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use axum::extract::{Path, Request, State};
use axum::response::{IntoResponse, Redirect, Response};
use http::{HeaderValue, header};
use serde_json::{Value, json};

use crate::Site;
use crate::api::Refusal;
use crate::rooms;
use crate::visitor::Visitor;

/// Makes a session and gives its cookie; nothing where it cannot.
type Opens = dyn Fn() -> Pin<Box<dyn Future<Output = Option<HeaderValue>> + Send>> + Send + Sync;

/// One door: a role, where it leads, and the cookie that opens it.
#[derive(Clone)]
pub struct Door {
    /// Its name in the address, such as `apex`; `door.NAME` is what it says in the table of words.
    pub name: &'static str,
    /// The post of whoever goes in, such as `APEX-ANALYST-01`.
    pub title: String,
    /// Where it leads.
    pub to: String,
    /// Makes the cookie of a session.
    pub opens: Arc<Opens>,
}

impl Door {
    /// As the start page shows it.
    pub(crate) fn shown(&self) -> Value {
        json!({ "name": self.name, "title": self.title, "to": self.to })
    }
}

/// Goes in.
pub(crate) async fn enter(
    State(site): State<Site>,
    Path(name): Path<String>,
    request: Request,
) -> Response {
    let visitor = Visitor::of(&request);
    let absent = Refusal {
        status: http::StatusCode::NOT_FOUND,
        kind: "not-found".to_owned(),
        detail: String::new(),
        after: None,
    };
    let Some(door) = site.doors().iter().find(|door| door.name == name) else {
        return rooms::refused(&site, &visitor, "/", &absent).await;
    };
    let Some(cookie) = (door.opens)().await else {
        return rooms::refused(&site, &visitor, "/", &absent).await;
    };
    let mut response = Redirect::to(&door.to).into_response();
    response.headers_mut().insert(header::SET_COOKIE, cookie);
    response
}
