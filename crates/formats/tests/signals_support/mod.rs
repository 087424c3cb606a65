//! An inbox that keeps everything, for the tests of the signal readers.

#![allow(dead_code, reason = "each test file uses some of it")]

use bongsu_advisory::{Advisory, EpssScore, KevEntry, Signal, VexStatement};
use bongsu_formats::signals::{self, Inbox};
use bongsu_formats::{Limits, Quarantined};

#[derive(Debug, Default)]
pub(crate) struct Kept {
    pub(crate) advisories: Vec<Advisory>,
    pub(crate) kev: Vec<KevEntry>,
    pub(crate) epss: Vec<EpssScore>,
    pub(crate) statements: Vec<VexStatement>,
    pub(crate) quarantined: Vec<Quarantined>,
}

impl Inbox for Kept {
    fn signal(&mut self, signal: Signal) {
        match signal {
            Signal::Advisory(advisory) => self.advisories.push(*advisory),
            Signal::Kev(entry) => self.kev.push(*entry),
            Signal::Epss(score) => self.epss.push(score),
            Signal::Vex(statement) => self.statements.push(*statement),
        }
    }

    fn quarantined(&mut self, quarantined: Quarantined) {
        self.quarantined.push(quarantined);
    }
}

pub(crate) fn read(name: &str, bytes: &[u8]) -> Kept {
    read_within(name, bytes, &Limits::default())
}

pub(crate) fn read_within(name: &str, bytes: &[u8], limits: &Limits) -> Kept {
    let mut kept = Kept::default();
    signals::read(name, bytes, limits, &mut kept);
    kept
}

/// The one advisory in a document that is read without a complaint.
pub(crate) fn advisory(text: &str) -> Advisory {
    let mut kept = read("x.json", text.as_bytes());
    assert!(kept.quarantined.is_empty(), "{:#?}", kept.quarantined);
    assert_eq!(kept.advisories.len(), 1);
    kept.advisories.remove(0)
}
