//! mix.lock: an Elixir map, one package a line.
//!
//! `"plug": {:hex, :plug, "1.15.0", "hash", ...},` or `"x": {:git, "https://...", "commit", []},`

use bongsu_package::Family;

use super::entries::{Entries, Entry, Origin};
use crate::Error;

pub(super) fn read(text: &str, entries: &mut Entries<'_>) -> Result<(), Error> {
    if !text.trim_start().starts_with("%{") {
        return Err(entries.broken("it does not begin with `%{`, so it is not one that mix wrote"));
    }
    for (number, line) in text.lines().enumerate() {
        let line = line.trim();
        if !line.starts_with('"') {
            continue;
        }
        let field = format!("line {}", number + 1);
        let Some((app, tuple)) = line[1..].split_once("\":") else {
            entries.set_aside_because(field, "not \"name\": {:hex, :name, \"1.0.0\", ...}");
            continue;
        };
        let mut parts = tuple.trim().trim_start_matches('{').split(',').map(str::trim);
        let family = Family::Hex;
        match (parts.next(), parts.next(), parts.next()) {
            (Some(":hex"), Some(name), Some(version)) => {
                let name = name.trim_start_matches(':').trim_matches('"');
                let version = Some(version.trim_matches('"'));
                entries.keep(Entry { family, name, version, origin: Origin::Registry, field })?;
            }
            (Some(":git"), Some(url), _) => {
                let origin = Origin::Repository(url.trim_matches('"'));
                entries.keep(Entry { family, name: app, version: None, origin, field })?;
            }
            _ => entries.set_aside_because(field, "neither a :hex nor a :git package"),
        }
    }
    Ok(())
}
