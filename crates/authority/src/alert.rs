//! Cyber crisis alerts (사이버위기경보): levels of several schemes, one of which counts down (domain guide, section 6).

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::names::Name;
use crate::{Dated, Domain, Table};

/// A scale of levels.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Scheme {
    /// 정상 0 to 심각 4, of the private and the public lead.
    Cyber,
    /// The military's posture: 5 is peace, 1 is the worst.
    Cpcon,
    /// The crisis of administrative systems, 1 to 4; it runs beside the cyber alert.
    Administrative,
}

impl Scheme {
    /// The ordinals of this scheme, calmest first.
    pub fn ordinals(self) -> &'static [u8] {
        match self {
            Self::Cyber => &[0, 1, 2, 3, 4],
            Self::Cpcon => &[5, 4, 3, 2, 1],
            Self::Administrative => &[1, 2, 3, 4],
        }
    }
}

/// One level of one scheme.
///
/// - **Shape:** the ordinal is the scheme's own number; compare by [`urgency`](Self::urgency), never by ordinal.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(try_from = "Spelling", into = "Spelling")]
pub struct Level {
    scheme: Scheme,
    ordinal: u8,
}

#[derive(Deserialize, Serialize)]
struct Spelling {
    scheme: Scheme,
    ordinal: u8,
}

/// The scheme has no such level.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{scheme:?} has no level {ordinal}: its levels are {:?}, calmest first", scheme.ordinals())]
pub struct NoSuchLevel {
    /// The scheme.
    pub scheme: Scheme,
    /// The number that was asked for.
    pub ordinal: u8,
}

impl Level {
    /// The level with this number in this scheme.
    ///
    /// # Errors
    /// [`NoSuchLevel`].
    pub fn new(scheme: Scheme, ordinal: u8) -> Result<Self, NoSuchLevel> {
        if !scheme.ordinals().contains(&ordinal) {
            return Err(NoSuchLevel { scheme, ordinal });
        }
        Ok(Self { scheme, ordinal })
    }

    /// The scheme.
    pub fn scheme(self) -> Scheme {
        self.scheme
    }

    /// Its number in the scheme.
    pub fn ordinal(self) -> u8 {
        self.ordinal
    }

    /// How grave it is, 0 (calm) to 4, whichever way the scheme counts.
    pub fn urgency(self) -> u8 {
        match self.scheme {
            Scheme::Cyber | Scheme::Administrative => self.ordinal,
            Scheme::Cpcon => 5 - self.ordinal,
        }
    }
}

impl TryFrom<Spelling> for Level {
    type Error = NoSuchLevel;

    fn try_from(spelling: Spelling) -> Result<Self, Self::Error> {
        Self::new(spelling.scheme, spelling.ordinal)
    }
}

impl From<Level> for Spelling {
    fn from(level: Level) -> Self {
        Self { scheme: level.scheme, ordinal: level.ordinal }
    }
}

/// An alert as a lead raised it; prolonging is a new act.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Alert {
    /// Whose.
    pub scope: Domain,
    /// How grave.
    pub level: Level,
    /// The first instant of it.
    pub from: Timestamp,
    /// The planned end: the first instant after it. It ends by itself then, and that is announced.
    pub until: Timestamp,
}

impl Alert {
    /// Is it in force at this instant?
    pub fn holds_at(&self, at: Timestamp) -> bool {
        self.from <= at && at < self.until
    }
}

/// What levels are called and which colour they have: dated data.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct LevelNames(Vec<(Level, Table<LevelName>)>);

/// A level's name and colour.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct LevelName {
    /// In both languages.
    pub name: Name,
    /// Colour, in English; never the only sign of a level on a page.
    pub colour: String,
}

impl LevelNames {
    /// What a level is called at this instant.
    pub fn name(&self, level: Level, at: Timestamp) -> Option<&LevelName> {
        self.0.iter().find(|(named, _)| *named == level)?.1.at(at)
    }

    /// The levels of the sample nation Gaon.
    pub fn gaon() -> Self {
        let from = Timestamp::from_second(GAON_FROM_SECOND).expect("a second of this century");
        let levels = GAON.iter().map(|(scheme, ordinal, ko, en, colour)| {
            let level = Level::new(*scheme, *ordinal).expect("the list has levels that exist");
            let name = Name { ko: (*ko).to_owned(), en: (*en).to_owned() };
            let value = LevelName { name, colour: (*colour).to_owned() };
            let row = Dated { from, until: None, value };
            (level, Table::new(vec![row]).expect("one row overlaps nothing"))
        });
        Self(levels.collect())
    }
}

/// 2020-01-01T00:00:00Z.
const GAON_FROM_SECOND: i64 = 1_577_836_800;

#[rustfmt::skip]
const GAON: &[(Scheme, u8, &str, &str, &str)] = &[
    (Scheme::Cyber,          0, "정상",    "Normal",   "green"),
    (Scheme::Cyber,          1, "관심",    "Attention", "blue"),
    (Scheme::Cyber,          2, "주의",    "Caution",  "yellow"),
    (Scheme::Cyber,          3, "경계",    "Alert",    "orange"),
    (Scheme::Cyber,          4, "심각",    "Serious",  "red"),
    (Scheme::Cpcon,          5, "CPCON 5", "CPCON 5",  "green"),
    (Scheme::Cpcon,          4, "CPCON 4", "CPCON 4",  "blue"),
    (Scheme::Cpcon,          3, "CPCON 3", "CPCON 3",  "yellow"),
    (Scheme::Cpcon,          2, "CPCON 2", "CPCON 2",  "orange"),
    (Scheme::Cpcon,          1, "CPCON 1", "CPCON 1",  "red"),
    (Scheme::Administrative, 1, "관심",    "Attention", "blue"),
    (Scheme::Administrative, 2, "주의",    "Caution",  "yellow"),
    (Scheme::Administrative, 3, "경계",    "Alert",    "orange"),
    (Scheme::Administrative, 4, "심각",    "Serious",  "red"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cpcon_counts_down_and_every_level_has_a_name() {
        let at = "2026-03-01T00:00:00Z".parse().unwrap();
        let names = LevelNames::gaon();
        for scheme in [Scheme::Cyber, Scheme::Cpcon, Scheme::Administrative] {
            let levels: Vec<_> =
                scheme.ordinals().iter().map(|o| Level::new(scheme, *o).unwrap()).collect();
            assert!(levels.is_sorted_by_key(|level| level.urgency()), "{scheme:?}");
            assert!(levels.iter().all(|level| names.name(*level, at).is_some()), "{scheme:?}");
            assert!(levels.iter().all(|level| level.urgency() <= 4), "{scheme:?}");
        }
        assert_eq!(Level::new(Scheme::Cpcon, 3).unwrap().urgency(), 2, "III is 주의 by gravity");
        assert!(Level::new(Scheme::Cpcon, 0).is_err());
        assert!(Level::new(Scheme::Cyber, 5).is_err());
    }
}
