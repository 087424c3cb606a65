//! Benchmarks of Bongsu, each answering a question.
#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "an invented world needs no more than 32 bits, a mean no more than 53"
)]

mod clock;
mod index;
mod peers;
mod world;

use clap::{Parser, Subcommand};

/// Measures Bongsu on this machine: CPU time, medians.
#[derive(Parser)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Who runs a range of versions, how soon, in an invented nation?
    Index(index::Arguments),
}

fn main() -> anyhow::Result<()> {
    match Arguments::parse().command {
        Command::Index(arguments) => index::run(&arguments),
    }
}
