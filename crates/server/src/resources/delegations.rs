//! Delegations: what a service provider may do for an institution.

use std::collections::BTreeSet;

use axum::extract::State;
use axum::response::Response;
use axum::routing::{get, post};
use bongsu_authority::access::Action;
use bongsu_authority::{Delegation, DelegationId, InstitutionId, Mark, Power, Register};
use bongsu_response::Wish;
use http::HeaderMap;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::officers::Ended;
use crate::app::App;
use crate::caller::Caller;
use crate::input::{Asked, Json, Key, Named};
use crate::output::{self, Page};
use crate::problem::Problem;
use crate::recording::{Asking, Done};
use crate::right::{Right, Scope};
use crate::routes::{Route, schema};
use crate::wire::{Distinct, Id, Text, When, Word, distinct};

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
    Route::get(
        (
            "providers",
            "/api/v1/institutions/{institution}/providers",
            "Finds registered service providers by name, for an institution that may delegate to one",
        ),
        Right::May(Scope::RegisterRead, &[Action::SeeBenchmark, Action::Enrol]),
        schema::<Page<Provider>>,
        || get(providers),
    )
    .asking(schema::<Sought>),
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
    /// Its Korean name.
    institution_ko: Option<String>,
    /// And its English one.
    institution_en: Option<String>,
    /// To whom.
    #[schemars(with = "Id")]
    provider: String,
    /// Its Korean name.
    provider_ko: Option<String>,
    /// And its English one.
    provider_en: Option<String>,
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

impl Given {
    fn of(register: &Register, signed: &Delegation) -> Self {
        let named = |id| register.institution(id).map(|one| (one.name_ko, one.name_en)).unzip();
        let (institution_ko, institution_en) = named(signed.institution);
        let (provider_ko, provider_en) = named(signed.provider);
        Self {
            id: signed.id.to_string(),
            institution: signed.institution.to_string(),
            institution_ko,
            institution_en,
            provider: signed.provider.to_string(),
            provider_ko,
            provider_en,
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
    let all = given.chain(register.customers_of(institution, now));
    let mut items: Vec<Given> = all.map(|signed| Given::of(&register, signed)).collect();
    items.sort_by(|one, two| one.id.cmp(&two.id));
    Ok(output::tagged(&headers, &Page { items, next: None }))
}

/// Which providers.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "ProvidersSought")]
struct Sought {
    /// A part of the name, in either language.
    #[serde(default)]
    q: Text<100>,
}

/// A registered service provider.
#[derive(Debug, JsonSchema, Serialize)]
#[schemars(rename = "ServiceProvider")]
struct Provider {
    /// Its id.
    #[schemars(with = "Id")]
    id: String,
    /// Its Korean name.
    name_ko: String,
    /// And its English one.
    name_en: String,
}

/// Providers that are shown at once; a longer part of the name finds the others.
const FEW: usize = 20;

async fn providers(
    State(app): State<App>,
    caller: Caller,
    Named(institution): Named<InstitutionId>,
    Asked(sought): Asked<Sought>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let (register, now) = (app.desk().register(), app.now());
    let _ = app.desk().with(caller.who(), now, |asking| asking.see_institution(institution))?;
    let sought = sought.q.0.trim().to_lowercase();
    let called = |name: &str| name.to_lowercase().contains(&sought);
    let serves = register.marked(Mark::ServiceProvider).filter(|id| *id != institution);
    let mut items: Vec<Provider> = serves
        .filter_map(|id| register.institution(id))
        .filter(|one| called(&one.name_ko) || called(&one.name_en))
        .map(|one| Provider { id: one.id.to_string(), name_ko: one.name_ko, name_en: one.name_en })
        .collect();
    items.sort_by(|one, two| one.name_ko.cmp(&two.name_ko));
    items.truncate(FEW);
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
    Json(ended): Json<Ended>,
) -> Result<Response, Problem> {
    let asking = Asking::new(&app, caller, &key, &format!("end {delegation}"));
    let name = asking.of_body(&ended);
    let until = ended.until.unwrap_or_else(|| app.now());
    let wish = Wish::EndDelegation { delegation, until };
    let receipt = asking.record_named(&app, name, wish).await?;
    Ok(Done::of(Some(delegation.to_string()), &receipt).ok())
}
