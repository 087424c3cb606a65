//! CISA's Known Exploited Vulnerabilities catalogue, JSON and CSV.
//!
//! - **Source:** the catalogue's schema, <https://www.cisa.gov/known-exploited-vulnerabilities>.

use bongsu_advisory::{KevEntry, Place, Signal};
use jiff::civil::Date;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::Inbox;
use super::wire::{Desk, List, Text, clip};
use crate::bounded::{self, Fault};
use crate::{Error, Quarantined};

/// One row, in the names both forms share.
#[derive(Deserialize)]
struct Row<'a> {
    #[serde(borrow, rename = "cveID")]
    cve_id: Text<'a>,
    #[serde(borrow, rename = "vendorProject")]
    vendor: Text<'a>,
    #[serde(borrow)]
    product: Text<'a>,
    #[serde(borrow, default, rename = "vulnerabilityName")]
    name: Text<'a>,
    #[serde(borrow, default, rename = "dateAdded")]
    added: Text<'a>,
    #[serde(borrow, default, rename = "dueDate")]
    due: Text<'a>,
    #[serde(borrow, default, rename = "requiredAction")]
    action: Text<'a>,
    #[serde(borrow, default, rename = "knownRansomwareCampaignUse")]
    ransomware: Text<'a>,
}

#[derive(Deserialize)]
struct Catalogue<'a> {
    #[serde(borrow)]
    vulnerabilities: List<&'a RawValue>,
}

/// Reads the catalogue; a bad row is set aside.
pub(super) fn read_json<I: Inbox>(text: &str, desk: &mut Desk<'_, I>) -> Result<(), Fault> {
    let catalogue: Catalogue<'_> = bounded::part(desk.format, text)?;
    desk.count("rows", catalogue.vulnerabilities.len())?;
    for (number, raw) in catalogue.vulnerabilities.iter().enumerate() {
        let field = format!("/vulnerabilities/{number}");
        let place = Place { field: Some(field.clone()), ..desk.place.clone() };
        let read = bounded::part::<Row<'_>>(desk.format, raw.get());
        match read.and_then(|row| entry(&row, desk, place)) {
            Ok(entry) => desk.inbox.signal(Signal::Kev(Box::new(entry))),
            Err(fault) => {
                let field = field + fault.field.as_deref().unwrap_or_default();
                desk.inbox.quarantined(Fault { field: Some(field), ..fault }.at(desk.place));
            }
        }
    }
    Ok(())
}

/// Whether a first line heads the catalogue's table.
pub(super) fn looks_like(first: &str) -> bool {
    let has = |name: &str| first.split(',').any(|cell| cell.trim().trim_matches('"') == name);
    has("cveID") && has("vendorProject")
}

/// Reads the table; a bad row is set aside with its line.
pub(super) fn read_csv<I: Inbox>(text: &str, desk: &mut Desk<'_, I>) -> Result<(), Fault> {
    let mut table = csv::ReaderBuilder::new().flexible(false).from_reader(text.as_bytes());
    let broken =
        |error: &csv::Error| Error::Syntax { format: "KEV CSV", detail: error.to_string() };
    let headings = table.headers().map_err(|error| broken(&error))?.clone();
    let column = |name: &str| headings.iter().position(|heading| heading.trim() == name);
    let columns = COLUMNS.map(column);
    for record in table.records() {
        let (line, read) = match &record {
            Ok(record) => (record.position().map(csv::Position::line), {
                let cell = |number: usize| {
                    let cell = columns[number].and_then(|column| record.get(column));
                    Text(cell.unwrap_or_default().into())
                };
                Ok(Row {
                    cve_id: cell(0),
                    vendor: cell(1),
                    product: cell(2),
                    name: cell(3),
                    added: cell(4),
                    due: cell(5),
                    action: cell(6),
                    ransomware: cell(7),
                })
            }),
            Err(error) => {
                (error.position().map(csv::Position::line), Err(Fault::from(broken(error))))
            }
        };
        let place = Place { line, ..desk.place.clone() };
        match read.and_then(|row| entry(&row, desk, place.clone())) {
            Ok(entry) => desk.inbox.signal(Signal::Kev(Box::new(entry))),
            Err(fault) => desk.inbox.quarantined(Quarantined { place, reason: fault.reason }),
        }
    }
    Ok(())
}

fn entry<I: Inbox>(row: &Row<'_>, desk: &Desk<'_, I>, place: Place) -> Result<KevEntry, Fault> {
    let bad = |field: &str, detail: String| Fault {
        field: Some(format!("/{field}")),
        reason: Error::Field { format: desk.format, detail: format!("{field}: {detail}") },
    };
    let date = |field: &str, text: &str| -> Result<Option<Date>, Fault> {
        if text.trim().is_empty() {
            return Ok(None);
        }
        let read = text.trim().parse::<Date>().map(Some);
        read.map_err(|_| {
            bad(field, format!("{:?} is not a date such as 2021-12-10", clip(text, 40)))
        })
    };
    let shown = clip(&row.cve_id, 60);
    Ok(KevEntry {
        vulnerability: row
            .cve_id
            .parse()
            .map_err(|error| bad("cveID", format!("{shown:?}: {error}")))?,
        vendor: desk.words(&row.vendor),
        product: desk.words(&row.product),
        name: desk.words(&row.name),
        added: date("dateAdded", &row.added)?,
        due: date("dueDate", &row.due)?,
        ransomware: row.ransomware.trim().eq_ignore_ascii_case("known"),
        action: desk.words(&row.action),
        place,
    })
}

/// The columns, in the order of [`Row`].
const COLUMNS: [&str; 8] = [
    "cveID",
    "vendorProject",
    "product",
    "vulnerabilityName",
    "dateAdded",
    "dueDate",
    "requiredAction",
    "knownRansomwareCampaignUse",
];
