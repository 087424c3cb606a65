//! What feeds publish: advisories, catalogues, forecasts, statements.

mod csaf;
mod cve;
mod cyclonedx;
mod debian;
mod epss;
mod kev;
mod nodejs;
mod openvex;
mod osv;
mod sniff;
mod versions;
mod wire;

use std::io::Read;

use bongsu_advisory::{Place, Signal};
use serde_json::value::RawValue;

use crate::bounded::{self, Fault};
use crate::packing::{self, Document, Patience};
use crate::{Limits, Quarantined};
pub use cyclonedx::statements as cyclonedx_vex;
use sniff::Kind;
use wire::Desk;

/// Takes what a reader finds.
pub trait Inbox {
    /// One thing was read.
    fn signal(&mut self, signal: Signal);
    /// One document or entry was set aside.
    fn quarantined(&mut self, quarantined: Quarantined);
    /// One document was read to its end; entries of it may have been set aside.
    fn document(&mut self, _place: &Place) {}
}

/// Reads one file of signals, whatever its format and packing, into `inbox`.
///
/// `name` is the file's name; it is used in [`Place`] and, where bytes
/// alone do not tell (JSON lines whose first line is torn), to choose the format.
pub fn read(name: &str, bytes: impl Read, limits: &Limits, inbox: &mut impl Inbox) {
    read_while(name, bytes, limits, Patience::ENDLESS, inbox);
}

/// As [`read`], while there is time; documents that are left then are set aside.
pub fn read_while(
    name: &str,
    bytes: impl Read,
    limits: &Limits,
    patience: Patience<'_>,
    inbox: &mut impl Inbox,
) {
    packing::documents_while(name, bytes, limits, patience, &mut |item| match item {
        Ok(found) => document(&found, limits, inbox),
        Err(quarantined) => inbox.quarantined(quarantined),
    });
}

/// Reads one document, or sets it aside.
fn document(found: &Document<'_>, limits: &Limits, inbox: &mut impl Inbox) {
    match sniffed(found, limits, inbox) {
        Ok(()) => inbox.document(&found.place),
        Err(fault) => inbox.quarantined(fault.at(&found.place)),
    }
}

fn sniffed(found: &Document<'_>, limits: &Limits, inbox: &mut impl Inbox) -> Result<(), Fault> {
    let text = bounded::text("document", found.bytes)?;
    let place = &found.place;
    match text.trim_ascii_start().as_bytes().first() {
        Some(b'{') => object(text, place, limits, inbox),
        Some(b'[') if !debian::looks_like(text) => array(text, place, limits, inbox),
        _ => plain(text, found, limits, inbox),
    }
}

/// Reads a JSON array of documents; one bad element does not spoil the others.
fn array(text: &str, place: &Place, limits: &Limits, inbox: &mut impl Inbox) -> Result<(), Fault> {
    bounded::nesting("JSON", text, limits)?;
    let elements: Vec<&RawValue> = bounded::part("JSON array", text)?;
    for (number, element) in elements.iter().enumerate() {
        let place = Place { field: Some(format!("/{number}")), ..place.clone() };
        if let Err(fault) = object(element.get(), &place, limits, inbox) {
            let field = fault.field.map(|field| format!("/{number}{field}"));
            inbox.quarantined(Fault { field, ..fault }.at(&place));
        }
    }
    Ok(())
}

/// Reads a JSON object by what its keys say it is.
fn object(text: &str, place: &Place, limits: &Limits, inbox: &mut impl Inbox) -> Result<(), Fault> {
    let kind = sniff::kind(text, limits)?;
    let format = kind.name();
    let desk = &mut Desk { format, place, limits, inbox };
    match kind {
        Kind::Osv => osv::read(text, desk),
        Kind::OsvList => osv::read_list(text, desk),
        Kind::Cve => cve::read(text, desk),
        Kind::Csaf => csaf::read(text, desk),
        Kind::Kev => kev::read_json(text, desk),
        Kind::Epss => epss::read_json(text, desk),
        Kind::OpenVex => openvex::read(text, desk),
        Kind::CycloneDx => cyclonedx::read(text, desk),
        Kind::Nodejs => nodejs::read(text, desk),
    }
}

/// Reads what is not JSON: tables and lists.
fn plain(
    text: &str,
    found: &Document<'_>,
    limits: &Limits,
    inbox: &mut impl Inbox,
) -> Result<(), Fault> {
    let place = &found.place;
    let first = text.lines().next().unwrap_or_default();
    if epss::looks_like(first) {
        epss::read_csv(text, &mut Desk { format: "EPSS CSV", place, limits, inbox });
        Ok(())
    } else if kev::looks_like(first) {
        kev::read_csv(text, &mut Desk { format: "KEV CSV", place, limits, inbox })
    } else if debian::looks_like(text) {
        debian::read(text, &mut Desk { format: "Debian advisory list", place, limits, inbox });
        Ok(())
    } else {
        Err(sniff::unknown_text(found.file, text).into())
    }
}
