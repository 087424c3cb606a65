//! A signature by both keys, for one purpose.

use std::fmt;

/// An Ed25519 and an ML-DSA-65 signature over the same bytes. Both are required.
///
/// - **Shape:** 3,374 bytes: 1 for this pair of algorithms, 64 of Ed25519, 3,309 of ML-DSA-65.
#[derive(Clone, Eq, PartialEq)]
pub struct DualSignature {
    ed25519: [u8; 64],
    ml_dsa_65: Box<[u8; 3309]>,
}

/// Why bytes are not such a signature.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ParseSignatureError {
    /// It was made by other algorithms.
    #[error(
        "the signature is by algorithms number {0}; this program knows 1, Ed25519 with ML-DSA-65"
    )]
    Algorithms(u8),
    /// It has another length.
    #[error("a signature by Ed25519 and ML-DSA-65 has {want} bytes, not {0}", want = DualSignature::BYTES)]
    Length(usize),
}

impl DualSignature {
    /// Bytes in a signature.
    pub const BYTES: usize = 1 + 64 + 3309;

    /// The number of this pair of algorithms; other pairs will have others.
    pub const ALGORITHMS: u8 = 1;

    pub(super) fn new(ed25519: [u8; 64], ml_dsa_65: Box<[u8; 3309]>) -> Self {
        Self { ed25519, ml_dsa_65 }
    }

    /// The Ed25519 half.
    pub fn ed25519(&self) -> &[u8; 64] {
        &self.ed25519
    }

    /// The ML-DSA-65 half.
    pub fn ml_dsa_65(&self) -> &[u8; 3309] {
        &self.ml_dsa_65
    }

    /// As bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        [&[Self::ALGORITHMS], self.ed25519.as_slice(), self.ml_dsa_65.as_slice()].concat()
    }

    /// Reads what [`DualSignature::to_bytes`] writes and nothing else.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ParseSignatureError> {
        let wrong = ParseSignatureError::Length(bytes.len());
        let (algorithms, rest) = bytes.split_first().ok_or(wrong)?;
        if *algorithms != Self::ALGORITHMS {
            return Err(ParseSignatureError::Algorithms(*algorithms));
        }
        let (ed25519, rest) = rest.split_first_chunk().ok_or(wrong)?;
        let ml_dsa_65 = rest.to_vec().try_into().map_err(|_| wrong)?;
        Ok(Self { ed25519: *ed25519, ml_dsa_65 })
    }
}

impl fmt::Debug for DualSignature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DualSignature(Ed25519, ML-DSA-65)")
    }
}

/// What both keys sign: the pair of algorithms, the domain and the bytes.
///
/// The first byte occurs nowhere in UTF-8, so that this is never the text of a note; the length
/// keeps a domain from running into the bytes.
pub(super) fn message(domain: &str, bytes: &[u8]) -> Vec<u8> {
    let length = (domain.len() as u64).to_be_bytes();
    let head = b"\xffbongsu/ed25519+ml-dsa-65/v1\0".as_slice();
    [head, &length, domain.as_bytes(), bytes].concat()
}

/// What ML-DSA-65 signs below a note. Ed25519 signs the text alone, as the standard asks.
pub(super) fn note_message(text: &str) -> Vec<u8> {
    [b"\xffbongsu/note/ml-dsa-65/v1\0", text.as_bytes()].concat()
}
