//! A CSAF provider: its metadata names lists, its lists name documents, and documents come one by one.
//!
//! What has come is written down document by document, so a round that is cut off goes on where it was. A document counts as
//! changed when its list gives it another time than last time, earlier or later: republished dates prove nothing. Its
//! checksum is compared where there is one. Its `OpenPGP` signature is not verified here, so no key, expired or unknown, can
//! lose a document: it is taken, and counted as not verified.
//!
//! - **Source:** OASIS CSAF 2.0 and 2.1, section 7.1.

mod documents;
mod journal;
mod listing;
mod provider;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use url::Url;

use super::READER;
use super::failed::{Failed, is_shrunk};
use super::fetch::{Fetched, fetch, page};
use super::line::{Brought, Line, blocking};
use super::mirror::sha256;
use super::quarantine;
use super::state::State;
use journal::Journal;
use listing::Listed;
use provider::{Provider, Source};

pub(super) async fn round(
    line: &Arc<Line>,
    metadata: &Url,
    state: &mut State,
    brought: &mut Brought,
) {
    if let Err(failed) = try_round(line, metadata, state, brought).await {
        brought.failures.push(failed);
    }
}

async fn try_round(
    line: &Arc<Line>,
    metadata: &Url,
    state: &mut State,
    brought: &mut Brought,
) -> Result<(), Failed> {
    let provider = provider(line, metadata).await?;
    let again = set_aside(line, state.keys != provider.keys).await?;
    let anyway = !again.is_empty();
    let Some(listed) = lists(line, &provider, state, anyway).await? else { return Ok(()) };

    let folder = line.folder.clone();
    let mut journal = blocking(move || Journal::open(&folder)).await??;
    let (before, after) = (journal.len() as u64, listed.len() as u64);
    let doubt = sha256(format!("{:?}", listed.keys()).as_bytes());
    if is_shrunk(before, after) && state.doubted != doubt {
        (state.doubted, state.complete) = (doubt, false);
        return Err(Failed::Shrunk { what: metadata.to_string(), before, after });
    }
    let is_due = |url: &str, listed: &Listed| {
        again.contains(url) || journal.updated(url) != Some(listed.updated.as_str())
    };
    let mut due: Vec<Listed> =
        listed.iter().filter(|(url, one)| is_due(url, one)).map(|(_, one)| one.clone()).collect();
    due.sort_by(|a, b| b.updated.cmp(&a.updated)); // the newest first: it is what matters most
    let gone = journal.urls().filter(|url| !listed.contains_key(*url));
    let gone: Vec<String> = gone.map(str::to_owned).collect();

    let mut changed = documents::forget(line, &mut journal, gone, brought)?;
    let fetched = documents::fetch_all(line, &mut journal, due, brought).await;
    changed |= fetched.changed;
    state.complete = brought.failures.is_empty() && !fetched.waiting;
    state.keys = provider.keys;
    state.health.position = journal.newest().map(str::to_owned);
    if changed {
        brought.parts.push(line.whole());
    }
    Ok(())
}

async fn provider(line: &Line, metadata: &Url) -> Result<Provider, Failed> {
    let unreadable = |detail: String| Failed::Listing { what: metadata.to_string(), detail };
    let text = page(&line.egress, metadata, MOST_METADATA_BYTES).await?;
    let text = text.ok_or_else(|| unreadable("there is none; check the address".to_owned()))?;
    Provider::read(&text, metadata).map_err(unreadable)
}

/// Everything the lists name now; nothing where no list changed and everything was fetched.
async fn lists(
    line: &Arc<Line>,
    provider: &Provider,
    state: &mut State,
    anyway: bool,
) -> Result<Option<BTreeMap<String, Listed>>, Failed> {
    let settled = state.complete && !anyway;
    let mut news = !settled;
    let mut files = Vec::new();
    for (number, source) in provider.sources.iter().enumerate() {
        let mut found = false;
        for (ending, url) in source.lists() {
            let file = format!("list-{number}.{ending}");
            let known = state.files.get(&file).filter(|known| known.called == url.as_str());
            let known = known.filter(|_| settled && line.folder.join(&file).exists()).cloned();
            match fetch(line, &url, known.as_ref(), &file, MOST_LIST_BYTES).await? {
                Fetched::Same => {}
                Fetched::New(incoming, mut new) => {
                    url.as_str().clone_into(&mut new.called);
                    blocking(move || incoming.keep()).await??;
                    state.files.insert(file.clone(), new);
                    news = true;
                }
                Fetched::Gone => continue,
            }
            files.push((file, source.clone()));
            found = true;
            break;
        }
        if !found {
            let what = source.url().to_string();
            let detail = "there is no list of documents; ask the provider".to_owned();
            return Err(Failed::Listing { what, detail });
        }
    }
    if !news {
        return Ok(None);
    }
    state.complete = false;
    let folder = line.folder.clone();
    let trusted = provider.trusted;
    let listed = blocking(move || -> Result<_, Failed> {
        let mut all = BTreeMap::new();
        for (file, source) in files {
            let text = std::fs::read(folder.join(&file))?;
            let what = source.url().to_string();
            let read = match &source {
                Source::Rolie(url) => listing::rolie(&text, url),
                Source::Directory(url) => listing::directory(&text, url, trusted),
            };
            let read = read.map_err(|detail| Failed::Listing { what, detail })?;
            all.extend(read.into_iter().map(|one| (one.url.to_string(), one)));
        }
        Ok(all)
    });
    listed.await?.map(Some)
}

/// Documents that are set aside and may be readable now, by their address: all of them where keys changed, else those that
/// other readers tried.
async fn set_aside(line: &Arc<Line>, all: bool) -> Result<BTreeSet<String>, Failed> {
    let line = Arc::clone(line);
    let held = blocking(move || {
        let now = (line.now)();
        quarantine::quarantined(line.desk.store(), &line.name, u32::MAX, now)
    });
    let held = held.await??.into_iter().filter(|held| all || held.reader != READER);
    Ok(held.map(|held| held.file).collect())
}

pub(super) async fn restore(line: &Arc<Line>, state: &mut State, brought: &mut Brought) {
    match documents::restore(line).await {
        Ok((whole, refusals)) => {
            state.complete &= whole;
            brought.refusals.extend(refusals);
            if !line.documents().is_empty() {
                brought.parts.push(line.whole());
            }
        }
        Err(failed) => brought.failures.push(failed),
    }
}

/// A feed of 50,000 documents has 60 MB.
const MOST_LIST_BYTES: u64 = 512 << 20;

/// Provider metadata with a few hundred keys.
const MOST_METADATA_BYTES: u64 = 4 << 20;
