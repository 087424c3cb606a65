//! Short-lived tokens of programs: 32 random bytes, of which only the digest is kept.

use std::sync::{Arc, PoisonError, RwLock};

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use bongsu_authority::PersonId;
use bongsu_desk::Desk;
use bongsu_store::cabinet::{Drawer, Thing};
use jiff::{SignedDuration, Timestamp};
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use crate::caller::{Caller, Means};
use crate::problem::Problem;
use crate::right::Scope;

/// The longest life of a token.
pub const LONGEST: SignedDuration = SignedDuration::from_mins(15);

/// The tokens that are out.
#[derive(Debug)]
pub struct Tokens {
    desk: Arc<Desk>,
    /// What was looked up lately, so that a poll costs no read.
    seen: RwLock<FxHashMap<[u8; 32], (Caller, Timestamp)>>,
}

#[derive(Deserialize, Serialize)]
struct Kept {
    person: PersonId,
    scopes: Vec<Scope>,
    issued_at: Timestamp,
}

impl Tokens {
    pub(super) fn new(desk: Arc<Desk>) -> Self {
        Self { desk, seen: RwLock::default() }
    }

    /// Gives out a token for a program of an officer's.
    ///
    /// # Errors
    /// [`Problem`] where the store does not answer.
    pub fn issue(
        &self,
        person: PersonId,
        scopes: Vec<Scope>,
        life: SignedDuration,
        now: Timestamp,
    ) -> Result<String, Problem> {
        let secret = [self.desk.draw(), self.desk.draw()].concat();
        let value = serde_json::to_vec(&Kept { person, scopes, issued_at: now });
        let thing = Thing {
            key: digest(&SHA256, &secret).as_ref().to_vec(),
            owner: person.0,
            value: value.expect("a token has text keys"),
            until: Some(now + life.min(LONGEST)),
        };
        let put = self.desk.store().cabinet(now, move |all| all.put(Drawer::Tokens, &thing));
        put.map_err(Problem::from)?;
        Ok(BASE64_URL_SAFE_NO_PAD.encode(secret))
    }

    pub(super) fn caller(&self, shown: &str, now: Timestamp) -> Result<Caller, Problem> {
        let secret = BASE64_URL_SAFE_NO_PAD.decode(shown).map_err(|_| Problem::nobody())?;
        let hash = digest(&SHA256, &secret);
        let key: [u8; 32] = hash.as_ref().try_into().expect("SHA-256 is 32 bytes");
        {
            let seen = self.seen.read().unwrap_or_else(PoisonError::into_inner);
            if let Some((caller, until)) = seen.get(&key) {
                return if now < *until { Ok(caller.clone()) } else { Err(Problem::nobody()) };
            }
        }
        let found = self.desk.store().thing(Drawer::Tokens, &key, now)?;
        let thing = found.ok_or_else(Problem::nobody)?;
        let kept: Kept = serde_json::from_slice(&thing.value).map_err(|_| Problem::nobody())?;
        let until = thing.until.unwrap_or(now);
        let caller = Caller {
            person: kept.person,
            means: Means::Token(kept.scopes),
            shown_at: kept.issued_at,
        };
        let mut seen = self.seen.write().unwrap_or_else(PoisonError::into_inner);
        seen.insert(key, (caller.clone(), until));
        Ok(caller)
    }
}
