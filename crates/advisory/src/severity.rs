//! How bad, and what to decide by.

/// How bad, as the five words every scale maps to.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Rating {
    /// CVSS 0.0.
    None,
    /// Up to 3.9.
    Low,
    /// Up to 6.9.
    Medium,
    /// Up to 8.9.
    High,
    /// Up to 10.0.
    Critical,
}

impl Rating {
    /// The rating of a CVSS score.
    ///
    /// - **Unit:** CVSS points, 0.0 to 10.0.
    /// - **Source:** CVSS 3.1 section 5; 4.0 section 6.
    pub fn of_score(score: f64) -> Self {
        match score {
            s if s < 0.05 => Self::None,
            s if s < 3.95 => Self::Low,
            s if s < 6.95 => Self::Medium,
            s if s < 8.95 => Self::High,
            _ => Self::Critical,
        }
    }

    /// Reads a word such as `Important` or `MODERATE`.
    pub fn from_word(word: &str) -> Option<Self> {
        Some(match word.trim().to_ascii_lowercase().as_str() {
            "none" | "informational" => Self::None,
            "low" | "negligible" | "minor" => Self::Low,
            "medium" | "moderate" => Self::Medium,
            "high" | "important" => Self::High,
            "critical" => Self::Critical,
            _ => return None,
        })
    }

    /// The word, lower case.
    pub fn word(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }
}

/// One statement of severity.
#[derive(Clone, Debug, PartialEq)]
pub struct Severity {
    /// The CVSS vector, if there is one, `CVSS:3.1/AV:N/...`; version 2 vectors have no prefix.
    pub vector: Option<String>,
    /// The score: as published, else computed from the vector; 0.0 to 10.0.
    pub score: Option<f64>,
    /// The rating: of the score, else the source's own word.
    pub rating: Option<Rating>,
}

/// One SSVC decision-point value, such as `Exploitation` = `active`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SsvcSelection {
    /// The decision point, as written.
    pub point: String,
    /// The value, lower case.
    pub value: String,
}
