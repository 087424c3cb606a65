//! This machine's own packages, and the lock files below the folder we stand in.

use std::fs::{self, File};
use std::path::Path;
use std::process::Command;

use anyhow::Result;
use bongsu_formats::packing::Patience;
use bongsu_formats::{Limits, inventories};
use bongsu_inventory::Distribution;

use crate::files;
use crate::load::{Aside, Taken};

/// Package databases by their place, with the name their reader knows them by.
const DATABASES: [(&str, &str); 2] =
    [("/var/lib/dpkg/status", "status"), ("/lib/apk/db/installed", "installed")];

/// What `rpm` is asked for: everything that decides, epoch and source included.
const RPM_QUERY: &str = "%{NAME}\\t%{EPOCHNUM}:%{VERSION}-%{RELEASE}\\t%{ARCH}\\t%{SOURCERPM}\\n";

/// Lock files by their names.
const LOCK_FILES: [&str; 18] = [
    "Cargo.lock",
    "package-lock.json",
    "npm-shrinkwrap.json",
    "pnpm-lock.yaml",
    "yarn.lock",
    "requirements.txt",
    "poetry.lock",
    "uv.lock",
    "Pipfile.lock",
    "go.mod",
    "pom.xml",
    "gradle.lockfile",
    "composer.lock",
    "Gemfile.lock",
    "packages.lock.json",
    "mix.lock",
    "pubspec.lock",
    "conan.lock",
];

/// The inventories of this machine.
pub(crate) fn inventories(aside: &mut Aside, patience: Patience<'_>) -> Result<Vec<Taken>> {
    let distribution = distribution();
    let mut taken = Vec::new();
    for (path, name) in DATABASES {
        if let Ok(file) = File::open(path) {
            let found = inventories::read_while(name, file, &Limits::default(), patience);
            take(path, found, aside, &mut taken);
        }
    }
    if Path::new("/var/lib/rpm").is_dir() || Path::new("/usr/lib/sysimage/rpm").is_dir() {
        let listing = Command::new("rpm").args(["-qa", "--qf", RPM_QUERY]).output();
        if let Ok(listing) = listing.ok().filter(|listing| !listing.stdout.is_empty()).ok_or(()) {
            let found = inventories::read("rpm-qa.txt", &*listing.stdout, &Limits::default());
            take("rpm -qa", found, aside, &mut taken);
        }
    }
    for one in &mut taken {
        if let Some(distribution) = &distribution {
            one.inventory.apply_distribution(distribution.clone());
        }
    }
    for file in files::named(Path::new("."), &LOCK_FILES)? {
        let name = file.display().to_string();
        match File::open(&file) {
            Ok(bytes) => {
                let found = inventories::read_while(&name, bytes, &Limits::default(), patience);
                take(&name, found, aside, &mut taken);
            }
            Err(error) => aside.unreadable(&name, error),
        }
    }
    Ok(taken)
}

fn take(document: &str, found: inventories::Found, aside: &mut Aside, taken: &mut Vec<Taken>) {
    aside.read += found.inventories.len();
    aside.quarantined.extend(found.quarantined);
    let inventories = found.inventories.into_iter();
    taken.extend(inventories.map(|inventory| Taken { document: document.to_owned(), inventory }));
}

fn distribution() -> Option<Distribution> {
    let text = ["/etc/os-release", "/usr/lib/os-release"]
        .into_iter()
        .find_map(|path| fs::read_to_string(path).ok())?;
    Distribution::from_os_release(&text)
}
