//! The API, asked as programs ask it: a whole node behind the router, and nothing between.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "tests say where they fail, and how fast polls are answered"
)]

mod alerts;
mod answers;
mod described;
mod drafts;
mod live;
mod mended;
mod nation;
mod outside;
mod rooms;
mod schema;
mod uploads;
mod walk;
mod world;
