//! What the API is about, one module a resource: each brings its rows of the table.

mod events;
mod health;
mod me;
mod obligations;
mod record;

use crate::routes::Route;

/// The tables of every resource.
pub(crate) const ALL: &[&[Route]] =
    &[events::ROUTES, health::ROUTES, me::ROUTES, obligations::ROUTES, record::ROUTES];
