//! What the API is about, one module a resource: each brings its rows of the table.

pub(crate) mod acts;
mod addresses;
mod alerts;
mod calls;
mod cases;
mod delegations;
mod events;
mod exposures;
mod feeds;
mod headings;
mod health;
mod inbox;
mod institutions;
mod inventories;
mod invitation;
mod jobs;
mod known;
mod limits;
mod machine;
mod me;
pub(crate) mod nation;
mod obligations;
mod officers;
mod oidc;
mod passkey;
mod picture;
pub(crate) mod public;
pub(crate) mod record;
mod search;
mod session;
mod statements;
mod stations;
mod tables;
mod task;
mod timeline;
mod token;
mod who_has;
mod why;

pub(crate) use self::exposures::Judged;
use crate::routes::Route;

/// The tables of every resource.
pub(crate) const ALL: &[&[Route]] = &[
    acts::ROUTES,
    addresses::ROUTES,
    addresses::ROUTES_OF_STATIONS,
    addresses::ROUTES_OF_MINE,
    alerts::ROUTES,
    calls::ROUTES,
    cases::ROUTES,
    delegations::ROUTES,
    events::ROUTES,
    exposures::ROUTES,
    feeds::ROUTES,
    headings::ROUTES,
    health::ROUTES,
    inbox::ROUTES,
    institutions::ROUTES,
    invitation::ROUTES,
    inventories::ROUTES,
    jobs::ROUTES,
    known::ROUTES,
    limits::ROUTES,
    machine::ROUTES,
    me::ROUTES,
    nation::ROUTES,
    obligations::ROUTES,
    officers::ROUTES,
    oidc::ROUTES,
    passkey::ROUTES,
    picture::ROUTES,
    public::ROUTES,
    record::ROUTES,
    search::ROUTES,
    session::ROUTES,
    statements::ROUTES,
    stations::ROUTES,
    tables::ROUTES,
    task::ROUTES,
    timeline::ROUTES,
    token::ROUTES,
    who_has::ROUTES,
    why::ROUTES,
];
