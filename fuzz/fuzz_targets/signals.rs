//! Any bytes as a feed: no panic, no growth past the limits.
#![no_main]

use bongsu_advisory::Signal;
use bongsu_formats::signals::{self, Inbox};
use bongsu_formats::{Limits, Quarantined};
use libfuzzer_sys::fuzz_target;

struct Nothing;

impl Inbox for Nothing {
    fn signal(&mut self, _signal: Signal) {}
    fn quarantined(&mut self, _quarantined: Quarantined) {}
}

fuzz_target!(|input: (u8, &[u8])| {
    const NAMES: [&str; 8] = [
        "a.json", "a.jsonl", "a.csv", "a.zip", "a.jsonl.zst", "a.tar.zst", "DSA-list.txt", "a",
    ];
    let name = NAMES[usize::from(input.0) % NAMES.len()];
    let limits = Limits { document_bytes: 1 << 20, archive_bytes: 4 << 20, ..Limits::default() };
    signals::read(name, input.1, &limits, &mut Nothing);
});
