//! Every fuzz target for a while.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use crate::{cargo, done, setup};

/// Runs each target for that many seconds, beginning with its seeds.
///
/// What a run finds goes to `fuzz/corpus`; the seeds in `fuzz/seeds` are ours and stay as they
/// are. libFuzzer needs unstable flags; `RUSTC_BOOTSTRAP` lets the stable compiler take them, for
/// this one purpose.
pub(crate) fn all(seconds: u64) -> Result<()> {
    if !setup::present("cargo-fuzz") {
        done(&mut cargo(&["install", "cargo-fuzz", "--locked", "--version", "0.13.2"]))?;
    }
    let list = Command::new("cargo").args(["fuzz", "list"]).output().context("cargo fuzz list")?;
    for target in String::from_utf8_lossy(&list.stdout).lines() {
        let (found, seeds) = (format!("fuzz/corpus/{target}"), format!("fuzz/seeds/{target}"));
        fs::create_dir_all(&found).with_context(|| format!("{found} cannot be made"))?;
        let limit = format!("-max_total_time={seconds}");
        let mut run = Command::new("cargo");
        run.args(["fuzz", "run", target, &found]);
        if Path::new(&seeds).is_dir() {
            run.arg(&seeds);
        }
        run.args(["--", &limit, "-rss_limit_mb=4096", "-timeout=10"]);
        done(run.env("RUSTC_BOOTSTRAP", "1"))?;
    }
    Ok(())
}
