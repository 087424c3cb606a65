//! A disk in memory that stops at a chosen step, as a machine does that loses power.
//!
//! Names and contents are safe only once synced. After a reboot an unsynced name or content may be
//! there, in part, or not at all.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard};

use bongsu_matching::index::Source;

use crate::{Disk, Residence};

#[derive(Clone, Default)]
pub(super) struct Faulty(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    files: Vec<File>,
    /// Names as programs see them, and as they are on the platter.
    seen: BTreeMap<String, usize>,
    safe: BTreeMap<String, usize>,
    steps: usize,
    stop_after: Option<usize>,
}

#[derive(Clone, Default)]
struct File {
    seen: Vec<u8>,
    safe: Vec<u8>,
}

/// What survived of what was not synced.
#[derive(Clone, Copy, Debug)]
pub(super) enum Reboot {
    /// Nothing.
    Nothing,
    /// Everything.
    All,
    /// Names, but not what was in the files.
    Names,
    /// Names, and half of what was in the files.
    Half,
}

impl Reboot {
    pub(super) const ALL: [Self; 4] = [Self::Nothing, Self::All, Self::Names, Self::Half];
}

impl State {
    /// One step; fails from the chosen one on.
    fn step(&mut self) -> io::Result<()> {
        if self.stop_after.is_some_and(|stop| self.steps >= stop) {
            return Err(io::Error::other("the power is out"));
        }
        self.steps += 1;
        Ok(())
    }

    fn file(&mut self, name: &str) -> io::Result<&mut File> {
        let file = *self.seen.get(name).ok_or(io::ErrorKind::NotFound)?;
        Ok(&mut self.files[file])
    }
}

impl Faulty {
    pub(super) fn stopping_after(steps: usize) -> Self {
        let disk = Self::default();
        disk.stop_after(steps);
        disk
    }

    pub(super) fn stop_after(&self, steps: usize) {
        self.state().stop_after = Some(steps);
    }

    pub(super) fn steps(&self) -> usize {
        self.state().steps
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }

    /// The disk as the next start of the machine finds it.
    pub(super) fn reboot(&self, reboot: Reboot) -> Self {
        let state = self.state();
        let names = if matches!(reboot, Reboot::Nothing) { &state.safe } else { &state.seen };
        let mut next = State::default();
        for (name, file) in names {
            let File { seen, safe } = &state.files[*file];
            let bytes = match reboot {
                Reboot::All => seen.clone(),
                Reboot::Half if seen.len() > safe.len() => {
                    seen[..seen.len().midpoint(safe.len())].to_vec()
                }
                _ => safe.clone(),
            };
            next.seen.insert(name.clone(), next.files.len());
            next.files.push(File { seen: bytes.clone(), safe: bytes });
        }
        next.safe = next.seen.clone();
        Self(Arc::new(Mutex::new(next)))
    }

    pub(super) fn names(&self) -> Vec<String> {
        self.state().seen.keys().cloned().collect()
    }

    pub(super) fn len(&self, name: &str) -> usize {
        self.state().file(name).unwrap().seen.len()
    }

    pub(super) fn flip(&self, name: &str, at: usize) {
        self.state().file(name).unwrap().seen[at] ^= 1 << (at % 8);
    }

    pub(super) fn cut(&self, name: &str, len: Option<usize>) {
        match len {
            Some(len) => self.state().file(name).unwrap().seen.truncate(len),
            None => drop(self.state().seen.remove(name)),
        }
    }
}

impl Disk for Faulty {
    fn read(&self, name: &str) -> io::Result<Vec<u8>> {
        Ok(self.state().file(name)?.seen.clone())
    }

    fn source(&self, name: &str, _: Residence) -> io::Result<Box<dyn Source>> {
        Ok(Box::new(self.read(name)?))
    }

    fn create(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let mut state = self.state();
        state.step()?;
        let file = state.files.len();
        state.files.push(File::default());
        state.seen.insert(name.to_owned(), file);
        for end in [bytes.len() / 2, bytes.len()] {
            state.step()?;
            state.files[file].seen = bytes[..end].to_vec();
        }
        state.step()?;
        state.files[file].safe = bytes.to_vec();
        Ok(())
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        let mut state = self.state();
        state.step()?;
        let file = state.seen.remove(from).ok_or(io::ErrorKind::NotFound)?;
        state.seen.insert(to.to_owned(), file);
        state.step()?;
        state.safe = state.seen.clone();
        Ok(())
    }

    fn append(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let mut state = self.state();
        for half in [&bytes[..bytes.len() / 2], &bytes[bytes.len() / 2..]] {
            state.step()?;
            state.file(name)?.seen.extend_from_slice(half);
        }
        Ok(())
    }

    fn sync(&self, name: &str) -> io::Result<()> {
        let mut state = self.state();
        state.step()?;
        let file = state.file(name)?;
        file.safe = file.seen.clone();
        Ok(())
    }

    fn truncate(&self, name: &str, len: u64) -> io::Result<()> {
        let mut state = self.state();
        state.step()?;
        let file = state.file(name)?;
        file.seen.truncate(usize::try_from(len).unwrap());
        file.safe = file.seen.clone();
        Ok(())
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        let mut state = self.state();
        state.step()?;
        state.seen.remove(name).map(|_| ()).ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    fn list(&self) -> io::Result<Vec<String>> {
        Ok(self.names())
    }

    fn lock(&self) -> io::Result<bool> {
        Ok(true)
    }
}
