//! JSON within limits: encoding, nesting and errors that name the field.

use std::fmt::Write as _;

use bongsu_advisory::Place;
use serde::Deserialize;
use serde_json::error::Category;

use crate::{Error, Limits, Quarantined};

/// What is wrong with a document, and in which field, before its place is known.
#[derive(Debug)]
pub struct Fault {
    /// The field as a JSON pointer, if the parser knows it.
    pub field: Option<String>,
    /// What is wrong.
    pub reason: Error,
}

impl Fault {
    /// Adds where the document is.
    pub fn at(self, place: &Place) -> Quarantined {
        let field = self.field.or_else(|| place.field.clone());
        Quarantined { place: Place { field, ..place.clone() }, reason: self.reason }
    }
}

impl From<Error> for Fault {
    fn from(reason: Error) -> Self {
        Self { field: None, reason }
    }
}

/// The document as text: UTF-8, its byte order mark taken off, no NUL bytes.
///
/// # Errors
/// [`Error::Syntax`] that says which encoding it looks like and where the first bad byte is.
pub fn text<'a>(format: &'static str, bytes: &'a [u8]) -> Result<&'a str, Error> {
    let syntax = |detail: String| Error::Syntax { format, detail };
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err(syntax("the text is UTF-16; save it as UTF-8".to_owned()));
    }
    let bytes = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes);
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let (line, column) = position(bytes, error.valid_up_to());
        syntax(format!("a byte that is not UTF-8 at line {line} column {column}"))
    })?;
    match text.find('\0') {
        None => Ok(text),
        Some(at) => {
            let (line, column) = position(bytes, at);
            Err(syntax(format!("a NUL byte at line {line} column {column}")))
        }
    }
}

/// Reads a JSON document into `T`, which may borrow from `bytes`.
///
/// # Errors
/// What is wrong with the encoding ([`text`]), the nesting ([`nesting`]), the syntax
/// ([`Error::Syntax`]) or a field ([`Error::Field`]); the last two name the field.
pub fn json<'a, T: Deserialize<'a>>(
    format: &'static str,
    bytes: &'a [u8],
    limits: &Limits,
) -> Result<T, Fault> {
    let text = text(format, bytes)?;
    nesting(format, text, limits)?;
    part(format, text)
}

/// Reads a piece of a document that [`text`] and [`nesting`] have already looked at.
///
/// # Errors
/// As [`json`], with fields counted from the beginning of the piece.
pub fn part<'a, T: Deserialize<'a>>(format: &'static str, text: &'a str) -> Result<T, Fault> {
    serde_json::from_str(text).map_err(|error| fault(format, text, &error))
}

/// Refuses JSON nested deeper than the limit, in one pass without recursion.
///
/// # Errors
/// [`Error::TooLarge`].
pub fn nesting(format: &'static str, text: &str, limits: &Limits) -> Result<(), Error> {
    if deepest(text.as_bytes(), limits.depth) <= limits.depth {
        return Ok(());
    }
    Err(Error::TooLarge { what: format!("nesting of the {format}"), limit: limits.depth as u64 })
}

/// Checks the nesting like [`nesting`] and hands over the keys of the outermost object, unescaped
/// as they stand.
///
/// # Errors
/// [`Error::TooLarge`].
pub(crate) fn outline<'a>(
    format: &'static str,
    text: &'a str,
    limits: &Limits,
    key: &mut dyn FnMut(&'a str),
) -> Result<(), Error> {
    let bytes = text.as_bytes();
    let (mut depth, mut at, mut expects_key) = (0usize, 0usize, false);
    while let Some(&byte) = bytes.get(at) {
        at += 1;
        match byte {
            b'"' => {
                let end = end_of_string(bytes, at);
                if expects_key {
                    expects_key = false;
                    key(text.get(at..end.saturating_sub(1)).unwrap_or_default());
                }
                at = end;
            }
            b'{' | b'[' => {
                depth += 1;
                expects_key = depth == 1 && byte == b'{';
                if depth > limits.depth {
                    let what = format!("nesting of the {format}");
                    return Err(Error::TooLarge { what, limit: limits.depth as u64 });
                }
            }
            b'}' | b']' => depth = depth.saturating_sub(1),
            b',' => expects_key = depth == 1,
            _ => {}
        }
    }
    Ok(())
}

/// How deep JSON nests, looking no further once it is deeper than `enough`.
pub(crate) fn deepest(bytes: &[u8], enough: usize) -> usize {
    let (mut depth, mut deepest, mut at) = (0usize, 0usize, 0usize);
    while let Some(&byte) = bytes.get(at) {
        at += 1;
        match byte {
            b'"' => at = end_of_string(bytes, at),
            b'{' | b'[' => {
                depth += 1;
                if depth > deepest {
                    deepest = depth;
                    if deepest > enough {
                        return deepest;
                    }
                }
            }
            b'}' | b']' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

/// Whether the bytes are one JSON object or array that ends where they end, going by its brackets.
pub(crate) fn is_whole(bytes: &[u8]) -> bool {
    let (mut depth, mut at) = (0usize, 0usize);
    while let Some(&byte) = bytes.get(at) {
        at += 1;
        match byte {
            b'"' => at = end_of_string(bytes, at),
            b'{' | b'[' => depth += 1,
            b'}' | b']' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return bytes[at..].iter().all(u8::is_ascii_whitespace);
                }
            }
            _ => {}
        }
    }
    false
}

/// The position after the closing quote of the string whose inside begins at `at`.
fn end_of_string(bytes: &[u8], mut at: usize) -> usize {
    loop {
        match bytes.get(at) {
            None => return at,
            Some(b'"') => return at + 1,
            Some(b'\\') => at += 2,
            Some(_) => at += 1,
        }
    }
}

/// Says what serde said, in our words and with the field.
fn fault(format: &'static str, text: &str, error: &serde_json::Error) -> Fault {
    let field = pointer(text, error.line(), error.column());
    let shown = error.to_string();
    let said = shown.split(" at line ").next().unwrap_or_default();
    let mut detail = String::new();
    if let Some(field) = &field {
        let _ = write!(detail, "{field}: ");
    }
    detail.push_str(match error.classify() {
        Category::Eof => "the document ends in the middle",
        _ => said,
    });
    if error.line() > 0 {
        let _ = write!(detail, " (line {} column {})", error.line(), error.column());
    }
    let reason = match error.classify() {
        Category::Data => Error::Field { format, detail },
        _ => Error::Syntax { format, detail },
    };
    Fault { field, reason }
}

/// The JSON pointer of the value around a line and column, both counted from 1.
///
/// `None` when the brackets before it do not fit, or when it is the document itself.
fn pointer(text: &str, line: usize, column: usize) -> Option<String> {
    let start = if line <= 1 {
        0
    } else {
        text.match_indices('\n').nth(line - 2).map(|(newline, _)| newline + 1)?
    };
    let end = (start + column).min(text.len());
    let before = text.as_bytes().get(..end)?;
    let mut path: Vec<Step<'_>> = Vec::new();
    let mut at = 0;
    let mut expects_key = false;
    while let Some(&byte) = before.get(at) {
        at += 1;
        match byte {
            b'"' => {
                let stop = end_of_string(before, at).min(before.len());
                if expects_key && let Some(Step::Key(key)) = path.last_mut() {
                    *key = before.get(at..stop.saturating_sub(1)).unwrap_or_default();
                    expects_key = false;
                }
                at = stop;
            }
            b'{' => {
                path.push(Step::Key(b""));
                expects_key = true;
            }
            b'[' => path.push(Step::Index(0)),
            b'}' | b']' if at < before.len() => {
                path.pop()?;
                expects_key = false;
            }
            b',' => match path.last_mut()? {
                Step::Key(_) => expects_key = true,
                Step::Index(index) => *index += 1,
            },
            _ => {}
        }
        if path.len() > 200 {
            return None;
        }
    }
    let mut pointer = String::new();
    for step in path {
        match step {
            Step::Key(b"") => {}
            Step::Key(key) => {
                let _ = write!(pointer, "/{}", String::from_utf8_lossy(key));
            }
            Step::Index(index) => {
                let _ = write!(pointer, "/{index}");
            }
        }
    }
    (!pointer.is_empty()).then_some(pointer)
}

/// One step of a JSON pointer.
enum Step<'a> {
    Key(&'a [u8]),
    Index(usize),
}

/// Line and column of a byte, both counted from 1.
fn position(bytes: &[u8], at: usize) -> (usize, usize) {
    let before = &bytes[..at.min(bytes.len())];
    let line = before.split(|byte| *byte == b'\n').count();
    let column = before.iter().rev().take_while(|byte| **byte != b'\n').count() + 1;
    (line, column)
}

/// The UTF-8 byte order mark that Windows programs write.
pub(crate) const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Deserialize)]
    struct Outer {
        #[allow(dead_code, reason = "only its type matters here")]
        list: Vec<Inner>,
    }

    #[derive(Debug, Deserialize)]
    struct Inner {
        #[allow(dead_code, reason = "only its type matters here")]
        name: String,
    }

    #[test]
    fn an_error_names_the_field_and_the_line() {
        let text = "{\"other\": [{\"x\": 1}],\n \"list\": [{\"name\": \"a\"}, {\"name\": 7}]}";
        let fault = json::<Outer>("test", text.as_bytes(), &Limits::default()).unwrap_err();
        assert_eq!(fault.field.as_deref(), Some("/list/1/name"));
        let said = fault.reason.to_string();
        assert!(said.contains("line 2") && said.contains("expected a string"), "{said}");
    }

    #[test]
    fn bad_text_is_refused_with_its_reason() {
        #[rustfmt::skip]
        let table: [(&[u8], &str, &str); 6] = [
            // bytes                              says              why
            (b"{\"list\": [",                     "ends in the mid", "truncated"),
            (b"{\"list\": [], \"list\": []}",     "duplicate field", "two values for one key"),
            (b"{\"list\": [{\"name\":\"\xff\"}]}", "not UTF-8",       "Latin-1 or worse"),
            (b"\xff\xfe{\0}\0",                   "UTF-16",          "saved by an old editor"),
            (b"{\"list\": []\0}",                 "NUL byte",        "a damaged disk"),
            (b"{\"list\": [}",                    "expected value",  "a slip of the hand"),
        ];
        for (bytes, says, why) in table {
            let fault = json::<Outer>("test", bytes, &Limits::default()).unwrap_err();
            let said = fault.reason.to_string();
            assert!(said.contains(says), "{why}: {said}");
        }
    }

    #[test]
    fn nesting_is_counted_outside_strings_only() {
        assert_eq!(deepest(br#"{"a": "[[[\"[", "b": [[1]]}"#, 100), 3);
        let deep = "[".repeat(101);
        let fault = json::<Outer>("test", deep.as_bytes(), &Limits::default()).unwrap_err();
        assert!(matches!(fault.reason, Error::TooLarge { limit: 100, .. }));
    }

    #[test]
    fn a_byte_order_mark_is_taken_off() {
        let bytes = b"\xef\xbb\xbf{\"list\": []}";
        assert!(json::<Outer>("test", bytes, &Limits::default()).is_ok());
    }
}
