//! The server goes away for a while and comes back: the store goes on by itself, and only from what it acknowledged.
#![allow(clippy::unwrap_used, reason = "functions of tests stand outside of them here")]

mod cluster;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use std::{env, fs, thread};

use bongsu_response::Answer;
use bongsu_store::port::{Engine, Fault};
use bongsu_store::suite::Ground;
use bongsu_store::suite::faults::campaign;
use bongsu_store::suite::world::{Who, World, check, open};
use bongsu_store::{Error, Receipt, Request, Store};
use bongsu_store_postgres::{Postgres, PowerLoss};
use cluster::Cluster;

struct Plot {
    url: String,
    folder: PathBuf,
}

impl Plot {
    fn new(cluster: &Cluster, name: &str) -> Self {
        let folder = env::temp_dir().join(format!("bongsu-back-{name}-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        Self { url: cluster.database(), folder }
    }
}

impl Drop for Plot {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

impl Ground for Plot {
    fn engine(&self) -> Result<Box<dyn Engine>, Fault> {
        Ok(Box::new(Postgres::open(&self.url, PowerLoss::Survived).unwrap()))
    }

    fn folder(&self) -> &Path {
        &self.folder
    }

    fn bytes(&self) -> Vec<u8> {
        Vec::new()
    }

    fn another(&self) -> Box<dyn Ground> {
        unreachable!("one database is enough here")
    }

    fn restore(&self, _: &Path) -> bool {
        false
    }
}

/// A store with a campaign, and acknowledgements that nobody has made yet.
fn ready(ground: &Plot, institutions: usize) -> (Store, Vec<Request>) {
    let mut world = World::new(7, institutions);
    let (act, requests) = campaign(&mut world);
    let store = open(ground);
    for request in requests {
        store.record(request).unwrap();
    }
    let answers = (0..institutions)
        .map(|place| world.answering(Who::Ciso(place), act, place, Answer::Acknowledge))
        .collect();
    (store, answers)
}

/// Asks again with the same id until there is a receipt, as a client does.
fn until_recorded(store: &Store, request: &Request) -> Receipt {
    let until = Instant::now() + Duration::from_secs(30);
    loop {
        match store.record(request.clone()) {
            Ok(receipt) => return receipt,
            Err(Error::Nothing(_) | Error::Unknown(_) | Error::Away(_)) => {}
            Err(other) => panic!("{other}"),
        }
        assert!(Instant::now() < until, "the store does not come back");
        thread::sleep(Duration::from_millis(100));
    }
}

#[test]
fn a_database_that_was_gone_for_a_while_is_found_again_and_nothing_is_lost_or_doubled() {
    let Some(cluster) = Cluster::start() else { return };
    let ground = Plot::new(&cluster, "gone");
    let (store, answers) = ready(&ground, 120);
    let before = store.head().unwrap().0;
    let receipts: Vec<Receipt> = thread::scope(|scope| {
        // Sixteen clients answer while the server is killed and comes back a second later.
        let clients = answers.chunks(answers.len().div_ceil(16)).map(|own| {
            let store = &store;
            scope
                .spawn(move || own.iter().map(|one| until_recorded(store, one)).collect::<Vec<_>>())
        });
        let clients: Vec<_> = clients.collect();
        thread::sleep(Duration::from_millis(30));
        cluster.kill();
        thread::sleep(Duration::from_secs(1));
        cluster.run();
        clients.into_iter().flat_map(|client| client.join().unwrap()).collect()
    });
    assert_eq!(receipts.len(), answers.len());
    for (answer, receipt) in answers.iter().zip(&receipts) {
        assert_eq!(store.record(answer.clone()).unwrap(), *receipt, "the same receipt again");
    }
    assert_eq!(check(&store), before + answers.len() as u64, "each answer once");
}

#[test]
fn while_the_database_is_away_it_is_said_so_and_reading_comes_back_too() {
    let Some(cluster) = Cluster::start() else { return };
    let ground = Plot::new(&cluster, "away");
    let (store, answers) = ready(&ground, 4);
    cluster.kill();
    let lost = store.record(answers[0].clone()).unwrap_err();
    assert!(matches!(lost, Error::Nothing(_) | Error::Unknown(_) | Error::Away(_)), "{lost:?}");
    let away = store.record(answers[0].clone()).unwrap_err();
    assert!(matches!(away, Error::Away(_)), "{away:?}");
    assert!(away.to_string().contains("send the same request again with the same id"), "{away}");
    assert!(matches!(store.writable(), Err(Error::Away(_))));
    assert!(matches!(store.head(), Err(Error::Unread(_))));
    cluster.run();
    let receipt = until_recorded(&store, &answers[0]);
    assert_eq!(store.head().unwrap().0, receipt.entry + 1);
}

#[test]
fn a_server_that_has_less_than_was_acknowledged_is_never_written_to() {
    let Some(cluster) = Cluster::start() else { return };
    let ground = Plot::new(&cluster, "less");
    let (store, answers) = ready(&ground, 4);
    let mut admin = cluster.admin(ground.url.rsplit_once('=').unwrap().1);
    // As a standby that had not followed: everything but the last answer.
    admin.batch_execute("CREATE TABLE public.older AS SELECT * FROM head").unwrap();
    let kept = until_recorded(&store, &answers[0]);
    admin
        .batch_execute(&format!(
            "DELETE FROM entries WHERE position = {}; DELETE FROM head; INSERT INTO head SELECT * FROM older;",
            kept.entry
        ))
        .unwrap();
    drop(admin);
    cluster.kill();
    cluster.run();
    let until = Instant::now() + Duration::from_secs(3);
    while Instant::now() < until {
        assert!(store.record(answers[1].clone()).is_err());
        thread::sleep(Duration::from_millis(200));
    }
    let away = store.writable().unwrap_err();
    assert!(matches!(away, Error::Away(_)), "{away:?}");
}
