//! Feeds, for whoever runs the node: how each does, what it had to set aside, and one more look now.

use axum::extract::State;
use axum::response::Response;
use axum::routing::{get, post};
use bongsu_authority::access::Action;
use bongsu_relay::feeds::{Held, Lookout, Watched};
use http::{HeaderMap, StatusCode};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::caller::Caller;
use crate::input::{Asked, Named};
use crate::output::{self, Page};
use crate::problem::{Because, Problem};
use crate::right::{Right, Scope};
use crate::routes::{Gives, Route, Takes, schema};
use crate::wire::When;

const OPERATE: Right = Right::May(Scope::Operate, &[Action::OperatePlatform]);

pub(super) const ROUTES: &[Route] = &[
    Route::get(
        ("feeds", "/api/v1/feeds", "Lists the feeds of this node and how each does"),
        OPERATE,
        schema::<Page<Feed>>,
        || get(list),
    ),
    Route::get(
        (
            "feed_quarantine",
            "/api/v1/feeds/{feed}/quarantine",
            "Lists what a feed had to set aside, with the reason",
        ),
        OPERATE,
        schema::<Page<Aside>>,
        || get(quarantine),
    )
    .asking(schema::<Query>),
    Route {
        gives: Gives::Nothing(204),
        takes: Takes::Nothing,
        ..Route::post(
            ("feed_retry", "/api/v1/feeds/{feed}/retry", "Has a feed looked at now, not later"),
            OPERATE,
            (schema::<()>, schema::<()>),
            || post(retry),
        )
    },
];

/// A feed.
#[derive(Debug, JsonSchema, Serialize)]
struct Feed {
    /// Its name.
    name: String,
    /// `osv`, `cve`, `kev`, `epss`, `csaf` or `folder`.
    kind: &'static str,
    /// Where it is.
    place: String,
    /// How often it is looked at, in seconds.
    every_seconds: u64,
    /// When it was last looked at.
    #[schemars(with = "Option<When>")]
    last_tried: Option<Timestamp>,
    /// When that last brought all there is.
    #[schemars(with = "Option<When>")]
    last_success: Option<Timestamp>,
    /// When it last said something new.
    #[schemars(with = "Option<When>")]
    last_changed: Option<Timestamp>,
    /// When it is looked at next; nothing while it is.
    #[schemars(with = "Option<When>")]
    next: Option<Timestamp>,
    /// Rounds in a row that failed.
    failures: u32,
    /// Why the last one did, and what to do.
    error: Option<String>,
    /// The same as a stable word with its facts.
    cause: Option<Because>,
    /// Documents that stand.
    documents: u64,
    /// Advisories, rows, forecasts and statements in them.
    entries: u64,
    /// Documents and entries that are set aside.
    quarantined: u64,
    /// Documents whose signature nobody verified.
    unverified: u64,
    /// How far it has come, in its own words.
    position: Option<String>,
}

impl From<Watched> for Feed {
    fn from(feed: Watched) -> Self {
        let health = feed.health;
        Self {
            name: health.name,
            kind: feed.kind.word(),
            place: feed.place,
            every_seconds: feed.every.as_secs(),
            last_tried: health.last_tried,
            last_success: health.last_success,
            last_changed: health.last_changed,
            next: feed.next,
            failures: health.failures,
            error: health.error,
            cause: health.cause.map(Because::kept),
            documents: health.documents,
            entries: health.entries,
            quarantined: health.quarantined,
            unverified: health.unverified,
            position: health.position,
        }
    }
}

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

/// Something that is set aside.
#[derive(Debug, JsonSchema, Serialize)]
#[schemars(rename = "SetAside")]
struct Aside {
    /// Which file of the feed.
    file: String,
    /// Where in it.
    place: String,
    /// Why it could not be read.
    reason: String,
    /// The same as a stable word with its facts.
    cause: Option<Because>,
    /// Since when.
    #[schemars(with = "When")]
    since: Timestamp,
    /// How often it was tried.
    attempts: u32,
    /// SHA-256 of the document; empty where no document could be told apart.
    digest: String,
}

impl From<Held> for Aside {
    fn from(held: Held) -> Self {
        let Held { feed: _, file, place, reason, cause, digest, attempts, since, reader: _ } = held;
        let cause = cause.map(Because::kept);
        Self { file, place, reason, cause, since, attempts, digest }
    }
}

/// Rights first; then the feeds, where this node has any.
fn lookout<'a>(app: &'a App, caller: &Caller) -> Result<Option<&'a Lookout>, Problem> {
    let _ = app.desk().with(caller.who(), app.now(), |asking| asking.operate())?;
    Ok(app.feeds())
}

async fn list(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let page = app.ask(move |app| {
        let feeds = match lookout(app, &caller)? {
            Some(lookout) => lookout.feeds(app.now())?,
            None => Vec::new(),
        };
        Ok(Page { items: feeds.into_iter().map(Feed::from).collect(), next: None })
    });
    Ok(output::tagged(&headers, &page.await?))
}

async fn quarantine(
    State(app): State<App>,
    caller: Caller,
    Named(feed): Named<String>,
    Asked(query): Asked<Query>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let page = app.ask(move |app| {
        let lookout = lookout(app, &caller)?.ok_or_else(Problem::absent)?;
        let limit = output::limit(query.limit)?;
        let after = query.cursor.as_deref().map(output::place).transpose()?.unwrap_or_default();
        let most = u32::try_from(limit).unwrap_or(u32::MAX).saturating_add(1);
        let held = lookout.quarantine(&feed, &after, most, app.now())?;
        let mut held = held.ok_or_else(Problem::absent)?;
        let more = held.len() > limit;
        held.truncate(limit);
        let next = held.last().filter(|_| more).map(|(place, _)| output::cursor(place));
        Ok(Page { items: held.into_iter().map(|(_, held)| Aside::from(held)).collect(), next })
    });
    Ok(output::tagged(&headers, &page.await?))
}

async fn retry(
    State(app): State<App>,
    caller: Caller,
    Named(feed): Named<String>,
) -> Result<StatusCode, Problem> {
    app.ask(move |app| {
        let known = lookout(app, &caller)?.is_some_and(|lookout| lookout.retry(&feed));
        if known { Ok(StatusCode::NO_CONTENT) } else { Err(Problem::absent()) }
    })
    .await
}
