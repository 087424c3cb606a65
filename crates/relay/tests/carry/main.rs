//! Messages out, against sinks on this machine: what arrives, how often, under which name, and what is kept of it.
#![allow(clippy::unwrap_used, reason = "a sink or a town that fails, fails its test")]

mod bodies;
mod calls;
mod climbing;
mod delivery;
mod digests;
mod drills;
mod sinks;
mod trouble;
mod world;
