//! What is known about one's own systems now, and why.

mod judged;

use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use bongsu_authority::access::Action;
use bongsu_authority::{InstitutionId, SystemId};
use bongsu_desk::intake;
use bongsu_formats::packing::Patience;
use bongsu_inventory::Inventory;
use bongsu_matching::{Depth, Finding, Knowledge, find};
use bongsu_store::Document;
use http::HeaderMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub(crate) use self::judged::Judged;
use super::inventories::systems;
use super::why::because;
use crate::admission::Class;
use crate::app::App;
use crate::caller::Caller;
use crate::input::{Asked, Named};
use crate::output::{self, Page};
use crate::problem::{Because, Problem};
use crate::right::{Right, Scope};
use crate::routes::{Route, schema};
use crate::wire::Id;

pub(super) const ROUTES: &[Route] = &[Route::get(
    (
        "exposures",
        "/api/v1/institutions/{institution}/exposures",
        "Lists what is known of an institution's systems now, with the reason for each answer",
    ),
    Right::May(Scope::InventoryRead, &[Action::SeeInventory]),
    schema::<Page<Exposed>>,
    || get(list),
)
.asking(schema::<Query>)
.of(Class::Later)];

/// Which of them.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Query {
    /// Only of this system.
    #[schemars(with = "Option<Id>")]
    system: Option<SystemId>,
    /// Only of this flaw, under any of its names.
    #[schemars(length(max = 128))]
    flaw: Option<String>,
    /// Where the page before ended.
    #[schemars(length(max = 128))]
    cursor: Option<String>,
    /// How many on a page, at most 200.
    #[schemars(range(min = 1, max = 200))]
    limit: Option<u32>,
}

/// One flaw and one component, with the answer and what decided.
#[derive(Clone, Debug, JsonSchema, Serialize)]
#[schemars(rename = "FoundExposure")]
pub(crate) struct Exposed {
    /// On which system.
    #[schemars(with = "Id")]
    system: String,
    /// What the latest inventory of the system is called.
    name: String,
    /// In which component.
    component: String,
    /// In which version.
    version: Option<String>,
    /// The flaw.
    vulnerability: String,
    /// Its other names.
    aliases: Vec<String>,
    /// `affected`, `cannot_tell` or `not_affected`.
    answer: &'static str,
    /// Why.
    reason: String,
    /// The same as a stable word, `why-` and the rule, with its facts.
    cause: Because,
    /// Who asserts what decided.
    source: String,
    /// Versions that fix it.
    fixed: Vec<String>,
    /// Is it in the catalogue of exploited vulnerabilities?
    exploited: bool,
    /// The probability that it is exploited within thirty days.
    epss: Option<f64>,
    /// How bad, in a word.
    severity: Option<&'static str>,
    /// The CVSS score.
    cvss: Option<f64>,
    /// What it is, in one line.
    summary: String,
}

impl Exposed {
    fn of(system: SystemId, inventory: &Inventory, finding: &Finding<'_>) -> Self {
        let component = &inventory.components[finding.component];
        let severity = finding.severity;
        Self {
            system: system.to_string(),
            name: String::new(), // the same document may come under another name
            component: component.name.clone(),
            version: component.version.clone(),
            vulnerability: finding.vulnerability.as_str().to_owned(),
            aliases: finding.aliases.iter().map(|one| one.as_str().to_owned()).collect(),
            answer: finding.answer.word(),
            reason: finding.reason.sentence(),
            cause: because(&finding.reason),
            source: finding.reason.asserter.clone(),
            fixed: finding.fixed.clone(),
            exploited: finding.kev.is_some(),
            epss: finding.epss.map(|score| score.probability),
            severity: severity.and_then(|it| it.rating).map(bongsu_advisory::Rating::word),
            cvss: severity.and_then(|it| it.score),
            summary: finding.summary.to_owned(),
        }
    }
}

impl Exposed {
    /// Is it about this flaw? Anything is, where none is meant.
    fn is_about(&self, flaw: Option<&str>) -> bool {
        flaw.is_none_or(|flaw| {
            self.vulnerability == flaw || self.aliases.iter().any(|alias| alias == flaw)
        })
    }
}

/// A place in the list: the system, and how many of its findings were shown.
fn place(system: SystemId, shown: u32) -> Vec<u8> {
    [&system.0[..], &shown.to_be_bytes()].concat()
}

fn begins(cursor: Option<&str>) -> Result<([u8; 16], u32), Problem> {
    let Some(cursor) = cursor else { return Ok(([0; 16], 0)) };
    let place = output::place(cursor)?;
    let (system, shown) = place.split_at_checked(16).ok_or_else(output::no_place)?;
    let shown = u32::from_be_bytes(shown.try_into().map_err(|_| output::no_place())?);
    Ok((system.try_into().map_err(|_| output::no_place())?, shown))
}

/// What a document says by what is known; nothing where it cannot be read any more.
fn judge(knowledge: &Knowledge, system: SystemId, document: &Document) -> Vec<Exposed> {
    let Ok(read) = intake::read(&document.name, &document.bytes, Patience::ENDLESS) else {
        return Vec::new();
    };
    let findings = find(knowledge, &read.inventory, &system.to_string(), Depth::News);
    findings.iter().map(|finding| Exposed::of(system, &read.inventory, finding)).collect()
}

async fn list(
    State(app): State<App>,
    caller: Caller,
    Named(institution): Named<InstitutionId>,
    Asked(query): Asked<Query>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let turn = app.judged().turn().await?;
    let page = app.ask(move |app| {
        let _until_it_is_judged = turn;
        let (who, now, desk) = (caller.who(), app.now(), app.desk());
        let systems = systems(app, who, institution)?;
        let permit = desk.with(who, now, |asking| asking.see_inventory(institution))?;
        let limit = output::limit(query.limit)?;
        let (first, shown) = begins(query.cursor.as_deref())?;
        let known = (app.matching()?.known)();
        let (mut items, mut next) = (Vec::new(), None);
        let wanted = systems.into_iter().filter(|(system, _)| {
            system.0 >= first && query.system.is_none_or(|only| only == *system)
        });
        'all: for (system, published) in wanted {
            let Some(document) = desk.store().document(&permit, institution, system)? else {
                continue;
            };
            let findings = app.judged().of(known.edition(), (system, published.digest), || {
                judge(known.knowledge(), system, &document)
            });
            let from = if system.0 == first { shown as usize } else { 0 };
            let all = findings.iter().enumerate().skip(from);
            for (number, finding) in all.filter(|(_, found)| found.is_about(query.flaw.as_deref()))
            {
                if items.len() == limit {
                    let number = u32::try_from(number).unwrap_or(u32::MAX);
                    next = Some(output::cursor(&place(system, number)));
                    break 'all;
                }
                items.push(Exposed { name: document.name.clone(), ..finding.clone() });
            }
        }
        Ok(Page { items, next })
    });
    Ok(output::tagged(&headers, &page.await?))
}
