//! Maven: `ComparableVersion` of Maven 3.9, made an order.
//!
//! Source: Maven 3.9, `ComparableVersion`, and the POM reference, *Version Order Specification*. A
//! version is a list of numbers and qualifiers; a hyphen, or a change between digits and letters,
//! begins a list inside the list. A missing item is compared as nothing: numbers and most words
//! come after it, `alpha`, `beta`, `milestone`, `rc` and `snapshot` before it, `ga`, `final` and
//! `release` equal it.
//!
//! `ComparableVersion` runs in circles where a word stands in one list with numbers
//! (`1.sp.2 < 1-alpha < 1 < 1.sp.2`; `1.0.Final-redhat-1 < 1.0.Final = 1.0 < 1.0.Final-redhat-1`).
//! Here a word always begins a list, as Maven 3.9 does for the last word; and zeros before a list
//! that comes before nothing carry no weight, and `ga1` comes after `ga` and after nothing (Maven
//! holds `1-ga1`, `1-ga2` and `1` equal except among themselves). Then only the last item of a list is a list, and a
//! list that comes before nothing sorts before the end, any other after it and before all numbers.

use super::key::{FIRST_NUMBER, Writer, is_zero};
use super::scan::sure;

/// Qualifiers that Maven knows, then all others as words.
const QUALIFIERS: [(&[u8], u8); 10] = [
    (b"alpha", 0x01),
    (b"beta", 0x02),
    (b"milestone", 0x03),
    (b"rc", 0x04),
    (b"cr", 0x04),
    (b"snapshot", 0x05),
    (b"ga", RELEASE),
    (b"final", RELEASE),
    (b"release", RELEASE),
    (b"sp", 0x07),
];
const RELEASE: u8 = 0x06;
const OTHER_WORD: u8 = 0x08;

const LIST_BEFORE_END: u8 = 0x09;
const END: u8 = 0x0A;
const LIST_AFTER_END: u8 = 0x0B;
const _: () = assert!(LIST_AFTER_END < FIRST_NUMBER);

const NO_NUMBER: u8 = 0x00;
const NUMBER: u8 = 0x01;

pub(super) fn write(text: &str, key: &mut Writer) -> Option<()> {
    sure(is_plausible(text))?;
    let text = text.to_ascii_lowercase();
    let tokens = read(text.as_bytes());
    let outlooks = outlooks(&tokens);
    for (at, (token, outlook)) in tokens.iter().zip(&outlooks).enumerate() {
        if token.opens && at > 0 {
            match outlook.weight {
                Weight::Nothing => break,
                Weight::Before => key.tag(LIST_BEFORE_END),
                Weight::After => key.tag(LIST_AFTER_END),
            }
        }
        match token.item {
            Item::Number(digits) if outlook.keeps_zero || !is_zero(digits) => key.number(digits),
            Item::Number(_) => {}
            Item::Word { word, digits } => write_word(word, digits, key),
        }
    }
    key.tag(END);
    Some(())
}

/// Whether a qualifier that comes before the release is in it.
pub(super) fn is_prerelease(text: &str) -> Option<bool> {
    sure(is_plausible(text))?;
    let text = text.to_ascii_lowercase();
    let tokens = read(text.as_bytes());
    Some(tokens.iter().any(|token| token.item.weight() == Weight::Before))
}

/// Maven reads any text. Not read here: property references, ranges, names of moving versions.
fn is_plausible(text: &str) -> bool {
    text.bytes().any(|byte| byte.is_ascii_alphanumeric())
        && !text.eq_ignore_ascii_case("release")
        && !text.bytes().any(|byte| b"${}[](), ".contains(&byte))
}

struct Token<'a> {
    /// Whether it begins a list inside the list.
    opens: bool,
    item: Item<'a>,
}

#[derive(Clone, Copy)]
enum Item<'a> {
    Number(&'a [u8]),
    /// A word, with the number right behind it (perhaps after a hyphen).
    Word {
        word: &'a [u8],
        digits: Option<&'a [u8]>,
    },
}

/// How something compares with nothing.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Weight {
    Before,
    Nothing,
    After,
}

impl Item<'_> {
    fn weight(self) -> Weight {
        match self {
            Self::Number(digits) if is_zero(digits) => Weight::Nothing,
            Self::Number(_) => Weight::After,
            Self::Word { word, digits } => match rank(word, digits.is_some()) {
                RELEASE if digits.is_none_or(is_zero) => Weight::Nothing,
                rank if rank < RELEASE => Weight::Before,
                _ => Weight::After,
            },
        }
    }
}

/// Cuts the text into tokens.
fn read(text: &[u8]) -> Vec<Token<'_>> {
    let mut tokens: Vec<Token<'_>> = Vec::with_capacity(8);
    let mut rest = text;
    let mut opens = false;
    while let Some(first) = rest.first() {
        let item;
        if first.is_ascii_digit() {
            (item, rest) = number(rest);
        } else if matches!(first, b'.' | b'-') {
            // Two separators in a row have a zero between them.
            item = Item::Number(b"");
        } else {
            opens = true;
            (item, rest) = word(rest);
        }
        tokens.push(Token { opens, item });
        opens = false;
        match rest.first() {
            Some(b'.') => rest = &rest[1..],
            Some(b'-') => {
                opens = true;
                rest = &rest[1..];
            }
            // A change between digits and letters.
            _ => opens = true,
        }
    }
    tokens
}

fn number(text: &[u8]) -> (Item<'_>, &[u8]) {
    let (digits, rest) = split(text, |byte| byte.is_ascii_digit());
    (Item::Number(digits), rest)
}

/// A word and, straight or after one hyphen, its number.
fn word(text: &[u8]) -> (Item<'_>, &[u8]) {
    let (word, rest) = split(text, |byte| !byte.is_ascii_digit() && !matches!(byte, b'.' | b'-'));
    let after = rest.strip_prefix(b"-").unwrap_or(rest);
    let (digits, after) = split(after, |byte| byte.is_ascii_digit());
    if digits.is_empty() {
        return (Item::Word { word, digits: None }, rest);
    }
    (Item::Word { word, digits: Some(digits) }, after)
}

fn split(text: &[u8], belongs: impl Fn(u8) -> bool) -> (&[u8], &[u8]) {
    text.split_at(text.iter().position(|byte| !belongs(*byte)).unwrap_or(text.len()))
}

/// What can be said of a token once all that follows is known.
#[derive(Clone, Copy)]
struct Outlook {
    /// How everything from this token on compares with nothing: as its first part that differs.
    weight: Weight,
    /// Whether a zero here carries weight: numbers that come after nothing follow, in its list or
    /// at the head of the next.
    keeps_zero: bool,
}

fn outlooks(tokens: &[Token<'_>]) -> Vec<Outlook> {
    let mut behind = Outlook { weight: Weight::Nothing, keeps_zero: false };
    let mut outlooks = vec![behind; tokens.len()];
    let mut next: Option<&Token<'_>> = None;
    for (token, outlook) in tokens.iter().zip(&mut outlooks).rev() {
        if !next.is_some_and(|next| next.is_zero() && !next.opens) {
            let number = next.is_some_and(|next| matches!(next.item, Item::Number(_)));
            behind.keeps_zero = number && behind.weight == Weight::After;
        }
        let own = token.item.weight();
        if own != Weight::Nothing {
            behind.weight = own;
        }
        *outlook = behind;
        next = Some(token);
    }
    outlooks
}

impl Token<'_> {
    fn is_zero(&self) -> bool {
        matches!(self.item, Item::Number(digits) if is_zero(digits))
    }
}

fn rank(word: &[u8], has_number: bool) -> u8 {
    match word {
        b"a" if has_number => 0x01,
        b"b" if has_number => 0x02,
        b"m" if has_number => 0x03,
        _ => QUALIFIERS
            .iter()
            .find(|(known, _)| *known == word)
            .map_or(OTHER_WORD, |(_, rank)| *rank),
    }
}

fn write_word(word: &[u8], digits: Option<&[u8]>, key: &mut Writer) {
    let rank = rank(word, digits.is_some());
    key.tag(rank);
    if rank == OTHER_WORD {
        key.word(word);
    }
    match digits {
        None => key.tag(NO_NUMBER),
        Some(digits) => {
            key.tag(NUMBER);
            key.number(digits);
        }
    }
}
