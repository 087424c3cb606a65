//! Names of things: 16 random bytes each, so that no id tells anything and none can be guessed.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Why a text is not an id.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("an id is 26 characters of 0-9 and a-z without i, l, o and u, the first 0 to 7")]
pub struct ParseIdError;

/// Crockford's base 32, lower case.
const DIGITS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

fn print(bytes: [u8; 16], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let number = u128::from_be_bytes(bytes);
    for place in (0..26).rev() {
        let digit = usize::try_from((number >> (5 * place)) & 31).expect("five bits");
        write!(f, "{}", char::from(DIGITS[digit]))?;
    }
    Ok(())
}

fn parse(text: &str) -> Result<[u8; 16], ParseIdError> {
    if text.len() != 26 || text.as_bytes()[0] > b'7' {
        return Err(ParseIdError);
    }
    let digits = text.bytes().map(|byte| DIGITS.iter().position(|digit| *digit == byte));
    let number = digits.enumerate().try_fold(0_u128, |number, (_, digit)| {
        let digit = u128::try_from(digit.ok_or(ParseIdError)?).map_err(|_| ParseIdError)?;
        Ok((number << 5) | digit)
    })?;
    Ok(number.to_be_bytes())
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        ///
        /// - **Shape:** 16 bytes; printed as 26 characters of Crockford's base 32, lower case.
        #[derive(Clone, Copy, Eq, Hash, Ord, PartialEq, PartialOrd)]
        pub struct $name(pub [u8; 16]);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                print(self.0, f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({self})", stringify!($name))
            }
        }

        impl FromStr for $name {
            type Err = ParseIdError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                parse(text).map(Self)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'_, str>>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    )*};
}

ids! {
    /// An institution (기관).
    InstitutionId;
    /// A human being, whatever posts they hold: two accounts of one person are one person.
    PersonId;
    /// One person in one post for a time (임명).
    AppointmentId;
    /// A written delegation to a managed service provider (위임).
    DelegationId;
    /// A vulnerability case (취약점 건).
    CaseId;
    /// An act: advisory, guideline, action request or directive, with its campaign.
    ActId;
    /// A system of an institution: a host, an image, an appliance.
    SystemId;
    /// A long list of names that somebody asked for (명단).
    ListId;
    /// An incident (침해사고).
    IncidentId;
    /// A drill (모의훈련); a realm of its own, so no other id is ever valid in it.
    DrillId;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_read_as_it_is_printed_and_in_no_other_way() {
        for bytes in [[0; 16], [255; 16], *b"0123456789abcdef"] {
            let id = CaseId(bytes);
            assert_eq!(id.to_string().parse(), Ok(id));
            assert_eq!(id.to_string().len(), 26);
        }
        for text in [
            "",
            "8zzzzzzzzzzzzzzzzzzzzzzzzz",
            "0000000000000000000000000I",
            "é0000000000000000000000000",
        ] {
            assert_eq!(text.parse::<CaseId>(), Err(ParseIdError), "{text}");
        }
    }
}
