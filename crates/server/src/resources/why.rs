//! Why a component is affected, or is not, or cannot be told: the whole reasoning, what was overruled included.

use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use bongsu_advisory::{Status, VulnerabilityId};
use bongsu_authority::access::Action;
use bongsu_authority::{InstitutionId, SystemId};
use bongsu_desk::intake;
use bongsu_formats::packing::Patience;
use bongsu_inventory::Inventory;
use bongsu_matching::{Answer, Depth, Finding, Reason, Why, find, versions_in_words};
use http::HeaderMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::admission::Class;
use crate::app::App;
use crate::caller::Caller;
use crate::input::{Asked, Named};
use crate::output::{self, Page};
use crate::problem::{Because, Facts, Own, Problem};
use crate::right::{Right, Scope};
use crate::routes::{Route, schema};
use crate::wire::Text;

pub(super) const ROUTES: &[Route] = &[Route::get(
    (
        "why",
        "/api/v1/institutions/{institution}/exposures/{system}/why",
        "Gives the whole reasoning about one flaw on one system, component by component",
    ),
    Right::May(Scope::InventoryRead, &[Action::SeeInventory]),
    schema::<Page<Reasoned>>,
    || get(why),
)
.asking(schema::<Query>)
.of(Class::Later)];

/// About what.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Query {
    /// The flaw, by any of its names.
    #[schemars(length(min = 1, max = 128))]
    flaw: Text<128>,
    /// Only this component, by the name the inventory gives it.
    #[schemars(length(min = 1, max = 300))]
    component: Option<Text<300>>,
}

/// The reasoning about one component.
#[derive(Debug, JsonSchema, Serialize)]
struct Reasoned {
    /// In which component.
    component: String,
    /// In which version.
    version: Option<String>,
    /// The package URL, where it has one.
    purl: Option<String>,
    /// The flaw's primary name.
    vulnerability: String,
    /// `affected`, `cannot_tell` or `not_affected`.
    answer: &'static str,
    /// What decided.
    decided: Voice,
    /// Everything else that was weighed, the weightiest first: what was overruled stands here.
    weighed: Vec<Voice>,
    /// Versions that fix it, the nearest first.
    fixed: Vec<String>,
}

/// One voice in the matter.
#[derive(Debug, JsonSchema, Serialize)]
#[schemars(rename = "ReasoningVoice")]
struct Voice {
    /// What it says: `affected`, `cannot_tell` or `not_affected`.
    answer: &'static str,
    /// Who asserts it.
    asserter: String,
    /// The rule that gave it, such as `in_range` or `statement`.
    rule: &'static str,
    /// In one sentence.
    sentence: String,
    /// The same as a stable word, `why-` and the rule, with its facts.
    cause: Because,
    /// The range, where one decided.
    range: Option<String>,
    /// The order in which versions were compared, where they were.
    order: Option<String>,
    /// The version that was judged: the component's, its source package's, or a CPE's.
    judged: Option<String>,
    /// The document it stands in.
    document: String,
    /// The line, in a document of many.
    line: Option<u64>,
    /// The field, as a JSON pointer or the format's own path.
    field: Option<String>,
}

impl Voice {
    fn of(answer: Answer, reason: &Reason) -> Self {
        let (rule, range, order) = rule(&reason.why);
        Self {
            answer: answer.word(),
            asserter: reason.asserter.clone(),
            rule,
            sentence: reason.sentence(),
            cause: because(reason),
            range,
            order,
            judged: reason.version.clone(),
            document: reason.place.document.clone(),
            line: reason.place.line,
            field: reason.place.field.clone(),
        }
    }
}

/// What decided, as a word and the facts of its sentence.
pub(super) fn because(reason: &Reason) -> Because {
    let (rule, range, order) = rule(&reason.why);
    let mut facts = Facts::new();
    let mut say = |name: &str, fact: Option<&str>| {
        if let Some(fact) = fact {
            facts.insert(name.to_owned(), fact.into());
        }
    };
    say("version", reason.version.as_deref());
    say("range", range.as_deref());
    say("order", order.as_deref());
    match &reason.why {
        Why::InRange { status, .. }
        | Why::Listed { status, .. }
        | Why::AllVersions { status }
        | Why::Otherwise { status, .. } => say("status", Some(word(*status))),
        Why::Unreadable { text, .. } => say("text", Some(brief(text))),
        Why::WordsOnly { words } => say("text", Some(brief(words))),
        Why::ReleaseUnknown { release } => say("release", Some(brief(release))),
        Why::EpochMissing { bound } => say("bound", Some(brief(bound))),
        Why::OwnedByDistribution { owner, .. } => say("owner", Some(owner)),
        Why::Statement { says, .. } => say("says", Some(says)),
        _ => {}
    }
    let reason = match &reason.why {
        Why::OwnedByDistribution { known: false, .. } => "why-owned-unknown".to_owned(),
        _ => format!("why-{}", rule.replace('_', "-")),
    };
    Because { reason, facts }
}

/// Texts of sources are cut short in a sentence.
fn brief(text: &str) -> &str {
    text.char_indices().nth(80).map_or(text, |(end, _)| &text[..end])
}

fn word(status: Status) -> &'static str {
    match status {
        Status::Affected => "affected",
        Status::Unaffected => "not_affected",
        Status::Unknown => "unknown",
    }
}

/// The name of a rule, its range and the order it compared in.
fn rule(why: &Why) -> (&'static str, Option<String>, Option<String>) {
    let in_words = |range: &bongsu_package::Interval| {
        versions_in_words(&bongsu_advisory::Versions::Range(range.clone()))
    };
    match why {
        Why::InRange { range, scheme, .. } => {
            ("in_range", Some(in_words(range)), Some(scheme.to_string()))
        }
        Why::Listed { version, scheme, .. } => {
            ("listed", Some(version.clone()), Some(scheme.to_string()))
        }
        Why::Otherwise { scheme, .. } => ("otherwise", None, Some(scheme.to_string())),
        Why::Unreadable { scheme, .. } => ("unreadable", None, Some(scheme.to_string())),
        Why::AllVersions { .. } => ("all_versions", None, None),
        Why::Silent => ("silent", None, None),
        Why::NoVersion => ("no_version", None, None),
        Why::CommitsOnly => ("commits_only", None, None),
        Why::WordsOnly { .. } => ("words_only", None, None),
        Why::Contradicted => ("contradicted", None, None),
        Why::ReleaseUnknown { .. } => ("release_unknown", None, None),
        Why::EpochMissing { .. } => ("epoch_missing", None, None),
        Why::UnboundedCpe => ("unbounded_cpe", None, None),
        Why::CatalogueOnly => ("catalogue_only", None, None),
        Why::OwnedByDistribution { .. } => ("owned_by_distribution", None, None),
        Why::Withdrawn => ("withdrawn", None, None),
        Why::Rejected => ("rejected", None, None),
        Why::Statement { .. } => ("statement", None, None),
        _ => ("other", None, None),
    }
}

impl Reasoned {
    fn of(inventory: &Inventory, finding: &Finding<'_>) -> Self {
        let component = &inventory.components[finding.component];
        let weighed = finding.weighed.iter().take(MOST);
        Self {
            component: component.name.clone(),
            version: component.version.clone(),
            purl: component.purl.as_ref().map(ToString::to_string),
            vulnerability: finding.vulnerability.to_string(),
            answer: finding.answer.word(),
            decided: Voice::of(finding.answer, &finding.reason),
            weighed: weighed.map(|(answer, reason)| Voice::of(*answer, reason)).collect(),
            fixed: finding.fixed.clone(),
        }
    }
}

/// The most components, and the most voices of one, that are shown.
const MOST: usize = 200;

async fn why(
    State(app): State<App>,
    caller: Caller,
    Named((institution, system)): Named<(InstitutionId, SystemId)>,
    Asked(query): Asked<Query>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let page = app.ask(move |app| {
        let (who, now, desk) = (caller.who(), app.now(), app.desk());
        let permit = desk.with(who, now, |asking| asking.see_inventory(institution))?;
        let document = desk.store().document(&permit, institution, system)?;
        let document = document.ok_or_else(Problem::absent)?;
        let flaw: VulnerabilityId = query.flaw.0.parse().map_err(|_| {
            Problem::unfit(Own::FlawName, "`flaw` is an identifier such as CVE-2021-44228")
        })?;
        let read = intake::read(&document.name, &document.bytes, Patience::ENDLESS);
        let mut inventory =
            read.map_err(|error| Problem::refused(&error, error.to_string()))?.inventory;
        if let Some(Text(name)) = &query.component {
            inventory.components.retain(|component| component.name == *name);
        }
        let known = (app.matching()?.known)();
        let findings = find(known.knowledge(), &inventory, &system.to_string(), Depth::All);
        let about =
            findings.iter().filter(|one| one.vulnerability == flaw || one.aliases.contains(&flaw));
        let items = about.take(MOST).map(|one| Reasoned::of(&inventory, one)).collect();
        Ok(Page { items, next: None })
    });
    Ok(output::tagged(&headers, &page.await?))
}
