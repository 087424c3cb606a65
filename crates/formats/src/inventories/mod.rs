//! What runs where: SBOMs, package databases, lock files, asset lists.

mod apk;
mod asset_list;
mod cyclonedx;
mod cyclonedx_json;
mod cyclonedx_xml;
mod cyclonedx_xml_vex;
mod dpkg;
mod gathering;
mod lockfiles;
mod ownership;
mod package_list;
mod rpm;
mod sniff;
mod spdx2;
mod spdx2_json;
mod spdx3;
mod spdx_tag_value;
mod text;

use std::borrow::Cow;
use std::io::Read;

use bongsu_advisory::VexStatement;
use bongsu_inventory::Inventory;

use crate::packing::Patience;
use crate::{Error, Limits, Quarantined, bounded, packing};
use sniff::Format;

/// What one file of inventories gave.
#[derive(Debug, Default)]
pub struct Found {
    /// The inventories; one for most formats, one a system for asset lists that name systems.
    pub inventories: Vec<Inventory>,
    /// Exploitability statements that came inside (CycloneDX `vulnerabilities`).
    pub statements: Vec<VexStatement>,
    /// What was set aside: a document, or single entries of it.
    pub quarantined: Vec<Quarantined>,
}

/// Reads one file, whatever its format and packing.
///
/// `name` is the file's name; lock files are told apart by it.
pub fn read(name: &str, bytes: impl Read, limits: &Limits) -> Found {
    read_while(name, bytes, limits, Patience::ENDLESS)
}

/// As [`read`], while there is time; documents that are left then are set aside.
pub fn read_while(name: &str, bytes: impl Read, limits: &Limits, patience: Patience<'_>) -> Found {
    let mut found = Found::default();
    packing::documents_while(name, bytes, limits, patience, &mut |document| match document {
        Ok(document) => {
            let place = document.place;
            // In a stream of lines every line is a document of its own.
            let name = &match place.line {
                Some(line) => format!("{}:{line}", place.document),
                None => place.document.clone(),
            };
            let before = found.inventories.len();
            let read = read_document(name, document.bytes, limits, &mut found);
            for inventory in &mut found.inventories[before..] {
                inventory.document = Some(name.clone());
            }
            if let Err(reason) = read {
                found.quarantined.push(Quarantined { place, reason });
            }
        }
        Err(quarantined) => found.quarantined.push(quarantined),
    });
    found
}

/// Reads one unpacked document: whoever recognises it first, the surest marks first.
fn read_document(
    name: &str,
    bytes: &[u8],
    limits: &Limits,
    found: &mut Found,
) -> Result<(), Error> {
    let bytes = utf8(bytes);
    let text = bounded::text("inventory", &bytes);
    if let Some(format) = text.as_ref().ok().and_then(|text| sniff::bill(text)) {
        return read_as(format, text?, name, limits, found);
    }
    if let Some(file) = lockfiles::read(name, &bytes, limits) {
        let mut file = file?;
        found.inventories.push(file.inventory);
        found.quarantined.append(&mut file.set_aside);
        return Ok(());
    }
    if let Some(format) = text.as_ref().ok().and_then(|text| sniff::listing(text)) {
        return read_as(format, text?, name, limits, found);
    }
    if let Some(list) = asset_list::read(without_packing(name), &bytes, limits) {
        let mut list = list?;
        found.inventories.append(&mut list.inventories);
        found.quarantined.append(&mut list.quarantined);
        return Ok(());
    }
    let hint = sniff::hint(text?);
    Err(Error::UnknownFormat { hint })
}

fn read_as(
    format: Format,
    text: &str,
    name: &str,
    limits: &Limits,
    found: &mut Found,
) -> Result<(), Error> {
    let read = match format {
        Format::CycloneDxJson => cyclonedx_json::read,
        Format::CycloneDxXml => cyclonedx_xml::read,
        Format::Spdx2Json => spdx2_json::read,
        Format::Spdx3 => spdx3::read,
        Format::SpdxTagValue => spdx_tag_value::read,
        Format::Dpkg => dpkg::read_status,
        Format::DpkgTable => dpkg::read_table,
        Format::Apk => apk::read,
        Format::Rpm => rpm::read,
        Format::PackageList => package_list::read,
    };
    read(text, name, limits, found)
}

/// A name without the ending of its packing, `assets.csv` for `assets.csv.zst`.
fn without_packing(name: &str) -> &str {
    [".zst", ".zstd", ".gz"].iter().find_map(|end| name.strip_suffix(end)).unwrap_or(name)
}

/// The bytes as UTF-8 where a mark says they are UTF-16, as a Windows shell writes what a tool
/// prints (`syft … > bom.json`); otherwise as they are.
fn utf8(bytes: &[u8]) -> Cow<'_, [u8]> {
    match encoding_rs::Encoding::for_bom(bytes) {
        Some((encoding, mark)) if encoding != encoding_rs::UTF_8 => {
            let (text, bad) = encoding.decode_without_bom_handling(&bytes[mark..]);
            if bad { Cow::Borrowed(bytes) } else { Cow::Owned(text.into_owned().into_bytes()) }
        }
        _ => Cow::Borrowed(bytes),
    }
}
