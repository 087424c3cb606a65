//! The doors of a demonstration: one click a role, and every seat by its title. A real node has none.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::response::{IntoResponse, Redirect, Response};
use http::{HeaderValue, header};
use serde_json::{Value, json};

use crate::Site;
use crate::fields::Fields;
use crate::rooms;
use crate::said::here;
use crate::visitor::Visitor;

/// The cookie of a session that was begun for a seat; nothing where there is no such seat.
pub type Sat = Pin<Box<dyn Future<Output = Option<HeaderValue>> + Send>>;

/// A demonstration.
#[derive(Clone)]
pub struct Demonstration {
    /// One a role, on the start page.
    pub doors: Vec<Door>,
    /// Lets somebody take a seat by its title, such as `CISO-00417`.
    pub seat: Arc<dyn Fn(String) -> Sat + Send + Sync>,
    /// A case code that somebody could answer by now, where there is one.
    pub code: Arc<dyn Fn() -> Option<String> + Send + Sync>,
    /// Is the flaw just out, and nothing done yet?
    pub stage: bool,
}

/// One door.
#[derive(Clone, Debug)]
pub struct Door {
    /// Its name, such as `apex`; `door.NAME` is what it says in the table of words.
    pub name: &'static str,
    /// The seat behind it, such as `APEX-ANALYST-01`.
    pub title: String,
    /// Where it leads.
    pub to: &'static str,
}

impl Door {
    /// As the start page shows it.
    pub(crate) fn shown(&self) -> Value {
        json!({ "name": self.name, "title": self.title, "to": self.to })
    }
}

/// The largest form, in bytes.
const LARGEST: usize = 4 << 10;

/// Takes a seat.
pub(crate) async fn enter(State(site): State<Site>, request: Request) -> Response {
    let visitor = Visitor::of(&request);
    let fields = Fields::receive(request.into_body(), LARGEST).await.unwrap_or_default();
    let seat = match (site.demonstration(), fields.find("seat")) {
        (Some(demonstration), Some(title)) => (demonstration.seat)(title.trim().to_owned()).await,
        _ => None,
    };
    let Some(cookie) = seat else {
        return rooms::refused(&site, &visitor, "/", &rooms::absent()).await;
    };
    let to = fields.find("to").and_then(here).unwrap_or("/");
    let mut response = Redirect::to(to).into_response();
    response.headers_mut().insert(header::SET_COOKIE, cookie);
    response
}
