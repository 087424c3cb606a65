//! Every command we type, in Rust; CI runs the same ones.
#![allow(clippy::print_stdout, reason = "a command line tool speaks on standard output")]

mod cost;
mod deny;
mod fuzz;
mod setup;
mod tidy;

use std::env;
use std::process::{Command, ExitCode};

use anyhow::{Context, Result, bail};

const HELP: &str = "\
cargo xtask COMMAND

  test [--release-depth]   sets up what the tests need and runs them all
  check [--without-tests]  everything CI runs, in order: format, floors, licences, in a fresh clone what
                           a cold build costs, lints, docs, tests
  tidy                     arrows point down, pure crates stay pure
  deny                     licences, bans and sources of dependencies
  doc                      rustdoc, warnings as errors
  bench                    the benchmarks of docs/performance.md that run in minutes
  fuzz [SECONDS]           every fuzz target for a while (needs nightly features of rustc)
  cost                     a cold build of the first command, measured
";

fn main() -> ExitCode {
    let words: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match run(&words) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(words: &[&str]) -> Result<()> {
    match words {
        ["test"] => test(false),
        ["test", "--release-depth"] => test(true),
        ["check"] => check().and_then(|()| test(false)),
        ["check", "--without-tests"] => check(),
        ["tidy"] => tidy::check(),
        ["deny"] => deny::check(),
        ["doc"] => doc(),
        ["bench"] => bench(),
        ["fuzz"] => fuzz::all(10),
        ["fuzz", seconds] => fuzz::all(seconds.parse().context("SECONDS is a number")?),
        ["cost"] => cost::print(),
        _ => {
            print!("{HELP}");
            if words.is_empty() { Ok(()) } else { bail!("no command `{}`", words.join(" ")) }
        }
    }
}

/// All tests; `release_depth` multiplies the cases of properties and oracles.
fn test(release_depth: bool) -> Result<()> {
    setup::for_tests();
    let mut cargo = cargo(&["test", "--workspace", "--no-fail-fast"]);
    if release_depth {
        cargo.args(["--profile", "release"]);
        cargo.env("BONGSU_DEPTH", "release").env("BONGSU_ORACLE_PAIRS", "100000");
    }
    done(&mut cargo)
}

fn check() -> Result<()> {
    done(&mut cargo(&["fmt", "--all", "--check"]))?;
    tidy::check()?;
    deny::check()?;
    cost::of_a_fresh_clone()?;
    done(&mut cargo(&["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]))?;
    doc()
}

fn doc() -> Result<()> {
    let mut cargo = cargo(&["doc", "--workspace", "--no-deps", "--document-private-items"]);
    done(cargo.env("RUSTDOCFLAGS", "-D warnings -A rustdoc::private_intra_doc_links"))
}

fn bench() -> Result<()> {
    done(&mut cargo(&["bench", "-p", "bongsu-formats", "--profile", "dist"]))?;
    let rows = ["index", "--rows", "3000000"];
    done(cargo(&["run", "--profile", "dist", "-p", "bongsu-bench", "--"]).args(rows))
}

fn cargo(words: &[&str]) -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(words);
    command
}

/// Runs a command to its end.
fn done(command: &mut Command) -> Result<()> {
    println!("+ {command:?}");
    let status = command.status().with_context(|| format!("{command:?} did not start"))?;
    if status.success() { Ok(()) } else { bail!("{command:?} failed: {status}") }
}
