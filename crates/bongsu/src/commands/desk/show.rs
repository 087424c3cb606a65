//! How things of a desk are shown.

use anyhow::Result;
use bongsu_authority::InstitutionId;
use bongsu_store::Receipt;
use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::cli::Format;
use crate::node::Node;
use crate::output::plain::{self, plain};
use crate::output::style::Paint;
use crate::output::table;

/// An instant for a person, in Korean time with the offset beside it.
pub(crate) fn instant(at: Timestamp) -> String {
    let korea = TimeZone::fixed(Offset::constant(9));
    at.to_zoned(korea).strftime("%Y-%m-%d %H:%M %:z").to_string()
}

/// An instant that may not be there.
pub(crate) fn maybe(at: Option<Timestamp>) -> String {
    at.map_or_else(|| "-".to_owned(), instant)
}

/// A span in the largest unit that says something.
pub(crate) fn span(span: SignedDuration) -> String {
    let minutes = span.as_mins();
    match minutes.abs() {
        0..120 => format!("{minutes} min"),
        120..2880 => format!("{} h", minutes / 60),
        _ => format!("{} d", minutes / 1440),
    }
}

/// The first characters of an id: enough to name it.
pub(crate) fn short(id: &impl ToString) -> String {
    id.to_string().chars().take(8).collect()
}

/// Plain cells under headings.
pub(crate) fn rows(headings: &[&str], rows: Vec<Vec<String>>) -> Result<()> {
    let painted: Vec<Vec<(String, Paint)>> = rows
        .into_iter()
        .map(|row| row.into_iter().map(|cell| (cell, Paint::Plain)).collect())
        .collect();
    table::rows(&mut std::io::stdout().lock(), headings, &painted)
}

/// One fact a line.
pub(crate) fn facts(facts: &[(&str, String)]) {
    for (name, value) in facts {
        println!("{name:<16}{}", plain(value));
    }
}

/// One JSON object a line.
pub(crate) fn line(value: &Value) -> Result<()> {
    println!("{}", plain::json(value)?);
    Ok(())
}

/// What was recorded.
pub(crate) fn receipt(
    format: Format,
    said: &str,
    id: Option<String>,
    receipt: &Receipt,
) -> Result<()> {
    let news = receipt.entries > 0;
    match format {
        Format::Json => line(&json!({
            "done": said, "id": id, "entry": receipt.entry, "leaf": receipt.leaf.to_string(), "news": news,
        })),
        Format::Table => {
            let id = id.map_or_else(String::new, |id| format!(" {id}"));
            let so = if news { "" } else { " (it was so already)" };
            println!(
                "{}",
                plain(&format!("{said}{id}: entry {} of the record{so}", receipt.entry))
            );
            Ok(())
        }
    }
}

impl Node {
    /// The names of an institution.
    pub(crate) fn names(&self, institution: InstitutionId) -> (String, String) {
        let found = self.desk.register().institution(institution);
        found.map_or_else(
            || ("-".to_owned(), "-".to_owned()),
            |found| (found.name_ko, found.name_en),
        )
    }
}
