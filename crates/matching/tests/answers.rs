//! Three answers: one test for each way a document can mislead a matcher.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use bongsu_advisory::{
    Advisory, Affected, KevEntry, Place, Rule, Signal, Standing, Status, Subject, Versions,
    VexAnswer, VexStatement, VexSubject,
};
use bongsu_inventory::{Component, Inventory, SourcePackage};
use bongsu_matching::{Answer, Depth, Finding, Knowledge, Why, find};
use bongsu_package::{Bound, Cpe, Ecosystem, Interval, PackageName, ProductName, Purl, Scheme};

// ---- what the tests are written in ----

fn package(ecosystem: &str, name: &str) -> PackageName {
    PackageName::new(Ecosystem::from_osv(ecosystem), name)
}

fn range(low: Bound, high: Bound) -> Versions {
    Versions::Range(Interval { low, high })
}

fn from(text: &str) -> Bound {
    Bound::Including(text.to_owned())
}

fn before(text: &str) -> Bound {
    Bound::Excluding(text.to_owned())
}

fn rule(status: Status, versions: Versions) -> Rule {
    Rule { status, versions, field: "/affected/0/ranges/0".into() }
}

fn entry(subject: Subject, scheme: Scheme, rules: Vec<Rule>) -> Affected {
    Affected {
        subject,
        scheme,
        rules,
        otherwise: Status::Unaffected,
        fixed: Vec::new(),
        advice: None,
        architectures: Vec::new(),
        field: "/affected/0".into(),
    }
}

fn of_package(ecosystem: &str, name: &str, versions: Versions) -> Affected {
    let package = package(ecosystem, name);
    let scheme = package.ecosystem.scheme();
    entry(Subject::Package(package), scheme, vec![rule(Status::Affected, versions)])
}

fn advisory(id: &str, affected: Vec<Affected>) -> Advisory {
    Advisory {
        id: id.parse().unwrap(),
        asserter: "TEST".into(),
        place: Place { document: "test.json".into(), ..Place::default() },
        aliases: Vec::new(),
        upstream: Vec::new(),
        summary: String::new(),
        published: None,
        modified: None,
        standing: Standing::Valid,
        informational: None,
        severity: Vec::new(),
        ssvc: Vec::new(),
        affected,
    }
}

fn knowing(advisories: impl IntoIterator<Item = Advisory>) -> Knowledge {
    Knowledge::of(advisories.into_iter().map(|advisory| Signal::Advisory(Box::new(advisory))))
}

fn installed(purl: &str) -> Component {
    let purl: Purl = purl.parse().unwrap();
    Component {
        name: purl.name().to_owned(),
        version: purl.version().map(str::to_owned),
        purl: Some(purl),
        ..Component::default()
    }
}

fn inventory(components: Vec<Component>) -> Inventory {
    Inventory { system: "host".into(), components, ..Inventory::default() }
}

/// The one finding about one component, whatever its answer.
fn one(knowledge: &Knowledge, component: Component) -> Finding<'_> {
    let mut findings = find(knowledge, &inventory(vec![component]), "host.json", Depth::All);
    assert_eq!(findings.len(), 1, "{findings:#?}");
    findings.remove(0)
}

fn answer(knowledge: &Knowledge, purl: &str) -> Answer {
    one(knowledge, installed(purl)).answer
}

// ---- whose name it is ----

#[test]
fn the_subpath_of_a_go_package_is_read_as_its_writers_mean_it() {
    let all = |name| of_package("Go", name, Versions::All);
    let knowledge = knowing([
        advisory("GO-2026-0001", vec![all("example.org/jose")]),
        advisory("GO-2026-0002", vec![all("example.org/jose/v4")]),
        advisory("GO-2026-0003", vec![all("example.org/jose/cmd/tool")]),
    ]);
    #[rustfmt::skip]
    let table = [
        // name of the component         package URL                                       flaws                             why
        ("example.org/jose/v4",          "pkg:golang/example.org/jose@v4.0.2#v4",          &["GO-2026-0002"][..],            "a major version is the end of a module's path"),
        ("jose",                         "pkg:golang/example.org/jose@v4.0.2#v4",          &["GO-2026-0002"],                "whatever the component is called"),
        ("example.org/jose/cmd/tool",    "pkg:golang/example.org/jose@v1.0.0#cmd/tool",    &["GO-2026-0003"],                "the whole path is the component: a module"),
        ("jose",                         "pkg:golang/example.org/jose@v1.0.0#cmd/tool",    &["GO-2026-0001", "GO-2026-0003"], "a package in a module, or a module: nothing says"),
        ("jose",                         "pkg:golang/example.org/jose@v1.0.0",             &["GO-2026-0001"],                "no subpath"),
    ];
    for (name, purl, flaws, why) in table {
        let component = Component { name: name.to_owned(), ..installed(purl) };
        let inventory = inventory(vec![component]);
        let found = find(&knowledge, &inventory, "host.json", Depth::All);
        let found: Vec<_> = found.iter().map(|finding| finding.vulnerability.as_str()).collect();
        assert_eq!(found, flaws, "{name}, {purl}: {why}");
    }
}

// ---- standing ----

#[test]
fn a_withdrawn_advisory_affects_nobody_and_says_so() {
    let mut flaw = advisory("GHSA-aaaa-bbbb-cccc", vec![of_package("npm", "left", Versions::All)]);
    flaw.standing = Standing::Withdrawn { at: None };
    let knowledge = knowing([flaw]);
    let finding = one(&knowledge, installed("pkg:npm/left@1.0.0"));
    assert_eq!((finding.answer, finding.reason.why.clone()), (Answer::NotAffected, Why::Withdrawn));
    assert!(finding.is_news(), "a withdrawal is shown without asking");
}

#[test]
fn a_withdrawal_withdraws_its_own_effect_and_no_other() {
    let mut gone = advisory("GHSA-aaaa-bbbb-cccc", vec![of_package("npm", "left", Versions::All)]);
    gone.aliases = vec!["CVE-2024-1".parse().unwrap()];
    gone.standing = Standing::Withdrawn { at: None };
    let high = range(Bound::Open, before("2.0.0"));
    let mut stays = advisory("PYSEC-2024-1", vec![of_package("npm", "left", high)]);
    stays.aliases = vec!["CVE-2024-1".parse().unwrap()];
    let knowledge = knowing([gone, stays]);
    assert_eq!(answer(&knowledge, "pkg:npm/left@1.0.0"), Answer::Affected);
    let later = one(&knowledge, installed("pkg:npm/left@2.0.0"));
    assert_eq!(later.answer, Answer::NotAffected);
    assert!(!matches!(later.reason.why, Why::Withdrawn), "the standing source decides");
}

#[test]
fn a_rejected_identifier_affects_nobody() {
    let mut flaw = advisory("CVE-2024-1", vec![of_package("npm", "left", Versions::All)]);
    flaw.standing = Standing::Rejected;
    assert_eq!(one(&knowing([flaw]), installed("pkg:npm/left@1.0.0")).reason.why, Why::Rejected);
}

#[test]
fn a_notice_is_found_and_marked_as_one() {
    let mut notice =
        advisory("RUSTSEC-2024-1", vec![of_package("crates.io", "old", Versions::All)]);
    notice.informational = Some("unmaintained".into());
    let knowledge = knowing([notice]);
    let finding = one(&knowledge, installed("pkg:cargo/old@1.0.0"));
    assert_eq!((finding.answer, finding.informational), (Answer::Affected, Some("unmaintained")));
}

// ---- ranges ----

#[test]
fn a_flaw_without_a_fix_affects_every_later_version() {
    let knowledge = knowing([advisory(
        "RUSTSEC-2023-0071",
        vec![of_package("crates.io", "rsa", range(from("0.0.0-0"), Bound::Open))],
    )]);
    let finding = one(&knowledge, installed("pkg:cargo/rsa@0.9.8"));
    assert_eq!(finding.answer, Answer::Affected);
    assert!(finding.fixed.is_empty());
}

#[test]
fn a_version_the_source_calls_unaffected_is_not_affected() {
    let mut entry = of_package("crates.io", "ring", Versions::All);
    entry.rules[0].versions = range(Bound::Open, Bound::Open);
    entry.rules[0].status = Status::Affected;
    entry.rules.push(rule(Status::Unaffected, Versions::One("0.17.14".into())));
    let knowledge = knowing([advisory("RUSTSEC-2025-1", vec![entry])]);
    assert_eq!(answer(&knowledge, "pkg:cargo/ring@0.17.14"), Answer::NotAffected);
    assert_eq!(answer(&knowledge, "pkg:cargo/ring@0.17.13"), Answer::Affected);
}

#[test]
fn the_last_affected_version_is_affected_and_the_next_is_not() {
    let bounds = range(from("1.0.0"), Bound::Including("1.4.9".into()));
    let knowledge =
        knowing([advisory("GHSA-1111-1111-1111", vec![of_package("npm", "a", bounds)])]);
    assert_eq!(answer(&knowledge, "pkg:npm/a@1.4.9"), Answer::Affected);
    assert_eq!(answer(&knowledge, "pkg:npm/a@1.4.10"), Answer::NotAffected);
}

#[test]
fn two_disjoint_ranges_leave_the_gap_between_them_alone() {
    let mut entry = of_package("Maven", "g:a", range(from("1.0"), before("1.5")));
    entry.rules.push(rule(Status::Affected, range(from("2.0"), before("2.3"))));
    let knowledge = knowing([advisory("GHSA-1111-1111-1111", vec![entry])]);
    assert_eq!(answer(&knowledge, "pkg:maven/g/a@1.7"), Answer::NotAffected);
    assert_eq!(answer(&knowledge, "pkg:maven/g/a@2.2"), Answer::Affected);
}

#[test]
fn a_pre_release_of_the_fixed_version_is_still_affected() {
    let bounds = || range(Bound::Open, before("2.0.0"));
    let knowledge = knowing([
        advisory("GHSA-1111-1111-1111", vec![of_package("npm", "a", bounds())]),
        advisory("PYSEC-2024-2", vec![of_package("PyPI", "b", bounds())]),
    ]);
    assert_eq!(answer(&knowledge, "pkg:npm/a@2.0.0-rc.1"), Answer::Affected);
    assert_eq!(answer(&knowledge, "pkg:pypi/b@2.0.0rc1"), Answer::Affected);
    assert_eq!(answer(&knowledge, "pkg:npm/a@2.0.0"), Answer::NotAffected);
}

#[test]
fn commits_alone_leave_the_answer_open_but_not_beside_versions() {
    let alone = of_package("PyPI", "a", Versions::Commits);
    let mut beside = of_package("PyPI", "b", range(Bound::Open, before("2")));
    beside.rules.insert(0, rule(Status::Affected, Versions::Commits));
    let knowledge =
        knowing([advisory("PYSEC-2024-1", vec![alone]), advisory("PYSEC-2024-2", vec![beside])]);
    let finding = one(&knowledge, installed("pkg:pypi/a@1.0"));
    assert_eq!((finding.answer, finding.reason.why), (Answer::CannotTell, Why::CommitsOnly));
    assert_eq!(answer(&knowledge, "pkg:pypi/b@3.0"), Answer::NotAffected);
}

#[test]
fn ranges_that_contradict_each_other_leave_the_answer_open() {
    let mut entry = of_package("npm", "a", range(Bound::Open, before("2.0.0")));
    entry.rules.push(rule(Status::Unaffected, range(from("1.5.0"), before("1.6.0"))));
    let knowledge = knowing([advisory("CVE-2024-3", vec![entry])]);
    let finding = one(&knowledge, installed("pkg:npm/a@1.5.1"));
    assert_eq!((finding.answer, finding.reason.why), (Answer::CannotTell, Why::Contradicted));
    assert_eq!(answer(&knowledge, "pkg:npm/a@1.4.0"), Answer::Affected);
}

#[test]
fn a_version_nobody_can_read_is_never_a_silent_no() {
    let knowledge = knowing([advisory(
        "GHSA-1111-1111-1111",
        vec![of_package("npm", "a", range(Bound::Open, before("2.0.0")))],
    )]);
    let finding = one(&knowledge, installed("pkg:npm/a@not-a-version"));
    assert_eq!(finding.answer, Answer::CannotTell);
    assert!(matches!(finding.reason.why, Why::Unreadable { .. }));
}

#[test]
fn a_component_without_a_version_cannot_be_told() {
    let knowledge = knowing([advisory(
        "GHSA-1111-1111-1111",
        vec![of_package("npm", "a", range(Bound::Open, before("2.0.0")))],
    )]);
    assert_eq!(one(&knowledge, installed("pkg:npm/a")).reason.why, Why::NoVersion);
}

// ---- distributions ----

#[test]
fn an_epoch_that_the_inventory_left_out_leaves_the_answer_open_where_it_decides() {
    let knowledge = knowing([advisory(
        "ALSA-2024-1",
        vec![of_package("AlmaLinux:9", "bind", range(Bound::Open, before("32:9.16.23-14.el9")))],
    )]);
    let open =
        one(&knowledge, installed("pkg:rpm/almalinux/bind@9.16.23-15.el9?distro=almalinux-9.3"));
    assert_eq!(open.answer, Answer::CannotTell);
    assert!(matches!(open.reason.why, Why::EpochMissing { .. }));
    let told = "pkg:rpm/almalinux/bind@9.16.23-15.el9?distro=almalinux-9.3&epoch=32";
    assert_eq!(answer(&knowledge, told), Answer::NotAffected);
    let old = "pkg:rpm/almalinux/bind@9.16.23-13.el9?distro=almalinux-9.3";
    assert_eq!(answer(&knowledge, old), Answer::Affected, "older with any epoch");
}

#[test]
fn a_backported_fix_counts_in_the_distribution_and_upstream_ranges_do_not() {
    let upstream = ProductName::new("openssl", "openssl").unwrap();
    let everything = vec![rule(Status::Affected, range(Bound::Open, before("3.0.13")))];
    let knowledge = knowing([
        advisory(
            "CVE-2024-0727",
            vec![entry(Subject::Product(upstream), Scheme::Openssl, everything)],
        ),
        advisory(
            "DSA-1-1",
            vec![of_package(
                "Debian:12",
                "openssl",
                range(Bound::Open, before("3.0.11-1~deb12u2")),
            )],
        ),
    ]);
    let mut fixed = installed("pkg:deb/debian/openssl@3.0.11-1~deb12u2?distro=debian-12");
    fixed.cpes = vec!["cpe:2.3:a:openssl:openssl:3.0.11:*:*:*:*:*:*:*".parse().unwrap()];
    assert_eq!(one(&knowledge, fixed).answer, Answer::NotAffected);
}

#[test]
fn an_advisory_for_another_release_of_the_distribution_says_nothing() {
    let knowledge =
        knowing([advisory("DSA-1-1", vec![of_package("Debian:11", "curl", Versions::All)])]);
    let host = inventory(vec![installed("pkg:deb/debian/curl@7.88.1-10?distro=debian-12")]);
    assert!(find(&knowledge, &host, "host.json", Depth::All).is_empty());
}

#[test]
fn an_unknown_release_leaves_the_answer_open() {
    let knowledge =
        knowing([advisory("DSA-1-1", vec![of_package("Debian:11", "curl", Versions::All)])]);
    let finding = one(&knowledge, installed("pkg:deb/debian/curl@7.74.0-1"));
    assert_eq!(finding.reason.why, Why::ReleaseUnknown { release: "11".into() });
}

#[test]
fn a_binary_package_is_judged_by_its_source_package() {
    let fix = range(Bound::Open, before("2.36-9+deb12u3"));
    let knowledge = knowing([advisory("DSA-5514-1", vec![of_package("Debian:12", "glibc", fix)])]);
    let mut libc = installed("pkg:deb/debian/libc6@2.36-9+deb12u1?distro=debian-12");
    libc.source = Some(SourcePackage { name: "glibc".into(), version: None });
    assert_eq!(one(&knowledge, libc).answer, Answer::Affected);
}

#[test]
fn a_language_package_that_a_distribution_owns_is_left_to_the_distribution() {
    let of_language = of_package("PyPI", "requests", range(Bound::Open, before("2.31.0")));
    let of_debian =
        of_package("Debian:12", "requests", range(Bound::Open, before("2.28.1+dfsg-1")));
    let mut owned = installed("pkg:pypi/requests@2.28.1");
    owned.owner = Some(0);
    let mut owner = installed("pkg:deb/debian/python3-requests@2.28.1+dfsg-1?distro=debian-12");
    owner.source = Some(SourcePackage { name: "requests".into(), version: None });
    let host = inventory(vec![owner, owned]);

    let both = knowing([
        advisory("PYSEC-2023-74", vec![of_language.clone()]),
        advisory("DSA-9-1", vec![of_debian]),
    ]);
    let findings = find(&both, &host, "host.json", Depth::All);
    let of_python = findings.iter().find(|finding| finding.component == 1).unwrap();
    assert_eq!(of_python.answer, Answer::NotAffected);
    assert!(matches!(of_python.reason.why, Why::OwnedByDistribution { known: true, .. }));

    let without_debian = knowing([advisory("PYSEC-2023-74", vec![of_language])]);
    let findings = find(&without_debian, &host, "host.json", Depth::All);
    assert_eq!(findings[0].answer, Answer::CannotTell, "nobody who knows has spoken");
}

// ---- products and CPE ----

#[test]
fn an_appliance_in_a_spreadsheet_is_matched_by_vendor_and_product() {
    let firewall = ProductName::new("Fortinet, Inc.", "FortiOS").unwrap();
    let bounds =
        vec![rule(Status::Affected, range(from("7.0.0"), Bound::Including("7.0.12".into())))];
    let knowledge = knowing([advisory(
        "CVE-2024-21762",
        vec![entry(Subject::Product(firewall), Scheme::Generic, bounds)],
    )]);
    let owned = |version: &str| Component {
        name: "FortiOS".into(),
        version: Some(version.into()),
        product: ProductName::new("포티넷", "FortiOS"),
        ..Component::default()
    };
    assert_eq!(one(&knowledge, owned("7.0.5")).answer, Answer::Affected);
    assert_eq!(one(&knowledge, owned("7.0.14")).answer, Answer::NotAffected);
    assert_eq!(one(&knowledge, owned("latest")).answer, Answer::CannotTell);
}

#[test]
fn a_cpe_without_version_bounds_is_a_candidate_and_no_more() {
    let cpe: Cpe = "cpe:2.3:a:acme:gateway:*:*:*:*:*:*:*:*".parse().unwrap();
    let knowledge = knowing([advisory(
        "CVE-2024-5",
        vec![entry(
            Subject::Cpe(cpe),
            Scheme::Generic,
            vec![rule(Status::Affected, Versions::All)],
        )],
    )]);
    let mut gateway =
        Component { name: "gateway".into(), version: Some("4.1".into()), ..Component::default() };
    gateway.cpes = vec!["cpe:2.3:a:acme:gateway:4.1:*:*:*:*:*:*:*".parse().unwrap()];
    let finding = one(&knowledge, gateway);
    assert_eq!((finding.answer, finding.reason.why), (Answer::CannotTell, Why::UnboundedCpe));
}

#[test]
fn a_cpe_with_version_bounds_decides() {
    let cpe: Cpe = "cpe:2.3:a:acme:gateway:*:*:*:*:*:*:*:*".parse().unwrap();
    let bounds = vec![rule(Status::Affected, range(Bound::Open, before("4.2")))];
    let knowledge =
        knowing([advisory("CVE-2024-6", vec![entry(Subject::Cpe(cpe), Scheme::Generic, bounds)])]);
    let mut gateway =
        Component { name: "gateway".into(), version: Some("4.1".into()), ..Component::default() };
    gateway.cpes = vec!["cpe:2.3:a:acme:gateway:4.1:*:*:*:*:*:*:*".parse().unwrap()];
    assert_eq!(one(&knowledge, gateway).answer, Answer::Affected);
}

// ---- statements ----

fn statement(answer: VexAnswer, subject: &str) -> Signal {
    Signal::Vex(Box::new(VexStatement {
        vulnerability: "CVE-2024-7".parse().unwrap(),
        aliases: Vec::new(),
        subjects: vec![VexSubject::Purl(subject.parse().unwrap())],
        within: Vec::new(),
        answer,
        justification: Some("vulnerable_code_not_in_execute_path".into()),
        words: None,
        asserter: "Vendor".into(),
        at: None,
        place: Place { document: "vex.json".into(), ..Place::default() },
    }))
}

fn with_statement(answer: VexAnswer, subject: &str) -> Knowledge {
    let mut flaw = advisory("GHSA-1111-1111-1111", vec![of_package("npm", "a", Versions::All)]);
    flaw.aliases = vec!["CVE-2024-7".parse().unwrap()];
    Knowledge::of([Signal::Advisory(Box::new(flaw)), statement(answer, subject)])
}

#[test]
fn a_statement_changes_the_answer_visibly() {
    let knowledge = with_statement(VexAnswer::NotAffected, "pkg:npm/a@1.0.0");
    let finding = one(&knowledge, installed("pkg:npm/a@1.0.0"));
    assert_eq!(finding.answer, Answer::NotAffected);
    assert!(matches!(finding.reason.why, Why::Statement { says: "not_affected", .. }));
    assert_eq!(finding.weighed[0].0, Answer::Affected, "what it overruled stays visible");
    assert!(finding.is_news());
    assert_eq!(answer(&knowledge, "pkg:npm/a@1.0.1"), Answer::Affected, "another version");
}

#[test]
fn looking_into_it_does_not_make_it_safe() {
    let knowledge = with_statement(VexAnswer::UnderInvestigation, "pkg:npm/a");
    assert_eq!(answer(&knowledge, "pkg:npm/a@1.0.0"), Answer::Affected);
}

#[test]
fn a_statement_alone_is_enough_for_an_answer() {
    let knowledge = Knowledge::of([statement(VexAnswer::Affected, "pkg:npm/b@1.0.0")]);
    assert_eq!(answer(&knowledge, "pkg:npm/b@1.0.0"), Answer::Affected);
}

#[test]
fn a_statement_about_a_part_of_a_product_holds_inside_that_product_only() {
    let mut flaw = advisory("GHSA-1111-1111-1111", vec![of_package("npm", "a", Versions::All)]);
    flaw.aliases = vec!["CVE-2024-7".parse().unwrap()];
    let Signal::Vex(mut limited) = statement(VexAnswer::NotAffected, "pkg:npm/a@1.0.0") else {
        panic!("a statement is a statement");
    };
    limited.within = vec![VexSubject::Purl("pkg:oci/shop@sha256:aa".parse().unwrap())];
    let knowledge = Knowledge::of([Signal::Advisory(Box::new(flaw)), Signal::Vex(limited)]);
    let part = || installed("pkg:npm/a@1.0.0");
    let shop = inventory(vec![part(), installed("pkg:oci/shop@sha256:aa")]);
    let findings = find(&knowledge, &shop, "shop.json", Depth::All);
    assert_eq!(findings[0].answer, Answer::NotAffected);
    assert_eq!(one(&knowledge, part()).answer, Answer::Affected, "another product");
}

#[test]
fn of_two_statements_at_one_time_the_graver_holds_in_either_order() {
    let says = |answer| statement(answer, "pkg:npm/b@1.0.0");
    let (cleared, affected) = (VexAnswer::NotAffected, VexAnswer::Affected);
    for pair in [[cleared, affected], [affected, cleared]] {
        let knowledge = Knowledge::of(pair.map(says));
        assert_eq!(answer(&knowledge, "pkg:npm/b@1.0.0"), Answer::Affected, "{pair:?}");
    }
}

#[test]
fn a_source_that_clears_one_version_says_nothing_of_the_others() {
    let mut entry = of_package("Maven", "g:a", Versions::One("1.0.redhat-1".into()));
    entry.rules[0].status = Status::Unaffected;
    entry.otherwise = Status::Unknown;
    let knowledge = knowing([advisory("CVE-2024-9", vec![entry])]);
    assert_eq!(answer(&knowledge, "pkg:maven/g/a@1.0.redhat-1"), Answer::NotAffected);
    let other = inventory(vec![installed("pkg:maven/g/a@1.0")]);
    assert!(find(&knowledge, &other, "host.json", Depth::All).is_empty());
}

// ---- two sources ----

#[test]
fn a_source_that_could_compare_outranks_one_that_could_not() {
    let words = of_package("npm", "a", Versions::Words("before the May update".into()));
    let bounds = of_package("npm", "a", range(Bound::Open, before("1.0.0")));
    let mut vague = advisory("CVE-2024-8", vec![words]);
    vague.aliases = vec!["GHSA-1111-1111-1111".parse().unwrap()];
    let knowledge = knowing([vague, advisory("GHSA-1111-1111-1111", vec![bounds])]);
    assert_eq!(answer(&knowledge, "pkg:npm/a@1.0.0"), Answer::NotAffected);
    assert_eq!(answer(&knowledge, "pkg:npm/a@0.9.0"), Answer::Affected);
}

#[test]
fn a_newer_edition_of_a_document_replaces_the_older() {
    let old = advisory("GHSA-1111-1111-1111", vec![of_package("npm", "a", Versions::All)]);
    let mut new = advisory(
        "GHSA-1111-1111-1111",
        vec![of_package("npm", "a", range(Bound::Open, before("1.0.0")))],
    );
    new.modified = Some("2026-01-01T00:00:00Z".parse().unwrap());
    let knowledge = knowing([new, old]);
    assert_eq!(answer(&knowledge, "pkg:npm/a@1.0.0"), Answer::NotAffected);
}

// ---- one document, several branches; the catalogue ----

#[test]
fn an_entry_that_cannot_be_compared_outweighs_what_its_neighbour_leaves_over() {
    let lamp = || Subject::Product(ProductName::new("Acme", "Lamp").unwrap());
    let branch = |low: &str, high: &str| {
        let run = rule(Status::Affected, range(from(low), before(high)));
        entry(lamp(), Scheme::Generic, vec![run])
    };
    let record = advisory("CVE-2024-1", vec![branch("5.0", "5.2"), branch("4.0", "KB88287")]);
    let knowledge = knowing([record]);
    let asset = |version: &str| Component {
        product: ProductName::new("Acme", "Lamp"),
        version: Some(version.to_owned()),
        ..Component::default()
    };
    assert_eq!(one(&knowledge, asset("4.1")).answer, Answer::CannotTell, "the end is no version");
    assert_eq!(one(&knowledge, asset("3.0")).answer, Answer::NotAffected, "before both");
    assert_eq!(one(&knowledge, asset("5.1")).answer, Answer::Affected);
}

#[test]
fn a_release_that_is_not_known_is_not_answered_by_the_release_that_is_fixed() {
    let fixed =
        |release: &str, at: &str| of_package(release, "lamp", range(Bound::Open, before(at)));
    let record = advisory("DSA-1-1", vec![fixed("Debian:11", "1.2"), fixed("Debian:12", "1.0")]);
    let knowledge = knowing([record]);
    assert_eq!(answer(&knowledge, "pkg:deb/debian/lamp@1.1"), Answer::CannotTell);
    assert_eq!(answer(&knowledge, "pkg:deb/debian/lamp@1.1?distro=debian-12"), Answer::NotAffected);
}

#[test]
fn a_product_in_the_catalogue_is_a_candidate_until_an_advisory_speaks_of_it() {
    let row = KevEntry {
        vulnerability: "CVE-2024-1".parse().unwrap(),
        vendor: "Acme".into(),
        product: "Lamp".into(),
        name: "Acme Lamp goes out".into(),
        added: None,
        due: None,
        ransomware: false,
        action: String::new(),
        place: Place { document: "kev.json".into(), ..Place::default() },
    };
    let asset = Component {
        product: ProductName::new("ACME, Inc.", "lamp"),
        version: Some("1.5".into()),
        ..Component::default()
    };
    let alone = Knowledge::of([Signal::Kev(Box::new(row.clone()))]);
    let finding = one(&alone, asset.clone());
    assert_eq!((finding.answer, &finding.reason.why), (Answer::CannotTell, &Why::CatalogueOnly));
    assert!(finding.kev.is_some());
    assert_eq!(alone.question(&finding.vulnerability).open.len(), 2, "by its name and by CPE");

    let run = rule(Status::Affected, range(Bound::Open, before("1.2")));
    let product = Subject::Product(ProductName::new("Acme", "Lamp").unwrap());
    let record = advisory("CVE-2024-1", vec![entry(product, Scheme::Generic, vec![run])]);
    let both = Knowledge::of([Signal::Kev(Box::new(row)), Signal::Advisory(Box::new(record))]);
    assert_eq!(one(&both, asset).answer, Answer::NotAffected, "the advisory decides");
}

#[test]
fn a_place_is_named_once() {
    let mut record = advisory("CVE-2024-1", vec![of_package("npm", "left", Versions::All)]);
    record.place.field = Some("/affected".into());
    let knowledge = knowing([record]);
    let finding = one(&knowledge, installed("pkg:npm/left@1.0.0"));
    assert_eq!(finding.reason.place.field.unwrap(), "/affected/0/ranges/0");
}

#[test]
fn a_distributions_bulletin_may_be_asked_for_by_its_own_name() {
    let mut bulletin = advisory(
        "DSA-1-1",
        vec![of_package("Debian:12", "lamp", range(Bound::Open, before("1.2")))],
    );
    bulletin.upstream = vec!["CVE-2024-1".parse().unwrap(), "CVE-2024-2".parse().unwrap()];
    let knowledge = knowing([bulletin]);
    for name in ["DSA-1-1", "CVE-2024-1", "CVE-2024-2"] {
        let question = knowledge.question(&name.parse().unwrap());
        assert!(!question.affected.is_empty(), "{name}");
    }
}

#[test]
fn a_link_to_a_component_holds_in_the_document_it_names_and_in_no_other() {
    let flaw = advisory("CVE-2024-7", vec![of_package("npm", "a", Versions::All)]);
    let subjects = vec![VexSubject::Reference("urn:cdx:6f0c/1#l1".into())];
    let statement = VexStatement {
        vulnerability: "CVE-2024-7".parse().unwrap(),
        aliases: Vec::new(),
        subjects,
        within: Vec::new(),
        answer: VexAnswer::NotAffected,
        justification: None,
        words: None,
        asserter: "Vendor".into(),
        at: None,
        place: Place { document: "vex.json".into(), ..Place::default() },
    };
    let signals = [Signal::Advisory(Box::new(flaw)), Signal::Vex(Box::new(statement))];
    let knowledge = Knowledge::of(signals);
    let component = Component { reference: Some("l1".into()), ..installed("pkg:npm/a@1.0.0") };
    #[rustfmt::skip]
    let table = [
        (Some("6f0c/1"), Answer::NotAffected, "the document it names"),
        (Some("6f0c/2"), Answer::Affected,    "a later issue may number its components anew"),
        (Some("77aa/1"), Answer::Affected,    "another document"),
        (None,           Answer::Affected,    "a document without a name"),
    ];
    for (link, expected, why) in table {
        let link = link.map(str::to_owned);
        let host = Inventory { link, ..inventory(vec![component.clone()]) };
        let findings = find(&knowledge, &host, "host.json", Depth::All);
        assert_eq!(findings[0].answer, expected, "{why}");
    }
}

// ---- entries made to hurt ----

#[test]
fn an_entry_that_lists_many_versions_is_read_once_for_all_components() {
    const MANY: usize = 20_000;
    let listed = (0..MANY).map(|n| rule(Status::Affected, Versions::One(format!("1.{n}.0"))));
    let subject = Subject::Package(PackageName::new(Ecosystem::from_osv("npm"), "a"));
    let record = advisory("CVE-2024-1", vec![entry(subject, Scheme::Npm, listed.collect())]);
    let knowledge = knowing([record]);
    let parts = (0..MANY).map(|n| installed(&format!("pkg:npm/a@1.{}.0", n * 2)));
    // Each component against each text would be 400 million readings: minutes.
    let findings = find(&knowledge, &inventory(parts.collect()), "host.json", Depth::News);
    let affected = findings.iter().filter(|finding| finding.answer == Answer::Affected);
    assert_eq!(affected.count(), MANY / 2);
}
