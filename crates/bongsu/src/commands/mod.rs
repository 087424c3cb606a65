//! One module a command.

mod desk;
mod explain;
mod index;
mod matching;
mod shell;
mod versions;
mod who_has;

use anyhow::Result;

pub(crate) use desk::{Files, nation};

use crate::Outcome;
use crate::cli::{Cli, Command};

/// Runs what was asked.
pub(crate) fn run(cli: Cli) -> Result<Outcome> {
    let quiet = cli.quiet;
    match cli.command {
        Command::Match(args) => matching::run(&args, quiet),
        Command::Index(command) => index::run(command, quiet),
        Command::WhoHas(args) => who_has::run(&args, quiet),
        Command::Explain(args) => explain::run(&args, quiet),
        Command::Versions(command) => versions::run(command),
        Command::Demo(args) => crate::demo::run(&args),
        Command::Serve(args) => crate::serve::run(&args),
        Command::Node(command) => desk::node(command),
        Command::Nation(command) => desk::nation::run(command, quiet),
        Command::Officer(command) => desk::officer(command),
        Command::Case(command) => desk::case(command, quiet),
        Command::Campaign(command) => desk::campaign(command, quiet),
        Command::Obligation(command) => desk::obligation(command),
        Command::Inventory(command) => desk::inventory(command, quiet),
        Command::Ledger(command) => desk::ledger(command, quiet),
        Command::Store(command) => desk::store(command, quiet),
        Command::Picture(args) => desk::picture(&args),
        Command::Completions { shell } => Ok(shell::completions(shell)),
        Command::Man { dir } => shell::man(&dir),
    }
}
