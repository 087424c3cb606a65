//! Lists of `manager<TAB>name<TAB>version`, as inventories of build images are kept.

use bongsu_inventory::Component;
use bongsu_package::{Ecosystem, Family, PackageName};

use super::Found;
use super::dpkg;
use super::gathering::{Gathering, owned, shown};
use super::sniff::SAMPLE_LINES;
use crate::{Error, Limits};

/// Whether every line has three columns, the first a package manager we know.
pub(super) fn is_list(text: &str) -> bool {
    let mut lines = text.lines().filter(|line| !line.trim().is_empty()).take(SAMPLE_LINES);
    lines.next().is_some_and(|line| row(line).is_some()) && lines.all(|line| row(line).is_some())
}

/// Reads the list; rows of managers we do not know are set aside.
pub(super) fn read(
    text: &str,
    document: &str,
    limits: &Limits,
    found: &mut Found,
) -> Result<(), Error> {
    let mut gathering = Gathering::new("package list", document, limits);
    for (number, line) in (1..).zip(text.lines()) {
        if line.trim().is_empty() {
            continue;
        }
        let field = format!("line {number}");
        let Some((package, name, version)) = row(line) else {
            let detail = format!("`{}` is no row such as apt, acl, 2.3.1-3", shown(line));
            gathering.set_aside(&field, detail);
            continue;
        };
        gathering.add(Component {
            name: name.to_owned(),
            version: owned(version),
            package: Some(package),
            field,
            ..Component::default()
        })?;
    }
    gathering.finish(found);
    Ok(())
}

fn row(line: &str) -> Option<(PackageName, &str, &str)> {
    let mut columns = line.split('\t').map(str::trim);
    let (manager, name, version) = (columns.next()?, columns.next()?, columns.next()?);
    if name.is_empty() || columns.next().is_some() {
        return None;
    }
    // `pip 3.11`, `maven on disk`: the first word is the manager.
    let package = match manager.split(' ').next()?.to_lowercase().as_str() {
        "apt" | "dpkg" | "deb" => dpkg::debian(name),
        word => {
            let family = family(word)?;
            PackageName::new(Ecosystem { family, release: None }, name)
        }
    };
    Some((package, name, version))
}

fn family(manager: &str) -> Option<Family> {
    Some(match manager {
        "pip" | "pipx" | "wheel" => Family::Pypi,
        "npm" | "yarn" | "pnpm" => Family::Npm,
        "gem" => Family::Gem,
        "maven" => Family::Maven,
        "nuget" => Family::Nuget,
        "cargo" => Family::Cargo,
        "go" => Family::Golang,
        "composer" => Family::Composer,
        "r" | "cran" => Family::Cran,
        _ => return None,
    })
}
