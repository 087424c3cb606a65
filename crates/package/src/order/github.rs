//! Tags as forges have them: a prefix, then a version in the [generic] order.
//!
//! Shape: `v1.2.3`, `release-1.2`, `name-1.2-rc1`, `curl-7_88_1`, `OpenSSL_1_0_2k`. The prefix has
//! no weight: a range speaks of one line of tags. Underscores between numbers are
//! dots when the version has no dots. A prefix that names a stage (`beta-2`) leaves the
//! order open and is unreadable.

use std::borrow::Cow;

use super::generic;
use super::key::Writer;
use super::scan::{Scan, sure};

const STAGES: [&str; 10] =
    ["alpha", "beta", "rc", "pre", "preview", "dev", "nightly", "snapshot", "build", "milestone"];

pub(super) fn write(text: &str, key: &mut Writer) -> Option<()> {
    let version = without_prefix(text)?;
    let plain = with_dots(version);
    let mut scan = Scan::new(&plain);
    generic::write_numbers(&mut scan, key)?;
    generic::write_suffixes(&mut scan, key)
}

pub(super) fn is_prerelease(text: &str) -> Option<bool> {
    generic::is_prerelease(&with_dots(without_prefix(text)?))
}

/// What begins with the first number that stands alone (`log4j-2.17`), or else with the first
/// digit (`go1.2`).
fn without_prefix(text: &str) -> Option<&str> {
    let bytes = text.as_bytes();
    let stands_alone = |at: usize| {
        let before = &bytes[..at];
        let before = before.strip_suffix(b"v").or(before.strip_suffix(b"V")).unwrap_or(before);
        bytes[at].is_ascii_digit() && before.last().is_none_or(|last| !last.is_ascii_alphanumeric())
    };
    let digit = |at: &usize| bytes[*at].is_ascii_digit();
    let start = (0..bytes.len()).find(|at| stands_alone(*at));
    let start = start.or_else(|| (0..bytes.len()).find(digit))?;
    let (prefix, version) = text.split_at(start);
    // `refs/tags/v1.2` and `tools/gopls/v0.4.2` are told apart by their last segment.
    let segment = prefix.rsplit('/').next().unwrap_or(prefix);
    let last = segment.trim_end_matches(['-', '_', '.', '@']);
    let word = last.rsplit(['-', '_', '.', '@']).next().unwrap_or(last).to_ascii_lowercase();
    sure(!STAGES.contains(&word.as_str()))?;
    // Letters right before the number (`go1.2`, `r12`) need a dot to be a version, unless it is
    // the usual `v`; a commit hash has none.
    let letters = prefix.ends_with(|char: char| char.is_ascii_alphabetic());
    sure(
        !letters || matches!(word.as_str(), "v" | "ver" | "version" | "release") || dotted(version),
    )?;
    Some(version)
}

fn dotted(version: &str) -> bool {
    version.contains(['.', '_'])
}

/// `7_88_1` as `7.88.1`; a version that has dots is left alone.
fn with_dots(version: &str) -> Cow<'_, str> {
    if version.contains('.') || !version.contains('_') {
        return Cow::Borrowed(version);
    }
    let bytes = version.as_bytes();
    let digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    let between_digits = |at: usize| at > 0 && digit(at - 1) && digit(at + 1);
    let chars = version.char_indices();
    chars.map(|(at, char)| if char == '_' && between_digits(at) { '.' } else { char }).collect()
}
