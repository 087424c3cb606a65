//! The API, asked as programs ask it: a whole node behind the router, and nothing between.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "tests say where they fail, and how fast polls are answered"
)]

mod administration;
mod alerts;
mod answers;
mod conforming;
mod described;
mod drafts;
mod embargo;
mod explorer;
mod live;
mod mended;
mod nation;
mod outside;
mod public;
mod rooms;
mod schema;
mod task;
mod uploads;
mod walk;
mod world;
