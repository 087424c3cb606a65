//! What a feed brings in.

use jiff::civil::Date;

use crate::{Advisory, Place, VexStatement, VulnerabilityId};

/// One thing a feed said.
#[derive(Clone, Debug)]
pub enum Signal {
    /// A document about a flaw.
    Advisory(Box<Advisory>),
    /// A catalogue row: this is being exploited.
    Kev(Box<KevEntry>),
    /// A forecast of exploitation.
    Epss(EpssScore),
    /// An exploitability statement.
    Vex(Box<VexStatement>),
}

/// A row of CISA's Known Exploited Vulnerabilities catalogue.
#[derive(Clone, Debug)]
pub struct KevEntry {
    /// The vulnerability.
    pub vulnerability: VulnerabilityId,
    /// Vendor or project, as written.
    pub vendor: String,
    /// Product, as written.
    pub product: String,
    /// The catalogue's name for it.
    pub name: String,
    /// When it entered the catalogue.
    pub added: Option<Date>,
    /// When federal agencies had to be done.
    pub due: Option<Date>,
    /// Whether ransomware campaigns use it.
    pub ransomware: bool,
    /// The action the catalogue asks for; at most 2,000 characters.
    pub action: String,
    /// Where it was read.
    pub place: Place,
}

/// A score of FIRST's Exploit Prediction Scoring System.
#[derive(Clone, Debug, PartialEq)]
pub struct EpssScore {
    /// The vulnerability.
    pub vulnerability: VulnerabilityId,
    /// Probability of exploitation in the next 30 days, 0.0 to 1.0.
    pub probability: f64,
    /// Share of vulnerabilities with this or a lower probability, 0.0 to 1.0.
    pub percentile: f64,
}
