//! What we keep: the port to the engines, sealing, transactions, replay.

pub mod port;
pub mod schema;
