//! Gemfile.lock: sections with `specs:`, four blanks before a gem, six before what it asks for.
//!
//! `nokogiri (1.13.0-x86_64-linux)` is version 1.13.0 built for a platform; several platforms are
//! one component. Gems of PATH are the project's own, gems of GIT come from a repository.

use bongsu_package::Family;

use super::entries::{Entries, Entry, Origin};
use crate::Error;

pub(super) fn read(text: &str, entries: &mut Entries<'_>) -> Result<(), Error> {
    let mut section = "";
    let mut remote = "";
    let mut any = false;
    for (number, line) in text.lines().enumerate() {
        let bare = line.trim_start();
        match line.len() - bare.len() {
            0 => section = line.trim_end(),
            2 => remote = bare.strip_prefix("remote: ").map_or(remote, str::trim_end),
            4 if matches!(section, "GEM" | "GIT" | "PATH" | "PLUGIN SOURCE") => {
                any = true;
                let origin = match section {
                    "GIT" => Origin::Repository(remote),
                    "PATH" => Origin::Project,
                    _ => Origin::Registry,
                };
                keep(bare.trim_end(), origin, format!("line {}", number + 1), entries)?;
            }
            _ => {}
        }
    }
    if any || text.lines().any(|line| line == "DEPENDENCIES") {
        return Ok(());
    }
    Err(entries.broken("it has neither gems nor DEPENDENCIES, so it is not one that Bundler wrote"))
}

fn keep(
    spec: &str,
    origin: Origin<'_>,
    field: String,
    entries: &mut Entries<'_>,
) -> Result<(), Error> {
    let parts =
        spec.split_once(" (").and_then(|(name, rest)| Some((name, rest.strip_suffix(')')?)));
    let Some((name, version)) = parts else {
        entries.set_aside_because(field, "not name (version), such as rack (2.2.4)");
        return Ok(());
    };
    // A gem's version has no hyphen; what follows one is the platform.
    let version = version.split('-').next();
    entries.keep_once(Entry { family: Family::Gem, name, version, origin, field })
}
