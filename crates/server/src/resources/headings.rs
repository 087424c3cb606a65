//! The record as auditors, operators and those who verify the log see it: that something was recorded, never what.

use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use bongsu_authority::access::Action;
use http::HeaderMap;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::admission::Class;
use crate::app::App;
use crate::caller::Caller;
use crate::input::Asked;
use crate::output;
use crate::problem::Problem;
use crate::right::{Right, Scope};
use crate::routes::{Route, schema};
use crate::wire::{Digest, When};

pub(super) const ROUTES: &[Route] = &[Route::get(
    (
        "record_entries",
        "/api/v1/record/entries",
        "Lists the entries of the record: position, time, kind and label; what they say stays sealed",
    ),
    Right::May(Scope::Operate, &[Action::ReadRecord, Action::VerifyLog, Action::OperatePlatform]),
    schema::<Entries>,
    || get(list),
)
.asking(schema::<Query>)
.of(Class::Later)];

/// Which of them.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Query {
    /// Only entries behind this position; from the first on, where nothing is said.
    #[schemars(range(max = u64::MAX))]
    after: Option<u64>,
    /// The last ones there are, in place of the first.
    #[serde(default)]
    newest: bool,
    /// How many, at most 200.
    #[schemars(range(min = 1, max = 200))]
    limit: Option<u32>,
}

/// Entries, in the order they were recorded.
#[derive(Debug, JsonSchema, Serialize)]
#[schemars(rename = "RecordEntries")]
struct Entries {
    /// They.
    items: Vec<Closed>,
    /// Send it as `after` to see what follows; nothing where this is the end.
    next: Option<u64>,
    /// How many entries there are.
    size: u64,
}

/// One entry, closed.
#[derive(Debug, JsonSchema, Serialize)]
#[schemars(rename = "RecordEntry")]
struct Closed {
    /// Its position.
    entry: u64,
    /// When it was recorded.
    #[schemars(with = "When")]
    at: Timestamp,
    /// What kind of event it tells; nothing where it is of a newer program.
    kind: Option<&'static str>,
    /// The station whose record it is.
    station: String,
    /// Its TLP.
    tlp: &'static str,
    /// Its grade.
    grade: &'static str,
    /// Under whose key it is sealed: `node`, `institution` or `case`.
    sealed_for: &'static str,
    /// Its leaf hash: with it the proof of the entry can be asked for.
    #[schemars(with = "Digest")]
    leaf: String,
}

async fn list(
    State(app): State<App>,
    caller: Caller,
    Asked(query): Asked<Query>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let page = app.ask(move |app| {
        let _ = app.desk().with(caller.who(), app.now(), |asking| asking.read_headings())?;
        let limit = output::limit(query.limit)?;
        let store = app.desk().store();
        let (size, _) = store.head()?;
        let from = match query.after {
            Some(after) => after.saturating_add(1),
            None if query.newest => size.saturating_sub(limit as u64),
            None => 0,
        };
        let found = store.entries(from.min(size), limit as u64)?;
        let items = found.iter().map(entry).collect::<Result<Vec<_>, _>>()?;
        let next = items.last().map(|last| last.entry).filter(|last| last + 1 < size);
        Ok(Entries { items, next, size })
    });
    Ok(output::tagged(&headers, &page.await?))
}

fn entry(sealed: &bongsu_store::Sealed) -> Result<Closed, Problem> {
    let cover = sealed.cover()?;
    let word = |words: &[&'static str], number: u8| {
        words.get(usize::from(number)).copied().unwrap_or("unknown")
    };
    Ok(Closed {
        entry: sealed.position,
        at: cover.at,
        kind: cover.kind,
        station: cover.station,
        tlp: word(&["CLEAR", "GREEN", "AMBER", "AMBER+STRICT", "RED"], cover.tlp),
        grade: word(&["open", "sensitive", "classified"], cover.grade),
        sealed_for: word(&["node", "institution", "case"], cover.audience),
        leaf: sealed.hash.to_string(),
    })
}
