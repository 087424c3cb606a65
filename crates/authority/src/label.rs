//! How far a text may go: TLP 2.0, grade, and the label that joins them.

use serde::{Deserialize, Serialize};

/// Traffic Light Protocol 2.0, least restricted first.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "SCREAMING-KEBAB-CASE")]
pub enum Tlp {
    /// Public.
    Clear,
    /// The community.
    Green,
    /// An organisation and its clients.
    Amber,
    /// An organisation only.
    #[serde(rename = "AMBER+STRICT")]
    AmberStrict,
    /// Named recipients only.
    Red,
}

/// Grade of the national network security framework, least restricted first.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Grade {
    /// O, open.
    Open,
    /// S, sensitive.
    Sensitive,
    /// C, classified: never on an internet channel.
    Classified,
}

/// The label of a text.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
pub struct Label {
    /// TLP.
    pub tlp: Tlp,
    /// Grade.
    pub grade: Grade,
}

impl Label {
    /// The label of a text made from both: the higher of each.
    #[must_use]
    pub fn join(self, other: Self) -> Self {
        Self { tlp: self.tlp.max(other.tlp), grade: self.grade.max(other.grade) }
    }
}
