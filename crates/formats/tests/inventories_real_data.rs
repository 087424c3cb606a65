//! Every inventory of the data kit is read, or set aside with a reason.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use bongsu_formats::{Limits, inventories, packing};

/// What one archive gave.
#[derive(Default)]
struct Count {
    documents: usize,
    inventories: usize,
    set_aside: usize,
    components: usize,
    with_package: usize,
    owned: usize,
    statements: usize,
    entries_set_aside: usize,
}

#[test]
fn every_real_document_is_read_or_set_aside_with_its_reason() {
    let Some(kit) = kit() else { return };
    let mut counts: BTreeMap<String, Count> = BTreeMap::new();
    let mut reasons = Vec::new();
    for path in files(&kit) {
        let label = path.file_name().unwrap().to_string_lossy().into_owned();
        let count = counts.entry(label.clone()).or_default();
        packing::documents(&label, File::open(&path).unwrap(), &Limits::default(), &mut |one| {
            let document = one.unwrap_or_else(|error| panic!("the kit unpacks: {error}"));
            count.documents += 1;
            read_one(&document, count, &mut reasons);
        });
    }
    println!(
        "| file | documents | read | set aside | components | with package | owned | statements | entries set aside |"
    );
    for (label, c) in &counts {
        println!(
            "| {label} | {} | {} | {} | {} | {} | {} | {} | {} |",
            c.documents,
            c.inventories,
            c.set_aside,
            c.components,
            c.with_package,
            c.owned,
            c.statements,
            c.entries_set_aside
        );
        assert_eq!(c.documents, c.inventories + c.set_aside, "{label}: nothing is lost");
    }
    for reason in &reasons {
        println!("{reason}");
    }
    assert!(counts.values().map(|c| c.documents).sum::<usize>() > 400, "the kit is the kit");
    assert!(counts.values().map(|c| c.set_aside).sum::<usize>() < 10, "{reasons:#?}");
}

fn read_one(document: &packing::Document<'_>, count: &mut Count, reasons: &mut Vec<String>) {
    let name = &document.place.document;
    let found = inventories::read(name, document.bytes, &Limits::default());
    count.statements += found.statements.len();
    if found.inventories.is_empty() {
        count.set_aside += 1;
        assert!(!found.quarantined.is_empty(), "{name} was neither read nor set aside");
    } else {
        count.inventories += 1;
        count.entries_set_aside += found.quarantined.len();
    }
    for inventory in &found.inventories {
        assert!(!inventory.system.is_empty(), "{name} has a system");
        count.components += inventory.components.len();
        let with = |what: fn(&bongsu_inventory::Component) -> bool| {
            inventory.components.iter().filter(|component| what(component)).count()
        };
        count.with_package += with(|component| component.package.is_some());
        count.owned += with(|component| component.owner.is_some());
        assert_eq!(with(|component| component.field.is_empty()), 0, "{name} says where");
    }
    let mut shown = 0;
    for quarantined in &found.quarantined {
        shown += 1;
        if shown <= 3 || std::env::var_os("BONGSU_ALL").is_some() {
            reasons.push(quarantined.to_string());
        }
    }
}

fn files(kit: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for folder in ["sbom", "inventories", "inventories/debian12-images"] {
        let entries = fs::read_dir(kit.join(folder)).expect("the kit has its folders");
        files.extend(entries.flatten().map(|entry| entry.path()).filter(|path| path.is_file()));
    }
    files.sort();
    // os-release tells which distribution a system runs, not what is installed on it.
    files.retain(|path| !path.ends_with("os-release"));
    files
}

/// The data kit, beside the repository or where `BONGSU_DATA` says.
fn kit() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let kit = std::env::var_os("BONGSU_DATA").map_or(beside, PathBuf::from);
    if kit.is_dir() {
        return Some(kit);
    }
    eprintln!("skipped: no data kit at {}", kit.display());
    None
}
