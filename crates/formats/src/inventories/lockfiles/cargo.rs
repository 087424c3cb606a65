//! Cargo.lock, versions 1 to 4.
//!
//! A package with a source of crates.io is that crate. One from a repository is asked with its
//! declared version; one from another registry or without a source (a workspace member, a path)
//! is kept as a component, but no advisory about crates.io means it.

use bongsu_package::Family;
use serde::Deserialize;

use super::entries::{Entries, Entry, Origin};
use super::loose::Text;
use crate::Error;

#[derive(Deserialize)]
struct Lock<'a> {
    /// Version 1 kept the project itself here.
    #[serde(borrow, default)]
    root: Option<Package<'a>>,
    #[serde(borrow, default)]
    package: Option<Vec<Package<'a>>>,
    #[serde(borrow, default)]
    version: Option<toml::Spanned<Text<'a>>>,
}

#[derive(Deserialize)]
struct Package<'a> {
    #[serde(borrow, default)]
    name: Text<'a>,
    #[serde(borrow, default)]
    version: Text<'a>,
    #[serde(borrow, default)]
    source: Text<'a>,
}

pub(super) fn read(text: &str, entries: &mut Entries<'_>) -> Result<(), Error> {
    let lock: Lock<'_> = toml::from_str(text).map_err(|error| entries.broken(error))?;
    if lock.package.is_none() && lock.root.is_none() && lock.version.is_none() {
        return Err(entries.broken("it has no [[package]], so it is not one that Cargo wrote"));
    }
    if let Some(root) = &lock.root {
        keep(root, "/root".to_owned(), entries)?;
    }
    for (number, package) in lock.package.iter().flatten().enumerate() {
        keep(package, format!("/package/{number}"), entries)?;
    }
    Ok(())
}

fn keep(package: &Package<'_>, field: String, entries: &mut Entries<'_>) -> Result<(), Error> {
    let (Some(name), Some(version)) = (package.name.get(), package.version.get()) else {
        entries
            .set_aside_because(field, "name and version must be texts, such as name = \"serde\"");
        return Ok(());
    };
    let origin = origin(package.source.get());
    entries.keep(Entry { family: Family::Cargo, name, version: Some(version), origin, field })
}

fn origin(source: Option<&str>) -> Origin<'_> {
    let Some(source) = source else { return Origin::Project };
    if CRATES_IO.contains(&source) {
        return Origin::Registry;
    }
    match source.split_once('+') {
        Some(("git", _)) => Origin::Repository(source),
        Some((_, url)) => Origin::OtherRegistry(url),
        None => Origin::OtherRegistry(source),
    }
}

/// How lock files spell crates.io.
const CRATES_IO: [&str; 3] = [
    "registry+https://github.com/rust-lang/crates.io-index",
    "sparse+https://index.crates.io/",
    "registry+sparse+https://index.crates.io/",
];
