//! Passkeys: keys that never leave their device, and ceremonies that show they are there.

use std::sync::Arc;

use bongsu_authority::PersonId;
use bongsu_desk::Desk;
use bongsu_store::cabinet::{Drawer, Thing};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use url::Url;
use webauthn_rs::prelude::{
    DiscoverableAuthentication, DiscoverableKey, Passkey, PasskeyRegistration, PublicKeyCredential,
    RegisterPublicKeyCredential, Uuid,
};
use webauthn_rs::{Webauthn, WebauthnBuilder};

use super::invitation;
use super::secret::{Digest, Secret, hash};
use crate::problem::{Own, Problem};

/// How long a ceremony may take.
pub const CEREMONY: SignedDuration = SignedDuration::from_mins(5);
/// The most passkeys of one person.
const MOST: usize = 20;
/// The longest name of a passkey, in characters.
pub(crate) const LONGEST_NAME: usize = 60;

/// The passkeys.
#[derive(Debug)]
pub struct Passkeys {
    desk: Arc<Desk>,
    rules: Webauthn,
}

/// A passkey, as the drawer has it.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Kept {
    passkey: Passkey,
    /// What its owner calls it.
    pub(crate) name: String,
    /// When it was entered.
    pub(crate) added_at: Timestamp,
    /// When it was last shown.
    pub(crate) used_at: Option<Timestamp>,
}

/// A ceremony under way, as the drawer has it.
#[derive(Deserialize, Serialize)]
enum Ceremony {
    Enter { person: PersonId, invitation: Option<Digest>, state: PasskeyRegistration },
    Show { state: DiscoverableAuthentication },
}

/// What a browser needs for a ceremony, and the secret that brings its answer back here.
#[derive(Debug)]
pub(crate) struct Begun {
    pub(crate) secret: Secret,
    pub(crate) options: Value,
}

impl Passkeys {
    /// Rules for a node that is reached at these origins; the first one's host is what keys are bound to, for good.
    ///
    /// # Errors
    /// What is wrong with the origins.
    pub(super) fn new(
        desk: Arc<Desk>,
        origins: &[Url],
    ) -> Result<Self, webauthn_rs::prelude::WebauthnError> {
        use webauthn_rs::prelude::WebauthnError::Configuration;
        let first = origins.first().ok_or(Configuration)?;
        let host = first.host_str().ok_or(Configuration)?;
        let mut builder = WebauthnBuilder::new(host, first)?.rp_name("Bongsu");
        for other in &origins[1..] {
            builder = builder.append_allowed_origin(other);
        }
        let rules = builder.allow_any_port(host == "localhost").build()?;
        Ok(Self { desk, rules })
    }

    /// Begins to enter a new passkey of somebody's.
    ///
    /// # Errors
    /// [`Problem`] where they have too many, or the store does not answer.
    pub(crate) fn enter(
        &self,
        person: PersonId,
        invitation: Option<Digest>,
        now: Timestamp,
    ) -> Result<Begun, Problem> {
        let held = self.all(person, now)?;
        if invitation.is_none() && held.len() >= MOST {
            return Err(Problem::refused(
                Own::PasskeysFull.with("most", MOST),
                "remove a passkey that is no longer used, then enter this one",
            ));
        }
        let title = self.title(person, now);
        let known = held.iter().map(|(_, kept)| kept.passkey.cred_id().clone()).collect();
        let known = invitation.is_none().then_some(known);
        let begun = self.rules.start_passkey_registration(
            Uuid::from_bytes(person.0),
            &title,
            &title,
            known,
        );
        let (options, state) = begun.map_err(|error| broken(&error))?;
        let mut options = serde_json::to_value(options).expect("options are JSON");
        // Signing in asks for no name, so the device must know whose key it is.
        let wanted = &mut options["publicKey"]["authenticatorSelection"];
        wanted["residentKey"] = "required".into();
        wanted["requireResidentKey"] = true.into();
        self.begin(&Ceremony::Enter { person, invitation, state }, person.0, options, now)
    }

    /// Begins to sign somebody in; who it is will turn out.
    ///
    /// # Errors
    /// [`Problem`] where the store does not answer.
    pub(crate) fn show(&self, now: Timestamp) -> Result<Begun, Problem> {
        let begun = self.rules.start_discoverable_authentication();
        let (options, state) = begun.map_err(|error| broken(&error))?;
        let mut options = serde_json::to_value(options).expect("options are JSON");
        if let Some(options) = options.as_object_mut() {
            options.remove("mediation"); // whether to offer it in a field or at a button is the page's to say
        }
        self.begin(&Ceremony::Show { state }, bongsu_store::cabinet::NOBODY, options, now)
    }

    fn begin(
        &self,
        ceremony: &Ceremony,
        owner: [u8; 16],
        options: Value,
        now: Timestamp,
    ) -> Result<Begun, Problem> {
        let secret = Secret::draw();
        let thing = Thing {
            key: secret.digest().to_vec(),
            owner,
            value: serde_json::to_vec(ceremony).expect("a ceremony has text keys"),
            until: Some(now + CEREMONY),
        };
        self.desk.store().cabinet(now, move |drawers| drawers.put(Drawer::Ceremonies, &thing))?;
        Ok(Begun { secret, options })
    }

    /// Takes a ceremony out of its drawer: each is tried once.
    fn take(&self, secret: &Secret, now: Timestamp) -> Result<Ceremony, Problem> {
        let key = secret.digest();
        let thing = self.desk.store().cabinet(now, move |drawers| {
            let thing = drawers.get(Drawer::Ceremonies, &key)?;
            drawers.remove(Drawer::Ceremonies, &key)?;
            Ok(thing)
        })?;
        let thing = thing.ok_or_else(Problem::not_signed_in)?;
        serde_json::from_slice(&thing.value).map_err(|_| Problem::not_signed_in())
    }

    /// Ends entering a passkey; says whose it is now, and whether an invitation was used up for it.
    ///
    /// # Errors
    /// [`Problem`] 401 where anything is not as it must be, in the same words whatever it is.
    pub(crate) fn entered(
        &self,
        secret: &Secret,
        by: Option<PersonId>,
        name: &str,
        credential: Value,
        now: Timestamp,
    ) -> Result<(PersonId, bool), Problem> {
        let Ceremony::Enter { person, invitation, state } = self.take(secret, now)? else {
            return Err(Problem::not_signed_in());
        };
        if invitation.is_none() && by != Some(person) {
            return Err(Problem::not_signed_in());
        }
        let shown: RegisterPublicKeyCredential =
            serde_json::from_value(credential).map_err(|_| Problem::not_signed_in())?;
        let passkey = self.rules.finish_passkey_registration(&shown, &state);
        let passkey = passkey.map_err(|error| wrong(&error))?;
        let key = hash(passkey.cred_id().as_ref());
        let kept = Kept { passkey, name: name.to_owned(), added_at: now, used_at: None };
        let thing = thing(key, person, &kept);
        let good = self.desk.store().cabinet(now, move |drawers| {
            if drawers.get(Drawer::Credentials, &key)?.is_some() {
                return Ok(false); // a key is entered once, and for one person
            }
            if let Some(invitation) = invitation
                && !invitation::use_up(drawers, &invitation, person)?
            {
                return Ok(false);
            }
            drawers.put(Drawer::Credentials, &thing)?;
            Ok(true)
        })?;
        if good { Ok((person, invitation.is_some())) } else { Err(Problem::not_signed_in()) }
    }

    /// Ends signing in; says who came.
    ///
    /// # Errors
    /// As [`entered`](Self::entered).
    pub(crate) fn shown(
        &self,
        secret: &Secret,
        credential: Value,
        now: Timestamp,
    ) -> Result<PersonId, Problem> {
        let Ceremony::Show { state } = self.take(secret, now)? else {
            return Err(Problem::not_signed_in());
        };
        let shown: PublicKeyCredential =
            serde_json::from_value(credential).map_err(|_| Problem::not_signed_in())?;
        let known = self.rules.identify_discoverable_authentication(&shown);
        let (person, id) = known.map_err(|error| wrong(&error))?;
        let (person, key) = (PersonId(*person.as_bytes()), hash(id));
        let found = self.desk.store().thing(Drawer::Credentials, &key, now)?;
        let found = found.filter(|thing| thing.owner == person.0);
        let mut kept = read(&found.ok_or_else(Problem::not_signed_in)?)?;
        let as_known = DiscoverableKey::from(&kept.passkey);
        let done = self.rules.finish_discoverable_authentication_v2(&shown, state, &as_known);
        let done = done.map_err(|error| wrong(&error))?;
        kept.passkey.update_credential(&done);
        kept.used_at = Some(now);
        let thing = thing(key, person, &kept);
        let there = self.desk.store().cabinet(now, move |drawers| {
            let there = drawers.get(Drawer::Credentials, &key)?.is_some();
            if there {
                drawers.put(Drawer::Credentials, &thing)?;
            }
            Ok(there)
        })?;
        if there { Ok(person) } else { Err(Problem::not_signed_in()) }
    }

    /// Somebody's passkeys, with the keys of their drawer.
    pub(crate) fn all(
        &self,
        person: PersonId,
        now: Timestamp,
    ) -> Result<Vec<(Vec<u8>, Kept)>, Problem> {
        let store = self.desk.store();
        let things = store.things_of(Drawer::Credentials, person.0, &[], 64, now)?;
        Ok(things.into_iter().filter_map(|one| Some((one.key.clone(), read(&one).ok()?))).collect())
    }

    /// Gives one of somebody's passkeys another name.
    ///
    /// # Errors
    /// [`Problem::absent`] where there is none.
    pub(crate) fn rename(
        &self,
        person: PersonId,
        key: &[u8],
        name: &str,
        now: Timestamp,
    ) -> Result<(), Problem> {
        let key = Digest::try_from(key).map_err(|_| Problem::absent())?;
        let name = name.to_owned();
        let renamed = self.desk.store().cabinet(now, move |drawers| {
            let found = drawers.get(Drawer::Credentials, &key)?;
            let found = found.filter(|thing| thing.owner == person.0);
            let Some(mut kept) = found.and_then(|found| read(&found).ok()) else {
                return Ok(false);
            };
            kept.name = name;
            drawers.put(Drawer::Credentials, &thing(key, person, &kept))?;
            Ok(true)
        })?;
        if renamed { Ok(()) } else { Err(Problem::absent()) }
    }

    /// Removes one of somebody's passkeys, but not the last: without it only an invitation would let them in.
    ///
    /// # Errors
    /// [`Problem::absent`] where there is none; [`Problem`] 409 where it is the last.
    pub(crate) fn remove(
        &self,
        person: PersonId,
        key: Vec<u8>,
        now: Timestamp,
    ) -> Result<(), Problem> {
        let all = self.all(person, now)?;
        if !all.iter().any(|(one, _)| *one == key) {
            return Err(Problem::absent());
        }
        if all.len() == 1 {
            return Err(Problem::refused(
                Own::PasskeyLast,
                "this is your last passkey: enter another one first, then remove it",
            ));
        }
        self.desk.store().cabinet(now, move |drawers| drawers.remove(Drawer::Credentials, &key))?;
        Ok(())
    }

    /// How a person is spoken of: the title of a post, never a name.
    fn title(&self, person: PersonId, now: Timestamp) -> String {
        let register = self.desk.register();
        let mut held = register.appointments_of(person);
        let title = held.find(|held| held.holds_at(now)).map(|held| held.title.clone());
        title.unwrap_or_else(|| person.to_string())
    }
}

fn thing(key: Digest, person: PersonId, kept: &Kept) -> Thing {
    let value = serde_json::to_vec(kept).expect("a passkey has text keys");
    Thing { key: key.to_vec(), owner: person.0, value, until: None }
}

fn read(thing: &Thing) -> Result<Kept, Problem> {
    serde_json::from_slice(&thing.value).map_err(|_| Problem::not_signed_in())
}

/// What was shown is not as it must be. Why is in the log, for the operator; not in the answer.
fn wrong(error: &webauthn_rs::prelude::WebauthnError) -> Problem {
    tracing::info!(%error, "a passkey was not taken");
    Problem::not_signed_in()
}

fn broken(error: &webauthn_rs::prelude::WebauthnError) -> Problem {
    tracing::error!(%error, "no ceremony can be begun: check the node's origin");
    Problem::busy(10)
}
