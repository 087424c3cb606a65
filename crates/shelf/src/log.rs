//! The log of inventories: append-only, and read past damage.

use std::ops::Range;

use crate::record::Record;
use crate::record::{HEAD, MARK, body, decode, payload};

/// What a log begins with.
pub(crate) const BEGIN: &[u8; 16] = b"bongsu log 1\n\0\0\0";

/// What was found in a stretch of log.
#[derive(Debug, Default)]
pub(crate) struct Scan {
    /// Whole records.
    pub(crate) records: Vec<Range<usize>>,
    /// Stretches that are no record, with whole records after them.
    pub(crate) damaged: Vec<Range<usize>>,
    /// Where the last whole record ends; what follows was never finished.
    pub(crate) end: usize,
}

/// Finds the records of a log from `from` on.
///
/// Bytes that are no record are passed over to the next whole record. Only if none follows are
/// they an unfinished write: a damaged record in the middle never costs those after it.
pub(crate) fn scan(bytes: &[u8], from: usize) -> Scan {
    let mut scan = Scan { end: from, ..Scan::default() };
    let mut at = from;
    while at < bytes.len() {
        if let Some(found) = payload(&bytes[at..]) {
            let end = at + HEAD + found.len();
            if at > scan.end {
                scan.damaged.push(scan.end..at);
            }
            scan.records.push(at..end);
            scan.end = end;
            at = end;
        } else {
            let next = bytes[at + 1..].windows(MARK.len()).position(|four| *four == MARK);
            let Some(next) = next else { break };
            at += 1 + next;
        }
    }
    scan
}

/// Reads a record that [`scan`] found; `None` if its checksum is right and its content is not.
pub(crate) fn read<'a>(bytes: &'a [u8], room: &'a mut Vec<u8>) -> Option<Record<'a>> {
    decode(body(payload(bytes)?, room)?)
}
