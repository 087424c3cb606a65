//! Officers: who holds which post at an institution, and how posts begin and end.

use axum::extract::State;
use axum::response::Response;
use axum::routing::{get, post};
use bongsu_authority::access::Action;
use bongsu_authority::{Appointment, AppointmentId, InstitutionId, NodeCode, PersonId, Post, Seat};
use bongsu_response::Wish;
use http::HeaderMap;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::caller::Caller;
use crate::input::{Json, Key, Named};
use crate::output::{self, Page};
use crate::problem::{Own, Problem};
use crate::recording::{Asking, Done};
use crate::right::{Right, Scope};
use crate::routes::{Route, schema};
use crate::wire::{Id, Text, When, Word};

const APPOINT: Right = Right::May(Scope::RegisterWrite, &[Action::Appoint]);

pub(super) const ROUTES: &[Route] = &[
    Route::get(
        (
            "officers",
            "/api/v1/institutions/{institution}/officers",
            "Lists who holds which post at an institution now",
        ),
        Right::May(Scope::RegisterRead, &[Action::SeeBenchmark, Action::Enrol]),
        schema::<Page<Officer>>,
        || get(list),
    ),
    Route::post(
        (
            "appoint",
            "/api/v1/institutions/{institution}/officers",
            "Appoints an officer of an institution",
        ),
        APPOINT,
        (schema::<Appointed>, schema::<Done>),
        || post(appoint),
    )
    .making(),
    Route::post(
        (
            "appoint_at_station",
            "/api/v1/stations/{station}/officers",
            "Appoints an officer of a station",
        ),
        APPOINT,
        (schema::<Appointed>, schema::<Done>),
        || post(appoint_at_station),
    )
    .making(),
    Route::post(
        ("end_appointment", "/api/v1/appointments/{appointment}/end", "Ends an appointment"),
        Right::May(Scope::RegisterWrite, &[Action::EndAppointment]),
        (schema::<Ended>, schema::<Done>),
        || post(end),
    ),
];

/// An officer in a post.
#[derive(Debug, JsonSchema, Serialize)]
pub(super) struct Officer {
    /// The appointment, by id.
    #[schemars(with = "Id")]
    appointment: String,
    /// The person, by id.
    #[schemars(with = "Id")]
    person: String,
    /// In which post.
    #[schemars(with = "Word<Post>")]
    post: Post,
    /// How the officer is spoken of.
    title: String,
    /// Since when.
    #[schemars(with = "When")]
    from: Timestamp,
    /// Until when, if an end is set.
    #[schemars(with = "Option<When>")]
    until: Option<Timestamp>,
    /// For whom the officer stands in.
    #[schemars(with = "Option<Id>")]
    deputy_of: Option<String>,
}

impl From<&Appointment> for Officer {
    fn from(held: &Appointment) -> Self {
        Self {
            appointment: held.id.to_string(),
            person: held.person.to_string(),
            post: held.post,
            title: held.title.clone(),
            from: held.from,
            until: held.until,
            deputy_of: held.deputy_of.map(|other| other.to_string()),
        }
    }
}

async fn list(
    State(app): State<App>,
    caller: Caller,
    Named(institution): Named<InstitutionId>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let (register, now) = (app.desk().register(), app.now());
    let _ = app.desk().with(caller.who(), now, |asking| asking.see_institution(institution))?;
    let seat = Seat::Institution(institution);
    let mut items: Vec<Officer> = register.appointments_at(&seat, now).map(Officer::from).collect();
    items.sort_by(|one, two| one.appointment.cmp(&two.appointment));
    Ok(output::tagged(&headers, &Page { items, next: None }))
}

/// An appointment as it is made.
#[derive(Clone, Debug, Deserialize, JsonSchema, Serialize)]
#[serde(deny_unknown_fields)]
#[schemars(example = serde_json::json!({ "post": "operator", "title": "OPS-00417" }))]
struct Appointed {
    /// Who; somebody new where nobody is named.
    #[schemars(with = "Option<Id>")]
    person: Option<PersonId>,
    /// In which post.
    #[schemars(with = "Word<Post>")]
    post: Post,
    /// How the officer is spoken of: role and number, never a person's name.
    title: Text<64>,
    /// Since when; from now on where nothing is said.
    #[schemars(with = "Option<When>")]
    from: Option<Timestamp>,
    /// Until when, if an end is set.
    #[schemars(with = "Option<When>")]
    until: Option<Timestamp>,
    /// For which appointment the officer stands in.
    #[schemars(with = "Option<Id>")]
    deputy_of: Option<AppointmentId>,
}

async fn appoint(
    State(app): State<App>,
    caller: Caller,
    Named(institution): Named<InstitutionId>,
    key: Key,
    Json(body): Json<Appointed>,
) -> Result<Response, Problem> {
    at(app, caller, Seat::Institution(institution), &key, body).await
}

async fn appoint_at_station(
    State(app): State<App>,
    caller: Caller,
    Named(station): Named<NodeCode>,
    key: Key,
    Json(body): Json<Appointed>,
) -> Result<Response, Problem> {
    at(app, caller, Seat::Node(station), &key, body).await
}

async fn at(
    app: App,
    caller: Caller,
    seat: Seat,
    key: &Key,
    body: Appointed,
) -> Result<Response, Problem> {
    caller.lately(app.now())?;
    if body.title.0.trim().is_empty() {
        return Err(Problem::unfit(
            Own::OfficerTitle,
            "an officer has a title: role and number, such as OPS-00417",
        ));
    }
    let asking = Asking::new(&app, caller, key, &format!("appoint {seat:?}"));
    let name = asking.of_body(&body);
    let made = asking.makes();
    let appointment = Appointment {
        id: AppointmentId(made),
        person: body.person.unwrap_or(PersonId(crate::input::named(&[b"person", &made]))),
        post: body.post,
        seat,
        from: body.from.unwrap_or_else(|| app.now()),
        until: body.until,
        deputy_of: body.deputy_of,
        title: body.title.0,
    };
    let id = appointment.id.to_string();
    let receipt = asking.record_named(&app, name, Wish::Appoint(vec![appointment])).await?;
    Ok(Done::of(Some(id), &receipt).made())
}

/// From when on something does not hold any more.
#[derive(Clone, Debug, Deserialize, JsonSchema, Serialize)]
#[serde(deny_unknown_fields)]
#[schemars(example = serde_json::json!({ "until": "2027-01-01T00:00:00+09:00" }))]
pub(super) struct Ended {
    /// The first instant after it; now, where nothing is said.
    #[schemars(with = "Option<When>")]
    pub(super) until: Option<Timestamp>,
}

async fn end(
    State(app): State<App>,
    caller: Caller,
    Named(appointment): Named<AppointmentId>,
    key: Key,
    Json(ended): Json<Ended>,
) -> Result<Response, Problem> {
    let asking = Asking::new(&app, caller, &key, &format!("end {appointment}"));
    let name = asking.of_body(&ended);
    let until = ended.until.unwrap_or_else(|| app.now());
    let wish = Wish::EndAppointment { appointment, until };
    let receipt = asking.record_named(&app, name, wish).await?;
    Ok(Done::of(Some(appointment.to_string()), &receipt).ok())
}
