//! Several fixed builds of one RPM package in one release: which of them are lines of their own.
//!
//! A fix of a module stream or of an extended-support line says nothing of builds in another line:
//! `13.12` of stream 13 is fixed by `13.11`, though `15.3` fixes stream 15.

use std::cmp::Ordering;

use bongsu_advisory::{Rule, Status, Versions};
use bongsu_package::{Bound, Interval, Scheme, Version};

/// Splits affected runs that begin nowhere and end at fixed builds into one run a line.
///
/// Runs that have a beginning, and everything else, stay as they are.
pub(super) fn split(rules: &mut [Rule]) {
    let mut ends: Vec<(usize, String, Version)> = Vec::new();
    for (number, rule) in rules.iter().enumerate() {
        if let (
            Status::Affected,
            Versions::Range(Interval { low: Bound::Open, high: Bound::Excluding(end) }),
        ) = (rule.status, &rule.versions)
        {
            // An end that the order cannot read has no line.
            ends.extend(Scheme::Rpm.parse(end).ok().map(|read| (number, end.clone(), read)));
        }
    }
    ends.sort_by(|(.., a), (.., b)| a.sort_key().cmp(b.sort_key()));
    for pair in ends.windows(2) {
        let [(_, fixed, _), (number, next, _)] = pair else { continue };
        let low = Bound::Including(line_end(fixed, next).unwrap_or_else(|| fixed.clone()));
        if let Some(rule) = rules.get_mut(*number) {
            let high = Bound::Excluding(next.clone());
            rule.versions = Versions::Range(Interval { low, high });
        }
    }
}

/// Where the line of a fixed build ends, if the next fixed build is in another line.
fn line_end(fixed: &str, next: &str) -> Option<String> {
    let (left, right) = (Build::read(fixed)?, Build::read(next)?);
    if left.major() != right.major() && (left.module || right.module) {
        return Some(format!("{}{}", right.epoch, right.major()));
    }
    if left.minor == right.minor {
        return None;
    }
    // The next number of the release begins another line's builds: `2.5.0-3` after `2.5.0-2.el9_4`.
    let digits = left.release.bytes().take_while(u8::is_ascii_digit).count();
    let number: u64 = left.release[..digits].parse().ok()?;
    let end = format!("{}{}-{}", left.epoch, left.version, number.checked_add(1)?);
    let is_past = Scheme::Rpm.compare(&end, next) == Some(Ordering::Greater);
    Some(if is_past { next.to_owned() } else { end })
}

/// A build's text, apart.
struct Build<'a> {
    /// With its colon; empty without one.
    epoch: &'a str,
    version: &'a str,
    release: &'a str,
    module: bool,
    /// The minor release it was built for: `9_4`, `8.8.0`; `9` when it names none.
    minor: &'a str,
}

impl<'a> Build<'a> {
    fn read(text: &'a str) -> Option<Self> {
        let colon = text.find(':').map_or(0, |at| at + 1);
        let (epoch, rest) = text.split_at(colon);
        let (version, release) = rest.split_once('-')?;
        let module = release.contains("module");
        let (_, tag) = release.split_once(if module { "+el" } else { ".el" })?;
        let end =
            tag.find(|c: char| if module { c == '+' } else { !c.is_ascii_digit() && c != '_' });
        Some(Self { epoch, version, release, module, minor: &tag[..end.unwrap_or(tag.len())] })
    }

    /// The first number of the version, by which module streams differ.
    fn major(&self) -> &'a str {
        self.version.split('.').next().unwrap_or(self.version)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_line_ends_where_the_next_begins() {
        #[rustfmt::skip]
        let table = [
            // fixed                          next                             end               why
            ("12.15-1.module+el8.8.0+1+a",    "13.11-1.module+el8.8.0+2+b",    Some("13"),       "streams by their first number"),
            ("1:12.1-1.module+el8.8.0+1+a",   "1:13.1-1.module+el8.8.0+2+b",   Some("1:13"),     "the epoch stays"),
            ("13.11-1.el9_2",                 "15.3-1.module+el9.2.0.z+1+a",   Some("15"),       "a module beside the package outside of one"),
            ("2.5.0-2.el9_4.2",               "2.5.0-3.el9_5.1",               Some("2.5.0-3"),  "extended support of an older minor release"),
            ("5.14.0-284.64.1.el9_2",         "5.14.0-427.13.1.el9_4",         Some("5.14.0-285"), "a kernel of an older minor release"),
            ("1.0-1.el9_2",                   "1.0-1.el9_4",                   Some("1.0-1.el9_4"), "the same build number"),
            ("1.0-1.el9_4",                   "1.0-2.el9_4",                   None,             "one line, fixed twice"),
            ("1.0-1",                         "1.0-2",                         None,             "no tag says which line it is"),
        ];
        for (fixed, next, end, why) in table {
            assert_eq!(line_end(fixed, next).as_deref(), end, "{why}");
        }
    }

    #[test]
    fn a_build_that_is_fixed_in_its_own_line_is_in_no_affected_run() {
        let before = |end: &str| Rule {
            status: Status::Affected,
            versions: Versions::Range(Interval {
                low: Bound::Open,
                high: Bound::Excluding(end.to_owned()),
            }),
            field: String::new(),
        };
        // As unordered as documents list them.
        let mut rules = vec![
            before("15.3-1.module+el8.8.0+3+c"),
            before("12.15-1.module+el8.8.0+1+a"),
            before("13.11-1.module+el8.8.0+2+b"),
        ];
        split(&mut rules);
        let affected = |version: &str| {
            rules.iter().any(|rule| match &rule.versions {
                Versions::Range(range) => {
                    range.holds(Scheme::Rpm, version) == bongsu_package::Within::Inside
                }
                _ => false,
            })
        };
        #[rustfmt::skip]
        let table = [
            ("10.23-1.module+el8.8.0+1+a", true,  "older than every fix"),
            ("12.14-1.module+el8.7.0+1+a", true,  "before the fix of its stream"),
            ("12.16-1.module+el8.8.0+1+a", false, "after the fix of its stream"),
            ("13.10-1.module+el8.8.0+1+a", true,  "before the fix of its stream"),
            ("0:13.11-1.module+el8.8.0+2+b", false, "the fix itself"),
            ("13.12-1.module+el8.9.0+1+a", false, "after the fix of its stream"),
            ("15.2-1.module+el8.8.0+1+a",  true,  "before the fix of its stream"),
            ("15.3-1.module+el8.8.0+3+c",  false, "the fix itself"),
        ];
        for (version, expected, why) in table {
            assert_eq!(affected(version), expected, "{version}: {why}");
        }
    }
}
