//! A deed that asks to be shown first who it is. What was typed waits on the page that says so, in the form that does the
//! deed again: the node keeps nothing of it, no address carries it, and it is gone with the page.

use axum::response::Response;
use serde_json::{Map, Value, json};

use crate::Site;
use crate::api::{Refusal, Wanted};
use crate::fields::Fields;
use crate::rooms;
use crate::said;
use crate::visitor::Visitor;

/// Who typed what waits, by id: nobody else sends it in their own name.
pub(crate) const TYPED_BY: &str = "_as";

/// The most that waits, names and values together, in bytes.
const LARGEST: usize = 256 << 10;

/// The page that waits; nothing where it is too much, or nobody is there to wait for. A file is its digest by now, and no
/// form takes a secret.
pub(crate) async fn wait(
    site: &Site,
    visitor: &Visitor,
    (to, fields): (&str, &Fields),
    refusal: &Refusal,
) -> Option<Response> {
    let size: usize = fields.all().map(|(name, value)| name.len() + value.len()).sum();
    let me = site.api().ask(visitor, Wanted::get("/api/v1/me")).await.ok()?.body;
    let person = me["person"].as_str().filter(|_| size <= LARGEST)?.to_owned();
    // Whose it is stands first: of a form with more fields than are read, the last are left out.
    let mut held = vec![(TYPED_BY, person.as_str())];
    held.extend(fields.all().filter(|(name, _)| *name != TYPED_BY));
    let providers = site.api().ask(visitor, Wanted::get("/api/v1/oidc")).await;
    let providers = providers.map(|answer| answer.body).unwrap_or_default();
    let from = fields.find("_from").and_then(said::here).unwrap_or("/");
    let context = Map::from_iter([
        ("held".to_owned(), json!({ "to": to, "fields": held })),
        ("providers".to_owned(), providers),
        ("refusal".to_owned(), refusal.shown()),
        ("me".to_owned(), me),
    ]);
    Some(rooms::written(site, visitor, ("step_up", "start", from), refusal.status, context))
}

/// Is this by whoever typed it? What never waited is.
pub(crate) fn is_theirs(fields: &Fields, me: &Value) -> bool {
    fields.find(TYPED_BY).is_none_or(|person| me["person"] == person)
}
