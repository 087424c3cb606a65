//! `bongsu inventory publish`: what runs on a system now, and what that proves.

use std::path::Path;

use anyhow::{Context, Result, bail};
use bongsu_authority::{InstitutionId, SystemId};
use bongsu_desk::audience::STALE_AFTER;
use bongsu_desk::exact::{self, Exact, Run};
use bongsu_desk::recheck::{self, Look};
use bongsu_desk::{Who, evidence};
use bongsu_formats::{Limits, inventories};
use bongsu_inventory::Inventory;
use bongsu_matching::index::{Entry, SystemNameBuf};
use bongsu_matching::{Knowledge, Row, rows};
use bongsu_response::{Case, Engine, Evidence, PublishedInventory, Wish};
use bongsu_store::{Document, Error};
use serde_json::json;

use super::{campaign, show};
use crate::Outcome;
use crate::cli::Format;
use crate::cli::desk::{AsArgs, InventoryCommand, KnowledgeArgs, NodeArgs};
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
    let inventory = read(&file, &document)?;
    let node = node::open(&node)?;
    let who = node.who(&officer)?;
    let institution = node.find_institution(&institution)?;
    let before = before(&node, who, institution)?;
    let system = match &system {
        Some(system) => system.parse().context("--system is the id of a system")?,
        None => node.new_system(),
    };
    let old = before.iter().find(|(id, _)| *id == system).map(|(_, old)| *old);
    let components = u32::try_from(inventory.components.len()).context("too many components")?;
    let hides = old.is_some_and(|old| recheck::hides_too_much(old.components, components));
    if hides {
        // An institution that could shrink what it shows would verify its own fixes.
        bail!(
            "this inventory has {components} components, the last one of this system had {}: send the whole one; where the \
             system really shrank, ask an analyst of your coordinator to look and `bongsu obligation verify`",
            old.map_or(0, |old| old.components)
        );
    }
    let made = inventory.as_of.unwrap_or(node.now).min(node.now);
    if let Some(old) = old.filter(|old| old.as_of > made) {
        bail!(
            "this inventory is of {}, the one that is there of {}: publish a newer one",
            show::instant(made),
            show::instant(old.as_of)
        );
    }
    let wish = Wish::PublishInventory {
        institution,
        system,
        digest: evidence(&document),
        components,
        exposed,
        as_of: made,
    };
    // Rights first, then the index, then the record: whoever asks again repeats all of it harmlessly.
    let _ = node.desk.with(who, node.now, |asking| asking.to(&wish))?;
    put(&node, institution, system, &inventory)?;
    let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let digest = evidence(&document);
    let document = Document { name, bytes: document };
    let receipt = node.desk.publish(who, wish, document, node.now)?;
    let sound = node.now.duration_since(made) <= STALE_AFTER;
    let look = Recheck { institution, made, sound, digest };
    let changed = look.everything(&node, who, &knowledge, quiet)?;
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

/// Exactly one system's inventory.
fn read(file: &Path, document: &[u8]) -> Result<Inventory> {
    let name = file.display().to_string();
    let mut found = inventories::read(&name, document, &Limits::default());
    if let Some(aside) = found.quarantined.first() {
        bail!("{name} was not read whole: {}", crate::output::plain::set_aside(aside));
    }
    match found.inventories.len() {
        1 => Ok(found.inventories.remove(0)),
        count => bail!("{name} holds {count} systems: publish one at a time"),
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

fn put(
    node: &Node,
    institution: InstitutionId,
    system: SystemId,
    inventory: &Inventory,
) -> Result<()> {
    let register = node.desk.register();
    let jurisdiction =
        register.jurisdiction(institution, node.now).context("the institution has no lead")?;
    let name = SystemNameBuf {
        ministry: jurisdiction.lead.as_str().into(),
        institution: institution.to_string().into(),
        system: system.to_string().into(),
    };
    let rows: Vec<Row> = inventory.components.iter().flat_map(rows).collect();
    let entries: Vec<Entry<'_>> = rows
        .iter()
        .map(|row| Entry { key: &row.key, scheme: row.scheme, version: row.version.as_deref() })
        .collect();
    node.index()?.replace(name.borrowed(), &entries).context("the index could not be written")?;
    Ok(())
}

/// Looking again at everything the institution owes.
struct Recheck {
    institution: InstitutionId,
    made: jiff::Timestamp,
    sound: bool,
    digest: Evidence,
}

impl Recheck {
    fn everything(
        &self,
        node: &Node,
        who: Who,
        knowledge: &KnowledgeArgs,
        quiet: bool,
    ) -> Result<Vec<(bongsu_authority::ActId, &'static str)>> {
        let owed = node.desk.with(who, node.now, |asking| {
            node.desk.store().obligations_of(self.institution, |owed| {
                asking
                    .see_obligation(owed.act, self.institution)
                    .map_err(|_| bongsu_authority::access::Denied::absent())
            })
        })?;
        let mut changed = Vec::new();
        if owed.is_empty() {
            return Ok(changed);
        }
        let known = campaign::known(knowledge, quiet)?;
        let runs = self.runs(node, who)?;
        for owed in owed {
            let act = node.desk.act(who, owed.act, node.now)?;
            let case = node.desk.case(who, act.case, node.now)?;
            let exact = self.judged(node, &case, &known, runs.as_deref())?;
            let look = Look {
                found: exact.found,
                made: self.made,
                sound: self.sound,
                evidence: self.digest,
                how: "the new inventory".to_owned(),
            };
            let Some(answer) = recheck::answer_cleared(&owed, &look, &exact.cleared) else {
                continue;
            };
            let said = said(&answer);
            let wish =
                Wish::Obligation { act: owed.act, institution: self.institution, wish: answer };
            match node.desk.record(Who::Engine(Engine::Matching), wish, node.now) {
                Ok(receipt) if receipt.entries > 0 => changed.push((owed.act, said)),
                // The rules see no news in it, or an officer's word stands.
                Ok(_) | Err(Error::Refused(_)) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(changed)
    }

    /// Every system's document, where the officer may see the inventories and none is missing.
    fn runs(&self, node: &Node, who: Who) -> Result<Option<Vec<Run>>> {
        let permit =
            node.desk.with(who, node.now, |asking| asking.see_inventory(self.institution))?;
        Ok(exact::runs(node.desk.store(), &permit, self.institution)?)
    }

    /// Exactly where every document is kept; else as the index has it.
    fn judged(
        &self,
        node: &Node,
        case: &Case,
        known: &Knowledge,
        runs: Option<&[Run]>,
    ) -> Result<Exact> {
        if let Some(runs) = runs {
            return Ok(exact::judge(known, &campaign::names(case), runs)?);
        }
        let exposures = campaign::exposures(node, case, known)?;
        let found = exposures.get(&self.institution).copied().unwrap_or_default();
        Ok(Exact { found, ..Exact::default() })
    }
}

fn said(answer: &bongsu_response::Answer) -> &'static str {
    use bongsu_response::{Answer, Assessment};
    match answer {
        Answer::Verify { .. } => "verified: the new inventory no longer shows it",
        Answer::Refute { .. } => "refuted: the new inventory still shows it",
        Answer::Regress { .. } => "it came back",
        Answer::Assess { assessment: Assessment::Affected, .. } => "affected",
        Answer::Assess { assessment: Assessment::NotAffected { .. }, .. } => "not affected",
        _ => "looked at",
    }
}
