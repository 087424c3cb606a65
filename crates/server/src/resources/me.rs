//! Who am I here, what could I do, and how do I read?

use std::collections::BTreeSet;

use axum::extract::State;
use axum::response::Response;
use axum::routing::{get, put};
use bongsu_authority::access::{Action, could};
use bongsu_authority::{Appointment, Domain, Post, Role, Seat};
use bongsu_relay::carry::Zone;
use bongsu_store::cabinet::{Drawer, Thing};
use http::{HeaderMap, StatusCode};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::admission::Class;
use crate::app::App;
use crate::caller::Caller;
use crate::input::Json;
use crate::output;
use crate::problem::{Own, Problem};
use crate::right::{Right, Scope};
use crate::routes::{Gives, Route, schema};
use crate::wire::{Id, Station, When, Word};

pub(super) const ROUTES: &[Route] = &[
    Route::get(
        (
            "me",
            "/api/v1/me",
            "Says who is signed in, in which posts, what they could do and how they like to read",
        ),
        Right::Oneself,
        schema::<Me>,
        || get(me),
    ),
    Route {
        gives: Gives::Nothing(204),
        ..Route::post(
            (
                "prefer",
                "/api/v1/me/preferences",
                "Keeps the language, zone and colours one reads in",
            ),
            Right::Oneself,
            (schema::<Preferences>, schema::<()>),
            || put(prefer),
        )
        .put()
        .of(Class::Read)
    },
];

/// Whoever is signed in.
#[derive(Debug, JsonSchema, Serialize)]
struct Me {
    /// The person, by id.
    #[schemars(with = "Id")]
    person: String,
    /// The posts held now.
    posts: Vec<Held>,
    /// The domains these posts are about.
    #[schemars(with = "Vec<Word<Domain>>")]
    domains: BTreeSet<Domain>,
    /// What a program may come for; people may come for everything.
    scopes: Vec<Scope>,
    /// How they like to read, where they have said.
    preferences: Option<Preferences>,
}

/// One post.
#[derive(Debug, JsonSchema, Serialize)]
struct Held {
    /// The appointment, by id.
    #[schemars(with = "Id")]
    appointment: String,
    /// The title under which it is known.
    title: String,
    /// Which post.
    #[schemars(with = "Word<Post>")]
    post: Post,
    /// The station, where it is at one.
    #[schemars(with = "Option<Station>")]
    station: Option<String>,
    /// The institution, by id, where it is at one.
    #[schemars(with = "Option<Id>")]
    institution: Option<String>,
    /// Its names, where it is at one.
    institution_ko: Option<String>,
    /// In English.
    institution_en: Option<String>,
    /// Since when.
    #[schemars(with = "When")]
    from: Timestamp,
    /// Until when, if an end is set.
    #[schemars(with = "Option<When>")]
    until: Option<Timestamp>,
    /// What the post could be allowed on something or other: which rooms make sense. It is no right.
    could: Vec<&'static str>,
}

/// How somebody likes to read.
#[derive(Clone, Debug, Deserialize, JsonSchema, Serialize)]
#[serde(deny_unknown_fields)]
#[schemars(example = serde_json::json!({ "language": "ko", "zone": { "minutes": 540, "name": "KST" } }))]
struct Preferences {
    /// In which language.
    language: Language,
    /// In which zone.
    zone: ZoneSaid,
    /// In which colours the pages are shown; as the device has it where nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    theme: Option<Theme>,
}

/// The colours of the pages.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema, Serialize)]
#[serde(rename_all = "snake_case")]
enum Theme {
    /// As the device has it.
    Device,
    /// Dark ink on light ground.
    Light,
    /// Light ink on dark ground.
    Dark,
}

/// A language of the pages.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema, Serialize)]
#[serde(rename_all = "snake_case")]
enum Language {
    /// Korean.
    Ko,
    /// English.
    En,
}

/// A zone: an offset, and the name that people know it by.
#[derive(Clone, Debug, Deserialize, JsonSchema, Serialize)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Zone")]
struct ZoneSaid {
    /// Minutes east of UTC.
    #[schemars(range(min = -1080, max = 1080))]
    minutes: i16,
    /// Its name, 1 to 8 letters.
    #[schemars(regex(pattern = "^[A-Za-z]{1,8}$"))]
    name: String,
}

async fn me(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let me = app.ask(move |app| {
        let (register, now) = (app.desk().register(), app.now());
        let held = register.appointments_of(caller.person).filter(|held| held.holds_at(now));
        let mut held: Vec<&Appointment> = held.collect();
        held.sort_by_key(|one| one.id);
        let domain = |seat: &Seat| match seat {
            Seat::Node(code) => match code.role() {
                Role::Lead(domain) | Role::Coord(domain) => Some(domain),
                _ => None,
            },
            Seat::Institution(id) => register.institution(*id).map(|one| one.domain()),
        };
        let kept = app.desk().store().thing(Drawer::Preferences, &caller.person.0, now)?;
        Ok(Me {
            person: caller.person.to_string(),
            domains: held.iter().filter_map(|one| domain(&one.seat)).collect(),
            posts: held.into_iter().map(|one| post(app, one)).collect(),
            scopes: Scope::ALL.iter().copied().filter(|scope| caller.has(*scope)).collect(),
            preferences: kept.and_then(|thing| serde_json::from_slice(&thing.value).ok()),
        })
    });
    Ok(output::tagged(&headers, &me.await?))
}

fn post(app: &App, held: &Appointment) -> Held {
    let (station, institution) = match &held.seat {
        Seat::Node(code) => (Some(code.to_string()), None),
        Seat::Institution(id) => (None, Some(*id)),
    };
    let named = institution.and_then(|id| app.desk().register().institution(id));
    let (institution_ko, institution_en) = named.map(|one| (one.name_ko, one.name_en)).unzip();
    Held {
        appointment: held.id.to_string(),
        title: held.title.clone(),
        post: held.post,
        station,
        institution: institution.map(|id| id.to_string()),
        institution_ko,
        institution_en,
        from: held.from,
        until: held.until,
        could: could(&held.seat, held.post).map(Action::as_str).collect(),
    }
}

async fn prefer(
    State(app): State<App>,
    caller: Caller,
    Json(preferences): Json<Preferences>,
) -> Result<StatusCode, Problem> {
    let ZoneSaid { minutes, name } = &preferences.zone;
    let _ =
        Zone::new(*minutes, name).map_err(|error| Problem::unfit(Own::Zone, error.to_string()))?;
    app.ask(move |app| {
        let person = caller.person.0;
        let value = serde_json::to_vec(&preferences).expect("words and numbers become JSON");
        let thing = Thing { key: person.to_vec(), owner: person, value, until: None };
        let keep = move |cabinet: &mut bongsu_store::cabinet::Cabinet<'_, '_>| {
            cabinet.put(Drawer::Preferences, &thing)
        };
        app.desk().store().cabinet(app.now(), keep)?;
        Ok(StatusCode::NO_CONTENT)
    })
    .await
}
