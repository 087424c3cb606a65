//! Asset lists as offices keep them: CSV in any usual encoding, and XLSX.
//!
//! A list is a table with a row of headings, which may stand below a title. [`headings`] knows the
//! words, [`rows`] makes components of the rows below, [`delimited`] and [`workbook`] bring the
//! cells. Rows that name a system become that system's inventory; without such a column the file
//! is one inventory.

mod delimited;
mod headings;
mod rows;
mod workbook;

use super::Found;
use crate::{Error, Limits};

/// Reads an asset list; `None` when the file is none.
///
/// A file named `.csv`, `.tsv` or `.xlsx` claims to be a table; any other text is one only if its
/// headings name a product beside a vendor or a version.
///
/// # Errors
/// [`Error`] when the file as a whole cannot be read; single bad rows are set aside in [`Found`].
pub(crate) fn read(name: &str, bytes: &[u8], limits: &Limits) -> Option<Result<Found, Error>> {
    let name_lower = name.to_ascii_lowercase();
    let named = |ends: &[&str]| ends.iter().any(|end| name_lower.ends_with(end));
    if bytes.len() as u64 > limits.document_bytes {
        let what = "asset list in bytes".to_owned();
        let limit = limits.document_bytes;
        return named(&[".csv", ".tsv", ".xlsx"]).then_some(Err(Error::TooLarge { what, limit }));
    }
    if bytes.starts_with(b"PK\x03\x04") && (named(&[".xlsx", ".xlsm"]) || workbook::is_one(bytes)) {
        return Some(workbook::read(name, bytes, limits));
    }
    if bytes.starts_with(COMPOUND_FILE) && named(&[".xls", ".xlsx", ".xlsm"]) {
        return Some(Err(Error::UnknownFormat {
            hint: "an old .xls or a workbook with a password; save it as .xlsx without a password"
                .to_owned(),
        }));
    }
    if named(&[".xlsx", ".xlsm"]) {
        return Some(Err(Error::Syntax {
            format: "XLSX",
            detail: "it is no zip archive; the file is damaged or not a workbook".to_owned(),
        }));
    }
    delimited::read(name, bytes, limits, named(&[".csv", ".tsv"]))
}

/// How old Office files and encrypted new ones begin.
const COMPOUND_FILE: &[u8] = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1";
