//! The advisories we wrote are well-formed and say one thing each.

use std::collections::BTreeSet;

use bongsu_advisory::Signal;
use bongsu_formats::signals::{self, Inbox};
use bongsu_formats::{Limits, Quarantined};

const WELL_KNOWN: &str = include_str!("../../../fixtures/advisories/well-known.osv.jsonl");

#[derive(Default)]
struct Kept {
    signals: Vec<Signal>,
    quarantined: Vec<String>,
}

impl Inbox for Kept {
    fn signal(&mut self, signal: Signal) {
        self.signals.push(signal);
    }

    fn quarantined(&mut self, quarantined: Quarantined) {
        self.quarantined.push(quarantined.to_string());
    }
}

#[test]
fn every_advisory_we_wrote_is_read() {
    let mut kept = Kept::default();
    signals::read("well-known.osv.jsonl", WELL_KNOWN.as_bytes(), &Limits::default(), &mut kept);
    assert!(kept.quarantined.is_empty(), "{:?}", kept.quarantined);
    let advisories =
        kept.signals.iter().filter(|signal| matches!(signal, Signal::Advisory(_))).count();
    assert_eq!(advisories, WELL_KNOWN.lines().count());
}

#[test]
fn identifiers_count_up_and_no_flaw_is_told_twice() {
    let mut flaws = BTreeSet::new();
    for (number, line) in WELL_KNOWN.lines().enumerate() {
        let id = format!("\"id\":\"BONGSU-2026-{:04}\"", number + 1);
        assert!(line.contains(&id), "line {} has no {id}", number + 1);
        let alias = line.split("\"aliases\":[\"").nth(1).unwrap().split('"').next().unwrap();
        assert!(flaws.insert(alias), "{alias} is told twice");
    }
}
