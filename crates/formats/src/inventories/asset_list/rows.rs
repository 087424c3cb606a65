//! From rows to components, grouped into systems.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use bongsu_advisory::Place;
use bongsu_inventory::{Component, ComponentKind, Inventory};
use bongsu_package::{Cpe, PackageName, ProductName, Purl};

use super::headings::{Columns, Role};
use crate::inventories::Found;
use crate::{Error, Limits, Quarantined};

/// One cell as the sheet shows it.
#[derive(Clone, Debug, Default)]
pub(super) struct Cell<'a> {
    pub(super) text: Cow<'a, str>,
    pub(super) kind: CellKind,
}

/// What a spreadsheet says a cell is.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) enum CellKind {
    #[default]
    Text,
    Number,
    /// Spreadsheets turn `3.12` into a date; what was typed is then lost.
    Date,
    /// `#N/A`, `#REF!`.
    Error,
}

impl<'a> Cell<'a> {
    pub(super) fn text(text: impl Into<Cow<'a, str>>) -> Self {
        Self { text: text.into(), kind: CellKind::Text }
    }

    fn into_owned(self) -> Cell<'static> {
        Cell { text: Cow::Owned(self.text.into_owned()), kind: self.kind }
    }
}

/// What the tables of one file have given so far.
pub(super) struct Assets<'a> {
    document: &'a str,
    format: &'static str,
    limits: &'a Limits,
    systems: HashMap<String, usize>,
    /// Operating systems already named, by inventory.
    os_seen: HashSet<(usize, String)>,
    components: usize,
    found: Found,
}

/// One table of the file: its rows from top to bottom.
pub(super) struct Table<'a, 'b> {
    assets: &'a mut Assets<'b>,
    /// The sheet's name, where the workbook has several.
    sheet: Option<&'a str>,
    /// The first rows, until the row of headings is known.
    waiting: Vec<(u64, Vec<Cell<'static>>)>,
    columns: Option<Columns>,
}

impl<'b> Assets<'b> {
    pub(super) fn new(document: &'b str, format: &'static str, limits: &'b Limits) -> Self {
        Self {
            document,
            format,
            limits,
            systems: HashMap::new(),
            os_seen: HashSet::new(),
            components: 0,
            found: Found::default(),
        }
    }

    pub(super) fn table<'a>(&'a mut self, sheet: Option<&'a str>) -> Table<'a, 'b> {
        Table { assets: self, sheet, waiting: Vec::new(), columns: None }
    }

    /// A list without rows is still an inventory: the office says that it has nothing.
    pub(super) fn finish(mut self) -> Found {
        if self.found.inventories.is_empty() {
            self.inventory(self.document.to_owned());
        }
        self.found
    }

    pub(super) fn set_aside(&mut self, field: String, detail: impl Into<String>) {
        let reason = Error::Field { format: self.format, detail: detail.into() };
        let place = Place { document: self.document.to_owned(), line: None, field: Some(field) };
        self.found.quarantined.push(Quarantined { place, reason });
    }

    fn inventory(&mut self, system: String) -> usize {
        if let Some(number) = self.systems.get(&system) {
            return *number;
        }
        let number = self.found.inventories.len();
        self.found.inventories.push(Inventory { system: system.clone(), ..Inventory::default() });
        self.systems.insert(system, number);
        number
    }

    fn push(&mut self, inventory: usize, component: Component) -> Result<(), Error> {
        self.components += 1;
        if self.components > self.limits.entries {
            let what = format!("{} in components", self.format);
            return Err(Error::TooLarge { what, limit: self.limits.entries as u64 });
        }
        self.found.inventories[inventory].components.push(component);
        Ok(())
    }
}

impl Table<'_, '_> {
    /// Takes the next row; `number` is the one the spreadsheet shows.
    pub(super) fn row(&mut self, number: u64, cells: Vec<Cell<'_>>) -> Result<(), Error> {
        if cells.iter().all(|cell| cell.text.trim().is_empty()) {
            return Ok(());
        }
        if self.columns.is_some() {
            return self.take(number, &cells);
        }
        self.waiting.push((number, cells.into_iter().map(Cell::into_owned).collect()));
        if self.waiting.len() == HEADING_ROWS { self.find_headings() } else { Ok(()) }
    }

    /// Whether the table had a row of headings.
    pub(super) fn finish(mut self) -> Result<bool, Error> {
        if self.columns.is_none() {
            self.find_headings()?;
        }
        Ok(self.columns.is_some_and(|columns| columns.score() > 0))
    }

    fn find_headings(&mut self) -> Result<(), Error> {
        let waiting = std::mem::take(&mut self.waiting);
        let (columns, below) = best_headings(&waiting).unwrap_or_default();
        let known = columns.score() > 0;
        self.columns = Some(columns);
        for (number, cells) in waiting.iter().skip(below).filter(|_| known) {
            self.take(*number, cells)?;
        }
        Ok(())
    }

    fn take(&mut self, number: u64, cells: &[Cell<'_>]) -> Result<(), Error> {
        let Some(columns) = self.columns.take().filter(|columns| columns.score() > 0) else {
            self.columns = Some(Columns::default());
            return Ok(());
        };
        let row = Row { cells, columns: &columns };
        let taken = self.take_row(number, &row);
        self.columns = Some(columns);
        taken
    }

    fn take_row(&mut self, number: u64, row: &Row<'_>) -> Result<(), Error> {
        let field = match self.sheet {
            Some(sheet) => format!("{sheet}!row {number}"),
            None => format!("row {number}"),
        };
        let limit = self.assets.limits.name_bytes;
        if row.cells.iter().any(|cell| cell.text.len() > limit) {
            self.assets.set_aside(field, format!("a cell is over {limit} bytes"));
            return Ok(());
        }
        let component = row.component(&field, self.assets);
        let os = row.operating_system(&field);
        if component.is_none() && os.is_none() {
            self.assets.set_aside(field, "the row names no product, such as FortiOS");
            return Ok(());
        }
        let system = row.system().unwrap_or_else(|| self.assets.document.to_owned());
        let inventory = self.assets.inventory(system);
        if let Some(component) = component {
            self.assets.push(inventory, component)?;
        }
        if let Some(os) = os {
            let said = format!("{} {}", os.name, os.version.as_deref().unwrap_or_default());
            if self.assets.os_seen.insert((inventory, said)) {
                self.assets.push(inventory, os)?;
            }
        }
        Ok(())
    }
}

/// The best row of headings among the first, and how many rows it and those above take.
///
/// A cell left empty takes the text above it: headings of two rows are merged that way.
pub(super) fn best_headings(rows: &[(u64, Vec<Cell<'static>>)]) -> Option<(Columns, usize)> {
    let mut best: Option<(Columns, usize)> = None;
    for (at, (_, cells)) in rows.iter().enumerate().take(HEADING_ROWS) {
        let above = at.checked_sub(1).map(|above| &rows[above].1);
        let width = cells.len().max(above.map_or(0, Vec::len));
        let texts = (0..width).map(|column| {
            let own = cells.get(column).map_or("", |cell| cell.text.trim());
            let over = || above.and_then(|row| row.get(column)).map_or("", |cell| cell.text.trim());
            if own.is_empty() { over() } else { own }
        });
        // Only a row that has headings of its own borrows from the one above.
        let own = Columns::of(cells.iter().map(|cell| &*cell.text));
        let columns = if own.is_empty() { own } else { Columns::of(texts) };
        let score = columns.score();
        if score > best.as_ref().map_or(0, |(columns, _)| columns.score()) {
            best = Some((columns, at + 1));
        }
    }
    best
}

/// One row under known headings.
struct Row<'a> {
    cells: &'a [Cell<'a>],
    columns: &'a Columns,
}

impl Row<'_> {
    fn cell(&self, role: Role) -> Option<&Cell<'_>> {
        let cell = self.cells.get(self.columns.at(role)?)?;
        let said = cell.kind != CellKind::Error && !says_nothing(cell.text.trim());
        said.then_some(cell)
    }

    fn text(&self, role: Role) -> Option<&str> {
        self.cell(role).map(|cell| cell.text.trim())
    }

    /// The system a row belongs to: the narrowest name it has, below its institution.
    fn system(&self) -> Option<String> {
        // Where no column names a product, the equipment is the product, not the system.
        let equipment = self.names_products().then_some(Role::Equipment);
        let narrow = [Role::Host, Role::Asset, Role::System].into_iter().chain(equipment);
        let system = narrow.into_iter().find_map(|role| self.text(role));
        match (self.text(Role::Organization), system) {
            (Some(organization), Some(system)) => Some(format!("{organization}/{system}")),
            (Some(one), None) | (None, Some(one)) => Some(one.to_owned()),
            (None, None) => None,
        }
    }

    fn names_products(&self) -> bool {
        self.columns.has(Role::Product) || self.columns.has(Role::Model)
    }

    fn component(&self, field: &str, assets: &mut Assets<'_>) -> Option<Component> {
        let purl = self.parsed::<Purl>(Role::Purl, field, assets);
        let cpe = self.parsed::<Cpe>(Role::Cpe, field, assets);
        let equipment = (!self.names_products()).then(|| self.text(Role::Equipment)).flatten();
        let product = self.text(Role::Product).or(self.text(Role::Model)).or(equipment);
        let by_cpe = cpe.as_ref().and_then(|cpe| cpe.product.as_deref());
        let by_id = || purl.as_ref().map(Purl::name).or(by_cpe);
        let name = product.or_else(by_id)?.to_owned();
        let vendor = self.text(Role::Vendor);
        let version = self.version(field, assets).or_else(|| {
            let by_cpe = cpe.as_ref().and_then(|cpe| cpe.version.as_deref());
            purl.as_ref().and_then(Purl::version).or(by_cpe).map(str::to_owned)
        });
        Some(Component {
            product: vendor.and_then(|vendor| ProductName::new(vendor, &name)),
            package: purl.as_ref().and_then(PackageName::from_purl),
            name,
            version,
            kind: self.kind(),
            purl,
            cpes: cpe.into_iter().collect(),
            field: field.to_owned(),
            ..Component::default()
        })
    }

    /// The operating system a row names beside its product.
    fn operating_system(&self, field: &str) -> Option<Component> {
        let name = self.text(Role::OperatingSystem)?.to_owned();
        let version = self.text(Role::OsVersion).map(str::to_owned);
        let kind = ComponentKind::OperatingSystem;
        Some(Component { name, version, kind, field: field.to_owned(), ..Component::default() })
    }

    fn version(&self, field: &str, assets: &mut Assets<'_>) -> Option<String> {
        let alone = !self.columns.has(Role::OperatingSystem);
        let os = alone.then(|| self.cell(Role::OsVersion)).flatten();
        let cell = self.cell(Role::Version).or(self.cell(Role::Firmware)).or(os)?;
        let text = cell.text.trim();
        match cell.kind {
            CellKind::Number if text.contains('.') => {
                let detail = format!(
                    "the version cell is the number {text}, so 1.10 and 1.1 look alike; it was \
                     taken as shown, format the column as text to be sure"
                );
                assets.set_aside(field.to_owned(), detail);
            }
            CellKind::Date => {
                let detail = format!(
                    "the version cell is a date ({text}), so what was typed is lost; the product \
                     was kept without a version, format the column as text"
                );
                assets.set_aside(field.to_owned(), detail);
                return None;
            }
            _ => {}
        }
        Some(text.to_owned())
    }

    fn kind(&self) -> ComponentKind {
        let said = self.text(Role::Kind).map(str::to_lowercase).unwrap_or_default();
        let model_only = self.text(Role::Product).is_none() && self.text(Role::Model).is_some();
        let equipment_only = !self.names_products() && self.columns.has(Role::Equipment);
        let appliance = model_only || equipment_only || self.text(Role::Firmware).is_some();
        if OS_WORDS.contains(&said.as_str()) {
            ComponentKind::OperatingSystem
        } else if appliance || DEVICE_WORDS.iter().any(|word| said.contains(word)) {
            ComponentKind::Device
        } else {
            ComponentKind::Application
        }
    }

    /// An identifier; one that cannot be read is noted, the rest of the row stands.
    fn parsed<T: std::str::FromStr<Err: std::fmt::Display>>(
        &self,
        role: Role,
        field: &str,
        assets: &mut Assets<'_>,
    ) -> Option<T> {
        match self.text(role)?.parse() {
            Ok(parsed) => Some(parsed),
            Err(error) => {
                let detail = format!("{error}; the rest of the row was kept");
                assets.set_aside(field.to_owned(), detail);
                None
            }
        }
    }
}

/// Whether a cell only says that there is nothing to say.
fn says_nothing(text: &str) -> bool {
    text.is_empty() || NOTHING.iter().any(|word| text.eq_ignore_ascii_case(word))
}

/// Among how many rows that are not empty the headings are looked for.
pub(super) const HEADING_ROWS: usize = 20;

const NOTHING: [&str; 14] = [
    "-",
    "--",
    "n/a",
    "na",
    "none",
    "unknown",
    "없음",
    "해당없음",
    "해당 없음",
    "미상",
    "미확인",
    "모름",
    "확인필요",
    "?",
];

const OS_WORDS: [&str; 4] = ["os", "운영체제", "운영체계", "operating system"];

const DEVICE_WORDS: [&str; 19] = [
    "장비",
    "네트워크",
    "방화벽",
    "라우터",
    "스위치",
    "하드웨어",
    "어플라이언스",
    "프린터",
    "카메라",
    "hardware",
    "h/w",
    "hw",
    "device",
    "appliance",
    "firewall",
    "router",
    "switch",
    "printer",
    "camera",
];
