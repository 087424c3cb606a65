//! The nation at a glance: what is going on, where it is worst, what is not known, and what changed in the last hour.
//!
//! Every count goes through the rule of small groups, and both tables are rounded down: they stand beside each other, and
//! beside the pictures of the acts (`docs/glance.md`). What is not known has columns of its own.

mod campaigns;
mod glances;
mod lately;
mod tables;

use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use bongsu_authority::access::{Action, Permit};
use bongsu_authority::{ActId, Domain, NodeCode};
use bongsu_relay::feeds;
use bongsu_response::picture::Rule;
use http::{HeaderMap, StatusCode, header};
use jiff::{SignedDuration, Timestamp};
use rustc_hash::FxHashSet;
use schemars::JsonSchema;
use serde::Serialize;

pub(crate) use self::glances::Glances;
pub(crate) use self::tables::rounded;
use crate::app::App;
use crate::caller::Caller;
use crate::output;
use crate::problem::Problem;
use crate::resources::alerts::{self, Raised};
use crate::resources::picture::{Command, Count};
use crate::right::{Right, Scope};
use crate::routes::{Route, schema};
use crate::wire::{When, Word};

pub(super) const ROUTES: &[Route] = &[Route::get(
    ("nation", "/api/v1/nation", "Shows the nation at a glance, small groups hidden"),
    Right::May(Scope::PictureRead, &[Action::SeeCounts, Action::SeeNationalPicture]),
    schema::<Nation>,
    || get(nation),
)];

/// The nation at a glance.
#[derive(Debug, JsonSchema, Serialize)]
struct Nation {
    /// As of when; an answer of an institution may be counted a second later.
    #[schemars(with = "When")]
    as_of: Timestamp,
    /// The alert of each domain that has one in force.
    alerts: Vec<Raised>,
    /// Campaigns under way that the caller sees, the newest first.
    campaigns: Vec<campaigns::Campaign>,
    /// The case that weighs most among them: exploited before not, then where most are late.
    gravest: Option<campaigns::Gravest>,
    /// Institutions by province, each counted once, where it stands worst; rounded down.
    provinces: Vec<tables::Province>,
    /// The same by domain and competent ministry; rounded down.
    sectors: Vec<tables::Ministry>,
    /// The private and the public lane, in counts.
    lanes: Vec<tables::Lane>,
    /// The military lane: a word for each command.
    commands: Vec<Command>,
    /// Institutions of which nobody knows what they run.
    unknown: Vec<Unknown>,
    /// What changed in the last hour.
    last_hour: lately::LastHour,
    /// How the node does.
    node: Node,
}

/// Institutions of a domain of which nobody knows what they run: never to be counted as safe.
#[derive(Debug, JsonSchema, Serialize)]
#[schemars(rename = "UnknownInstitutions")]
struct Unknown {
    /// Of which domain.
    #[schemars(with = "Word<Domain>")]
    domain: Domain,
    /// Without any inventory.
    no_inventory: Count,
    /// With one that is older than 90 days.
    stale: Count,
    /// Institutions in all.
    institutions: Count,
}

/// How the node does.
#[derive(Debug, JsonSchema, Serialize)]
#[schemars(rename = "NodeGlance")]
struct Node {
    /// How many entries the record has: the checkpoint covers them all.
    entries: u64,
    /// When the last was recorded.
    #[schemars(with = "Option<When>")]
    last_entry: Option<Timestamp>,
    /// How fresh its feeds are.
    feeds: Vec<Feed>,
}

/// How fresh a feed is.
#[derive(Debug, JsonSchema, Serialize)]
#[schemars(rename = "FeedGlance")]
struct Feed {
    /// Its name.
    name: String,
    /// When it last brought all there was.
    #[schemars(with = "Option<When>")]
    last_success: Option<Timestamp>,
    /// Rounds in a row that failed since.
    failures: u32,
}

/// By which rule a permit's counts are hidden.
pub(crate) fn rule_of(permit: &Permit) -> Rule {
    match permit.action() {
        Action::SeeNationalPicture => Rule::APEX,
        _ => Rule::OTHER_SECTORS,
    }
}

async fn nation(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let glance = app.ask(move |app| {
        // The right is asked for each time; what is kept is only what was counted.
        let permit = app.desk().with(caller.who(), app.now(), |asking| asking.see_picture())?;
        app.live().glances.of(app, (caller.person, app.now()), || made(app, &caller, &permit))
    });
    let glance = glance.await?;
    if output::has(&headers, &glance.tag) {
        return Ok(output::unchanged(&glance.tag));
    }
    let mut response = output::json(StatusCode::OK, glance.body.clone());
    response.headers_mut().insert(header::ETAG, glance.tag.clone());
    Ok(response)
}

fn made(app: &App, caller: &Caller, permit: &Permit) -> Result<Nation, Problem> {
    let (who, now, desk) = (caller.who(), app.now(), app.desk());
    let cases = desk.cases(who, now)?;
    let mut acts = Vec::new();
    for case in &cases {
        acts.extend(desk.acts_of(who, case, now)?);
    }
    let rule = rule_of(permit);
    let seen: FxHashSet<ActId> = acts.iter().map(|act| act.id).collect();
    let under_way = campaigns::under_way(acts);
    let tables = tables::Tables::draw(desk.store(), permit, &under_way, rule)?;
    let told = campaigns::all(desk.store(), permit, &under_way, now)?;
    Ok(Nation {
        as_of: now,
        alerts: alerts::in_force(app, now)?,
        gravest: campaigns::gravest(&told, &cases),
        campaigns: told,
        provinces: tables.provinces,
        sectors: tables.sectors,
        lanes: tables.lanes,
        commands: tables.commands,
        unknown: unknown(app, rule, now)?,
        last_hour: app.live().glances.lately().last_hour(app, (&cases, &seen, rule), now)?,
        node: node(app, now)?,
    })
}

fn node(app: &App, now: Timestamp) -> Result<Node, Problem> {
    let store = app.desk().store();
    let told = feeds::health(store, now)?.into_iter().map(|feed| Feed {
        name: feed.name,
        last_success: feed.last_success,
        failures: feed.failures,
    });
    Ok(Node {
        entries: store.head()?.0,
        last_entry: store.last_recorded_at()?,
        feeds: told.collect(),
    })
}

/// Of whom nobody knows what they run, by civil domain.
fn unknown(app: &App, rule: Rule, now: Timestamp) -> Result<Vec<Unknown>, Problem> {
    let mut oldest = rustc_hash::FxHashMap::default();
    for (_, inventory) in app.desk().store().systems()? {
        let made = oldest.entry(inventory.institution).or_insert(inventory.as_of);
        *made = inventory.as_of.min(*made);
    }
    let register = app.desk().register();
    let mut counted = [[0_u64; 3]; 2];
    for id in register.institutions() {
        let Some(domain) = register.institution(id).map(|one| one.domain()) else { continue };
        let Some(counts) = counted.get_mut(domain as usize) else { continue }; // the military is in no count
        counts[2] += 1;
        match oldest.get(&id) {
            None => counts[0] += 1,
            Some(made) if now.duration_since(*made) > STALE => counts[1] += 1,
            Some(_) => {}
        }
    }
    let count = |count: u64| tables::rounded(count, rule).into();
    let of = |(domain, [no_inventory, stale, institutions]): (Domain, [u64; 3])| Unknown {
        domain,
        no_inventory: count(no_inventory),
        stale: count(stale),
        institutions: count(institutions),
    };
    Ok([Domain::Private, Domain::Public].into_iter().zip(counted).map(of).collect())
}

const STALE: SignedDuration = bongsu_desk::audience::STALE_AFTER;

/// The ministry under which an institution is counted: the competent one, else the lead of its domain.
fn ministry(sector: Option<NodeCode>, domain: Domain) -> NodeCode {
    sector.unwrap_or_else(|| NodeCode::lead(domain))
}
