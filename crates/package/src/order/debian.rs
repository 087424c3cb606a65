//! Debian and Ubuntu: deb-version(7), `epoch:upstream-revision`.
//!
//! Reads exactly what `dpkg --compare-versions` compares, warnings included (a version that does
//! not begin with a digit, odd characters), and refuses what it refuses: an empty version, an
//! empty revision after a hyphen, white space inside, an epoch that is no number or over
//! 2,147,483,647.

use super::key::Writer;
use super::scan::{Scan, sure};

const TILDE: u8 = 0x01;
const END: u8 = 0x02;
/// Before the character: all that is neither letter nor tilde sorts after the letters.
const OTHER: u8 = 0xFF;

const LARGEST_EPOCH: i64 = 2_147_483_647;

pub(super) fn write(text: &str, key: &mut Writer) -> Option<()> {
    sure(!text.bytes().any(|byte| byte.is_ascii_whitespace()))?;
    let (epoch, rest) = match text.split_once(':') {
        Some((epoch, rest)) => (self::epoch(epoch)?, rest),
        None => (0, text),
    };
    let (upstream, revision) = match rest.rsplit_once('-') {
        Some((upstream, revision)) => {
            sure(!revision.is_empty())?;
            (upstream, revision)
        }
        None => (rest, ""),
    };
    sure(!upstream.is_empty())?;
    key.count(epoch);
    write_part(upstream, key);
    write_part(revision, key);
    Some(())
}

/// A sign is let through, as `strtol` does in dpkg, so that `-0` is zero.
fn epoch(text: &str) -> Option<u64> {
    let epoch = text.parse::<i64>().ok().filter(|epoch| *epoch <= LARGEST_EPOCH)?;
    u64::try_from(epoch).ok()
}

/// Words and numbers in turn, a word first; both may be empty and an empty number is zero.
fn write_part(part: &str, key: &mut Writer) {
    let mut scan = Scan::new(part);
    loop {
        for byte in scan.take_while(|byte| !byte.is_ascii_digit()) {
            match *byte {
                b'~' => key.tag(TILDE),
                // Bytes of other scripts are what dpkg makes of a signed `char`: after letters,
                // before other signs.
                letter if letter.is_ascii_alphabetic() || !letter.is_ascii() => key.tag(letter),
                other => key.raw(&[OTHER, other]),
            }
        }
        key.tag(END);
        key.number(scan.digits());
        if scan.is_done() {
            // An endless tail of empty words and zeros, cut where it can no longer differ.
            return key.tag(END);
        }
    }
}
