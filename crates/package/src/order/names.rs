//! What schemes are called.

use std::fmt;

use super::Scheme;

/// Other names by which a scheme is known, from VERS, package URLs and advisories.
const SYNONYMS: [(&str, Scheme); 36] = [
    ("semver", Scheme::Cargo),
    ("crates.io", Scheme::Cargo),
    ("bitnami", Scheme::Cargo),
    ("swift", Scheme::Cargo),
    ("nodejs", Scheme::Npm),
    ("pep440", Scheme::Pypi),
    ("python", Scheme::Pypi),
    ("go", Scheme::Golang),
    ("rubygems", Scheme::Gem),
    ("ruby", Scheme::Gem),
    ("packagist", Scheme::Composer),
    ("php", Scheme::Composer),
    ("erlang", Scheme::Hex),
    ("elixir", Scheme::Hex),
    ("dart", Scheme::Pub),
    ("haskell", Scheme::Hackage),
    ("bioconductor", Scheme::Cran),
    ("debian", Scheme::Deb),
    ("ubuntu", Scheme::Deb),
    ("dpkg", Scheme::Deb),
    ("redhat", Scheme::Rpm),
    ("rhel", Scheme::Rpm),
    ("fedora", Scheme::Rpm),
    ("suse", Scheme::Rpm),
    ("alpine", Scheme::Apk),
    ("wolfi", Scheme::Apk),
    ("chainguard", Scheme::Apk),
    ("arch", Scheme::Alpm),
    ("archlinux", Scheme::Alpm),
    ("pacman", Scheme::Alpm),
    ("ebuild", Scheme::Gentoo),
    ("portage", Scheme::Gentoo),
    ("date", Scheme::Datetime),
    ("intdot", Scheme::Generic),
    ("custom", Scheme::Generic),
    ("dotnet", Scheme::Nuget),
];

impl Scheme {
    /// Every scheme, in the order of the documentation.
    pub const ALL: [Self; 24] = [
        Self::Cargo,
        Self::Npm,
        Self::Pypi,
        Self::Golang,
        Self::Maven,
        Self::Nuget,
        Self::Gem,
        Self::Composer,
        Self::Hex,
        Self::Pub,
        Self::Hackage,
        Self::Cran,
        Self::Conan,
        Self::Deb,
        Self::Rpm,
        Self::Apk,
        Self::Alpm,
        Self::Gentoo,
        Self::Openssl,
        Self::Nginx,
        Self::Github,
        Self::Datetime,
        Self::Lexicographic,
        Self::Generic,
    ];

    /// The name VERS and the command line use, such as `deb` or `pypi`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Cargo => "cargo",
            Self::Npm => "npm",
            Self::Pypi => "pypi",
            Self::Golang => "golang",
            Self::Maven => "maven",
            Self::Nuget => "nuget",
            Self::Gem => "gem",
            Self::Composer => "composer",
            Self::Hex => "hex",
            Self::Pub => "pub",
            Self::Hackage => "hackage",
            Self::Cran => "cran",
            Self::Conan => "conan",
            Self::Deb => "deb",
            Self::Rpm => "rpm",
            Self::Apk => "apk",
            Self::Alpm => "alpm",
            Self::Gentoo => "gentoo",
            Self::Openssl => "openssl",
            Self::Nginx => "nginx",
            Self::Github => "github",
            Self::Datetime => "datetime",
            Self::Lexicographic => "lexicographic",
            Self::Generic => "generic",
        }
    }

    /// The scheme of that name or of one of its well-known synonyms (`semver`, `cargo`, `debian`),
    /// without regard to case.
    pub fn from_name(name: &str) -> Option<Self> {
        let own = Self::ALL.into_iter().find(|scheme| scheme.name().eq_ignore_ascii_case(name));
        own.or_else(|| {
            let other = SYNONYMS.iter().find(|(known, _)| known.eq_ignore_ascii_case(name))?;
            Some(other.1)
        })
    }
}

impl fmt::Display for Scheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scheme_is_found_by_its_name_in_any_case() {
        for scheme in Scheme::ALL {
            assert_eq!(Scheme::from_name(scheme.name()), Some(scheme));
            assert_eq!(Scheme::from_name(&scheme.name().to_uppercase()), Some(scheme));
        }
    }

    #[test]
    fn no_synonym_hides_the_name_of_a_scheme() {
        for (synonym, scheme) in SYNONYMS {
            assert_eq!(Scheme::from_name(synonym), Some(scheme), "{synonym}");
            assert!(Scheme::ALL.iter().all(|scheme| scheme.name() != synonym), "{synonym}");
        }
    }

    #[test]
    fn an_unknown_name_is_no_scheme() {
        assert_eq!(Scheme::from_name("sideways"), None);
        assert_eq!(Scheme::from_name(""), None);
    }
}
