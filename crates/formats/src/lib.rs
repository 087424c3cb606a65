//! How the world spells things: one module a format.
//!
//! Two doors lead in: [`signals::read`] for what feeds publish and [`inventories::read`] for what
//! runs where. Both look at the bytes, not at the file's name alone, stay within [`Limits`], hand
//! over everything they could read, and put what they could not read into [`Quarantined`] with the
//! place and the reason. Wire structs never leave their module.

pub mod bounded;
pub mod error;
pub mod inventories;
pub mod limits;
pub mod packing;
pub mod reports;
pub mod signals;

pub use error::{Error, Quarantined};
pub use limits::Limits;
