//! What is known about one flaw: who says what, whether it stands, how bad, which versions, and the case about it.

mod recent;

use std::collections::BTreeSet;

use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use bongsu_advisory::{
    Advisory, Affected, KevEntry, Rating, Severity, Standing, Status, Subject, VulnerabilityId,
};
use bongsu_authority::access::Action;
use bongsu_matching::{Knowledge, versions_in_words};
use http::HeaderMap;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use crate::admission::Class;
use crate::app::App;
use crate::caller::Caller;
use crate::input::Named;
use crate::output::{self, Page};
use crate::problem::Problem;
use crate::right::{Right, Scope};
use crate::routes::{Route, schema};
use crate::wire::{Id, When};

pub(super) const ROUTES: &[Route] = &[
    Route::get(
        (
            "known_recent",
            "/api/v1/known/recent",
            "Lists flaws that came in within a week, run somewhere and have no case, the newest first",
        ),
        Right::May(Scope::PictureRead, &[Action::OpenCase]),
        schema::<Page<recent::Recent>>,
        || get(recent::list),
    )
    .of(Class::Later),
    Route::get(
        (
            "known",
            "/api/v1/known/{identifier}",
            "Says what is known about one flaw, source by source, under any of its names",
        ),
        Right::May(Scope::CaseRead, &[Action::SeeCase]),
        schema::<Known>,
        || get(show),
    ),
];

/// The most documents, and the most things and rules of one, that are shown; how many there are is said beside.
const MOST: usize = 50;

/// What is known about a flaw.
#[derive(Debug, JsonSchema, Serialize)]
#[schemars(rename = "KnownFlaw")]
struct Known {
    /// The name that was asked for, as its authority spells it.
    identifier: String,
    /// The primary names of the flaws it belongs to: the CVE where there is one.
    primary: Vec<String>,
    /// Every other name.
    aliases: Vec<String>,
    /// What each source says, in the order it came; the first 50.
    entries: Vec<Entry>,
    /// How many documents there are.
    documents: u64,
    /// Its row in the catalogue of exploited vulnerabilities.
    exploited: Option<Exploited>,
    /// Is such a catalogue loaded? Without one, that nothing is known of it says nothing.
    catalogue_loaded: bool,
    /// The forecast.
    epss: Option<Forecast>,
    /// Cases about it that show themselves.
    cases: Vec<About>,
}

/// What one source says.
#[derive(Debug, JsonSchema, Serialize)]
#[schemars(rename = "KnownEntry")]
struct Entry {
    /// The identifier the source gave it.
    identifier: String,
    /// Who says so.
    asserter: String,
    /// Where it was read.
    document: String,
    /// What it is, in one line.
    summary: String,
    /// `stands`, `withdrawn` or `rejected`.
    standing: &'static str,
    /// When it was taken back, where the source says.
    #[schemars(with = "Option<When>")]
    withdrawn_at: Option<Timestamp>,
    /// When its source first published it.
    #[schemars(with = "Option<When>")]
    published: Option<Timestamp>,
    /// When its source last changed it.
    #[schemars(with = "Option<When>")]
    modified: Option<Timestamp>,
    /// Set where the source says that this is a notice and no flaw.
    informational: Option<String>,
    /// How bad the source says it is, one entry a scale.
    severity: Vec<HowBad>,
    /// What it touches; the first 50.
    affected: Vec<Touched>,
    /// How many things it touches.
    things: u64,
}

/// A statement of severity.
#[derive(Debug, JsonSchema, Serialize)]
#[schemars(rename = "KnownSeverity")]
struct HowBad {
    /// The CVSS vector.
    vector: Option<String>,
    /// The CVSS score.
    score: Option<f64>,
    /// How bad, in a word.
    rating: Option<&'static str>,
}

/// A thing and what is said about its versions.
#[derive(Debug, JsonSchema, Serialize)]
#[schemars(rename = "KnownThing")]
struct Touched {
    /// `package`, `product` or `cpe`.
    kind: &'static str,
    /// Its name.
    name: String,
    /// The order its versions are compared in.
    order: String,
    /// What the source says about versions, in its order; the first 50.
    versions: Vec<Versions>,
    /// What holds for versions that nothing is said of: `affected`, `unaffected` or `unknown`.
    otherwise: &'static str,
    /// Versions that fix it.
    fixed: Vec<String>,
    /// A remediation or workaround.
    advice: Option<String>,
}

/// What is said about some versions.
#[derive(Debug, JsonSchema, Serialize)]
#[schemars(rename = "KnownVersions")]
struct Versions {
    /// `affected`, `unaffected` or `unknown`.
    status: &'static str,
    /// Which, in words: `>= 1.0, < 2.0`.
    versions: String,
}

/// A row of the catalogue of exploited vulnerabilities.
#[derive(Debug, JsonSchema, Serialize)]
#[schemars(rename = "KnownExploited")]
struct Exploited {
    /// The catalogue's name for it.
    name: String,
    /// Vendor, as written.
    vendor: String,
    /// Product, as written.
    product: String,
    /// The day it entered, such as `2026-05-13`.
    added: Option<String>,
    /// The day by which the catalogue's own audience had to be done.
    due: Option<String>,
    /// Do ransomware campaigns use it?
    ransomware: bool,
    /// What the catalogue asks for.
    action: String,
}

/// A forecast of exploitation.
#[derive(Debug, JsonSchema, Serialize)]
#[schemars(rename = "KnownForecast")]
struct Forecast {
    /// Probability within thirty days, 0 to 1.
    probability: f64,
    /// Share of flaws with this or a lower one, 0 to 1.
    percentile: f64,
}

/// A case.
#[derive(Debug, JsonSchema, Serialize)]
#[schemars(rename = "KnownCase")]
struct About {
    /// Its id.
    #[schemars(with = "Id")]
    id: String,
    /// One line.
    title: String,
}

async fn show(
    State(app): State<App>,
    caller: Caller,
    Named(identifier): Named<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let shown = app.ask(move |app| {
        let name: VulnerabilityId = identifier.parse().map_err(|_| Problem::absent())?;
        let known = (app.matching()?.known)();
        let mut shown = Known::of(known.knowledge(), &name).ok_or_else(Problem::absent)?;
        let names: BTreeSet<&str> =
            shown.aliases.iter().chain([&shown.identifier]).map(String::as_str).collect();
        let cases = app.desk().cases(caller.who(), app.now())?;
        let about = cases.into_iter().filter(|case| {
            case.identifiers.iter().any(|identifier| names.contains(identifier.as_str()))
        });
        shown.cases = about.map(|it| About { id: it.id.to_string(), title: it.title }).collect();
        Ok(shown)
    });
    Ok(output::tagged(&headers, &shown.await?))
}

impl Known {
    /// What is known under a name; nothing where no source, catalogue or forecast names it.
    fn of(knowledge: &Knowledge, name: &VulnerabilityId) -> Option<Self> {
        let names = knowledge.names_of(name);
        let documents = knowledge.told(name);
        let (kev, epss) = (knowledge.kev(&names), knowledge.epss(&names));
        if documents.is_empty() && kev.is_none() && epss.is_none() {
            return None;
        }
        let primary = knowledge.correlation().primary_of(name);
        Some(Self {
            identifier: name.to_string(),
            primary: primary.into_iter().map(ToString::to_string).collect(),
            aliases: names.iter().skip(1).map(ToString::to_string).collect(),
            entries: documents.iter().take(MOST).map(|one| Entry::from(*one)).collect(),
            documents: documents.len() as u64,
            exploited: kev.map(Exploited::from),
            catalogue_loaded: knowledge.has_catalogue(),
            epss: epss.map(|score| Forecast {
                probability: score.probability,
                percentile: score.percentile,
            }),
            cases: Vec::new(),
        })
    }
}

impl From<&Advisory> for Entry {
    fn from(one: &Advisory) -> Self {
        let (standing, withdrawn_at) = match one.standing {
            Standing::Valid => ("stands", None),
            Standing::Withdrawn { at } => ("withdrawn", at),
            Standing::Rejected => ("rejected", None),
        };
        Self {
            identifier: one.id.to_string(),
            asserter: one.asserter.clone(),
            document: one.place.document.clone(),
            summary: one.summary.clone(),
            standing,
            withdrawn_at,
            published: one.published,
            modified: one.modified,
            informational: one.informational.clone(),
            severity: one.severity.iter().map(HowBad::from).collect(),
            affected: one.affected.iter().take(MOST).map(Touched::from).collect(),
            things: one.affected.len() as u64,
        }
    }
}

impl From<&Severity> for HowBad {
    fn from(said: &Severity) -> Self {
        let rating = said.rating.map(Rating::word);
        Self { vector: said.vector.clone(), score: said.score, rating }
    }
}

impl From<&Affected> for Touched {
    fn from(one: &Affected) -> Self {
        let (kind, name) = subject(&one.subject);
        let rules = one.rules.iter().take(MOST).map(|rule| Versions {
            status: word(rule.status),
            versions: versions_in_words(&rule.versions),
        });
        Self {
            kind,
            name,
            order: one.scheme.to_string(),
            versions: rules.collect(),
            otherwise: word(one.otherwise),
            fixed: one.fixed.iter().take(MOST).cloned().collect(),
            advice: one.advice.clone(),
        }
    }
}

impl From<&KevEntry> for Exploited {
    fn from(row: &KevEntry) -> Self {
        Self {
            name: row.name.clone(),
            vendor: row.vendor.clone(),
            product: row.product.clone(),
            added: row.added.map(|day| day.to_string()),
            due: row.due.map(|day| day.to_string()),
            ransomware: row.ransomware,
            action: row.action.clone(),
        }
    }
}

/// What a thing is, and its name.
pub(super) fn subject(subject: &Subject) -> (&'static str, String) {
    match subject {
        Subject::Package(name) => ("package", name.to_string()),
        Subject::Product(name) => ("product", format!("{}/{}", name.vendor(), name.product())),
        Subject::Cpe(cpe) => ("cpe", cpe.to_string()),
    }
}

fn word(status: Status) -> &'static str {
    match status {
        Status::Affected => "affected",
        Status::Unaffected => "unaffected",
        Status::Unknown => "unknown",
    }
}
