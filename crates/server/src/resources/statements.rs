//! Suppliers' statements that arrived: what is owed under a case is judged again with all that is known now.

use axum::extract::State;
use axum::response::Response;
use axum::routing::post;
use bongsu_authority::CaseId;
use bongsu_authority::access::Action;
use bongsu_desk::statements::{self, HearError, Said};
use bongsu_response::{Evidence, Status};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::admission::Class;
use crate::app::App;
use crate::caller::Caller;
use crate::input::{Json, Named};
use crate::output;
use crate::problem::Problem;
use crate::right::{Right, Scope};
use crate::routes::{Route, schema};
use crate::wire::{Digest, Id, Word};

pub(super) const ROUTES: &[Route] = &[Route::post(
    (
        "case_statements",
        "/api/v1/cases/{case}/statements",
        "Judges kept inventories again with suppliers' statements that feeds have brought",
    ),
    Right::May(Scope::CaseWork, &[Action::WorkCase]),
    (schema::<Arrived>, schema::<Heard>),
    || post(hear),
)
.of(Class::Later)];

/// What arrived.
#[derive(Clone, Debug, Deserialize, JsonSchema, Serialize)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Statements", example = serde_json::json!({ "evidence": "0".repeat(64) }))]
struct Arrived {
    /// SHA-256 of the document that brought the statements.
    #[schemars(with = "Digest")]
    evidence: Evidence,
}

/// What came of it.
#[derive(Debug, JsonSchema, Serialize)]
#[schemars(rename = "StatementsHeard")]
struct Heard {
    /// Institutions that were judged by the documents that are kept.
    judged: u32,
    /// Institutions of which no document is kept: the index found them, and nothing says more.
    without_document: u32,
    /// Institutions whose inventories are for another coordinator to see.
    elsewhere: u32,
    /// Obligations about which the engine has a new word.
    changes: Vec<Change>,
}

/// One obligation about which the engine has a new word.
#[derive(Debug, JsonSchema, Serialize)]
#[schemars(rename = "StatementsChange")]
struct Change {
    /// Under which act.
    #[schemars(with = "Id")]
    act: String,
    /// Whose.
    #[schemars(with = "Id")]
    institution: String,
    /// Where it stood.
    #[schemars(with = "Word<Status>")]
    before: Status,
    /// `not_affected`, `affected`, `unknown`, `refuted` or `regressed`.
    said: &'static str,
    /// The justifications, and who gives them.
    why: Option<String>,
    /// Did it move the obligation? An officer's word stands.
    moved: bool,
    /// Position of its entry in the record.
    entry: u64,
}

impl From<statements::Change> for Change {
    fn from(it: statements::Change) -> Self {
        let (said, why) = match it.said {
            Said::NotAffected(why) => ("not_affected", Some(why)),
            Said::Affected => ("affected", None),
            Said::Unknown => ("unknown", None),
            Said::Refuted => ("refuted", None),
            Said::Regressed => ("regressed", None),
        };
        let (act, institution) = (it.act.to_string(), it.institution.to_string());
        Self { act, institution, before: it.before, said, why, moved: it.moved, entry: it.entry }
    }
}

async fn hear(
    State(app): State<App>,
    caller: Caller,
    Named(case): Named<CaseId>,
    Json(arrived): Json<Arrived>,
) -> Result<Response, Problem> {
    let heard = app.ask(move |app| {
        let (desk, who, now) = (app.desk(), caller.who(), app.now());
        let _ = desk.with(who, now, |asking| asking.work_case(case))?;
        let case = desk.case(who, case, now)?;
        let known = (app.matching()?.known)();
        let heard = statements::hear(desk, who, &case, known.knowledge(), arrived.evidence, now);
        heard.map_err(|error| match error {
            HearError::Store(error) => error.into(),
            other => Problem::refused(&other, other.to_string()),
        })
    });
    let statements::Heard { judged, without_document, elsewhere, changes } = heard.await?;
    let changes = changes.into_iter().map(Change::from).collect();
    Ok(output::ok(&Heard { judged, without_document, elsewhere, changes }))
}
