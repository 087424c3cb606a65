//! What the API is about, one module a resource: each brings its rows of the table.

mod acts;
mod addresses;
mod alerts;
mod cases;
mod delegations;
mod events;
mod exposures;
mod health;
mod inbox;
mod institutions;
mod inventories;
mod invitation;
mod jobs;
mod limits;
mod machine;
mod me;
pub(crate) mod nation;
mod obligations;
mod officers;
mod oidc;
mod passkey;
mod picture;
mod record;
mod session;
mod timeline;
mod token;

use crate::routes::Route;

/// The tables of every resource.
pub(crate) const ALL: &[&[Route]] = &[
    acts::ROUTES,
    addresses::ROUTES,
    alerts::ROUTES,
    cases::ROUTES,
    delegations::ROUTES,
    events::ROUTES,
    exposures::ROUTES,
    health::ROUTES,
    inbox::ROUTES,
    institutions::ROUTES,
    invitation::ROUTES,
    inventories::ROUTES,
    jobs::ROUTES,
    limits::ROUTES,
    machine::ROUTES,
    me::ROUTES,
    nation::ROUTES,
    obligations::ROUTES,
    officers::ROUTES,
    oidc::ROUTES,
    passkey::ROUTES,
    picture::ROUTES,
    record::ROUTES,
    session::ROUTES,
    timeline::ROUTES,
    token::ROUTES,
];
