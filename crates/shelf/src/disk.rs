//! The few things a shelf does to a disk, and what each promises.

use std::collections::HashMap;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use bongsu_matching::index::Source;

/// Where the bytes of segments stay while the shelf is open.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Residence {
    /// Read whole at opening: fastest questions.
    Memory,
    /// Read as questions need them, through the system's page cache: opens at once.
    #[default]
    OnDemand,
}

/// A directory of files, as a shelf needs one. Tests bring one that fails at any step.
pub trait Disk: Send + Sync {
    /// A whole file.
    fn read(&self, name: &str) -> io::Result<Vec<u8>>;
    /// A file to be read from, now or later.
    fn source(&self, name: &str, residence: Residence) -> io::Result<Box<dyn Source>>;
    /// Writes a new file and syncs it. Until then it may be there, empty, in part or not at all.
    fn create(&self, name: &str, bytes: &[u8]) -> io::Result<()>;
    /// Renames a file over another and syncs the directory: afterwards it is the new one, and at
    /// no time neither.
    fn rename(&self, from: &str, to: &str) -> io::Result<()>;
    /// Appends to a file. Not yet safe.
    fn append(&self, name: &str, bytes: &[u8]) -> io::Result<()>;
    /// Makes everything appended to a file safe.
    fn sync(&self, name: &str) -> io::Result<()>;
    /// Cuts a file and syncs it.
    fn truncate(&self, name: &str, len: u64) -> io::Result<()>;
    /// Removes a file.
    fn remove(&self, name: &str) -> io::Result<()>;
    /// Names of all files.
    fn list(&self) -> io::Result<Vec<String>>;
    /// Keeps other writers out for as long as this disk lives; false if one is in.
    fn lock(&self) -> io::Result<bool>;
}

/// A real directory.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    /// Files that are appended to, kept open between appends.
    open: Mutex<HashMap<String, File>>,
    /// The lock file, once locked.
    lock: Mutex<Option<File>>,
}

/// The file whose lock says who may write.
const LOCK: &str = "lock";

impl Folder {
    /// A directory; it is made if it is not there.
    ///
    /// # Errors
    /// What the system says.
    pub fn new(path: &Path) -> io::Result<Self> {
        std::fs::create_dir_all(path)?;
        Ok(Self { path: path.to_owned(), open: Mutex::default(), lock: Mutex::default() })
    }

    fn sync_directory(&self) -> io::Result<()> {
        File::open(&self.path)?.sync_all()
    }

    fn with_open<T>(
        &self,
        name: &str,
        act: impl FnOnce(&mut File) -> io::Result<T>,
    ) -> io::Result<T> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if !open.contains_key(name) {
            let file = OpenOptions::new().append(true).open(self.path.join(name))?;
            open.insert(name.to_owned(), file);
        }
        open.get_mut(name).map_or_else(|| Err(io::ErrorKind::NotFound.into()), act)
    }

    fn forget(&self, name: &str) {
        self.open.lock().unwrap_or_else(PoisonError::into_inner).remove(name);
    }
}

impl Disk for Folder {
    fn read(&self, name: &str) -> io::Result<Vec<u8>> {
        std::fs::read(self.path.join(name))
    }

    fn source(&self, name: &str, residence: Residence) -> io::Result<Box<dyn Source>> {
        if residence == Residence::Memory {
            return Ok(Box::new(self.read(name)?));
        }
        let file = File::open(self.path.join(name))?;
        let len = file.metadata()?.len();
        Ok(Box::new(OnDemand { file, len }))
    }

    fn create(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        self.forget(name);
        let mut file = File::create(self.path.join(name))?;
        file.write_all(bytes)?;
        file.sync_all()
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        self.forget(from);
        self.forget(to);
        std::fs::rename(self.path.join(from), self.path.join(to))?;
        self.sync_directory()
    }

    fn append(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        self.with_open(name, |file| file.write_all(bytes))
    }

    fn sync(&self, name: &str) -> io::Result<()> {
        self.with_open(name, |file| file.sync_data())
    }

    fn truncate(&self, name: &str, len: u64) -> io::Result<()> {
        self.forget(name);
        let file = OpenOptions::new().write(true).open(self.path.join(name))?;
        file.set_len(len)?;
        file.sync_all()
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        self.forget(name);
        std::fs::remove_file(self.path.join(name))
    }

    fn list(&self) -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in std::fs::read_dir(&self.path)? {
            if let Ok(name) = entry?.file_name().into_string() {
                names.push(name);
            }
        }
        names.sort();
        Ok(names)
    }

    fn lock(&self) -> io::Result<bool> {
        let mut held = self.lock.lock().unwrap_or_else(PoisonError::into_inner);
        if held.is_some() {
            return Ok(true);
        }
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(self.path.join(LOCK))?;
        match file.try_lock() {
            Ok(()) => {
                *held = Some(file);
                Ok(true)
            }
            Err(TryLockError::WouldBlock) => Ok(false),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }
}

/// A file read where and when needed. Its bytes are checked each time: what the page cache gives
/// now may have come from the disk again since the last time.
struct OnDemand {
    file: File,
    len: u64,
}

impl Source for OnDemand {
    fn len(&self) -> u64 {
        self.len
    }

    fn bytes<'a>(&'a self, at: u64, len: usize, room: &'a mut Vec<u8>) -> io::Result<&'a [u8]> {
        // Also against lengths that a damaged file claims: no room is made beyond the file.
        let within = at.checked_add(len as u64).is_some_and(|end| end <= self.len);
        if !within {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if room.len() < len {
            room.resize(len, 0);
        }
        self.file.read_exact_at(&mut room[..len], at)?;
        Ok(&room[..len])
    }

    fn is_memory(&self) -> bool {
        false
    }
}
