//! Little-endian numbers in byte slices, read without trust.

use super::segment::SegmentError;

/// The `u32` at byte `at`.
pub(super) fn u32_at(bytes: &[u8], at: usize) -> Result<u32, SegmentError> {
    bytes
        .get(at..)
        .and_then(|rest| rest.first_chunk::<4>())
        .map(|four| u32::from_le_bytes(*four))
        .ok_or(SegmentError::Torn("a number"))
}

/// The `u64` at byte `at`.
pub(super) fn u64_at(bytes: &[u8], at: usize) -> Result<u64, SegmentError> {
    bytes
        .get(at..)
        .and_then(|rest| rest.first_chunk::<8>())
        .map(|eight| u64::from_le_bytes(*eight))
        .ok_or(SegmentError::Torn("a number"))
}

/// `len` bytes from `at`.
pub(super) fn slice(bytes: &[u8], at: usize, len: usize) -> Result<&[u8], SegmentError> {
    at.checked_add(len).and_then(|end| bytes.get(at..end)).ok_or(SegmentError::Torn("a section"))
}

/// The text of `len` bytes from `at`.
pub(super) fn text(bytes: &[u8], at: usize, len: usize) -> Result<&str, SegmentError> {
    std::str::from_utf8(slice(bytes, at, len)?).map_err(|_| SegmentError::Torn("a text"))
}

/// A length or position as the format keeps it.
///
/// # Panics
/// Above 4 GiB or 2^32 things, which the builder's callers rule out: a segment holds one nation.
pub(super) fn narrow(number: usize) -> u32 {
    u32::try_from(number).expect("a segment numbers its things in 32 bits")
}

/// A `u32` as an index.
pub(super) const fn wide(number: u32) -> usize {
    number as usize
}

/// Appends a `u32`.
pub(super) fn put_u32(out: &mut Vec<u8>, number: u32) {
    out.extend_from_slice(&number.to_le_bytes());
}

/// Appends a `u64`.
pub(super) fn put_u64(out: &mut Vec<u8>, number: u64) {
    out.extend_from_slice(&number.to_le_bytes());
}

/// Sorts what is mostly sorted runs already: the stable sort finds and merges those, the unstable
/// one would begin anew.
#[allow(clippy::stable_sort_primitive, reason = "for its way with runs, not for its stability")]
pub(super) fn sort_runs<T: Ord>(list: &mut [T]) {
    list.sort();
}

/// A hash of a text that is the same on every machine and in every year: directories on disk
/// are sorted by it.
pub(super) fn stable_hash(text: &[u8]) -> u64 {
    const PRIME: u64 = 0x9e37_79b9_7f4a_7c15;
    let mut hash = PRIME ^ (text.len() as u64);
    let mut chunks = text.chunks_exact(8);
    for chunk in &mut chunks {
        let eight = chunk.first_chunk::<8>().map_or(0, |eight| u64::from_le_bytes(*eight));
        hash = fold(hash ^ eight, PRIME);
    }
    let mut last = [0; 8];
    last[..chunks.remainder().len()].copy_from_slice(chunks.remainder());
    fold(fold(hash ^ u64::from_le_bytes(last), PRIME), 0xd6e8_feb8_6659_fd93)
}

/// Multiplies to 128 bits and folds the halves: every input bit reaches every output bit.
#[allow(clippy::cast_possible_truncation, reason = "the halves of a 128-bit product")]
const fn fold(left: u64, right: u64) -> u64 {
    let product = (left as u128).wrapping_mul(right as u128);
    (product as u64) ^ ((product >> 64) as u64)
}
