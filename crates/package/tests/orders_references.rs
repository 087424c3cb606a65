//! The slow way as the specification: orders whose tools are rarely installed, each compared with
//! the published algorithm written down step by step.
//!
//! Our orders write sort keys; these compare two texts as the algorithms do, which is another road
//! to the same answer.

use std::cmp::Ordering::{self, Equal, Greater, Less};

use bongsu_package::Scheme;
use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    #[test]
    fn gems_are_ordered_as_gem_version_compares_them(
        left in "[0-2](\\.(0|00|1|a|b1|a0|10)){0,6}(-[a0-](\\.[0a])?)?",
        right in "[0-2](\\.(0|00|1|a|b1|a0|10)){0,6}(-[a0-](\\.[0a])?)?",
    ) {
        prop_assert_eq!(Scheme::Gem.compare(&left, &right), Some(gem(&left, &right)));
    }

    #[test]
    fn arch_versions_are_ordered_as_vercmp_compares_them(
        left in "([01]:)?[0-2]([._]{0,2}(0|1|00|10|a|b|rc)){0,5}-(0|1|2|1\\.1)",
        right in "([01]:)?[0-2]([._]{0,2}(0|1|00|10|a|b|rc)){0,5}-(0|1|2|1\\.1)",
    ) {
        prop_assert_eq!(Scheme::Alpm.compare(&left, &right), Some(arch(&left, &right)));
    }

    #[test]
    fn alpine_versions_are_ordered_as_apk_compares_them(
        left in "[0-2]{1,2}(\\.(0|1|01|10|010|2)){0,3}[ab]?(_(alpha|beta|pre|rc|cvs|svn|git|hg|p)(0|1|01|10)?){0,2}(~(a|0b))?(-r(0|1|10))?",
        right in "[0-2]{1,2}(\\.(0|1|01|10|010|2)){0,3}[ab]?(_(alpha|beta|pre|rc|cvs|svn|git|hg|p)(0|1|01|10)?){0,2}(~(a|0b))?(-r(0|1|10))?",
    ) {
        prop_assert_eq!(Scheme::Apk.compare(&left, &right), Some(alpine(&left, &right)));
    }

    #[test]
    fn gentoo_versions_are_ordered_as_the_algorithms_of_the_specification_compare_them(
        left in "[0-2]{1,2}(\\.(0|00|1|01|10|010|2)){0,3}[ab]?(_(alpha|beta|pre|rc|p)(0|1|01|10)?){0,2}(-r(0|1|10))?",
        right in "[0-2]{1,2}(\\.(0|00|1|01|10|010|2)){0,3}[ab]?(_(alpha|beta|pre|rc|p)(0|1|01|10)?){0,2}(-r(0|1|10))?",
    ) {
        prop_assert_eq!(Scheme::Gentoo.compare(&left, &right), Some(gentoo(&left, &right)));
    }

    #[test]
    fn pre_releases_are_ordered_as_rule_11_of_semver_compares_them(
        left in "[0-1]\\.[0-1]\\.[0-1](-(0|1|10|a|B|a-b|-)(\\.(0|2|10|a|rc|-)){0,3})?(\\+[a1])?",
        right in "[0-1]\\.[0-1]\\.[0-1](-(0|1|10|a|B|a-b|-)(\\.(0|2|10|a|rc|-)){0,3})?(\\+[a1])?",
    ) {
        prop_assert_eq!(Scheme::Cargo.compare(&left, &right), Some(semver(&left, &right)));
    }
}

/// `Gem::Version#<=>`: a missing segment is zero, a word comes before a number.
fn gem(left: &str, right: &str) -> Ordering {
    let (left, right) = (gem_segments(left), gem_segments(right));
    for at in 0..left.len().max(right.len()) {
        let zero = String::from("0");
        let (l, r) = (left.get(at).unwrap_or(&zero), right.get(at).unwrap_or(&zero));
        let order = match (l.parse::<u64>(), r.parse::<u64>()) {
            (Ok(l), Ok(r)) => l.cmp(&r),
            (Err(_), Ok(_)) => Less,
            (Ok(_), Err(_)) => Greater,
            (Err(_), Err(_)) => l.cmp(r),
        };
        if order != Equal {
            return order;
        }
    }
    Equal
}

/// Canonical segments: zeros at the end of the numbers in front and of the rest are gone.
fn gem_segments(text: &str) -> Vec<String> {
    let text = text.replace('-', ".pre.");
    let segments = runs(&text);
    let word = segments.iter().position(|segment| segment.parse::<u64>().is_err());
    let (front, back) = segments.split_at(word.unwrap_or(segments.len()));
    let trimmed = |part: &[String]| {
        let end = part.iter().rposition(|segment| segment.parse::<u64>() != Ok(0));
        part[..end.map_or(0, |end| end + 1)].to_vec()
    };
    [trimmed(front), trimmed(back)].concat()
}

/// Runs of digits and runs of letters.
fn runs(text: &str) -> Vec<String> {
    let mut runs: Vec<String> = Vec::new();
    let mut before = ' ';
    for char in text.chars() {
        let same = before.is_ascii_digit() == char.is_ascii_digit();
        match runs.last_mut() {
            Some(run) if same && before.is_ascii_alphanumeric() && char.is_ascii_alphanumeric() => {
                run.push(char);
            }
            _ if char.is_ascii_alphanumeric() => runs.push(char.to_string()),
            _ => {}
        }
        before = char;
    }
    runs
}

/// Epoch, version and release in turn, each by [`vercmp`].
fn arch(left: &str, right: &str) -> Ordering {
    let parts = |text: &str| {
        let (epoch, rest) = text.split_once(':').unwrap_or(("0", text));
        let (version, release) = rest.rsplit_once('-').expect("the generator writes a release");
        [epoch, version, release].map(str::to_owned)
    };
    let pairs = parts(left).into_iter().zip(parts(right));
    pairs.map(|(left, right)| vercmp(&left, &right)).find(|order| *order != Equal).unwrap_or(Equal)
}

/// pacman's comparison of one part, segment by segment.
fn vercmp(left: &str, right: &str) -> Ordering {
    let is_separator = |char: char| !char.is_ascii_alphanumeric();
    let (mut left, mut right) = (left, right);
    while !left.is_empty() && !right.is_empty() {
        let (l, r) =
            (left.trim_start_matches(is_separator), right.trim_start_matches(is_separator));
        let separators = (left.len() - l.len()).cmp(&(right.len() - r.len()));
        (left, right) = (l, r);
        if left.is_empty() || right.is_empty() {
            break;
        }
        if separators != Equal {
            return separators;
        }
        let numeric = left.starts_with(|char: char| char.is_ascii_digit());
        let (l, left_rest) = run(left, numeric);
        let (r, right_rest) = run(right, numeric);
        if r.is_empty() {
            return if numeric { Greater } else { Less };
        }
        let order = if numeric { number(l).cmp(&number(r)) } else { l.cmp(r) };
        if order != Equal {
            return order;
        }
        (left, right) = (left_rest, right_rest);
    }
    let is_alpha = |text: &str| text.starts_with(|char: char| char.is_ascii_alphabetic());
    match (left.is_empty(), right.is_empty()) {
        (true, true) => Equal,
        (true, false) if !is_alpha(right) => Less,
        _ if is_alpha(left) => Less,
        _ => Greater,
    }
}

fn run(text: &str, numeric: bool) -> (&str, &str) {
    let belongs = |char: &char| {
        if numeric { char.is_ascii_digit() } else { char.is_ascii_alphabetic() }
    };
    text.split_at(text.chars().take_while(belongs).count())
}

fn number(digits: &str) -> u64 {
    if digits.is_empty() { 0 } else { digits.parse().expect("the generators keep numbers small") }
}

/// A token of apk: its kind (later kinds of a common beginning are less) and its text.
type Token<'a> = (u8, &'a str);

const SUFFIX: u8 = 3;
const END: u8 = 7;

/// `apk_version_compare`: token by token; at the first two of different kinds a pre-release suffix is
/// less, else the later kind.
fn alpine(left: &str, right: &str) -> Ordering {
    let before_release = |token: &Token<'_>| token.0 == SUFFIX && suffix(token.1) < suffix("");
    for (l, r) in alpine_tokens(left).iter().zip(&alpine_tokens(right)) {
        if l.0 != r.0 {
            return match (before_release(l), before_release(r)) {
                (true, _) => Less,
                (_, true) => Greater,
                _ => r.0.cmp(&l.0),
            };
        }
        let zero_first = l.1.starts_with('0') || r.1.starts_with('0');
        let order = match l.0 {
            1 if zero_first => l.1.cmp(r.1),
            2 | 5 => l.1.cmp(r.1),
            SUFFIX => suffix(l.1).cmp(&suffix(r.1)),
            _ => number(l.1).cmp(&number(r.1)),
        };
        if order != Equal {
            return order;
        }
    }
    Equal
}

/// 0 first number, 1 number, 2 letter, 3 suffix, 4 its number, 5 hash, 6 revision, 7 end.
fn alpine_tokens(text: &str) -> Vec<Token<'_>> {
    let (text, revision) = text.split_once("-r").map_or((text, None), |(l, r)| (l, Some(r)));
    let (text, hash) = text.split_once('~').map_or((text, None), |(l, r)| (l, Some(r)));
    let mut parts = text.split('_');
    let front = parts.next().unwrap_or_default();
    let numbers = front.trim_end_matches(|char: char| char.is_ascii_lowercase());
    let mut tokens: Vec<Token<'_>> =
        numbers.split('.').enumerate().map(|(at, digits)| (u8::from(at > 0), digits)).collect();
    if numbers.len() < front.len() {
        tokens.push((2, &front[numbers.len()..]));
    }
    for part in parts {
        let (name, digits) = run(part, false);
        tokens.push((SUFFIX, name));
        if !digits.is_empty() {
            tokens.push((4, digits));
        }
    }
    tokens.extend(hash.map(|hash| (5, hash)));
    tokens.extend(revision.map(|revision| (6, revision)));
    tokens.push((END, ""));
    tokens
}

/// Where a suffix stands; the empty one is the release itself.
fn suffix(name: &str) -> usize {
    let order = ["alpha", "beta", "pre", "rc", "", "cvs", "svn", "git", "hg", "p"];
    order.iter().position(|known| *known == name).expect("the generators know the suffixes")
}

/// Algorithms 3.1 to 3.7 of the Package Manager Specification.
fn gentoo(left: &str, right: &str) -> Ordering {
    let split = |text: &str| {
        let (text, revision) = text.split_once("-r").unwrap_or((text, "0"));
        let (front, suffixes) = text.split_once('_').unwrap_or((text, ""));
        let numbers = front.trim_end_matches(|char: char| char.is_ascii_lowercase());
        let letter = front[numbers.len()..].to_owned();
        (numbers.to_owned(), letter, suffixes.to_owned(), number(revision))
    };
    let (left, right) = (split(left), split(right));
    let order = gentoo_numbers(&left.0, &right.0).then_with(|| left.1.cmp(&right.1));
    let order = order.then_with(|| gentoo_suffixes(&left.2, &right.2));
    order.then_with(|| left.3.cmp(&right.3))
}

fn gentoo_numbers(left: &str, right: &str) -> Ordering {
    let (left, right): (Vec<_>, Vec<_>) = (left.split('.').collect(), right.split('.').collect());
    for (at, (l, r)) in left.iter().zip(&right).enumerate() {
        let fraction = at > 0 && (l.starts_with('0') || r.starts_with('0'));
        let order = if fraction {
            l.trim_end_matches('0').cmp(r.trim_end_matches('0'))
        } else {
            number(l).cmp(&number(r))
        };
        if order != Equal {
            return order;
        }
    }
    left.len().cmp(&right.len())
}

fn gentoo_suffixes(left: &str, right: &str) -> Ordering {
    let parts = |text: &str| -> Vec<(usize, u64)> {
        let parts = text.split('_').filter(|part| !part.is_empty());
        parts.map(|part| run(part, false)).map(|(name, n)| (suffix(name), number(n))).collect()
    };
    let (left, right) = (parts(left), parts(right));
    let common = left.len().min(right.len());
    let order = left[..common].cmp(&right[..common]);
    order.then_with(|| match (left.get(common), right.get(common)) {
        (Some((more, _)), None) => more.cmp(&suffix("")),
        (None, Some((more, _))) => suffix("").cmp(more),
        _ => Equal,
    })
}

/// Rule 11 of Semantic Versioning 2.0.0.
fn semver(left: &str, right: &str) -> Ordering {
    let split = |text: &str| {
        let text = text.split('+').next().unwrap_or_default();
        let (core, pre) = text.split_once('-').map_or((text, None), |(l, r)| (l, Some(r)));
        let core: Vec<u64> = core.split('.').map(number).collect();
        (core, pre.map(|pre| pre.split('.').map(str::to_owned).collect::<Vec<_>>()))
    };
    let (left, right) = (split(left), split(right));
    left.0.cmp(&right.0).then_with(|| match (left.1, right.1) {
        (None, None) => Equal,
        (None, Some(_)) => Greater,
        (Some(_), None) => Less,
        (Some(left), Some(right)) => {
            let orders = left.iter().zip(&right).map(|(l, r)| identifier(l, r));
            let first = orders.into_iter().find(|order| *order != Equal);
            first.unwrap_or(left.len().cmp(&right.len()))
        }
    })
}

fn identifier(left: &str, right: &str) -> Ordering {
    match (left.parse::<u64>(), right.parse::<u64>()) {
        (Ok(left), Ok(right)) => left.cmp(&right),
        (Ok(_), Err(_)) => Less,
        (Err(_), Ok(_)) => Greater,
        (Err(_), Err(_)) => left.cmp(right),
    }
}
