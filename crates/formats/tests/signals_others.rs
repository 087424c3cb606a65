//! CVE, CSAF, `OpenVEX`, `CycloneDX` VEX, KEV, EPSS and Debian's lists, one fact a test.

#[path = "signals_support/mod.rs"]
mod support;

use bongsu_advisory::{Affected, Standing, Status, Subject, Versions, VexAnswer, VexSubject};
use bongsu_package::{Bound, Interval, Scheme};
use support::read;

/// Rules as `status range`, to be read in one line.
fn rules(affected: &Affected) -> Vec<String> {
    let status = |status| match status {
        Status::Affected => "bad",
        Status::Unaffected => "good",
        Status::Unknown => "open",
    };
    let versions = |versions: &Versions| match versions {
        Versions::One(version) => format!("={version}"),
        Versions::All => "all".to_owned(),
        Versions::Commits => "commits".to_owned(),
        Versions::Words(words) => format!("{words:?}"),
        Versions::Range(Interval { low, high }) => {
            let low = match low {
                Bound::Open => "(".to_owned(),
                Bound::Including(version) => format!("[{version}"),
                Bound::Excluding(version) => format!("({version}"),
            };
            let high = match high {
                Bound::Open => ")".to_owned(),
                Bound::Including(version) => format!("{version}]"),
                Bound::Excluding(version) => format!("{version})"),
            };
            format!("{low},{high}")
        }
    };
    let show = |rule: &bongsu_advisory::Rule| {
        format!("{} {}", status(rule.status), versions(&rule.versions))
    };
    affected.rules.iter().map(show).collect()
}

fn cve(affected: &str, adp: &str) -> String {
    format!(
        r#"{{"dataType":"CVE_RECORD","dataVersion":"5.1",
        "cveMetadata":{{"cveId":"CVE-2024-1","state":"PUBLISHED","assignerShortName":"acme","datePublished":"2024-01-02T00:00:00"}},
        "containers":{{"cna":{{"providerMetadata":{{"orgId":"1","shortName":"acme"}},"title":"Lamp goes out",
        "affected":[{affected}]}},"adp":[{adp}]}}}}"#
    )
}

#[test]
fn cve_versions_become_rules() {
    #[rustfmt::skip]
    let table: [(&str, &[&str], &str); 13] = [
        // versions                                                                rules               why
        (r#"{"version":"1.2","status":"affected"}"#,                               &["bad =1.2"],      "one version"),
        (r#"{"version":"1.0","lessThan":"1.2","status":"affected","versionType":"semver"}"#,
                                                                                   &["bad [1.0,1.2)"], "a range"),
        (r#"{"version":"unspecified","lessThan":"1.2","status":"affected","versionType":"custom"}"#,
                                                                                   &["bad (,1.2)"],    "from the start"),
        (r#"{"version":"0","lessThanOrEqual":"*","status":"affected"}"#,           &["bad (,)"],       "everything"),
        (r#"{"version":"6.1.5","lessThanOrEqual":"6.1.*","status":"unaffected"}"#, &["good [6.1.5,6.2)"], "all of a line"),
        (r#"{"version":"8.1","lessThan":"8.2","status":"affected","changes":[{"at":"8.1.9","status":"unaffected"}]}"#,
                                                            &["bad [8.1,8.1.9)", "good [8.1.9,8.2)"],   "a change on the way"),
        (r#"{"version":"< 1.2.3","status":"affected"}"#,                           &["bad (,1.2.3)"],  "a sign in the text"),
        (r#"{"version":"2.x","status":"affected"}"#,                               &["bad [2,3)"],     "a wildcard"),
        (r#"{"version":"before the May update","status":"affected"}"#,
                                                      &[r#"bad "before the May update""#],             "words stay words"),
        (r#"{"version":"9","lessThan":"publication","status":"affected"}"#,
                                                      &[r#"bad "9 < publication""#],                   "a moment is no version"),
        (r#"{"version":"Lamp before 7.0.3","status":"affected"}"#,                 &["bad (,7.0.3)"],  "the product in front"),
        (r#"{"version":"9.1","lessThan":"9.1","status":"affected"}"#,
                                                      &[r#"bad "9.1 < 9.1""#],                         "up to itself: an open question"),
        (r#"{"version":"8f2c","lessThan":"9a1b","status":"affected","versionType":"git"}"#, &["bad commits"], "commits"),
    ];
    for (versions, expected, why) in table {
        let item = format!(
            r#"{{"vendor":"Acme","product":"Lamp","defaultStatus":"unknown","versions":[{versions}]}}"#
        );
        let kept = read("x.json", cve(&item, "").as_bytes());
        assert!(kept.quarantined.is_empty(), "{why}: {:?}", kept.quarantined);
        let affected = &kept.advisories[0].affected[0];
        assert_eq!(rules(affected), expected, "{why}");
        assert_eq!(affected.otherwise, Status::Unknown, "{why}");
    }
}

#[test]
fn without_a_default_status_what_lies_past_the_end_of_a_run_is_unaffected() {
    #[rustfmt::skip]
    let table: [(&str, Status, &[&str], &str); 4] = [
        // versions                                                            otherwise           rules  why
        (r#"{"version":"0","lessThan":"1.2","status":"affected"}"#,            Status::Unaffected, &["bad (,1.2)"], "it ends"),
        (r#"{"version":"2.0","lessThan":"2.4","status":"affected"},{"version":"1.0","lessThanOrEqual":"1.6","status":"affected"}"#,
            Status::Unaffected, &["bad [2.0,2.4)", "bad [1.0,1.6]", "open (,1.0)"], "before the first run nobody looked"),
        (r#"{"version":"1.2","status":"affected"}"#,                           Status::Unknown,    &["bad =1.2"], "one version says nothing of others"),
        (r#"{"version":"1.2","lessThan":"*","status":"affected"}"#,            Status::Unknown,    &["bad [1.2,)"], "it does not end"),
    ];
    for (versions, otherwise, expected, why) in table {
        let item = format!(r#"{{"vendor":"Acme","product":"Lamp","versions":[{versions}]}}"#);
        let kept = read("x.json", cve(&item, "").as_bytes());
        let affected = &kept.advisories[0].affected[0];
        assert_eq!(
            (affected.otherwise, rules(affected)),
            (otherwise, expected.iter().map(ToString::to_string).collect()),
            "{why}"
        );
    }
}

#[test]
fn a_version_type_that_cannot_read_its_versions_gives_way_to_the_generic_order() {
    let item = |version: &str| {
        format!(
            r#"{{"vendor":"Acme","product":"Lamp","versions":[{{"version":"0","lessThan":"{version}","status":"affected","versionType":"semver"}}]}}"#
        )
    };
    let scheme = |version: &str| {
        read("x.json", cve(&item(version), "").as_bytes()).advisories[0].affected[0].scheme
    };
    assert_eq!(scheme("1.2.3"), Scheme::Cargo);
    assert_eq!(scheme("21.2R3-S8-EVO"), Scheme::Generic);
    let backwards = r#"{"vendor":"Acme","product":"Lamp","versions":[
        {"version":"5.4.4","lessThan":"5.4.4-132","status":"affected","versionType":"semver"}]}"#;
    let kept = read("x.json", cve(backwards, "").as_bytes());
    let affected = &kept.advisories[0].affected[0];
    assert_eq!(affected.scheme, Scheme::Generic, "the hyphen begins a build here");
}

#[test]
fn a_default_of_affected_beside_runs_that_end_contradicts_itself() {
    let item = r#"{"vendor":"Acme","product":"Lamp","defaultStatus":"affected","versions":[
        {"version":"2.0","lessThan":"2.4","status":"affected"}]}"#;
    let kept = read("x.json", cve(item, "").as_bytes());
    let affected = &kept.advisories[0].affected[0];
    assert_eq!(rules(affected), ["bad [2.0,2.4)"]);
    assert_eq!(affected.otherwise, Status::Unknown, "the end would say nothing otherwise");
}

#[test]
fn a_build_behind_its_branch_and_a_run_backwards_are_read_as_meant() {
    let item = r#"{"vendor":"Citrix","product":"NetScaler ADC","defaultStatus":"unaffected","versions":[
        {"version":"14.1","lessThan":"8.50","status":"affected"},
        {"version":"13.1","lessThan":"49.15","status":"affected"}]},
        {"vendor":"Acme","product":"Lamp","defaultStatus":"unaffected","versions":[
        {"version":"14.1","lessThan":"8.50","status":"affected"}]}"#;
    let kept = read("x.json", cve(item, "").as_bytes());
    let [branches, backwards] = &kept.advisories[0].affected[..] else { panic!("two entries") };
    assert_eq!(rules(branches), ["bad [14.1,14.1-8.50)", "bad [13.1,13.1-49.15)"]);
    assert_eq!(rules(backwards), [r#"bad "14.1 < 8.50""#], "an empty run affects nobody");
}

#[test]
fn a_record_that_names_two_products_at_once_speaks_of_each() {
    let item = r#"{"vendor":"Fortinet","product":"Fortinet FortiOS, FortiProxy","versions":[
        {"version":"1.2","status":"affected"}]}"#;
    let kept = read("x.json", cve(item, "").as_bytes());
    let subjects: Vec<String> = kept.advisories[0]
        .affected
        .iter()
        .map(|affected| match &affected.subject {
            Subject::Product(product) => product.to_string(),
            other => format!("{other:?}"),
        })
        .collect();
    assert_eq!(subjects, ["fortinet/fortios", "fortinet/fortiproxy"]);
}

#[test]
fn each_container_is_an_asserter_of_its_own() {
    let adp = r#"{"providerMetadata":{"orgId":"2","shortName":"CISA-ADP"},
        "affected":[{"vendor":"acme","product":"lamp","defaultStatus":"affected"}],
        "metrics":[{"cvssV3_1":{"vectorString":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H","baseScore":9.8}},
          {"other":{"type":"ssvc","content":{"options":[{"Exploitation":"Active"}]}}},
          {"other":{"type":"kev","content":{"dateAdded":"2024-02-03"}}}]},
        {"title":"CVE Program Container","providerMetadata":{"orgId":"3","shortName":"CVE"},"references":[]}"#;
    let item =
        r#"{"vendor":"n/a","product":"n/a","versions":[{"version":"n/a","status":"affected"}]}"#;
    let kept = read("x.json", cve(item, adp).as_bytes());
    assert_eq!(kept.advisories.len(), 2, "the container with nothing to say says nothing");
    assert!(kept.advisories[0].affected.is_empty(), "n/a is no product");
    let second = &kept.advisories[1];
    assert_eq!(second.asserter, "CISA-ADP");
    assert_eq!(second.summary, "Lamp goes out");
    assert_eq!(second.affected[0].otherwise, Status::Affected);
    assert_eq!(second.severity[0].score, Some(9.8));
    assert_eq!(
        (second.ssvc[0].point.as_str(), second.ssvc[0].value.as_str()),
        ("Exploitation", "active")
    );
    assert_eq!(kept.kev.len(), 1);
}

#[test]
fn a_rejected_record_stays_with_its_standing() {
    let text = cve("", "").replace("PUBLISHED", "REJECTED");
    assert_eq!(read("x.json", text.as_bytes()).advisories[0].standing, Standing::Rejected);
}

#[test]
fn commits_give_way_to_the_versions_beside_them() {
    let items = r#"{"vendor":"Acme","product":"Lamp","defaultStatus":"unaffected","versions":[{"version":"8f2c","status":"affected","versionType":"git"}]},
        {"vendor":"Acme","product":"Lamp","defaultStatus":"affected","versions":[{"version":"4.19","status":"affected"}]}"#;
    let kept = read("x.json", cve(items, "").as_bytes());
    assert_eq!(kept.advisories[0].affected.len(), 1);
    assert_eq!(rules(&kept.advisories[0].affected[0]), ["bad =4.19"]);
}

#[test]
fn cpe_criteria_keep_their_ends_and_what_it_runs_on_is_not_affected() {
    let text = cve("", "").replace(
        r#""affected":[]"#,
        r#""affected":[],"cpeApplicability":[{"nodes":[{"operator":"OR","negate":false,"cpeMatch":[
        {"vulnerable":true,"criteria":"cpe:2.3:a:acme:lamp:*:*:*:*:*:*:*:*","versionEndExcluding":"2.0"},
        {"vulnerable":false,"criteria":"cpe:2.3:o:acme:os:*:*:*:*:*:*:*:*"}]}]}]"#,
    );
    let kept = read("x.json", text.as_bytes());
    assert_eq!(kept.advisories[0].affected.len(), 1);
    assert_eq!(rules(&kept.advisories[0].affected[0]), ["bad (,2.0)"]);
}

fn csaf(category: &str, tree: &str, vulnerability: &str) -> String {
    format!(
        r#"{{"document":{{"category":"{category}","csaf_version":"2.0","title":"Lamps","publisher":{{"category":"vendor","name":"Acme"}},
        "tracking":{{"id":"ACME-1","status":"final","version":"1","current_release_date":"2024-01-01T00:00:00Z","initial_release_date":"2024-01-01T00:00:00Z"}}}},
        "product_tree":{tree},"vulnerabilities":[{vulnerability}]}}"#
    )
}

const LAMPS: &str = r#"{"branches":[{"category":"vendor","name":"Acme","branches":[{"category":"product_name","name":"Lamp","branches":[
    {"category":"product_version_range","name":"<1.2","product":{"name":"Lamp <1.2","product_id":"old"}},
    {"category":"product_version_range","name":"vers:generic/>=2.0|<2.1","product":{"name":"Lamp 2","product_id":"two"}},
    {"category":"product_version","name":"1.2","product":{"name":"Lamp 1.2","product_id":"new"}},
    {"category":"product_version","name":"3.0","product":{"name":"Lamp 3.0","product_id":"three"}},
    {"category":"product_version","name":"3.4","product":{"name":"Lamp 3.4","product_id":"threefour"}}]}]}]}"#;

#[test]
fn every_csaf_status_group_becomes_a_rule() {
    #[rustfmt::skip]
    let table: [(&str, &[&str], &str); 7] = [
        (r#""known_affected":["old","two"],"fixed":["new"]"#, &["bad (,1.2)", "bad [2.0,2.1)", "good =1.2"], "ranges"),
        (r#""known_not_affected":["three"]"#,                 &["good =3.0"],        "not affected"),
        (r#""first_affected":["three"],"last_affected":["threefour"]"#, &["bad [3.0,3.4]"], "two ends"),
        (r#""first_affected":["three"],"first_fixed":["threefour"]"#, &["good [3.4,)", "bad [3.0,3.4)"], "until the fix"),
        (r#""last_affected":["three"]"#,                      &["bad (,3.0]"],       "from the start"),
        (r#""under_investigation":["three"]"#,                &["open =3.0"],        "being looked into"),
        (r#""recommended":["three"]"#,                        &["good =3.0"],        "recommended"),
    ];
    for (groups, expected, why) in table {
        let vulnerability = format!(r#"{{"cve":"CVE-2024-2","product_status":{{{groups}}}}}"#);
        let kept = read("x.json", csaf("csaf_security_advisory", LAMPS, &vulnerability).as_bytes());
        assert!(kept.quarantined.is_empty(), "{why}: {:?}", kept.quarantined);
        assert_eq!(kept.advisories[0].affected.len(), 1, "{why}: one product, one entry");
        assert_eq!(rules(&kept.advisories[0].affected[0]), expected, "{why}");
        assert!(kept.statements.is_empty(), "only the VEX profile makes statements");
    }
}

#[test]
fn a_component_of_a_platform_has_the_platforms_release_and_its_fix_is_one_line() {
    let tree = r#"{"branches":[{"category":"vendor","name":"Red Hat","branches":[
        {"category":"product_name","name":"Red Hat Enterprise Linux 9","product":{"name":"RHEL 9","product_id":"el9",
          "product_identification_helper":{"cpe":"cpe:/o:redhat:enterprise_linux:9::baseos"}}},
        {"category":"product_version","name":"lamp","product":{"name":"lamp-1:2.0-3.aarch64","product_id":"lamp",
          "product_identification_helper":{"purl":"pkg:rpm/redhat/lamp@2.0-3?arch=aarch64"}}}]}],
        "relationships":[{"category":"default_component_of","product_reference":"lamp","relates_to_product_reference":"el9",
          "full_product_name":{"name":"lamp on 9","product_id":"el9:lamp"}}]}"#;
    let vulnerability = r#"{"cve":"CVE-2024-2","product_status":{"fixed":["el9:lamp"]},
        "remediations":[{"category":"vendor_fix","details":"Update it.","product_ids":["el9:lamp"]}]}"#;
    let kept = read("x.json", csaf("csaf_security_advisory", tree, vulnerability).as_bytes());
    let affected = &kept.advisories[0].affected[0];
    let Subject::Package(package) = &affected.subject else { panic!("{affected:?}") };
    assert_eq!((package.name.as_str(), package.ecosystem.release.as_deref()), ("lamp", Some("9")));
    assert_eq!(rules(affected), ["bad (,1:2.0-3)"], "with the epoch from the file name");
    assert_eq!(affected.fixed, ["1:2.0-3"]);
    assert_eq!(affected.otherwise, Status::Unaffected);
    assert_eq!(affected.advice.as_deref(), Some("Update it."));
}

#[test]
fn the_vex_profile_makes_statements_with_their_justification() {
    let vulnerability = r#"{"cve":"CVE-2024-2","product_status":{"known_not_affected":["three"]},
        "flags":[{"label":"vulnerable_code_not_present","product_ids":["three"]}],
        "threats":[{"category":"impact","details":"No bulb inside.","product_ids":["three"]}]}"#;
    let kept = read("x.json", csaf("csaf_vex", LAMPS, vulnerability).as_bytes());
    let statement = &kept.statements[0];
    assert_eq!(statement.answer, VexAnswer::NotAffected);
    assert_eq!(statement.justification.as_deref(), Some("vulnerable_code_not_present"));
    assert_eq!(statement.words.as_deref(), Some("No bulb inside."));
    assert!(
        matches!(&statement.subjects[0], VexSubject::Product(_, Some(version)) if version == "3.0")
    );
}

#[test]
fn a_withdrawn_csaf_document_makes_no_statements() {
    let vulnerability = r#"{"cve":"CVE-2024-2","product_status":{"known_affected":["three"]}}"#;
    let kept = read("x.json", csaf("csaf_withdrawn", LAMPS, vulnerability).as_bytes());
    assert!(matches!(kept.advisories[0].standing, Standing::Withdrawn { .. }));
    assert!(kept.statements.is_empty());
}

#[test]
fn a_product_that_no_tree_holds_is_named_once() {
    let vulnerability =
        r#"{"cve":"CVE-2024-2","product_status":{"known_affected":["x","y","three"]}}"#;
    let kept = read("x.json", csaf("csaf_base", LAMPS, vulnerability).as_bytes());
    assert_eq!(kept.advisories[0].affected.len(), 1);
    assert_eq!(kept.quarantined.len(), 1);
    let said = kept.quarantined[0].to_string();
    assert!(said.contains("\"x\" (and 1 more)") && said.contains("known_affected/0"), "{said}");
}

#[test]
fn relationships_may_come_in_any_order_and_may_not_turn_in_circles() {
    let tree = r#"{"full_product_names":[{"name":"a","product_id":"a"}],"relationships":[
        {"category":"installed_on","product_reference":"r2","relates_to_product_reference":"a","full_product_name":{"name":"r1","product_id":"r1"}},
        {"category":"installed_on","product_reference":"r1","relates_to_product_reference":"a","full_product_name":{"name":"r2","product_id":"r2"}}]}"#;
    let kept = read("x.json", csaf("csaf_base", tree, "").as_bytes());
    assert_eq!(kept.quarantined.len(), 1);
    assert!(kept.quarantined[0].to_string().contains("relationships"));
}

#[test]
fn openvex_is_read_in_its_new_and_its_old_form() {
    let new = r#"{"@context":"https://openvex.dev/ns/v0.2.0","author":"Acme","timestamp":"2024-01-01T00:00:00Z","statements":[
        {"vulnerability":{"name":"CVE-2024-3","aliases":["GHSA-a-b-c"]},"products":[{"@id":"pkg:npm/lamp@1.0.0"}],
         "status":"not_affected","justification":"component_not_present"},
        {"vulnerability":{"name":"CVE-2024-3"},"products":[{"@id":"pkg:oci/house","subcomponents":[{"@id":"pkg:npm/lamp@1.0.0"}]}],"status":"fixed"},
        {"vulnerability":{"name":"CVE-2024-3"},"products":[{"@id":"pkg:npm/lamp"}],"status":"perhaps"}]}"#;
    let kept = read("x.json", new.as_bytes());
    assert_eq!(kept.statements.len(), 2);
    assert_eq!(kept.statements[0].aliases.len(), 1);
    assert_eq!(kept.statements[1].within.len(), 1, "inside that product only");
    assert_eq!(kept.quarantined[0].place.field.as_deref(), Some("/statements/2"));
    let old = r#"{"@context":"https://openvex.dev/ns","author":"Acme","statements":[
        {"vulnerability":"CVE-2024-3","products":["pkg:npm/lamp@1.0.0"],"status":"affected"}]}"#;
    assert_eq!(read("x.json", old.as_bytes()).statements[0].answer, VexAnswer::Affected);
}

#[test]
fn cyclonedx_statements_point_at_their_components() {
    let text = r#"{"bomFormat":"CycloneDX","specVersion":"1.6","components":[{"bom-ref":"c1","name":"lamp","purl":"pkg:npm/lamp@1.0.0"}],
        "vulnerabilities":[
        {"id":"CVE-2024-4","analysis":{"state":"not_affected","justification":"code_not_reachable"},"affects":[{"ref":"c1"},{"ref":"urn:cdx:1/1#elsewhere"}]},
        {"id":"CVE-2024-5","affects":[{"ref":"c1"}]}]}"#;
    let kept = read("x.json", text.as_bytes());
    assert_eq!(kept.statements.len(), 1, "an entry without analysis states nothing");
    let subjects = &kept.statements[0].subjects;
    assert!(matches!(&subjects[0], VexSubject::Purl(purl) if purl.name() == "lamp"));
    assert_eq!(subjects[1], VexSubject::Reference("urn:cdx:1/1#elsewhere".to_owned()));
}

#[test]
fn a_bad_row_of_a_catalogue_is_set_aside_with_its_place() {
    let csv = "cveID,vendorProject,product,vulnerabilityName,dateAdded,shortDescription,requiredAction,dueDate,knownRansomwareCampaignUse,notes,cwes\n\
        CVE-2024-6,Acme,Lamp,\"Lamp, out\",2024-01-02,x,Replace it,2024-01-23,Known,,\n\
        no id,Acme,Lamp,x,2024-01-02,x,x,2024-01-23,Unknown,,\n";
    let kept = read("kev.csv", csv.as_bytes());
    assert_eq!((kept.kev.len(), kept.quarantined.len()), (1, 1));
    assert!(kept.kev[0].ransomware && kept.kev[0].name == "Lamp, out");
    assert_eq!(kept.quarantined[0].place.line, Some(3));
    let json = r#"{"catalogVersion":"1","dateReleased":"2024","count":2,"vulnerabilities":[
        {"cveID":"CVE-2024-6","vendorProject":"Acme","product":"Lamp","dateAdded":"tomorrow"},
        {"cveID":"CVE-2024-7","vendorProject":"Acme","product":"Lamp","dateAdded":"2024-01-02"}]}"#;
    let kept = read("kev.json", json.as_bytes());
    assert_eq!((kept.kev.len(), kept.quarantined.len()), (1, 1));
    assert!(
        kept.quarantined[0]
            .place
            .field
            .as_deref()
            .is_some_and(|field| field.starts_with("/vulnerabilities/0"))
    );
}

#[test]
fn epss_is_read_with_and_without_its_comment() {
    let rows = "cve,epss,percentile\nCVE-2024-6,0.5,0.9\nCVE-2024-7,7,0.9\n";
    for text in
        [rows.to_owned(), format!("#model_version:v1,score_date:2024-01-01T00:00:00+0000\n{rows}")]
    {
        let kept = read("epss.csv", text.as_bytes());
        assert_eq!((kept.epss.len(), kept.quarantined.len()), (1, 1));
        assert!(kept.quarantined[0].to_string().contains("not a number from 0 to 1"));
    }
}

#[test]
fn debian_lists_give_fixed_versions_by_release() {
    let text = "[04 Apr 2023] DSA-9999-1 lamp - security update\n\t{CVE-2023-1 CVE-2023-2}\n\t[bullseye] - lamp 1.2-3+deb11u1\n\t[buster] - lamp <not-affected> (never there)\n\t[woody] - lamp 0.1\n\tNOTE: a note\nnonsense\n";
    let kept = read("list", text.as_bytes());
    let found = &kept.advisories[0];
    assert_eq!((found.upstream.len(), found.aliases.len()), (2, 0));
    let shown: Vec<_> = found
        .affected
        .iter()
        .map(|entry| {
            let Subject::Package(package) = &entry.subject else { panic!("{entry:?}") };
            (package.ecosystem.release.clone().unwrap_or_default(), rules(entry).join(" "))
        })
        .collect();
    let expected = [("11", "bad (,1.2-3+deb11u1)"), ("10", "good all"), ("woody", "bad (,0.1)")];
    assert_eq!(shown, expected.map(|(release, rule)| (release.to_owned(), rule.to_owned())));
    assert_eq!(kept.quarantined[0].place.line, Some(7));
}
