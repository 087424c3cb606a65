//! How an institution is reached: mail, webhook, telephone.

use axum::extract::State;
use axum::response::Response;
use axum::routing::{delete, get, post};
use bongsu_authority::InstitutionId;
use bongsu_authority::access::Action;
use bongsu_relay::carry::address::{Address, Holder, Reach, Secret};
use bongsu_relay::carry::book::{self, BookError};
use http::{HeaderMap, StatusCode};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::caller::Caller;
use crate::input::{Json, Named};
use crate::output;
use crate::problem::Problem;
use crate::right::{Right, Scope};
use crate::routes::{Gives, Route, Takes, schema};
use crate::wire::When;

const KEEP: Right = Right::May(Scope::RegisterWrite, &[Action::KeepAddresses]);

pub(super) const ROUTES: &[Route] = &[
    Route::get(
        (
            "addresses",
            "/api/v1/institutions/{institution}/addresses",
            "Lists how an institution is reached, and which addresses are dead",
        ),
        Right::May(Scope::RegisterRead, &[Action::KeepAddresses]),
        schema::<Vec<Reached>>,
        || get(list),
    ),
    Route::post(
        (
            "address_put",
            "/api/v1/institutions/{institution}/addresses",
            "Puts an address; a webhook's secret is drawn here and shown once. The same place again replaces it",
        ),
        KEEP,
        (schema::<Putting>, schema::<Put>),
        || post(put),
    )
    .making(),
    Route::delete(
        (
            "address_remove",
            "/api/v1/institutions/{institution}/addresses/{number}",
            "Removes an address",
        ),
        KEEP,
        || delete(remove),
    ),
    Route {
        gives: Gives::Nothing(204),
        takes: Takes::Nothing,
        ..Route::post(
            (
                "address_revive",
                "/api/v1/institutions/{institution}/addresses/{number}/revive",
                "Sends to a dead address again; what waits is carried at once",
            ),
            KEEP,
            (schema::<()>, schema::<()>),
            || post(revive),
        )
    },
];

/// An address to be put.
#[derive(Deserialize, JsonSchema)]
#[serde(tag = "channel", rename_all = "snake_case", deny_unknown_fields)]
#[schemars(example = serde_json::json!({ "channel": "mail", "mailbox": "ciso@office.example" }))]
enum Putting {
    /// A mailbox.
    Mail {
        /// Such as `ciso@office.example`.
        #[schemars(length(min = 3, max = 254), email)]
        mailbox: String,
    },
    /// A program that takes webhooks.
    Webhook {
        /// An `https` address.
        #[schemars(length(min = 9, max = 1024), url)]
        url: String,
    },
    /// A telephone.
    Telephone {
        /// `+` and 8 to 15 digits, the country first.
        #[schemars(regex(pattern = "^\\+[1-9][0-9]{7,14}$"))]
        number: String,
        /// Does it take short messages?
        sms: bool,
        /// Is it called?
        voice: bool,
    },
}

/// What was put.
#[derive(JsonSchema, Serialize)]
struct Put {
    /// Its number among the institution's addresses.
    number: u32,
    /// What signatures of a webhook are checked with; shown here and nowhere else.
    #[serde(skip_serializing_if = "Option::is_none")]
    secret: Option<String>,
}

/// One address.
#[derive(JsonSchema, Serialize)]
struct Reached {
    /// Its number among the institution's addresses.
    number: u32,
    /// `mail`, `webhook` or `telephone`.
    channel: &'static str,
    /// Mailbox, address or number.
    place: String,
    /// Does it take short messages?
    sms: bool,
    /// Is it called?
    voice: bool,
    /// When it was put.
    #[schemars(with = "When")]
    since: Timestamp,
    /// When a message last arrived that tried it.
    #[schemars(with = "Option<When>")]
    tested_at: Option<Timestamp>,
    /// Why nothing is sent there any more, where it is dead.
    dead: Option<String>,
}

impl From<&Address> for Reached {
    fn from(address: &Address) -> Self {
        let (channel, place, sms, voice) = match &address.reach {
            Reach::Mail(mailbox) => ("mail", mailbox.to_string(), false, false),
            Reach::Webhook { url, .. } => ("webhook", url.url().to_string(), false, false),
            Reach::Telephone { number, sms, voice } => {
                ("telephone", number.to_string(), *sms, *voice)
            }
        };
        Self {
            number: address.number,
            channel,
            place,
            sms,
            voice,
            since: address.since,
            tested_at: address.tested_at,
            dead: address.parked.as_ref().map(|parked| parked.why.clone()),
        }
    }
}

/// Rights first: whoever keeps the addresses decides who hears.
fn holder(app: &App, caller: &Caller, institution: InstitutionId) -> Result<Holder, Problem> {
    let _ =
        app.desk().with(caller.who(), app.now(), |asking| asking.keep_addresses(institution))?;
    Ok(Holder::Institution(institution))
}

async fn list(
    State(app): State<App>,
    caller: Caller,
    Named(institution): Named<InstitutionId>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let all = app.ask(move |app| {
        let holder = holder(app, &caller, institution)?;
        let book = book::list(app.desk().store(), &holder, app.now())?;
        Ok(book.addresses.iter().map(Reached::from).collect::<Vec<_>>())
    });
    Ok(output::tagged(&headers, &all.await?))
}

async fn put(
    State(app): State<App>,
    caller: Caller,
    Named(institution): Named<InstitutionId>,
    Json(putting): Json<Putting>,
) -> Result<Response, Problem> {
    let put = app.ask(move |app| {
        let holder = holder(app, &caller, institution)?;
        let (reach, secret) = reach(app, putting)?;
        let way = app.way().ok_or_else(|| {
            Problem::refused(
                "this node sends nothing out: its operator configures deliveries first",
            )
        })?;
        let store = app.desk().store();
        let drill = app.is_drill();
        let number = book::put(store, way, &holder, reach, drill, app.now());
        let number = number.map_err(|error| match error {
            BookError::Store(error) => error.into(),
            other => Problem::unfit(other.to_string()),
        })?;
        Ok(Put { number, secret })
    });
    Ok(output::say(StatusCode::CREATED, &put.await?))
}

fn reach(app: &App, putting: Putting) -> Result<(Reach, Option<String>), Problem> {
    let unfit =
        |error: bongsu_relay::carry::address::AddressError| Problem::unfit(error.to_string());
    Ok(match putting {
        Putting::Mail { mailbox } => (Reach::Mail(mailbox.parse().map_err(unfit)?), None),
        Putting::Webhook { url } => {
            let drawn = [app.desk().draw(), app.desk().draw()].concat();
            let secret = Secret::of(&drawn).map_err(unfit)?;
            let shown = String::from(secret.clone());
            (Reach::Webhook { url: url.parse().map_err(unfit)?, secret, before: None }, Some(shown))
        }
        Putting::Telephone { number, sms, voice } => {
            (Reach::Telephone { number: number.parse().map_err(unfit)?, sms, voice }, None)
        }
    })
}

async fn remove(
    State(app): State<App>,
    caller: Caller,
    Named((institution, number)): Named<(InstitutionId, u32)>,
) -> Result<StatusCode, Problem> {
    app.ask(move |app| {
        let holder = holder(app, &caller, institution)?;
        let was = book::remove(app.desk().store(), &holder, number, app.now())?;
        if was { Ok(StatusCode::NO_CONTENT) } else { Err(Problem::absent()) }
    })
    .await
}

async fn revive(
    State(app): State<App>,
    caller: Caller,
    Named((institution, number)): Named<(InstitutionId, u32)>,
) -> Result<StatusCode, Problem> {
    app.ask(move |app| {
        let holder = holder(app, &caller, institution)?;
        let store = app.desk().store();
        let known = book::list(store, &holder, app.now())?;
        if !known.addresses.iter().any(|address| address.number == number) {
            return Err(Problem::absent());
        }
        book::revive(store, &holder, number, app.now())?;
        Ok(StatusCode::NO_CONTENT)
    })
    .await
}
