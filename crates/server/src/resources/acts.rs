//! Acts: what a ministry tells many institutions, from a draft to whoever is late.

mod csaf;
mod csv;
mod draft;
mod follow;
mod lists;
mod order;
mod ordered;
mod reminders;
mod requests;
mod sectors;
mod steps;
mod survival;
mod view;

use axum::extract::State;
use axum::response::Response;
use axum::routing::{get, post, put};
use bongsu_authority::access::Action;
use bongsu_authority::{ActId, CaseId};
use bongsu_response::Act;
use http::HeaderMap;
use schemars::JsonSchema;
use serde::Deserialize;

pub(crate) use self::ordered::Ordered;
use self::view::{Brief, Whole};
use crate::admission::Class;
use crate::app::App;
use crate::caller::Caller;
use crate::input::{Asked, Named};
use crate::output::{self, Page};
use crate::problem::Problem;
use crate::recording::Done;
use crate::right::{Right, Scope};
use crate::routes::{Gives, Route, schema};
use crate::wire::Id;

const SEE: Right = Right::May(Scope::ActRead, &[Action::SeeAct]);
const DRAFT: Right = Right::May(
    Scope::ActWork,
    &[
        Action::DraftAdvisory,
        Action::DraftGuideline,
        Action::DraftActionRequest,
        Action::DraftDirective,
    ],
);
const NAMES: Right = Right::May(Scope::ActRead, &[Action::SeeNames]);

pub(super) const ROUTES: &[Route] = &[
    Route::get(
        ("acts", "/api/v1/acts", "Lists acts that show themselves, drafts and the newest first"),
        SEE,
        schema::<Page<Brief>>,
        || get(list),
    )
    .asking(schema::<Query>)
    .of(Class::Later),
    Route::post(
        ("draft_act", "/api/v1/acts", "Writes the draft of an act"),
        DRAFT,
        (schema::<draft::New>, schema::<Done>),
        || post(draft::new),
    )
    .making(),
    Route::get(("act", "/api/v1/acts/{act}", "Shows an act"), SEE, schema::<Whole>, || get(show)),
    Route::get(
        (
            "act_csaf",
            "/api/v1/acts/{act}/act.csaf.json",
            "Gives an issued act as a CSAF 2.0 document: what it is about and what to do, never who has it",
        ),
        SEE,
        schema::<csaf::Document>,
        || get(csaf::show),
    )
    .of(Class::Later),
    Route::post(
        (
            "edit_act",
            "/api/v1/acts/{act}/draft",
            "Writes a draft anew, or the amendment of an issued act; If-Match keeps edits of others",
        ),
        DRAFT,
        (schema::<draft::Edited>, schema::<Done>),
        || put(draft::edit),
    )
    .put(),
    Route::get(
        (
            "preview_act",
            "/api/v1/acts/{act}/preview",
            "Says whom a draft would address now, in counts, and which clocks it would start",
        ),
        DRAFT,
        schema::<view::Preview>,
        || get(draft::preview),
    )
    .of(Class::Later),
    Route::post(
        (
            "act_step",
            "/api/v1/acts/{act}/steps",
            "Reviews, signs, amends, withdraws or completes an act",
        ),
        Right::May(Scope::ActWork, steps::ACTIONS),
        (schema::<steps::Step>, schema::<Done>),
        || post(steps::step),
    ),
    Route::get(
        ("progress", "/api/v1/acts/{act}/progress", "Counts where an act stands in the caller's scope"),
        NAMES,
        schema::<Page<follow::Standing>>,
        || get(follow::progress),
    ),
    Route::post(
        (
            "late",
            "/api/v1/acts/{act}/late",
            "Names who is late, the riskiest first; that names are read is recorded first",
        ),
        NAMES,
        (schema::<follow::Asked>, schema::<Page<follow::Late>>),
        || post(follow::late),
    )
    .of(Class::Read),
    Route {
        gives: Gives::Text("text/csv"),
        ..Route::post(
            (
                "export",
                "/api/v1/acts/{act}/export.csv",
                "Gives a page of who is late, or of all, as CSV; that names are read is recorded first",
            ),
            NAMES,
            (schema::<follow::Asked>, schema::<String>),
            || post(follow::export),
        )
        .of(Class::Read)
    },
    Route::get(
        (
            "lists",
            "/api/v1/acts/{act}/lists",
            "Lists the long lists of names of a day in the caller's scope: asked for, released or declined, not yet taken",
        ),
        NAMES,
        schema::<Page<lists::Waiting>>,
        || get(lists::list),
    ),
    Route::post(
        (
            "ask_list",
            "/api/v1/acts/{act}/lists",
            "Asks for a list of more than 50 names: a second person agrees before it can be taken",
        ),
        NAMES,
        (schema::<lists::New>, schema::<Done>),
        || post(lists::ask),
    )
    .making(),
    Route::post(
        (
            "release_list",
            "/api/v1/acts/{act}/lists/{list}/release",
            "Agrees to exactly this list of names; never whoever asked for it",
        ),
        NAMES,
        (schema::<lists::Agreed>, schema::<Done>),
        || post(lists::release),
    ),
    Route::post(
        (
            "decline_list",
            "/api/v1/acts/{act}/lists/{list}/decline",
            "Says no to this list of names, and why; never whoever asked for it",
        ),
        NAMES,
        (schema::<lists::No>, schema::<Done>),
        || post(lists::decline),
    ),
    Route {
        gives: Gives::Text("text/csv"),
        ..Route::post(
            (
                "take_list",
                "/api/v1/acts/{act}/lists/{list}/list.csv",
                "Gives whoever asked for it the whole list as CSV, once it is released; each taking is recorded first",
            ),
            NAMES,
            (schema::<lists::Agreed>, schema::<String>),
            || post(lists::take),
        )
        .of(Class::Later)
    },
    Route::post(
        (
            "requests",
            "/api/v1/acts/{act}/requests",
            "Names who asks for more time or to carry the risk; that names are read is recorded first",
        ),
        NAMES,
        (schema::<requests::Asked>, schema::<Page<requests::Request>>),
        || post(requests::requests),
    )
    .of(Class::Read),
    Route::post(
        (
            "remind",
            "/api/v1/acts/{act}/reminders",
            "Reminds institutions in the caller's scope, each at most once in four hours",
        ),
        Right::May(Scope::ActWork, &[Action::SeeNames]),
        (schema::<reminders::New>, schema::<reminders::Reminded>),
        || post(reminders::remind),
    ),
    Route::get(
        (
            "act_sectors",
            "/api/v1/acts/{act}/sectors",
            "Compares sectors in the caller's scope: how far they are, and how many are late",
        ),
        NAMES,
        schema::<Page<sectors::InSector>>,
        || get(sectors::sectors),
    ),
    Route::get(
        (
            "survival",
            "/api/v1/acts/{act}/survival",
            "Draws which share of those affected is still affected, by time; small groups have no curve",
        ),
        Right::May(Scope::PictureRead, &[Action::SeeCounts, Action::SeeNationalPicture]),
        schema::<survival::Curves>,
        || get(survival::survival),
    )
    .asking(schema::<survival::Query>)
    .of(Class::Later),
];

/// Which of them.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Query {
    /// Only about this case.
    #[schemars(with = "Option<Id>")]
    case: Option<CaseId>,
    /// Where the page before ended.
    #[schemars(length(max = 128))]
    cursor: Option<String>,
    /// How many on a page, at most 200.
    #[schemars(range(min = 1, max = 200))]
    limit: Option<u32>,
}

/// Drafts first, then the newest.
fn place(act: &Act) -> [u8; 24] {
    let issued = act.issued_at.map_or(i64::MAX, jiff::Timestamp::as_microsecond);
    let mut place = [0; 24];
    place[..8].copy_from_slice(&(!(issued.cast_unsigned() ^ (1 << 63))).to_be_bytes());
    place[8..].copy_from_slice(&act.id.0);
    place
}

async fn list(
    State(app): State<App>,
    caller: Caller,
    Asked(query): Asked<Query>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let page = app.ask(move |app| {
        let limit = output::limit(query.limit)?;
        let after = query.cursor.as_deref().map(output::place).transpose()?.unwrap_or_default();
        let (who, now) = (caller.who(), app.now());
        let mut acts = Vec::new();
        for case in app.desk().cases(who, now)? {
            if query.case.is_none_or(|only| only == case.id) {
                acts.extend(app.desk().acts_of(who, &case, now)?);
            }
        }
        acts.retain(|act| place(act)[..] > after[..]);
        acts.sort_by_key(place);
        let next = acts.get(limit).map(|_| output::cursor(&place(&acts[limit - 1])));
        let items = acts.iter().take(limit).map(|act| Brief::of(act, caller.person));
        Ok(Page { items: items.collect(), next })
    });
    Ok(output::tagged(&headers, &page.await?))
}

async fn show(
    State(app): State<App>,
    caller: Caller,
    Named(act): Named<ActId>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let whole = app.ask(move |app| whole(app, &caller, act));
    Ok(output::tagged(&headers, &whole.await?))
}

/// An act as it is shown to somebody: its tag guards against lost edits.
fn whole(app: &App, caller: &Caller, act: ActId) -> Result<Whole, Problem> {
    let act = app.desk().act(caller.who(), act, app.now())?;
    let register = app.desk().register();
    let inside = register.appointments_of(caller.person).any(|held| {
        let issuer = &act.draft.issuer;
        let here = |code: &bongsu_authority::NodeCode| code == issuer;
        held.holds_at(app.now())
            && matches!(&held.seat, bongsu_authority::Seat::Node(code) if here(code))
    });
    Ok(Whole::of(&act, inside, caller.person))
}
