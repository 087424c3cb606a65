//! The outbox: what must be told to whom, taken in turns by whoever carries messages.
//!
//! A row is written in the transaction that gives the reason to tell. It is taken on a lease, so that a carrier that dies
//! loses nothing; its log position and number are the key by which the other side knows a message that comes twice.

use bongsu_authority::{ActId, InstitutionId};
use jiff::Timestamp;

use crate::apply::Notice;
use crate::error::Error;
use crate::log::int;
use crate::port::{Fault, Row, Scope, ask, id};
use crate::rows::{instant, maybe_instant, micros, odd};
use crate::sql;
use crate::store::Store;

/// One message to carry.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Message {
    /// The entry that gave the reason: with the number the key of exactly-once.
    pub entry: u64,
    /// Its number under that entry.
    pub number: u64,
    /// About which act.
    pub act: ActId,
    /// To whom.
    pub institution: InstitutionId,
    /// What it is about.
    pub notice: Notice,
    /// Since when it is due.
    pub due_at: Timestamp,
    /// How often it was taken, this time included.
    pub attempts: u32,
}

/// How much waits.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Waiting {
    /// Messages.
    pub messages: u64,
    /// Since when the oldest is due.
    pub oldest: Option<Timestamp>,
}

impl Store {
    /// Takes up to `most` messages that are due; nobody else gets them until the lease ends.
    pub fn outbox_claim(
        &self,
        most: u32,
        now: Timestamp,
        lease_until: Timestamp,
    ) -> Result<Vec<Message>, Error> {
        self.alone(move |writer| {
            writer.aside(|tx| {
                let with = [i64::from(most).into(), micros(now), micros(lease_until)];
                let mut taken = Vec::new();
                tx.rows(ask(sql::CLAIM, &with), &mut |row| {
                    taken.push(message(row)?);
                    Ok(())
                })?;
                taken.sort_by_key(|it| (it.due_at, it.entry, it.number));
                Ok(taken)
            })
        })
    }

    /// These messages reached their channels.
    pub fn outbox_done(&self, done: &[Message], now: Timestamp) -> Result<(), Error> {
        self.settle(done, now, sql::DONE)
    }

    /// These messages could not be carried; they are due again at `when`.
    pub fn outbox_later(&self, failed: &[Message], when: Timestamp) -> Result<(), Error> {
        self.settle(failed, when, sql::LATER)
    }

    /// Both at once, in one transaction: these are done, each of those is due again at its own instant.
    pub fn outbox_settle(
        &self,
        done: &[Message],
        later: &[(Message, Timestamp)],
        now: Timestamp,
    ) -> Result<(), Error> {
        let key = |it: &Message| (it.entry, it.number);
        let done: Vec<_> = done.iter().map(key).collect();
        let later: Vec<_> = later.iter().map(|(it, when)| (key(it), *when)).collect();
        self.alone(move |writer| {
            writer.aside(|tx| {
                for (entry, number) in done {
                    tx.run(ask(sql::DONE, &[micros(now), int(entry), int(number)]))?;
                }
                for ((entry, number), when) in later {
                    tx.run(ask(sql::LATER, &[micros(when), int(entry), int(number)]))?;
                }
                Ok(())
            })
        })
    }

    /// What waits for an institution is due at once, for it can be reached in a new way; says how many messages.
    pub fn outbox_hasten(&self, institution: InstitutionId, now: Timestamp) -> Result<u64, Error> {
        let with = [micros(now), id(institution.0)];
        self.alone(move |writer| writer.aside(|tx| tx.run(ask(sql::HASTEN, &with))))
    }

    fn settle(&self, these: &[Message], at: Timestamp, sql: &'static str) -> Result<(), Error> {
        let keys: Vec<_> = these.iter().map(|it| (it.entry, it.number)).collect();
        self.alone(move |writer| {
            writer.aside(|tx| {
                for (entry, number) in keys {
                    tx.run(ask(sql, &[micros(at), int(entry), int(number)]))?;
                }
                Ok(())
            })
        })
    }

    /// How much waits in the outbox; counts only, so anybody who runs the node may know.
    pub fn outbox_waiting(&self) -> Result<Waiting, Error> {
        self.read(Scope::Node, |read| {
            let mut waiting = Waiting { messages: 0, oldest: None };
            read.rows(ask(sql::WAITING, &[]), &mut |row| {
                waiting.messages = row.int(0)?.cast_unsigned();
                waiting.oldest = maybe_instant(row, 1)?;
                Ok(())
            })?;
            Ok(waiting)
        })
    }
}

fn message(row: &Row) -> Result<Message, Fault> {
    Ok(Message {
        entry: row.int(0)?.cast_unsigned(),
        number: row.int(1)?.cast_unsigned(),
        act: ActId(row.array(2)?),
        institution: InstitutionId(row.array(3)?),
        notice: Notice::from_number(row.int(4)?).ok_or_else(|| odd("no such notice"))?,
        due_at: instant(row, 5)?,
        attempts: u32::try_from(row.int(6)?).map_err(odd)?,
    })
}
