//! Short-lived tokens of programs: 32 random bytes, of which only the digest is kept.

use std::sync::Arc;

use bongsu_authority::PersonId;
use bongsu_desk::Desk;
use bongsu_store::cabinet::{Drawer, Thing};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::machine::Machines;
use super::secret::{Digest, Secret};
use super::seen::Seen;
use crate::caller::{Caller, Means};
use crate::problem::{Own, Problem};
use crate::right::Scope;

/// The longest life of a token.
pub const LONGEST: SignedDuration = SignedDuration::from_mins(15);

/// The tokens that are out.
#[derive(Debug)]
pub struct Tokens {
    desk: Arc<Desk>,
    machines: Arc<Machines>,
    seen: Seen<(Kept, Timestamp)>,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
struct Kept {
    person: PersonId,
    scopes: Vec<Scope>,
    issued_at: Timestamp,
    /// The program it was given to; it ends with that.
    machine: Option<Vec<u8>>,
    /// SHA-256 of the certificate that was shown when it was given out: it is good on no other line.
    certificate: Option<Digest>,
}

/// A token that was just given out.
#[derive(Debug)]
pub(crate) struct Given {
    pub(crate) token: String,
    pub(crate) scopes: Vec<Scope>,
    pub(crate) until: Timestamp,
}

/// What a program asks for.
#[derive(Debug)]
pub(crate) struct Wanted {
    /// All its scopes, where none is named.
    pub(crate) scopes: Vec<Scope>,
    pub(crate) life: SignedDuration,
    /// The certificate it showed on this line.
    pub(crate) certificate: Option<Digest>,
}

impl Tokens {
    pub(super) fn new(desk: Arc<Desk>, machines: Arc<Machines>) -> Self {
        Self { desk, machines, seen: Seen::new() }
    }

    /// Gives out a token in an officer's name, without a program behind it: for whoever sits at the machine.
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
        let kept = Kept { person, scopes, issued_at: now, machine: None, certificate: None };
        Ok(self.give(&kept, life, now)?.token)
    }

    /// Gives a program a token for its id and secret.
    ///
    /// # Errors
    /// [`Problem`] 401 where they are not good, 422 where it asks for a scope it does not have.
    pub(crate) fn exchange(
        &self,
        id: &str,
        secret: &str,
        wanted: Wanted,
        now: Timestamp,
    ) -> Result<Given, Problem> {
        let (key, machine) = self.machines.with_secret(id, secret, now)?;
        let Wanted { scopes, life, certificate } = wanted;
        if let Some(missing) = scopes.iter().find(|scope| !machine.scopes.contains(scope)) {
            return Err(Problem::unfit(
                Own::TokenScope,
                format!(
                    "this program has no scope {missing}: ask for fewer, or make another credential"
                ),
            ));
        }
        let scopes = if scopes.is_empty() { machine.scopes } else { scopes };
        let (person, machine) = (machine.person, Some(key));
        let kept = Kept { person, scopes, issued_at: now, machine, certificate };
        self.give(&kept, life, now)
    }

    fn give(&self, kept: &Kept, life: SignedDuration, now: Timestamp) -> Result<Given, Problem> {
        let secret = Secret::draw();
        let until = now + life.min(LONGEST);
        let thing = Thing {
            key: secret.digest().to_vec(),
            owner: kept.person.0,
            value: serde_json::to_vec(kept).expect("a token has text keys"),
            until: Some(until),
        };
        self.desk.store().cabinet(now, move |drawers| drawers.put(Drawer::Tokens, &thing))?;
        Ok(Given { token: secret.text(), scopes: kept.scopes.clone(), until })
    }

    /// Whoever has this token, if it was looked up a moment ago.
    pub(super) fn remembered(
        &self,
        digest: &Digest,
        line: Option<Digest>,
        now: Timestamp,
    ) -> Option<Result<Caller, Problem>> {
        let (kept, until) = self.seen.get(digest)?;
        let good = now < until && kept.fits(line);
        Some(if good { Ok(kept.caller()) } else { Err(Problem::nobody()) })
    }

    /// Whoever has this token. Reads.
    pub(super) fn caller(
        &self,
        digest: Digest,
        line: Option<Digest>,
        now: Timestamp,
    ) -> Result<Caller, Problem> {
        let thing = self.desk.store().thing(Drawer::Tokens, &digest, now)?;
        let thing = thing.ok_or_else(Problem::nobody)?;
        let kept: Kept = serde_json::from_slice(&thing.value).map_err(|_| Problem::nobody())?;
        if let Some(machine) = &kept.machine
            && self.machines.standing(machine, now)?.is_none()
        {
            return Err(Problem::nobody());
        }
        if !kept.fits(line) {
            return Err(Problem::nobody());
        }
        // A clock that was set back does not make it live longer than it was given.
        let until = thing.until.unwrap_or(now);
        let caller = kept.caller();
        self.seen.put(digest, (kept, until));
        Ok(caller)
    }

    pub(super) fn forget_all(&self) {
        self.seen.forget_all();
    }
}

impl Kept {
    /// Is this the line it was given out on, where it was bound to one?
    fn fits(&self, line: Option<Digest>) -> bool {
        self.certificate.is_none() || self.certificate == line
    }

    fn caller(&self) -> Caller {
        Caller {
            person: self.person,
            means: Means::Token(self.scopes.clone()),
            shown_at: self.issued_at,
        }
    }
}
