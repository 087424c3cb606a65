//! pom.xml: the dependencies it declares.
//!
//! A version may be a property of the same file, come from `dependencyManagement`, or be absent
//! because a parent elsewhere knows it; then the component has none. Ranges such as `[1.0,2.0)`
//! are no version either. Managed dependencies that nothing here uses are left out, except in a
//! parent (`<packaging>pom</packaging>`): it manages what its modules use. Plugins, and lists of
//! versions that are only imported (`<scope>import</scope>`), are left out.
//! Entities other than XML's own five are never resolved: an entry that uses one is set aside.

use std::collections::HashMap;

use bongsu_package::Family;
use quick_xml::Reader;
use quick_xml::events::{BytesRef, Event};

use super::entries::{Entries, Entry, Origin};
use crate::Error;

/// What a pom says, before properties are put in.
#[derive(Default)]
struct Pom {
    /// `project.version`, `project.groupId`, `project.parent.version` and the properties.
    properties: HashMap<String, String>,
    /// Versions by `group:artifact`, from `dependencyManagement`.
    managed: HashMap<String, String>,
    /// The same as written.
    managing: Vec<Dependency>,
    declared: Vec<Dependency>,
    /// Whether it is the parent of other projects.
    parent: bool,
}

#[derive(Default)]
struct Dependency {
    line: usize,
    group: String,
    artifact: String,
    version: Option<String>,
    /// Whether it is a list of versions kept elsewhere.
    imported: bool,
    /// The first entity that was met inside.
    entity: Option<String>,
}

pub(super) fn read(text: &str, entries: &mut Entries<'_>) -> Result<(), Error> {
    let pom = parse(text, entries)?;
    let managing: &[Dependency] = if pom.parent { &pom.managing } else { &[] };
    for dependency in pom.declared.iter().chain(managing.iter().filter(|one| !one.imported)) {
        let field = format!("line {}", dependency.line);
        if let Some(entity) = &dependency.entity {
            let detail = format!("the entity &{entity}; is not resolved; write its text instead");
            entries.set_aside_because(field, detail);
            continue;
        }
        let (Some(group), Some(artifact)) =
            (pom.resolve(&dependency.group), pom.resolve(&dependency.artifact))
        else {
            let named = format!("{}:{}", dependency.group, dependency.artifact);
            let detail = format!("`{}` needs a property of another file", shorten(&named));
            entries.set_aside_because(field, detail);
            continue;
        };
        if group.is_empty() || artifact.is_empty() {
            entries.set_aside_because(field, "a dependency needs a groupId and an artifactId");
            continue;
        }
        let name = format!("{group}:{artifact}");
        let version = pom.version(dependency, &name);
        let version = version.as_deref();
        let origin = Origin::Registry;
        entries.keep_once(Entry { family: Family::Maven, name: &name, version, origin, field })?;
    }
    Ok(())
}

impl Pom {
    fn version(&self, dependency: &Dependency, name: &str) -> Option<String> {
        let managed = || self.managed.get(name);
        let written = dependency.version.as_ref().or_else(managed)?;
        let version = self.resolve(written)?;
        // `[1.0]` is exactly 1.0; any other bracket is a range.
        let exact = version.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
        let version = exact.unwrap_or(&version);
        let one = !version.is_empty() && !version.contains([',', '[', '(', ']', ')']);
        one.then(|| version.to_owned())
    }

    /// Puts properties in; `None` when one is missing, refers to itself, or grows without end.
    fn resolve(&self, text: &str) -> Option<String> {
        let mut text = text.to_owned();
        for _ in 0..ROUNDS {
            let Some(start) = text.find("${") else { return Some(text) };
            let end = start + text[start..].find('}')?;
            let value = self.property(&text[start + 2..end])?;
            if text.len() + value.len() > RESOLVED_BYTES {
                return None;
            }
            text.replace_range(start..=end, value);
        }
        None
    }

    fn property(&self, key: &str) -> Option<&str> {
        let found = self.properties.get(key).or_else(|| {
            // Maven 2 allowed `pom.version` and plain `version`.
            let short = key.strip_prefix("pom.").unwrap_or(key);
            self.properties.get(&format!("project.{short}"))
        });
        found.map(String::as_str)
    }

    /// Takes the text of the element at `path`.
    fn take(&mut self, path: &str, text: &str, current: &mut Option<Dependency>) {
        let (parent, name) = path.rsplit_once('/').unwrap_or(("", path));
        match parent {
            "project" | "project/parent" if COORDINATES.contains(&name) => {
                let key = parent.replace('/', ".");
                self.properties.insert(format!("{key}.{name}"), text.to_owned());
                if parent == "project/parent" {
                    // A project without its own takes its parent's.
                    self.properties
                        .entry(format!("project.{name}"))
                        .or_insert_with(|| text.to_owned());
                }
            }
            "project" if name == "packaging" => self.parent = text == "pom",
            "project/properties" => {
                self.properties.insert(name.to_owned(), text.to_owned());
            }
            "project/profiles/profile/properties" => {
                self.properties.entry(name.to_owned()).or_insert_with(|| text.to_owned());
            }
            _ => {
                let Some(dependency) = current.as_mut().filter(|_| place_of(parent).is_some())
                else {
                    return;
                };
                match name {
                    "groupId" => text.clone_into(&mut dependency.group),
                    "artifactId" => text.clone_into(&mut dependency.artifact),
                    "version" => dependency.version = Some(text.to_owned()),
                    "scope" => dependency.imported = text == "import",
                    _ => {}
                }
            }
        }
    }

    fn close(&mut self, path: &str, current: &mut Option<Dependency>) {
        let Some(managed) = place_of(path) else { return };
        let list = if managed { &mut self.managing } else { &mut self.declared };
        list.extend(current.take());
    }

    /// Names the managed ones, now that all properties are known.
    fn manage(&mut self) {
        for dependency in &self.managing {
            let (Some(version), None) = (&dependency.version, &dependency.entity) else { continue };
            let name = (self.resolve(&dependency.group), self.resolve(&dependency.artifact));
            if let (Some(group), Some(artifact)) = name {
                self.managed.entry(format!("{group}:{artifact}")).or_insert(version.clone());
            }
        }
    }
}

/// Whether the path is a dependency's, and whether a managed one's.
fn place_of(path: &str) -> Option<bool> {
    let inner = path.strip_suffix("/dependencies/dependency")?;
    match inner {
        "project" | "project/profiles/profile" => Some(false),
        "project/dependencyManagement" | "project/profiles/profile/dependencyManagement" => {
            Some(true)
        }
        _ => None,
    }
}

fn parse(text: &str, entries: &mut Entries<'_>) -> Result<Pom, Error> {
    let mut reader = Reader::from_str(text);
    let mut pom = Pom::default();
    let mut path = String::new();
    let mut depth = 0;
    let mut begun = false;
    let mut content = String::new();
    let mut current: Option<Dependency> = None;
    let mut lines = Lines::new(text);
    loop {
        let event = reader.read_event().map_err(|error| {
            entries.broken(format!("{error} (line {})", lines.at(reader.error_position())))
        })?;
        match event {
            Event::Start(start) => {
                depth += 1;
                if depth > entries.limits().depth {
                    let limit = entries.limits().depth as u64;
                    return Err(Error::TooLarge { what: "nesting of elements".to_owned(), limit });
                }
                if depth > 1 {
                    path.push('/');
                }
                path.push_str(start.local_name().as_ref());
                content.clear();
                begun = true;
                if depth == 1 && path != "project" {
                    return Err(entries.broken("the root element is not <project>"));
                }
                if place_of(&path).is_some() {
                    let line = lines.at(reader.buffer_position());
                    current = Some(Dependency { line, ..Dependency::default() });
                }
            }
            Event::End(_) => {
                pom.take(&path, content.trim(), &mut current);
                pom.close(&path, &mut current);
                depth -= 1;
                path.truncate(path.rfind('/').unwrap_or(0));
                content.clear();
            }
            Event::Text(text) => content.push_str(&text.xml10_content()),
            Event::CData(text) => content.push_str(&text.into_inner()),
            Event::GeneralRef(entity) => {
                if predefined(&entity).is_none()
                    && let Some(dependency) = &mut current
                {
                    dependency.entity.get_or_insert_with(|| shorten(&entity));
                }
                // Not a part of the text is kept as if it were whole: half a version is a wrong one.
                match predefined(&entity) {
                    Some(character) => content.push(character),
                    None => content.push_str("${entity}"),
                }
            }
            Event::Eof => break,
            _ => {}
        }
    }
    if depth > 0 {
        return Err(entries.broken(format!("the file ends inside <{path}>")));
    }
    if !begun {
        return Err(entries.broken("there is no <project>"));
    }
    pom.manage();
    Ok(pom)
}

/// XML's own five entities and character references.
fn predefined(entity: &BytesRef<'_>) -> Option<char> {
    if let Ok(Some(character)) = entity.resolve_char_ref() {
        return Some(character);
    }
    Some(match &**entity {
        "lt" => '<',
        "gt" => '>',
        "amp" => '&',
        "quot" => '"',
        "apos" => '\'',
        _ => return None,
    })
}

/// Line numbers of rising positions, counted once.
struct Lines<'a> {
    text: &'a [u8],
    position: usize,
    line: usize,
}

impl<'a> Lines<'a> {
    fn new(text: &'a str) -> Self {
        Self { text: text.as_bytes(), position: 0, line: 1 }
    }

    fn at(&mut self, position: u64) -> usize {
        let position = usize::try_from(position).unwrap_or(usize::MAX).min(self.text.len());
        if let Some(passed) = self.text.get(self.position..position) {
            self.line += passed.split(|byte| *byte == b'\n').count() - 1;
            self.position = position;
        }
        self.line
    }
}

fn shorten(text: &str) -> String {
    text.chars().take(100).collect()
}

/// Rounds of putting properties in: real files need three.
const ROUNDS: usize = 20;

/// A resolved text, in bytes; properties that double each other would grow without end.
const RESOLVED_BYTES: usize = 10_000;

/// The coordinates a project and its parent have.
const COORDINATES: [&str; 3] = ["groupId", "artifactId", "version"];
