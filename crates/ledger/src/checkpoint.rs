//! Checkpoints: how large a log is and what its root is, signed by its node.
//!
//! Source: C2SP tlog-checkpoint.

use std::fmt;
use std::str::FromStr;

use crate::Error;
use crate::hash::Hash;
use crate::keys::{NodeKey, NodeVerifier};
use crate::note::{Name, Note};
use crate::tree::MAX_SIZE;

/// What a node says of its log: so many entries, and this root.
///
/// - **Shape:** lines of origin, size and root in Base64; then extension lines, if any.
/// - **Source:** C2SP tlog-checkpoint, section *Note text*.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Checkpoint {
    /// Which log: the name of the node that alone writes it.
    pub origin: Name,
    /// Entries in the log, at most [`MAX_SIZE`].
    pub size: u64,
    /// The root of the tree over them.
    pub root: Hash,
    /// Lines of other meaning; nothing in this crate reads them.
    pub extensions: Vec<Extension>,
}

/// An extension line of a checkpoint: not empty, without control characters.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Extension(Box<str>);

/// Why a text is not a checkpoint.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum CheckpointError {
    /// The first line is no name of a log.
    #[error("the first line of a checkpoint names its log, such as `moi.example.kr/log`")]
    Origin,
    /// The second line is no size.
    #[error("the second line of a checkpoint is its size, 0 to {MAX_SIZE}, without leading zeroes")]
    Size,
    /// The third line is no root, or an empty log has one that no empty log has.
    #[error("the third line of a checkpoint is its root, 32 bytes in Base64")]
    Root,
    /// A later line is empty or holds a control character.
    #[error("the lines of a checkpoint end with line ends and none is empty")]
    Extension,
}

impl Checkpoint {
    /// A checkpoint without extension lines.
    pub fn new(origin: Name, size: u64, root: Hash) -> Self {
        Self { origin, size, root, extensions: Vec::new() }
    }

    /// Signs with both keys of the node.
    ///
    /// # Errors
    /// [`Error::Origin`] when the log is not this node's; [`Error::Checkpoint`] when no reader
    /// would take it.
    pub fn sign(&self, key: &NodeKey) -> Result<Note, Error> {
        if self.origin != *key.name() {
            let expected = key.name().clone();
            return Err(Error::Origin { expected, found: self.origin.clone() });
        }
        let text = self.to_string();
        text.parse::<Self>()?;
        Ok(key.sign_note(text)?)
    }

    /// Reads a signed checkpoint and checks both signatures of its node.
    pub fn open(note: &Note, verifier: &NodeVerifier) -> Result<Self, Error> {
        verifier.check_note(note)?;
        let checkpoint: Self = note.text().parse()?;
        if checkpoint.origin != *verifier.name() {
            let expected = verifier.name().clone();
            return Err(Error::Origin { expected, found: checkpoint.origin });
        }
        Ok(checkpoint)
    }
}

impl FromStr for Checkpoint {
    type Err = CheckpointError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.strip_suffix('\n').ok_or(CheckpointError::Extension)?;
        let mut lines = text.split('\n');
        let origin = lines.next().and_then(|line| line.parse().ok());
        let origin = origin.ok_or(CheckpointError::Origin)?;
        let size = lines.next().and_then(decimal).filter(|size| *size <= MAX_SIZE);
        let size = size.ok_or(CheckpointError::Size)?;
        let root = lines.next().and_then(Hash::from_base64);
        let root = root.filter(|root| size != 0 || *root == Hash::EMPTY_ROOT);
        let root = root.ok_or(CheckpointError::Root)?;
        let extensions = lines.map(str::parse).collect::<Result<_, _>>()?;
        Ok(Self { origin, size, root, extensions })
    }
}

impl fmt::Display for Checkpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}\n{}\n{}", self.origin, self.size, self.root.to_base64())?;
        self.extensions.iter().try_for_each(|line| writeln!(f, "{}", line.0))
    }
}

impl Extension {
    /// As text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Extension {
    type Err = CheckpointError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.is_empty() || text.contains(char::is_control) {
            return Err(CheckpointError::Extension);
        }
        Ok(Self(text.into()))
    }
}

/// A number in decimal digits, with no zero in front.
pub(crate) fn decimal(text: &str) -> Option<u64> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    let padded = text.len() > 1 && text.starts_with('0');
    if digits && !padded { text.parse().ok() } else { None }
}

#[cfg(test)]
mod tests;
