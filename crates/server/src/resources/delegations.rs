//! Delegations: what a service provider may do for an institution.

use std::collections::BTreeSet;

use axum::extract::State;
use axum::response::Response;
use axum::routing::{get, post};
use bongsu_authority::access::Action;
use bongsu_authority::{Delegation, DelegationId, InstitutionId, Power};
use bongsu_response::Wish;
use http::HeaderMap;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::officers::Ended;
use crate::app::App;
use crate::caller::Caller;
use crate::input::{Json, Key, Named};
use crate::output::{self, Page};
use crate::problem::Problem;
use crate::recording::{Asking, Done};
use crate::right::{Right, Scope};
use crate::routes::{Route, schema};
use crate::wire::{Distinct, Id, When, Word, distinct};

pub(super) const ROUTES: &[Route] = &[
    Route::get(
        (
            "delegations",
            "/api/v1/institutions/{institution}/delegations",
            "Lists the delegations that an institution gave or was given, and that hold now",
        ),
        Right::May(Scope::RegisterRead, &[Action::SeeBenchmark, Action::Enrol]),
        schema::<Page<Given>>,
        || get(list),
    ),
    Route::post(
        (
            "delegate",
            "/api/v1/institutions/{institution}/delegations",
            "Signs a delegation to a service provider",
        ),
        Right::May(Scope::RegisterWrite, &[Action::Delegate]),
        (schema::<Signed>, schema::<Done>),
        || post(delegate),
    )
    .making(),
    Route::post(
        ("end_delegation", "/api/v1/delegations/{delegation}/end", "Takes a delegation back"),
        Right::May(Scope::RegisterWrite, &[Action::EndDelegation]),
        (schema::<Ended>, schema::<Done>),
        || post(end),
    ),
];

/// A delegation that holds.
#[derive(Debug, JsonSchema, Serialize)]
#[schemars(rename = "Delegation")]
struct Given {
    /// Its id.
    #[schemars(with = "Id")]
    id: String,
    /// Who delegates.
    #[schemars(with = "Id")]
    institution: String,
    /// To whom.
    #[schemars(with = "Id")]
    provider: String,
    /// What the provider may do.
    #[schemars(with = "Vec<Word<Power>>")]
    powers: BTreeSet<Power>,
    /// The first instant of it.
    #[schemars(with = "When")]
    from: Timestamp,
    /// The first instant after it.
    #[schemars(with = "When")]
    until: Timestamp,
}

impl From<&Delegation> for Given {
    fn from(signed: &Delegation) -> Self {
        Self {
            id: signed.id.to_string(),
            institution: signed.institution.to_string(),
            provider: signed.provider.to_string(),
            powers: signed.powers.clone(),
            from: signed.from,
            until: signed.until,
        }
    }
}

async fn list(
    State(app): State<App>,
    caller: Caller,
    Named(institution): Named<InstitutionId>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let (register, now) = (app.desk().register(), app.now());
    let _ = app.desk().with(caller.who(), now, |asking| asking.see_institution(institution))?;
    let given = register.providers_of(institution, now);
    let mut items: Vec<Given> =
        given.chain(register.customers_of(institution, now)).map(Given::from).collect();
    items.sort_by(|one, two| one.id.cmp(&two.id));
    Ok(output::tagged(&headers, &Page { items, next: None }))
}

/// A delegation as it is signed.
#[derive(Clone, Debug, Deserialize, JsonSchema, Serialize)]
#[serde(deny_unknown_fields)]
#[schemars(example = serde_json::json!({
    "provider": "00000000000000000000000001", "powers": ["see", "acknowledge"], "until": "2027-11-01T00:00:00+09:00",
}))]
struct Signed {
    /// The provider, itself an institution.
    #[schemars(with = "Id")]
    provider: InstitutionId,
    /// What it may do.
    #[serde(deserialize_with = "distinct::<_, _, 8>")]
    #[schemars(with = "Distinct<Word<Power>, 8>")]
    powers: BTreeSet<Power>,
    /// The first instant of it; now where nothing is said.
    #[schemars(with = "Option<When>")]
    from: Option<Timestamp>,
    /// The first instant after it.
    #[schemars(with = "When")]
    until: Timestamp,
}

async fn delegate(
    State(app): State<App>,
    caller: Caller,
    Named(institution): Named<InstitutionId>,
    key: Key,
    Json(body): Json<Signed>,
) -> Result<Response, Problem> {
    let signed_by = caller.person;
    let asking = Asking::new(&app, caller, &key, &format!("delegate {institution}"));
    let name = asking.of_body(&body);
    let delegation = Delegation {
        id: DelegationId(asking.makes()),
        institution,
        provider: body.provider,
        powers: body.powers,
        signed_by,
        from: body.from.unwrap_or_else(|| app.now()),
        until: body.until,
    };
    let id = delegation.id.to_string();
    let receipt = asking.record_named(&app, name, Wish::Delegate(delegation)).await?;
    Ok(Done::of(Some(id), &receipt).made())
}

async fn end(
    State(app): State<App>,
    caller: Caller,
    Named(delegation): Named<DelegationId>,
    key: Key,
    Json(Ended { until }): Json<Ended>,
) -> Result<Response, Problem> {
    let asking = Asking::new(&app, caller, &key, &format!("end {delegation}"));
    let receipt = asking.record(&app, Wish::EndDelegation { delegation, until }).await?;
    Ok(Done::of(Some(delegation.to_string()), &receipt).ok())
}
