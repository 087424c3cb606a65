//! The honest fallback: what nearly every vendor means, and *cannot tell* for the rest.
//!
//! Comparers that read everything are wrong for one pair in ten to one in three. This one reads
//! dotted numbers (`v` before them, `(3)` as Cisco writes them), then at most one letter
//! (`9.3.2a`) and known words, each with at most one number behind it (`-rc1`, `SP2`,
//! ` Update 3`, ` build 4711`), which may go on after a dot (`R11.4`) or end in one letter (`U3o`).
//! Zeros at the end of the numbers carry no weight. A bare number after a hyphen is a build, later
//! than none (`13.1-48.47`).
//!
//! Whatever else there is makes the version unreadable: wildcards, unknown words, `+`, commit
//! hashes, several letters.

use super::key::{FIRST_NUMBER, Writer};
use super::scan::{Scan, some, sure};

const END: u8 = 0x07;
const _: () = assert!(END < FIRST_NUMBER);
/// After the numbers, before `END`: stages that lead to a version, the earliest first.
const BEFORE: [(&[u8], u8); 17] = [
    (b"nightly", 0x01),
    (b"snapshot", 0x01),
    (b"dev", 0x01),
    (b"alpha", 0x02),
    (b"a", 0x02),
    (b"beta", 0x03),
    (b"b", 0x03),
    (b"milestone", 0x04),
    (b"m", 0x04),
    (b"preview", 0x05),
    (b"pre", 0x05),
    (b"rc", 0x06),
    (b"cr", 0x06),
    (b"release", END),
    (b"final", END),
    (b"ga", END),
    (b"lts", END),
];

const LETTER: u8 = 0x08;
const BUILD_NUMBER: u8 = 0x09;
const _: () = assert!(END < LETTER && 0x0F < FIRST_NUMBER);
/// What comes after a version and before every longer one (`10.2.0-h3` before `10.2.1`, whose zero
/// carries no weight), the least first. Two products never share a line with two of
/// these, so the order between them is only there to have one.
const AFTER: [(&[u8], u8); 16] = [
    (b"build", BUILD_NUMBER),
    // PAN-OS: `10.2.9-h1` is the first hotfix of `10.2.9`.
    (b"h", 0x0A),
    (b"hotfix", 0x0A),
    (b"hf", 0x0A),
    (b"p", 0x0B),
    (b"pl", 0x0B),
    (b"patch", 0x0B),
    (b"rev", 0x0C),
    (b"r", 0x0C),
    (b"rollup", 0x0D),
    (b"cu", 0x0D),
    (b"u", 0x0E),
    (b"update", 0x0E),
    (b"sp", 0x0F),
    (b"servicepack", 0x0F),
    // Junos: `21.2R3-S8` comes after `21.2R3` and before `21.2R4`.
    (b"s", 0x0F),
];

pub(super) fn write(text: &str, key: &mut Writer) -> Option<()> {
    // Versions copied out of CPE names keep their escapes: `9.12\(4\)`.
    if text.contains('\\') {
        return write(&text.replace('\\', ""), key);
    }
    let mut scan = Scan::new(text);
    if !scan.eat_word(b"version ") {
        scan.eat_any(b"vV");
    }
    write_numbers(&mut scan, key)?;
    write_suffixes(&mut scan, key)
}

/// Whether a stage before the version is named.
pub(super) fn is_prerelease(text: &str) -> Option<bool> {
    write(text, &mut Writer::new())?;
    let mut scan = Scan::new(text);
    scan.take_while(|byte| !byte.is_ascii_digit());
    scan.take_while(|byte| !byte.is_ascii_alphabetic());
    let word = scan.letters().to_ascii_lowercase();
    let stage = BEFORE.iter().any(|(known, tag)| *known == word && *tag != END);
    // `1.0a` is a letter, `1.0a1` an alpha.
    Some(stage && (word.len() > 1 || !scan.is_done()))
}

/// `12.2`, `9.12(4)29`.
pub(super) fn write_numbers(scan: &mut Scan<'_>, key: &mut Writer) -> Option<()> {
    let start = scan.rest;
    scan.number()?;
    loop {
        let before = *scan;
        let more = match scan.eat_any(b".(") {
            Some(b'.') => some(scan.digits()).is_some(),
            Some(_) => in_parentheses(scan),
            None => false,
        };
        if !more {
            *scan = before;
            break;
        }
    }
    let front = &start[..start.len() - scan.rest.len()];
    key.numbers_trimmed(front.split(|byte| !byte.is_ascii_digit()).filter(|n| !n.is_empty()));
    Some(())
}

/// `4)29`: the number inside and perhaps one right after. Letters there (`15.2(4)M5`) name a train
/// of IOS; trains are not one line.
fn in_parentheses(scan: &mut Scan<'_>) -> bool {
    let inside = !scan.digits().is_empty() && scan.eat(b')');
    inside && {
        scan.digits();
        !scan.peek().is_some_and(|next| next.is_ascii_alphabetic())
    }
}

pub(super) fn write_suffixes(scan: &mut Scan<'_>, key: &mut Writer) -> Option<()> {
    write_letter(scan, key);
    while !scan.is_done() {
        write_suffix(scan, key)?;
    }
    key.tag(END);
    Some(())
}

/// A letter that nothing but the end or a separator follows.
fn write_letter(scan: &mut Scan<'_>, key: &mut Writer) {
    if let [letter, rest @ ..] = scan.rest
        && letter.is_ascii_alphabetic()
        && !rest.first().is_some_and(u8::is_ascii_alphanumeric)
    {
        key.tag(LETTER);
        key.tag(letter.to_ascii_lowercase());
        scan.rest = rest;
    }
}

/// `-rc1`, ` SP 2`, `_p3`, `-4711`.
fn write_suffix(scan: &mut Scan<'_>, key: &mut Writer) -> Option<()> {
    let separator = scan.eat_any(b"-_ .");
    if separator == Some(b' ') {
        scan.eat_any(b"-(");
    }
    let word = scan.letters().to_ascii_lowercase();
    if word.is_empty() {
        sure(separator == Some(b'-'))?;
        key.tag(BUILD_NUMBER);
        key.number(scan.number()?);
        write_tail(scan, key);
        return Some(());
    }
    if word == b"service" {
        sure(scan.eat_word(b" pack"))?;
    }
    let word: &[u8] = if word == b"service" { b"servicepack" } else { &word };
    let (_, tag) = BEFORE.iter().chain(&AFTER).find(|(known, _)| *known == word)?;
    if *tag == END {
        return Some(());
    }
    let before = *scan;
    scan.eat_any(b".- ");
    let number = scan.digits();
    if number.is_empty() {
        *scan = before;
    }
    // One letter alone is a stage only with its number, and a build without one says nothing.
    sure(!number.is_empty() || (word.len() > 1 && *tag != BUILD_NUMBER))?;
    key.tag(*tag);
    key.number(number);
    if !number.is_empty() {
        write_tail(scan, key);
    }
    Some(())
}

/// What a suffix's number may go on with: numbers after dots (`R11.4`), then one letter (`U3o`).
fn write_tail(scan: &mut Scan<'_>, key: &mut Writer) {
    loop {
        let before = *scan;
        let more = scan.eat(b'.').then(|| scan.digits()).filter(|digits| !digits.is_empty());
        let Some(digits) = more else {
            *scan = before;
            break;
        };
        key.number(digits);
    }
    write_letter(scan, key);
}
