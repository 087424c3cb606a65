//! The one way out.
//!
//! Whatever leaves a node leaves through [`Egress`]: feeds, web hooks, mail, other nodes. An address that somebody else
//! chose must never become a way in, so one rule holds for all of them:
//!
//! 1. **What is said is checked first**: `https` only, few ports, no user name, no name that means "here" ([`Refused`]).
//! 2. **The name is resolved once**, and every address it has must be a public one ([`Place`]).
//! 3. **The connection goes to the address that was checked**; there is no second look at the name to be lied to.
//! 4. **A redirect starts again at 1**, at most three times, never from `https` to `http`, and nothing secret follows it
//!    to another host.
//! 5. **An answer has a size and a time**, and is never unpacked here.
//!
//! Targets inside the operator's own network are the exception, and each is named: [`Own`].

mod address;
mod body;
mod client;
mod connection;
mod error;
mod message;
mod pool;
mod redirect;
mod resolve;
mod rules;

pub use address::Place;
pub use client::Egress;
pub use error::{Error, Refused, SetUp};
pub use message::{Answer, Outgoing};
pub use resolve::{Resolve, Resolving, System};
pub use rules::{Own, Rules};
