//! Files that are taken whole: a catalogue, forecasts, an ecosystem's archive. What is not in the new one is gone.

use std::sync::Arc;

use super::config::Whole;
use super::failed::{Failed, is_shrunk};
use super::fetch::{Fetched, fetch};
use super::line::{Brought, Line, blocking, first_reason};
use super::mirror::Incoming;
use super::reading::{self, Reading};
use super::state::{Known, State};

pub(super) async fn round(
    line: &Arc<Line>,
    wholes: &[Whole],
    state: &mut State,
    brought: &mut Brought,
) {
    for whole in wholes {
        if let Err(failed) = one(line, whole, state, brought).await {
            brought.failures.push(failed);
        }
    }
}

async fn one(
    line: &Arc<Line>,
    whole: &Whole,
    state: &mut State,
    brought: &mut Brought,
) -> Result<(), Failed> {
    let kept = line.folder.join(&whole.file).exists();
    let known = state.files.get(&whole.file).filter(|_| kept).cloned();
    let fetched = fetch(line, &whole.url, known.as_ref(), &whole.file, whole.most_bytes);
    let (incoming, new) = match fetched.await? {
        Fetched::Same => return Ok(()),
        Fetched::New(incoming, new) => (incoming, new),
        Fetched::Gone => {
            let host = whole.url.host_str().unwrap_or_default().to_owned();
            return Err(Failed::Status { host, status: 404 });
        }
    };
    let (incoming, reading) = read(called(line, whole), incoming).await?;
    let Reading { documents, ref refused, ref part } = reading;
    brought.refuse(&whole.file, refused.clone());
    if reading.is_hopeless() {
        let detail = first_reason(&reading);
        return Err(Failed::Unreadable { what: whole.file.clone(), detail });
    }
    let (before, after) = (known.map_or(0, |known| known.entries), part.len() as u64);
    if is_shrunk(before, after) && state.doubted != new.digest {
        state.doubted = new.digest;
        return Err(Failed::Shrunk { what: whole.file.clone(), before, after });
    }
    blocking(move || incoming.keep()).await??;
    let new = Known { documents, entries: after, ..new };
    state.files.insert(whole.file.clone(), new);
    brought.parts.push((whole.part.clone(), reading.part));
    Ok(())
}

pub(super) async fn restore(
    line: &Arc<Line>,
    wholes: &[Whole],
    state: &mut State,
    brought: &mut Brought,
) {
    state.files.retain(|file, _| wholes.iter().any(|whole| whole.file == *file));
    for whole in wholes {
        let path = line.folder.join(&whole.file);
        if !path.exists() {
            // An archive that was taken away by hand is fetched again.
            state.files.remove(&whole.file);
            continue;
        }
        let called = called(line, whole);
        let read = blocking(move || reading::file(&called, &path)).await;
        match read.and_then(|read| Ok(read?)) {
            Ok(Reading { part, documents, refused }) => {
                brought.refuse(&whole.file, refused);
                let known = state.files.entry(whole.file.clone()).or_default();
                (known.documents, known.entries) = (documents, part.len() as u64);
                brought.parts.push((whole.part.clone(), part));
            }
            Err(failed) => brought.failures.push(failed),
        }
    }
}

/// Reads what has come before it is kept.
async fn read(
    called: String,
    mut incoming: Box<Incoming>,
) -> Result<(Box<Incoming>, Reading), Failed> {
    let read = blocking(move || -> Result<(Box<Incoming>, Reading), Failed> {
        let path = incoming.written()?.to_owned();
        let reading = reading::file(&called, &path)?;
        Ok((incoming, reading))
    });
    read.await?
}

fn called(line: &Line, whole: &Whole) -> String {
    format!("{}/{}", line.name, whole.file)
}
