//! The transaction that writes.

use bongsu_store::port::{Ask, Each, Fault, FaultKind, Read, Tx, Value, ask};
use bongsu_store::schema::{META, Table};

use crate::session::Session;
use crate::values;

/// The one transaction that writes; rolled back when dropped without a commit.
pub(crate) struct Writing<'a> {
    session: &'a mut Session,
    state: State,
    /// Whether the server has anything to flush when it ends.
    wrote: bool,
}

#[derive(Clone, Copy, Eq, PartialEq)]
enum State {
    Open,
    /// The server refused a statement; it would turn `COMMIT` into `ROLLBACK` and call that a success.
    Refused,
    Ended,
}

impl<'a> Writing<'a> {
    /// Waits for the lock that all replicas take, then sees everything that was committed under it.
    pub(crate) fn begin(session: &'a mut Session) -> Result<Self, Fault> {
        if session.lost() {
            let said = "the connection was lost: open the database again, \
                so that its log is compared with what was seen of it";
            return Err(Fault::new("begin to write", FaultKind::Unreachable, said));
        }
        // Whatever fails from here on, dropping this rolls back.
        let begun = Self { session, state: State::Open, wrote: false };
        begun.session.begin(BEGIN, "begin to write")?;
        Ok(begun)
    }

    /// Runs statements without values.
    pub(crate) fn batch(&mut self, text: &str, doing: &'static str) -> Result<(), Fault> {
        self.wrote = true;
        let done = self.session.batch(text, doing);
        self.noted(done)
    }

    /// A number that was remembered; 0 where there are no tables yet, or none was.
    pub(crate) fn number(&mut self, name: &str) -> Result<usize, Fault> {
        let mut there = false;
        self.rows(ask(THERE, &[]), &mut |row| {
            there = row.int(0)? != 0;
            Ok(())
        })?;
        let mut number = 0;
        if there {
            self.rows(ask(NUMBER, &[name.into()]), &mut |row| {
                number = row.bytes(0)?.first().copied().unwrap_or_default().into();
                Ok(())
            })?;
        }
        Ok(number)
    }

    /// Remembers a number.
    pub(crate) fn remember(&mut self, name: &str, number: usize) -> Result<(), Fault> {
        let number = u8::try_from(number).expect("fewer than 256 migrations");
        self.put(&META, &[vec![name.into(), Value::Bytes(vec![number])]])
    }

    fn noted<T>(&mut self, done: Result<T, Fault>) -> Result<T, Fault> {
        if done.is_err() {
            self.state = State::Refused;
        }
        done
    }
}

impl Read for Writing<'_> {
    fn rows(&mut self, ask: Ask<'_>, each: Each<'_>) -> Result<(), Fault> {
        let done = self.session.rows(ask, each);
        self.noted(done)
    }
}

impl Tx for Writing<'_> {
    fn run(&mut self, ask: Ask<'_>) -> Result<u64, Fault> {
        let done = self.session.run(ask);
        self.wrote |= done.as_ref().is_ok_and(|rows| *rows > 0);
        self.noted(done)
    }

    fn put(&mut self, table: &'static Table, rows: &[Vec<Value>]) -> Result<(), Fault> {
        let rows = values::last_of_each_key(table, rows)?;
        self.wrote |= !rows.is_empty();
        let mut rest = rows.as_slice();
        while !rest.is_empty() {
            let (now, later) = rest.split_at(values::portion(rest));
            let done = self.session.insert(table, &values::columns(table, now)?);
            self.noted(done)?;
            rest = later;
        }
        Ok(())
    }

    fn commit(mut self: Box<Self>) -> Result<(), Fault> {
        let doing = "make a transaction durable";
        if self.state == State::Refused {
            let said = "a statement of it was refused before, so none of it is written";
            return Err(Fault::new(doing, FaultKind::Statement, said));
        }
        self.state = State::Ended;
        self.session.warning.take();
        self.session.batch(if self.wrote { COMMIT } else { COMMIT_AS_WRITTEN }, doing)?;
        match self.session.warning.take() {
            None => Ok(()),
            Some(warning) => Err(Fault::new(doing, FaultKind::System, warning)),
        }
    }
}

impl Drop for Writing<'_> {
    fn drop(&mut self) {
        if self.state != State::Ended {
            // Where this fails the connection is lost, and the server rolls back by itself.
            let _ = self.session.batch("ROLLBACK", "end a transaction");
        }
    }
}

/// One exchange. Each statement sees what was committed before it began, so what follows the lock sees everything that
/// was committed under it. An advisory lock, and not the row of `head`: it is there before the first row is, and it
/// writes nothing. Its number is `bongsu` in ASCII.
const BEGIN: &str = "
BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE;
SELECT set_config('bongsu.scope', 'node', true);
SELECT pg_advisory_xact_lock(x'626f6e677375'::bigint);
";

/// One exchange. A timeout must not cut short the wait for a synchronous standby: the server would then say that it
/// committed, and warn that the standby may not have it.
const COMMIT: &str = "SET LOCAL statement_timeout = 0; COMMIT";

/// The same for a transaction that wrote nothing. It may have seen what another one committed on this server before any
/// standby had it (the wait was cut short, or the server crashed during it and came back), and whoever asks is about to
/// be told that it is recorded. The server waits only for those that write, so this one writes an empty note into the
/// write-ahead log: once a standby has that, it has everything before it.
const COMMIT_AS_WRITTEN: &str = "SET LOCAL statement_timeout = 0;
SELECT pg_logical_emit_message(true, 'bongsu', '');
COMMIT";

const THERE: &str = "SELECT to_regclass('meta') IS NOT NULL";

const NUMBER: &str = "SELECT value FROM meta WHERE name = $1";
