//! The public keys of a node.

use std::fmt;
use std::str::FromStr;

use super::dual::{self, DualSignature};
use crate::Error;
use crate::note::{Algorithm, KeyId, Name, Note, ParseVerifierKeyError, VerifierKey};

/// The public keys of a node: what it signs is believed when both say so.
///
/// - **Shape:** one line: the Ed25519 and the ML-DSA-65 key as notes write them, a space between.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct NodeVerifier {
    /// Ed25519, then ML-DSA-65, of one name.
    keys: [VerifierKey; 2],
    trust: Trust,
}

/// Which half of a signature is still believed.
///
/// Both, until one is broken. Declaring a half broken leaves the other to decide alone, and tests
/// do so to show that records outlive either.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Trust {
    /// Whether Ed25519 signatures are required.
    pub ed25519: bool,
    /// Whether ML-DSA-65 signatures are required.
    pub ml_dsa: bool,
}

/// Why a text is not the public keys of a node.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ParseVerifierError {
    /// There are not two keys with a space between.
    #[error("the public keys of a node are two on one line, with a space between")]
    Shape,
    /// One of them cannot be read.
    #[error("key {which} of the line cannot be read")]
    Key {
        /// 1 or 2.
        which: u8,
        /// What is wrong with it.
        source: ParseVerifierKeyError,
    },
    /// The two are of different names, or not of Ed25519 first and ML-DSA-65 second.
    #[error("the public keys of a node are of one name, Ed25519 first, ML-DSA-65 second")]
    Pair,
}

impl Trust {
    /// Both halves are required.
    pub const BOTH: Self = Self { ed25519: true, ml_dsa: true };
}

impl Default for Trust {
    fn default() -> Self {
        Self::BOTH
    }
}

impl NodeVerifier {
    pub(super) fn of(ed25519: VerifierKey, ml_dsa_65: VerifierKey) -> Self {
        Self { keys: [ed25519, ml_dsa_65], trust: Trust::BOTH }
    }

    /// The same keys, with other trust in their algorithms.
    #[must_use]
    pub fn trusting(mut self, trust: Trust) -> Self {
        self.trust = trust;
        self
    }

    /// The name of the node, which is also the origin of its log.
    pub fn name(&self) -> &Name {
        self.keys[0].name()
    }

    /// The identifier of its Ed25519 key, as the author of a leaf is written.
    pub fn id(&self) -> KeyId {
        self.keys[0].id()
    }

    /// The two keys as notes write them: Ed25519, then ML-DSA-65.
    pub fn keys(&self) -> &[VerifierKey; 2] {
        &self.keys
    }

    /// Checks what [`NodeKey::sign`](super::NodeKey::sign) made, for the same purpose.
    pub fn verify(
        &self,
        domain: &str,
        bytes: &[u8],
        signature: &DualSignature,
    ) -> Result<(), Error> {
        let message = dual::message(domain, bytes);
        for key in self.required()? {
            let half = match key.algorithm() {
                Algorithm::Ed25519 => signature.ed25519().as_slice(),
                _ => signature.ml_dsa_65().as_slice(),
            };
            key.check(&message, half)?;
        }
        Ok(())
    }

    /// Checks the signatures of the node below a note. Lines by others are not looked at.
    pub fn check_note(&self, note: &Note) -> Result<(), Error> {
        for key in self.required()? {
            let signature = key.signature(note)?;
            match key.algorithm() {
                Algorithm::Ed25519 => key.check(note.text().as_bytes(), signature)?,
                _ => key.check(&dual::note_message(note.text()), signature)?,
            }
        }
        Ok(())
    }

    /// The keys that must have signed; at least one.
    fn required(&self) -> Result<impl Iterator<Item = &VerifierKey>, Error> {
        if !self.trust.ed25519 && !self.trust.ml_dsa {
            return Err(Error::NothingTrusted { name: self.name().clone() });
        }
        let wanted = [self.trust.ed25519, self.trust.ml_dsa];
        Ok(self.keys.iter().zip(wanted).filter_map(|(key, wanted)| wanted.then_some(key)))
    }
}

impl FromStr for NodeVerifier {
    type Err = ParseVerifierError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (first, second) = text.split_once(' ').ok_or(ParseVerifierError::Shape)?;
        let read = |text: &str, which| {
            text.parse::<VerifierKey>().map_err(|source| ParseVerifierError::Key { which, source })
        };
        let (first, second) = (read(first, 1)?, read(second, 2)?);
        let algorithms = [first.algorithm(), second.algorithm()];
        if algorithms != [Algorithm::Ed25519, Algorithm::MlDsa65] || first.name() != second.name() {
            return Err(ParseVerifierError::Pair);
        }
        Ok(Self::of(first, second))
    }
}

impl fmt::Display for NodeVerifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.keys[0], self.keys[1])
    }
}
