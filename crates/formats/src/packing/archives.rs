//! Zip and tar: every entry is a document, and only regular files are entries.

use std::io::{Cursor, Read};

use super::Unpacker;
use super::meter::{Meter, error_of};
use super::patience::Patient;
use crate::Error;

impl Unpacker<'_> {
    /// Reads a zip through its central directory, which alone knows links from files.
    pub(super) fn zip(&mut self, name: &str, reader: &mut dyn Read, layers: usize) {
        let mut packed = Vec::new();
        let limit = self.limits.packed_bytes;
        match reader.take(limit + 1).read_to_end(&mut packed) {
            Err(error) => return self.refuse(name, error_of(error)),
            Ok(_) if packed.len() as u64 > limit => {
                let what = "the packed archive in bytes".to_owned();
                return self.refuse(name, Error::TooLarge { what, limit });
            }
            Ok(_) => {}
        }
        let mut archive = match zip::ZipArchive::new(Cursor::new(packed.as_slice())) {
            Ok(archive) => archive,
            Err(error) => return self.refuse(name, damaged("zip", &error.to_string())),
        };
        if OFFICE.iter().any(|part| archive.index_for_name(part).is_some()) {
            drop(archive);
            self.hand_over(name, None, &packed); // an office document, whose reader wants it whole
            return;
        }
        let count = archive.len() as u64;
        if count > self.limits.documents {
            let what = "the number of entries in the zip".to_owned();
            return self.refuse(name, Error::TooLarge { what, limit: self.limits.documents });
        }
        for number in 0..archive.len() {
            if self.full {
                return;
            }
            if !self.patience.is_left() {
                return self.refuse(name, Error::OutOfTime);
            }
            self.zip_entry(name, &mut archive, number, layers);
        }
    }

    fn zip_entry(
        &mut self,
        name: &str,
        archive: &mut zip::ZipArchive<Cursor<&[u8]>>,
        number: usize,
        layers: usize,
    ) {
        let entry = match archive.by_index(number) {
            Ok(entry) => entry,
            Err(error) => {
                let name = format!("{name}!entry {number}");
                return self.refuse(&name, damaged("zip", &error.to_string()));
            }
        };
        let inside = String::from_utf8_lossy(entry.name_raw()).into_owned();
        let full_name = format!("{name}!{inside}");
        if entry.is_dir() {
            return;
        }
        if entry.is_symlink() {
            return self.refuse(&full_name, link("a symbolic link"));
        }
        if let Some(reason) = bad_name(&inside) {
            return self.refuse(&full_name, reason);
        }
        let packed = std::rc::Rc::new(std::cell::Cell::new(entry.compressed_size()));
        let entry = Patient { inner: entry, patience: self.patience };
        let mut watched = Meter::new(entry).growing_from(packed, self.limits);
        self.open(&full_name, &mut watched, layers + 1);
    }

    /// Reads a tar as it streams by.
    pub(super) fn tar(&mut self, name: &str, reader: &mut dyn Read, layers: usize) {
        let metered = Meter::new(reader);
        let allowance = metered.allowance();
        allowance.set(HEADER_BYTES);
        let mut archive = tar::Archive::new(metered);
        let entries = match archive.entries() {
            Ok(entries) => entries,
            Err(error) => return self.refuse(name, error_of(error)),
        };
        for entry in entries {
            let mut entry = match entry {
                Ok(entry) => entry,
                Err(error) => return self.refuse(name, damaged_tar(error)),
            };
            allowance.set(u64::MAX);
            let inside = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
            let full_name = format!("{name}!{inside}");
            let kind = entry.header().entry_type();
            let refused = match kind {
                tar::EntryType::Regular
                | tar::EntryType::Continuous
                | tar::EntryType::GNUSparse => bad_name(&inside),
                tar::EntryType::Directory | tar::EntryType::XGlobalHeader => None,
                tar::EntryType::Symlink => Some(link("a symbolic link")),
                tar::EntryType::Link => Some(link("a hard link")),
                _ => Some(link("a device, a pipe or another special file")),
            };
            if let Some(reason) = refused {
                self.refuse(&full_name, reason);
            } else if kind.is_file() || kind.is_contiguous() || kind.is_gnu_sparse() {
                let size = entry.size();
                let mut whole = Meter::new(&mut entry).promising(size);
                self.open(&full_name, &mut whole, layers + 1);
            }
            if self.full {
                return;
            }
            if let Err(error) = std::io::copy(&mut entry, &mut std::io::sink()) {
                return self.refuse(name, damaged_tar(error));
            }
            allowance.set(HEADER_BYTES);
        }
    }
}

/// Why a name inside an archive is refused: it points outside.
fn bad_name(inside: &str) -> Option<Error> {
    let outside = inside.starts_with(['/', '\\'])
        || inside.as_bytes().get(1) == Some(&b':')
        || inside.split(['/', '\\']).any(|part| part == "..");
    if !outside && !inside.is_empty() && !inside.contains('\0') {
        return None;
    }
    let detail = "its name leads outside the archive; a right one is `folder/file.json`".to_owned();
    Some(Error::Field { format: "archive", detail })
}

fn link(kind: &str) -> Error {
    let detail = format!("it is {kind}; only regular files are read from archives");
    Error::Field { format: "archive", detail }
}

fn damaged(format: &'static str, said: &str) -> Error {
    Error::Syntax { format, detail: said.to_owned() }
}

/// A limit stays a limit; anything else is a damaged tar.
fn damaged_tar(error: std::io::Error) -> Error {
    match error_of(error) {
        Error::Read(error) => damaged("tar", &error.to_string()),
        ours => ours,
    }
}

/// Parts that only an office document has.
const OFFICE: [&str; 2] = ["[Content_Types].xml", "xl/workbook.xml"];

/// What the headers between two files of a tar may take, long names and padding included.
const HEADER_BYTES: u64 = 1 << 20;
