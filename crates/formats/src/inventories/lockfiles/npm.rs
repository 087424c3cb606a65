//! package-lock.json and npm-shrinkwrap.json, versions 1 to 3.
//!
//! Version 1 nests `dependencies`; versions 2 and 3 list `packages` by path. The same name and
//! version installed in several places is one component, at its first place. The project itself,
//! its workspaces and links to them are not packages of the registry and are left out.

use std::borrow::Cow;

use bongsu_package::Family;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::entries::{Entries, Entry, Origin, pointer};
use super::loose::{Pairs, Text};
use crate::Error;

#[derive(Deserialize)]
struct Lock<'a> {
    #[serde(borrow, default, rename = "lockfileVersion")]
    version: Option<Text<'a>>,
    #[serde(borrow, default)]
    packages: Option<Pairs<'a, &'a RawValue>>,
    #[serde(borrow, default)]
    dependencies: Option<Pairs<'a, &'a RawValue>>,
}

/// An entry of `packages`, or of `dependencies` in version 1.
#[derive(Default, Deserialize)]
struct Installed<'a> {
    /// Only where it differs from the path: an alias.
    #[serde(borrow, default)]
    name: Text<'a>,
    #[serde(borrow, default)]
    version: Text<'a>,
    #[serde(borrow, default)]
    resolved: Text<'a>,
    #[serde(default)]
    link: Option<bool>,
    #[serde(borrow, default)]
    dependencies: Option<&'a RawValue>,
}

pub(super) fn read(text: &str, entries: &mut Entries<'_>) -> Result<(), Error> {
    let lock: Lock<'_> = serde_json::from_str(text).map_err(|error| entries.broken(error))?;
    match (lock.packages, lock.dependencies) {
        (Some(packages), _) => read_paths(&packages, entries),
        (None, Some(dependencies)) => read_nested(dependencies, entries),
        (None, None) if lock.version.is_some() => Ok(()),
        (None, None) => {
            Err(entries.broken("it has no lockfileVersion, so it is not one that npm wrote"))
        }
    }
}

/// Versions 2 and 3: `node_modules/a/node_modules/@s/b`.
fn read_paths(packages: &Pairs<'_, &RawValue>, entries: &mut Entries<'_>) -> Result<(), Error> {
    for (path, raw) in &packages.0 {
        // Without node_modules it is the project itself or one of its workspaces.
        let Some((_, folder)) = path.rsplit_once(MODULES) else { continue };
        let field = pointer("/packages", path);
        let Some(installed) = installed(raw, &field, entries) else { continue };
        if installed.link != Some(true) {
            let name = installed.name.get().unwrap_or(folder);
            keep(name, &installed, field, entries)?;
        }
    }
    Ok(())
}

/// Version 1, each level after its parent, without recursion.
fn read_nested(top: Pairs<'_, &RawValue>, entries: &mut Entries<'_>) -> Result<(), Error> {
    let mut levels = vec![("/dependencies".to_owned(), top.0.into_iter())];
    while let Some((path, rest)) = levels.last_mut() {
        let Some((name, raw)) = rest.next() else {
            levels.pop();
            continue;
        };
        let field = pointer(path, &name);
        let Some(installed) = installed(raw, &field, entries) else { continue };
        let (real, alias) = unalias(&name, installed.version.get());
        let aliased = Installed { version: alias, resolved: installed.resolved, ..<_>::default() };
        keep(&real, &aliased, field.clone(), entries)?;
        let Some(nested) = installed.dependencies else { continue };
        if levels.len() >= entries.limits().depth {
            let limit = entries.limits().depth as u64;
            return Err(Error::TooLarge { what: "nesting of dependencies".to_owned(), limit });
        }
        match serde_json::from_str::<Pairs<'_, &RawValue>>(nested.get()) {
            Ok(pairs) => levels.push((field + "/dependencies", pairs.0.into_iter())),
            Err(error) => entries.set_aside_because(field + "/dependencies", error.to_string()),
        }
    }
    Ok(())
}

fn installed<'a>(
    raw: &'a RawValue,
    field: &str,
    entries: &mut Entries<'_>,
) -> Option<Installed<'a>> {
    match serde_json::from_str(raw.get()) {
        Ok(installed) => Some(installed),
        Err(error) => {
            let detail = format!("not an object such as {{\"version\": \"1.0.0\"}}: {error}");
            entries.set_aside_because(field, detail);
            None
        }
    }
}

fn keep(
    name: &str,
    installed: &Installed<'_>,
    field: String,
    entries: &mut Entries<'_>,
) -> Result<(), Error> {
    let version = installed.version.get();
    let source = installed.resolved.get().filter(|url| is_url(url));
    // Version 1 writes the place where the version belongs: then no version is known.
    let (version, source) = match version {
        Some(place) if place.starts_with("file:") => (None, Some(place)),
        Some(place) if is_repository(place) || is_url(place) => (None, Some(place)),
        other => (other, source),
    };
    let origin = match source {
        Some(url) if url.starts_with("file:") => Origin::Project,
        Some(url) if is_repository(url) => Origin::Repository(url),
        _ => Origin::Registry,
    };
    entries.keep_once(Entry { family: Family::Npm, name, version, origin, field })
}

/// `npm:real@1.0.0` installs `real` under another name.
fn unalias<'a>(name: &'a str, version: Option<&'a str>) -> (Cow<'a, str>, Text<'a>) {
    let aliased = version.and_then(|version| version.strip_prefix("npm:"));
    match aliased.and_then(split_at_version) {
        Some((real, version)) => (real.into(), Text::from(version)),
        None => (name.into(), version.map(Text::from).unwrap_or_default()),
    }
}

/// Splits `@scope/name@1.0.0`; the `@` of a scope is not a separator.
pub(super) fn split_at_version(spec: &str) -> Option<(&str, &str)> {
    let at = spec.char_indices().skip(1).find(|(_, character)| *character == '@')?.0;
    Some((&spec[..at], &spec[at + 1..]))
}

fn is_url(text: &str) -> bool {
    text.contains("://") || text.starts_with("file:")
}

fn is_repository(text: &str) -> bool {
    REPOSITORIES.iter().any(|start| text.starts_with(start))
}

const MODULES: &str = "node_modules/";

const REPOSITORIES: [&str; 7] =
    ["git+", "git:", "git@", "github:", "gitlab:", "bitbucket:", "gist:"];
