//! Provider metadata: where the lists are, and whose keys sign.

use serde::Deserialize;
use serde_json::value::RawValue;
use url::Url;

use crate::feeds::mirror::sha256;

/// What a provider says of itself.
#[derive(Debug)]
pub(super) struct Provider {
    pub(super) sources: Vec<Source>,
    /// It promises a checksum and a signature beside every document.
    pub(super) trusted: bool,
    /// SHA-256 over what it says of its keys.
    pub(super) keys: String,
}

/// Where documents are listed.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Source {
    /// A ROLIE feed.
    Rolie(Url),
    /// A folder with `changes.csv`, or else `index.txt`; the address ends with `/`.
    Directory(Url),
}

#[derive(Deserialize)]
struct Metadata<'a> {
    #[serde(default)]
    role: String,
    #[serde(default)]
    distributions: Vec<Distribution>,
    #[serde(borrow, default)]
    public_openpgp_keys: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Distribution {
    #[serde(default)]
    directory_url: Option<String>,
    #[serde(default)]
    rolie: Option<Rolie>,
}

#[derive(Deserialize)]
struct Rolie {
    #[serde(default)]
    feeds: Vec<Feed>,
}

#[derive(Deserialize)]
struct Feed {
    url: String,
    #[serde(default)]
    tlp_label: Option<String>,
}

impl Provider {
    /// Reads metadata that was found at an address. Lists that are not for everybody are left alone; where a provider has
    /// ROLIE feeds, its folders hold the same once more.
    ///
    /// # Errors
    /// In words.
    pub(super) fn read(text: &[u8], at: &Url) -> Result<Self, String> {
        let metadata: Metadata<'_> =
            serde_json::from_slice(text).map_err(|error| error.to_string())?;
        let mut rolies = Vec::new();
        let mut directories = Vec::new();
        for distribution in &metadata.distributions {
            let feeds = distribution.rolie.iter().flat_map(|rolie| &rolie.feeds);
            for feed in feeds.filter(|feed| is_open(feed.tlp_label.as_deref())) {
                rolies.push(Source::Rolie(joined(at, &feed.url)?));
            }
            if let Some(directory) = &distribution.directory_url {
                let slashed = format!("{}/", directory.trim_end_matches('/'));
                directories.push(Source::Directory(joined(at, &slashed)?));
            }
        }
        let sources = if rolies.is_empty() { directories } else { rolies };
        if sources.is_empty() || sources.len() > MOST_LISTS {
            return Err(format!(
                "it names {} public lists of documents; ask the provider, or name another address",
                sources.len()
            ));
        }
        let keys = metadata.public_openpgp_keys.map_or("", RawValue::get);
        Ok(Self {
            sources,
            trusted: metadata.role == "csaf_trusted_provider",
            keys: sha256(keys.as_bytes()),
        })
    }
}

impl Source {
    pub(super) fn url(&self) -> &Url {
        match self {
            Self::Rolie(url) | Self::Directory(url) => url,
        }
    }

    /// The lists to try, the best first, with the ending of their name in the mirror.
    pub(super) fn lists(&self) -> Vec<(&'static str, Url)> {
        match self {
            Self::Rolie(url) => vec![("json", url.clone())],
            Self::Directory(url) => [("csv", "changes.csv"), ("txt", "index.txt")]
                .into_iter()
                .filter_map(|(ending, name)| Some((ending, url.join(name).ok()?)))
                .collect(),
        }
    }
}

/// Whether everybody may have it; 2.0 says WHITE, 2.1 CLEAR.
fn is_open(label: Option<&str>) -> bool {
    label.is_none_or(|label| matches!(label, "WHITE" | "CLEAR" | "UNLABELED" | ""))
}

fn joined(at: &Url, text: &str) -> Result<Url, String> {
    at.join(text).map_err(|_| format!("`{text}` is not an address"))
}

/// Lists of one provider.
const MOST_LISTS: usize = 64;
