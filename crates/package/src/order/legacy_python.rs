//! Python versions from before PEP 440, in the order setuptools gave them.
//!
//! Source: `LegacyVersion` of `packaging` up to 21: runs of digits, runs of letters and whatever
//! stands between them are compared in turn; numbers come after words; `pre`, `preview` and `rc`
//! mean `c`, `dev` comes before all words and a hyphen means *after the final release*.
//!
//! Two deviations: numbers are compared by value (setuptools padded them to eight digits), and a
//! text that does not begin with a digit (after `v`) or is a bare commit hash is unreadable, since
//! `unknown` coming before all versions would make it affected by every flaw.

use super::key::Writer;
use super::scan::{Scan, sure};

const END: u8 = 0x01;
const WORD: u8 = 0x02;

/// A commit, in hexadecimal.
const HASH_LENGTHS: [usize; 2] = [40, 64];

pub(super) fn write(text: &str, key: &mut Writer) -> Option<()> {
    let first = text.strip_prefix(['v', 'V']).unwrap_or(text);
    sure(first.starts_with(|first: char| first.is_ascii_digit()))?;
    sure(text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._+!-".contains(&byte)))?;
    let hash = HASH_LENGTHS.contains(&text.len()) && text.bytes().all(|b| b.is_ascii_hexdigit());
    sure(!hash)?;

    let mut waiting = Waiting::default();
    let mut scan = Scan::new(text);
    while let Some(next) = scan.peek() {
        if next.is_ascii_digit() {
            waiting.number(scan.digits(), key);
        } else if next.is_ascii_alphabetic() {
            let word = scan.letters().to_ascii_lowercase();
            waiting.word(replaced(&word), key);
        } else if next == b'-' {
            scan.eat(next);
            waiting.word(b"final-", key);
        } else if next == b'.' {
            scan.eat(next);
        } else {
            let other = scan.take_while(|byte| matches!(byte, b'_' | b'+' | b'!'));
            waiting.word(other, key);
        }
    }
    waiting.word(b"final", key);
    key.tag(END);
    Some(())
}

fn replaced(word: &[u8]) -> &[u8] {
    match word {
        b"pre" | b"preview" | b"rc" => b"c",
        b"dev" => b"@",
        other => other,
    }
}

/// What has been read but may yet turn out to carry no weight.
#[derive(Default)]
struct Waiting {
    /// Hyphens and zeros in the order they came, a hyphen being `true`.
    hyphens_and_zeros: Vec<bool>,
}

impl Waiting {
    fn number(&mut self, digits: &[u8], key: &mut Writer) {
        if super::key::is_zero(digits) {
            self.hyphens_and_zeros.push(false);
        } else {
            self.flush(key);
            key.number(digits);
        }
    }

    /// A word lets the zeros before it go, and one before `final` the hyphens too.
    fn word(&mut self, word: &[u8], key: &mut Writer) {
        if word < b"final".as_slice() {
            while self.hyphens_and_zeros.last() == Some(&true) {
                self.hyphens_and_zeros.pop();
            }
        }
        while self.hyphens_and_zeros.last() == Some(&false) {
            self.hyphens_and_zeros.pop();
        }
        if word == b"final-" {
            self.hyphens_and_zeros.push(true);
            return;
        }
        self.flush(key);
        key.tag(WORD);
        key.word(word);
    }

    fn flush(&mut self, key: &mut Writer) {
        for hyphen in self.hyphens_and_zeros.drain(..) {
            if hyphen {
                key.tag(WORD);
                key.word(b"final-");
            } else {
                key.number(b"");
            }
        }
    }
}
