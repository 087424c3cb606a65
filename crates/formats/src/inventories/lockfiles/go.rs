//! go.mod and go.sum.
//!
//! go.mod declares: `require` with `replace` applied, and the standard library at the version of
//! `toolchain`. `go` alone names the least version the module builds with, so which one it is built
//! with is not told. go.sum holds every module whose
//! contents were ever checked, so it may name more versions than a build takes; lines of `/go.mod`
//! files alone are left out, for those modules were only asked about.

use std::collections::HashMap;

use bongsu_package::Family;

use super::entries::{Entries, Entry, Origin};
use crate::Error;

/// What stands in for a module: another path and version, or a folder.
struct Replacement<'a> {
    path: &'a str,
    version: Option<&'a str>,
}

#[derive(Default)]
struct Module<'a> {
    required: Vec<(&'a str, &'a str, String)>,
    /// By path and, where the directive names one, version.
    replaced: HashMap<(&'a str, Option<&'a str>), Replacement<'a>>,
    go: Option<(&'a str, String)>,
    toolchain: Option<(&'a str, String)>,
    named: bool,
}

pub(super) fn read_mod(text: &str, entries: &mut Entries<'_>) -> Result<(), Error> {
    let mut module = Module::default();
    let mut block = None;
    for (number, line) in text.lines().enumerate() {
        let line = line.split("//").next().unwrap_or(line).trim();
        let words: Vec<&str> = line.split_whitespace().map(unquoted).collect();
        let field = format!("line {}", number + 1);
        match (block, words.as_slice()) {
            (_, []) => {}
            (_, [")"]) => block = None,
            (None, [directive, "("]) => block = Some(*directive),
            (None, [directive, words @ ..]) => module.take(directive, words, field, entries),
            (Some(directive), words) => module.take(directive, words, field, entries),
        }
    }
    if !module.named {
        return Err(entries.broken("it has no `module` line, such as `module example.org/app`"));
    }
    module.keep(entries)
}

impl<'a> Module<'a> {
    fn take(
        &mut self,
        directive: &str,
        words: &[&'a str],
        field: String,
        entries: &mut Entries<'_>,
    ) {
        match (directive, words) {
            ("module", [_]) => self.named = true,
            ("go", [version]) => self.go = Some((version, field)),
            ("toolchain", [name]) => {
                let version = name.strip_prefix("go").filter(|version| !version.is_empty());
                self.toolchain = version.map(|version| (version, field));
            }
            ("require", [path, version]) => self.required.push((path, version, field)),
            ("replace", [path, rest @ ..]) => match rest {
                ["=>", to @ ..] => self.replace(path, None, to),
                [version, "=>", to @ ..] => self.replace(path, Some(version), to),
                _ => entries.set_aside_because(field, "not `replace old => new version`"),
            },
            (known, _) if DIRECTIVES.contains(&known) => {}
            (other, _) => {
                let shown: String = other.chars().take(60).collect();
                entries.set_aside_because(field, format!("`{shown}` is no directive of go.mod"));
            }
        }
    }

    fn replace(&mut self, path: &'a str, version: Option<&'a str>, to: &[&'a str]) {
        if let [target, rest @ ..] = to {
            let by = Replacement { path: target, version: rest.first().copied() };
            self.replaced.insert((path, version), by);
        }
    }

    fn keep(self, entries: &mut Entries<'_>) -> Result<(), Error> {
        let family = || Family::Golang;
        let origin = Origin::Registry;
        // `go 1.21` is the least that will do and says nothing of what builds.
        let least = self.go.map(|(_, field)| (None, field));
        let named = self.toolchain.as_ref().map(|(version, field)| (Some(*version), field.clone()));
        if let Some((version, field)) = named.or(least) {
            entries.keep(Entry { family: family(), name: "stdlib", version, origin, field })?;
        }
        if let Some((version, field)) = self.toolchain {
            let version = Some(version);
            entries.keep(Entry { family: family(), name: "toolchain", version, origin, field })?;
        }
        for (path, version, field) in self.required {
            let by = self.replaced.get(&(path, Some(version))).or(self.replaced.get(&(path, None)));
            let (name, version, origin) = match by {
                None => (path, Some(version), Origin::Registry),
                Some(by) if by.version.is_none() => (path, None, Origin::Project),
                Some(by) => (by.path, by.version, Origin::Registry),
            };
            entries.keep_once(Entry { family: family(), name, version, origin, field })?;
        }
        Ok(())
    }
}

pub(super) fn read_sum(text: &str, entries: &mut Entries<'_>) -> Result<(), Error> {
    let mut any = false;
    for (number, line) in text.lines().enumerate() {
        let mut words = line.split_whitespace();
        let Some(name) = words.next() else { continue };
        let field = format!("line {}", number + 1);
        let (Some(version), Some(hash), None) = (words.next(), words.next(), words.next()) else {
            entries.set_aside_because(field, "not `module version h1:hash`");
            continue;
        };
        if !hash.starts_with("h1:") {
            entries.set_aside_because(field, "the hash does not begin with h1:");
            continue;
        }
        any = true;
        if !version.ends_with("/go.mod") {
            let (version, origin) = (Some(version), Origin::Registry);
            entries.keep_once(Entry { family: Family::Golang, name, version, origin, field })?;
        }
    }
    if any { Ok(()) } else { Err(entries.broken("it has no line `module version h1:hash`")) }
}

fn unquoted(word: &str) -> &str {
    word.trim_matches(['"', '`'])
}

/// Directives that name no dependency.
const DIRECTIVES: [&str; 9] =
    ["module", "go", "toolchain", "require", "exclude", "retract", "tool", "godebug", "ignore"];
