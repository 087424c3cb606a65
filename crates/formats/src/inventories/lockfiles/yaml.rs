//! Just enough YAML for lock files that a machine wrote: block maps, one key a line.
//!
//! It is not a YAML reader: anchors, tags, flow maps and block texts are handed on as they stand,
//! and nothing is expanded.

use std::borrow::Cow;

/// One line of a block map.
pub(super) struct Line<'a> {
    /// Counted from 1.
    pub(super) number: usize,
    /// Leading blanks.
    pub(super) indent: usize,
    /// The key, unquoted.
    pub(super) key: Cow<'a, str>,
    /// What follows the colon, unquoted; empty when the value is the block below.
    pub(super) value: Cow<'a, str>,
}

impl Line<'_> {
    /// Where it is, as messages say it.
    pub(super) fn place(&self) -> String {
        format!("line {}", self.number)
    }
}

/// The lines that hold a key; list items, comments and blank lines are passed over.
pub(super) fn lines(text: &str) -> impl Iterator<Item = Line<'_>> {
    text.lines().enumerate().filter_map(|(number, line)| read_line(number + 1, line))
}

fn read_line(number: usize, line: &str) -> Option<Line<'_>> {
    let bare = line.trim_start_matches(' ');
    let indent = line.len() - bare.len();
    let bare = bare.trim_end();
    if bare.is_empty() || bare.starts_with(['#', '-']) {
        return None;
    }
    // A key of more than a thousand characters is announced by `? ` and has its value below.
    if let Some(long) = bare.strip_prefix("? ") {
        let (key, _) = scalar(long);
        return Some(Line { number, indent, key, value: Cow::Borrowed("") });
    }
    let (key, rest) = key(bare)?;
    let (value, _) = scalar(rest.trim_start());
    Some(Line { number, indent, key, value })
}

/// Splits `key: value`; a colon inside a plain key is part of it.
fn key(text: &str) -> Option<(Cow<'_, str>, &str)> {
    if text.starts_with(['"', '\'']) {
        let (key, rest) = scalar(text);
        return Some((key, rest.trim_start().strip_prefix(':')?));
    }
    if let Some((key, rest)) = text.split_once(": ") {
        return Some((key.into(), rest));
    }
    text.strip_suffix(':').map(|key| (key.into(), ""))
}

/// Reads a quoted or plain text; returns it and what follows the closing quote.
pub(super) fn scalar(text: &str) -> (Cow<'_, str>, &str) {
    let Some(quote) = text.chars().next().filter(|quote| matches!(quote, '"' | '\'')) else {
        let plain = text.split(" #").next().unwrap_or(text);
        return (plain.trim_end().into(), "");
    };
    let inner = &text[1..];
    let mut plain = String::new();
    let mut characters = inner.char_indices().peekable();
    while let Some((at, character)) = characters.next() {
        if character == '\\' && quote == '"' {
            plain.extend(characters.next().map(|(_, escaped)| escaped));
        } else if character != quote {
            plain.push(character);
        } else if quote == '\'' && inner[at + 1..].starts_with('\'') {
            characters.next();
            plain.push('\'');
        } else {
            return (plain.into(), &inner[at + 1..]);
        }
    }
    // No closing quote: the file was cut off here.
    (plain.into(), "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_and_values_are_read_as_lock_files_write_them() {
        #[rustfmt::skip]
        let table = [
            // line                            indent key                value        why
            ("packages:",                      0, "packages",            "",          "a section"),
            ("  /a/1.0.0:",                    2, "/a/1.0.0",            "",          "pnpm 5"),
            ("  '@s/a@1.0.0(b@2.0.0)':",       2, "@s/a@1.0.0(b@2.0.0)", "",          "pnpm 9, quoted"),
            ("    version: 1.2.3",             4, "version",             "1.2.3",     "plain value"),
            ("    version: \"1.2.3\"",         4, "version",             "1.2.3",     "quoted value"),
            ("\"a@npm:^1, a@npm:^2\":",        0, "a@npm:^1, a@npm:^2",  "",          "yarn berry"),
            ("  a@http://x/y.tgz:",            2, "a@http://x/y.tgz",    "",          "a colon in a key"),
            ("  k: v # why",                   2, "k",                   "v",         "a comment"),
            ("  'it''s': x",                   2, "it's",                "x",         "a doubled quote"),
            ("  ? /a/1.0.0",                   2, "/a/1.0.0",            "",          "a long key"),
        ];
        for (line, indent, key, value, why) in table {
            let read = read_line(1, line).unwrap();
            let found = (read.indent, &*read.key, &*read.value);
            assert_eq!(found, (indent, key, value), "{line}: {why}");
        }
        for line in ["", "   ", "# a: b", "- a: b", "plain", "'cut off"] {
            assert!(read_line(1, line).is_none(), "{line:?} holds no key");
        }
    }
}
