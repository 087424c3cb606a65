//! Alerts of the domains: who reads them, and how a lead signs one. What an alert does to clocks is left out: there is no
//! profile yet that it could select.

use axum::extract::State;
use axum::response::Response;
use axum::routing::{get, post};
use bongsu_authority::access::Action;
use bongsu_authority::alert::{Alert, Level, Scheme};
use bongsu_authority::{Domain, NodeCode};
use bongsu_response::alert::{in_force as standing, scheme_of};
use bongsu_response::{NewAlert, SignedAlert, Wish};
use http::HeaderMap;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::caller::Caller;
use crate::input::{Json, Key};
use crate::output::{self, Page};
use crate::problem::{Own, Problem};
use crate::recording::{Asking, Done};
use crate::right::{Right, Scope};
use crate::routes::{Route, schema};
use crate::wire::{Passage, Station, When, Word};

pub(super) const ROUTES: &[Route] = &[
    Route::get(
        ("alerts", "/api/v1/alerts", "Lists alerts of every domain, the newest first, at most 100"),
        Right::Oneself,
        schema::<Page<Raised>>,
        || get(list),
    ),
    Route::post(
        (
            "set_alert",
            "/api/v1/alerts",
            "Raises, prolongs or lowers the alert of the lead's own domain; its director signs",
        ),
        Right::May(Scope::ActWork, &[Action::RaiseAlert, Action::LowerAlert]),
        (schema::<New>, schema::<Done>),
        || post(set),
    )
    .making(),
];

/// An alert to be signed.
#[derive(Clone, Debug, Deserialize, JsonSchema, Serialize)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "NewAlert", example = serde_json::json!({
    "domain": "private", "level": 2, "from": "2026-11-22T09:00:00Z", "until": "2026-12-02T00:00:00Z", "consulted": true,
    "text_ko": "선거 기간 감시를 강화한다.", "text_en": "Watch closely while the election lasts.",
}))]
struct New {
    /// Whose.
    #[schemars(with = "Word<Domain>")]
    domain: Domain,
    /// How grave: 0 (calm) to 4, whichever way the domain's own scheme counts.
    #[schemars(range(min = 0, max = 4))]
    level: u8,
    /// The first instant of it.
    #[schemars(with = "When")]
    from: Timestamp,
    /// The planned end, the first instant after it, at most 90 days ahead.
    #[schemars(with = "When")]
    until: Timestamp,
    /// Does it lower the alert that stands, or end it sooner?
    #[serde(default)]
    lowers: bool,
    /// Were the other leads and the apex asked? Asked, not answered.
    consulted: bool,
    /// What it says, in Korean.
    text_ko: Passage,
    /// What it says, in English.
    text_en: Passage,
}

/// An alert as it was signed.
#[derive(Debug, JsonSchema, Serialize)]
#[schemars(rename = "Alert")]
pub(crate) struct Raised {
    /// Whose.
    #[schemars(with = "Word<Domain>")]
    domain: Domain,
    /// How grave, 0 (calm) to 4.
    level: u8,
    /// The scheme in which the domain counts.
    #[schemars(with = "Word<Scheme>")]
    scheme: Scheme,
    /// The number of the level in that scheme.
    ordinal: u8,
    /// The first instant of it.
    #[schemars(with = "When")]
    from: Timestamp,
    /// The first instant after it.
    #[schemars(with = "When")]
    until: Timestamp,
    /// Is it in force now? It ends by itself, and where a new one begins.
    in_force: bool,
    /// The station that signed.
    #[schemars(with = "Station")]
    station: NodeCode,
    /// When it was signed.
    #[schemars(with = "When")]
    signed_at: Timestamp,
    /// What it says, in Korean.
    text_ko: String,
    /// What it says, in English.
    text_en: String,
    /// The number of its entry in the record.
    entry: u64,
}

impl Raised {
    fn of(entry: u64, signed: SignedAlert, in_force: bool) -> Self {
        let SignedAlert { alert: Alert { scope, level, from, until }, text_ko, text_en, signed_at } =
            signed;
        Self {
            domain: scope,
            level: level.urgency(),
            scheme: level.scheme(),
            ordinal: level.ordinal(),
            from,
            until,
            in_force,
            station: NodeCode::lead(scope), // nobody else signs one
            signed_at,
            text_ko,
            text_en,
            entry,
        }
    }
}

/// Alerts that are listed.
const SHOWN: u32 = 100;

/// Alerts, the newest first, each with whether it is in force.
fn all(app: &App, now: Timestamp) -> Result<Vec<Raised>, Problem> {
    let newest_first = app.desk().store().alerts(SHOWN)?;
    let in_order: Vec<SignedAlert> =
        newest_first.iter().rev().map(|(_, signed)| signed.clone()).collect();
    let holds = |signed: &SignedAlert| standing(&in_order, signed.alert.scope, now) == Some(signed);
    let one = |(entry, signed): (u64, SignedAlert)| {
        let in_force = holds(&signed);
        Raised::of(entry, signed, in_force)
    };
    Ok(newest_first.into_iter().map(one).collect())
}

/// The alert of each domain that has one in force.
pub(crate) fn in_force(app: &App, now: Timestamp) -> Result<Vec<Raised>, Problem> {
    let mut alerts = all(app, now)?;
    alerts.retain(|alert| alert.in_force);
    alerts.sort_by_key(|alert| alert.domain);
    Ok(alerts)
}

async fn list(State(app): State<App>, _: Caller, headers: HeaderMap) -> Result<Response, Problem> {
    let alerts = app.ask(|app| all(app, app.now()));
    Ok(output::tagged(&headers, &Page { items: alerts.await?, next: None }))
}

async fn set(
    State(app): State<App>,
    caller: Caller,
    key: Key,
    Json(new): Json<New>,
) -> Result<Response, Problem> {
    if !new.consulted {
        return Err(Problem::refused(
            Own::NotConsulted,
            "ask the other leads and the apex first, and say `consulted`: they need not have answered",
        ));
    }
    caller.lately(app.now())?;
    let ordinal = match scheme_of(new.domain) {
        Scheme::Cpcon => 5_u8.checked_sub(new.level),
        Scheme::Cyber | Scheme::Administrative => Some(new.level),
    };
    let level = ordinal.and_then(|ordinal| Level::new(scheme_of(new.domain), ordinal).ok());
    let level = level.ok_or_else(|| Problem::unfit(Own::AlertLevel, "`level` is 0 (calm) to 4"))?;
    let New { domain, from, until, lowers, consulted, text_ko, text_en, .. } = new;
    let wish = NewAlert {
        alert: Alert { scope: domain, level, from, until },
        lowers,
        consulted,
        text_ko: text_ko.0,
        text_en: text_en.0,
    };
    let asking = Asking::new(&app, caller, &key, "alerts");
    let receipt = asking.record(&app, Wish::SetAlert(wish)).await?;
    Ok(Done::of(None, &receipt).made())
}
