//! Feeds in, messages out.
