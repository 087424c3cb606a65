//! Ecosystems: where a name means one package and its versions have one order.

use std::fmt;
use std::str::FromStr;

use crate::Scheme;

mod distribution;
mod name;
mod osv;
mod purl;

pub use name::PackageName;
pub use purl::ReleaseSource;

use distribution::Packager;

/// A family of repositories that share names and a version order.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum Family {
    /// The Rust registry.
    Cargo,
    /// npm.
    Npm,
    /// The Python index.
    Pypi,
    /// Go modules, the standard library (`stdlib`) and the toolchain.
    Golang,
    /// Maven repositories.
    Maven,
    /// `NuGet`.
    Nuget,
    /// `RubyGems`.
    Gem,
    /// Packagist.
    Composer,
    /// Hex.
    Hex,
    /// Pub.
    Pub,
    /// Hackage; GHC's own components are `Other("ghc")`.
    Hackage,
    /// CRAN and Bioconductor, which share one set of names.
    Cran,
    /// `ConanCenter`.
    Conan,
    /// Debian; names are those of source packages unless said otherwise.
    Debian,
    /// Ubuntu; names are those of source packages.
    Ubuntu,
    /// An RPM distribution, by its `ID` in os-release: `almalinux`, `rhel`, `rocky`, `suse`.
    Rpm(String),
    /// Alpine, by origin package; Wolfi and Chainguard by theirs.
    Apk(String),
    /// Arch.
    Alpm,
    /// Gentoo.
    Gentoo,
    /// Bitnami.
    Bitnami,
    /// Forge repositories, `owner/name`; an action is the repository it lives in.
    Github,
    /// Swift packages, by URL without scheme.
    Swift,
    /// Anything else, by the name its source gave it, lower case; `deb/` and an id for other
    /// distributions of Debian packages.
    Other(String),
}

/// A family and, where names or versions differ between them, a release (`12`, `9`, `3.18`).
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Ecosystem {
    /// The family.
    pub family: Family,
    /// The release, normalised; `None` when the family has none or the source did not say.
    pub release: Option<String>,
}

/// A text that is no [`Ecosystem`]: it is empty.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("an ecosystem has a name, such as `npm` or `debian:12`")]
pub struct ParseEcosystemError;

impl Ecosystem {
    /// The order of versions here.
    pub fn scheme(&self) -> Scheme {
        match &self.family {
            Family::Cargo | Family::Swift => Scheme::Cargo,
            Family::Npm => Scheme::Npm,
            Family::Pypi => Scheme::Pypi,
            Family::Golang => Scheme::Golang,
            Family::Maven => Scheme::Maven,
            Family::Nuget => Scheme::Nuget,
            Family::Gem => Scheme::Gem,
            Family::Composer => Scheme::Composer,
            Family::Hex => Scheme::Hex,
            Family::Pub => Scheme::Pub,
            Family::Hackage => Scheme::Hackage,
            Family::Cran => Scheme::Cran,
            Family::Conan => Scheme::Conan,
            Family::Debian | Family::Ubuntu => Scheme::Deb,
            Family::Rpm(_) => Scheme::Rpm,
            Family::Apk(_) => Scheme::Apk,
            Family::Alpm => Scheme::Alpm,
            Family::Gentoo => Scheme::Gentoo,
            Family::Github => Scheme::Github,
            // `6.2.0-1` is the first build of 6.2.0, no pre-release.
            Family::Bitnami => Scheme::Generic,
            Family::Other(name) => other_scheme(name),
        }
    }

    /// Whether names or versions differ between this family's releases, so that a missing release
    /// leaves the answer open.
    ///
    /// Distributions that roll (Wolfi, Chainguard, Arch) have none.
    pub fn has_releases(&self) -> bool {
        match &self.family {
            Family::Debian | Family::Ubuntu | Family::Rpm(_) => true,
            Family::Apk(id) => !distribution::rolls(Packager::Apk, id),
            Family::Other(name) => name.starts_with(DEB) || name.starts_with("root/"),
            _ => false,
        }
    }

    /// Reads an OSV ecosystem, such as `PyPI`, `Debian:12` or `Alpine:v3.18`.
    ///
    /// - **Source:** OSV schema 1.7.5, `affected[].package.ecosystem`. A name it does not know
    ///   becomes [`Family::Other`], lower case.
    pub fn from_osv(text: &str) -> Self {
        osv::read(text)
    }

    /// The ecosystem of a system's own packages, by `ID` and `VERSION_ID` of its os-release.
    ///
    /// `None` when the id is of no distribution we know the packages of; then `ID_LIKE` may help
    /// the caller, but its advisories are not this system's advisories.
    pub fn from_distribution(id: &str, version_id: &str) -> Option<Self> {
        distribution::from_os_release(id, version_id)
    }

    /// An ecosystem without a release.
    pub(crate) fn plain(family: Family) -> Self {
        Self { family, release: None }
    }
}

/// Orders of ecosystems that have no family of their own.
fn other_scheme(name: &str) -> Scheme {
    if let Some(inner) = rebuilt(name) {
        return Ecosystem::from_osv(inner).scheme();
    }
    match name {
        // opam took Debian's order over.
        "opam" => Scheme::Deb,
        "ghc" => Scheme::Hackage,
        "julia" | "vscode" => Scheme::Cargo,
        "kubernetes" => Scheme::Golang,
        "cocoapods" => Scheme::Gem,
        "conda" => Scheme::Pypi,
        "otp" => Scheme::Generic,
        _ if name.starts_with(DEB) => Scheme::Deb,
        _ => Scheme::Generic,
    }
}

/// The ecosystem whose packages another one rebuilds: `pypi` for `root/pypi`.
fn rebuilt(name: &str) -> Option<&str> {
    name.strip_prefix("root/").or_else(|| name.strip_prefix("tuxcare/"))
}

/// Prints a short name that [`FromStr`] reads back: `npm`, `debian:12`, `almalinux:9`.
impl fmt::Display for Ecosystem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.family {
            Family::Rpm(id) => write_id(f, "rpm/", id, distribution::is_known(Packager::Rpm, id))?,
            Family::Apk(id) => write_id(f, "apk/", id, distribution::is_known(Packager::Apk, id))?,
            Family::Other(name) => write_id(f, "other/", name, !is_taken(name))?,
            family => {
                f.write_str(WORDS.iter().find(|(known, _)| known == family).map_or("", word))?;
            }
        }
        match &self.release {
            Some(release) => write!(f, ":{release}"),
            None => Ok(()),
        }
    }
}

/// Writes an id, with its prefix when it alone would be read as something else.
fn write_id(f: &mut fmt::Formatter<'_>, prefix: &str, id: &str, plain: bool) -> fmt::Result {
    if !plain {
        f.write_str(prefix)?;
    }
    if id.contains([':', '%']) {
        return f.write_str(&id.replace('%', "%25").replace(':', "%3A"));
    }
    f.write_str(id)
}

fn is_taken(name: &str) -> bool {
    name.is_empty()
        || name.starts_with("rpm/")
        || name.starts_with("apk/")
        || name.starts_with("other/")
        || WORDS.iter().any(|(_, word)| *word == name)
        || distribution::is_known(Packager::Rpm, name)
        || distribution::is_known(Packager::Apk, name)
}

fn word(entry: &(Family, &'static str)) -> &'static str {
    entry.1
}

impl FromStr for Ecosystem {
    type Err = ParseEcosystemError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (name, release) = match text.split_once(':') {
            Some((name, release)) => (name, Some(release)),
            None => (text, None),
        };
        if name.is_empty() {
            return Err(ParseEcosystemError);
        }
        let plain = |id: &str| id.replace("%3A", ":").replace("%25", "%");
        let family = if let Some(id) = name.strip_prefix("rpm/") {
            Family::Rpm(plain(id))
        } else if let Some(id) = name.strip_prefix("apk/") {
            Family::Apk(plain(id))
        } else if let Some(id) = name.strip_prefix("other/") {
            Family::Other(plain(id))
        } else if let Some((family, _)) = WORDS.iter().find(|(_, word)| *word == name) {
            family.clone()
        } else if distribution::is_known(Packager::Rpm, name) {
            Family::Rpm(name.to_owned())
        } else if distribution::is_known(Packager::Apk, name) {
            Family::Apk(name.to_owned())
        } else {
            Family::Other(plain(name))
        };
        Ok(Self { family, release: release.map(str::to_owned) })
    }
}

/// Prefix of distributions of Debian packages that are neither Debian nor Ubuntu.
const DEB: &str = "deb/";

/// How a family without an id of its own is printed.
const WORDS: [(Family, &str); 20] = [
    (Family::Cargo, "cargo"),
    (Family::Npm, "npm"),
    (Family::Pypi, "pypi"),
    (Family::Golang, "golang"),
    (Family::Maven, "maven"),
    (Family::Nuget, "nuget"),
    (Family::Gem, "gem"),
    (Family::Composer, "composer"),
    (Family::Hex, "hex"),
    (Family::Pub, "pub"),
    (Family::Hackage, "hackage"),
    (Family::Cran, "cran"),
    (Family::Conan, "conan"),
    (Family::Debian, "debian"),
    (Family::Ubuntu, "ubuntu"),
    (Family::Alpm, "alpm"),
    (Family::Gentoo, "gentoo"),
    (Family::Bitnami, "bitnami"),
    (Family::Github, "github"),
    (Family::Swift, "swift"),
];
