//! What goes into the index: systems, and what they run.

use bongsu_package::{PackageName, ProductName, Scheme};
use std::fmt;

/// The name under which the index keeps a package or a product, as one text.
///
/// Packages and products never meet: `e:` stands before an ecosystem's package, `v:` before a
/// vendor's product.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct PackageKey(Box<str>);

impl PackageKey {
    /// The key of a package inside its ecosystem and release.
    pub fn package(name: &PackageName) -> Self {
        Self(format!("e:{name}").into())
    }

    /// The key of a vendor's product.
    pub fn product(name: &ProductName) -> Self {
        Self(format!("v:{}\u{1f}{}", name.vendor(), name.product()).into())
    }

    /// The key as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl AsRef<str> for PackageKey {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

/// The full name of a system. Two systems are one exactly when all three parts are the same.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct SystemName<'a> {
    /// The ministry that leads the institution.
    pub ministry: &'a str,
    /// The institution that runs the system. Two ministries may each have one of this name.
    pub institution: &'a str,
    /// The system, by a name that its institution gives once.
    pub system: &'a str,
}

impl fmt::Display for SystemName<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} / {} / {}", self.ministry, self.institution, self.system)
    }
}

/// A [`SystemName`] that owns its text.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct SystemNameBuf {
    /// The ministry that leads the institution.
    pub ministry: Box<str>,
    /// The institution that runs the system.
    pub institution: Box<str>,
    /// The system.
    pub system: Box<str>,
}

impl SystemName<'_> {
    /// A name that owns its text.
    pub fn to_owned(&self) -> SystemNameBuf {
        SystemNameBuf {
            ministry: self.ministry.into(),
            institution: self.institution.into(),
            system: self.system.into(),
        }
    }
}

impl SystemNameBuf {
    /// The name, borrowed.
    pub fn borrowed(&self) -> SystemName<'_> {
        SystemName {
            ministry: &self.ministry,
            institution: &self.institution,
            system: &self.system,
        }
    }
}

impl fmt::Display for SystemNameBuf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.borrowed().fmt(f)
    }
}

/// One row: a system runs a version of a package.
///
/// A system may run several versions of one package; saying one row twice is saying it once.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Entry<'a> {
    /// The package, as [`PackageKey`] spells it.
    pub key: &'a str,
    /// The order of its versions, as far as the inventory knows; a question may bring another.
    pub scheme: Scheme,
    /// The version as written; `None` when the inventory gives none.
    pub version: Option<&'a str>,
}

/// Schemes and their numbers on disk. A number is never given to another scheme.
const SCHEMES: [(u8, Scheme); 24] = [
    (1, Scheme::Cargo),
    (2, Scheme::Npm),
    (3, Scheme::Pypi),
    (4, Scheme::Golang),
    (5, Scheme::Maven),
    (6, Scheme::Nuget),
    (7, Scheme::Gem),
    (8, Scheme::Composer),
    (9, Scheme::Hex),
    (10, Scheme::Pub),
    (11, Scheme::Hackage),
    (12, Scheme::Cran),
    (13, Scheme::Conan),
    (14, Scheme::Deb),
    (15, Scheme::Rpm),
    (16, Scheme::Apk),
    (17, Scheme::Alpm),
    (18, Scheme::Gentoo),
    (19, Scheme::Openssl),
    (20, Scheme::Nginx),
    (21, Scheme::Github),
    (22, Scheme::Datetime),
    (23, Scheme::Lexicographic),
    (24, Scheme::Generic),
];

/// The number of a scheme on disk; a scheme this table lacks is kept as the generic one.
pub fn scheme_code(scheme: Scheme) -> u8 {
    SCHEMES.iter().find(|(_, known)| *known == scheme).map_or(24, |(code, _)| *code)
}

/// The scheme of a number on disk; `None` for a number of a newer Bongsu.
pub fn scheme_of_code(code: u8) -> Option<Scheme> {
    SCHEMES.iter().find(|(known, _)| *known == code).map(|(_, scheme)| *scheme)
}
