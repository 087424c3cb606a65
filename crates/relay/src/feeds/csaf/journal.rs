//! Which documents have come, one line each as they come: `time TAB address`; a time of `-` takes the line back.
//!
//! It is written after the documents it names are on the disk, so what it names is there. A torn last line is cut off.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::feeds::mirror::Incoming;

/// The documents that have come.
#[derive(Debug)]
pub(super) struct Journal {
    path: PathBuf,
    updated: BTreeMap<String, String>,
}

impl Journal {
    /// Reads what was written in this folder, and writes it anew where it is mostly history.
    pub(super) fn open(folder: &Path) -> io::Result<Self> {
        let path = folder.join(NAME);
        let bytes = match std::fs::read(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
            read => read?,
        };
        let whole = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        let text = String::from_utf8_lossy(&bytes[..whole]);
        let mut updated = BTreeMap::new();
        for row in text.lines() {
            match row.split_once('\t') {
                Some((GONE, url)) => updated.remove(url),
                Some((at, url)) => updated.insert(url.to_owned(), at.to_owned()),
                None => None,
            };
        }
        let journal = Self { path, updated };
        if whole < bytes.len() || text.lines().count() > 2 * journal.len() + 64 {
            journal.rewrite(folder)?;
        }
        Ok(journal)
    }

    /// Writes down that these documents have come, or are gone where there is no time.
    pub(super) fn write(&mut self, rows: &[(String, Option<String>)]) -> io::Result<()> {
        let mut text = String::new();
        for (url, updated) in rows {
            let at = updated.as_deref().map_or(GONE, |at| if at.is_empty() { UNTOLD } else { at });
            let plain = |text: &str| text.replace(['\t', '\n', '\r'], " ");
            text.extend([&plain(at), "\t", &plain(url), "\n"]);
        }
        let mut file = OpenOptions::new().create(true).append(true).open(&self.path)?;
        file.write_all(text.as_bytes())?;
        file.sync_data()?;
        for (url, updated) in rows {
            match updated {
                Some(at) if at.is_empty() => self.updated.insert(url.clone(), UNTOLD.to_owned()),
                Some(at) => self.updated.insert(url.clone(), at.clone()),
                None => self.updated.remove(url),
            };
        }
        Ok(())
    }

    /// When a document was last changed, as its list said when it came.
    pub(super) fn updated(&self, url: &str) -> Option<&str> {
        self.updated.get(url).map(|at| if at == UNTOLD { "" } else { at.as_str() })
    }

    pub(super) fn urls(&self) -> impl Iterator<Item = &str> {
        self.updated.keys().map(String::as_str)
    }

    pub(super) fn len(&self) -> usize {
        self.updated.len()
    }

    /// The latest time of any document.
    pub(super) fn newest(&self) -> Option<&str> {
        self.updated.values().map(String::as_str).filter(|at| *at != UNTOLD).max()
    }

    fn rewrite(&self, folder: &Path) -> io::Result<()> {
        let mut incoming = Incoming::begin(folder, NAME)?;
        for (url, at) in &self.updated {
            writeln!(incoming, "{at}\t{url}")?;
        }
        incoming.keep().map(drop)
    }
}

/// Makes everything that was written to the disk of a folder durable.
pub(super) fn sync_disk(folder: &Path) -> io::Result<()> {
    Ok(rustix::fs::syncfs(File::open(folder)?)?)
}

const NAME: &str = "documents.tsv";

/// It has not come, or is gone.
const GONE: &str = "-";

/// The list gives no time.
const UNTOLD: &str = "?";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_torn_line_is_cut_off_and_the_rest_stands() {
        let folder = std::env::temp_dir().join(format!("bongsu-journal-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let mut journal = Journal::open(&folder).unwrap();
        let come = |url: &str, at: &str| (url.to_owned(), Some(at.to_owned()));
        journal.write(&[come("a", "1"), come("b", ""), come("c", "3")]).unwrap();
        journal.write(&[("a".to_owned(), None), come("c", "2")]).unwrap();
        let mut file = OpenOptions::new().append(true).open(folder.join(NAME)).unwrap();
        file.write_all(b"9\ttorn").unwrap();
        let journal = Journal::open(&folder).unwrap();
        assert_eq!(journal.urls().collect::<Vec<_>>(), ["b", "c"]);
        assert_eq!((journal.updated("b"), journal.updated("c")), (Some(""), Some("2")));
        assert_eq!(std::fs::read(folder.join(NAME)).unwrap().last(), Some(&b'\n'));
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
