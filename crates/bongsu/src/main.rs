//! Bongsu: one warning in, the whole nation answers.
//!
//! The single binary: wiring and commands. What is decided is decided in the crates below.
#![allow(clippy::print_stdout, reason = "a command line tool speaks on standard output")]
#![allow(clippy::print_stderr, reason = "and reports on standard error")]

mod cli;
mod commands;
mod demo;
mod files;
mod load;
mod machine;
mod node;
mod output;
mod progress;
mod serve;

use std::process::ExitCode;

use clap::Parser;

use output::plain::plain;

/// How a command ended, for the shell.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Outcome {
    /// It did what was asked.
    Done,
    /// It did, and `--fail-on` found what it looks for.
    Findings,
}

fn main() -> ExitCode {
    restore_broken_pipes();
    let outcome = commands::run(cli::Cli::parse());
    match outcome {
        Ok(Outcome::Done) => ExitCode::SUCCESS,
        Ok(Outcome::Findings) => ExitCode::from(1),
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bongsu: {}", plain(&format!("{error:#}")));
            ExitCode::from(2)
        }
    }
}

/// `bongsu … | head` ends quietly: a panic while printing to a closed pipe is no bug of ours.
fn restore_broken_pipes() {
    let report = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        let words = panic.payload().downcast_ref::<String>();
        if words.is_some_and(|words| words.contains("Broken pipe")) {
            std::process::exit(0);
        }
        report(panic);
    }));
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let io = error.chain().filter_map(|cause| cause.downcast_ref::<std::io::Error>());
    io.into_iter().any(|cause| cause.kind() == std::io::ErrorKind::BrokenPipe)
}
