//! Feeds in, messages out.

pub mod carry;
