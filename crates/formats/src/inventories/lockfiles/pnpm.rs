//! pnpm-lock.yaml, lock-file versions 5 to 9.
//!
//! Every installed package is a key of `packages`: `/a/1.0.0_peer@2` before version 6,
//! `/a@1.0.0(peer@2)` in version 6, `a@1.0.0` in version 9. Where the key is a URL, the block
//! below names the package. One name and version with several sets of peers is one component.

use std::borrow::Cow;

use bongsu_package::Family;

use super::entries::{Entries, Entry, Origin};
use super::npm::split_at_version;
use super::yaml::{self, Line};
use crate::Error;

/// One key of `packages` with what its block says.
struct Block<'a> {
    head: Line<'a>,
    name: Option<Cow<'a, str>>,
    version: Option<Cow<'a, str>>,
}

pub(super) fn read(text: &str, entries: &mut Entries<'_>) -> Result<(), Error> {
    let mut slashed = None;
    let mut inside = false;
    let mut block: Option<Block<'_>> = None;
    for line in yaml::lines(text) {
        if line.indent <= 2 {
            flush(block.take(), slashed, entries)?;
        }
        match (line.indent, &*line.key) {
            (0, "lockfileVersion" | "shrinkwrapVersion") => slashed = Some(is_slashed(&line.value)),
            (0, key) => inside = key == "packages",
            (2, _) if inside => block = Some(Block { head: line, name: None, version: None }),
            (4, "name") => set(&mut block, |block| block.name = Some(line.value)),
            (4, "version") => set(&mut block, |block| block.version = Some(line.value)),
            _ => {}
        }
    }
    flush(block, slashed, entries)?;
    if slashed.is_none() {
        return Err(entries.broken("it has no lockfileVersion, so it is not one that pnpm wrote"));
    }
    Ok(())
}

fn set<'a>(block: &mut Option<Block<'a>>, change: impl FnOnce(&mut Block<'a>)) {
    if let Some(block) = block {
        change(block);
    }
}

/// Whether keys separate name and version with a slash: before lock-file version 6.
fn is_slashed(version: &str) -> bool {
    let major = version.split(['.', '-']).next().and_then(|major| major.parse::<u32>().ok());
    major.is_some_and(|major| major < 6)
}

fn flush(
    block: Option<Block<'_>>,
    slashed: Option<bool>,
    entries: &mut Entries<'_>,
) -> Result<(), Error> {
    let Some(block) = block else { return Ok(()) };
    let field = block.head.place();
    let key = &*block.head.key;
    let split = split_key(key, slashed.unwrap_or(false));
    let name = block.name.as_deref().or(split.map(|(name, _)| name));
    let Some(name) = name else {
        entries.set_aside_because(field, format!("`{}` is not name@version", shorten(key)));
        return Ok(());
    };
    let by_key = split.map(|(_, version)| version).filter(|version| !version.contains([':', '/']));
    let version = block.version.as_deref().or(by_key);
    let origin = origin(key);
    entries.keep_once(Entry { family: Family::Npm, name, version, origin, field })
}

fn origin(key: &str) -> Origin<'_> {
    let folder = key.starts_with("file:") || key.contains("@file:") || key.contains("@link:");
    let repository = key.contains("codeload.github.com")
        || key.contains("git+")
        || ["github.com/", "gitlab.com/", "bitbucket.org/"]
            .iter()
            .any(|host| key.starts_with(host));
    match (folder, repository) {
        (true, _) => Origin::Project,
        (_, true) => Origin::Repository(key),
        _ => Origin::Registry,
    }
}

/// Name and version of a key, peers taken off.
fn split_key(key: &str, slashed: bool) -> Option<(&str, &str)> {
    // A key may begin with the registry's host instead of nothing.
    let key = match key.split_once('/') {
        Some((host, rest)) if host.contains('.') && !host.contains('@') => rest,
        Some(("", rest)) => rest,
        _ => key,
    };
    if !slashed {
        let key = key.split('(').next().unwrap_or(key);
        return split_at_version(key);
    }
    let scope_ends = if key.starts_with('@') { key.find('/')? + 1 } else { 0 };
    let name_ends = scope_ends + key[scope_ends..].find('/')?;
    let version = &key[name_ends + 1..];
    let version = version.split(['_', '(', '/']).next().unwrap_or(version);
    Some((&key[..name_ends], version))
}

fn shorten(key: &str) -> String {
    key.chars().take(100).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_of_every_lock_file_version_split() {
        #[rustfmt::skip]
        let table = [
            // key                                     slashed  name           version     why
            ("/a/1.0.0",                               true,  "a",           "1.0.0",     "version 5"),
            ("/@s/a/1.0.0_b@2.0.0",                    true,  "@s/a",        "1.0.0",     "scope and peers"),
            ("registry.npmjs.org/a/1.0.0",             true,  "a",           "1.0.0",     "with the host"),
            ("/a/1.0.0/b@2.0.0",                       true,  "a",           "1.0.0",     "peers of version 3"),
            ("/a@1.0.0(b@2.0.0)(@s/c@3.0.0)",          false, "a",           "1.0.0",     "version 6"),
            ("/@s/a@1.0.0",                            false, "@s/a",        "1.0.0",     "scope in version 6"),
            ("a@1.0.0-rc.1+x",                         false, "a",           "1.0.0-rc.1+x", "version 9"),
            ("@s/a@1.0.0",                             false, "@s/a",        "1.0.0",     "scope in version 9"),
        ];
        for (key, slashed, name, version, why) in table {
            assert_eq!(split_key(key, slashed), Some((name, version)), "{key}: {why}");
        }
    }
}
