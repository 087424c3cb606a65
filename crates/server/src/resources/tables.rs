//! What decides, as dated data: decision tables with every row, and deadlines with what each rests on.

use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use bongsu_response::clock::{self, Kind, Limit, Party};
use bongsu_response::priority::{self, Outcome, Table};
use http::HeaderMap;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use crate::admission::Class;
use crate::app::App;
use crate::output::{self, Page};
use crate::right::Right;
use crate::routes::{Route, schema};
use crate::wire::When;

pub(super) const ROUTES: &[Route] = &[
    Route::get(
        ("tables", "/api/v1/tables", "Lists the decision tables, row by row, with their sources"),
        Right::Oneself,
        schema::<Page<Whole>>,
        || get(tables),
    )
    .of(Class::Later),
    Route::get(
        ("deadlines", "/api/v1/deadlines", "Lists the deadlines: trigger, limit, who owes, basis"),
        Right::Oneself,
        schema::<Page<Deadline>>,
        || get(deadlines),
    )
    .of(Class::Later),
];

/// A decision table.
#[derive(Debug, JsonSchema, Serialize)]
#[schemars(rename = "DecisionTable")]
struct Whole {
    /// What it decides: `remediation` or `triage`.
    decides: &'static str,
    /// Its name.
    name: String,
    /// Its version, as its publisher counts.
    version: String,
    /// From when on it is in force.
    #[schemars(with = "When")]
    from: Timestamp,
    /// When it ceases to be.
    #[schemars(with = "Option<When>")]
    until: Option<Timestamp>,
    /// Is it in force now?
    in_force: bool,
    /// Who published it.
    source: String,
    /// On which basis it may be milder than what it replaces.
    eases: Option<String>,
    /// The questions it asks, in the order of its columns.
    columns: Vec<&'static str>,
    /// Its rows, the first that fits decides.
    rows: Vec<Line>,
}

/// A row of a decision table.
#[derive(Debug, JsonSchema, Serialize)]
#[schemars(rename = "DecisionRow")]
struct Line {
    /// Its number, from 1, as decisions name it.
    row: u64,
    /// For each column the answers it takes.
    takes: Vec<Vec<&'static str>>,
    /// What it decides.
    outcome: &'static str,
}

fn decides<O: Outcome>(decides: &'static str, table: &Table<O>, now: Timestamp) -> Whole {
    let words = |places: &[usize], column: usize| -> Vec<&'static str> {
        let values = O::COLUMNS[column].values();
        places.iter().filter_map(|place| values.get(*place)).copied().collect()
    };
    let rows = (1..).zip(table.rows()).map(|(row, it)| Line {
        row,
        takes: it.takes.iter().enumerate().map(|(at, places)| words(places, at)).collect(),
        outcome: it.outcome.spelling(),
    });
    Whole {
        decides,
        name: table.name().to_owned(),
        version: table.version().to_owned(),
        from: table.from(),
        until: table.until(),
        in_force: table.rules(now),
        source: table.source().to_owned(),
        eases: table.eases().map(str::to_owned),
        columns: O::COLUMNS.iter().map(|input| input.name()).collect(),
        rows: rows.collect(),
    }
}

async fn tables(State(app): State<App>, headers: HeaderMap) -> Response {
    let now = app.now();
    let remediation = priority::shipped_remediation().iter();
    let triage = priority::shipped_triage().iter();
    let items = remediation
        .map(|table| decides("remediation", table, now))
        .chain(triage.map(|table| decides("triage", table, now)));
    output::tagged(&headers, &Page { items: items.collect(), next: None })
}

/// A deadline.
#[derive(Debug, JsonSchema, Serialize)]
struct Deadline {
    /// Its id, such as `K01`; rows that replace each other share it.
    id: &'static str,
    /// What starts the clock.
    trigger: &'static str,
    /// How long it runs.
    limit: HowLong,
    /// Who owes.
    owner: &'static str,
    /// To whom.
    to: &'static str,
    /// The law, rule or policy.
    basis: &'static str,
    /// `statute`, `reference` or `default`.
    kind: &'static str,
    /// From when on it is in force, where that is known.
    #[schemars(with = "Option<When>")]
    from: Option<Timestamp>,
    /// When it ceases to be.
    #[schemars(with = "Option<When>")]
    until: Option<Timestamp>,
    /// Is it in force now?
    in_force: bool,
    /// Where we read it, and what is uncertain about it.
    source: &'static str,
}

/// How long somebody has.
#[derive(Debug, JsonSchema, Serialize)]
#[serde(tag = "runs", rename_all = "snake_case")]
enum HowLong {
    /// Calendar time.
    Within {
        /// In hours.
        hours: i64,
    },
    /// Calendar months.
    Months {
        /// How many.
        months: u8,
    },
    /// The law names no time; this is what we aim at.
    WithoutDelay {
        /// In minutes.
        target_minutes: i64,
    },
    /// Whenever the thing is next done anyway.
    NextUpgrade,
}

impl From<Limit> for HowLong {
    fn from(limit: Limit) -> Self {
        match limit {
            Limit::Within(time) => Self::Within { hours: time.as_hours() },
            Limit::Months(months) => Self::Months { months },
            Limit::WithoutDelay { target } => {
                Self::WithoutDelay { target_minutes: target.as_mins() }
            }
            Limit::NextUpgrade => Self::NextUpgrade,
        }
    }
}

async fn deadlines(State(app): State<App>, headers: HeaderMap) -> Response {
    let now = app.now();
    let items = clock::all().iter().map(|row| Deadline {
        id: row.id,
        trigger: row.trigger,
        limit: row.limit.into(),
        owner: party(row.owner),
        to: row.to,
        basis: row.basis,
        kind: match row.kind {
            Kind::Statute => "statute",
            Kind::Reference => "reference",
            Kind::Default => "default",
        },
        from: row.from,
        until: row.until,
        in_force: row.rules(now),
        source: row.source,
    });
    output::tagged(&headers, &Page { items: items.collect(), next: None })
}

fn party(party: Party) -> &'static str {
    match party {
        Party::Institution => "institution",
        Party::PrivacyOfficer => "privacy_officer",
        Party::Coordinator => "coordinator",
        Party::CoordinatorDirector => "coordinator_director",
        Party::Finder => "finder",
        Party::Supplier => "supplier",
        Party::Ministry => "ministry",
        Party::MilitaryCoordinator => "military_coordinator",
        Party::DrillDirector => "drill_director",
        Party::TaskOwner => "task_owner",
        Party::Platform => "platform",
    }
}
