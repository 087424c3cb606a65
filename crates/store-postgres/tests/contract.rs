//! What the port promises, against a real server.
#![allow(clippy::unwrap_used, reason = "functions of tests stand outside of them here")]

mod cluster;

use std::path::Path;
use std::thread;

use bongsu_store::port::{Engine, Fault, FaultKind, Scope, Value, ask};
use bongsu_store::schema::{APPOINTMENTS, HEAD, META, OBLIGATIONS, REQUESTS, TABLES};
use cluster::rows::{all, id, id_value, number, put, row};

#[test]
fn values_and_nulls_come_back_as_they_went_in() {
    let Some(cluster) = cluster::shared() else { return };
    let (mut engine, _) = cluster.engine();
    let empty = row(&APPOINTMENTS, 1, &[("node", Value::Null), ("ends_at", Value::Null)]);
    let given = [
        ("node", "과기정통부".into()),
        ("post", i64::MAX.into()),
        ("starts_at", i64::MIN.into()),
        ("sealed", vec![].into()),
        ("institution", vec![0, 255, 39, 92].into()),
    ];
    let full = row(&APPOINTMENTS, 2, &given);
    put(&mut engine, &APPOINTMENTS, &[empty.clone(), full.clone()]);
    let mut tx = engine.begin().unwrap();
    let rows = all(&mut *tx, ask("SELECT * FROM appointments ORDER BY entry", &[])).unwrap();
    assert_eq!([&rows[0].0, &rows[1].0], [&empty, &full]);
}

#[test]
fn every_table_takes_rows_and_replaces_them() {
    let Some(cluster) = cluster::shared() else { return };
    let (mut engine, _) = cluster.engine();
    for table in TABLES {
        let key = &table.columns[..table.key];
        let same = row(table, 7, &[]);
        let given: Vec<(&str, Value)> =
            key.iter().zip(&same).map(|((name, _), value)| (*name, value.clone())).collect();
        let newer = row(table, 8, &given);
        put(&mut engine, table, std::slice::from_ref(&same));
        put(&mut engine, table, &[row(table, 9, &given), newer.clone()]);
        let mut tx = engine.begin().unwrap();
        let sql: &'static str = format!("SELECT * FROM {}", table.name).leak();
        let rows = all(&mut *tx, ask(sql, &[])).unwrap();
        assert!(rows.iter().any(|row| row.0 == newer), "{}: the last one counts", table.name);
        assert!(!rows.iter().any(|row| row.0 == same), "{}: it was replaced", table.name);
    }
}

#[test]
fn a_campaign_goes_in_and_is_found_among_its_ids() {
    let Some(cluster) = cluster::shared() else { return };
    let (mut engine, _) = cluster.engine();
    let addressed = 0..28_000;
    let obligation = |number| row(&OBLIGATIONS, number, &[("act", id_value(0))]);
    put(&mut engine, &OBLIGATIONS, &addressed.clone().map(obligation).collect::<Vec<_>>());
    let ids: Vec<[u8; 16]> = (27_000..55_000).map(id).collect();
    let mut tx = engine.begin().unwrap();
    let found = "SELECT count(*) FROM obligations WHERE act = $1 AND institution IN (AMONG)";
    assert_eq!(number(&mut *tx, ask(found, &[id_value(0)]).among(&ids)), 1000);
    assert_eq!(number(&mut *tx, ask(found, &[id_value(0)]).among(&[])), 0);
    let change = "UPDATE obligations SET status = $1 WHERE act = $2 AND institution IN (AMONG)";
    let values = [Value::Int(3), id_value(0)];
    assert_eq!(tx.run(ask(change, &values).among(&ids)).unwrap(), 1000);
}

#[test]
fn numbers_of_any_width_are_numbers() {
    let Some(cluster) = cluster::shared() else { return };
    let (mut engine, _) = cluster.engine();
    put(&mut engine, &REQUESTS, &[row(&REQUESTS, 3, &[]), row(&REQUESTS, 70_000, &[])]);
    let mut tx = engine.begin().unwrap();
    let sql = "SELECT sum(recorded_at), count(*), max(first), true, 5, CAST($1 AS bigint)
        FROM requests WHERE $2 = CASE WHEN first > 0 THEN 1 ELSE 0 END LIMIT $3";
    let rows = all(&mut *tx, ask(sql, &[Value::Null, Value::Int(1), Value::Int(9)])).unwrap();
    let wanted = [70_003, 2, 70_000, 1, 5].map(Value::Int);
    assert_eq!(rows[0].0[..5], wanted);
    assert_eq!(rows[0].0[5..], [Value::Null]);
}

#[test]
fn a_transaction_that_is_dropped_leaves_nothing() {
    let Some(cluster) = cluster::shared() else { return };
    let (mut engine, _) = cluster.engine();
    let mut tx = engine.begin().unwrap();
    tx.put(&REQUESTS, &[row(&REQUESTS, 1, &[])]).unwrap();
    assert_eq!(number(&mut *tx, ask("SELECT count(*) FROM requests", &[])), 1);
    drop(tx);
    let mut tx = engine.begin().unwrap();
    assert_eq!(number(&mut *tx, ask("SELECT count(*) FROM requests", &[])), 0);
}

#[test]
fn a_refused_statement_takes_its_whole_transaction_with_it() {
    let Some(cluster) = cluster::shared() else { return };
    let (mut engine, _) = cluster.engine();
    let mut tx = engine.begin().unwrap();
    tx.put(&REQUESTS, &[row(&REQUESTS, 1, &[])]).unwrap();
    let fault = tx.run(ask("UPDATE requests SET digest = NULL", &[])).unwrap_err();
    assert_eq!(fault.kind, FaultKind::Statement);
    // The server answers this COMMIT with success, having rolled back.
    assert_eq!(tx.commit().unwrap_err().kind, FaultKind::Statement);
    let mut tx = engine.begin().unwrap();
    assert_eq!(number(&mut *tx, ask("SELECT count(*) FROM requests", &[])), 0);
}

#[test]
fn rows_of_the_wrong_shape_are_refused() {
    let Some(cluster) = cluster::shared() else { return };
    let (mut engine, _) = cluster.engine();
    #[rustfmt::skip]
    let table = [
        (row(&REQUESTS, 1, &[("first", "one".into())]),          "text where a number belongs"),
        (row(&REQUESTS, 1, &[("digest", Value::Null)]),          "nothing where something must be"),
        (row(&META, 1, &[]),                                     "too few columns"),
    ];
    for (row, why) in table {
        let fault = engine.begin().unwrap().put(&REQUESTS, &[row]).unwrap_err();
        assert_eq!(fault.kind, FaultKind::Statement, "{why}");
    }
    let text = row(&META, 1, &[("name", "a\0b".into())]);
    let fault = engine.begin().unwrap().put(&META, &[text]).unwrap_err();
    assert_eq!(fault.kind, FaultKind::Statement, "PostgreSQL takes no zero byte in a text");
    let mut tx = engine.begin().unwrap();
    let sql = "SELECT digest FROM requests WHERE first = $1";
    let fault = all(&mut *tx, ask(sql, &["one".into()])).unwrap_err();
    assert_eq!(fault.kind, FaultKind::Statement);
}

#[test]
fn who_stops_reading_half_way_can_go_on_with_something_else() {
    let Some(cluster) = cluster::shared() else { return };
    let (engine, _) = cluster.engine();
    let mut reader = engine.reader().unwrap();
    let mut snapshot = reader.snapshot(Scope::Node).unwrap();
    let many = ask("SELECT * FROM generate_series(1::bigint, 100000)", &[]);
    let mut seen = 0;
    let enough = snapshot.rows(many, &mut |row| {
        seen = row.int(0)?;
        if seen < 10 { Ok(()) } else { row.text(0).map(|_| ()) }
    });
    assert_eq!((enough.unwrap_err().kind, seen), (FaultKind::Damaged, 10));
    assert_eq!(number(&mut *snapshot, ask("SELECT count(*) FROM requests", &[])), 0);
}

#[test]
fn two_writers_come_one_after_the_other_from_the_first_row_on() {
    let Some(cluster) = cluster::shared() else { return };
    let (_, url) = cluster.engine();
    let writers: Vec<_> = (0..3).map(|_| cluster::open(&url)).collect();
    let threads = writers.into_iter().map(|engine| thread::spawn(move || add_one(engine, 50)));
    threads.collect::<Vec<_>>().into_iter().for_each(|thread| thread.join().unwrap());
    let mut engine = cluster::open(&url);
    let mut tx = engine.begin().unwrap();
    assert_eq!(number(&mut *tx, ask("SELECT size FROM head", &[])), 150);
}

/// Reads the head and writes it one larger, which loses a step where two do it at once.
fn add_one(mut engine: impl Engine, times: u32) {
    for _ in 0..times {
        let mut tx = engine.begin().unwrap();
        let head = all(&mut *tx, ask("SELECT size FROM head", &[])).unwrap();
        let size = head.first().map_or(0, |row| row.int(0).unwrap());
        let next = row(&HEAD, 1, &[("size", Value::Int(size + 1))]);
        tx.put(&HEAD, &[next]).unwrap();
        tx.commit().unwrap();
    }
}

#[test]
fn a_snapshot_does_not_move() {
    let Some(cluster) = cluster::shared() else { return };
    let (mut engine, _) = cluster.engine();
    let count = ask("SELECT count(*) FROM requests", &[]);
    let mut reader = engine.reader().unwrap();
    let mut snapshot = reader.snapshot(Scope::Node).unwrap();
    put(&mut engine, &REQUESTS, &[row(&REQUESTS, 1, &[])]);
    assert_eq!(number(&mut *snapshot, count), 0, "it began before");
    drop(snapshot);
    assert_eq!(number(&mut *reader.snapshot(Scope::Node).unwrap(), count), 1);
}

#[test]
fn a_reader_writes_nothing() {
    let Some(cluster) = cluster::shared() else { return };
    let (engine, _) = cluster.engine();
    let mut reader = engine.reader().unwrap();
    let mut snapshot = reader.snapshot(Scope::Node).unwrap();
    let write = "DELETE FROM requests RETURNING first";
    all(&mut *snapshot, ask(write, &[])).unwrap_err();
}

#[test]
fn replicas_that_start_together_make_the_tables_once() {
    let Some(cluster) = cluster::shared() else { return };
    let url = cluster.database();
    let start = |url: String| thread::spawn(move || cluster::open(&url).migrate());
    let threads: Vec<_> = (0..3).map(|_| start(url.clone())).collect();
    for thread in threads {
        thread.join().unwrap().unwrap();
    }
}

#[test]
fn tables_of_a_newer_program_are_left_alone() {
    let Some(cluster) = cluster::shared() else { return };
    for name in ["schema", "guard"] {
        let (mut engine, _) = cluster.engine();
        put(&mut engine, &META, &[vec![name.into(), Value::Bytes(vec![200])]]);
        assert_eq!(engine.migrate().unwrap_err().kind, FaultKind::Newer, "{name}");
    }
}

#[test]
fn a_backup_is_made_by_the_tools_of_the_server() {
    let Some(cluster) = cluster::shared() else { return };
    let (mut engine, _) = cluster.engine();
    let fault = engine.backup(Path::new("copy")).unwrap_err();
    assert_eq!(fault.kind, FaultKind::Unsupported);
    assert!(chain(&fault).contains("pgBackRest"));
}

#[test]
fn a_writer_that_lost_its_connection_is_not_connected_again() {
    let Some(cluster) = cluster::shared() else { return };
    let (mut engine, url) = cluster.engine();
    let mut reader = engine.reader().unwrap();
    let mut tx = engine.begin().unwrap();
    tx.put(&REQUESTS, &[row(&REQUESTS, 1, &[])]).unwrap();
    let (_, name) = url.rsplit_once('=').unwrap();
    let end = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
        WHERE datname = $1 AND usename = 'bongsu'";
    cluster.admin("postgres").execute(end, &[&name]).unwrap();
    assert_eq!(tx.commit().unwrap_err().kind, FaultKind::Unreachable);
    let fault = engine.begin().err().unwrap();
    assert_eq!(fault.kind, FaultKind::Unreachable);
    assert!(chain(&fault).contains("open the database again"), "{}", chain(&fault));
    let count = ask("SELECT count(*) FROM requests", &[]);
    assert_eq!(number(&mut *reader.snapshot(Scope::Node).unwrap(), count), 0, "readers are");
}

fn chain(fault: &Fault) -> String {
    let source = fault.source.as_ref().map(ToString::to_string);
    format!("{fault}: {}", source.unwrap_or_default())
}
