//! Signing in: who comes through the door.
//!
//! People show a passkey, or come from an identity provider, and get a session in a cookie. Programs show a secret and
//! get a token, or show a certificate on each line. Whatever fails says the same words.

pub(crate) mod code;
pub(crate) mod cookie;
pub mod crisis;
pub mod invitation;
pub mod limits;
pub mod machine;
pub mod oidc;
mod own;
pub mod passkey;
pub(crate) mod secret;
mod seen;
pub mod session;
pub mod settings;
pub mod token;

use std::net::IpAddr;
use std::sync::Arc;

use bongsu_authority::PersonId;
use bongsu_desk::Desk;
use http::{Extensions, HeaderMap, HeaderValue, Method, header};
use jiff::Timestamp;
use url::Url;

use crate::app::App;
use crate::caller::Caller;
use crate::listen::{Peer, neighbourhood};
use crate::problem::Problem;
use limits::Limits;
use secret::{Digest, Secret};
pub use settings::{Settings, SettingsError};

/// Where people and programs come in.
#[derive(Debug)]
pub struct Door {
    origins: Vec<Url>,
    crisis: Arc<crisis::Crisis>,
    sessions: session::Sessions,
    passkeys: passkey::Passkeys,
    invitations: invitation::Invitations,
    machines: Arc<machine::Machines>,
    tokens: token::Tokens,
    oidc: oidc::Oidc,
    tries: Limits,
    wrong_codes: code::WrongCodes,
}

/// What somebody shows.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Shown {
    Token(Digest, Option<Digest>),
    Session(Digest),
    Certificate(Digest),
}

impl Door {
    pub(crate) fn new(desk: &Arc<Desk>, settings: &Settings) -> Result<Self, SettingsError> {
        let crisis = Arc::new(crisis::Crisis::new());
        crisis.declare(settings.crisis);
        let machines = Arc::new(machine::Machines::new(Arc::clone(desk)));
        Ok(Self {
            origins: settings.origins.clone(),
            sessions: session::Sessions::new(Arc::clone(desk), Arc::clone(&crisis)),
            passkeys: passkey::Passkeys::new(Arc::clone(desk), &settings.origins)?,
            invitations: invitation::Invitations::new(Arc::clone(desk)),
            tokens: token::Tokens::new(Arc::clone(desk), Arc::clone(&machines)),
            oidc: oidc::Oidc::new(Arc::clone(desk), &settings.providers, settings.egress.as_ref()),
            machines,
            crisis,
            tries: Limits::default(),
            wrong_codes: code::WrongCodes::default(),
        })
    }

    /// Those who come with a case code.
    pub(crate) fn codes(&self) -> &code::WrongCodes {
        &self.wrong_codes
    }

    /// The sessions of people.
    pub fn sessions(&self) -> &session::Sessions {
        &self.sessions
    }

    /// Their passkeys.
    pub fn passkeys(&self) -> &passkey::Passkeys {
        &self.passkeys
    }

    /// The credentials of programs.
    pub fn machines(&self) -> &machine::Machines {
        &self.machines
    }

    /// The tokens of programs.
    pub fn tokens(&self) -> &token::Tokens {
        &self.tokens
    }

    /// The identity providers.
    pub fn oidc(&self) -> &oidc::Oidc {
        &self.oidc
    }

    /// Invitations to enter a first credential.
    pub fn invitations(&self) -> &invitation::Invitations {
        &self.invitations
    }

    /// Whether there is a crisis.
    pub fn crisis(&self) -> &crisis::Crisis {
        &self.crisis
    }

    /// Invites somebody to enter a first passkey; the code is good once, for 72 hours.
    ///
    /// # Errors
    /// [`Problem`] where the store does not answer.
    pub fn invite(&self, person: PersonId, now: Timestamp) -> Result<String, Problem> {
        self.invitations.invite(person, now)
    }

    /// The cookie of a session of somebody who showed nothing: for demonstrations, where everybody may take every seat.
    ///
    /// # Errors
    /// [`Problem`] where the store does not answer.
    pub fn seat(&self, person: PersonId, now: Timestamp) -> Result<HeaderValue, Problem> {
        let secret = self.sessions.begin((person, "demonstration", now), None, now)?;
        Ok(cookie::set(&secret, self.is_secure(None)))
    }

    /// Counts one more try to sign in, of whoever comes from this address at `target`.
    ///
    /// # Errors
    /// [`Problem`] 429 where there were too many.
    pub(crate) fn tried(&self, peer: Option<&Peer>, target: &str) -> Result<(), Problem> {
        let from = peer.map(|peer| neighbourhood(peer.address.ip()));
        self.tries
            .take(("from", from), settings::TRIES_FROM_ONE)
            .and_then(|()| match target {
                "" => Ok(()),
                target => self.tries.take(("at", target), settings::TRIES_AT_ONE),
            })
            .map_err(Problem::too_often)
    }

    /// Counts something wrong that was shown from an address.
    pub(crate) fn failed(&self, from: IpAddr) {
        let _ = self.tries.take(("failed", neighbourhood(from)), settings::FAILURES);
    }

    /// Have there been too many wrong things from an address?
    pub(crate) fn is_shut_to(&self, from: IpAddr) -> Result<(), Problem> {
        let looked = self.tries.look(("failed", neighbourhood(from)), settings::FAILURES);
        looked.map_err(Problem::too_often)
    }

    /// Did this come from a page of ours?
    ///
    /// # Errors
    /// [`Problem`] 403 where it did not, or does not say so.
    pub(crate) fn same_origin(&self, method: &Method, headers: &HeaderMap) -> Result<(), Problem> {
        cookie::same_origin(method, headers, &self.origins)
    }

    /// Is this node reached over TLS on this line: at its own door, or at a proxy in front of it?
    pub(crate) fn is_secure(&self, peer: Option<&Peer>) -> bool {
        peer.is_some_and(|peer| peer.tls)
            || self.origins.first().is_some_and(|origin| origin.scheme() == "https")
    }

    /// Forgets what was looked up, so that what just changed counts at once here.
    pub(crate) fn forget_all(&self) {
        self.sessions.forget_all();
        self.tokens.forget_all();
        self.machines.forget_all();
    }

    pub(crate) fn shown(
        &self,
        headers: &HeaderMap,
        peer: Option<&Peer>,
    ) -> Result<Option<Shown>, Problem> {
        let certificate = peer.and_then(|peer| peer.certificate);
        if let Some(shown) = headers.get(header::AUTHORIZATION) {
            let bearer = shown.to_str().ok().and_then(|text| text.strip_prefix("Bearer "));
            let secret = bearer.and_then(Secret::read).ok_or_else(Problem::nobody)?;
            return Ok(Some(Shown::Token(secret.digest(), certificate)));
        }
        if let Some(secret) = cookie::session(headers, self.is_secure(peer)) {
            return Ok(Some(Shown::Session(secret.digest())));
        }
        Ok(certificate.map(Shown::Certificate))
    }

    pub(crate) fn remembered(
        &self,
        shown: Shown,
        now: Timestamp,
    ) -> Option<Result<Caller, Problem>> {
        match shown {
            Shown::Token(digest, line) => self.tokens.remembered(&digest, line, now),
            Shown::Session(digest) => self.sessions.remembered(&digest, now),
            Shown::Certificate(digest) => self.machines.remembered(&digest).map(Ok),
        }
    }

    pub(crate) fn look_up(&self, shown: Shown, now: Timestamp) -> Result<Option<Caller>, Problem> {
        match shown {
            Shown::Token(digest, line) => self.tokens.caller(digest, line, now).map(Some),
            Shown::Session(digest) => self.sessions.caller(digest, now).map(Some),
            Shown::Certificate(digest) => self.machines.caller(digest, now),
        }
    }
}

/// Says who comes; nobody, where nothing was shown.
///
/// # Errors
/// [`Problem`] 401 where what was shown is not, or no longer, good; 403 where a page of another site sent it; 429 where
/// too much that was wrong came from there.
/// Is what was shown a while ago still good?
pub(crate) async fn still(app: &App, shown: Shown) -> bool {
    let now = app.now();
    let known = match app.door().remembered(shown, now) {
        Some(known) => known.map(Some),
        None => app.ask(move |app| app.door().look_up(shown, now)).await,
    };
    // A store that does not answer is no reason to cut somebody off.
    match known {
        Ok(caller) => caller.is_some(),
        Err(problem) => problem.status() != http::StatusCode::UNAUTHORIZED,
    }
}

pub(crate) async fn admit(
    app: &App,
    (method, headers, connection): (&Method, &HeaderMap, &Extensions),
) -> Result<Option<Caller>, Problem> {
    let (door, now) = (app.door(), app.now());
    let peer = connection.get::<Peer>();
    let Some(shown) = door.shown(headers, peer)? else { return Ok(None) };
    let known = if let Some(known) = door.remembered(shown, now) {
        known.map(Some)
    } else {
        if let Some(peer) = peer {
            door.is_shut_to(peer.address.ip())?;
        }
        let known = app.ask(move |app| app.door().look_up(shown, now)).await;
        if let (Err(problem), Some(peer)) = (&known, peer)
            && problem.status() == http::StatusCode::UNAUTHORIZED
        {
            door.failed(peer.address.ip());
        }
        known
    };
    if let (Ok(Some(_)), Shown::Session(_)) = (&known, shown) {
        door.same_origin(method, headers)?;
    }
    known
}
