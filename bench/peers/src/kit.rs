//! The data kit: where it is, its advisories, its inventories.

use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use serde::{Deserialize, Serialize};

/// The three sources that are compared, by file in the kit, and what Trivy calls them.
pub(crate) const SOURCES: [Source; 3] = [
    Source { file: "osv/rustsec.osv.jsonl.zst", ecosystem: "cargo", purl_type: "cargo" },
    Source { file: "osv/pypa.osv.jsonl.zst", ecosystem: "pip", purl_type: "pypi" },
    Source { file: "osv/go.osv.jsonl.zst", ecosystem: "go", purl_type: "golang" },
];

/// One source of advisories.
pub(crate) struct Source {
    /// Path in the kit.
    pub(crate) file: &'static str,
    /// First half of the bucket's name in Trivy's database.
    pub(crate) ecosystem: &'static str,
    /// The type of its packages' URLs.
    pub(crate) purl_type: &'static str,
}

/// The fields of an OSV document that decide who is affected.
#[derive(Debug, Deserialize)]
pub(crate) struct Osv {
    pub(crate) id: String,
    pub(crate) withdrawn: Option<String>,
    pub(crate) published: Option<String>,
    #[serde(default)]
    pub(crate) summary: String,
    #[serde(default)]
    pub(crate) aliases: Vec<String>,
    #[serde(default)]
    pub(crate) affected: Vec<Affected>,
}

/// One affected package.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct Affected {
    pub(crate) package: Package,
    #[serde(default)]
    pub(crate) ranges: Vec<Range>,
    #[serde(default)]
    pub(crate) versions: Vec<String>,
    #[serde(default, skip_serializing)]
    pub(crate) database_specific: Specific,
}

#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct Package {
    pub(crate) name: String,
}

#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct Range {
    #[serde(rename = "type")]
    pub(crate) kind: String,
    pub(crate) events: Vec<Event>,
}

#[derive(Debug, Default, Deserialize, Serialize)]
pub(crate) struct Event {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) introduced: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) fixed: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) last_affected: Option<String>,
}

/// What `RustSec` says beside.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Specific {
    pub(crate) informational: Option<String>,
}

/// Reads every document of one source.
pub(crate) fn advisories(data: &Path, source: &Source) -> Result<Vec<Osv>> {
    let path = data.join(source.file);
    let file = File::open(&path).with_context(|| path.display().to_string())?;
    let mut found = Vec::new();
    for line in BufReader::new(zstd::Decoder::new(file)?).lines() {
        let line = line?;
        found.push(serde_json::from_str(&line).with_context(|| path.display().to_string())?);
    }
    Ok(found)
}

/// Unpacks the files of an archive that `wanted` names into `to`, and lists them in order.
///
/// The path inside the archive becomes the file's name, so two files of one name stay apart.
pub(crate) fn unpack(
    archive: &Path,
    to: &Path,
    wanted: impl Fn(&Path) -> bool,
) -> Result<Vec<PathBuf>> {
    fs::create_dir_all(to)?;
    let file = File::open(archive).with_context(|| archive.display().to_string())?;
    let mut paths = Vec::new();
    for entry in tar::Archive::new(zstd::Decoder::new(file)?).entries()? {
        let mut entry = entry?;
        let inside = entry.path()?.into_owned();
        if !entry.header().entry_type().is_file() || !wanted(&inside) {
            continue;
        }
        let parts: Vec<_> = inside.iter().map(|part| part.to_string_lossy()).collect();
        ensure!(!parts.contains(&"..".into()), "{} climbs out", inside.display());
        // Trivy tells a lock file by its name, so the last part stays the file's name.
        let (name, folders) = parts.split_last().context("an entry without a name")?;
        let folder = to.join(folders.join("_"));
        fs::create_dir_all(&folder)?;
        let path = folder.join(&**name);
        entry.unpack(&path)?;
        paths.push(path);
    }
    paths.sort();
    Ok(paths)
}
