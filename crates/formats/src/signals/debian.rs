//! The Debian security tracker's lists of advisories (DSA, DLA): fixed versions by suite.
//!
//! - **Shape:** `[04 Apr 2023] DSA-5382-1 package - security update`, then indented lines: the
//!   flaws in braces, `[bullseye] - package 1.2-3+deb11u1`, and notes.
//! - **Source:** the tracker's own `data/DSA/list` and `data/DLA/list`.

use bongsu_advisory::{
    Advisory, Affected, Place, Rule, Signal, Standing, Status, Subject, Versions,
};
use bongsu_package::{Bound, Ecosystem, Family, Interval, PackageName, Scheme};
use jiff::{Timestamp, civil::Date, tz::TimeZone};

use super::Inbox;
use super::wire::{Desk, clip};
use crate::{Error, Quarantined};

/// Whether a text begins with an advisory's heading.
pub(super) fn looks_like(text: &str) -> bool {
    let first = text.lines().map(str::trim_end).find(|line| !line.is_empty()).unwrap_or_default();
    heading(first).is_some()
}

/// Reads a list; an entry that cannot be read is set aside with its line.
pub(super) fn read<I: Inbox>(text: &str, desk: &mut Desk<'_, I>) {
    let mut current: Option<Advisory> = None;
    for (number, line) in text.lines().enumerate() {
        let line_number = number as u64 + 1;
        if line.trim().is_empty() {
            continue;
        }
        let place = Place { line: Some(line_number), ..desk.place.clone() };
        let read = if line.starts_with([' ', '\t']) {
            current.as_mut().map_or(Ok(()), |advisory| body(advisory, line.trim()))
        } else {
            if let Some(done) = current.take() {
                desk.inbox.signal(Signal::Advisory(Box::new(done)));
            }
            begin(line, place.clone()).map(|advisory| current = Some(advisory))
        };
        if let Err(detail) = read {
            let reason = Error::Field { format: desk.format, detail };
            desk.inbox.quarantined(Quarantined { place, reason });
        }
    }
    if let Some(done) = current {
        desk.inbox.signal(Signal::Advisory(Box::new(done)));
    }
}

/// Date, identifier and the rest of a heading.
fn heading(line: &str) -> Option<(&str, &str, &str)> {
    let (date, rest) = line.strip_prefix('[')?.split_once("] ")?;
    let (id, title) = rest.split_once(' ').unwrap_or((rest, ""));
    let known = ["DSA-", "DLA-", "DTSA-"].iter().any(|prefix| id.starts_with(prefix));
    known.then_some((date, id, title))
}

fn begin(line: &str, place: Place) -> Result<Advisory, String> {
    let example = "[04 Apr 2023] DSA-5382-1 package - security update";
    let shown = clip(line, 80);
    let (date, id, title) =
        heading(line).ok_or_else(|| format!("{shown:?} is not a heading such as {example:?}"))?;
    let id = id.parse().map_err(|error| format!("{shown:?}: {error}"))?;
    Ok(Advisory {
        id,
        asserter: "Debian".to_owned(),
        place,
        aliases: Vec::new(),
        upstream: Vec::new(),
        summary: clip(title.trim(), 300).to_owned(),
        published: day(date),
        modified: None,
        standing: Standing::Valid,
        informational: None,
        severity: Vec::new(),
        ssvc: Vec::new(),
        affected: Vec::new(),
    })
}

/// Reads `04 Apr 2023`, midnight UTC.
fn day(text: &str) -> Option<Timestamp> {
    let mut parts = text.split_whitespace();
    let (day, month, year) = (parts.next()?, parts.next()?, parts.next()?);
    let month = MONTHS.iter().position(|known| month.starts_with(known))? + 1;
    let month = i8::try_from(month).ok()?;
    let date = Date::new(year.parse().ok()?, month, day.parse().ok()?).ok()?;
    Some(date.to_zoned(TimeZone::UTC).ok()?.timestamp())
}

/// Reads an indented line into the advisory.
fn body(advisory: &mut Advisory, line: &str) -> Result<(), String> {
    if let Some(flaws) = line.strip_prefix('{') {
        for flaw in flaws.trim_end_matches('}').split_whitespace() {
            let id = flaw.parse().map_err(|error| format!("{:?}: {error}", clip(flaw, 60)))?;
            if !advisory.upstream.contains(&id) {
                advisory.upstream.push(id);
            }
        }
        return Ok(());
    }
    let (suite, rest) = match line.strip_prefix('[') {
        Some(rest) => rest.split_once(']').ok_or("a suite without its closing bracket")?,
        None if line.starts_with("- ") => ("sid", line),
        // Remarks among the tracker's people name no package and no fix.
        None => return Ok(()),
    };
    let Some(rest) = rest.trim_start().strip_prefix("- ") else { return Ok(()) };
    let mut words = rest.split_whitespace();
    let (Some(name), Some(version)) = (words.next(), words.next()) else {
        return Err(format!(
            "{:?} has no version; a right line is [bullseye] - package 1.2-3",
            clip(line, 80)
        ));
    };
    let field = format!("[{suite}] {name}");
    let affected = affected(suite, name, version, &field)
        .ok_or_else(|| format!("{:?} is not a fixed version", clip(version, 60)))?;
    advisory.affected.push(affected);
    Ok(())
}

/// What a line says of a package in a suite.
fn affected(suite: &str, name: &str, version: &str, field: &str) -> Option<Affected> {
    let (status, versions, otherwise) = match version {
        "<not-affected>" | "<removed>" | "<itp>" => {
            (Status::Unaffected, Versions::All, Status::Unaffected)
        }
        "<unfixed>" | "<no-dsa>" | "<ignored>" | "<postponed>" => {
            (Status::Affected, Versions::All, Status::Affected)
        }
        "<end-of-life>" | "<undetermined>" => (Status::Unknown, Versions::All, Status::Unknown),
        _ if version.starts_with('<') => return None,
        _ => {
            let high = Bound::Excluding(version.to_owned());
            let before = Versions::Range(Interval { low: Bound::Open, high });
            (Status::Affected, before, Status::Unaffected)
        }
    };
    let fixed = if version.starts_with('<') { Vec::new() } else { vec![version.to_owned()] };
    Some(Affected {
        subject: Subject::Package(PackageName::new(release(suite), name)),
        scheme: Scheme::Deb,
        rules: vec![Rule { status, versions, field: field.to_owned() }],
        otherwise,
        fixed,
        advice: (version == "<end-of-life>")
            .then(|| "no longer supported in this release".to_owned()),
        architectures: Vec::new(),
        field: field.to_owned(),
    })
}

/// The release of a suite; one so old that it has no number we know keeps its codename, so that it
/// never passes for every release.
fn release(suite: &str) -> Ecosystem {
    let known = Ecosystem::from_osv(&format!("Debian:{suite}"));
    if known.family == Family::Debian && known.release.is_some() {
        return known;
    }
    Ecosystem { family: Family::Debian, release: Some(suite.to_lowercase()) }
}

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
