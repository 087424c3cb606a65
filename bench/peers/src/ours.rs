//! Bongsu: its findings from its JSON lines.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

use crate::finding::Part;

/// What Bongsu says of one flaw and one part.
#[derive(Clone, Debug)]
pub(crate) struct Claim {
    /// Every name of the flaw.
    pub(crate) names: BTreeSet<String>,
    /// `affected`, `not_affected` or `cannot_tell`.
    pub(crate) answer: String,
    /// Its reason, as printed.
    pub(crate) reason: String,
}

/// The claims of one inventory.
pub(crate) type Claims = BTreeMap<Part, Vec<Claim>>;

#[derive(Deserialize)]
struct Line {
    inventory: String,
    purl: Option<String>,
    version: Option<String>,
    vulnerability: String,
    aliases: Vec<String>,
    answer: String,
    reason: String,
}

/// The command line of one run over many inventories.
pub(crate) fn command(
    bongsu: &Path,
    advisories: &[PathBuf],
    inventories: &[PathBuf],
) -> Vec<String> {
    let mut words: Vec<String> = [bongsu.display().to_string()].into();
    words.extend(["--quiet", "match", "--format", "json", "--advisories"].map(str::to_owned));
    words.extend(advisories.iter().map(|path| path.display().to_string()));
    words.push("--inventory".to_owned());
    words.extend(inventories.iter().map(|path| path.display().to_string()));
    words
}

/// Runs Bongsu once over all inventories, plain *not affected* included; claims by inventory.
pub(crate) fn run(
    bongsu: &Path,
    advisories: &[PathBuf],
    inventories: &[PathBuf],
) -> Result<BTreeMap<String, Claims>> {
    let mut words = command(bongsu, advisories, inventories);
    words.push("--all".to_owned());
    let output = Command::new(&words[0]).args(&words[1..]).output().context("starting Bongsu")?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "Bongsu: {said}");
    eprint!("{said}");
    let mut claims: BTreeMap<String, Claims> = BTreeMap::new();
    for line in output.stdout.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
        let line: Line = serde_json::from_slice(line)?;
        // What has no package URL is vendor and product: the peers have no such thing.
        let Some(purl) = line.purl else { continue };
        let part = Part::from_purl(&purl, line.version.as_deref().unwrap_or(""))?;
        let names = line.aliases.into_iter().chain([line.vulnerability]).collect();
        let claim = Claim { names, answer: line.answer, reason: line.reason };
        claims.entry(line.inventory).or_default().entry(part).or_default().push(claim);
    }
    Ok(claims)
}
