//! Hackage and CRAN: nothing but numbers, and the longer of two is the later (`1.0` before
//! `1.0.0`).
//!
//! Sources: Haskell PVP and Cabal's `Version`; R's `package_version` and `compareVersion`.

use super::key::Writer;
use super::scan::{Scan, numbers, sure};

const END: u8 = 0x01;

/// Hackage: dots only.
pub(super) fn write_hackage(text: &str, key: &mut Writer) -> Option<()> {
    write(text, b".", key)
}

/// CRAN and Bioconductor: dots and hyphens mean the same.
pub(super) fn write_cran(text: &str, key: &mut Writer) -> Option<()> {
    write(text, b".-", key)
}

fn write(text: &str, separators: &[u8], key: &mut Writer) -> Option<()> {
    let mut scan = Scan::new(text);
    let dotted = scan.dotted(separators)?;
    sure(scan.is_done())?;
    for number in numbers(dotted) {
        key.number(number);
    }
    key.tag(END);
    Some(())
}
