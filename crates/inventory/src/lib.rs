//! What runs where: systems, inventories and their components.

mod component;
mod distribution;
mod inventory;

pub use component::{Component, ComponentKind, SourcePackage};
pub use distribution::Distribution;
pub use inventory::{Inventory, UNKNOWN_RPM};
