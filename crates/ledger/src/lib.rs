//! What was said, provably: the append-only record of a node.
//!
//! A node appends [leaves](leaf::Leaf) to its own log and signs [checkpoints](checkpoint) of it.
//! Whoever has the files and the node's [public keys](keys::NodeVerifier) can check every one of
//! them, with no other crate of ours. The formats are those of transparency logs: a Merkle tree as
//! in RFC 6962, tiles, notes, checkpoints, cosignatures and proof files as C2SP describes them.
//! `docs/ledger.md` has every byte that is our own.
//!
//! ```
//! use bongsu_ledger::checkpoint::Checkpoint;
//! use bongsu_ledger::hash::leaf_hash;
//! use bongsu_ledger::keys::NodeKey;
//! use bongsu_ledger::proof::LogProof;
//! use bongsu_ledger::tree::{Memory, inclusion_proof, root_at};
//!
//! let key = NodeKey::from_seed("moi.example.kr/log".parse()?, [7; 32]);
//! let mut tree = Memory::new();
//! tree.extend([&b"lit"[..], b"seen", b"answered"].map(leaf_hash));
//!
//! let checkpoint = Checkpoint::new(key.name().clone(), 3, root_at(3, &tree)?);
//! let note = checkpoint.sign(&key)?;
//! let proof = LogProof::of(b"seen", 1, inclusion_proof(1, 3, &tree)?, note);
//!
//! let received: LogProof = proof.to_string().parse()?;
//! assert_eq!(received.verify(b"seen", &key.verifier())?, checkpoint);
//! assert!(received.verify(b"unseen", &key.verifier()).is_err());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod audit;
pub mod checkpoint;
mod error;
pub mod hash;
pub mod keys;
pub mod leaf;
pub mod note;
pub mod proof;
pub mod tile;
pub mod tree;

pub use checkpoint::Checkpoint;
pub use error::Error;
pub use hash::Hash;
pub use keys::{DualSignature, NodeKey, NodeVerifier};
pub use leaf::Leaf;
pub use note::Note;
