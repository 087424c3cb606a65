//! Go: module versions (`v1.2.3`, pseudo-versions, `+incompatible`) and toolchains (`go1.21rc2`).
//!
//! Module versions follow SemVer as `golang.org/x/mod/semver` does, build metadata without weight.
//! Toolchain texts are put into the same order: `go1.21rc2` is `1.21.0-rc.2`, what a vendor adds
//! (`go1.21.3-bigcorp`, `go1.21.3 X:boringcrypto`) is dropped, as Go drops it.

use super::key::Writer;
use super::scan::{Scan, numbers, sure};
use super::semver;

pub(super) fn write(text: &str, key: &mut Writer) -> Option<()> {
    let Some(toolchain) = toolchain(text) else {
        return semver::write(text, semver::STRICT, key);
    };
    let (dotted, prerelease) = read_toolchain(toolchain)?;
    key.numbers_trimmed(numbers(dotted));
    match prerelease {
        None => semver::write_prerelease(None, key),
        Some((kind, number)) => {
            // Longer than any toolchain's; one that is longer still is unreadable.
            let mut text = [0_u8; 64];
            let end = kind.len() + 1 + number.len();
            let place = text.get_mut(..end)?;
            place[..kind.len()].copy_from_slice(kind);
            place[kind.len()] = b'.';
            place[kind.len() + 1..].copy_from_slice(number);
            semver::write_prerelease(Some(place), key);
        }
    }
    Some(())
}

pub(super) fn is_prerelease(text: &str) -> Option<bool> {
    match toolchain(text) {
        Some(toolchain) => Some(read_toolchain(toolchain)?.1.is_some()),
        None => Some(semver::Parts::read(text, semver::STRICT)?.prerelease.is_some()),
    }
}

/// The text after `go`, without a vendor's additions; a toolchain's pre-release (`1.21rc2`) is one
/// without `go`, too.
fn toolchain(text: &str) -> Option<&str> {
    let Some(rest) = text.strip_prefix("go") else {
        let before = read_toolchain(text).is_some_and(|(_, prerelease)| prerelease.is_some());
        return before.then_some(text);
    };
    rest.split([' ', '-', '+']).next()
}

type Prerelease<'a> = Option<(&'a [u8], &'a [u8])>;

fn read_toolchain(text: &str) -> Option<(&[u8], Prerelease<'_>)> {
    let mut scan = Scan::new(text);
    let dotted = scan.dotted(b".")?;
    if scan.is_done() {
        return Some((dotted, None));
    }
    let kind = scan.letters();
    sure(matches!(kind, b"alpha" | b"beta" | b"rc"))?;
    let number = scan.number()?;
    sure(scan.is_done())?;
    Some((dotted, Some((kind, number))))
}
