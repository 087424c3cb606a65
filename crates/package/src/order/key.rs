//! Sort keys: bytes whose own order is the order of the versions.
//!
//! Every scheme writes a version as bytes such that comparing two keys byte by byte compares the
//! versions. A preorder then needs no proof a scheme, a comparison never parses, and an index may
//! sort keys it took from anywhere. What each scheme owes is a *prefix-free* code: where one
//! element can end and another go on, the byte that says so is written.
//!
//! Bytes below [`FIRST_NUMBER`] and above [`LAST_NUMBER`] are the scheme's own tags, so that
//! whatever can stand where a number can stand sorts below or above all numbers.

/// Numbers begin with a byte from here ...
pub(super) const FIRST_NUMBER: u8 = 0x10;
/// ... to here.
pub(super) const LAST_NUMBER: u8 = HUGE;

/// Up to here a number is one byte.
const LAST_SMALL: u8 = 0xCF;
/// Plus the count of bytes (1 to 8) of a `u64` without leading zero bytes.
const SIZED: u8 = 0xD0;
/// A number beyond `u64`: count of digits in four bytes, then the digits.
const HUGE: u8 = 0xD9;
/// Ends a word; no word contains it.
const END_OF_WORD: u8 = 0x00;

/// Most keys fit here, so a version is usually one allocation, that of its text.
const INLINE: usize = 22;
/// Most keys fit here while they are being written.
const DESK: usize = 64;

/// A finished key.
#[derive(Clone)]
pub(super) enum Key {
    /// A short one.
    Inline {
        /// How many of the bytes are used.
        len: u8,
        /// The bytes.
        bytes: [u8; INLINE],
    },
    /// A longer one.
    Heap(Box<[u8]>),
    /// The text itself is the key.
    Text,
}

/// A key being written.
pub(super) struct Writer {
    desk: [u8; DESK],
    len: usize,
    /// Takes over once the desk is full.
    spill: Vec<u8>,
}

impl Writer {
    pub(super) fn new() -> Self {
        Self { desk: [0; DESK], len: 0, spill: Vec::new() }
    }

    /// The bytes written so far.
    pub(super) fn bytes(&self) -> &[u8] {
        if self.spill.is_empty() { &self.desk[..self.len] } else { &self.spill }
    }

    /// Packs the key for keeping.
    pub(super) fn finish(self) -> Key {
        let written = self.bytes();
        match u8::try_from(written.len()) {
            Ok(len) if written.len() <= INLINE => {
                let mut bytes = [0; INLINE];
                bytes[..written.len()].copy_from_slice(written);
                Key::Inline { len, bytes }
            }
            _ => Key::Heap(written.into()),
        }
    }

    /// Writes one byte of structure.
    #[inline]
    pub(super) fn tag(&mut self, tag: u8) {
        match self.desk.get_mut(self.len) {
            Some(place) if self.spill.is_empty() => {
                *place = tag;
                self.len += 1;
            }
            _ => self.raw(&[tag]),
        }
    }

    /// Writes bytes as they are; the caller sees to it that the code stays prefix-free.
    pub(super) fn raw(&mut self, bytes: &[u8]) {
        if self.spill.is_empty() {
            if let Some(place) = self.desk.get_mut(self.len..self.len + bytes.len()) {
                place.copy_from_slice(bytes);
                self.len += bytes.len();
                return;
            }
            self.spill.reserve(DESK * 2 + bytes.len());
            self.spill.extend_from_slice(&self.desk[..self.len]);
        }
        self.spill.extend_from_slice(bytes);
    }

    /// Writes a number, any length; `digits` are ASCII digits, none means zero.
    pub(super) fn number(&mut self, digits: &[u8]) {
        let digits = without_leading_zeros(digits);
        if let Some(value) = small(digits) {
            return self.count(value);
        }
        self.tag(HUGE);
        // Texts are far shorter than 4 GiB, so the count always fits.
        let count = u32::try_from(digits.len()).unwrap_or(u32::MAX);
        self.raw(&count.to_be_bytes());
        self.raw(digits);
    }

    /// Writes a number that fits.
    pub(super) fn count(&mut self, value: u64) {
        match u8::try_from(value) {
            Ok(value) if value <= LAST_SMALL - FIRST_NUMBER => self.tag(FIRST_NUMBER + value),
            _ => {
                let bytes = value.to_be_bytes();
                let skip = bytes.iter().take_while(|byte| **byte == 0).count();
                // At most eight.
                #[expect(clippy::cast_possible_truncation, reason = "at most eight")]
                self.tag(SIZED + (bytes.len() - skip) as u8);
                self.raw(&bytes[skip..]);
            }
        }
    }

    /// Writes a number so that the greater one sorts first.
    pub(super) fn count_down(&mut self, value: u64) {
        let mut upside = Self::new();
        upside.count(value);
        for byte in upside.bytes() {
            self.tag(!byte);
        }
    }

    /// Writes a word in byte order; the shorter of two with one beginning sorts first.
    pub(super) fn word(&mut self, word: &[u8]) {
        self.raw(word);
        self.tag(END_OF_WORD);
    }

    /// Writes a word, ASCII letters without case.
    pub(super) fn word_lower(&mut self, word: &[u8]) {
        for byte in word {
            self.tag(byte.to_ascii_lowercase());
        }
        self.tag(END_OF_WORD);
    }

    /// Writes numbers so that zeros at the end carry no weight.
    ///
    /// Whatever is written next must begin with a byte below [`FIRST_NUMBER`].
    pub(super) fn numbers_trimmed<'a>(&mut self, numbers: impl Iterator<Item = &'a [u8]>) {
        let mut zeros = 0_usize;
        for number in numbers {
            if is_zero(number) {
                zeros += 1;
                continue;
            }
            for _ in 0..zeros {
                self.tag(FIRST_NUMBER);
            }
            zeros = 0;
            self.number(number);
        }
    }
}

/// The digits without leading zeros; zero is no digits at all.
pub(super) fn without_leading_zeros(digits: &[u8]) -> &[u8] {
    let zeros = digits.iter().take_while(|digit| **digit == b'0').count();
    &digits[zeros..]
}

/// Whether these digits say zero.
pub(super) fn is_zero(digits: &[u8]) -> bool {
    without_leading_zeros(digits).is_empty()
}

/// The value of digits that fit in a `u64`.
fn small(digits: &[u8]) -> Option<u64> {
    if digits.len() > 20 {
        return None;
    }
    digits
        .iter()
        .try_fold(0_u64, |value, digit| value.checked_mul(10)?.checked_add(u64::from(digit - b'0')))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(digits: &str) -> Vec<u8> {
        let mut writer = Writer::new();
        writer.number(digits.as_bytes());
        writer.bytes().to_vec()
    }

    #[test]
    fn number_keys_sort_as_numbers_across_every_change_of_width() {
        let huge = "9".repeat(10_000);
        let table = [
            "",
            "1",
            "9",
            "10",
            "191",
            "192",
            "255",
            "256",
            "65535",
            "65536",
            "4294967296",
            "18446744073709551615",
            "18446744073709551616",
            "99999999999999999999",
            "100000000000000000000",
            &huge,
        ];
        for pair in table.windows(2) {
            assert!(key(pair[0]) < key(pair[1]), "{} before {}", pair[0], pair[1]);
        }
        assert_eq!(key("000"), key(""));
        assert_eq!(key("00018446744073709551616"), key("18446744073709551616"));
    }

    #[test]
    fn no_number_key_is_the_beginning_of_another() {
        let table = ["", "191", "192", "49152", "300", "70000", "18446744073709551616"];
        for left in table {
            for right in table {
                assert!(left == right || !key(right).starts_with(&key(left)), "{left} {right}");
            }
        }
    }
}
