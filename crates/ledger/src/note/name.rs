//! What a key or a log is called.

use std::fmt;
use std::str::FromStr;

/// The most bytes in a name, so that cosignatures can hold it.
pub const MAX_NAME_BYTES: usize = 255;

/// The name of a key, which for a node is also the origin of its log.
///
/// - **Shape:** 1 to 255 bytes of UTF-8 without spaces, plus signs and control characters; by
///   custom an address without its scheme, such as `moi.example.kr/log`.
/// - **Source:** C2SP signed-note, section *Format*.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Name(Box<str>);

/// Why a text is not a name.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error(
    "a name is such as `moi.example.kr/log`: 1 to {MAX_NAME_BYTES} bytes, no space, `+` or control"
)]
pub struct ParseNameError;

impl Name {
    /// As text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Name {
    type Err = ParseNameError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let bad = |c: char| c.is_whitespace() || c.is_control() || c == '+';
        if text.is_empty() || text.len() > MAX_NAME_BYTES || text.contains(bad) {
            return Err(ParseNameError);
        }
        Ok(Self(text.into()))
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl AsRef<str> for Name {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl PartialEq<str> for Name {
    fn eq(&self, other: &str) -> bool {
        *self.0 == *other
    }
}
