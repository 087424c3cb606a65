//! CPE 2.3 names (NISTIR 7695), formatted strings and `cpe:/` URIs.

use std::fmt;
use std::str::FromStr;

use crate::ProductName;

/// Longest CPE name that is read, in bytes.
pub const MAX_CPE_BYTES: usize = 4_096;

/// A CPE name, attributes unescaped and lower case; `None` is ANY (`*`), `Some("-")` is NA.
///
/// A `*` or `?` in a value is a wildcard; a literal one keeps its backslash, and so does a literal
/// backslash.
///
/// ```
/// use bongsu_package::Cpe;
///
/// let cpe: Cpe = "cpe:/a:apache:log4j:2.14.1".parse()?;
/// assert_eq!(cpe.to_string(), "cpe:2.3:a:apache:log4j:2.14.1:*:*:*:*:*:*:*");
/// assert!("cpe:2.3:a:apache:log4j:*:*:*:*:*:*:*:*".parse::<Cpe>()?.covers(&cpe));
/// # Ok::<(), bongsu_package::ParseCpeError>(())
/// ```
#[derive(Clone, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Cpe {
    /// `a`, `o` or `h`.
    pub part: Option<char>,
    /// Who makes it.
    pub vendor: Option<String>,
    /// What it is.
    pub product: Option<String>,
    /// Its version.
    pub version: Option<String>,
    /// Its update, such as `sp1`.
    pub update: Option<String>,
    /// Its edition as CPE 2.2 meant it.
    pub edition: Option<String>,
    /// Its language, such as `ko`.
    pub language: Option<String>,
    /// Its edition for a market, such as `enterprise`.
    pub software_edition: Option<String>,
    /// The software it runs on (`node.js`, `wordpress`).
    pub target_software: Option<String>,
    /// The hardware it runs on (`x64`).
    pub target_hardware: Option<String>,
    /// Anything else.
    pub other: Option<String>,
}

/// Why a text is not a CPE name.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ParseCpeError {
    /// Neither `cpe:2.3:` nor `cpe:/`.
    #[error("a CPE begins with `cpe:2.3:` or `cpe:/`")]
    Prefix,
    /// The text is longer than [`MAX_CPE_BYTES`].
    #[error("a CPE has at most {MAX_CPE_BYTES} bytes")]
    TooLong,
    /// The part is none of `a`, `o`, `h`, `*`, `-`.
    #[error("the part of a CPE is `a`, `o` or `h`")]
    Part,
    /// There are more than eleven attributes, or seven in a URI.
    #[error("a CPE has eleven attributes, as a URI seven")]
    TooMany,
    /// A `\` at the end, or a `%` without two hexadecimal digits.
    #[error("an escape in the CPE is cut off")]
    Escape,
}

impl Cpe {
    /// The product, as catalogues and offices would name it; `None` when vendor or product is
    /// ANY, NA or has a wildcard.
    pub fn product_name(&self) -> Option<ProductName> {
        let plain = |value: &Option<String>| {
            let value = value.as_deref().filter(|value| !has_wildcard(value))?;
            Some(value.replace('\\', ""))
        };
        ProductName::new(&plain(&self.vendor)?, &plain(&self.product)?)
    }

    /// Whether every thing that `other` names is also named by this (the superset relation of
    /// NISTIR 7696, attribute by attribute).
    pub fn covers(&self, other: &Self) -> bool {
        (self.part.is_none() || self.part == other.part)
            && self.attributes().iter().zip(other.attributes()).all(|(left, right)| {
                match (left, right) {
                    (None, _) => true,
                    (Some(_), None) => false,
                    (Some(left), Some(right)) => *left == right || is_like(left, right),
                }
            })
    }

    /// The ten attributes after the part, in the order of the formatted string.
    fn attributes(&self) -> [Option<&str>; 10] {
        [
            self.vendor.as_deref(),
            self.product.as_deref(),
            self.version.as_deref(),
            self.update.as_deref(),
            self.edition.as_deref(),
            self.language.as_deref(),
            self.software_edition.as_deref(),
            self.target_software.as_deref(),
            self.target_hardware.as_deref(),
            self.other.as_deref(),
        ]
    }

    fn from_attributes(part: &str, values: [Option<String>; 10]) -> Result<Self, ParseCpeError> {
        let mut letters = part.chars().map(|letter| letter.to_ascii_lowercase());
        let part = match (letters.next(), letters.next()) {
            (None | Some('*' | '-'), None) => None,
            (letter @ Some('a' | 'o' | 'h'), None) => letter,
            _ => return Err(ParseCpeError::Part),
        };
        let [
            vendor,
            product,
            version,
            update,
            edition,
            language,
            software_edition,
            target_software,
            target_hardware,
            other,
        ] = values;
        Ok(Self {
            part,
            vendor,
            product,
            version,
            update,
            edition,
            language,
            software_edition,
            target_software,
            target_hardware,
            other,
        })
    }
}

impl FromStr for Cpe {
    type Err = ParseCpeError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.len() > MAX_CPE_BYTES {
            return Err(ParseCpeError::TooLong);
        }
        if let Some(rest) = strip_prefix(text, "cpe:2.3:") {
            return formatted(rest);
        }
        strip_prefix(text, "cpe:/").ok_or(ParseCpeError::Prefix).and_then(uri)
    }
}

fn strip_prefix<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let (start, rest) = text.split_at_checked(prefix.len())?;
    start.eq_ignore_ascii_case(prefix).then_some(rest)
}

/// Reads the attributes of a formatted string; attributes that are cut off are ANY.
fn formatted(text: &str) -> Result<Cpe, ParseCpeError> {
    let (mut part, mut values) = ("", <[Option<String>; 10]>::default());
    for (number, raw) in split_unescaped(text).enumerate() {
        match number {
            0 => part = raw,
            1..=10 => values[number - 1] = unescape(raw)?,
            _ => return Err(ParseCpeError::TooMany),
        }
    }
    Cpe::from_attributes(part, values)
}

/// Splits at colons without a backslash before them.
fn split_unescaped(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest?;
        let mut escaped = false;
        let end = text.bytes().position(|byte| {
            let ends = byte == b':' && !escaped;
            escaped = byte == b'\\' && !escaped;
            ends
        });
        let (value, after) = end.map_or((text, None), |at| (&text[..at], Some(&text[at + 1..])));
        rest = after;
        Some(value)
    })
}

fn unescape(raw: &str) -> Result<Option<String>, ParseCpeError> {
    match raw {
        "" | "*" => return Ok(None),
        "-" => return Ok(Some("-".to_owned())),
        _ => {}
    }
    // Nearly all are plain, and inventories bring one a component.
    if raw.is_ascii() && !raw.contains('\\') {
        return Ok(Some(raw.to_ascii_lowercase()));
    }
    let mut value = String::with_capacity(raw.len());
    let mut letters = raw.chars();
    while let Some(letter) = letters.next() {
        if letter == '\\' {
            push_literal(&mut value, letters.next().ok_or(ParseCpeError::Escape)?, raw.len() == 2);
        } else {
            value.extend(letter.to_lowercase());
        }
    }
    Ok(Some(value))
}

/// Adds a character that stands for itself; the few that would mean more keep a backslash.
fn push_literal(value: &mut String, letter: char, alone: bool) {
    if matches!(letter, '*' | '?' | '\\') || (letter == '-' && alone) {
        value.push('\\');
    }
    value.extend(letter.to_lowercase());
}

/// Reads a URI: seven attributes, the edition perhaps five packed into one (`~ed~sw~ts~th~other`).
fn uri(text: &str) -> Result<Cpe, ParseCpeError> {
    let mut raw = [""; 7];
    for (number, attribute) in text.split(':').enumerate() {
        *raw.get_mut(number).ok_or(ParseCpeError::TooMany)? = attribute;
    }
    let [part, vendor, product, version, update, edition, language] = raw;
    let mut packed = [edition, "", "", "", ""];
    if let Some(rest) = edition.strip_prefix('~') {
        packed[0] = "";
        for (number, attribute) in rest.split('~').enumerate() {
            *packed.get_mut(number).ok_or(ParseCpeError::TooMany)? = attribute;
        }
    }
    let [edition, software, target_software, target_hardware, other] = packed;
    let order = [
        vendor,
        product,
        version,
        update,
        edition,
        language,
        software,
        target_software,
        target_hardware,
        other,
    ];
    let mut values = <[Option<String>; 10]>::default();
    for (value, raw) in values.iter_mut().zip(order) {
        // `%02` alone is the wildcard alone, which is ANY under another spelling.
        *value = decode(raw)?.filter(|value| value != "*");
    }
    Cpe::from_attributes(part, values)
}

fn decode(raw: &str) -> Result<Option<String>, ParseCpeError> {
    match raw {
        "" | "*" => return Ok(None),
        "-" => return Ok(Some("-".to_owned())),
        _ => {}
    }
    let mut value = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some((plain, escaped)) = rest.split_once('%') {
        push_plain(&mut value, plain);
        let (digits, tail) = escaped.split_at_checked(2).ok_or(ParseCpeError::Escape)?;
        match u8::from_str_radix(digits, 16).map_err(|_| ParseCpeError::Escape)? {
            1 => value.push('?'),
            2 => value.push('*'),
            byte => push_literal(&mut value, char::from(byte), false),
        }
        rest = tail;
    }
    push_plain(&mut value, rest);
    Ok(Some(value))
}

/// Adds text of a URI; a backslash has no meaning there.
fn push_plain(value: &mut String, text: &str) {
    for letter in text.chars() {
        match letter {
            '\\' => push_literal(value, letter, false),
            letter => value.extend(letter.to_lowercase()),
        }
    }
}

/// Whether a value has a `*` or `?` that stands for other characters.
fn has_wildcard(value: &str) -> bool {
    letters(value).any(|letter| matches!(letter, Letter::Any | Letter::One)) || value == "-"
}

/// One character of a value, escapes resolved.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Letter {
    Plain(char),
    Any,
    One,
}

fn letters(value: &str) -> impl Iterator<Item = Letter> {
    let mut rest = value.chars();
    std::iter::from_fn(move || {
        Some(match rest.next()? {
            '\\' => Letter::Plain(rest.next().unwrap_or('\\')),
            '*' => Letter::Any,
            '?' => Letter::One,
            letter => Letter::Plain(letter),
        })
    })
}

/// Whether a pattern with wildcards matches a value. NA is a word of its own, matched by no
/// pattern. Steps back to the last `*` only: at worst the product of the two lengths.
fn is_like(pattern: &str, value: &str) -> bool {
    if pattern == "-" || value == "-" {
        return false;
    }
    let (pattern, value): (Vec<_>, Vec<_>) = (letters(pattern).collect(), letters(value).collect());
    let (mut at, mut seen, mut star) = (0, 0, None);
    while seen < value.len() {
        match pattern.get(at) {
            Some(Letter::Any) => {
                star = Some((at, seen));
                at += 1;
            }
            Some(letter) if *letter == Letter::One || *letter == value[seen] => {
                at += 1;
                seen += 1;
            }
            _ => match star.as_mut() {
                Some((star_at, star_seen)) => {
                    *star_seen += 1;
                    (at, seen) = (*star_at + 1, *star_seen);
                }
                None => return false,
            },
        }
    }
    pattern[at..].iter().all(|letter| *letter == Letter::Any)
}

impl fmt::Display for Cpe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cpe:2.3:{}", self.part.unwrap_or('*'))?;
        for value in self.attributes() {
            f.write_str(":")?;
            write_value(f, value)?;
        }
        Ok(())
    }
}

fn write_value(f: &mut fmt::Formatter<'_>, value: Option<&str>) -> fmt::Result {
    let Some(value) = value else { return f.write_str("*") };
    if matches!(value, "-" | "\\-") {
        return f.write_str(value);
    }
    for letter in letters(value) {
        match letter {
            Letter::Any => f.write_str("*")?,
            Letter::One => f.write_str("?")?,
            Letter::Plain(letter) if letter.is_ascii_punctuation() && !plain(letter) => {
                write!(f, "\\{letter}")?;
            }
            Letter::Plain(letter) => write!(f, "{letter}")?,
        }
    }
    Ok(())
}

/// Punctuation that the formatted string leaves unquoted.
fn plain(letter: char) -> bool {
    matches!(letter, '.' | '-' | '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wildcard_alone_reads_back_as_the_same_name() {
        let name = cpe("cpe:/a:joomla:joomla:%02");
        assert_eq!(name.version, None);
        assert_eq!(name.to_string().parse::<Cpe>(), Ok(name));
    }

    fn cpe(text: &str) -> Cpe {
        text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
    }

    #[test]
    fn both_bindings_print_as_one_formatted_string() {
        #[rustfmt::skip]
        let table = [
            // text                                                   printed                                                          why
            ("cpe:2.3:a:apache:log4j:2.0:rc1:*:*:*:*:*:*",            "cpe:2.3:a:apache:log4j:2.0:rc1:*:*:*:*:*:*",                    "as it is"),
            ("cpe:2.3:a:Apache:Log4J:2.0:-:*:*:*:*:*:*",              "cpe:2.3:a:apache:log4j:2.0:-:*:*:*:*:*:*",                      "case folds, NA stays"),
            (r"cpe:2.3:a:joomla:joomla\!:3.0:*:*:*:*:*:*:*",          r"cpe:2.3:a:joomla:joomla\!:3.0:*:*:*:*:*:*:*",                  "a quoted mark"),
            (r"cpe:2.3:a:x:a\:b:1\.0:*:*:*:*:*:*:*",                  r"cpe:2.3:a:x:a\:b:1.0:*:*:*:*:*:*:*",                           "a quoted colon does not split"),
            (r"cpe:2.3:a:x:c\+\+:*:*:*:*:*:*:*:*",                    r"cpe:2.3:a:x:c\+\+:*:*:*:*:*:*:*:*",                            "two quoted marks"),
            (r"cpe:2.3:a:x:a\\b\*:*:*:*:*:*:*:*:*",                   r"cpe:2.3:a:x:a\\b\*:*:*:*:*:*:*:*:*",                           "literal backslash and star"),
            ("cpe:2.3:a:x:win*:1.?:*:*:*:*:*:*:*",                    "cpe:2.3:a:x:win*:1.?:*:*:*:*:*:*:*",                            "wildcards stay"),
            ("cpe:2.3:a:x:y",                                         "cpe:2.3:a:x:y:*:*:*:*:*:*:*:*",                                 "cut off is ANY"),
            ("cpe:/a:apache:log4j:2.14.1",                            "cpe:2.3:a:apache:log4j:2.14.1:*:*:*:*:*:*:*",                   "URI"),
            ("cpe:/o:microsoft:windows_10:-:sp1::ko",                 "cpe:2.3:o:microsoft:windows_10:-:sp1:*:ko:*:*:*:*",             "URI with NA and language"),
            ("cpe:/a:hp:insight:7.4.0.1570:-:~~online~win2003~x64~",  "cpe:2.3:a:hp:insight:7.4.0.1570:-:*:*:online:win2003:x64:*",    "packed edition"),
            ("cpe:/a:joomla:joomla:%02",                              "cpe:2.3:a:joomla:joomla:*:*:*:*:*:*:*:*",                     "a wildcard alone is any"),
            ("cpe:/a:joomla:joomla%21:3",                             r"cpe:2.3:a:joomla:joomla\!:3:*:*:*:*:*:*:*",                    "percent escape"),
            ("cpe:/a:x:y%02:1%01",                                    "cpe:2.3:a:x:y*:1?:*:*:*:*:*:*:*",                               "wildcards of URIs"),
        ];
        for (text, printed, why) in table {
            assert_eq!(cpe(text).to_string(), printed, "{why}");
            assert_eq!(cpe(printed), cpe(text), "{why}");
        }
    }

    #[test]
    fn bad_texts_are_refused() {
        #[rustfmt::skip]
        let table = [
            ("log4j",                                     ParseCpeError::Prefix),
            ("cpe:2.2:a:x:y",                             ParseCpeError::Prefix),
            ("cpe:2.3:q:x:y",                             ParseCpeError::Part),
            ("cpe:2.3:a:x:y:1:1:1:1:1:1:1:1:1",           ParseCpeError::TooMany),
            ("cpe:/a:1:2:3:4:5:6:7",                      ParseCpeError::TooMany),
            ("cpe:/a:x%2",                                ParseCpeError::Escape),
            ("cpe:/a:x%zz",                               ParseCpeError::Escape),
            ("cpe:/a:x%한",                               ParseCpeError::Escape),
            ("cpe:2.3:a:x\\",                             ParseCpeError::Escape),
        ];
        for (text, error) in table {
            assert_eq!(text.parse::<Cpe>(), Err(error), "{text}");
        }
        let long = format!("cpe:2.3:a:{}", "x".repeat(5_000));
        assert_eq!(long.parse::<Cpe>(), Err(ParseCpeError::TooLong));
    }

    #[test]
    fn a_name_covers_what_it_leaves_open_and_nothing_else() {
        #[rustfmt::skip]
        let table = [
            // wide                                  narrow                              covers  why
            ("cpe:2.3:a:x:y:*:*:*:*:*:*:*:*",        "cpe:2.3:a:x:y:1:*:*:*:*:*:*:*",    true,   "any version"),
            ("cpe:2.3:a:x:y:1:*:*:*:*:*:*:*",        "cpe:2.3:a:x:y:*:*:*:*:*:*:*:*",    false,  "one version is not any"),
            ("cpe:2.3:a:x:y:1:-:*:*:*:*:*:*",        "cpe:2.3:a:x:y:1:sp1:*:*:*:*:*:*",  false,  "no update is not sp1"),
            ("cpe:2.3:a:x:y:1:-:*:*:*:*:*:*",        "cpe:2.3:a:x:y:1:-:*:*:*:*:*:*",    true,   "NA is NA"),
            ("cpe:2.3:a:x:y:1.*:*:*:*:*:*:*:*",      "cpe:2.3:a:x:y:1.22:*:*:*:*:*:*:*", true,   "wildcard"),
            ("cpe:2.3:a:x:y:1.?:*:*:*:*:*:*:*",      "cpe:2.3:a:x:y:1.22:*:*:*:*:*:*:*", false,  "one character"),
            ("cpe:2.3:a:x:y:*a*b:*:*:*:*:*:*:*",     "cpe:2.3:a:x:y:aaxab:*:*:*:*:*:*:*", true,  "stars step back"),
            (r"cpe:2.3:a:x:y\*:*:*:*:*:*:*:*:*",     "cpe:2.3:a:x:yz:*:*:*:*:*:*:*:*",   false,  "a literal star is no wildcard"),
            ("cpe:2.3:a:x:y:**:*:*:*:*:*:*:*",       "cpe:2.3:a:x:y:-:*:*:*:*:*:*:*",    false,  "NA is matched by no pattern"),
            ("cpe:2.3:o:x:y:*:*:*:*:*:*:*:*",        "cpe:2.3:a:x:y:1:*:*:*:*:*:*:*",    false,  "another part"),
            ("cpe:2.3:*:x:y:*:*:*:*:*:node.js:*:*",  "cpe:2.3:a:x:y:1:*:*:*:*:node.js:*:*", true, "target software"),
        ];
        for (wide, narrow, covers, why) in table {
            assert_eq!(cpe(wide).covers(&cpe(narrow)), covers, "{why}");
        }
    }

    #[test]
    fn a_name_with_wildcards_names_no_product() {
        let product = |text: &str| cpe(text).product_name().map(|name| name.to_string());
        assert_eq!(
            product("cpe:2.3:a:apache:log4j:2:*:*:*:*:*:*:*").as_deref(),
            Some("apache/log4j")
        );
        assert_eq!(product(r"cpe:2.3:a:joomla:joomla\!:*").as_deref(), Some("joomla/joomla"));
        assert_eq!(product("cpe:2.3:a:apache:log*:*"), None);
        assert_eq!(product("cpe:2.3:a:*:log4j:*"), None);
        assert_eq!(product("cpe:2.3:a:apache:-:*"), None);
    }
}
