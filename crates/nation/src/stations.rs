//! The stations of the beacon line, with the names they had and have.

use bongsu_authority::NodeCode;
use jiff::Timestamp;

/// A station: its code never changes, its names do.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Station {
    /// Its code.
    pub code: NodeCode,
    /// The station above it in the line; `None` for the apex and those beside the line.
    pub parent: Option<NodeCode>,
    /// Its names, oldest first, one at every instant from the first on.
    pub names: Vec<DatedName>,
}

/// A name and when it holds.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct DatedName {
    /// In Korean.
    pub ko: String,
    /// In English.
    pub en: String,
    /// The first instant of it.
    pub from: Timestamp,
    /// The first instant after it, if it ended.
    pub until: Option<Timestamp>,
}

impl Station {
    /// The name at an instant; `None` before there was one.
    pub fn name_at(&self, at: Timestamp) -> Option<&DatedName> {
        let held = |name: &&DatedName| name.from <= at && name.until.is_none_or(|until| at < until);
        self.names.iter().find(held)
    }
}

/// The relay of a small institution, by its province: ten regional centres for seventeen.
pub(crate) fn regional_centre(province: u8) -> NodeCode {
    code(&format!("RELAY_SME_{:02}", 1 + (province.max(1) - 1) % CENTRES))
}

/// A code this crate spells itself.
pub(crate) fn code(text: &str) -> NodeCode {
    text.parse().expect("the tables of this crate spell codes well")
}

/// All stations of Gaon.
pub(crate) fn stations() -> Vec<Station> {
    let of_table = STATIONS.iter().map(|&(own, parent, ko, en)| station(own, parent, ko, en));
    let mut stations: Vec<Station> = of_table.collect();
    for centre in 1..=CENTRES {
        let (own, ko) =
            (format!("RELAY_SME_{centre:02}"), format!("제{centre}지역정보보호지원센터"));
        stations.push(station(
            &own,
            "SECTOR_SME",
            &ko,
            &format!("Regional Security Centre {centre}"),
        ));
    }
    for renamed in &RENAMED {
        let station = stations.iter_mut().find(|station| station.code.as_str() == renamed.0);
        let names = &mut station.expect("a renamed station is in the table").names;
        let old = DatedName {
            ko: renamed.1.into(),
            en: renamed.2.into(),
            from: FOUNDED,
            until: Some(REFORM),
        };
        names[0].from = REFORM;
        names.insert(0, old);
    }
    stations
}

fn station(own: &str, parent: &str, ko: &str, en: &str) -> Station {
    let name = DatedName { ko: ko.into(), en: en.into(), from: FOUNDED, until: None };
    let parent = (!parent.is_empty()).then(|| code(parent));
    Station { code: code(own), parent, names: vec![name] }
}

/// 2020-01-01T00:00+09: no act of Gaon is older.
const FOUNDED: Timestamp = Timestamp::constant(1_577_804_400, 0);

/// 2025-10-01T00:00+09: a reorganisation of the government renamed some.
const REFORM: Timestamp = Timestamp::constant(1_759_244_400, 0);

const CENTRES: u8 = 10;

/// Code, code above, Korean and English name.
#[rustfmt::skip]
const STATIONS: [(&str, &str, &str, &str); 24] = [
    ("APEX",             "",              "국가안보조정실",       "Security Coordination Office"),
    ("LEAD_PRIV",        "APEX",          "디지털부",             "Ministry of Digital"),
    ("LEAD_PUB",         "APEX",          "국가사이버원",         "National Cyber Service"),
    ("LEAD_MIL",         "APEX",          "방위부",               "Ministry of Defence"),
    ("COORD_PRIV",       "LEAD_PRIV",     "가온정보보호원",       "Gaon Security Agency"),
    ("COORD_PUB",        "LEAD_PUB",      "공공사이버대응센터",   "Public Cyber Response Centre"),
    ("COORD_MIL",        "LEAD_MIL",      "방위사이버사령부",     "Defence Cyber Command"),
    ("CRISIS_UNIT",      "APEX",          "국가사이버위기관리단", "National Cyber Crisis Unit"),
    ("SECTOR_FIN",       "LEAD_PRIV",     "금융감독위",           "Finance Commission"),
    ("SECTOR_HEALTH",    "LEAD_PRIV",     "보건부",               "Ministry of Health"),
    ("SECTOR_ENERGY",    "LEAD_PRIV",     "에너지부",             "Ministry of Energy"),
    ("SECTOR_TRANS",     "LEAD_PRIV",     "교통부",               "Ministry of Transport"),
    ("SECTOR_IND",       "LEAD_PRIV",     "산업부",               "Ministry of Industry"),
    ("SECTOR_SME",       "LEAD_PRIV",     "중소기업청",           "SME Agency"),
    ("SECTOR_LOCAL",     "LEAD_PUB",      "내무부",               "Ministry of the Interior"),
    ("RELAY_FIN",        "SECTOR_FIN",    "가온금융보안센터",     "Gaon Financial Security Centre"),
    ("RELAY_HEALTH",     "SECTOR_HEALTH", "의료정보공유분석센터", "Health Sharing and Analysis Centre"),
    ("RELAY_ENERGY",     "SECTOR_ENERGY", "에너지사이버안전센터", "Energy Cyber Safety Centre"),
    ("RELAY_LOCAL",      "SECTOR_LOCAL",  "지방정보공유분석센터", "Local Government Sharing Centre"),
    ("PRIVACY_REG",      "",              "개인정보위",           "Privacy Commission"),
    ("POLICE",           "",              "경찰청",               "National Police"),
    ("DIPLO",            "",              "외교부",               "Ministry of Foreign Affairs"),
    ("PARTNER_NORTHSEA", "",              "북해침해대응센터",     "North Sea CERT"),
    ("PARTNER_SOUTHCAPE", "",             "남곶침해대응센터",     "South Cape CERT"),
];

/// Code, and Korean and English name before the reform.
#[rustfmt::skip]
const RENAMED: [(&str, &str, &str); 3] = [
    ("LEAD_PRIV",     "정보통신부",   "Ministry of Information and Communication"),
    ("SECTOR_ENERGY", "동력자원부",   "Ministry of Power and Resources"),
    ("SECTOR_IND",    "상공부",       "Ministry of Trade and Industry"),
];

#[cfg(test)]
mod tests {
    use bongsu_authority::Domain;

    use super::*;

    #[test]
    fn every_station_but_those_beside_the_line_hangs_from_another() {
        let stations = stations();
        for station in &stations {
            let Some(parent) = &station.parent else { continue };
            assert!(stations.iter().any(|other| other.code == *parent), "{}", station.code);
        }
        for domain in [Domain::Private, Domain::Public, Domain::Military] {
            assert!(stations.iter().any(|station| station.code == NodeCode::lead(domain)));
            assert!(stations.iter().any(|station| station.code == NodeCode::coord(domain)));
        }
    }

    #[test]
    fn a_renamed_ministry_has_one_name_at_every_instant() {
        let stations = stations();
        let lead = stations.iter().find(|station| station.code.as_str() == "LEAD_PRIV").unwrap();
        let at = |text: &str| lead.name_at(text.parse().unwrap()).map(|name| name.en.as_str());
        assert_eq!(at("2025-09-30T14:59:59Z"), Some("Ministry of Information and Communication"));
        assert_eq!(at("2025-09-30T15:00:00Z"), Some("Ministry of Digital"));
        assert_eq!(at("2019-01-01T00:00:00Z"), None);
    }
}
