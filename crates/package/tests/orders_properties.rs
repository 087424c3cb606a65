//! What every version order owes: a preorder, no limits on numbers, no panic.

use std::cmp::Ordering;
use std::time::Instant;

use bongsu_package::Scheme;
use bongsu_package::order::LONGEST_VERSION_BYTES;
use proptest::prelude::*;
use proptest::strategy::{Union, ValueTree};

/// Texts that are versions of the scheme or nearly so, few parts and small numbers, so that equal
/// and neighbouring versions meet often.
fn plausible(scheme: Scheme) -> &'static str {
    match scheme {
        Scheme::Cargo | Scheme::Npm | Scheme::Hex | Scheme::Nginx | Scheme::Nuget | Scheme::Pub => {
            "v?[0-2](\\.(0|1|01|10)){0,3}(-(0|1|10|a|B|a-b)(\\.(0|2|a|rc)){0,2})?(\\+[a1](\\.1)?)?"
        }
        Scheme::Golang => {
            "(v|go)?[0-2](\\.(0|1|21)){0,2}(-0\\.2020010[12]000000-abcdef012345|-rc\\.[12]|rc[12]|beta1)?(\\+incompatible)?"
        }
        Scheme::Pypi => {
            "(1!)?[0-2](\\.(0|1|10)){0,2}([-_.]?(a|b|rc|c|pre)[-_.]?[0-2]?)?(-1|\\.post[0-2]?)?(\\.dev[0-2]?)?(\\+(a|1)(\\.(1|a))?)?(-foo|_x|-dev-r[0-9])?"
        }
        Scheme::Maven => {
            "[0-2]?([-.]?(0|1|00|a|b1|alpha|rc-1|SNAPSHOT|ga|final-1|sp|x|redhat-1)){0,5}"
        }
        Scheme::Gem => "[0-2](\\.(0|1|00|a|b1|rc)){0,5}(-[a0](\\.[0a])?)?",
        Scheme::Composer => {
            "v?[0-2](\\.(0|1|x|20240101)){0,4}([-._]?(alpha|beta|b|RC|p|pl|patch|stable)([.-]?[0-2])*)?([-.]?dev)?(\\+a)?(@beta)?|20(10|11)[-.]?0[12][-.]?0[12]"
        }
        Scheme::Hackage | Scheme::Cran => "[0-2]([.-](0|1|01|10)){0,4}",
        Scheme::Conan => {
            "[0-2a*]?(\\.(0|1|10|1a|10a|9|a|\\*|2\\*)){0,3}(-(pre|1|)(\\.(0|1|a)){0,2})?(\\+(b|1)(\\.(0|1)){0,2})?"
        }
        Scheme::Deb => "([01]:)?[0-2a]([.~+:a-](0|1|00|~|a)){0,4}(-(0|1|1~a))?",
        Scheme::Rpm => "([01]:)?[0-2a]([.~^_a](0|1|00|~|\\^|b)){0,4}(-(0|1|1\\.el9|))?",
        Scheme::Apk => {
            "[0-2](\\.(0|1|01|10|010)){0,3}[ab]?(_(alpha|pre|rc|cvs|p|x)[01]?){0,2}(~(a|0b))?(-r[0-2])?"
        }
        Scheme::Alpm => "([01]:)?[0-2a]([._a]{0,2}(0|1|00|b|rc)){0,4}(-(0|1|2|1\\.1))?",
        Scheme::Gentoo => {
            "[0-2](\\.(0|1|01|10|010)){0,3}[ab]?(_(alpha|pre|rc|p)[01]?){0,2}(-r[0-2])?"
        }
        Scheme::Openssl => "[0-3](\\.[0-2]){0,2}[a-c]{0,2}(-(dev|beta1|pre[12]|fips))?",
        Scheme::Datetime => {
            "20(23|24)-(01|12)(-(01|31)([Tt](00|23):00:(00|60)(\\.(0|5|50|05))?(Z|\\+09:00|-23:00))?)?"
        }
        Scheme::Github => {
            "(v|release-|name_|go)?[0-2]([._-](0|1|10)){0,3}[ab]?([-_.](rc|p|beta)?[0-2])?"
        }
        Scheme::Generic => {
            "v?[0-2](\\.(0|1|10)|\\([0-2]\\)[0-2]?){0,3}[ab]?([-_. ]?(rc|p|sp|beta|u|build|a|final)? ?[0-2]?){0,2}"
        }
        _ => "[a-c1-3]{0,4}",
    }
}

/// A scheme and three of its texts.
fn triples() -> impl Strategy<Value = (Scheme, String, String, String)> {
    Union::new(Scheme::ALL.map(|scheme| {
        let text = || proptest::string::string_regex(plausible(scheme)).expect("a regex");
        (Just(scheme), text(), text(), text()).boxed()
    }))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    #[test]
    fn comparing_the_other_way_round_says_the_opposite((scheme, left, right, _) in triples()) {
        let there = scheme.compare(&left, &right);
        let back = scheme.compare(&right, &left).map(Ordering::reverse);
        prop_assert_eq!(there, back);
    }

    #[test]
    fn what_is_not_after_its_neighbour_is_not_after_its_neighbours_neighbour(
        (scheme, a, b, c) in triples()
    ) {
        let not_after = |left: &str, right: &str| {
            scheme.compare(left, right).map(|order| order != Ordering::Greater)
        };
        for (a, b, c) in [(&a, &b, &c), (&b, &c, &a), (&c, &a, &b), (&c, &b, &a)] {
            if not_after(a, b) == Some(true) && not_after(b, c) == Some(true) {
                prop_assert_eq!(not_after(a, c), Some(true), "{} {} {} {}", scheme, a, b, c);
            }
        }
    }

    #[test]
    fn versions_compare_as_their_texts_do((scheme, left, right, _) in triples()) {
        if let (Ok(a), Ok(b)) = (scheme.parse(&left), scheme.parse(&right)) {
            prop_assert_eq!(a.compare(&b), scheme.compare(&left, &right));
            prop_assert_eq!(a.text(), left.as_str());
            prop_assert_eq!(Some(a.sort_key().cmp(b.sort_key())), a.compare(&b));
        } else {
            prop_assert!(left == right || scheme.compare(&left, &right).is_none());
        }
    }

    #[test]
    fn no_text_makes_any_scheme_panic(text in "\\PC{0,40}|[0-9a-z.~^:_+()*! -]{0,60}") {
        for scheme in Scheme::ALL {
            let _ = scheme.parse(&text);
            let _ = scheme.is_prerelease(&text);
            let _ = scheme.compare(&text, "1.0");
        }
    }
}

#[test]
fn most_plausible_texts_can_be_read() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    for scheme in Scheme::ALL {
        let texts = proptest::string::string_regex(plausible(scheme)).expect("a regex");
        let readable = (0..500).filter(|_| {
            let text = texts.new_tree(&mut runner).expect("a tree").current();
            scheme.parse(&text).is_ok()
        });
        let readable = readable.count();
        assert!(readable >= 150, "{scheme} reads {readable} of 500: the properties test nothing");
    }
}

#[test]
fn a_number_of_ten_thousand_digits_is_compared_by_value_in_every_scheme_with_numbers() {
    let nines = "9".repeat(10_000);
    let more = format!("1{}", "0".repeat(10_000));
    let padded = format!("000{nines}");
    for scheme in numeric() {
        let version = |number: &str| format!("1.{number}.1");
        assert_eq!(
            scheme.compare(&version(&nines), &version(&more)),
            Some(Ordering::Less),
            "{scheme}"
        );
        assert_eq!(
            scheme.compare(&version(&more), &version("7")),
            Some(Ordering::Greater),
            "{scheme}"
        );
        // Gentoo and Alpine read a leading zero as a fraction.
        if !matches!(scheme, Scheme::Gentoo | Scheme::Apk) {
            let same = scheme.compare(&version(&nines), &version(&padded));
            assert_eq!(same, Some(Ordering::Equal), "{scheme}");
        }
    }
}

#[test]
fn the_longest_texts_are_read_quickly_and_longer_ones_not_at_all() {
    let long = [
        "1.".repeat(LONGEST_VERSION_BYTES / 2 - 1) + "1",
        "0.".repeat(LONGEST_VERSION_BYTES / 2 - 1) + "1",
        "1-".repeat(LONGEST_VERSION_BYTES / 2 - 1) + "1",
        "1a".repeat(LONGEST_VERSION_BYTES / 2 - 1),
        "0-".repeat(LONGEST_VERSION_BYTES / 2 - 1) + "a",
        "1~".repeat(LONGEST_VERSION_BYTES / 2 - 1) + "1",
        "1".to_owned() + &"_p".repeat(LONGEST_VERSION_BYTES / 2 - 1),
        "1".to_owned() + &"(1)".repeat(LONGEST_VERSION_BYTES / 3 - 1),
        "1-".to_owned() + &"final-".repeat(LONGEST_VERSION_BYTES / 6 - 1),
    ];
    let start = Instant::now();
    for scheme in Scheme::ALL {
        for text in &long {
            assert!(text.len() <= LONGEST_VERSION_BYTES);
            let _ = scheme.parse(text);
            let _ = scheme.is_prerelease(text);
        }
        let too_long = "1".repeat(LONGEST_VERSION_BYTES + 1);
        assert!(scheme.parse(&too_long).is_err(), "{scheme}");
        assert_eq!(scheme.compare(&too_long, "1"), None, "{scheme}");
    }
    // 24 schemes, 9 texts of 64 KiB; quadratic time would take minutes.
    assert!(start.elapsed().as_secs() < 20, "{:?}", start.elapsed());
}

#[test]
fn texts_that_say_nothing_are_unreadable_everywhere() {
    for scheme in Scheme::ALL {
        assert!(scheme.parse("").is_err(), "{scheme}");
        assert_eq!(scheme.compare("", "1.0"), None, "{scheme}");
        if scheme == Scheme::Lexicographic {
            continue;
        }
        for text in [" ", "\t\n", "1.0\u{0}", "1\u{7}.0"] {
            assert!(scheme.parse(text).is_err(), "{scheme} reads {text:?}");
        }
        for text in ["n/a", "N/A", "unknown", " none ", "*", "latest"] {
            assert!(scheme.parse(text).is_err(), "{scheme} reads {text:?}");
        }
        // RPM has a version and a release there, both empty.
        assert_eq!(scheme.parse("-").is_ok(), scheme == Scheme::Rpm, "{scheme}");
    }
}

#[test]
fn an_unreadable_version_says_who_could_not_read_what() {
    let long = "x".repeat(1_000);
    let error = Scheme::Generic.parse(&long).expect_err("a word is no version");
    assert_eq!(error.text.len(), 100);
    let error = Scheme::Apk.parse("1.0-beta").expect_err("apk has no such suffix");
    assert_eq!(error.to_string(), "apk cannot read \"1.0-beta\" as a version");
}

#[test]
fn the_same_text_equals_itself_even_when_unreadable() {
    assert_eq!(Scheme::Composer.compare("dev-main", "dev-main"), Some(Ordering::Equal));
    assert_eq!(Scheme::Composer.compare("dev-main", "1.0"), None);
}

#[test]
fn versions_of_two_schemes_have_no_order() {
    let deb = Scheme::Deb.parse("1.0").expect("readable");
    let rpm = Scheme::Rpm.parse("1.0").expect("readable");
    assert_eq!(deb.compare(&rpm), None);
}

fn numeric() -> impl Iterator<Item = Scheme> {
    let textual = [Scheme::Datetime, Scheme::Lexicographic];
    Scheme::ALL.into_iter().filter(move |scheme| !textual.contains(scheme))
}
