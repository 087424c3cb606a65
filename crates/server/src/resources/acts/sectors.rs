//! Sectors side by side, in the caller's scope.

use axum::extract::State;
use axum::response::Response;
use bongsu_authority::{ActId, Domain, NodeCode};
use bongsu_desk::campaign;
use bongsu_response::Status;
use http::HeaderMap;
use schemars::JsonSchema;
use serde::Serialize;

use crate::app::App;
use crate::caller::Caller;
use crate::input::Named;
use crate::output::{self, Page};
use crate::problem::Problem;
use crate::wire::{Station, Word};

/// A sector beside others, in the caller's scope.
#[derive(Debug, JsonSchema, Serialize)]
#[schemars(rename = "SectorProgress")]
pub(super) struct InSector {
    /// Of which domain.
    #[schemars(with = "Word<Domain>")]
    domain: Domain,
    /// Of which competent ministry; nothing where there is none.
    #[schemars(with = "Option<Station>")]
    sector: Option<NodeCode>,
    /// Obligations in all.
    obligations: u64,
    /// Of them, late.
    late: u64,
    /// How they stand, by word; what is not known has a word of its own.
    standing: Vec<Stands>,
}

/// So many obligations of a sector stand so.
#[derive(Debug, JsonSchema, Serialize)]
#[schemars(rename = "SectorStanding")]
struct Stands {
    /// Where they stand.
    #[schemars(with = "Word<Status>")]
    status: Status,
    /// How many.
    obligations: u64,
}

pub(super) async fn sectors(
    State(app): State<App>,
    caller: Caller,
    Named(act): Named<ActId>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let page = app.ask(move |app| {
        let (who, now, desk) = (caller.who(), app.now(), app.desk());
        let scope = campaign::scope(desk, who, now).ok_or_else(Problem::absent)?;
        let permit = desk.with(who, now, |asking| asking.see_names(act, &scope, 0))?;
        let name = format!("sectors {act} {scope:?}");
        app.live().sums.of(app, name, now, || {
            let rows = desk.store().sectors(&permit, (act, &scope), now)?;
            Ok(Page { items: beside_each_other(rows), next: None })
        })
    });
    Ok(output::tagged(&headers, &*page.await?))
}

fn beside_each_other(rows: Vec<bongsu_store::InSector>) -> Vec<InSector> {
    let mut items: Vec<InSector> = Vec::new();
    for row in rows {
        let (domain, sector) = (row.domain, row.sector);
        let same = |one: &InSector| one.domain == domain && one.sector == sector;
        if !items.last().is_some_and(same) {
            let standing = Vec::new();
            items.push(InSector { domain, sector, obligations: 0, late: 0, standing });
        }
        let one = items.last_mut().expect("there is one now");
        one.obligations += row.obligations;
        one.late += row.late;
        one.standing.push(Stands { status: row.status, obligations: row.obligations });
    }
    items
}
