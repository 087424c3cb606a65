//! A folder of files on this machine: read again where they changed, forgotten where they are gone.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::UNIX_EPOCH;

use super::failed::{Failed, is_shrunk};
use super::line::{Brought, Line, blocking};
use super::reading;
use super::state::{Known, State};

pub(super) async fn round(
    line: &Arc<Line>,
    folder: &Path,
    state: &mut State,
    brought: &mut Brought,
) {
    let (walked, root) = (folder.to_owned(), folder.to_owned());
    let found = match blocking(move || walk(&walked)).await.and_then(|found| found) {
        Ok(found) => found,
        Err(failed) => return brought.failures.push(failed),
    };
    let (before, after) = (line.documents().len() as u64, found.len() as u64);
    let doubt = format!("{after}");
    if is_shrunk(before, after) && state.doubted != doubt {
        state.doubted = doubt;
        let what = folder.display().to_string();
        return brought.failures.push(Failed::Shrunk { what, before, after });
    }
    let mut changed = false;
    for name in line.documents().keys().filter(|name| !found.contains_key(*name)) {
        brought.refuse(name, Vec::new());
    }
    line.documents().retain(|name, _| {
        changed |= !found.contains_key(name);
        found.contains_key(name)
    });
    state.files.retain(|name, _| found.contains_key(name));
    for (name, stamp) in found {
        let stands = line.documents().contains_key(&name);
        if stands && state.files.get(&name).is_some_and(|known| known.digest == stamp) {
            continue;
        }
        let (path, called) = (root.join(&name), root.join(&name).display().to_string());
        let read = blocking(move || File::open(path).map(|file| reading::all(&called, file)));
        match read.await.and_then(|read| Ok(read?)) {
            Ok(reading) => {
                brought.refuse(&name, reading.refused.clone());
                if reading.is_hopeless() && stands {
                    continue; // what it said before stays until it is mended
                }
                changed = true;
                state.files.insert(name.clone(), Known { digest: stamp, ..Known::default() });
                line.documents().insert(name, reading.part);
            }
            Err(failed) => brought.failures.push(failed),
        }
    }
    if changed {
        brought.parts.push(line.whole());
    }
}

/// Every file below, by its name from here, with what tells that it changed.
fn walk(folder: &Path) -> Result<BTreeMap<String, String>, Failed> {
    let mut found = BTreeMap::new();
    let mut left = vec![(folder.to_owned(), 0)];
    while let Some((below, depth)) = left.pop() {
        for entry in fs::read_dir(&below)? {
            let entry = entry?;
            let (kind, path): (_, PathBuf) = (entry.file_type()?, entry.path());
            if entry.file_name().as_encoded_bytes().starts_with(b".") {
                continue;
            }
            if kind.is_dir() && depth < DEEPEST {
                left.push((path, depth + 1));
            } else if kind.is_file() {
                let facts = entry.metadata()?;
                let at = facts.modified()?.duration_since(UNIX_EPOCH).unwrap_or_default();
                let name = path.strip_prefix(folder).unwrap_or(&path).display().to_string();
                found.insert(name, format!("{} bytes at {}", facts.len(), at.as_nanos()));
            }
            if found.len() > MOST_FILES {
                let detail = format!("it holds more than {MOST_FILES} files; divide it");
                return Err(Failed::Listing { what: folder.display().to_string(), detail });
            }
        }
    }
    Ok(found)
}

/// Folders inside folders.
const DEEPEST: u32 = 16;

/// Files in one feed.
const MOST_FILES: usize = 500_000;
