//! Licences, bans and sources of dependencies, by cargo-deny.

use std::process::Command;

use anyhow::Result;

use crate::{cargo, done, setup};

/// Runs cargo-deny, installing it when it is not there.
///
/// The advisory check needs a clone of an advisory database and so the network: it is
/// `cargo deny check advisories` by hand before a release.
pub(crate) fn check() -> Result<()> {
    if !setup::present("cargo-deny") {
        done(&mut cargo(&["install", "cargo-deny", "--locked", "--version", "0.20.2"]))?;
    }
    // It looks at every platform's dependencies, and a build fetches only this one's.
    done(&mut cargo(&["fetch", "--locked"]))?;
    done(Command::new("cargo").args(["deny", "--offline", "check", "bans", "licenses", "sources"]))
}
