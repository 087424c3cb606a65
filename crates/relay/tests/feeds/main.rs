//! Feeds against providers on this machine: what comes in, what is taken back, and what goes wrong.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod cases;
mod csaf;
mod lists;
mod misfortunes;
mod node;
mod real;
