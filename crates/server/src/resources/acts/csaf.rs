//! An issued act as a CSAF document, for whoever may read the act.

use std::borrow::Cow;

use axum::extract::State;
use axum::response::Response;
use bongsu_authority::{ActId, Tlp};
use bongsu_desk::Who;
use bongsu_formats::reports::csaf_act;
use bongsu_response::{Act, ActState, Case};
use bongsu_store::Error;
use http::{HeaderMap, HeaderValue, header};
use jiff::Timestamp;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use crate::app::App;
use crate::caller::Caller;
use crate::input::Named;
use crate::output;
use crate::problem::Problem;

/// A document of CSAF 2.0, whose own schema says the rest.
pub(super) struct Document;

impl JsonSchema for Document {
    fn schema_name() -> Cow<'static, str> {
        "CsafDocument".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "object", "required": ["document"] })
    }
}

/// Pages of a case's time line that are read for the dates of editions, at most.
const PAGES: usize = 20;

pub(super) async fn show(
    State(app): State<App>,
    caller: Caller,
    Named(act): Named<ActId>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let document = app.ask(move |app| {
        let (who, now, desk) = (caller.who(), app.now(), app.desk());
        let act = desk.act(who, act, now)?;
        let issued = act.issued_at.ok_or_else(Problem::absent)?;
        // Whoever was addressed need not know the case.
        let case = desk.case(who, act.case, now).ok();
        let editions = editions(app, who, &act, issued)?;
        Ok(written(&act, case.as_ref(), &editions))
    });
    let mut response = output::tagged(&headers, &document.await?);
    let name = HeaderValue::from_static("attachment; filename=\"act.csaf.json\"");
    response.headers_mut().insert(header::CONTENT_DISPOSITION, name);
    Ok(response)
}

fn written(act: &Act, case: Option<&Case>, editions: &[Timestamp]) -> serde_json::Value {
    let names: Vec<String> =
        case.map(|case| case.identifiers.iter().cloned().collect()).unwrap_or_default();
    let draft = &act.draft;
    csaf_act::document(&csaf_act::Act {
        id: &act.id.to_string(),
        issuer: draft.issuer.as_str(),
        title: [&draft.title_ko, &draft.title_en],
        todo: [&draft.todo_ko, &draft.todo_en],
        legal_basis: draft.legal_basis.as_deref(),
        tlp: match draft.label.tlp {
            Tlp::Clear => "CLEAR",
            Tlp::Green => "GREEN",
            Tlp::Amber => "AMBER",
            Tlp::AmberStrict => "AMBER+STRICT",
            Tlp::Red => "RED",
        },
        drill: draft.drill,
        withdrawn: act.state == ActState::Withdrawn,
        case: (case.map_or("", |case| &case.title), &names),
        editions,
    })
}

/// When it was issued, and when each amendment was signed, as the record says.
fn editions(app: &App, who: Who, act: &Act, issued: Timestamp) -> Result<Vec<Timestamp>, Error> {
    let (now, desk) = (app.now(), app.desk());
    let mut amended = Vec::new();
    if act.edition > 1
        && let Ok(permit) = desk.with(who, now, |asking| asking.see_case(act.case))
    {
        let mut before = Some(u64::MAX);
        for _ in 0..PAGES {
            let Some(place) = before else { break };
            let wanted = |kind: &str| kind == "act_amended";
            let (told, next) = desk.store().told_of_case(&permit, act.case, place, wanted)?;
            let of_this = told.iter().filter(|one| one.act == Some(act.id));
            amended.extend(of_this.map(|one| one.heading.at));
            before = next;
        }
    }
    amended.push(issued);
    amended.sort_unstable();
    // Of an edition whose date whoever asks may not know it is said that there is one, and no date before it was.
    let last = *amended.last().expect("it was issued");
    amended.resize(act.edition.max(1) as usize, last);
    Ok(amended)
}
