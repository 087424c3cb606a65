//! A process that is killed under load: what it had answered is there, once.

use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};
use std::time::Duration;

use bongsu_authority::SystemId;
use bongsu_authority::access::Action;
use bongsu_response::{Evidence, Wish};
use bongsu_store::suite::Seeded;
use bongsu_store::suite::world::{On, Who, World, check, open};
use bongsu_store::{Request, RequestId, Store};

use super::Folder;

/// Kills in a run of CI.
const KILLS: u64 = 10;
/// Threads that ask.
const THREADS: u64 = 8;
const FOLDER: &str = "BONGSU_KILL_FOLDER";
const ROUND: &str = "BONGSU_KILL_ROUND";

/// The same request for the same numbers, in either process.
fn request(world: &World, round: u64, thread: u64, number: u64) -> Request {
    let place = usize::try_from(thread).unwrap();
    let institution = world.institutions[place].id;
    let mut name = [0; 32];
    for (part, bytes) in [round, thread, number].into_iter().zip(name.chunks_mut(8)) {
        bytes.copy_from_slice(&part.to_be_bytes());
    }
    let wish = Wish::PublishInventory {
        institution,
        system: SystemId([u8::try_from(thread).unwrap() + 1; 16]),
        digest: Evidence(name),
        components: 1,
        exposed: false,
        as_of: world.now,
    };
    let permit =
        world.permit(Who::Ciso(place), Action::PublishInventory, On::Institution(institution));
    let mut id = [0; 16];
    id[..8].copy_from_slice(&(round << 32 | thread).to_be_bytes());
    id[8..].copy_from_slice(&number.to_be_bytes());
    Request { id: RequestId(id), permit: permit.unwrap(), wish, now: world.now }
}

/// Asks until it is killed, and says which answers it got.
#[test]
fn the_one_that_is_killed() {
    let (Ok(path), Ok(round)) = (std::env::var(FOLDER), std::env::var(ROUND)) else {
        return; // only as a child of the test below
    };
    let folder = Folder { path: path.into(), keep: true };
    let (round, world, store) = (round.parse().unwrap(), World::new(1, 8), open(&folder));
    std::thread::scope(|scope| {
        for thread in 0..THREADS {
            let (world, store) = (&world, &store);
            scope.spawn(move || answer_on(world, store, round, thread));
        }
    });
}

fn answer_on(world: &World, store: &Store, round: u64, thread: u64) {
    for number in 0..20_000 {
        let receipt = store.record(request(world, round, thread, number)).unwrap();
        let line = format!("answered {thread} {number} {} {}\n", receipt.entry, receipt.leaf);
        std::io::stdout().lock().write_all(line.as_bytes()).unwrap();
    }
}

#[test]
fn no_answer_is_lost_or_doubled_when_the_process_is_killed() {
    let release = std::env::var("BONGSU_DEPTH").is_ok_and(|depth| depth == "release");
    let (folder, mut world) = (Folder::new(), World::new(1, 8));
    let store = open(&folder);
    world.settle(&store);
    drop(store);
    let (world, mut chance) = (World::new(1, 8), Seeded(5));
    let mut answered = 0;
    for round in 0..if release { KILLS * 10 } else { KILLS } {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "tests::kills::the_one_that_is_killed", "--nocapture"])
            .env(FOLDER, &folder.path)
            .env(ROUND, round.to_string())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut seen = Vec::new();
        while let Some(Ok(line)) = lines.next() {
            seen.extend(receipt(&line));
            if !seen.is_empty() {
                break; // under load from here on
            }
        }
        std::thread::sleep(Duration::from_millis(20 + chance.below(300)));
        child.kill().unwrap();
        seen.extend(lines.map_while(Result::ok).filter_map(|line| receipt(&line)));
        child.wait().unwrap();
        let store = open(&folder);
        check(&store);
        for (thread, number, entry, leaf) in &seen {
            let again = store.record(request(&world, round, *thread, *number)).unwrap();
            assert_eq!((again.entry, &again.leaf.to_string()), (*entry, leaf), "round {round}");
        }
        answered += seen.len();
    }
    assert!(answered > 200, "{answered} answers are too few to say anything");
}

/// A line of the child, if it is one about an answer and whole.
fn receipt(line: &str) -> Option<(u64, u64, u64, String)> {
    let mut words = line.split(' ').skip_while(|word| *word != "answered").skip(1);
    let mut number = || words.next()?.parse().ok();
    let (thread, number, entry) = (number()?, number()?, number()?);
    let leaf = words.next().filter(|leaf| leaf.len() == 64)?;
    Some((thread, number, entry, leaf.to_owned()))
}
