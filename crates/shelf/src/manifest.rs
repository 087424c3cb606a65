//! The manifest: which files count.
//!
//! ```text
//! "bongsu index 1\n\0" 16 bytes | next number u64
//! log: number u64 | bytes of it that the segments hold u64
//! segments u32, then each: number u64 | length u64 | dead u32, then each u32
//! CRC-32 of all before u32
//! ```

use crate::Error;

/// Which files count.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct Manifest {
    /// The number the next file gets; no number is given twice.
    pub(crate) next: u64,
    /// The log.
    pub(crate) log: u64,
    /// How much of the log the segments hold, in bytes.
    pub(crate) held: u64,
    /// The segments, base first.
    pub(crate) segments: Vec<Shelved>,
}

/// A segment's file.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Shelved {
    /// Its number.
    pub(crate) number: u64,
    /// Its length in bytes.
    pub(crate) len: u64,
    /// The systems that are dead in it.
    pub(crate) dead: Vec<u32>,
}

/// The manifest's file.
pub(crate) const NAME: &str = "manifest";
const BEGIN: &[u8; 16] = b"bongsu index 1\n\0";

impl Manifest {
    /// The log's file.
    pub(crate) fn log_name(&self) -> String {
        log_name(self.log)
    }

    /// As bytes.
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut out = BEGIN.to_vec();
        for number in [self.next, self.log, self.held] {
            out.extend_from_slice(&number.to_le_bytes());
        }
        out.extend_from_slice(&count(self.segments.len()));
        for segment in &self.segments {
            out.extend_from_slice(&segment.number.to_le_bytes());
            out.extend_from_slice(&segment.len.to_le_bytes());
            out.extend_from_slice(&count(segment.dead.len()));
            segment.dead.iter().for_each(|dead| out.extend_from_slice(&dead.to_le_bytes()));
        }
        let crc = crc32fast::hash(&out);
        out.extend_from_slice(&crc.to_le_bytes());
        out
    }

    /// From bytes.
    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, Error> {
        Self::read(bytes).ok_or(Error::Manifest)
    }

    fn read(bytes: &[u8]) -> Option<Self> {
        let (mut rest, crc) = bytes.split_last_chunk::<4>()?;
        if crc32fast::hash(rest) != u32::from_le_bytes(*crc) {
            return None;
        }
        let rest = &mut rest;
        if take::<16>(rest)? != BEGIN {
            return None;
        }
        let mut manifest = Self {
            next: u64::from_le_bytes(*take(rest)?),
            log: u64::from_le_bytes(*take(rest)?),
            held: u64::from_le_bytes(*take(rest)?),
            segments: Vec::new(),
        };
        for _ in 0..u32::from_le_bytes(*take(rest)?) {
            let number = u64::from_le_bytes(*take(rest)?);
            let len = u64::from_le_bytes(*take(rest)?);
            let mut dead = Vec::new();
            for _ in 0..u32::from_le_bytes(*take(rest)?) {
                dead.push(u32::from_le_bytes(*take(rest)?));
            }
            manifest.segments.push(Shelved { number, len, dead });
        }
        rest.is_empty().then_some(manifest)
    }
}

/// The file of a log.
pub(crate) fn log_name(number: u64) -> String {
    format!("inventories-{number}.log")
}

/// The file of a segment.
pub(crate) fn segment_name(number: u64) -> String {
    format!("segment-{number}.index")
}

fn count(number: usize) -> [u8; 4] {
    u32::try_from(number).expect("fewer than 2^32 systems in a segment").to_le_bytes()
}

fn take<'a, const N: usize>(bytes: &mut &'a [u8]) -> Option<&'a [u8; N]> {
    let (taken, rest) = bytes.split_first_chunk::<N>()?;
    *bytes = rest;
    Some(taken)
}
