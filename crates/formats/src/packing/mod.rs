//! Out of the box: zstd, gzip, zip and tar, nested, and streams of JSON lines.
//!
//! [`documents`] hands over one document at a time and holds no more than that one in memory (and,
//! for a zip, the packed bytes). It looks at the bytes, never at the name alone, follows no link
//! and believes no size that an archive declares.

mod archives;
mod lines;
mod meter;
mod patience;

use std::io::{BufReader, Read};

use bongsu_advisory::Place;

use crate::{Error, Limits, Quarantined};
use meter::{Meter, error_of};
pub use patience::Patience;
use patience::Patient;

/// One document, unpacked.
#[derive(Clone, Debug)]
pub struct Document<'a> {
    /// Where it is: `dump.zip!GHSA-1.json`, and its line in a stream of lines.
    pub place: Place,
    /// Its own file name without folders and without the ending of its packing, `GHSA-1.json`.
    pub file: &'a str,
    /// Its bytes.
    pub bytes: &'a [u8],
}

/// Hands every document in `reader` to `sink`, and what it could not unpack with the reason.
///
/// A file that is not packed is one document; a file of JSON lines is one document a line.
/// `name` is the file's name as the user should see it in a [`Place`].
pub fn documents(
    name: &str,
    reader: impl Read,
    limits: &Limits,
    sink: &mut dyn FnMut(Result<Document<'_>, Quarantined>),
) {
    documents_while(name, reader, limits, Patience::ENDLESS, sink);
}

/// As [`documents`], while there is time: what is left then is refused with one word about it.
pub fn documents_while(
    name: &str,
    reader: impl Read,
    limits: &Limits,
    patience: Patience<'_>,
    sink: &mut dyn FnMut(Result<Document<'_>, Quarantined>),
) {
    let mut unpacker = Unpacker { limits, patience, sink, documents: 0, bytes: 0, full: false };
    let mut reader = Patient { inner: reader, patience };
    unpacker.open(name, &mut reader, 0);
}

/// What has been handed over, and to whom.
struct Unpacker<'a> {
    limits: &'a Limits,
    patience: Patience<'a>,
    sink: &'a mut dyn FnMut(Result<Document<'_>, Quarantined>),
    documents: u64,
    bytes: u64,
    /// A limit of the whole stream was reached; nothing more is read.
    full: bool,
}

/// How the bytes of a file are packed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Packing {
    Plain,
    Zstd,
    Gzip,
    Zip,
    Tar,
    /// A packing we know by sight only.
    Unread(&'static str),
}

impl Unpacker<'_> {
    /// Looks at the first bytes and unpacks accordingly.
    fn open(&mut self, name: &str, reader: &mut dyn Read, layers: usize) {
        if layers > LAYERS {
            let what = format!("packing inside packing in {name}");
            return self.refuse(name, Error::TooLarge { what, limit: LAYERS as u64 });
        }
        let mut head = Vec::with_capacity(HEAD_BYTES);
        if let Err(error) = (&mut *reader).take(HEAD_BYTES as u64).read_to_end(&mut head) {
            return self.refuse(name, error_of(error));
        }
        let packing = Packing::of(&head);
        let mut reader = head.as_slice().chain(reader);
        match packing {
            Packing::Plain => self.plain(name, &mut reader),
            Packing::Zstd | Packing::Gzip => self.stream(name, &mut reader, packing, layers),
            Packing::Zip => self.zip(name, &mut reader, layers),
            Packing::Tar => self.tar(name, &mut reader, layers),
            Packing::Unread(kind) => {
                let hint = format!("{kind}; unpack it first, or use zstd, gzip, zip or tar");
                self.refuse(name, Error::UnknownFormat { hint });
            }
        }
    }

    /// A single packed file.
    fn stream(&mut self, name: &str, reader: &mut dyn Read, packing: Packing, layers: usize) {
        let packed = Meter::new(reader);
        let count = packed.count();
        let opened: std::io::Result<Box<dyn Read + '_>> = match packing {
            Packing::Gzip => Ok(Box::new(flate2::read::MultiGzDecoder::new(packed))),
            _ => zstd::Decoder::new(packed).and_then(|mut decoder| {
                decoder.window_log_max(ZSTD_WINDOW_LOG)?;
                Ok(Box::new(decoder) as Box<dyn Read>)
            }),
        };
        match opened {
            Ok(unpacked) => {
                let mut watched = Meter::new(unpacked).growing_from(count, self.limits);
                self.open(name, &mut watched, layers + 1);
            }
            Err(error) => self.refuse(name, error_of(error)),
        }
    }

    /// A file that is not packed: one document, or one a line.
    fn plain(&mut self, name: &str, reader: &mut dyn Read) {
        let mut reader = BufReader::with_capacity(1 << 16, reader);
        self.text(name, &mut reader);
    }

    /// Hands a document over; `false` when the stream has reached its limits.
    fn hand_over(&mut self, name: &str, line: Option<u64>, bytes: &[u8]) -> bool {
        self.documents += 1;
        self.bytes += bytes.len() as u64;
        let too_large = |what: &str, limit| Some(Error::TooLarge { what: what.to_owned(), limit });
        let over = if self.documents > self.limits.documents {
            too_large("number of documents", self.limits.documents)
        } else if self.bytes > self.limits.archive_bytes {
            too_large("bytes of all documents together", self.limits.archive_bytes)
        } else if self.patience.is_left() {
            None
        } else {
            Some(Error::OutOfTime)
        };
        if let Some(reason) = over {
            self.full = true;
            let place = Place { document: name.to_owned(), line, field: None };
            (self.sink)(Err(Quarantined { place, reason }));
            return false;
        }
        let place = Place { document: name.to_owned(), line, field: None };
        (self.sink)(Ok(Document { place, file: file_of(name), bytes }));
        true
    }

    /// Sets a file aside.
    fn refuse(&mut self, name: &str, reason: Error) {
        self.refuse_line(name, None, reason);
    }

    /// Sets a line aside.
    fn refuse_line(&mut self, name: &str, line: Option<u64>, reason: Error) {
        let place = Place { document: name.to_owned(), line, field: None };
        (self.sink)(Err(Quarantined { place, reason }));
    }
}

impl Packing {
    /// The packing of a file that begins with `head`.
    fn of(head: &[u8]) -> Self {
        let skippable = matches!(head, [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..]);
        if head.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]) || skippable {
            Self::Zstd
        } else if head.starts_with(&[0x1f, 0x8b, 8]) {
            Self::Gzip
        } else if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") {
            Self::Zip
        } else if head.get(257..262) == Some(b"ustar") {
            Self::Tar
        } else if head.starts_with(b"BZh") && head.get(4..8) == Some(b"1AY&") {
            Self::Unread("a bzip2 file")
        } else if head.starts_with(b"\xfd7zXZ\0") {
            Self::Unread("an xz file")
        } else if head.starts_with(b"7z\xbc\xaf\x27\x1c") {
            Self::Unread("a 7-Zip archive")
        } else if head.starts_with(b"Rar!\x1a\x07") {
            Self::Unread("a RAR archive")
        } else {
            Self::Plain
        }
    }
}

/// The file name in a place: the last name, without folders and the endings of packings.
fn file_of(name: &str) -> &str {
    let mut file = name.rsplit(['/', '\\', '!']).next().unwrap_or(name);
    while let Some((stem, ending)) = file.rsplit_once('.') {
        let packed = ["zst", "zstd", "gz"].iter().any(|known| ending.eq_ignore_ascii_case(known));
        if !packed || stem.is_empty() {
            break;
        }
        file = stem;
    }
    file
}

/// Enough to see a tar header's mark.
const HEAD_BYTES: usize = 512;

/// How deep packing may nest: `.zst` in `.tar` in `.zip` in `.gz`, and one to spare.
const LAYERS: usize = 5;

/// The largest zstd window we allocate, 128 MiB: what `zstd --ultra --long` writes.
const ZSTD_WINDOW_LOG: u32 = 27;
