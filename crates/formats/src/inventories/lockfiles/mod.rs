//! Lock files and manifests: what a build resolved, or at least declared.
//!
//! A file is recognised by its name and, where the name says nothing, by a line only that format
//! has. Every reader works the same way: it walks the file once, hands each entry to [`Entries`],
//! and sets aside single entries it cannot read. References between entries are never followed,
//! so a cycle in a dependency graph is just two entries.

mod cargo;
mod composer;
mod entries;
mod gem;
mod go;
mod gradle;
mod hex;
mod loose;
mod maven;
mod npm;
mod nuget;
mod pnpm;
mod pub_dart;
mod python;
mod requirements;
mod text;
mod yaml;
mod yarn;

use bongsu_inventory::Inventory;

use crate::{Error, Limits, Quarantined};
use entries::Entries;

/// What one lock file gave.
#[derive(Debug, Default)]
pub(crate) struct LockFile {
    /// Its components; the system is the file's name, for a lock file names no machine.
    pub(crate) inventory: Inventory,
    /// Single entries that were set aside; the rest is in the inventory.
    pub(crate) set_aside: Vec<Quarantined>,
}

/// Reads a lock file; `None` when it is none we know.
///
/// `name` may carry a path and a prefix (`app/Cargo.lock`, `web-package-lock.json`).
///
/// # Errors
/// [`Error`] when the file as a whole cannot be read; single bad entries are set aside instead.
pub(crate) fn read(name: &str, bytes: &[u8], limits: &Limits) -> Option<Result<LockFile, Error>> {
    let format = recognise(name, bytes)?;
    Some(read_as(format, name, bytes, limits))
}

/// The formats, each with the name its tool gives it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Format {
    Cargo,
    Composer,
    Gem,
    GoMod,
    GoSum,
    Gradle,
    Hex,
    Maven,
    Npm,
    Nuget,
    Pipfile,
    Pnpm,
    Poetry,
    Pub,
    Pylock,
    Requirements,
    Uv,
    Yarn,
}

impl Format {
    /// What it is called in messages.
    fn name(self) -> &'static str {
        match self {
            Self::Cargo => "Cargo.lock",
            Self::Composer => "composer.lock",
            Self::Gem => "Gemfile.lock",
            Self::GoMod => "go.mod",
            Self::GoSum => "go.sum",
            Self::Gradle => "gradle.lockfile",
            Self::Hex => "mix.lock",
            Self::Maven => "pom.xml",
            Self::Npm => "package-lock.json",
            Self::Nuget => "packages.lock.json",
            Self::Pipfile => "Pipfile.lock",
            Self::Pnpm => "pnpm-lock.yaml",
            Self::Poetry => "poetry.lock",
            Self::Pub => "pubspec.lock",
            Self::Pylock => "pylock.toml",
            Self::Requirements => "requirements.txt",
            Self::Uv => "uv.lock",
            Self::Yarn => "yarn.lock",
        }
    }
}

fn read_as(format: Format, name: &str, bytes: &[u8], limits: &Limits) -> Result<LockFile, Error> {
    if bytes.len() as u64 > limits.document_bytes {
        let what = format!("{} in bytes", format.name());
        return Err(Error::TooLarge { what, limit: limits.document_bytes });
    }
    let text = text::decode(format.name(), bytes)?;
    // An empty list of requirements is a list; an empty lock file was cut off or never written.
    if text.trim().is_empty() && !matches!(format, Format::Requirements | Format::Gradle) {
        return Err(Error::Syntax {
            format: format.name(),
            detail: "the file is empty; its tool always writes at least a header".to_owned(),
        });
    }
    let mut entries = Entries::new(format.name(), name, limits);
    match format {
        Format::Cargo => cargo::read(&text, &mut entries),
        Format::Composer => composer::read(&text, &mut entries),
        Format::Gem => gem::read(&text, &mut entries),
        Format::GoMod => go::read_mod(&text, &mut entries),
        Format::GoSum => go::read_sum(&text, &mut entries),
        Format::Gradle => gradle::read(&text, &mut entries),
        Format::Hex => hex::read(&text, &mut entries),
        Format::Maven => maven::read(&text, &mut entries),
        Format::Npm => npm::read(&text, &mut entries),
        Format::Nuget => nuget::read(&text, &mut entries),
        Format::Pipfile => python::read_pipfile(&text, &mut entries),
        Format::Pnpm => pnpm::read(&text, &mut entries),
        Format::Poetry => python::read_poetry(&text, &mut entries),
        Format::Pub => pub_dart::read(&text, &mut entries),
        Format::Pylock => python::read_pylock(&text, &mut entries),
        Format::Requirements => requirements::read(&text, &mut entries),
        Format::Uv => python::read_uv(&text, &mut entries),
        Format::Yarn => yarn::read(&text, &mut entries),
    }?;
    Ok(entries.finish())
}

/// By name first; a name that says nothing leaves it to the first lines.
fn recognise(name: &str, bytes: &[u8]) -> Option<Format> {
    let head = &bytes[..bytes.len().min(HEAD_BYTES)];
    if is_sbom(head) {
        return None;
    }
    by_name(name).or_else(|| by_head(head))
}

/// An SBOM saved under a lock file's name is an SBOM.
fn is_sbom(head: &[u8]) -> bool {
    [&b"\"bomFormat\""[..], b"\"spdxVersion\"", b"http://cyclonedx.org/schema/bom"]
        .into_iter()
        .any(|mark| contains(head, mark))
}

fn by_name(name: &str) -> Option<Format> {
    let lower = name.to_ascii_lowercase();
    let path =
        PACKED.iter().fold(lower.as_str(), |path, end| path.strip_suffix(end).unwrap_or(path));
    let (folder, base) = path.rsplit_once(['/', '\\', '!']).unwrap_or(("", path));
    let named = NAMES.iter().find(|(end, _)| {
        base.strip_suffix(end).is_some_and(|rest| !rest.ends_with(|c: char| c.is_alphanumeric()))
    });
    if let Some((_, format)) = named {
        return Some(*format);
    }
    let (stem, extension) = base.rsplit_once('.')?;
    match extension {
        "pom" => return Some(Format::Maven),
        "toml" => return stem.starts_with("pylock.").then_some(Format::Pylock),
        "txt" | "in" => {}
        _ => return None,
    }
    let in_folder = folder.rsplit(['/', '\\', '!']).next() == Some("requirements");
    let says_so = stem.contains("requirements") || stem.contains("constraints");
    (in_folder || says_so).then_some(Format::Requirements)
}

fn by_head(head: &[u8]) -> Option<Format> {
    MARKS.iter().find(|(mark, _)| contains(head, mark.as_bytes())).map(|(_, format)| *format)
}

fn contains(haystack: &[u8], needle: &[u8]) -> bool {
    haystack.windows(needle.len()).any(|window| window == needle)
}

/// How much of a file is looked at to recognise it.
const HEAD_BYTES: usize = 1_024;

/// What a packed file's name may still end with once it is unpacked.
const PACKED: [&str; 3] = [".zst", ".gz", ".xz"];

/// Names as the tools write them, lower case.
const NAMES: [(&str, Format); 20] = [
    ("cargo.lock", Format::Cargo),
    ("package-lock.json", Format::Npm),
    ("npm-shrinkwrap.json", Format::Npm),
    (".package-lock.json", Format::Npm),
    ("pnpm-lock.yaml", Format::Pnpm),
    ("yarn.lock", Format::Yarn),
    ("poetry.lock", Format::Poetry),
    ("uv.lock", Format::Uv),
    ("pipfile.lock", Format::Pipfile),
    ("pylock.toml", Format::Pylock),
    ("go.mod", Format::GoMod),
    ("go.sum", Format::GoSum),
    ("pom.xml", Format::Maven),
    ("gradle.lockfile", Format::Gradle),
    ("composer.lock", Format::Composer),
    ("gemfile.lock", Format::Gem),
    ("gems.locked", Format::Gem),
    ("packages.lock.json", Format::Nuget),
    ("mix.lock", Format::Hex),
    ("pubspec.lock", Format::Pub),
];

/// Lines that only one tool writes, for files whose name says nothing.
const MARKS: [(&str, Format); 9] = [
    ("# This file is automatically @generated by Cargo.", Format::Cargo),
    ("@generated by Poetry", Format::Poetry),
    ("\"lockfileVersion\":", Format::Npm),
    ("\nlockfileVersion: ", Format::Pnpm),
    ("# yarn lockfile v1", Format::Yarn),
    ("\n__metadata:\n", Format::Yarn),
    ("# This is a Gradle generated file for dependency locking.", Format::Gradle),
    ("http://maven.apache.org/POM/4.0.0", Format::Maven),
    ("This file locks the dependencies of your project to a known state", Format::Composer),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_file_is_known_by_its_name_wherever_it_lies() {
        #[rustfmt::skip]
        let table = [
            // name                               format                       why
            ("Cargo.lock",                        Some(Format::Cargo),         "the plain name"),
            ("a/b/Cargo.lock",                    Some(Format::Cargo),         "in a folder"),
            ("dump.zip!a/go.sum",                 Some(Format::GoSum),         "in an archive"),
            ("web-package-lock.json",             Some(Format::Npm),           "with a prefix"),
            ("node_modules/.package-lock.json",   Some(Format::Npm),           "npm's hidden copy"),
            ("requirements-dev.txt",              Some(Format::Requirements),  "a set of requirements"),
            ("dev-requirements.txt",              Some(Format::Requirements),  "the other order"),
            ("requirements/base.txt",             Some(Format::Requirements),  "a folder of sets"),
            ("x.gradle.lockfile",                 Some(Format::Gradle),        "old per-configuration locks"),
            ("buildscript-gradle.lockfile",       Some(Format::Gradle),        "the build script's own"),
            ("C:\\src\\GEMFILE.LOCK",             Some(Format::Gem),           "Windows does not mind case"),
            ("log4j-core-2.14.1.pom",             Some(Format::Maven),         "as repositories name it"),
            ("Cargo.lock.zst",                    Some(Format::Cargo),         "unpacked by the caller"),
            ("notes.txt",                         None,                        "any text"),
            ("embargo.lock",                      None,                        "ends alike but is a word"),
            ("packages.json",                     None,                        "not a lock file"),
        ];
        for (name, format, why) in table {
            assert_eq!(recognise(name, b"x"), format, "{name}: {why}");
        }
    }

    #[test]
    fn a_nameless_lock_file_is_known_by_its_first_lines() {
        let cargo = b"# This file is automatically @generated by Cargo.\nversion = 3\n";
        assert_eq!(recognise("-", cargo), Some(Format::Cargo));
        assert_eq!(recognise("-", b"{\"lockfileVersion\": 3}"), Some(Format::Npm));
    }

    #[test]
    fn an_sbom_under_a_lock_files_name_is_left_to_the_sbom_readers() {
        assert_eq!(recognise("package-lock.json", b"{\"bomFormat\":\"CycloneDX\"}"), None);
    }
}
