//! Programs: credentials that an officer makes for what runs in their name, and that end with the officer's post.

use std::sync::Arc;

use bongsu_authority::{AppointmentId, PersonId, Post};
use bongsu_desk::Desk;
use bongsu_store::cabinet::{Drawer, Thing};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::own;
use super::secret::{Digest, Secret, key_of_text, same, text_of_key};
use super::seen::Seen;
use crate::caller::{Caller, Means};
use crate::chance;
use crate::problem::{Own, Problem};
use crate::right::Scope;

/// The most programs of one officer.
const MOST: usize = 50;

/// The programs.
#[derive(Debug)]
pub struct Machines {
    desk: Arc<Desk>,
    seen: Seen<(Kept, Timestamp)>,
}

/// How a program shows who it is.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Shows {
    /// A secret with this digest.
    Secret(Digest),
    /// A certificate whose SHA-256 is the key in the drawer.
    Certificate,
}

/// A program, as the drawer has it.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub(crate) struct Kept {
    /// In whose name it acts.
    pub(crate) person: PersonId,
    /// With whose post it ends.
    pub(crate) post: AppointmentId,
    /// What its officer calls it.
    pub(crate) name: String,
    /// What it may come for.
    pub(crate) scopes: Vec<Scope>,
    /// How it shows who it is.
    pub(crate) shows: Shows,
    /// When it was made.
    pub(crate) made_at: Timestamp,
}

/// A program that was just made.
#[derive(Debug)]
pub(crate) struct Made {
    pub(crate) id: String,
    /// To be shown once; none where a certificate is pinned.
    pub(crate) secret: Option<Secret>,
}

impl Machines {
    pub(super) fn new(desk: Arc<Desk>) -> Self {
        Self { desk, seen: Seen::new() }
    }

    /// Makes a credential with a secret for a program of an officer's, in the name of the node: by whoever holds its keys.
    /// Gives its id and its secret.
    ///
    /// # Errors
    /// [`Problem`] where no program may act for this post, or there are too many.
    pub fn set_up(
        &self,
        person: PersonId,
        post: AppointmentId,
        (name, scopes): (String, Vec<Scope>),
        now: Timestamp,
    ) -> Result<(String, Option<String>), Problem> {
        let made = self.make(person, post, (name, scopes), None, now)?;
        Ok((made.id, made.secret.map(|secret| secret.text())))
    }

    /// Makes a credential for a program of an officer's.
    ///
    /// # Errors
    /// [`Problem::absent`] where the post is not theirs, or of a kind that no program may act for; 409 where they have
    /// too many, or the certificate is pinned already.
    pub(crate) fn make(
        &self,
        person: PersonId,
        post: AppointmentId,
        (name, scopes): (String, Vec<Scope>),
        certificate: Option<Digest>,
        now: Timestamp,
    ) -> Result<Made, Problem> {
        if !self.serves(person, post, now) {
            return Err(Problem::absent());
        }
        if self.all(person, now)?.len() >= MOST {
            return Err(Problem::refused(
                Own::ProgramsFull.with("most", MOST),
                "remove a program that is no longer used, then make this one",
            ));
        }
        let secret = certificate.is_none().then(Secret::draw);
        let shows = secret.as_ref().map_or(Shows::Certificate, |it| Shows::Secret(it.digest()));
        let key = certificate.map_or_else(|| chance::bytes::<16>().to_vec(), |it| it.to_vec());
        let kept = Kept { person, post, name, scopes, shows, made_at: now };
        let value = serde_json::to_vec(&kept).expect("a program has text keys");
        let thing = Thing { key: key.clone(), owner: person.0, value, until: None };
        let new = self.desk.store().cabinet(now, move |drawers| {
            let new = drawers.get(Drawer::Machines, &thing.key)?.is_none();
            if new {
                drawers.put(Drawer::Machines, &thing)?;
            }
            Ok(new)
        })?;
        if new {
            Ok(Made { id: text_of_key(&key), secret })
        } else {
            Err(Problem::refused(
                Own::CertificateTaken,
                "this certificate cannot be pinned: make a new one",
            ))
        }
    }

    /// Does this person hold this post, and is it one for which programs may act? None signs, approves or holds keys.
    fn serves(&self, person: PersonId, post: AppointmentId, now: Timestamp) -> bool {
        let register = self.desk.register();
        let held = register.appointment(post).filter(|held| held.person == person);
        // A program acts with every post of its officer, so none of them may be one that signs.
        let grave = [Post::Approver, Post::Director, Post::Keyholder];
        let mut all = register.appointments_of(person);
        let signs = all.any(|held| held.holds_at(now) && grave.contains(&held.post));
        held.is_some_and(|held| held.holds_at(now)) && !signs
    }

    /// Somebody's programs, with the keys of their drawer.
    pub(crate) fn all(
        &self,
        person: PersonId,
        now: Timestamp,
    ) -> Result<Vec<(Vec<u8>, Kept)>, Problem> {
        own::all(&self.desk, Drawer::Machines, person, MOST, now)
    }

    /// Ends one of somebody's programs, and its tokens with it; says whether it was there.
    pub(crate) fn end(
        &self,
        person: PersonId,
        key: Vec<u8>,
        now: Timestamp,
    ) -> Result<bool, Problem> {
        if let Ok(digest) = Digest::try_from(key.as_slice()) {
            self.seen.forget(&digest);
        }
        own::end(&self.desk, Drawer::Machines, person, key, now)
    }

    /// The program with this id and secret. Whoever is wrong waits as long and hears the same, whatever is wrong.
    ///
    /// # Errors
    /// [`Problem`] 401.
    pub(super) fn with_secret(
        &self,
        id: &str,
        secret: &str,
        now: Timestamp,
    ) -> Result<(Vec<u8>, Kept), Problem> {
        let key = key_of_text(id).unwrap_or_else(|| vec![0; 16]);
        let shown = Secret::read(secret).map_or([0; 32], |secret| secret.digest());
        let found = self.standing(&key, now)?;
        let kept = match &found {
            Some(Kept { shows: Shows::Secret(kept), .. }) => *kept,
            _ => [0xff; 32], // no digest of anything anybody has
        };
        match found {
            Some(found) if same(&kept, &shown) => Ok((key, found)),
            _ => Err(Problem::not_signed_in()),
        }
    }

    /// A program that may still act.
    pub(super) fn standing(&self, key: &[u8], now: Timestamp) -> Result<Option<Kept>, Problem> {
        let found = self.desk.store().thing(Drawer::Machines, key, now)?;
        let kept = found.and_then(|thing| serde_json::from_slice::<Kept>(&thing.value).ok());
        Ok(kept.filter(|kept| self.serves(kept.person, kept.post, now)))
    }

    /// Whoever is behind a certificate, if it was looked up a moment ago.
    pub(super) fn remembered(&self, certificate: &Digest) -> Option<Caller> {
        self.seen.get(certificate).map(|(kept, at)| caller(&kept, at))
    }

    /// Whoever is behind a certificate; nobody, where it is not pinned.
    pub(super) fn caller(
        &self,
        certificate: Digest,
        now: Timestamp,
    ) -> Result<Option<Caller>, Problem> {
        let found = self.standing(&certificate, now)?;
        let found = found.filter(|kept| kept.shows == Shows::Certificate);
        let Some(kept) = found else { return Ok(None) };
        let caller = caller(&kept, now);
        self.seen.put(certificate, (kept, now));
        Ok(Some(caller))
    }

    pub(super) fn forget_all(&self) {
        self.seen.forget_all();
    }
}

fn caller(kept: &Kept, now: Timestamp) -> Caller {
    Caller { person: kept.person, means: Means::Certificate(kept.scopes.clone()), shown_at: now }
}
