//! Every signal in the data kit: read, or quarantined with a reason a person would agree with.
#![allow(clippy::unwrap_used, reason = "a helper of a test may stop the test")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::path::{Path, PathBuf};

use bongsu_advisory::{Place, Signal};
use bongsu_formats::signals::{self, Inbox};
use bongsu_formats::{Limits, Quarantined};

/// What one file gave.
#[derive(Debug, Default)]
struct Count {
    documents: u64,
    advisories: u64,
    affected: u64,
    statements: u64,
    kev: u64,
    epss: u64,
    /// Documents set aside as a whole.
    refused: u64,
    /// Single entries set aside.
    entries: u64,
    last: Option<Place>,
    reasons: BTreeMap<String, (u64, String)>,
    pending: Vec<(Place, String)>,
}

impl Inbox for Count {
    fn signal(&mut self, signal: Signal) {
        match signal {
            Signal::Advisory(advisory) => {
                self.advisories += 1;
                self.affected += advisory.affected.len() as u64;
            }
            Signal::Kev(_) => self.kev += 1,
            Signal::Epss(_) => self.epss += 1,
            Signal::Vex(_) => self.statements += 1,
        }
    }

    fn quarantined(&mut self, quarantined: Quarantined) {
        self.pending.push((quarantined.place, quarantined.reason.to_string()));
    }

    fn document(&mut self, place: &Place) {
        self.documents += 1;
        self.last = Some(place.clone());
        let pending = std::mem::take(&mut self.pending);
        let (own, others): (Vec<_>, Vec<_>) = pending
            .into_iter()
            .partition(|(aside, _)| (&aside.document, aside.line) == (&place.document, place.line));
        self.entries += own.len() as u64;
        self.refused += others.len() as u64;
        for (place, reason) in own.into_iter().chain(others) {
            self.note(&place, &reason);
        }
    }
}

impl Count {
    fn note(&mut self, place: &Place, reason: &str) {
        let plain: String =
            reason.chars().map(|c| if c.is_ascii_digit() { '9' } else { c }).collect();
        let mut kind = String::new();
        for c in plain.chars() {
            if !(c == '9' && kind.ends_with('9')) {
                kind.push(c);
            }
        }
        kind.truncate(kind.floor_char_boundary(150));
        self.reasons.entry(kind).or_insert_with(|| (0, format!("{place}: {reason}"))).0 += 1;
    }

    fn done(&mut self) {
        for (place, reason) in std::mem::take(&mut self.pending) {
            self.refused += 1;
            self.note(&place, &reason);
        }
    }
}

/// The data kit, or a clear word that it is not here.
fn kit() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let kit = std::env::var_os("BONGSU_DATA").map_or(beside, PathBuf::from);
    if kit.is_dir() {
        return Some(kit);
    }
    eprintln!("skipped: no data kit at {}", kit.display());
    None
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() { files(&path, found) } else { found.push(path) }
    }
}

#[test]
fn every_document_of_the_kit_is_read_or_set_aside_with_its_reason() {
    let Some(kit) = kit() else { return };
    let mut paths = Vec::new();
    for folder in ["osv", "cve", "csaf", "kev", "epss", "debian"] {
        files(&kit.join(folder), &mut paths);
    }
    let mut all: BTreeMap<String, Count> = BTreeMap::new();
    println!(
        "{:<52} {:>8} {:>8} {:>8} {:>8} {:>7} {:>7} {:>7} {:>7}",
        "file", "read", "advis.", "affected", "vex", "kev", "epss", "refused", "entries"
    );
    for path in &paths {
        let name = path.strip_prefix(&kit).unwrap().display().to_string();
        let mut count = Count::default();
        signals::read(&name, File::open(path).unwrap(), &Limits::default(), &mut count);
        count.done();
        println!(
            "{name:<52} {:>8} {:>8} {:>8} {:>8} {:>7} {:>7} {:>7} {:>7}",
            count.documents,
            count.advisories,
            count.affected,
            count.statements,
            count.kev,
            count.epss,
            count.refused,
            count.entries
        );
        assert!(count.documents + count.refused > 0, "{name} vanished");
        all.insert(name, count);
    }
    for (name, count) in &all {
        for (kind, (times, example)) in &count.reasons {
            println!("{name}: {times} x {kind}\n      {example}");
        }
    }
    // Documents of the kit as its README counts them: read and set aside make the whole.
    #[rustfmt::skip]
    let table = [
        // file                          documents  of them read at least
        ("osv/rustsec.osv.jsonl.zst",       957,    957),
        ("osv/pypa.osv.jsonl.zst",        2_143,  2_143),
        ("osv/go.osv.jsonl.zst",          3_443,  3_443),
        ("osv/bitnami.osv.jsonl.zst",     6_003,  6_003),
        ("osv/almalinux.osv.jsonl.zst",   4_534,  4_534),
        ("osv/haskell.osv.jsonl.zst",        29,     29),
        ("osv/ghsa-sample.osv.jsonl.zst",    61,     61),
        ("osv/nodejs-security-wg.jsonl.zst", 522,   506),
        ("cve/cve5-kev.jsonl.zst",          263,    263),
        ("cve/cve5.jsonl.zst",           11_000, 11_000),
        ("cve/cve5-bulk.jsonl.zst",      23_976, 23_976),
        ("csaf/cisa.tar.zst",             1_925,  1_925),
        ("csaf/redhat.tar.zst",              39,     39),
        ("csaf/openvex.tar.zst",              7,      7),
        ("csaf/oasis.tar.zst",            1_010,    900),
    ];
    for (name, documents, read) in table {
        let count = &all[name];
        assert_eq!(
            count.documents + count.refused,
            documents,
            "{name}: every document is accounted for"
        );
        assert!(count.documents >= read, "{name}: {} read", count.documents);
    }
    let sum = |of: fn(&Count) -> u64, start: &str| -> u64 {
        all.iter().filter(|(name, _)| name.starts_with(start)).map(|(_, count)| of(count)).sum()
    };
    assert_eq!(sum(|count| count.epss, "epss"), 360_142 + 352_705);
    assert_eq!(sum(|count| count.kev, "kev"), 1_662 + 1_635 + 1_404);
    assert!(sum(|count| count.advisories, "debian") >= 5_406 + 3_534);
    let kinds: BTreeSet<&String> = all.values().flat_map(|count| count.reasons.keys()).collect();
    println!("{} kinds of reasons", kinds.len());
}
