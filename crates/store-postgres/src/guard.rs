//! Row security: the second net. The permit is the first.
//!
//! Two settings say whose rows may be seen, and both end with the transaction: `bongsu.scope` and, in the scope of an
//! institution, `bongsu.institution` as hex digits. A table that [`OWN`] does not name is the node's alone, so a new one
//! is closed until somebody opens it. Only the node writes, so a refused insert tells an institution nothing about which
//! keys are taken.

use std::borrow::Cow;
use std::fmt::Write;

/// Counts changes to the policies below.
pub(crate) const NUMBER: usize = 1;

/// What puts the policies on every table that the migrations make.
pub(crate) fn statements(migrations: &[Cow<'static, str>]) -> String {
    let mut text = String::new();
    for table in migrations.iter().flat_map(|migration| tables(migration)) {
        write!(text, "{}", closed(table)).expect("a string takes text");
        if let Some((_, condition)) = OWN.iter().find(|(name, _)| *name == table) {
            let condition = condition.replace("MINE", MINE);
            writeln!(text, "CREATE POLICY own ON {table} FOR SELECT USING ({condition});")
                .expect("a string takes text");
        }
    }
    text
}

fn tables(migration: &str) -> impl Iterator<Item = &str> {
    let names = migration.lines().filter_map(|line| line.strip_prefix("CREATE TABLE "));
    names.filter_map(|line| line.split_whitespace().next())
}

/// The setting stands in a sub-select, so that it is read once a statement and not once a row.
fn closed(table: &str) -> String {
    format!(
        "ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
        ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
        DROP POLICY IF EXISTS node ON {table};
        DROP POLICY IF EXISTS own ON {table};
        CREATE POLICY node ON {table}
            USING ((SELECT current_setting('bongsu.scope', true)) = 'node');\n"
    )
}

/// The institution that asks; nothing outside the scope of one.
const MINE: &str = "(SELECT decode(current_setting('bongsu.institution', true), 'hex')
    WHERE current_setting('bongsu.scope', true) = 'institution')";

/// What an institution may see of each table. Tiles and the head are hashes that checkpoints publish anyway.
const OWN: [(&str, &str); 13] = [
    ("institutions", "id = MINE"),
    ("appointments", "institution = MINE"),
    ("delegations", "institution = MINE OR provider = MINE"),
    ("inventories", "institution = MINE"),
    ("documents", "institution = MINE"),
    ("obligations", "institution = MINE"),
    ("outbox", "institution = MINE"),
    // Acts it was addressed in.
    ("acts", "EXISTS (SELECT FROM obligations WHERE act = acts.id AND institution = MINE)"),
    // Its own key, and those of the cases that acts it sees are about: these open the text of an act.
    ("keys", "kind = 1 AND owner = MINE OR kind = 2 AND owner IN (SELECT about FROM acts)"),
    ("entries", "kind = 1 AND owner = MINE"),
    // Alerts are announced to everybody; what they say opens with the node's key.
    ("alerts", "MINE IS NOT NULL"),
    ("tiles", "MINE IS NOT NULL"),
    ("head", "MINE IS NOT NULL"),
];
