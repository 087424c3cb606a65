//! What became of a document that was sent.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use bongsu_authority::SystemId;
use bongsu_authority::access::Action;
use http::HeaderMap;

use crate::app::App;
use crate::caller::Caller;
use crate::input::Named;
use crate::output;
use crate::problem::Problem;
use crate::right::{Right, Scope};
use crate::routes::{Route, schema};
use crate::uploads::Job;

pub(super) const ROUTES: &[Route] = &[Route::get(
    ("job", "/api/v1/jobs/{job}", "Says how far a document is, and what came of it"),
    Right::May(Scope::InventoryRead, &[Action::SeeInventory]),
    schema::<Job>,
    || get(show),
)];

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
        Ok(job)
    });
    Ok(output::tagged(&headers, &job.await?))
}
