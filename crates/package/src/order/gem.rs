//! RubyGems: `Gem::Version`.
//!
//! Runs of digits and letters are segments; a hyphen means `.pre.`; a word comes before a number,
//! a missing segment is zero, and zeros at the end of the numbers and at the end of the whole
//! carry no weight. Source: `Gem::Version#<=>` of RubyGems 3.
//!
//! Missing segments being zero means that the end of a version equals any run of zeros, so a run
//! of zeros is written together with what follows it: before a word it sorts below the end, before
//! a number above.

use super::key::{FIRST_NUMBER, Writer, is_zero};
use super::scan::{Scan, sure};

const WORD: u8 = 0x01;
const ZEROS_WORD: u8 = 0x02;
const END: u8 = 0x03;
const ZEROS_NUMBER: u8 = 0x04;
const _: () = assert!(ZEROS_NUMBER < FIRST_NUMBER);

pub(super) fn write(text: &str, key: &mut Writer) -> Option<()> {
    sure(is_well_formed(text))?;
    let mut zeros = 0_u64;
    // Zeros between the last number and the first word carry no weight: `1.0.a` is `1.a`.
    let mut seen_word = false;
    let mut scan = Scan::new(text);
    while let Some(next) = scan.peek() {
        if next.is_ascii_digit() {
            let digits = scan.digits();
            if is_zero(digits) {
                zeros += 1;
                continue;
            }
            if zeros > 0 {
                key.tag(ZEROS_NUMBER);
                key.count_down(zeros);
            }
            key.number(digits);
            zeros = 0;
        } else if next.is_ascii_alphabetic() || next == b'-' {
            let word: &[u8] = if scan.eat(b'-') { b"pre" } else { scan.letters() };
            if zeros > 0 && seen_word {
                key.tag(ZEROS_WORD);
                key.count(zeros);
            } else {
                key.tag(WORD);
            }
            key.word(word);
            zeros = 0;
            seen_word = true;
        } else {
            scan.eat(next);
        }
    }
    key.tag(END);
    Some(())
}

/// A gem with a letter (or a hyphen, which is `.pre.`) is a pre-release.
pub(super) fn is_prerelease(text: &str) -> Option<bool> {
    sure(is_well_formed(text))?;
    Some(text.bytes().any(|byte| byte.is_ascii_alphabetic() || byte == b'-'))
}

/// `1.2.a3-b.4`: begins with a number; dots and the first hyphen stand between segments.
fn is_well_formed(text: &str) -> bool {
    let (front, back) = match text.split_once('-') {
        Some((front, back)) => (front, Some(back)),
        None => (text, None),
    };
    let mut segments = front.split('.');
    let number = segments.next().is_some_and(|first| filled(first, |b| b.is_ascii_digit()));
    number
        && segments.all(|segment| filled(segment, |b| b.is_ascii_alphanumeric()))
        && back.is_none_or(|back| {
            back.split('.').all(|part| filled(part, |b| b.is_ascii_alphanumeric() || b == b'-'))
        })
}

fn filled(segment: &str, pleases: impl Fn(u8) -> bool) -> bool {
    !segment.is_empty() && segment.bytes().all(pleases)
}
