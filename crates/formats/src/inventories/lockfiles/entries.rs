//! The entries of one lock file on their way to components.

use std::collections::HashSet;
use std::fmt::Display;

use bongsu_advisory::Place;
use bongsu_inventory::{Component, Inventory};
use bongsu_package::{Ecosystem, Family, PackageName, Purl};

use super::LockFile;
use crate::{Error, Limits, Quarantined};

/// Collects the entries of one file within the limits.
pub(super) struct Entries<'a> {
    format: &'static str,
    document: &'a str,
    limits: &'a Limits,
    seen: HashSet<(String, Option<String>)>,
    file: LockFile,
}

/// One entry as its file gives it.
pub(super) struct Entry<'a> {
    /// The registry its name belongs to.
    pub(super) family: Family,
    /// The name in the registry's own spelling.
    pub(super) name: &'a str,
    /// The version, if the file gives one.
    pub(super) version: Option<&'a str>,
    /// Where it comes from.
    pub(super) origin: Origin<'a>,
    /// Where in the file: a pointer or `line 12`.
    pub(super) field: String,
}

/// Where an entry comes from, which decides whether the registry's advisories speak about it.
#[derive(Clone, Copy)]
pub(super) enum Origin<'a> {
    /// The public registry of its family.
    Registry,
    /// A repository: the same package at some commit near its declared version. The registry's
    /// advisories are asked with that version, for a copy from a repository may well have the flaw.
    Repository(&'a str),
    /// Another registry with names of its own: the public registry's advisories do not apply.
    OtherRegistry(&'a str),
    /// The project itself or a folder in it: no advisory can mean it.
    Project,
}

impl<'a> Entries<'a> {
    pub(super) fn new(format: &'static str, document: &'a str, limits: &'a Limits) -> Self {
        let inventory = Inventory { system: document.to_owned(), ..Inventory::default() };
        let file = LockFile { inventory, set_aside: Vec::new() };
        Self { format, document, limits, seen: HashSet::new(), file }
    }

    pub(super) fn limits(&self) -> &'a Limits {
        self.limits
    }

    /// Keeps an entry, or sets it aside when its name or version is empty or too long.
    ///
    /// # Errors
    /// [`Error::TooLarge`] when the file has more entries than the limit.
    pub(super) fn keep(&mut self, entry: Entry<'_>) -> Result<(), Error> {
        if let Some(reason) = self.unfit(&entry) {
            self.set_aside(entry.field, reason);
            return Ok(());
        }
        if self.file.inventory.components.len() >= self.limits.entries {
            let what = format!("{} in entries", self.format);
            return Err(Error::TooLarge { what, limit: self.limits.entries as u64 });
        }
        self.file.inventory.components.push(entry.into_component());
        Ok(())
    }

    /// Keeps an entry unless the same name and version was kept before.
    pub(super) fn keep_once(&mut self, entry: Entry<'_>) -> Result<(), Error> {
        let key = (entry.name.to_owned(), entry.version.map(str::to_owned));
        if self.seen.insert(key) { self.keep(entry) } else { Ok(()) }
    }

    /// Sets one entry aside: `detail` says what is wrong and what a right one looks like.
    pub(super) fn set_aside_because(
        &mut self,
        field: impl Into<String>,
        detail: impl Into<String>,
    ) {
        let detail = in_our_words(&detail.into());
        self.set_aside(field.into(), Error::Field { format: self.format, detail });
    }

    /// The file's syntax is broken.
    pub(super) fn broken(&self, detail: impl Display) -> Error {
        Error::Syntax { format: self.format, detail: in_our_words(&detail.to_string()) }
    }

    pub(super) fn finish(self) -> LockFile {
        self.file
    }

    fn unfit(&self, entry: &Entry<'_>) -> Option<Error> {
        if entry.name.trim().is_empty() {
            let detail = "the entry has no name".to_owned();
            return Some(Error::Field { format: self.format, detail });
        }
        let limit = self.limits.name_bytes;
        let longest = entry.name.len().max(entry.version.map_or(0, str::len));
        (longest > limit).then(|| Error::TooLarge {
            what: "a name or version in bytes".to_owned(),
            limit: limit as u64,
        })
    }

    fn set_aside(&mut self, field: String, reason: Error) {
        let line = field.strip_prefix("line ").and_then(|number| number.parse().ok());
        let place = Place {
            document: self.document.to_owned(),
            line,
            field: line.is_none().then_some(field),
        };
        self.file.set_aside.push(Quarantined { place, reason });
    }
}

impl Entry<'_> {
    fn into_component(self) -> Component {
        let named = matches!(self.origin, Origin::Registry | Origin::Repository(_));
        let package = named.then(|| {
            PackageName::new(Ecosystem { family: self.family.clone(), release: None }, self.name)
        });
        Component {
            name: self.name.to_owned(),
            version: self.version.map(str::to_owned),
            purl: self.purl(),
            package,
            field: self.field,
            ..Component::default()
        }
    }

    /// Its package URL; `None` for the project's own folders, which no package URL names.
    fn purl(&self) -> Option<Purl> {
        let kind = purl_type(&self.family)?;
        let separator = if self.family == Family::Maven { ':' } else { '/' };
        let (namespace, name) = match self.name.rsplit_once(separator) {
            Some((namespace, name)) => (Some(namespace), name),
            None => (None, self.name),
        };
        // The builder wants a module's host; Go's own parts, stdlib and toolchain, have none.
        if self.family == Family::Golang && namespace.is_none() {
            let version = self.version.map(|version| format!("@{version}")).unwrap_or_default();
            return format!("pkg:golang/{name}{version}").parse().ok();
        }
        let mut purl = Purl::builder(kind, name);
        if let Some(namespace) = namespace {
            purl = purl.namespace(namespace);
        }
        if let Some(version) = self.version {
            purl = purl.version(version);
        }
        match self.origin {
            Origin::Project => return None,
            Origin::Registry => {}
            Origin::Repository(url) => purl = purl.qualifier("vcs_url", url),
            Origin::OtherRegistry(url) => purl = purl.qualifier("repository_url", url),
        }
        purl.finish().ok()
    }
}

/// What a parser said, without the names of our own types: whoever reads it has a lock file.
fn in_our_words(said: &str) -> String {
    let Some((before, after)) = said.split_once("expected struct ") else { return said.to_owned() };
    let rest = after.trim_start_matches(|c: char| c.is_alphanumeric() || c == '_');
    format!("{before}expected an object with its fields{rest}")
}

/// A JSON pointer's segment: `~` and `/` are escaped (RFC 6901).
pub(super) fn pointer(path: &str, key: &str) -> String {
    let mut field = String::with_capacity(path.len() + key.len() + 1);
    field.push_str(path);
    field.push('/');
    for character in key.chars() {
        match character {
            '~' => field.push_str("~0"),
            '/' => field.push_str("~1"),
            other => field.push(other),
        }
    }
    field
}

fn purl_type(family: &Family) -> Option<&'static str> {
    Some(match family {
        Family::Cargo => "cargo",
        Family::Npm => "npm",
        Family::Pypi => "pypi",
        Family::Golang => "golang",
        Family::Maven => "maven",
        Family::Nuget => "nuget",
        Family::Gem => "gem",
        Family::Composer => "composer",
        Family::Hex => "hex",
        Family::Pub => "pub",
        _ => return None,
    })
}
