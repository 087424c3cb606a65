//! Sealing: what lists weaknesses is unreadable without a key that is not in the database.
//!
//! Each institution and each case has a key of its own (32 random bytes), wrapped by the node's key, which lies in a file
//! outside. Destroying an institution's key erases what was said about it; the log still verifies.
//!
//! AES-256-GCM-SIV: a nonce that came twice would show that two texts are equal, and nothing more. What is sealed is
//! bound to its table, row and column, so that it cannot be moved to another.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use aws_lc_rs::aead::{AES_256_GCM_SIV, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::hkdf::{HKDF_SHA256, KeyType, Salt};
use aws_lc_rs::hmac;
use bongsu_authority::{CaseId, InstitutionId};

use crate::chance::{Chance, draw};
use crate::port::{Fault, Read, Value, ask, id};
use crate::sql;

/// Whose key seals something.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Owner {
    /// The node: what is about everybody.
    Node,
    /// One institution.
    Institution(InstitutionId),
    /// One case.
    Case(CaseId),
}

impl Owner {
    /// As columns: kind and id.
    pub(crate) fn columns(self) -> (i64, [u8; 16]) {
        match self {
            Self::Node => (0, [0; 16]),
            Self::Institution(InstitutionId(bytes)) => (1, bytes),
            Self::Case(CaseId(bytes)) => (2, bytes),
        }
    }

    pub(crate) fn from_columns(kind: i64, bytes: [u8; 16]) -> Option<Self> {
        Some(match kind {
            0 => Self::Node,
            1 => Self::Institution(InstitutionId(bytes)),
            2 => Self::Case(CaseId(bytes)),
            _ => return None,
        })
    }
}

/// Where something sealed stands: it opens nowhere else.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place<'a> {
    pub(crate) table: &'static str,
    pub(crate) column: &'static str,
    /// The key of the row.
    pub(crate) row: &'a [u8],
}

impl Place<'_> {
    fn aad(self) -> Aad<Vec<u8>> {
        let parts = [b"bongsu/seal/v1", self.table.as_bytes(), self.column.as_bytes(), self.row];
        Aad::from(parts.join(&0))
    }
}

/// Why something sealed does not open.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error(
    "what is sealed here was changed, moved, or sealed with another key: restore a backup, or the right key file"
)]
pub struct Unsealable;

/// A key that seals.
pub(crate) struct SealKey(LessSafeKey);

impl SealKey {
    pub(crate) fn new(bytes: &[u8; 32]) -> Self {
        let key = UnboundKey::new(&AES_256_GCM_SIV, bytes).expect("the cipher takes 32 bytes");
        Self(LessSafeKey::new(key))
    }

    /// Seals: version, nonce, ciphertext, tag; 29 bytes more than the text.
    pub(crate) fn seal(&self, place: Place<'_>, text: &[u8], chance: &mut dyn Chance) -> Vec<u8> {
        let nonce: [u8; 12] = draw(chance);
        let mut sealed = Vec::with_capacity(text.len() + OVERHEAD);
        sealed.push(VERSION);
        sealed.extend_from_slice(&nonce);
        let mut body = text.to_vec();
        let nonce = Nonce::assume_unique_for_key(nonce);
        self.0
            .seal_in_place_append_tag(nonce, place.aad(), &mut body)
            .expect("the cipher takes texts of 64 GiB");
        sealed.extend_from_slice(&body);
        sealed
    }

    pub(crate) fn open(&self, place: Place<'_>, sealed: &[u8]) -> Result<Vec<u8>, Unsealable> {
        let (version, rest) = sealed.split_first().ok_or(Unsealable)?;
        let (nonce, body) = rest.split_first_chunk::<12>().ok_or(Unsealable)?;
        if *version != VERSION {
            return Err(Unsealable);
        }
        let mut body = body.to_vec();
        let nonce = Nonce::assume_unique_for_key(*nonce);
        let text = self.0.open_in_place(nonce, place.aad(), &mut body).map_err(|_| Unsealable)?;
        let length = text.len();
        body.truncate(length);
        Ok(body)
    }
}

impl fmt::Debug for SealKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SealKey(…)")
    }
}

const VERSION: u8 = 1;
const OVERHEAD: usize = 1 + 12 + 16;

/// What grows from the node's key: one key that wraps, one that makes digests of requests.
#[derive(Debug)]
pub(crate) struct NodeKeys {
    wrapping: SealKey,
    requests: hmac::Key,
    /// Tells whether a database was sealed under this key; tells nothing else of it.
    pub(crate) fingerprint: [u8; 32],
}

impl NodeKeys {
    pub(crate) fn new(kek: &[u8; 32]) -> Self {
        let grow = |purpose: &str| {
            let mut bytes = [0; 32];
            let extracted = Salt::new(HKDF_SHA256, b"bongsu/node/v1").extract(kek);
            extracted
                .expand(&[purpose.as_bytes()], Bytes32)
                .and_then(|grown| grown.fill(&mut bytes))
                .expect("32 bytes can be derived");
            bytes
        };
        Self {
            wrapping: SealKey::new(&grow("wrapping")),
            requests: hmac::Key::new(hmac::HMAC_SHA256, &grow("requests")),
            fingerprint: grow("fingerprint"),
        }
    }

    /// A digest that nobody without the key can guess the text of.
    pub(crate) fn digest(&self, parts: &[&[u8]]) -> [u8; 32] {
        let mut context = hmac::Context::with_key(&self.requests);
        for part in parts {
            context.update(&(part.len() as u64).to_be_bytes());
            context.update(part);
        }
        context.sign().as_ref().try_into().expect("SHA-256 has 32 bytes")
    }
}

struct Bytes32;

impl KeyType for Bytes32 {
    fn len(&self) -> usize {
        32
    }
}

/// The keys of a node's institutions and cases, unwrapped when they are first needed.
#[derive(Debug)]
pub(crate) struct Keyring {
    pub(crate) node: NodeKeys,
    /// Keys of rows that are committed.
    open: Mutex<HashMap<Owner, Arc<SealKey>>>,
}

/// Keys kept open at once; past it all are forgotten and opened again as needed.
const OPEN: usize = 4096;

impl Keyring {
    pub(crate) fn new(kek: &[u8; 32]) -> Self {
        Self { node: NodeKeys::new(kek), open: Mutex::default() }
    }

    /// The key of an owner; none where it was never made, or was destroyed.
    pub(crate) fn key(
        &self,
        owner: Owner,
        read: &mut dyn Read,
    ) -> Result<Option<Arc<SealKey>>, KeyError> {
        if let Some(key) = self.open().get(&owner) {
            return Ok(Some(Arc::clone(key)));
        }
        let (kind, bytes) = owner.columns();
        let mut wrapped = None;
        read.rows(ask(sql::KEY, &[Value::Int(kind), id(bytes)]), &mut |row| {
            wrapped = Some(row.bytes(0)?.to_vec());
            Ok(())
        })?;
        let Some(wrapped) = wrapped else { return Ok(None) };
        let key = Arc::new(self.unwrap(owner, &wrapped)?);
        self.remember(owner, &key);
        Ok(Some(key))
    }

    /// Makes a key: as it is used, and as it is kept.
    pub(crate) fn make(&self, owner: Owner, chance: &mut dyn Chance) -> (Arc<SealKey>, Vec<u8>) {
        let mut bytes: [u8; 32] = draw(chance);
        let (kind, row) = (owner.columns().0, owner.columns().1);
        let row = [&kind.to_be_bytes()[..], &row].concat();
        let wrapped = self.node.wrapping.seal(place_of(&row), &bytes, chance);
        let key = Arc::new(SealKey::new(&bytes));
        wipe(&mut bytes);
        (key, wrapped)
    }

    fn unwrap(&self, owner: Owner, wrapped: &[u8]) -> Result<SealKey, Unsealable> {
        let (kind, row) = owner.columns();
        let row = [&kind.to_be_bytes()[..], &row].concat();
        let mut bytes = self.node.wrapping.open(place_of(&row), wrapped)?;
        let key = SealKey::new(bytes.as_slice().try_into().map_err(|_| Unsealable)?);
        wipe(&mut bytes);
        Ok(key)
    }

    /// Keeps a key at hand; only for keys that are committed.
    pub(crate) fn remember(&self, owner: Owner, key: &Arc<SealKey>) {
        let mut open = self.open();
        if open.len() >= OPEN {
            open.clear();
        }
        open.insert(owner, Arc::clone(key));
    }

    pub(crate) fn forget(&self, owner: Owner) {
        self.open().remove(&owner);
    }

    fn open(&self) -> std::sync::MutexGuard<'_, HashMap<Owner, Arc<SealKey>>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn place_of(row: &[u8]) -> Place<'_> {
    Place { table: "keys", column: "wrapped", row }
}

/// Overwrites secret bytes; the black box keeps the compiler from leaving it out.
pub(crate) fn wipe(bytes: &mut [u8]) {
    bytes.fill(0);
    std::hint::black_box(&bytes);
}

/// Why a key could not be had.
#[derive(Debug, thiserror::Error)]
pub(crate) enum KeyError {
    #[error(transparent)]
    Fault(#[from] Fault),
    #[error(transparent)]
    Unsealable(#[from] Unsealable),
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chance::System;

    #[test]
    fn what_is_sealed_opens_where_it_was_sealed_and_nowhere_else() {
        let key = SealKey::new(&[7; 32]);
        let here = Place { table: "cases", column: "sealed", row: b"1" };
        let sealed = key.seal(here, b"CVE-2014-0160", &mut System);
        assert_eq!(sealed.len(), 13 + OVERHEAD);
        assert_eq!(key.open(here, &sealed).as_deref(), Ok(&b"CVE-2014-0160"[..]));
        assert_eq!(key.open(Place { row: b"2", ..here }, &sealed), Err(Unsealable));
        assert_eq!(key.open(Place { table: "acts", ..here }, &sealed), Err(Unsealable));
        assert_eq!(SealKey::new(&[8; 32]).open(here, &sealed), Err(Unsealable));
        for place in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[place] ^= 1;
            assert_eq!(key.open(here, &changed), Err(Unsealable), "byte {place}");
        }
    }

    #[test]
    fn a_wrapped_key_of_one_institution_is_no_key_of_another() {
        let ring = Keyring::new(&[1; 32]);
        let owner = Owner::Institution(InstitutionId([1; 16]));
        let (_, wrapped) = ring.make(owner, &mut System);
        assert!(ring.unwrap(owner, &wrapped).is_ok());
        assert!(ring.unwrap(Owner::Institution(InstitutionId([2; 16])), &wrapped).is_err());
        assert!(Keyring::new(&[2; 32]).unwrap(owner, &wrapped).is_err());
    }
}
