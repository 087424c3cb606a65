//! Witnesses: nodes that vouch, with a time, that a log only grew.
//!
//! Source: C2SP tlog-cosignature.

use std::fmt;

use aws_lc_rs::signature::{KeyPair, ML_DSA_44_SIGNING, PqdsaKeyPair};

use super::{Seed, ml_dsa, random_seed, sign_ml_dsa};
use crate::Error;
use crate::checkpoint::Checkpoint;
use crate::note::{Algorithm, Name, Note, ParseVerifierKeyError, SignatureLine, VerifierKey};

/// The secret key of a witness: ML-DSA-44.
pub struct Cosigner {
    key: PqdsaKeyPair,
    verifier: CosignerVerifier,
}

/// The public key of a witness.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct CosignerVerifier(VerifierKey);

impl Cosigner {
    /// The key that grows from 32 secret bytes, always the same.
    ///
    /// It may be the seed of the witness's [`NodeKey`](super::NodeKey): the keys tell nothing of
    /// each other.
    pub fn from_seed(name: Name, seed: [u8; 32]) -> Self {
        let key = ml_dsa(&ML_DSA_44_SIGNING, &Seed(seed).derive("ml-dsa-44"));
        let public = key.public_key().as_ref().to_vec();
        let verifier = VerifierKey::new(name, Algorithm::MlDsa44Cosignature, &public)
            .expect("a key pair has a public key");
        Self { key, verifier: CosignerVerifier(verifier) }
    }

    /// A new key, from the randomness of the cryptographic library.
    pub fn generate(name: Name) -> Self {
        Self::from_seed(name, random_seed())
    }

    /// The public half.
    pub fn verifier(&self) -> CosignerVerifier {
        self.verifier.clone()
    }

    /// Vouches for a checkpoint at a time in seconds since 1970-01-01 UTC.
    ///
    /// Call it only after the checkpoint was found consistent with the last one vouched for, and
    /// after remembering it durably.
    pub fn cosign(&self, checkpoint: &Checkpoint, at: u64) -> SignatureLine {
        let at = at.min(i64::MAX as u64);
        let key = &self.verifier.0;
        let mut signature = at.to_be_bytes().to_vec();
        signature.extend(sign_ml_dsa(&self.key, &message(key.name(), at, checkpoint)));
        SignatureLine { name: key.name().clone(), id: key.id(), signature }
    }
}

impl CosignerVerifier {
    /// A public key of a witness; it must be one for ML-DSA-44 cosignatures.
    pub fn new(key: VerifierKey) -> Result<Self, ParseVerifierKeyError> {
        match key.algorithm() {
            Algorithm::MlDsa44Cosignature => Ok(Self(key)),
            _ => Err(ParseVerifierKeyError::Key),
        }
    }

    /// The name of the witness.
    pub fn name(&self) -> &Name {
        self.0.name()
    }

    /// The key as notes write it.
    pub fn key(&self) -> &VerifierKey {
        &self.0
    }

    /// Checks that the witness vouches for the checkpoint, and says when it did, in seconds since
    /// 1970-01-01 UTC.
    ///
    /// The checkpoint must be the one in the note; the witness says nothing about extension lines.
    pub fn check(&self, checkpoint: &Checkpoint, note: &Note) -> Result<u64, Error> {
        let bad = || Error::Signature { name: self.name().clone(), algorithm: self.0.algorithm() };
        if note.text() != checkpoint.to_string() {
            return Err(bad());
        }
        let (at, signature) = self.0.signature(note)?.split_first_chunk().ok_or_else(bad)?;
        let at = u64::from_be_bytes(*at);
        if i64::try_from(at).is_err() {
            return Err(bad());
        }
        self.0.check(&message(self.name(), at, checkpoint), signature)?;
        Ok(at)
    }
}

impl fmt::Debug for Cosigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Cosigner({}, …)", self.verifier.name())
    }
}

/// What a witness signs: the structure `cosigned_message` for the whole tree.
fn message(name: &Name, at: u64, checkpoint: &Checkpoint) -> Vec<u8> {
    let mut message = b"subtree/v1\n\0".to_vec();
    put_name(&mut message, name);
    message.extend_from_slice(&at.to_be_bytes());
    put_name(&mut message, &checkpoint.origin);
    message.extend_from_slice(&0_u64.to_be_bytes());
    message.extend_from_slice(&checkpoint.size.to_be_bytes());
    message.extend_from_slice(&checkpoint.root.0);
    message
}

fn put_name(message: &mut Vec<u8>, name: &Name) {
    let name = name.as_str().as_bytes();
    message.push(u8::try_from(name.len()).expect("a name has at most 255 bytes"));
    message.extend_from_slice(name);
}
