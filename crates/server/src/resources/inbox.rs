//! The inbox of an institution, and what happened to its messages on other channels.

use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use bongsu_authority::access::Action;
use bongsu_authority::{ActId, InstitutionId};
use bongsu_relay::carry::trail::Trail;
use bongsu_relay::carry::{inbox, trail};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::caller::Caller;
use crate::input::{Asked, Named};
use crate::live::ears::own_institutions;
use crate::output::{self, Page};
use crate::problem::Problem;
use crate::right::{Right, Scope};
use crate::routes::{Route, schema};
use crate::wire::{Id, When};

pub(super) const ROUTES: &[Route] = &[
    Route::get(
        (
            "inbox",
            "/api/v1/institutions/{institution}/inbox",
            "Lists the messages of one's institution; what is fetched counts as delivered",
        ),
        Right::May(Scope::ObligationRead, &[Action::SeeInventory]),
        schema::<Page<Message>>,
        || get(list),
    )
    .asking(schema::<Query>),
    Route::get(
        (
            "attempts",
            "/api/v1/obligations/{act}/{institution}/attempts",
            "Says what happened on each channel to what an institution was told about an act",
        ),
        Right::May(Scope::ObligationRead, &[Action::SeeObligation]),
        schema::<Vec<Carried>>,
        || get(attempts),
    ),
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

/// One message: look at the obligation for what it says now.
#[derive(JsonSchema, Serialize)]
struct Message {
    /// The act it is about.
    #[schemars(with = "Id")]
    act: String,
    /// `issued`, `released`, `sooner` or `reminder`.
    notice: &'static str,
    /// Is it of a drill?
    drill: bool,
    /// When it was put there.
    #[schemars(with = "When")]
    at: Timestamp,
    /// When it was first fetched.
    #[schemars(with = "Option<When>")]
    fetched_at: Option<Timestamp>,
}

/// One message on its way.
#[derive(JsonSchema, Serialize)]
struct Carried {
    /// `issued`, `released`, `sooner` or `reminder`.
    notice: &'static str,
    /// When it was first taken up.
    #[schemars(with = "When")]
    began: Timestamp,
    /// By which channel the first receipt came.
    receipt: Option<&'static str>,
    /// When it came.
    #[schemars(with = "Option<When>")]
    received_at: Option<Timestamp>,
    /// When all channels had failed.
    #[schemars(with = "Option<When>")]
    gave_up: Option<Timestamp>,
    /// Tries, a line a channel.
    tries: Vec<Tried>,
}

/// Tries on one channel.
#[derive(JsonSchema, Serialize)]
struct Tried {
    /// Which.
    channel: &'static str,
    /// How often.
    count: u16,
    /// When last.
    #[schemars(with = "When")]
    last: Timestamp,
    /// What came of it; empty where it went well.
    said: String,
}

fn word(notice: u8) -> &'static str {
    match notice {
        0 => "issued",
        1 => "released",
        2 => "sooner",
        _ => "reminder",
    }
}

async fn list(
    State(app): State<App>,
    caller: Caller,
    Named(institution): Named<InstitutionId>,
    Asked(query): Asked<Query>,
) -> Result<Response, Problem> {
    let page = app.ask(move |app| {
        // Only whoever speaks for the institution fetches: what a desk reads is no receipt.
        if !own_institutions(app, &caller).contains(&institution) {
            return Err(Problem::absent());
        }
        let limit = output::limit(query.limit)?;
        let after = query.cursor.as_deref().map(output::place).transpose()?;
        let after = after.map(|place| place.try_into().map_err(|_| output::no_place()));
        let most = u32::try_from(limit).unwrap_or(u32::MAX).saturating_add(1);
        let (desk, now) = (app.desk(), app.now());
        let mut items = inbox::list(desk.store(), institution, after.transpose()?, most, now)?;
        let more = items.len() > limit;
        items.truncate(limit);
        let places: Vec<_> = items.iter().map(inbox::Item::place).collect();
        inbox::fetched(desk, institution, &places, now)?;
        let next = items.last().filter(|_| more).map(|last| output::cursor(&last.place()));
        let items = items.iter().map(|item| Message {
            act: item.act.to_string(),
            notice: word(item.notice),
            drill: item.drill,
            at: item.at,
            fetched_at: item.fetched_at,
        });
        Ok(Page { items: items.collect(), next })
    });
    Ok(output::ok(&page.await?))
}

async fn attempts(
    State(app): State<App>,
    caller: Caller,
    Named((act, institution)): Named<(ActId, InstitutionId)>,
) -> Result<Response, Problem> {
    let all = app.ask(move |app| {
        let (who, now) = (caller.who(), app.now());
        let _ = app.desk().with(who, now, |asking| asking.see_obligation(act, institution))?;
        let found = trail::attempts(app.desk().store(), act, institution, now)?;
        Ok(found.iter().map(Carried::from).collect::<Vec<_>>())
    });
    Ok(output::ok(&all.await?))
}

impl From<&Trail> for Carried {
    fn from(trail: &Trail) -> Self {
        let tries = trail.tries.iter().map(|tries| Tried {
            channel: tries.channel.name(),
            count: tries.count,
            last: tries.last,
            said: tries.said.clone(),
        });
        Self {
            notice: word(trail.notice),
            began: trail.began,
            receipt: trail.receipt.map(|(channel, _)| channel.name()),
            received_at: trail.receipt.map(|(_, at)| at),
            gave_up: trail.gave_up,
            tries: tries.collect(),
        }
    }
}
