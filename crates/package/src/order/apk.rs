//! Alpine, Wolfi, Chainguard: apk-tools.
//!
//! Shape: `1.2.3a_rc1_p2~hash-r4`. Source: apk-tools 2.14 and 3, `src/version.c`, and apk-package(5).
//! What apk calls invalid is unreadable here. Numbers after the first are compared as text when
//! either begins with zero (`1.02` before `1.1`).

use super::key::Writer;
use super::scan::{Scan, some, sure};

/// In the order apk gives to what may follow equal beginnings.
const END: u8 = 0x05;
const REVISION: u8 = 0x06;
const HASH: u8 = 0x07;
const SUFFIX_NUMBER: u8 = 0x08;
const LETTER: u8 = 0x0E;
const ZERO_FIRST: u8 = 0x0F;

/// Suffixes before and after the version without one; `pre` stands before `p`, which begins it.
const SUFFIXES: [(&[u8], u8); 9] = [
    (b"alpha", 0x01),
    (b"beta", 0x02),
    (b"pre", 0x03),
    (b"rc", 0x04),
    (b"cvs", 0x09),
    (b"svn", 0x0A),
    (b"git", 0x0B),
    (b"hg", 0x0C),
    (b"p", 0x0D),
];

pub(super) fn write(text: &str, key: &mut Writer) -> Option<()> {
    let mut scan = Scan::new(text);
    key.number(scan.number()?);
    while scan.eat(b'.') {
        let digits = scan.number()?;
        if digits.starts_with(b"0") {
            key.tag(ZERO_FIRST);
            key.word(digits);
        } else {
            key.number(digits);
        }
    }
    if let Some(letter) = scan.peek().filter(u8::is_ascii_lowercase) {
        scan.eat(letter);
        key.raw(&[LETTER, letter]);
    }
    while scan.eat(b'_') {
        let name = scan.letters();
        let (_, tag) = SUFFIXES.iter().find(|(known, _)| *known == name)?;
        key.tag(*tag);
        if let Some(number) = some(scan.digits()) {
            key.tag(SUFFIX_NUMBER);
            key.number(number);
        }
    }
    if scan.eat(b'~') {
        let hash = some(scan.take_while(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')))?;
        key.tag(HASH);
        key.word(hash);
    }
    if scan.eat(b'-') {
        sure(scan.eat(b'r'))?;
        key.tag(REVISION);
        key.number(scan.number()?);
    }
    key.tag(END);
    sure(scan.is_done())
}
