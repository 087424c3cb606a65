//! Documents one by one: fetched, compared with their checksum, kept, read, written down.

use std::path::Path;
use std::sync::Arc;

use aws_lc_rs::digest::{SHA256, SHA512, digest};
use tokio::task::JoinSet;
use url::Url;

use super::journal::{Journal, sync_disk};
use super::listing::Listed;
use crate::feeds::failed::{Failed, chain};
use crate::feeds::fetch::page;
use crate::feeds::line::{Brought, Line, blocking};
use crate::feeds::mirror::{Incoming, hex, remove, sha256};
use crate::feeds::quarantine::Refusals;
use crate::feeds::reading::{self, Reading, Refusal};

/// What fetching many did.
#[derive(Default)]
pub(super) struct Done {
    /// Something is said otherwise now.
    pub(super) changed: bool,
    /// A document is not what its checksum says, and is asked for again.
    pub(super) waiting: bool,
}

/// What came for one document.
enum Came {
    Bytes(Vec<u8>),
    /// It is listed, and it is not there.
    Gone,
    /// Not what its checksum says.
    Other(Vec<u8>),
}

/// Fetches documents, a few at a time, and keeps them in batches. One that fails is left for the next round; many in a row
/// end this one.
pub(super) async fn fetch_all(
    line: &Arc<Line>,
    journal: &mut Journal,
    due: Vec<Listed>,
    brought: &mut Brought,
) -> Done {
    let mut done = Done::default();
    let mut coming = JoinSet::new();
    let mut due = due.into_iter();
    let mut batch = Vec::new();
    let mut in_a_row = 0;
    loop {
        while coming.len() < AT_ONCE
            && in_a_row < MOST_IN_A_ROW
            && let Some(listed) = due.next()
        {
            let egress = line.egress.clone();
            coming.spawn(async move {
                let came = fetch_one(&egress, &listed).await;
                (listed, came)
            });
        }
        let Some(joined) = coming.join_next().await else { break };
        match joined {
            Ok((listed, Ok(came))) => {
                in_a_row = 0;
                batch.push((listed, came));
            }
            Ok((_, Err(failed))) => {
                in_a_row += 1;
                brought.failures.push(failed);
            }
            Err(_) => brought.failures.push(Failed::Broke),
        }
        if batch.len() >= BATCH {
            keep(line, journal, std::mem::take(&mut batch), brought, &mut done).await;
        }
    }
    keep(line, journal, batch, brought, &mut done).await;
    done
}

async fn fetch_one(egress: &bongsu_egress::Egress, listed: &Listed) -> Result<Came, Failed> {
    let Some(bytes) = page(egress, &listed.url, MOST_DOCUMENT_BYTES).await? else {
        return Ok(Came::Gone);
    };
    for checksum in &listed.checksums {
        // One that is not there says nothing; one that is, decides.
        let Some(text) = page(egress, checksum, MOST_CHECKSUM_BYTES).await? else { continue };
        let same = is_checksum(&text, checksum, &bytes);
        return Ok(if same { Came::Bytes(bytes) } else { Came::Other(bytes) });
    }
    Ok(Came::Bytes(bytes))
}

/// Whether a checksum file, `HEX  name`, is the one of these bytes.
fn is_checksum(text: &[u8], url: &Url, bytes: &[u8]) -> bool {
    let algorithm = if url.path().ends_with(".sha512") { &SHA512 } else { &SHA256 };
    let said = String::from_utf8_lossy(text);
    let said = said.split_whitespace().next().unwrap_or_default();
    said.eq_ignore_ascii_case(&hex(digest(algorithm, bytes).as_ref()))
}

/// Keeps a batch: bytes to the disk, what they say to memory, their names to the journal.
async fn keep(
    line: &Arc<Line>,
    journal: &mut Journal,
    batch: Vec<(Listed, Came)>,
    brought: &mut Brought,
    done: &mut Done,
) {
    if batch.is_empty() {
        return;
    }
    let own = Arc::clone(line);
    let kept = blocking(move || -> Result<_, Failed> {
        let folder = own.folder.join(DOCUMENTS);
        std::fs::create_dir_all(&folder)?;
        let (mut rows, mut refusals) = (Vec::new(), Refusals::new());
        let (mut changed, mut waiting) = (false, false);
        for (listed, came) in batch {
            let url = listed.url.to_string();
            let refused = refusals.entry(url.clone()).or_default();
            match came {
                Came::Gone => {
                    remove(&folder.join(file_of(&url)))?;
                    changed |= own.documents().remove(&url).is_some();
                    rows.push((url, None));
                }
                Came::Other(bytes) => {
                    waiting = true;
                    refused.push(other(&url, &bytes));
                }
                Came::Bytes(bytes) => {
                    let reading = reading::all(&url, &bytes[..]);
                    refused.extend(reading.refused.clone());
                    changed |= take(&own, &folder, &url, &bytes, reading)?;
                    rows.push((url, Some(listed.updated)));
                }
            }
        }
        sync_disk(&folder)?;
        Ok((rows, refusals, changed, waiting))
    });
    let written = match kept.await.and_then(|kept| kept) {
        Ok((rows, refusals, changed, waiting)) => {
            brought.refusals.extend(refusals);
            done.changed |= changed;
            done.waiting |= waiting;
            journal.write(&rows).map_err(Failed::from)
        }
        Err(failed) => Err(failed),
    };
    brought.failures.extend(written.err());
}

/// Puts a document in the place of its former edition. One that cannot be read at all does not replace one that could: the
/// former stands until it is mended.
fn take(
    line: &Line,
    folder: &Path,
    url: &str,
    bytes: &[u8],
    reading: Reading,
) -> Result<bool, Failed> {
    if reading.is_hopeless() && line.documents().get(url).is_some_and(|part| !part.is_empty()) {
        return Ok(false);
    }
    let mut incoming = Incoming::begin(folder, &file_of(url))?;
    std::io::Write::write_all(&mut incoming, bytes)?;
    incoming.keep_for_now()?;
    line.documents().insert(url.to_owned(), reading.part);
    Ok(true)
}

fn other(url: &str, bytes: &[u8]) -> Refusal {
    let reason = chain(&Failed::Checksum { what: "the document".to_owned() });
    Refusal { place: url.to_owned(), reason, cause: "feed-checksum", digest: sha256(bytes) }
}

/// Forgets documents that are listed no more; says whether any was known.
pub(super) fn forget(
    line: &Arc<Line>,
    journal: &mut Journal,
    gone: Vec<String>,
    brought: &mut Brought,
) -> Result<bool, Failed> {
    if gone.is_empty() {
        return Ok(false);
    }
    let rows: Vec<_> = gone.iter().map(|url| (url.clone(), None)).collect();
    journal.write(&rows)?;
    for url in gone {
        remove(&line.folder.join(DOCUMENTS).join(file_of(&url)))?;
        line.documents().remove(&url);
        brought.refuse(&url, Vec::new());
    }
    Ok(true)
}

/// Reads every document of the mirror; says whether all were there.
pub(super) async fn restore(line: &Arc<Line>) -> Result<(bool, Refusals), Failed> {
    let own = Arc::clone(line);
    let restored = blocking(move || -> Result<_, Failed> {
        if !own.folder.exists() {
            return Ok((true, Refusals::new()));
        }
        let mut journal = Journal::open(&own.folder)?;
        let mut refusals = Refusals::new();
        let mut lost = Vec::new();
        let urls: Vec<String> = journal.urls().map(str::to_owned).collect();
        for url in urls {
            let Ok(bytes) = std::fs::read(own.folder.join(DOCUMENTS).join(file_of(&url))) else {
                lost.push((url, None));
                continue;
            };
            let reading = reading::all(&url, &bytes[..]);
            // One that reads well may be the former edition of one that does not: only a round says that it is mended.
            if !reading.refused.is_empty() {
                refusals.insert(url.clone(), reading.refused);
            }
            own.documents().insert(url, reading.part);
        }
        if !lost.is_empty() {
            journal.write(&lost)?;
        }
        Ok((lost.is_empty(), refusals))
    });
    restored.await?
}

/// The name of a document in the mirror: its own, and enough of a digest that no two share one.
fn file_of(url: &str) -> String {
    let last = url.rsplit('/').next().unwrap_or_default();
    let plain = |letter: char| {
        if letter.is_ascii_alphanumeric() || "-_.".contains(letter) { letter } else { '_' }
    };
    let name: String = last.chars().map(plain).take(100).collect();
    format!("{}.{}", &sha256(url.as_bytes())[..16], name.trim_start_matches('.'))
}

const DOCUMENTS: &str = "documents";

/// Documents under way; a provider is somebody's web server.
const AT_ONCE: usize = 4;

/// Documents that become durable together.
const BATCH: usize = 64;

/// Failures in a row after which a provider is left alone until the next round.
const MOST_IN_A_ROW: u32 = 8;

/// The largest real document has 60 MB; a provider that needs more is unheard of.
const MOST_DOCUMENT_BYTES: u64 = 128 << 20;

const MOST_CHECKSUM_BYTES: u64 = 4 << 10;
