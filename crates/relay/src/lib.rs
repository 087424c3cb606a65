//! Feeds in, messages out.

<<<<<<< HEAD
pub mod carry;
=======
pub mod feeds;
>>>>>>> feeds
