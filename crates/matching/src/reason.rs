//! Three answers, and why.

use std::fmt;

use bongsu_advisory::{Place, Status};
use bongsu_package::{Bound, Interval, Scheme};

/// Whether a component is affected.
///
/// The order is that of attention: what must be acted on first is greatest.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Answer {
    /// It is not.
    NotAffected,
    /// It cannot be told; the reason says what is missing.
    CannotTell,
    /// It is.
    Affected,
}

impl Answer {
    /// The word of the JSON output.
    pub fn word(self) -> &'static str {
        match self {
            Self::NotAffected => "not_affected",
            Self::CannotTell => "cannot_tell",
            Self::Affected => "affected",
        }
    }
}

/// What decided an answer.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Reason {
    /// The rule.
    pub why: Why,
    /// Who asserts what decided: a source's name.
    pub asserter: String,
    /// Where it stands.
    pub place: Place,
    /// The version that was judged: the component's, its source package's, or a CPE's.
    pub version: Option<String>,
}

/// The rule that decided.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Why {
    /// The version lies in a range the source speaks of.
    InRange {
        /// What the source says of the range.
        status: Status,
        /// The range.
        range: Interval,
        /// The order it was compared in.
        scheme: Scheme,
    },
    /// The source lists exactly this version.
    Listed {
        /// What the source says of it.
        status: Status,
        /// The listed text.
        version: String,
        /// The order in which the two are equal.
        scheme: Scheme,
    },
    /// The source speaks of every version.
    AllVersions {
        /// What it says.
        status: Status,
    },
    /// No rule of the source covers the version, and this is what it says of the rest.
    Otherwise {
        /// What it says.
        status: Status,
        /// The order the version was compared in.
        scheme: Scheme,
    },
    /// The source clears other versions and says nothing of this one: no voice in the matter.
    Silent,
    /// The component has no version.
    NoVersion,
    /// The scheme cannot read the component's version, or an end of the range that decides.
    Unreadable {
        /// The scheme.
        scheme: Scheme,
        /// The text it cannot read.
        text: String,
    },
    /// The source gives commits only.
    CommitsOnly,
    /// The source gives words only.
    WordsOnly {
        /// The words.
        words: String,
    },
    /// The source's ranges contradict each other for this version.
    Contradicted,
    /// The advisory is for one release of the distribution and the component's is not known.
    ReleaseUnknown {
        /// The release the advisory is for.
        release: String,
    },
    /// The component's version has no epoch, the range's end has one, and the epoch decides.
    EpochMissing {
        /// The end of the range.
        bound: String,
    },
    /// The match is through a CPE without version bounds: a candidate, no more.
    UnboundedCpe,
    /// The catalogue of exploited vulnerabilities names the product, and no advisory that is loaded
    /// says which versions.
    CatalogueOnly,
    /// A distribution package owns the component's files; its advisories decide.
    OwnedByDistribution {
        /// The owner's name and version.
        owner: String,
        /// Whether advisories of that distribution and release are loaded.
        known: bool,
    },
    /// The document was withdrawn by its source.
    Withdrawn,
    /// The identifier was rejected by its authority.
    Rejected,
    /// An exploitability statement says so.
    Statement {
        /// What it says, in VEX's words: `not_affected`, `fixed`, `affected`.
        says: &'static str,
        /// The justification it gives.
        justification: Option<String>,
    },
}

impl Reason {
    /// The reason as one sentence for a person, without the place.
    pub fn sentence(&self) -> String {
        let version = self.version.as_deref().unwrap_or("(no version)");
        format!("{}: {}", self.asserter, self.why.sentence(version))
    }
}

impl Why {
    /// The rule as words, for a component of that version.
    pub fn sentence(&self, version: &str) -> String {
        match self {
            Self::InRange { status, range, scheme } => {
                format!(
                    "{version} is in the {} range {} ({scheme} order)",
                    word(*status),
                    Span(range)
                )
            }
            Self::Listed { status, version: listed, scheme } if listed == version => {
                format!("{version} is listed as {} ({scheme} order)", word(*status))
            }
            Self::Listed { status, version: listed, scheme } => {
                format!("{version} equals {listed}, listed as {} ({scheme} order)", word(*status))
            }
            Self::AllVersions { status } => format!("every version is {}", word(*status)),
            Self::Otherwise { status, scheme } => {
                format!("no range covers {version}; the rest is {} ({scheme} order)", word(*status))
            }
            Self::Silent => format!("the source clears other versions than {version}"),
            Self::NoVersion => "the inventory gives no version".to_owned(),
            Self::Unreadable { scheme, text } => {
                format!("{} is not a version that the {scheme} order can read", Brief(text))
            }
            Self::CommitsOnly => "the source names commits, no versions".to_owned(),
            Self::WordsOnly { words } => {
                format!("the source gives words instead of versions: {}", Brief(words))
            }
            Self::Contradicted => {
                format!("ranges of the source contradict each other for {version}")
            }
            Self::ReleaseUnknown { release } => {
                format!("it holds for release {release}, and the component's release is not known")
            }
            Self::EpochMissing { bound } => {
                format!("{version} has no epoch, the range ends at {bound}, and the epoch decides")
            }
            Self::UnboundedCpe => {
                "matched by a CPE without version bounds: a candidate to look at".to_owned()
            }
            Self::CatalogueOnly => {
                "known to be exploited; the catalogue names no versions, and no advisory that is \
                 loaded speaks of this product"
                    .to_owned()
            }
            Self::OwnedByDistribution { owner, known: true } => {
                format!("its files belong to {owner}, whose own advisories decide")
            }
            Self::OwnedByDistribution { owner, known: false } => format!(
                "its files belong to {owner}, and no advisories of that distribution are loaded"
            ),
            Self::Withdrawn => "the advisory was withdrawn".to_owned(),
            Self::Rejected => "the identifier was rejected by its authority".to_owned(),
            Self::Statement { says, justification: Some(why) } => {
                format!("a statement says {says}: {}", Brief(why))
            }
            Self::Statement { says, justification: None } => format!("a statement says {says}"),
        }
    }
}

/// The word for a status.
fn word(status: Status) -> &'static str {
    match status {
        Status::Affected => "affected",
        Status::Unaffected => "unaffected",
        Status::Unknown => "unknown",
    }
}

/// An interval as people write it: `>= 1.0, < 2.0`.
pub(crate) struct Span<'a>(pub(crate) &'a Interval);

impl fmt::Display for Span<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.0.low, &self.0.high) {
            (Bound::Open, Bound::Open) => f.write_str("of all versions"),
            (low, Bound::Open) => end(f, '>', low),
            (Bound::Open, high) => end(f, '<', high),
            (low, high) => {
                end(f, '>', low)?;
                f.write_str(", ")?;
                end(f, '<', high)
            }
        }
    }
}

fn end(f: &mut fmt::Formatter<'_>, sign: char, bound: &Bound) -> fmt::Result {
    match bound {
        Bound::Open => Ok(()),
        Bound::Including(text) => write!(f, "{sign}= {}", Brief(text)),
        Bound::Excluding(text) => write!(f, "{sign} {}", Brief(text)),
    }
}

/// A text from outside, cut for one line of a terminal.
pub(crate) struct Brief<'a>(pub(crate) &'a str);

impl fmt::Display for Brief<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = self.0.chars().filter(|c| !c.is_control());
        for c in shown.by_ref().take(120) {
            write!(f, "{c}")?;
        }
        if shown.next().is_some() { f.write_str("…") } else { Ok(()) }
    }
}
