//! What documents were judged to say, until another document or other knowledge takes their place.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use bongsu_authority::SystemId;
use bongsu_response::Evidence;
use rustc_hash::FxHashMap;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::Exposed;
use crate::problem::Problem;

/// Which judgement: of this document of this system.
pub(super) type Of = (SystemId, Evidence);

/// Judgements that are kept, with turns for those that make them. Whoever reads one has opened the document first: what
/// was erased is not read from here.
#[derive(Debug)]
pub(crate) struct Judged {
    kept: Mutex<Kept>,
    turns: Arc<Semaphore>,
}

#[derive(Debug, Default)]
struct Kept {
    /// The edition of what is known by which all of these were judged.
    edition: u64,
    judgements: FxHashMap<Of, Arc<[Exposed]>>,
    /// The oldest first.
    order: VecDeque<Of>,
    rows: usize,
}

/// Findings that are kept at most, about a kibibyte each.
const MOST_ROWS: usize = 50_000;

/// Lists that are judged at the same time; the others wait.
const AT_ONCE: usize = 2;

impl Default for Judged {
    fn default() -> Self {
        Self { kept: Mutex::default(), turns: Arc::new(Semaphore::new(AT_ONCE)) }
    }
}

impl Judged {
    /// Waits for a turn: judging takes a processor for as long as it lasts.
    pub(super) async fn turn(&self) -> Result<OwnedSemaphorePermit, Problem> {
        Arc::clone(&self.turns).acquire_owned().await.map_err(|_| Problem::busy(5))
    }

    /// What was judged of a document by this edition; else `judge` says it, and it is kept.
    pub(super) fn of(
        &self,
        edition: u64,
        of: Of,
        judge: impl FnOnce() -> Vec<Exposed>,
    ) -> Arc<[Exposed]> {
        if let Some(found) = self.found(edition, of) {
            return found;
        }
        let judged: Arc<[Exposed]> = judge().into();
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if edition >= kept.edition {
            kept.keep(of, &judged);
        }
        judged
    }

    fn found(&self, edition: u64, of: Of) -> Option<Arc<[Exposed]>> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if edition > kept.edition {
            *kept = Kept { edition, ..Kept::default() };
        }
        (kept.edition == edition).then(|| kept.judgements.get(&of).map(Arc::clone))?
    }
}

impl Kept {
    fn keep(&mut self, of: Of, judged: &Arc<[Exposed]>) {
        if judged.len() > MOST_ROWS || self.judgements.contains_key(&of) {
            return;
        }
        self.judgements.insert(of, Arc::clone(judged));
        self.order.push_back(of);
        self.rows += judged.len().max(1); // one that says nothing takes its place, too
        while self.rows > MOST_ROWS {
            let Some(oldest) = self.order.pop_front() else { return };
            let gone = self.judgements.remove(&oldest).map_or(0, |rows| rows.len().max(1));
            self.rows -= gone;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(count: usize) -> Vec<Exposed> {
        let one = Exposed {
            system: String::new(),
            name: String::new(),
            component: "widget".to_owned(),
            version: None,
            vulnerability: String::new(),
            aliases: Vec::new(),
            answer: "affected",
            reason: String::new(),
            cause: crate::problem::Because::default(),
            source: String::new(),
            fixed: Vec::new(),
            exploited: false,
            epss: None,
            severity: None,
            cvss: None,
            summary: String::new(),
        };
        vec![one; count]
    }

    fn of(number: u8) -> Of {
        (SystemId([number; 16]), Evidence([number; 32]))
    }

    #[test]
    fn a_document_is_judged_once_until_more_is_known_or_it_is_another() {
        let (judged, mut times) = (Judged::default(), 0);
        let mut ask = |edition, of| {
            let before = times;
            judged.of(edition, of, || {
                times += 1;
                rows(1)
            });
            times > before
        };
        assert!(ask(1, of(1)));
        assert!(!ask(1, of(1)), "it is known already");
        assert!(ask(1, (SystemId([1; 16]), Evidence([2; 32]))), "a newer document");
        assert!(ask(2, of(1)), "more is known");
        assert!(ask(1, of(1)), "whoever began with the old knowledge ends with it");
        assert!(!ask(2, of(1)), "and takes nothing from the others");
    }

    #[test]
    fn what_is_kept_is_bounded_and_the_oldest_goes_first() {
        let judged = Judged::default();
        for number in 0..=5 {
            judged.of(1, of(number), || rows(MOST_ROWS / 5));
        }
        judged.of(1, of(9), || rows(MOST_ROWS + 1));
        let kept = judged.kept.lock().unwrap();
        assert!(kept.rows <= MOST_ROWS);
        assert_eq!(kept.judgements.len(), 5);
        assert!(!kept.judgements.contains_key(&of(0)) && !kept.judgements.contains_key(&of(9)));
        assert_eq!(kept.order.len(), 5);
    }
}
