//! Invitations: a code, used once, with which an officer enters a first credential, or a new one when all are lost.

use std::sync::Arc;

use bongsu_authority::{AppointmentId, PersonId};
use bongsu_desk::{Desk, Who};
use bongsu_response::Wish;
use bongsu_store::cabinet::{Cabinet, Drawer, Thing};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::secret::{Digest, hash};
use crate::chance;
use crate::problem::Problem;

/// How long an invitation may be used.
pub const LIFE: SignedDuration = SignedDuration::from_hours(72);

/// The invitations.
#[derive(Debug)]
pub struct Invitations {
    desk: Arc<Desk>,
}

/// An invitation, as the drawer has it.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Kept {
    /// Who is invited.
    pub(crate) person: PersonId,
    /// Who invites; nobody, at the first set-up.
    by: Option<PersonId>,
}

impl Invitations {
    pub(super) fn new(desk: Arc<Desk>) -> Self {
        Self { desk }
    }

    /// Invites somebody in the name of the node: the first set-up, and whoever sits at the machine.
    ///
    /// # Errors
    /// [`Problem`] where the store does not answer.
    pub fn invite(&self, person: PersonId, now: Timestamp) -> Result<String, Problem> {
        self.write(&Kept { person, by: None }, now)
    }

    /// Invites the holder of a post, if `by` might appoint them to it and to every other post they hold: whoever
    /// answers for one seat must not hand out the keys of another.
    ///
    /// # Errors
    /// [`Problem::absent`] where `by` may not, or there is no such post.
    pub(crate) fn invite_as(
        &self,
        by: PersonId,
        post: AppointmentId,
        now: Timestamp,
    ) -> Result<String, Problem> {
        let register = self.desk.register();
        let post = register.appointment(post).ok_or_else(Problem::absent)?;
        if post.person == by || post.until.is_some_and(|until| until <= now) {
            return Err(Problem::absent());
        }
        let held = register.appointments_of(post.person);
        for one in held.filter(|one| one.until.is_none_or(|until| now < until)) {
            let wish = Wish::Appoint(vec![one.clone()]);
            let _ = self.desk.with(Who::Person(by), now, |asking| asking.to(&wish))?;
        }
        tracing::warn!(%by, person = %post.person, "an officer is invited to enter a credential");
        self.write(&Kept { person: post.person, by: Some(by) }, now)
    }

    fn write(&self, kept: &Kept, now: Timestamp) -> Result<String, Problem> {
        let code = PersonId(chance::bytes()).to_string(); // 26 characters that can be read out on the telephone
        let thing = Thing {
            key: hash(code.as_bytes()).to_vec(),
            owner: kept.person.0,
            value: serde_json::to_vec(kept).expect("an invitation has text keys"),
            until: Some(now + LIFE),
        };
        self.desk.store().cabinet(now, move |drawers| {
            // The newest code counts: one that went astray is worth nothing once another was asked for.
            drawers.remove_of(Drawer::Invitations, thing.owner)?;
            drawers.put(Drawer::Invitations, &thing)
        })?;
        Ok(code)
    }

    /// Whom a code invites, if it can still be used.
    pub(crate) fn look(
        &self,
        code: &str,
        now: Timestamp,
    ) -> Result<Option<(Digest, PersonId)>, Problem> {
        let key = hash(code.trim().to_ascii_lowercase().as_bytes());
        let found = self.desk.store().thing(Drawer::Invitations, &key, now)?;
        let kept = found.and_then(|thing| serde_json::from_slice::<Kept>(&thing.value).ok());
        Ok(kept.map(|kept| (key, kept.person)))
    }
}

/// Uses an invitation up, and with it everything its person signed in with before: who was locked out comes back in
/// alone. Says whether it could be used.
pub(super) fn use_up(
    drawers: &mut Cabinet<'_, '_>,
    invitation: &Digest,
    person: PersonId,
) -> Result<bool, bongsu_store::Error> {
    let there = drawers.get(Drawer::Invitations, invitation)?;
    if there.is_none_or(|thing| thing.owner != person.0) {
        return Ok(false);
    }
    drawers.remove(Drawer::Invitations, invitation)?;
    for drawer in [
        Drawer::Credentials,
        Drawer::Identities,
        Drawer::Sessions,
        Drawer::Machines,
        Drawer::Tokens,
    ] {
        drawers.remove_of(drawer, person.0)?;
    }
    Ok(true)
}
