//! How long a durable commit takes, and how long a campaign, on a server of this machine.
#![allow(clippy::unwrap_used, reason = "functions of tests stand outside of them here")]
#![allow(clippy::print_stdout, reason = "a benchmark says what it measured")]

#[path = "../tests/cluster/mod.rs"]
mod cluster;

use std::time::{Duration, Instant};

use bongsu_store::port::{Engine, Scope, Value, ask};
use bongsu_store::schema::{OBLIGATIONS, REQUESTS};
use cluster::rows::{all, id, id_value, number, row};

/// A directive to a nation: as many institutions as public bodies and large firms come to.
const ADDRESSED: u32 = 28_000;

/// As many requests as one transaction of the writer takes.
const BATCH: u32 = 256;

const RUNS: u32 = 5;

fn main() {
    let Some(cluster) = cluster::shared() else { return };
    let (mut engine, _) = cluster.engine();
    for run in 0..RUNS {
        one_row_at_a_time(&mut engine, run);
        a_batch_at_a_time(&mut engine, run);
        a_campaign(&mut engine, run);
    }
}

/// One row and one commit, again and again.
fn one_row_at_a_time(engine: &mut dyn Engine, run: u32) {
    let commits = 500;
    let took = timed(|| {
        for commit in 0..commits {
            let mut tx = engine.begin().unwrap();
            tx.put(&REQUESTS, &[row(&REQUESTS, 1_000_000 * run + commit, &[])]).unwrap();
            tx.commit().unwrap();
        }
    });
    let each = f64::from(commits) / took.as_secs_f64();
    println!("run {run}: one row a commit: {each:.0} commits/s");
}

/// As the writer does it: for each request a row is looked up, then all are put.
fn a_batch_at_a_time(engine: &mut dyn Engine, run: u32) {
    let commits = 20;
    let took = timed(|| {
        for commit in 0..commits {
            let rows = (0..BATCH).map(|n| 1_000_000 * run + 500_000 + commit * BATCH + n);
            let mut tx = engine.begin().unwrap();
            let before = ask("SELECT first FROM requests WHERE id = $1", &[]).sql;
            for request in rows.clone() {
                all(&mut *tx, ask(before, &[id_value(request)])).unwrap();
            }
            let rows: Vec<_> = rows.map(|request| row(&REQUESTS, request, &[])).collect();
            tx.put(&REQUESTS, &rows).unwrap();
            tx.commit().unwrap();
        }
    });
    let each = f64::from(commits * BATCH) / took.as_secs_f64();
    println!("run {run}: {BATCH} rows looked up and put a commit: {each:.0} rows/s");
}

/// Obligations of a directive go in, all are delivered, and what came of it is counted.
fn a_campaign(engine: &mut dyn Engine, run: u32) {
    let act = id_value(1_000 + run);
    let obligation = |number| {
        let given = [("act", act.clone()), ("sealed", Value::Null), ("delivered_at", Value::Null)];
        row(&OBLIGATIONS, number, &given)
    };
    let rows: Vec<_> = (0..ADDRESSED).map(obligation).collect();
    let ids: Vec<[u8; 16]> = (0..ADDRESSED).map(id).collect();
    let put = timed(|| {
        let mut tx = engine.begin().unwrap();
        tx.put(&OBLIGATIONS, &rows).unwrap();
        tx.commit().unwrap();
    });
    let deliver = "UPDATE obligations SET delivered_at = $1, version = version + 1
        WHERE act = $2 AND institution IN (AMONG) AND delivered_at IS NULL";
    let delivered = timed(|| {
        let mut tx = engine.begin().unwrap();
        let values = [Value::Int(1), act.clone()];
        assert_eq!(tx.run(ask(deliver, &values).among(&ids)).unwrap(), u64::from(ADDRESSED));
        tx.commit().unwrap();
    });
    let mut reader = engine.reader().unwrap();
    let mut snapshot = reader.snapshot(Scope::Node).unwrap();
    let counted = timed(|| {
        let count = "SELECT count(*) FROM obligations WHERE act = $1 AND delivered_at IS NOT NULL";
        assert_eq!(
            number(&mut *snapshot, ask(count, std::slice::from_ref(&act))),
            i64::from(ADDRESSED)
        );
    });
    let read = timed(|| {
        let every = "SELECT * FROM obligations WHERE act = $1 ORDER BY institution";
        assert_eq!(
            all(&mut *snapshot, ask(every, std::slice::from_ref(&act))).unwrap().len(),
            ids.len()
        );
    });
    println!(
        "run {run}: {ADDRESSED} obligations: put {put:?}, delivered {delivered:?}, counted {counted:?}, read {read:?}"
    );
}

fn timed(work: impl FnOnce()) -> Duration {
    let begun = Instant::now();
    work();
    begun.elapsed()
}
