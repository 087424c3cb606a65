//! A page of names as CSV (RFC 4180): no cell of it is a formula.

use axum::response::Response;
use http::{HeaderValue, header};

use super::follow::Late;
use crate::output::Page;

/// A page as CSV (RFC 4180), with a mark that tells spreadsheets it is UTF-8.
pub(super) fn table(page: &Page<Late>) -> Response {
    let mut text = String::from("\u{feff}");
    let heads = [
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
    line(&mut text, heads.map(str::to_owned));
    for late in &page.items {
        let row = serde_json::to_value(late).expect("what is shown has text keys");
        line(
            &mut text,
            heads.map(|head| match &row[head] {
                serde_json::Value::Null => String::new(),
                serde_json::Value::String(word) => word.clone(),
                other => other.to_string(),
            }),
        );
    }
    let mut response = Response::new(text.into());
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(
        header::CONTENT_DISPOSITION,
        HeaderValue::from_static("attachment; filename=\"campaign.csv\""),
    );
    let next = page.next.as_deref().map(|next| HeaderValue::from_str(next).expect("base64"));
    if let Some(next) = next {
        headers.insert("bongsu-next", next);
    }
    response
}

fn line(text: &mut String, cells: [String; 11]) {
    let cells = cells.map(|cell| quoted(&cell));
    text.push_str(&cells.join(","));
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
