//! The rooms as people use them: in a real browser, against the real binary. Chromium and its driver come from Debian
//! (`chromium`, `chromium-driver`); where they are not, each test says so and does nothing.
#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test that cannot go on has failed, and one that cannot begin says so"
)]

mod access;
mod acts;
mod browser;
mod cases;
mod disclosure;
mod embargo;
mod guarded;
mod guest;
mod hostile;
mod institution;
mod lists;
mod requests;
mod scriptless;
mod signing_in;
mod small_firm;
mod stage;
mod steps;
