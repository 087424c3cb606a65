//! An ID token: who signed it, for whom, until when (OpenID Connect Core 1.0, section 3.1.3.7).

use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::jwk::{Jwk, JwkSet, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use serde::Deserialize;

use crate::problem::Problem;
use crate::signin::secret::same;

/// Signatures that are taken. None of them can be made with what a provider publishes or with what we share with it.
const TAKEN: [Algorithm; 3] = [Algorithm::RS256, Algorithm::ES256, Algorithm::EdDSA];
/// How far two clocks may be apart.
const APART: SignedDuration = SignedDuration::from_secs(60);
/// The longest token, in bytes.
const LONGEST: usize = 16 << 10;

/// What a token must say.
pub(super) struct Expected<'a> {
    pub(super) issuer: &'a str,
    pub(super) client: &'a str,
    pub(super) nonce: &'a str,
    pub(super) now: Timestamp,
}

/// What it says.
#[derive(Deserialize)]
pub(super) struct Claims {
    pub(super) iss: String,
    pub(super) sub: String,
    aud: Audience,
    exp: i64,
    iat: i64,
    nonce: Option<String>,
    azp: Option<String>,
    auth_time: Option<i64>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Many(Vec<String>),
}

impl Claims {
    /// When a credential was shown there; long ago, where it does not say.
    pub(super) fn shown_at(&self, now: Timestamp) -> Timestamp {
        let said = self.auth_time.and_then(|at| Timestamp::from_second(at).ok());
        said.unwrap_or(Timestamp::UNIX_EPOCH).min(now)
    }

    fn fit(&self, expected: &Expected<'_>) -> bool {
        let client = expected.client;
        let meant = match &self.aud {
            Audience::One(one) => one == client,
            // Of several, the token says which one it was made for.
            Audience::Many(all) => {
                all.iter().any(|one| one == client) && (all.len() == 1 || self.azp.is_some())
            }
        };
        let (Ok(until), Ok(from)) =
            (Timestamp::from_second(self.exp), Timestamp::from_second(self.iat))
        else {
            return false;
        };
        let nonce = self.nonce.as_deref().unwrap_or_default();
        meant
            && self.iss == expected.issuer
            && self.azp.as_deref().is_none_or(|azp| azp == client)
            && same(nonce.as_bytes(), expected.nonce.as_bytes())
            && expected.now.duration_since(until) < APART
            && from.duration_since(expected.now) <= APART
            && (1..=255).contains(&self.sub.len())
    }
}

/// The name of the key that signed, if the token says it.
pub(super) fn kid(token: &str) -> Result<Option<String>, Problem> {
    if token.len() > LONGEST {
        return Err(Problem::not_signed_in());
    }
    let head = decode_header(token).map_err(|error| wrong(&error.to_string()))?;
    Ok(head.kid)
}

/// Reads a token that is signed with one of these keys and says what it must.
pub(super) fn verify(
    token: &str,
    keys: &JwkSet,
    expected: &Expected<'_>,
) -> Result<Claims, Problem> {
    let head = decode_header(token).map_err(|error| wrong(&error.to_string()))?;
    if !TAKEN.contains(&head.alg) {
        return Err(wrong("its algorithm is none that is taken"));
    }
    let key = match &head.kid {
        Some(kid) => keys.find(kid),
        // Without a name it can only be meant where there is one.
        None => keys.keys.first().filter(|_| keys.keys.len() == 1),
    };
    let key = key.filter(|key| signs(key, head.alg)).ok_or_else(|| wrong("no such key"))?;
    let key = DecodingKey::from_jwk(key).map_err(|error| wrong(&error.to_string()))?;
    let mut rules = Validation::new(head.alg);
    rules.set_audience(&[expected.client]);
    rules.set_issuer(&[expected.issuer]);
    rules.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
    rules.validate_exp = false; // it is, below, by the node's own clock
    let claims =
        decode::<Claims>(token, &key, &rules).map_err(|error| wrong(&error.to_string()))?;
    let claims = claims.claims;
    if claims.fit(expected) { Ok(claims) } else { Err(wrong("it was not made for this sign-in")) }
}

fn signs(key: &Jwk, algorithm: Algorithm) -> bool {
    let about = &key.common;
    let meant = matches!(about.public_key_use, None | Some(PublicKeyUse::Signature));
    let named = about.key_algorithm.map(|one| one.to_string());
    meant && named.is_none_or(|named| named == format!("{algorithm:?}"))
}

fn wrong(why: &str) -> Problem {
    tracing::info!(why, "an identity token was not taken");
    Problem::not_signed_in()
}
