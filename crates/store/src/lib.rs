//! What we keep: the port to the engines, sealing, transactions, replay.

pub mod chance;
mod files;
mod log;
pub mod port;
pub mod schema;
mod sealing;
mod secrets;
pub mod sql;

pub use sealing::{Owner, Unsealable};
pub use secrets::{NodeSecrets, SecretsError};
