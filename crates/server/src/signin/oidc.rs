//! Signing in at an identity provider of the officer's own house: OpenID Connect, by code, with PKCE.
//!
//! ```text
//! begin ──► state, nonce, verifier in a drawer; a secret in a cookie ──► browser goes to the provider
//! callback: cookie + state ──► code + verifier for an ID token ──► signature, iss, aud, exp, nonce ──► (iss, sub) ──► person
//! ```
//!
//! Who somebody is follows from the issuer and the subject, which an invitation has linked to a person; never from a mail
//! address, which the house can give to anybody.

mod provider;
mod token;

use std::sync::Arc;

use bongsu_authority::PersonId;
use bongsu_desk::Desk;
use bongsu_egress::Egress;
use bongsu_store::cabinet::{Drawer, NOBODY, Thing};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use url::Url;

use super::invitation;
use super::secret::{Digest, Secret, hash, same, text_of_key};
use crate::problem::Problem;
use provider::Reached;
pub use provider::{ClientSecret, Provider};

/// How long signing in at a provider may take.
pub const CEREMONY: SignedDuration = SignedDuration::from_mins(10);
/// The longest a provider may rely on what it was shown before.
const SHOWN_SECONDS: &str = "43200";

/// The providers.
#[derive(Debug)]
pub struct Oidc {
    desk: Arc<Desk>,
    providers: Vec<Reached>,
}

/// A ceremony under way, as the drawer has it.
#[derive(Deserialize, Serialize)]
struct Ceremony {
    provider: String,
    state: Digest,
    nonce: String,
    verifier: String,
    invitation: Option<(Digest, PersonId)>,
    /// The place of this node that the browser comes back to.
    #[serde(default)]
    then: Option<String>,
}

/// What somebody who begins to sign in wants.
#[derive(Debug, Default)]
pub(crate) struct Wanted {
    /// The invitation that links them.
    pub(crate) invitation: Option<(Digest, PersonId)>,
    /// Shall the provider be shown a credential now?
    pub(crate) fresh: bool,
    /// The place of this node that they come back to.
    pub(crate) then: Option<String>,
}

/// Where the browser goes, and the secret that it keeps meanwhile.
#[derive(Debug)]
pub(crate) struct Begun {
    pub(crate) secret: Secret,
    pub(crate) to: Url,
}

/// What came back with the browser.
#[derive(Debug)]
pub(crate) struct Back {
    pub(crate) code: String,
    pub(crate) state: String,
    /// Which provider says so (RFC 9207).
    pub(crate) issuer: Option<String>,
}

/// Who came, and when they last showed a credential to the provider.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Came {
    pub(crate) person: PersonId,
    pub(crate) shown_at: Timestamp,
    /// Was an invitation used up?
    pub(crate) invited: bool,
}

impl Oidc {
    pub(super) fn new(desk: Arc<Desk>, providers: &[Provider], egress: Option<&Egress>) -> Self {
        let reached = egress.into_iter().flat_map(|egress| {
            providers.iter().map(|one| Reached::new(one.clone(), egress.clone()))
        });
        Self { desk, providers: reached.collect() }
    }

    /// The names of the providers.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.providers.iter().map(|one| one.provider.name.as_str())
    }

    fn named(&self, name: &str) -> Result<&Reached, Problem> {
        let mut all = self.providers.iter();
        all.find(|one| one.provider.name == name).ok_or_else(Problem::absent)
    }

    /// Begins to sign somebody in.
    ///
    /// # Errors
    /// [`Problem::absent`] where there is no such provider; 503 where it does not answer.
    pub(crate) async fn begin(
        &self,
        name: &str,
        Wanted { invitation, fresh, then }: Wanted,
    ) -> Result<(Begun, Pending), Problem> {
        let reached = self.named(name)?;
        let known = reached.known().await?;
        let [secret, state, nonce, verifier] = std::array::from_fn(|_| Secret::draw());
        let (nonce, verifier) = (nonce.text(), verifier.text());
        let mut to = known.authorization_endpoint.clone();
        to.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("scope", "openid")
            .append_pair("client_id", &reached.provider.client_id)
            .append_pair("redirect_uri", reached.provider.redirect.as_str())
            .append_pair("state", &state.text())
            .append_pair("nonce", &nonce)
            .append_pair("code_challenge", &text_of_key(&hash(verifier.as_bytes())))
            .append_pair("code_challenge_method", "S256")
            .append_pair("max_age", if fresh { "0" } else { SHOWN_SECONDS });
        let provider = name.to_owned();
        let state = state.digest();
        let ceremony = Ceremony { provider, state, nonce, verifier, invitation, then };
        let pending = Pending { key: secret.digest(), ceremony };
        Ok((Begun { secret, to }, pending))
    }

    /// Puts a ceremony into its drawer.
    ///
    /// # Errors
    /// [`Problem`] where the store does not answer.
    pub(crate) fn keep(&self, pending: &Pending, now: Timestamp) -> Result<(), Problem> {
        let thing = Thing {
            key: pending.key.to_vec(),
            owner: NOBODY,
            value: serde_json::to_vec(&pending.ceremony).expect("a ceremony has text keys"),
            until: Some(now + CEREMONY),
        };
        self.desk.store().cabinet(now, move |drawers| drawers.put(Drawer::Ceremonies, &thing))?;
        Ok(())
    }

    /// Takes a ceremony out of its drawer: each is tried once, whatever comes of it.
    ///
    /// # Errors
    /// [`Problem`] 401 where there is none, or it is another's.
    pub(crate) fn take(
        &self,
        secret: &Secret,
        name: &str,
        back: &Back,
        now: Timestamp,
    ) -> Result<Pending, Problem> {
        let key = secret.digest();
        let thing = self.desk.store().cabinet(now, move |drawers| {
            let thing = drawers.get(Drawer::Ceremonies, &key)?;
            drawers.remove(Drawer::Ceremonies, &key)?;
            Ok(thing)
        })?;
        let thing = thing.ok_or_else(Problem::not_signed_in)?;
        let ceremony: Ceremony =
            serde_json::from_slice(&thing.value).map_err(|_| Problem::not_signed_in())?;
        let state = Secret::read(&back.state).ok_or_else(Problem::not_signed_in)?;
        if ceremony.provider != name || !same(&ceremony.state, &state.digest()) {
            return Err(Problem::not_signed_in());
        }
        Ok(Pending { key, ceremony })
    }

    /// Asks the provider who came. Nothing is decided yet.
    ///
    /// # Errors
    /// [`Problem`] 401 where its word is not good, 503 where it does not answer.
    pub(crate) async fn identify(
        &self,
        pending: &Pending,
        back: &Back,
        now: Timestamp,
    ) -> Result<Identity, Problem> {
        let reached = self.named(&pending.ceremony.provider)?;
        let known = reached.known().await?;
        if back.issuer.as_ref().is_some_and(|issuer| *issuer != known.issuer) {
            return Err(Problem::not_signed_in());
        }
        let id_token = reached.redeem(&known, &back.code, &pending.ceremony.verifier).await?;
        let expected = token::Expected {
            issuer: &known.issuer,
            client: &reached.provider.client_id,
            nonce: &pending.ceremony.nonce,
            now,
        };
        let kid = token::kid(&id_token)?;
        let keys = reached.keys(&known, kid.as_deref()).await?;
        let claims = token::verify(&id_token, &keys, &expected)?;
        let named = [
            &(claims.iss.len() as u64).to_be_bytes()[..],
            claims.iss.as_bytes(),
            claims.sub.as_bytes(),
        ];
        Ok(Identity { key: hash(&named.concat()), shown_at: claims.shown_at(now) })
    }

    /// Says who that is: whom an invitation links it to, or whom one has linked it to before.
    ///
    /// # Errors
    /// [`Problem`] 401 where nobody is.
    pub(crate) fn recognise(
        &self,
        pending: &Pending,
        identity: &Identity,
        now: Timestamp,
    ) -> Result<Came, Problem> {
        let (key, shown_at) = (identity.key, identity.shown_at);
        let invitation = pending.ceremony.invitation;
        let person = self.desk.store().cabinet(now, move |drawers| {
            let linked = drawers.get(Drawer::Identities, &key)?.map(|thing| PersonId(thing.owner));
            let Some((invitation, person)) = invitation else { return Ok(linked) };
            if linked.is_some_and(|linked| linked != person)
                || !invitation::use_up(drawers, &invitation, person)?
            {
                return Ok(None);
            }
            let thing =
                Thing { key: key.to_vec(), owner: person.0, value: Vec::new(), until: None };
            drawers.put(Drawer::Identities, &thing)?;
            Ok(Some(person))
        })?;
        let person = person.ok_or_else(Problem::not_signed_in)?;
        Ok(Came { person, shown_at, invited: invitation.is_some() })
    }
}

/// A ceremony that was begun.
pub(crate) struct Pending {
    key: Digest,
    ceremony: Ceremony,
}

impl Pending {
    /// The place of this node that the browser comes back to.
    pub(crate) fn then(&self) -> Option<&str> {
        self.ceremony.then.as_deref()
    }
}

/// Somebody, as a provider knows them.
#[derive(Debug)]
pub(crate) struct Identity {
    key: Digest,
    shown_at: Timestamp,
}
