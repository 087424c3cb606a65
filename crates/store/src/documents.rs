//! Inventory documents: kept sealed beside the rows that name them, the latest of each system.
//!
//! A document is no part of the log. The log has its SHA-256, and replay checks that what is kept is what was named.
//! With the key of its institution it can be read no more, and erasing takes it away.

use aws_lc_rs::digest::{SHA256, digest};
use bongsu_authority::access::{Action, ObjectId, Permit};
use bongsu_authority::{InstitutionId, SystemId};
use bongsu_response::{Evidence, Wish};

use crate::error::Error;
use crate::keep;
use crate::port::{Fault, Read, Row, Scope, ask, id};
use crate::rows::odd;
use crate::schema;
use crate::sealing::{Keyring, Owner};
use crate::sql;
use crate::store::Store;
use crate::work::Work;

/// The largest document that is kept, in bytes: 64 MiB.
pub const LARGEST: usize = 64 << 20;

/// The longest name of a document that is kept, in bytes.
const LONGEST_NAME: usize = 255;

/// A document as its institution sent it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Document {
    /// The name of its file, without folders: some formats are known by it. At most 255 bytes are kept.
    pub name: String,
    /// The file.
    pub bytes: Vec<u8>,
}

/// A document that is kept, by its digest.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Written {
    /// The system it is about.
    pub system: SystemId,
    /// Whose system it is.
    pub institution: InstitutionId,
    /// SHA-256 of the file.
    pub digest: Evidence,
}

/// Why a document is not kept; then nothing was recorded.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Unkept {
    /// Its digest is another than the wish names.
    #[error("the document is not the one whose SHA-256 is published: send the two of one file")]
    OtherDigest,
    /// It is too large.
    #[error(
        "the document has {bytes} bytes and at most {LARGEST} are kept: publish the system in parts"
    )]
    TooLarge {
        /// Its size.
        bytes: usize,
    },
    /// The wish publishes nothing.
    #[error("a document comes with an inventory that is published, and with nothing else")]
    NothingPublished,
}

bongsu_authority::reasons!(Unkept {
    Self::OtherDigest => "other-digest",
    Self::TooLarge { .. } => "document-too-large",
    Self::NothingPublished => "nothing-published",
});

/// Is the document the one that the wish names?
pub(crate) fn fits(wish: &Wish, document: Option<&Document>) -> Result<(), Error> {
    let Some(document) = document else { return Ok(()) };
    let Wish::PublishInventory { digest, .. } = wish else {
        return Err(Unkept::NothingPublished.into());
    };
    let bytes = document.bytes.len();
    if bytes > LARGEST {
        return Err(Unkept::TooLarge { bytes }.into());
    }
    if digest_of(&document.bytes) != *digest {
        return Err(Unkept::OtherDigest.into());
    }
    Ok(())
}

/// Keeps the document of an inventory that was published; `news` where the log has a new entry for it.
///
/// What was published before without its document may bring it later.
pub(crate) fn put(
    work: &mut Work<'_>,
    wish: &Wish,
    document: Option<&Document>,
    news: bool,
) -> Result<(), Error> {
    let Wish::PublishInventory { institution, system, digest, .. } = wish else { return Ok(()) };
    let Some(document) = document else {
        if news {
            work.bare.insert(system.0);
        }
        return Ok(());
    };
    let owner = Owner::Institution(*institution);
    let sealed = work.seal(owner, schema::DOCUMENTS.name, &system.0, &packed(document))?;
    let row = vec![id(system.0), id(institution.0), digest.0.to_vec().into(), sealed.into()];
    work.bare.remove(&system.0);
    Ok(work.tx.put(&schema::DOCUMENTS, &[row])?)
}

/// Lets go of documents that a newer inventory came without.
pub(crate) fn drop_bare(work: &mut Work<'_>) -> Result<(), Error> {
    if work.bare.is_empty() {
        return Ok(());
    }
    let these: Vec<[u8; 16]> = std::mem::take(&mut work.bare).into_iter().collect();
    work.tx.run(ask(sql::DROP_DOCUMENTS, &[]).among(&these))?;
    Ok(())
}

impl Store {
    /// Which systems have a document, for the program itself. Never shown as it is.
    pub fn written(&self) -> Result<Vec<Written>, Error> {
        self.read(Scope::Node, |read| {
            let rows = keep::rows(read, ask(sql::DOCUMENTS, &[]))?;
            Ok(rows.iter().map(read_written).collect::<Result<_, _>>()?)
        })
    }

    /// Which systems of an institution have a document; needs a permit to see its inventories.
    pub fn documents(
        &self,
        permit: &Permit,
        institution: InstitutionId,
    ) -> Result<Vec<Written>, Error> {
        permit.covers(Action::SeeInventory, &ObjectId::Institution(institution))?;
        self.read(Scope::Institution(institution.0), |read| {
            let rows = keep::rows(read, ask(sql::DOCUMENTS_OF, &[id(institution.0)]))?;
            Ok(rows.iter().map(read_written).collect::<Result<_, _>>()?)
        })
    }

    /// The latest document of a system, for making the index anew and for nothing else. Never shown as it is.
    pub fn document_for_the_index(&self, system: SystemId) -> Result<Option<Document>, Error> {
        self.read(Scope::Node, |read| {
            let found = opened(system, &self.ring, read)?;
            Ok(found.map(|(_, document)| document))
        })
    }

    /// The latest document of a system, where one is kept; needs a permit to see its institution's inventories.
    ///
    /// # Errors
    /// [`Error::Unsealable`] where it is not what was published.
    pub fn document(
        &self,
        permit: &Permit,
        institution: InstitutionId,
        system: SystemId,
    ) -> Result<Option<Document>, Error> {
        permit.covers(Action::SeeInventory, &ObjectId::Institution(institution))?;
        self.read(Scope::Institution(institution.0), |read| {
            let Some((kept, document)) = opened(system, &self.ring, read)? else { return Ok(None) };
            if kept.institution != institution {
                return Ok(None);
            }
            if digest_of(&document.bytes) == kept.digest {
                Ok(Some(document))
            } else {
                Err(crate::sealing::Unsealable.into())
            }
        })
    }
}

/// A row as what is kept.
pub(crate) fn read_written(row: &Row) -> Result<Written, Fault> {
    Ok(Written {
        system: SystemId(row.array(0)?),
        institution: InstitutionId(row.array(1)?),
        digest: Evidence(row.array(2)?),
    })
}

/// Is the document that is kept the one that is named? Read alone, so that only one is in memory.
pub(crate) fn is_whole(
    named: &Written,
    ring: &Keyring,
    read: &mut dyn Read,
) -> Result<bool, Error> {
    let kept = opened(named.system, ring, read)?;
    Ok(kept.is_some_and(|(_, document)| digest_of(&document.bytes) == named.digest))
}

fn opened(
    system: SystemId,
    ring: &Keyring,
    read: &mut dyn Read,
) -> Result<Option<(Written, Document)>, Error> {
    let rows = keep::rows(read, ask(sql::DOCUMENT, &[id(system.0)]))?;
    let Some(row) = rows.first() else { return Ok(None) };
    let kept = read_written(row)?;
    let owner = Owner::Institution(kept.institution);
    let mut open = keep::reading(ring, read);
    let text = open(owner, schema::DOCUMENTS.name, &system.0, row.bytes(3)?)?;
    let document = text.map(|text| unpacked(&text)).transpose()?;
    Ok(document.map(|document| (kept, document)))
}

fn digest_of(bytes: &[u8]) -> Evidence {
    let hash = digest(&SHA256, bytes);
    Evidence(hash.as_ref().try_into().expect("SHA-256 is 32 bytes"))
}

/// Length of the name in one byte, the name, the file.
fn packed(document: &Document) -> Vec<u8> {
    let name = &document.name[..document.name.floor_char_boundary(LONGEST_NAME)];
    let length = u8::try_from(name.len()).expect("a name was cut to 255 bytes");
    let mut text = Vec::with_capacity(1 + name.len() + document.bytes.len());
    text.push(length);
    text.extend_from_slice(name.as_bytes());
    text.extend_from_slice(&document.bytes);
    text
}

fn unpacked(text: &[u8]) -> Result<Document, Fault> {
    let torn = || odd("a document without its name");
    let (length, rest) = text.split_first().ok_or_else(torn)?;
    let (name, bytes) = rest.split_at_checked(usize::from(*length)).ok_or_else(torn)?;
    let name = String::from_utf8(name.to_vec()).map_err(odd)?;
    Ok(Document { name, bytes: bytes.to_vec() })
}
