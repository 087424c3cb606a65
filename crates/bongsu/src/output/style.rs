//! Colour where it means something, and only on a terminal that wants it.

use std::env;
use std::io::IsTerminal;

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::plain::plain;

/// A colour with a meaning.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Paint {
    /// Act.
    Alarm,
    /// Look.
    Caution,
    /// Settled.
    Calm,
    /// Beside the point.
    Faint,
    /// A heading.
    Strong,
    /// As it is.
    Plain,
}

/// Whether standard output takes colour: a terminal, no `NO_COLOR`, not `TERM=dumb`.
pub(crate) fn coloured() -> bool {
    let set = |name| env::var_os(name).is_some_and(|value| !value.is_empty());
    std::io::stdout().is_terminal()
        && !set("NO_COLOR")
        && env::var_os("TERM").is_none_or(|t| t != "dumb")
}

impl Paint {
    /// The text, made [`plain`], in this colour, when colour is on.
    pub(crate) fn on(self, text: &str, coloured: bool) -> String {
        let text = plain(text);
        let code = match self {
            Self::Alarm => "1;31",
            Self::Caution => "33",
            Self::Calm => "32",
            Self::Faint => "2",
            Self::Strong => "1",
            Self::Plain => return text.into_owned(),
        };
        if coloured { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.into_owned() }
    }
}

/// A text from outside for one cell: made [`plain`], cut to so many columns.
pub(crate) fn cell(text: &str, columns: usize) -> String {
    let clean = plain(text);
    if clean.width() <= columns {
        return clean.into_owned();
    }
    let mut cut = String::new();
    let mut used = 0;
    for c in clean.chars() {
        let wide = c.width().unwrap_or(0);
        if used + wide + 1 > columns {
            break;
        }
        used += wide;
        cut.push(c);
    }
    cut.push('…');
    cut
}

/// The text with spaces behind it up to so many columns; Hangul takes two each.
pub(crate) fn padded(text: &str, columns: usize) -> String {
    let missing = columns.saturating_sub(text.width());
    format!("{text}{}", " ".repeat(missing))
}
