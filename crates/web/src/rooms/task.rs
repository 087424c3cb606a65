//! The task of a small firm: reached by the code of a message, on a phone, without signing in and without a link. The code
//! stands in no address: it is typed, and goes on in the form.

use axum::extract::{Request, State};
use axum::response::Response;
use http::{HeaderValue, StatusCode, header};
use serde_json::{Map, Value, json};

use crate::Site;
use crate::api::Wanted;
use crate::fields::Fields;
use crate::rooms;
use crate::visitor::Visitor;

/// The largest form, in bytes.
const LARGEST: usize = 64 << 10;

/// Asks for the code.
pub(crate) async fn ask(State(site): State<Site>, request: Request) -> Response {
    let visitor = Visitor::of(&request);
    page(&site, &visitor, StatusCode::OK, Map::new())
}

/// Shows what the code is about.
pub(crate) async fn show(State(site): State<Site>, request: Request) -> Response {
    let visitor = Visitor::of(&request);
    let fields = read(request).await;
    shown(&site, &visitor, &fields, Map::new()).await
}

/// Takes the answer, and shows what has become of it.
pub(crate) async fn answer(State(site): State<Site>, request: Request) -> Response {
    let visitor = Visitor::of(&request);
    let fields = read(request).await;
    let answered = said("answered", json!(fields.find("answer")));
    let body = match fields.body(&visitor.zone) {
        Ok(body) => body,
        Err(wrong) => {
            let wrong = json!({ "kind": "field", "reason": "body-field", "field": wrong.name });
            return shown(&site, &visitor, &fields, said("wrong", wrong)).await;
        }
    };
    let mut wanted = Wanted::post("/api/v1/task/answers", body);
    wanted.key = fields.find("_key").map(str::to_owned);
    match site.api().ask(&visitor, wanted).await {
        Ok(done) => {
            let mut context = said("done", done.body);
            context.extend(answered);
            shown(&site, &visitor, &fields, context).await
        }
        // What cannot be taken as it stands is said beside the choice, with what was typed: nobody enters a code twice.
        Err(refusal) if may_be_mended(refusal.status) => {
            let mut context = said("wrong", refusal.shown());
            context.extend(answered);
            shown(&site, &visitor, &fields, context).await
        }
        Err(refusal) => {
            let mut context = said("trouble", refusal.shown());
            context.insert("code".to_owned(), json!(fields.find("code")));
            page(&site, &visitor, refusal.status, context)
        }
    }
}

fn may_be_mended(status: StatusCode) -> bool {
    let found_and_asked_slowly =
        ![StatusCode::NOT_FOUND, StatusCode::TOO_MANY_REQUESTS].contains(&status);
    status.is_client_error() && found_and_asked_slowly
}

async fn shown(
    site: &Site,
    visitor: &Visitor,
    fields: &Fields,
    mut context: Map<String, Value>,
) -> Response {
    let code = fields.find("code").unwrap_or_default();
    let mut question = json!({ "code": code });
    if let Some(provider) = fields.find("_provider") {
        question["provider"] = json!(provider);
    }
    context.insert("code".to_owned(), json!(code));
    context.insert("kept".to_owned(), json!(fields.kept()));
    context.insert("sought".to_owned(), json!(fields.find("_provider")));
    context.insert("choose".to_owned(), json!(fields.find("_choose")));
    match site.api().ask(visitor, Wanted::post("/api/v1/task", question)).await {
        Ok(answer) => {
            context.insert("task".to_owned(), answer.body);
            page(site, visitor, StatusCode::OK, context)
        }
        Err(refusal) if context.contains_key("done") => {
            // What was answered to the end has no task any more.
            tracing::debug!(%refusal, "a task that is over");
            page(site, visitor, StatusCode::OK, context)
        }
        Err(refusal) => {
            context.insert("trouble".to_owned(), refusal.shown());
            page(site, visitor, refusal.status, context)
        }
    }
}

fn said(name: &str, what: Value) -> Map<String, Value> {
    Map::from_iter([(name.to_owned(), what)])
}

fn page(
    site: &Site,
    visitor: &Visitor,
    status: StatusCode,
    context: Map<String, Value>,
) -> Response {
    let mut response = rooms::written(site, visitor, ("task", "task", "/task"), status, context);
    if visitor.chose_language() {
        let line =
            format!("lang={}; Path=/; Max-Age=31536000; SameSite=Lax", visitor.language.code());
        let line = HeaderValue::try_from(line).expect("a language is visible ASCII");
        response.headers_mut().append(header::SET_COOKIE, line);
    }
    response
}

async fn read(request: Request) -> Fields {
    Fields::receive(request.into_body(), LARGEST).await.unwrap_or_default()
}
