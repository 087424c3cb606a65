//! How much one document asks for.
//!
//! Groups and relationships let a small document say much: a thousand remediations for a group of
//! a thousand products are a million offers. So what is looked at and what is kept is counted over
//! the whole document, and the work stays in proportion to its size.

use crate::bounded::Fault;
use crate::signals::Inbox;
use crate::signals::wire::{Desk, clip};
use crate::{Error, Limits};

/// What a document may still ask for.
#[derive(Debug)]
pub(super) struct Tally<'l> {
    limits: &'l Limits,
    looks: usize,
    kept: usize,
    /// Advice is copied to every product it is for; in all no more of it than the document is long.
    advice_bytes: usize,
    pub(super) strays: Strays,
}

impl<'l> Tally<'l> {
    /// For a document of so many bytes.
    pub(super) fn new(limits: &'l Limits, document_bytes: usize) -> Self {
        let advice_bytes = document_bytes.max(LEAST_ADVICE_BYTES);
        Self { limits, looks: 0, kept: 0, advice_bytes, strays: Strays::default() }
    }

    /// Counts product ids that are looked at, groups written out.
    pub(super) fn look(&mut self, ids: usize) -> Result<(), Fault> {
        self.looks = self.looks.saturating_add(ids);
        let limit = self.limits.entries.saturating_mul(LOOKS_AN_ENTRY);
        within(self.looks, limit, "the number of product ids, groups written out,")
    }

    /// Counts what is kept: affected things, and what is said about each.
    pub(super) fn keep(&mut self, entries: usize) -> Result<(), Fault> {
        self.kept = self.kept.saturating_add(entries);
        within(self.kept, self.limits.entries, "the number of things times vulnerabilities")
    }

    /// Whether a copy of so many bytes of advice may still be made.
    pub(super) fn copies(&mut self, bytes: usize) -> bool {
        let left = self.advice_bytes.checked_sub(bytes);
        self.advice_bytes = left.unwrap_or(self.advice_bytes);
        left.is_some()
    }
}

/// Product ids that no tree holds: one word about all of them is enough.
#[derive(Debug, Default)]
pub(super) struct Strays {
    count: usize,
    first: Option<(String, String)>,
}

impl Strays {
    pub(super) fn add(&mut self, id: &str, field: &str) {
        self.count += 1;
        let id = clip(id, 100);
        self.first.get_or_insert_with(|| (id.to_owned(), field.to_owned()));
    }

    pub(super) fn report<I: Inbox>(self, desk: &mut Desk<'_, I>) {
        let Some((id, field)) = self.first else { return };
        let others = match self.count {
            1 => String::new(),
            count => format!(" (and {} more)", count - 1),
        };
        desk.set_aside(field, format!("product {id:?}{others} is not in the product tree"));
    }
}

fn within(count: usize, limit: usize, what: &str) -> Result<(), Fault> {
    if count <= limit {
        return Ok(());
    }
    Err(Error::TooLarge { what: what.to_owned(), limit: limit as u64 }.into())
}

/// A product id is looked at in its status, its remediation, its flag, its threat and its group.
const LOOKS_AN_ENTRY: usize = 5;

/// Small documents may repeat themselves.
const LEAST_ADVICE_BYTES: usize = 16 << 20;
