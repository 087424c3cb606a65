//! Programs that act in one's name.

use axum::extract::State;
use axum::response::Response;
use axum::routing::{delete, get, post};
use bongsu_authority::AppointmentId;
use http::StatusCode;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::session;
use crate::admission::Class;
use crate::app::App;
use crate::caller::Caller;
use crate::input::{Json, Named};
use crate::output;
use crate::problem::{Own, Problem};
use crate::right::{Right, Scope};
use crate::routes::{Route, schema};
use crate::signin::machine::{Kept, Shows};
use crate::signin::secret::{key_of_text, text_of_key};
use crate::wire;

pub(super) const ROUTES: &[Route] = &[
    Route::post(
        (
            "machine-make",
            "/api/v1/machines",
            "Makes a credential for a program that acts in one's name while one holds a post",
        ),
        Right::Oneself,
        (schema::<Making>, schema::<Made>),
        || post(make),
    )
    .making()
    .of(Class::Read),
    Route::get(
        ("machines", "/api/v1/machines", "Lists the programs that act in one's name"),
        Right::Oneself,
        schema::<Vec<Machine>>,
        || get(all),
    ),
    Route::delete(
        (
            "machine-revoke",
            "/api/v1/machines/{machine}",
            "Ends a program's credential and its tokens",
        ),
        Right::Oneself,
        || delete(revoke),
    )
    .of(Class::Vital),
];

/// The longest name, in characters.
const LONGEST_NAME: usize = 60;

/// A program to be let in.
#[derive(Deserialize, JsonSchema)]
struct Making {
    /// The post with which it ends, by the id of one's appointment.
    appointment: String,
    /// What to call it, up to 60 characters.
    #[schemars(length(min = 1, max = 60), regex(pattern = wire::ONE_LINE))]
    name: String,
    /// What it may come for.
    #[schemars(length(min = 1))]
    scopes: Vec<Scope>,
    /// SHA-256 of the certificate it shows, as base64url; a secret is made where there is none.
    #[schemars(regex(pattern = "^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$"))]
    certificate: Option<String>,
}

/// A program that may come in.
#[derive(Debug, JsonSchema, Serialize)]
struct Made {
    /// Its id.
    client_id: String,
    /// Its secret, shown here and nowhere else.
    #[serde(skip_serializing_if = "Option::is_none")]
    client_secret: Option<String>,
}

/// One program.
#[derive(Debug, JsonSchema, Serialize)]
struct Machine {
    /// Its id.
    client_id: String,
    /// What its officer calls it.
    name: String,
    /// The post with which it ends.
    appointment: String,
    /// What it may come for.
    scopes: Vec<Scope>,
    /// `secret` or `certificate`.
    shows: &'static str,
    /// When it was made.
    made_at: String,
}

async fn make(
    State(app): State<App>,
    caller: Caller,
    Json(making): Json<Making>,
) -> Result<Response, Problem> {
    let now = app.now();
    caller.recently(now)?;
    let Making { appointment, name, mut scopes, certificate } = making;
    let post: AppointmentId = appointment.parse().map_err(|_| Problem::absent())?;
    let length = name.chars().count();
    if !(1..=LONGEST_NAME).contains(&length) || name.chars().any(char::is_control) {
        return Err(Problem::unfit(
            Own::ProgramName.with("most", LONGEST_NAME),
            format!("a name has 1 to {LONGEST_NAME} characters on one line"),
        ));
    }
    scopes.sort_unstable();
    scopes.dedup();
    if scopes.is_empty() {
        return Err(Problem::unfit(
            Own::ProgramScopes,
            "name at least one scope, such as obligation-read",
        ));
    }
    let certificate = certificate.map(|text| digest(&text)).transpose()?;
    let machines = move |app: &App| {
        app.door().machines().make(caller.person, post, (name, scopes), certificate, now)
    };
    let made = app.ask(machines).await?;
    let made = Made { client_id: made.id, client_secret: made.secret.map(|secret| secret.text()) };
    Ok(session::once(output::say(StatusCode::CREATED, &made)))
}

fn digest(text: &str) -> Result<[u8; 32], Problem> {
    let bytes = key_of_text(text).and_then(|key| key.try_into().ok());
    bytes.ok_or_else(|| {
        Problem::unfit(
            Own::CertificateDigest,
            "certificate is SHA-256 of its DER, 43 characters of base64url",
        )
    })
}

async fn all(State(app): State<App>, caller: Caller) -> Result<Response, Problem> {
    let now = app.now();
    app.ask(move |app| {
        let all = app.door().machines().all(caller.person, now)?;
        let all: Vec<Machine> = all.into_iter().map(machine).collect();
        Ok(output::ok(&all))
    })
    .await
}

fn machine((key, kept): (Vec<u8>, Kept)) -> Machine {
    Machine {
        client_id: text_of_key(&key),
        name: kept.name,
        appointment: kept.post.to_string(),
        scopes: kept.scopes,
        shows: if kept.shows == Shows::Certificate { "certificate" } else { "secret" },
        made_at: kept.made_at.to_string(),
    }
}

async fn revoke(
    State(app): State<App>,
    caller: Caller,
    Named(id): Named<String>,
) -> Result<Response, Problem> {
    let key = key_of_text(&id).ok_or_else(Problem::absent)?;
    let now = app.now();
    let ended = app.ask(move |app| {
        let ended = app.door().machines().end(caller.person, key, now)?;
        app.door().forget_all();
        Ok(ended)
    });
    if ended.await? { Ok(session::nothing()) } else { Err(Problem::absent()) }
}
