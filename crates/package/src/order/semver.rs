//! SemVer 2.0 and its readings by Cargo, npm, Hex, Pub, Go and nginx.
//!
//! All are read leniently, as advisories write them: a leading `v` or `=`, missing numbers (zero),
//! leading zeros and more than three numbers do not make a version unreadable, because none of
//! them leaves the order open. Key: numbers, trailing zeros gone, then [`PRERELEASE`] with its
//! identifiers or [`RELEASE`].

use super::key::Writer;
use super::scan::{Scan, numbers, some, sure};

const END: u8 = 0x00;
const PRERELEASE: u8 = 0x01;
const RELEASE: u8 = 0x02;
const ALPHANUMERIC: u8 = 0xE0;

const NO_BUILD: u8 = 0x01;
const BUILD: u8 = 0x02;

/// What sets one reading of SemVer apart from another.
#[derive(Clone, Copy)]
pub(super) struct Dialect {
    /// A pre-release may follow its number without a hyphen (`1.2.3beta`).
    pub(super) loose: bool,
    /// Build metadata has weight, after everything else.
    pub(super) build_has_weight: bool,
}

/// Cargo, Hex, Go, nginx.
pub(super) const STRICT: Dialect = Dialect { loose: false, build_has_weight: false };
/// npm, as `node-semver` reads it with `loose`.
pub(super) const NPM: Dialect = Dialect { loose: true, build_has_weight: false };
/// Dart's `pub_semver`.
pub(super) const PUB: Dialect = Dialect { loose: false, build_has_weight: true };

/// A version taken apart.
pub(super) struct Parts<'a> {
    /// `1.2.3`
    pub(super) dotted: &'a [u8],
    /// `rc.1`
    pub(super) prerelease: Option<&'a [u8]>,
    /// `build.7`
    pub(super) build: Option<&'a [u8]>,
}

pub(super) fn write(text: &str, dialect: Dialect, key: &mut Writer) -> Option<()> {
    let parts = Parts::read(text, dialect)?;
    key.numbers_trimmed(numbers(parts.dotted));
    write_prerelease(parts.prerelease, key);
    if dialect.build_has_weight {
        match parts.build {
            None => key.tag(NO_BUILD),
            Some(build) => {
                key.tag(BUILD);
                write_identifiers(build, key);
            }
        }
    }
    Some(())
}

/// Writes the part after the numbers: a pre-release comes before its release.
pub(super) fn write_prerelease(prerelease: Option<&[u8]>, key: &mut Writer) {
    match prerelease {
        None => key.tag(RELEASE),
        Some(prerelease) => {
            key.tag(PRERELEASE);
            write_identifiers(prerelease, key);
        }
    }
}

/// Numbers by value, before words in ASCII order; the shorter list first.
fn write_identifiers(list: &[u8], key: &mut Writer) {
    for identifier in list.split(|byte| *byte == b'.') {
        if identifier.iter().all(u8::is_ascii_digit) {
            key.number(identifier);
        } else {
            key.tag(ALPHANUMERIC);
            key.word(identifier);
        }
    }
    key.tag(END);
}

impl<'a> Parts<'a> {
    pub(super) fn read(text: &'a str, dialect: Dialect) -> Option<Self> {
        let mut scan = Scan::new(text);
        scan.take_while(|byte| matches!(byte, b'v' | b'V' | b'=' | b' '));
        let dotted = scan.dotted(b".")?;
        let begins = scan.peek();
        let hyphen = begins == Some(b'-');
        let loose = dialect.loose && begins.is_some_and(|byte| byte.is_ascii_alphabetic());
        let prerelease = if hyphen || loose { Some(prerelease(&mut scan, dialect)?) } else { None };
        let build = if scan.eat(b'+') { Some(identifiers(&mut scan)?) } else { None };
        sure(scan.is_done())?;
        Some(Self { dotted, prerelease, build })
    }
}

/// Takes a pre-release and the hyphen before it.
fn prerelease<'a>(scan: &mut Scan<'a>, dialect: Dialect) -> Option<&'a [u8]> {
    let mut ahead = *scan;
    ahead.eat(b'-');
    let found = identifiers(&mut ahead);
    if found.is_none() && dialect.loose {
        // `1.2.3-`: where nobody asks for a hyphen, it is the identifier.
        return identifiers(scan);
    }
    *scan = ahead;
    found
}

/// Takes dot-separated identifiers, none of them empty.
fn identifiers<'a>(scan: &mut Scan<'a>) -> Option<&'a [u8]> {
    let list = scan.take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.'));
    list.split(|byte| *byte == b'.').all(|identifier| !identifier.is_empty()).then_some(())?;
    some(list)
}
