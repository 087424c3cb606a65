//! Long lists of names: asked for by one, released by a second, taken by the first. Each is an entry of the record, and
//! what is taken is recorded with its number of names before the first of them leaves.

use axum::extract::State;
use axum::response::Response;
use bongsu_authority::access::Scope;
use bongsu_authority::{ActId, ListId};
use bongsu_desk::campaign;
use bongsu_response::act::TAKES;
use bongsu_response::{ActWish, AskedList, Refused, Wait, Wish};
use bongsu_store::{Error, Owed};
use http::HeaderMap;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::csv::{self, Copy, title};
use super::follow;
use super::order::{self, Filter, Sort};
use crate::app::App;
use crate::caller::Caller;
use crate::input::{Json, Key, Named};
use crate::output::{self, Page};
use crate::problem::Problem;
use crate::recording::{Asking, Done};
use crate::wire::{Id, Line, When};

/// Which names, and in which order.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, Serialize)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "ListChoice")]
pub(super) struct Choice {
    /// In which order.
    #[serde(default)]
    sort: Sort,
    /// Whom it is about.
    #[serde(default)]
    only: Filter,
    /// Also whoever is not late.
    #[serde(default)]
    all: bool,
}

impl Choice {
    fn of(&self, mut owed: Vec<Owed>) -> Vec<Owed> {
        owed.retain(|one| (self.all || one.missed.is_some()) && self.only.lets(one));
        owed
    }
}

/// A list that is asked for.
#[derive(Clone, Debug, Deserialize, JsonSchema, Serialize)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "NewList", example = serde_json::json!({ "choice": { "all": true }, "why": "reporting to the minister on Friday" }))]
pub(super) struct New {
    /// Which names.
    #[serde(default)]
    choice: Choice,
    /// What for: a second person reads it before they agree, and it stands in every row.
    why: Line,
}

/// A list that can be released or taken: for a day, three times at most. One that was declined is told of as long.
#[derive(Debug, JsonSchema, Serialize)]
#[schemars(rename = "List")]
pub(super) struct Waiting {
    /// Its id.
    #[schemars(with = "Id")]
    id: String,
    /// Which names.
    choice: Choice,
    /// How many they were when it was asked for.
    rows: u32,
    /// What for.
    why: String,
    /// Who asked, by title.
    by: String,
    /// Is it the caller's own?
    own: bool,
    /// When it was asked for: who is late is told as of then.
    #[schemars(with = "When")]
    at: Timestamp,
    /// Until when it can be released and taken.
    #[schemars(with = "When")]
    until: Timestamp,
    /// Who agreed, by title; nothing where nobody has.
    released_by: Option<String>,
    /// How often it can still be taken.
    left: u32,
    /// How often it was taken.
    taken: u32,
    /// Who said no, by title; nothing where nobody has.
    declined_by: Option<String>,
    /// And why.
    declined_why: Option<String>,
}

/// Nothing more is to be said.
#[derive(Clone, Debug, Deserialize, JsonSchema, Serialize)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Agreed", example = serde_json::json!({}))]
pub(super) struct Agreed {}

/// A no.
#[derive(Clone, Debug, Deserialize, JsonSchema, Serialize)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "ListDeclined", example = serde_json::json!({ "why": "the counts say as much" }))]
pub(super) struct No {
    /// Why, for whoever asked; it stands in the record.
    why: Line,
}

pub(super) async fn ask(
    State(app): State<App>,
    caller: Caller,
    Named(act): Named<ActId>,
    key: Key,
    Json(new): Json<New>,
) -> Result<Response, Problem> {
    let asking = Asking::new(&app, caller, &key, &format!("list {act}"));
    let done = app.ask(move |app| {
        let (who, now, desk) = (asking.caller.who(), app.now(), app.desk());
        let scope = campaign::scope(desk, who, now).ok_or_else(Problem::absent)?;
        let permit = desk.with(who, now, |ask| ask.see_names(act, &scope, 0))?;
        let owed = desk.store().owed(&permit, (act, &scope), (now, new.choice.all))?;
        let rows = u32::try_from(new.choice.of(owed).len()).unwrap_or(u32::MAX);
        let list = ListId(asking.makes());
        let selection = serde_json::to_string(&new.choice).expect("a choice has text keys");
        let name = asking.of_body(&new);
        let why = new.why.0;
        let wish = ActWish::AskNames { list, scope, selection, rows, why };
        let receipt = desk.record_as(name, who, Wish::Act { act, wish }, now)?;
        Ok(Done::of(Some(list.to_string()), &receipt))
    });
    Ok(done.await?.made())
}

pub(super) async fn list(
    State(app): State<App>,
    caller: Caller,
    Named(act): Named<ActId>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let page = app.ask(move |app| {
        let (who, now, desk) = (caller.who(), app.now(), app.desk());
        let scope = campaign::scope(desk, who, now).ok_or_else(Problem::absent)?;
        let _ = desk.with(who, now, |asking| asking.see_names(act, &scope, 0))?;
        let act = desk.act(who, act, now)?;
        let waiting = act.lists.iter().filter(|one| one.is_told_at(now) && one.scope == scope);
        let items = waiting.map(|one| Waiting {
            id: one.id.to_string(),
            choice: choice(one),
            rows: one.rows,
            why: one.why.clone(),
            by: title(app, one.by),
            own: one.by == caller.person,
            at: one.at,
            until: one.until(),
            released_by: one.released_by.map(|person| title(app, person)),
            left: if one.waits_at(now) { TAKES.saturating_sub(one.taken) } else { 0 },
            taken: one.taken,
            declined_by: one.declined.as_ref().map(|no| title(app, no.by)),
            declined_why: one.declined.as_ref().map(|no| no.why.clone()),
        });
        Ok(Page { items: items.collect(), next: None })
    });
    Ok(output::tagged(&headers, &page.await?))
}

pub(super) async fn release(
    State(app): State<App>,
    caller: Caller,
    Named((act, list)): Named<(ActId, ListId)>,
    key: Key,
    Json(Agreed {}): Json<Agreed>,
) -> Result<Response, Problem> {
    let asking = Asking::new(&app, caller, &key, &format!("release {list}"));
    let done = app.ask(move |app| {
        let scope = scope_of(app, &asking.caller, act, list)?;
        asking.caller.recently(app.now())?;
        let wish = ActWish::ReleaseNames { list, scope };
        let receipt = asking.record_here(app, Wish::Act { act, wish })?;
        Ok(Done::of(Some(list.to_string()), &receipt))
    });
    Ok(done.await?.ok())
}

pub(super) async fn decline(
    State(app): State<App>,
    caller: Caller,
    Named((act, list)): Named<(ActId, ListId)>,
    key: Key,
    Json(No { why }): Json<No>,
) -> Result<Response, Problem> {
    let asking = Asking::new(&app, caller, &key, &format!("decline {list}"));
    let done = app.ask(move |app| {
        let scope = scope_of(app, &asking.caller, act, list)?;
        let wish = ActWish::DeclineNames { list, scope, why: why.0 };
        let receipt = asking.record_here(app, Wish::Act { act, wish })?;
        Ok(Done::of(Some(list.to_string()), &receipt))
    });
    Ok(done.await?.ok())
}

/// The scope of a list that waits, which is the caller's own; a list of another is not there, whoever asks.
fn scope_of(app: &App, caller: &Caller, act: ActId, list: ListId) -> Result<Scope, Problem> {
    let (who, now, desk) = (caller.who(), app.now(), app.desk());
    let scope = campaign::scope(desk, who, now).ok_or_else(Problem::absent)?;
    let _ = desk.with(who, now, |ask| ask.see_names(act, &scope, 0))?;
    let standing = desk.act(who, act, now)?;
    let there = standing
        .lists
        .iter()
        .any(|one| one.id == list && one.is_told_at(now) && one.scope == scope);
    there.then_some(scope).ok_or_else(Problem::absent)
}

pub(super) async fn take(
    State(app): State<App>,
    caller: Caller,
    Named((act, list)): Named<(ActId, ListId)>,
    Json(Agreed {}): Json<Agreed>,
) -> Result<Response, Problem> {
    app.ask(move |app| taken(app, &caller, act, list)).await
}

fn taken(app: &App, caller: &Caller, act: ActId, list: ListId) -> Result<Response, Problem> {
    let (who, now, desk) = (caller.who(), app.now(), app.desk());
    let scope = campaign::scope(desk, who, now).ok_or_else(Problem::absent)?;
    let standing = desk.act(who, act, now)?;
    let own = |one: &&AskedList| one.scope == scope && one.by == caller.person;
    let asked = standing.list(list, now).filter(own).ok_or_else(Problem::absent)?;
    if asked.released_by.is_none() {
        return Err(Error::Refused(Refused::NotYet(Wait::ReleaseFirst)).into());
    }
    let permit = desk.with(who, now, |ask| ask.take_names((act, list), &scope, asked.rows))?;
    let choice = choice(asked);
    let owed = desk.store().owed(&permit, (act, &scope), (asked.at, choice.all))?;
    let owed = choice.of(owed);
    let owed = order::whole(&owed, choice.sort, &desk.register());
    let rows = u32::try_from(owed.len()).unwrap_or(u32::MAX);
    let names = follow::told(app, &permit, (act, &scope), owed)?;
    let wish = ActWish::TakeNames { list, scope, rows };
    // Each taking is an entry of its own.
    let receipt = desk.record(who, Wish::Act { act, wish }, now)?;
    let copy = Copy::of(app, (asked.by, asked.released_by), receipt.entry, &asked.why);
    Ok(csv::table(&names, None, &copy))
}

/// What was chosen; what cannot be read any more is everybody who is late.
fn choice(list: &AskedList) -> Choice {
    serde_json::from_str(&list.selection).unwrap_or_default()
}
