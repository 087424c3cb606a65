//! Requests that wait for a decision: more time, or to carry the risk under a control.

use axum::extract::State;
use axum::response::Response;
use bongsu_authority::access::ROWS_ALONE;
use bongsu_authority::{ActId, InstitutionId};
use bongsu_desk::campaign;
use bongsu_response::{ActWish, Exposure, Obligation, Status, Wish};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::ordered::Wanted;
use crate::app::App;
use crate::caller::Caller;
use crate::input::{Json, Key, Named};
use crate::output::{self, Page};
use crate::problem::{Own, Problem};
use crate::recording::Asking;
use crate::wire::{Id, Line, When, Word};

/// What is asked of the list.
#[derive(Clone, Debug, Deserialize, JsonSchema, Serialize)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "RequestList", example = serde_json::json!({ "limit": 50, "why": "deciding what is asked for" }))]
pub(super) struct Asked {
    /// How many names, at most 50: one person reads no more at once.
    #[schemars(range(min = 1, max = 50))]
    limit: u32,
    /// Where the page before ended.
    #[schemars(length(max = 128))]
    cursor: Option<String>,
    /// What for; it goes into the record.
    why: Line,
}

/// What an institution asks for, and nobody has decided.
#[derive(Debug, JsonSchema, Serialize)]
#[schemars(rename = "OpenRequest")]
pub(super) struct Request {
    /// Which institution.
    #[schemars(with = "Id")]
    institution: String,
    /// Its Korean name.
    name_ko: Option<String>,
    /// Its English name.
    name_en: Option<String>,
    /// Where its obligation stands.
    #[schemars(with = "Word<Status>")]
    status: Status,
    /// What the inventory said at issue.
    #[schemars(with = "Word<Exposure>")]
    exposure: Exposure,
    /// Affected systems at issue.
    systems: u32,
    /// The workaround that holds meanwhile, where there is one.
    mitigation: Option<String>,
    /// The date of their plan.
    #[schemars(with = "Option<When>")]
    planned_until: Option<Timestamp>,
    /// By when it must be fixed as it stands.
    #[schemars(with = "Option<When>")]
    fix_by: Option<Timestamp>,
    /// Until when it asks for more time.
    #[schemars(with = "Option<When>")]
    extension_until: Option<Timestamp>,
    /// Why, in the words of whoever asks; nothing where the caller may not see the obligation.
    extension_why: Option<String>,
    /// Until when it asks to carry the risk.
    #[schemars(with = "Option<When>")]
    waiver_until: Option<Timestamp>,
    /// Under which control.
    waiver_control: Option<String>,
}

/// Obligations that are opened for one page, at most; the next page goes on.
const OPENED: usize = 2_000;

/// Obligations that are opened at once.
const CHUNK: usize = 250;

pub(super) async fn requests(
    State(app): State<App>,
    caller: Caller,
    Named(act): Named<ActId>,
    key: Key,
    Json(asked): Json<Asked>,
) -> Result<Response, Problem> {
    if !(1..=ROWS_ALONE).contains(&asked.limit) {
        return Err(Problem::unfit(
            Own::Limit.with("most", ROWS_ALONE),
            format!("`limit` is 1 to {ROWS_ALONE}: one person reads no more names at once"),
        ));
    }
    let asking = Asking::new(&app, caller, &key, &format!("requests {act}"));
    let page = app.ask(move |app| waiting(app, &asking, act, &asked));
    Ok(output::ok(&page.await?))
}

fn waiting(
    app: &App,
    asking: &Asking,
    act: ActId,
    asked: &Asked,
) -> Result<Page<Request>, Problem> {
    let (who, now, desk) = (asking.caller.who(), app.now(), app.desk());
    let scope = campaign::scope(desk, who, now).ok_or_else(Problem::absent)?;
    let permit = desk.with(who, now, |ask| ask.see_names(act, &scope, asked.limit))?;
    let after = asked.cursor.as_deref().map(output::place).transpose()?.unwrap_or_default();
    // That names are read is recorded before they are shown.
    let read = ActWish::ReadNames { rows: asked.limit, why: asked.why.0.clone() };
    desk.record(who, Wish::Act { act, wish: read }, now)?;
    let wanted = Wanted { act, scope: scope.clone(), settled: false };
    let list = app.live().ordered.of(app, &permit, wanted, now)?;
    let may_ask = |status| matches!(status, Status::Affected | Status::Planned | Status::Mitigated);
    let mut ids: Vec<InstitutionId> = list
        .rows
        .iter()
        .filter(|one| may_ask(one.status) && one.institution.0[..] > after[..])
        .map(|one| one.institution)
        .collect();
    ids.sort_unstable();
    let (mut items, mut last) = (Vec::new(), None);
    let limit = asked.limit as usize;
    'pages: for chunk in ids.chunks(CHUNK).take(OPENED / CHUNK) {
        for one in desk.store().owed_by(&permit, (act, &scope), chunk)? {
            last = Some(one.institution);
            if one.extension_asked.is_some() || one.waiver_asked.is_some() {
                let why = why(app, asking, &one)?;
                items.push(request(app, &one, why));
            }
            if items.len() == limit {
                break 'pages;
            }
        }
    }
    let more = last.filter(|last| ids.last().is_some_and(|end| end > last));
    Ok(Page { items, next: more.map(|last| output::cursor(&last.0)) })
}

/// Why more time is asked for, as the record has it.
fn why(app: &App, asking: &Asking, owed: &Obligation) -> Result<Option<String>, Problem> {
    if owed.extension_asked.is_none() {
        return Ok(None);
    }
    let (desk, which) = (app.desk(), (owed.act, owed.institution));
    let permit =
        desk.with(asking.caller.who(), app.now(), |ask| ask.see_obligation(which.0, which.1));
    let Ok(permit) = permit else { return Ok(None) };
    Ok(desk.store().last_why(&permit, which, "extension_asked")?)
}

fn request(app: &App, owed: &Obligation, why: Option<String>) -> Request {
    let name = app.desk().register().institution(owed.institution);
    let (name_ko, name_en) = name.map(|one| (one.name_ko, one.name_en)).unzip();
    let waiver = owed.waiver_asked.as_ref();
    Request {
        institution: owed.institution.to_string(),
        name_ko,
        name_en,
        status: owed.status,
        exposure: owed.exposure,
        systems: owed.systems,
        mitigation: owed.mitigation.clone(),
        planned_until: owed.planned_until,
        fix_by: owed.clocks.fix_by,
        extension_until: owed.extension_asked.as_ref().map(|asked| asked.what),
        extension_why: why,
        waiver_until: waiver.map(|asked| asked.what.until),
        waiver_control: waiver.map(|asked| asked.what.control.clone()),
    }
}
