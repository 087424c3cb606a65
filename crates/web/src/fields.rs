//! The fields of a form, as the JSON that the API takes. A name says where a value stands and what it is:
//! `text.title_ko`, `text.legal_basis?` (left out where empty), `until:when`, `limit:number`, `everybody:flag`,
//! `sizes:list`, `evidence:digest`. Names that begin with an underscore are for the page, not for the API.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::time::Duration;

use aws_lc_rs::digest::{SHA256, digest};
use axum::body::{Body, to_bytes};
use jiff::civil::DateTime;
use serde_json::{Map, Value};

use crate::visitor::Zone;

/// What was sent: in order, names may come twice.
#[derive(Clone, Debug, Default)]
pub(crate) struct Fields(Vec<(String, String)>);

/// A field that cannot be read.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{name}")]
pub(crate) struct Wrong {
    /// Its name, as the form has it.
    pub(crate) name: String,
    /// What it should have been: a word of the table.
    pub(crate) wants: &'static str,
}

/// Fields of one form, at most.
const MOST: usize = 200;

/// A name of a field, in bytes, at most.
const LONGEST_NAME: usize = 128;

/// Parts of a name, at most: each is an object inside another.
const DEEPEST: usize = 6;

/// How long a form without files may take in all.
const LONGEST: Duration = Duration::from_secs(20);

impl Fields {
    /// Receives a form without files, of so many bytes at most; nothing where it is larger, slower or cut off.
    pub(crate) async fn receive(body: Body, largest: usize) -> Option<Self> {
        let body = tokio::time::timeout(LONGEST, to_bytes(body, largest)).await;
        body.ok()?.ok().map(|body| Self::read(&body))
    }

    /// Reads what a browser sends without files.
    pub(crate) fn read(body: &[u8]) -> Self {
        let pairs = url::form_urlencoded::parse(body).take(MOST);
        Self(pairs.map(|(name, value)| (name.into_owned(), value.into_owned())).collect())
    }

    /// Adds one more.
    pub(crate) fn add(&mut self, name: String, value: String) {
        if self.0.len() < MOST {
            self.0.push((name, value));
        }
    }

    /// What a field says; nothing where it is not there, or empty.
    pub(crate) fn find(&self, name: &str) -> Option<&str> {
        let value = self.0.iter().find(|(one, _)| one == name).map(|(_, value)| value.as_str());
        value.filter(|value| !value.is_empty())
    }

    /// Everything that was sent, by its whole name, in order.
    pub(crate) fn all(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Everything that was typed, for a page that shows it again.
    pub(crate) fn kept(&self) -> BTreeMap<&str, &str> {
        let typed = self.0.iter().filter(|(name, _)| !name.starts_with('_'));
        typed.map(|(name, value)| (bare(name), value.as_str())).collect()
    }

    /// The body that the API takes.
    ///
    /// # Errors
    /// [`Wrong`] with the first field that cannot be read.
    pub(crate) fn body(&self, zone: &Zone) -> Result<Value, Wrong> {
        let mut body = Map::new();
        for (name, value) in self.0.iter().filter(|(name, _)| !name.starts_with('_')) {
            let (path, kind) = name.split_once(':').unwrap_or((name, "text"));
            let (path, optional) =
                path.strip_suffix('?').map_or((path, false), |path| (path, true));
            let value = value.trim();
            if optional && value.is_empty() {
                continue;
            }
            if name.len() > LONGEST_NAME || path.split('.').count() > DEEPEST {
                return Err(Wrong { name: "…".to_owned(), wants: "wrong.name" });
            }
            let wants = |wants| Wrong { name: bare(name).to_owned(), wants };
            // A digest of nothing proves nothing; a file may stand for what was not typed.
            if kind == "digest" && value.is_empty() {
                if self.find(path).is_some() {
                    continue;
                }
                return Err(wants("wrong.evidence"));
            }
            // Of two proofs one would be dropped without a word.
            if kind == "digest" && self.find(path).is_some() {
                return Err(wants("wrong.one_proof"));
            }
            let value = typed(kind, value, zone).map_err(wants)?;
            put(&mut body, path, value, kind == "list");
        }
        Ok(Value::Object(body))
    }
}

/// A name without what it says of its value.
fn bare(name: &str) -> &str {
    let name = name.split_once(':').map_or(name, |(path, _)| path);
    name.strip_suffix('?').unwrap_or(name)
}

fn typed(kind: &str, value: &str, zone: &Zone) -> Result<Value, &'static str> {
    Ok(match kind {
        "when" => Value::from(instant(value, zone).ok_or("wrong.when")?),
        "number" => Value::from(value.parse::<i64>().map_err(|_| "wrong.number")?),
        "flag" => Value::from(matches!(value, "on" | "true" | "yes")),
        "digest" => Value::from(hex(digest(&SHA256, value.as_bytes()).as_ref())),
        _ => Value::from(value.replace("\r\n", "\n")),
    })
}

/// SHA-256, as the API writes it.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}"); // a string takes everything
        text
    })
}

/// An instant as an input of a browser writes it, on the visitor's clock; or as RFC 3339 has it.
fn instant(value: &str, zone: &Zone) -> Option<String> {
    if let Ok(instant) = value.parse::<jiff::Timestamp>() {
        return Some(instant.to_string());
    }
    let local: DateTime = value.parse().ok()?;
    Some(local.to_zoned(zone.time_zone()).ok()?.timestamp().to_string())
}

fn put(body: &mut Map<String, Value>, path: &str, value: Value, list: bool) {
    let Some((first, rest)) = path.split_once('.') else {
        if list {
            let all = body.entry(path).or_insert_with(|| Value::Array(Vec::new()));
            if let Value::Array(all) = all {
                all.push(value);
            }
        } else {
            body.insert(path.to_owned(), value);
        }
        return;
    };
    let inner = body.entry(first).or_insert_with(|| Value::Object(Map::new()));
    if let Value::Object(inner) = inner {
        put(inner, rest, value, list);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn names_say_where_a_value_stands_and_what_it_is() {
        let fields = Fields::read(
            b"_key=k&answer=plan&until:when=2026-11-23T18:00&text.title_ko=%EB%B4%89&text.legal_basis?=&sizes:list=small&sizes:list=large&ask:flag=on&limit:number=5",
        );
        let body = fields.body(&Zone::default()).unwrap();
        let wanted = json!({
            "answer": "plan", "until": "2026-11-23T09:00:00Z", "text": { "title_ko": "봉" },
            "sizes": ["small", "large"], "ask": true, "limit": 5,
        });
        assert_eq!(body, wanted);
        assert_eq!(fields.find("_key"), Some("k"));
        assert_eq!(fields.kept().get("text.title_ko"), Some(&"봉"));
    }

    #[tokio::test]
    async fn a_form_that_is_too_large_is_not_held() {
        assert!(Fields::receive(Body::from("a=12"), 4).await.is_some());
        assert!(Fields::receive(Body::from("a=123"), 4).await.is_none());
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        let fields = Fields::read(b"until:when=tomorrow");
        let wrong = fields.body(&Zone::default()).unwrap_err();
        assert_eq!((wrong.name.as_str(), wrong.wants), ("until", "wrong.when"));
    }

    #[test]
    fn a_name_is_no_deeper_and_no_longer_than_our_forms_write_it() {
        let wrong = |name: &str| {
            let body = Fields::read(format!("{name}=1").as_bytes()).body(&Zone::default());
            body.err().map(|wrong| wrong.wants)
        };
        assert_eq!(wrong(&"a.".repeat(500_000)), Some("wrong.name"));
        assert_eq!(wrong("a.b.c.d.e.f.g"), Some("wrong.name"));
        assert_eq!(wrong(&"a".repeat(129)), Some("wrong.name"));
        assert_eq!(wrong("a.b.c.d.e.f"), None);
    }

    #[test]
    fn evidence_is_named_by_its_digest() {
        let body = Fields::read(b"evidence:digest=abc").body(&Zone::default()).unwrap();
        let of_abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(body["evidence"], of_abc);
    }

    #[test]
    fn nothing_is_no_evidence_but_a_file_stands_for_what_was_not_typed() {
        let wrong = Fields::read(b"evidence:digest=+%0A").body(&Zone::default()).unwrap_err();
        assert_eq!((wrong.name.as_str(), wrong.wants), ("evidence", "wrong.evidence"));
        let mut with_file = Fields::read(b"evidence:digest=");
        with_file.add("evidence".to_owned(), "ab".repeat(32));
        assert_eq!(with_file.body(&Zone::default()).unwrap()["evidence"], "ab".repeat(32));
        let mut both = Fields::read(b"evidence:digest=installed");
        both.add("evidence".to_owned(), "ab".repeat(32));
        assert_eq!(both.body(&Zone::default()).unwrap_err().wants, "wrong.one_proof");
    }
}
