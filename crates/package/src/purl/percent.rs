//! Percent encoding as package URLs use it (ECMA-427 section 5.4).

use std::fmt;

/// Appends the decoded text; `None` when a `%` is not an escape or the bytes are not UTF-8.
pub(crate) fn decode(text: &str, out: &mut String) -> Option<()> {
    let Some(first) = text.find('%') else {
        out.push_str(text);
        return Some(());
    };
    let mut bytes = Vec::with_capacity(text.len());
    bytes.extend_from_slice(&text.as_bytes()[..first]);
    let mut rest = text.as_bytes()[first..].iter();
    while let Some(&byte) = rest.next() {
        if byte == b'%' {
            let (high, low) = (digit(*rest.next()?)?, digit(*rest.next()?)?);
            bytes.push(high << 4 | low);
        } else {
            bytes.push(byte);
        }
    }
    out.push_str(std::str::from_utf8(&bytes).ok()?);
    Some(())
}

/// Writes everything but unreserved characters and `:` as escapes.
pub(crate) fn encode(text: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let mut rest = text;
    while let Some(at) = rest.bytes().position(|byte| !is_plain(byte)) {
        let (plain, special) = rest.split_at(at);
        f.write_str(plain)?;
        let length = special.bytes().take_while(|byte| !is_plain(*byte)).count();
        let (special, tail) = special.split_at(length);
        for byte in special.bytes() {
            write!(f, "%{byte:02X}")?;
        }
        rest = tail;
    }
    f.write_str(rest)
}

/// As [`encode`], with `/` kept between segments.
pub(crate) fn encode_path(path: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    for (number, segment) in path.split('/').enumerate() {
        if number > 0 {
            f.write_str("/")?;
        }
        encode(segment, f)?;
    }
    Ok(())
}

pub(crate) fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_' | b'~' | b':')
}

fn digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}
