//! How things are spelt on the wire: ids, instants, digests, texts of bounded length and the words of our vocabularies.
//!
//! Fields keep their own types; what stands here describes them, with `#[schemars(with = "…")]`, or bounds them.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::marker::PhantomData;

use bongsu_authority::access::ActKind;
use bongsu_authority::alert::Scheme;
use bongsu_authority::{Domain, Grade, Label, Mark, Ownership, Post, Power, Size, Tlp};
use bongsu_response::{
    ActState, CaseState, Exploitation, Exposure, Fix, Impact, Mission, Origin, RemediationClass,
    Remedy, Status,
};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// An id: 26 characters of Crockford's base 32, lower case.
pub(crate) struct Id;

/// What an id looks like.
pub(crate) const ID: &str = "^[0-7][0-9a-hjkmnp-tv-z]{25}$";

impl JsonSchema for Id {
    fn schema_name() -> Cow<'static, str> {
        "Id".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": ID })
    }
}

/// An instant with its offset.
pub(crate) struct When;

impl JsonSchema for When {
    fn schema_name() -> Cow<'static, str> {
        "When".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "format": "date-time" })
    }
}

/// SHA-256 in 64 hex digits, lower case.
pub(crate) struct Digest;

impl JsonSchema for Digest {
    fn schema_name() -> Cow<'static, str> {
        "Digest".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": "^[0-9a-f]{64}$" })
    }
}

/// The code of a station.
pub(crate) struct Station;

/// What the code of a station looks like.
pub(crate) const STATION: &str = "^(APEX|(LEAD|COORD)_(PRIV|PUB|MIL)|CRISIS_UNIT|PRIVACY_REG|POLICE|DIPLO|(SECTOR|RELAY|PARTNER)_[A-Z0-9_]{1,20})$";

impl JsonSchema for Station {
    fn schema_name() -> Cow<'static, str> {
        "Station".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": STATION })
    }
}

/// A text of at most `MOST` characters, none of which controls a terminal.
#[derive(Clone, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) struct Text<const MOST: usize>(pub(crate) String);

/// What a text looks like: nothing that controls a terminal, but ends of lines and tabs.
pub(crate) const PLAIN: &str = "^[^\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f]*$";

/// What a name on one line looks like: nothing that controls a terminal.
pub(crate) const ONE_LINE: &str = "^[^\\x00-\\x1f\\x7f-\\x9f]*$";

/// One line.
pub(crate) type Line = Text<300>;

/// A paragraph or some.
pub(crate) type Passage = Text<8000>;

impl<'de, const MOST: usize> Deserialize<'de> for Text<MOST> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        if text.chars().count() > MOST {
            return Err(D::Error::custom(format_args!("a text is longer than {MOST} characters")));
        }
        if text.chars().any(|c| c.is_control() && c != '\n' && c != '\t') {
            return Err(D::Error::custom("a text has control characters: send plain text"));
        }
        Ok(Self(text))
    }
}

impl<const MOST: usize> Serialize for Text<MOST> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<const MOST: usize> JsonSchema for Text<MOST> {
    fn schema_name() -> Cow<'static, str> {
        format!("Text{MOST}").into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "maxLength": MOST, "pattern": PLAIN })
    }
}

/// An identifier of a flaw: 1 to 100 visible ASCII characters.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize)]
pub(crate) struct Identifier(pub(crate) String);

impl<'de> Deserialize<'de> for Identifier {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        if (1..=100).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Ok(Self(text));
        }
        let said = "an identifier has 1 to 100 visible ASCII characters, such as CVE-2021-44228";
        Err(D::Error::custom(said))
    }
}

impl JsonSchema for Identifier {
    fn schema_name() -> Cow<'static, str> {
        "Identifier".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": "^[!-~]{1,100}$" })
    }
}

/// A list of at most `MOST` things.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Few<T, const MOST: usize>(pub(crate) Vec<T>);

impl<T, const MOST: usize> Default for Few<T, MOST> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, T: Deserialize<'de>, const MOST: usize> Deserialize<'de> for Few<T, MOST> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let all = Vec::deserialize(deserializer)?;
        if all.len() > MOST {
            return Err(D::Error::custom(format_args!("a list has more than {MOST} entries")));
        }
        Ok(Self(all))
    }
}

impl<T: JsonSchema, const MOST: usize> JsonSchema for Few<T, MOST> {
    fn schema_name() -> Cow<'static, str> {
        format!("Few{MOST}{}", T::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let items = generator.subschema_for::<T>();
        json_schema!({ "type": "array", "items": items, "maxItems": MOST })
    }
}

/// Describes a set of at most `MOST` different things; [`distinct`] reads one.
pub(crate) struct Distinct<T, const MOST: usize>(PhantomData<T>);

impl<T: JsonSchema, const MOST: usize> JsonSchema for Distinct<T, MOST> {
    fn schema_name() -> Cow<'static, str> {
        format!("Distinct{MOST}{}", T::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let items = generator.subschema_for::<T>();
        json_schema!({ "type": "array", "items": items, "maxItems": MOST, "uniqueItems": true })
    }
}

/// Reads a set: whoever names something twice, or too much, hears of it.
///
/// # Errors
/// The reader's own.
pub(crate) fn distinct<'de, D, T, const MOST: usize>(from: D) -> Result<BTreeSet<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de> + Ord,
{
    let Few(all) = Few::<T, MOST>::deserialize(from)?;
    let count = all.len();
    let set: BTreeSet<T> = all.into_iter().collect();
    if set.len() < count {
        return Err(D::Error::custom("a list names something twice: name each once"));
    }
    Ok(set)
}

/// One word of a vocabulary.
pub(crate) struct Word<T>(PhantomData<T>);

/// A vocabulary: a closed list of words, spelt as they are recorded.
pub(crate) trait Vocabulary: Serialize + 'static {
    const NAME: &'static str;
    fn all() -> Vec<Self>
    where
        Self: Sized;
}

impl<T: Vocabulary> JsonSchema for Word<T> {
    fn schema_name() -> Cow<'static, str> {
        T::NAME.into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let spelt = |word| serde_json::to_value(word).expect("a word is text");
        let words: Vec<serde_json::Value> = T::all().into_iter().map(spelt).collect();
        json_schema!({ "type": "string", "enum": words })
    }
}

macro_rules! vocabularies {
    ($($type:ident: $all:expr;)*) => {$(
        impl Vocabulary for $type {
            const NAME: &'static str = stringify!($type);
            fn all() -> Vec<Self> { ($all).to_vec() }
        }
    )*};
}

vocabularies! {
    Status: Status::ALL;
    Remedy: Remedy::ALL;
    RemediationClass: RemediationClass::ALL;
    Exposure: Exposure::ALL;
    ActState: ActState::ALL;
    ActKind: ActKind::ALL;
    CaseState: CaseState::ALL;
    Origin: Origin::ALL;
    Exploitation: Exploitation::ALL;
    Fix: Fix::ALL;
    Impact: Impact::ALL;
    Mission: Mission::ALL;
    Tlp: [Tlp::Clear, Tlp::Green, Tlp::Amber, Tlp::AmberStrict, Tlp::Red];
    Grade: [Grade::Open, Grade::Sensitive, Grade::Classified];
    Scheme: [Scheme::Cyber, Scheme::Cpcon, Scheme::Administrative];
    Domain: [Domain::Private, Domain::Public, Domain::Military];
    Size: [Size::Small, Size::Medium, Size::Large];
    Ownership: [
        Ownership::Military, Ownership::State, Ownership::Local, Ownership::PublicBody, Ownership::Private,
    ];
    Mark: [
        Mark::Major, Mark::Critical, Mark::IsmsObliged, Mark::SharingMember, Mark::ServiceProvider, Mark::Supplier,
        Mark::AirGapped,
    ];
    Post: [
        Post::Duty, Post::Analyst, Post::Approver, Post::Director, Post::Liaison, Post::Ciso, Post::Cpo,
        Post::Operator, Post::Head, Post::Auditor, Post::Sysadmin, Post::Keyholder, Post::LogVerifier,
    ];
    Power: [Power::See, Power::Acknowledge, Power::Answer, Power::ClaimFixed, Power::Report];
}

/// How far a text may go.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema, Serialize)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Label")]
pub(crate) struct Goes {
    /// TLP 2.0.
    #[schemars(with = "Word<Tlp>")]
    pub(crate) tlp: Tlp,
    /// Grade of the national network security framework.
    #[schemars(with = "Word<Grade>")]
    pub(crate) grade: Grade,
}

impl From<Goes> for Label {
    fn from(goes: Goes) -> Self {
        Self { tlp: goes.tlp, grade: goes.grade }
    }
}

impl From<Label> for Goes {
    fn from(label: Label) -> Self {
        Self { tlp: label.tlp, grade: label.grade }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_bounded_in_characters_and_carries_no_controls() {
        let read = |text: &str| serde_json::from_str::<Text<3>>(text).map(|text| text.0);
        assert_eq!(read(r#""가나다""#).unwrap(), "가나다");
        assert_eq!(read(r#""a\nb""#).unwrap(), "a\nb");
        assert!(read(r#""abcd""#).is_err());
        assert!(read(r#""\u001b[""#).is_err());
    }

    #[test]
    fn a_set_names_each_once_and_not_too_many() {
        let read =
            |text: &str| distinct::<_, Mark, 2>(&mut serde_json::Deserializer::from_str(text));
        assert_eq!(read(r#"["major"]"#).unwrap().len(), 1);
        assert!(read(r#"["major","major"]"#).is_err());
        assert!(read(r#"["major","critical","supplier"]"#).is_err());
    }
}
