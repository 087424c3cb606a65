//! Time lines from the record: what was done about a case, what an institution did, each with the entry that proves it.

use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use bongsu_authority::access::Action;
use bongsu_authority::{ActId, CaseId, InstitutionId, NodeCode, Post, Register, Seat};
use bongsu_response::{Act, By, CaseState};
use bongsu_store::Told;
use http::HeaderMap;
use jiff::Timestamp;
use rustc_hash::{FxHashMap, FxHashSet};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::admission::Class;
use crate::app::App;
use crate::caller::Caller;
use crate::input::{Asked, Named};
use crate::output::{self, Page};
use crate::problem::Problem;
use crate::right::{Right, Scope};
use crate::routes::{Route, schema};
use crate::wire::{Digest, Id, Station, When, Word};

pub(super) const ROUTES: &[Route] = &[
    Route::get(
        (
            "case_timeline",
            "/api/v1/cases/{case}/timeline",
            "Tells what the record says about a case and its acts, the newest first",
        ),
        Right::May(Scope::CaseRead, &[Action::SeeCase]),
        schema::<Page<Line>>,
        || get(case),
    )
    .asking(schema::<Query>)
    .of(Class::Later),
    Route::get(
        (
            "institution_timeline",
            "/api/v1/institutions/{institution}/timeline",
            "Tells what the record says about an institution, the newest first: its own proof for a regulator",
        ),
        Right::May(Scope::ObligationRead, &[Action::SeeBenchmark]),
        schema::<Page<Line>>,
        || get(institution),
    )
    .asking(schema::<Query>)
    .of(Class::Later),
];

/// Which page.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Query {
    /// Where the page before ended.
    #[schemars(length(max = 128))]
    cursor: Option<String>,
}

/// One entry of the record, as the reader may know it.
#[derive(Debug, JsonSchema, Serialize)]
#[schemars(rename = "TimelineEntry")]
struct Line {
    /// The number of the entry in the record.
    entry: u64,
    /// Its leaf hash: with both the entry can be proven.
    #[schemars(with = "Digest")]
    leaf: String,
    /// When.
    #[schemars(with = "When")]
    at: Timestamp,
    /// The kind of event.
    kind: &'static str,
    /// Who did it.
    by: Actor,
    /// About which act.
    #[schemars(with = "Option<Id>")]
    act: Option<String>,
    /// What that is called in Korean.
    title_ko: Option<String>,
    /// And in English.
    title_en: Option<String>,
    /// About which system.
    #[schemars(with = "Option<Id>")]
    system: Option<String>,
    /// The state the case moved to.
    #[schemars(with = "Option<Word<CaseState>>")]
    to: Option<CaseState>,
    /// Why, where it had to be said.
    why: Option<String>,
}

/// Who did something, as far as the reader may know: a seat and a post; the title only where they sit there themselves.
#[derive(Debug, JsonSchema, Serialize)]
#[schemars(rename = "TimelineActor")]
struct Actor {
    /// By rule, by which part of the engine.
    engine: Option<String>,
    /// At which station.
    #[schemars(with = "Option<Station>")]
    station: Option<NodeCode>,
    /// At which institution.
    #[schemars(with = "Option<Id>")]
    institution: Option<String>,
    /// In which post.
    #[schemars(with = "Option<Word<Post>>")]
    post: Option<Post>,
    /// Under which title.
    title: Option<String>,
    /// Was it done with a case code, by somebody who was not signed in?
    by_code: bool,
}

/// What is shown of a case to everybody who sees it; receipts come by the thousand, and are counted elsewhere.
const OF_A_CASE: &[&str] = &[
    "case_opened",
    "case_moved",
    "case_merged",
    "case_split",
    "case_identified",
    "case_triaged",
    "exploitation_set",
    "fix_set",
    "embargo_set",
    "case_labelled",
    "act_signed",
    "act_amended",
    "act_withdrawn",
    "act_completed",
    "act_reclocked",
];

/// What is shown besides to those who work the case.
const INSIDE: &[&str] = &[
    "rejection_proposed",
    "lift_proposed",
    "embargo_kept",
    "member_added",
    "member_removed",
    "case_read",
    "act_drafted",
    "act_reviewed",
    "names_read",
    "names_asked",
    "names_released",
    "names_declined",
    "names_taken",
];

async fn case(
    State(app): State<App>,
    caller: Caller,
    Named(case): Named<CaseId>,
    Asked(query): Asked<Query>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let page = app.ask(move |app| {
        let (who, now, desk) = (caller.who(), app.now(), app.desk());
        let (permit, works) =
            desk.with(who, now, |asking| (asking.see_case(case), asking.work_case(case).is_ok()));
        let permit = permit?;
        let standing = desk.store().case(&permit, case)?;
        let acts = desk.acts_of(who, &standing, now)?;
        let acts: FxHashMap<ActId, Act> = acts.into_iter().map(|act| (act.id, act)).collect();
        let wanted = |kind: &str| OF_A_CASE.contains(&kind) || works && INSIDE.contains(&kind);
        let before = place(query.cursor.as_deref())?;
        let (mut told, next) = desk.store().told_of_case(&permit, case, before, wanted)?;
        // Drafts of another station are not there.
        told.retain(|one| one.act.is_none_or(|act| acts.contains_key(&act)));
        Ok(page(app, &caller, told, (&acts, next)))
    });
    Ok(output::tagged(&headers, &page.await?))
}

async fn institution(
    State(app): State<App>,
    caller: Caller,
    Named(institution): Named<InstitutionId>,
    Asked(query): Asked<Query>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let page = app.ask(move |app| {
        let (who, now, desk) = (caller.who(), app.now(), app.desk());
        let permit = desk.with(who, now, |asking| asking.see_benchmark(institution))?;
        let before = place(query.cursor.as_deref())?;
        let store = desk.store();
        let (mut told, next) = store.told_of_institution(&permit, institution, before, |_| true)?;
        // A provider sees what its customer owes as far as it may see the acts, and of the others nothing at all.
        let (owed, acts) = desk.obligations_of(who, institution, now)?;
        let owed: FxHashSet<ActId> = owed.iter().map(|owed| owed.act).collect();
        told.retain(|one| one.act.is_none_or(|act| owed.contains(&act)));
        Ok(page(app, &caller, told, (&acts, next)))
    });
    Ok(output::tagged(&headers, &page.await?))
}

/// Before which entry the page ends; at the newest, where nobody says.
fn place(cursor: Option<&str>) -> Result<u64, Problem> {
    let Some(cursor) = cursor else { return Ok(u64::MAX) };
    let place = output::place(cursor)?;
    place.try_into().map(u64::from_be_bytes).map_err(|_| output::no_place())
}

fn page(
    app: &App,
    caller: &Caller,
    told: Vec<Told>,
    (acts, next): (&FxHashMap<ActId, Act>, Option<u64>),
) -> Page<Line> {
    let register = app.desk().register();
    let held = register.appointments_of(caller.person).filter(|held| held.holds_at(app.now()));
    let seats: Vec<&Seat> = held.map(|held| &held.seat).collect();
    let entry = |one: Told| {
        let draft = one.act.and_then(|act| acts.get(&act)).map(|act| &act.draft);
        Some(Line {
            title_ko: draft.map(|draft| draft.title_ko.clone()),
            title_en: draft.map(|draft| draft.title_en.clone()),
            entry: one.heading.position,
            leaf: one.heading.hash.to_string(),
            at: one.heading.at,
            kind: one.heading.kind?,
            by: actor(&register, &seats, one.by),
            act: one.act.map(|act| act.to_string()),
            system: one.system.map(|system| system.to_string()),
            to: one.to,
            why: one.why,
        })
    };
    let items = told.into_iter().filter_map(entry).collect();
    Page { items, next: next.map(|position| output::cursor(&position.to_be_bytes())) }
}

fn actor(register: &Register, seats: &[&Seat], by: By) -> Actor {
    let nobody = Actor {
        engine: None,
        station: None,
        institution: None,
        post: None,
        title: None,
        by_code: by.by_code(),
    };
    let appointment = match by {
        By::Engine(engine) => {
            return Actor { engine: Some(format!("{engine:?}").to_lowercase()), ..nobody };
        }
        By::Officer { appointment, .. } => register.appointment(appointment),
    };
    let Some(held) = appointment else { return nobody };
    let title = seats.contains(&&held.seat).then(|| held.title.clone());
    let (station, institution) = match &held.seat {
        Seat::Node(code) => (Some(code.clone()), None),
        Seat::Institution(id) => (None, Some(id.to_string())),
    };
    Actor { station, institution, post: Some(held.post), title, ..nobody }
}
