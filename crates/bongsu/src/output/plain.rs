//! Texts from outside, made harmless for a terminal.

use std::borrow::Cow;
use std::fmt::Write as _;

use bongsu_formats::Quarantined;
use serde::Serialize;

/// The text on one line, with nothing a terminal obeys.
///
/// Line breaks and tabs become spaces; escape sequences and marks that turn the reading direction
/// stay visible as `\u{1b}`, so that whoever looks sees that something was there.
pub(crate) fn plain(text: &str) -> Cow<'_, str> {
    if !text.contains(is_obeyed) {
        return Cow::Borrowed(text);
    }
    let mut plain = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '\n' | '\r' | '\t' => plain.push(' '),
            c if is_obeyed(c) => plain.extend(c.escape_unicode()),
            c => plain.push(c),
        }
    }
    Cow::Owned(plain)
}

/// What was set aside, where and why, with the cause when reading failed.
pub(crate) fn set_aside(quarantined: &Quarantined) -> String {
    format!("{}: {}", quarantined.place, reason(quarantined))
}

/// Why something was set aside, with its cause.
pub(crate) fn reason(quarantined: &Quarantined) -> String {
    let mut said = quarantined.reason.to_string();
    if let Some(cause) = std::error::Error::source(&quarantined.reason) {
        let _ = write!(said, ": {cause}");
    }
    said
}

/// One value as one line of JSON, with every control character escaped: JSON itself lets `DEL` and
/// the second row of control characters stand, and terminals obey them.
pub(crate) fn json(value: &impl Serialize) -> serde_json::Result<String> {
    let line = serde_json::to_string(value)?;
    if !line.contains(is_obeyed) {
        return Ok(line);
    }
    let mut plain = String::with_capacity(line.len() + 16);
    for c in line.chars() {
        if is_obeyed(c) {
            let _ = write!(plain, "\\u{:04x}", u32::from(c));
        } else {
            plain.push(c);
        }
    }
    Ok(plain)
}

/// Whether terminals act on the character instead of showing it: control characters, line and
/// paragraph separators, and the marks of Unicode's bidirectional algorithm (UAX 9).
fn is_obeyed(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{61c}'
                | '\u{200e}'
                | '\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2066}'..='\u{2069}'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_a_terminal_obeys_is_left() {
        #[rustfmt::skip]
        let table = [
            // text              plain                   why
            ("봉수 1.0",          "봉수 1.0",              "ordinary text stays as it is"),
            ("\u{1b}[2J",        "\\u{1b}[2J",           "a screen is not cleared"),
            ("\u{9b}31m",        "\\u{9b}31m",           "the one-character form of the same"),
            ("a\nb\tc",          "a b c",                "one line stays one line"),
            ("a\u{202e}b",       "a\\u{202e}b",          "text is not turned around"),
            ("\u{7f}",           "\\u{7f}",              "nothing is rubbed out"),
        ];
        for (text, expected, why) in table {
            assert_eq!(plain(text), expected, "{why}");
        }
    }

    #[test]
    fn json_without_control_characters_means_the_same() {
        let text = "a\u{9b}\u{7f}\u{202e}\u{1b}b\n";
        let line = json(&text).unwrap();
        assert!(line.is_ascii(), "{line}");
        assert_eq!(serde_json::from_str::<String>(&line).unwrap(), text);
    }
}
