//! OSV records, one fact a test.

#[path = "signals_support/mod.rs"]
mod support;

use bongsu_advisory::{Standing, Status, Subject, Versions};
use bongsu_package::{Bound, Interval, Scheme};
use support::{advisory, read};

fn osv(rest: &str) -> String {
    format!(r#"{{"id":"GHSA-aaaa-bbbb-cccc","modified":"2024-01-02T03:04:05Z",{rest}}}"#)
}

#[test]
fn listed_versions_count_beside_ranges() {
    let text = osv(r#""affected":[{"package":{"ecosystem":"PyPI","name":"Lamp_Post"},
        "ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"1.0"},{"fixed":"1.2"}]},
                  {"type":"GIT","repo":"https://example.org/x","events":[{"introduced":"0"}]}],
        "versions":["0.9"]}]"#);
    let found = advisory(&text);
    let entry = &found.affected[0];
    assert_eq!(entry.scheme, Scheme::Pypi);
    assert_eq!(entry.fixed, ["1.2"]);
    assert_eq!(entry.otherwise, Status::Unaffected);
    let versions: Vec<&Versions> = entry.rules.iter().map(|rule| &rule.versions).collect();
    let low = Bound::Including("1.0".into());
    let range = Versions::Range(Interval { low, high: Bound::Excluding("1.2".into()) });
    assert_eq!(versions, [&range, &Versions::One("0.9".into())]);
    assert_eq!(entry.rules[0].field, "/affected/0/ranges/0");
    assert_eq!(entry.rules[1].field, "/affected/0/versions/0");
}

#[test]
fn commits_alone_say_nothing_about_versions() {
    let text =
        osv(r#""affected":[{"ranges":[{"type":"GIT","repo":"https://github.com/acme/lamp.git",
        "events":[{"introduced":"0"},{"fixed":"8f2c"}]}]}]"#);
    let found = advisory(&text);
    assert_eq!(found.affected[0].rules[0].versions, Versions::Commits);
    let Subject::Package(package) = &found.affected[0].subject else { panic!("no package") };
    assert_eq!(package.name, "acme/lamp");
    assert!(found.affected[0].fixed.is_empty(), "a commit is no version to upgrade to");
}

#[test]
fn a_package_without_versions_is_left_open() {
    let text = osv(r#""affected":[{"package":{"ecosystem":"npm","name":"lamp"}}]"#);
    let rule = &advisory(&text).affected[0].rules[0];
    assert_eq!((rule.status, &rule.versions), (Status::Unknown, &Versions::All));
}

#[test]
fn a_withdrawn_record_says_so_and_when() {
    let found = advisory(&osv(r#""withdrawn":"2024-05-06T00:00:00Z""#));
    assert!(matches!(found.standing, Standing::Withdrawn { at: Some(_) }));
}

#[test]
fn a_notice_is_told_from_a_flaw() {
    let text = osv(r#""affected":[{"package":{"ecosystem":"crates.io","name":"lamp"},
        "ranges":[{"type":"SEMVER","events":[{"introduced":"0.0.0-0"}]}],
        "database_specific":{"informational":"unmaintained"}}]"#);
    assert_eq!(advisory(&text).informational.as_deref(), Some("unmaintained"));
}

#[test]
fn the_flaws_of_a_distributions_update_are_upstream_and_no_aliases_of_each_other() {
    #[rustfmt::skip]
    let table = [
        // id                where       aliases upstream why
        ("ALSA-2024:1",      "related",  0,      2,       "AlmaLinux lists them as related"),
        ("DSA-1-1",          "aliases",  0,      2,       "older exports called them aliases"),
        ("USN-1-1",          "upstream", 0,      2,       "since 1.7 they have their own field"),
        ("GHSA-a-b-c",       "related",  0,      0,       "related is not the same flaw"),
        ("PYSEC-2024-1",     "aliases",  2,      0,       "not a distribution"),
    ];
    for (id, place, aliases, upstream, why) in table {
        let text = format!(
            r#"{{"id":"{id}","modified":"2024-01-01T00:00:00Z","{place}":["CVE-2024-1","CVE-2024-2"]}}"#
        );
        let found = advisory(&text);
        assert_eq!((found.aliases.len(), found.upstream.len()), (aliases, upstream), "{why}");
    }
}

#[test]
fn a_bad_alias_is_set_aside_with_its_field_and_the_record_goes_in() {
    let inbox = read("x.json", osv(r#""aliases":["CVE-2024-1","no id at all"]"#).as_bytes());
    assert_eq!(inbox.advisories[0].aliases.len(), 1);
    assert_eq!(inbox.quarantined[0].place.field.as_deref(), Some("/aliases/1"));
}

#[test]
fn one_bad_line_is_set_aside_with_its_number_and_the_others_go_in() {
    let good = osv(r#""summary":"fine""#);
    #[rustfmt::skip]
    let table: [(&str, &str, &str); 8] = [
        // line                                            says                 why
        (r#"{"id":"X","modified":"#,                       "ends in the middle", "truncated"),
        (r#"{"id":"X","id":"Y","modified":""}"#,           "duplicate field",    "two ids: which?"),
        (r#"{"id":7.5e3,"modified":"","affected":{}}"#,    "/affected",          "an object for an array"),
        (r#"{"modified":"2024-01-01T00:00:00Z","id":""}"#, "id",                 "an empty id"),
        (r#"{"hello":"world"}"#,                           "not a format",       "something else"),
        (r#"{"data_type":"CVE","CVE_data_meta":{}}"#,      "retired version 4",  "an old CVE record"),
        ("[]garbage",                                      "malformed",          "an array and more"),
        ("\u{0}",                                          "NUL",                "a NUL byte"),
    ];
    for (bad, says, why) in table {
        let text = format!("{good}\n{bad}\n{good}\n");
        let inbox = read("feed.jsonl", text.as_bytes());
        assert_eq!(inbox.advisories.len(), 2, "{why}");
        assert_eq!(inbox.quarantined.len(), 1, "{why}");
        let quarantined = &inbox.quarantined[0];
        assert_eq!(quarantined.place.line, Some(2), "{why}");
        let said = quarantined.to_string();
        assert!(said.contains(says), "{why}: {said}");
    }
}

#[test]
fn bytes_that_are_not_utf8_are_set_aside_and_a_byte_order_mark_is_not_seen() {
    let good = osv(r#""summary":"fine""#);
    let mut bytes = b"\xef\xbb\xbf".to_vec();
    bytes.extend(good.as_bytes());
    bytes.extend(b"\n{\"id\":\"\xb0\xa1\"}\n");
    bytes.extend(good.as_bytes());
    let inbox = read("feed.jsonl", &bytes);
    assert_eq!((inbox.advisories.len(), inbox.quarantined.len()), (2, 1));
    assert!(inbox.quarantined[0].to_string().contains("not UTF-8"));
}

#[test]
fn deep_nesting_is_refused_wherever_it_stands() {
    let deep = "[".repeat(200_000);
    for text in [deep.clone(), format!(r#"{{"id":"X","modified":"","x":{deep}"#)] {
        let inbox = read("x.json", text.as_bytes());
        assert_eq!(inbox.quarantined.len(), 1);
        let said = inbox.quarantined[0].to_string();
        assert!(said.contains("nesting"), "{said}");
    }
}

#[test]
fn two_documents_that_claim_one_id_both_go_in() {
    let text = format!("{}\n{}", osv(r#""summary":"one""#), osv(r#""summary":"two""#));
    assert_eq!(read("x.jsonl", text.as_bytes()).advisories.len(), 2);
}

#[test]
fn an_array_names_the_element_that_is_bad() {
    let text = format!(r#"[{},{{"id":5,"affected":1}}]"#, osv(r#""summary":"one""#));
    let inbox = read("x.json", text.as_bytes());
    assert_eq!(inbox.advisories.len(), 1);
    assert_eq!(inbox.quarantined[0].place.field.as_deref(), Some("/1/affected"));
}

#[test]
fn a_version_of_ten_thousand_digits_is_refused() {
    let long = "9".repeat(10_000);
    let text = osv(&format!(
        r#""affected":[{{"package":{{"ecosystem":"npm","name":"lamp"}},"versions":["{long}"]}}]"#
    ));
    let inbox = read("x.json", text.as_bytes());
    assert!(inbox.advisories.is_empty());
    assert!(inbox.quarantined[0].to_string().contains("over the limit of 8192"));
}

#[test]
fn a_revision_of_a_bitnami_package_is_no_pre_release() {
    let text = osv(r#""affected":[{"package":{"ecosystem":"Bitnami","name":"lamp"},
        "ranges":[{"type":"SEMVER","events":[{"introduced":"0"},{"fixed":"6.2.1"}]}]}]"#);
    let entry = &advisory(&text).affected[0];
    let Versions::Range(range) = &entry.rules[0].versions else { panic!("no range") };
    assert_eq!(range.holds(entry.scheme, "6.2.1-3"), bongsu_package::Within::Outside);
    assert_eq!(range.holds(entry.scheme, "6.2.0-3"), bongsu_package::Within::Inside);
}
