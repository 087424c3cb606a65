//! Row security, the second net: what is seen when the first one has a hole.
#![allow(clippy::unwrap_used, reason = "functions of tests stand outside of them here")]

mod cluster;

use bongsu_store::port::{Engine, FaultKind, Scope, Value, ask};
use bongsu_store::schema::{
    ACTS, APPOINTMENTS, CASES, DELEGATIONS, DOCUMENTS, ENTRIES, INSTITUTIONS, INVENTORIES, KEYS,
    META, OBLIGATIONS, REQUESTS, Table,
};
use bongsu_store_postgres::Postgres;
use cluster::rows::{all, id, id_value, number, put, row};
use postgres::{Client, NoTls};

/// The institution that looks.
const OURS: u32 = 1;
/// One it must never see.
const THEIRS: u32 = 2;

/// For each table the names of its rows' owners, and how many of two rows of ours and two of theirs we see.
const OWNED: [(&Table, &str, usize); 9] = [
    (&INSTITUTIONS, "id", 1),
    (&APPOINTMENTS, "institution", 2),
    (&DELEGATIONS, "institution", 2),
    (&INVENTORIES, "institution", 2),
    (&DOCUMENTS, "institution", 2),
    (&OBLIGATIONS, "institution", 2),
    (&REQUESTS, "digest", 0),
    (&CASES, "id", 0),
    (&META, "value", 0),
];

#[test]
fn an_institution_sees_its_own_rows_and_no_others() {
    let Some(cluster) = cluster::shared() else { return };
    let (mut engine, _) = cluster.engine();
    let mut reader = engine.reader().unwrap();
    for (table, owner, wanted) in OWNED {
        put(&mut engine, table, &two_each(table, owner));
        let sql: &'static str = format!("SELECT * FROM {}", table.name).leak();
        let mut ours = reader.snapshot(Scope::Institution(id(OURS))).unwrap();
        let rows = all(&mut *ours, ask(sql, &[])).unwrap();
        assert_eq!(rows.len(), wanted, "{}", table.name);
        let place = table.columns.iter().position(|(name, _)| *name == owner).unwrap();
        assert!(rows.iter().all(|row| row.0[place] == id_value(OURS)), "{}", table.name);
        drop(ours);
        let node = all(&mut *reader.snapshot(Scope::Node).unwrap(), ask(sql, &[])).unwrap();
        assert!(node.len() >= 2, "{}: the node sees all", table.name);
    }
}

fn two_each(table: &Table, owner: &str) -> Vec<Vec<Value>> {
    let owners = [(10, OURS), (11, OURS), (20, THEIRS), (21, THEIRS)];
    owners.map(|(number, of)| row(table, number, &[(owner, id_value(of))])).to_vec()
}

#[test]
fn an_institution_sees_the_acts_it_was_addressed_in_and_can_open_them() {
    let Some(cluster) = cluster::shared() else { return };
    let (mut engine, _) = cluster.engine();
    let act = |number, case| row(&ACTS, number, &[("about", id_value(case))]);
    put(&mut engine, &ACTS, &[act(100, 50), act(200, 60)]);
    let obligation = |act, institution| {
        row(&OBLIGATIONS, 1, &[("act", id_value(act)), ("institution", id_value(institution))])
    };
    let addressed = [obligation(100, OURS), obligation(100, THEIRS), obligation(200, THEIRS)];
    put(&mut engine, &OBLIGATIONS, &addressed);
    let key =
        |kind: i64, owner| row(&KEYS, 1, &[("kind", kind.into()), ("owner", id_value(owner))]);
    let keys = [key(0, 0), key(1, OURS), key(1, THEIRS), key(2, 50), key(2, 60)];
    put(&mut engine, &KEYS, &keys);
    let entry = |number, kind: i64, owner| {
        row(&ENTRIES, number, &[("kind", kind.into()), ("owner", id_value(owner))])
    };
    let entries = [entry(0, 0, 0), entry(1, 1, OURS), entry(2, 1, THEIRS), entry(3, 2, 50)];
    put(&mut engine, &ENTRIES, &entries);

    let mut reader = engine.reader().unwrap();
    let mut ours = reader.snapshot(Scope::Institution(id(OURS))).unwrap();
    let ids = all(&mut *ours, ask("SELECT id FROM acts", &[])).unwrap();
    assert_eq!(ids.iter().map(|row| row.0.clone()).collect::<Vec<_>>(), [[id_value(100)]]);
    let keys = all(&mut *ours, ask("SELECT kind, owner FROM keys ORDER BY kind", &[])).unwrap();
    let keys: Vec<_> = keys.into_iter().map(|row| row.0).collect();
    assert_eq!(keys, [[Value::Int(1), id_value(OURS)], [Value::Int(2), id_value(50)]]);
    let positions = all(&mut *ours, ask("SELECT position FROM entries", &[])).unwrap();
    assert_eq!(positions.iter().map(|row| row.int(0).unwrap()).collect::<Vec<_>>(), [1]);
}

#[test]
fn without_a_scope_there_are_no_rows() {
    let Some(cluster) = cluster::shared() else { return };
    let (mut engine, url) = cluster.engine();
    fill(&mut engine);
    let mut bare = Client::connect(&url, NoTls).unwrap();
    for table in tables(&mut bare) {
        let count = format!("SELECT count(*) FROM {table}");
        let seen: i64 = bare.query_one(&count, &[]).unwrap().get(0);
        assert_eq!(seen, 0, "{table}");
    }
}

#[test]
fn a_scope_ends_with_its_transaction() {
    let Some(cluster) = cluster::shared() else { return };
    let (mut engine, url) = cluster.engine();
    fill(&mut engine);
    let mut bare = Client::connect(&url, NoTls).unwrap();
    let count = "SELECT count(*) FROM obligations";
    let scope = "BEGIN; SELECT set_config('bongsu.scope', 'node', true)";
    bare.batch_execute(scope).unwrap();
    assert_eq!(bare.query_one(count, &[]).unwrap().get::<_, i64>(0), 4);
    bare.batch_execute("COMMIT").unwrap();
    assert_eq!(bare.query_one(count, &[]).unwrap().get::<_, i64>(0), 0);
}

#[test]
fn every_table_is_guarded_even_against_its_owner() {
    let Some(cluster) = cluster::shared() else { return };
    let (_, url) = cluster.engine();
    let mut bare = Client::connect(&url, NoTls).unwrap();
    let all = tables(&mut bare);
    assert!(all.len() >= 14, "{all:?}");
    let open = "SELECT relname::text FROM pg_class
        WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
            AND NOT (relrowsecurity AND relforcerowsecurity)";
    let open: Vec<String> = bare.query(open, &[]).unwrap().iter().map(|row| row.get(0)).collect();
    assert_eq!(open, Vec::<String>::new());
}

#[test]
fn a_refused_insert_does_not_tell_whether_the_key_is_taken() {
    let Some(cluster) = cluster::shared() else { return };
    let (mut engine, url) = cluster.engine();
    fill(&mut engine);
    let mut ours = Client::connect(&url, NoTls).unwrap();
    let mut try_to_put = |act: u32, institution: u32| {
        let scope = format!(
            "BEGIN; SELECT set_config('bongsu.scope', 'institution', true),
                set_config('bongsu.institution', '{:032x}', true)",
            u128::from_be_bytes(id(OURS))
        );
        ours.batch_execute(&scope).unwrap();
        let given = [("act", id_value(act)), ("institution", id_value(institution))];
        let values = row(&OBLIGATIONS, 0, &given);
        let values = values.iter().map(literal).collect::<Vec<_>>().join(", ");
        let insert = format!("INSERT INTO obligations VALUES ({values})");
        let error = ours.batch_execute(&insert).unwrap_err();
        ours.batch_execute("ROLLBACK").unwrap();
        error.as_db_error().unwrap().message().to_owned()
    };
    let said = try_to_put(20, THEIRS);
    assert!(said.contains("row-level security"), "{said}");
    assert_eq!(said, try_to_put(99, THEIRS), "taken by another, and free");
    assert_eq!(said, try_to_put(10, OURS), "even its own: only the node writes");
}

fn literal(value: &Value) -> String {
    match value {
        Value::Null => "NULL".to_owned(),
        Value::Int(number) => number.to_string(),
        Value::Bytes(bytes) => {
            bytes.iter().fold("'\\x".to_owned(), |text, byte| format!("{text}{byte:02x}")) + "'"
        }
        Value::Text(text) => format!("'{text}'"),
    }
}

#[test]
fn an_institution_is_found_by_its_index() {
    let Some(cluster) = cluster::shared() else { return };
    let (mut engine, url) = cluster.engine();
    let many = (0..20_000).map(|number| row(&OBLIGATIONS, number, &[])).collect::<Vec<_>>();
    put(&mut engine, &OBLIGATIONS, &many);
    let (_, name) = url.rsplit_once('=').unwrap();
    cluster.admin(name).batch_execute("ANALYZE obligations").unwrap();
    let mut reader = engine.reader().unwrap();
    let mut ours = reader.snapshot(Scope::Institution(id(OURS))).unwrap();
    let explain = "EXPLAIN SELECT * FROM obligations WHERE institution = $1";
    let plan = all(&mut *ours, ask(explain, &[id_value(OURS)])).unwrap();
    let plan: Vec<&str> = plan.iter().map(|row| row.text(0).unwrap()).collect();
    assert!(plan.iter().any(|line| line.contains("obligations_of_institution")), "{plan:#?}");
}

#[test]
fn a_reader_in_the_scope_of_an_institution_cannot_widen_it_by_writing() {
    let Some(cluster) = cluster::shared() else { return };
    let (mut engine, _) = cluster.engine();
    fill(&mut engine);
    let mut reader = engine.reader().unwrap();
    let mut ours = reader.snapshot(Scope::Institution(id(OURS))).unwrap();
    let fault = all(&mut *ours, ask("DELETE FROM obligations RETURNING entry", &[])).unwrap_err();
    assert_eq!(fault.kind, FaultKind::Unreachable, "read only, as a standby is");
    drop(ours);
    let count = ask("SELECT count(*) FROM obligations", &[]);
    assert_eq!(number(&mut *reader.snapshot(Scope::Node).unwrap(), count), 4);
}

fn fill(engine: &mut Postgres) {
    for (table, owner, _) in OWNED {
        put(engine, table, &two_each(table, owner));
    }
    let mine = |number: u32, of: u32| {
        row(&OBLIGATIONS, number, &[("act", id_value(number)), ("institution", id_value(of))])
    };
    put(engine, &OBLIGATIONS, &[mine(10, OURS), mine(20, THEIRS)]);
}

fn tables(client: &mut Client) -> Vec<String> {
    let names = "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public'";
    client.query(names, &[]).unwrap().iter().map(|row| row.get(0)).collect()
}
