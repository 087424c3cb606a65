//! Feeds in, messages out.

pub mod feeds;
