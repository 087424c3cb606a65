//! XLSX workbooks.
//!
//! The archive is measured before anything of it is unpacked for good, and cells are streamed: a
//! sheet with one cell in its last corner costs one cell. Formulas are not computed; their cached
//! value is what the office saw.

use std::io::{Cursor, Read};

use calamine::{DataRef, Dimensions, Reader, SheetType, SheetVisible, Xlsx};

use super::rows::{Assets, Cell, CellKind};
use crate::inventories::Found;
use crate::{Error, Limits};

type Workbook<'a> = Xlsx<Cursor<&'a [u8]>>;

/// Whether an archive is a workbook.
pub(super) fn is_one(bytes: &[u8]) -> bool {
    zip::ZipArchive::new(Cursor::new(bytes))
        .is_ok_and(|archive| archive.index_for_name("xl/workbook.xml").is_some())
}

pub(super) fn read(name: &str, bytes: &[u8], limits: &Limits) -> Result<Found, Error> {
    measure(bytes, limits)?;
    let mut workbook: Workbook<'_> = Xlsx::new(Cursor::new(bytes)).map_err(broken)?;
    let sheets: Vec<(String, bool)> = workbook
        .sheets_metadata()
        .iter()
        .filter(|sheet| sheet.typ == SheetType::WorkSheet)
        .map(|sheet| (sheet.name.clone(), sheet.visible == SheetVisible::Visible))
        .collect();
    let mut assets = Assets::new(name, FORMAT, limits);
    let several = sheets.len() > 1;
    let mut any = false;
    for (sheet, visible) in &sheets {
        if !visible {
            assets.set_aside(sheet.clone(), "the sheet is hidden and was not read");
            continue;
        }
        if read_sheet(&mut workbook, sheet, several, &mut assets, limits)? {
            any = true;
        } else if several {
            assets
                .set_aside(sheet.clone(), "the sheet has no headings such as 제조사, 제품명, 버전");
        }
    }
    if any {
        return Ok(assets.finish());
    }
    Err(Error::Field {
        format: FORMAT,
        detail: "no sheet has a row of headings such as 제조사, 제품명, 버전 or vendor, product, \
                 version among its first rows"
            .to_owned(),
    })
}

fn read_sheet(
    workbook: &mut Workbook<'_>,
    sheet: &str,
    several: bool,
    assets: &mut Assets<'_>,
    limits: &Limits,
) -> Result<bool, Error> {
    let mut merged = Merged::of(workbook.merge_cells_by_sheet_name(sheet).map_err(broken)?);
    let mut cells = workbook.worksheet_cells_reader(sheet).map_err(broken)?;
    let mut table = assets.table(several.then_some(sheet));
    let mut row: Vec<Cell<'_>> = Vec::new();
    let mut current = 0;
    let mut count = 0_usize;
    while let Some(cell) = cells.next_cell().map_err(broken)? {
        let (number, column) = cell.get_position();
        count += 1;
        if count > limits.entries.saturating_mul(CELLS_A_ROW) {
            let limit = limits.entries.saturating_mul(CELLS_A_ROW) as u64;
            return Err(Error::TooLarge { what: "cells of a sheet".to_owned(), limit });
        }
        if number != current {
            merged.fill(current, &mut row);
            table.row(u64::from(current) + 1, std::mem::take(&mut row))?;
            current = number;
        }
        let column = column as usize;
        if column < COLUMNS {
            row.resize(row.len().max(column + 1), Cell::default());
            row[column] = shown(cell.get_value(), limits);
        }
    }
    merged.fill(current, &mut row);
    table.row(u64::from(current) + 1, row)?;
    table.finish()
}

/// A cell as the sheet shows it, without its number format.
fn shown<'a>(value: &DataRef<'a>, limits: &Limits) -> Cell<'a> {
    let number = |text: String| Cell { text: text.into(), kind: CellKind::Number };
    let date = |text: String| Cell { text: text.into(), kind: CellKind::Date };
    match value {
        DataRef::Int(whole) => number(whole.to_string()),
        DataRef::Float(float) => number(float.to_string()),
        DataRef::SharedString(text) => Cell::text(*text),
        // One byte more than a name may have is enough to see that it is too long.
        DataRef::String(text) if text.len() > limits.name_bytes => {
            Cell::text(text.chars().take(limits.name_bytes + 1).collect::<String>())
        }
        DataRef::String(text) => Cell::text(text.clone()),
        DataRef::Bool(truth) => Cell::text(truth.to_string()),
        DataRef::DateTime(time) => date(time.as_f64().to_string()),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => date(text.clone()),
        DataRef::Error(error) => Cell { text: error.to_string().into(), kind: CellKind::Error },
        DataRef::Empty => Cell::default(),
    }
}

/// Merged regions of one column or more, on their way down the sheet.
struct Merged<'a> {
    /// By first row, latest first.
    coming: Vec<Dimensions>,
    open: Vec<(Dimensions, Option<Cell<'a>>)>,
}

impl<'a> Merged<'a> {
    fn of(mut regions: Vec<Dimensions>) -> Self {
        regions.retain(|region| region.end.0 > region.start.0);
        regions.sort_by_key(|region| std::cmp::Reverse(region.start.0));
        Self { coming: regions, open: Vec::new() }
    }

    /// Gives every row of a region the value of its first cell: the sheet shows it there.
    ///
    /// Only the region's first column is filled: a title over many columns is one title.
    fn fill(&mut self, row: u32, cells: &mut Vec<Cell<'a>>) {
        while let Some(region) = self.coming.pop_if(|region| region.start.0 <= row) {
            self.open.push((region, None));
        }
        self.open.retain(|(region, _)| region.end.0 >= row);
        for (region, value) in &mut self.open {
            let column = region.start.1 as usize;
            if column >= COLUMNS {
                continue;
            }
            if region.start.0 == row {
                *value = cells.get(column).cloned();
            } else if let Some(value) = value {
                cells.resize(cells.len().max(column + 1), Cell::default());
                cells[column] = value.clone();
            }
        }
    }
}

/// Unpacks every entry once into nothing, so that an archive that lies about its sizes is seen.
fn measure(bytes: &[u8], limits: &Limits) -> Result<(), Error> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(broken)?;
    if archive.len() > ENTRIES {
        let what = "entries of a workbook".to_owned();
        return Err(Error::TooLarge { what, limit: ENTRIES as u64 });
    }
    let ratio = limits.expansion.min(EXPANSION).saturating_mul(bytes.len() as u64);
    let limit = limits.document_bytes.min(UNPACKED_BYTES).min(ratio.max(SMALL_BYTES));
    let mut unpacked = 0;
    for number in 0..archive.len() {
        let entry = archive.by_index(number).map_err(broken)?;
        let rest = limit - unpacked;
        let declared = entry.size();
        let read = if declared > rest {
            declared
        } else {
            std::io::copy(&mut entry.take(rest + 1), &mut std::io::sink()).map_err(Error::Read)?
        };
        if read > rest {
            return Err(Error::TooLarge { what: "unpacked workbook in bytes".to_owned(), limit });
        }
        unpacked += read;
    }
    Ok(())
}

fn broken(error: impl std::fmt::Display) -> Error {
    Error::Syntax { format: FORMAT, detail: error.to_string() }
}

const FORMAT: &str = "XLSX asset list";

/// Columns that are looked at; office lists have a few dozen.
const COLUMNS: usize = 1_000;

/// Cells a row may have on average before the sheet counts as too large.
const CELLS_A_ROW: usize = 64;

/// Entries of a workbook's archive; real ones have some twenty.
const ENTRIES: usize = 10_000;

/// One workbook, unpacked, in bytes: a million rows of ten columns have some 400 MB.
const UNPACKED_BYTES: u64 = 512 << 20;

/// How many times larger a workbook may grow; sheets of repeated rows reach 60.
const EXPANSION: u64 = 200;

/// Any workbook may have this many bytes unpacked, whatever its ratio.
const SMALL_BYTES: u64 = 16 << 20;
