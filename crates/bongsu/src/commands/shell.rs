//! `bongsu completions` and `bongsu man`: made from the command line's own definition.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use clap::CommandFactory;
use clap_complete::Shell;

use crate::Outcome;
use crate::cli::Cli;

pub(crate) fn completions(shell: Shell) -> Outcome {
    clap_complete::generate(shell, &mut Cli::command(), "bongsu", &mut std::io::stdout());
    Outcome::Done
}

pub(crate) fn man(folder: &Path) -> Result<Outcome> {
    fs::create_dir_all(folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    clap_mangen::generate_to(Cli::command(), folder)
        .with_context(|| format!("manual pages cannot be written to {}", folder.display()))?;
    Ok(Outcome::Done)
}
