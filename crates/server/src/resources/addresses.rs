//! How an institution, the desk of a station or an officer is reached: mail, webhook, telephone.

use axum::extract::State;
use axum::response::Response;
use axum::routing::{MethodRouter, delete, get, post};
use bongsu_authority::access::Action;
use bongsu_authority::{InstitutionId, NodeCode, PersonId};
use bongsu_relay::carry::TestError;
use bongsu_relay::carry::address::{Address, Holder, Reach, Secret};
use bongsu_relay::carry::book::{self, BookError};
use http::{HeaderMap, StatusCode};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::admission::Class;
use crate::app::App;
use crate::caller::Caller;
use crate::input::{Json, Key, Named};
use crate::output;
use crate::problem::{Own, Problem};
use crate::right::{Right, Scope};
use crate::routes::{Gives, Route, Takes, schema};
use crate::wire::When;

/// Addresses of institutions.
const OF_INSTITUTIONS: Rows = Rows {
    right: (Scope::RegisterRead, Scope::RegisterWrite, Some(&[Action::KeepAddresses])),
    list: (
        "addresses",
        "/api/v1/institutions/{institution}/addresses",
        "Lists how an institution is reached, and which addresses are dead",
    ),
    put: (
        "address_put",
        "/api/v1/institutions/{institution}/addresses",
        "Puts an address; a webhook's secret is drawn here and shown once. The same place again replaces it",
    ),
    remove: (
        "address_remove",
        "/api/v1/institutions/{institution}/addresses/{number}",
        "Removes an address",
    ),
    revive: (
        "address_revive",
        "/api/v1/institutions/{institution}/addresses/{number}/revive",
        "Sends to a dead address again; what waits is carried at once",
    ),
    test: (
        "address_test",
        "/api/v1/institutions/{institution}/addresses/{number}/test",
        "Sends a test to an address: for ninety days it counts as reachable",
    ),
};

/// Addresses of the desks of stations.
const OF_STATIONS: Rows = Rows {
    right: (Scope::RegisterRead, Scope::RegisterWrite, Some(&[Action::KeepDeskAddresses])),
    list: (
        "addresses_of_station",
        "/api/v1/stations/{station}/addresses",
        "Lists how the desk of a station is reached",
    ),
    put: (
        "address_of_station_put",
        "/api/v1/stations/{station}/addresses",
        "Puts an address of a station's desk",
    ),
    remove: (
        "address_of_station_remove",
        "/api/v1/stations/{station}/addresses/{number}",
        "Removes an address of a station's desk",
    ),
    revive: (
        "address_of_station_revive",
        "/api/v1/stations/{station}/addresses/{number}/revive",
        "Sends to a dead address of a station's desk again",
    ),
    test: (
        "address_of_station_test",
        "/api/v1/stations/{station}/addresses/{number}/test",
        "Sends a test to an address of a station's desk",
    ),
};

/// Addresses of one's own.
const OWN: Rows = Rows {
    right: (Scope::RegisterRead, Scope::RegisterWrite, None),
    list: ("addresses_of_mine", "/api/v1/me/addresses", "Lists how one is reached oneself"),
    put: ("address_of_mine_put", "/api/v1/me/addresses", "Puts an address of one's own"),
    remove: (
        "address_of_mine_remove",
        "/api/v1/me/addresses/{number}",
        "Removes an address of one's own",
    ),
    revive: (
        "address_of_mine_revive",
        "/api/v1/me/addresses/{number}/revive",
        "Sends to a dead address of one's own again",
    ),
    test: (
        "address_of_mine_test",
        "/api/v1/me/addresses/{number}/test",
        "Sends a test to an address of one's own",
    ),
};

/// The names of the rows of one kind of holder.
struct Rows {
    /// The scopes of reading and writing, and the actions; about oneself, where there are none.
    right: (Scope, Scope, Option<&'static [Action]>),
    list: (&'static str, &'static str, &'static str),
    put: (&'static str, &'static str, &'static str),
    remove: (&'static str, &'static str, &'static str),
    revive: (&'static str, &'static str, &'static str),
    test: (&'static str, &'static str, &'static str),
}

/// How rows are answered, for one kind of holder.
struct Answers {
    list: Handler,
    put: Handler,
    remove: Handler,
    revive: Handler,
    test: Handler,
}

type Handler = fn() -> MethodRouter<App>;

const fn rows(rows: &Rows, answers: &Answers) -> [Route; 5] {
    let (see, keep) = match rows.right {
        (read, write, Some(actions)) => (Right::May(read, actions), Right::May(write, actions)),
        (_, _, None) => (Right::Oneself, Right::Oneself),
    };
    [
        Route::get(rows.list, see, schema::<Vec<Reached>>, answers.list),
        Route::post(rows.put, keep, (schema::<Putting>, schema::<Put>), answers.put).making(),
        Route::delete(rows.remove, keep, answers.remove),
        Route {
            gives: Gives::Nothing(204),
            takes: Takes::Nothing,
            ..Route::post(rows.revive, keep, (schema::<()>, schema::<()>), answers.revive)
        },
        Route {
            gives: Gives::Nothing(204),
            takes: Takes::Nothing,
            class: Class::Later,
            ..Route::post(rows.test, keep, (schema::<()>, schema::<()>), answers.test)
        },
    ]
}

pub(super) const ROUTES: &[Route] = &rows(
    &OF_INSTITUTIONS,
    &Answers {
        list: || get(list::<InstitutionId>),
        put: || post(put::<InstitutionId>),
        remove: || delete(remove::<OfInstitution>),
        revive: || post(revive::<OfInstitution>),
        test: || post(test::<OfInstitution>),
    },
);

pub(super) const ROUTES_OF_STATIONS: &[Route] = &rows(
    &OF_STATIONS,
    &Answers {
        list: || get(list::<NodeCode>),
        put: || post(put::<NodeCode>),
        remove: || delete(remove::<OfStation>),
        revive: || post(revive::<OfStation>),
        test: || post(test::<OfStation>),
    },
);

pub(super) const ROUTES_OF_MINE: &[Route] = &rows(
    &OWN,
    &Answers {
        list: || get(list::<Mine>),
        put: || post(put::<Mine>),
        remove: || delete(remove::<OfMine>),
        revive: || post(revive::<OfMine>),
        test: || post(test::<OfMine>),
    },
);

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

/// Whose addresses a path names.
trait Held: Send + 'static {
    /// Rights first: whoever keeps the addresses decides who hears.
    fn holder(self, app: &App, caller: &Caller) -> Result<Holder, Problem>;
}

impl Held for InstitutionId {
    fn holder(self, app: &App, caller: &Caller) -> Result<Holder, Problem> {
        let (who, now) = (caller.who(), app.now());
        let _ = app.desk().with(who, now, |asking| asking.keep_addresses(self))?;
        Ok(Holder::Institution(self))
    }
}

impl Held for NodeCode {
    fn holder(self, app: &App, caller: &Caller) -> Result<Holder, Problem> {
        let (who, now) = (caller.who(), app.now());
        let _ = app.desk().with(who, now, |asking| asking.keep_desk_addresses(&self))?;
        Ok(Holder::Station(self))
    }
}

/// One's own: the path names nobody.
#[derive(Deserialize)]
struct Mine {}

impl Held for Mine {
    fn holder(self, _: &App, caller: &Caller) -> Result<Holder, Problem> {
        Ok(Holder::Person(caller.person))
    }
}

/// One address of somebody, as a path names it.
trait HeldOne: Send + 'static {
    /// Whose.
    type Of: Held;
    /// Whose, and its number.
    fn parts(self) -> (Self::Of, u32);
}

#[derive(Deserialize)]
struct OfInstitution {
    institution: InstitutionId,
    number: u32,
}

impl HeldOne for OfInstitution {
    type Of = InstitutionId;
    fn parts(self) -> (InstitutionId, u32) {
        (self.institution, self.number)
    }
}

#[derive(Deserialize)]
struct OfStation {
    station: NodeCode,
    number: u32,
}

impl HeldOne for OfStation {
    type Of = NodeCode;
    fn parts(self) -> (NodeCode, u32) {
        (self.station, self.number)
    }
}

#[derive(Deserialize)]
struct OfMine {
    number: u32,
}

impl HeldOne for OfMine {
    type Of = Mine;
    fn parts(self) -> (Mine, u32) {
        (Mine {}, self.number)
    }
}

async fn list<H: Held>(
    State(app): State<App>,
    caller: Caller,
    Named(of): Named<H>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let all = app.ask(move |app| {
        let holder = of.holder(app, &caller)?;
        let book = book::list(app.desk().store(), &holder, app.now())?;
        Ok(book.addresses.iter().map(Reached::from).collect::<Vec<_>>())
    });
    Ok(output::tagged(&headers, &all.await?))
}

async fn put<H: Held>(
    State(app): State<App>,
    caller: Caller,
    Named(of): Named<H>,
    key: Key,
    Json(putting): Json<Putting>,
) -> Result<Response, Problem> {
    let put = app.ask(move |app| {
        let holder = of.holder(app, &caller)?;
        let place = format!("address {:?}", holder.key());
        let (reach, secret) = reach(app, putting, (&key, caller.person, &place))?;
        let way = app.way().ok_or_else(nothing_goes_out)?;
        let store = app.desk().store();
        let drill = app.is_drill();
        let number = book::put(store, way, &holder, reach, drill, app.now());
        let number = number.map_err(|error| match error {
            BookError::Store(error) => error.into(),
            BookError::Address(error) => Problem::unfit(&error, error.to_string()),
            barred => Problem::refused(&barred, barred.to_string()),
        })?;
        Ok(Put { number, secret })
    });
    Ok(output::say(StatusCode::CREATED, &put.await?))
}

fn nothing_goes_out() -> Problem {
    Problem::refused(
        Own::NothingGoesOut,
        "this node sends nothing out: its operator configures deliveries first",
    )
}

/// With a key the secret of a webhook follows from it and the address, so that whoever got no answer and asks again is
/// told the same secret; without one it is drawn.
fn reach(
    app: &App,
    putting: Putting,
    (key, person, place): (&Key, PersonId, &str),
) -> Result<(Reach, Option<String>), Problem> {
    let unfit = |error: bongsu_relay::carry::address::AddressError| {
        Problem::unfit(&error, error.to_string())
    };
    Ok(match putting {
        Putting::Mail { mailbox } => (Reach::Mail(mailbox.parse().map_err(unfit)?), None),
        Putting::Webhook { url } => {
            let name = key.id(person.0, place, || app.desk().draw());
            let parts: [&[u8]; 3] = [b"webhook", &name.0, url.as_bytes()];
            let drawn = app.desk().codes(app.now())?.again(&parts);
            let secret = Secret::of(&drawn).map_err(unfit)?;
            let shown = String::from(secret.clone());
            (Reach::Webhook { url: url.parse().map_err(unfit)?, secret, before: None }, Some(shown))
        }
        Putting::Telephone { number, sms, voice } => {
            (Reach::Telephone { number: number.parse().map_err(unfit)?, sms, voice }, None)
        }
    })
}

async fn remove<H: HeldOne>(
    State(app): State<App>,
    caller: Caller,
    Named(one): Named<H>,
) -> Result<StatusCode, Problem> {
    app.ask(move |app| {
        let (of, number) = one.parts();
        let holder = of.holder(app, &caller)?;
        let was = book::remove(app.desk().store(), &holder, number, app.now())?;
        if was { Ok(StatusCode::NO_CONTENT) } else { Err(Problem::absent()) }
    })
    .await
}

async fn revive<H: HeldOne>(
    State(app): State<App>,
    caller: Caller,
    Named(one): Named<H>,
) -> Result<StatusCode, Problem> {
    app.ask(move |app| {
        let (holder, number) = there(app, &caller, one)?;
        book::revive(app.desk().store(), &holder, number, app.now())?;
        Ok(StatusCode::NO_CONTENT)
    })
    .await
}

/// The holder, and the number of an address that is there.
fn there(app: &App, caller: &Caller, one: impl HeldOne) -> Result<(Holder, u32), Problem> {
    let (of, number) = one.parts();
    let holder = of.holder(app, caller)?;
    let known = book::list(app.desk().store(), &holder, app.now())?;
    let is_there = known.addresses.iter().any(|address| address.number == number);
    if is_there { Ok((holder, number)) } else { Err(Problem::absent()) }
}

async fn test<H: HeldOne>(
    State(app): State<App>,
    caller: Caller,
    Named(one): Named<H>,
) -> Result<StatusCode, Problem> {
    let (holder, number) = app.ask(move |app| there(app, &caller, one)).await?;
    let carrier = app.carrier().ok_or_else(nothing_goes_out)?;
    match carrier.send_test(holder, number).await {
        Ok(()) => Ok(StatusCode::NO_CONTENT),
        Err(TestError::Absent(_)) => Err(Problem::absent()),
        Err(TestError::Store(error)) => Err(error.into()),
        Err(failed) => Err(Problem::refused(&failed, failed.to_string())),
    }
}
