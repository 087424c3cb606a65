//! Messages out, against sinks on this machine: what arrives, how often, under which name, and what is kept of it.

mod bodies;
mod calls;
mod climbing;
mod delivery;
mod digests;
mod drills;
mod sinks;
mod trouble;
mod world;
