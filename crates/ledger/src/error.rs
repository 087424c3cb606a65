//! Why something signed or proven is not believed.

use crate::checkpoint::CheckpointError;
use crate::note::{Algorithm, Name, NoteError};
use crate::proof::ProofError;
use crate::tree::Refuted;

/// Why something signed or proven is not believed.
///
/// Nothing of what was refused may be used: treat the bytes as if they had never come.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The bytes are not a signed note.
    #[error("cannot read the signed note")]
    Note(#[from] NoteError),
    /// The text of the note is not a checkpoint.
    #[error("cannot read the checkpoint")]
    Checkpoint(#[from] CheckpointError),
    /// The text is not a proof file.
    #[error("cannot read the proof file")]
    Proof(#[from] ProofError),
    /// A signature that must be there is not.
    #[error("there is no {algorithm} signature by {name}; ask its node for a complete copy")]
    Unsigned {
        /// Whose it should be.
        name: Name,
        /// Which of the two.
        algorithm: Algorithm,
    },
    /// A signature does not fit the text and the key.
    #[error("the {algorithm} signature by {name} does not fit: the text or the key is another")]
    Signature {
        /// Whose it claims to be.
        name: Name,
        /// Which of the two.
        algorithm: Algorithm,
    },
    /// The verifier was told to believe neither half of a signature.
    #[error("{name} cannot be verified: no signature algorithm is trusted")]
    NothingTrusted {
        /// Whose signature it is.
        name: Name,
    },
    /// The checkpoint is of another log than the key.
    #[error("this is a checkpoint of {found}, not of {expected}")]
    Origin {
        /// The log that the key speaks for.
        expected: Name,
        /// The log that the checkpoint names.
        found: Name,
    },
    /// The proof does not lead from the entry to the checkpoint.
    #[error("the entry is not proven")]
    Refuted(#[from] Refuted),
    /// The proof file carries something else than an entry of a log.
    #[error("cannot read the entry that the proof file carries")]
    Leaf(#[from] crate::leaf::LeafError),
}
