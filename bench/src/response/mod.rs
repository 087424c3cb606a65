//! How soon a nation answers, and what its record costs.

mod answers;
pub(crate) mod campaign;
mod record;

use std::path::{Path, PathBuf};

use bongsu_store::chance::System;
use bongsu_store::port::Engine;
use bongsu_store::suite::world::secrets;
use bongsu_store::{Options, Store};

/// What to measure.
#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// How many answers a second are durable, with 64 threads that wait for each?
    Answers(answers::Arguments),
    /// How long from a disclosure until everybody who has it owes an answer?
    Campaign(campaign::Arguments),
    /// What the sample nation weighs when nothing happens; needs what `campaign` left.
    Idle(campaign::Idle),
    /// How long to verify a whole log, and to find what somebody changed in it?
    Log(record::LogArguments),
    /// How long to rebuild the state from the log, and to compare every row?
    Replay(record::ReplayArguments),
}

pub(crate) fn run(command: &Command) -> anyhow::Result<()> {
    match command {
        Command::Answers(arguments) => answers::run(arguments),
        Command::Campaign(arguments) => campaign::run(arguments),
        Command::Idle(arguments) => campaign::idle(arguments),
        Command::Log(arguments) => record::log(arguments),
        Command::Replay(arguments) => record::replay(arguments),
    }
}

/// Opens a store as a node does.
pub(crate) fn open(engine: Box<dyn Engine>, folder: &Path) -> anyhow::Result<Store> {
    let options = Options {
        anchor: Some(folder.join("anchor")),
        ..Options::new("COORD_PRIV".parse().map_err(anyhow::Error::msg)?)
    };
    Ok(Store::open(engine, secrets(), &options, Box::new(System))?)
}

/// A folder that goes away with the run.
pub(crate) struct Folder(pub(crate) PathBuf);

impl Folder {
    pub(crate) fn new(beside: &Path, name: &str) -> anyhow::Result<Self> {
        let path = beside.join(format!("{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path)?;
        Ok(Self(path))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
