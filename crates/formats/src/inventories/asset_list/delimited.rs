//! CSV, in the encodings and with the separators that offices really use.

use std::borrow::Cow;

use encoding_rs::{EUC_KR, UTF_16LE};

use super::rows::{Assets, Cell, HEADING_ROWS, best_headings};
use crate::inventories::Found;
use crate::{Error, Limits};

/// Reads a delimited text; `None` when it neither claims to be a table (`claimed`) nor has
/// headings that are certain.
pub(super) fn read(
    name: &str,
    bytes: &[u8],
    limits: &Limits,
    claimed: bool,
) -> Option<Result<Found, Error>> {
    // JSON and XML are no tables, and looking for columns in them costs time.
    let first = bytes.iter().find(|byte| !byte.is_ascii_whitespace());
    if !claimed && matches!(first, None | Some(b'{' | b'[' | b'<')) {
        return None;
    }
    let text = match decode(bytes) {
        Ok(text) => text,
        Err(detail) => {
            return claimed.then_some(Err(Error::Syntax { format: FORMAT, detail }));
        }
    };
    let (separator, text) = announced(&text);
    let layout = match separator {
        Some(separator) => layout(text, separator),
        None => {
            SEPARATORS.into_iter().rev().map(|one| layout(text, one)).max_by_key(|l| l.score)?
        }
    };
    if !claimed && !layout.certain {
        return None;
    }
    // Catalogues of flaws are tables too, and have products; they are no inventory.
    if layout.catalogue {
        return None;
    }
    Some(read_rows(name, text, layout.separator, limits))
}

struct Layout {
    separator: u8,
    score: usize,
    certain: bool,
    catalogue: bool,
}

/// What the first rows look like when split at `separator`.
fn layout(text: &str, separator: u8) -> Layout {
    let head = &text[..text.floor_char_boundary(HEAD_BYTES)];
    let rows: Vec<(u64, Vec<Cell<'static>>)> = reader(head, separator)
        .into_records()
        .take(HEADING_ROWS)
        .filter_map(Result::ok)
        .map(|record| (0, record.iter().map(|cell| Cell::text(cell.to_owned())).collect()))
        .collect();
    let catalogue = rows.first().is_some_and(|(_, cells)| {
        cells.iter().any(|cell| CATALOGUE.iter().any(|word| cell.text.eq_ignore_ascii_case(word)))
    });
    let best = best_headings(&rows);
    let score = best.as_ref().map_or(0, |(columns, _)| columns.score());
    let certain = best.is_some_and(|(columns, _)| columns.certain());
    Layout { separator, score, certain, catalogue }
}

fn read_rows(name: &str, text: &str, separator: u8, limits: &Limits) -> Result<Found, Error> {
    let mut assets = Assets::new(name, FORMAT, limits);
    let mut table = assets.table(None);
    let mut reader = reader(text, separator);
    let mut record = csv::StringRecord::new();
    let mut numbers = RowNumbers { text, position: 0, row: 1 };
    loop {
        match reader.read_record(&mut record) {
            Ok(true) => {}
            Ok(false) => break,
            Err(error) => {
                return Err(Error::Syntax { format: FORMAT, detail: error.to_string() });
            }
        }
        if record.len() > COLUMNS {
            let what = "columns of a row".to_owned();
            return Err(Error::TooLarge { what, limit: COLUMNS as u64 });
        }
        let start = record.position().map_or(0, csv::Position::byte);
        let row = numbers.at(start, &record);
        table.row(row, record.iter().map(Cell::text).collect())?;
    }
    if table.finish()? {
        return Ok(assets.finish());
    }
    Err(Error::Field {
        format: FORMAT,
        detail: format!(
            "none of the first {HEADING_ROWS} rows has known headings, such as 제조사,제품명,버전 \
             or vendor,product,version"
        ),
    })
}

fn reader(text: &str, separator: u8) -> csv::Reader<&[u8]> {
    csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(separator)
        .from_reader(text.as_bytes())
}

/// The row numbers a spreadsheet shows: empty lines count, a line break inside quotes does not.
struct RowNumbers<'a> {
    text: &'a str,
    position: usize,
    /// Signed, for breaks inside the first record are taken off before they are passed.
    row: i64,
}

impl RowNumbers<'_> {
    /// The row of the record that begins at byte `start` or, after line ends, a little later.
    fn at(&mut self, start: u64, record: &csv::StringRecord) -> u64 {
        let start = usize::try_from(start).unwrap_or(usize::MAX).min(self.text.len());
        let rest = self.text.as_bytes().get(start..).unwrap_or_default();
        let begins = rest.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        let passed = self.text.as_bytes().get(self.position..start + begins).unwrap_or_default();
        self.row += line_breaks(passed);
        self.position = start + begins;
        let row = self.row;
        // Those inside this record will be passed on the way to the next one.
        self.row -= record.iter().map(|cell| line_breaks(cell.as_bytes())).sum::<i64>();
        u64::try_from(row).unwrap_or_default()
    }
}

/// `\n`, `\r\n` and a lone `\r` each end one line.
fn line_breaks(bytes: &[u8]) -> i64 {
    let mut breaks = 0;
    let mut before = 0;
    for byte in bytes {
        breaks += i64::from(*byte == b'\n' && before != b'\r' || *byte == b'\r');
        before = *byte;
    }
    breaks
}

/// `sep=;` in the first line, as some spreadsheets write it; the line stays out of the table.
fn announced(text: &str) -> (Option<u8>, &str) {
    let Some(rest) = text.strip_prefix("sep=") else { return (None, text) };
    let (first, below) = rest.split_once('\n').unwrap_or((rest, ""));
    match first.trim_end_matches('\r').as_bytes() {
        [separator] => (Some(*separator), below),
        _ => (None, text),
    }
}

/// UTF-8 with or without a mark, UTF-16 with one, or CP949 (which holds EUC-KR).
fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, String> {
    let (text, damaged) = match bytes {
        [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] => {
            let (text, _, damaged) = UTF_16LE.decode(bytes);
            (text, damaged)
        }
        _ => {
            let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
            match std::str::from_utf8(bytes) {
                Ok(text) => (Cow::Borrowed(text), false),
                Err(_) => EUC_KR.decode_without_bom_handling(bytes),
            }
        }
    };
    if damaged {
        return Err("it is neither UTF-8 nor CP949; save it as CSV UTF-8".to_owned());
    }
    match text.bytes().position(|byte| byte == 0) {
        Some(at) => Err(format!("byte {} is NUL; the file is damaged or not a text", at + 1)),
        None => Ok(text),
    }
}

const FORMAT: &str = "CSV asset list";

/// The likeliest first: of two that fit as well, it is taken.
const SEPARATORS: [u8; 4] = *b",;\t|";

/// How much of a file is looked at to find its separator and headings.
const HEAD_BYTES: usize = 256 << 10;

/// Columns of one row; office lists have a few dozen.
const COLUMNS: usize = 1_000;

/// First headings of feeds that list flaws, not assets.
const CATALOGUE: [&str; 3] = ["cveID", "cve", "CVE ID"];
