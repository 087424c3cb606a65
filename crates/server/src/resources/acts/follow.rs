//! What came of an act: counts, and the names of who is late.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::response::Response;
use bongsu_authority::access::{Permit, ROWS_ALONE, Scope};
use bongsu_authority::{ActId, InstitutionId, NodeCode, Size};
use bongsu_desk::campaign;
use bongsu_response::escalation::{self, Rung};
use bongsu_response::{ActWish, Exposure, RemediationClass, Status, Wish};
use bongsu_store::{Owed, Receipt};
use http::HeaderMap;
use jiff::Timestamp;
use rustc_hash::FxHashMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::csv::{self, Copy};
use super::order::{self, Filter, Sort};
use super::ordered::Wanted;
use crate::app::App;
use crate::caller::Caller;
use crate::input::{Json, Key, Named};
use crate::output::{self, Page};
use crate::problem::{Own, Problem};
use crate::recording::Asking;
use crate::wire::{Id, Line, Station, When, Word};

/// How many obligations stand alike.
#[derive(Debug, JsonSchema, Serialize)]
#[schemars(rename = "Progress")]
pub(super) struct Standing {
    /// Where they stand.
    #[schemars(with = "Word<Status>")]
    status: Status,
    /// How many.
    obligations: u64,
    /// Affected systems at issue.
    systems: u64,
}

pub(super) async fn progress(
    State(app): State<App>,
    caller: Caller,
    Named(act): Named<ActId>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let page = app.ask(move |app| {
        let (who, now, desk) = (caller.who(), app.now(), app.desk());
        let scope = campaign::scope(desk, who, now).ok_or_else(Problem::absent)?;
        let permit = desk.with(who, now, |asking| asking.see_names(act, &scope, 0))?;
        app.live().sums.of(app, format!("progress {act} {scope:?}"), now, || {
            let mut sums: BTreeMap<Status, (u64, u64)> = BTreeMap::new();
            for row in desk.store().progress(&permit, (act, &scope))? {
                let sum = sums.entry(row.status).or_default();
                *sum = (sum.0 + row.obligations, sum.1 + row.systems);
            }
            let standing =
                |(status, (obligations, systems))| Standing { status, obligations, systems };
            Ok(Page { items: sums.into_iter().map(standing).collect(), next: None })
        })
    });
    Ok(output::tagged(&headers, &*page.await?))
}

/// What is asked of a late list.
#[derive(Clone, Debug, Deserialize, JsonSchema, Serialize)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "LateList", example = serde_json::json!({ "limit": 50, "why": "calling whoever is silent" }))]
pub(super) struct Asked {
    /// How many names, at most 50: one person reads no more at once.
    #[schemars(range(min = 1, max = 50))]
    limit: u32,
    /// Where the page before ended.
    #[schemars(length(max = 128))]
    cursor: Option<String>,
    /// In which order.
    #[serde(default)]
    sort: Sort,
    /// Whom it is about.
    #[serde(default)]
    only: Filter,
    /// Also whoever is not late.
    #[serde(default)]
    all: bool,
    /// What for; it goes into the record.
    why: Line,
}

/// An institution that is late.
#[derive(Debug, JsonSchema, Serialize)]
pub(super) struct Late {
    /// Which.
    #[schemars(with = "Id")]
    institution: String,
    /// Its Korean name.
    name_ko: Option<String>,
    /// Its English name.
    name_en: Option<String>,
    /// Where its obligation stands.
    #[schemars(with = "Word<Status>")]
    status: Status,
    /// What the inventory said at issue.
    #[schemars(with = "Word<Exposure>")]
    exposure: Exposure,
    /// How soon it must be fixed.
    #[schemars(with = "Word<RemediationClass>")]
    class: RemediationClass,
    /// The first date that was missed; nothing where it is not late.
    #[schemars(with = "Option<When>")]
    missed: Option<Timestamp>,
    /// Its competent ministry.
    #[schemars(with = "Option<Station>")]
    sector: Option<NodeCode>,
    /// How large it is.
    #[schemars(with = "Word<Size>")]
    size: Size,
    /// In which province; 0 where not stated.
    province: u8,
    /// Who hears of it by now.
    hears: Hears,
    /// When it was last reminded; nothing where it never was.
    #[schemars(with = "Option<When>")]
    reminded_at: Option<Timestamp>,
}

/// How far up it has climbed.
#[derive(Debug, JsonSchema, Serialize)]
#[serde(rename_all = "snake_case")]
enum Hears {
    Nobody,
    Officer,
    Head,
    Sector,
    Lead,
    JointTeam,
}

impl From<Rung> for Hears {
    fn from(rung: Rung) -> Self {
        match rung {
            Rung::Quiet => Self::Nobody,
            Rung::Officer => Self::Officer,
            Rung::Head => Self::Head,
            Rung::Sector => Self::Sector,
            Rung::Lead => Self::Lead,
            Rung::JointTeam => Self::JointTeam,
        }
    }
}

pub(super) async fn late(
    State(app): State<App>,
    caller: Caller,
    Named(act): Named<ActId>,
    key: Key,
    Json(asked): Json<Asked>,
) -> Result<Response, Problem> {
    let asking = Asking::new(&app, caller, &key, &format!("late {act}"));
    let page = app.ask(move |app| names(app, &asking, act, &asked).map(|(page, _)| page));
    Ok(output::ok(&page.await?))
}

/// A page of names, as a table that other programs open: the cursor of the next one in `Bongsu-Next`.
pub(super) async fn export(
    State(app): State<App>,
    caller: Caller,
    Named(act): Named<ActId>,
    key: Key,
    Json(asked): Json<Asked>,
) -> Result<Response, Problem> {
    let asking = Asking::new(&app, caller, &key, &format!("export {act}"));
    app.ask(move |app| {
        let (page, receipt) = names(app, &asking, act, &asked)?;
        let copy = Copy::of(app, (asking.caller.person, None), receipt.entry, &asked.why.0);
        Ok(csv::table(&page.items, page.next.as_deref(), &copy))
    })
    .await
}

/// Names of who owes something: that they are read is recorded before they are shown, with how many they are.
fn names(
    app: &App,
    asking: &Asking,
    act: ActId,
    asked: &Asked,
) -> Result<(Page<Late>, Receipt), Problem> {
    if !(1..=ROWS_ALONE).contains(&asked.limit) {
        return Err(Problem::unfit(
            Own::Limit.with("most", ROWS_ALONE),
            format!("`limit` is 1 to {ROWS_ALONE}: one person reads no more names at once"),
        ));
    }
    let (who, now, desk) = (asking.caller.who(), app.now(), app.desk());
    let scope = campaign::scope(desk, who, now).ok_or_else(Problem::absent)?;
    let permit = desk.with(who, now, |ask| ask.see_names(act, &scope, asked.limit))?;
    let wanted = Wanted { act, scope: scope.clone(), settled: asked.all };
    let list = app.live().ordered.of(app, &permit, wanted, now)?;
    let wanted = |one: &Owed| (asked.all || one.missed.is_some()) && asked.only.lets(one);
    let ordered = (&list.rows[..], list.in_order(asked.sort, &desk.register()));
    let limit = asked.limit as usize;
    let (page, next) = order::page(ordered, wanted, limit, asked.cursor.as_deref())?;
    let rows = u32::try_from(page.len()).unwrap_or(u32::MAX);
    // Each page is an entry of its own: a key that comes again would show more names under the old one.
    let read = ActWish::ReadNames { rows, why: asked.why.0.clone() };
    let receipt = desk.record(who, Wish::Act { act, wish: read }, now)?;
    Ok((Page { items: told(app, &permit, (act, &scope), page)?, next }, receipt))
}

/// Obligations that are opened at once.
const CHUNK: usize = 1_000;

/// What is said of each, in the order they come.
pub(super) fn told(
    app: &App,
    permit: &Permit,
    (act, scope): (ActId, &Scope),
    owed: Vec<Owed>,
) -> Result<Vec<Late>, Problem> {
    let (now, desk) = (app.now(), app.desk());
    let register = desk.register();
    let mut hears: FxHashMap<InstitutionId, Rung> = FxHashMap::default();
    let mut reminded: FxHashMap<InstitutionId, Timestamp> = FxHashMap::default();
    let ids: Vec<InstitutionId> = owed.iter().map(|one| one.institution).collect();
    for chunk in ids.chunks(CHUNK) {
        reminded.extend(desk.store().last_reminded(permit, (act, scope), chunk)?);
        let whole = desk.store().owed_by(permit, (act, scope), chunk)?;
        hears.extend(whole.iter().map(|one| (one.institution, escalation::level(one, now))));
    }
    let late = |one: Owed| {
        let name = register.institution(one.institution);
        let (name_ko, name_en) = name.map(|one| (one.name_ko, one.name_en)).unzip();
        Late {
            institution: one.institution.to_string(),
            name_ko,
            name_en,
            status: one.status,
            exposure: one.exposure,
            class: one.class,
            missed: one.missed,
            sector: one.sector,
            size: one.size,
            province: one.province,
            hears: hears.get(&one.institution).copied().unwrap_or_default().into(),
            reminded_at: reminded.get(&one.institution).copied(),
        }
    };
    Ok(owed.into_iter().map(late).collect())
}
