//! Answers to polls, as bytes, until something in them changes.

use std::sync::{Arc, PoisonError, RwLock};

use axum::body::Bytes;
use bongsu_authority::PersonId;
use http::HeaderValue;
use jiff::Timestamp;
use rustc_hash::FxHashMap;

use super::revisions::{Revisions, Stand};

/// An answer as it was sent.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) stand: Stand,
    /// The first instant at which rights may be others: a post or a delegation begins or ends.
    pub(crate) until: Timestamp,
    pub(crate) tag: HeaderValue,
    pub(crate) body: Bytes,
}

/// Bytes of answers that are kept at most; past them all are dropped and made anew as they are asked for.
const MOST_BYTES: usize = 64 << 20;

/// What an answer costs besides its body, in bytes: at least so much.
const OVERHEAD_BYTES: usize = 512;

#[derive(Debug, Default)]
struct Shelf {
    answers: FxHashMap<PersonId, FxHashMap<String, Arc<Answer>>>,
    bytes: usize,
}

/// The answers that are kept, by who asked for what.
#[derive(Debug, Default)]
pub(crate) struct Kept(RwLock<Shelf>);

impl Kept {
    /// The answer to this question of this person, where it is still true.
    pub(crate) fn find(
        &self,
        person: PersonId,
        asked: &str,
        revisions: &Revisions,
        now: Timestamp,
    ) -> Option<Arc<Answer>> {
        let shelf = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let found = shelf.answers.get(&person)?.get(asked)?;
        let true_still = now < found.until && revisions.holds(&found.stand);
        true_still.then(|| Arc::clone(found))
    }

    /// Keeps an answer.
    pub(crate) fn keep(&self, person: PersonId, asked: &str, answer: Arc<Answer>) {
        let size = |answer: &Answer| answer.body.len() + asked.len() + OVERHEAD_BYTES;
        let mut shelf = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if shelf.bytes + size(&answer) > MOST_BYTES {
            *shelf = Shelf::default();
        }
        let added = size(&answer);
        let before = shelf.answers.entry(person).or_default().insert(asked.to_owned(), answer);
        let freed = before.map_or(0, |before| size(&before));
        shelf.bytes = (shelf.bytes + added).saturating_sub(freed);
    }
}
