//! Proof files: all that is needed to show, without a network, that something is in a log.
//!
//! Source: C2SP tlog-proof.

use std::fmt;
use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::Error;
use crate::checkpoint::{Checkpoint, decimal};
use crate::hash::{Hash, leaf_hash};
use crate::keys::NodeVerifier;
use crate::leaf::Leaf;
use crate::note::{MAX_NOTE_BYTES, Note, NoteError};
use crate::tile::MAX_ENTRY_BYTES;
use crate::tree::{MAX_PROOF, verify_inclusion};

const FIRST_LINE: &str = "c2sp.org/tlog-proof@v1";

/// The proof that one entry is in a log.
///
/// - **Shape:** a first line that names the format, the entry in Base64 after `extra`, its `index`,
///   the hashes up to the root, an empty line, and the checkpoint with its signatures.
/// - **Source:** C2SP tlog-proof.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct LogProof {
    /// The entry itself, or nothing: then the reader must have it. Believe it only as
    /// [`LogProof::open`] gives it.
    pub extra: Option<Vec<u8>>,
    /// Its index in the log, from zero.
    pub index: u64,
    /// From the sibling of its leaf up to the child of the root.
    pub path: Vec<Hash>,
    /// The signed checkpoint that it leads to.
    pub checkpoint: Note,
}

/// Why a text is not a proof file.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ProofError {
    /// The first line names another format.
    #[error("a proof file begins with the line `{FIRST_LINE}`")]
    FirstLine,
    /// It is longer than any proof.
    #[error("a proof file has at most {MAX_PROOF} hashes and a checkpoint")]
    TooLong,
    /// The entry it carries is no Base64, or too long.
    #[error(
        "the line `extra` of a proof file is an entry of at most {MAX_ENTRY_BYTES} bytes in Base64"
    )]
    Extra,
    /// There is no index.
    #[error("a proof file has a line `index` with a number without leading zeroes")]
    Index,
    /// A line of the path is no hash.
    #[error("hash {place} of the proof file is not 32 bytes in Base64")]
    Hash {
        /// Its place in the path, from one.
        place: usize,
    },
    /// There is no checkpoint.
    #[error("the checkpoint of the proof file cannot be read")]
    Checkpoint(#[from] NoteError),
}

impl LogProof {
    /// The proof of an entry, with the entry in it.
    pub fn of(entry: &[u8], index: u64, path: Vec<Hash>, checkpoint: Note) -> Self {
        Self { extra: Some(entry.to_vec()), index, path, checkpoint }
    }

    /// Shows that an entry is in the log of a node, as of the checkpoint that is returned.
    pub fn verify(&self, entry: &[u8], verifier: &NodeVerifier) -> Result<Checkpoint, Error> {
        let checkpoint = Checkpoint::open(&self.checkpoint, verifier)?;
        let leaf = leaf_hash(entry);
        verify_inclusion(&leaf, self.index, checkpoint.size, &self.path, &checkpoint.root)?;
        Ok(checkpoint)
    }

    /// Shows that the entry in the file is in the log, and reads it.
    pub fn open(&self, verifier: &NodeVerifier) -> Result<(Leaf, Checkpoint), Error> {
        let entry = self.extra.as_deref().ok_or(ProofError::Extra)?;
        let checkpoint = self.verify(entry, verifier)?;
        Ok((Leaf::from_bytes(entry)?, checkpoint))
    }
}

impl FromStr for LogProof {
    type Err = ProofError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.len() > MAX_NOTE_BYTES {
            return Err(ProofError::TooLong);
        }
        let rest = text.strip_prefix(FIRST_LINE).and_then(|rest| rest.strip_prefix('\n'));
        let rest = rest.ok_or(ProofError::FirstLine)?;
        let (head, note) = rest.split_once("\n\n").ok_or(NoteError::Shape)?;
        let mut lines = head.split('\n').peekable();
        let extra = lines.next_if(|line| line.starts_with("extra "));
        let extra = extra.map(|line| carried(&line["extra ".len()..])).transpose()?;
        let index = lines.next().and_then(|line| line.strip_prefix("index "));
        let index = index.and_then(decimal).ok_or(ProofError::Index)?;
        let mut path = Vec::new();
        for (place, line) in (1..).zip(lines) {
            if place > MAX_PROOF {
                return Err(ProofError::TooLong);
            }
            path.push(Hash::from_base64(line).ok_or(ProofError::Hash { place })?);
        }
        Ok(Self { extra, index, path, checkpoint: note.parse()? })
    }
}

fn carried(base64: &str) -> Result<Vec<u8>, ProofError> {
    let entry = STANDARD.decode(base64).map_err(|_| ProofError::Extra)?;
    if entry.is_empty() || entry.len() > MAX_ENTRY_BYTES {
        Err(ProofError::Extra)
    } else {
        Ok(entry)
    }
}

impl fmt::Display for LogProof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{FIRST_LINE}")?;
        if let Some(extra) = &self.extra {
            writeln!(f, "extra {}", STANDARD.encode(extra))?;
        }
        writeln!(f, "index {}", self.index)?;
        self.path.iter().try_for_each(|hash| writeln!(f, "{}", hash.to_base64()))?;
        write!(f, "\n{}", self.checkpoint)
    }
}

#[cfg(test)]
mod tests;
