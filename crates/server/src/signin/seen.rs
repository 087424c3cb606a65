//! What was looked up lately, so that a poll costs no read.

use std::sync::{PoisonError, RwLock};
use std::time::{Duration, Instant};

use rustc_hash::FxHashMap;

use super::secret::Digest;

/// Answers by digest, each good for a moment: what is revoked on another replica ends within five seconds.
///
/// The lock is held for one look or one entry; when there is no room, what is stale goes first.
#[derive(Debug)]
pub(super) struct Seen<T>(RwLock<FxHashMap<Digest, (T, Instant)>>);

/// How long an answer is good.
const GOOD: Duration = Duration::from_secs(4);
/// The most answers that are remembered: each is a few hundred bytes.
const MOST: usize = 100_000;

impl<T: Clone> Seen<T> {
    pub(super) fn new() -> Self {
        Self(RwLock::default())
    }

    pub(super) fn get(&self, key: &Digest) -> Option<T> {
        let seen = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let (answer, at) = seen.get(key)?;
        (at.elapsed() < GOOD).then(|| answer.clone())
    }

    pub(super) fn put(&self, key: Digest, answer: T) {
        let mut seen = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if seen.len() >= MOST {
            seen.retain(|_, (_, at)| at.elapsed() < GOOD);
        }
        if seen.len() < MOST {
            seen.insert(key, (answer, Instant::now()));
        }
    }

    pub(super) fn forget(&self, key: &Digest) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).remove(key);
    }

    pub(super) fn forget_all(&self) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).clear();
    }
}
