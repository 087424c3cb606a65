//! Vulnerability identifiers.

use std::fmt;
use std::str::FromStr;

/// An identifier of a vulnerability, such as `CVE-2014-0160` or `GHSA-33m6-q9v5-62r7`.
///
/// - **Shape:** 1 to 128 visible characters without white space. `cve-` and `ghsa-` prefixes are
///   brought to the spelling of their authority; everything else is kept as it was written.
/// - **Source:** OSV schema `id`; CVE Record Format 5 `cveId`; CSAF `ids` and tracking ids.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct VulnerabilityId(Box<str>);

/// A text that cannot be an identifier.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("an identifier has 1 to 128 visible characters and no spaces, such as CVE-2014-0160")]
pub struct ParseVulnerabilityIdError;

impl FromStr for VulnerabilityId {
    type Err = ParseVulnerabilityIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        let seen = text.chars().all(|c| !c.is_whitespace() && !c.is_control());
        if text.is_empty() || text.len() > 128 || !seen {
            return Err(ParseVulnerabilityIdError);
        }
        let spelled = match text.split_once('-') {
            Some((prefix, _)) if prefix.eq_ignore_ascii_case("cve") => text.to_ascii_uppercase(),
            Some((prefix, rest)) if prefix.eq_ignore_ascii_case("ghsa") => {
                format!("GHSA-{}", rest.to_ascii_lowercase())
            }
            _ => text.to_owned(),
        };
        Ok(Self(spelled.into()))
    }
}

impl VulnerabilityId {
    /// The identifier as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The part before the first `-`, which names the numbering authority.
    pub fn authority(&self) -> &str {
        self.0.split_once('-').map_or("", |(authority, _)| authority)
    }

    /// Whether this is a CVE identifier, the one numbering every authority maps to.
    pub fn is_cve(&self) -> bool {
        self.authority() == "CVE"
    }
}

impl fmt::Display for VulnerabilityId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}
