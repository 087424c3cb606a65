//! From paths to files: folders are walked in order.
//!
//! In a folder that was named, everything counts. A link to a file is that file; a link to a folder
//! is handed over like a file, so that reading it fails and says so. When we look around on our
//! own, what tools put there is left out.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

/// How deep folders may nest.
const DEPTH_LIMIT: usize = 64;

/// Folders that hold no inventory of the project they lie in.
const SKIPPED: [&str; 5] = [".git", "node_modules", "target", ".venv", "vendor"];

/// All files at or below the paths, in order.
pub(crate) fn below(paths: &[PathBuf]) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for path in paths {
        let about = fs::metadata(path)
            .with_context(|| format!("{} cannot be read; is the path right?", path.display()))?;
        if about.is_dir() {
            walk(path, 0, &Wanted::All, &mut files)?;
        } else {
            files.push(path.clone());
        }
    }
    Ok(files)
}

/// Files of these names below a folder, leaving out what tools put there.
pub(crate) fn named(folder: &Path, names: &[&str]) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    walk(folder, 0, &Wanted::Named(names), &mut files)?;
    Ok(files)
}

/// Which files of a folder are meant.
enum Wanted<'a> {
    All,
    Named(&'a [&'a str]),
}

impl Wanted<'_> {
    fn enters(&self, folder: &str) -> bool {
        matches!(self, Self::All) || !SKIPPED.contains(&folder)
    }

    fn takes(&self, kind: fs::FileType, name: &str, path: &Path) -> bool {
        match self {
            Self::Named(names) => kind.is_file() && names.contains(&name),
            Self::All if kind.is_symlink() => {
                fs::metadata(path).is_ok_and(|target| target.is_file() || target.is_dir())
            }
            Self::All => kind.is_file(),
        }
    }
}

fn walk(folder: &Path, depth: usize, wanted: &Wanted<'_>, files: &mut Vec<PathBuf>) -> Result<()> {
    if depth > DEPTH_LIMIT {
        bail!("{} lies more than {DEPTH_LIMIT} folders deep", folder.display());
    }
    let entries = fs::read_dir(folder).with_context(|| folder.display().to_string())?;
    let mut entries: Vec<_> = entries.collect::<Result<_, _>>()?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let (kind, name) = (entry.file_type()?, entry.file_name());
        let (path, name) = (entry.path(), name.to_string_lossy());
        if kind.is_dir() && wanted.enters(&name) {
            walk(&path, depth + 1, wanted, files)?;
        } else if wanted.takes(kind, &name, &path) {
            files.push(path);
        }
    }
    Ok(())
}

/// The largest file that is taken whole: what the store keeps of one system.
const WHOLE_BYTES: u64 = bongsu_store::LARGEST as u64;

/// A regular file, whole; devices, pipes and what is too large are refused before a byte is read.
pub(crate) fn whole(path: &Path) -> Result<Vec<u8>> {
    let about = || format!("{} cannot be read: name a file that is there", path.display());
    let known = std::fs::metadata(path).with_context(about)?;
    if !known.is_file() {
        bail!("{} is no regular file: name one", path.display());
    }
    if known.len() > WHOLE_BYTES {
        let (bytes, limit) = (known.len(), WHOLE_BYTES);
        bail!("{} has {bytes} bytes, over the limit of {limit}: split it", path.display());
    }
    if known.len() == 0 {
        bail!("{} is empty: it backs nothing", path.display());
    }
    std::fs::read(path).with_context(about)
}
