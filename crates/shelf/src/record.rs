//! One record of the log: a system's inventory, or that it is gone.
//!
//! ```text
//! record    mark 4 bytes | length u32 | CRC-32 of length and payload u32 | payload
//! payload   0 and the body, or 1 and the body's length u32 and the body under zstd
//! body      1 set or 2 remove | ministry | institution | system | rows
//! rows      count | key, scheme's number, version; each text a length and its bytes
//! ```
//! Lengths and counts are varints; a version's length is one more than it is, 0 when absent.

use bongsu_matching::index::{Entry, SystemName, scheme_code, scheme_of_code};
use bongsu_package::Scheme;

use crate::Error;

/// What a record begins with: bytes that are no text in UTF-8, so that inventories seldom hold them.
pub(crate) const MARK: [u8; 4] = [0xf5, b'B', b'R', 0xfe];
/// Bytes before the payload.
pub(crate) const HEAD: usize = 12;
/// The largest body: a million rows of long names.
const LIMIT: usize = 256 << 20;

/// What a record says.
#[derive(Debug, Eq, PartialEq)]
pub(crate) enum Record<'a> {
    /// This is now the inventory of the system.
    Set(SystemName<'a>, Vec<Entry<'a>>),
    /// The system is gone.
    Remove(SystemName<'a>),
}

/// A record as bytes.
pub(crate) fn encode(record: &Record<'_>, compress: bool) -> Result<Vec<u8>, Error> {
    let mut body = Vec::with_capacity(512);
    match record {
        Record::Set(name, entries) => {
            body.push(1);
            put_name(&mut body, name);
            put_number(&mut body, entries.len());
            for entry in entries {
                put_text(&mut body, entry.key);
                body.push(scheme_code(entry.scheme));
                match entry.version {
                    None => put_number(&mut body, 0),
                    Some(text) => {
                        put_number(&mut body, text.len() + 1);
                        body.extend_from_slice(text.as_bytes());
                    }
                }
            }
        }
        Record::Remove(name) => {
            body.push(2);
            put_name(&mut body, name);
        }
    }
    let bytes = body.len();
    let len = u32::try_from(bytes).ok().filter(|_| bytes <= LIMIT);
    let len = len.ok_or(Error::TooLarge { bytes, limit: LIMIT })?;
    let mut out = Vec::with_capacity(HEAD + 1 + body.len());
    out.extend_from_slice(&[0; HEAD]);
    let squeezed = compress.then(|| zstd::bulk::compress(&body, 3).ok()).flatten();
    if let Some(squeezed) = squeezed.filter(|squeezed| squeezed.len() + 4 < body.len()) {
        out.push(1);
        out.extend_from_slice(&len.to_le_bytes());
        out.extend_from_slice(&squeezed);
    } else {
        out.push(0);
        out.extend_from_slice(&body);
    }
    let len = u32::try_from(out.len() - HEAD).unwrap_or(u32::MAX).to_le_bytes();
    let crc = checksum(len, &out[HEAD..]);
    out[..4].copy_from_slice(&MARK);
    out[4..8].copy_from_slice(&len);
    out[8..HEAD].copy_from_slice(&crc.to_le_bytes());
    Ok(out)
}

fn checksum(len: [u8; 4], payload: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(&len);
    hasher.update(payload);
    hasher.finalize()
}

/// The payload of the record that begins `bytes`, if one does and it is whole.
pub(crate) fn payload(bytes: &[u8]) -> Option<&[u8]> {
    let head = bytes.first_chunk::<HEAD>()?;
    let [mark @ .., _, _, _, _, _, _, _, _] = *head;
    if mark != MARK {
        return None;
    }
    let len = [head[4], head[5], head[6], head[7]];
    let crc = u32::from_le_bytes([head[8], head[9], head[10], head[11]]);
    let payload = bytes.get(HEAD..HEAD.checked_add(u32::from_le_bytes(len) as usize)?)?;
    (checksum(len, payload) == crc).then_some(payload)
}

/// The body of a payload, in `room` if it was compressed.
pub(crate) fn body<'a>(payload: &'a [u8], room: &'a mut Vec<u8>) -> Option<&'a [u8]> {
    match payload.split_first()? {
        (0, body) => Some(body),
        (1, rest) => {
            let (len, squeezed) = rest.split_first_chunk::<4>()?;
            let len = u32::from_le_bytes(*len) as usize;
            *room = zstd::bulk::decompress(squeezed, len.min(LIMIT)).ok()?;
            (room.len() == len).then_some(room)
        }
        _ => None,
    }
}

/// Reads a body.
pub(crate) fn decode(body: &[u8]) -> Option<Record<'_>> {
    let (kind, mut rest) = body.split_first()?;
    let rest = &mut rest;
    let ministry = text(rest)?;
    let institution = text(rest)?;
    let name = SystemName { ministry, institution, system: text(rest)? };
    match kind {
        1 => {
            let count = number(rest)?;
            // A row takes three bytes at least: no room is made for more than can be there.
            let mut entries = Vec::with_capacity(count.min(rest.len() / 3 + 1));
            for _ in 0..count {
                let key = text(rest)?;
                let (scheme, after) = rest.split_first()?;
                *rest = after;
                let version = match number(rest)? {
                    0 => None,
                    len => Some(take(rest, len - 1)?),
                };
                let scheme = scheme_of_code(*scheme).unwrap_or(Scheme::Generic);
                entries.push(Entry { key, scheme, version });
            }
            rest.is_empty().then_some(Record::Set(name, entries))
        }
        2 => rest.is_empty().then_some(Record::Remove(name)),
        _ => None,
    }
}

fn put_name(out: &mut Vec<u8>, name: &SystemName<'_>) {
    put_text(out, name.ministry);
    put_text(out, name.institution);
    put_text(out, name.system);
}

fn put_text(out: &mut Vec<u8>, text: &str) {
    put_number(out, text.len());
    out.extend_from_slice(text.as_bytes());
}

fn put_number(out: &mut Vec<u8>, mut number: usize) {
    while number >= 0x80 {
        out.push(number.to_le_bytes()[0] | 0x80);
        number >>= 7;
    }
    out.push(number.to_le_bytes()[0]);
}

fn number(bytes: &mut &[u8]) -> Option<usize> {
    let mut number = 0_u64;
    for shift in (0..35).step_by(7) {
        let (byte, rest) = bytes.split_first()?;
        *bytes = rest;
        number |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return usize::try_from(number).ok();
        }
    }
    None
}

fn take<'a>(bytes: &mut &'a [u8], len: usize) -> Option<&'a str> {
    let (taken, rest) = bytes.split_at_checked(len)?;
    *bytes = rest;
    std::str::from_utf8(taken).ok()
}

fn text<'a>(bytes: &mut &'a [u8]) -> Option<&'a str> {
    let len = number(bytes)?;
    take(bytes, len)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_reads_back_and_any_flipped_bit_is_seen() {
        let name = SystemName { ministry: "보건", institution: "i", system: "" };
        let entries: Vec<Entry<'_>> = (0..40)
            .map(|row| Entry {
                key: ["e:npm/left-pad", "v:a\u{1f}b", ""][row % 3],
                scheme: [Scheme::Npm, Scheme::Deb][row % 2],
                version: [None, Some(""), Some("1.2.3")][row % 3],
            })
            .collect();
        for record in
            [Record::Set(name, entries), Record::Set(name, Vec::new()), Record::Remove(name)]
        {
            for compress in [false, true] {
                let bytes = encode(&record, compress).unwrap();
                let mut room = Vec::new();
                let payload_bytes = payload(&bytes).unwrap();
                assert_eq!(decode(body(payload_bytes, &mut room).unwrap()).unwrap(), record);
                for at in 0..bytes.len() {
                    assert_eq!(payload(&bytes[..at]), None, "cut at {at}");
                    let mut flipped = bytes.clone();
                    flipped[at] ^= 1 << (at % 8);
                    assert_eq!(payload(&flipped), None, "byte {at}");
                }
            }
        }
    }
}
