//! CSAF documents made to hurt: small ones that say much.

#[path = "signals_support/mod.rs"]
mod support;

use bongsu_formats::Limits;
use support::{read, read_within};

fn csaf(tree: &str, vulnerabilities: &str) -> String {
    format!(
        r#"{{"document":{{"category":"csaf_security_advisory","csaf_version":"2.0","title":"Lamps","publisher":{{"category":"vendor","name":"Acme"}},
        "tracking":{{"id":"ACME-1","status":"final","version":"1","current_release_date":"2024-01-01T00:00:00Z","initial_release_date":"2024-01-01T00:00:00Z"}}}},
        "product_tree":{tree},"vulnerabilities":[{vulnerabilities}]}}"#
    )
}

/// A tree of so many products of one vendor, all of them in one group.
fn grid(products: usize) -> String {
    let branch = |n: usize| {
        format!(
            r#"{{"category":"product_name","name":"Lamp {n}","branches":[{{"category":"product_version","name":"1.0","product":{{"name":"Lamp {n} 1.0","product_id":"P{n}"}}}}]}}"#
        )
    };
    let branches: Vec<String> = (0..products).map(branch).collect();
    let ids: Vec<String> = (0..products).map(|n| format!("\"P{n}\"")).collect();
    format!(
        r#"{{"branches":[{{"category":"vendor","name":"Acme","branches":[{}]}}],"product_groups":[{{"group_id":"G","product_ids":[{}]}}]}}"#,
        branches.join(","),
        ids.join(",")
    )
}

fn affecting(number: usize, products: usize, more: &str) -> String {
    let ids: Vec<String> = (0..products).map(|n| format!("\"P{n}\"")).collect();
    format!(
        r#"{{"cve":"CVE-2024-{}","product_status":{{"known_affected":[{}]}}{more}}}"#,
        10_000 + number,
        ids.join(",")
    )
}

#[test]
fn a_csaf_grid_over_the_limit_is_set_aside_whole() {
    let flaws: Vec<String> = (0..20).map(|n| affecting(n, 10, "")).collect();
    let document = csaf(&grid(10), &flaws.join(","));
    let limits = |entries| Limits { entries, ..Limits::default() };
    let kept = read_within("x.json", document.as_bytes(), &limits(400));
    assert_eq!((kept.advisories.len(), kept.quarantined.len()), (20, 0), "a thing and a rule each");
    let kept = read_within("x.json", document.as_bytes(), &limits(399));
    assert_eq!((kept.advisories.len(), kept.quarantined.len()), (0, 1));
    let said = kept.quarantined[0].reason.to_string();
    assert!(said.contains("things times vulnerabilities is over the limit of 399"), "{said}");
}

#[test]
fn groups_of_products_are_written_out_so_often_and_no_further() {
    let offer = r#"{"category":"vendor_fix","details":"Update it.","group_ids":["G"]}"#;
    let offers = vec![offer; 200].join(",");
    let more = format!(r#","remediations":[{offers}]"#);
    let document = csaf(&grid(100), &affecting(1, 1, &more));
    let limits = |entries| Limits { entries, ..Limits::default() };
    assert_eq!(read_within("x.json", document.as_bytes(), &limits(5_000)).advisories.len(), 1);
    let kept = read_within("x.json", document.as_bytes(), &limits(3_000));
    let said = kept.quarantined[0].reason.to_string();
    assert!(said.contains("groups written out, is over the limit of 15000"), "{said}");
}

#[test]
fn advice_is_copied_to_every_product_until_the_copies_outgrow_the_document() {
    let details = "Update it. ".repeat(180);
    let more = format!(
        r#","remediations":[{{"category":"vendor_fix","details":"{details}","group_ids":["G"]}}]"#
    );
    let document = csaf(&grid(10_000), &affecting(1, 10_000, &more));
    let kept = read("x.json", document.as_bytes());
    let affected = &kept.advisories[0].affected;
    let advised = affected.iter().filter(|thing| thing.advice.is_some()).count();
    assert_eq!((affected.len(), advised), (10_000, (16 << 20) / details.len().min(2_000)));
}

#[test]
fn fixed_builds_without_a_version_do_not_unsettle_the_order_of_the_others() {
    let product = |n: usize| {
        let version =
            if n.is_multiple_of(3) { "n%2Fa".into() } else { format!("1.{}-1.el9", n * 37 % 50) };
        format!(
            r#"{{"category":"product_version","name":"{n}","product":{{"name":"{n}","product_id":"P{n}","product_identification_helper":{{"purl":"pkg:rpm/redhat/lamp@{version}"}}}}}}"#
        )
    };
    let products: Vec<String> = (0..60).map(product).collect();
    let ids: Vec<String> = (0..60).map(|n| format!("\"P{n}\"")).collect();
    let tree = format!(r#"{{"branches":[{}]}}"#, products.join(","));
    let flaw =
        format!(r#"{{"cve":"CVE-2024-1","product_status":{{"fixed":[{}]}}}}"#, ids.join(","));
    let kept = read("x.json", csaf(&tree, &flaw).as_bytes());
    assert_eq!((kept.advisories.len(), kept.quarantined.len()), (1, 0));
}
