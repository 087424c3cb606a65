//! From bytes to text.

use std::borrow::Cow;

use encoding_rs::Encoding;

use crate::Error;

/// Decodes a lock file: UTF-8 with or without a byte-order mark, or UTF-16 with one, as
/// PowerShell's `>` writes it; for XML also the encoding its declaration names.
///
/// # Errors
/// [`Error::Syntax`] for any other bytes, and for NUL: no lock file holds one, a damaged one does.
pub(super) fn decode<'a>(format: &'static str, bytes: &'a [u8]) -> Result<Cow<'a, str>, Error> {
    let (text, damaged) = match bytes {
        [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] => {
            let (text, _, damaged) = encoding_rs::UTF_16LE.decode(bytes);
            (text, damaged)
        }
        _ => {
            let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
            match (std::str::from_utf8(bytes), declared(bytes)) {
                (Ok(text), _) => (Cow::Borrowed(text), false),
                (Err(_), Some(encoding)) => encoding.decode_without_bom_handling(bytes),
                (Err(error), None) => {
                    let at = error.valid_up_to() + 1;
                    let detail = format!("byte {at} is not UTF-8; save the file as UTF-8");
                    return Err(Error::Syntax { format, detail });
                }
            }
        }
    };
    if damaged {
        return Err(Error::Syntax {
            format,
            detail: "the text is damaged in its encoding".to_owned(),
        });
    }
    if let Some(at) = text.bytes().position(|byte| byte == 0) {
        let detail = format!("byte {} is NUL; the file is damaged or not a text", at + 1);
        return Err(Error::Syntax { format, detail });
    }
    Ok(text)
}

/// The encoding that an XML declaration names; old poms are ISO-8859-1.
fn declared(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = bytes.strip_prefix(b"<?xml")?;
    let end = head.windows(2).take(200).position(|pair| pair == b"?>")?;
    let head = std::str::from_utf8(&head[..end]).ok()?;
    let value = head.split_once("encoding")?.1.trim_start().strip_prefix('=')?.trim_start();
    let quote = value.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
    let label = value[1..].split(quote).next()?;
    Encoding::for_label(label.as_bytes()).filter(|encoding| *encoding != encoding_rs::UTF_8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_taken_off_and_damage_is_named() {
        assert_eq!(decode("x", b"\xEF\xBB\xBFa==1").unwrap(), "a==1");
        assert_eq!(decode("x", b"\xFF\xFEa\0=\0=\x001\0").unwrap(), "a==1");
        assert_eq!(decode("x", b"\xFE\xFF\0a\0=\0=\x001").unwrap(), "a==1");
        let nul = decode("x", b"ab\0c").unwrap_err().to_string();
        assert!(nul.contains("byte 3 is NUL"), "{nul}");
        let latin = b"<?xml version='1.0' encoding='ISO-8859-1'?><a>\xE9</a>";
        assert!(decode("x", latin).unwrap().contains("<a>\u{e9}</a>"));
        let korean = decode("x", b"ab\xB0\xA1").unwrap_err().to_string();
        assert!(korean.contains("byte 3 is not UTF-8"), "{korean}");
    }
}
