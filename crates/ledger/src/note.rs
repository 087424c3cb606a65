//! Signed notes: a text, and below it a line for each signature.
//!
//! Source: C2SP signed-note.

mod key;
mod name;

#[cfg(test)]
mod tests;

pub use key::{Algorithm, KeyId, ParseVerifierKeyError, VerifierKey};
pub use name::{MAX_NAME_BYTES, Name, ParseNameError};

use std::fmt;
use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// The most bytes in a note: 32 signature lines of the largest kind, and as much text again.
pub const MAX_NOTE_BYTES: usize = 512 << 10;

/// The most signature lines in a note. The standard asks readers to take at least 16.
pub const MAX_SIGNATURES: usize = 32;

/// A text and the signatures below it. Nothing says yet that any of them holds.
///
/// - **Shape:** UTF-8 without control characters but line ends; the text ends with a line end, an
///   empty line follows, then lines of an em dash, a name and Base64.
/// - **Source:** C2SP signed-note, section *Format*.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Note {
    text: String,
    lines: Vec<SignatureLine>,
}

/// One signature line of a note.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SignatureLine {
    /// Whose it claims to be.
    pub name: Name,
    /// Which key made it, as it claims.
    pub id: KeyId,
    /// What the key made.
    pub signature: Vec<u8>,
}

/// Why bytes are not a signed note.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum NoteError {
    /// It is over [`MAX_NOTE_BYTES`].
    #[error("a note has at most {MAX_NOTE_BYTES} bytes")]
    TooLong,
    /// It is no UTF-8.
    #[error("a note is UTF-8")]
    Utf8,
    /// It holds a control character.
    #[error("a note has no control character but line ends; line {line} has one")]
    Control {
        /// The line, from one.
        line: usize,
    },
    /// The text does not end with a line end, or no empty line and signatures follow.
    #[error("a note is a text, an empty line, and signature lines, each with its line end")]
    Shape,
    /// A signature line is malformed.
    #[error("signature line {line} is not such as `— example.kr/log Az3g…`: em dash, name, Base64")]
    Line {
        /// Its place below the empty line, from one.
        line: usize,
    },
    /// Two signature lines are by one key.
    #[error("signature line {line} is by a key that has signed above")]
    Twice {
        /// Its place below the empty line, from one.
        line: usize,
    },
    /// There are more than [`MAX_SIGNATURES`].
    #[error("a note has at most {MAX_SIGNATURES} signatures")]
    TooMany,
}

impl Note {
    /// A text and its signatures.
    pub fn new(text: String, lines: Vec<SignatureLine>) -> Result<Self, NoteError> {
        let note = Self { text, lines };
        Self::from_bytes(note.to_string().as_bytes()).and_then(|read| {
            // An empty line at the end of a text would move the border.
            if read == note { Ok(note) } else { Err(NoteError::Shape) }
        })
    }

    /// Reads a note strictly: whatever it accepts, it prints again byte for byte.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, NoteError> {
        if bytes.len() > MAX_NOTE_BYTES {
            return Err(NoteError::TooLong);
        }
        let note = std::str::from_utf8(bytes).map_err(|_| NoteError::Utf8)?;
        if let Some(place) = note.bytes().position(|byte| byte < b' ' && byte != b'\n') {
            let line = 1 + note.bytes().take(place).filter(|byte| *byte == b'\n').count();
            return Err(NoteError::Control { line });
        }
        let (text, below) = note.rsplit_once("\n\n").ok_or(NoteError::Shape)?;
        let below = below.strip_suffix('\n').filter(|_| !text.is_empty());
        let mut lines: Vec<SignatureLine> = Vec::new();
        for (line, text) in (1..).zip(below.ok_or(NoteError::Shape)?.split('\n')) {
            if line > MAX_SIGNATURES {
                return Err(NoteError::TooMany);
            }
            let read: SignatureLine = text.parse().map_err(|()| NoteError::Line { line })?;
            if lines.iter().any(|known| known.id == read.id && known.name == read.name) {
                return Err(NoteError::Twice { line });
            }
            lines.push(read);
        }
        Ok(Self { text: format!("{text}\n"), lines })
    }

    /// What was signed, with its last line end.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The signature lines, in order.
    pub fn lines(&self) -> &[SignatureLine] {
        &self.lines
    }

    /// The signature line that claims to be by this name and key.
    pub fn line(&self, name: &Name, id: KeyId) -> Option<&SignatureLine> {
        self.lines.iter().find(|line| line.id == id && line.name == *name)
    }

    /// The same text with one more signature: a cosignature joins those that stand.
    pub fn with(mut self, line: SignatureLine) -> Result<Self, NoteError> {
        if self.line(&line.name, line.id).is_some() {
            return Err(NoteError::Twice { line: self.lines.len() + 1 });
        }
        if self.lines.len() == MAX_SIGNATURES {
            return Err(NoteError::TooMany);
        }
        self.lines.push(line);
        Ok(self)
    }
}

impl FromStr for Note {
    type Err = NoteError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::from_bytes(text.as_bytes())
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.text)?;
        self.lines.iter().try_for_each(|line| writeln!(f, "{line}"))
    }
}

impl FromStr for SignatureLine {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (name, base64) =
            text.strip_prefix("— ").and_then(|rest| rest.split_once(' ')).ok_or(())?;
        let bytes = STANDARD.decode(base64).map_err(|_| ())?;
        let (id, signature) = bytes.split_first_chunk().ok_or(())?;
        if signature.is_empty() {
            return Err(());
        }
        let name = name.parse().map_err(|_| ())?;
        Ok(Self { name, id: KeyId(*id), signature: signature.to_vec() })
    }
}

impl fmt::Display for SignatureLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = [self.id.0.as_slice(), &self.signature].concat();
        write!(f, "— {} {}", self.name, STANDARD.encode(bytes))
    }
}
