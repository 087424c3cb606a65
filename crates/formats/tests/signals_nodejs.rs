//! The old npm working-group format, one fact a test.

#[path = "signals_support/mod.rs"]
mod support;

use bongsu_advisory::{Subject, Versions};
use bongsu_package::{Scheme, Within};
use support::read;

/// Whether the first advisory's rules hold a version.
fn affects(record: &str, version: &str) -> bool {
    let kept = read("x.json", record.as_bytes());
    assert!(kept.quarantined.is_empty(), "{:?}", kept.quarantined);
    kept.advisories[0].affected[0].rules.iter().any(|rule| match &rule.versions {
        Versions::Range(range) => range.holds(Scheme::Npm, version) == Within::Inside,
        _ => false,
    })
}

const CORE: &str = r#"{"cve":["CVE-2017-1","CVE-2017-2"],"vulnerable":"8.x || 7.x || 4.x",
    "patched":"^8.1.4 || ^7.10.1","description":"reads too far","severity":"high"}"#;

const MODULE: &str = r#"{"id":118,"title":"Pads too far","module_name":"left","publish_date":"2016-01-02",
    "updated_at":"2016-03-04","cves":["CVE-2016-1"],"vulnerable_versions":"<=1.2.3","patched_versions":">=1.2.4",
    "recommendation":"Update.","cvss_vector":"CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H","cvss_score":9.8}"#;

#[test]
fn what_is_patched_is_taken_out_of_what_is_vulnerable() {
    #[rustfmt::skip]
    let table = [
        (CORE, "8.1.3",  true,  "before the patch of its line"),
        (CORE, "8.1.4",  false, "the patch"),
        (CORE, "8.9.0",  false, "after it, though 8.x is said to be vulnerable"),
        (CORE, "7.10.0", true,  "the other line"),
        (CORE, "4.9.9",  true,  "a line without a patch"),
        (CORE, "6.0.0",  false, "a line nobody speaks of"),
        (MODULE, "1.2.3", true,  "up to it"),
        (MODULE, "1.2.4", false, "patched"),
    ];
    for (record, version, expected, why) in table {
        assert_eq!(affects(record, version), expected, "{version}: {why}");
    }
}

#[test]
fn a_record_about_node_itself_is_one_advisory_for_each_cve() {
    let kept = read("x.json", CORE.as_bytes());
    let ids: Vec<&str> = kept.advisories.iter().map(|advisory| advisory.id.as_str()).collect();
    assert_eq!(ids, ["CVE-2017-1", "CVE-2017-2"], "two CVEs are never one flaw");
    assert!(matches!(&kept.advisories[0].affected[0].subject, Subject::Product(_)));
}

#[test]
fn a_record_about_a_module_has_its_number_and_its_cve_as_another_name() {
    let kept = read("x.json", MODULE.as_bytes());
    let advisory = &kept.advisories[0];
    assert_eq!(
        (advisory.id.as_str(), advisory.aliases[0].as_str()),
        ("NSWG-ECO-118", "CVE-2016-1")
    );
    assert_eq!(advisory.affected[0].fixed, ["1.2.4"]);
    assert_eq!(advisory.severity[0].score, Some(9.8));
    assert!(advisory.published.is_some() && advisory.modified > advisory.published);
}

#[test]
fn words_in_the_place_of_a_range_stay_words() {
    let record = MODULE.replace("<=1.2.3", "before May");
    let kept = read("x.json", record.as_bytes());
    let versions = &kept.advisories[0].affected[0].rules[0].versions;
    assert_eq!(*versions, Versions::Words("before May".to_owned()));
}

#[test]
fn a_record_without_a_range_is_set_aside_with_the_field() {
    let record = MODULE.replace("<=1.2.3", "<= >=");
    let kept = read("x.json", record.as_bytes());
    assert!(kept.advisories.is_empty());
    assert_eq!(kept.quarantined[0].place.field.as_deref(), Some("/vulnerable_versions"));
}
