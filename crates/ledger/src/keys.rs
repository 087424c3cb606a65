//! Keys of a node: Ed25519 and ML-DSA-65 together, so that a signature outlives either.
//!
//! What is signed says for what. An act is signed under a *domain*, such as `bongsu/directive/v1`,
//! and no signature under one domain fits another, nor a checkpoint.

mod cosigner;
mod dual;
mod file;
mod verifier;

#[cfg(test)]
mod tests;

pub use cosigner::{Cosigner, CosignerVerifier};
pub use dual::{DualSignature, ParseSignatureError};
pub use file::ParseKeyFileError;
pub use verifier::{NodeVerifier, ParseVerifierError, Trust};

use std::fmt;

use aws_lc_rs::signature::{
    Ed25519KeyPair, KeyPair, ML_DSA_65_SIGNING, PqdsaKeyPair, PqdsaSigningAlgorithm,
};

use crate::hash::Hash;
use crate::note::{Algorithm, KeyId, Name, Note, NoteError, SignatureLine, VerifierKey};

/// The secret keys of a node, and its name, which is also the origin of its log.
///
/// Ed25519 signs the same bytes in the same way each time. ML-DSA-65 mixes in fresh randomness, as
/// FIPS 204 recommends: two signatures over one text differ, and both hold.
pub struct NodeKey {
    seed: Seed,
    ed25519: Ed25519KeyPair,
    ml_dsa_65: PqdsaKeyPair,
    verifier: NodeVerifier,
}

impl NodeKey {
    /// The keys that grow from 32 secret bytes, always the same.
    ///
    /// The bytes must come from a good source of randomness and be used for nothing else.
    pub fn from_seed(name: Name, seed: [u8; 32]) -> Self {
        let seed = Seed(seed);
        let ed25519 = Ed25519KeyPair::from_seed_unchecked(&seed.derive("ed25519").0)
            .expect("32 bytes are a seed for Ed25519");
        let ml_dsa_65 = ml_dsa(&ML_DSA_65_SIGNING, &seed.derive("ml-dsa-65"));
        let public = |name: Name, algorithm, key: &[u8]| {
            VerifierKey::new(name, algorithm, key).expect("a key pair has a public key")
        };
        let verifier = NodeVerifier::of(
            public(name.clone(), Algorithm::Ed25519, ed25519.public_key().as_ref()),
            public(name, Algorithm::MlDsa65, ml_dsa_65.public_key().as_ref()),
        );
        Self { seed, ed25519, ml_dsa_65, verifier }
    }

    /// New keys, from the randomness of the cryptographic library.
    ///
    /// With [`Cosigner::generate`] the only place in the crate where chance enters on request.
    pub fn generate(name: Name) -> Self {
        Self::from_seed(name, random_seed())
    }

    /// Its name, which is also the origin of its log.
    pub fn name(&self) -> &Name {
        self.verifier.name()
    }

    /// The identifier of its Ed25519 key, as the author of a leaf is written.
    pub fn id(&self) -> KeyId {
        self.verifier.id()
    }

    /// The public half.
    pub fn verifier(&self) -> NodeVerifier {
        self.verifier.clone()
    }

    /// Signs bytes with both keys, for one purpose.
    pub fn sign(&self, domain: &str, bytes: &[u8]) -> DualSignature {
        let message = dual::message(domain, bytes);
        let ed25519 = sign_ed25519(&self.ed25519, &message);
        let ml_dsa_65 = sign_ml_dsa(&self.ml_dsa_65, &message);
        DualSignature::new(ed25519, ml_dsa_65.try_into().expect("ML-DSA-65 signs in 3,309 bytes"))
    }

    /// Signs a text with both keys, as a note.
    ///
    /// # Errors
    /// [`NoteError`] when the text cannot be that of a note; it must end with a line end.
    pub fn sign_note(&self, text: String) -> Result<Note, NoteError> {
        let [ed25519, ml_dsa_65] = self.verifier.keys();
        let line = |key: &VerifierKey, signature| SignatureLine {
            name: key.name().clone(),
            id: key.id(),
            signature,
        };
        let first = sign_ed25519(&self.ed25519, text.as_bytes()).to_vec();
        let second = sign_ml_dsa(&self.ml_dsa_65, &dual::note_message(&text));
        Note::new(text, vec![line(ed25519, first), line(ml_dsa_65, second)])
    }
}

impl fmt::Debug for NodeKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NodeKey({}, …)", self.name())
    }
}

/// 32 secret bytes that are wiped when they are dropped, as far as safe code can.
struct Seed([u8; 32]);

impl Seed {
    /// Another secret for one purpose; neither tells the other.
    fn derive(&self, purpose: &str) -> Self {
        let mut bytes = Vec::with_capacity(96);
        bytes.extend_from_slice(b"bongsu/seed/v1\0");
        bytes.extend_from_slice(purpose.as_bytes());
        bytes.push(0);
        bytes.extend_from_slice(&self.0);
        let derived = Self(Hash::of(&bytes).0);
        wipe(&mut bytes);
        derived
    }
}

impl Drop for Seed {
    fn drop(&mut self) {
        wipe(&mut self.0);
    }
}

/// Overwrites secret bytes; the black box keeps the compiler from leaving it out.
fn wipe(bytes: &mut [u8]) {
    bytes.fill(0);
    std::hint::black_box(&bytes);
}

fn random_seed() -> [u8; 32] {
    let mut seed = [0; 32];
    aws_lc_rs::rand::fill(&mut seed).expect("the system gives randomness");
    seed
}

fn ml_dsa(algorithm: &'static PqdsaSigningAlgorithm, seed: &Seed) -> PqdsaKeyPair {
    PqdsaKeyPair::from_seed(algorithm, &seed.0).expect("32 bytes are a seed for ML-DSA")
}

fn sign_ed25519(key: &Ed25519KeyPair, message: &[u8]) -> [u8; 64] {
    key.sign(message).as_ref().try_into().expect("Ed25519 signs in 64 bytes")
}

fn sign_ml_dsa(key: &PqdsaKeyPair, message: &[u8]) -> Vec<u8> {
    let mut signature = vec![0; key.algorithm().signature_len()];
    key.sign(message, &mut signature).expect("a key pair signs any message into room enough");
    signature
}
