//! apk: the database of installed packages, `/lib/apk/db/installed`.

use bongsu_inventory::{Component, SourcePackage};
use bongsu_package::{Ecosystem, Family, PackageName};

use super::Found;
use super::gathering::{Gathering, owned};
use crate::{Error, Limits};

/// Whether a text is an apk database: single letters, a colon, and among them `P:` and `V:`.
pub(super) fn is_database(text: &str) -> bool {
    let mut lines = text.lines().take_while(|line| !line.is_empty()).peekable();
    lines.peek().is_some()
        && text.lines().take_while(|line| !line.is_empty()).all(|line| letter(line).is_some())
        && ['P', 'V'].iter().all(|wanted| {
            text.lines()
                .take_while(|line| !line.is_empty())
                .filter_map(letter)
                .any(|(letter, _)| letter == *wanted)
        })
}

/// Reads the database.
///
/// - **Source:** Alpine's package database format: `P` name, `V` version, `A` architecture,
///   `o` origin, the package it was built from. Alpine's advisories name origins.
pub(super) fn read(
    text: &str,
    document: &str,
    limits: &Limits,
    found: &mut Found,
) -> Result<(), Error> {
    let mut gathering = Gathering::new("apk database", document, limits);
    let (mut record, mut started) = (Record::default(), 1);
    for (number, line) in (1..).zip(text.lines()) {
        match letter(line) {
            Some(('P', name)) => record.name = name,
            Some(('V', version)) => record.version = version,
            Some(('A', architecture)) => record.architecture = architecture,
            Some(('o', origin)) => record.origin = origin,
            _ if line.is_empty() => {
                std::mem::take(&mut record).take(started, &mut gathering)?;
                started = number + 1;
            }
            _ => {}
        }
    }
    record.take(started, &mut gathering)?;
    gathering.finish(found);
    Ok(())
}

#[derive(Default)]
struct Record<'a> {
    name: &'a str,
    version: &'a str,
    architecture: &'a str,
    origin: &'a str,
}

impl Record<'_> {
    fn take(self, line: usize, gathering: &mut Gathering<'_>) -> Result<(), Error> {
        if self.name.is_empty() && self.version.is_empty() {
            return Ok(());
        }
        let origin = owned(self.origin);
        gathering.add(Component {
            name: self.name.to_owned(),
            version: owned(self.version),
            package: Some(alpine(self.name)),
            source: origin.map(|name| SourcePackage { name, version: owned(self.version) }),
            architecture: owned(self.architecture),
            field: format!("line {line}"),
            ..Component::default()
        })
    }
}

/// A package of Alpine, or of one of those who use its package manager, release unknown.
fn alpine(name: &str) -> PackageName {
    PackageName::new(Ecosystem { family: Family::Apk("alpine".to_owned()), release: None }, name)
}

fn letter(line: &str) -> Option<(char, &str)> {
    let (letter, value) = line.split_once(':')?;
    let mut characters = letter.chars();
    let letter = characters.next().filter(char::is_ascii_alphabetic)?;
    characters.next().is_none().then_some((letter, value))
}
