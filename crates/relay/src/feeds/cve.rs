//! The list of CVE records: everything as of midnight, and what changed since.
//!
//! - **Source:** releases of `CVEProject/cvelistV5`. Each carries `DAY_all_CVEs_at_midnight.zip.zip` and
//!   `DAY_delta_CVEs_at_HH00Z.zip`, which holds everything that changed since that midnight; the last of a day is called
//!   `end_of_day`. So the archive of a few days ago and one delta a day since are the list of now.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use jiff::civil::Date;
use serde::Deserialize;
use url::Url;

use super::failed::{Failed, is_shrunk};
use super::fetch::{Fetched, fetch, page};
use super::line::{Brought, Documents, Line, blocking};
use super::reading::{self, Reading, Refusal};
use super::state::{Known, State};

#[derive(Deserialize)]
struct Release {
    #[serde(default)]
    assets: Vec<Wire>,
}

#[derive(Deserialize)]
struct Wire {
    name: String,
    browser_download_url: String,
    /// `sha256:…`; older releases have none.
    #[serde(default)]
    digest: Option<String>,
}

/// A file of a release.
#[derive(Clone, Debug, Eq, PartialEq)]
struct Asset {
    name: String,
    url: Url,
    digest: Option<String>,
    day: Date,
    what: What,
}

/// What it holds; later ones of a day are greater.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
enum What {
    Everything,
    /// Changed since midnight, as of this hour; 24 is the end of the day.
    Delta(u8),
}

/// What to fetch.
#[derive(Debug, Default, Eq, PartialEq)]
struct Plan {
    everything: Option<Asset>,
    deltas: Vec<Asset>,
}

pub(super) async fn round(
    line: &Arc<Line>,
    releases: &Url,
    state: &mut State,
    brought: &mut Brought,
) {
    if let Err(failed) = try_round(line, releases, state, brought).await {
        brought.failures.push(failed);
    }
}

async fn try_round(
    line: &Arc<Line>,
    releases: &Url,
    state: &mut State,
    brought: &mut Brought,
) -> Result<(), Failed> {
    let listing = |detail: String| Failed::Listing { what: releases.to_string(), detail };
    let text = page(&line.egress, releases, MOST_LIST_BYTES).await?;
    let text = text.ok_or_else(|| listing("there is none; check the address".to_owned()))?;
    let read: Vec<Release> =
        serde_json::from_slice(&text).map_err(|error| listing(error.to_string()))?;
    let assets: Vec<Asset> =
        read.into_iter().flat_map(|release| release.assets).filter_map(Asset::read).collect();
    let has_base = line.folder.join(BASE).exists() && !line.documents().is_empty();
    let have: BTreeMap<String, String> =
        state.files.iter().map(|(file, known)| (file.clone(), known.called.clone())).collect();
    let plan = plan(&assets, has_base.then_some(&have))
        .ok_or_else(|| listing("no release has a file of all records".to_owned()))?;
    if plan == Plan::default() {
        return Ok(());
    }
    let mut changed = false;
    let mut done = Ok(());
    for asset in plan.everything.iter().chain(&plan.deltas) {
        done = take(line, asset, state, brought).await;
        if done.is_err() {
            break; // what comes after is laid over it
        }
        changed = true;
        state.health.position = Some(asset.name.clone());
    }
    if changed {
        brought.parts.push(line.whole());
    }
    done
}

/// Fetches one archive and lays it over what is held, or puts it in its place.
async fn take(
    line: &Arc<Line>,
    asset: &Asset,
    state: &mut State,
    brought: &mut Brought,
) -> Result<(), Failed> {
    let file = asset.file();
    let fetched = fetch(line, &asset.url, None, &file, MOST_ARCHIVE_BYTES).await?;
    let Fetched::New(mut incoming, new) = fetched else {
        let host = asset.url.host_str().unwrap_or_default().to_owned();
        return Err(Failed::Status { host, status: 404 });
    };
    if asset.digest.as_ref().is_some_and(|digest| *digest != new.digest) {
        return Err(Failed::Checksum { what: asset.name.clone() });
    }
    let called = format!("{}/{}", line.name, asset.name);
    let (incoming, read) = blocking(move || -> Result<_, Failed> {
        let path = incoming.written()?.to_owned();
        Ok((incoming, read(&called, &path)?))
    })
    .await??;
    let (before, after) = (line.documents().len() as u64, read.documents.len() as u64);
    let detail = || read.refused.values().flatten().next().map(|first| first.reason.clone());
    let what = asset.name.clone();
    if read.documents.is_empty() && !read.refused.values().all(Vec::is_empty) {
        let detail = detail().unwrap_or_default();
        brought.refusals.extend(read.refused);
        return Err(Failed::Unreadable { what, detail });
    }
    let everything = asset.what == What::Everything;
    if everything && is_shrunk(before, after) && state.doubted != new.digest {
        state.doubted = new.digest;
        return Err(Failed::Shrunk { what, before, after });
    }
    blocking(move || incoming.keep()).await??;
    brought.refusals.extend(read.refused);
    if everything {
        for file in state.files.keys().filter(|file| *file != BASE) {
            super::mirror::remove(&line.folder.join(file))?;
        }
        state.files.clear();
        *line.documents() = read.documents;
    } else {
        line.documents().extend(read.documents);
    }
    let new = Known { called: asset.name.clone(), documents: after, ..new };
    state.files.insert(file, new);
    Ok(())
}

pub(super) async fn restore(line: &Arc<Line>, state: &mut State, brought: &mut Brought) {
    state.files.retain(|file, _| line.folder.join(file).exists());
    if !state.files.contains_key(BASE) {
        state.files.clear();
        return;
    }
    // "base.zip" comes before "delta-DAY.zip", and days in their order.
    for (file, known) in &state.files {
        let (path, called) = (line.folder.join(file), format!("{}/{}", line.name, known.called));
        match blocking(move || read(&called, &path)).await.and_then(|read| Ok(read?)) {
            Ok(read) => {
                brought.refusals.extend(read.refused);
                line.documents().extend(read.documents);
            }
            Err(failed) => brought.failures.push(failed),
        }
    }
    brought.parts.push(line.whole());
}

/// What an archive holds.
struct Read {
    documents: Documents,
    /// By record; one that was read and has none is mended.
    refused: BTreeMap<String, Vec<Refusal>>,
}

fn read(called: &str, path: &Path) -> std::io::Result<Read> {
    let mut read = Read { documents: Documents::new(), refused: BTreeMap::new() };
    let mut take = |file: &str, reading: Reading| {
        // A stream of lines has one file for all its records, so they are called after themselves.
        let own = reading.part.advisories().first().map(|first| first.id.as_str().to_owned());
        let name = own.unwrap_or_else(|| file.trim_end_matches(".json").to_owned());
        let refused = read.refused.entry(name.clone()).or_default();
        refused.extend(reading.refused);
        if !reading.part.is_empty() {
            read.documents.insert(name, reading.part);
        }
    };
    reading::each(called, std::fs::File::open(path)?, &mut take);
    Ok(read)
}

/// What to fetch, when these files are kept: nothing of a day that has nothing newer. `None` where no release is whole.
fn plan(assets: &[Asset], have: Option<&BTreeMap<String, String>>) -> Option<Plan> {
    let bases = assets.iter().filter(|asset| asset.what == What::Everything);
    let newest = bases.max_by_key(|asset| asset.day)?;
    let last_delta = |day: Date| {
        let of_day = assets.iter().filter(|one| one.day == day && one.what != What::Everything);
        of_day.max_by_key(|asset| asset.what)
    };
    let held = have.and_then(|have| day_of(have.get(BASE)?));
    if let (Some(have), Some(held)) = (have, held)
        && let Some(deltas) = chain(held, newest.day, have, &last_delta)
    {
        return Some(Plan { everything: None, deltas });
    }
    let deltas = last_delta(newest.day).into_iter().cloned().collect();
    Some(Plan { everything: Some(newest.clone()), deltas })
}

/// The deltas from a day that is held to the newest one; `None` where one is missing or there are too many.
fn chain<'a>(
    held: Date,
    newest: Date,
    have: &BTreeMap<String, String>,
    last_delta: &impl Fn(Date) -> Option<&'a Asset>,
) -> Option<Vec<Asset>> {
    let mut deltas = Vec::new();
    let mut day = held;
    for _ in 0..MOST_DAYS {
        let known = have.get(&delta_file(day));
        let last = last_delta(day);
        let ended = known.is_some_and(|called| called.contains("end_of_day"));
        match last {
            Some(asset) if known != Some(&asset.name) && !ended => deltas.push(asset.clone()),
            _ => {}
        }
        if day >= newest {
            return Some(deltas);
        }
        // A day that is over is whole only with its last delta.
        if !ended && last.is_none_or(|asset| asset.what != What::Delta(24)) {
            return None;
        }
        day = day.tomorrow().ok()?;
    }
    None
}

impl Asset {
    fn read(wire: Wire) -> Option<Self> {
        let (day, rest) = wire.name.split_once('_')?;
        let what = if rest.starts_with("all_CVEs_at_midnight") {
            What::Everything
        } else {
            let hour = rest.strip_prefix("delta_CVEs_at_")?;
            let digits = hour.get(..2).and_then(|digits| digits.parse().ok());
            What::Delta(if hour.starts_with("end_of_day") { 24 } else { digits? })
        };
        let day = day.parse().ok()?;
        let digest = wire.digest.as_ref().and_then(|text| text.strip_prefix("sha256:"));
        let digest = digest.map(str::to_ascii_lowercase);
        let url = wire.browser_download_url.parse().ok()?;
        Some(Self { name: wire.name, url, digest, day, what })
    }

    /// Its name in the mirror.
    fn file(&self) -> String {
        match self.what {
            What::Everything => BASE.to_owned(),
            What::Delta(_) => delta_file(self.day),
        }
    }
}

fn delta_file(day: Date) -> String {
    format!("delta-{day}.zip")
}

fn day_of(called: &str) -> Option<Date> {
    called.get(..10)?.parse().ok()
}

/// The archive of everything, in the mirror.
const BASE: &str = "base.zip";

/// After so many days everything is fetched anew.
const MOST_DAYS: usize = 14;

/// The whole list has about 600 MB packed.
const MOST_ARCHIVE_BYTES: u64 = 4 << 30;

/// A page of releases.
const MOST_LIST_BYTES: u64 = 16 << 20;

#[cfg(test)]
mod tests {
    use super::*;

    fn assets(names: &[&str]) -> Vec<Asset> {
        let wire = |name: &&str| Wire {
            name: (*name).to_owned(),
            browser_download_url: format!("https://github.com/{name}"),
            digest: None,
        };
        names.iter().map(wire).filter_map(Asset::read).collect()
    }

    fn planned(names: &[&str], have: &[(&str, &str)]) -> Option<Vec<String>> {
        let have: BTreeMap<String, String> =
            have.iter().map(|(file, called)| ((*file).to_owned(), (*called).to_owned())).collect();
        let plan = plan(&assets(names), (!have.is_empty()).then_some(&have))?;
        Some(plan.everything.into_iter().chain(plan.deltas).map(|asset| asset.name).collect())
    }

    const ALL_21: &str = "2026-11-21_all_CVEs_at_midnight.zip.zip";
    const ALL_22: &str = "2026-11-22_all_CVEs_at_midnight.zip.zip";
    const END_21: &str = "2026-11-21_delta_CVEs_at_end_of_day.zip";
    const AT_9: &str = "2026-11-22_delta_CVEs_at_0900Z.zip";
    const AT_10: &str = "2026-11-22_delta_CVEs_at_1000Z.zip";
    const BASE_21: (&str, &str) = (BASE, ALL_21);

    #[test]
    fn the_first_time_everything_is_fetched_and_the_newest_delta() {
        let all = [AT_10, ALL_22, AT_9, END_21, ALL_21, "notes.txt"];
        assert_eq!(planned(&all, &[]).unwrap(), [ALL_22, AT_10]);
        assert_eq!(planned(&[ALL_22], &[]).unwrap(), [ALL_22]);
        assert_eq!(planned(&[AT_10], &[]), None);
    }

    #[test]
    fn later_only_what_changed_is_fetched() {
        let all = [AT_10, ALL_22, AT_9, END_21, ALL_21];
        let delta_22 = |called| ("delta-2026-11-22.zip", called);
        assert_eq!(planned(&all, &[BASE_21]).unwrap(), [END_21, AT_10]);
        let held = [BASE_21, ("delta-2026-11-21.zip", END_21), delta_22(AT_9)];
        assert_eq!(planned(&all, &held).unwrap(), [AT_10]);
        let held = [BASE_21, ("delta-2026-11-21.zip", END_21), delta_22(AT_10)];
        assert!(planned(&all, &held).unwrap().is_empty());
        assert!(planned(&[AT_10, ALL_22], &held).unwrap().is_empty(), "yesterday's is kept");
    }

    #[test]
    fn a_gap_is_filled_with_everything() {
        assert_eq!(planned(&[AT_10, ALL_22], &[BASE_21]).unwrap(), [ALL_22, AT_10]);
        let old = (BASE, "2026-10-01_all_CVEs_at_midnight.zip.zip");
        assert_eq!(planned(&[AT_10, ALL_22, END_21], &[old]).unwrap(), [ALL_22, AT_10]);
    }
}
