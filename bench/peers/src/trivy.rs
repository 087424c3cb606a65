//! Trivy: a database in its schema from our advisories, and its findings.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde::{Deserialize, Serialize};

use crate::bolt::Bucket;
use crate::finding::{Found, Part};
use crate::kit::{self, Affected, Osv, Source};

/// One advisory for one package, as Trivy stores it.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Entry {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    vulnerable_versions: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    patched_versions: Vec<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Detail<'a> {
    title: &'a str,
}

#[derive(Serialize)]
struct DataSource<'a> {
    #[serde(rename = "ID")]
    id: &'a str,
    #[serde(rename = "Name")]
    name: &'a str,
    #[serde(rename = "URL")]
    url: &'a str,
}

/// Writes a cache folder with a database of these sources, schema version 2.
///
/// Withdrawn documents are left out, as the makers of Trivy's own database leave them out.
pub(crate) fn write_cache(data: &Path, sources: &[Source], cache: &Path) -> Result<()> {
    let mut root = Bucket::default();
    for source in sources {
        let name = format!("{}::Bongsu data kit {}", source.ecosystem, source.file);
        let about = DataSource { id: source.ecosystem, name: source.file, url: "" };
        root.bucket("data-source").put(&name, serde_json::to_vec(&about)?);
        for document in kit::advisories(data, source)? {
            if document.withdrawn.is_none() {
                put(&mut root, &name, source, &document)?;
            }
        }
    }
    let folder = cache.join("db");
    fs::create_dir_all(&folder)?;
    fs::write(folder.join("trivy.db"), root.into_file())?;
    fs::write(folder.join("metadata.json"), METADATA)?;
    Ok(())
}

fn put(root: &mut Bucket, name: &str, source: &Source, document: &Osv) -> Result<()> {
    let mut packages: BTreeMap<String, Entry> = BTreeMap::new();
    for affected in &document.affected {
        let package = package_name(source.ecosystem, &affected.package.name);
        constrain(packages.entry(package).or_default(), affected);
    }
    for (package, entry) in packages {
        // Commits only: there is nothing Trivy could compare.
        if !entry.vulnerable_versions.is_empty() {
            root.bucket(name).bucket(&package).put(&document.id, serde_json::to_vec(&entry)?);
        }
    }
    let title = if document.summary.is_empty() { &document.id } else { &document.summary };
    root.bucket("vulnerability").put(&document.id, serde_json::to_vec(&Detail { title })?);
    Ok(())
}

/// Ranges and listed versions as constraints: every part that is affected, any of them enough.
fn constrain(entry: &mut Entry, affected: &Affected) {
    for range in affected.ranges.iter().filter(|range| range.kind != "GIT") {
        let mut from: Option<String> = None;
        for event in &range.events {
            if let Some(introduced) = &event.introduced {
                entry.vulnerable_versions.extend(from.replace(lower(introduced)));
            }
            let end = match (&event.fixed, &event.last_affected) {
                (Some(fixed), _) => format!("<{fixed}"),
                (None, Some(last)) => format!("<={last}"),
                (None, None) => continue,
            };
            entry.patched_versions.extend(event.fixed.clone());
            let from = from.take().filter(|from| !from.is_empty()).map(|from| from + ", ");
            entry.vulnerable_versions.push(from.unwrap_or_default() + &end);
        }
        entry.vulnerable_versions.extend(from);
    }
    let listed = affected.versions.iter().map(|version| format!("={version}"));
    entry.vulnerable_versions.extend(listed);
}

/// The lower end. OSV's `0` is before every version, but for Trivy `>=0` leaves out Go's
/// `v0.0.0-…`; no constraint at all is what it reads as every version.
fn lower(introduced: &str) -> String {
    if introduced == "0" { String::new() } else { format!(">={introduced}") }
}

/// The key Trivy looks a package up by.
fn package_name(ecosystem: &str, name: &str) -> String {
    if ecosystem == "pip" { name.to_lowercase().replace(['_', '.'], "-") } else { name.to_owned() }
}

/// What Trivy is asked to read.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Subject {
    /// A lock file.
    Lock,
    /// A bill of materials.
    Sbom,
}

/// The command line of one run, without the network and without a lookup of Java archives.
pub(crate) fn command(trivy: &Path, cache: &Path, subject: Subject, file: &Path) -> Vec<String> {
    let mode = match subject {
        Subject::Lock => "fs",
        Subject::Sbom => "sbom",
    };
    let mut words = vec![trivy.display().to_string(), mode.to_owned()];
    words.extend(OFFLINE.map(str::to_owned));
    words.extend(["--cache-dir".to_owned(), cache.display().to_string()]);
    words.push(file.display().to_string());
    words
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Report {
    #[serde(default)]
    results: Vec<Target>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Target {
    #[serde(default)]
    vulnerabilities: Vec<Vulnerability>,
}

#[derive(Deserialize)]
struct Vulnerability {
    #[serde(rename = "VulnerabilityID")]
    id: String,
    #[serde(rename = "PkgName")]
    name: String,
    #[serde(rename = "PkgIdentifier", default)]
    identifier: Identifier,
    #[serde(rename = "InstalledVersion")]
    version: String,
}

#[derive(Default, Deserialize)]
struct Identifier {
    #[serde(rename = "PURL")]
    purl: Option<String>,
}

/// Runs Trivy on one file; `None`, with what it said, when it could not read the file.
pub(crate) fn run(
    trivy: &Path,
    cache: &Path,
    subject: Subject,
    file: &Path,
) -> Result<Result<Found, String>> {
    let words = command(trivy, cache, subject, file);
    let output = Command::new(&words[0]).args(&words[1..]).output().context("starting Trivy")?;
    if !output.status.success() {
        return Ok(Err(String::from_utf8_lossy(&output.stderr).trim().to_owned()));
    }
    let report: Report = serde_json::from_slice(&output.stdout)?;
    let mut found = Found::new();
    for one in report.results.into_iter().flat_map(|target| target.vulnerabilities) {
        let purl = one.identifier.purl.unwrap_or_default();
        ensure!(!purl.is_empty(), "Trivy gave {} without a package URL", one.name);
        found.entry(Part::from_purl(&purl, &one.version)?).or_default().insert(one.id);
    }
    Ok(Ok(found))
}

const OFFLINE: [&str; 9] = [
    "--quiet",
    "--offline-scan",
    "--skip-db-update",
    "--skip-java-db-update",
    "--skip-version-check",
    "--scanners",
    "vuln",
    "--format",
    "json",
];

/// A database that never asks to be renewed.
const METADATA: &str = r#"{"Version":2,"NextUpdate":"2999-01-01T00:00:00Z","UpdatedAt":"2026-01-01T00:00:00Z","DownloadedAt":"2026-01-01T00:00:00Z"}"#;
