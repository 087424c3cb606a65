//! Which answers in memory are still true.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError, RwLock};

use bongsu_authority::InstitutionId;
use bongsu_desk::Touched;
use rustc_hash::FxHashMap;

/// Numbers that grow when something changes: one for the whole nation, one for each institution.
#[derive(Debug, Default)]
pub(crate) struct Revisions {
    wide: AtomicU64,
    /// Grows with everything that changes something.
    all: AtomicU64,
    own: RwLock<FxHashMap<InstitutionId, u64>>,
    ours: Mutex<Ours>,
}

/// Which entries of the log this node wrote itself, or has taken note of.
#[derive(Debug, Default)]
struct Ours {
    /// All before this position.
    before: u64,
    /// And these ranges behind a gap: first position, the one after the last.
    beyond: BTreeMap<u64, u64>,
}

/// Ranges behind gaps; where there are more, another node writes and nobody follows it.
const RANGES: usize = 4_096;

impl Ours {
    fn add(&mut self, first: u64, after: u64) {
        self.beyond.insert(first, after);
        while let Some(range) = self.beyond.first_entry().filter(|one| *one.key() <= self.before) {
            self.before = self.before.max(range.remove());
        }
        if self.beyond.len() > RANGES {
            let after = self.beyond.last_key_value().map_or(0, |(_, after)| *after);
            self.note_all(after);
        }
    }

    fn note_all(&mut self, size: u64) {
        self.before = self.before.max(size);
        self.beyond.retain(|_, after| *after > size);
    }
}

/// What an answer was made from.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Stand {
    wide: u64,
    own: Vec<(InstitutionId, u64)>,
}

impl Revisions {
    /// Begins with a log of so many entries.
    pub(crate) fn of_log(size: u64) -> Self {
        let ours = Mutex::new(Ours { before: size, beyond: BTreeMap::new() });
        Self { ours, ..Self::default() }
    }

    /// Notes that something was touched by so many entries, the last of them at this position.
    pub(crate) fn touch(&self, touched: Touched, position: u64, entries: u32) {
        match touched {
            Touched::Obligation(_, institution) => {
                self.all.fetch_add(1, Ordering::AcqRel);
                let mut own = self.own.write().unwrap_or_else(PoisonError::into_inner);
                *own.entry(institution).or_default() += 1;
            }
            // What runs somewhere changes nothing that is owed; what follows from it is recorded by itself.
            Touched::Inventory(_) => {
                self.all.fetch_add(1, Ordering::AcqRel);
            }
            Touched::Names(_) => {}
            Touched::Register | Touched::Alert | Touched::Case(_) | Touched::Act(_) => {
                self.touch_all();
            }
        }
        let after = position + 1;
        let mut ours = self.ours.lock().unwrap_or_else(PoisonError::into_inner);
        ours.add(after.saturating_sub(u64::from(entries)), after);
    }

    /// Nothing in memory counts any more.
    pub(crate) fn touch_all(&self) {
        self.all.fetch_add(1, Ordering::AcqRel);
        self.wide.fetch_add(1, Ordering::AcqRel);
    }

    /// Two numbers: one that grows with what may change rights or clocks of many, one that grows with everything.
    pub(crate) fn whole(&self) -> (u64, u64) {
        (self.wide.load(Ordering::Acquire), self.all.load(Ordering::Acquire))
    }

    /// Has somebody else written one of the first `size` entries since this was asked last?
    pub(crate) fn notes_others(&self, size: u64) -> bool {
        let mut ours = self.ours.lock().unwrap_or_else(PoisonError::into_inner);
        let others = ours.before < size;
        if others {
            ours.note_all(size);
        }
        others
    }

    /// Where things stand for these institutions. Taken *before* what is kept is read.
    pub(crate) fn stand(&self, institutions: &[InstitutionId]) -> Stand {
        let wide = self.wide.load(Ordering::Acquire);
        let own = self.own.read().unwrap_or_else(PoisonError::into_inner);
        let of = |one: &InstitutionId| (*one, own.get(one).copied().unwrap_or_default());
        Stand { wide, own: institutions.iter().map(of).collect() }
    }

    /// Is what was read then still true?
    pub(crate) fn holds(&self, stand: &Stand) -> bool {
        if self.wide.load(Ordering::Acquire) != stand.wide {
            return false;
        }
        let own = self.own.read().unwrap_or_else(PoisonError::into_inner);
        stand.own.iter().all(|(one, then)| own.get(one).copied().unwrap_or_default() == *then)
    }
}

#[cfg(test)]
mod tests {
    use bongsu_authority::ActId;

    use super::*;

    #[test]
    fn an_answer_of_one_institution_outlives_what_another_does() {
        let (one, two) = (InstitutionId([1; 16]), InstitutionId([2; 16]));
        let revisions = Revisions::default();
        let stand = revisions.stand(&[one]);
        revisions.touch(Touched::Obligation(ActId([9; 16]), two), 0, 1);
        revisions.touch(Touched::Inventory(one), 1, 1);
        assert!(revisions.holds(&stand));
        revisions.touch(Touched::Obligation(ActId([9; 16]), one), 2, 1);
        assert!(!revisions.holds(&stand));
        let stand = revisions.stand(&[one]);
        revisions.touch(Touched::Register, 4, 2);
        assert!(!revisions.holds(&stand));
    }

    #[test]
    fn an_entry_that_nobody_here_wrote_is_noticed_once() {
        let act = Touched::Act(ActId([9; 16]));
        let revisions = Revisions::of_log(10);
        assert!(!revisions.notes_others(10));
        revisions.touch(act, 12, 2); // 11 and 12, before 10 is told of
        revisions.touch(act, 10, 1);
        assert!(!revisions.notes_others(13));
        revisions.touch(act, 15, 1); // 13 and 14 are somebody else's
        assert!(revisions.notes_others(16));
        assert!(!revisions.notes_others(16));
        revisions.touch(act, 16, 1);
        assert!(!revisions.notes_others(17));
        assert!(revisions.notes_others(18));
    }
}
