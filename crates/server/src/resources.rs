//! What the API is about, one module a resource: each brings its rows of the table.

mod health;
mod invitation;
mod machine;
mod me;
mod passkey;
mod session;
mod token;

use crate::routes::Route;

/// The tables of every resource.
pub(crate) const ALL: &[&[Route]] = &[
    health::ROUTES,
    me::ROUTES,
    session::ROUTES,
    passkey::ROUTES,
    invitation::ROUTES,
    machine::ROUTES,
    token::ROUTES,
];
