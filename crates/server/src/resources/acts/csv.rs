//! Names as CSV (RFC 4180): no cell of it is a formula, and every row says whose copy it is.

use std::fmt::Write;

use axum::response::Response;
use bongsu_authority::PersonId;
use http::{HeaderValue, header};

use super::follow::Late;
use crate::app::App;

/// The heads of the columns that a name fills.
const HEADS: [&str; 11] = [
    "institution",
    "name_ko",
    "name_en",
    "status",
    "exposure",
    "class",
    "missed",
    "sector",
    "size",
    "province",
    "hears",
];

/// Whose copy a table is. It stands in every row, so that it is still told of a part that was cut out.
pub(super) struct Copy {
    /// `entry 4711, COORD_PRIV-ANALYST-01, 2026-11-21T02:10:00Z`.
    whose: String,
    /// What for.
    why: String,
}

impl Copy {
    /// Of whoever takes it now, under an entry of the record; `second` is who released it.
    pub(super) fn of(
        app: &App,
        (person, second): (PersonId, Option<PersonId>),
        entry: u64,
        why: &str,
    ) -> Self {
        let now = app.now();
        let mut whose = format!("entry {entry}, {}, {now:.0}", title(app, person));
        if let Some(second) = second {
            let _ = write!(whose, ", released by {}", title(app, second)); // a string takes everything
        }
        Self { whose, why: why.to_owned() }
    }
}

/// The title under which somebody holds a post now; who holds none is told by their id.
pub(super) fn title(app: &App, person: PersonId) -> String {
    let (register, now) = (app.desk().register(), app.now());
    let mut held = register.appointments_of(person).filter(|held| held.holds_at(now));
    held.next().map_or_else(|| person.to_string(), |held| held.title.clone())
}

/// Names as CSV (RFC 4180), with a mark that tells spreadsheets it is UTF-8.
pub(super) fn table(names: &[Late], next: Option<&str>, copy: &Copy) -> Response {
    let mut text = String::from("\u{feff}");
    line(&mut text, HEADS.into_iter().chain(["copy", "purpose"]));
    for late in names {
        let row = serde_json::to_value(late).expect("what is shown has text keys");
        let cells = HEADS.map(|head| match &row[head] {
            serde_json::Value::Null => String::new(),
            serde_json::Value::String(word) => word.clone(),
            other => other.to_string(),
        });
        let copy = [copy.whose.as_str(), copy.why.as_str()];
        line(&mut text, cells.iter().map(String::as_str).chain(copy));
    }
    let mut response = Response::new(text.into());
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(
        header::CONTENT_DISPOSITION,
        HeaderValue::from_static("attachment; filename=\"campaign.csv\""),
    );
    if let Some(next) = next {
        headers.insert("bongsu-next", HeaderValue::from_str(next).expect("base64"));
    }
    response
}

fn line<'a>(text: &mut String, cells: impl Iterator<Item = &'a str>) {
    for (place, cell) in cells.enumerate() {
        if place > 0 {
            text.push(',');
        }
        text.push_str(&quoted(cell));
    }
    text.push_str("\r\n");
}

/// A cell that no spreadsheet takes for a formula: one that begins like a formula gets an apostrophe before it.
fn quoted(cell: &str) -> String {
    let formula = cell.trim_start().starts_with(['=', '+', '-', '@', '|', '%']);
    let formula = formula || cell.starts_with(['\t', '\r', '\n']);
    let guard = if formula { "'" } else { "" };
    format!("\"{guard}{}\"", cell.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula_and_quotes_stay_inside() {
        #[rustfmt::skip]
        let table = [
            // a name              the cell
            ("한별손해보험",         "\"한별손해보험\""),
            ("=HYPERLINK(\"x\")", "\"'=HYPERLINK(\"\"x\"\")\""),
            (" +1",                "\"' +1\""),
            ("\t@SUM(A1)",         "\"'\t@SUM(A1)\""),
            ("-2",                 "\"'-2\""),
            ("a,b\r\nc",           "\"a,b\r\nc\""),
        ];
        for (name, cell) in table {
            assert_eq!(quoted(name), cell, "{name:?}");
        }
    }
}
