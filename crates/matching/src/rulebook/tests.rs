use bongsu_advisory::Subject;
use bongsu_package::{Ecosystem, PackageName};
use proptest::collection::vec;
use proptest::prelude::*;

use super::*;

/// The slow way: every text of every rule is read anew.
fn slowly<'a>(entry: &'a Affected, version: &str, epoch_known: bool) -> Reading<'a> {
    let scheme = entry.scheme;
    let mut reading = Reading::default();
    for rule in &entry.rules {
        match &rule.versions {
            Versions::One(text) if scheme.compare(text, version) == Some(Ordering::Equal) => {
                reading.listed = reading.listed.or(Some(rule));
            }
            Versions::Range(range) => {
                let within = range.holds(scheme, version);
                if let Some(bound) = epoch_bound(range).filter(|_| !epoch_known)
                    && scheme == Scheme::Rpm
                    && !version.contains(':')
                {
                    let full = format!("{}:{version}", epoch(bound).unwrap());
                    if range.holds(scheme, &full) != within {
                        reading.unclear = Some(Why::EpochMissing { bound: bound.to_owned() });
                        continue;
                    }
                }
                match (within, rule.status) {
                    (Within::Inside, Status::Affected) => {
                        reading.affecting.get_or_insert((rule, range));
                    }
                    (Within::Inside, Status::Unaffected) => {
                        reading.clearing.get_or_insert((rule, range));
                    }
                    (Within::Inside, Status::Unknown) => {
                        let (status, range) = (rule.status, range.clone());
                        reading.unclear.get_or_insert(Why::InRange { status, range, scheme });
                    }
                    (Within::Unclear, _) => {
                        let ends = [&range.low, &range.high].into_iter().filter_map(Bound::text);
                        let unread = [version].into_iter().chain(ends);
                        let text = unread.into_iter().find(|text| scheme.parse(text).is_err());
                        let text = text.unwrap().to_owned();
                        reading.unclear.get_or_insert(Why::Unreadable { scheme, text });
                    }
                    (Within::Outside, _) => {}
                }
            }
            _ => {}
        }
    }
    let lists = entry.rules.iter().any(|rule| matches!(rule.versions, Versions::One(_)));
    if lists && scheme.parse(version).is_err() {
        let text = version.to_owned();
        reading.unclear.get_or_insert(Why::Unreadable { scheme, text });
    }
    reading
}

/// Few versions, so that rules meet; some that no order reads, some that are equal and not the same.
fn version() -> impl Strategy<Value = String> {
    prop_oneof![
        6 => "[0-3]\\.[0-3]",
        2 => "[12]:[0-3]\\.[0-3]-1",
        1 => "0?[12]\\.0",
        1 => Just("unknown".to_owned()),
        1 => Just("n/a".to_owned()),
    ]
}

fn bound() -> impl Strategy<Value = Bound> {
    prop_oneof![
        Just(Bound::Open),
        version().prop_map(Bound::Including),
        version().prop_map(Bound::Excluding),
    ]
}

fn rule() -> impl Strategy<Value = Rule> {
    let range = (bound(), bound()).prop_map(|(low, high)| Versions::Range(Interval { low, high }));
    let versions =
        prop_oneof![4 => version().prop_map(Versions::One), 4 => range, 1 => Just(Versions::All)];
    let status =
        prop_oneof![Just(Status::Affected), Just(Status::Unaffected), Just(Status::Unknown)];
    (status, versions).prop_map(|(status, versions)| Rule {
        status,
        versions,
        field: String::new(),
    })
}

fn entry(scheme: Scheme, mut rules: Vec<Rule>) -> Affected {
    for (number, rule) in rules.iter_mut().enumerate() {
        rule.field = number.to_string();
    }
    Affected {
        subject: Subject::Package(PackageName::new(Ecosystem::from_osv("npm"), "thing")),
        scheme,
        rules,
        otherwise: Status::Unknown,
        fixed: Vec::new(),
        advice: None,
        architectures: Vec::new(),
        field: String::new(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3_000))]

    #[test]
    fn rules_read_once_say_what_they_say_read_one_by_one(
        rules in vec(rule(), 0..8),
        version in version(),
        scheme in prop_oneof![Just(Scheme::Rpm), Just(Scheme::Generic), Just(Scheme::Maven)],
        epoch_known in any::<bool>(),
    ) {
        let entry = entry(scheme, rules);
        let fast = Rulebook::of(&entry).read(&entry, &version, epoch_known);
        let slow = slowly(&entry, &version, epoch_known);
        let listed = |reading: &Reading<'_>| reading.listed.map(|rule| rule.field.clone());
        prop_assert_eq!(listed(&fast), listed(&slow));
        if fast.listed.is_none() {
            let affecting = |reading: &Reading<'_>| reading.affecting.map(|(rule, _)| rule.field.clone());
            let clearing = |reading: &Reading<'_>| reading.clearing.map(|(rule, _)| rule.field.clone());
            prop_assert_eq!(affecting(&fast), affecting(&slow));
            prop_assert_eq!(clearing(&fast), clearing(&slow));
            prop_assert_eq!(fast.unclear, slow.unclear);
        }
    }
}

#[test]
fn fixed_versions_stand_in_order_and_words_among_them_come_last() {
    let fixed = |texts: &[&str]| {
        let fixed = texts.iter().map(|text| (*text).to_owned()).collect();
        Affected { fixed, ..entry(Scheme::Npm, Vec::new()) }
    };
    #[rustfmt::skip]
    let table: [(&[&str], &str, &[&str], &str); 4] = [
        (&["2.0.0", "1.5.0", "1.2.0"],  "1.3.0", &["1.5.0", "2.0.0"],           "the nearest first"),
        (&["2.0.0", "May", "1.2.0"],    "1.3.0", &["2.0.0", "May"],             "a word may be any version"),
        (&["2.0.0", "1.2.0"],           "?",     &["1.2.0", "2.0.0"],           "nobody can tell which are older"),
        (&["1.3.0"],                    "1.3.0", &["1.3.0"],                    "the fix itself is not older"),
    ];
    for (texts, own, expected, why) in table {
        let entry = fixed(texts);
        assert_eq!(Rulebook::of(&entry).fixed_from(&entry, own), expected, "{why}");
    }
}

#[test]
fn fixed_versions_that_no_order_reads_leave_the_sort_whole() {
    // A word that is equal to every version makes no order at all, and sorting by none may panic.
    let texts = (0..2_000).map(|number| match number % 3 {
        0 => format!("word-{number}"),
        _ => format!("1.{}.0", (number * 7919) % 2_000),
    });
    let entry = Affected { fixed: texts.collect(), ..entry(Scheme::Npm, Vec::new()) };
    let fixed = Rulebook::of(&entry).fixed_from(&entry, "0.0.1");
    assert_eq!(fixed.len(), 2_000);
    assert!(
        fixed[..1_333].is_sorted_by(|a, b| Scheme::Npm.compare(a, b) != Some(Ordering::Greater))
    );
}
