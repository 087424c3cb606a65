//! Exploitability statements: what a supplier or an institution says of its own product.

use bongsu_package::{Cpe, PackageName, ProductName, Purl};
use jiff::Timestamp;

use crate::{Place, VulnerabilityId};

/// One statement that one product is, or is not, exploitable through one vulnerability.
#[derive(Clone, Debug)]
pub struct VexStatement {
    /// The vulnerability.
    pub vulnerability: VulnerabilityId,
    /// Other names of it that the statement gives.
    pub aliases: Vec<VulnerabilityId>,
    /// What it is about; the statement holds for each of them.
    pub subjects: Vec<VexSubject>,
    /// The products the subjects are parts of: the statement holds inside these only. Empty when it
    /// holds wherever a subject is.
    pub within: Vec<VexSubject>,
    /// What it says.
    pub answer: VexAnswer,
    /// The machine-readable justification or flag, `vulnerable_code_not_present`.
    pub justification: Option<String>,
    /// The words that came with it; at most 2,000 characters.
    pub words: Option<String>,
    /// Who says so.
    pub asserter: String,
    /// When; of two statements about the same thing the later one holds.
    pub at: Option<Timestamp>,
    /// Where it was read.
    pub place: Place,
}

/// What a statement says.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum VexAnswer {
    /// Not exploitable here.
    NotAffected,
    /// Exploitable.
    Affected,
    /// Fixed in this product version.
    Fixed,
    /// Not known yet.
    UnderInvestigation,
}

/// What a statement is about.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub enum VexSubject {
    /// A package URL; without a version it holds for all versions, without qualifiers for all.
    Purl(Purl),
    /// A package of an ecosystem; no version means all.
    Package(PackageName, Option<String>),
    /// A product; no version means all.
    Product(ProductName, Option<String>),
    /// A CPE name; ANY attributes match everything.
    Cpe(Cpe),
    /// A `bom-ref` or SPDX id inside the inventory that carries the statement.
    Reference(String),
}
