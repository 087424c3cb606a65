//! The words offices put above their columns.

/// What a column holds.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Role {
    Vendor,
    Product,
    Model,
    Version,
    Firmware,
    OperatingSystem,
    OsVersion,
    Host,
    Asset,
    System,
    Equipment,
    Organization,
    Kind,
    Cpe,
    Purl,
    /// A column of asset lists that says nothing about what runs: quantity, address, note.
    Beside,
}

/// Which column holds what, from a row of headings.
#[derive(Clone, Debug, Default)]
pub(super) struct Columns(Vec<(Role, usize)>);

impl Columns {
    /// Reads a row of headings; the first column of a role wins.
    pub(super) fn of<'a>(cells: impl Iterator<Item = &'a str>) -> Self {
        let mut columns = Vec::new();
        for (column, cell) in cells.enumerate() {
            if let Some(role) = role(cell)
                && (role == Role::Beside || columns.iter().all(|(known, _)| *known != role))
            {
                columns.push((role, column));
            }
        }
        Self(columns)
    }

    pub(super) fn at(&self, role: Role) -> Option<usize> {
        self.0.iter().find(|(known, _)| *known == role).map(|(_, column)| *column)
    }

    pub(super) fn has(&self, role: Role) -> bool {
        self.at(role).is_some()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How much this looks like a row of headings: known words, if one of them is what runs.
    pub(super) fn score(&self) -> usize {
        let says_what = [Role::Product, Role::Model, Role::Equipment, Role::OperatingSystem]
            .into_iter()
            .chain([Role::Cpe, Role::Purl])
            .any(|role| self.has(role));
        if says_what { self.0.len() } else { 0 }
    }

    /// Whether the headings are certain enough for a file that does not claim to be a table.
    pub(super) fn certain(&self) -> bool {
        let product = self.has(Role::Product) || self.has(Role::Model);
        product && (self.has(Role::Vendor) || self.has(Role::Version) || self.has(Role::Firmware))
    }
}

/// What a heading means: `제품명`, `제조사(Vendor)`, `제품 / 모델`, `OS 버전`.
fn role(cell: &str) -> Option<Role> {
    if cell.len() > LONGEST_HEADING {
        return None;
    }
    known(cell).or_else(|| cell.split(['/', '(', ')', '[', ']', '\n']).find_map(known))
}

fn known(text: &str) -> Option<Role> {
    let plain: String = text
        .chars()
        .filter(|c| !c.is_whitespace() && !"_-.:*#·'\"()[]/\u{feff}".contains(*c))
        .flat_map(char::to_lowercase)
        .collect();
    WORDS.iter().find(|(words, _)| words.contains(&plain.as_str())).map(|(_, role)| *role)
}

/// Longer cells are titles or notes, in bytes.
const LONGEST_HEADING: usize = 120;

/// Headings by what they mean, without blanks and signs, lower case.
const WORDS: [(&[&str], Role); 16] = [
    (
        &[
            "제조사",
            "제조사명",
            "제조업체",
            "제조원",
            "벤더",
            "벤더명",
            "공급업체",
            "공급사",
            "개발사",
            "개발업체",
            "제작사",
            "브랜드",
            "vendor",
            "vendorname",
            "manufacturer",
            "maker",
            "supplier",
            "publisher",
            "brand",
            "developer",
            "mfr",
        ],
        Role::Vendor,
    ),
    (
        &[
            "제품명",
            "제품",
            "품명",
            "상품명",
            "소프트웨어",
            "소프트웨어명",
            "sw명",
            "sw",
            "프로그램",
            "프로그램명",
            "솔루션",
            "솔루션명",
            "패키지",
            "패키지명",
            "product",
            "productname",
            "name",
            "software",
            "softwarename",
            "application",
            "package",
            "packagename",
            "component",
            "title",
        ],
        Role::Product,
    ),
    (&["모델", "모델명", "기종", "model", "modelname", "modelno", "modelnumber"], Role::Model),
    (
        &[
            "버전",
            "버젼",
            "버전정보",
            "제품버전",
            "sw버전",
            "소프트웨어버전",
            "설치버전",
            "현재버전",
            "version",
            "ver",
            "productversion",
            "softwareversion",
            "installedversion",
            "swversion",
            "release",
            "release버전",
        ],
        Role::Version,
    ),
    (
        &[
            "펌웨어",
            "펌웨어버전",
            "펌웨어버젼",
            "fw버전",
            "fw",
            "firmware",
            "firmwareversion",
            "fwversion",
        ],
        Role::Firmware,
    ),
    (
        &["운영체제", "운영체계", "os", "os명", "os종류", "operatingsystem", "osname"],
        Role::OperatingSystem,
    ),
    (&["os버전", "os버젼", "운영체제버전", "운영체계버전", "osversion", "osver"], Role::OsVersion),
    (
        &[
            "호스트명",
            "호스트",
            "호스트네임",
            "서버명",
            "서버",
            "host",
            "hostname",
            "server",
            "servername",
            "computername",
            "컴퓨터명",
            "pc명",
        ],
        Role::Host,
    ),
    (
        &[
            "자산번호",
            "자산명",
            "자산코드",
            "자산id",
            "관리번호",
            "asset",
            "assetid",
            "assetno",
            "assettag",
            "assetnumber",
            "assetname",
        ],
        Role::Asset,
    ),
    (
        &[
            "시스템",
            "시스템명",
            "정보시스템",
            "정보시스템명",
            "업무시스템",
            "서비스명",
            "system",
            "systemname",
            "service",
        ],
        Role::System,
    ),
    (&["장비명", "장비", "기기명", "설비명", "device", "devicename", "equipment"], Role::Equipment),
    (
        &[
            "기관",
            "기관명",
            "기관이름",
            "소속기관",
            "회사",
            "회사명",
            "organization",
            "organisation",
            "institution",
            "agency",
            "company",
        ],
        Role::Organization,
    ),
    (
        &[
            "구분",
            "종류",
            "유형",
            "분류",
            "자산유형",
            "장비구분",
            "type",
            "category",
            "kind",
            "assettype",
            "class",
        ],
        Role::Kind,
    ),
    (&["cpe", "cpe23", "cpename", "cpe이름"], Role::Cpe),
    (&["purl", "packageurl"], Role::Purl),
    (
        &[
            "번호",
            "순번",
            "연번",
            "no",
            "부서",
            "부서명",
            "담당부서",
            "담당자",
            "department",
            "dept",
            "owner",
            "수량",
            "quantity",
            "qty",
            "count",
            "ip",
            "ip주소",
            "ipaddress",
            "아이피",
            "비고",
            "메모",
            "참고",
            "note",
            "notes",
            "remark",
            "remarks",
            "comment",
            "설치위치",
            "위치",
            "location",
            "도입일",
            "도입일자",
            "도입연도",
            "용도",
            "라이선스",
            "license",
            "시리얼",
            "시리얼번호",
            "serial",
            "serialnumber",
        ],
        Role::Beside,
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_are_known_in_korean_and_english_however_they_are_decorated() {
        #[rustfmt::skip]
        let table = [
            // heading                 role                            why
            ("제조사",                 Some(Role::Vendor),             "Korean"),
            ("제품명(Product Name)",   Some(Role::Product),            "both languages"),
            ("제품 / 모델",            Some(Role::Product),            "two words"),
            ("펌웨어\n버전",           Some(Role::Firmware),           "a line break in the cell"),
            ("* Vendor",               Some(Role::Vendor),             "a mark for required columns"),
            ("OS 버전",                Some(Role::OsVersion),          "mixed languages"),
            ("S/W명",                  Some(Role::Product),            "a slash inside the word"),
            ("asset_id",               Some(Role::Asset),              "an underscore"),
            ("2026년 자산 현황",       None,                           "a title"),
            ("Fortinet",               None,                           "a value"),
        ];
        for (heading, expected, why) in table {
            assert_eq!(role(heading), expected, "{heading}: {why}");
        }
    }
}
