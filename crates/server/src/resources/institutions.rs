//! The register: institutions, and who is accountable at each.

use std::collections::BTreeSet;

use axum::extract::State;
use axum::response::Response;
use axum::routing::{get, post, put};
use bongsu_authority::access::Action;
use bongsu_authority::{
    Appointment, Domain, Institution, InstitutionId, Mark, NodeCode, Ownership, Post, Register,
    Size,
};
use bongsu_response::Wish;
use http::HeaderMap;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::caller::Caller;
use crate::input::{Asked, Json, Key, Named, Seen};
use crate::output::{self, Page};
use crate::problem::{Own, Problem};
use crate::recording::{Asking, Done};
use crate::right::{Right, Scope};
use crate::routes::{Route, schema};
use crate::wire::{Distinct, Id, Line, Station, Word, distinct};

const SEE: Right = Right::May(Scope::RegisterRead, &[Action::SeeBenchmark, Action::Enrol]);
const ENROL: Right = Right::May(Scope::RegisterWrite, &[Action::Enrol]);

pub(super) const ROUTES: &[Route] = &[
    Route::get(
        ("institutions", "/api/v1/institutions", "Lists institutions in the caller's scope"),
        SEE,
        schema::<Page<Recorded>>,
        || get(list),
    )
    .asking(schema::<Query>),
    Route::get(
        ("institution", "/api/v1/institutions/{institution}", "Shows the record of an institution"),
        SEE,
        schema::<Recorded>,
        || get(show),
    ),
    Route::post(
        ("enrol", "/api/v1/institutions", "Enters an institution"),
        ENROL,
        (schema::<Entered>, schema::<Done>),
        || post(enrol),
    )
    .making(),
    Route::post(
        (
            "enrol_again",
            "/api/v1/institutions/{institution}",
            "Replaces the record of an institution",
        ),
        ENROL,
        (schema::<Entered>, schema::<Done>),
        || put(enrol_again),
    )
    .put(),
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

/// An institution as the register has it.
#[derive(Debug, JsonSchema, Serialize)]
#[schemars(rename = "Institution")]
struct Recorded {
    /// Its id.
    #[schemars(with = "Id")]
    id: String,
    /// Korean name.
    name_ko: String,
    /// English name.
    name_en: String,
    /// Who owns it.
    #[schemars(with = "Word<Ownership>")]
    ownership: Ownership,
    /// The domain that follows.
    #[schemars(with = "Word<Domain>")]
    domain: Domain,
    /// Competent ministries.
    #[schemars(with = "Vec<Station>")]
    competent: BTreeSet<NodeCode>,
    /// The relay that serves it.
    #[schemars(with = "Option<Station>")]
    relay: Option<NodeCode>,
    /// How large it is.
    #[schemars(with = "Word<Size>")]
    size: Size,
    /// Province, 1 to 17; 0 where not stated.
    province: u8,
    /// Labels.
    #[schemars(with = "Vec<Word<Mark>>")]
    marks: BTreeSet<Mark>,
    /// Its lead ministry now.
    #[schemars(with = "Option<Station>")]
    lead: Option<NodeCode>,
    /// Its coordinating body now.
    #[schemars(with = "Option<Station>")]
    coord: Option<NodeCode>,
    /// Who is accountable now; nothing is a vacancy.
    accountable: Option<Accountable>,
}

/// Who answers for an institution.
#[derive(Debug, JsonSchema, Serialize)]
struct Accountable {
    /// The appointment, by id.
    #[schemars(with = "Id")]
    appointment: String,
    /// How the officer is spoken of.
    title: String,
    /// In which post.
    #[schemars(with = "Word<Post>")]
    post: Post,
}

impl From<&Appointment> for Accountable {
    fn from(held: &Appointment) -> Self {
        Self { appointment: held.id.to_string(), title: held.title.clone(), post: held.post }
    }
}

impl Recorded {
    fn of(register: &Register, one: Institution, now: Timestamp) -> Self {
        let jurisdiction = register.jurisdiction(one.id, now);
        let (lead, coord) = jurisdiction.map(|it| (it.lead, it.coord)).unzip();
        Self {
            id: one.id.to_string(),
            domain: one.domain(),
            accountable: register.accountable(one.id, now).map(Accountable::from),
            name_ko: one.name_ko,
            name_en: one.name_en,
            ownership: one.ownership,
            competent: one.competent,
            relay: one.relay,
            size: one.size,
            province: one.province,
            marks: one.marks,
            lead,
            coord,
        }
    }
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
        let (register, now) = (app.desk().register(), app.now());
        let mut ids: Vec<InstitutionId> = register.institutions().collect();
        ids.sort_unstable();
        let mut shown = Vec::new();
        for id in ids.into_iter().filter(|id| id.0[..] > after[..]) {
            let seen = app.desk().with(caller.who(), now, |asking| asking.see_institution(id));
            if seen.is_ok() {
                shown.push(id);
            }
            if shown.len() > limit {
                break;
            }
        }
        let next = (shown.len() > limit).then(|| output::cursor(&shown[limit - 1].0));
        shown.truncate(limit);
        let records = shown.into_iter().filter_map(|id| register.institution(id));
        let items = records.map(|one| Recorded::of(&register, one, now)).collect();
        Ok(Page { items, next })
    });
    Ok(output::tagged(&headers, &page.await?))
}

async fn show(
    State(app): State<App>,
    caller: Caller,
    Named(institution): Named<InstitutionId>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let record = app.ask(move |app| {
        let (register, now) = (app.desk().register(), app.now());
        let _ = app.desk().with(caller.who(), now, |asking| asking.see_institution(institution))?;
        let one = register.institution(institution).ok_or_else(Problem::absent)?;
        Ok(Recorded::of(&register, one, now))
    });
    Ok(output::tagged(&headers, &record.await?))
}

/// An institution as it is entered.
#[derive(Clone, Debug, Deserialize, JsonSchema, Serialize)]
#[serde(deny_unknown_fields)]
#[schemars(example = example())]
struct Entered {
    /// Korean name.
    name_ko: Line,
    /// English name.
    name_en: Line,
    /// Who owns it; this alone decides its domain.
    #[schemars(with = "Word<Ownership>")]
    ownership: Ownership,
    /// Competent ministries.
    #[serde(default, deserialize_with = "distinct::<_, _, 8>")]
    #[schemars(with = "Distinct<Station, 8>")]
    competent: BTreeSet<NodeCode>,
    /// The relay that serves it.
    #[schemars(with = "Option<Station>")]
    relay: Option<NodeCode>,
    /// How large it is.
    #[schemars(with = "Word<Size>")]
    size: Size,
    /// Province, 1 to 17; 0 where not stated.
    #[serde(default)]
    #[schemars(range(min = 0, max = 17))]
    province: u8,
    /// Labels.
    #[serde(default, deserialize_with = "distinct::<_, _, 8>")]
    #[schemars(with = "Distinct<Word<Mark>, 8>")]
    marks: BTreeSet<Mark>,
}

fn example() -> serde_json::Value {
    serde_json::json!({
        "name_ko": "가온은행", "name_en": "Gaon Bank", "ownership": "private", "competent": ["SECTOR_FIN"],
        "size": "large", "province": 1, "marks": ["major"],
    })
}

impl Entered {
    fn whole(self, id: InstitutionId) -> Result<Institution, Problem> {
        if self.province > 17 {
            return Err(Problem::unfit(
                Own::Province,
                "`province` is 1 to 17, or 0 where not stated",
            ));
        }
        Ok(Institution {
            id,
            name_ko: self.name_ko.0,
            name_en: self.name_en.0,
            ownership: self.ownership,
            competent: self.competent,
            relay: self.relay,
            size: self.size,
            province: self.province,
            marks: self.marks,
        })
    }
}

async fn enrol(
    State(app): State<App>,
    caller: Caller,
    key: Key,
    Json(entered): Json<Entered>,
) -> Result<Response, Problem> {
    let asking = Asking::new(&app, caller, &key, "enrol");
    let id = InstitutionId(asking.makes());
    let receipt = asking.record(&app, Wish::Enrol(vec![entered.whole(id)?])).await?;
    Ok(Done::of(Some(id.to_string()), &receipt).made())
}

/// With If-Match nobody writes over what somebody else has written meanwhile.
async fn enrol_again(
    State(app): State<App>,
    caller: Caller,
    Named(id): Named<InstitutionId>,
    key: Key,
    seen: Seen,
    Json(entered): Json<Entered>,
) -> Result<Response, Problem> {
    let asking = Asking::new(&app, caller, &key, &format!("enrol {id}"));
    let whole = entered.whole(id)?;
    let _one_at_a_time = app.edits().lock().await;
    let receipt = app.ask(move |app| {
        let (register, now) = (app.desk().register(), app.now());
        let standing = register.institution(id).ok_or_else(Problem::absent)?;
        let wish = Wish::Enrol(vec![whole.clone()]);
        let _ = app.desk().with(asking.caller.who(), now, |ask| ask.to(&wish))?;
        // The same request once more finds its own edit, which is what it wished for.
        if standing != whole {
            output::as_seen(&seen, || Ok(Recorded::of(&register, standing, now)))?;
        }
        asking.record_here(app, wish)
    });
    Ok(Done::of(Some(id.to_string()), &receipt.await?).ok())
}
