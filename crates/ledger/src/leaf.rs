//! What an entry of the log says: a commitment to an act, and how it travels.

use std::fmt;
use std::str::FromStr;

use crate::hash::{Hash, leaf_hash};
use crate::note::KeyId;

/// The most parents that a leaf names.
pub const MAX_PARENTS: usize = 4;

/// An entry of the log. It commits to an act and tells nothing of it but how it travels.
///
/// - **Shape:** at most 405 bytes, see [`Leaf::to_bytes`]; there is one way to write each leaf.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Leaf {
    /// What kind of act it is.
    pub kind: EntryKind,
    /// When, in microseconds since 1970-01-01 UTC, by the clock of the node.
    pub at: i64,
    /// Who it is for.
    pub routing: Routing,
    /// What [`commit`] makes of a salt and the content: who knows both can prove what was said.
    pub commitment: Hash,
    /// The SHA-256 of the sealed bytes, which lie beside the log: whoever stores them can see that
    /// they are whole, and erasing them leaves the log as it is.
    pub envelope: Hash,
    /// The length of the sealed bytes, as [`length_bucket`] rounds it.
    pub bucket: u8,
    /// The key of who acted.
    pub author: KeyId,
    /// What had been seen when this was said.
    pub parents: Parents,
}

/// A kind of act, as a number that `docs` and the crates above give meaning.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct EntryKind(pub u16);

/// Who a leaf is for: read by nodes that may not read the act.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Routing {
    /// Who owns what the act is about.
    pub owner: RoleCode,
    /// Traffic Light Protocol, as a number that `authority` gives meaning.
    pub tlp: u8,
    /// Grade of secrecy, as a number that `authority` gives meaning.
    pub grade: u8,
    /// Class of audience, as a number that `authority` gives meaning.
    pub audience: u8,
}

/// The code of a role, such as `LEAD_PRIV`.
///
/// - **Shape:** 1 to 32 ASCII letters, digits, `_`, `-` and `.`.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct RoleCode(Box<str>);

/// An entry of this or another log that had been seen.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Parent {
    /// The SHA-256 of the name of its log.
    pub origin: Hash,
    /// Its index there, from zero.
    pub index: u64,
    /// Its leaf hash.
    pub leaf: Hash,
}

/// At most four parents, in order, each once.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Parents(Vec<Parent>);

/// Why bytes are not a leaf, or a leaf cannot be.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum LeafError {
    /// It is of a version that we do not know.
    #[error("the leaf is of version {0}; this program reads version 1, a newer one may read it")]
    Version(u8),
    /// It ends too early or goes on after its end.
    #[error("the leaf has {0} bytes, which is not what its fields take")]
    Length(usize),
    /// The owner is no role code.
    #[error(
        "the owner of a leaf is a role code such as `LEAD_PRIV`: 1 to 32 ASCII letters, digits, \
         `_`, `-` or `.`"
    )]
    Owner,
    /// There are too many parents, or they are not in order, each once.
    #[error("a leaf has at most {MAX_PARENTS} parents, in order, each once")]
    Parents,
}

impl Leaf {
    /// The version that is written, and the only one that is read.
    pub const VERSION: u8 = 1;

    /// As bytes, numbers with the big end first.
    ///
    /// ```text
    /// version 1 | kind u16 | at i64 | owner length u8, owner | tlp | grade | audience
    /// commitment 32 | envelope 32 | bucket | author 4
    /// parents u8, each: origin 32 | index u64 | leaf hash 32
    /// ```
    pub fn to_bytes(&self) -> Vec<u8> {
        let owner = self.routing.owner.0.as_bytes();
        let mut bytes = Vec::with_capacity(128 + self.parents.0.len() * 72);
        bytes.push(Self::VERSION);
        bytes.extend_from_slice(&self.kind.0.to_be_bytes());
        bytes.extend_from_slice(&self.at.to_be_bytes());
        bytes.push(u8::try_from(owner.len()).expect("a role code has at most 32 bytes"));
        bytes.extend_from_slice(owner);
        bytes.extend_from_slice(&[self.routing.tlp, self.routing.grade, self.routing.audience]);
        bytes.extend_from_slice(&self.commitment.0);
        bytes.extend_from_slice(&self.envelope.0);
        bytes.push(self.bucket);
        bytes.extend_from_slice(&self.author.0);
        bytes.push(u8::try_from(self.parents.0.len()).expect("there are at most four parents"));
        for parent in &self.parents.0 {
            bytes.extend_from_slice(&parent.origin.0);
            bytes.extend_from_slice(&parent.index.to_be_bytes());
            bytes.extend_from_slice(&parent.leaf.0);
        }
        bytes
    }

    /// Reads what [`Leaf::to_bytes`] writes and nothing else.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, LeafError> {
        let mut reader = Reader { rest: bytes, length: bytes.len() };
        let [version] = reader.take()?;
        if version != Self::VERSION {
            return Err(LeafError::Version(version));
        }
        let kind = EntryKind(u16::from_be_bytes(reader.take()?));
        let at = i64::from_be_bytes(reader.take()?);
        let [length] = reader.take()?;
        let owner = reader.text(length.into())?.parse()?;
        let [tlp, grade, audience] = reader.take()?;
        let routing = Routing { owner, tlp, grade, audience };
        let commitment = Hash(reader.take()?);
        let envelope = Hash(reader.take()?);
        let [bucket] = reader.take()?;
        let author = KeyId(reader.take()?);
        let parents = reader.parents()?;
        if !reader.rest.is_empty() {
            return Err(LeafError::Length(bytes.len()));
        }
        Ok(Self { kind, at, routing, commitment, envelope, bucket, author, parents })
    }

    /// Its hash in the tree.
    pub fn hash(&self) -> Hash {
        leaf_hash(&self.to_bytes())
    }
}

/// Commits to some content: whoever sees the commitment learns nothing without the salt, and
/// nobody can find other content for it.
///
/// The SHA-256 of a domain, the salt and the content. The salt is random, new for each act, and is
/// sealed together with the content.
pub fn commit(salt: &[u8; 32], content: &[u8]) -> Hash {
    Hash::of(&[b"bongsu/commitment/v1\0".as_slice(), salt, content].concat())
}

/// The digest under which sealed bytes are stored and found: their plain SHA-256.
pub fn envelope_digest(sealed: &[u8]) -> Hash {
    Hash::of(sealed)
}

/// A length rounded up to a power of two: its exponent. 0 for nothing and one byte.
pub fn length_bucket(bytes: u64) -> u8 {
    let exponent = bytes.saturating_sub(1).checked_ilog2().map_or(0, |bits| bits + 1);
    u8::try_from(exponent).expect("at most 64")
}

impl Parents {
    /// Puts parents in order, each once.
    pub fn new(parents: impl IntoIterator<Item = Parent>) -> Result<Self, LeafError> {
        let mut sorted: Vec<Parent> = parents.into_iter().collect();
        sorted.sort_unstable();
        sorted.dedup();
        if sorted.len() > MAX_PARENTS { Err(LeafError::Parents) } else { Ok(Self(sorted)) }
    }

    /// None: the first word about something.
    pub fn none() -> Self {
        Self::default()
    }

    /// The parents, in order.
    pub fn as_slice(&self) -> &[Parent] {
        &self.0
    }
}

impl FromStr for RoleCode {
    type Err = LeafError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte);
        if text.is_empty() || text.len() > 32 || !text.bytes().all(fits) {
            return Err(LeafError::Owner);
        }
        Ok(Self(text.into()))
    }
}

impl RoleCode {
    /// As text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RoleCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The bytes of a leaf that have not been read yet.
struct Reader<'a> {
    rest: &'a [u8],
    length: usize,
}

impl<'a> Reader<'a> {
    fn take<const N: usize>(&mut self) -> Result<[u8; N], LeafError> {
        let (taken, rest) = self.rest.split_first_chunk().ok_or(LeafError::Length(self.length))?;
        self.rest = rest;
        Ok(*taken)
    }

    fn text(&mut self, length: usize) -> Result<&'a str, LeafError> {
        let split = self.rest.split_at_checked(length);
        let (taken, rest) = split.ok_or(LeafError::Length(self.length))?;
        self.rest = rest;
        std::str::from_utf8(taken).map_err(|_| LeafError::Owner)
    }

    fn parents(&mut self) -> Result<Parents, LeafError> {
        let [count] = self.take()?;
        if usize::from(count) > MAX_PARENTS {
            return Err(LeafError::Parents);
        }
        let mut parents = Vec::with_capacity(count.into());
        for _ in 0..count {
            let origin = Hash(self.take()?);
            let index = u64::from_be_bytes(self.take()?);
            parents.push(Parent { origin, index, leaf: Hash(self.take()?) });
        }
        if parents.is_sorted_by(|left, right| left < right) {
            Ok(Parents(parents))
        } else {
            Err(LeafError::Parents)
        }
    }
}

#[cfg(test)]
pub(crate) mod tests;
