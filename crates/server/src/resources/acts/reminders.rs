//! Reminders: a message to each who owes something, recorded, and not again within four hours.

use axum::extract::State;
use axum::response::Response;
use bongsu_authority::{ActId, InstitutionId};
use bongsu_desk::campaign;
use bongsu_response::{ActWish, Wish};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::caller::Caller;
use crate::input::{Json, Key, Named};
use crate::output;
use crate::problem::{Own, Problem};
use crate::recording::{Asking, Done};
use crate::wire::{Few, Id, Line};

/// Who is to be reminded. Whoever was reminded within four hours, owes nothing any more, or is not in the caller's scope is
/// left out.
#[derive(Clone, Debug, Deserialize, JsonSchema, Serialize)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "NewReminders", example = serde_json::json!({ "all_late": true, "why": "the date to acknowledge is past" }))]
pub(super) struct New {
    /// These, at most 1,000.
    #[serde(default)]
    #[schemars(with = "Few<Id, 1000>")]
    institutions: Few<InstitutionId, 1000>,
    /// Everybody who is late, instead.
    #[serde(default)]
    all_late: bool,
    /// Why; it goes into the record.
    why: Line,
}

/// What came of it.
#[derive(Debug, JsonSchema, Serialize)]
pub(super) struct Reminded {
    /// The receipt.
    #[serde(flatten)]
    done: Done,
    /// How many are reminded now: a message to each waits to be carried.
    reminded: u64,
}

pub(super) async fn remind(
    State(app): State<App>,
    caller: Caller,
    Named(act): Named<ActId>,
    key: Key,
    Json(new): Json<New>,
) -> Result<Response, Problem> {
    if new.all_late != new.institutions.0.is_empty() {
        return Err(Problem::refused(
            Own::Reminded,
            "name `institutions`, or say `all_late`: one of the two",
        ));
    }
    let asking = Asking::new(&app, caller, &key, &format!("reminders {act}"));
    let reminded = app.ask(move |app| {
        let (who, now, desk) = (asking.caller.who(), app.now(), app.desk());
        let scope = campaign::scope(desk, who, now).ok_or_else(Problem::absent)?;
        let permit = desk.with(who, now, |ask| ask.see_names(act, &scope, 0))?;
        let name = asking.of_body(&new);
        let institutions = if new.all_late {
            let owed = desk.store().owed(&permit, (act, &scope), (now, false))?;
            let late = owed.iter().filter(|one| one.missed.is_some());
            late.map(|one| one.institution).collect()
        } else {
            new.institutions.0
        };
        let wish = ActWish::Remind { scope: scope.clone(), institutions, why: new.why.0 };
        let receipt = desk.record_as(name, who, Wish::Act { act, wish }, now)?;
        // Where nothing was new the receipt names an older entry, which reminded nobody now.
        let reminded = match receipt.entries {
            0 => 0,
            _ => desk.store().reminded_by(&permit, (act, &scope), receipt.entry)?,
        };
        Ok(Reminded { done: Done::of(None, &receipt), reminded })
    });
    Ok(output::ok(&reminded.await?))
}
