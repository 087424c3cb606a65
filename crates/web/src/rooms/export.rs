//! Names as a file: asked of the API, and passed on as it comes.

use axum::extract::{Path, Request, State};
use axum::response::Response;
use http::{HeaderValue, header};
use serde_json::json;

use crate::Site;
use crate::api::{Refusal, Wanted};
use crate::fields::Fields;
use crate::rooms::{self, question};
use crate::visitor::Visitor;

/// The largest form, in bytes.
const LARGEST: usize = 16 << 10;
/// What may be asked.
const ASKED: [&str; 10] = [
    "limit",
    "cursor",
    "sort",
    "all",
    "why",
    "only.sector",
    "only.size",
    "only.province",
    "only.status",
    "only.exposed",
];

/// Gives the page of the late list that somebody looks at as CSV.
pub(crate) async fn send(
    State(site): State<Site>,
    Path(act): Path<String>,
    request: Request,
) -> Response {
    let visitor = Visitor::of(&request);
    let fields = Fields::receive(request.into_body(), LARGEST).await.unwrap_or_default();
    let asked = ASKED.iter().filter_map(|name| Some((*name, fields.find(name)?)));
    let act: String = url::form_urlencoded::byte_serialize(act.as_bytes()).collect();
    let wanted = Wanted::post(format!("/api/v1/acts/{act}/export.csv"), question(asked));
    match site.api().send(&visitor, wanted).await {
        Ok(mut file) => {
            let name = HeaderValue::from_static("attachment; filename=\"campaign.csv\"");
            file.headers_mut().entry(header::CONTENT_DISPOSITION).or_insert(name);
            file
        }
        Err(refusal) => passed_by(&site, &visitor, &act, &refusal).await,
    }
}

/// Gives a released list to whoever asked for it.
pub(crate) async fn take(
    State(site): State<Site>,
    Path((act, list)): Path<(String, String)>,
    request: Request,
) -> Response {
    let visitor = Visitor::of(&request);
    let plain = |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect();
    let (act, list): (String, String) = (plain(&act), plain(&list));
    let wanted = Wanted::post(format!("/api/v1/acts/{act}/lists/{list}/list.csv"), json!({}));
    match site.api().send(&visitor, wanted).await {
        Ok(file) => file,
        Err(refusal) => passed_by(&site, &visitor, &act, &refusal).await,
    }
}

async fn passed_by(site: &Site, visitor: &Visitor, act: &str, refusal: &Refusal) -> Response {
    rooms::refused(site, visitor, &format!("/campaigns/{act}/late"), refusal).await
}
