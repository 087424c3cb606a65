//! One identity provider: where it is, what it says about itself, and its keys.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use bongsu_egress::{Egress, Outgoing};
use http::{HeaderValue, StatusCode, header};
use jsonwebtoken::jwk::JwkSet;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use url::Url;
use url::form_urlencoded::{Serializer, byte_serialize};

use crate::problem::Problem;

/// An identity provider, as an operator configures it.
#[derive(Clone, Debug)]
pub struct Provider {
    /// Its name in paths, such as `ministry`.
    pub name: String,
    /// Its issuer, as it writes it itself.
    pub issuer: Url,
    /// How it knows this node.
    pub client_id: String,
    /// What this node shows it.
    pub client_secret: ClientSecret,
    /// Where it sends browsers back: the node's origin and `/api/v1/oidc/<name>/callback`.
    pub redirect: Url,
}

/// A secret shared with a provider. It prints as `…`.
#[derive(Clone, Eq, PartialEq)]
pub struct ClientSecret(pub String);

impl fmt::Debug for ClientSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

/// What a provider says about itself (OpenID Connect Discovery 1.0, section 3).
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Known {
    pub(super) issuer: String,
    pub(super) authorization_endpoint: Url,
    token_endpoint: Url,
    jwks_uri: Url,
    #[serde(default)]
    token_endpoint_auth_methods_supported: Vec<String>,
}

/// A provider and the way to it.
pub(super) struct Reached {
    pub(super) provider: Provider,
    egress: Egress,
    /// What was read lately; held for a look.
    read: Mutex<Read>,
}

#[derive(Default)]
struct Read {
    known: Option<(Arc<Known>, Instant)>,
    keys: Option<(Arc<JwkSet>, Instant)>,
}

impl fmt::Debug for Reached {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.provider.fmt(f)
    }
}

/// How long what a provider says about itself is good.
const KNOWN: Duration = Duration::from_hours(1);
/// How long its keys are good, while they are the ones that are asked for.
const KEYS: Duration = Duration::from_mins(10);
/// How long keys are good where another one is asked for: whoever invents names of keys makes us ask no more often.
const OTHER_KEYS: Duration = Duration::from_mins(1);
/// The largest answer.
const MOST_BYTES: u64 = 256 << 10;

#[derive(Deserialize)]
struct Redeemed {
    id_token: String,
}

impl Reached {
    pub(super) fn new(provider: Provider, egress: Egress) -> Self {
        Self { provider, egress, read: Mutex::default() }
    }

    fn seen(&self) -> std::sync::MutexGuard<'_, Read> {
        self.read.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What it says about itself.
    pub(super) async fn known(&self) -> Result<Arc<Known>, Problem> {
        if let Some((known, at)) = &self.seen().known
            && at.elapsed() < KNOWN
        {
            return Ok(Arc::clone(known));
        }
        let base = self.provider.issuer.as_str().trim_end_matches('/');
        let place = format!("{base}/.well-known/openid-configuration");
        let place = Url::parse(&place).map_err(|_| self.away("its issuer is no address"))?;
        let known: Known = self.ask(Outgoing { redirects: 0, ..Outgoing::get(place) }).await?;
        if known.issuer.trim_end_matches('/') != base {
            return Err(self.away("it says that it is another issuer"));
        }
        let known = Arc::new(known);
        self.seen().known = Some((Arc::clone(&known), Instant::now()));
        Ok(known)
    }

    /// Its keys; read again where the one that is asked for is not among them.
    pub(super) async fn keys(
        &self,
        known: &Known,
        wanted: Option<&str>,
    ) -> Result<Arc<JwkSet>, Problem> {
        if let Some((keys, at)) = &self.seen().keys {
            let there = wanted.is_none_or(|wanted| keys.find(wanted).is_some());
            if at.elapsed() < if there { KEYS } else { OTHER_KEYS } {
                return Ok(Arc::clone(keys));
            }
        }
        let place = known.jwks_uri.clone();
        let keys: JwkSet = self.ask(Outgoing { redirects: 0, ..Outgoing::get(place) }).await?;
        let keys = Arc::new(keys);
        self.seen().keys = Some((Arc::clone(&keys), Instant::now()));
        Ok(keys)
    }

    /// Gives a code for an ID token.
    pub(super) async fn redeem(
        &self,
        known: &Known,
        code: &str,
        verifier: &str,
    ) -> Result<String, Problem> {
        let methods = &known.token_endpoint_auth_methods_supported;
        let basic = methods.is_empty() || methods.iter().any(|one| one == "client_secret_basic");
        let kind = HeaderValue::from_static("application/x-www-form-urlencoded");
        let form = self.form(code, verifier, basic);
        let mut asked =
            Outgoing::post(known.token_endpoint.clone(), form).header(header::CONTENT_TYPE, kind);
        if basic {
            asked = asked.header(header::AUTHORIZATION, self.basic());
        }
        let redeemed: Redeemed = self.ask(asked).await?;
        Ok(redeemed.id_token)
    }

    fn form(&self, code: &str, verifier: &str, basic: bool) -> String {
        let Provider { client_id, client_secret, redirect, .. } = &self.provider;
        let mut form = Serializer::new(String::new());
        form.append_pair("grant_type", "authorization_code")
            .append_pair("code", code)
            .append_pair("redirect_uri", redirect.as_str())
            .append_pair("code_verifier", verifier)
            .append_pair("client_id", client_id);
        if !basic {
            form.append_pair("client_secret", &client_secret.0);
        }
        form.finish()
    }

    /// RFC 6749, section 2.3.1: both parts are encoded as in a form first.
    fn basic(&self) -> HeaderValue {
        let encoded = |text: &str| byte_serialize(text.as_bytes()).collect::<String>();
        let Provider { client_id, client_secret, .. } = &self.provider;
        let pair = format!("{}:{}", encoded(client_id), encoded(&client_secret.0));
        let line = format!("Basic {}", BASE64_STANDARD.encode(pair));
        let mut value = HeaderValue::try_from(line).expect("base64 is visible ASCII");
        value.set_sensitive(true);
        value
    }

    async fn ask<T: DeserializeOwned>(&self, asked: Outgoing) -> Result<T, Problem> {
        let asked = asked.header(header::ACCEPT, HeaderValue::from_static("application/json"));
        let sent = self.egress.send(Outgoing { most_bytes: MOST_BYTES, ..asked }).await;
        let answer = sent.map_err(|error| self.away(&error.to_string()))?;
        match answer.status {
            StatusCode::OK => serde_json::from_slice(&answer.body)
                .map_err(|_| self.away("its answer is not what OpenID Connect says")),
            StatusCode::BAD_REQUEST | StatusCode::UNAUTHORIZED => {
                tracing::info!(provider = self.provider.name, "a code was not taken");
                Err(Problem::not_signed_in())
            }
            status => Err(self.away(&format!("it answers {status}"))),
        }
    }

    fn away(&self, why: &str) -> Problem {
        tracing::error!(provider = self.provider.name, why, "nobody can sign in there");
        Problem::busy(10)
    }
}
