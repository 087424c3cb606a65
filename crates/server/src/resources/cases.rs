//! Cases: one flaw, one subject of work.

mod opening;
mod steps;
mod view;

use axum::extract::State;
use axum::response::Response;
use axum::routing::{get, post};
use bongsu_authority::CaseId;
use bongsu_authority::access::Action;
use bongsu_desk::campaign;
use bongsu_response::picture::{By, Picture, Record};
use bongsu_response::{Case, CaseState, Exposure, Status, Wish};
use http::HeaderMap;
use schemars::JsonSchema;
use serde::Deserialize;

use self::view::{Brief, Counts, Exposed, OfSize, Whole};
use crate::admission::Class;
use crate::app::App;
use crate::caller::Caller;
use crate::input::{Asked, Json, Key, Named};
use crate::output::{self, Page};
use crate::problem::Problem;
use crate::recording::{Asking, Done};
use crate::resources::nation::rule_of;
use crate::right::{Right, Scope};
use crate::routes::{Route, schema};
use crate::wire::Identifier;

const SEE: Right = Right::May(Scope::CaseRead, &[Action::SeeCase]);

pub(super) const ROUTES: &[Route] = &[
    Route::get(
        ("cases", "/api/v1/cases", "Lists cases that show themselves, the newest first"),
        SEE,
        schema::<Page<Brief>>,
        || get(list),
    )
    .asking(schema::<Query>)
    .of(Class::Later),
    Route::post(
        ("open_case", "/api/v1/cases", "Opens a case, from what the library knows or by hand"),
        Right::May(Scope::CaseWork, &[Action::OpenCase]),
        (schema::<opening::Opened>, schema::<Done>),
        || post(opening::open),
    )
    .making(),
    Route::get(
        ("case", "/api/v1/cases/{case}", "Shows a case, and which rows of the tables decided"),
        SEE,
        schema::<Whole>,
        || get(show),
    ),
    Route::post(
        ("case_step", "/api/v1/cases/{case}/steps", "Takes a step with a case"),
        Right::May(Scope::CaseWork, steps::ACTIONS),
        (schema::<steps::Step>, schema::<Done>),
        || post(step),
    ),
    Route::get(
        (
            "case_exposure",
            "/api/v1/cases/{case}/exposure",
            "Counts who is affected, by domain and competent ministry, and by size, small groups hidden",
        ),
        Right::May(Scope::PictureRead, &[Action::SeeCounts, Action::SeeNationalPicture]),
        schema::<Exposed>,
        || get(exposure),
    )
    .of(Class::Later),
];

/// Which of them.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Query {
    /// Only with this identifier.
    identifier: Option<Identifier>,
    /// Only what is not over.
    #[serde(default)]
    open: bool,
    /// Where the page before ended.
    #[schemars(length(max = 128))]
    cursor: Option<String>,
    /// How many on a page, at most 200.
    #[schemars(range(min = 1, max = 200))]
    limit: Option<u32>,
}

/// Is nothing to be done about it any more?
fn is_over(case: &Case) -> bool {
    matches!(case.state, CaseState::Merged | CaseState::Rejected | CaseState::Closed)
}

/// The newest first.
fn place(case: &Case) -> [u8; 24] {
    let mut place = [0; 24];
    let opened = !(case.opened_at.as_microsecond().cast_unsigned() ^ (1 << 63));
    place[..8].copy_from_slice(&opened.to_be_bytes());
    place[8..].copy_from_slice(&case.id.0);
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
        let mut cases = app.desk().cases(caller.who(), app.now())?;
        cases.retain(|case| {
            let named =
                query.identifier.as_ref().is_none_or(|name| case.identifiers.contains(&name.0));
            named && !(query.open && is_over(case)) && place(case)[..] > after[..]
        });
        cases.sort_by_key(place);
        let next = cases.get(limit).map(|_| output::cursor(&place(&cases[limit - 1])));
        let items = app.desk().with(caller.who(), app.now(), |asking| {
            let brief = |case| Brief::of(case, steps::second(&asking, case));
            cases.iter().take(limit).map(brief).collect()
        });
        Ok(Page { items, next })
    });
    Ok(output::tagged(&headers, &page.await?))
}

async fn show(
    State(app): State<App>,
    caller: Caller,
    Named(case): Named<CaseId>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let whole = app.ask(move |app| {
        let (who, now) = (caller.who(), app.now());
        let case = app.desk().case(who, case, now)?;
        let acts = app.desk().acts_of(who, &case, now)?;
        let steps = app
            .desk()
            .with(who, now, |asking| (steps::open(&asking, &case), steps::second(&asking, &case)));
        let register = app.desk().register();
        let title = |person| {
            let mut held = register.appointments_of(person).filter(|held| held.holds_at(now));
            held.next().map(|held| held.title.clone())
        };
        Ok(Whole::of(&case, &acts, steps, now, title))
    });
    Ok(output::tagged(&headers, &whole.await?))
}

async fn step(
    State(app): State<App>,
    caller: Caller,
    Named(case): Named<CaseId>,
    key: Key,
    Json(step): Json<steps::Step>,
) -> Result<Response, Problem> {
    let asking = Asking::new(&app, caller, &key, &format!("case {case}"));
    let wish = Wish::Case { case, wish: step.wish()? };
    let receipt = asking.record(&app, wish).await?;
    Ok(Done::of(Some(case.to_string()), &receipt).ok())
}

/// One breakdown for everybody, the one that pictures have: two different ones could be subtracted from each other.
async fn exposure(
    State(app): State<App>,
    caller: Caller,
    Named(case): Named<CaseId>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let counts = app.ask(move |app| {
        let (who, now, desk) = (caller.who(), app.now(), app.desk());
        let case = desk.case(who, case, now)?;
        let permit = desk.with(who, now, |asking| asking.see_picture())?;
        let rule = rule_of(&permit);
        let matching = app.matching()?;
        let known = (matching.known)();
        let found = campaign::exposures(desk, &matching.holdings, known.knowledge(), &case)
            .map_err(Problem::from)?;
        let mut oldest = rustc_hash::FxHashMap::default();
        for (_, inventory) in desk.store().systems()? {
            let made = oldest.entry(inventory.institution).or_insert(inventory.as_of);
            *made = inventory.as_of.min(*made);
        }
        let register = desk.register();
        let one = |institution: bongsu_authority::Institution| {
            let found = found.get(&institution.id).copied().unwrap_or_default();
            let made = oldest.get(&institution.id).copied();
            let exposure = bongsu_desk::audience::exposure(found, made, now);
            let domain = institution.domain();
            let lead = || bongsu_authority::NodeCode::lead(domain);
            Record {
                domain,
                sector: institution.competent.first().cloned().unwrap_or_else(lead),
                province: institution.province,
                size: institution.size,
                status: standing(exposure),
                exposure,
                count: 1,
            }
        };
        let all = register.institutions().filter_map(|id| register.institution(id)).map(one);
        let all: Vec<Record> = all.collect();
        let picture = Picture::draw(all.iter().cloned(), [By::Sector], rule);
        let sizes = picture.sizes(&all, rule).into_iter();
        Ok(Exposed {
            items: picture.rows().iter().map(Counts::of).collect(),
            sizes: sizes.map(|(size, cells)| OfSize::of(size, cells)).collect(),
        })
    });
    Ok(output::tagged(&headers, &counts.await?))
}

/// The column of the picture in which an exposure is counted: what is not known is never counted as safe.
fn standing(exposure: Exposure) -> Status {
    match exposure {
        Exposure::Exposed | Exposure::Inside => Status::Affected,
        Exposure::CannotTell => Status::Unknown,
        Exposure::NoInventory => Status::Created,
        Exposure::NotAffected => Status::NotAffected,
    }
}
