//! What changed in the last hour, from the headings of the record: what they say stays sealed.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, PoisonError};

use bongsu_authority::{ActId, CaseId, Domain, InstitutionId};
use bongsu_response::Case;
use bongsu_response::picture::Rule;
use bongsu_store::{Heading, Owner};
use jiff::{SignedDuration, Timestamp};
use rustc_hash::{FxHashMap, FxHashSet};
use schemars::JsonSchema;
use serde::Serialize;

use super::tables::rounded;
use crate::app::App;
use crate::problem::Problem;
use crate::resources::picture::Count;
use crate::wire::{Digest, Id, When};

/// What changed in the last hour.
#[derive(Debug, JsonSchema, Serialize)]
pub(super) struct LastHour {
    /// Since when: an hour ago, or later where more happened than is kept.
    #[schemars(with = "When")]
    since: Timestamp,
    /// What happened to cases and acts that the caller sees, the newest first, at most 50.
    news: Vec<News>,
    /// What civil institutions did, and what was found about them: how many times; no count where it was too seldom.
    counts: Vec<Times>,
}

/// Something that happened to a case or one of its acts.
#[derive(Debug, JsonSchema, Serialize)]
struct News {
    /// The kind of event.
    kind: &'static str,
    /// When.
    #[schemars(with = "When")]
    at: Timestamp,
    /// About which case; nothing where it is about an alert.
    #[schemars(with = "Option<Id>")]
    case: Option<String>,
    /// The number of the entry in the record.
    entry: u64,
    /// Its leaf hash: with it the entry can be proven.
    #[schemars(with = "Digest")]
    leaf: String,
}

/// How often something happened.
#[derive(Debug, JsonSchema, Serialize)]
struct Times {
    /// The kind of event.
    kind: &'static str,
    /// How often.
    times: Count,
}

/// Headings of the last hour, read once each.
#[derive(Debug, Default)]
pub(super) struct Lately(Mutex<Read>);

#[derive(Debug, Default)]
struct Read {
    /// The position after the last that was read.
    next: Option<u64>,
    headings: VecDeque<Heard>,
}

/// A heading, and of what an institution did the act it is about.
#[derive(Debug)]
struct Heard {
    heading: Heading,
    act: Option<ActId>,
}

const HOUR: SignedDuration = SignedDuration::from_hours(1);

/// Headings that are kept; of a storm the newest.
const KEPT: u64 = 50_000;

/// News at a glance.
const SHOWN: usize = 50;

/// What happens to alerts, cases and acts and is news to a situation room.
const NEWS: &[&str] = &[
    "alert_set",
    "case_opened",
    "case_moved",
    "exploitation_set",
    "fix_set",
    "act_signed",
    "act_amended",
    "act_withdrawn",
    "act_completed",
    "act_reclocked",
];

/// What institutions do, and what is found about them.
const COUNTED: &[&str] = &[
    "acknowledged",
    "assessed",
    "claimed",
    "verified",
    "refuted",
    "regressed",
    "unreachable",
    "extension_asked",
    "waiver_asked",
];

impl Lately {
    /// The last hour, as somebody may know it who sees these cases and acts.
    pub(super) fn last_hour(
        &self,
        app: &App,
        (seen, acts, rule): (&[Case], &FxHashSet<ActId>, Rule),
        now: Timestamp,
    ) -> Result<LastHour, Problem> {
        let mut read = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        read.follow(app, now)?;
        let seen: FxHashSet<CaseId> = seen.iter().map(|case| case.id).collect();
        let kinds = |heading: &Heading, of: &[&str]| heading.kind.filter(|kind| of.contains(kind));
        let news = read.headings.iter().rev().filter_map(|Heard { heading, .. }| {
            let kind = kinds(heading, NEWS)?;
            let case = match heading.owner {
                Owner::Case(case) if seen.contains(&case) => Some(case.to_string()),
                Owner::Node => None,
                Owner::Case(_) | Owner::Institution(_) => return None,
            };
            let leaf = heading.hash.to_string();
            Some(News { kind, at: heading.at, case, entry: heading.position, leaf })
        });
        let news = news.take(SHOWN).collect();
        let register = app.desk().register();
        let mut civil: FxHashMap<InstitutionId, bool> = FxHashMap::default();
        let mut sums: BTreeMap<&'static str, u64> = COUNTED.iter().map(|kind| (*kind, 0)).collect();
        // What is done under an act that is not seen is not there, in counts neither.
        let done = read.headings.iter().filter(|it| it.act.is_some_and(|act| acts.contains(&act)));
        for Heard { heading, .. } in done {
            let Owner::Institution(institution) = heading.owner else { continue };
            let Some(kind) = kinds(heading, COUNTED) else { continue };
            let civil = *civil.entry(institution).or_insert_with(|| {
                let domain = register.institution(institution).map(|one| one.domain());
                domain.is_some_and(|domain| domain != Domain::Military)
            });
            *sums.entry(kind).or_default() += u64::from(civil);
        }
        let counts = sums
            .into_iter()
            .map(|(kind, times)| Times { kind, times: rounded(times, rule).into() });
        let first = read.headings.front().map(|first| first.heading.at);
        let since = match first {
            Some(first) if read.headings.len() as u64 >= KEPT => first,
            _ => now - HOUR,
        };
        Ok(LastHour { since, news, counts: counts.collect() })
    }
}

impl Read {
    /// Reads what was recorded since, and forgets what is older than an hour.
    fn follow(&mut self, app: &App, now: Timestamp) -> Result<(), Problem> {
        let store = app.desk().store();
        let size = store.head()?.0;
        let from = match self.next {
            Some(next) if size >= next && size - next <= KEPT => next,
            _ => {
                self.headings.clear();
                begin(app, size, now)?
            }
        };
        let wanted = |kind: &str| COUNTED.contains(&kind);
        let mut acts: FxHashMap<u64, ActId> =
            store.acts_told(from, size - from, wanted)?.into_iter().collect();
        let headings = store.headings(from, size - from)?.into_iter();
        self.headings
            .extend(headings.map(|heading| Heard { heading, act: acts.remove(&heading.position) }));
        self.next = Some(size);
        let old = |heard: &Heard| now.duration_since(heard.heading.at) > HOUR;
        while self.headings.front().is_some_and(old) || self.headings.len() as u64 > KEPT {
            self.headings.pop_front();
        }
        Ok(())
    }
}

/// Where the last hour begins in a record of this size: looked for backwards, in steps that double.
fn begin(app: &App, size: u64, now: Timestamp) -> Result<u64, Problem> {
    let mut step = 64;
    while step < KEPT.min(size) {
        let first = app.desk().store().headings(size - step, 1)?;
        if first.first().is_none_or(|heading| now.duration_since(heading.at) > HOUR) {
            break;
        }
        step *= 2;
    }
    Ok(size.saturating_sub(step.min(KEPT)))
}
