//! Inventories: what runs on each system of an institution.

use axum::extract::{Request, State};
use axum::response::Response;
use axum::routing::{get, post, put};
use bongsu_authority::access::Action;
use bongsu_authority::{InstitutionId, SystemId};
use bongsu_desk::Who;
use bongsu_response::{Evidence, PublishedInventory, Wish};
use http::{HeaderMap, StatusCode};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::admission::Class;
use crate::app::App;
use crate::caller::Caller;
use crate::input::{Asked, Key, Named, named};
use crate::output::{self, Page};
use crate::problem::{Own, Problem};
use crate::recording::Asking;
use crate::resources::jobs;
use crate::right::{Right, Scope};
use crate::routes::{Gives, Route, Takes, schema};
use crate::uploads::{self, Job, Publication};
use crate::wire::{Digest, Id, When};

const PUBLISH: Right = Right::May(Scope::InventoryWrite, &[Action::PublishInventory]);

pub(super) const ROUTES: &[Route] = &[
    Route::get(
        (
            "systems",
            "/api/v1/institutions/{institution}/systems",
            "Lists the systems of an institution, as their latest inventories have them",
        ),
        Right::May(Scope::InventoryRead, &[Action::SeeInventory]),
        schema::<Page<System>>,
        || get(list),
    )
    .asking(schema::<Query>),
    Route {
        takes: Takes::Document,
        gives: Gives::Json(202, schema::<Job>),
        ..Route::post(
            (
                "publish_new",
                "/api/v1/institutions/{institution}/systems",
                "Takes the first inventory of a new system, in any format; the job says what came of it",
            ),
            PUBLISH,
            (schema::<()>, schema::<Job>),
            || post(publish_new),
        )
        .asking(schema::<Upload>)
        .of(Class::Later)
    },
    Route {
        takes: Takes::Document,
        gives: Gives::Json(202, schema::<Job>),
        ..Route::post(
            (
                "publish",
                "/api/v1/institutions/{institution}/systems/{system}/inventory",
                "Takes a newer inventory of a system, in any format; the job says what came of it",
            ),
            PUBLISH,
            (schema::<()>, schema::<Job>),
            || put(publish),
        )
        .put()
        .asking(schema::<Upload>)
        .of(Class::Later)
    },
];

/// Which of them.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Query {
    /// Also what their documents are called; then at most 50 stand on a page.
    #[serde(default)]
    names: bool,
    /// Where the page before ended.
    #[schemars(length(max = 128))]
    cursor: Option<String>,
    /// How many on a page, at most 200.
    #[schemars(range(min = 1, max = 200))]
    limit: Option<u32>,
}

/// A system with its latest inventory.
#[derive(Debug, JsonSchema, Serialize)]
struct System {
    /// Its id.
    #[schemars(with = "Id")]
    id: String,
    /// What its document is called, where that was asked and the document is kept.
    name: Option<String>,
    /// Components that the inventory lists.
    components: u32,
    /// Does it face the internet?
    exposed: bool,
    /// When the document was made.
    #[schemars(with = "When")]
    as_of: Timestamp,
    /// When it was published.
    #[schemars(with = "When")]
    published_at: Timestamp,
    /// SHA-256 of the document.
    #[schemars(with = "Digest")]
    digest: Evidence,
}

/// Systems on a page whose documents are opened for their names.
const NAMED: usize = 50;

/// The systems of an institution, in the order of their ids.
pub(super) fn systems(
    app: &App,
    who: Who,
    institution: InstitutionId,
) -> Result<Vec<(SystemId, PublishedInventory)>, Problem> {
    let permit = app.desk().with(who, app.now(), |asking| asking.see_inventory(institution))?;
    let mut systems = app.desk().store().inventories(&permit, institution)?;
    systems.sort_by_key(|(system, _)| *system);
    Ok(systems)
}

async fn list(
    State(app): State<App>,
    caller: Caller,
    Named(institution): Named<InstitutionId>,
    Asked(query): Asked<Query>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let page = app.ask(move |app| {
        let (who, desk) = (caller.who(), app.desk());
        let systems = systems(app, who, institution)?;
        let permit = desk.with(who, app.now(), |asking| asking.see_inventory(institution))?;
        let most = if query.names { NAMED } else { usize::MAX };
        let limit = output::limit(query.limit)?.min(most);
        let after = query.cursor.as_deref().map(output::place).transpose()?.unwrap_or_default();
        let from = systems.partition_point(|(system, _)| system.0[..] <= after[..]);
        let next =
            systems.get(from + limit).map(|_| output::cursor(&systems[from + limit - 1].0.0));
        let name = |system| -> Result<Option<String>, Problem> {
            let kept = if query.names {
                desk.store().document(&permit, institution, system)?
            } else {
                None
            };
            Ok(kept.map(|document| document.name))
        };
        let shown = systems.into_iter().skip(from).take(limit);
        let items = shown.map(|(system, it)| -> Result<System, Problem> {
            Ok(System {
                id: system.to_string(),
                name: name(system)?,
                components: it.components,
                exposed: it.exposed,
                as_of: it.as_of,
                published_at: it.published_at,
                digest: it.digest,
            })
        });
        Ok(Page { items: items.collect::<Result<_, _>>()?, next })
    });
    Ok(output::tagged(&headers, &page.await?))
}

/// What is said beside a document.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Upload {
    /// What the document is called; some formats are known by it. Else Content-Disposition says so.
    #[schemars(length(min = 1, max = 255))]
    name: Option<String>,
    /// Does the system face the internet? Where nothing is said: as before, and a new one does.
    exposed: Option<bool>,
    /// How many seconds to wait for the job to be over before this is answered, at most 10.
    #[schemars(range(min = 0, max = 10))]
    wait: Option<u8>,
}

async fn publish_new(
    State(app): State<App>,
    caller: Caller,
    Named(institution): Named<InstitutionId>,
    Asked(upload): Asked<Upload>,
    key: Key,
    request: Request,
) -> Result<Response, Problem> {
    let asking = Asking::new(&app, caller, &key, &format!("publish {institution}"));
    let system = SystemId(named(&[b"system", &asking.makes()]));
    let exposed = upload.exposed.unwrap_or(true);
    take(app, asking, (institution, system, exposed), upload, request).await
}

async fn publish(
    State(app): State<App>,
    caller: Caller,
    Named((institution, system)): Named<(InstitutionId, SystemId)>,
    Asked(upload): Asked<Upload>,
    key: Key,
    request: Request,
) -> Result<Response, Problem> {
    let who = caller.who();
    let systems = app.ask(move |app| systems(app, who, institution)).await?;
    let before = systems.iter().find(|(one, _)| *one == system).ok_or_else(Problem::absent)?;
    let exposed = upload.exposed.unwrap_or(before.1.exposed);
    let asking = Asking::new(&app, caller, &key, &format!("publish {institution} {system}"));
    take(app, asking, (institution, system, exposed), upload, request).await
}

/// Rights first, then its share of the hour, then the body.
async fn take(
    app: App,
    asking: Asking,
    (institution, system, exposed): (InstitutionId, SystemId, bool),
    upload: Upload,
    request: Request,
) -> Result<Response, Problem> {
    let wait = upload.wait.unwrap_or_default();
    let (who, person, id) = (asking.caller.who(), asking.caller.person, asking.makes());
    app.ask(move |app| may(app, who, institution, system)).await?;
    if wait > MOST_WAIT {
        return Err(Problem::unfit(
            Own::Limit.with("most", MOST_WAIT),
            format!("`wait` is 0 to {MOST_WAIT} seconds"),
        ));
    }
    let uploads = std::sync::Arc::clone(app.uploads());
    let sent_before = app.ask(move |app| uploads.job(app, id)).await?.is_some();
    // A document that comes again under its key is the same document.
    if !sent_before {
        app.uploads().count(institution, app.now())?;
    }
    let (parts, body) = request.into_parts();
    let name = upload.name.as_deref();
    let arrived = uploads::receive(&parts.headers, name, body, app.desk().draw()).await?;
    let publication = Publication { id, person, institution, system, exposed };
    let mut job = app.uploads().take(&app, publication, arrived).await?;
    if wait > 0 {
        app.uploads().over(id, std::time::Duration::from_secs(wait.into())).await;
        let uploads = std::sync::Arc::clone(app.uploads());
        job = app.ask(move |app| uploads.job(app, id)).await?.unwrap_or(job);
    }
    // Whoever sends it reads of it what they would read of any job.
    let job = app.ask(move |app| jobs::as_seen(app, &asking.caller, job)).await?;
    Ok(output::say(StatusCode::ACCEPTED, &job))
}

/// The longest time that somebody waits for a job, in seconds.
const MOST_WAIT: u8 = 10;

fn may(app: &App, who: Who, institution: InstitutionId, system: SystemId) -> Result<(), Problem> {
    let now = app.now();
    let wish = Wish::PublishInventory {
        institution,
        system,
        digest: Evidence([0; 32]),
        components: 0,
        exposed: true,
        as_of: now,
    };
    let _ = app.desk().with(who, now, |asking| asking.to(&wish))?;
    let _ = app.desk().with(who, now, |asking| asking.see_inventory(institution))?;
    Ok(())
}
