//! The tables, once for every engine.
//!
//! Written as SQLite spells it; [`Dialect::Postgres`] differs in a few words. Primary keys are random ids, so that a
//! refused insert tells nobody what is there. There are no foreign keys for the same reason. Names, titles, texts,
//! identifiers and evidence are sealed; what stands open is what statements must weigh: states, codes, times and counts.

use std::borrow::Cow;

/// How an engine spells things.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Dialect {
    /// SQLite 3.41 or newer.
    Sqlite,
    /// PostgreSQL 15 or newer.
    Postgres,
}

/// The type of a column.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Kind {
    /// `INTEGER`, `BIGINT`.
    Int,
    /// `BLOB`, `BYTEA`.
    Bytes,
    /// `TEXT`.
    Text,
}

/// A table that rows are put into.
#[derive(Debug)]
pub struct Table {
    /// Its name.
    pub name: &'static str,
    /// Its columns, the key first.
    pub columns: &'static [(&'static str, Kind)],
    /// How many of the columns are the key.
    pub key: usize,
    /// The statement that gives every row, with every column.
    pub all: &'static str,
}

impl Table {
    /// The names of the columns, with commas.
    pub fn names(&self) -> String {
        self.columns.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ")
    }

    /// The end of an insert: a row whose key is there is replaced.
    pub fn replacing(&self) -> String {
        let name = |column: &(&'static str, Kind)| column.0;
        let (key, rest) = self.columns.split_at(self.key);
        let key: Vec<_> = key.iter().map(name).collect();
        let rest = rest.iter().map(|column| format!("{0} = excluded.{0}", name(column)));
        let rest: Vec<_> = rest.collect();
        format!("ON CONFLICT ({}) DO UPDATE SET {}", key.join(", "), rest.join(", "))
    }
}

/// What to run, one after another, to come from an empty database to the newest schema.
///
/// The numbers of those that ran are remembered; one that has been released never changes.
pub fn migrations(dialect: Dialect) -> Vec<Cow<'static, str>> {
    [FIRST, SECOND, THIRD, FOURTH, FIFTH].into_iter().map(|text| spelled(text, dialect)).collect()
}

fn spelled(text: &'static str, dialect: Dialect) -> Cow<'static, str> {
    match dialect {
        Dialect::Sqlite => text.into(),
        Dialect::Postgres => text
            .replace(") STRICT, WITHOUT ROWID;", ");")
            .replace(") STRICT;", ");")
            .replace(" INTEGER", " BIGINT")
            .replace(" BLOB", " BYTEA")
            // Bytes by bytes, whatever the language of the server.
            .replace(" TEXT", " TEXT COLLATE \"C\"")
            .into(),
    }
}

const FIRST: &str = "
CREATE TABLE meta (
    name TEXT NOT NULL PRIMARY KEY,     -- schema, origin, kek, realm
    value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE keys (
    kind INTEGER NOT NULL,              -- 0 the node's, 1 an institution's, 2 a case's
    owner BLOB NOT NULL,                -- id; 16 zero bytes for the node
    wrapped BLOB NOT NULL,              -- the key, sealed by the node's key, which is not in here
    PRIMARY KEY (kind, owner)
) STRICT, WITHOUT ROWID;

CREATE TABLE institutions (
    id BLOB NOT NULL PRIMARY KEY,
    domain INTEGER NOT NULL,            -- 0 private, 1 public, 2 military; follows from ownership
    ownership INTEGER NOT NULL,         -- 0 military, 1 state, 2 local, 3 public body, 4 private
    sector TEXT NOT NULL,               -- the first competent station, or empty
    competent TEXT NOT NULL,            -- codes of stations, with spaces
    relay TEXT,                         -- code of a station
    size INTEGER NOT NULL,              -- 0 small, 1 medium, 2 large
    province INTEGER NOT NULL,          -- 1 to 17, 0 where not stated
    marks INTEGER NOT NULL,             -- bits, as Mark lists them
    sealed BLOB NOT NULL,               -- names
    entry INTEGER NOT NULL              -- log position of the last change
) STRICT, WITHOUT ROWID;

CREATE TABLE appointments (
    id BLOB NOT NULL PRIMARY KEY,
    person BLOB NOT NULL,
    post INTEGER NOT NULL,              -- as Post lists them
    node TEXT,                          -- the seat: code of a station,
    institution BLOB,                   -- or id of an institution
    starts_at INTEGER NOT NULL,         -- microseconds
    ends_at INTEGER,                    -- microseconds, the first instant after it
    deputy_of BLOB,
    sealed BLOB NOT NULL,               -- title
    entry INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX appointments_at_institution ON appointments (institution);
CREATE INDEX appointments_at_node ON appointments (node);
CREATE INDEX appointments_of_person ON appointments (person);

CREATE TABLE delegations (
    id BLOB NOT NULL PRIMARY KEY,
    institution BLOB NOT NULL,
    provider BLOB NOT NULL,
    powers INTEGER NOT NULL,            -- bits, as Power lists them
    signed_by BLOB NOT NULL,            -- person
    starts_at INTEGER NOT NULL,         -- microseconds
    ends_at INTEGER NOT NULL,           -- microseconds
    entry INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX delegations_by_institution ON delegations (institution);

CREATE TABLE inventories (
    system BLOB NOT NULL PRIMARY KEY,
    institution BLOB NOT NULL,
    digest BLOB NOT NULL,               -- SHA-256 of the latest document
    components INTEGER NOT NULL,        -- count
    exposed INTEGER NOT NULL,           -- 0 or 1: faces the internet
    as_of INTEGER NOT NULL,             -- microseconds: when the document was made
    published_at INTEGER NOT NULL,      -- microseconds
    entry INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX inventories_of_institution ON inventories (institution);

CREATE TABLE documents (
    system BLOB NOT NULL PRIMARY KEY,
    institution BLOB NOT NULL,
    digest BLOB NOT NULL,               -- SHA-256 of the document, as in inventories
    sealed BLOB NOT NULL                -- its name and itself
) STRICT, WITHOUT ROWID;
CREATE INDEX documents_of_institution ON documents (institution);

CREATE TABLE cases (
    id BLOB NOT NULL PRIMARY KEY,
    state INTEGER NOT NULL,             -- as CaseState lists them
    coord TEXT NOT NULL,                -- code of the station that works it
    exploitation INTEGER NOT NULL,      -- 0 none, 1 proof of concept, 2 active
    opened_at INTEGER NOT NULL,         -- microseconds
    sealed BLOB NOT NULL,               -- the whole case
    version INTEGER NOT NULL,           -- log entries that changed it
    entry INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE acts (
    id BLOB NOT NULL PRIMARY KEY,
    about BLOB NOT NULL,                -- case
    state INTEGER NOT NULL,             -- as ActState lists them
    kind INTEGER NOT NULL,              -- as ActKind lists them
    issuer TEXT NOT NULL,               -- code of the station that issues
    drill INTEGER NOT NULL,             -- 0 or 1
    issued_at INTEGER,                  -- microseconds
    sealed BLOB NOT NULL,               -- the whole act
    version INTEGER NOT NULL,
    entry INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX acts_about ON acts (about);

CREATE TABLE obligations (
    act BLOB NOT NULL,
    institution BLOB NOT NULL,
    status INTEGER NOT NULL,            -- as Status numbers them
    exposure INTEGER NOT NULL,          -- as Exposure lists them
    systems INTEGER NOT NULL,           -- affected systems, count
    class INTEGER NOT NULL,             -- as RemediationClass lists them, soonest first
    acknowledge_by INTEGER NOT NULL,    -- microseconds
    assess_by INTEGER NOT NULL,         -- microseconds
    fix_by INTEGER,                     -- microseconds; none until the next upgrade
    created_at INTEGER NOT NULL,        -- microseconds
    delivered_at INTEGER,               -- microseconds, when first reached, as are the next
    acknowledged_at INTEGER,
    assessed_at INTEGER,
    mitigated_at INTEGER,
    remediated_at INTEGER,
    verified_at INTEGER,
    settled_at INTEGER,
    accountable BLOB NOT NULL,          -- appointment at issue
    unreachable INTEGER NOT NULL,       -- 0 or 1: all channels failed and no receipt came since
    assisted INTEGER NOT NULL,          -- 0 or 1
    false_closures INTEGER NOT NULL,    -- count
    regressions INTEGER NOT NULL,       -- count
    sealed BLOB,                        -- what was answered: assessment, claim, waiver, ...; none while there is none
    version INTEGER NOT NULL,
    entry INTEGER NOT NULL,
    PRIMARY KEY (act, institution)
) STRICT, WITHOUT ROWID;
CREATE INDEX obligations_of_institution ON obligations (institution);
CREATE INDEX obligations_by_status ON obligations (status) WHERE status IN (11, 12);
CREATE INDEX obligations_by_fix ON obligations (act, fix_by) WHERE settled_at IS NULL;

CREATE TABLE outbox (
    entry INTEGER NOT NULL,             -- log position, with the number the key of exactly-once
    number INTEGER NOT NULL,
    act BLOB NOT NULL,
    institution BLOB NOT NULL,
    notice INTEGER NOT NULL,            -- 0 issued, 1 released, 2 sooner, 3 late
    due_at INTEGER NOT NULL,            -- microseconds: not before
    leased_until INTEGER,               -- microseconds: whoever took it has until then
    attempts INTEGER NOT NULL,          -- count
    done_at INTEGER,                    -- microseconds
    PRIMARY KEY (entry, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX outbox_due ON outbox (due_at) WHERE done_at IS NULL;

CREATE TABLE requests (
    id BLOB NOT NULL PRIMARY KEY,       -- 16 bytes, chosen by whoever asks
    digest BLOB NOT NULL,               -- keyed digest of who asked for what
    first INTEGER NOT NULL,             -- log position of its first entry
    entries INTEGER NOT NULL,           -- count; 0 where there was nothing new to say
    leaf BLOB NOT NULL,                 -- leaf hash of its last entry
    recorded_at INTEGER NOT NULL        -- microseconds
) STRICT, WITHOUT ROWID;

CREATE TABLE entries (
    position INTEGER NOT NULL PRIMARY KEY, -- 0, 1, 2, ...
    leaf BLOB NOT NULL,                 -- the leaf as hashed
    hash BLOB NOT NULL,                 -- leaf hash
    kind INTEGER NOT NULL,              -- whose key: as in keys
    owner BLOB NOT NULL,
    sealed BLOB NOT NULL                -- salt and content
) STRICT;

CREATE TABLE tiles (
    level INTEGER NOT NULL,             -- of tiles, 8 levels of the tree each
    number INTEGER NOT NULL,
    hashes BLOB NOT NULL,               -- 256 of 32 bytes: only complete tiles
    PRIMARY KEY (level, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE head (
    one INTEGER NOT NULL PRIMARY KEY,   -- 1: there is one row, and whoever writes locks it
    size INTEGER NOT NULL,              -- entries in the log
    frontier BLOB NOT NULL              -- right edge of the tree
) STRICT;
";

/// The cabinet: what a running node remembers outside the record.
const SECOND: &str = "
CREATE TABLE cabinet (
    drawer INTEGER NOT NULL,            -- as Drawer numbers them
    name BLOB NOT NULL,                 -- a digest or an id, at most 64 bytes
    owner BLOB NOT NULL,                -- a person, an institution; 16 zero bytes for the node's own
    until INTEGER,                      -- microseconds: the first instant at which it is forgotten
    sealed BLOB NOT NULL,
    PRIMARY KEY (drawer, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX cabinet_of_owner ON cabinet (drawer, owner, name);
CREATE INDEX cabinet_ends ON cabinet (until) WHERE until IS NOT NULL;
";

/// Time lines: what the record says about one case or institution.
const THIRD: &str = "
CREATE INDEX entries_of_owner ON entries (kind, owner, position);
";

/// Alerts of the domains, each as it was signed.
const FOURTH: &str = "
CREATE TABLE alerts (
    entry INTEGER NOT NULL PRIMARY KEY, -- log position
    domain INTEGER NOT NULL,            -- 0 private, 1 public, 2 military
    scheme INTEGER NOT NULL,            -- 0 cyber, 1 CPCON, 2 administrative
    ordinal INTEGER NOT NULL,           -- the number of the level in its scheme
    starts_at INTEGER NOT NULL,         -- microseconds
    ends_at INTEGER NOT NULL,           -- microseconds, the first instant after it
    signed_at INTEGER NOT NULL,         -- microseconds
    sealed BLOB NOT NULL                -- the texts
) STRICT, WITHOUT ROWID;
";

/// Who was reminded last, for the list of who is late.
const FIFTH: &str = "
CREATE INDEX outbox_reminders ON outbox (act, institution, entry) WHERE notice = 3;
";

macro_rules! tables {
    ($($(#[$doc:meta])* $konst:ident = $name:literal, $key:literal: [
        $first:literal $of:ident $(, $column:literal $kind:ident)* $(,)?
    ];)*) => {
        $($(#[$doc])* pub static $konst: Table = Table {
            name: $name,
            key: $key,
            columns: &[($first, Kind::$of) $(, ($column, Kind::$kind))*],
            all: concat!("SELECT ", $first, $(", ", $column,)* " FROM ", $name),
        };)*
        /// Every table that rows are put into.
        pub static TABLES: &[&Table] = &[$(&$konst),*];
    };
}

tables! {
    /// Facts about the database itself.
    META = "meta", 1: ["name" Text, "value" Bytes];
    /// Wrapped keys.
    KEYS = "keys", 2: ["kind" Int, "owner" Bytes, "wrapped" Bytes];
    /// The register of institutions.
    INSTITUTIONS = "institutions", 1: [
        "id" Bytes, "domain" Int, "ownership" Int, "sector" Text, "competent" Text, "relay" Text, "size" Int,
        "province" Int, "marks" Int, "sealed" Bytes, "entry" Int,
    ];
    /// Who holds which post.
    APPOINTMENTS = "appointments", 1: [
        "id" Bytes, "person" Bytes, "post" Int, "node" Text, "institution" Bytes, "starts_at" Int, "ends_at" Int,
        "deputy_of" Bytes, "sealed" Bytes, "entry" Int,
    ];
    /// Who acts for whom.
    DELEGATIONS = "delegations", 1: [
        "id" Bytes, "institution" Bytes, "provider" Bytes, "powers" Int, "signed_by" Bytes, "starts_at" Int,
        "ends_at" Int, "entry" Int,
    ];
    /// The latest inventory of each system.
    INVENTORIES = "inventories", 1: [
        "system" Bytes, "institution" Bytes, "digest" Bytes, "components" Int, "exposed" Int, "as_of" Int,
        "published_at" Int, "entry" Int,
    ];
    /// The latest document of each system whose institution sent one.
    DOCUMENTS = "documents", 1: ["system" Bytes, "institution" Bytes, "digest" Bytes, "sealed" Bytes];
    /// Cases.
    CASES = "cases", 1: [
        "id" Bytes, "state" Int, "coord" Text, "exploitation" Int, "opened_at" Int, "sealed" Bytes, "version" Int,
        "entry" Int,
    ];
    /// Acts.
    ACTS = "acts", 1: [
        "id" Bytes, "about" Bytes, "state" Int, "kind" Int, "issuer" Text, "drill" Int, "issued_at" Int,
        "sealed" Bytes, "version" Int, "entry" Int,
    ];
    /// Obligations.
    OBLIGATIONS = "obligations", 2: [
        "act" Bytes, "institution" Bytes, "status" Int, "exposure" Int, "systems" Int, "class" Int,
        "acknowledge_by" Int, "assess_by" Int, "fix_by" Int, "created_at" Int, "delivered_at" Int,
        "acknowledged_at" Int, "assessed_at" Int, "mitigated_at" Int, "remediated_at" Int, "verified_at" Int,
        "settled_at" Int, "accountable" Bytes, "unreachable" Int, "assisted" Int, "false_closures" Int, "regressions" Int,
        "sealed" Bytes, "version" Int, "entry" Int,
    ];
    /// Alerts.
    ALERTS = "alerts", 1: [
        "entry" Int, "domain" Int, "scheme" Int, "ordinal" Int, "starts_at" Int, "ends_at" Int, "signed_at" Int,
        "sealed" Bytes,
    ];
    /// Messages to be carried, and those that were.
    OUTBOX = "outbox", 2: [
        "entry" Int, "number" Int, "act" Bytes, "institution" Bytes, "notice" Int, "due_at" Int, "leased_until" Int,
        "attempts" Int, "done_at" Int,
    ];
    /// What was asked, so that asking twice is asking once.
    REQUESTS = "requests", 1: [
        "id" Bytes, "digest" Bytes, "first" Int, "entries" Int, "leaf" Bytes, "recorded_at" Int,
    ];
    /// The log.
    ENTRIES = "entries", 1: [
        "position" Int, "leaf" Bytes, "hash" Bytes, "kind" Int, "owner" Bytes, "sealed" Bytes,
    ];
    /// Complete tiles of the tree.
    TILES = "tiles", 2: ["level" Int, "number" Int, "hashes" Bytes];
    /// What a running node remembers outside the record.
    CABINET = "cabinet", 2: ["drawer" Int, "name" Bytes, "owner" Bytes, "until" Int, "sealed" Bytes];
    /// The one head of the log.
    HEAD = "head", 1: ["one" Int, "size" Int, "frontier" Bytes];
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_column_of_a_table_is_in_the_schema_in_the_same_order() {
        for table in TABLES {
            let begins = format!("CREATE TABLE {} (", table.name);
            let all = [FIRST, SECOND, FOURTH].concat();
            let (_, body) = all.split_once(&begins).expect(table.name);
            let (body, _) = body.split_once(") STRICT").expect(table.name);
            let lines = body
                .lines()
                .filter(|line| line.starts_with("    ") && !line.contains("PRIMARY KEY ("));
            let names: Vec<&str> =
                lines.filter_map(|line| line.split_whitespace().next()).collect();
            let ours: Vec<&str> = table.columns.iter().map(|(name, _)| *name).collect();
            assert_eq!(ours, names, "{}", table.name);
        }
    }

    #[test]
    fn the_other_dialect_keeps_no_word_of_the_first() {
        for text in migrations(Dialect::Postgres) {
            for word in ["STRICT", "ROWID", "BLOB", "INTEGER"] {
                assert!(!text.contains(word), "{word}");
            }
        }
    }
}
