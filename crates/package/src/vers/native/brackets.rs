//! Interval notation: Maven and `NuGet`.

use super::lists::{comparator, push, split_sign};
use super::{All, Any};
use crate::Scheme;
use crate::vers::Comparator;

/// `[1.0,2.0)`, `(,1.0]`, `[1.0]`, several of them separated by commas; signs and versions as
/// advisories write them (`>= 1.0, < 2.0`).
///
/// A bare version is the lowest for `NuGet`, and the version itself for Maven, whose soft
/// requirement says nothing about other versions. `1.*` of `NuGet` begins with `1`.
pub(super) fn read(scheme: Scheme, text: &str) -> Option<Any> {
    let text = text.trim();
    if !text.starts_with(['[', '(']) {
        return read_plain(scheme, text).map(|all| vec![all]);
    }
    let mut alternatives = Any::new();
    let mut rest = text;
    while !rest.is_empty() {
        let close = rest.find([']', ')'])?;
        let (interval, tail) = rest.split_at(close + 1);
        alternatives.push(read_interval(interval)?);
        rest = tail.trim_start().trim_start_matches(',').trim_start();
    }
    Some(alternatives)
}

fn read_interval(interval: &str) -> Option<All> {
    let low = match interval.as_bytes().first()? {
        b'[' => Comparator::GreaterOrEqual,
        b'(' => Comparator::Greater,
        _ => return None,
    };
    let high = match interval.as_bytes().last()? {
        b']' => Comparator::LessOrEqual,
        _ => Comparator::Less,
    };
    let inside = interval.get(1..interval.len() - 1)?.trim();
    let mut all = All::new();
    match inside.split_once(',') {
        None if low == Comparator::GreaterOrEqual && high == Comparator::LessOrEqual => {
            push(&mut all, Comparator::Equal, inside)?;
        }
        None => return None,
        Some((from, to)) => {
            let (from, to) = (from.trim(), to.trim());
            if !from.is_empty() {
                push(&mut all, low, from)?;
            }
            if !to.is_empty() {
                push(&mut all, high, to)?;
            }
        }
    }
    Some(all)
}

fn read_plain(scheme: Scheme, text: &str) -> Option<All> {
    let mut all = All::new();
    if text == "*" {
        return Some(all);
    }
    for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
        let (sign, version) = split_sign(part);
        match (scheme, sign) {
            (Scheme::Nuget, "") => {
                let version = version.strip_suffix(".*").unwrap_or(version);
                push(&mut all, Comparator::GreaterOrEqual, version)?;
            }
            _ => push(&mut all, comparator(sign)?, version)?,
        }
    }
    (!all.is_empty()).then_some(all)
}
