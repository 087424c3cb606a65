//! What the API is about, one module a resource: each brings its rows of the table.

mod health;
mod me;

use crate::routes::Route;

/// The tables of every resource.
pub(crate) const ALL: &[&[Route]] = &[health::ROUTES, me::ROUTES];
