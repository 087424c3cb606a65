//! One connection, with the statements it knows.

use std::collections::HashMap;
use std::fmt;

use bongsu_store::port::{Ask, Each, Fault};
use bongsu_store::schema::Table;
use postgres::fallible_iterator::FallibleIterator;
use postgres::types::ToSql;
use postgres::{Client, Statement};

use crate::fault::Doing;
use crate::open::Warning;
use crate::values::{self, Bound};

/// One connection, with the statements it knows.
pub(crate) struct Session {
    client: Client,
    /// By their text and whether it is over many ids; the texts are constants, so there are only so many.
    prepared: HashMap<(&'static str, bool), Statement>,
    /// By the name of the table.
    inserts: HashMap<&'static str, Statement>,
    /// Whether the server was told not to look up one by one in this transaction.
    many: bool,
    /// What the server last warned of.
    pub(crate) warning: Warning,
}

impl Session {
    pub(crate) fn new(client: Client, warning: Warning) -> Self {
        Self { client, prepared: HashMap::new(), inserts: HashMap::new(), many: false, warning }
    }

    /// Whether the connection is known to be lost.
    pub(crate) fn lost(&self) -> bool {
        self.client.is_closed()
    }

    /// Begins a transaction; settings that end with the last one have ended.
    pub(crate) fn begin(&mut self, text: &str, doing: &'static str) -> Result<(), Fault> {
        self.many = false;
        self.batch(text, doing)
    }

    /// Runs statements without values in one exchange.
    pub(crate) fn batch(&mut self, text: &str, doing: &'static str) -> Result<(), Fault> {
        self.client.batch_execute(text).doing(doing)
    }

    /// Shows the rows of a statement one after another, as they arrive.
    pub(crate) fn rows(&mut self, ask: Ask<'_>, each: Each<'_>) -> Result<(), Fault> {
        let doing = "give rows";
        let statement = self.statement(ask)?;
        let sent = Sent::new(ask);
        let mut rows = self.client.query_raw(&statement, sent.values()).doing(doing)?;
        while let Some(row) = rows.next().doing(doing)? {
            each(&values::row(&row)?)?;
        }
        Ok(())
    }

    /// Runs a statement and says how many rows it changed.
    pub(crate) fn run(&mut self, ask: Ask<'_>) -> Result<u64, Fault> {
        let statement = self.statement(ask)?;
        let sent = Sent::new(ask);
        self.client.execute(&statement, &sent.values()).doing("change rows")
    }

    /// Puts rows that have different keys into a table with one statement.
    pub(crate) fn insert(
        &mut self,
        table: &'static Table,
        columns: &[Box<dyn ToSql + Sync + '_>],
    ) -> Result<(), Fault> {
        let doing = "put rows into a table";
        let statement = if let Some(statement) = self.inserts.get(table.name) {
            statement.clone()
        } else {
            let statement = self.client.prepare(&values::insert(table)).doing(doing)?;
            self.inserts.insert(table.name, statement.clone());
            statement
        };
        let columns: Vec<&(dyn ToSql + Sync)> =
            columns.iter().map(|column| &**column as _).collect();
        self.client.execute(&statement, &columns).doing(doing).map(|_| ())
    }

    /// The statement, planned for as many ids as it is over.
    ///
    /// Right after a campaign went in, the server has no statistics of it and takes its rows to be few. It would then
    /// look for each of 28,000 rows in a list of 28,000 ids, which takes minutes; a hash takes milliseconds.
    fn statement(&mut self, ask: Ask<'_>) -> Result<Statement, Fault> {
        let doing = "read a statement";
        let many = ask.among.is_some_and(|ids| ids.len() > FEW);
        if many != self.many {
            self.client.batch_execute(if many { HASH } else { LOOK_UP }).doing(doing)?;
            self.many = many;
        }
        if let Some(statement) = self.prepared.get(&(ask.sql, many)) {
            return Ok(statement.clone());
        }
        let among = format!("SELECT unnest(${}::bytea[])", ask.with.len() + 1);
        let text = ask.sql.replace("AMONG", &among);
        let statement = self.client.prepare(&text).doing(doing)?;
        self.prepared.insert((ask.sql, many), statement.clone());
        Ok(statement)
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Session({} statements)", self.prepared.len() + self.inserts.len())
    }
}

/// The values of a statement on their way.
struct Sent<'a> {
    with: Vec<Bound<'a>>,
    among: Option<Vec<&'a [u8]>>,
}

impl<'a> Sent<'a> {
    fn new(ask: Ask<'a>) -> Self {
        let among = ask.among.map(|ids| ids.iter().map(<[u8; 16]>::as_slice).collect());
        Self { with: ask.with.iter().map(Bound).collect(), among }
    }

    fn values(&self) -> Vec<&(dyn ToSql + Sync)> {
        let with = self.with.iter().map(|value| value as _);
        with.chain(self.among.as_ref().map(|ids| ids as _)).collect()
    }
}

/// So few ids that looking them up one by one is best, and at its worst harmless.
const FEW: usize = 32;

const HASH: &str = "SET LOCAL enable_nestloop = off";
const LOOK_UP: &str = "SET LOCAL enable_nestloop = on";
