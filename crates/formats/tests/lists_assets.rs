//! What the asset lists of `fixtures/inventories/assets` give.

use bongsu_formats::Limits;
use bongsu_formats::inventories::{Found, read};
use bongsu_inventory::{ComponentKind, Inventory};
use bongsu_package::ProductName;

macro_rules! fixture {
    ($name:literal) => {
        read(
            $name,
            &include_bytes!(concat!("../../../fixtures/inventories/assets/", $name))[..],
            &Limits::default(),
        )
    };
}

/// `system: product version; product version` for every system.
fn shown(found: &Found) -> Vec<String> {
    let system = |inventory: &Inventory| {
        let components: Vec<_> = inventory
            .components
            .iter()
            .map(|one| format!("{} {}", one.name, one.version.as_deref().unwrap_or("?")))
            .collect();
        format!("{}: {}", inventory.system, components.join("; "))
    };
    found.inventories.iter().map(system).collect()
}

fn reasons(found: &Found) -> Vec<String> {
    found.quarantined.iter().map(ToString::to_string).collect()
}

#[test]
fn a_korean_list_reads_the_same_in_cp949_and_in_utf8() {
    for found in [fixture!("korean-cp949.csv"), fixture!("korean-utf8-bom.csv")] {
        assert_eq!(
            shown(&found),
            [
                "가람시청/fw-01: FortiOS 7.2.4",
                "가람시청/web-01: HTTP Server 2.4.49; 봉화 오피스 ?",
                "누리교육청/web-01: 오래된 뷰어 3.1",
            ]
        );
        let firewall = &found.inventories[0].components[0];
        assert_eq!(firewall.kind, ComponentKind::Device);
        assert_eq!(firewall.product, ProductName::new("Fortinet", "FortiOS"));
        assert_eq!(firewall.field, "row 4");
        let server = &found.inventories[1].components[0];
        assert_eq!(server.kind, ComponentKind::Application);
        assert_eq!(server.field, "row 5", "a line break in a cell is not a row");
        let office = &found.inventories[1].components[1];
        assert_eq!(office.product, ProductName::new("주식회사 봉화소프트", "봉화 오피스"));
        assert_eq!(office.field, "row 7", "an empty row counts");
        assert_eq!(found.inventories[2].components[0].product, None, "no vendor is guessed");
        let reasons = reasons(&found);
        assert_eq!(reasons.len(), 1, "{reasons:?}");
        assert!(reasons[0].contains("row 9: "), "{}", reasons[0]);
        assert!(reasons[0].contains("no product"), "{}", reasons[0]);
    }
}

#[test]
fn a_list_without_systems_is_one_inventory_under_its_files_name() {
    let found = fixture!("english-semicolons.csv");
    assert_eq!(shown(&found), ["english-semicolons.csv: IOS XE 17.3.3; Viewer 1.10"]);
    let viewer = &found.inventories[0].components[1];
    assert_eq!(viewer.product, ProductName::new("Example; Works", "Viewer"));
}

#[test]
fn appliances_are_devices_with_their_firmware() {
    let found = fixture!("appliances.tsv");
    assert_eq!(shown(&found), ["A-1: FortiGate 60F v7.0.12", "A-2: Catalyst 9300 ?"]);
    assert!(found.inventories.iter().all(|one| one.components[0].kind == ComponentKind::Device));
}

#[test]
fn a_workbook_keeps_to_what_its_cells_say() {
    let found = fixture!("merged-cells.xlsx");
    assert_eq!(
        shown(&found),
        [
            "가람시청/민원포털: Confluence 7.13.0; Windows Server 2019 ?; Jira 8.1",
            "가람시청/누리망: Connect Secure ?; 이름만 있는 제품 9.1.0",
        ]
    );
    let jira = &found.inventories[0].components[2];
    assert_eq!(jira.product, ProductName::new("Atlassian", "Jira"), "the vendor cell is merged");
    assert_eq!(jira.field, "자산!row 4");
    let nameless = &found.inventories[1].components[1];
    assert_eq!(nameless.product, None, "an empty vendor that is not merged stays empty");
    let reasons = reasons(&found);
    assert_eq!(reasons.len(), 4, "{reasons:?}");
    assert!(reasons[0].contains("row 4") && reasons[0].contains("number 8.1"), "{}", reasons[0]);
    assert!(reasons[1].contains("row 5") && reasons[1].contains("date"), "{}", reasons[1]);
    assert!(reasons[2].contains("row 8") && reasons[2].contains("no product"), "{}", reasons[2]);
    assert!(reasons[3].contains("안내"), "{}", reasons[3]);
}

#[test]
fn identifiers_in_their_own_columns_are_read_and_bad_ones_told() {
    let list = "product,version,purl,cpe\n\
                viewer,1.0,pkg:npm/minimist@1.2.5,\n\
                ,,pkg:npm/lodash@4.17.20,\n\
                broken,2.0,not-a-purl,\n";
    let found = read("ids.csv", list.as_bytes(), &Limits::default());
    assert_eq!(shown(&found), ["ids.csv: viewer 1.0; lodash 4.17.20; broken 2.0"]);
    assert!(found.inventories[0].components[0].purl.is_some());
    assert_eq!(reasons(&found).len(), 1);
}

#[test]
fn separators_are_found_whatever_the_cells_hold() {
    #[rustfmt::skip]
    let table = [
        // text                                                       why
        ("vendor,product,version\na,b,1;2\n",                         "a semicolon in a cell"),
        ("sep=;\nvendor;product;version\na;b;1,2\n",                  "the separator is announced"),
        ("vendor|product|version\na|b|1,2\n",                         "bars"),
        ("vendor\tproduct\tversion\na\tb\t1,2\n",                     "tabs"),
        ("a title, with a comma\n\nvendor;product;version\na;b;1\n",  "a title above"),
        ("소프트웨어,,,위치\n제조사,제품명,버전,\na,b,1,c\n",         "headings in two rows"),
    ];
    for (text, why) in table {
        let found = read("list.csv", text.as_bytes(), &Limits::default());
        let last = found.inventories[0].components.last().unwrap();
        assert_eq!(last.product, ProductName::new("a", "b"), "{text:?}: {why}");
    }
}

#[test]
fn a_catalogue_of_flaws_is_no_asset_list() {
    let kev = "cveID,vendorProject,product,vulnerabilityName\nCVE-2021-44228,Apache,Log4j2,x\n";
    let found = read("kev.csv", kev.as_bytes(), &Limits::default());
    assert!(found.inventories.is_empty(), "{:?}", shown(&found));
}

#[test]
fn an_asset_list_without_a_telling_name_is_known_by_its_headings() {
    let found = read("-", &b"vendor,product,version\na,b,1\n"[..], &Limits::default());
    assert_eq!(shown(&found), ["-: b 1"]);
    let found = read("-", &b"dear all,\nplease see below,\n"[..], &Limits::default());
    assert!(found.inventories.is_empty());
}
