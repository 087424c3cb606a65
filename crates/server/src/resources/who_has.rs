//! Who has it: counts for whoever may see counts, names under an act for whoever may read its names.

mod asked;

use std::time::Instant;

use axum::extract::State;
use axum::response::Response;
use axum::routing::{get, post};
use bongsu_authority::access::{Action, ROWS_ALONE, Scope as NameScope};
use bongsu_authority::{ActId, Domain, Institution, InstitutionId, NodeCode};
use bongsu_desk::exposure::{Exposures, Found};
use bongsu_desk::{Who, audience, campaign, exposure};
use bongsu_response::picture::{By, Picture, Record, Row, Rule, Shown, Standing};
use bongsu_response::{ActWish, Exposure, Status, Wish};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use self::asked::Asking;
use crate::admission::Class;
use crate::app::App;
use crate::caller::Caller;
use crate::input::{Asked, Json};
use crate::output::{self, Page};
use crate::problem::{Own, Problem};
use crate::resources::picture::Count;
use crate::right::{Right, Scope};
use crate::routes::{Route, schema};
use crate::wire::{Id, Line, Station, Word};

pub(super) const ROUTES: &[Route] = &[
    Route::get(
        (
            "who_has",
            "/api/v1/who-has",
            "Counts who has a flaw, package or product, by domain and competent ministry, small groups hidden",
        ),
        Right::May(Scope::PictureRead, &[Action::SeeCounts, Action::SeeNationalPicture]),
        schema::<Has>,
        || get(counts),
    )
    .asking(schema::<asked::Query>)
    .of(Class::Later),
    Route::post(
        (
            "who_has_names",
            "/api/v1/who-has/names",
            "Names who has the flaw that an issued act is about; that names are read is recorded first",
        ),
        Right::May(Scope::ActRead, &[Action::SeeNames]),
        (schema::<Naming>, schema::<Page<Named>>),
        || post(names),
    )
    .of(Class::Read),
];

/// Who has it, in counts.
#[derive(Debug, JsonSchema, Serialize)]
#[schemars(rename = "WhoHas")]
struct Has {
    /// What was asked for: `flaw`, `package` or `product`.
    kind: &'static str,
    /// Its name as it was understood.
    name: String,
    /// Which versions, in words; nothing for a flaw, whose advisories say which.
    versions: Option<String>,
    /// By domain and competent ministry. Where versions were asked for, counts are rounded down to five: two questions with
    /// other versions must not be subtracted from each other.
    rows: Vec<Group>,
    /// How long it took to know, in microseconds.
    took_us: u64,
}

/// Institutions of one ministry, or small groups together.
#[derive(Debug, JsonSchema, Serialize)]
#[schemars(rename = "WhoHasCounts")]
struct Group {
    /// Of which domain.
    #[schemars(with = "Word<Domain>")]
    domain: Domain,
    /// Of which competent ministry; nothing where small groups stand together.
    #[schemars(with = "Option<Station>")]
    sector: Option<NodeCode>,
    /// They have it.
    has: Count,
    /// It cannot be told from their inventories.
    cannot_tell: Count,
    /// No inventory, or a stale one: nothing is known of them.
    no_inventory: Count,
    /// They do not have it.
    has_not: Count,
    /// Institutions in all.
    institutions: Count,
}

impl Group {
    fn of(row: &Row, step: u64) -> Self {
        let count = |shown: Shown| Count::from(shown).by(step);
        let cell = |standing: Standing| count(row.cells[standing as usize]);
        Self {
            domain: row.group.domain,
            sector: row.group.sector.clone(),
            has: cell(Standing::Open),
            cannot_tell: cell(Standing::Unknown),
            no_inventory: cell(Standing::Silent),
            has_not: cell(Standing::NotAffected),
            institutions: count(row.total),
        }
    }
}

async fn counts(
    State(app): State<App>,
    caller: Caller,
    Asked(query): Asked<asked::Query>,
) -> Result<Response, Problem> {
    let has = app.ask(move |app| {
        let (who, now, desk) = (caller.who(), app.now(), app.desk());
        let permit = desk.with(who, now, |asking| asking.see_picture())?;
        let rule = match permit.action() {
            Action::SeeNationalPicture => Rule::APEX,
            _ => Rule::OTHER_SECTORS,
        };
        let begun = Instant::now();
        let asking = Asking::read(&query)?;
        let found = ask(app, &asking)?;
        let systems = app.roll().systems(desk)?;
        let register = desk.register();
        let record = |one: Institution| {
            let of = found.get(&one.id).copied().unwrap_or_default();
            let exposure = audience::exposure(of, systems.oldest.get(&one.id).copied(), now);
            record(&one, exposure)
        };
        let all = register.institutions().filter_map(|id| register.institution(id)).map(record);
        let picture = Picture::draw(all, [By::Sector], rule);
        let rows = picture.rows().iter();
        let rows = rows.map(|row| Group::of(row, rule.cell_at_least())).collect();
        let took_us = u64::try_from(begun.elapsed().as_micros()).unwrap_or(u64::MAX);
        let (kind, name, versions) = asking.said();
        Ok(Has { kind, name, versions, rows, took_us })
    });
    Ok(output::ok(&has.await?))
}

/// Asks the index, which has every system that the record has.
fn ask(app: &App, asking: &Asking) -> Result<Exposures, Problem> {
    let matching = app.matching()?;
    let known = (matching.known)();
    let systems = app.roll().systems(app.desk())?;
    let snapshot = matching.holdings.snapshot();
    let (held, count) = (snapshot.size().systems, systems.count);
    if held < count {
        return Err(campaign::Unaddressed::Behind { held, systems: count }.into());
    }
    let questions = asking.questions(known.knowledge())?;
    let found = exposure::who_runs(&snapshot, &questions, &systems.facing);
    found.map_err(|error| campaign::Unaddressed::from(exposure::ExposureError::from(error)).into())
}

/// One institution as a row of the picture: what is not known is never counted as safe.
fn record(one: &Institution, exposure: Exposure) -> Record {
    let domain = one.domain();
    let status = match exposure {
        Exposure::Exposed | Exposure::Inside => Status::Affected,
        Exposure::CannotTell => Status::Unknown,
        Exposure::NoInventory => Status::Created,
        Exposure::NotAffected => Status::NotAffected,
    };
    Record {
        domain,
        sector: one.competent.first().cloned().unwrap_or_else(|| NodeCode::lead(domain)),
        province: one.province,
        size: one.size,
        status,
        exposure,
        count: 1,
    }
}

/// Under which act, and how many.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "WhoHasNaming", example = serde_json::json!({
    "act": "00000000000000000000000000", "limit": 50, "why": "who must be helped first",
}))]
struct Naming {
    /// The issued act: its names are read, of the institutions under the caller's station.
    #[schemars(with = "Id")]
    act: ActId,
    /// How many names, at most 50: one person reads no more at once.
    #[schemars(range(min = 1, max = 50))]
    limit: u32,
    /// Where the page before ended.
    #[schemars(length(max = 128))]
    cursor: Option<String>,
    /// What for; it goes into the record.
    why: Line,
}

/// An institution that has it, or may have it.
#[derive(Debug, JsonSchema, Serialize)]
#[schemars(rename = "WhoHasName")]
struct Named {
    /// Which.
    #[schemars(with = "Id")]
    institution: String,
    /// Its Korean name.
    name_ko: String,
    /// Its English name.
    name_en: String,
    /// Systems that have it.
    systems: u32,
    /// Of them: facing the internet.
    exposed: u32,
    /// Systems about which it cannot be told.
    cannot_tell: u32,
}

async fn names(
    State(app): State<App>,
    caller: Caller,
    Json(naming): Json<Naming>,
) -> Result<Response, Problem> {
    if !(1..=ROWS_ALONE).contains(&naming.limit) {
        return Err(Problem::unfit(
            Own::Limit.with("most", ROWS_ALONE),
            format!("`limit` is 1 to {ROWS_ALONE}: one person reads no more names at once"),
        ));
    }
    let after = match &naming.cursor {
        None => [0; 16],
        Some(cursor) => output::place(cursor)?.try_into().map_err(|_| output::no_place())?,
    };
    let page = app.ask(move |app| named(app, caller.who(), naming, InstitutionId(after)));
    Ok(output::ok(&page.await?))
}

fn named(
    app: &App,
    who: Who,
    Naming { act, limit, why, .. }: Naming,
    after: InstitutionId,
) -> Result<Page<Named>, Problem> {
    let (now, desk) = (app.now(), app.desk());
    let scope = campaign::scope(desk, who, now).ok_or_else(Problem::absent)?;
    let _ = desk.with(who, now, |asking| asking.see_names(act, &scope, limit))?;
    let case = desk.act(who, act, now)?.case;
    let case = desk.case(who, case, now)?;
    let found = ask(app, &Asking::Flaws(campaign::names(&case)))?;
    // That names are read is recorded before they are shown.
    desk.record(who, Wish::Act { act, wish: ActWish::ReadNames { rows: limit, why: why.0 } }, now)?;
    let register = desk.register();
    let mut these: Vec<(InstitutionId, Found)> =
        found.into_iter().filter(|(id, of)| *id > after && of.affected + of.open > 0).collect();
    these.sort_unstable_by_key(|(id, _)| *id);
    let in_scope = these.into_iter().filter_map(|(id, of)| {
        let one = register.institution(id).filter(|one| is_within(&scope, one))?;
        Some((one, of))
    });
    let mut shown: Vec<(Institution, Found)> = in_scope.take(limit as usize + 1).collect();
    let more = shown.len() > limit as usize;
    shown.truncate(limit as usize);
    let next = shown.last().filter(|_| more).map(|(last, _)| output::cursor(&last.id.0));
    let items = shown.into_iter().map(|(one, of)| Named {
        institution: one.id.to_string(),
        name_ko: one.name_ko,
        name_en: one.name_en,
        systems: of.affected,
        exposed: of.exposed,
        cannot_tell: of.open,
    });
    Ok(Page { items: items.collect(), next })
}

/// Is an institution in a scope? The military is in its own domain only, as in every list of names.
fn is_within(scope: &NameScope, one: &Institution) -> bool {
    let civil = one.domain() != Domain::Military;
    match scope {
        NameScope::Domain(domain) => one.domain() == *domain,
        NameScope::Sector(sector) => civil && one.competent.contains(sector),
        NameScope::Relay(relay) => civil && one.relay.as_ref() == Some(relay),
        NameScope::Institution(only) => one.id == *only,
    }
}
