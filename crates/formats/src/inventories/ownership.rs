//! Language packages that a distribution installed.
//!
//! A distribution repairs its Python packages at an unchanged upstream version, so its advisories
//! decide and not Python's. We follow what documents state: a relation, a file both claim, or a
//! place that only the package manager writes to together with a package of the same name and
//! version.

use std::collections::HashMap;

use bongsu_inventory::{Component, Inventory};
use bongsu_package::Family;

/// Whether a path lies where package managers install language packages, and their own tools
/// (`pip install` as root) do not.
pub(super) fn is_system_folder(path: &str) -> bool {
    let path = path.strip_prefix('/').unwrap_or(path);
    let Some(inside) = path.strip_prefix("usr/lib/").or_else(|| path.strip_prefix("usr/lib64/"))
    else {
        return false;
    };
    inside.contains("/dist-packages/") || inside.contains("/site-packages/")
}

/// Whether a component comes from a distribution's package manager.
pub(super) fn is_distribution_package(component: &Component) -> bool {
    let family = component.package.as_ref().map(|package| &package.ecosystem.family);
    matches!(
        family,
        Some(Family::Debian | Family::Ubuntu | Family::Rpm(_) | Family::Apk(_) | Family::Alpm)
    )
}

/// Sets an owner, unless one is set or it is no distribution's package that would own.
pub(super) fn own(inventory: &mut Inventory, owner: u32, owned: u32) {
    let distributed =
        |at: u32| inventory.components.get(at as usize).is_some_and(is_distribution_package);
    if !distributed(owner) || distributed(owned) {
        return;
    }
    if let Some(component) = inventory.components.get_mut(owned as usize) {
        component.owner.get_or_insert(owner);
    }
}

/// Gives the Python packages at `in_system_folders` to the distribution's packages of the same
/// name and version.
pub(super) fn by_folder(inventory: &mut Inventory, in_system_folders: &[u32]) {
    if in_system_folders.is_empty() {
        return;
    }
    let mut distributed: HashMap<String, Vec<u32>> = HashMap::new();
    for (at, component) in (0..).zip(&inventory.components) {
        if is_distribution_package(component) {
            distributed.entry(python_name(&component.name)).or_default().push(at);
        }
    }
    for &at in in_system_folders {
        let Some(component) = inventory.components.get(at as usize) else { continue };
        let Some(version) = component.version.as_deref() else { continue };
        let candidates = distributed.get(&python_name(&component.name));
        let owner = candidates.into_iter().flatten().copied().find(|&owner| {
            let theirs = inventory.components.get(owner as usize);
            theirs.and_then(|c| c.version.as_deref()).is_some_and(|v| packages(v, version))
        });
        if let Some(owner) = owner {
            own(inventory, owner, at);
        }
    }
}

/// Whether a distribution's version (`1:2.1.0-3+deb12u1`) packages an upstream version (`2.1.0`).
fn packages(distributed: &str, upstream: &str) -> bool {
    let plain = distributed.split_once(':').map_or(distributed, |(_, rest)| rest);
    plain
        .strip_prefix(upstream)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with(['-', '+', '~']))
}

/// A Python package's name without what distributions put before it, in PEP 503's spelling.
fn python_name(name: &str) -> String {
    let name = name.rsplit('/').next().unwrap_or(name).to_lowercase().replace(['_', '.'], "-");
    let bare = ["python3-", "python-", "py3-"].iter().find_map(|before| name.strip_prefix(before));
    // RPM distributions with several Pythons: `python3.11-six`, by now `python3-11-six`.
    let bare = bare.map(|bare| bare.trim_start_matches(|c: char| c.is_ascii_digit() || c == '-'));
    bare.map_or_else(|| name.clone(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_meet_without_what_a_distribution_puts_before_them() {
        #[rustfmt::skip]
        let table = [
            ("python3-six",          "six",               "Debian and Fedora"),
            ("py3-setuptools",       "setuptools",        "Alpine"),
            ("python3.11-requests",  "requests",          "one of several Pythons"),
            ("Jinja2",               "jinja2",            "PEP 503 is lower case"),
            ("typing_extensions",    "typing-extensions", "and dashes"),
        ];
        for (name, expected, why) in table {
            assert_eq!(python_name(name), expected, "{name}: {why}");
        }
    }

    #[test]
    fn a_folder_is_the_systems_only_under_usr_lib() {
        #[rustfmt::skip]
        let table = [
            ("/usr/lib/python3/dist-packages/six-1.16.0.egg-info",       true,  "Debian's own"),
            ("usr/lib64/python3.9/site-packages/rpm/METADATA",           true,  "RPM's own, written without a slash"),
            ("/usr/local/lib/python3.11/dist-packages/six/METADATA",     false, "pip as root"),
            ("/app/venv/lib/python3.11/site-packages/six/METADATA",      false, "an application's own"),
        ];
        for (path, expected, why) in table {
            assert_eq!(is_system_folder(path), expected, "{path}: {why}");
        }
    }

    #[test]
    fn a_distributions_version_packages_exactly_its_upstream_version() {
        #[rustfmt::skip]
        let table = [
            ("1.16.0-4",            "1.16.0", true,  "a revision"),
            ("1:2.1+dfsg-3",        "2.1",    true,  "an epoch and a repacked source"),
            ("1.16.01-4",           "1.16.0", false, "another number"),
            ("1.16.0",              "1.16",   false, "a longer number"),
        ];
        for (distributed, upstream, expected, why) in table {
            assert_eq!(packages(distributed, upstream), expected, "{distributed}: {why}");
        }
    }
}
