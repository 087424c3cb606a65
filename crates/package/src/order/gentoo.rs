//! Gentoo: Package Manager Specification, chapter 3.
//!
//! Shape: `1.2.3b_rc1_p2-r4`; anything else is unreadable. Numbers after the first are compared as
//! text without the zeros at their end when either begins with zero; more numbers come later; a
//! missing suffix number and a missing revision are zero.

use super::key::Writer;
use super::scan::{Scan, sure};

const END_OF_NUMBERS: u8 = 0x01;
const ZERO_FIRST: u8 = 0x02;
const NO_LETTER: u8 = 0x00;
const END_OF_SUFFIXES: u8 = 0x05;
const SUFFIXES: [(&[u8], u8); 5] =
    [(b"alpha", 0x01), (b"beta", 0x02), (b"pre", 0x03), (b"rc", 0x04), (b"p", 0x06)];

pub(super) fn write(text: &str, key: &mut Writer) -> Option<()> {
    let mut scan = Scan::new(text);
    key.number(scan.number()?);
    while scan.eat(b'.') {
        let digits = scan.number()?;
        if digits.starts_with(b"0") {
            let zeros = digits.iter().rev().take_while(|digit| **digit == b'0').count();
            key.tag(ZERO_FIRST);
            key.word(&digits[..digits.len() - zeros]);
        } else {
            key.number(digits);
        }
    }
    key.tag(END_OF_NUMBERS);
    match scan.peek().filter(u8::is_ascii_lowercase) {
        Some(letter) => {
            scan.eat(letter);
            key.tag(letter);
        }
        None => key.tag(NO_LETTER),
    }
    while scan.eat(b'_') {
        let name = scan.letters();
        let (_, tag) = SUFFIXES.iter().find(|(known, _)| *known == name)?;
        key.tag(*tag);
        key.number(scan.digits());
    }
    key.tag(END_OF_SUFFIXES);
    if scan.eat(b'-') {
        sure(scan.eat(b'r'))?;
        key.number(scan.number()?);
    } else {
        key.number(b"");
    }
    sure(scan.is_done())
}
