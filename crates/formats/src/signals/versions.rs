//! Version texts as people write them: what is clear becomes a range, the rest stays words.

use std::cmp::Ordering;

use bongsu_advisory::Versions;
use bongsu_package::{Bound, Interval, Scheme};

/// Reads a version text such as `1.2`, `< 1.2`, `1.0 - 2.0`, `2.x`, `1.2 and earlier`, `*` or
/// `vers:npm/>=1|<2`.
///
/// Never empty. A text with two readings becomes [`Versions::Words`]: a wrong range is worse than
/// an open question.
pub(super) fn read(text: &str) -> Vec<Versions> {
    let text = text.trim();
    let understood = match text.strip_prefix("vers:") {
        Some(range) => vers(range),
        None => prose(text),
    };
    understood.unwrap_or_else(|| vec![Versions::Words(super::wire::clip(text, 2_000).to_owned())])
}

/// The end of a range as a feed gives it in a field of its own.
///
/// `None` when it is words, such as `publication`.
pub(super) fn end(text: &str, included: bool) -> Option<Bound> {
    let text = text.trim();
    let lower = text.to_ascii_lowercase();
    if matches!(lower.as_str(), "*" | "" | "unspecified" | "n/a" | "-") {
        return Some(Bound::Open);
    }
    if let Some(rest) = text.strip_prefix("<=") {
        return end(rest, true);
    }
    if let Some(rest) = text.strip_prefix('<') {
        return end(rest, false);
    }
    if let Some(stem) = wildcard(text) {
        return Some(Bound::Excluding(next(stem)?));
    }
    if !is_version(text) {
        return None;
    }
    Some(if included {
        Bound::Including(text.to_owned())
    } else {
        Bound::Excluding(text.to_owned())
    })
}

/// The beginning of a range; `0` and words for nothing mean from the start.
pub(super) fn beginning(text: &str) -> Bound {
    let text = text.trim();
    let text = text.strip_prefix(">=").unwrap_or(text).trim_start();
    let lower = text.to_ascii_lowercase();
    let start = ["", "0", "*", "-", "n/a", "unspecified", "unknown", "none", "all", "any"];
    if start.contains(&lower.as_str()) {
        return Bound::Open;
    }
    Bound::Including(wildcard(text).unwrap_or(text).to_owned())
}

/// A version text without the product's name in front: `FortiOS before 7.0.3` of `Fortinet
/// FortiOS` is `before 7.0.3`.
pub(super) fn without_product<'a>(text: &'a str, product: &str) -> &'a str {
    let text = text.trim();
    let words: Vec<&str> = product.split_whitespace().collect();
    let rest = (0..words.len()).find_map(|first| {
        let name = words[first..].join(" ");
        let front = text.get(..name.len())?;
        let rest = text[name.len()..].trim_start();
        let parted = rest.len() < text.len() - name.len() || rest.starts_with(['<', '>', '=']);
        (front.eq_ignore_ascii_case(&name) && parted && !rest.is_empty()).then_some(rest)
    });
    rest.unwrap_or(text)
}

/// Whether a text says that there is no version to speak of.
pub(super) fn says_nothing(text: &str) -> bool {
    let lower = text.trim().to_ascii_lowercase();
    ["", "n/a", "-", "unspecified", "unknown", "various", "see references", "not applicable"]
        .contains(&lower.as_str())
}

/// The constraints of a VERS range after `vers:`.
fn vers(range: &str) -> Option<Vec<Versions>> {
    let (_, constraints) = range.split_once('/')?;
    if constraints.trim() == "*" {
        return Some(vec![Versions::All]);
    }
    let mut pairs = Vec::new();
    for constraint in constraints.split('|') {
        let (sign, version) = sign(constraint.trim()).unwrap_or((Sign::Equal, constraint.trim()));
        if version.is_empty() || version.starts_with('!') {
            return None;
        }
        pairs.push((sign, percent_decoded(version)));
    }
    Some(runs(pairs))
}

/// A VERS version without its percent signs.
fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        let code = tail.get(..2).filter(|_| first == b'%');
        let code = code.and_then(|code| std::str::from_utf8(code).ok());
        if let Some(byte) = code.and_then(|code| u8::from_str_radix(code, 16).ok()) {
            bytes.push(byte);
            rest = &tail[2..];
        } else {
            bytes.push(first);
            rest = tail;
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}

/// Words and signs.
fn prose(text: &str) -> Option<Vec<Versions>> {
    let bare = without_lead(text);
    if bare == "*" || (bare.is_empty() && !text.is_empty()) {
        return Some(vec![Versions::All]);
    }
    if says_nothing(bare) {
        return None;
    }
    if bare.contains(['<', '>', '=', '≤', '≥']) {
        return signs(&bare.replace('≤', "<=").replace('≥', ">="));
    }
    if let Some(stem) = wildcard(bare) {
        let (low, high) = (Bound::Including(stem.to_owned()), Bound::Excluding(next(stem)?));
        return Some(vec![Versions::Range(Interval { low, high })]);
    }
    let tokens: Vec<&str> = bare.split_whitespace().collect();
    if let Some(interval) = phrase(&tokens) {
        return Some(vec![Versions::Range(interval)]);
    }
    listed(bare, &tokens)
}

/// One version, or several with commas or bars between them.
fn listed(bare: &str, tokens: &[&str]) -> Option<Vec<Versions>> {
    let one = |text: &str| Versions::One(text.to_owned());
    if bare.contains([',', '|']) {
        let parts: Vec<&str> = bare.split([',', '|']).map(str::trim).collect();
        let all = parts.iter().all(|part| is_number(part));
        return all.then(|| parts.into_iter().map(one).collect());
    }
    let clear = match tokens {
        [token] => !spans(token),
        [first, second] => is_number(first) && !is_word(second) && second.len() <= 8,
        _ => false,
    };
    clear.then(|| vec![one(bare)])
}

/// Phrases with one reading.
fn phrase(tokens: &[&str]) -> Option<Interval> {
    let lower: Vec<String> = tokens.iter().map(|token| token.to_ascii_lowercase()).collect();
    let words: Vec<&str> = lower
        .iter()
        .map(|word| word.trim_end_matches([',', '.']))
        .filter(|word| !FILLERS.contains(word))
        .collect();
    // The words kept must stay beside their spelling: fillers are dropped from both.
    let kept: Vec<&str> = tokens
        .iter()
        .zip(&lower)
        .filter(|(_, word)| !FILLERS.contains(&word.trim_end_matches([',', '.'])))
        .map(|(token, _)| token.trim_end_matches(','))
        .collect();
    let at = |number: usize| {
        kept.get(number).filter(|text| is_number(text)).map(|&text| text.to_owned())
    };
    let (low, high) = match words.as_slice() {
        ["before" | "below", _]
        | ["prior" | "previous", "to", _]
        | ["earlier" | "lower" | "older", "than", _] => {
            (Bound::Open, Bound::Excluding(at(words.len() - 1)?))
        }
        ["through", _] | ["up", "to", "and", "including", _] | ["up", "through", _] => {
            (Bound::Open, Bound::Including(at(words.len() - 1)?))
        }
        [
            _,
            "and" | "or",
            "prior" | "earlier" | "below" | "older" | "lower" | "previous" | "before",
        ]
        | [_, "and" | "or", "all", "prior" | "earlier" | "previous"] => {
            (Bound::Open, Bound::Including(at(0)?))
        }
        [_, "and" | "or", "later" | "newer" | "above" | "higher" | "up" | "onwards"] => {
            (Bound::Including(at(0)?), Bound::Open)
        }
        [_, "to" | "through" | "-" | "–" | "thru", _] => {
            (Bound::Including(at(0)?), Bound::Including(at(2)?))
        }
        ["from", _, "to" | "through" | "-" | "–", _] => {
            (Bound::Including(at(1)?), Bound::Including(at(3)?))
        }
        [_, "before" | "<", _] | [_, "prior", "to", _] => {
            (Bound::Including(at(0)?), Bound::Excluding(at(words.len() - 1)?))
        }
        _ => return None,
    };
    Some(Interval { low, high })
}

/// A comparison sign.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Sign {
    Equal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// Comparisons such as `>= 1.10.0, < 1.10.4` or `>= V1 < V2`.
fn signs(text: &str) -> Option<Vec<Versions>> {
    let mut pairs = Vec::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        let (sign, after) = sign(rest)?;
        let end = after.find([' ', ',', '<', '>', '=', '|']).unwrap_or(after.len());
        let version = &after[..end];
        if !is_number(version) || version.contains('*') {
            return None;
        }
        pairs.push((sign, version.to_owned()));
        rest = after[end..].trim_start_matches([' ', ',', '&']);
        // CISA writes a bar between both ends of a run, as VERS does; two bars are an *or*.
        if let Some(next) = rest.strip_prefix('|') {
            rest = (!next.starts_with('|')).then_some(next)?;
        }
        rest = rest.trim_start();
        rest = rest.strip_prefix("and ").unwrap_or(rest).trim_start();
    }
    if let [(high_sign, high), (low_sign, low)] = pairs.as_slice()
        && matches!(high_sign, Sign::Less | Sign::LessOrEqual)
        && matches!(low_sign, Sign::Greater | Sign::GreaterOrEqual)
    {
        match Scheme::Generic.compare(low, high)? {
            Ordering::Less => pairs.swap(0, 1), // `< 2.0, >= 1.0` is one run
            _ => return None,
        }
    }
    (!pairs.is_empty()).then(|| runs(pairs))
}

/// The sign a text begins with, and what follows it.
fn sign(text: &str) -> Option<(Sign, &str)> {
    let signs = [
        ("<=", Sign::LessOrEqual),
        (">=", Sign::GreaterOrEqual),
        ("==", Sign::Equal),
        ("<", Sign::Less),
        (">", Sign::Greater),
        ("=", Sign::Equal),
    ];
    signs.iter().find_map(|(written, sign)| Some((*sign, text.strip_prefix(written)?.trim_start())))
}

/// Comparisons in ascending order into runs: a lower end begins one, an upper end ends it.
fn runs(pairs: Vec<(Sign, String)>) -> Vec<Versions> {
    let mut found = Vec::new();
    let mut open: Option<Bound> = None;
    let mut push = |low: Bound, high: Bound| found.push(Versions::Range(Interval { low, high }));
    let mut single = Vec::new();
    for (sign, version) in pairs {
        match sign {
            Sign::Equal => single.push(Versions::One(version)),
            Sign::Less => push(open.take().unwrap_or(Bound::Open), Bound::Excluding(version)),
            Sign::LessOrEqual => {
                push(open.take().unwrap_or(Bound::Open), Bound::Including(version));
            }
            Sign::Greater | Sign::GreaterOrEqual => {
                let low = match sign {
                    Sign::Greater => Bound::Excluding(version),
                    _ => Bound::Including(version),
                };
                if let Some(low) = open.replace(low) {
                    push(low, Bound::Open);
                }
            }
        }
    }
    if let Some(low) = open {
        push(low, Bound::Open);
    }
    found.extend(single);
    found
}

/// Without `All versions`, `version` and the like in front.
fn without_lead(text: &str) -> &str {
    let mut rest = text.trim();
    loop {
        let lower = rest.to_ascii_lowercase();
        let lead = LEADS.iter().find(|lead| {
            lower.strip_prefix(**lead).is_some_and(|after| {
                after.is_empty() || after.starts_with([' ', ':', '<', '>', '=', '('])
            })
        });
        let Some(lead) = lead else { return rest };
        rest = rest[lead.len()..].trim_start_matches([' ', ':']);
    }
}

/// `2.x` and `2.*` without their star.
fn wildcard(text: &str) -> Option<&str> {
    let stem =
        [".x", ".X", ".*", ".x.x", ".*.*"].iter().rev().find_map(|end| text.strip_suffix(end))?;
    is_number(stem).then_some(stem).filter(|stem| !stem.contains(['*', ' ']))
}

/// The version after every version that begins with `stem`: `2.4` gives `2.5`.
fn next(stem: &str) -> Option<String> {
    let digits = stem.len() - stem.bytes().rev().take_while(u8::is_ascii_digit).count();
    let number: u64 = stem[digits..].parse().ok()?;
    Some(format!("{}{}", &stem[..digits], number.checked_add(1)?))
}

/// Whether a text looks like a version number: a digit first, or after a letter or two.
fn is_number(text: &str) -> bool {
    let stem = text.trim_start_matches(['v', 'V', 'r', 'R', 'b', 'B', '.']);
    text.len() - stem.len() <= 2
        && stem.starts_with(|c: char| c.is_ascii_digit())
        && !text.contains(char::is_whitespace)
}

/// Whether a text may be the end of a range: one token with a digit in it, or a number and a tail.
fn is_version(text: &str) -> bool {
    let mut tokens = text.split_whitespace();
    match (tokens.next(), tokens.next(), tokens.next()) {
        (Some(one), None, _) => one.contains(|c: char| c.is_ascii_digit()),
        (Some(first), Some(second), None) => is_number(first) && !is_word(second),
        _ => false,
    }
}

fn is_word(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    ["and", "or", "to", "before", "prior", "versions", "version", "later", "earlier", "-", "only"]
        .contains(&lower.as_str())
}

/// Whether a token may be two versions with a dash between, as `17.7-17.12`.
fn spans(token: &str) -> bool {
    let Some((left, right)) = token.split_once('-') else { return false };
    let plain = |text: &str| text.split('.').all(|part| part.parse::<u64>().is_ok());
    let dots = left.matches('.').count();
    dots > 0 && dots == right.matches('.').count() && plain(left) && plain(right)
}

/// Words in front of a version that add nothing.
const LEADS: [&str; 7] =
    ["all versions", "all version", "versions", "version", "ver.", "all", "any version"];

/// Words between that add nothing.
const FILLERS: [&str; 4] = ["version", "versions", "release", "releases"];

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        let one = |versions: &Versions| match versions {
            Versions::One(version) => format!("={version}"),
            Versions::All => "all".to_owned(),
            Versions::Words(_) => "words".to_owned(),
            Versions::Commits => "commits".to_owned(),
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
        read(text).iter().map(one).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn clear_texts_become_ranges_and_unclear_ones_stay_words() {
        #[rustfmt::skip]
        let table = [
            // text                          reading                  why
            ("2.4",                          "=2.4",                  "a version"),
            ("v2.4",                         "=v2.4",                 "with its letter"),
            ("QCA4004",                      "=QCA4004",              "a model number stands for itself"),
            ("2.6.0 p1",                     "=2.6.0 p1",             "a patch level after a space"),
            ("15.3(3)S8",                    "=15.3(3)S8",            "a router's version"),
            ("*",                            "all",                   "a star"),
            ("All versions",                 "all",                   "in words"),
            ("< 1.2.3",                      "(,1.2.3)",              "below"),
            ("<=1.2",                        "(,1.2]",                "no space"),
            (">= 1.10.0, < 1.10.4",          "[1.10.0,1.10.4)",       "both ends"),
            (">= V1 < V2",                   "[V1,V2)",               "without a comma"),
            ("All versions < V01.01.01",     "(,V01.01.01)",          "as Siemens writes"),
            ("All versions >= V2.1 < V3.0",  "[V2.1,V3.0)",           "as Siemens writes"),
            ("= 0.6.1",                      "=0.6.1",                "as GitHub writes"),
            ("5.6.38 and prior",             "(,5.6.38]",             "as Oracle writes"),
            ("7.2.26 and earlier",           "(,7.2.26]",             "itself included"),
            ("before 5.4",                   "(,5.4)",                "itself not included"),
            ("before version 1.1.79.3",      "(,1.1.79.3)",           "a filler word"),
            ("versions prior to 3.2",        "(,3.2)",                "a lead and a filler"),
            ("1.0 - 2.0",                    "[1.0,2.0]",             "a dash with spaces"),
            ("4.10 to 5.6",                  "[4.10,5.6]",            "in words"),
            ("1.2 and later",                "[1.2,)",                "no upper end"),
            ("2.x",                          "[2,3)",                 "a wildcard"),
            ("8.10.*",                       "[8.10,8.11)",           "a star at the end"),
            ("1.2, 1.3, 1.4",                "=1.2 =1.3 =1.4",        "a list"),
            ("4.5.181 | 4.5.196",            "=4.5.181 =4.5.196",     "a list with a bar, as CISA writes"),
            (">= 20 | <= 30.014",            "[20,30.014]",           "a run with a bar, as CISA writes"),
            (">=3.0|<3.4.1",                 "[3.0,3.4.1)",           "without spaces"),
            ("vers:npm/>=1.0|<2.0|>=3.0",    "[1.0,2.0) [3.0,)",      "a VERS range"),
            ("vers:all/*",                   "all",                   "all of VERS"),
            ("17.7-17.12",                   "words",                 "a range or a version? unclear"),
            ("up to 3.0",                    "words",                 "is 3.0 in? unclear"),
            ("before the May update",        "words",                 "no version in it"),
            ("unspecified",                  "words",                 "says nothing"),
            ("n/a",                          "words",                 "says nothing"),
            ("Android 12.0",                 "words",                 "a product in front"),
            ("< 2.0, >= 1.0 || < 0.5",       "words",                 "or another run: unclear"),
            ("",                             "words",                 "empty"),
        ];
        for (text, reading, why) in table {
            assert_eq!(shown(text), reading, "{text:?}: {why}");
        }
    }

    #[test]
    fn ends_in_fields_of_their_own_are_read_alike() {
        let excluding = |text: &str| Some(Bound::Excluding(text.to_owned()));
        assert_eq!(end("6.1.*", true), excluding("6.2"), "all of 6.1 is in");
        assert_eq!(end("*", false), Some(Bound::Open));
        assert_eq!(end("publication", false), None, "a moment, not a version");
        assert_eq!(end("<=9.1", false), Some(Bound::Including("9.1".to_owned())));
        assert_eq!(beginning("unspecified"), Bound::Open);
        assert_eq!(beginning("0"), Bound::Open);
        assert_eq!(beginning("2.x"), Bound::Including("2".to_owned()));
    }
}
