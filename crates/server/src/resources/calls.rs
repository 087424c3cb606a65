//! Calling by hand: whom no channel reached with an act, and what came of the call.

use axum::extract::State;
use axum::response::Response;
use axum::routing::post;
use bongsu_authority::access::{Action, ROWS_ALONE};
use bongsu_authority::{ActId, InstitutionId};
use bongsu_desk::campaign;
use bongsu_relay::carry::{called, calls};
use bongsu_response::{Exposure, RemediationClass, Status};
use http::StatusCode;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::admission::Class;
use crate::app::App;
use crate::caller::Caller;
use crate::input::{Json, Named};
use crate::output::{self, Page};
use crate::problem::{Own, Problem};
use crate::right::{Right, Scope};
use crate::routes::{Gives, Route, schema};
use crate::wire::{Id, Line, When, Word};

const NAMES: &[Action] = &[Action::SeeNames];

pub(super) const ROUTES: &[Route] = &[
    Route::post(
        (
            "calls",
            "/api/v1/acts/{act}/calls",
            "Names whom no channel reached, with a telephone; that names are read is recorded first",
        ),
        Right::May(Scope::ActRead, NAMES),
        (schema::<Asked>, schema::<Page<Call>>),
        || post(list),
    )
    .of(Class::Read),
    Route {
        gives: Gives::Nothing(204),
        ..Route::post(
            (
                "called",
                "/api/v1/acts/{act}/calls/{institution}",
                "Tells what came of a call; whoever was reached counts as told",
            ),
            Right::May(Scope::ActWork, NAMES),
            (schema::<Came>, schema::<()>),
            || post(came),
        )
    },
];

/// What is asked of a call list.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "CallList", example = serde_json::json!({ "limit": 20 }))]
struct Asked {
    /// How many names, at most 50: one person reads no more at once.
    #[schemars(range(min = 1, max = 50))]
    limit: u32,
    /// Where the page before ended.
    #[schemars(length(max = 128))]
    cursor: Option<String>,
}

/// Somebody to call.
#[derive(Debug, JsonSchema, Serialize)]
struct Call {
    /// Which institution.
    #[schemars(with = "Id")]
    institution: String,
    /// Its Korean name.
    name_ko: String,
    /// Its English name.
    name_en: String,
    /// Why it is called.
    why: Why,
    /// Since when it asks for help, where that is why.
    #[schemars(with = "Option<When>")]
    asked_at: Option<Timestamp>,
    /// How its accountable officer is spoken of.
    title: Option<String>,
    /// The numbers that were left with its call for help, as they were written: the last first, the first last. Whoever holds the
    /// letter can leave one.
    callbacks: Vec<String>,
    /// The number of the institution, or else of the officer.
    telephone: Option<String>,
    /// Where its obligation stands.
    #[schemars(with = "Word<Status>")]
    status: Status,
    /// What the inventory said at issue.
    #[schemars(with = "Word<Exposure>")]
    exposure: Exposure,
    /// How soon it must be fixed.
    #[schemars(with = "Word<RemediationClass>")]
    class: RemediationClass,
    /// The last call, where there was one.
    called: Option<LastCall>,
    /// When the node itself tries again, by whatever channel it has left.
    #[schemars(with = "Option<When>")]
    next_try: Option<Timestamp>,
}

/// The last call to somebody.
#[derive(Debug, JsonSchema, Serialize)]
struct LastCall {
    /// When.
    #[schemars(with = "When")]
    at: Timestamp,
    /// How often it was called in all.
    times: u16,
    /// Was somebody reached?
    reached: bool,
    /// What was noted where nobody was; empty where nothing was.
    note: String,
}

/// Why somebody is called.
#[derive(Clone, Copy, Debug, JsonSchema, Serialize)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "WhyCalled")]
enum Why {
    /// They asked for help, and nobody helps yet.
    AskedForHelp,
    /// No channel reached them.
    Unreachable,
    /// They are small, were told a day ago and have not said a word.
    Silent,
}

impl From<calls::Call> for Call {
    fn from(call: calls::Call) -> Self {
        let (why, asked_at) = match call.why {
            calls::Why::AskedForHelp(at) => (Why::AskedForHelp, Some(at)),
            calls::Why::Unreachable => (Why::Unreachable, None),
            calls::Why::Silent => (Why::Silent, None),
        };
        Self {
            why,
            asked_at,
            institution: call.owed.institution.to_string(),
            name_ko: call.name_ko,
            name_en: call.name_en,
            title: call.title,
            callbacks: call.callbacks.iter().map(ToString::to_string).collect(),
            telephone: call.telephone.map(|number| number.to_string()),
            status: call.owed.status,
            exposure: call.owed.exposure,
            class: call.owed.clocks.class,
            called: call.called.map(|last| LastCall {
                at: last.at,
                times: last.times,
                reached: last.reached,
                note: last.note,
            }),
            next_try: call.next_try,
        }
    }
}

async fn list(
    State(app): State<App>,
    caller: Caller,
    Named(act): Named<ActId>,
    Json(asked): Json<Asked>,
) -> Result<Response, Problem> {
    if !(1..=ROWS_ALONE).contains(&asked.limit) {
        return Err(Problem::unfit(
            Own::Limit.with("most", ROWS_ALONE),
            format!("`limit` is 1 to {ROWS_ALONE}: one person reads no more names at once"),
        ));
    }
    let after = match &asked.cursor {
        None => [0; 16],
        Some(cursor) => output::place(cursor)?.try_into().map_err(|_| output::no_place())?,
    };
    let page = app.ask(move |app| {
        let (who, now, desk) = (caller.who(), app.now(), app.desk());
        let scope = campaign::scope(desk, who, now).ok_or_else(Problem::absent)?;
        let (most, after) = (asked.limit, InstitutionId(after));
        let calls = calls::call_list(desk, who, (act, &scope), most, after, now)?;
        let last = calls.last().filter(|_| calls.len() == most as usize);
        let next = last.map(|last| output::cursor(&last.owed.institution.0));
        Ok(Page { items: calls.into_iter().map(Call::from).collect(), next })
    });
    Ok(output::ok(&page.await?))
}

/// What came of a call.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "CallResult", example = serde_json::json!({ "reached": true, "note": "the owner will look today" }))]
struct Came {
    /// Was somebody reached who can act?
    reached: bool,
    /// What was said; it goes into the record.
    #[serde(default)]
    note: Line,
}

async fn came(
    State(app): State<App>,
    caller: Caller,
    Named((act, institution)): Named<(ActId, InstitutionId)>,
    Json(came): Json<Came>,
) -> Result<StatusCode, Problem> {
    app.ask(move |app| {
        let (who, now, desk) = (caller.who(), app.now(), app.desk());
        called::called(desk, who, (act, institution), (came.reached, &came.note.0), now)?;
        Ok(StatusCode::NO_CONTENT)
    })
    .await
}
