//! What an advisory touches, and which versions of it.

use bongsu_package::{Cpe, Interval, PackageName, ProductName, Scheme};

/// One thing an advisory touches, with the versions it says something about.
#[derive(Clone, Debug)]
pub struct Affected {
    /// The thing.
    pub subject: Subject,
    /// The order of its versions.
    pub scheme: Scheme,
    /// What the source says about versions, in its order.
    ///
    /// A rule for exactly one version outranks a rule for a range; ranges that contradict each
    /// other leave the answer open.
    pub rules: Vec<Rule>,
    /// What holds for a version no rule speaks of (CVE `defaultStatus`; OSV: unaffected).
    pub otherwise: Status,
    /// Versions that fix it, in the source's order; empty when there is no fix yet.
    pub fixed: Vec<String>,
    /// Advice that came with it: a remediation, a workaround; at most 2,000 characters.
    pub advice: Option<String>,
    /// Architectures it is limited to, lower case; empty when not limited.
    pub architectures: Vec<String>,
    /// Where in the document, as a JSON pointer, `/affected/0`.
    pub field: String,
}

/// The thing an assertion is about.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub enum Subject {
    /// A package of an ecosystem.
    Package(PackageName),
    /// A product of a vendor.
    Product(ProductName),
    /// A CPE name; a match through it is only as strong as its version bounds.
    Cpe(Cpe),
}

/// What a source says about some versions.
#[derive(Clone, Debug)]
pub struct Rule {
    /// What it says.
    pub status: Status,
    /// Which versions it says it of.
    pub versions: Versions,
    /// Where in the document, as a JSON pointer, `/affected/0/ranges/1/events/0`.
    pub field: String,
}

/// What holds for a version.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Status {
    /// The flaw is in it.
    Affected,
    /// It is not: never was, or is fixed.
    Unaffected,
    /// The source does not know or is still looking.
    Unknown,
}

/// Which versions a rule speaks of.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub enum Versions {
    /// Exactly this one, or a text equal to it in the scheme's order.
    One(String),
    /// A run of them.
    Range(Interval),
    /// All of them.
    All,
    /// Commits only: nothing can be said about a version text.
    Commits,
    /// The source wrote words (`before the May update`, `< 1.2 and some later`): kept to show.
    Words(String),
}
