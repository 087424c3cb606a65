//! Asking the index and judging every component are two ways to one answer.

use bongsu_advisory::{
    Advisory, Affected, Place, Rule, Signal, Standing, Status, Subject, Versions,
};
use bongsu_inventory::{Component, Inventory};
use bongsu_matching::{Answer, Asked, Depth, Knowledge, Question, find, rows};
use bongsu_package::{Bound, Ecosystem, Interval, PackageName, Purl, Within};
use proptest::collection::vec;
use proptest::prelude::*;

/// The slow way: judge the component.
fn judged(knowledge: &Knowledge, component: &Component) -> Answer {
    let host = Inventory {
        system: "host".into(),
        components: vec![component.clone()],
        ..Inventory::default()
    };
    let findings = find(knowledge, &host, "host.json", Depth::All);
    findings.iter().map(|finding| finding.answer).max().unwrap_or(Answer::NotAffected)
}

/// The index's way: which of its rows lie in the question's intervals.
fn asked(question: &Question, component: &Component) -> Answer {
    let mut answer = Answer::NotAffected;
    for row in rows(component) {
        let version = row.version.as_deref().unwrap_or("");
        let within = |asked: &Asked| {
            asked.key == row.key
                && asked
                    .intervals
                    .iter()
                    .any(|one| one.holds(asked.scheme, version) == Within::Inside)
        };
        if question.affected.iter().any(within) {
            return Answer::Affected;
        }
        if question.open.iter().any(within) {
            answer = Answer::CannotTell;
        }
    }
    answer
}

fn version() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "[0-3]\\.[0-3]",
        1 => "[0-2]\\.[0-2]-[0-2]",
    ]
}

fn rpm_version() -> impl Strategy<Value = String> {
    prop_oneof![2 => "[0-3]\\.[0-3]-1", 1 => "[12]:[0-3]\\.[0-3]-1"]
}

fn bound(text: BoxedStrategy<String>) -> impl Strategy<Value = Bound> {
    prop_oneof![
        1 => Just(Bound::Open),
        2 => text.clone().prop_map(Bound::Including),
        2 => text.prop_map(Bound::Excluding),
    ]
}

fn status() -> impl Strategy<Value = Status> {
    prop_oneof![4 => Just(Status::Affected), 2 => Just(Status::Unaffected), 1 => Just(Status::Unknown)]
}

fn versions(text: BoxedStrategy<String>) -> impl Strategy<Value = Versions> {
    let range = (bound(text.clone()), bound(text.clone()));
    prop_oneof![
        6 => range.prop_map(|(low, high)| Versions::Range(Interval { low, high })),
        3 => text.prop_map(Versions::One),
        1 => Just(Versions::All),
        1 => Just(Versions::Commits),
        1 => Just(Versions::Words("before the May update".into())),
    ]
}

fn entry(osv: &'static str, text: BoxedStrategy<String>) -> impl Strategy<Value = Affected> {
    let rule = (status(), versions(text)).prop_map(|(status, versions)| Rule {
        status,
        versions,
        field: String::new(),
    });
    let otherwise = prop_oneof![4 => Just(Status::Unaffected), 1 => status()];
    (vec(rule, 0..4), otherwise).prop_map(move |(rules, otherwise)| {
        let package = PackageName::new(Ecosystem::from_osv(osv), "thing");
        Affected {
            scheme: package.ecosystem.scheme(),
            subject: Subject::Package(package),
            rules,
            otherwise,
            fixed: Vec::new(),
            advice: None,
            architectures: Vec::new(),
            field: String::new(),
        }
    })
}

fn advisory(number: usize, entry: Affected) -> Signal {
    let alias = "CVE-2024-1".parse().expect("a CVE identifier");
    Signal::Advisory(Box::new(Advisory {
        id: format!("TEST-{number}").parse().expect("an identifier"),
        asserter: "TEST".into(),
        place: Place::default(),
        aliases: vec![alias],
        upstream: Vec::new(),
        summary: String::new(),
        published: None,
        modified: None,
        standing: Standing::Valid,
        informational: None,
        severity: Vec::new(),
        ssvc: Vec::new(),
        affected: vec![entry],
    }))
}

fn component(purl: &str) -> Component {
    let purl: Purl = purl.parse().expect("a package URL");
    Component {
        name: purl.name().to_owned(),
        version: purl.version().map(str::to_owned),
        purl: Some(purl),
        ..Component::default()
    }
}

fn agrees(entries: Vec<Affected>, component: &Component) -> Result<(), TestCaseError> {
    let signals = entries.into_iter().enumerate().map(|(number, entry)| advisory(number, entry));
    let knowledge = Knowledge::of(signals);
    let question = knowledge.question(&"CVE-2024-1".parse().expect("a CVE identifier"));
    prop_assert_eq!(asked(&question, component), judged(&knowledge, component), "{:#?}", question);
    Ok(())
}

fn cases() -> ProptestConfig {
    let deep = std::env::var("BONGSU_DEPTH").is_ok_and(|depth| depth == "release");
    ProptestConfig::with_cases(if deep { 200_000 } else { 2_000 })
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn asking_agrees_with_judging(
        entries in vec(entry("npm", version().boxed()), 1..4),
        version in version(),
    ) {
        agrees(entries, &component(&format!("pkg:npm/thing@{version}")))?;
    }

    #[test]
    fn asking_agrees_with_judging_where_epochs_are_missing(
        entries in vec(entry("AlmaLinux:9", rpm_version().boxed()), 1..3),
        version in "[0-3]\\.[0-3]-1",
        epoch in prop_oneof![Just(""), Just("&epoch=1"), Just("&epoch=2")],
    ) {
        let purl = format!("pkg:rpm/almalinux/thing@{version}?distro=almalinux-9{epoch}");
        agrees(entries, &component(&purl))?;
    }

    #[test]
    fn asking_agrees_with_judging_where_the_release_is_missing(
        entries in vec(entry("Debian:12", version().boxed()), 1..3),
        version in version(),
        release in prop_oneof![Just(""), Just("?distro=debian-12"), Just("?distro=debian-11")],
    ) {
        agrees(entries, &component(&format!("pkg:deb/debian/thing@{version}{release}")))?;
    }
}

#[test]
fn a_listed_version_that_no_order_reads_is_asked_for_letter_by_letter() {
    let package = PackageName::new(Ecosystem::from_osv("npm"), "thing");
    let listed = |text: &str| Rule {
        status: Status::Affected,
        versions: Versions::One(text.into()),
        field: String::new(),
    };
    let entry = Affected {
        scheme: package.ecosystem.scheme(),
        subject: Subject::Package(package),
        rules: vec![listed("2022 SU5 and prior"), listed("1.0.0")],
        otherwise: Status::Unknown,
        fixed: Vec::new(),
        advice: None,
        architectures: Vec::new(),
        field: String::new(),
    };
    let knowledge = Knowledge::of([advisory(1, entry)]);
    let question = knowledge.question(&"CVE-2024-1".parse().expect("a CVE identifier"));
    let mut thing = component("pkg:npm/thing");
    thing.version = Some("2022 SU5 and prior".into());
    assert_eq!(judged(&knowledge, &thing), Answer::Affected);
    assert_eq!(asked(&question, &thing), Answer::Affected);
}

#[test]
fn an_entry_that_lists_many_versions_is_asked_about_without_reading_them_all_at_every_one() {
    const MANY: usize = 10_000;
    let package = PackageName::new(Ecosystem::from_osv("npm"), "thing");
    let listed = |n: usize| Rule {
        // The statuses differ, so the rules themselves are not the answer.
        status: if n.is_multiple_of(2) { Status::Affected } else { Status::Unknown },
        versions: Versions::One(format!("1.{n}.0")),
        field: String::new(),
    };
    let entry = Affected {
        scheme: package.ecosystem.scheme(),
        subject: Subject::Package(package),
        rules: (0..MANY).map(listed).collect(),
        otherwise: Status::Unaffected,
        fixed: Vec::new(),
        advice: None,
        architectures: Vec::new(),
        field: String::new(),
    };
    let knowledge = Knowledge::of([advisory(1, entry)]);
    let question = knowledge.question(&"CVE-2024-1".parse().expect("a CVE identifier"));
    assert_eq!(question.affected[0].intervals.len(), MANY / 2);
    assert_eq!(question.open[0].intervals.len(), MANY / 2);
}
