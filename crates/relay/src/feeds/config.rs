//! Which feeds there are, as the operator writes it.

use std::path::PathBuf;
use std::time::Duration;

use bongsu_authority::NodeCode;
use serde::{Deserialize, Serialize};
use url::Url;

use super::pace;

/// The feeds of a node.
///
/// ```toml
/// coordinator = "COORD_PRIV"        # opens cases about what is exploited and held; without it people do
///
/// [[feeds]]
/// name = "kev"
/// kind = "kev"
/// every = "1h"
/// ```
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Each with a name of its own.
    #[serde(default)]
    pub feeds: Vec<Feed>,
    /// The coordinating station in whose name the feed engine opens cases.
    #[serde(default)]
    pub coordinator: Option<NodeCode>,
}

/// One feed.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Feed {
    /// Its folder and its name in tables: 1 to 32 letters, digits, `-` and `_`.
    pub name: String,
    /// What it is.
    pub kind: Kind,
    /// Where it is, when not at its public address.
    #[serde(default)]
    pub url: Option<String>,
    /// A folder of files on this machine; kind `folder` only.
    #[serde(default)]
    pub path: Option<PathBuf>,
    /// OSV's ecosystems; without any, those in wide use.
    #[serde(default)]
    pub ecosystems: Vec<String>,
    /// Further hosts it may lead to, besides its own.
    #[serde(default)]
    pub hosts: Vec<String>,
    /// How often it is looked at: `30s`, `15m`, `1h`, `1d`.
    #[serde(default)]
    pub every: Option<String>,
    /// How long one file of it may take, 30 minutes where nothing is said.
    #[serde(default)]
    pub patience: Option<String>,
}

/// What a feed is.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Archives of OSV documents, one an ecosystem.
    Osv,
    /// The list of CVE records: an archive at midnight and what changed since.
    Cve,
    /// CISA's catalogue of exploited vulnerabilities.
    Kev,
    /// FIRST's forecasts.
    Epss,
    /// A CSAF provider.
    Csaf,
    /// A folder of files of any of these formats.
    Folder,
}

impl Kind {
    /// The word of the configuration.
    pub fn word(self) -> &'static str {
        match self {
            Self::Osv => "osv",
            Self::Cve => "cve",
            Self::Kev => "kev",
            Self::Epss => "epss",
            Self::Csaf => "csaf",
            Self::Folder => "folder",
        }
    }
}

/// Why a configuration cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Unusable {
    /// A name that cannot be a folder's.
    #[error("`{0}` cannot be a feed's name; use 1 to 32 letters, digits, - and _, each name once")]
    Name(String),
    /// Not an address.
    #[error(
        "feed {feed}: `{text}` is not an address such as https://example.org/provider-metadata.json"
    )]
    Address {
        /// Which feed.
        feed: String,
        /// As written.
        text: String,
    },
    /// Something a feed of this kind needs.
    #[error("feed {feed} lacks `{field}`")]
    Lacks {
        /// Which feed.
        feed: String,
        /// What is missing.
        field: &'static str,
    },
    /// Not a span of time.
    #[error("feed {feed}: `{text}` is not a span of time such as 30s, 15m, 1h or 1d")]
    Every {
        /// Which feed.
        feed: String,
        /// As written.
        text: String,
    },
    /// A host that cannot be read.
    #[error("feed {feed}")]
    Host {
        /// Which feed.
        feed: String,
        /// What is wrong.
        source: bongsu_egress::SetUp,
    },
}

/// Where a feed is, read.
#[derive(Clone, Debug)]
pub(super) enum Source {
    /// Files that are taken whole, each by its address: name in the mirror, name of its part.
    Files(Vec<Whole>),
    /// The releases of the CVE list.
    Cve(Url),
    /// The metadata of a CSAF provider.
    Csaf(Url),
    /// A folder on this machine.
    Folder(PathBuf),
}

impl Source {
    /// Where it is, for people; without a password that an address may carry.
    pub(super) fn place(&self) -> String {
        let plain = |url: &Url| {
            let mut url = url.clone();
            let _ = url.set_password(None); // an address that cannot have one has none
            url.to_string()
        };
        match self {
            Self::Files(all) => match all.as_slice() {
                [first, _, ..] => format!("{} and {} more", plain(&first.url), all.len() - 1),
                [only] => plain(&only.url),
                [] => String::new(),
            },
            Self::Cve(url) | Self::Csaf(url) => plain(url),
            Self::Folder(path) => path.display().to_string(),
        }
    }
}

/// A file that is taken whole.
#[derive(Clone, Debug)]
pub(super) struct Whole {
    pub(super) file: String,
    pub(super) part: String,
    pub(super) url: Url,
    /// Larger ones are not taken.
    pub(super) most_bytes: u64,
}

impl Feed {
    /// A feed at its public address.
    pub fn new(name: &str, kind: Kind) -> Self {
        let name = name.to_owned();
        let (url, path, every, patience) = (None, None, None, None);
        Self { name, kind, url, path, ecosystems: Vec::new(), hosts: Vec::new(), every, patience }
    }

    pub(super) fn source(&self) -> Result<Source, Unusable> {
        let named = |letter: char| letter.is_ascii_alphanumeric() || letter == '-' || letter == '_';
        if self.name.is_empty() || self.name.len() > 32 || !self.name.chars().all(named) {
            return Err(Unusable::Name(self.name.clone()));
        }
        let whole = |file: &str, address, most_bytes| {
            let (file, part) = (file.to_owned(), self.name.clone());
            Ok(Source::Files(vec![Whole { file, part, url: self.address(address)?, most_bytes }]))
        };
        match self.kind {
            Kind::Osv => self.ecosystems(),
            Kind::Cve => Ok(Source::Cve(self.address(CVE)?)),
            Kind::Kev => whole("catalogue.json", KEV, 64 << 20),
            Kind::Epss => whole("scores.csv.gz", EPSS, 256 << 20),
            Kind::Csaf => {
                let text = self.url.as_deref().ok_or_else(|| self.lacks("url"))?;
                Ok(Source::Csaf(self.read(text)?))
            }
            Kind::Folder => {
                Ok(Source::Folder(self.path.clone().ok_or_else(|| self.lacks("path"))?))
            }
        }
    }

    fn ecosystems(&self) -> Result<Source, Unusable> {
        let base = self.address(OSV)?;
        let usual = || ECOSYSTEMS.map(str::to_owned).to_vec();
        let names = Some(&self.ecosystems).filter(|all| !all.is_empty()).cloned();
        let wholes = names.unwrap_or_else(usual).into_iter().map(|name| {
            let mut url = base.clone();
            if let Ok(mut path) = url.path_segments_mut() {
                path.pop_if_empty().push(&name).push("all.zip");
            }
            let plain = |letter: char| if letter.is_ascii_alphanumeric() { letter } else { '_' };
            let file = format!("{}.zip", name.chars().map(plain).collect::<String>());
            Whole { file, part: format!("{}/{name}", self.name), url, most_bytes: 2 << 30 }
        });
        Ok(Source::Files(wholes.collect()))
    }

    /// The hosts it may lead to.
    pub(super) fn hosts<'a>(&'a self, source: &'a Source) -> Vec<&'a str> {
        let own = match source {
            Source::Files(all) => all.first().and_then(|whole| whole.url.host_str()),
            Source::Cve(url) | Source::Csaf(url) => url.host_str(),
            Source::Folder(_) => None,
        };
        let usual: &[&str] =
            if self.kind == Kind::Cve && self.url.is_none() { &CVE_HOSTS } else { &[] };
        let further = self.hosts.iter().map(String::as_str);
        own.into_iter().chain(usual.iter().copied()).chain(further).collect()
    }

    pub(super) fn every(&self) -> Result<Duration, Unusable> {
        let usual = if self.kind == Kind::Epss { "6h" } else { "1h" };
        self.span(self.every.as_deref().unwrap_or(usual))
    }

    pub(super) fn patience(&self) -> Result<Duration, Unusable> {
        self.span(self.patience.as_deref().unwrap_or("30m"))
    }

    fn span(&self, text: &str) -> Result<Duration, Unusable> {
        let bad = || Unusable::Every { feed: self.name.clone(), text: text.to_owned() };
        pace::span(text).ok_or_else(bad)
    }

    fn address(&self, usual: &str) -> Result<Url, Unusable> {
        self.read(self.url.as_deref().unwrap_or(usual))
    }

    fn read(&self, text: &str) -> Result<Url, Unusable> {
        let bad = |_| Unusable::Address { feed: self.name.clone(), text: text.to_owned() };
        text.parse().map_err(bad)
    }

    fn lacks(&self, field: &'static str) -> Unusable {
        Unusable::Lacks { feed: self.name.clone(), field }
    }
}

const OSV: &str = "https://osv-vulnerabilities.storage.googleapis.com/";
const CVE: &str = "https://api.github.com/repos/CVEProject/cvelistV5/releases?per_page=50";
const KEV: &str =
    "https://www.cisa.gov/sites/default/files/feeds/known_exploited_vulnerabilities.json";
const EPSS: &str = "https://epss.empiricalsecurity.com/epss_scores-current.csv.gz";

/// Where GitHub keeps the files of releases.
const CVE_HOSTS: [&str; 3] =
    ["github.com", "objects.githubusercontent.com", "release-assets.githubusercontent.com"];

/// OSV's ecosystems in wide use.
const ECOSYSTEMS: [&str; 15] = [
    "AlmaLinux",
    "Alpine",
    "Bitnami",
    "crates.io",
    "Debian",
    "Go",
    "Hex",
    "Maven",
    "npm",
    "NuGet",
    "Packagist",
    "PyPI",
    "Rocky Linux",
    "RubyGems",
    "Ubuntu",
];
