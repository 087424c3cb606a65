//! Arch: pacman's `vercmp`, `epoch:version-release`.
//!
//! Source: pacman 6, `lib/libalpm/version.c`. Unlike in RPM, letters at the end come *before* the
//! version without them (`1.0rc` before `1.0`) and the number of separators has weight.
//!
//! Two limits, because `vercmp` itself is no order there. A missing release is the first one (`1`):
//! `vercmp` holds `1.0` equal to both `1.0-1` and `1.0-2`, which differ. A version or release that
//! ends with a separator (`1.0.`) is unreadable: with it `vercmp` runs in a circle.

use super::key::Writer;
use super::rpm::split;
use super::scan::{Scan, sure};

const LETTERS: u8 = 0x01;
const END: u8 = 0x02;
/// Before a count of separators; the fewer the earlier.
const SEPARATED: u8 = 0xE0;
const FIRST_RELEASE: &[u8] = b"1";

pub(super) fn write(text: &str, key: &mut Writer) -> Option<()> {
    let (epoch, version, release) = split(text);
    key.number(epoch);
    write_part(version, key)?;
    write_part(release.unwrap_or(FIRST_RELEASE), key)
}

fn write_part(part: &[u8], key: &mut Writer) -> Option<()> {
    let mut scan = Scan { rest: part };
    sure(!scan.is_done())?;
    while !scan.is_done() {
        let separators = scan.take_while(|byte| !byte.is_ascii_alphanumeric()).len();
        if separators > 0 {
            key.tag(SEPARATED);
            key.count(separators as u64);
        }
        if scan.peek()?.is_ascii_digit() {
            key.number(scan.digits());
        } else {
            key.tag(LETTERS);
            key.word(scan.letters());
        }
    }
    key.tag(END);
    Some(())
}
