//! Package URLs (ECMA-427).

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

mod build;
pub(crate) mod percent;
mod rules;

pub use build::PurlBuilder;
use rules::Rule;

/// Longest package URL that is read, in bytes.
pub const MAX_PURL_BYTES: usize = 65_536;

/// A package URL, in canonical form.
///
/// - **Shape:** `pkg:type/namespace/name@version?key=value#subpath`; letter case and separators are
///   folded as the rules of its type say, empty parts are absent.
/// - **Source:** ECMA-427, with the type definitions published beside it.
///
/// ```
/// use bongsu_package::Purl;
///
/// let purl: Purl = "pkg:PYPI/Django_package@1.11".parse()?;
/// assert_eq!(purl.name(), "django-package");
/// assert_eq!(purl.to_string(), "pkg:pypi/django-package@1.11");
/// # Ok::<(), bongsu_package::ParsePurlError>(())
/// ```
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Purl {
    /// Kind, namespace, name, version, subpath, then keys and values, decoded, one after another:
    /// one allocation for millions of them.
    text: Box<str>,
    /// Where each of the first five ends; a part that is absent is empty.
    ends: [u32; PARTS],
    /// Where each key and each value ends, by key.
    qualifiers: Box<[(u32, u32)]>,
}

/// Why a text is not a package URL.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ParsePurlError {
    /// The text does not begin with `pkg:`.
    #[error("a package URL begins with `pkg:`, such as `pkg:npm/left-pad@1.3.0`")]
    Scheme,
    /// The text is longer than [`MAX_PURL_BYTES`].
    #[error("a package URL has at most {MAX_PURL_BYTES} bytes")]
    TooLong,
    /// The type is missing or has other characters than letters, digits, `.` and `-`.
    #[error("a package URL names a type such as `npm` after `pkg:`")]
    Kind,
    /// The type wants a namespace and there is none, or wants none and there is one.
    #[error("this type of package URL has a namespace where it may not, or lacks one")]
    Namespace,
    /// There is no name, or the type does not allow this one.
    #[error("a package URL has a name its type allows, such as `pkg:npm/left-pad`")]
    Name,
    /// The type does not allow this version.
    #[error("the type of the package URL does not allow this version")]
    Version,
    /// A qualifier's key has a character other than letters, digits, `.`, `-` and `_`, or occurs
    /// twice.
    #[error("a qualifier's key has letters, digits, `.`, `-` and `_`, and occurs once")]
    Qualifier,
    /// The type wants a qualifier that is not there.
    #[error("this type of package URL needs the qualifier `{0}`")]
    MissingQualifier(&'static str),
    /// A `%` without two hexadecimal digits, or bytes that are not UTF-8.
    #[error("a `%` in a package URL is followed by two hexadecimal digits and spells UTF-8")]
    Percent,
}

impl Purl {
    /// Starts a package URL from its decoded parts.
    pub fn builder<'a>(kind: &'a str, name: &'a str) -> PurlBuilder<'a> {
        PurlBuilder::new(kind, name)
    }

    /// The type, lower case, such as `npm` or `deb`; non-standard types are kept as written.
    pub fn kind(&self) -> &str {
        self.part(KIND)
    }

    /// The namespace, decoded, segments joined by `/`.
    pub fn namespace(&self) -> Option<&str> {
        present(self.part(NAMESPACE))
    }

    /// The name, decoded.
    pub fn name(&self) -> &str {
        self.part(NAME)
    }

    /// The version, decoded.
    pub fn version(&self) -> Option<&str> {
        present(self.part(VERSION))
    }

    /// The version with the `epoch` qualifier in front, as the orders of `deb` and `rpm` want it.
    ///
    /// An epoch that the version itself carries wins; `epoch=0` is kept, because a stated zero is
    /// not the same as silence.
    pub fn full_version(&self) -> Option<Cow<'_, str>> {
        let version = self.version()?;
        let epoch = self
            .qualifier("epoch")
            .filter(|epoch| epoch.bytes().all(|byte| byte.is_ascii_digit()))
            .filter(|_| matches!(self.kind(), "rpm" | "deb" | "alpm") && !version.contains(':'));
        Some(match epoch {
            Some(epoch) => Cow::Owned(format!("{epoch}:{version}")),
            None => Cow::Borrowed(version),
        })
    }

    /// A qualifier by its lower-case key, decoded.
    pub fn qualifier(&self, key: &str) -> Option<&str> {
        self.qualifiers().find(|(known, _)| *known == key).map(|(_, value)| value)
    }

    /// All qualifiers, decoded, by key.
    pub fn qualifiers(&self) -> impl Iterator<Item = (&str, &str)> {
        let mut start = self.ends[SUBPATH] as usize;
        self.qualifiers.iter().map(move |&(key_end, value_end)| {
            let (key_end, value_end) = (key_end as usize, value_end as usize);
            let pair = (&self.text[start..key_end], &self.text[key_end..value_end]);
            start = value_end;
            pair
        })
    }

    /// The subpath, decoded.
    pub fn subpath(&self) -> Option<&str> {
        present(self.part(SUBPATH))
    }

    fn part(&self, part: usize) -> &str {
        let start = part.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.text[start as usize..self.ends[part] as usize]
    }
}

impl FromStr for Purl {
    type Err = ParsePurlError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.len() > MAX_PURL_BYTES {
            return Err(ParsePurlError::TooLong);
        }
        let rest = match text.split_at_checked(4) {
            Some((scheme, rest)) if scheme.eq_ignore_ascii_case("pkg:") => rest,
            _ => return Err(ParsePurlError::Scheme),
        };
        let (rest, subpath) = rest.rsplit_once('#').unwrap_or((rest, ""));
        // A value with an unescaped `?` is common (download addresses), a name with one is not:
        // the first `?` ends the name.
        let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (kind, rest) =
            rest.trim_start_matches('/').split_once('/').ok_or(ParsePurlError::Name)?;
        let (path, version) = split_version(rest)?;
        let mut qualifiers = Vec::new();
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            qualifiers.push(pair.split_once('=').unwrap_or((pair, "")));
        }
        let (namespace, name) = split_name(kind, path.trim_matches('/'));
        Raw { kind, namespace, name, version, qualifiers, subpath, encoded: true }
            .assemble(text.len())
    }
}

/// The parts as they were given, encoded or not.
struct Raw<'a> {
    kind: &'a str,
    namespace: &'a str,
    name: &'a str,
    version: &'a str,
    qualifiers: Vec<(&'a str, &'a str)>,
    subpath: &'a str,
    encoded: bool,
}

impl<'a> Raw<'a> {
    /// Checks every part by the rules of the type and writes them one after another.
    fn assemble(mut self, capacity: usize) -> Result<Purl, ParsePurlError> {
        let mut text = String::with_capacity(capacity);
        let mut ends = [0; PARTS];
        if !is_kind(self.kind) {
            return Err(ParsePurlError::Kind);
        }
        text.push_str(self.kind);
        text.make_ascii_lowercase();
        let rule = Rule::of(&text);
        ends[KIND] = position(&text);
        self.write_path(&mut text, self.namespace, |_| true)?;
        ends[NAMESPACE] = position(&text);
        self.write(&mut text, self.name)?;
        ends[NAME] = position(&text);
        self.write(&mut text, self.version)?;
        ends[VERSION] = position(&text);
        self.write_path(&mut text, self.subpath, |segment| !matches!(segment, "." | ".."))?;
        ends[SUBPATH] = position(&text);
        self.sort_qualifiers()?;
        let mut qualifiers = Vec::with_capacity(self.qualifiers.len());
        for &(key, value) in &self.qualifiers {
            let start = text.len();
            text.push_str(key);
            text[start..].make_ascii_lowercase();
            let key_end = position(&text);
            self.write(&mut text, value)?;
            qualifiers.push((key_end, position(&text)));
        }
        let purl = Purl { text: text.into(), ends, qualifiers: qualifiers.into() };
        rule.apply(purl, !self.encoded)
    }

    /// Drops empty values, refuses bad and repeated keys, sorts by lower-case key.
    fn sort_qualifiers(&mut self) -> Result<(), ParsePurlError> {
        if !self.qualifiers.iter().all(|(key, _)| is_key(key)) {
            return Err(ParsePurlError::Qualifier);
        }
        self.qualifiers.retain(|(_, value)| !value.is_empty());
        let lower = |key: &'a str| key.bytes().map(|byte| byte.to_ascii_lowercase());
        if !self.qualifiers.is_sorted_by(|left, right| lower(left.0).lt(lower(right.0))) {
            self.qualifiers.sort_by(|left, right| lower(left.0).cmp(lower(right.0)));
            let twice = |pair: &[(&str, &str)]| pair[0].0.eq_ignore_ascii_case(pair[1].0);
            if self.qualifiers.windows(2).any(twice) {
                return Err(ParsePurlError::Qualifier);
            }
        }
        Ok(())
    }

    fn write(&self, text: &mut String, part: &str) -> Result<(), ParsePurlError> {
        if self.encoded {
            return percent::decode(part, text).ok_or(ParsePurlError::Percent);
        }
        text.push_str(part);
        Ok(())
    }

    /// Writes the segments that are not empty and that `keep` wants, joined by `/`.
    ///
    /// A segment may not hold a slash (ECMA-427); tools that encode one mean a separator.
    fn write_path(
        &self,
        text: &mut String,
        path: &str,
        keep: impl Fn(&str) -> bool,
    ) -> Result<(), ParsePurlError> {
        let start = text.len();
        let mut decoded = String::new();
        for written in path.split('/') {
            decoded.clear();
            self.write(&mut decoded, written)?;
            // `%2F` separates segments as `/` does, and `%2E%2E` is `..` too.
            for segment in decoded.split('/').filter(|part| !part.is_empty() && keep(part)) {
                if text.len() > start {
                    text.push('/');
                }
                text.push_str(segment);
            }
        }
        Ok(())
    }
}

/// Splits at the last `@` that does not open a scope (`@babel/core`).
fn split_version(path: &str) -> Result<(&str, &str), ParsePurlError> {
    let Some((before, after)) = path.rsplit_once('@') else { return Ok((path, "")) };
    if !before.is_empty() && !before.ends_with('/') {
        return Ok((before, after));
    }
    if after.contains('/') { Ok((path, "")) } else { Err(ParsePurlError::Name) }
}

/// The last segment is the name; for `git` it is everything after the host.
fn split_name<'a>(kind: &str, path: &'a str) -> (&'a str, &'a str) {
    let split =
        if kind.eq_ignore_ascii_case("git") { path.split_once('/') } else { path.rsplit_once('/') };
    split.unwrap_or(("", path))
}

fn is_kind(kind: &str) -> bool {
    kind.starts_with(|first: char| first.is_ascii_alphabetic())
        && kind.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-'))
}

fn is_key(key: &str) -> bool {
    key.starts_with(|first: char| first.is_ascii_alphabetic())
        && key
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_'))
}

fn present(part: &str) -> Option<&str> {
    (!part.is_empty()).then_some(part)
}

/// The end of what is written. Parts never grow beyond three times [`MAX_PURL_BYTES`].
fn position(text: &str) -> u32 {
    u32::try_from(text.len()).unwrap_or(u32::MAX)
}

impl fmt::Display for Purl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "pkg:{}", self.kind())?;
        for segment in self.namespace().iter().flat_map(|namespace| namespace.split('/')) {
            f.write_str("/")?;
            percent::encode(segment, f)?;
        }
        f.write_str("/")?;
        if self.kind() == "git" {
            percent::encode_path(self.name(), f)?;
        } else {
            percent::encode(self.name(), f)?;
        }
        if let Some(version) = self.version() {
            f.write_str("@")?;
            percent::encode(version, f)?;
        }
        for (number, (key, value)) in self.qualifiers().enumerate() {
            write!(f, "{}{key}=", if number == 0 { '?' } else { '&' })?;
            percent::encode(value, f)?;
        }
        if let Some(subpath) = self.subpath() {
            f.write_str("#")?;
            percent::encode_path(subpath, f)?;
        }
        Ok(())
    }
}

const PARTS: usize = 5;
const KIND: usize = 0;
const NAMESPACE: usize = 1;
const NAME: usize = 2;
const VERSION: usize = 3;
const SUBPATH: usize = 4;
