//! Why something could not be read.

use bongsu_advisory::Place;

/// A document, or an entry of one, that was set aside; the rest went in.
#[derive(Debug, thiserror::Error)]
#[error("{place}: {reason}")]
pub struct Quarantined {
    /// Where it is.
    pub place: Place,
    /// Why it was set aside.
    pub reason: Error,
}

/// Why a document could not be read.
///
/// A message says what was wrong and what a right one looks like; the place is beside it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The bytes are none of the formats we know.
    #[error("not a format we read: {hint}")]
    UnknownFormat {
        /// What it looks like, and what would do.
        hint: String,
    },
    /// The syntax is broken.
    #[error("malformed {format}: {detail}")]
    Syntax {
        /// The format it claims to be, `CycloneDX JSON`.
        format: &'static str,
        /// What the parser said, with line and column where it has them.
        detail: String,
    },
    /// A field is missing or holds something it cannot hold.
    #[error("{format}: {detail}")]
    Field {
        /// The format.
        format: &'static str,
        /// Which field, and what a right value looks like.
        detail: String,
    },
    /// A limit was reached.
    #[error("{what} is over the limit of {limit}")]
    TooLarge {
        /// What was measured, with its unit, `document of more than 536870912 bytes`.
        what: String,
        /// The limit.
        limit: u64,
    },
    /// Whoever asked waits no longer.
    #[error("there was no time left to read it; allow more time or give fewer documents")]
    OutOfTime,
    /// Reading the bytes failed, or the archive is damaged.
    #[error("could not be read")]
    Read(#[source] std::io::Error),
}

impl Error {
    /// Every word that [`reason`](Self::reason) gives.
    pub const REASONS: [&'static str; 6] = [
        "format-unknown",
        "format-syntax",
        "format-field",
        "format-limit",
        "format-time",
        "format-read",
    ];

    /// A stable word for the cause, by which programs and pages tell it from others.
    pub fn reason(&self) -> &'static str {
        match self {
            Self::UnknownFormat { .. } => "format-unknown",
            Self::Syntax { .. } => "format-syntax",
            Self::Field { .. } => "format-field",
            Self::TooLarge { .. } => "format-limit",
            Self::OutOfTime => "format-time",
            Self::Read(_) => "format-read",
        }
    }
}
