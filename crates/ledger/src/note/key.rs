//! Public keys that notes are checked against.

use std::fmt;
use std::str::FromStr;

use aws_lc_rs::signature::{ED25519, ML_DSA_44, ML_DSA_65, ParsedPublicKey};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::{Name, Note};
use crate::Error;
use crate::hash::{Hash, hex, unhex};

/// Four bytes that tell keys of one name apart; they prove nothing.
///
/// Source: C2SP signed-note, section *Signatures*.
#[derive(Clone, Copy, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct KeyId(pub [u8; 4]);

/// How a key signs.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Algorithm {
    /// Ed25519 over the text of a note: type `0x01`, RFC 8032.
    Ed25519,
    /// A timestamped ML-DSA-44 cosignature of a checkpoint: type `0x06`, C2SP tlog-cosignature.
    MlDsa44Cosignature,
    /// ML-DSA-65 over the text of a note: our own type, `0xff` and a name, FIPS 204.
    MlDsa65,
}

/// A public key with its name and algorithm.
///
/// - **Shape:** `name+id+key`: the identifier as eight hexadecimal digits, the key in Base64 behind
///   the type of its algorithm.
/// - **Source:** C2SP signed-note, verifier keys.
#[derive(Clone)]
pub struct VerifierKey {
    name: Name,
    id: KeyId,
    algorithm: Algorithm,
    key: ParsedPublicKey,
}

/// Why a text or bytes are not a public key.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ParseVerifierKeyError {
    /// It does not have three parts with `+` between them.
    #[error("a public key is written `name+identifier+key`")]
    Shape,
    /// The name is none.
    #[error("a public key begins with its name")]
    Name(#[from] super::ParseNameError),
    /// The algorithm is none that we check, or the key has another length than its algorithm says.
    #[error("the key is not one for Ed25519, ML-DSA-44 cosignatures or ML-DSA-65")]
    Key,
    /// The identifier belongs to another name or key.
    #[error("the identifier is not that of this name and key; copy the whole line again")]
    Id,
}

impl Algorithm {
    /// What stands before a key to say what it is for.
    fn tag(self) -> &'static [u8] {
        match self {
            Self::Ed25519 => &[0x01],
            Self::MlDsa44Cosignature => &[0x06],
            Self::MlDsa65 => b"\xffbongsu/ml-dsa-65/v1",
        }
    }

    /// Bytes in a public key.
    fn key_bytes(self) -> usize {
        match self {
            Self::Ed25519 => 32,
            Self::MlDsa44Cosignature => 1312,
            Self::MlDsa65 => 1952,
        }
    }
}

impl VerifierKey {
    /// A public key from its raw bytes.
    pub fn new(
        name: Name,
        algorithm: Algorithm,
        key: &[u8],
    ) -> Result<Self, ParseVerifierKeyError> {
        // The library would also read other encodings of a key.
        if key.len() != algorithm.key_bytes() {
            return Err(ParseVerifierKeyError::Key);
        }
        let parsed = match algorithm {
            Algorithm::Ed25519 => ParsedPublicKey::new(&ED25519, key),
            Algorithm::MlDsa44Cosignature => ParsedPublicKey::new(&ML_DSA_44, key),
            Algorithm::MlDsa65 => ParsedPublicKey::new(&ML_DSA_65, key),
        };
        let parsed = parsed.map_err(|_| ParseVerifierKeyError::Key)?;
        let id = KeyId::of(&name, algorithm, key);
        Ok(Self { name, id, algorithm, key: parsed })
    }

    /// Whose it is.
    pub fn name(&self) -> &Name {
        &self.name
    }

    /// What tells it from other keys of that name.
    pub fn id(&self) -> KeyId {
        self.id
    }

    /// How it signs.
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The raw public key.
    pub fn as_bytes(&self) -> &[u8] {
        self.key.as_ref()
    }

    /// The signature by this key on a note, if there is one; nothing says yet that it holds.
    pub(crate) fn signature<'a>(&self, note: &'a Note) -> Result<&'a [u8], Error> {
        let line = note.line(&self.name, self.id).ok_or_else(|| Error::Unsigned {
            name: self.name.clone(),
            algorithm: self.algorithm,
        })?;
        Ok(&line.signature)
    }

    /// Checks a signature over exactly these bytes.
    pub(crate) fn check(&self, message: &[u8], signature: &[u8]) -> Result<(), Error> {
        self.key
            .verify_sig(message, signature)
            .map_err(|_| Error::Signature { name: self.name.clone(), algorithm: self.algorithm })
    }
}

impl KeyId {
    /// The identifier of a key: the first bytes of a digest of name, type and key.
    pub fn of(name: &Name, algorithm: Algorithm, key: &[u8]) -> Self {
        let bytes = [name.as_str().as_bytes(), b"\n", algorithm.tag(), key].concat();
        let [a, b, c, d, ..] = Hash::of(&bytes).0;
        Self([a, b, c, d])
    }
}

impl FromStr for VerifierKey {
    type Err = ParseVerifierKeyError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut parts = text.splitn(3, '+');
        let (Some(name), Some(id), Some(base64)) = (parts.next(), parts.next(), parts.next())
        else {
            return Err(ParseVerifierKeyError::Shape);
        };
        let name = name.parse()?;
        let bytes = STANDARD.decode(base64).map_err(|_| ParseVerifierKeyError::Key)?;
        let known = [Algorithm::Ed25519, Algorithm::MlDsa44Cosignature, Algorithm::MlDsa65];
        let tagged = known
            .into_iter()
            .find_map(|algorithm| bytes.strip_prefix(algorithm.tag()).map(|key| (algorithm, key)));
        let (algorithm, key) = tagged.ok_or(ParseVerifierKeyError::Key)?;
        let read = Self::new(name, algorithm, key)?;
        let mut claimed = [0; 4];
        unhex(id, &mut claimed).ok_or(ParseVerifierKeyError::Id)?;
        if read.id.0 == claimed { Ok(read) } else { Err(ParseVerifierKeyError::Id) }
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = [self.algorithm.tag(), self.as_bytes()].concat();
        write!(f, "{}+{}+{}", self.name, self.id, STANDARD.encode(bytes))
    }
}

impl fmt::Debug for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}+{}+{}", self.name, self.id, self.algorithm)
    }
}

impl PartialEq for VerifierKey {
    fn eq(&self, other: &Self) -> bool {
        (&self.name, self.algorithm, self.as_bytes())
            == (&other.name, other.algorithm, other.as_bytes())
    }
}

impl Eq for VerifierKey {}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        hex(&self.0, f)
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        hex(&self.0, f)
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Ed25519 => "Ed25519",
            Self::MlDsa44Cosignature => "ML-DSA-44",
            Self::MlDsa65 => "ML-DSA-65",
        })
    }
}
