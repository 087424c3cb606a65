//! SHA-256 as the tree uses it.

use std::fmt;
use std::str::FromStr;

use aws_lc_rs::digest::{self, SHA256};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// A SHA-256 digest.
///
/// - **Shape:** 32 bytes; printed and read as 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Hash(pub [u8; 32]);

impl Hash {
    /// Bytes in a digest.
    pub const BYTES: usize = 32;

    /// The root of a tree without leaves: the digest of nothing.
    ///
    /// Source: RFC 6962, section 2.1.
    pub const EMPTY_ROOT: Self = Self([
        0xe3, 0xb0, 0xc4, 0x42, 0x98, 0xfc, 0x1c, 0x14, 0x9a, 0xfb, 0xf4, 0xc8, 0x99, 0x6f, 0xb9,
        0x24, 0x27, 0xae, 0x41, 0xe4, 0x64, 0x9b, 0x93, 0x4c, 0xa4, 0x95, 0x99, 0x1b, 0x78, 0x52,
        0xb8, 0x55,
    ]);

    /// The plain SHA-256 of some bytes, with no prefix.
    pub fn of(bytes: &[u8]) -> Self {
        sha256(bytes)
    }

    /// As notes write it: standard Base64 with padding, 44 characters.
    pub fn to_base64(&self) -> String {
        STANDARD.encode(self.0)
    }

    /// Reads what [`Hash::to_base64`] writes and nothing else.
    pub fn from_base64(text: &str) -> Option<Self> {
        let bytes = STANDARD.decode(text).ok()?;
        bytes.try_into().ok().map(Self)
    }
}

/// The hash of a leaf: of a zero byte and the entry.
///
/// Source: RFC 6962, section 2.1.
pub fn leaf_hash(entry: &[u8]) -> Hash {
    prefixed(0, entry)
}

/// The hash of an inner node: of a one byte, the left child and the right child.
///
/// Source: RFC 6962, section 2.1.
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    let mut bytes = [1; 1 + 2 * Hash::BYTES];
    bytes[1..=Hash::BYTES].copy_from_slice(&left.0);
    bytes[1 + Hash::BYTES..].copy_from_slice(&right.0);
    sha256(&bytes)
}

/// Why a text is not a digest.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("a digest is 64 lower-case hexadecimal digits, such as `e3b0c442…b855`")]
pub struct ParseHashError;

impl FromStr for Hash {
    type Err = ParseHashError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut bytes = [0; Self::BYTES];
        unhex(text, &mut bytes).ok_or(ParseHashError)?;
        Ok(Self(bytes))
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        hex(&self.0, f)
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        hex(&self.0, f)
    }
}

impl From<[u8; 32]> for Hash {
    fn from(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
}

impl AsRef<[u8]> for Hash {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

/// Writes bytes as lower-case hexadecimal digits.
pub(crate) fn hex(bytes: &[u8], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    bytes.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
}

/// Reads exactly as many lower-case hexadecimal digits as fill `bytes`.
pub(crate) fn unhex(text: &str, bytes: &mut [u8]) -> Option<()> {
    if text.len() != 2 * bytes.len() {
        return None;
    }
    for (byte, pair) in bytes.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
        *byte = digit(pair[0])? << 4 | digit(pair[1])?;
    }
    Some(())
}

/// SHA-256 of a prefix byte and some bytes, without the heap when they are as short as entries.
fn prefixed(prefix: u8, bytes: &[u8]) -> Hash {
    let mut buffer = [0; 512];
    if let Some(room) = buffer.get_mut(..=bytes.len()) {
        room[0] = prefix;
        room[1..].copy_from_slice(bytes);
        return sha256(room);
    }
    let mut context = digest::Context::new(&SHA256);
    context.update(&[prefix]);
    context.update(bytes);
    fixed(&context.finish())
}

fn sha256(bytes: &[u8]) -> Hash {
    fixed(&digest::digest(&SHA256, bytes))
}

fn fixed(digest: &digest::Digest) -> Hash {
    Hash(digest.as_ref().try_into().expect("SHA-256 has 32 bytes"))
}

fn digit(character: u8) -> Option<u8> {
    match character {
        b'0'..=b'9' => Some(character - b'0'),
        b'a'..=b'f' => Some(character - b'a' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_as_rfc_6962_says() {
        #[rustfmt::skip]
        let table = [
            // hash                                  expected                                                            why
            (Hash::of(b""),                          "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "the empty tree"),
            (leaf_hash(b""),                         "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d", "an empty leaf has its prefix"),
            (leaf_hash(&[0]),                        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7", "a leaf of one zero byte"),
            (node_hash(&leaf_hash(b""), &leaf_hash(&[0])), "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125", "a tree of two"),
        ];
        for (hash, expected, why) in table {
            assert_eq!(hash.to_string(), expected, "{why}");
            assert_eq!(expected.parse(), Ok(hash), "{why}");
        }
        assert_eq!(Hash::of(b""), Hash::EMPTY_ROOT);
    }

    #[test]
    fn a_long_entry_hashes_like_a_short_one() {
        for length in [510, 511, 512, 513, 1024] {
            let entry = vec![7; length];
            let mut prefixed = vec![0];
            prefixed.extend_from_slice(&entry);
            assert_eq!(leaf_hash(&entry), Hash::of(&prefixed), "{length} bytes");
        }
    }

    #[test]
    fn a_digest_has_one_spelling() {
        let text = Hash::EMPTY_ROOT.to_string();
        assert_eq!(text.to_uppercase().parse::<Hash>(), Err(ParseHashError));
        assert_eq!(text[1..].parse::<Hash>(), Err(ParseHashError));
        let base64 = Hash::EMPTY_ROOT.to_base64();
        assert_eq!(Hash::from_base64(&base64), Some(Hash::EMPTY_ROOT));
        assert_eq!(Hash::from_base64(base64.trim_end_matches('=')), None);
        assert_eq!(Hash::from_base64(&base64.replace("U=", "V=")), None, "stray bits");
    }
}
