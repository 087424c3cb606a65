//! What happens to the whole server: refused settings, cut short commits, kills.
//!
//! Each test has a server of its own.
#![allow(clippy::unwrap_used, reason = "functions of tests stand outside of them here")]

mod cluster;

use std::env;
use std::sync::atomic::{AtomicI64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use bongsu_store::port::{Engine, FaultKind, Value, ask};
use bongsu_store::schema::{HEAD, REQUESTS};
use bongsu_store_postgres::{OpenError, Postgres, PowerLoss};
use cluster::Cluster;
use cluster::rows::{all, number, put, row};

#[test]
fn a_role_above_row_security_is_refused() {
    let Some(cluster) = cluster::shared() else { return };
    let mut admin = cluster.admin("postgres");
    admin.batch_execute("CREATE ROLE above LOGIN BYPASSRLS").unwrap();
    for role in ["postgres", "above"] {
        let refused = Postgres::open(&cluster.url(role, "postgres"), PowerLoss::Survived);
        let said = refused.unwrap_err().to_string();
        assert!(said.contains(role) && said.contains("CREATE ROLE"), "{said}");
    }
}

#[test]
fn a_server_that_is_not_there_says_so() {
    let nowhere = "host=/nonexistent user=bongsu dbname=bongsu";
    let error = Postgres::open(nowhere, PowerLoss::Survived).unwrap_err();
    let OpenError::Fault(fault) = error else { panic!("{error}") };
    assert_eq!(fault.kind, FaultKind::Unreachable);
}

#[test]
fn a_server_that_does_not_flush_is_refused_unless_it_is_to_be_thrown_away() {
    let Some(cluster) = Cluster::start() else { return };
    let url = cluster.database();
    for setting in ["fsync", "full_page_writes"] {
        set(&cluster, setting, "off");
        let said = Postgres::open(&url, PowerLoss::Survived).unwrap_err().to_string();
        assert!(said.contains(&format!("set `{setting} = on`")), "{said}");
        Postgres::open(&url, PowerLoss::Risked).unwrap().migrate().unwrap();
        set(&cluster, setting, "on");
    }
    cluster::open(&url);
}

#[test]
fn a_lazy_default_does_not_make_our_commits_lazy() {
    let Some(cluster) = Cluster::start() else { return };
    let url = cluster.database();
    for (default, ours) in [("off", "on"), ("local", "on"), ("remote_apply", "remote_apply")] {
        set(&cluster, "synchronous_commit", default);
        let mut engine = cluster::open(&url);
        let mut tx = engine.begin().unwrap();
        let rows = all(&mut *tx, ask("SHOW synchronous_commit", &[])).unwrap();
        assert_eq!(rows[0].text(0).unwrap(), ours, "where the default is {default}");
    }
}

#[test]
fn a_commit_whose_standby_was_not_waited_for_is_not_acknowledged() {
    let Some(cluster) = Cluster::start() else { return };
    let (mut engine, _) = cluster.engine();
    set(&cluster, "synchronous_standby_names", "a_standby_that_is_not_there");
    let committing = thread::spawn(move || {
        let mut tx = engine.begin().unwrap();
        tx.put(&REQUESTS, &[row(&REQUESTS, 1, &[])]).unwrap();
        tx.commit()
    });
    let cancel = "SELECT count(pg_cancel_backend(pid)) FROM pg_stat_activity
        WHERE usename = 'bongsu' AND wait_event = 'SyncRep'";
    let mut admin = cluster.admin("postgres");
    until(|| admin.query_one(cancel, &[]).unwrap().get::<_, i64>(0) > 0);
    let fault = committing.join().unwrap().unwrap_err();
    assert_eq!(fault.kind, FaultKind::System);
    assert!(fault.source.unwrap().to_string().contains("synchronous replication"));
}

#[test]
fn what_a_standby_may_not_have_is_not_acknowledged_to_whoever_asks_again() {
    let Some(cluster) = Cluster::start() else { return };
    let (mut first, url) = cluster.engine();
    let mut second = cluster::open(&url);
    set(&cluster, "synchronous_standby_names", "a_standby_that_is_not_there");
    let cut_short = thread::spawn(move || {
        let mut tx = first.begin().unwrap();
        tx.put(&REQUESTS, &[row(&REQUESTS, 1, &[])]).unwrap();
        tx.commit()
    });
    let waits = "SELECT count(*) FROM pg_stat_activity
        WHERE usename = 'bongsu' AND wait_event = 'SyncRep'";
    let cancel = "SELECT count(pg_cancel_backend(pid)) FROM pg_stat_activity
        WHERE usename = 'bongsu' AND wait_event = 'SyncRep'";
    let mut admin = cluster.admin("postgres");
    let mut count = |text| admin.query_one(text, &[]).unwrap().get::<_, i64>(0);
    until(|| count(cancel) > 0);
    cut_short.join().unwrap().unwrap_err();
    assert_eq!(count(waits), 0);

    // The row is there for everybody now, on this server and on no other.
    let asking_again = thread::spawn(move || {
        let mut tx = second.begin().unwrap();
        let rows = number(&mut *tx, ask("SELECT count(*) FROM requests", &[]));
        tx.commit().map(|()| rows)
    });
    until(|| count(waits) > 0);
    assert!(!asking_again.is_finished(), "a standby is waited for");
    set(&cluster, "synchronous_standby_names", "");
    assert_eq!(asking_again.join().unwrap().unwrap(), 1);
}

#[test]
fn a_server_that_waits_for_no_standby_is_refused_where_one_is_wanted() {
    let Some(cluster) = Cluster::start() else { return };
    let url = cluster.database();
    let said = Postgres::open(&url, PowerLoss::Replicated).unwrap_err().to_string();
    assert!(said.contains("standby join"), "{said}");
    set(&cluster, "synchronous_standby_names", "a_standby");
    Postgres::open(&url, PowerLoss::Replicated).unwrap();
}

#[test]
fn what_was_acknowledged_is_there_after_the_server_was_killed() {
    let Some(cluster) = Cluster::start() else { return };
    let (mut engine, url) = cluster.engine();
    put(&mut engine, &HEAD, &[head(0)]);
    drop(engine);
    for kill in 0..kills() {
        let acknowledged = AtomicI64::new(-1);
        let begun = thread::scope(|scope| {
            let writer = scope.spawn(|| write_until_lost(&url, &acknowledged));
            until(|| acknowledged.load(Ordering::SeqCst) >= 0);
            // Another moment of a commit each time.
            thread::sleep(Duration::from_micros(20_000 + 3_137 * kill));
            cluster.kill();
            writer.join().unwrap()
        });
        cluster.run();
        let mut engine = cluster::open(&url);
        let mut tx = engine.begin().unwrap();
        let size = number(&mut *tx, ask("SELECT size FROM head", &[]));
        let rows = number(&mut *tx, ask("SELECT count(*) FROM requests", &[]));
        let acknowledged = acknowledged.load(Ordering::SeqCst);
        assert!(acknowledged <= size && size <= begun, "{acknowledged} {size} {begun}");
        assert_eq!(size, rows, "kill {kill}: both or neither");
    }
}

/// Writes one row and the head in each transaction, until a commit fails; returns the last size it tried.
fn write_until_lost(url: &str, acknowledged: &AtomicI64) -> i64 {
    let mut engine = cluster::open(url);
    let mut size = {
        let mut tx = engine.begin().unwrap();
        number(&mut *tx, ask("SELECT size FROM head", &[]))
    };
    loop {
        let Ok(mut tx) = engine.begin() else { return size };
        size += 1;
        let next = u32::try_from(size).unwrap();
        let done = tx
            .put(&REQUESTS, &[row(&REQUESTS, next, &[])])
            .and_then(|()| tx.put(&HEAD, &[head(size)]))
            .and_then(|()| tx.commit());
        if done.is_err() {
            return size;
        }
        acknowledged.store(size, Ordering::SeqCst);
    }
}

fn head(size: i64) -> Vec<Value> {
    row(&HEAD, 1, &[("size", Value::Int(size))])
}

fn set(cluster: &Cluster, setting: &str, value: &str) {
    let mut admin = cluster.admin("postgres");
    admin.batch_execute(&format!("ALTER SYSTEM SET {setting} = '{value}'")).unwrap();
    admin.batch_execute("SELECT pg_reload_conf()").unwrap();
    let current = "SELECT current_setting($1)";
    until(|| {
        let mut fresh = cluster.admin("postgres");
        fresh.query_one(current, &[&setting]).unwrap().get::<_, String>(0) == value
    });
}

fn until(mut done: impl FnMut() -> bool) {
    let patience = Instant::now() + Duration::from_secs(30);
    while !done() {
        assert!(Instant::now() < patience, "it never came");
        thread::sleep(Duration::from_millis(2));
    }
}

/// How often the server is killed. After each it flushes a thousand files before it starts, so a desk waits for few.
fn kills() -> u64 {
    if env::var("CI").is_ok_and(|ci| ci == "true") { 10 } else { 3 }
}
