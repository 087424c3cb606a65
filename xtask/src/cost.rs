//! What a cold build of the first command costs.

use std::fs;
use std::path::Path;
use std::time::Instant;

use anyhow::{Context, Result};

use crate::{cargo, done};

/// Where the cold build goes, so that the warm one stays warm.
const FOLDER: &str = "target/cold";

/// Builds the binary from nothing and prints what that took.
///
/// - **Unit:** seconds of wall clock and of processor time, crates, mebibytes.
pub(crate) fn print() -> Result<()> {
    if Path::new(FOLDER).exists() {
        fs::remove_dir_all(FOLDER).context(FOLDER)?;
    }
    build(FOLDER)?;
    fs::remove_dir_all(FOLDER).context(FOLDER)
}

/// In a fresh clone, builds the binary where everything after it uses it, and prints what that took; elsewhere nothing.
pub(crate) fn of_a_fresh_clone() -> Result<()> {
    let target = std::env::var("CARGO_TARGET_DIR").unwrap_or_else(|_| "target".to_owned());
    if Path::new(&target).join("debug/bongsu").exists() { Ok(()) } else { build(&target) }
}

fn build(folder: &str) -> Result<()> {
    let (before, began) = (processor_seconds(), Instant::now());
    done(cargo(&["build", "--package", "bongsu"]).args(["--target-dir", folder]))?;
    let (wall, processor) = (began.elapsed().as_secs_f64(), processor_seconds() - before);
    let bytes = fs::metadata(Path::new(folder).join("debug/bongsu")).map_or(0, |file| file.len());
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    println!(
        "cost: cold build {wall:.0} s on {cores} cores, {processor:.0} processor seconds, \
         {} crates, binary {} MiB (budget: 360 s on two quiet cores)",
        crates()?,
        bytes >> 20,
    );
    Ok(())
}

/// Processor time of finished children, from the kernel; 0 where it does not say.
///
/// `/proc/self/stat` fields 16 and 17 are clock ticks; Linux has 100 of them a second.
fn processor_seconds() -> f64 {
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    let fields = after_name.split_whitespace().skip(13).take(2);
    fields.filter_map(|ticks| ticks.parse::<f64>().ok()).sum::<f64>() / 100.0
}

fn crates() -> Result<usize> {
    let words = ["tree", "--package", "bongsu", "--edges", "normal,build", "--prefix", "none"];
    let output = cargo(&words).output().context("cargo tree did not start")?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let names: std::collections::BTreeSet<_> =
        text.lines().map(|line| line.trim_end_matches(" (*)")).collect();
    Ok(names.len())
}
