//! Reading a document and publishing it.

use std::time::Duration;

use bongsu_desk::intake::{self, Publishing, Unpublished};
use bongsu_desk::{Name, Who};
use bongsu_formats::packing::Patience;
use bongsu_inventory::Inventory;
use bongsu_store::{Document, RequestId};
use rustix::time::{ClockId, clock_gettime};

use super::report::{Aside, Changes, Findings, NewWord, Report};
use super::{Arrived, Publication};
use crate::app::App;
use crate::problem::{Because, Own};
use crate::recording::Done;

/// Time of the processor that reading one document may take.
const PROCESSOR: Duration = Duration::from_secs(10);

/// Entries set aside that are shown.
const SHOWN: usize = 50;

/// Reads and publishes; gives what came of it, or why nothing was published.
pub(super) fn publish(
    app: &App,
    publication: &Publication,
    arrived: Arrived,
) -> Result<Report, (Because, String)> {
    let Publication { id, person, institution, system, exposed } = *publication;
    let matching = app.matching().map_err(|_| {
        (Own::NoIndex.into(), "this node has no index: tell its operator".to_owned())
    })?;
    let known = (matching.known)();
    let (name, digest) = (arrived.name.clone(), arrived.digest);
    let bytes = arrived.read().map_err(|_| {
        (Own::NotReadBack.into(), "it could not be read back: send it again".to_owned())
    })?;
    let read =
        patiently(|patience| intake::read(&name, &bytes, patience).map_err(|error| said(&error)))?;
    let before = before(app, publication);
    let document = Document { name, bytes };
    let publishing = Publishing {
        institution,
        system,
        exposed,
        who: Who::Person(person),
        name: Name { id: RequestId(id), body: Some(digest.0) },
    };
    let (desk, holdings) = (app.desk(), &*matching.holdings);
    let knowledge = known.knowledge();
    let published =
        intake::publish(desk, holdings, knowledge, publishing, (&read, document), app.now());
    let published = published.map_err(|error| said(&error))?;
    let aside = read.aside.iter().take(SHOWN).map(|aside| Aside {
        place: aside.place.to_string(),
        reason: aside.reason.to_string(),
        cause: (&aside.reason).into(),
    });
    let said = |(act, said): (&bongsu_authority::ActId, &&str)| {
        let titled = desk.act(Who::Person(person), *act, app.now()).ok();
        let (title_ko, title_en) =
            titled.map(|act| (act.draft.title_ko, act.draft.title_en)).unzip();
        NewWord { act: act.to_string(), said: (*said).to_owned(), title_ko, title_en }
    };
    let holes = "a part could not be read, so nothing is proven by what is missing: mend it and send it again";
    Ok(Report {
        done: Done::of(Some(system.to_string()), &published.receipt),
        components: published.components,
        set_aside: read.aside.len() as u64,
        aside: aside.collect(),
        changes: before.map(|before| {
            Changes::between(knowledge, &before, &read.inventory, &system.to_string())
        }),
        findings: Findings::of(knowledge, &read.inventory, &system.to_string()),
        obligations: published.changed.iter().map(said).collect(),
        note: (!read.aside.is_empty()).then(|| holes.to_owned()),
    })
}

fn said(error: &Unpublished) -> (Because, String) {
    (error.into(), error.to_string().chars().take(1_000).collect())
}

/// Does something while there is time of the processor left for it.
fn patiently<T>(act: impl FnOnce(Patience<'_>) -> T) -> T {
    let spent = || {
        let time = clock_gettime(ClockId::ThreadCPUTime);
        let seconds = u64::try_from(time.tv_sec).unwrap_or_default();
        Duration::new(seconds, u32::try_from(time.tv_nsec).unwrap_or_default())
    };
    let begun = spent();
    let is_left = || spent().saturating_sub(begun) < PROCESSOR;
    act(Patience::new(&is_left))
}

/// What the document before listed, where it is kept and can be read.
fn before(app: &App, publication: &Publication) -> Option<Inventory> {
    let (institution, system) = (publication.institution, publication.system);
    let desk = app.desk();
    let who = Who::Person(publication.person);
    let permit = desk.with(who, app.now(), |asking| asking.see_inventory(institution)).ok()?;
    let document = desk.store().document(&permit, institution, system).ok()??;
    let read = patiently(|patience| intake::read(&document.name, &document.bytes, patience).ok())?;
    Some(read.inventory)
}
