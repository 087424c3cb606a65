//! The index on disk: written whole, checked on reading, rebuilt when torn.
//!
//! A [`Shelf`] is a directory. Its log of inventories is the truth: every inventory is appended
//! and synced before anybody sees it. Segments are made of it and can be made again; the manifest
//! names the segments that count, the systems that are dead in them, and how much of the log they
//! hold. Opening reads the manifest, the heads of the segments and the rest of the log.
//!
//! ```no_run
//! use bongsu_matching::index::{Entry, SystemName};
//! use bongsu_package::Scheme;
//! use bongsu_shelf::{Residence, Shelf};
//!
//! let (shelf, report) = Shelf::open("nation".as_ref(), Residence::OnDemand)?;
//! report.notes.iter().for_each(|note| eprintln!("{note}"));
//! let mail = SystemName { ministry: "Interior", institution: "Harbour Office", system: "mail" };
//! shelf.replace(mail, &[Entry { key: "e:deb/exim4", scheme: Scheme::Deb, version: Some("4.96-15") }])?;
//! # Ok::<(), bongsu_shelf::Error>(())
//! ```

mod disk;
mod error;
mod log;
mod manifest;
mod record;
mod shelf;

#[cfg(test)]
mod tests;

pub use disk::{Disk, Folder, Residence};
pub use error::Error;
pub use shelf::{Load, Note, Report, Shelf};
