//! Any bytes as an inventory: no panic, no growth past the limits.
#![no_main]

use bongsu_formats::{Limits, inventories};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (u8, &[u8])| {
    const NAMES: [&str; 22] = [
        "bom.json", "bom.xml", "a.spdx", "a.spdx.json", "status", "installed", "rpm-qa.txt", "a.tsv",
        "Cargo.lock", "package-lock.json", "pnpm-lock.yaml", "yarn.lock", "requirements.txt",
        "poetry.lock", "uv.lock", "go.mod", "go.sum", "pom.xml", "gradle.lockfile", "composer.lock",
        "Gemfile.lock", "assets.csv",
    ];
    let name = NAMES[usize::from(input.0) % NAMES.len()];
    let limits = Limits { document_bytes: 1 << 20, archive_bytes: 4 << 20, ..Limits::default() };
    let _ = inventories::read(name, input.1, &limits);
});
