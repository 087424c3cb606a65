//! What became of a document that was sent.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use bongsu_authority::SystemId;
use bongsu_authority::access::Action;
use http::HeaderMap;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::admission::Class;
use crate::app::App;
use crate::caller::Caller;
use crate::input::{Asked, Named};
use crate::live::ears::own_institutions;
use crate::output::{self, Page};
use crate::problem::Problem;
use crate::right::{Right, Scope};
use crate::routes::{Route, schema};
use crate::uploads::Job;

const SEE: Right = Right::May(Scope::InventoryRead, &[Action::SeeInventory]);

pub(super) const ROUTES: &[Route] = &[
    Route::get(
        ("job", "/api/v1/jobs/{job}", "Says how far a document is, and what came of it"),
        SEE,
        schema::<Job>,
        || get(show),
    ),
    Route::get(
        (
            "jobs",
            "/api/v1/jobs",
            "Lists the documents that were sent for one's institutions in the last week, the newest first",
        ),
        SEE,
        schema::<Page<Job>>,
        || get(list),
    )
    .asking(schema::<Query>)
    .of(Class::Later),
];

/// Which of them.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Query {
    /// Where the page before ended.
    #[schemars(length(max = 128))]
    cursor: Option<String>,
    /// How many on a page, at most 200.
    #[schemars(range(min = 1, max = 200))]
    limit: Option<u32>,
}

/// The newest first.
fn place(job: &Job) -> Vec<u8> {
    let came = !(job.came_at.as_microsecond().cast_unsigned() ^ (1 << 63));
    [&came.to_be_bytes(), job.id.as_bytes()].concat()
}

async fn list(
    State(app): State<App>,
    caller: Caller,
    Asked(query): Asked<Query>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let uploads = Arc::clone(app.uploads());
    let page = app.ask(move |app| {
        let limit = output::limit(query.limit)?;
        let after = query.cursor.as_deref().map(output::place).transpose()?.unwrap_or_default();
        let mut jobs = Vec::new();
        for institution in own_institutions(app, &caller) {
            jobs.extend(uploads.jobs_of(app, institution)?);
        }
        jobs.retain(|job| place(job) > after);
        jobs.sort_by_cached_key(place);
        let next = jobs.get(limit).map(|_| output::cursor(&place(&jobs[limit - 1])));
        jobs.truncate(limit);
        let seen = jobs.into_iter().map(|job| as_seen(app, &caller, job));
        Ok(Page { items: seen.collect::<Result<_, _>>()?, next })
    });
    Ok(output::tagged(&headers, &page.await?))
}

async fn show(
    State(app): State<App>,
    caller: Caller,
    Named(job): Named<SystemId>, // the id of a job is printed as every id is
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let uploads = Arc::clone(app.uploads());
    let job = app.ask(move |app| {
        let job = uploads.job(app, job.0)?.ok_or_else(Problem::absent)?;
        let (who, now) = (caller.who(), app.now());
        let _ = app.desk().with(who, now, |asking| asking.see_inventory(job.institution))?;
        as_seen(app, &caller, job)
    });
    Ok(output::tagged(&headers, &job.await?))
}

/// A job without what it says of acts that are hidden from the caller: a provider sends documents for its customer, and does
/// not see everything that the customer owes.
pub(super) fn as_seen(app: &App, caller: &Caller, mut job: Job) -> Result<Job, Problem> {
    if let Some(report) = job.report.as_mut().filter(|report| !report.obligations.is_empty()) {
        let (owed, _) = app.desk().obligations_of(caller.who(), job.institution, app.now())?;
        let seen = |act: &str| owed.iter().any(|owed| owed.act.to_string() == act);
        report.obligations.retain(|said| seen(&said.act));
    }
    Ok(job)
}
