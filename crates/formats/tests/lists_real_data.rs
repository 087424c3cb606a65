//! Every lock file of the data kit, counted twice: by its reader, and crudely by its text.

#![allow(clippy::unwrap_used, reason = "a test stops where its own material is broken")]

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::path::{Path, PathBuf};

use bongsu_formats::Limits;
use bongsu_formats::inventories::read;

#[test]
fn every_real_lock_file_gives_as_many_components_as_a_crude_count_finds() {
    let Some(kit) = kit() else { return };
    let packed = std::fs::read(kit.join("inventories/lockfiles.tar.zst")).unwrap();
    let unpacked = zstd::stream::decode_all(&packed[..]).unwrap();
    let mut archive = tar::Archive::new(&unpacked[..]);
    let mut files = 0;
    eprintln!("{:>10} {:>8} {:>8} {:>8}  file", "components", "crude", "packages", "aside");
    for entry in archive.entries().unwrap() {
        let mut entry = entry.unwrap();
        if !entry.header().entry_type().is_file() {
            continue;
        }
        let name = entry.path().unwrap().to_string_lossy().into_owned();
        let mut text = String::new();
        entry.read_to_string(&mut text).unwrap();
        let found = read(&name, text.as_bytes(), &Limits::default());
        assert_eq!(found.inventories.len(), 1, "{name}: {:?}", found.quarantined);
        let components = &found.inventories[0].components;
        let packages = components.iter().filter(|one| one.package.is_some()).count();
        let counted = components.len();
        let crude = crude(&name, &text);
        let aside = found.quarantined.len();
        eprintln!("{counted:>10} {crude:>8} {packages:>8} {aside:>8}  {name}");
        for quarantined in &found.quarantined {
            eprintln!("           {quarantined}");
        }
        assert_eq!(counted, crude, "{name}");
        assert!(counted > 0, "{name} is not empty");
        for one in components {
            assert!(
                one.package.is_none() || one.purl.is_some(),
                "{name}: {} has a package but no purl",
                one.name
            );
        }
        files += 1;
    }
    assert!(files >= 20, "{files} files");
}

/// How many components a file should give, by looking for marks without reading the format.
fn crude(name: &str, text: &str) -> usize {
    let lines = || text.lines();
    match name.rsplit('/').next().unwrap() {
        "Cargo.lock" | "poetry.lock" | "uv.lock" => {
            lines().filter(|line| *line == "[[package]]").count()
        }
        "go.sum" => lines().filter(|line| !line.contains("/go.mod h1:")).count(),
        "go.mod" => {
            let module = |line: &&str| {
                let line = line.trim_start_matches("require ").trim();
                line.contains('.') && line.contains(" v") && !line.contains("=>")
            };
            let toolchain = lines().filter(|line| line.starts_with("toolchain ")).count();
            lines().filter(module).count() + 1 + toolchain
        }
        "requirements.txt" => {
            let named = |line: &&str| line.starts_with(|c: char| c.is_ascii_alphanumeric());
            lines().filter(named).count()
        }
        "package-lock.json" => npm_names(text).len(),
        "pnpm-lock.yaml" => {
            let packages = text.split("\npackages:\n").nth(1).unwrap();
            let packages = packages.split("\nsnapshots:\n").next().unwrap();
            packages.matches("\n    resolution: ").count()
        }
        "pom.xml" => pom_dependencies(text),
        other => panic!("no crude count for {other}"),
    }
}

/// Name and version of every `node_modules` key, each pair once.
fn npm_names(text: &str) -> BTreeSet<(&str, &str)> {
    let blocks = text.split("\"node_modules/").skip(1);
    let named = blocks.map(|block| {
        let path = block.split('"').next().unwrap();
        let name = path.rsplit("node_modules/").next().unwrap();
        let version = block.split("\"version\": \"").nth(1).unwrap_or_default();
        (name, version.split('"').next().unwrap())
    });
    named.collect()
}

/// `<dependency>` elements outside plugins, each once; the managed ones count in a parent only.
fn pom_dependencies(text: &str) -> usize {
    let parent = text.contains("<packaging>pom</packaging>");
    let elements = ["plugins", "exclusions", "dependencyManagement"];
    let elements = &elements[..if parent { 2 } else { 3 }];
    let text = elements.iter().fold(text.to_owned(), |text, element| without(&text, element));
    let mut seen = BTreeMap::new();
    for block in text.split("<dependency>").skip(1) {
        let block = block.split("</dependency>").next().unwrap();
        if block.contains("<scope>import</scope>") {
            continue;
        }
        let of = |element: &str| {
            let start = block.split(&format!("<{element}>")).nth(1)?;
            start.split('<').next().map(str::to_owned)
        };
        *seen.entry((of("groupId"), of("artifactId"), of("version"))).or_insert(0) += 1;
    }
    seen.len()
}

/// The text without an element and all it holds.
fn without(text: &str, element: &str) -> String {
    let (open, close) = (format!("<{element}>"), format!("</{element}>"));
    let mut rest = text.to_owned();
    while let Some(start) = rest.find(&open) {
        let end = rest[start..].find(&close).unwrap() + start + close.len();
        rest.replace_range(start..end, "");
    }
    rest
}

/// The data kit, or a line that says where it was looked for.
fn kit() -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let kit = std::env::var_os("BONGSU_DATA").map_or(root.join("../shared/data"), PathBuf::from);
    let found = kit.join("inventories/lockfiles.tar.zst").exists();
    if !found {
        eprintln!("skipped: no data kit at {}", kit.display());
    }
    found.then_some(kit)
}
