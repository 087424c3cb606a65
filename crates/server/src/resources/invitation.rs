//! Invitations to enter a first credential.

use axum::extract::State;
use axum::response::Response;
use axum::routing::post;
use bongsu_authority::AppointmentId;
use bongsu_authority::access::Action;
use http::StatusCode;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::session;
use crate::admission::Class;
use crate::app::App;
use crate::caller::Caller;
use crate::input::Json;
use crate::output;
use crate::problem::Problem;
use crate::right::{Right, Scope};
use crate::routes::{Gives, Route, Takes, Verb, schema};
use crate::signin::invitation::LIFE;

pub(super) const ROUTES: &[Route] = &[Route {
    id: "invite",
    method: Verb::Post,
    path: "/api/v1/invitations",
    summary: "Invites the holder of a post to enter a passkey; an earlier invitation ends",
    right: Right::May(Scope::RegisterWrite, &[Action::Appoint]),
    class: Class::Vital,
    query: None,
    takes: Takes::Json(schema::<Inviting>),
    gives: Gives::Json(201, schema::<Invited>),
    handler: || post(invite),
}];

/// Whom to invite.
#[derive(Deserialize, JsonSchema)]
struct Inviting {
    /// A post that they hold, or will hold, by the id of the appointment.
    appointment: String,
}

/// An invitation.
#[derive(Debug, JsonSchema, Serialize)]
struct Invited {
    /// The code, shown here and nowhere else. Give it to them in person or by telephone.
    code: String,
    /// When it ends.
    ends_at: String,
}

async fn invite(
    State(app): State<App>,
    caller: Caller,
    Json(inviting): Json<Inviting>,
) -> Result<Response, Problem> {
    let now = app.now();
    caller.recently(now)?;
    let post: AppointmentId = inviting.appointment.parse().map_err(|_| Problem::absent())?;
    let code =
        app.ask(move |app| app.door().invitations().invite_as(caller.person, post, now)).await?;
    let invited = Invited { code, ends_at: (now + LIFE).to_string() };
    Ok(session::once(output::say(StatusCode::CREATED, &invited)))
}
