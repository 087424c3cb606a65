//! Pages of names: every system there is, and whether one is in an answer.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::bytes::wide;
use super::segment::SegmentError;
use super::snapshot::{Home, Snapshot};
use super::{SystemName, SystemNameBuf};

impl Snapshot {
    /// The next living systems by name, at most `limit`, after the one given.
    ///
    /// # Errors
    /// [`SegmentError`] when names cannot be read.
    pub fn systems(
        &self,
        after: Option<SystemName<'_>>,
        limit: usize,
    ) -> Result<Vec<SystemNameBuf>, SegmentError> {
        let mut heads = BinaryHeap::new();
        let mut room = Vec::new();
        for source in 0..self.parts.len() + self.flats.len() {
            if let Some((name, number)) = self.living(source, 0, after, &mut room)? {
                heads.push(Reverse((name, source, number)));
            }
        }
        let mut page = Vec::new();
        while page.len() < limit {
            let Some(Reverse((name, source, number))) = heads.pop() else { break };
            page.push(name);
            if let Some((name, number)) = self.living(source, number + 1, None, &mut room)? {
                heads.push(Reverse((name, source, number)));
            }
        }
        Ok(page)
    }

    /// The first living system of a segment or flat from a number on, past a name.
    fn living(
        &self,
        source: usize,
        from: u32,
        after: Option<SystemName<'_>>,
        room: &mut Vec<u8>,
    ) -> Result<Option<(SystemNameBuf, u32)>, SegmentError> {
        let mut number = from;
        loop {
            let (name, dead) = match self.parts.get(source) {
                Some(part) if number < part.segment.size().systems => {
                    let name = part.segment.system_name(number, room)?.to_owned();
                    (name, part.dead.has(number))
                }
                Some(_) => return Ok(None),
                None => {
                    let part = &self.flats[source - self.parts.len()];
                    let Some(name) = part.flat.systems.get(wide(number)) else { return Ok(None) };
                    (name.as_ref().clone(), part.dead.has(number))
                }
            };
            if !dead && after.is_none_or(|after| name.borrowed() > after) {
                return Ok(Some((name, number)));
            }
            number += 1;
        }
    }
}

impl super::snapshot::Answer<'_> {
    /// Whether a system is among the affected, or among the doubtful ones.
    ///
    /// # Errors
    /// [`SegmentError`] when names cannot be read.
    pub fn holds(&self, affected: bool, name: SystemName<'_>) -> Result<bool, SegmentError> {
        let set = usize::from(!affected);
        Ok(match self.snapshot.find(name)? {
            None => false,
            Some(Home::Part(part, system)) => self.scratch.parts[part][set].systems().has(system),
            Some(Home::Flat(flat, system)) => {
                self.scratch.flats[flat][set].binary_search(&system).is_ok()
            }
        })
    }
}
