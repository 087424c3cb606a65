//! What a route asks of whoever comes, before anything is looked at.
//!
//! This is the outer gate. Whether an officer may do something to something is decided by `authority`, in the handler's
//! call of the desk; a route that forgets to ask does not compile, for the store wants the permit.

use std::fmt;

use bongsu_authority::access::Action;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The permission row of a route.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Right {
    /// Anybody may come: health, the API's own description, public advisories, the first steps of signing in.
    Anybody,
    /// Anybody who is signed in, about themselves: sessions, passkeys, who am I.
    Oneself,
    /// Whoever is signed in and whom `authority` permits one of these actions; a program needs the scope, too.
    May(Scope, &'static [Action]),
}

/// What a program may do in the name of the officer who let it in. People have every scope.
#[derive(
    Clone, Copy, Debug, Deserialize, Eq, Hash, JsonSchema, Ord, PartialEq, PartialOrd, Serialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum Scope {
    /// Read inventories, uploads and exposures.
    InventoryRead,
    /// Publish inventories.
    InventoryWrite,
    /// Read what is owed, the inbox and its events.
    ObligationRead,
    /// Answer what is owed.
    ObligationAnswer,
    /// Read cases.
    CaseRead,
    /// Work cases.
    CaseWork,
    /// Read acts, progress and late lists.
    ActRead,
    /// Draft, review, sign and follow acts.
    ActWork,
    /// Read institutions, officers and delegations.
    RegisterRead,
    /// Change them.
    RegisterWrite,
    /// Read counts and the picture.
    PictureRead,
    /// Run the node: feeds, keys, deliveries.
    Operate,
}

impl Scope {
    /// Every scope.
    pub const ALL: &[Self] = &[
        Self::InventoryRead,
        Self::InventoryWrite,
        Self::ObligationRead,
        Self::ObligationAnswer,
        Self::CaseRead,
        Self::CaseWork,
        Self::ActRead,
        Self::ActWork,
        Self::RegisterRead,
        Self::RegisterWrite,
        Self::PictureRead,
        Self::Operate,
    ];
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::InventoryRead => "inventory-read",
            Self::InventoryWrite => "inventory-write",
            Self::ObligationRead => "obligation-read",
            Self::ObligationAnswer => "obligation-answer",
            Self::CaseRead => "case-read",
            Self::CaseWork => "case-work",
            Self::ActRead => "act-read",
            Self::ActWork => "act-work",
            Self::RegisterRead => "register-read",
            Self::RegisterWrite => "register-write",
            Self::PictureRead => "picture-read",
            Self::Operate => "operate",
        })
    }
}
