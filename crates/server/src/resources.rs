//! What the API is about, one module a resource: each brings its rows of the table.

mod events;
mod health;
mod invitation;
mod machine;
mod me;
mod obligations;
mod oidc;
mod passkey;
mod record;
mod session;
mod token;

use crate::routes::Route;

/// The tables of every resource.
pub(crate) const ALL: &[&[Route]] = &[
    events::ROUTES,
    health::ROUTES,
    invitation::ROUTES,
    machine::ROUTES,
    me::ROUTES,
    obligations::ROUTES,
    oidc::ROUTES,
    passkey::ROUTES,
    record::ROUTES,
    session::ROUTES,
    token::ROUTES,
];
