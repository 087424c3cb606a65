//! How fast a ministry's store is: `cargo run --release -p bongsu-store-sqlite --example pace [institutions] [folder]`.
//!
//! Prints what `docs/performance.md` asks for: signing a campaign, receipts, durable answers a second, replay.

#![allow(clippy::print_stdout, reason = "this is what it is for")]
#![allow(clippy::cast_precision_loss, reason = "counts here are small")]
#![allow(clippy::unwrap_used, reason = "a measurement that fails says where")]

use std::path::PathBuf;
use std::time::{Duration, Instant};

use bongsu_authority::access::Action;
use bongsu_response::{Answer, Assessment, Wish};
use bongsu_store::suite::Seeded;
use bongsu_store::suite::world::{Who, World, claim, on_act, secrets};
use bongsu_store::{Options, Request, Store};
use bongsu_store_sqlite::Sqlite;

/// Who answers at once.
const WRITERS: usize = 64;

fn main() {
    let mut given = std::env::args().skip(1);
    let institutions = given.next().map_or(28_000, |text| text.parse().unwrap());
    let folder = given.next().map_or_else(std::env::temp_dir, PathBuf::from);
    let folder = folder.join(format!("bongsu-pace-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    measure(institutions, &folder.join("node.db"));
    std::fs::remove_dir_all(&folder).unwrap();
}

fn measure(institutions: usize, path: &std::path::Path) {
    let options = Options {
        anchor: Some(path.with_extension("anchor")),
        ..Options::new("COORD_PRIV".parse().unwrap())
    };
    let engine = Box::new(Sqlite::open(path).unwrap());
    let store = Store::open(engine, secrets(), &options, Box::new(Seeded(1))).unwrap();
    let mut world = World::new(1, institutions);
    timed("enrol everybody", || world.settle(&store));
    let case = world.open_case(&store, "VPN appliance, login bypass");
    let act = world.reviewed(&store, case, "Update");
    let sign = world.signature(act);
    let (on, all) = (on_act(act), world.institutions.iter().map(|it| it.id).collect());
    let director = bongsu_store::suite::world::DIRECTOR;
    let request = world.request(director, Action::SignActionRequest, on, sign);
    timed("sign to everybody", || store.record(request).unwrap());
    let wish = Wish::Deliver { act, institutions: all, channel: "mail".to_owned() };
    let request = world.request(Who::Delivery, Action::Deliver, on, wish);
    timed("receipts of everybody", || store.record(request).unwrap());
    world.wait(5);
    let affected =
        Answer::Assess { assessment: Assessment::Affected, contradicts_inventory: false };
    let until = world.now + jiff::SignedDuration::from_hours(20);
    let rounds: [Round; 4] = [
        ("acknowledge", Who::Ciso, Answer::Acknowledge),
        ("assess", Who::Ciso, affected),
        ("plan", Who::Operator, Answer::Plan { until }),
        ("claim", Who::Operator, claim("inventory")),
    ];
    for (name, who, answer) in rounds {
        let mut shares: Vec<Vec<Request>> = (0..WRITERS).map(|_| Vec::new()).collect();
        for place in 0..institutions {
            shares[place % WRITERS].push(world.answering(who(place), act, place, answer.clone()));
        }
        answers(name, &store, shares);
    }
    let exploit = Instant::now();
    world.exploit(&store, case);
    println!("exploitation known, every clock sooner: {:?}", exploit.elapsed());
    let begun = Instant::now();
    let replayed = store.replay(&mut |_| ()).unwrap();
    let took = begun.elapsed();
    let pace = replayed.entries as f64 / took.as_secs_f64();
    println!(
        "replay of {} entries and {} rows: {took:?}, {pace:.0} entries/s",
        replayed.entries, replayed.rows
    );
    assert_eq!(replayed.difference, None);
    drop(store);
    let begun = Instant::now();
    let engine = Box::new(Sqlite::open(path).unwrap());
    Store::open(engine, secrets(), &options, Box::new(Seeded(2))).unwrap();
    println!("open: {:?}; file: {} MiB", begun.elapsed(), path.metadata().unwrap().len() >> 20);
}

/// A name, who answers, and what.
type Round = (&'static str, fn(usize) -> Who, Answer);

fn timed<T>(what: &str, act: impl FnOnce() -> T) -> T {
    let begun = Instant::now();
    let value = act();
    println!("{what}: {:?}", begun.elapsed());
    value
}

fn answers(name: &str, store: &Store, shares: Vec<Vec<Request>>) {
    let begun = Instant::now();
    let mut took: Vec<Duration> = std::thread::scope(|scope| {
        let work = |share: Vec<Request>| {
            let one = |request| {
                let begun = Instant::now();
                store.record(request).unwrap();
                begun.elapsed()
            };
            share.into_iter().map(one).collect::<Vec<_>>()
        };
        let threads: Vec<_> = shares.into_iter().map(|it| scope.spawn(move || work(it))).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    let all = begun.elapsed();
    took.sort_unstable();
    let pace = took.len() as f64 / all.as_secs_f64();
    let p99 = took[took.len() * 99 / 100];
    println!("{name}: {pace:.0} durable answers/s, {WRITERS} writers, p99 {p99:?}");
}
