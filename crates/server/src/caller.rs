//! Who asks.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use bongsu_authority::{ActId, InstitutionId, PersonId};
use bongsu_desk::Who;
use http::request::Parts;
use jiff::{SignedDuration, Timestamp};

use crate::problem::Problem;
use crate::right::Scope;

/// Somebody who is signed in, or a program in the name of an officer.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Caller {
    /// The officer.
    pub person: PersonId,
    /// How they came in.
    pub means: Means,
    /// When a credential was last shown; grave acts want a recent one.
    pub shown_at: Timestamp,
}

/// How somebody came in.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Means {
    /// A person's session, by the digest of its secret.
    Session([u8; 32]),
    /// A program's token.
    Token(Vec<Scope>),
    /// A program's certificate, over mutual TLS.
    Certificate(Vec<Scope>),
    /// The case code of what an institution owes under an act: it is good for that, and for no route that asks who comes.
    Code(ActId, InstitutionId),
}

/// How long a shown credential is good for grave acts.
const RECENT: SignedDuration = SignedDuration::from_mins(15);

impl Caller {
    /// As the desk knows them.
    pub fn who(&self) -> Who {
        match self.means {
            Means::Code(..) => Who::Code(self.person),
            _ => Who::Person(self.person),
        }
    }

    /// May they come for this? People may come for everything; the desk decides about the rest.
    pub fn has(&self, scope: Scope) -> bool {
        match &self.means {
            Means::Session(_) => true,
            Means::Token(scopes) | Means::Certificate(scopes) => scopes.contains(&scope),
            Means::Code(..) => false,
        }
    }

    /// Did a person show a credential within fifteen minutes? Grave acts (signing, appointing, keys) want it; programs
    /// never have.
    ///
    /// # Errors
    /// [`Problem::step_up`] where they did not.
    pub fn recently(&self, now: Timestamp) -> Result<(), Problem> {
        let since = now.duration_since(self.shown_at);
        // A time still to come is of a clock that was set back since: it proves nothing.
        let recent = !since.is_negative() && since <= RECENT;
        let person = matches!(self.means, Means::Session(_));
        if person && recent { Ok(()) } else { Err(Problem::step_up()) }
    }

    /// Was a credential of this person's shown lately? For grave acts, which a desk left open overnight must not do. A
    /// program's token is short-lived, and those who sign have no programs.
    ///
    /// # Errors
    /// [`Problem`] 403 that says how to go on.
    pub fn lately(&self, now: Timestamp) -> Result<(), Problem> {
        match self.means {
            Means::Session(_) | Means::Code(..) => self.recently(now),
            Means::Token(_) | Means::Certificate(_) => Ok(()),
        }
    }

    /// The session, if it is a person's.
    pub fn session(&self) -> Option<[u8; 32]> {
        match self.means {
            Means::Session(digest) => Some(digest),
            _ => None,
        }
    }
}

/// Routes that nobody reaches without being signed in take a `Caller`; the gate has put it there.
impl<S: Send + Sync> FromRequestParts<S> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        parts.extensions.get::<Self>().cloned().ok_or_else(Problem::nobody)
    }
}

/// Whoever asks, if anybody is signed in.
#[derive(Clone, Debug)]
pub(crate) struct Somebody(pub(crate) Option<Caller>);

impl<S: Send + Sync> FromRequestParts<S> for Somebody {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self(parts.extensions.get::<Caller>().cloned()))
    }
}
