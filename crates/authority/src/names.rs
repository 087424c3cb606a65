//! What stations are called: dated data, for ministries are renamed and codes are not.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Dated, NodeCode, Table};

/// A name in both languages.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Name {
    /// Korean.
    pub ko: String,
    /// English.
    pub en: String,
}

/// The names of the stations of a nation.
///
/// - **Shape:** a map from a station's code to a list of dated names.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(transparent)]
pub struct StationNames(BTreeMap<NodeCode, Table<Name>>);

impl StationNames {
    /// These names.
    pub fn new(names: BTreeMap<NodeCode, Table<Name>>) -> Self {
        Self(names)
    }

    /// What a station is called at this instant; where nothing is said, its code says what it is for.
    pub fn name(&self, code: &NodeCode, at: Timestamp) -> Option<&Name> {
        self.0.get(code)?.at(at)
    }

    /// Every station with a name at this instant, by code.
    pub fn stations(&self, at: Timestamp) -> impl Iterator<Item = (&NodeCode, &Name)> {
        self.0.iter().filter_map(move |(code, names)| Some((code, names.at(at)?)))
    }

    /// The stations of the sample nation Gaon (domain guide, section 11); every name is synthetic.
    pub fn gaon() -> Self {
        let from = Timestamp::from_second(GAON_FROM_SECOND).expect("a second of this century");
        let centres = (1..=CENTRES).map(|number| {
            let ko = format!("제{number}지역정보보호센터");
            (format!("RELAY_SME_{number:02}"), ko, format!("Regional Security Centre {number}"))
        });
        let stations = GAON
            .iter()
            .map(|(code, ko, en)| ((*code).to_owned(), (*ko).to_owned(), (*en).to_owned()));
        let dated = stations.chain(centres).map(|(code, ko, en)| {
            let code = code.parse().expect("the list has codes of stations only");
            let name = Dated { from, until: None, value: Name { ko, en } };
            (code, Table::new(vec![name]).expect("one row overlaps nothing"))
        });
        Self(dated.collect())
    }
}

/// 2020-01-01T00:00:00Z.
const GAON_FROM_SECOND: i64 = 1_577_836_800;

/// Regional centres of the SME agency.
const CENTRES: u8 = 10;

#[rustfmt::skip]
const GAON: &[(&str, &str, &str)] = &[
    ("APEX",          "국가안보조정실",       "Security Coordination Office"),
    ("LEAD_PRIV",     "디지털부",             "Ministry of Digital"),
    ("LEAD_PUB",      "국가사이버원",         "National Cyber Service"),
    ("LEAD_MIL",      "방위부",               "Ministry of Defence"),
    ("COORD_PRIV",    "가온정보보호원",       "Gaon Security Agency"),
    ("COORD_PUB",     "공공사이버안전센터",   "Public Cyber Safety Centre"),
    ("COORD_MIL",     "사이버작전단",         "Cyber Operations Group"),
    ("CRISIS_UNIT",   "사이버위기관리단",     "Cyber Crisis Unit"),
    ("SECTOR_FIN",    "금융감독위",           "Finance Commission"),
    ("SECTOR_HEALTH", "보건부",               "Ministry of Health"),
    ("SECTOR_ENERGY", "에너지부",             "Ministry of Energy"),
    ("SECTOR_TRANS",  "교통부",               "Ministry of Transport"),
    ("SECTOR_IND",    "산업부",               "Ministry of Industry"),
    ("SECTOR_SME",    "중소기업청",           "SME Agency"),
    ("SECTOR_LOCAL",  "내무부",               "Ministry of the Interior"),
    ("RELAY_FIN",     "가온금융보안센터",     "Gaon Financial Security Centre"),
    ("RELAY_HEALTH",  "의료정보공유분석센터", "Health Sharing and Analysis Centre"),
    ("RELAY_ENERGY",  "에너지사이버안전센터", "Energy Cyber Safety Centre"),
    ("RELAY_LOCAL",   "지방정보공유분석센터", "Local Government Sharing Centre"),
    ("PRIVACY_REG",   "개인정보위",           "Personal Data Commission"),
    ("POLICE",        "경찰청",               "Police Agency"),
    ("DIPLO",         "외교부",               "Ministry of Foreign Affairs"),
    ("PARTNER_NORTHSEA", "북해침해대응센터",  "North Sea CERT"),
    ("PARTNER_SOUTHCAPE", "남곶침해대응센터", "South Cape CERT"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaon_has_a_name_in_both_languages_for_every_station() {
        let names = StationNames::gaon();
        let at: Timestamp = "2026-03-01T00:00:00Z".parse().unwrap();
        assert_eq!(names.stations(at).count(), GAON.len() + usize::from(CENTRES));
        assert_eq!(names.name(&NodeCode::apex(), at).unwrap().ko, "국가안보조정실");
        assert!(names.stations(at).all(|(_, name)| !name.ko.is_empty() && !name.en.is_empty()));
        assert_eq!(names.stations("2019-01-01T00:00:00Z".parse().unwrap()).count(), 0);
    }
}
