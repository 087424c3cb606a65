//! requirements.txt as pip reads it (PEP 508 and pip's own lines).
//!
//! `==` and `===` pin a version. Anything looser is kept without one, so that the answer about it
//! is *cannot tell*. Lines that only point elsewhere (`-r`, `-c`, `-e`, an URL without a name) name
//! no package here and are set aside with that reason; other options are passed over.

use std::borrow::Cow;

use bongsu_package::Family;

use super::entries::{Entries, Entry, Origin};
use crate::Error;

pub(super) fn read(text: &str, entries: &mut Entries<'_>) -> Result<(), Error> {
    let mut lines = text.lines().enumerate();
    while let Some((number, first)) = lines.next() {
        let mut line = Cow::Borrowed(first);
        while line.ends_with('\\') {
            let next = lines.next().map_or("", |(_, next)| next);
            // Joined in place: a file may be one line continued a million times.
            let joined = line.to_mut();
            joined.pop();
            joined.push(' ');
            joined.push_str(next.trim_start());
        }
        read_line(uncommented(&line), format!("line {}", number + 1), entries)?;
    }
    Ok(())
}

fn read_line(line: &str, field: String, entries: &mut Entries<'_>) -> Result<(), Error> {
    if line.is_empty() {
        return Ok(());
    }
    if line.starts_with('-') {
        if POINTERS.iter().any(|option| line.starts_with(option)) {
            let detail = "it points to another file or folder; read that one as well";
            entries.set_aside_because(field, detail);
        }
        return Ok(());
    }
    let Some((name, version, url)) = requirement(line) else {
        let shown: String = line.chars().take(100).collect();
        entries.set_aside_because(field, format!("`{shown}` is not name==version"));
        return Ok(());
    };
    let origin = match url {
        Some(url) if url.starts_with("file:") => Origin::Project,
        Some(url) => Origin::Repository(url),
        None => Origin::Registry,
    };
    entries.keep(Entry { family: Family::Pypi, name, version, origin, field })
}

/// The name, the pinned version if any, the URL if any.
fn requirement(line: &str) -> Option<(&str, Option<&str>, Option<&str>)> {
    let name_ends = line
        .find(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '.' | '_' | '-'))
        .unwrap_or(line.len());
    let (name, rest) = line.split_at(name_ends);
    // pip's rule: a name begins and ends with a letter or a digit.
    if !name.starts_with(|c: char| c.is_ascii_alphanumeric())
        || !name.ends_with(|c: char| c.is_ascii_alphanumeric())
    {
        return None;
    }
    let mut rest = rest.trim_start();
    if let Some(extras) = rest.strip_prefix('[') {
        rest = extras.split_once(']')?.1.trim_start();
    }
    if let Some(url) = rest.strip_prefix('@') {
        return Some((name, None, url.split_whitespace().next()));
    }
    let rest = rest.split([';']).next().unwrap_or(rest);
    let rest = rest.split(" --").next().unwrap_or(rest).trim();
    let rest = rest.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')).unwrap_or(rest);
    let known = rest.is_empty() || rest.starts_with(['=', '<', '>', '!', '~']);
    known.then(|| (name, pinned(rest), None))
}

/// The version of `==1.0` or `===1.0`; a wildcard or a second clause that is no pin leaves it open.
fn pinned(specifiers: &str) -> Option<&str> {
    specifiers.split(',').find_map(|clause| {
        let clause = clause.trim();
        let version = clause.strip_prefix("===").or_else(|| clause.strip_prefix("=="))?.trim();
        (!version.is_empty() && !version.ends_with(".*")).then_some(version)
    })
}

/// The line without its comment, which begins at the line's start or after a blank.
fn uncommented(line: &str) -> &str {
    if line.trim_start().starts_with('#') {
        return "";
    }
    let comment = line.match_indices('#').find(|(at, _)| line[..*at].ends_with([' ', '\t']));
    comment.map_or(line, |(at, _)| &line[..at]).trim()
}

/// Options that lead to requirements elsewhere.
const POINTERS: [&str; 6] = ["-r", "-c", "-e", "--requirement", "--constraint", "--editable"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requirements_read_as_pip_reads_them() {
        #[rustfmt::skip]
        let table = [
            // line                                          name         version          why
            ("a==1.0",                                       "a",       Some("1.0"),     "pinned"),
            ("a===1.0-weird",                                "a",       Some("1.0-weird"), "pinned to the letter"),
            ("a == 1.0 ; python_version < '3'",              "a",       Some("1.0"),     "blanks and a marker"),
            ("A.b_c-d[x,y]==2!1.0+local",                    "A.b_c-d", Some("2!1.0+local"), "extras, epoch, local"),
            ("a==1.0 --hash=sha256:00",                      "a",       Some("1.0"),     "a hash"),
            ("a (==1.0)",                                    "a",       Some("1.0"),     "the old brackets"),
            ("a;python_version<\"3.9\"",                     "a",       None,            "unpinned with a marker"),
            ("a>=1.0,<2",                                    "a",       None,            "a range is no version"),
            ("a==1.*",                                       "a",       None,            "a wildcard is no version"),
            ("a>=1.0,==1.4",                                 "a",       Some("1.4"),     "one clause pins"),
            ("a",                                            "a",       None,            "a bare name"),
            ("a @ https://example.org/a-1.0.tar.gz",         "a",       None,            "an URL"),
        ];
        for (line, name, version, why) in table {
            let (found, pinned, _) = requirement(line).unwrap();
            assert_eq!((found, pinned), (name, version), "{line}: {why}");
        }
        for line in ["./folder", "https://example.org/a.whl", "{\"a\": 1}", "<xml/>", "a b c", "-"]
        {
            assert!(requirement(line).is_none(), "{line} names no package");
        }
    }

    #[test]
    fn a_hash_sign_inside_an_url_is_not_a_comment() {
        assert_eq!(uncommented("a @ git+https://x/a#egg=a  # why"), "a @ git+https://x/a#egg=a");
        assert_eq!(uncommented("  # all comment"), "");
    }
}
