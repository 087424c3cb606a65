//! The cabinet: what a running node must remember and the record need not know. Sessions, credentials, addresses,
//! positions in feeds, jobs.
//!
//! Nothing in here decides what anybody owes, so nothing in here is in the log: without it people sign in again, feeds are
//! read again and nothing is lost. It is sealed with the node's key like the rest, survives a restart, is shared by
//! replicas on one database, and forgets by itself what has an end.

use jiff::Timestamp;

use crate::error::Error;
use crate::keep;
use crate::port::{Row, Scope, Value, ask, id};
use crate::rows::{maybe_instant, maybe_micros, micros};
use crate::schema;
use crate::sealing::{Keyring, Owner};
use crate::sql;
use crate::store::Store;
use crate::work::Work;

/// A drawer: one kind of thing each. Numbers are kept in the database and never change.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Drawer {
    /// Signed-in people.
    Sessions = 0,
    /// Passkeys, by person.
    Credentials = 1,
    /// Programs that sign in for an institution: keys, certificates.
    Machines = 2,
    /// One-time codes that let somebody enter a first credential.
    Invitations = 3,
    /// Short-lived tokens.
    Tokens = 4,
    /// How an institution is reached: mail, telephone, webhook.
    Addresses = 5,
    /// Messages in the inbox of an institution.
    Inbox = 6,
    /// What happened on each channel to each message.
    Attempts = 7,
    /// Where each feed stands.
    Feeds = 8,
    /// Documents that could not be read, with the reason.
    Quarantine = 9,
    /// Uploads that are being read, and what came of them.
    Jobs = 10,
    /// Ceremonies under way: challenges that were sent out and must come back.
    Ceremonies = 11,
    /// Names that an identity provider knows people by.
    Identities = 12,
    /// Secrets that only this node has, drawn once.
    Keys = 13,
    /// Institutions that asked for help with what they owe.
    Help = 14,
    /// In which language and zone somebody reads.
    Preferences = 15,
}

/// One thing in a drawer.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Thing {
    /// Its key, at most 64 bytes; unique in its drawer.
    pub key: Vec<u8>,
    /// Whose it is: a person, an institution; sixteen zero bytes for the node's own.
    pub owner: [u8; 16],
    /// What it says, as the drawer's owner writes it; sealed on the disk.
    pub value: Vec<u8>,
    /// The first instant at which it is forgotten.
    pub until: Option<Timestamp>,
}

/// The owner of what belongs to nobody in particular.
pub const NOBODY: [u8; 16] = [0; 16];

/// The longest key, in bytes.
pub const LONGEST_KEY: usize = 64;

/// The drawers, inside one transaction: what is read and put here happens whole or not at all.
pub struct Cabinet<'a, 'w> {
    work: &'a mut Work<'w>,
    now: Timestamp,
}

impl std::fmt::Debug for Cabinet<'_, '_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Cabinet(…)")
    }
}

impl Cabinet<'_, '_> {
    /// One thing.
    pub fn get(&mut self, drawer: Drawer, key: &[u8]) -> Result<Option<Thing>, Error> {
        let with = [number(drawer), Value::Bytes(key.to_vec()), micros(self.now)];
        let rows = keep::rows(self.work.tx.as_mut(), ask(sql::THING, &with))?;
        let Some(row) = rows.first() else { return Ok(None) };
        let mut open = keep::opener(self.work.ring, &self.work.fresh, self.work.tx.as_mut());
        thing(drawer, row, &mut open)
    }

    /// Puts a thing, in the place of what has its key.
    pub fn put(&mut self, drawer: Drawer, thing: &Thing) -> Result<(), Error> {
        self.put_all(drawer, std::slice::from_ref(thing))
    }

    /// Puts many.
    pub fn put_all(&mut self, drawer: Drawer, things: &[Thing]) -> Result<(), Error> {
        let mut rows = Vec::with_capacity(things.len());
        for thing in things {
            assert!(thing.key.len() <= LONGEST_KEY, "keys of things are digests and ids");
            let place = place(drawer, &thing.key);
            let sealed = self.work.seal(Owner::Node, schema::CABINET.name, &place, &thing.value)?;
            rows.push(vec![
                number(drawer),
                Value::Bytes(thing.key.clone()),
                id(thing.owner),
                maybe_micros(thing.until),
                sealed.into(),
            ]);
        }
        Ok(self.work.tx.put(&schema::CABINET, &rows)?)
    }

    /// Removes a thing; says whether it was there.
    pub fn remove(&mut self, drawer: Drawer, key: &[u8]) -> Result<bool, Error> {
        let with = [number(drawer), Value::Bytes(key.to_vec())];
        Ok(self.work.tx.run(ask(sql::REMOVE_THING, &with))? > 0)
    }

    /// Removes everything somebody has in a drawer; says how many there were.
    pub fn remove_of(&mut self, drawer: Drawer, owner: [u8; 16]) -> Result<u64, Error> {
        Ok(self.work.tx.run(ask(sql::REMOVE_THINGS_OF, &[number(drawer), id(owner)]))?)
    }
}

impl Store {
    /// Does something to the drawers in one durable transaction.
    pub fn cabinet<T: Send + 'static>(
        &self,
        now: Timestamp,
        act: impl FnOnce(&mut Cabinet<'_, '_>) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        self.alone(move |writer| writer.transact(|work| act(&mut Cabinet { work, now })))
    }

    /// One thing, as it stands.
    pub fn thing(
        &self,
        drawer: Drawer,
        key: &[u8],
        now: Timestamp,
    ) -> Result<Option<Thing>, Error> {
        let with = [number(drawer), Value::Bytes(key.to_vec()), micros(now)];
        let found = self.things_by(drawer, sql::THING, &with)?;
        Ok(found.into_iter().next())
    }

    /// What somebody has in a drawer, in the order of keys after one, at most so many.
    pub fn things_of(
        &self,
        drawer: Drawer,
        owner: [u8; 16],
        after: &[u8],
        most: u32,
        now: Timestamp,
    ) -> Result<Vec<Thing>, Error> {
        let after = Value::Bytes(after.to_vec());
        let with = [number(drawer), id(owner), after, micros(now), i64::from(most).into()];
        self.things_by(drawer, sql::THINGS_OF, &with)
    }

    /// Everything in a drawer, in the order of keys after one, at most so many.
    pub fn things(
        &self,
        drawer: Drawer,
        after: &[u8],
        most: u32,
        now: Timestamp,
    ) -> Result<Vec<Thing>, Error> {
        let after = Value::Bytes(after.to_vec());
        let with = [number(drawer), after, micros(now), i64::from(most).into()];
        self.things_by(drawer, sql::THINGS, &with)
    }

    /// Those of these things that are there, in the order of their keys; keys of sixteen bytes only.
    pub fn things_among(
        &self,
        drawer: Drawer,
        keys: &[[u8; 16]],
        now: Timestamp,
    ) -> Result<Vec<Thing>, Error> {
        self.read(Scope::Node, |read| {
            let with = [number(drawer), micros(now)];
            let rows = keep::rows(read, ask(sql::THINGS_AMONG, &with).among(keys))?;
            let mut open = keep::reading(&self.ring, read);
            rows.iter().filter_map(|row| thing(drawer, row, &mut open).transpose()).collect()
        })
    }

    /// Forgets what has ended; says how many.
    pub fn sweep_cabinet(&self, now: Timestamp) -> Result<u64, Error> {
        self.alone(move |writer| writer.aside(|tx| tx.run(ask(sql::SWEEP_THINGS, &[micros(now)]))))
    }

    fn things_by(
        &self,
        drawer: Drawer,
        sql: &'static str,
        with: &[Value],
    ) -> Result<Vec<Thing>, Error> {
        self.read(Scope::Node, |read| {
            let rows = keep::rows(read, ask(sql, with))?;
            let ring: &Keyring = &self.ring;
            let mut open = keep::reading(ring, read);
            rows.iter().filter_map(|row| thing(drawer, row, &mut open).transpose()).collect()
        })
    }
}

fn number(drawer: Drawer) -> Value {
    Value::Int(drawer as i64)
}

fn place(drawer: Drawer, key: &[u8]) -> Vec<u8> {
    [&[drawer as u8], key].concat()
}

fn thing(drawer: Drawer, row: &Row, open: crate::rows::Open<'_>) -> Result<Option<Thing>, Error> {
    let key = row.bytes(0)?.to_vec();
    let place = place(drawer, &key);
    let opened = open(Owner::Node, schema::CABINET.name, &place, row.bytes(3)?)?;
    let Some(value) = opened else { return Ok(None) };
    Ok(Some(Thing { key, owner: row.array(1)?, value, until: maybe_instant(row, 2)? }))
}
