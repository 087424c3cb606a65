//! `bongsu nation generate`: a node filled with the sample nation.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Instant;

use anyhow::{Context, Result};
use bongsu_authority::NodeCode;
use bongsu_desk::{Who, evidence};
use bongsu_nation::{Gaon, Profile, System};
use bongsu_response::{Engine, Wish};
use serde_json::json;

use super::show;
use crate::Outcome;
use crate::cli::Format;
use crate::cli::desk::{NationCommand, ProfileName};
use crate::node::{self, Node};
use crate::progress::Progress;

/// Institutions, or officers, in one entry of the record.
const CHUNK: usize = 1_000;

/// Threads that publish inventories; each waits for its answer, so many share a commit.
const PUBLISHERS: usize = 64;

pub(crate) fn run(command: NationCommand, quiet: bool) -> Result<Outcome> {
    let NationCommand::Generate { profile, seed, database, node: args } = command;
    let started = Instant::now();
    let described = node::Profile {
        station: NodeCode::apex(),
        name: "gaon.example/record".to_owned(),
        // The sample nation is a drill: nothing in it may reach the real world.
        drill: true,
        database,
        synchronous: false,
    };
    let node = node::found(&args, &described)?;
    let gaon = Gaon::at(kind(profile), seed, node.now);
    let (systems, rows) = fill(&node, &gaon, quiet)?;
    node.finished()?;
    let institutions = gaon.institutions().len();
    let officers = gaon.appointments().len();
    match args.format {
        Format::Json => show::line(&json!({
            "home": args.home, "institutions": institutions, "officers": officers, "systems": systems, "components": rows,
            "seconds": started.elapsed().as_secs_f64(),
        }))?,
        Format::Table => {
            println!(
                "a drill's node with the sample nation Gaon stands in {}",
                args.home.display()
            );
            println!(
                "{institutions} institutions, {officers} officers, {systems} systems, {rows} components"
            );
            println!("its keys lie beside it: keep a copy apart from its backups");
            println!("next: bongsu officer list; bongsu case open CVE-2021-44228 --as TITLE");
        }
    }
    Ok(Outcome::Done)
}

/// Fills a node with the sample nation; gives how many systems and components it has.
pub(crate) fn fill(node: &Node, gaon: &Gaon, quiet: bool) -> Result<(u64, u64)> {
    register(node, gaon)?;
    let size = index(node, gaon, quiet)?;
    publish(node, gaon, quiet)?;
    Ok(size)
}

/// The sizes of the sample nation, by name.
pub(crate) fn kind(profile: ProfileName) -> Profile {
    match profile {
        ProfileName::Demo => Profile::Demo,
        ProfileName::Nation => Profile::Nation,
        ProfileName::Stress => Profile::Stress,
    }
}

/// Institutions, officers, delegations: some hundred entries.
fn register(node: &Node, gaon: &Gaon) -> Result<()> {
    let loader = Who::Engine(Engine::Register);
    let record =
        |wish| node.desk.record(loader, wish, node.now).context("the register was not loaded");
    for chunk in gaon.institutions().chunks(CHUNK) {
        record(Wish::Enrol(chunk.to_vec()))?;
    }
    let (deputies, others): (Vec<_>, Vec<_>) = gaon
        .appointments()
        .iter()
        .cloned()
        .partition(|appointment| appointment.deputy_of.is_some());
    for chunk in others.chunks(CHUNK).chain(deputies.chunks(CHUNK)) {
        record(Wish::Appoint(chunk.to_vec()))?;
    }
    for delegation in gaon.delegations() {
        record(Wish::Delegate(delegation.clone()))?;
    }
    Ok(())
}

/// Every system's components, into the index.
fn index(node: &Node, gaon: &Gaon, quiet: bool) -> Result<(u64, u64)> {
    let shelf = node.index()?;
    let progress = Progress::new("systems", quiet);
    let mut load = shelf.load();
    let mut entries = Vec::new();
    for system in gaon.systems() {
        entries.clear();
        entries.extend(system.entries());
        load.add(system.index_name().borrowed(), &entries)?;
        progress.count(1);
    }
    load.finish().context("the index could not be written")?;
    let size = shelf.snapshot().size();
    Ok((size.systems, size.rows))
}

/// That every system's inventory was published, into the record.
fn publish(node: &Node, gaon: &Gaon, quiet: bool) -> Result<()> {
    let progress = Progress::new("inventories", quiet);
    let wishes: Vec<Wish> = gaon.systems().map(|system| published(&system)).collect();
    let next = AtomicUsize::new(0);
    let work = || -> Result<()> {
        while let Some(wish) = wishes.get(next.fetch_add(1, Ordering::Relaxed)) {
            node.desk.record(Who::Engine(Engine::Register), wish.clone(), node.now)?;
            progress.count(1);
        }
        Ok(())
    };
    thread::scope(|scope| {
        let workers: Vec<_> = (0..PUBLISHERS).map(|_| scope.spawn(work)).collect();
        workers
            .into_iter()
            .try_for_each(|worker| worker.join().expect("a publisher does not panic"))
    })
}

/// The document of a generated system is its name and place: nobody wrote one.
fn published(system: &System<'_>) -> Wish {
    let digest = evidence(format!("{} {}", system.id, system.as_of).as_bytes());
    Wish::PublishInventory {
        institution: system.institution.id,
        system: system.id,
        digest,
        components: u32::try_from(system.component_count()).unwrap_or(u32::MAX),
        exposed: system.exposed,
        as_of: system.as_of,
    }
}
