//! The door, from outside: people with passkeys, programs with secrets, and those who should stay out.

#![allow(clippy::unwrap_used, reason = "a test that stumbles fails")]

mod authenticator;
mod crowd;
mod house;
mod lines;
mod people;
mod programs;
mod world;
