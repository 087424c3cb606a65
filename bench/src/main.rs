//! Benchmarks of Bongsu, each answering a question.
#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "an invented world needs no more than 32 bits, a mean no more than 53"
)]
#![allow(clippy::print_stdout, reason = "a benchmark says what it saw")]

mod carry;
mod clock;
#[path = "../../crates/store-postgres/tests/cluster/mod.rs"]
mod cluster;
mod failover;
mod feeds;
mod index;
mod pages;
mod peers;
mod response;
mod server;
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
    /// How long until a new node knows everything that its feeds know?
    Feeds(feeds::Arguments),
    /// How soon has a nation been told, with dead and slow endpoints among it?
    Carry(carry::Arguments),
    /// What happens to acknowledged answers when the database fails over, and for how long can nobody answer?
    Failover(failover::Arguments),
    /// Who runs a range of versions, how soon, in an invented nation?
    Index(index::Arguments),
    /// How soon is a page there, and what does it weigh?
    Pages(pages::Arguments),
    /// How soon does a nation answer, and what does its record cost?
    #[command(subcommand)]
    Response(response::Command),
    /// What does the server carry, with its load on the same cores?
    #[command(subcommand)]
    Server(server::Command),
}

fn main() -> anyhow::Result<()> {
    match Arguments::parse().command {
        Command::Feeds(arguments) => feeds::run(&arguments),
        Command::Carry(arguments) => carry::run(&arguments),
        Command::Failover(arguments) => failover::run(&arguments),
        Command::Index(arguments) => index::run(&arguments),
        Command::Pages(arguments) => pages::run(&arguments),
        Command::Response(command) => response::run(&command),
        Command::Server(command) => server::run(&command),
    }
}
