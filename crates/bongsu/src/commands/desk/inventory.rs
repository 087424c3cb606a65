//! `bongsu inventory publish`: what runs on a system now, and what that proves.

use std::path::Path;

use anyhow::{Context, Result, bail};
use bongsu_authority::{ActId, InstitutionId, SystemId};
use bongsu_desk::Who;
use bongsu_desk::intake::{self, Published, Publishing, Read};
use bongsu_formats::packing::Patience;
use bongsu_response::PublishedInventory;
use bongsu_store::{Document, RequestId};
use serde_json::json;

use super::{campaign, show};
use crate::Outcome;
use crate::cli::Format;
use crate::cli::desk::{AsArgs, InventoryCommand, NodeArgs};
use crate::files;
use crate::node::{self, Node};

pub(crate) fn run(command: InventoryCommand, quiet: bool) -> Result<Outcome> {
    let command = match command {
        InventoryCommand::List { institution, officer, node } => {
            return list(&institution, &officer, &node);
        }
        publish @ InventoryCommand::Publish { .. } => publish,
    };
    let InventoryCommand::Publish { institution, system, exposed, file, knowledge, officer, node } =
        command
    else {
        unreachable!("the other command was answered above")
    };
    let format = node.format;
    // Read before the node is opened: nobody waits for a slow file.
    let document = files::whole(&file)?;
    let read = read(&file, &document)?;
    let node = node::open(&node)?;
    let who = node.who(&officer)?;
    let institution = node.find_institution(&institution)?;
    let system = match &system {
        Some(system) => system.parse().context("--system is the id of a system")?,
        None => node.new_system(),
    };
    let known = campaign::known(&knowledge, quiet)?;
    let holdings = node.holdings()?;
    let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let document = Document { name, bytes: document };
    let request = RequestId(node.desk.draw()).into();
    let publishing = Publishing { institution, system, exposed, who, name: request };
    let published =
        intake::publish(&node.desk, &holdings, &known, publishing, (&read, document), node.now)?;
    let Published { receipt, components, before: old, mut changed } = published;
    // What else it changed is not for a provider to know.
    let seen = |act: &ActId| node.desk.obligation(who, (*act, institution), node.now).is_ok();
    changed.retain(|act, _| seen(act));
    match format {
        Format::Json => show::line(&json!({
            "done": "published", "system": system, "entry": receipt.entry, "components": components,
            "obligations_changed": changed.iter().map(|(act, said)| json!({ "act": act, "said": said })).collect::<Vec<_>>(),
        }))?,
        Format::Table => {
            let new = if old.is_none() { ", a new system" } else { "" };
            println!(
                "published {system}: {components} components{new}, entry {} of the record",
                receipt.entry
            );
            for (act, said) in changed {
                println!("  act {}: {said}", show::short(&act));
            }
        }
    }
    Ok(Outcome::Done)
}

/// The systems of an institution, as their latest inventories have them.
fn list(institution: &str, officer: &AsArgs, args: &NodeArgs) -> Result<Outcome> {
    let node = node::open(args)?;
    let who = node.who(officer)?;
    let institution = node.find_institution(institution)?;
    let mut systems = before(&node, who, institution)?;
    systems.sort_by_key(|(system, _)| *system);
    let mut rows = Vec::new();
    for (system, inventory) in systems {
        match args.format {
            Format::Json => show::line(&json!({
                "system": system, "components": inventory.components, "exposed": inventory.exposed, "as_of": inventory.as_of,
            }))?,
            Format::Table => rows.push(vec![
                system.to_string(),
                inventory.components.to_string(),
                if inventory.exposed {
                    "faces the internet".to_owned()
                } else {
                    "inside".to_owned()
                },
                show::instant(inventory.as_of),
            ]),
        }
    }
    if args.format == Format::Table {
        show::rows(&["SYSTEM", "COMPONENTS", "WHERE", "AS OF"], rows)?;
    }
    Ok(Outcome::Done)
}

/// Exactly one system's inventory, read whole.
fn read(file: &Path, document: &[u8]) -> Result<Read> {
    let name = file.display().to_string();
    let read = intake::read(&name, document, Patience::ENDLESS)?;
    match read.aside.first() {
        Some(aside) => {
            bail!("{name} was not read whole: {}", crate::output::plain::set_aside(aside))
        }
        None => Ok(read),
    }
}

/// What was published of the institution before, as far as the officer may know.
fn before(
    node: &Node,
    who: Who,
    institution: InstitutionId,
) -> Result<Vec<(SystemId, PublishedInventory)>> {
    let permit = node.desk.with(who, node.now, |asking| asking.see_inventory(institution))?;
    Ok(node.desk.store().inventories(&permit, institution)?)
}
