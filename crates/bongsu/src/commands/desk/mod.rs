//! The commands of a desk, on a node of this machine.

mod campaign;
mod case;
mod enrol;
mod finding;
mod inventory;
mod ledger;
mod moving;
pub(crate) mod nation;
mod node;
mod obligation;
mod officer;
mod picture;
mod show;
mod statements;
mod store;
mod tick;

pub(crate) use campaign::run as campaign;
pub(crate) use case::run as case;
pub(crate) use inventory::run as inventory;
pub(crate) use ledger::{Folder as Files, run as ledger};
pub(crate) use node::run as node;
pub(crate) use obligation::run as obligation;
pub(crate) use officer::run as officer;
pub(crate) use picture::run as picture;
pub(crate) use store::run as store;
