//! Flaws that came in lately, run somewhere, and have no case yet: the first thing that a coordinator looks at.

use std::collections::BTreeSet;

use axum::extract::State;
use axum::response::Response;
use bongsu_advisory::{Advisory, Rating, Standing, VulnerabilityId};
use bongsu_authority::PersonId;
use bongsu_authority::access::{Action, could};
use bongsu_desk::exposure;
use bongsu_desk::library::News;
use http::HeaderMap;
use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::Serialize;

use crate::app::App;
use crate::caller::Caller;
use crate::output::{self, Page};
use crate::problem::Problem;
use crate::wire::When;

/// News older than this is none.
const LATELY: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Flaws that are asked about, and the most that are shown.
const ASKED: usize = 50;
const SHOWN: usize = 20;

/// A flaw without a case.
#[derive(Debug, JsonSchema, Serialize)]
#[schemars(rename = "RecentFlaw")]
pub(super) struct Recent {
    /// Its primary name: the CVE where there is one.
    identifier: String,
    /// Its other names.
    aliases: Vec<String>,
    /// What it is, in one line.
    summary: String,
    /// When the node heard of it, or of something new about it.
    #[schemars(with = "When")]
    heard_at: Timestamp,
    /// When its source first published it.
    #[schemars(with = "Option<When>")]
    published: Option<Timestamp>,
    /// How bad, in the worst word a source has for it.
    severity: Option<&'static str>,
    /// Is it in the catalogue of exploited vulnerabilities?
    exploited: bool,
}

pub(super) async fn list(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let page = app.ask(move |app| {
        let (who, now, desk) = (caller.who(), app.now(), app.desk());
        let _ = desk.with(who, now, |asking| asking.see_picture())?;
        if !opens_cases(app, caller.person, now) {
            return Err(Problem::absent());
        }
        let cases = desk.cases(who, now)?;
        let mut taken: BTreeSet<String> =
            cases.into_iter().flat_map(|case| case.identifiers).collect();
        let matching = app.matching()?;
        let known = (matching.known)();
        let (knowledge, snapshot) = (known.knowledge(), matching.holdings.snapshot());
        let mut items = Vec::new();
        let lately = known.news().iter().take_while(|news| now.duration_since(news.at) <= LATELY);
        for news in lately.take(ASKED) {
            let names = knowledge.names_of(&news.name);
            let has_one = names.iter().any(|name| taken.contains(name.as_str()));
            taken.extend(names.iter().map(ToString::to_string));
            if has_one {
                continue;
            }
            let told = knowledge.told(&news.name);
            let told: Vec<_> =
                told.into_iter().filter(|one| one.standing == Standing::Valid).collect();
            let question = knowledge.question(&news.name);
            let runs = exposure::runs_anywhere(&snapshot, &question).unwrap_or(false);
            if runs && let Some(first) = told.first() {
                let primary = knowledge.correlation().primary_of(&news.name);
                let primary = primary.into_iter().next().unwrap_or(&news.name);
                let exploited = knowledge.kev(&names).is_some();
                items.push(Recent::of((news, primary), &names, (first, &told), exploited));
                if items.len() == SHOWN {
                    break;
                }
            }
        }
        Ok(Page { items, next: None })
    });
    Ok(output::tagged(&headers, &page.await?))
}

/// Does somebody hold a post that opens cases? That a flaw runs anywhere at all is theirs to know, and no count hides it.
fn opens_cases(app: &App, person: PersonId, now: Timestamp) -> bool {
    let register = app.desk().register();
    let mut held = register.appointments_of(person).filter(|held| held.holds_at(now));
    held.any(|held| could(&held.seat, held.post).any(|action| action == Action::OpenCase))
}

impl Recent {
    fn of(
        (news, primary): (&News, &VulnerabilityId),
        names: &[VulnerabilityId],
        (first, told): (&Advisory, &[&Advisory]),
        exploited: bool,
    ) -> Self {
        let ratings = told.iter().flat_map(|one| &one.severity).filter_map(|it| it.rating);
        let aliases = names.iter().filter(|name| *name != primary);
        Self {
            identifier: primary.to_string(),
            aliases: aliases.map(ToString::to_string).collect(),
            summary: first.summary.clone(),
            heard_at: news.at,
            published: told.iter().filter_map(|one| one.published).min(),
            severity: ratings.max().map(Rating::word),
            exploited,
        }
    }
}
