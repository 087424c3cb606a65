//! What entries are about, without opening them: enough to know which copies in memory are behind.

use bongsu_ledger::leaf::Leaf;
use jiff::Timestamp;

use crate::codes;
use crate::error::Error;
use crate::keep;
use crate::log::{Log, int};
use crate::port::{Scope, ask};
use crate::rows::odd;
use crate::sql;
use crate::store::Store;

/// What an entry is about.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Touches {
    /// Institutions, officers or delegations.
    Register,
    /// Inventories of systems.
    Inventories,
    /// Cases, acts and obligations.
    Work,
}

impl Store {
    /// When the last entry was recorded; nothing where there is none.
    pub fn last_recorded_at(&self) -> Result<Option<Timestamp>, Error> {
        self.read(Scope::Node, |read| Ok(Log::load(read)?.last_at()))
    }

    /// What each of `count` entries from a position on is about; fewer where the log ends before.
    pub fn touches(&self, from: u64, count: u64) -> Result<Vec<Touches>, Error> {
        self.read(Scope::Node, |read| {
            let with = [int(from), int(from.saturating_add(count))];
            let rows = keep::rows(read, ask(sql::LEAVES, &with))?;
            let touches = rows.iter().map(|row| {
                let leaf = Leaf::from_bytes(row.bytes(0)?);
                let leaf = leaf.map_err(|error| odd(error.to_string()))?;
                Ok(codes::touches(leaf.kind.0))
            });
            touches.collect()
        })
    }
}
