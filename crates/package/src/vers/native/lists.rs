//! Lists of signs and versions: `RubyGems`, Hex, `PyPI`, Debian, RPM, OpenSSL, nginx.

use super::{All, Any};
use crate::vers::Comparator;

/// Signs and versions, all of which must hold: `>= 1.2, < 2`, `(<< 1:2)`; `||` between
/// alternatives.
pub(super) fn read_signs(text: &str) -> Option<Any> {
    text.split("||").map(|alternative| signed(alternative, |_, _, _| None)).collect()
}

/// `RubyGems` and Hex: as [`read_signs`], and `~> 2.0.8` up to but without `2.1`; Hex writes `and`
/// and `or`.
pub(super) fn read_pessimistic(text: &str) -> Option<Any> {
    let text = text.replace(" or ", "||").replace(" and ", ",");
    let arrow = |sign: &str, version: &str, all: &mut All| {
        (sign == "~>").then(|| {
            all.push((Comparator::GreaterOrEqual, version.to_owned()));
            all.push((Comparator::Less, bump(version)?));
            Some(())
        })?
    };
    text.split("||").map(|alternative| signed(alternative, arrow)).collect()
}

/// The first version a pessimistic constraint leaves out: without its words and its last number,
/// the number before it one higher.
fn bump(version: &str) -> Option<String> {
    let release = version.split(['-', '+']).next().unwrap_or(version);
    let number = |part: &&str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let mut numbers: Vec<&str> = release.split('.').take_while(number).collect();
    if numbers.len() > 1 {
        numbers.pop();
    }
    let last = numbers.pop()?.parse::<u64>().ok()?.checked_add(1)?.to_string();
    numbers.push(&last);
    Some(numbers.join("."))
}

/// PEP 440 specifiers: `>=1.0,!=1.5.*`, `~=1.4.2`, `==2.*`, `===x`.
///
/// The ends of a prefix are development releases: `2.*` begins with `2.dev0` and ends before
/// `3.dev0`.
pub(super) fn read_pypi(text: &str) -> Option<Any> {
    let mut alternatives: Any = vec![All::new()];
    for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
        let (sign, version) = split_sign(part);
        let prefix = version.strip_suffix(".*");
        match (sign, prefix) {
            ("==" | "=" | "", Some(prefix)) => {
                let (low, high) = prefix_ends(prefix)?;
                for all in &mut alternatives {
                    all.push((Comparator::GreaterOrEqual, low.clone()));
                    all.push((Comparator::Less, high.clone()));
                }
            }
            ("!=", Some(prefix)) => {
                // All that came before, below the prefix or above it.
                let (low, high) = prefix_ends(prefix)?;
                let mut above = alternatives.clone();
                for all in &mut above {
                    all.push((Comparator::GreaterOrEqual, high.clone()));
                }
                for all in &mut alternatives {
                    all.push((Comparator::Less, low.clone()));
                }
                alternatives.append(&mut above);
            }
            ("~=", None) => {
                let numbers = version.split(['a', 'b', 'c', 'r', 'd', 'p', '+', '-']).next()?;
                let (before, _) = numbers.trim_end_matches('.').rsplit_once('.')?;
                let (_, high) = prefix_ends(before)?;
                for all in &mut alternatives {
                    all.push((Comparator::GreaterOrEqual, version.to_owned()));
                    all.push((Comparator::Less, high.clone()));
                }
            }
            (_, Some(_)) => return None,
            ("===", None) => push_all(&mut alternatives, Comparator::Equal, version)?,
            (sign, None) => push_all(&mut alternatives, comparator(sign)?, version)?,
        }
        if alternatives.len() > MOST_ALTERNATIVES {
            return None;
        }
    }
    Some(alternatives)
}

fn push_all(alternatives: &mut Any, comparator: Comparator, version: &str) -> Option<()> {
    for all in alternatives {
        push(all, comparator, version)?;
    }
    Some(())
}

/// Where the versions that begin with a prefix begin and end.
fn prefix_ends(prefix: &str) -> Option<(String, String)> {
    let (before, last) = prefix
        .rsplit_once(['.', '!'])
        .map_or(("", prefix), |(before, last)| (&prefix[..=before.len()], last));
    let next = last.parse::<u64>().ok()?.checked_add(1)?;
    Some((format!("{prefix}.dev0"), format!("{before}{next}.dev0")))
}

/// OpenSSL's advisories: versions, separated by commas.
pub(super) fn read_versions(text: &str) -> Option<Any> {
    let versions = text.split(',').map(str::trim).filter(|version| !version.is_empty());
    let all: Any = versions.map(|version| vec![(Comparator::Equal, version.to_owned())]).collect();
    (!all.is_empty()).then_some(all)
}

/// nginx's advisories: `0.7.52-0.8.39`, `1.4.1+` up to the next branch when the branch is stable
/// (an even second number) and without end when it is not, `all`.
pub(super) fn read_nginx(text: &str) -> Option<Any> {
    let mut alternatives = Any::new();
    for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
        let mut all = All::new();
        if let Some(version) = part.strip_suffix('+') {
            let mut numbers = version.split('.');
            let (major, minor) = (numbers.next()?, numbers.next()?.parse::<u64>().ok()?);
            push(&mut all, Comparator::GreaterOrEqual, version)?;
            if minor.is_multiple_of(2) {
                push(&mut all, Comparator::Less, &format!("{major}.{}.0", minor.checked_add(1)?))?;
            }
        } else if let Some((low, high)) = part.split_once('-') {
            push(&mut all, Comparator::GreaterOrEqual, low.trim())?;
            push(&mut all, Comparator::LessOrEqual, high.trim())?;
        } else if !part.eq_ignore_ascii_case("all") {
            push(&mut all, Comparator::Equal, part)?;
        }
        alternatives.push(all);
    }
    (!alternatives.is_empty()).then_some(alternatives)
}

/// Reads signs and versions, separated by commas or white space; `special` takes the signs that
/// are the ecosystem's own.
fn signed(text: &str, special: impl Fn(&str, &str, &mut All) -> Option<()>) -> Option<All> {
    let mut all = All::new();
    let mut words = text
        .split(|c: char| c == ',' || c == '(' || c == ')' || c.is_whitespace())
        .filter(|word| !word.is_empty());
    while let Some(word) = words.next() {
        let (sign, mut version) = split_sign(word);
        if word == "*" || word == "any" {
            continue;
        }
        if version.is_empty() {
            version = words.next()?;
        }
        if special(sign, version, &mut all).is_none() {
            push(&mut all, comparator(sign)?, version)?;
        }
    }
    let stars = || text.split([',', ' ']).any(|word| matches!(word, "*" | "any"));
    (!all.is_empty() || stars()).then_some(all)
}

/// Splits the signs off the front.
pub(super) fn split_sign(part: &str) -> (&str, &str) {
    let end = part.find(|c| !matches!(c, '<' | '>' | '=' | '!' | '~' | '^')).unwrap_or(part.len());
    let (sign, version) = part.split_at(end);
    (sign, version.trim_start())
}

pub(super) fn comparator(sign: &str) -> Option<Comparator> {
    Some(match sign {
        "" | "=" | "==" => Comparator::Equal,
        "!=" | "<>" => Comparator::NotEqual,
        "<" | "<<" => Comparator::Less,
        "<=" | "=<" => Comparator::LessOrEqual,
        ">" | ">>" => Comparator::Greater,
        ">=" | "=>" => Comparator::GreaterOrEqual,
        _ => return None,
    })
}

pub(super) fn push(all: &mut All, comparator: Comparator, version: &str) -> Option<()> {
    let bad = version.is_empty() || version.contains(['<', '>', '=', '|', ',']);
    (!bad).then(|| all.push((comparator, version.to_owned())))
}

/// Excluded prefixes double the alternatives; nobody writes seven.
const MOST_ALTERNATIVES: usize = 64;
