//! What comes from outside and is wrong: set aside with a sentence, never followed, never lost.

use std::fmt::Write;

use bongsu_formats::inventories::{Found, read};
use bongsu_formats::{Error, Limits};

fn from(name: &str, text: &str) -> Found {
    read(name, text.as_bytes(), &Limits::default())
}

/// The one reason why nothing was read.
fn refusal(name: &str, bytes: &[u8]) -> String {
    let found = read(name, bytes, &Limits::default());
    assert!(found.inventories.is_empty(), "{name} was read");
    let [quarantined] = found.quarantined.as_slice() else {
        panic!("one reason, not {:?}", found.quarantined)
    };
    quarantined.to_string()
}

const ONE: &str = r#"{"bomFormat":"CycloneDX","specVersion":"1.5","components":[
    {"type":"library","name":"left","version":"1","purl":"pkg:npm/left@1"}]}"#;

#[test]
fn a_document_that_cannot_be_read_is_set_aside_with_its_reason() {
    let deep = format!(
        r#"{{"bomFormat":"CycloneDX","components":[{}"#,
        r#"{"components":["#.repeat(100_000)
    );
    let doctype = r#"<?xml version="1.0"?><!DOCTYPE bom [<!ENTITY a SYSTEM "file:///etc/passwd">]>
        <bom xmlns="http://cyclonedx.org/schema/bom/1.4"><components/></bom>"#;
    let entity = r#"<bom xmlns="http://cyclonedx.org/schema/bom/1.4"><components>
        <component type="library"><name>&a;</name></component></components></bom>"#;
    #[rustfmt::skip]
    let table: [(&str, &[u8], &str, &str); 15] = [
        ("cut.json",      &ONE.as_bytes()[..90],                     "malformed CycloneDX JSON: EOF", "truncated"),
        ("cut.xml",       br#"<bom xmlns="http://cyclonedx.org/schema/bom/1.4"><components>"#, "ends before </bom>", "truncated XML"),
        ("cut.spdx.json", br#"{"spdxVersion":"SPDX-2.3","packages":[{"name":"a""#, "malformed SPDX 2 JSON: EOF", "truncated SPDX"),
        ("twice.json",    br#"{"bomFormat":"CycloneDX"} {"bomFormat":"CycloneDX"} x"#, "trailing characters", "trailing data"),
        ("keys.json",     br#"{"bomFormat":"CycloneDX","components":[],"components":[]}"#, "duplicate field `components`", "which of them is meant?"),
        ("name.json",     br#"{"bomFormat":"CycloneDX","components":[{"name":"a","name":"b"}]}"#, "duplicate field `name`", "which of them is meant?"),
        ("deep.json",     deep.as_bytes(),                            "nesting", "deeply nested"),
        ("bytes.json",    b"{\"bomFormat\":\"CycloneDX\",\"components\":[{\"name\":\"\xff\xfe\"}]}", "not UTF-8 at line 1", "invalid UTF-8"),
        ("nul.json",      b"{\"bomFormat\":\"CycloneDX\",\0\"components\":[]}", "a NUL byte at line 1", "NUL"),
        ("dtd.xml",       doctype.as_bytes(),                         "document type declaration", "entities could be declared"),
        ("entity.xml",    entity.as_bytes(),                          "entity &a;", "an entity is never resolved"),
        ("osv.json",      br#"{"schema_version":"1.6.0","id":"X-1","affected":[]}"#, "an OSV document: pass it with the advisories", "the wrong door"),
        ("notes.txt",     b"dear all, the servers are fine",          "text that begins with `dear all", "no format"),
        ("empty.json",    b"",                                        "the file is empty", "nothing at all"),
        ("shape.json",    br#"{"bomFormat":"CycloneDX","components":{"name":"a"}}"#, "expected a list of components", "an object for a list"),
    ];
    for (name, bytes, expected, why) in table {
        let refused = refusal(name, bytes);
        assert!(refused.contains(expected), "{why}: `{refused}` says `{expected}`");
        assert!(refused.starts_with(name), "{why}: `{refused}` names the file");
    }
}

#[test]
fn xmls_own_references_are_characters() {
    let found = from(
        "bom.xml",
        r#"<bom xmlns="http://cyclonedx.org/schema/bom/1.4"><components>
        <component type="library" bom-ref="a&amp;b"><name>a&amp;b &#x26; c</name>
        <version><![CDATA[1<2]]></version></component></components></bom>"#,
    );
    let component = &found.inventories[0].components[0];
    assert_eq!(component.name, "a&b & c");
    assert_eq!(component.version.as_deref(), Some("1<2"));
    assert_eq!(component.reference.as_deref(), Some("a&b"));
}

#[test]
fn byte_order_marks_of_utf_8_and_utf_16_are_taken_off() {
    let utf_8 = [b"\xef\xbb\xbf", ONE.as_bytes()].concat();
    let little: Vec<u8> =
        [0xfeff].into_iter().chain(ONE.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let big: Vec<u8> =
        [0xfeff].into_iter().chain(ONE.encode_utf16()).flat_map(u16::to_be_bytes).collect();
    for (bytes, why) in [(utf_8, "UTF-8"), (little, "UTF-16 LE"), (big, "UTF-16 BE")] {
        let found = read("bom.json", bytes.as_slice(), &Limits::default());
        assert!(found.quarantined.is_empty(), "{why}: {:?}", found.quarantined);
        assert_eq!(found.inventories[0].components.len(), 1, "{why}");
    }
}

#[test]
fn a_component_with_a_broken_package_url_goes_in_by_name_and_version() {
    let text = ONE.replace("pkg:npm/left@1", "left@1");
    let found = from("bom.json", &text);
    let component = &found.inventories[0].components[0];
    assert_eq!((component.name.as_str(), component.version.as_deref()), ("left", Some("1")));
    assert!(component.purl.is_none());
    let said = found.quarantined[0].to_string();
    assert!(said.starts_with("bom.json at /components/0: "), "{said}");
    assert!(said.contains("`left@1` is no package URL"), "{said}");
}

#[test]
fn a_version_of_ten_thousand_digits_is_set_aside_and_its_component_kept() {
    let text = ONE.replace(r#""version":"1""#, &format!(r#""version":"{}""#, "9".repeat(10_000)));
    let found = from("bom.json", &text);
    assert_eq!(found.inventories[0].components[0].version, None);
    assert!(found.quarantined[0].to_string().contains("a version of 10000 bytes"));
}

#[test]
fn components_that_hold_or_name_each_other_in_a_circle_are_read_once() {
    let cyclonedx = r#"{"bomFormat":"CycloneDX","components":[
        {"bom-ref":"a","name":"a","version":"1"},{"bom-ref":"b","name":"b","version":"1"}],
        "dependencies":[{"ref":"a","dependsOn":["b"]},{"ref":"b","dependsOn":["a","b"]}]}"#;
    let spdx = r#"{"spdxVersion":"SPDX-2.3","name":"round","packages":[
        {"SPDXID":"a","name":"a"},{"SPDXID":"b","name":"b"}],"relationships":[
        {"spdxElementId":"a","relationshipType":"CONTAINS","relatedSpdxElement":"b"},
        {"spdxElementId":"b","relationshipType":"CONTAINS","relatedSpdxElement":"a"}]}"#;
    let spdx3 = r#"{"@context":"https://spdx.org/rdf/3.0.1/spdx-context.jsonld","@graph":[
        {"type":"SpdxDocument","spdxId":"d","name":"round","rootElement":["s"]},
        {"type":"software_Sbom","spdxId":"s","rootElement":["s"]},
        {"type":"software_Package","spdxId":"a","name":"a"},
        {"type":"software_Package","spdxId":"b","name":"b"}]}"#;
    for text in [cyclonedx, spdx, spdx3] {
        let found = from("bom.json", text);
        assert!(found.quarantined.is_empty(), "{:?}", found.quarantined);
        let names: Vec<_> = found.inventories[0].components.iter().map(|c| &*c.name).collect();
        assert_eq!(names, ["a", "b"]);
    }
}

#[test]
fn components_nested_beyond_the_limit_are_refused() {
    let mut text = r#"{"bomFormat":"CycloneDX","components":["#.to_owned();
    for _ in 0..40 {
        text.push_str(r#"{"name":"a","components":["#);
    }
    text.push_str(&"]}".repeat(41));
    let limits = Limits { depth: 30, ..Limits::default() };
    let found = read("bom.json", text.as_bytes(), &limits);
    assert!(found.inventories.is_empty());
    assert!(matches!(found.quarantined[0].reason, Error::TooLarge { limit: 30, .. }));
    let found = read("bom.json", text.as_bytes(), &Limits { depth: 40, ..Limits::default() });
    assert_eq!(found.inventories[0].components.len(), 40, "{:?}", found.quarantined);
}

#[test]
fn two_components_with_one_reference_are_two_components() {
    let text = r#"{"bomFormat":"CycloneDX","components":[
        {"bom-ref":"a","name":"a","version":"1"},{"bom-ref":"a","name":"a","version":"2"}]}"#;
    let found = from("bom.json", text);
    let versions: Vec<_> =
        found.inventories[0].components.iter().map(|c| c.version.as_deref()).collect();
    assert_eq!(versions, [Some("1"), Some("2")]);
}

#[test]
fn an_inventory_of_nothing_is_an_inventory() {
    #[rustfmt::skip]
    let table = [
        ("bom.json",  r#"{"bomFormat":"CycloneDX","components":[]}"#),
        ("none.json", r#"{"bomFormat":"CycloneDX","components":null}"#),
        ("bom.xml",   r#"<bom xmlns="http://cyclonedx.org/schema/bom/1.4"><components/></bom>"#),
        ("two.json",  r#"{"spdxVersion":"SPDX-2.3","name":"two.json"}"#),
        ("two.spdx",  "SPDXVersion: SPDX-2.3\nDocumentName: two.spdx\n"),
        ("3.json",    r#"{"@context":"https://spdx.org/rdf/3.0.1/spdx-context.jsonld","@graph":[]}"#),
    ];
    for (name, text) in table {
        let found = from(name, text);
        assert!(found.quarantined.is_empty(), "{name}: {:?}", found.quarantined);
        assert_eq!(found.inventories[0].components.len(), 0, "{name}");
        assert_eq!(found.inventories[0].system, name, "a system that is not named");
    }
}

#[test]
fn a_million_components_go_in_and_a_limit_below_them_refuses() {
    let mut text = r#"{"bomFormat":"CycloneDX","components":["#.to_owned();
    for number in 0..1_000_000 {
        let comma = if number == 0 { "" } else { "," };
        write!(text, r#"{comma}{{"name":"n{number}","version":"1"}}"#).unwrap();
    }
    text.push_str("]}");
    let found = from("bom.json", &text);
    assert_eq!(found.inventories[0].components.len(), 1_000_000);
    assert_eq!(found.inventories[0].components[999_999].field, "/components/999999");
    let limits = Limits { entries: 999_999, ..Limits::default() };
    let found = read("bom.json", text.as_bytes(), &limits);
    assert!(found.inventories.is_empty());
    assert!(matches!(found.quarantined[0].reason, Error::TooLarge { limit: 999_999, .. }));
}

#[test]
fn one_bad_line_of_a_listing_is_set_aside_and_the_others_go_in() {
    let mut text = String::new();
    for number in 0..20 {
        writeln!(text, "thing{number}-1.{number}-1.el9.x86_64").unwrap();
    }
    text.push_str("error: rpmdb: BDB0113 Thread died\n");
    let found = from("rpm.txt", &text);
    assert_eq!(found.inventories[0].components.len(), 20);
    let said = found.quarantined[0].to_string();
    assert!(said.starts_with("rpm.txt at line 21: "), "{said}");
}

#[test]
fn an_index_of_what_could_be_installed_is_no_inventory() {
    let text = "Package: acl\nVersion: 2.3.1-3\nFilename: pool/main/a/acl/acl_2.3.1-3_amd64.deb\n";
    assert!(refusal("Packages", text.as_bytes()).contains("what could be installed"));
}
