//! What an officer does: from a disclosure to an audience, from an inventory to verified fixes.

pub mod audience;
pub mod exposure;
pub mod recheck;
