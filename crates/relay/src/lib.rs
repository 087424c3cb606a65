//! Feeds in, messages out.

pub mod carry;
pub mod feeds;
