//! RPM families: `epoch:version-release`, each part by `rpmvercmp` with `~` and `^`.
//!
//! Source: RPM 4.15 and later, `rpmio/rpmvercmp.c` and `rpmio/rpmver.c`. A missing epoch is zero.
//! A missing release comes before any release, as in `rpm.vercmp`; the *dependency* comparison of
//! RPM, which ignores the release when one side has none, is no order and is not offered here.
//! Every text that RPM reads is read.

use super::key::Writer;
use super::scan::Scan;

const TILDE: u8 = 0x01;
const END: u8 = 0x02;
const CARET: u8 = 0x03;
const LETTERS: u8 = 0x04;

const NO_RELEASE: u8 = 0x01;
const RELEASE: u8 = 0x02;

pub(super) fn write(text: &str, key: &mut Writer) {
    let (epoch, version, release) = split(text);
    key.number(epoch);
    write_part(version, key);
    match release {
        None => key.tag(NO_RELEASE),
        Some(release) => {
            key.tag(RELEASE);
            write_part(release, key);
        }
    }
}

/// Epoch, version and release; the epoch only when nothing but digits is before the colon.
pub(super) fn split(text: &str) -> (&[u8], &[u8], Option<&[u8]>) {
    let mut scan = Scan::new(text);
    let digits = scan.digits();
    let (epoch, rest): (&[u8], _) =
        if scan.eat(b':') { (digits, scan.rest) } else { (b"", text.as_bytes()) };
    match rest.iter().rposition(|byte| *byte == b'-') {
        Some(hyphen) => (epoch, &rest[..hyphen], Some(&rest[hyphen + 1..])),
        None => (epoch, rest, None),
    }
}

/// Runs of letters and of digits; what stands between them has no weight.
fn write_part(part: &[u8], key: &mut Writer) {
    let mut scan = Scan { rest: part };
    loop {
        scan.take_while(|byte| !byte.is_ascii_alphanumeric() && !matches!(byte, b'~' | b'^'));
        match scan.peek() {
            None => return key.tag(END),
            Some(b'~') => {
                scan.eat(b'~');
                key.tag(TILDE);
            }
            Some(b'^') => {
                scan.eat(b'^');
                key.tag(CARET);
            }
            Some(digit) if digit.is_ascii_digit() => key.number(scan.digits()),
            Some(_) => {
                key.tag(LETTERS);
                key.word(scan.letters());
            }
        }
    }
}
