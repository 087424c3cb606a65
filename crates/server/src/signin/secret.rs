//! Secrets that are shown once: 32 random bytes, of which only the digest is kept.

use std::fmt;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;

use crate::chance;

/// A secret. It prints as `…`.
///
/// - **Shape:** 32 random bytes; as text 43 characters of base64url.
#[derive(Clone, Eq, PartialEq)]
pub(crate) struct Secret([u8; 32]);

/// SHA-256 of a secret: what is kept, and what everything is looked up by.
pub(crate) type Digest = [u8; 32];

impl Secret {
    /// Draws one.
    pub(crate) fn draw() -> Self {
        Self(chance::bytes())
    }

    /// Reads one as somebody showed it.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let mut bytes = [0; 32];
        let length = BASE64_URL_SAFE_NO_PAD.decode_slice(text, &mut bytes).ok()?;
        (length == 32).then_some(Self(bytes))
    }

    /// As text, for whoever it belongs to.
    pub(crate) fn text(&self) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(self.0)
    }

    /// Its digest.
    pub(crate) fn digest(&self) -> Digest {
        hash(&self.0)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

/// SHA-256.
pub(crate) fn hash(bytes: &[u8]) -> Digest {
    digest(&SHA256, bytes).as_ref().try_into().expect("SHA-256 is 32 bytes")
}

/// Are two digests the same? Takes the same time either way.
pub(crate) fn same(one: &[u8], other: &[u8]) -> bool {
    verify_slices_are_equal(one, other).is_ok()
}

/// A key of a drawer, as text.
pub(crate) fn text_of_key(key: &[u8]) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(key)
}

/// Reads a key of a drawer.
pub(crate) fn key_of_text(text: &str) -> Option<Vec<u8>> {
    let key = BASE64_URL_SAFE_NO_PAD.decode(text).ok()?;
    (1..=bongsu_store::cabinet::LONGEST_KEY).contains(&key.len()).then_some(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_read_as_it_was_shown_and_never_printed() {
        let secret = Secret::draw();
        assert_eq!(Secret::read(&secret.text()), Some(secret.clone()));
        assert_eq!(format!("{secret:?}"), "…");
        for wrong in ["", "abc", &"A".repeat(44), &"A".repeat(400), "ü"] {
            assert_eq!(Secret::read(wrong), None, "{wrong}");
        }
    }
}
