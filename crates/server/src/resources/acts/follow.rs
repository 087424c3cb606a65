//! What came of an act: counts, and the names of who is late.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::response::Response;
use bongsu_authority::ActId;
use bongsu_authority::access::ROWS_ALONE;
use bongsu_desk::campaign;
use bongsu_response::escalation::{self, Rung};
use bongsu_response::{ActWish, Exposure, RemediationClass, Status, Wish};
use bongsu_store::LatePlace;
use http::HeaderMap;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::caller::Caller;
use crate::input::{Json, Key, Named};
use crate::output::{self, Page};
use crate::problem::Problem;
use crate::recording::Asking;
use crate::wire::{Id, Line, When, Word, whole};

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
        let mut sums: BTreeMap<Status, (u64, u64)> = BTreeMap::new();
        for row in desk.store().progress(&permit, (act, &scope))? {
            let sum = sums.entry(row.status).or_default();
            *sum = (sum.0 + row.obligations, sum.1 + row.systems);
        }
        let standing = |(status, (obligations, systems))| Standing { status, obligations, systems };
        Ok(Page { items: sums.into_iter().map(standing).collect(), next: None })
    });
    Ok(output::tagged(&headers, &page.await?))
}

/// What is asked of a late list.
#[derive(Clone, Debug, Deserialize, JsonSchema, Serialize)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "LateList", example = serde_json::json!({ "limit": 50, "why": "calling whoever is silent" }))]
pub(super) struct Asked {
    /// How many names, at most 50: one person reads no more at once.
    #[serde(deserialize_with = "whole")]
    #[schemars(range(min = 1, max = 50))]
    limit: u32,
    /// Where the page before ended.
    #[schemars(length(max = 128))]
    cursor: Option<String>,
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
    /// The first date that was missed.
    #[schemars(with = "When")]
    missed: Timestamp,
    /// Who hears of it by now.
    hears: Hears,
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
    if !(1..=ROWS_ALONE).contains(&asked.limit) {
        return Err(Problem::unfit(format!(
            "`limit` is 1 to {ROWS_ALONE}: one person reads no more names at once"
        )));
    }
    let after = match &asked.cursor {
        None => LatePlace::START,
        Some(cursor) => {
            let wrong = output::no_place;
            LatePlace::from_bytes(&output::place(cursor)?).ok_or_else(wrong)?
        }
    };
    let asking = Asking::new(&app, caller, &key, &format!("late {act}"));
    let page = app.ask(move |app| {
        let (who, now, desk) = (asking.caller.who(), app.now(), app.desk());
        let scope = campaign::scope(desk, who, now).ok_or_else(Problem::absent)?;
        let rows = asked.limit;
        let permit = desk.with(who, now, |ask| ask.see_names(act, &scope, rows))?;
        // That names are read is recorded before they are shown.
        let read = ActWish::ReadNames { rows, why: asked.why.0 };
        // Each page is an entry of its own: a key that comes again would show more names under the old one.
        desk.record(who, Wish::Act { act, wish: read }, now)?;
        let found = desk.store().late(&permit, (act, &scope), now, rows, after)?;
        let full = found.len() == rows as usize;
        let next = found.last().filter(|_| full).map(|last| output::cursor(&last.place.to_bytes()));
        let register = desk.register();
        let items = found.into_iter().map(|late| {
            let owed = late.obligation;
            let name = register.institution(owed.institution);
            let (name_ko, name_en) = name.map(|one| (one.name_ko, one.name_en)).unzip();
            Late {
                institution: owed.institution.to_string(),
                name_ko,
                name_en,
                status: owed.status,
                exposure: owed.exposure,
                class: owed.clocks.class,
                missed: late.missed,
                hears: escalation::level(&owed, now).into(),
            }
        });
        Ok(Page { items: items.collect(), next })
    });
    Ok(output::ok(&page.await?))
}
