//! Conan 2: dotted items, a pre-release after the last hyphen, a build after the last plus.
//!
//! Source: Conan 2, `conan/internal/model/version.py`. Zeros at the end carry no weight; a
//! pre-release comes before its release; a build comes after none.
//!
//! One deviation. Conan compares two numbers by value and anything else as text, which is no order
//! (`9 < 10`, `10 < 1a`, `1a < 9`). Here an item is its leading number by value, then the rest as
//! text; an item without a leading number sorts by its first character, below or above all
//! numbers, as in Conan.

use super::key::Writer;
use super::scan::{Scan, sure};

const END: u8 = 0x01;
const BELOW_NUMBERS: u8 = 0x02;
const ABOVE_NUMBERS: u8 = 0xE0;

const PRERELEASE: u8 = 0x01;
const RELEASE: u8 = 0x02;
const NO_BUILD: u8 = 0x01;
const BUILD: u8 = 0x02;

pub(super) fn write(text: &str, key: &mut Writer) -> Option<()> {
    sure(text.bytes().all(|byte| byte.is_ascii_graphic()))?;
    sure(text.bytes().any(|byte| byte.is_ascii_alphanumeric()))?;
    let (text, build) = split_last(text, '+');
    let (items, prerelease) = split_last(text, '-');
    write_items(items, key);
    write_qualifier(prerelease, PRERELEASE, RELEASE, key);
    write_qualifier(build, BUILD, NO_BUILD, key);
    Some(())
}

/// Whether it has a pre-release part.
pub(super) fn is_prerelease(text: &str) -> bool {
    split_last(split_last(text, '+').0, '-').1.is_some()
}

fn split_last(text: &str, separator: char) -> (&str, Option<&str>) {
    text.rsplit_once(separator).map_or((text, None), |(front, back)| (front, Some(back)))
}

fn write_qualifier(qualifier: Option<&str>, some: u8, none: u8, key: &mut Writer) {
    match qualifier {
        None => key.tag(none),
        Some(qualifier) => {
            key.tag(some);
            write_items(qualifier, key);
        }
    }
}

fn write_items(items: &str, key: &mut Writer) {
    let mut zeros = 0_usize;
    for item in items.split('.') {
        if !item.is_empty() && item.bytes().all(|byte| byte == b'0') {
            zeros += 1;
            continue;
        }
        for _ in 0..zeros {
            write_item("0", key);
        }
        zeros = 0;
        write_item(item, key);
    }
    key.tag(END);
}

fn write_item(item: &str, key: &mut Writer) {
    let mut scan = Scan::new(item);
    match scan.peek() {
        Some(b'0'..=b'9') => key.number(scan.digits()),
        Some(first) if first > b'9' => key.tag(ABOVE_NUMBERS),
        _ => key.tag(BELOW_NUMBERS),
    }
    key.word(scan.rest);
}
