//! The systems of a segment, in order, while it is being written.

use super::SystemName;
use super::bytes::{narrow, put_u32, put_u64};
use super::layout::NAMES_CHUNK;

/// Systems in the order of their names: numbered contiguously within an institution, and
/// institutions within a ministry.
#[derive(Debug, Default)]
pub(super) struct Roster {
    ministries: Vec<(u32, String)>,
    institutions: Vec<(u32, u32, String)>,
    names: Vec<u8>,
    chunks: Vec<(u64, u32, u32)>,
    chunk_ends: Vec<u32>,
    chunk_text: Vec<u8>,
    systems: u32,
}

/// How many of each a finished roster has.
pub(super) struct RosterSize {
    pub(super) systems: u32,
    pub(super) institutions: u32,
    pub(super) ministries: u32,
}

impl Roster {
    /// Adds the next system and gives its number. Names come in ascending order, each once.
    pub(super) fn push(&mut self, name: SystemName<'_>) -> u32 {
        let new_ministry = self.ministries.last().is_none_or(|(_, last)| last != name.ministry);
        if new_ministry {
            self.ministries.push((narrow(self.institutions.len()), name.ministry.to_owned()));
        }
        let new_institution = new_ministry
            || self.institutions.last().is_none_or(|(.., last)| last != name.institution);
        if new_institution {
            let ministry = narrow(self.ministries.len() - 1);
            self.institutions.push((self.systems, ministry, name.institution.to_owned()));
        }
        self.chunk_text.extend_from_slice(name.system.as_bytes());
        self.chunk_ends.push(narrow(self.chunk_text.len()));
        if self.chunk_ends.len() == NAMES_CHUNK {
            self.close_chunk();
        }
        self.systems += 1;
        self.systems - 1
    }

    fn close_chunk(&mut self) {
        let begin = self.names.len();
        for end in &self.chunk_ends {
            put_u32(&mut self.names, *end);
        }
        self.names.extend_from_slice(&self.chunk_text);
        let chunk = &self.names[begin..];
        self.chunks.push((begin as u64, narrow(chunk.len()), crc32fast::hash(chunk)));
        self.chunk_ends.clear();
        self.chunk_text.clear();
    }

    /// The places and the names as they stand in a segment.
    pub(super) fn finish(mut self) -> (RosterSize, Vec<u8>, Vec<u8>) {
        if !self.chunk_ends.is_empty() {
            self.close_chunk();
        }
        let mut places = Vec::new();
        let mut end = 0;
        for (first, name) in &self.ministries {
            end += name.len();
            put_u32(&mut places, *first);
            put_u32(&mut places, narrow(end));
        }
        for (first, ministry, name) in &self.institutions {
            end += name.len();
            put_u32(&mut places, *first);
            put_u32(&mut places, *ministry);
            put_u32(&mut places, narrow(end));
        }
        for (at, len, crc) in &self.chunks {
            put_u64(&mut places, *at);
            put_u32(&mut places, *len);
            put_u32(&mut places, *crc);
        }
        let ministries = self.ministries.iter().map(|(_, name)| name);
        for name in ministries.chain(self.institutions.iter().map(|(.., name)| name)) {
            places.extend_from_slice(name.as_bytes());
        }
        let size = RosterSize {
            systems: self.systems,
            institutions: narrow(self.institutions.len()),
            ministries: narrow(self.ministries.len()),
        };
        (size, places, self.names)
    }
}
