//! What institutions owe: their own, and one by one for whoever has jurisdiction.

mod answers;
mod view;

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::response::Response;
use axum::routing::{get, post};
use bongsu_authority::access::Action;
use bongsu_authority::{ActId, InstitutionId};
use bongsu_response::Obligation;
use http::{HeaderMap, StatusCode, Uri, header};
use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::Deserialize;

pub(crate) use self::view::ByWhen;
use self::view::{Owed, Whole};
use crate::app::App;
use crate::caller::Caller;
use crate::input::{Asked, Json, Key, Named};
use crate::live::ears::own_institutions;
use crate::live::kept::Answer;
use crate::output::{self, Page};
use crate::problem::Problem;
use crate::recording::{Asking, Done};
use crate::right::{Right, Scope};
use crate::routes::{Route, schema};
use crate::wire::Id;

pub(super) const ROUTES: &[Route] = &[
    Route::get(
        ("obligations", "/api/v1/obligations", "Lists what the caller's institutions owe"),
        Right::May(Scope::ObligationRead, &[Action::SeeObligation]),
        schema::<Page<Owed>>,
        || get(list),
    )
    .asking(schema::<Query>),
    Route::get(
        ("obligation", "/api/v1/obligations/{act}/{institution}", "Shows one obligation whole"),
        Right::May(Scope::ObligationRead, &[Action::SeeObligation]),
        schema::<Whole>,
        || get(show),
    ),
    Route::post(
        (
            "answer",
            "/api/v1/obligations/{act}/{institution}/answers",
            "Answers an obligation, or does what a desk does about one",
        ),
        Right::May(Scope::ObligationAnswer, answers::ACTIONS),
        (schema::<answers::Said>, schema::<Done>),
        || post(answer),
    ),
];

/// Which of them.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Query {
    /// Of this institution only.
    #[schemars(with = "Option<Id>")]
    institution: Option<InstitutionId>,
    /// Only what is not settled.
    #[serde(default)]
    open: bool,
    /// Where the page before ended.
    #[schemars(length(max = 128))]
    cursor: Option<String>,
    /// How many on a page, at most 200.
    #[schemars(range(min = 1, max = 200))]
    limit: Option<u32>,
}

/// A poll: most of the time nothing has changed, and that is answered from memory.
async fn list(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Problem> {
    let asked = uri.query().unwrap_or_default();
    let live = app.live();
    if let Some(answer) = live.kept.find(caller.person, asked, &live.revisions, app.now()) {
        return Ok(said(&headers, &answer));
    }
    let Asked(query) = Asked::<Query>::of(&uri)?;
    let asked = asked.to_owned();
    let answer = app.ask(move |app| read(app, &caller, &query, &asked)).await?;
    Ok(said(&headers, &answer))
}

fn said(headers: &HeaderMap, answer: &Answer) -> Response {
    if output::has(headers, &answer.tag) {
        return output::unchanged(&answer.tag);
    }
    let mut response = output::json(StatusCode::OK, answer.body.clone());
    response.headers_mut().insert(header::ETAG, answer.tag.clone());
    response
}

/// Questions of more characters than this are answered and not kept.
const LONGEST_KEPT: usize = 200;

fn read(app: &App, caller: &Caller, query: &Query, asked: &str) -> Result<Arc<Answer>, Problem> {
    let now = app.now();
    let limit = output::limit(query.limit)?;
    let after = query.cursor.as_deref().map(output::place).transpose()?;
    let mut own = own_institutions(app, caller);
    if let Some(only) = query.institution {
        own.retain(|one| *one == only);
    }
    let stand = app.live().revisions.stand(&own);
    let mut items: Vec<(Place, Owed)> = Vec::new();
    for institution in &own {
        let (owed, acts) = app.desk().obligations_of(caller.who(), *institution, now)?;
        let wanted = owed.iter().filter(|owed| !query.open || !owed.settled());
        let name = app.desk().register().institution(*institution);
        let shown = |owed: &Obligation| Owed::of(owed, acts.get(&owed.act), name.as_ref());
        items.extend(wanted.map(|owed| (place(owed), shown(owed))));
    }
    items.sort_by_key(|(place, _)| *place);
    let from = after.map_or(0, |after| items.partition_point(|(place, _)| place[..] <= after[..]));
    let next = items.get(from + limit).map(|_| output::cursor(&items[from + limit - 1].0));
    let items = items.into_iter().skip(from).take(limit).map(|(_, owed)| owed).collect();
    let body = serde_json::to_vec(&Page { items, next }).expect("what is shown has text keys");
    let answer = Arc::new(Answer {
        stand,
        until: rights_until(app, caller, now),
        tag: output::tag(&body),
        body: Bytes::from(body),
    });
    if asked.len() <= LONGEST_KEPT {
        app.live().kept.keep(caller.person, asked, Arc::clone(&answer));
    }
    Ok(answer)
}

/// Where an obligation stands in the list: open before settled, then by what is due first.
type Place = [u8; 41];

fn place(owed: &Obligation) -> Place {
    let due =
        bongsu_response::escalation::current(owed).map_or(i64::MAX, |it| it.due.as_microsecond());
    let mut place = [0; 41];
    place[0] = u8::from(owed.settled());
    // The order of bytes is the order of numbers once the sign is turned.
    place[1..9].copy_from_slice(&(due.cast_unsigned() ^ (1 << 63)).to_be_bytes());
    place[9..25].copy_from_slice(&owed.act.0);
    place[25..].copy_from_slice(&owed.institution.0);
    place
}

/// For how long an answer is kept when nothing is recorded.
const KEPT: SignedDuration = SignedDuration::from_mins(5);

/// The first instant at which a post or a delegation of somebody begins or ends.
fn rights_until(app: &App, caller: &Caller, now: Timestamp) -> Timestamp {
    let register = app.desk().register();
    let posts = register.appointments_of(caller.person);
    let mut turns: Vec<Timestamp> = vec![now + KEPT];
    for held in posts {
        turns.push(held.from);
        turns.extend(held.until);
        if let bongsu_authority::Seat::Institution(provider) = held.seat {
            turns.extend(register.customers_of(provider, now).map(|signed| signed.until));
        }
    }
    turns.into_iter().filter(|turn| *turn > now).min().unwrap_or(now)
}

async fn show(
    State(app): State<App>,
    caller: Caller,
    Named((act, institution)): Named<(ActId, InstitutionId)>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let whole = app.ask(move |app| {
        let (who, now) = (caller.who(), app.now());
        let owed = app.desk().obligation(who, (act, institution), now)?;
        let act = app.desk().act(who, act, now).ok();
        let case = act.as_ref().and_then(|act| app.desk().case(who, act.case, now).ok());
        let name = app.desk().register().institution(institution);
        Ok(Whole::of(&owed, (act.as_ref(), case), name.as_ref(), caller.person))
    });
    Ok(output::tagged(&headers, &whole.await?))
}

async fn answer(
    State(app): State<App>,
    caller: Caller,
    Named((act, institution)): Named<(ActId, InstitutionId)>,
    key: Key,
    Json(said): Json<answers::Said>,
) -> Result<Response, Problem> {
    let asking = Asking::new(&app, caller, &key, &format!("answer {act} {institution}"));
    let wish = bongsu_response::Wish::Obligation { act, institution, wish: said.into() };
    let receipt = asking.record(&app, wish).await?;
    Ok(Done::of(None, &receipt).ok())
}
