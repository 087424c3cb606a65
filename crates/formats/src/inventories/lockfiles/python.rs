//! poetry.lock, uv.lock, pylock.toml (PEP 751) and Pipfile.lock.

use bongsu_package::Family;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::entries::{Entries, Entry, Origin, pointer};
use super::loose::{Pairs, Text};
use crate::Error;

#[derive(Deserialize)]
struct Lock<'a> {
    /// `package` in poetry.lock and uv.lock, `packages` in pylock.toml.
    #[serde(borrow, default, alias = "packages")]
    package: Option<Vec<Package<'a>>>,
    #[serde(borrow, default)]
    metadata: Option<Text<'a>>,
    #[serde(borrow, default)]
    version: Option<Text<'a>>,
    /// As pylock.toml writes it.
    #[serde(borrow, default, rename = "lock-version")]
    standard: Option<Text<'a>>,
}

#[derive(Deserialize)]
struct Package<'a> {
    #[serde(borrow, default)]
    name: Text<'a>,
    #[serde(borrow, default)]
    version: Text<'a>,
    #[serde(borrow, default)]
    source: Option<Source<'a>>,
    #[serde(borrow, default)]
    vcs: Option<Source<'a>>,
    #[serde(borrow, default)]
    directory: Option<Text<'a>>,
}

/// `{ registry = "..." }` as uv writes it, or `type` and `url` as Poetry does.
#[derive(Deserialize)]
struct Source<'a> {
    #[serde(borrow, default, rename = "type")]
    kind: Text<'a>,
    #[serde(borrow, default)]
    url: Text<'a>,
    #[serde(borrow, default)]
    git: Text<'a>,
    #[serde(borrow, default)]
    editable: Option<Text<'a>>,
    #[serde(borrow, default)]
    r#virtual: Option<Text<'a>>,
    #[serde(borrow, default)]
    directory: Option<Text<'a>>,
}

pub(super) fn read_poetry(text: &str, entries: &mut Entries<'_>) -> Result<(), Error> {
    read_toml(text, "/package", entries)
}

pub(super) fn read_uv(text: &str, entries: &mut Entries<'_>) -> Result<(), Error> {
    read_toml(text, "/package", entries)
}

pub(super) fn read_pylock(text: &str, entries: &mut Entries<'_>) -> Result<(), Error> {
    read_toml(text, "/packages", entries)
}

fn read_toml(text: &str, path: &str, entries: &mut Entries<'_>) -> Result<(), Error> {
    let lock: Lock<'_> = toml::from_str(text).map_err(|error| entries.broken(error))?;
    let stamped = lock.metadata.is_some() || lock.version.is_some() || lock.standard.is_some();
    if lock.package.is_none() && !stamped {
        return Err(entries.broken("it has no [[package]], so it is not a lock file"));
    }
    for (number, package) in lock.package.iter().flatten().enumerate() {
        let field = format!("{path}/{number}");
        let name = package.name.get().unwrap_or_default();
        let (version, origin) = (package.version.get(), package.origin());
        entries.keep(Entry { family: Family::Pypi, name, version, origin, field })?;
    }
    Ok(())
}

impl Package<'_> {
    /// Another index is usually a mirror of the public one, so its packages count as public.
    fn origin(&self) -> Origin<'_> {
        if self.directory.is_some() {
            return Origin::Project;
        }
        let Some(source) = self.vcs.as_ref().or(self.source.as_ref()) else {
            return Origin::Registry;
        };
        let own =
            source.editable.is_some() || source.r#virtual.is_some() || source.directory.is_some();
        match source.kind.get() {
            _ if own => Origin::Project,
            Some("directory") => Origin::Project,
            Some("git") => Origin::Repository(source.url.get().unwrap_or("git")),
            _ => source.git.get().map_or(Origin::Registry, Origin::Repository),
        }
    }
}

#[derive(Deserialize)]
struct Pipfile<'a> {
    #[serde(borrow, rename = "_meta")]
    meta: Option<&'a RawValue>,
    #[serde(borrow, default)]
    default: Pairs<'a, &'a RawValue>,
    #[serde(borrow, default)]
    develop: Pairs<'a, &'a RawValue>,
}

#[derive(Deserialize)]
struct Pinned<'a> {
    #[serde(borrow, default)]
    version: Text<'a>,
    #[serde(borrow, default)]
    git: Text<'a>,
    #[serde(borrow, default)]
    path: Option<Text<'a>>,
}

pub(super) fn read_pipfile(text: &str, entries: &mut Entries<'_>) -> Result<(), Error> {
    let lock: Pipfile<'_> = serde_json::from_str(text).map_err(|error| entries.broken(error))?;
    if lock.meta.is_none() {
        return Err(entries.broken("it has no \"_meta\", so it is not one that Pipenv wrote"));
    }
    for (path, packages) in [("/default", &lock.default), ("/develop", &lock.develop)] {
        for (name, raw) in &packages.0 {
            let field = pointer(path, name);
            let pinned: Pinned<'_> = match serde_json::from_str(raw.get()) {
                Ok(pinned) => pinned,
                Err(error) => {
                    entries.set_aside_because(field, error.to_string());
                    continue;
                }
            };
            let origin = match (pinned.git.get(), &pinned.path) {
                (Some(url), _) => Origin::Repository(url),
                (None, Some(_)) => Origin::Project,
                (None, None) => Origin::Registry,
            };
            let version = pinned.version.get().map(|version| version.trim_start_matches('='));
            entries.keep_once(Entry { family: Family::Pypi, name, version, origin, field })?;
        }
    }
    Ok(())
}
