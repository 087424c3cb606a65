//! `bongsu index`: a nation's inventories on disk.

use std::collections::{BTreeMap, HashSet};
use std::fs::File;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use bongsu_formats::{Limits, inventories};
use bongsu_inventory::Inventory;
use bongsu_matching::index::{Entry, SystemNameBuf};
use bongsu_matching::{Row, rows};
use bongsu_shelf::{Report, Residence, Shelf};
use serde_json::json;

use crate::Outcome;
use crate::cli::{Format, IndexAddArgs, IndexCommand};
use crate::files;
use crate::load::Aside;
use crate::output::plain::{self, plain};
use crate::progress::Progress;

/// The institution of an inventory that lies in no folder of its own.
const NO_INSTITUTION: &str = "unassigned";

pub(crate) fn run(command: IndexCommand, quiet: bool) -> Result<Outcome> {
    match command {
        IndexCommand::Build(args) => {
            let shelf = Shelf::create(&args.dir, Residence::OnDemand).with_context(|| {
                format!(
                    "{} (bongsu index add puts more into one that is there)",
                    args.dir.display()
                )
            })?;
            take_in(&shelf, &args, quiet)
        }
        IndexCommand::Add(args) => {
            let shelf = open(&args.dir)?;
            take_in(&shelf, &args, quiet)
        }
        IndexCommand::Remove { dir, systems } => remove(&open(&dir)?, &systems),
        IndexCommand::Stat { dir, systems, format } => stat(&dir, systems, format),
        IndexCommand::Verify { dir, check } => verify(&dir, check),
    }
}

/// Opens an index to write, telling what had to be mended.
fn open(dir: &Path) -> Result<Shelf> {
    let opened =
        Shelf::open(dir, Residence::OnDemand).with_context(|| dir.display().to_string())?;
    tell(&opened.1);
    Ok(opened.0)
}

fn tell(report: &Report) {
    for note in &report.notes {
        eprintln!("{}", plain(&note.to_string()));
    }
}

/// Reads inventories and puts each system into the index.
fn take_in(shelf: &Shelf, args: &IndexAddArgs, quiet: bool) -> Result<Outcome> {
    let progress = Progress::new("systems", quiet);
    let mut aside = Aside::default();
    let mut load = shelf.load();
    let (mut taken, mut names) = (0_u64, HashSet::new());
    for path in &args.inventory {
        for file in files::below(std::slice::from_ref(path))? {
            let document = file.display().to_string();
            progress.at(&document);
            let found = match File::open(&file) {
                Ok(bytes) => inventories::read(&document, bytes, &Limits::default()),
                Err(error) => {
                    aside.unreadable(&document, error);
                    continue;
                }
            };
            aside.read += found.inventories.len();
            aside.quarantined.extend(found.quarantined);
            let several = is_list(&found.inventories);
            for inventory in &found.inventories {
                let name = named(inventory, several, path, &file, args);
                if !names.insert(name.clone()) {
                    bail!("two inventories are both of {name}; give each system its own file name");
                }
                let rows: Vec<Row> = inventory.components.iter().flat_map(rows).collect();
                load.add(name.borrowed(), &entries(&rows))
                    .with_context(|| format!("{document} cannot be put into the index"))?;
                progress.count(1);
                taken += 1;
            }
        }
    }
    load.finish().context("the index could not be written")?;
    drop(progress);
    aside.report(None, quiet)?;
    if taken == 0 {
        bail!("none of the inventories could be read");
    }
    if !quiet {
        let size = shelf.snapshot().size();
        println!(
            "{taken} systems taken in; the index holds {} systems, {} rows",
            size.systems, size.rows
        );
    }
    Ok(Outcome::Done)
}

fn entries(rows: &[Row]) -> Vec<Entry<'_>> {
    rows.iter()
        .map(|row| Entry { key: &row.key, scheme: row.scheme, version: row.version.as_deref() })
        .collect()
}

/// Whether one document lists several systems, as asset lists do.
fn is_list(inventories: &[Inventory]) -> bool {
    let document = inventories.first().and_then(|inventory| inventory.document.as_ref());
    inventories.len() > 1 && inventories.iter().all(|one| one.document.as_ref() == document)
}

/// The full name of a system: its institution is the folder it lies in, its own name the file's,
/// or what an asset list calls it.
fn named(
    inventory: &Inventory,
    several: bool,
    given: &Path,
    file: &Path,
    args: &IndexAddArgs,
) -> SystemNameBuf {
    let below = file.strip_prefix(given).ok().filter(|below| !below.as_os_str().is_empty());
    let below = below
        .map_or_else(|| PathBuf::from(file.file_name().unwrap_or_default()), Path::to_path_buf);
    let folders: Vec<_> = below.parent().into_iter().flat_map(Path::components).collect();
    let folder = folders.first().map(|first| first.as_os_str().to_string_lossy().into_owned());
    let institution = args.institution.clone().or(folder.clone());
    let inside = match (&args.institution, &folder) {
        (None, Some(folder)) => below.strip_prefix(folder).unwrap_or(&below),
        _ => &below,
    };
    let member = inventory.document.as_deref().and_then(|document| document.split_once('!'));
    let system = match member {
        _ if several => inventory.system.clone(),
        Some((_, member)) => member.to_owned(),
        None => inside.display().to_string(),
    };
    SystemNameBuf {
        ministry: args.ministry.as_str().into(),
        institution: institution.as_deref().unwrap_or(NO_INSTITUTION).into(),
        system: system.into(),
    }
}

fn remove(shelf: &Shelf, systems: &[String]) -> Result<Outcome> {
    let known = all_systems(shelf)?;
    for wanted in systems {
        let meant: Vec<_> = known.iter().filter(|name| is_meant(name, wanted)).collect();
        match meant.as_slice() {
            [] => bail!("no system is called `{wanted}`; `bongsu index stat --systems` lists them"),
            [name] => {
                shelf.remove(name.borrowed())?;
                println!("removed {}", plain(&name.to_string()));
            }
            several => bail!(
                "{} systems are called `{wanted}`; say which: {}",
                several.len(),
                several.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
            ),
        }
    }
    Ok(Outcome::Done)
}

fn is_meant(name: &SystemNameBuf, wanted: &str) -> bool {
    *name.system == *wanted
        || format!("{} / {}", name.institution, name.system) == wanted
        || name.to_string() == wanted
}

/// Every living system, by name.
fn all_systems(shelf: &Shelf) -> Result<Vec<SystemNameBuf>> {
    let snapshot = shelf.snapshot();
    let (mut systems, mut after): (Vec<SystemNameBuf>, Option<SystemNameBuf>) = (Vec::new(), None);
    loop {
        let page = snapshot.systems(after.as_ref().map(SystemNameBuf::borrowed), 10_000)?;
        let Some(last) = page.last() else { return Ok(systems) };
        after = Some(last.clone());
        systems.extend(page);
    }
}

fn stat(dir: &Path, list: bool, format: Format) -> Result<Outcome> {
    let (shelf, report) =
        Shelf::read(dir, Residence::OnDemand).with_context(|| dir.display().to_string())?;
    tell(&report);
    let size = shelf.snapshot().size();
    let systems = all_systems(&shelf)?;
    let mut institutions: BTreeMap<(&str, &str), u64> = BTreeMap::new();
    for name in &systems {
        *institutions.entry((&name.ministry, &name.institution)).or_default() += 1;
    }
    if format == Format::Json {
        println!(
            "{}",
            json!({
                "systems": size.systems, "institutions": institutions.len(), "rows": size.rows,
                "segments": size.segments, "segment_bytes": size.segment_bytes,
                "young": size.flat_systems, "superseded": size.dead,
            })
        );
    } else {
        println!("systems       {}", size.systems);
        println!("institutions  {}", institutions.len());
        println!("rows          {}", size.rows);
        println!("segments      {} ({} bytes)", size.segments, size.segment_bytes);
        println!("young         {} systems not yet in a segment", size.flat_systems);
        println!("superseded    {} systems whose old rows still take room", size.dead);
    }
    for name in systems.iter().filter(|_| list) {
        match format {
            Format::Table => println!("{}", plain(&name.to_string())),
            Format::Json => println!(
                "{}",
                plain::json(
                    &json!({ "ministry": &*name.ministry, "institution": &*name.institution, "system": &*name.system })
                )?
            ),
        }
    }
    Ok(Outcome::Done)
}

fn verify(dir: &Path, only_look: bool) -> Result<Outcome> {
    let context = || dir.display().to_string();
    let report = if only_look {
        let (shelf, mut report) = Shelf::read(dir, Residence::OnDemand).with_context(context)?;
        report.notes.extend(shelf.verify()?.notes);
        report
    } else {
        let (shelf, mut report) = Shelf::open(dir, Residence::OnDemand).with_context(context)?;
        report.notes.extend(shelf.heal()?.notes);
        report
    };
    tell(&report);
    if report.notes.is_empty() {
        println!("every block is what was written");
        return Ok(Outcome::Done);
    }
    if only_look {
        bail!("{} is damaged; `bongsu index verify` without --check mends it", dir.display());
    }
    println!("mended");
    Ok(Outcome::Done)
}
