//! What other replicas on the same database publish reaches the index of this one.

use anyhow::Result;
use bongsu_desk::{Desk, Holdings};
use bongsu_store::Touches;
use jiff::Timestamp;

/// Reads what was recorded since the last look.
#[derive(Debug, Default)]
pub(super) struct Follower {
    /// How much of the log was looked at; nothing before the first look.
    seen: Option<u64>,
}

/// Entries that are looked at in one go.
const AT_ONCE: u64 = 4_096;

impl Follower {
    /// Brings the index after the record.
    pub(super) fn look(&mut self, desk: &Desk, holdings: &Holdings, now: Timestamp) -> Result<()> {
        let (size, _) = desk.store().head()?;
        // Between the opening of the index and the first look anything may have been published.
        let (mut published, mut seen) = (self.seen.is_none(), self.seen.unwrap_or(size));
        while seen < size && !published {
            let count = AT_ONCE.min(size - seen);
            published = desk.store().touches(seen, count)?.contains(&Touches::Inventories);
            seen += count;
        }
        if published {
            let followed = holdings.follow(desk, now)?;
            if followed.behind > 0 {
                tracing::warn!(
                    systems = followed.behind,
                    "systems have no document here: they must be published again"
                );
            }
        }
        self.seen = Some(size);
        Ok(())
    }
}
