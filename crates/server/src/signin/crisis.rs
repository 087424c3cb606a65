//! Is there a crisis? Then nobody who holds a post is signed out for having slept.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::time::Instant;

use bongsu_desk::Desk;
use bongsu_response::ActState;

/// A crisis is what an operator says it is, and every time while an issued act is open.
#[derive(Debug)]
pub struct Crisis {
    began: Instant,
    declared: AtomicBool,
    open: AtomicBool,
    /// Seconds after the beginning at which the acts were looked at last, one more than they are.
    looked: AtomicU64,
}

/// Seconds after which the acts are looked at again.
const LOOK: u64 = 30;

impl Crisis {
    pub(super) fn new() -> Self {
        Self {
            began: Instant::now(),
            declared: AtomicBool::new(false),
            open: AtomicBool::new(false),
            looked: AtomicU64::new(0),
        }
    }

    /// Says that there is a crisis, or that it is over.
    pub fn declare(&self, crisis: bool) {
        self.declared.store(crisis, Relaxed);
    }

    /// Is there one? May read.
    pub(super) fn is_on(&self, desk: &Desk) -> bool {
        if self.declared.load(Relaxed) {
            return true;
        }
        let now = self.began.elapsed().as_secs() + 1;
        let looked = self.looked.load(Relaxed);
        if looked == 0 || now >= looked + LOOK {
            self.looked.store(now, Relaxed);
            // Where the store does not answer, what was so stays so.
            if let Ok(acts) = desk.store().acts() {
                self.open.store(acts.iter().any(|act| act.state == ActState::Issued), Relaxed);
            }
        }
        self.open.load(Relaxed)
    }
}
