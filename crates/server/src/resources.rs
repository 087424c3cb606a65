//! What the API is about, one module a resource: each brings its rows of the table.

mod acts;
mod cases;
mod delegations;
mod events;
mod exposures;
mod health;
mod institutions;
mod inventories;
mod jobs;
mod limits;
mod me;
mod obligations;
mod officers;
mod picture;
mod record;

use crate::routes::Route;

/// The tables of every resource.
pub(crate) const ALL: &[&[Route]] = &[
    acts::ROUTES,
    cases::ROUTES,
    delegations::ROUTES,
    events::ROUTES,
    exposures::ROUTES,
    health::ROUTES,
    institutions::ROUTES,
    inventories::ROUTES,
    jobs::ROUTES,
    limits::ROUTES,
    me::ROUTES,
    obligations::ROUTES,
    officers::ROUTES,
    picture::ROUTES,
    record::ROUTES,
];
