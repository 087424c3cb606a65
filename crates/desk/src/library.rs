//! The library: what is known at this moment, replaced part by part while others read.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwap;
use bongsu_advisory::{Advisory, Signal, VulnerabilityId};
use bongsu_matching::{Knowledge, Part};
use jiff::Timestamp;
use rustc_hash::{FxHashMap, FxHashSet};

/// The live knowledge. Shared in an `Arc`; readers never wait, and what they hold stays as it was.
///
/// ```
/// use bongsu_desk::library::Library;
/// use jiff::Timestamp;
///
/// let library = Library::new();
/// let change = library.install("kev", Vec::new(), Timestamp::UNIX_EPOCH);
/// assert_eq!(library.known().edition, change.edition);
/// ```
pub struct Library {
    known: ArcSwap<Known>,
    /// What each part says. Held while a new edition is made, so that none is lost.
    parts: Mutex<BTreeMap<String, (Part, Timestamp)>>,
}

/// One edition of what is known.
#[derive(Debug, Default)]
pub struct Known {
    /// Ready to be asked.
    pub knowledge: Knowledge,
    /// Counted from one; zero is the empty library.
    pub edition: u64,
    /// When the newest part was installed; the epoch for the empty library.
    pub as_of: Timestamp,
    /// What it is made of.
    pub parts: BTreeMap<String, PartFacts>,
    /// What came in by itself since the node was started, the newest first; the last 500.
    pub news: Vec<News>,
}

/// A flaw of which something new came in.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct News {
    /// When.
    pub at: Timestamp,
    /// Its name.
    pub name: VulnerabilityId,
}

/// How much news is kept.
const NEWS: usize = 500;

/// A part that comes for the first time with more than this brings a past, and no news.
const PAST: usize = 100;

/// One part of an edition.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PartFacts {
    /// Documents, rows, forecasts and statements.
    pub count: usize,
    /// When it was installed.
    pub as_of: Timestamp,
}

/// What an installation changed. Forecasts change daily for everything and are not listed.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Change {
    /// The edition that has it.
    pub edition: u64,
    /// Entered the catalogue of exploited vulnerabilities.
    pub new_kev: BTreeSet<VulnerabilityId>,
    /// Left the catalogue.
    pub gone_kev: BTreeSet<VulnerabilityId>,
    /// Documents that are new or say something else.
    pub changed: BTreeSet<VulnerabilityId>,
    /// Documents that are gone.
    pub gone: BTreeSet<VulnerabilityId>,
}

impl Change {
    /// What another part changed, too.
    fn absorb(&mut self, other: Self) {
        self.new_kev.extend(other.new_kev);
        self.gone_kev.extend(other.gone_kev);
        self.changed.extend(other.changed);
        self.gone.extend(other.gone);
    }

    /// Whether nothing changed that anybody would act on.
    pub fn is_empty(&self) -> bool {
        let Self { edition: _, new_kev, gone_kev, changed, gone } = self;
        new_kev.is_empty() && gone_kev.is_empty() && changed.is_empty() && gone.is_empty()
    }
}

impl Default for Library {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Library {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known = self.known();
        f.debug_struct("Library").field("edition", &known.edition).finish_non_exhaustive()
    }
}

impl Library {
    /// An empty library, edition zero.
    pub fn new() -> Self {
        Self { known: ArcSwap::default(), parts: Mutex::default() }
    }

    /// What is known now.
    pub fn known(&self) -> Arc<Known> {
        self.known.load_full()
    }

    /// Puts what a part says in the place of what it said before. Nothing said removes the part.
    pub fn install(&self, part: &str, signals: Vec<Signal>, now: Timestamp) -> Change {
        self.install_many([(part.to_owned(), Part::of(signals))], now)
    }

    /// The same for many parts in one edition.
    ///
    /// Takes a second for a few ten thousand documents: everything is brought into order anew, nothing is read anew.
    pub fn install_many(
        &self,
        news: impl IntoIterator<Item = (String, Part)>,
        now: Timestamp,
    ) -> Change {
        let mut parts = self.parts.lock().unwrap_or_else(PoisonError::into_inner);
        let mut change = Change::default();
        let mut heard: BTreeSet<VulnerabilityId> = BTreeSet::new();
        for (name, part) in news {
            let before = parts.get(&name).map(|(part, _)| part.clone());
            let is_past = before.is_none() && part.len() > PAST;
            let mut own = Change::default();
            compare(&before.unwrap_or_default(), &part, &mut own);
            if !is_past {
                heard.extend(own.changed.iter().chain(&own.new_kev).cloned());
            }
            change.absorb(own);
            if part.is_empty() {
                parts.remove(&name);
            } else {
                parts.insert(name, (part, now));
            }
        }
        let knowledge = Knowledge::of_parts(parts.values().map(|(part, _)| part));
        // A row or a document may still stand in another part.
        change.gone_kev.retain(|name| knowledge.kev([name]).is_none());
        let facts = |(name, (part, as_of)): (&String, &(Part, Timestamp))| {
            (name.clone(), PartFacts { count: part.len(), as_of: *as_of })
        };
        change.edition = self.known.load().edition + 1;
        let parts = parts.iter().map(facts).collect();
        let mut news: Vec<News> = heard.into_iter().map(|name| News { at: now, name }).collect();
        news.extend(self.known.load().news.iter().cloned());
        news.truncate(NEWS);
        let edition = change.edition;
        self.known.store(Arc::new(Known { knowledge, edition, as_of: now, parts, news }));
        change
    }
}

fn compare(before: &Part, after: &Part, change: &mut Change) {
    let rows = |part: &Part| -> FxHashSet<VulnerabilityId> {
        part.catalogue().iter().map(|row| row.vulnerability.clone()).collect()
    };
    let (old, new) = (rows(before), rows(after));
    change.new_kev.extend(new.difference(&old).cloned());
    change.gone_kev.extend(old.difference(&new).cloned());

    let (old, new) = (documents(before), documents(after));
    for (key, advisory) in &new {
        if old.get(key).is_none_or(|before| !same(before, advisory)) {
            change.changed.insert(advisory.id.clone());
        }
    }
    let gone = old.iter().filter(|(key, _)| !new.contains_key(*key));
    change.gone.extend(gone.map(|(_, advisory)| advisory.id.clone()));
}

type Documents<'p> = FxHashMap<(&'p str, &'p VulnerabilityId, &'p str), &'p Arc<Advisory>>;

/// Documents by asserter, name and place inside: one document may speak of a flaw twice.
fn documents(part: &Part) -> Documents<'_> {
    part.advisories()
        .iter()
        .map(|one| ((one.asserter.as_str(), &one.id, one.place.document.as_str()), one))
        .collect()
}

/// Whether two editions of a document say the same, as far as their source says so.
fn same(before: &Arc<Advisory>, after: &Arc<Advisory>) -> bool {
    Arc::ptr_eq(before, after)
        || before.modified.is_some()
            && before.modified == after.modified
            && before.standing == after.standing
            && before.affected.len() == after.affected.len()
}
