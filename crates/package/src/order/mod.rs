//! Version orders: one module a scheme.
//!
//! A scheme turns a text into a sort key, bytes whose own order is the order of the versions (see
//! `key.rs`). What each scheme reads, where it deviates from the ecosystem's own tool and why is
//! in `docs/version-orders.md`.

mod alpm;
mod apk;
mod composer;
mod conan;
mod datetime;
mod debian;
mod dotted;
mod gem;
mod generic;
mod gentoo;
mod github;
mod golang;
mod key;
mod legacy_python;
mod maven;
mod names;
mod nuget;
mod openssl;
mod pep440;
mod rpm;
mod scan;
mod semver;

use std::cmp::Ordering;
use std::fmt;

use key::{Key, Writer};

/// A version text longer than this many bytes is unreadable.
pub const LONGEST_VERSION_BYTES: usize = 65_536;

/// How the versions of a thing are ordered.
///
/// Each scheme is a total preorder over the texts it can read: texts may be equal without being
/// the same (`1.0` and `1.0.0` in Maven). A text it cannot read has no place in the order.
///
/// ```
/// use std::cmp::Ordering;
///
/// use bongsu_package::Scheme;
///
/// assert_eq!(Scheme::Deb.compare("1.0~rc1", "1.0"), Some(Ordering::Less));
/// assert_eq!(Scheme::Maven.compare("1.0", "1.0.0"), Some(Ordering::Equal));
/// assert_eq!(Scheme::Generic.compare("1.0", "unknown"), None);
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum Scheme {
    /// Cargo: SemVer 2.0 with the lenient readings the registry's advisories need.
    Cargo,
    /// npm: SemVer 2.0 as node-semver reads it (loose `v` prefix, big integers).
    Npm,
    /// PyPI: PEP 440, with the pre-PEP legacy texts after a documented fallback.
    Pypi,
    /// Go modules: SemVer with `v`, pseudo-versions, `+incompatible`.
    Golang,
    /// Maven: `ComparableVersion` of Maven 3.9.
    Maven,
    /// NuGet: up to four numbers, SemVer 2 labels compared without case.
    Nuget,
    /// RubyGems.
    Gem,
    /// Packagist: Composer's normaliser.
    Composer,
    /// Hex (Erlang, Elixir): SemVer.
    Hex,
    /// Pub (Dart): SemVer where build metadata has weight.
    Pub,
    /// Hackage: numbers only (PVP).
    Hackage,
    /// CRAN: numbers separated by `.` or `-`.
    Cran,
    /// Conan.
    Conan,
    /// Debian and Ubuntu: deb-version(7).
    Deb,
    /// RPM families: epoch:version-release by rpmvercmp, `~` and `^`.
    Rpm,
    /// Alpine, Wolfi, Chainguard: apk-tools.
    Apk,
    /// Arch: pacman's vercmp.
    Alpm,
    /// Gentoo: PMS chapter 3.
    Gentoo,
    /// OpenSSL before 3 (`1.0.2zg`) and after.
    Openssl,
    /// nginx: SemVer-like numbers.
    Nginx,
    /// Tags as forges have them: `v1.2.3`, `release-1.2`.
    Github,
    /// Dates and times, RFC 3339 and shorter.
    Datetime,
    /// Byte order of the text.
    Lexicographic,
    /// The honest fallback: dotted numbers with well-known suffixes; anything else is unreadable.
    Generic,
}

/// A version text that its scheme could read.
///
/// Versions of one scheme are totally ordered; comparing across schemes is a mistake of the
/// caller, and [`Version::compare`] says `None`.
#[derive(Clone)]
pub struct Version {
    scheme: Scheme,
    text: Box<str>,
    key: Key,
}

/// A version text that its scheme cannot read.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{scheme} cannot read {text:?} as a version")]
pub struct UnreadableVersion {
    /// The scheme that was asked.
    pub scheme: Scheme,
    /// The text, cut to its first 100 characters.
    pub text: String,
}

impl Scheme {
    /// Reads a version.
    ///
    /// White space around the text is not part of it (except in [`Scheme::Lexicographic`]).
    ///
    /// # Errors
    /// [`UnreadableVersion`] when the scheme gives this text no place in its order; always for an
    /// empty text, one with control characters, one over [`LONGEST_VERSION_BYTES`] and words that
    /// say that there is no version (`n/a`, `unknown`, `latest`).
    pub fn parse(self, text: &str) -> Result<Version, UnreadableVersion> {
        let key = match self {
            Self::Lexicographic => is_bounded(text).then_some(Key::Text),
            _ => self.key(text).map(Writer::finish),
        };
        match key {
            Some(key) => Ok(Version { scheme: self, text: text.into(), key }),
            None => Err(UnreadableVersion { scheme: self, text: text.chars().take(100).collect() }),
        }
    }

    /// Compares two version texts; `None` is *cannot tell*.
    ///
    /// Two texts that are the same are equal even if the scheme cannot read them.
    pub fn compare(self, left: &str, right: &str) -> Option<Ordering> {
        if left == right {
            return Some(Ordering::Equal);
        }
        if self == Self::Lexicographic {
            return (is_bounded(left) && is_bounded(right)).then(|| left.cmp(right));
        }
        Some(self.key(left)?.bytes().cmp(self.key(right)?.bytes()))
    }

    /// Whether the version leads to a release and is none itself, as the ecosystem sees it.
    ///
    /// `None` when the text is unreadable or the scheme has no such notion (distributions).
    pub fn is_prerelease(self, text: &str) -> Option<bool> {
        let text = worth_reading(text)?;
        match self {
            Self::Cargo | Self::Npm | Self::Hex | Self::Pub | Self::Nuget | Self::Nginx => {
                let dialect = if self == Self::Npm { semver::NPM } else { semver::STRICT };
                Some(semver::Parts::read(text, dialect)?.prerelease.is_some())
            }
            Self::Golang => golang::is_prerelease(text),
            Self::Pypi => pep440::is_prerelease(text),
            Self::Maven => maven::is_prerelease(text),
            Self::Gem => gem::is_prerelease(text),
            Self::Composer => composer::is_prerelease(text),
            Self::Conan => self.key(text).map(|_| conan::is_prerelease(text)),
            Self::Openssl => openssl::is_prerelease(text),
            Self::Github => github::is_prerelease(text),
            Self::Generic => generic::is_prerelease(text),
            Self::Hackage
            | Self::Cran
            | Self::Deb
            | Self::Rpm
            | Self::Apk
            | Self::Alpm
            | Self::Gentoo
            | Self::Datetime
            | Self::Lexicographic => None,
        }
    }

    /// Writes the sort key of a text.
    fn key(self, text: &str) -> Option<Writer> {
        let text = worth_reading(text)?;
        let mut key = Writer::new();
        match self {
            Self::Cargo | Self::Hex | Self::Nginx => semver::write(text, semver::STRICT, &mut key),
            Self::Npm => semver::write(text, semver::NPM, &mut key),
            Self::Pub => semver::write(text, semver::PUB, &mut key),
            Self::Pypi => pep440::write(text, &mut key),
            Self::Golang => golang::write(text, &mut key),
            Self::Maven => maven::write(text, &mut key),
            Self::Nuget => nuget::write(text, &mut key),
            Self::Gem => gem::write(text, &mut key),
            Self::Composer => composer::write(text, &mut key),
            Self::Hackage => dotted::write_hackage(text, &mut key),
            Self::Cran => dotted::write_cran(text, &mut key),
            Self::Conan => conan::write(text, &mut key),
            Self::Deb => debian::write(text, &mut key),
            Self::Rpm => {
                rpm::write(text, &mut key);
                Some(())
            }
            Self::Apk => apk::write(text, &mut key),
            Self::Alpm => alpm::write(text, &mut key),
            Self::Gentoo => gentoo::write(text, &mut key),
            Self::Openssl => openssl::write(text, &mut key),
            Self::Github => github::write(text, &mut key),
            Self::Datetime => datetime::write(text, &mut key),
            Self::Generic => generic::write(text, &mut key),
            Self::Lexicographic => {
                key.raw(text.as_bytes());
                Some(())
            }
        }?;
        Some(key)
    }
}

impl Version {
    /// Compares two versions of one scheme; `None` when the schemes differ.
    pub fn compare(&self, other: &Self) -> Option<Ordering> {
        (self.scheme == other.scheme).then(|| self.sort_key().cmp(other.sort_key()))
    }

    /// The text as it was read.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The scheme that read it.
    pub fn scheme(&self) -> Scheme {
        self.scheme
    }

    /// Bytes that compare as the versions of this scheme do; equal for equal versions.
    ///
    /// For sorting and grouping many at once. The bytes may change with any release of Bongsu, so
    /// whoever keeps them keeps the release beside them.
    pub fn sort_key(&self) -> &[u8] {
        match &self.key {
            Key::Inline { len, bytes } => &bytes[..usize::from(*len)],
            Key::Heap(bytes) => bytes,
            Key::Text => self.text.as_bytes(),
        }
    }
}

impl fmt::Debug for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Version({} {:?})", self.scheme, self.text)
    }
}

/// The text without white space around it; `None` when no scheme reads it.
fn worth_reading(text: &str) -> Option<&str> {
    let text = text.trim_ascii();
    let says_something = is_bounded(text)
        && !text.bytes().any(|byte| byte.is_ascii_control())
        && !EMPTY_WORDS.iter().any(|word| word.eq_ignore_ascii_case(text));
    says_something.then_some(text)
}

/// What people and tools write where they have no version. Debian, RPM and Maven would read these
/// as the earliest versions there are, and every flaw would claim them.
const EMPTY_WORDS: [&str; 13] = [
    "*",
    "?",
    "all",
    "any",
    "latest",
    "n/a",
    "nil",
    "none",
    "null",
    "tbd",
    "undefined",
    "unknown",
    "unspecified",
];

fn is_bounded(text: &str) -> bool {
    (1..=LONGEST_VERSION_BYTES).contains(&text.len())
}
