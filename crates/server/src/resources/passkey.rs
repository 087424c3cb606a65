//! Passkeys: entering them, and what one has.

use axum::extract::{Extension, State};
use axum::response::Response;
use axum::routing::{delete, get, post, put};
use http::{HeaderMap, Method};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::session::{self, Ceremony, Session};
use crate::admission::Class;
use crate::app::App;
use crate::caller::{Caller, Somebody};
use crate::input::{Json, Named};
use crate::listen::Peer;
use crate::output;
use crate::problem::{Own, Problem};
use crate::right::Right;
use crate::routes::{Gives, Route, Takes, Verb, schema};
use crate::signin::passkey::LONGEST_NAME;
use crate::signin::secret::{Secret, key_of_text, text_of_key};
use crate::wire;

pub(super) const ROUTES: &[Route] = &[
    Route::post(
        (
            "passkey-enter",
            "/api/v1/passkeys/begin",
            "Begins to enter a passkey, with an invitation or signed in within 15 minutes",
        ),
        Right::Anybody,
        (schema::<Entering>, schema::<Ceremony>),
        || post(begin),
    )
    .of(Class::Vital),
    Route::post(
        (
            "passkey-entered",
            "/api/v1/passkeys",
            "Enters a passkey by what it answered, and signs in with it; sets the cookie",
        ),
        Right::Anybody,
        (schema::<Entered>, schema::<Session>),
        || post(entered),
    )
    .making()
    .of(Class::Vital),
    Route::get(
        ("passkeys", "/api/v1/passkeys", "Lists one's passkeys"),
        Right::Oneself,
        schema::<Vec<Passkey>>,
        || get(all),
    ),
    Route {
        id: "passkey-rename",
        method: Verb::Put,
        path: "/api/v1/passkeys/{passkey}",
        summary: "Gives one of one's passkeys another name",
        right: Right::Oneself,
        class: Class::Read,
        query: None,
        takes: Takes::Json(schema::<Called>),
        gives: Gives::Nothing(204),
        handler: || put(rename),
    },
    Route::delete(
        (
            "passkey-remove",
            "/api/v1/passkeys/{passkey}",
            "Removes one of one's passkeys, but not the last",
        ),
        Right::Oneself,
        || delete(remove),
    )
    .of(Class::Vital),
];

/// On what grounds a passkey is entered.
#[derive(Deserialize, JsonSchema)]
struct Entering {
    /// The code of an invitation; not needed by whoever is signed in.
    invitation: Option<String>,
}

/// A passkey's answer.
#[derive(Deserialize, JsonSchema)]
struct Entered {
    /// The ceremony that was begun.
    ceremony: String,
    /// What its owner calls it, up to 60 characters.
    #[schemars(length(min = 1, max = 60), regex(pattern = wire::ONE_LINE))]
    name: String,
    /// What `navigator.credentials.create` gave, as JSON.
    credential: serde_json::Value,
}

/// A name.
#[derive(Deserialize, JsonSchema)]
struct Called {
    /// Up to 60 characters.
    #[schemars(length(min = 1, max = 60), regex(pattern = wire::ONE_LINE))]
    name: String,
}

/// One passkey.
#[derive(Debug, JsonSchema, Serialize)]
struct Passkey {
    /// Its name in the list, for renaming and removing it.
    id: String,
    /// What its owner calls it.
    name: String,
    /// When it was entered.
    added_at: String,
    /// When it was last shown.
    used_at: Option<String>,
}

async fn begin(
    State(app): State<App>,
    Somebody(caller): Somebody,
    peer: Option<Extension<Peer>>,
    Json(entering): Json<Entering>,
) -> Result<Response, Problem> {
    let now = app.now();
    app.door().tried(peer.as_ref().map(|Extension(peer)| peer), "")?;
    if entering.invitation.is_none() {
        caller.as_ref().ok_or_else(Problem::nobody)?.recently(now)?;
    }
    let begun = app
        .ask(move |app| {
            let (invitation, person) = match (entering.invitation, caller) {
                (Some(code), _) => {
                    let invited = app.door().invitations().look(&code, now)?;
                    let (digest, person) = invited.ok_or_else(Problem::not_signed_in)?;
                    (Some(digest), person)
                }
                (None, Some(caller)) => (None, caller.person),
                (None, None) => return Err(Problem::nobody()),
            };
            app.door().passkeys().enter(person, invitation, now)
        })
        .await?;
    let ceremony = Ceremony { ceremony: begun.secret.text(), options: begun.options };
    Ok(session::once(output::ok(&ceremony)))
}

async fn entered(
    State(app): State<App>,
    Somebody(caller): Somebody,
    peer: Option<Extension<Peer>>,
    headers: HeaderMap,
    Json(entered): Json<Entered>,
) -> Result<Response, Problem> {
    app.door().same_origin(&Method::POST, &headers)?;
    let peer = peer.map(|Extension(peer)| peer);
    app.door().tried(peer.as_ref(), "")?;
    let now = app.now();
    let Entered { ceremony, name, credential } = entered;
    let name = called(name)?;
    let secret = Secret::read(&ceremony).ok_or_else(Problem::not_signed_in)?;
    let by = caller.as_ref().map(|caller| caller.person);
    let person = app
        .ask(move |app| {
            let (person, invited) =
                app.door().passkeys().entered(&secret, by, &name, credential, now)?;
            if invited {
                app.door().forget_all(); // whoever used to sign in as them is out
            }
            Ok(person)
        })
        .await?;
    session::welcome(&app, (&headers, peer), (person, "passkey", now)).await
}

/// A name that can be shown in a list.
fn called(name: String) -> Result<String, Problem> {
    let length = name.chars().count();
    if (1..=LONGEST_NAME).contains(&length) && !name.chars().any(char::is_control) {
        return Ok(name);
    }
    Err(Problem::unfit(
        Own::ProgramName.with("most", LONGEST_NAME),
        format!("a name has 1 to {LONGEST_NAME} characters on one line"),
    ))
}

async fn all(State(app): State<App>, caller: Caller) -> Result<Response, Problem> {
    let now = app.now();
    app.ask(move |app| {
        let all = app.door().passkeys().all(caller.person, now)?.into_iter();
        let all = all.map(|(key, kept)| Passkey {
            id: text_of_key(&key),
            name: kept.name,
            added_at: kept.added_at.to_string(),
            used_at: kept.used_at.map(|at| at.to_string()),
        });
        Ok(output::ok(&all.collect::<Vec<_>>()))
    })
    .await
}

async fn rename(
    State(app): State<App>,
    caller: Caller,
    Named(id): Named<String>,
    Json(Called { name }): Json<Called>,
) -> Result<Response, Problem> {
    let (key, name) = (key_of_text(&id).ok_or_else(Problem::absent)?, called(name)?);
    let now = app.now();
    app.ask(move |app| app.door().passkeys().rename(caller.person, &key, &name, now)).await?;
    Ok(session::nothing())
}

async fn remove(
    State(app): State<App>,
    caller: Caller,
    Named(id): Named<String>,
) -> Result<Response, Problem> {
    let key = key_of_text(&id).ok_or_else(Problem::absent)?;
    let now = app.now();
    caller.recently(now)?;
    app.ask(move |app| app.door().passkeys().remove(caller.person, key, now)).await?;
    Ok(session::nothing())
}
