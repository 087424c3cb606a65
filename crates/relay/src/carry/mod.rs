//! Messages out: from the outbox to whoever must know.
//!
//! ```text
//! outbox ─► prepare ─► plan: which channel now? ─► errand: webhook, mail, short message, voice ─► settle
//! ladder ─► parcels ─┘                                                     receipts in the record ◄──┘
//! ```
//!
//! Addresses, the inbox and what happened to each message lie in the cabinet; what counts as told is in the record.

pub mod address;
pub mod book;
pub mod called;
pub mod calls;
mod carrier;
pub mod climb;
mod digest;
mod errand;
pub mod failure;
pub mod gateway;
pub mod inbox;
mod lanes;
pub mod letter;
pub mod mail;
mod outward;
mod parcel;
pub mod plain;
pub mod plan;
mod prepare;
mod settle;
pub mod smtp;
pub mod trail;
pub mod way;
pub mod webhook;
mod zone;

pub use carrier::{Carrier, Config, Now, TestError, Turned, Ways};
pub use digest::Digests;
pub use lanes::Width;
pub use outward::Outward;
pub use zone::{Zone, ZoneError};
