//! Reading what the command line names: advisories into knowledge, inventories into a list.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use bongsu_advisory::{Place, Signal};
use bongsu_formats::packing::Patience;
use bongsu_formats::signals::{self, Inbox};
use bongsu_formats::{Error, Limits, Quarantined, inventories};
use bongsu_inventory::Inventory;
use bongsu_matching::Knowledge;
use serde_json::json;

use crate::output::plain::{self, plain, set_aside};
use crate::progress::Progress;
use crate::{files, machine};

/// The vulnerabilities everybody has heard of, in our own words, for a first look without feeds.
const WELL_KNOWN: &[u8] = include_bytes!("../../../fixtures/advisories/well-known.osv.jsonl");

/// How many reasons a person is shown before being pointed at the file with all of them.
const REASONS_SHOWN: usize = 5;

/// What was set aside while reading, and how much was not.
#[derive(Debug, Default)]
pub(crate) struct Aside {
    /// Everything that could not be read.
    pub(crate) quarantined: Vec<Quarantined>,
    /// Documents and entries that could.
    pub(crate) read: usize,
}

/// Takes what a feed reader finds into knowledge.
struct Intake<'a> {
    knowledge: &'a mut Knowledge,
    aside: &'a mut Aside,
    progress: &'a Progress,
}

impl Inbox for Intake<'_> {
    fn signal(&mut self, signal: Signal) {
        self.aside.read += 1;
        self.progress.count(1);
        self.knowledge.take(signal);
    }

    fn quarantined(&mut self, quarantined: Quarantined) {
        self.aside.quarantined.push(quarantined);
    }
}

/// Reads advisories, catalogues, forecasts and statements; the well-known ones without paths.
///
/// What is not read when patience ends is set aside.
pub(crate) fn knowledge(
    paths: &[PathBuf],
    aside: &mut Aside,
    patience: Patience<'_>,
    quiet: bool,
) -> Result<Knowledge> {
    let progress = Progress::new("advisories", quiet);
    let mut knowledge = Knowledge::default();
    let limits = Limits::default();
    let mut intake = Intake { knowledge: &mut knowledge, aside, progress: &progress };
    if paths.is_empty() {
        signals::read_while("well-known.osv.jsonl", WELL_KNOWN, &limits, patience, &mut intake);
    }
    for file in files::below(paths)? {
        let name = file.display().to_string();
        progress.at(&name);
        match File::open(&file) {
            Ok(bytes) => signals::read_while(&name, bytes, &limits, patience, &mut intake),
            Err(error) => intake.aside.unreadable(&name, error),
        }
    }
    if aside.read == 0 {
        bail!("none of the advisories could be read{}", first_reason(aside));
    }
    Ok(knowledge)
}

/// Adds the vulnerabilities everybody has heard of to what was read.
pub(crate) fn well_known(knowledge: &mut Knowledge, aside: &mut Aside) {
    let progress = Progress::new("advisories", true);
    let mut intake = Intake { knowledge, aside, progress: &progress };
    signals::read("well-known.osv.jsonl", WELL_KNOWN, &Limits::default(), &mut intake);
}

/// What our own fixture says about one of them.
pub(crate) fn well_known_about(name: &str) -> Option<&'static str> {
    let text = std::str::from_utf8(WELL_KNOWN).ok()?;
    text.lines().find(|line| line.contains(name))
}

/// The vulnerabilities everybody has heard of, as a feed would bring them.
pub(crate) fn well_known_signals() -> Vec<Signal> {
    struct All(Vec<Signal>);
    impl Inbox for All {
        fn signal(&mut self, signal: Signal) {
            self.0.push(signal);
        }
        fn quarantined(&mut self, _: Quarantined) {}
    }
    let mut all = All(Vec::new());
    signals::read("well-known.osv.jsonl", WELL_KNOWN, &Limits::default(), &mut all);
    all.0
}

/// An inventory and the file it came from.
#[derive(Debug)]
pub(crate) struct Taken {
    /// The file, as it was named.
    pub(crate) document: String,
    /// What it holds.
    pub(crate) inventory: Inventory,
}

/// Reads inventories, this machine's own without paths; statements inside go into the knowledge.
pub(crate) fn inventories(
    paths: &[PathBuf],
    knowledge: &mut Knowledge,
    aside: &mut Aside,
    patience: Patience<'_>,
    quiet: bool,
) -> Result<Vec<Taken>> {
    let progress = Progress::new("inventories", quiet);
    let mut taken = Vec::new();
    if paths.is_empty() {
        taken = machine::inventories(aside, patience)?;
        if taken.is_empty() {
            bail!(
                "this machine has no package database and no lock file below; name one with --inventory"
            );
        }
        return Ok(taken);
    }
    for file in files::below(paths)? {
        progress.at(&file.display().to_string());
        progress.count(1);
        one(&file, knowledge, aside, patience, &mut taken);
    }
    if taken.is_empty() {
        bail!("none of the inventories could be read{}", first_reason(aside));
    }
    Ok(taken)
}

/// Reads one file of inventories.
pub(crate) fn one(
    file: &Path,
    knowledge: &mut Knowledge,
    aside: &mut Aside,
    patience: Patience<'_>,
    taken: &mut Vec<Taken>,
) {
    let name = file.display().to_string();
    let found = match File::open(file) {
        Ok(bytes) => inventories::read_while(&name, bytes, &Limits::default(), patience),
        Err(error) => return aside.unreadable(&name, error),
    };
    aside.read += found.inventories.len();
    aside.quarantined.extend(found.quarantined);
    for statement in found.statements {
        knowledge.take_statement(statement);
    }
    for inventory in found.inventories {
        let document = inventory.document.clone().unwrap_or_else(|| name.clone());
        taken.push(Taken { document, inventory });
    }
}

fn first_reason(aside: &Aside) -> String {
    aside.quarantined.first().map_or(String::new(), |first| format!(": {}", set_aside(first)))
}

impl Aside {
    /// Sets aside a file that does not open: the others are still worth reading.
    pub(crate) fn unreadable(&mut self, document: &str, error: std::io::Error) {
        let place = Place { document: document.into(), ..Place::default() };
        self.quarantined.push(Quarantined { place, reason: Error::Read(error) });
    }

    /// Says on standard error what was set aside, and writes all of it where it was asked for.
    pub(crate) fn report(&self, file: Option<&Path>, quiet: bool) -> Result<()> {
        if let Some(file) = file {
            self.write(file).with_context(|| file.display().to_string())?;
        }
        if self.quarantined.is_empty() || quiet {
            return Ok(());
        }
        eprintln!("{} read, {} set aside:", self.read, self.quarantined.len());
        for quarantined in self.quarantined.iter().take(REASONS_SHOWN) {
            eprintln!("  {}", plain(&set_aside(quarantined)));
        }
        let more = self.quarantined.len().saturating_sub(REASONS_SHOWN);
        if more > 0 {
            let hint = if file.is_some() { "" } else { "; --quarantine FILE writes them all" };
            eprintln!("  and {more} more{hint}");
        }
        Ok(())
    }

    fn write(&self, file: &Path) -> Result<()> {
        let mut out = BufWriter::new(File::create(file)?);
        for quarantined in &self.quarantined {
            let place = &quarantined.place;
            let line = json!({
                "document": place.document,
                "line": place.line,
                "field": place.field,
                "reason": plain::reason(quarantined),
            });
            writeln!(out, "{}", plain::json(&line)?)?;
        }
        Ok(out.flush()?)
    }
}
