//! Texts that officers wrote, made harmless for a mail, a telephone and a log.
//!
//! A message to people carries no link (domain guide, section 13): whatever a reader could follow is taken out, so that
//! nobody learns to follow what comes in our name.

use std::borrow::Cow;

/// A text on one line: nothing breaks a header, nothing turns the reading direction, nothing hides, nothing is decoded.
pub fn line(text: &str) -> Cow<'_, str> {
    if !text.contains(|c| is_obeyed(c) || is_hidden(c)) && !text.contains("=?") {
        return Cow::Borrowed(text);
    }
    let mut plain = String::with_capacity(text.len() + 16);
    for c in text.chars().filter(|c| !is_hidden(*c)) {
        match c {
            '\n' | '\r' | '\t' | '\u{2028}' | '\u{2029}' | '\u{85}' => plain.push(' '),
            // `=?utf-8?…?=` would be decoded by whoever reads the mail.
            '?' if plain.ends_with('=') => plain.push_str(" ?"),
            c if is_obeyed(c) => plain.extend(c.escape_unicode()),
            c => plain.push(c),
        }
    }
    Cow::Owned(plain)
}

/// Control characters, separators, and the marks of Unicode's bidirectional algorithm (UAX 9).
pub(crate) fn is_obeyed(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
        )
}

/// Characters of no width, which keep a link from being seen as one; and tags, which nobody sees at all.
fn is_hidden(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{2060}'..='\u{2064}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
}

/// Takes every word that a reader could follow out of a text.
pub fn without_links(text: &str) -> String {
    let pieces = text.split_inclusive(char::is_whitespace).flat_map(|piece| {
        let (word, space) = piece.split_at(piece.trim_end_matches(char::is_whitespace).len());
        [if is_link(word) { "[…]" } else { word }, space]
    });
    pieces.collect()
}

fn is_link(word: &str) -> bool {
    let word: String = word.chars().filter(|c| !is_hidden(*c)).map(narrow).collect();
    let word = word.to_lowercase();
    let scheme = SCHEMES.iter().any(|scheme| word.contains(scheme));
    scheme || word.contains("://") || word.contains("www.") || is_place(&word) || has_host(&word)
}

const SCHEMES: [&str; 8] =
    ["mailto:", "ftp:", "tel:", "sms:", "javascript:", "data:text", "file:/", "http:"];

/// A wide letter as the narrow one that a telephone takes it for.
fn narrow(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        '\u{3002}' | '\u{ff61}' | '\u{2024}' => '.',
        '\u{2044}' | '\u{2215}' => '/',
        c => c,
    }
}

/// `host.tld/path`, as short links are written; a package URL is none.
fn is_place(word: &str) -> bool {
    let Some((host, _)) = word.trim_start_matches(['(', '[', '<', '"', '\'']).split_once('/')
    else {
        return false;
    };
    let name = |part: &str| {
        !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    let host = host.split_once(':').map_or(host, |(host, _)| host);
    let ending = host.rsplit('.').next().unwrap_or_default();
    let lettered = ending.len() >= 2 && ending.bytes().all(|byte| byte.is_ascii_alphabetic());
    let numbered =
        host.split('.').count() == 4 && host.split('.').all(|it| it.parse::<u8>().is_ok());
    host.contains('.') && host.split('.').all(name) && (lettered || numbered)
}

/// A host name without a path, as telephones make links of: it ends in a domain that everybody knows.
fn has_host(word: &str) -> bool {
    word.match_indices('.').any(|(at, _)| {
        let before = word[..at].chars().next_back().is_some_and(char::is_alphanumeric);
        let rest = &word[at + 1..];
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '-').unwrap_or(rest.len());
        let (label, after) = rest.split_at(end);
        let goes_on = after.strip_prefix('.').and_then(|it| it.chars().next());
        let goes_on = goes_on.is_some_and(|c| c.is_ascii_alphanumeric());
        before && !goes_on && (DOMAINS.contains(&label) || label.starts_with("xn--"))
    })
}

/// Top domains that telephones and mail readers make links of; those that are words of programs (`js`, `rs`, `sh`) are not
/// among them, for an officer must be able to name a program.
const DOMAINS: [&str; 44] = [
    "com", "net", "org", "edu", "gov", "int", "mil", "info", "biz", "name", "kr", "jp", "cn", "tw",
    "hk", "us", "uk", "eu", "de", "fr", "ru", "in", "io", "ly", "gl", "gg", "to", "me", "co", "cc",
    "tv", "app", "dev", "xyz", "top", "site", "online", "shop", "link", "click", "page", "club",
    "한국", "example",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_loses_its_links_and_nothing_else() {
        #[rustfmt::skip]
        let table = [
            // written                                told
            ("update to 2.17.1\nat once",             "update to 2.17.1\nat once"),
            ("see https://example.org/fix now",       "see […] now"),
            ("HTTPS://EXAMPLE.ORG",                   "[…]"),
            ("(www.example.org)\nthen call",          "[…]\nthen call"),
            ("mailto:desk@gaon.example\t118",         "[…]\t118"),
            ("pkg:maven/org.apache/log4j",            "pkg:maven/org.apache/log4j"),
            ("bit.ly/abc 접속",                         "[…] 접속"),
            ("bank.co.kr에 접속",                        "[…] 접속"),
            ("ｈｔｔｐｓ：／／ｅｖｉｌ．ｋｒ now",                "[…] now"),
            ("ht\u{200b}tps://evil",                  "[…]"),
            ("10.0.0.1:8080/login",                   "[…]"),
            ("Node.js, log4j-core.jar 2.17.1.",       "Node.js, log4j-core.jar 2.17.1."),
            ("1.2/3.4 or 24/7",                       "1.2/3.4 or 24/7"),
        ];
        for (written, told) in table {
            assert_eq!(without_links(written), told, "{written}");
        }
    }

    #[test]
    fn a_line_stays_one_line_and_is_never_decoded() {
        assert_eq!(line("봉수 1.0"), "봉수 1.0");
        assert_eq!(line("a\r\nBcc: b"), "a  Bcc: b");
        assert_eq!(line("=?utf-8?q?x?="), "= ?utf-8?q?x?=");
        assert_eq!(line("a\u{202e}b"), "a\\u{202e}b");
    }
}
