//! What can be done with an act that is written.

use axum::extract::State;
use axum::response::Response;
use bongsu_authority::access::Action;
use bongsu_authority::{ActId, InstitutionId};
use bongsu_desk::campaign;
use bongsu_response::{Act, ActWish, Evidence, Wish, clock};
use bongsu_store::Receipt;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::caller::Caller;
use crate::input::{Json, Key, Named};
use crate::problem::{Own, Problem};
use crate::recording::{Asking, Done};
use crate::wire::{Digest, Few, Id, Passage};

pub(super) const ACTIONS: &[Action] = &[
    Action::ReviewAdvisory,
    Action::ReviewGuideline,
    Action::ReviewActionRequest,
    Action::ReviewDirective,
    Action::SignAdvisory,
    Action::SignGuideline,
    Action::SignActionRequest,
    Action::SignDirective,
    Action::AmendAct,
    Action::WithdrawAct,
    Action::CompleteAct,
];

/// A step with an act.
#[derive(Clone, Debug, Deserialize, JsonSchema, Serialize)]
#[serde(tag = "step", rename_all = "snake_case", deny_unknown_fields)]
#[schemars(rename = "ActStep", example = serde_json::json!({ "step": "withdraw", "why": "the flaw is none after all" }))]
pub(super) enum Step {
    /// A second person has read exactly this text.
    Review {
        /// SHA-256 of the text that was read.
        #[schemars(with = "Digest")]
        text: Evidence,
    },
    /// The director signs exactly this text: everybody it reaches now owes an answer.
    Sign {
        /// SHA-256 of the text that was read.
        #[schemars(with = "Digest")]
        text: Evidence,
    },
    /// The director signs exactly this text of the amendment.
    Amend {
        /// SHA-256 of the text that was read.
        #[schemars(with = "Digest")]
        text: Evidence,
        /// Also address whom it would reach now and has not yet.
        #[serde(default)]
        reach: bool,
        /// Who is let go.
        #[serde(default)]
        #[schemars(with = "Few<Id, 1000>")]
        released: Few<InstitutionId, 1000>,
        /// Why.
        why: Passage,
    },
    /// Take it back, or drop the draft.
    Withdraw {
        /// Why.
        why: Passage,
    },
    /// Every obligation is settled.
    Complete {},
}

pub(super) async fn step(
    State(app): State<App>,
    caller: Caller,
    Named(act): Named<ActId>,
    key: Key,
    Json(step): Json<Step>,
) -> Result<Response, Problem> {
    let asking = Asking::new(&app, caller, &key, &format!("act {act}"));
    let receipt = app.ask(move |app| take(app, &asking, act, step)).await?;
    Ok(Done::of(Some(act.to_string()), &receipt).ok())
}

fn take(app: &App, asking: &Asking, act: ActId, step: Step) -> Result<Receipt, Problem> {
    let name = asking.of_body(&step);
    let wish = match step {
        Step::Review { text } => ActWish::Review { text },
        Step::Withdraw { why } => {
            let wish = ActWish::Withdraw { why: why.0 };
            may(app, asking, act, wish.clone())?;
            asking.caller.lately(app.now())?;
            wish
        }
        Step::Complete {} => ActWish::Complete,
        Step::Sign { text } => {
            let (who, now) = (asking.caller.who(), app.now());
            let standing = app.desk().act(who, act, now)?;
            may(
                app,
                asking,
                act,
                ActWish::Sign {
                    text,
                    signature: String::new(),
                    clocks: nothing(app),
                    addressees: Vec::new(),
                },
            )?;
            asking.caller.lately(now)?;
            is_read(text, standing.text)?;
            let matching = app.matching()?;
            let known = (matching.known)();
            let signed = campaign::sign(
                app.desk(),
                &matching.holdings,
                known.knowledge(),
                (name, who),
                act,
                now,
            )?;
            return Ok(signed.receipt);
        }
        Step::Amend { text, reach, released, why } => {
            let wish = amend(app, asking, act, (text, reach, released.0, why.0))?;
            let wish = Wish::Act { act, wish };
            return Ok(app.desk().record_as(name, asking.caller.who(), wish, app.now())?);
        }
    };
    asking.record_here(app, Wish::Act { act, wish })
}

/// Whoever may not do it is told nothing about what else would be in the way.
fn may(app: &App, asking: &Asking, act: ActId, wish: ActWish) -> Result<(), Problem> {
    let wish = Wish::Act { act, wish };
    let _ = app.desk().with(asking.caller.who(), app.now(), |ask| ask.to(&wish))?;
    Ok(())
}

fn is_read(read: Evidence, standing: Evidence) -> Result<(), Problem> {
    if read == standing {
        return Ok(());
    }
    Err(Problem::refused(
        Own::TextChanged,
        "the text was changed since it was read: read it again, for only that one can be signed",
    ))
}

fn nothing(app: &App) -> bongsu_response::IssueClocks {
    let now = app.now();
    let clocks = bongsu_response::Clocks {
        class: bongsu_response::RemediationClass::NextUpgrade,
        acknowledge_by: now,
        assess_by: now,
        fix_by: None,
    };
    bongsu_response::IssueClocks { exposed: clocks, inside: clocks }
}

fn amend(
    app: &App,
    asking: &Asking,
    act: ActId,
    (text, reach, released, why): (Evidence, bool, Vec<InstitutionId>, String),
) -> Result<ActWish, Problem> {
    let (who, now, desk) = (asking.caller.who(), app.now(), app.desk());
    let standing = desk.act(who, act, now)?;
    let wish = |clocks, added| ActWish::Amend {
        text,
        signature: String::new(),
        clocks,
        added,
        released: released.clone(),
        why: why.clone(),
    };
    may(app, asking, act, wish(nothing(app), Vec::new()))?;
    asking.caller.lately(now)?;
    let case = desk.case(who, standing.case, now)?;
    let clocks = clock::issue_clocks(&case, standing.kind, now, None);
    if !reach {
        return Ok(wish(clocks, Vec::new()));
    }
    let draft = standing.amendment.as_ref().map_or(&standing.draft, |amendment| &amendment.draft);
    let amended = Act { draft: draft.clone(), ..standing.clone() };
    let matching = app.matching()?;
    let known = (matching.known)();
    let found =
        campaign::audience(desk, &matching.holdings, known.knowledge(), (&case, &amended), now)?;
    let before = desk.store().addressed(act)?;
    let is_new = |one: &bongsu_response::Addressee| before.binary_search(&one.institution).is_err();
    Ok(wish(clocks, found.addressees.into_iter().filter(is_new).collect()))
}
