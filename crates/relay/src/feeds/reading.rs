//! From the bytes of a mirror to what they say. Blocking: run it on a thread of its own.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use bongsu_advisory::{Place, Signal};
use bongsu_formats::packing::{self, Document};
use bongsu_formats::{Limits, Quarantined, signals};
use bongsu_matching::Part;

use super::failed::chain;
use super::mirror::sha256;

/// What a file said.
#[derive(Debug, Default)]
pub(super) struct Reading {
    pub(super) part: Part,
    /// Documents that were read.
    pub(super) documents: u64,
    /// What was set aside.
    pub(super) refused: Vec<Refusal>,
}

/// A document, or an entry of one, that was set aside.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Refusal {
    /// Where it is, in words.
    pub(super) place: String,
    pub(super) reason: String,
    /// The same as a stable word.
    pub(super) cause: &'static str,
    /// SHA-256 of its document.
    pub(super) digest: String,
}

impl Reading {
    /// Whether nothing at all could be read of something.
    pub(super) fn is_hopeless(&self) -> bool {
        self.part.is_empty() && !self.refused.is_empty()
    }

    fn refuse(&mut self, place: &Place, reason: &bongsu_formats::Error, digest: String) {
        if self.refused.len() < MOST_REFUSALS {
            let (place, cause) = (place.to_string(), reason.reason());
            self.refused.push(Refusal { place, reason: chain(reason), cause, digest });
        }
    }
}

/// Reads a file of the mirror; `name` is what its documents are called after.
pub(super) fn file(name: &str, path: &Path) -> std::io::Result<Reading> {
    Ok(all(name, File::open(path)?))
}

/// Reads everything in one go.
pub(super) fn all(name: &str, bytes: impl Read) -> Reading {
    let mut whole = Reading::default();
    each(name, bytes, &mut |_, one| {
        whole.part.add(&one.part);
        whole.documents += one.documents;
        whole.refused.extend(one.refused);
        whole.refused.truncate(MOST_REFUSALS);
    });
    whole.part.settle();
    whole
}

/// Reads document after document; the sink gets each with the name of its file.
pub(super) fn each(name: &str, bytes: impl Read, sink: &mut dyn FnMut(&str, Reading)) {
    let limits = limits();
    packing::documents(name, bytes, &limits, &mut |item| match item {
        Ok(document) if is_list(document.file) => {}
        Ok(document) => sink(document.file, one(&document, &limits)),
        Err(Quarantined { place, reason }) => {
            let mut reading = Reading::default();
            reading.refuse(&place, &reason, String::new());
            sink("", reading);
        }
    });
}

fn one(document: &Document<'_>, limits: &Limits) -> Reading {
    let mut taking = Taking { reading: Reading::default(), document };
    signals::read(&document.place.document, document.bytes, limits, &mut taking);
    taking.reading.part.settle();
    taking.reading
}

/// Takes what a reader finds in one document.
struct Taking<'d> {
    reading: Reading,
    document: &'d Document<'d>,
}

impl signals::Inbox for Taking<'_> {
    fn signal(&mut self, signal: Signal) {
        self.reading.part.take(signal);
    }

    fn quarantined(&mut self, quarantined: Quarantined) {
        let Quarantined { mut place, reason } = quarantined;
        place.line = place.line.or(self.document.place.line);
        let digest = match self.reading.refused.last() {
            Some(before) => before.digest.clone(),
            None => sha256(self.document.bytes),
        };
        self.reading.refuse(&place, &reason, digest);
    }

    fn document(&mut self, _: &Place) {
        self.reading.documents += 1;
    }
}

/// Files beside the records of the CVE list that say which of them changed.
fn is_list(file: &str) -> bool {
    matches!(file, "delta.json" | "deltaLog.json")
}

/// Feeds are large, single documents of them are not.
fn limits() -> Limits {
    Limits { document_bytes: 128 << 20, archive_bytes: 16 << 30, ..Limits::default() }
}

/// What is kept of one file that is bad throughout.
const MOST_REFUSALS: usize = 10_000;
