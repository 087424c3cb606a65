//! What a person or a script sees.

pub(crate) mod json;
pub(crate) mod plain;
pub(crate) mod style;
pub(crate) mod table;
