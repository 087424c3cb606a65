//! The engine for when one file is not enough: a PostgreSQL server, 15 or newer.
//!
//! Several replicas of the program share one database. Each transaction that writes first takes one lock, so they write
//! one after another and the log never forks. A commit returns after the server flushed it to its disk, and to its
//! synchronous standbys where it has some.
//!
//! # Setting up
//!
//! A plain role that owns its database, and nothing more:
//!
//! ```text
//! CREATE ROLE bongsu LOGIN;
//! CREATE DATABASE bongsu OWNER bongsu ENCODING 'UTF8' TEMPLATE template0;
//! ```
//!
//! Then `postgres:///bongsu?host=/run/postgresql&user=bongsu`, or TCP on the same machine. A server elsewhere is taken with
//! TLS 1.3 and a certificate of its name only: `sslmode=verify-full`, and `sslrootcert=FILE` where the certificate is of
//! one's own root. Several hosts after one another (`postgres://bongsu@a.example,b.example/bongsu`) are tried in order
//! until one takes writes.
//!
//! # Second net
//!
//! Every table has forced row security. Without a scope there are no rows; in [`Scope::Institution`] there are those of
//! one institution; in [`Scope::Node`], which the writer has, there are all. Superusers are above row security, so they
//! are refused.
//!
//! # Losing the server
//!
//! Readers connect again by themselves. So does the writer, in three steps before it records anything: a fresh connection
//! to whoever takes writes now; a commit, which a synchronous standby must have before it returns, and with it everything
//! before; and a look at the log, which must go on from all that was acknowledged. After a failover to a server that has
//! less, nothing is recorded any more until the right one is back. A commit whose outcome nobody knows is never sent again.
//!
//! The calls wait for the server on the thread they are made on, which must not be one of an async runtime.
//!
//! [`Scope::Institution`]: bongsu_store::port::Scope::Institution
//! [`Scope::Node`]: bongsu_store::port::Scope::Node

mod fault;
mod guard;
mod open;
mod reader;
mod server;
mod session;
mod tls;
mod tx;
mod url;
mod values;

use std::path::Path;

use bongsu_store::port::{Engine, Fault, FaultKind, Reader, Tx};
use bongsu_store::schema::{self, Dialect};

pub use crate::open::{OpenError, PowerLoss};

use crate::open::Place;
use crate::session::Session;
use crate::tx::Writing;

/// A database on a PostgreSQL server that this process writes to.
#[derive(Debug)]
pub struct Postgres {
    place: Place,
    session: Session,
}

impl Postgres {
    /// Connects, and refuses a server that would lose what it acknowledged or would show rows to whoever asks.
    ///
    /// - **Shape:** a URL such as `postgres:///bongsu?host=/run/postgresql&user=bongsu`, or `key=value` words.
    ///
    /// # Errors
    /// [`OpenError`], which says what to change; nothing was written.
    pub fn open(url: &str, power_loss: PowerLoss) -> Result<Self, OpenError> {
        let place = Place::parse(url, power_loss)?;
        let session = place.connect()?;
        Ok(Self { place, session })
    }
}

impl Engine for Postgres {
    fn migrate(&mut self) -> Result<(), Fault> {
        let doing = "make its tables";
        let all = schema::migrations(Dialect::Postgres);
        let mut tx = Writing::begin(&mut self.session)?;
        let ran = tx.number("schema")?;
        if ran > all.len() || tx.number("guard")? > guard::NUMBER {
            return Err(Fault::new(doing, FaultKind::Newer, format!("schema {ran}")));
        }
        for text in &all[ran..] {
            tx.batch(text, doing)?;
        }
        if ran < all.len() || tx.number("guard")? < guard::NUMBER {
            tx.batch(&guard::statements(&all), "guard its rows")?;
            tx.batch(ROOM, doing)?;
        }
        tx.remember("schema", all.len())?;
        tx.remember("guard", guard::NUMBER)?;
        Box::new(tx).commit()
    }

    fn begin(&mut self) -> Result<Box<dyn Tx + '_>, Fault> {
        Ok(Box::new(Writing::begin(&mut self.session)?))
    }

    fn reader(&self) -> Result<Box<dyn Reader>, Fault> {
        Ok(Box::new(reader::Reading::new(self.place.clone())?))
    }

    fn mend(&mut self, _: FaultKind) -> Result<(), Fault> {
        self.session = self.place.connect().map_err(|error| match error {
            OpenError::Fault(fault) => fault,
            refused => Fault::new("be reached", FaultKind::System, refused),
        })?;
        Ok(())
    }

    fn backup(&mut self, _: &Path) -> Result<(), Fault> {
        let said = "use pg_basebackup with archived WAL, or pgBackRest, on the server";
        Err(Fault::new("be copied", FaultKind::Unsupported, said))
    }
}

/// An obligation changes often, mostly in columns that no index has. With room for the new row on the page of the old
/// one no index is written: recording 28,000 receipts takes a fifth of the time.
const ROOM: &str = "ALTER TABLE obligations SET (fillfactor = 50)";
