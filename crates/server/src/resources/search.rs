//! One box: flaws, products, institutions, cases and acts by what somebody typed.

use std::time::Instant;

use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use bongsu_advisory::VulnerabilityId;
use bongsu_authority::access::Action;
use bongsu_authority::{Domain, Institution, InstitutionId, NodeCode, Seat};
use bongsu_matching::{Knowledge, Thing};
use bongsu_response::{Act, ActKind, ActState, Case, CaseState};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::caller::Caller;
use crate::input::Asked;
use crate::live::ears::own_institutions;
use crate::output;
use crate::problem::{Own, Problem};
use crate::right::{Right, Scope};
use crate::routes::{Route, schema};
use crate::wire::{self, Id, Station, Text, When, Word};

pub(super) const ROUTES: &[Route] = &[Route::get(
    (
        "search",
        "/api/v1/search",
        "Finds flaws, products, institutions, cases and acts by name or identifier, at most 10 of each",
    ),
    Right::May(Scope::CaseRead, &[Action::SeeCase]),
    schema::<Found>,
    || get(search),
)
.asking(schema::<Query>)];

/// The most of one kind.
const MOST: usize = 10;

/// From so many bytes on a word is looked for in what documents say, too.
const WORD: usize = 5;

/// The shortest text that is looked for, in characters: one letter is in every name.
const SHORTEST: usize = 2;

/// What is looked for.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Query {
    /// An identifier, a name of a product, package or institution, a package URL, or a title; 2 to 128 characters.
    #[schemars(with = "String", length(min = 2, max = 128), regex(pattern = wire::PLAIN))]
    q: Text<128>,
}

/// What was found. Of each kind at most 10, the best fitting first; nothing that the caller may not see.
#[derive(Debug, JsonSchema, Serialize)]
#[schemars(rename = "SearchResults")]
struct Found {
    /// Flaws, by identifier.
    flaws: Vec<Flaw>,
    /// Packages and products that documents speak of.
    products: Vec<Product>,
    /// Institutions in the caller's scope.
    institutions: Vec<Named>,
    /// Cases that show themselves.
    cases: Vec<About>,
    /// Acts that show themselves.
    acts: Vec<Titled>,
    /// Is a catalogue of exploited flaws loaded? Without one, that a flaw is not in it says nothing.
    catalogue_loaded: bool,
    /// How long flaws and products took, in microseconds: of what depends on rights, not even the time is told.
    took_us: u64,
}

/// A flaw.
#[derive(Debug, JsonSchema, Serialize)]
#[schemars(rename = "FoundFlaw")]
struct Flaw {
    /// Its primary name.
    identifier: String,
    /// What it is, in one line.
    summary: String,
    /// Is it in the catalogue of exploited vulnerabilities?
    exploited: bool,
    /// The probability that it is exploited within thirty days.
    epss: Option<f64>,
}

/// A package or product.
#[derive(Debug, JsonSchema, Serialize)]
#[schemars(rename = "FoundProduct")]
struct Product {
    /// Of which ecosystem, where it is a package.
    ecosystem: Option<String>,
    /// Of which vendor, where it is a product.
    vendor: Option<String>,
    /// Its name.
    name: String,
    /// Entries of documents that speak of it.
    entries: u64,
}

/// An institution.
#[derive(Debug, JsonSchema, Serialize)]
#[schemars(rename = "FoundInstitution")]
struct Named {
    /// Its id.
    #[schemars(with = "Id")]
    id: String,
    /// Korean name.
    name_ko: String,
    /// English name.
    name_en: String,
    /// Of which domain.
    #[schemars(with = "Word<Domain>")]
    domain: Domain,
}

/// A case.
#[derive(Debug, JsonSchema, Serialize)]
#[schemars(rename = "FoundCase")]
struct About {
    /// Its id.
    #[schemars(with = "Id")]
    id: String,
    /// One line.
    title: String,
    /// Where it stands.
    #[schemars(with = "Word<CaseState>")]
    state: CaseState,
}

/// An act.
#[derive(Debug, JsonSchema, Serialize)]
#[schemars(rename = "FoundAct")]
struct Titled {
    /// Its id.
    #[schemars(with = "Id")]
    id: String,
    /// What kind.
    #[schemars(with = "Word<ActKind>")]
    kind: ActKind,
    /// Where it stands.
    #[schemars(with = "Word<ActState>")]
    state: ActState,
    /// Whose it is: acts about one flaw often share a title.
    #[schemars(with = "Station")]
    issuer: NodeCode,
    /// When it was issued.
    #[schemars(with = "Option<When>")]
    issued_at: Option<Timestamp>,
    /// Korean title.
    title_ko: String,
    /// English title.
    title_en: String,
}

async fn search(
    State(app): State<App>,
    caller: Caller,
    Asked(Query { q }): Asked<Query>,
) -> Result<Response, Problem> {
    let text = Sought::new(&q.0)?;
    let found = app.ask(move |app| {
        let begun = Instant::now();
        let mut catalogue_loaded = false;
        let (flaws, products) = match app.matching() {
            Ok(matching) => {
                let known = (matching.known)();
                catalogue_loaded = known.knowledge().has_catalogue();
                (flaws(known.knowledge(), &text), products(known.knowledge(), &text))
            }
            Err(_) => Default::default(), // a node without an index knows of no flaw
        };
        let took_us = u64::try_from(begun.elapsed().as_micros()).unwrap_or(u64::MAX);
        Ok(Found {
            flaws,
            products,
            institutions: institutions(app, &caller, &text),
            cases: cases(app, &caller, &text)?,
            acts: acts(app, &caller, &text)?,
            catalogue_loaded,
            took_us,
        })
    });
    Ok(output::ok(&found.await?))
}

/// A text that is looked for, as it was typed and in lower case.
struct Sought {
    typed: String,
    lower: String,
}

impl Sought {
    fn new(typed: &str) -> Result<Self, Problem> {
        let typed = typed.trim().to_owned();
        if typed.chars().count() < SHORTEST {
            return Err(Problem::unfit(
                Own::SearchShort.with("least", SHORTEST),
                format!("`q` has at least {SHORTEST} characters"),
            ));
        }
        Ok(Self { lower: typed.to_lowercase(), typed })
    }

    /// Does a text hold it?
    fn is_in(&self, text: &str) -> bool {
        // Hangul has no cases, and most names fit as they were typed or not at all.
        text.contains(&self.typed) || text.to_lowercase().contains(&self.lower)
    }

    /// Is it the beginning of an id?
    fn begins(&self, id: &str) -> bool {
        self.lower.len() >= 6 && id.starts_with(&self.lower)
    }
}

fn flaws(knowledge: &Knowledge, text: &Sought) -> Vec<Flaw> {
    let mut names: Vec<VulnerabilityId> = Vec::new();
    if let Ok(id) = text.typed.parse::<VulnerabilityId>() {
        names.extend(knowledge.flaws_like(&id, MOST).into_iter().cloned());
        // What only the catalogue or a withdrawn document names is in no correlation.
        let is_named = || !knowledge.told(&id).is_empty() || knowledge.kev([&id]).is_some();
        if names.is_empty() && is_named() {
            names.push(id);
        }
    }
    if names.is_empty() && text.lower.len() >= WORD {
        names = called(knowledge, text);
    }
    names.into_iter().map(|name| flaw(knowledge, &name)).collect()
}

/// Flaws whose documents call them so: many are known by a name that is no identifier, such as `Log4Shell`.
fn called(knowledge: &Knowledge, text: &Sought) -> Vec<VulnerabilityId> {
    let mut names: Vec<VulnerabilityId> = Vec::new();
    for document in knowledge.advisories().iter().filter(|one| text.is_in(&one.summary)) {
        let primary = knowledge.correlation().primary_of(&document.id);
        let name = primary.into_iter().next().unwrap_or(&document.id);
        if !names.contains(name) {
            names.push(name.clone());
            if names.len() == MOST {
                break;
            }
        }
    }
    names
}

fn flaw(knowledge: &Knowledge, name: &VulnerabilityId) -> Flaw {
    let names = knowledge.names_of(name);
    let said = knowledge.told(name).into_iter().map(|one| &one.summary).find(|it| !it.is_empty());
    let kev = knowledge.kev(&names);
    let summary = said.cloned().or_else(|| kev.map(|row| row.name.clone()));
    Flaw {
        identifier: name.to_string(),
        summary: summary.unwrap_or_default(),
        exploited: kev.is_some(),
        epss: knowledge.epss(&names).map(|score| score.probability),
    }
}

fn products(knowledge: &Knowledge, text: &Sought) -> Vec<Product> {
    // Of a package URL the last part without version and qualifiers is the name.
    let name = match text.lower.strip_prefix("pkg:") {
        Some(rest) => rest.split(['@', '?', '#']).next().and_then(|it| it.rsplit('/').next()),
        None => Some(text.lower.as_str()),
    };
    let shown = |thing: Thing<'_>| {
        let entries = thing.entries() as u64;
        let whole = thing.to_string();
        let (of, name) = whole.split_once('/').unwrap_or(("", &whole));
        let (of, name) = (Some(of.to_owned()), name.to_owned());
        match thing {
            Thing::Package { .. } => Product { ecosystem: of, vendor: None, name, entries },
            Thing::Product { .. } => Product { ecosystem: None, vendor: of, name, entries },
        }
    };
    let things = knowledge.things_like(name.unwrap_or_default(), MOST);
    things.into_iter().map(shown).collect()
}

/// Names first, rights of those that fit after: nobody learns how many were left out. Whoever sits at no station sees the
/// institutions they speak for and no others, so only those are looked at.
fn institutions(app: &App, caller: &Caller, text: &Sought) -> Vec<Named> {
    if !caller.has(Scope::RegisterRead) {
        return Vec::new();
    }
    let (register, now) = (app.desk().register(), app.now());
    let held = register.appointments_of(caller.person).filter(|held| held.holds_at(now));
    let own: Vec<InstitutionId> = if held.into_iter().any(|it| matches!(it.seat, Seat::Node(_))) {
        let by_id = text.typed.parse::<InstitutionId>().ok();
        by_id.into_iter().chain(register.named(&text.typed)).collect()
    } else {
        let fits = |one: &Institution| {
            let by_name = text.is_in(&one.name_ko) || text.is_in(&one.name_en);
            by_name || text.begins(&one.id.to_string())
        };
        let own = own_institutions(app, caller).into_iter();
        own.filter(|id| register.institution(*id).is_some_and(|one| fits(&one))).collect()
    };
    app.desk().with(caller.who(), now, |asking| {
        let seen = own.into_iter().filter(|id| asking.see_institution(*id).is_ok());
        let named = |one: Institution| Named {
            id: one.id.to_string(),
            domain: one.domain(),
            name_ko: one.name_ko,
            name_en: one.name_en,
        };
        seen.filter_map(|id| register.institution(id)).take(MOST).map(named).collect()
    })
}

fn cases(app: &App, caller: &Caller, text: &Sought) -> Result<Vec<About>, Problem> {
    let mut cases = app.desk().cases(caller.who(), app.now())?;
    cases.retain(|case| {
        text.begins(&case.id.to_string())
            || text.is_in(&case.title)
            || case.identifiers.iter().any(|name| text.is_in(name))
    });
    cases.sort_by_key(|case| std::cmp::Reverse((case.opened_at, case.id)));
    let about =
        |case: Case| About { id: case.id.to_string(), title: case.title, state: case.state };
    Ok(cases.into_iter().take(MOST).map(about).collect())
}

fn acts(app: &App, caller: &Caller, text: &Sought) -> Result<Vec<Titled>, Problem> {
    if !caller.has(Scope::ActRead) {
        return Ok(Vec::new());
    }
    let mut acts = seen(app, caller)?;
    acts.retain(|act| {
        text.begins(&act.id.to_string())
            || text.is_in(&act.draft.title_ko)
            || text.is_in(&act.draft.title_en)
    });
    acts.sort_by_key(|act| std::cmp::Reverse((act.issued_at, act.id)));
    let titled = |act: Act| Titled {
        id: act.id.to_string(),
        kind: act.kind,
        state: act.state,
        issuer: act.draft.issuer,
        issued_at: act.issued_at,
        title_ko: act.draft.title_ko,
        title_en: act.draft.title_en,
    };
    Ok(acts.into_iter().take(MOST).map(titled).collect())
}

/// Rights first, titles after: nothing of an act that is hidden is looked at, so not even the time it takes tells of it.
fn seen(app: &App, caller: &Caller) -> Result<Vec<Act>, Problem> {
    let (who, now, desk) = (caller.who(), app.now(), app.desk());
    let mut acts = Vec::new();
    for case in desk.cases(who, now)? {
        acts.extend(desk.acts_of(who, &case, now)?);
    }
    for institution in own_institutions(app, caller) {
        acts.extend(desk.obligations_of(who, institution, now)?.1.into_values());
    }
    acts.sort_by_key(|act| act.id);
    acts.dedup_by_key(|act| act.id);
    Ok(acts)
}
