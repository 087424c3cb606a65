//! FIRST's EPSS scores: CSV with and without its comment line, and the query interface's JSON.
//!
//! - **Source:** <https://www.first.org/epss/data_stats>.

use bongsu_advisory::{EpssScore, Place, Signal};
use serde::Deserialize;

use super::Inbox;
use super::wire::{Desk, List, Text, clip};
use crate::bounded::{self, Fault};
use crate::{Error, Quarantined};

/// Whether a first line begins an EPSS table.
pub(super) fn looks_like(first: &str) -> bool {
    let first = first.trim().to_ascii_lowercase();
    first.starts_with("#model_version") || first.starts_with("cve,epss")
}

/// Reads a table; a bad row is set aside with its line.
pub(super) fn read_csv<I: Inbox>(text: &str, desk: &mut Desk<'_, I>) {
    let rows = text.lines().enumerate().map(|(number, row)| (number as u64 + 1, row.trim()));
    for (line, row) in rows {
        if row.is_empty() || row.starts_with('#') || row.starts_with("cve,") {
            continue;
        }
        match score(row) {
            Ok(score) => desk.inbox.signal(Signal::Epss(score)),
            Err(detail) => {
                let reason = Error::Field { format: desk.format, detail };
                let place = Place { line: Some(line), ..desk.place.clone() };
                desk.inbox.quarantined(Quarantined { place, reason });
            }
        }
    }
}

/// Reads one row, `CVE-2014-0160,0.97,0.9999`; further columns are left alone.
fn score(row: &str) -> Result<EpssScore, String> {
    let mut cells = row.split(',').map(|cell| cell.trim().trim_matches('"'));
    let (Some(id), Some(probability), Some(percentile)) =
        (cells.next(), cells.next(), cells.next())
    else {
        let row = clip(row, 60);
        return Err(format!("{row:?} is not a row such as CVE-2014-0160,0.97,0.9999"));
    };
    made(id, probability, percentile)
}

fn made(id: &str, probability: &str, percentile: &str) -> Result<EpssScore, String> {
    let share = |what: &str, text: &str| match text.parse::<f64>() {
        Ok(number) if (0.0..=1.0).contains(&number) => Ok(number),
        _ => Err(format!("{what} {:?} is not a number from 0 to 1", clip(text, 40))),
    };
    let vulnerability = id.parse().map_err(|error| format!("{:?}: {error}", clip(id, 60)))?;
    let probability = share("probability", probability)?;
    Ok(EpssScore { vulnerability, probability, percentile: share("percentile", percentile)? })
}

#[derive(Deserialize)]
struct Answer<'a> {
    #[serde(borrow, default)]
    data: List<Row<'a>>,
}

#[derive(Deserialize)]
struct Row<'a> {
    #[serde(borrow)]
    cve: Text<'a>,
    #[serde(borrow)]
    epss: Text<'a>,
    #[serde(borrow)]
    percentile: Text<'a>,
}

/// Reads an answer of the query interface.
pub(super) fn read_json<I: Inbox>(text: &str, desk: &mut Desk<'_, I>) -> Result<(), Fault> {
    let answer: Answer<'_> = bounded::part(desk.format, text)?;
    for (number, row) in answer.data.iter().enumerate() {
        match made(&row.cve, &row.epss, &row.percentile) {
            Ok(score) => desk.inbox.signal(Signal::Epss(score)),
            Err(detail) => desk.set_aside(format!("/data/{number}"), detail),
        }
    }
    Ok(())
}
