//! What other replicas on the same database record reaches this one.

use bongsu_desk::{Desk, Holdings};
use bongsu_store::{Error, Touches};
use jiff::Timestamp;

/// Reads what was recorded since the last look.
#[derive(Debug)]
pub(super) struct Follower {
    seen: u64,
    first: bool,
}

/// Entries that are looked at in one go.
const AT_ONCE: u64 = 4_096;

impl Follower {
    pub(super) fn new(desk: &Desk) -> Result<Self, Error> {
        Ok(Self { seen: desk.store().head()?.0, first: true })
    }

    /// Brings register and index after the record.
    pub(super) fn look(
        &mut self,
        desk: &Desk,
        holdings: &Holdings,
        now: Timestamp,
    ) -> anyhow::Result<()> {
        let (size, _) = desk.store().head()?;
        // Between the opening of the desk and the first look anything may have happened.
        let (mut register, mut inventories) = (self.first, self.first);
        let mut seen = self.seen;
        while seen < size {
            let count = AT_ONCE.min(size - seen);
            for touches in desk.store().touches(seen, count)? {
                register |= touches == Touches::Register;
                inventories |= touches == Touches::Inventories;
            }
            seen += count;
        }
        if register {
            desk.read_register()?;
        }
        if inventories {
            let followed = holdings.follow(desk, now)?;
            if followed.behind > 0 {
                tracing::warn!(
                    systems = followed.behind,
                    "systems have no document here: they must be published again"
                );
            }
        }
        (self.seen, self.first) = (size, false);
        Ok(())
    }
}
