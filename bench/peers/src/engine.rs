//! The rustsec crate: its advisory files from our documents, and its findings.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use rustsec::database::Query;
use rustsec::{Collection, Database, Lockfile};
use serde::Serialize;

use crate::finding::{Found, Part};
use crate::kit::{self, Osv, Source};

/// The head of an advisory file.
#[derive(Serialize)]
struct Head<'a> {
    advisory: Advisory<'a>,
    versions: Versions,
}

#[derive(Serialize)]
struct Advisory<'a> {
    id: &'a str,
    package: &'a str,
    date: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    withdrawn: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    informational: Option<&'a str>,
    aliases: &'a [String],
}

#[derive(Serialize, Default)]
struct Versions {
    patched: Vec<String>,
    unaffected: Vec<String>,
}

/// Writes the documents as the files the crate reads: `crates/PACKAGE/ID.md`.
pub(crate) fn write_advisories(data: &Path, source: &Source, to: &Path) -> Result<()> {
    for document in kit::advisories(data, source)? {
        let affected = document.affected.first().context("a document without a package")?;
        let folder = to.join("crates").join(&affected.package.name);
        fs::create_dir_all(&folder)?;
        fs::write(folder.join(format!("{}.md", document.id)), advisory_file(&document)?)?;
    }
    Ok(())
}

fn advisory_file(document: &Osv) -> Result<String> {
    let affected = &document.affected[0];
    let day = |time: &'_ str| -> usize { time.len().min("2020-01-01".len()) };
    let published = document.published.as_deref().context("a document without a date")?;
    let head = Head {
        advisory: Advisory {
            id: &document.id,
            package: &affected.package.name,
            date: &published[..day(published)],
            withdrawn: document.withdrawn.as_deref().map(|time| &time[..day(time)]),
            informational: affected.database_specific.informational.as_deref(),
            aliases: &document.aliases,
        },
        versions: complement(document),
    };
    let title = document.summary.replace('\n', " ");
    Ok(format!("```toml\n{}```\n\n# {title}\n\nSee the source.\n", toml::to_string(&head)?))
}

/// What the ranges leave out: before the first is unaffected, from a fix on is patched.
fn complement(document: &Osv) -> Versions {
    let mut versions = Versions::default();
    let mut fixed: Option<&str> = None;
    for event in document.affected[0].ranges.iter().flat_map(|range| &range.events) {
        if let Some(introduced) = event.introduced.as_deref() {
            match fixed.take() {
                Some(from) => versions.patched.push(format!(">= {from}, < {introduced}")),
                None if introduced == "0.0.0-0" || introduced == "0" => {}
                None => versions.unaffected.push(format!("< {introduced}")),
            }
        }
        fixed = event.fixed.as_deref().or(fixed);
    }
    versions.patched.extend(fixed.map(|from| format!(">= {from}")));
    versions
}

/// Loads the advisories, reads the lock file, matches: what a whole process of it does.
///
/// Notices are kept and withdrawn documents dropped, so that the question is the one we answer.
pub(crate) fn run(advisories: &Path, lock: &Path) -> Result<Found> {
    let database = Database::open(advisories)?;
    let lockfile = Lockfile::load(lock)?;
    let query = Query::new().collection(Collection::Crates).withdrawn(false);
    let mut found = Found::new();
    for hit in database.query_vulnerabilities(&lockfile, &query) {
        let name = hit.package.name.as_str();
        let part = Part::new("cargo", name, &hit.package.version.to_string());
        found.entry(part).or_default().insert(hit.advisory.id.to_string());
    }
    Ok(found)
}
