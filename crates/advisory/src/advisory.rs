//! One document about one or more flaws, as its source published it.

use std::fmt;

use jiff::Timestamp;

use crate::{Affected, Severity, SsvcSelection, VulnerabilityId};

/// What one source says about one vulnerability.
///
/// A CSAF document about five vulnerabilities becomes five advisories that share a
/// [`Place::document`].
#[derive(Clone, Debug)]
pub struct Advisory {
    /// The identifier the source gave it.
    pub id: VulnerabilityId,
    /// Who says so: `GHSA`, `RUSTSEC`, a CNA's short name, a CSAF publisher.
    pub asserter: String,
    /// Where it was read.
    pub place: Place,
    /// Other names of the same flaw, according to this source.
    pub aliases: Vec<VulnerabilityId>,
    /// Upstream flaws that this advisory carries into a distribution (OSV `upstream`, and for
    /// distributions that publish none, the CVEs under `related`).
    pub upstream: Vec<VulnerabilityId>,
    /// What it is, in one line.
    pub summary: String,
    /// When its source first published it.
    pub published: Option<Timestamp>,
    /// When its source last changed it.
    pub modified: Option<Timestamp>,
    /// Whether it still stands.
    pub standing: Standing,
    /// Set when the source says this is a notice and no flaw, such as `unmaintained`.
    pub informational: Option<String>,
    /// How bad the source says it is, one entry a scale.
    pub severity: Vec<Severity>,
    /// SSVC decision-point values the source gave.
    pub ssvc: Vec<SsvcSelection>,
    /// What it touches.
    pub affected: Vec<Affected>,
}

/// Whether a document still stands.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Standing {
    /// It does.
    Valid,
    /// Its source took it back; everything it asserted falls with it.
    Withdrawn {
        /// When, if the source said.
        at: Option<Timestamp>,
    },
    /// The identifier was refused by its authority (CVE state REJECTED).
    Rejected,
}

/// Where something was read: enough for a person to find it again.
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq)]
pub struct Place {
    /// The file, or the archive and the name inside it, `dump.zip!GHSA-1.json`.
    pub document: String,
    /// The entry inside a file of many: a line number, counted from 1.
    pub line: Option<u64>,
    /// The field, as a JSON pointer or the format's own path, `/affected/0/ranges/1`.
    pub field: Option<String>,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.document)?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        if let Some(field) = &self.field {
            write!(f, " at {field}")?;
        }
        Ok(())
    }
}
