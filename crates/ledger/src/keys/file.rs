//! The secret keys of a node as a file.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::{NodeKey, wipe};
use crate::hash::unhex;
use crate::note::Name;

const BEGIN: &str = "-----BEGIN BONGSU NODE KEY-----";
const END: &str = "-----END BONGSU NODE KEY-----";

/// Why a text is not the key file of a node. It never repeats what it read.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ParseKeyFileError {
    /// The lines are not those of a key file.
    #[error("a key file has five lines: {BEGIN}, name, id, seed, {END}")]
    Shape,
    /// The name is none.
    #[error("the key file has no proper name")]
    Name(#[from] crate::note::ParseNameError),
    /// The seed is not 32 bytes in Base64.
    #[error("the seed of a key file is 32 bytes in Base64; restore the file from its backup")]
    Seed,
    /// Name, identifier and seed do not belong together.
    #[error(
        "the seed of the key file does not give its identifier; restore the file from its backup"
    )]
    Id,
}

impl NodeKey {
    /// As the text of a key file. It is secret: whoever reads it can sign as the node.
    ///
    /// ```text
    /// -----BEGIN BONGSU NODE KEY-----
    /// name: moi.example.kr/log
    /// id: 5a8c1f02
    /// seed: 32 bytes in Base64
    /// -----END BONGSU NODE KEY-----
    /// ```
    pub fn to_text(&self) -> String {
        let seed = STANDARD.encode(self.seed.0);
        format!("{BEGIN}\nname: {}\nid: {}\nseed: {seed}\n{END}\n", self.name(), self.id())
    }

    /// Reads a key file; line ends of Windows and spaces around it are let pass.
    pub fn from_text(text: &str) -> Result<Self, ParseKeyFileError> {
        let mut lines = text.trim().lines();
        let mut field = |label: &str| {
            let line = lines.next().ok_or(ParseKeyFileError::Shape)?;
            line.trim_end().strip_prefix(label).ok_or(ParseKeyFileError::Shape)
        };
        let head = field(BEGIN)?;
        let name: Name = field("name: ")?.parse()?;
        let id = field("id: ")?;
        let base64 = field("seed: ")?;
        let foot = field(END)?;
        if !head.is_empty() || !foot.is_empty() || lines.next().is_some() {
            return Err(ParseKeyFileError::Shape);
        }
        let mut bytes = STANDARD.decode(base64).map_err(|_| ParseKeyFileError::Seed)?;
        let seed = bytes.as_slice().try_into().map_err(|_| ParseKeyFileError::Seed);
        wipe(&mut bytes);
        let key = Self::from_seed(name, seed?);
        let mut claimed = [0; 4];
        unhex(id, &mut claimed).ok_or(ParseKeyFileError::Id)?;
        if key.id().0 == claimed { Ok(key) } else { Err(ParseKeyFileError::Id) }
    }
}
