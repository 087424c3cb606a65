//! How somebody is reached: by mail, by webhook, by telephone.

use std::fmt;
use std::str::FromStr;

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bongsu_authority::{InstitutionId, NodeCode, PersonId};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use url::Url;

use super::zone::Zone;

/// A way by which a message travels. The names are part of the record: they may grow, they may not change.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// The inbox here: a receipt once it was fetched.
    Inbox,
    /// A program of the institution: a receipt with any 2xx.
    Webhook,
    /// Mail: a receipt once the relay took it.
    Mail,
    /// A short message: a receipt once the gateway took it.
    Sms,
    /// A voice that reads it out: a receipt once the gateway took it.
    Voice,
}

impl Channel {
    /// Those that go out to somebody, in the order in which they are tried.
    pub const OUT: [Self; 4] = [Self::Webhook, Self::Mail, Self::Sms, Self::Voice];

    /// The name in the record.
    pub fn name(self) -> &'static str {
        match self {
            Self::Inbox => "inbox",
            Self::Webhook => "webhook",
            Self::Mail => "mail",
            Self::Sms => "sms",
            Self::Voice => "voice",
        }
    }
}

/// Whose addresses.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub enum Holder {
    /// An institution's.
    Institution(InstitutionId),
    /// An officer's own.
    Person(PersonId),
    /// A station's desk: a relay, a ministry.
    Station(NodeCode),
}

impl Holder {
    /// The sixteen bytes under which its addresses are kept.
    pub fn key(&self) -> [u8; 16] {
        match self {
            Self::Institution(id) => id.0,
            Self::Person(id) => id.0,
            Self::Station(code) => {
                let hash = digest(&SHA256, format!("station/{code}").as_bytes());
                hash.as_ref()[..16].try_into().expect("SHA-256 is longer")
            }
        }
    }
}

/// Why a text is no address.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum AddressError {
    /// No mail address.
    #[error("a mail address is up to 254 plain characters, such as ciso@office.example")]
    Mail,
    /// No telephone number.
    #[error(
        "a telephone number is + and 8 to 15 digits with the country first, such as +82212345678"
    )]
    Telephone,
    /// No webhook.
    #[error(
        "a webhook is an https address of up to 1024 characters without a password or a fragment, such as https://hook.office.example/bongsu"
    )]
    Webhook,
    /// No secret.
    #[error("a secret is `whsec_` and 24 to 64 bytes in base64, drawn at random")]
    Secret,
}

bongsu_authority::reasons!(AddressError {
    Self::Mail => "address-mail",
    Self::Telephone => "address-telephone",
    Self::Webhook => "address-webhook",
    Self::Secret => "address-secret",
});

macro_rules! text {
    ($name:ident) => {
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl TryFrom<String> for $name {
            type Error = AddressError;

            fn try_from(text: String) -> Result<Self, AddressError> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(it: $name) -> Self {
                it.0
            }
        }
    };
}

/// A mail address.
///
/// - **Shape:** at most 254 ASCII characters, as RFC 5321 writes a mailbox without quotes.
#[derive(Clone, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(try_from = "String", into = "String")]
pub struct Mailbox(String);
text!(Mailbox);

impl FromStr for Mailbox {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        let plain = text.len() <= 254 && text.bytes().all(|b| b.is_ascii_graphic());
        let quoted = text.contains(['"', '\\', '<', '>', ',', ';', ':', '[', ']', '(', ')']);
        if !plain || quoted || text.parse::<lettre::Address>().is_err() {
            return Err(AddressError::Mail);
        }
        Ok(Self(text.to_owned()))
    }
}

impl Mailbox {
    /// As the mail library has it.
    pub(crate) fn address(&self) -> lettre::Address {
        self.0.parse().expect("it was read as one")
    }

    /// The part behind the `@`.
    pub(crate) fn host(&self) -> &str {
        self.0.rsplit('@').next().unwrap_or_default()
    }
}

/// A telephone number (E.164).
///
/// - **Shape:** `+`, then 8 to 15 digits, the first not 0.
#[derive(Clone, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(try_from = "String", into = "String")]
pub struct Telephone(String);
text!(Telephone);

impl FromStr for Telephone {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        let digits = text.strip_prefix('+').unwrap_or_default();
        let all = digits.bytes().all(|b| b.is_ascii_digit()) && !digits.starts_with('0');
        if !all || !(8..=15).contains(&digits.len()) {
            return Err(AddressError::Telephone);
        }
        Ok(Self(text.to_owned()))
    }
}

/// The address of a program that takes webhooks. Whether it may be written to at all is for the way out to say.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct Hook(Url);

impl Hook {
    /// The address.
    pub fn url(&self) -> &Url {
        &self.0
    }

    /// Host and port: what may be slow as a whole.
    pub(crate) fn host(&self) -> String {
        let port = self.0.port_or_known_default().unwrap_or_default();
        format!("{}:{port}", self.0.host_str().unwrap_or_default())
    }
}

impl FromStr for Hook {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        let url: Url = text.parse().map_err(|_| AddressError::Webhook)?;
        let bare =
            url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
        let web = matches!(url.scheme(), "https" | "http") && url.has_host();
        if !bare || !web || text.len() > 1024 {
            return Err(AddressError::Webhook);
        }
        Ok(Self(url))
    }
}

impl Serialize for Hook {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.as_str())
    }
}

impl<'de> Deserialize<'de> for Hook {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// A secret that a webhook is signed with.
///
/// - **Shape:** `whsec_` and 24 to 64 bytes in base64.
/// - **Source:** Standard Webhooks 1.0, "Signature scheme".
#[derive(Clone, Deserialize, Eq, PartialEq, Serialize)]
#[serde(try_from = "String", into = "String")]
pub struct Secret(Vec<u8>);

impl Secret {
    /// The bytes of it.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// A secret of these bytes; for whoever draws one.
    ///
    /// # Errors
    /// [`AddressError::Secret`] where they are too few or too many.
    pub fn of(bytes: &[u8]) -> Result<Self, AddressError> {
        if (24..=64).contains(&bytes.len()) {
            Ok(Self(bytes.to_vec()))
        } else {
            Err(AddressError::Secret)
        }
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl FromStr for Secret {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        let coded = text.strip_prefix("whsec_").ok_or(AddressError::Secret)?;
        Self::of(&STANDARD.decode(coded).map_err(|_| AddressError::Secret)?)
    }
}

impl TryFrom<String> for Secret {
    type Error = AddressError;

    fn try_from(text: String) -> Result<Self, AddressError> {
        text.parse()
    }
}

impl From<Secret> for String {
    fn from(secret: Secret) -> Self {
        format!("whsec_{}", STANDARD.encode(&secret.0))
    }
}

/// Where something is sent to.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reach {
    /// A mailbox.
    Mail(Mailbox),
    /// A program.
    Webhook {
        /// Where it listens.
        url: Hook,
        /// What it checks signatures with.
        secret: Secret,
        /// The secret before, and until when both sign.
        before: Option<(Secret, Timestamp)>,
    },
    /// A telephone.
    Telephone {
        /// Its number.
        number: Telephone,
        /// Does it take short messages?
        sms: bool,
        /// Is it called?
        voice: bool,
    },
}

impl Reach {
    /// Is it the same place, whatever secret it has?
    pub(crate) fn same_place(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Mail(one), Self::Mail(two)) => one == two,
            (Self::Webhook { url: one, .. }, Self::Webhook { url: two, .. }) => one == two,
            (Self::Telephone { number: one, .. }, Self::Telephone { number: two, .. }) => {
                one == two
            }
            _ => false,
        }
    }

    /// Does this channel lead there?
    pub fn takes(&self, channel: Channel) -> bool {
        match self {
            Self::Mail(_) => channel == Channel::Mail,
            Self::Webhook { .. } => channel == Channel::Webhook,
            Self::Telephone { sms, voice, .. } => {
                channel == Channel::Sms && *sms || channel == Channel::Voice && *voice
            }
        }
    }
}

/// Why and since when nothing is sent there any more.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Parked {
    /// Since when.
    pub at: Timestamp,
    /// Why.
    pub why: String,
}

/// One address.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Address {
    /// Its number among those of its holder.
    pub number: u32,
    /// Where.
    pub reach: Reach,
    /// A sink for drills: nothing real is sent there, and nothing of a drill elsewhere.
    pub drill: bool,
    /// Since when it is as it is: put, rotated or revived.
    pub since: Timestamp,
    /// When a test last arrived there.
    pub tested_at: Option<Timestamp>,
    /// Failures since the last success.
    pub failures: u16,
    /// Set where it is dead.
    pub parked: Option<Parked>,
}

/// How long a test counts.
const TESTED_FOR: SignedDuration = SignedDuration::from_hours(90 * 24);

/// Failures in a row after which an address is dead until somebody revives it.
pub(crate) const DEAD_AFTER: u16 = 12;

impl Address {
    /// Was it tested within ninety days?
    pub fn is_tested(&self, now: Timestamp) -> bool {
        self.tested_at.is_some_and(|at| now.duration_since(at) <= TESTED_FOR)
    }

    /// May something of this realm be sent there by this channel?
    pub fn serves(&self, channel: Channel, drill: bool) -> bool {
        self.drill == drill && self.parked.is_none() && self.reach.takes(channel)
    }
}

/// All addresses of one holder.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct Book {
    /// In which zone its people read a clock.
    #[serde(default)]
    pub zone: Zone,
    /// The number that the next address gets.
    pub next: u32,
    /// Addresses, by number.
    pub addresses: Vec<Address>,
}

impl Book {
    /// Those that serve a channel in a realm.
    pub fn serving(&self, channel: Channel, drill: bool) -> impl Iterator<Item = &Address> {
        self.addresses.iter().filter(move |it| it.serves(channel, drill))
    }

    /// Somebody's reach: is there a channel that was tested within ninety days?
    pub fn is_reachable(&self, now: Timestamp) -> bool {
        self.addresses.iter().any(|it| !it.drill && it.parked.is_none() && it.is_tested(now))
    }

    /// The telephone to call by hand in a realm.
    pub fn telephone(&self, drill: bool) -> Option<&Telephone> {
        self.addresses.iter().filter(|it| it.drill == drill).find_map(|it| match &it.reach {
            Reach::Telephone { number, .. } => Some(number),
            _ => None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_read_or_refused_with_an_example() {
        let mail = |text: &str| text.parse::<Mailbox>().is_ok();
        assert!(mail("ciso@office.example"));
        for wrong in [
            "",
            "ciso",
            "a@b\r\nBcc: c@d",
            "\"a b\"@c.example",
            "<a@b.example>",
            "a@b.example,c@d.example",
        ] {
            assert!(!mail(wrong), "{wrong:?}");
        }
        let telephone = |text: &str| text.parse::<Telephone>().is_ok();
        assert!(telephone("+82212345678"));
        for wrong in
            ["", "0212345678", "+0212345678", "+82 2 1234", "+1234567", "+1234567890123456"]
        {
            assert!(!telephone(wrong), "{wrong:?}");
        }
        let hook = |text: &str| text.parse::<Hook>().is_ok();
        assert!(hook("https://hook.office.example/bongsu"));
        for wrong in [
            "",
            "ftp://a.example",
            "https://u:p@a.example",
            "https://a.example/#x",
            "file:///etc/passwd",
        ] {
            assert!(!hook(wrong), "{wrong:?}");
        }
        assert!("whsec_short".parse::<Secret>().is_err());
        let secret = Secret::of(&[7; 32]).unwrap();
        assert_eq!(String::from(secret.clone()).parse::<Secret>().unwrap(), secret);
        assert_eq!(format!("{secret:?}"), "Secret(…)");
    }
}
