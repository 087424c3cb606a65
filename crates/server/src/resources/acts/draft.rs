//! Drafts: written, written anew, and held against what runs where.

use std::collections::BTreeSet;

use axum::extract::State;
use axum::response::Response;
use bongsu_authority::{ActId, CaseId, Grade, Label, Mark, NodeCode, Size, Tlp};
use bongsu_desk::{campaign, text_of};
use bongsu_response::{Act, ActKind, Audience, Draft, Evidence, Wish, clock};
use http::HeaderMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::view::Preview;
use super::whole;
use crate::app::App;
use crate::caller::Caller;
use crate::input::{Json, Key, Named, Seen};
use crate::output;
use crate::problem::Problem;
use crate::recording::{Asking, Done};
use crate::wire::{Distinct, Goes, Id, Line, Passage, Station, Text, Word, distinct};

/// The text of an act, and to whom it speaks. Texts carry no links.
#[derive(Clone, Debug, Deserialize, JsonSchema, Serialize)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "ActText")]
pub(super) struct Written {
    /// The station that issues.
    #[schemars(with = "Station")]
    issuer: NodeCode,
    /// Korean title.
    title_ko: Line,
    /// English title.
    title_en: Line,
    /// What to do, in plain Korean.
    todo_ko: Passage,
    /// What to do, in plain English.
    todo_en: Passage,
    /// Id of the law or rule it rests on; a directive needs one.
    legal_basis: Option<Text<64>>,
    /// How far it may go; green and open where nothing is said.
    label: Option<Goes>,
    /// Only institutions of these competent ministries; all, where empty.
    #[serde(default, deserialize_with = "distinct::<_, _, 32>")]
    #[schemars(with = "Distinct<Station, 32>")]
    sectors: BTreeSet<NodeCode>,
    /// Only of these sizes; all, where empty.
    #[serde(default, deserialize_with = "distinct::<_, _, 8>")]
    #[schemars(with = "Distinct<Word<Size>, 8>")]
    sizes: BTreeSet<Size>,
    /// Only with one of these labels; all, where empty.
    #[serde(default, deserialize_with = "distinct::<_, _, 8>")]
    #[schemars(with = "Distinct<Word<Mark>, 8>")]
    marks: BTreeSet<Mark>,
    /// Also ask those without an inventory: a question, not silence.
    #[serde(default)]
    ask_unknown: bool,
    /// Address everybody, affected or not.
    #[serde(default)]
    everybody: bool,
    /// Is it a drill? A drill's node writes nothing else, and a real one no drill.
    #[serde(default)]
    drill: bool,
}

impl From<Written> for Draft {
    fn from(it: Written) -> Self {
        let open = Label { tlp: Tlp::Green, grade: Grade::Open };
        let Written { sectors, sizes, marks, ask_unknown, everybody, .. } = it;
        Self {
            issuer: it.issuer,
            title_ko: it.title_ko.0,
            title_en: it.title_en.0,
            todo_ko: it.todo_ko.0,
            todo_en: it.todo_en.0,
            legal_basis: it.legal_basis.map(|basis| basis.0),
            audience: Audience { sectors, sizes, marks, ask_unknown, everybody },
            label: it.label.map_or(open, Label::from),
            drill: it.drill,
        }
    }
}

fn example() -> serde_json::Value {
    serde_json::json!({
        "issuer": "LEAD_PRIV", "title_ko": "긴급 조치 요청", "title_en": "Urgent action",
        "todo_ko": "제조사 공지에 따라 수정 버전으로 올린다.", "todo_en": "Upgrade to the fixed version of the supplier's notice.",
        "ask_unknown": true, "drill": true,
    })
}

/// A draft about a case.
#[derive(Clone, Debug, Deserialize, JsonSchema, Serialize)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "NewAct", example = serde_json::json!({
    "case": "00000000000000000000000001", "kind": "action_request", "text": example(),
}))]
pub(super) struct New {
    /// The case it rests on.
    #[schemars(with = "Id")]
    case: CaseId,
    /// What kind of act.
    #[schemars(with = "Word<ActKind>")]
    kind: ActKind,
    /// The text.
    text: Written,
}

/// A draft written anew, or an amendment.
#[derive(Clone, Debug, Deserialize, JsonSchema, Serialize)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "EditedAct", example = serde_json::json!({ "text": example() }))]
pub(super) struct Edited {
    /// The text.
    text: Written,
}

pub(super) async fn new(
    State(app): State<App>,
    caller: Caller,
    key: Key,
    Json(New { case, kind, text }): Json<New>,
) -> Result<Response, Problem> {
    let asking = Asking::new(&app, caller, &key, "draft_act");
    let act = ActId(asking.makes());
    let receipt = asking.record(&app, wish((act, case, kind), text.into())).await?;
    Ok(Done::of(Some(act.to_string()), &receipt).made())
}

fn wish((act, case, kind): (ActId, CaseId, ActKind), draft: Draft) -> Wish {
    // Whoever records it computes the digest of the text.
    Wish::DraftAct { act, case, kind, draft, text: Evidence([0; 32]) }
}

/// With If-Match nobody writes over what somebody else has written meanwhile.
pub(super) async fn edit(
    State(app): State<App>,
    caller: Caller,
    Named(act): Named<ActId>,
    key: Key,
    seen: Seen,
    Json(Edited { text }): Json<Edited>,
) -> Result<Response, Problem> {
    let asking = Asking::new(&app, caller, &key, &format!("edit {act}"));
    let _one_at_a_time = app.edits().lock().await;
    let receipt = app.ask(move |app| {
        let standing = app.desk().act(asking.caller.who(), act, app.now())?;
        let draft: Draft = text.into();
        // The same request once more finds its own edit, which is what it wished for.
        let text = text_of(&draft, act, standing.case, standing.kind);
        if !is_so_already(&standing, text) {
            is_as_seen(app, &asking.caller, act, &seen)?;
        }
        asking.record_here(app, wish((act, standing.case, standing.kind), draft))
    });
    Ok(Done::of(Some(act.to_string()), &receipt.await?).ok())
}

fn is_so_already(act: &Act, text: Evidence) -> bool {
    act.amendment.as_ref().map_or(act.text, |amendment| amendment.text) == text
}

fn is_as_seen(app: &App, caller: &Caller, act: ActId, seen: &Seen) -> Result<(), Problem> {
    output::as_seen(seen, || whole(app, caller, act))
}

/// Exact counts, for whoever may write the draft: they are of the issuer's own jurisdiction.
pub(super) async fn preview(
    State(app): State<App>,
    caller: Caller,
    Named(act): Named<ActId>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let preview = app.ask(move |app| {
        let (who, now, desk) = (caller.who(), app.now(), app.desk());
        let mut act = desk.act(who, act, now)?;
        let case = desk.case(who, act.case, now)?;
        if let Some(amendment) = act.amendment.take() {
            act.draft = amendment.draft;
        }
        let again = wish((act.id, act.case, act.kind), act.draft.clone());
        let _ = desk.with(who, now, |asking| asking.to(&again))?;
        let matching = app.matching()?;
        let known = (matching.known)();
        let found =
            campaign::audience(desk, &matching.holdings, known.knowledge(), (&case, &act), now)?;
        Ok(Preview::of(&found, &clock::issue_clocks(&case, act.kind, now, None)))
    });
    Ok(output::tagged(&headers, &preview.await?))
}
