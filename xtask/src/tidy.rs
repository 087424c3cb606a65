//! Arrows point down, pure crates stay pure.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::Value;

/// The floor of each crate. A crate uses floors below it, never its own, never one above.
const FLOORS: [(&str, u8); 19] = [
    ("bongsu-package", 0),
    ("bongsu-authority", 0),
    ("bongsu-ledger", 0),
    ("bongsu-advisory", 1),
    ("bongsu-inventory", 1),
    ("bongsu-matching", 2),
    ("bongsu-response", 2),
    ("bongsu-formats", 3),
    ("bongsu-store", 3),
    ("bongsu-nation", 3),
    ("bongsu-shelf", 4),
    ("bongsu-store-sqlite", 4),
    ("bongsu-store-postgres", 4),
    ("bongsu-egress", 4),
    ("bongsu-desk", 5),
    ("bongsu-relay", 6),
    ("bongsu-server", 7),
    ("bongsu-web", 8),
    ("bongsu", 9),
];

/// Crates that take values and give values.
const PURE: [&str; 9] = [
    "package",
    "authority",
    "ledger",
    "advisory",
    "inventory",
    "matching",
    "response",
    "formats",
    "nation",
];

/// What a pure crate does not say, outside its tests.
const IMPURE: [&str; 6] =
    ["std::fs", "std::net", "std::env", "std::process", "SystemTime::now", "Instant::now"];

/// Fails with every breach named.
pub(crate) fn check() -> Result<()> {
    let mut breaches = arrows()?;
    for name in PURE {
        let folder = Path::new("crates").join(name).join("src");
        for file in rust_files(&folder)? {
            breaches.extend(impurities(&file)?);
        }
    }
    for breach in &breaches {
        println!("tidy: {breach}");
    }
    if breaches.is_empty() {
        println!("tidy: arrows point down, pure crates are pure");
        return Ok(());
    }
    bail!("{} breaches of the house's rules", breaches.len())
}

fn arrows() -> Result<Vec<String>> {
    let output = Command::new("cargo")
        .args(["metadata", "--no-deps", "--format-version", "1"])
        .output()
        .context("cargo metadata did not start")?;
    let metadata: Value = serde_json::from_slice(&output.stdout).context("cargo metadata")?;
    let floors = BTreeMap::from(FLOORS);
    let mut breaches = Vec::new();
    for package in metadata["packages"].as_array().into_iter().flatten() {
        let name = package["name"].as_str().unwrap_or_default();
        if ["xtask", "bongsu-bench"].contains(&name) {
            continue;
        }
        let Some(floor) = floors.get(name) else {
            breaches.push(format!("{name} stands on no floor: give it one in xtask/src/tidy.rs"));
            continue;
        };
        for dependency in package["dependencies"].as_array().into_iter().flatten() {
            let used = dependency["name"].as_str().unwrap_or_default();
            let in_tests = dependency["kind"].as_str() == Some("dev");
            if let Some(below) = floors.get(used).filter(|below| !in_tests && *below >= floor) {
                breaches.push(format!("{name} (floor {floor}) uses {used} (floor {below})"));
            }
        }
    }
    Ok(breaches)
}

fn impurities(file: &Path) -> Result<Vec<String>> {
    let text = fs::read_to_string(file).with_context(|| file.display().to_string())?;
    let code = text.split("#[cfg(test)]").next().unwrap_or_default();
    let spoken = code.lines().zip(1..).filter(|(line, _)| !line.trim_start().starts_with("//"));
    let found = spoken.flat_map(|(line, number)| {
        let words = IMPURE.iter().filter(move |word| line.contains(**word));
        words.map(move |word| format!("{}:{number} says {word}", file.display()))
    });
    Ok(found.collect())
}

fn rust_files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let entries = fs::read_dir(folder).with_context(|| folder.display().to_string())?;
    for entry in entries {
        let path = entry?.path();
        if path.is_dir() {
            files.extend(rust_files(&path)?);
        } else if path.extension().is_some_and(|ending| ending == "rs")
            && !path.ends_with("tests.rs")
        {
            files.push(path);
        }
    }
    Ok(files)
}
