//! What every signal format shares: borrowed text, forgiving lists, times, severities.

use std::borrow::Cow;
use std::fmt;
use std::ops::Deref;

use bongsu_advisory::{Place, Rating, Severity, VulnerabilityId};
use jiff::{Timestamp, civil, tz::TimeZone};
use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};

use super::Inbox;
use crate::bounded::Fault;
use crate::{Error, Limits};

/// A JSON string, borrowed unless it has escapes. Numbers and booleans are read as their text, for
/// feeds that forget the quotes.
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq)]
pub(super) struct Text<'a>(pub(super) Cow<'a, str>);

impl Deref for Text<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Text<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }
            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Text(Cow::Borrowed(text)))
            }
            fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Text(Cow::Owned(text.to_owned())))
            }
            fn visit_u64<E>(self, number: u64) -> Result<Self::Value, E> {
                Ok(Text(Cow::Owned(number.to_string())))
            }
            fn visit_i64<E>(self, number: i64) -> Result<Self::Value, E> {
                Ok(Text(Cow::Owned(number.to_string())))
            }
            fn visit_f64<E>(self, number: f64) -> Result<Self::Value, E> {
                Ok(Text(Cow::Owned(number.to_string())))
            }
        }
        from.deserialize_any(Reader)
    }
}

/// A JSON array; `null` is an empty one.
#[derive(Clone, Debug)]
pub(super) struct List<T>(pub(super) Vec<T>);

impl<T> Default for List<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> Deref for List<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.0
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for List<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Reader<T>(std::marker::PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Reader<T> {
            type Value = List<T>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an array")
            }
            fn visit_unit<E>(self) -> Result<Self::Value, E> {
                Ok(List(Vec::new()))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
                let mut list = Vec::new();
                while let Some(item) = items.next_element()? {
                    list.push(item);
                }
                Ok(List(list))
            }
        }
        from.deserialize_any(Reader(std::marker::PhantomData))
    }
}

/// The members of a JSON object in their order; a key twice is an error.
#[derive(Clone, Debug)]
pub(super) struct Members<'a, T>(pub(super) Vec<(Text<'a>, T)>);

impl<T> Default for Members<'_, T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de: 'a, 'a, T: Deserialize<'de>> Deserialize<'de> for Members<'a, T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Reader<T>(std::marker::PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Reader<T> {
            type Value = Members<'de, T>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members: Vec<(Text<'de>, T)> = Vec::new();
                while let Some((key, value)) = map.next_entry::<Text<'de>, T>()? {
                    if members.iter().any(|(known, _)| *known == key) {
                        return Err(A::Error::custom(format!("duplicate field `{}`", &*key)));
                    }
                    members.push((key, value));
                }
                Ok(Members(members))
            }
        }
        from.deserialize_map(Reader(std::marker::PhantomData))
    }
}

/// What a reader knows while it reads one document.
pub(super) struct Desk<'a, I> {
    /// The format's name in errors.
    pub(super) format: &'static str,
    pub(super) place: &'a Place,
    pub(super) limits: &'a Limits,
    pub(super) inbox: &'a mut I,
}

impl<I: Inbox> Desk<'_, I> {
    /// Sets one field aside; the document goes on.
    pub(super) fn set_aside(&mut self, field: String, detail: String) {
        let reason = Error::Field { format: self.format, detail };
        self.inbox.quarantined(Fault { field: Some(field), reason }.at(self.place));
    }

    /// Reads an identifier, or sets it aside.
    pub(super) fn id(
        &mut self,
        text: &str,
        field: impl FnOnce() -> String,
    ) -> Option<VulnerabilityId> {
        match text.parse() {
            Ok(id) => Some(id),
            Err(error) => {
                self.set_aside(
                    field(),
                    format!("{:?} is not an identifier: {error}", clip(text, 60)),
                );
                None
            }
        }
    }

    /// Refuses a list that is longer than the limit on entries.
    pub(super) fn count(&self, what: &str, count: usize) -> Result<(), Fault> {
        if count <= self.limits.entries {
            return Ok(());
        }
        let limit = self.limits.entries as u64;
        Err(Error::TooLarge { what: format!("the number of {what}"), limit }.into())
    }

    /// Refuses a name or a version that is longer than the limit.
    pub(super) fn name(&self, text: &str, field: impl FnOnce() -> String) -> Result<(), Fault> {
        if text.len() <= self.limits.name_bytes {
            return Ok(());
        }
        let limit = self.limits.name_bytes as u64;
        let reason = Error::TooLarge { what: "a name or version in bytes".to_owned(), limit };
        Err(Fault { field: Some(field()), reason })
    }

    /// A free text, cut to the limit.
    pub(super) fn words(&self, text: &str) -> String {
        clip(text.trim(), self.limits.text_bytes).to_owned()
    }
}

/// The beginning of a text, at most so many bytes.
pub(super) fn clip(text: &str, bytes: usize) -> &str {
    &text[..text.floor_char_boundary(bytes)]
}

/// The first line of a text with words on it, without Markdown's signs, to serve as a summary.
pub(super) fn headline(text: &str) -> String {
    let mut lines = text.lines().map(|line| line.trim_start_matches(['#', ' ', '*', '>']).trim());
    clip(lines.find(|line| !line.is_empty()).unwrap_or_default(), 300).to_owned()
}

/// Reads RFC 3339; a time without an offset is UTC, as CVE and Python's feeds mean it.
///
/// The zero time of Go's encoder and what is no time at all are `None`.
pub(super) fn time(text: &str) -> Option<Timestamp> {
    if text.starts_with("0001-01-01") {
        return None;
    }
    if let Ok(timestamp) = text.parse::<Timestamp>() {
        return Some(timestamp);
    }
    let civil = text
        .parse::<civil::DateTime>()
        .or_else(|_| text.parse::<civil::Date>().map(|date| date.at(0, 0, 0, 0)))
        .ok()?;
    civil.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
}

/// A severity from a CVSS vector: its published score, else the one the vector gives.
///
/// `None` when the vector is none we know and there is no score either.
pub(super) fn cvss(vector: &str, score: Option<f64>, word: Option<&str>) -> Option<Severity> {
    let vector = vector.trim();
    let computed = || {
        let parsed: cvss::Cvss = vector.trim_matches(['(', ')']).parse().ok()?;
        Some((parsed.score() * 10.0).round() / 10.0)
    };
    let score = score.filter(|score| (0.0..=10.0).contains(score)).or_else(computed);
    let rating = score.map(Rating::of_score).or_else(|| Rating::from_word(word?));
    if score.is_none() && rating.is_none() {
        return None;
    }
    let vector = (!vector.is_empty()).then(|| clip(vector, 300).to_owned());
    Some(Severity { vector, score, rating })
}

/// A severity that is only a word, such as `Important`.
pub(super) fn word(word: &str) -> Option<Severity> {
    Some(Severity { vector: None, score: None, rating: Some(Rating::from_word(word)?) })
}
