//! What came of a document: what it lists, what changed, what that means.

use std::collections::{BTreeMap, BTreeSet};

use bongsu_inventory::Inventory;
use bongsu_matching::{Answer, Depth, Knowledge, find};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::problem::Because;
use crate::recording::Done;

/// What came of a document.
#[derive(Clone, Debug, Deserialize, JsonSchema, Serialize)]
pub(crate) struct Report {
    /// What was recorded.
    pub(crate) done: Done,
    /// Components that it lists.
    pub(crate) components: u32,
    /// Entries that could not be read; with holes a document proves nothing by what it lacks.
    pub(crate) set_aside: u64,
    /// The first of them.
    pub(crate) aside: Vec<Aside>,
    /// Against the document before; nothing where there was none.
    pub(crate) changes: Option<Changes>,
    /// Findings in it, by severity.
    pub(crate) findings: Findings,
    /// Obligations about which the engine has a new word, by act.
    pub(crate) obligations: Vec<NewWord>,
    /// What is left to be done.
    pub(crate) note: Option<String>,
}

/// An entry that could not be read.
#[derive(Clone, Debug, Deserialize, JsonSchema, Serialize)]
pub(crate) struct Aside {
    /// Where it stands.
    pub(crate) place: String,
    /// Why.
    pub(crate) reason: String,
    /// The same as a stable word with its facts.
    #[serde(default)]
    pub(crate) cause: Because,
}

/// What changed since the document before.
#[derive(Clone, Debug, Deserialize, JsonSchema, Serialize)]
pub(crate) struct Changes {
    /// Components that are new.
    added: Names,
    /// Components that are gone.
    removed: Names,
    /// Components in other versions.
    upgraded: Names,
    /// Flaws that affect a component now and affected none of its name before: `CVE-2026-11111 in gaon-widget`.
    #[serde(default)]
    exposures_new: Names,
    /// Flaws that affected a component before and affect none of its name now.
    #[serde(default)]
    exposures_gone: Names,
}

/// Names of components.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, Serialize)]
pub(crate) struct Names {
    /// How many.
    count: u64,
    /// The first of them.
    first: Vec<String>,
}

/// Findings by severity.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, Serialize)]
pub(crate) struct Findings {
    /// Affected, by severity: `critical`, `high`, `medium`, `low`, `none`, or `unrated`.
    affected: BTreeMap<String, u64>,
    /// It cannot be told.
    cannot_tell: u64,
    /// Affected, and in the catalogue of exploited vulnerabilities.
    exploited: u64,
}

/// The engine's word about an obligation.
#[derive(Clone, Debug, Deserialize, JsonSchema, Serialize)]
#[schemars(rename = "Said")]
pub(crate) struct NewWord {
    /// Under which act.
    pub(crate) act: String,
    /// What it says.
    pub(crate) said: String,
    /// What the act is called in Korean.
    #[serde(default)]
    pub(crate) title_ko: Option<String>,
    /// And in English.
    #[serde(default)]
    pub(crate) title_en: Option<String>,
}

/// Names that are shown.
const SHOWN: usize = 20;

impl Names {
    fn of<'a>(all: impl Iterator<Item = &'a String>) -> Self {
        let mut names = Self::default();
        for name in all {
            names.count += 1;
            if names.first.len() < SHOWN {
                names.first.push(name.clone());
            }
        }
        names
    }
}

impl Changes {
    /// By what is known now about both: what became known meanwhile is not the document's doing.
    pub(super) fn between(
        knowledge: &Knowledge,
        before: &Inventory,
        after: &Inventory,
        name: &str,
    ) -> Self {
        let (had, has) = (affecting(knowledge, before, name), affecting(knowledge, after, name));
        let (before, after) = (versions(before), versions(after));
        let news = after.keys().filter(|name| !before.contains_key(*name));
        let gone = before.keys().filter(|name| !after.contains_key(*name));
        let other =
            after.iter().filter(|(name, now)| before.get(*name).is_some_and(|then| then != *now));
        Self {
            added: Names::of(news),
            removed: Names::of(gone),
            upgraded: Names::of(other.map(|(name, _)| name)),
            exposures_new: Names::of(has.difference(&had)),
            exposures_gone: Names::of(had.difference(&has)),
        }
    }
}

/// The flaws that affect a component, by name and component.
fn affecting(knowledge: &Knowledge, inventory: &Inventory, name: &str) -> BTreeSet<String> {
    let findings = find(knowledge, inventory, name, Depth::News);
    let affecting = findings.iter().filter(|finding| finding.answer == Answer::Affected);
    let said = affecting.map(|finding| {
        let component = &inventory.components[finding.component].name;
        let component: String = component.chars().take(200).collect();
        format!("{} in {component}", finding.vulnerability)
    });
    said.collect()
}

/// The versions in which each component is there.
fn versions(inventory: &Inventory) -> BTreeMap<String, BTreeSet<Option<&str>>> {
    let mut all: BTreeMap<String, BTreeSet<Option<&str>>> = BTreeMap::new();
    for component in &inventory.components {
        let name = component.name.chars().take(200).collect();
        all.entry(name).or_default().insert(component.version.as_deref());
    }
    all
}

impl Findings {
    pub(super) fn of(knowledge: &Knowledge, inventory: &Inventory, name: &str) -> Self {
        let mut counts = Self::default();
        for finding in find(knowledge, inventory, name, Depth::News) {
            match finding.answer {
                Answer::Affected => {
                    let rating = finding.severity.and_then(|severity| severity.rating);
                    let word = rating.map_or("unrated", bongsu_advisory::Rating::word);
                    *counts.affected.entry(word.to_owned()).or_default() += 1;
                    counts.exploited += u64::from(finding.kev.is_some());
                }
                Answer::CannotTell => counts.cannot_tell += 1,
                Answer::NotAffected => {}
            }
        }
        counts
    }
}
