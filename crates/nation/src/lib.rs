//! The sample nation Gaon: institutions, officers and inventories of realistic size, all invented.
//!
//! [`Gaon::new`] makes the register at once; [`Gaon::systems`] makes systems one at a time, since a
//! nation's inventories are twelve million rows. Nothing here reads a clock, a file or the network.
//!
//! - **Source:** section 11 of the domain guide for the counts; sizes and shares are ours.

mod catalogue;
mod changes;
mod cyclonedx;
mod delegations;
mod gaon;
mod images;
mod institutions;
mod names;
mod noise;
mod officers;
mod profile;
mod stations;
mod systems;
#[cfg(test)]
mod tests;
mod words;

pub use changes::{Change, newer_inventory};
pub use cyclonedx::to_cyclonedx;
pub use gaon::{Gaon, Holding};
pub use images::SystemKind;
pub use profile::{ParseProfileError, Profile};
pub use stations::{DatedName, Station};
pub use systems::{System, Systems};
